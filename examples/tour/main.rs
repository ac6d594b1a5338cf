//! Everything the library does today, on real parts: an SQLite file, Argon2 at its default cost,
//! and a clock that the tour turns forward by itself.
//!
//! It prints what users would see and what lands in their mailboxes, and fails when anything is
//! answered otherwise than told here.
#![expect(clippy::arithmetic_side_effects, reason = "its numbers are its own")]
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "an example talks to its reader"
)]

mod chapters;
#[expect(dead_code, reason = "the tour prints no mail whole")]
#[path = "../shared/letter.rs"]
mod letter;
mod log;
mod service;
#[expect(dead_code, reason = "the tour shows its answers in its own way")]
#[path = "../shared/stage.rs"]
mod stage;

use std::process::ExitCode;

use chapters::{
    DAY, HOME, MINUTE, NEW, OLD, WORK, guessing, last_defence, later, moving, recovering,
    registering,
};
use log::Log;
use service::{SIGNED_IN, SIGNED_OUT, Service};
use stage::{Clock, Scratch, Told};

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
    let scratch = Scratch::new("tour")?;
    let database = scratch.0.join("accounts.db");
    let clock = Clock::default();
    let log = Log::default();
    let service = Service::start(&database, &clock, &log).await?;

    clock.chapter("Alice registers");
    registering::choosing_a_password(&service).await?;
    let phone = registering::registering(&service).await?;
    clock.chapter("She protects her account");
    let (phone, paper) = registering::protecting(&service, &phone).await?;

    clock.chapter("Alice signs in at her laptop");
    let laptop = service.sign_in("ALICE", "ALICE", OLD, SIGNED_IN).await?;
    let laptop = laptop.ok_or("no session")?;
    service.visit("her page", &laptop, "Hello, alice.").await?;
    service.sign_in(HOME, HOME, OLD, SIGNED_IN).await?;

    clock.chapter("A stranger guesses at her name");
    guessing::guessing_at_sign_in(&service).await?;

    clock.chapter("Somebody at her unlocked laptop guesses, too");
    let yesterday = guessing::guessing_in_settings(&service, &laptop).await?;

    clock.advance(DAY);
    drop(service);
    clock.chapter("The next day, after a restart: a new password");
    let service = Service::start(&database, &clock, &log).await?;
    let renewed = guessing::changing_the_password(&service, &laptop, &yesterday).await?;
    for (did, cookie, told) in [
        ("her phone, old session", &phone, SIGNED_OUT),
        ("her laptop, old session", &laptop, SIGNED_OUT),
        ("her laptop, new session", &renewed, "Hello, alice."),
    ] {
        service.visit(did, cookie, told).await?;
    }
    let miss = "Wrong name or password. You have 4 more tries before a wait.";
    service
        .sign_in("the old password", "alice", OLD, miss)
        .await?;

    clock.advance(4 * DAY);
    clock.chapter("She forgot her password");
    recovering::choosing_a_method(&service)?;
    recovering::by_mail(&service).await?;

    clock.advance(4 * DAY);
    clock.chapter("She forgot it again, and is on a new phone");
    recovering::by_answer(&service).await?;

    clock.advance(4 * DAY);
    clock.chapter("Her password and her mailbox are lost; the paper is not");
    last_defence::by_paper(&service, &paper).await?;
    let laptop = service
        .sign_in("the new e-mail", WORK, NEW, SIGNED_IN)
        .await?;
    let laptop = laptop.ok_or("no session")?;
    clock.chapter("Alice wants another security code");
    last_defence::changing_it(&service, &laptop, &paper).await?;

    clock.advance(4 * DAY);
    clock.chapter("Bob registers");
    let laptop = moving::moving(&service, &laptop).await?;

    clock.advance(400 * DAY + MINUTE);
    clock.chapter("More than a year later");
    later::a_year_later(&service, &laptop).await?;

    clock.chapter("What the service's own log says, and no stranger is told");
    later::reading_the_log(&log)
}
