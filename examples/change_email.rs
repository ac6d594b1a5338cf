//! Changing the security e-mail: the password, a code to the present address, a code to the new
//! one, and one change that both are told of.
#![expect(clippy::arithmetic_side_effects, reason = "its numbers are its own")]
#![expect(clippy::print_stdout, reason = "an example talks to its reader")]

#[path = "shared/letter.rs"]
mod letter;
#[path = "shared/mailbox.rs"]
mod mailbox;
#[expect(dead_code, reason = "some of it is for longer stories")]
#[path = "shared/shop.rs"]
mod shop;
#[expect(dead_code, reason = "some of it is for longer stories")]
#[path = "shared/stage.rs"]
mod stage;

use std::time::Duration;

use backstop::{
    Apply, Challenge, Challenged, Changes, Proof, Prove, SignIn, SignedIn, Stopped, Ticket,
    name::KeyKind,
};

use letter::Letter;
use mailbox::Mailbox;
use shop::{OLD, Shop, password};
use stage::{Told, check, say, seen};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const MINUTE: Duration = Duration::from_secs(60);

#[tokio::main]
async fn main() -> Told {
    let (shop, mailbox) = Mailbox::with_shop("change-email").await?;
    let cookie = shop.register("42", "alice").await?;
    let cookie = mailbox.confirm(&shop, &cookie, "alice@old.example").await?;
    let bob = shop.register("7", "bob").await?;
    let bob = mailbox.confirm(&shop, &bob, "bob@shop.example").await?;

    shop.clock.advance(4 * DAY);
    shop.clock.chapter("Alice has a new address");
    let (ticket, _letter) = half_way(&shop, &mailbox, &cookie).await?;
    let code = ask(&shop, &mailbox, &ticket, "alice@new.example")
        .await?
        .code()?;
    let ticket = shop.prove(&ticket, Proof::NewEmail(code)).await?;
    signing_in(&shop, "alice@old.example", true).await?;
    let cookie = shop.apply(&ticket, Changes::new().email()).await?;
    say(
        "the second code",
        "Changed. Your other devices are signed out.",
    );
    let told = mailbox.open().await?;
    check(told.len() == 2, "both addresses are told")?;
    signing_in(&shop, "alice@old.example", false).await?;
    signing_in(&shop, "alice@new.example", true).await?;

    shop.clock.advance(4 * DAY);
    shop.clock.chapter("An address in use");
    in_use(&shop, &mailbox, &cookie, &bob).await?;

    shop.clock.advance(4 * DAY);
    shop.clock
        .chapter("An intruder at her laptop, where her mail is open; she stops it");
    stopping(&shop, &mailbox, &cookie).await?;

    shop.clock.advance(4 * DAY);
    shop.clock.chapter("Two changes at once");
    let (first, _letter) = half_way(&shop, &mailbox, &cookie).await?;
    let one = ask(&shop, &mailbox, &first, "one@new.example")
        .await?
        .code()?;
    shop.clock.advance(MINUTE);
    let (second, _letter) = half_way(&shop, &mailbox, &cookie).await?;
    let two = ask(&shop, &mailbox, &second, "two@new.example")
        .await?
        .code()?;
    let late = shop.accounts.prove(&first, Proof::NewEmail(one)).await?;
    let is_dead = matches!(late, Prove::Expired);
    seen("the first change", "A later one has replaced it.", is_dead)?;
    let ticket = shop.prove(&second, Proof::NewEmail(two)).await?;
    let _cookie = shop.apply(&ticket, Changes::new().email()).await?;
    say(
        "the second change",
        "Changed. Your other devices are signed out.",
    );
    signing_in(&shop, "two@new.example", true).await
}

/// The password, then the code to the present address. The mail is answered with, too.
async fn half_way(shop: &Shop, mailbox: &Mailbox, cookie: &SignedIn) -> Told<(Ticket, Letter)> {
    let ticket = shop.settings(cookie).await?;
    let early = Challenge::NewEmail("alice@early.example".parse()?);
    let answer = shop.accounts.challenge(&ticket, early).await?;
    let is_early = answer == Challenged::Unproven;
    seen("a new address", "Prove first who you are.", is_early)?;
    let ticket = shop.prove(&ticket, password()?).await?;
    let sent = shop
        .accounts
        .challenge(&ticket, Challenge::SecurityEmail)
        .await?;
    let says = "We sent a code to your present address.";
    seen("her password", says, sent == Challenged::Sent)?;
    let letter = mailbox.open_one().await?;
    let code = Proof::SecurityEmail(letter.code()?);
    Ok((shop.prove(&ticket, code).await?, letter))
}

async fn ask(shop: &Shop, mailbox: &Mailbox, ticket: &Ticket, address: &str) -> Told<Letter> {
    let new = Challenge::NewEmail(address.parse()?);
    let sent = shop.accounts.challenge(ticket, new).await?;
    seen(address, "We sent you a code.", sent == Challenged::Sent)?;
    let letter = mailbox.open_one().await?;
    check(letter.to == address, "a mail to the new address")?;
    Ok(letter)
}

/// The page tells it to nobody who has not proved the address; the mail tells its owner.
async fn in_use(shop: &Shop, mailbox: &Mailbox, alice: &SignedIn, bob: &SignedIn) -> Told {
    let (ticket, _letter) = half_way(shop, mailbox, alice).await?;
    let letter = ask(shop, mailbox, &ticket, "bob@shop.example").await?;
    check(letter.code().is_err(), "a mail without a code")?;
    // Free when she asks, in use when she is done.
    let code = ask(shop, mailbox, &ticket, "shared@shop.example")
        .await?
        .code()?;
    let ticket = shop.prove(&ticket, Proof::NewEmail(code)).await?;
    shop.clock.advance(MINUTE);
    let (theirs, _letter) = half_way(shop, mailbox, bob).await?;
    let code = ask(shop, mailbox, &theirs, "shared@shop.example")
        .await?
        .code()?;
    let theirs = shop.prove(&theirs, Proof::NewEmail(code)).await?;
    let _bob = shop.apply(&theirs, Changes::new().email()).await?;
    mailbox.open().await?;
    let answer = shop.accounts.apply(&ticket, Changes::new().email()).await?;
    let is_taken = matches!(answer, Apply::Taken(KeyKind::Email));
    let says = "It is in use. Sign in with that account, or use another address.";
    seen("shared@shop.example", says, is_taken)
}

async fn stopping(shop: &Shop, mailbox: &Mailbox, cookie: &SignedIn) -> Told {
    let (ticket, letter) = half_way(shop, mailbox, cookie).await?;
    let code = ask(shop, mailbox, &ticket, "mallory@evil.example")
        .await?
        .code()?;
    let ticket = shop.prove(&ticket, Proof::NewEmail(code)).await?;
    let stopped = shop.accounts.cancel(&letter.link("cancel")?).await?;
    let is_stopped = stopped == Stopped::Stopped;
    seen(
        "the link in her mail",
        "Stopped. Nothing is changed.",
        is_stopped,
    )?;
    let answer = shop.accounts.apply(&ticket, Changes::new().email()).await?;
    let is_dead = matches!(answer, Apply::Expired);
    seen("the intruder", "This page has expired.", is_dead)?;
    signing_in(shop, "alice@new.example", true).await
}

async fn signing_in(shop: &Shop, name: &str, is_right: bool) -> Told {
    let is_in = matches!(shop.sign_in(name, OLD).await?, SignIn::Accepted(_));
    let says = if is_right {
        "You are signed in."
    } else {
        "Wrong name or password."
    };
    seen(name, says, is_in == is_right)
}
