//! Method 4, the last line of defence: a code on paper that changes everything else, and that
//! nothing changes.
#![expect(clippy::arithmetic_side_effects, reason = "its numbers are its own")]
#![expect(clippy::print_stdout, reason = "an example talks to its reader")]

#[expect(dead_code, reason = "some of it is for longer stories")]
#[path = "shared/letter.rs"]
mod letter;
#[path = "shared/mailbox.rs"]
mod mailbox;
#[path = "shared/shop.rs"]
mod shop;
#[expect(dead_code, reason = "some of it is for longer stories")]
#[path = "shared/stage.rs"]
mod stage;

use std::time::Duration;

use backstop::{
    Apply, Challenge, Challenged, Changes, HintAnswer, Issue, Proof, SecurityCode, SignIn,
    SignedIn, Ticket,
};

use mailbox::Mailbox;
use shop::{NEW, Shop, browser, password, twice};
use stage::{Told, check, say, seen};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const OLD_ADDRESS: &str = "alice@shop.example";
const NEW_ADDRESS: &str = "alice@new.example";

#[tokio::main]
async fn main() -> Told {
    let (shop, mailbox) = Mailbox::with_shop("security-code").await?;

    shop.clock.chapter("On the pages of registration");
    let (cookie, paper) = registering(&shop).await?;
    // Before an address is confirmed the code counts at once; after that it would wait for 72 h.
    mailbox.confirm(&shop, &cookie, OLD_ADDRESS).await?;

    shop.clock.advance(30 * DAY);
    shop.clock
        .chapter("Alice has lost her password and her mailbox");
    recovering(&shop, &mailbox, &paper).await?;

    shop.clock
        .chapter("The password counts at once, the address does not");
    signing_in(&shop, OLD_ADDRESS, true).await?;
    signing_in(&shop, NEW_ADDRESS, false).await?;
    shop.clock.advance(3 * DAY);
    shop.clock.chapter("72 hours later");
    let told = mailbox.open().await?;
    check(told.len() == 2, "the old mailbox and the new one are told")?;
    signing_in(&shop, OLD_ADDRESS, false).await?;
    let cookie = signing_in(&shop, NEW_ADDRESS, true).await?;

    shop.clock.chapter("Nobody gets a second one");
    let cookie = cookie.ok_or("signed out")?;
    changing_it(&shop, &mailbox, &cookie, &paper).await
}

/// Answers with the code as it stands on the paper.
async fn registering(shop: &Shop) -> Told<(SignedIn, String)> {
    let cookie = shop.register("42", "alice").await?;
    let ticket = shop.settings(&cookie).await?;
    let early = shop.accounts.issue_security_code(&ticket).await?;
    let is_unproven = matches!(early, Issue::Unproven);
    seen("a code, please", "Type your password first.", is_unproven)?;
    let ticket = shop.prove(&ticket, password()?).await?;

    let lost = issue(shop, &ticket).await?;
    say("shown once", &lost);
    let paper = issue(shop, &ticket).await?;
    say("lost it: another one", &paper);

    // A check symbol finds every wrong letter and every swap: nothing is sent to the service.
    let error = mistyped(&paper).parse::<SecurityCode>().err();
    let says = error.ok_or("a typing error is not found")?.to_string();
    say("one letter wrong", &says);
    let answer = shop.accounts.apply(&ticket, typed_back(&lost)?).await?;
    let is_other = matches!(answer, Apply::Mistyped);
    seen(
        "the lost one",
        "This is not the code on your screen.",
        is_other,
    )?;
    // However it is typed.
    let typed = paper.to_lowercase().replace('-', " ");
    let cookie = shop.apply(&ticket, typed_back(&typed)?).await?;
    say(&typed, "Your security code is set, for good.");
    Ok((cookie, paper))
}

async fn recovering(shop: &Shop, mailbox: &Mailbox, paper: &str) -> Told {
    let ticket = shop.recover("alice", browser())?;
    let is_found = mistyped(paper).parse::<SecurityCode>().is_err();
    seen("one letter wrong", "Compare it with your paper.", is_found)?;
    let ticket = shop.prove(&ticket, proof(paper)?).await?;
    say("the code", "Right. Change what you need to change.");
    // Every use is told.
    mailbox.open_one().await?;

    let new = Challenge::NewEmail(NEW_ADDRESS.parse()?);
    let sent = shop.accounts.challenge(&ticket, new).await?;
    seen(NEW_ADDRESS, "We sent you a code.", sent == Challenged::Sent)?;
    let code = mailbox.open_one().await?.code()?;
    let ticket = shop.prove(&ticket, Proof::NewEmail(code)).await?;

    let answer = HintAnswer::new("Gunvor Halvarsson-Quist")?;
    let changes = Changes::new()
        .password(twice(NEW)?)
        .hint("first-boss".parse()?, answer)
        .email();
    let _device = shop.renew(&ticket, changes).await?;
    say("all in one", "Changed. Your e-mail follows in 72 hours.");
    let told = mailbox.open().await?;
    // The new address does not count yet: it is told of itself alone.
    check(
        told.len() == 4,
        "three notices to her mailbox, one to the new one",
    )
}

async fn signing_in(shop: &Shop, name: &str, is_right: bool) -> Told<Option<SignedIn>> {
    let cookie = match shop.sign_in(name, NEW).await? {
        SignIn::Accepted(cookie) => Some(cookie),
        _ => None,
    };
    let says = if is_right {
        "You are signed in."
    } else {
        "Wrong name or password."
    };
    seen(name, says, cookie.is_some() == is_right)?;
    Ok(cookie)
}

/// With every proof there is.
async fn changing_it(shop: &Shop, mailbox: &Mailbox, cookie: &SignedIn, paper: &str) -> Told {
    let ticket = shop.settings(cookie).await?;
    let typed = backstop::Password::new(NEW)?;
    let ticket = shop.prove(&ticket, Proof::CurrentPassword(typed)).await?;
    let sent = shop
        .accounts
        .challenge(&ticket, Challenge::SecurityEmail)
        .await?;
    check(sent == Challenged::Sent, "a mail to the new address")?;
    let code = mailbox.open_one().await?.code()?;
    let ticket = shop.prove(&ticket, Proof::SecurityEmail(code)).await?;
    let ticket = shop.prove(&ticket, proof(paper)?).await?;
    let issue = shop.accounts.issue_security_code(&ticket).await?;
    let is_set = matches!(issue, Issue::AlreadySet);
    seen("another code, please", "Yours is for good.", is_set)?;
    let answer = shop.accounts.apply(&ticket, typed_back(paper)?).await?;
    let is_refused = matches!(answer, Apply::Unproven);
    seen("the same one, again", "It never changes.", is_refused)
}

async fn issue(shop: &Shop, ticket: &Ticket) -> Told<String> {
    match shop.accounts.issue_security_code(ticket).await? {
        Issue::Issued(code) => Ok(code.expose().to_string()),
        refused => Err(format!("not issued: {refused:?}").into()),
    }
}

/// With its first letter wrong.
fn mistyped(paper: &str) -> String {
    let (first, rest) = paper.split_at(1);
    let other = if first == "0" { "1" } else { "0" };
    format!("{other}{rest}")
}

fn typed_back(typed: &str) -> Told<Changes> {
    Ok(Changes::new().security_code(typed.parse()?))
}

fn proof(typed: &str) -> Told<Proof> {
    Ok(Proof::SecurityCode(typed.parse()?))
}
