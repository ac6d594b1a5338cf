//! Alice registers: a name and a password, then everything that protects her account.

use backstop::{Challenge, Changes, HintAnswer, Proof, SignedIn};

use super::{ANSWER, HOME, NEW, OLD, QUESTION, password};
use crate::{
    service::{DIFFER, SENT, Service, UNPROVEN},
    stage::Told,
};

/// Everything that the policy refuses, and what has no password in it at all.
pub(crate) async fn choosing_a_password(service: &Service) -> Told {
    let name = "It must not contain your name, not even backwards.";
    for (typed, told) in [
        ("Lan-17s", "It has 7 characters; it needs 8."),
        ("Quiet-17-lanterns-glow", "It has 22 characters; 20 fit."),
        ("quiet-17-lanterns", "It needs an upper-case letter."),
        ("QUIET-17-LANTERNS", "It needs a lower-case letter."),
        ("Quiet-red-lanterns", "It needs a digit."),
        ("Quiet17lanterns", "It needs a special character."),
        ("Alice-17-lanterns", name),
        ("Lanterns-17-ecilA", name),
        ("P@ssw0rd!", "Many people use it. It is too easy to guess."),
        ("Asdfghjkl-1", "It is too easy to guess."),
        (
            "alice",
            "It has 5 characters; it needs 8. It needs an upper-case letter. It needs a digit. \
             It needs a special character. It must not contain your name, not even backwards. \
             It is too easy to guess.",
        ),
    ] {
        service
            .register(typed, "alice", [typed, typed], told)
            .await?;
    }
    service
        .register("two that differ", "alice", [OLD, NEW], DIFFER)
        .await?;
    let tab = "Quiet\t17-lanterns";
    let control = "A password has no control characters: type it without tabs and line breaks.";
    service
        .register("one with a tab", "alice", [tab, tab], control)
        .await?;
    Ok(())
}

pub(crate) async fn registering(service: &Service) -> Told<SignedIn> {
    let phone = service
        .register(OLD, "alice", [OLD, OLD], "Welcome.")
        .await?;
    let taken = "This name is taken.";
    service
        .register("another Alice", "Alice", [OLD, OLD], taken)
        .await?;
    let looks = "This name looks like one that is taken.";
    service
        .register("a1ice, with a digit", "a1ice", [OLD, OLD], looks)
        .await?;
    Ok(phone.ok_or("no session")?)
}

/// The pages after it: a security code, a hint and an e-mail, in one change. Answers with the
/// security code as it stands on her paper.
pub(crate) async fn protecting(service: &Service, phone: &SignedIn) -> Told<(SignedIn, String)> {
    let ticket = service.settings(phone).await?;
    service.issue("a code, please", &ticket, UNPROVEN).await?;
    let ticket = service
        .proved("her password", &ticket, password(OLD)?)
        .await?;
    let shows = "Write it down, and type it here.";
    let code = service.issue("a code, please", &ticket, shows).await?;
    let paper = code.ok_or("no security code")?.expose().to_string();
    let wrong = "The security code has a typing error: compare it with your paper.";
    service.type_code("with one letter wrong", &mistyped(&paper), wrong)?;

    let new = Challenge::NewEmail(HOME.parse()?);
    service.challenge("her e-mail", &ticket, new, SENT).await?;
    let subject = "Your code to confirm this address [code] [link] [stop]";
    let letter = service.one_mail(HOME, subject).await?;
    let ticket = service
        .proved("the code", &ticket, Proof::NewEmail(letter.code()?))
        .await?;

    let easy = Changes::new().hint(QUESTION.parse()?, HintAnswer::new("Alice")?);
    let refused = "Others would find this answer: choose another.";
    let _answer = service
        .apply("an easy answer", &ticket, easy, refused)
        .await?;
    let all = Changes::new()
        .security_code(paper.parse()?)
        .hint(QUESTION.parse()?, HintAnswer::new(ANSWER)?)
        .email();
    let phone = service.change("all three", &ticket, all).await?;
    service
        .mail(&[
            (HOME, "Your hint question was changed"),
            (HOME, "Your security e-mail was changed"),
            (HOME, "Your account has a security code"),
        ])
        .await?;
    Ok((phone, paper))
}

/// With its first letter wrong.
pub(crate) fn mistyped(paper: &str) -> String {
    let (first, rest) = paper.split_at(1);
    let other = if first == "0" { "1" } else { "0" };
    format!("{other}{rest}")
}
