//! She forgot her password: methods 2 and 3.

use backstop::{Challenge, Client, MailedCode, Method, Proof, Prove, Recover};

use super::{ANSWER, DAY, HOME, NEW, OLD, THIRD, answer, new_password};
use crate::{
    service::{RIGHT, SENT, SIGNED_IN, Service, shown},
    stage::{Told, check, say},
};

const CODE: &str = "Your code to recover your account [code] [link]";
const LOCKED: &str = "Somebody tries to get into your account";
const CHANGED: &str = "Your password was changed";

/// The page that lets one choose: the same for every name, after the human check.
pub(crate) fn choosing_a_method(service: &Service) -> Told {
    let robot = service
        .accounts
        .recover(&"alice".parse()?, &Client::new())?;
    let is_refused = matches!(robot, Recover::NotHuman);
    say("without the CAPTCHA", "Show first that you are human.");
    check(is_refused, "a human check")?;
    let methods = service.accounts.methods().iter();
    let names = methods.map(|method| match method {
        Method::SecurityEmail => "your e-mail",
        Method::HintQuestion => "your hint question",
        Method::SecurityCode => "your security code",
        _ => "another way",
    });
    let says = names.collect::<Vec<_>>().join(", ");
    let told = "your e-mail, your hint question, your security code";
    shown("Alice chooses", &says, told)
}

/// Method 2: three misses lock typed codes for a day. The link in the mail goes on.
pub(crate) async fn by_mail(service: &Service) -> Told {
    let nobody = service.recover("nobody", Client::new())?;
    let mail = || Challenge::SecurityEmail;
    service
        .challenge("a name nobody has", &nobody, mail(), SENT)
        .await?;
    service.mail(&[]).await?;
    let ticket = service.recover("alice", Client::new())?;
    service.challenge("alice", &ticket, mail(), SENT).await?;
    let letter = service.one_mail(HOME, CODE).await?;
    let right = letter.code()?;
    for (guess, left) in [(1, "2 more tries"), (2, "1 more try"), (3, "no more tries")] {
        let typed = Proof::SecurityEmail(other_than(&right)?);
        let told = format!("This is not the code. You have {left}.");
        service
            .prove(&format!("guess {guess}"), &ticket, typed, &told)
            .await?;
    }
    let told = "Locked until 2026-03-08 09:01:15. Every other way stays open.";
    service
        .prove(
            "even the right one",
            &ticket,
            Proof::SecurityEmail(right),
            told,
        )
        .await?;
    let opened = service
        .accounts
        .follow(&letter.link("prove")?, None)
        .await?;
    let is_open = matches!(opened, Prove::Accepted(_));
    say("the link in the mail", RIGHT);
    check(is_open, "a link that is open")?;
    service
        .sign_in("her password, meanwhile", "alice", NEW, SIGNED_IN)
        .await?;
    service.one_mail(HOME, LOCKED).await?;

    service.clock.advance(DAY);
    service.clock.chapter("The second day");
    let ticket = service.recover(HOME, Client::new())?;
    service.challenge(HOME, &ticket, mail(), SENT).await?;
    let right = service.one_mail(HOME, CODE).await?.code()?;
    let ticket = service
        .proved("the code", &ticket, Proof::SecurityEmail(right))
        .await?;
    service.renew(THIRD, &ticket, new_password(THIRD)?).await?;
    service.one_mail(HOME, CHANGED).await?;
    service
        .sign_in("the new password", "alice", THIRD, SIGNED_IN)
        .await?;
    Ok(())
}

/// Method 3: on a new phone it waits for a day; on the same phone later it does not.
pub(crate) async fn by_answer(service: &Service) -> Told {
    let ticket = service.recover("alice", Client::new())?;
    let question = || Challenge::HintQuestion;
    service
        .challenge("alice", &ticket, question(), "Your question: first-boss")
        .await?;
    let told = "This is not the answer. You have 2 more tries.";
    service
        .prove("Bengt", &ticket, answer("Bengt")?, told)
        .await?;
    let told = "Right. On a device that is new to us it counts from 2026-03-13 09:01:15 on.";
    let ticket = service
        .prove(ANSWER, &ticket, answer(ANSWER)?, told)
        .await?;
    let ticket = ticket.ok_or("no ticket")?;
    let told = "Somebody answered your hint question [stop]";
    service.one_mail(HOME, told).await?;
    let told = "On a device that is new to us it counts from 2026-03-13 09:01:15 on.";
    service
        .new_password("at once", &ticket, [OLD, OLD], told)
        .await?;

    service.clock.advance(DAY);
    service.clock.chapter("A day later");
    let phone = service
        .renew("on the same page", &ticket, new_password(OLD)?)
        .await?;
    service.one_mail(HOME, CHANGED).await?;

    let ticket = service.recover("alice", Client::new().device(phone))?;
    let ticket = service
        .proved("again, same phone", &ticket, answer(ANSWER)?)
        .await?;
    service
        .renew("at once", &ticket, new_password(THIRD)?)
        .await?;
    service.one_mail(HOME, CHANGED).await?;
    Ok(())
}

fn other_than(code: &MailedCode) -> Told<MailedCode> {
    let (first, rest) = code.expose().split_at(1);
    let other = if first == "0" { "1" } else { "0" };
    Ok(format!("{other}{rest}").parse()?)
}
