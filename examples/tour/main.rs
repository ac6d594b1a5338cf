//! Everything the library does today, on real parts: an SQLite file, Argon2 at its default cost,
//! and a clock that the tour turns forward by itself.
//!
//! It prints what users would see, and fails when anything is answered otherwise than told here.
#![expect(clippy::arithmetic_side_effects, reason = "its numbers are its own")]
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "an example talks to its reader"
)]

mod service;
mod stage;

use std::{process::ExitCode, time::Duration};

use backstop::{
    SignedIn, Ticket,
    audit::{Outcome, Reason, Verb},
};

use service::{EXPIRED, SIGNED_OUT, Service};
use stage::{Clock, Log, Scratch, Told, check, date_and_time, say};

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Alice's password, the one she changes it to, and what others try.
const OLD: &str = "Quiet-17-lanterns";
const NEW: &str = "Amber-42-orchards";
const GUESS: &str = "Alice-rules-1";

#[tokio::main]
async fn main() -> ExitCode {
    match tour().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nThe tour did not go as told: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn tour() -> Told {
    let scratch = Scratch::new()?;
    let database = scratch.0.join("accounts.db");
    let clock = Clock::default();
    let log = Log::default();
    let service = Service::start(&database, &clock, &log).await?;

    clock.chapter("Alice registers");
    choosing_a_password(&service).await?;
    let phone = registering(&service).await?;

    clock.chapter("Alice signs in at her laptop");
    let laptop = service
        .sign_in("ALICE", "ALICE", OLD, "You are signed in.")
        .await?;
    let laptop = laptop.ok_or("no session")?;
    service.visit("her page", &laptop, "Hello, alice.").await?;

    clock.chapter("A stranger guesses at her name");
    guessing_at_sign_in(&service).await?;

    clock.chapter("Somebody at her unlocked laptop guesses, too");
    let yesterday = guessing_in_settings(&service, &laptop).await?;

    clock.advance(DAY + MINUTE);
    drop(service);
    clock.chapter("The next day, after a restart: a new password");
    let service = Service::start(&database, &clock, &log).await?;
    service
        .prove("yesterday's page", &yesterday, OLD, EXPIRED)
        .await?;
    let renewed = changing_the_password(&service, &laptop).await?;
    service
        .visit("her phone, old session", &phone, SIGNED_OUT)
        .await?;
    service
        .visit("her laptop, old session", &laptop, SIGNED_OUT)
        .await?;
    service
        .visit("her laptop, new session", &renewed, "Hello, alice.")
        .await?;
    service
        .sign_in("the new password", "alice", NEW, "You are signed in.")
        .await?;
    let miss = "Wrong name or password. You have 4 more tries before a wait.";
    service
        .sign_in("the old password", "alice", OLD, miss)
        .await?;

    clock.advance(400 * DAY);
    clock.chapter("More than a year later");
    service.visit("her laptop", &renewed, SIGNED_OUT).await?;
    let advice = "You are signed in. Your password is of 2026-03-03: think of a new one.";
    service
        .sign_in("the same password", "alice", NEW, advice)
        .await?;
    let purged = service.accounts.purge().await?;
    check(purged > 0, "counters of last year can be purged")?;
    say(
        "the service tidies up",
        &format!("Expired records deleted: {purged}."),
    );

    clock.chapter("What the service's own log says, and no stranger is told");
    reading_the_log(&log)
}

/// Everything that the policy refuses, and what has no password in it at all.
async fn choosing_a_password(service: &Service) -> Told {
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
    let differ = "The two passwords differ: type the same one twice.";
    service
        .register("two that differ", "alice", [OLD, NEW], differ)
        .await?;
    let tab = "Quiet\t17-lanterns";
    let control = "A password has no control characters: type it without tabs and line breaks.";
    service
        .register("one with a tab", "alice", [tab, tab], control)
        .await?;
    Ok(())
}

async fn registering(service: &Service) -> Told<SignedIn> {
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

/// After 5 misses each further try has to wait, and longer each time.
async fn guessing_at_sign_in(service: &Service) -> Told {
    for (guess, left) in (1..=5).zip([
        "4 more tries",
        "3 more tries",
        "2 more tries",
        "1 more try",
        "no more tries",
    ]) {
        let told = format!("Wrong name or password. You have {left} before a wait.");
        service
            .sign_in(&format!("guess {guess}"), "alice", GUESS, &told)
            .await?;
    }
    let miss = "Wrong name or password. You have no more tries before a wait.";
    for (guess, delay) in [(6, 1), (7, 2), (8, 4)] {
        let told = format!("Too many tries. Try again in {delay} s.");
        service
            .sign_in(&format!("guess {guess}, too early"), "alice", OLD, &told)
            .await?;
        service.clock.advance(delay * SECOND);
        service
            .sign_in(&format!("guess {guess}"), "alice", GUESS, miss)
            .await?;
    }
    service.clock.advance(8 * SECOND);
    service
        .sign_in("Alice, 8 s later", "alice", OLD, "You are signed in.")
        .await?;
    let told = "Wrong name or password. You have 4 more tries before a wait.";
    service
        .sign_in("a name nobody has", "nobody", GUESS, told)
        .await?;
    Ok(())
}

/// 3 misses in 24 hours lock the change, and nothing but the change.
async fn guessing_in_settings(service: &Service, laptop: &SignedIn) -> Told<Ticket> {
    let ticket = service.settings(laptop).await?;
    for (guess, left) in [(1, "2 more tries"), (2, "1 more try"), (3, "no more tries")] {
        let told = format!("This is not your current password. You have {left}.");
        service
            .prove(&format!("guess {guess}"), &ticket, GUESS, &told)
            .await?;
    }
    let told = "Locked until 2026-03-03 09:00:15. Until then your password stays as it is.";
    service
        .prove("even the right one", &ticket, OLD, told)
        .await?;
    service.clock.advance(MINUTE);
    service
        .sign_in("signing in meanwhile", "alice", OLD, "You are signed in.")
        .await?;
    Ok(ticket)
}

async fn changing_the_password(service: &Service, laptop: &SignedIn) -> Told<SignedIn> {
    let ticket = service.settings(laptop).await?;
    let unproven = "Type your current password first.";
    service
        .apply("nothing proved yet", &ticket, [NEW, NEW], unproven)
        .await?;
    let proved = service
        .prove(
            "the current password",
            &ticket,
            OLD,
            "Right. Choose a new one.",
        )
        .await?;
    let ticket = proved.ok_or("no ticket")?;
    let common = "It needs a special character. Many people use it. It is too easy to guess.";
    service
        .apply("Hello2026", &ticket, ["Hello2026", "Hello2026"], common)
        .await?;
    let differ = "The two passwords differ: type the same one twice.";
    service
        .apply("two that differ", &ticket, [NEW, OLD], differ)
        .await?;
    let renewed = service
        .apply(NEW, &ticket, [NEW, NEW], "Your password is changed.")
        .await?;
    Ok(renewed.ok_or("no session")?)
}

fn reading_the_log(log: &Log) -> Told {
    let events = log.events();
    let unknown = Outcome::Denied {
        reason: Reason::UnknownName,
        left: 4,
    };
    let wrong = Outcome::Denied {
        reason: Reason::WrongPassword,
        left: 4,
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
        (Verb::Apply, Outcome::Accepted, "password changed"),
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
    let secret = ["alice", "nobody", OLD, NEW, GUESS]
        .iter()
        .any(|text| all.contains(text));
    check(!secret, "a log without names and passwords")?;
    println!(
        "\n  {} events in all; none holds a name or a password.",
        events.len()
    );
    Ok(())
}
