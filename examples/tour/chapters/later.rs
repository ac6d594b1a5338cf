//! More than a year later, and what the log says of it all.

use backstop::{
    SignedIn,
    audit::{Outcome, Reason, Verb},
};

use super::{GUESS, NEW, OLD, THIRD};
use crate::{
    log::Log,
    service::{SIGNED_OUT, Service},
    stage::{Told, check, date_and_time, say},
};

pub(crate) async fn a_year_later(service: &Service, laptop: &SignedIn) -> Told {
    service.visit("her laptop", laptop, SIGNED_OUT).await?;
    let advice = "You are signed in. Your password is of 2026-03-17: think of a new one.";
    service
        .sign_in("the same password", "alice", NEW, advice)
        .await?;
    let purged = service.accounts.purge().await?;
    check(purged > 0, "counters of last year can be purged")?;
    say(
        "the service tidies up",
        &format!("Expired records deleted: {purged}."),
    );
    Ok(())
}

pub(crate) fn reading_the_log(log: &Log) -> Told {
    let events = log.events();
    let unknown = Outcome::Denied {
        reason: Reason::UnknownName,
        left: Some(4),
    };
    let wrong = Outcome::Denied {
        reason: Reason::WrongPassword,
        left: Some(4),
    };
    for (verb, outcome, told) in [
        (
            Verb::SignIn,
            wrong,
            "wrong password, 4 more tries without delay",
        ),
        (
            Verb::SignIn,
            unknown,
            "no such account, 4 more tries without delay",
        ),
        (
            Verb::Apply,
            Outcome::Accepted,
            "everything that protects it set",
        ),
    ] {
        let event = events
            .iter()
            .find(|event| event.verb == verb && event.outcome == outcome);
        let event = event.ok_or("an event is missing in the log")?;
        let account = event
            .account
            .as_ref()
            .map_or("-", |account| account.as_str());
        let name = event.name.map_or("-".to_owned(), |tag| tag.to_string());
        println!(
            "  {}  account {account:<3} name {name:<17} {told}",
            date_and_time(event.at)?
        );
    }
    let all = format!("{events:?}");
    let secret = ["alice", "nobody", "Gunvor", OLD, NEW, THIRD, GUESS]
        .iter()
        .any(|text| all.contains(text));
    check(!secret, "a log without names and passwords")?;
    println!(
        "\n  {} events in all; none holds a name or a password.",
        events.len()
    );
    Ok(())
}
