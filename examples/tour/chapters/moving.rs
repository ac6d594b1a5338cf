//! Changing the security e-mail while the old mailbox is there.

use backstop::{Challenge, Changes, Proof, SignedIn, Stopped, Ticket};

use super::{CLUB, DAY, NEW, OLD, WORK, password};
use crate::{
    letter::Letter,
    service::{EXPIRED, SENT, SIGNED_IN, Service, UNPROVEN},
    stage::{Told, check, say},
};

const CONFIRM: &str = "Your code to confirm this address [code] [link] [stop]";
const BOB: &str = "bob@home.example";

pub(crate) async fn moving(service: &Service, laptop: &SignedIn) -> Told<SignedIn> {
    let bob = service
        .register("Bob", "bob", [OLD, OLD], "Welcome.")
        .await?;
    let bob = service.settings(&bob.ok_or("no session")?).await?;
    let bob = service.proved("his password", &bob, password(OLD)?).await?;
    let code = ask(service, &bob, BOB, CONFIRM).await?.code()?;
    let bob = service
        .proved("the code", &bob, Proof::NewEmail(code))
        .await?;
    service
        .change("his e-mail", &bob, Changes::new().email())
        .await?;
    service
        .one_mail(BOB, "Your security e-mail was changed")
        .await?;

    service
        .clock
        .chapter("Somebody at Alice's laptop, where her mail is open, knows her password");
    let (ticket, letter) = half_way(service, laptop).await?;
    let code = ask(service, &ticket, "mallory@evil.example", CONFIRM)
        .await?
        .code()?;
    let ticket = service
        .proved("the second code", &ticket, Proof::NewEmail(code))
        .await?;
    let stopped = service.accounts.cancel(&letter.link("cancel")?).await?;
    say("Alice: stop it", "Stopped. Nothing is changed.");
    check(stopped == Stopped::Stopped, "a link that stops it")?;
    let _answer = service
        .apply("the change", &ticket, Changes::new().email(), EXPIRED)
        .await?;

    service.clock.advance(DAY);
    service.clock.chapter("Alice changes it herself");
    let (ticket, _letter) = half_way(service, laptop).await?;
    ask(service, &ticket, BOB, "You have an account already").await?;
    let code = ask(service, &ticket, CLUB, CONFIRM).await?.code()?;
    let ticket = service
        .proved("the second code", &ticket, Proof::NewEmail(code))
        .await?;
    let laptop = service
        .change("her e-mail", &ticket, Changes::new().email())
        .await?;
    service
        .mail(&[
            (WORK, "Your security e-mail was changed"),
            (CLUB, "Your security e-mail was changed"),
        ])
        .await?;
    service
        .sign_in("the new e-mail", CLUB, NEW, SIGNED_IN)
        .await?;
    Ok(laptop)
}

/// The password, and the code to the present address.
async fn half_way(service: &Service, laptop: &SignedIn) -> Told<(Ticket, Letter)> {
    let ticket = service.settings(laptop).await?;
    let early = Challenge::NewEmail(CLUB.parse()?);
    service
        .challenge("a new e-mail", &ticket, early, UNPROVEN)
        .await?;
    let ticket = service
        .proved("her password", &ticket, password(NEW)?)
        .await?;
    let mail = Challenge::SecurityEmail;
    service
        .challenge("a code, please", &ticket, mail, SENT)
        .await?;
    let subject = "Your code to change your account [code] [link] [stop]";
    let letter = service.one_mail(WORK, subject).await?;
    let code = Proof::SecurityEmail(letter.code()?);
    let ticket = service.proved("the first code", &ticket, code).await?;
    Ok((ticket, letter))
}

async fn ask(service: &Service, ticket: &Ticket, to: &str, subject: &str) -> Told<Letter> {
    let new = Challenge::NewEmail(to.parse()?);
    service.challenge(to, ticket, new, SENT).await?;
    service.one_mail(to, subject).await
}
