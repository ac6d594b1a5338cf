//! Method 4: password and mailbox are lost, the paper is not. And nothing changes what is on it.

use backstop::{Challenge, Changes, Client, HintAnswer, NewPassword, Proof, SignedIn};

use super::{DAY, HOME, NEW, QUESTION, WORK, password, registering::mistyped};
use crate::{
    service::{RIGHT, SENT, SIGNED_IN, Service, UNPROVEN},
    stage::Told,
};

pub(crate) async fn by_paper(service: &Service, paper: &str) -> Told {
    let ticket = service.recover("alice", Client::new())?;
    let wrong = "The security code has a typing error: compare it with your paper.";
    service.type_code("with one letter wrong", &mistyped(paper), wrong)?;
    service.type_code("as it is written", paper, RIGHT)?;
    let code = Proof::SecurityCode(paper.parse()?);
    let ticket = service.proved("the security code", &ticket, code).await?;
    service
        .one_mail(HOME, "Your security code was used")
        .await?;
    let new = Challenge::NewEmail(WORK.parse()?);
    service.challenge(WORK, &ticket, new, SENT).await?;
    let subject = "Your code to confirm this address [code] [stop]";
    let code = service.one_mail(WORK, subject).await?.code()?;
    let ticket = service
        .proved("the code in the mail", &ticket, Proof::NewEmail(code))
        .await?;
    let all = Changes::new()
        .password(NewPassword::typed_twice(NEW, NEW)?)
        .hint(QUESTION.parse()?, HintAnswer::new("Torbjörn Ek-Sandell")?)
        .email();
    service.renew("all in one", &ticket, all).await?;
    service
        .mail(&[
            (HOME, "Your password was changed"),
            (HOME, "Your hint question was changed"),
            (HOME, "Your security e-mail will be changed"),
            (WORK, "Your security e-mail will be changed"),
        ])
        .await?;
    service
        .sign_in("the old e-mail", HOME, NEW, SIGNED_IN)
        .await?;

    service.clock.advance(3 * DAY);
    service
        .clock
        .chapter("72 hours later her new e-mail counts");
    service
        .mail(&[
            (HOME, "Your security e-mail was changed"),
            (WORK, "Your security e-mail was changed"),
        ])
        .await?;
    let miss = "Wrong name or password. You have 4 more tries before a wait.";
    service.sign_in("the old e-mail", HOME, NEW, miss).await?;
    Ok(())
}

/// With everything proved that there is to prove.
pub(crate) async fn changing_it(service: &Service, laptop: &SignedIn, paper: &str) -> Told {
    let ticket = service.settings(laptop).await?;
    let ticket = service
        .proved("her password", &ticket, password(NEW)?)
        .await?;
    let mail = Challenge::SecurityEmail;
    service
        .challenge("a code to her e-mail", &ticket, mail, SENT)
        .await?;
    let subject = "Your code to change your account [code] [link] [stop]";
    let code = service.one_mail(WORK, subject).await?.code()?;
    let ticket = service
        .proved("the code in the mail", &ticket, Proof::SecurityEmail(code))
        .await?;
    let code = Proof::SecurityCode(paper.parse()?);
    let ticket = service.proved("the security code", &ticket, code).await?;
    let never = "You have one, and it never changes.";
    service.issue("another one, please", &ticket, never).await?;
    let same = Changes::new().security_code(paper.parse()?);
    let _answer = service
        .apply("the same one", &ticket, same, UNPROVEN)
        .await?;
    service
        .one_mail(WORK, "Your security code was used")
        .await?;
    Ok(())
}
