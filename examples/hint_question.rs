//! Method 3: the answer to the account's own question sets a new password, at once on a device
//! that the account knows, a day later on any other.
#![expect(clippy::arithmetic_side_effects, reason = "its numbers are its own")]
#![expect(clippy::print_stdout, reason = "an example talks to its reader")]

#[path = "shared/letter.rs"]
mod letter;
#[path = "shared/mailbox.rs"]
mod mailbox;
#[path = "shared/shop.rs"]
mod shop;
#[path = "shared/stage.rs"]
mod stage;

use std::time::Duration;

use backstop::{
    Apply, Challenge, Challenged, Changes, Client, HintAnswer, Proof, Prove, QuestionId, SignIn,
    SignedIn, Stopped, Ticket,
    locale::Locale,
    policy::{AnswerUnmet, Questions},
};

use mailbox::Mailbox;
use shop::{NEW, OLD, Shop, browser, password, twice};
use stage::{Told, date_and_time, say, seen};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const QUESTION: &str = "first-boss";
const ANSWER: &str = "Gunvor Halvarsson-Quist";

#[tokio::main]
async fn main() -> Told {
    let (shop, mailbox) = Mailbox::with_shop("hint-question").await?;
    let cookie = shop.register("42", "alice").await?;
    let cookie = mailbox
        .confirm(&shop, &cookie, "alice@shop.example")
        .await?;

    shop.clock.chapter("Alice chooses a question, in Swedish");
    choosing(&shop, &mailbox, &cookie).await?;

    // While it is young, a recovery forgets it: an intruder may have set it.
    shop.clock.advance(4 * DAY);
    shop.clock.chapter("A stranger knows the answer");
    let ticket = waiting(&shop).await?;
    let link = mailbox.open_one().await?.link("cancel")?;
    let stopped = shop.accounts.cancel(&link).await?;
    let is_stopped = stopped == Stopped::Stopped;
    seen("Alice: stop it", "Stopped. Set another hint.", is_stopped)?;
    mailbox.open_one().await?;
    shop.clock.advance(DAY);
    let late = shop.accounts.apply(&ticket, new_password(NEW)?).await?;
    let is_dead = matches!(late, Apply::Expired);
    seen("the stranger", "This page has expired.", is_dead)?;

    let SignIn::Accepted(cookie) = shop.sign_in("alice", OLD).await? else {
        return Err("Alice is locked out".into());
    };
    set(&shop, &cookie).await?;
    mailbox.open_one().await?;
    shop.clock.advance(4 * DAY);
    shop.clock.chapter("Alice herself, on a new phone");
    let ticket = waiting(&shop).await?;
    mailbox.open_one().await?;
    shop.clock.advance(DAY);
    let device = shop.renew(&ticket, new_password(NEW)?).await?;
    say("a day later", "Your password is changed.");
    mailbox.open_one().await?;

    shop.clock.advance(DAY);
    shop.clock
        .chapter("On the same phone, which is known by now");
    // The device token came back in a cookie.
    let ticket = shop.recover("alice", browser().device(device.clone()))?;
    let ticket = shop.prove(&ticket, proof(ANSWER)?).await?;
    say(ANSWER, "Right. Choose a new password.");
    let device = shop.renew(&ticket, new_password(OLD)?).await?;
    mailbox.open_one().await?;

    shop.clock.advance(DAY);
    shop.clock.chapter("Guessing");
    guessing(&shop, "nobody").await?;
    guessing(&shop, "alice").await?;
    // Strangers cannot use up the tries of a device that is known.
    let ticket = shop.recover("alice", browser().device(device))?;
    let _ticket = shop.prove(&ticket, proof(ANSWER)?).await?;
    say("Alice, on her phone", "Right. Choose a new password.");
    Ok(())
}

async fn choosing(shop: &Shop, mailbox: &Mailbox, cookie: &SignedIn) -> Told {
    // Those of the policy; the page offers them in the browser's language.
    let (questions, locale) = (Questions::standard(), "sv-SE".parse::<Locale>()?);
    for question in questions.offered() {
        say(question.id().as_str(), question.text(locale));
    }
    println!();
    let is_empty = HintAnswer::new("   ").is_err();
    seen("an empty answer", "Type an answer.", is_empty)?;
    let ticket = shop
        .prove(&shop.settings(cookie).await?, password()?)
        .await?;
    for (question, typed, rule, says) in [
        (QUESTION, "ECILA", AnswerUnmet::Name, "It is your name."),
        (
            QUESTION,
            "första chef",
            AnswerUnmet::Name,
            "The question says it.",
        ),
        (QUESTION, "qwerty", AnswerUnmet::Trivial, "It says nothing."),
        (
            QUESTION,
            "anna andersson",
            AnswerUnmet::Usual,
            "Many people would say it.",
        ),
        (
            "shoe-size",
            ANSWER,
            AnswerUnmet::NotOffered,
            "Choose a question.",
        ),
    ] {
        let changes = Changes::new().hint(question.parse()?, HintAnswer::new(typed)?);
        let answer = shop.accounts.apply(&ticket, changes).await?;
        let is_refused = matches!(answer, Apply::Unmet { answer, .. } if answer.contains(&rule));
        seen(typed, says, is_refused)?;
    }
    // Nothing was spent by that.
    set(shop, cookie).await?;
    mailbox.open_one().await?;
    Ok(())
}

async fn set(shop: &Shop, cookie: &SignedIn) -> Told {
    let ticket = shop
        .prove(&shop.settings(cookie).await?, password()?)
        .await?;
    let changes = Changes::new().hint(QUESTION.parse()?, HintAnswer::new(ANSWER)?);
    let _cookie = shop.apply(&ticket, changes).await?;
    say(ANSWER, "Your hint question is set.");
    Ok(())
}

/// The right answer from a device that is not known.
async fn waiting(shop: &Shop) -> Told<Ticket> {
    let ticket = shop.recover("alice", browser())?;
    let asked = ask(shop, &ticket).await?;
    say(
        "alice",
        Questions::standard()
            .get(&asked)
            .map_or("", |question| question.text(Locale::English)),
    );
    // However it is typed.
    let typed = proof("  gunvor   HALVARSSON-quist ")?;
    let Prove::Waiting { ticket, until } = shop.accounts.prove(&ticket, typed).await? else {
        return Err("it does not wait".into());
    };
    let until = date_and_time(until)?;
    say(
        "the answer",
        &format!("Right. On this device it counts from {until} on."),
    );
    let early = shop.accounts.apply(&ticket, new_password(NEW)?).await?;
    let waits = matches!(early, Apply::Waiting { .. });
    seen("a new password, at once", "Not yet.", waits)?;
    Ok(ticket)
}

/// A name that nobody has gets a question as well, always the same, and as many tries.
async fn guessing(shop: &Shop, name: &str) -> Told {
    let client = Client::new().label("Chrome, somewhere");
    let ticket = shop.recover(name, client)?;
    let asked = ask(shop, &ticket).await?;
    say(name, &format!("Your question: {asked}"));
    let is_same = ask(shop, &ticket).await? == asked;
    seen(
        "the page, again",
        &format!("Your question: {asked}"),
        is_same,
    )?;
    for (guess, tries) in [("Bengt", 2), ("Sven", 1), ("Olle", 0)] {
        let answer = shop.accounts.prove(&ticket, proof(guess)?).await?;
        let denied = matches!(answer, Prove::Denied { left: Some(left) } if left == tries);
        seen(guess, &format!("Wrong. Tries left: {tries}."), denied)?;
    }
    let answer = shop.accounts.prove(&ticket, proof(ANSWER)?).await?;
    let Prove::Locked { until } = answer else {
        return Err("it is not locked".into());
    };
    let until = date_and_time(until)?;
    say(
        "even the right one",
        &format!("Locked until {until}. Other ways are open."),
    );
    Ok(())
}

async fn ask(shop: &Shop, ticket: &Ticket) -> Told<QuestionId> {
    let asked = Challenge::HintQuestion;
    match shop.accounts.challenge(ticket, asked).await? {
        Challenged::Question(question) => Ok(question),
        other => Err(format!("no question: {other:?}").into()),
    }
}

fn proof(typed: &str) -> Told<Proof> {
    Ok(Proof::HintQuestion(HintAnswer::new(typed)?))
}

fn new_password(typed: &str) -> Told<Changes> {
    Ok(Changes::new().password(twice(typed)?))
}
