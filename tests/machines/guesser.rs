//! Attacks: guesses at one name, from many browsers, at all hosts, for as long as the load lasts.

use std::{sync::Arc, sync::atomic::Ordering, time::Duration};

use serde_json::{Value, json};
use tokio::{task::JoinSet, time::sleep};

use crate::{
    World,
    browser::{Browser, Heard, text},
    population::Person,
    recovery::at_once,
};

/// Between two volleys at one name.
const PAUSE: Duration = Duration::from_secs(1);
/// How many guesses are under way at once.
const VOLLEY: usize = 6;

pub(crate) const CURRENT_PASSWORD: &str = "current password";
pub(crate) const HINT: &str = "hint answer";
pub(crate) const MAILED_CODE: &str = "mailed code";
pub(crate) const SIGN_IN: &str = "password at sign-in";

pub(crate) const LOCKED: &str = "guesses not looked at: locked";

/// Those that are counted without a delay: 3 in 24 hours.
pub(crate) const LIMITED: [&str; 3] = [CURRENT_PASSWORD, HINT, MAILED_CODE];

pub(crate) fn attack(world: &Arc<World>, victims: &[Person], seed: u64) -> JoinSet<()> {
    let mut guessers = JoinSet::new();
    for (at, victim) in (0_u64..).zip(victims) {
        for method in [CURRENT_PASSWORD, HINT, MAILED_CODE, SIGN_IN] {
            let mut browser = Browser::new(world, seed ^ at);
            // A stolen one.
            browser.session = Some(victim.session.clone());
            guessers.spawn(guess_on(browser, victim.name.clone(), method));
        }
    }
    guessers
}

async fn guess_on(mut browser: Browser, name: String, method: &'static str) {
    while !browser.world.is_over.load(Ordering::SeqCst) {
        let (path, guesses) = guesses(&mut browser, &name, method).await;
        for heard in at_once(&browser, path, guesses).await {
            note(&browser.world, &name, method, heard);
        }
        sleep(PAUSE).await;
    }
}

/// All out of one ticket, where there is one.
async fn guesses(
    browser: &mut Browser,
    name: &str,
    method: &'static str,
) -> (&'static str, Vec<Value>) {
    if method == SIGN_IN {
        let guess = json!({ "name": name, "password": "Quiet-18-lanterns" });
        return ("/sign-in", vec![guess; VOLLEY]);
    }
    let ticket = if method == CURRENT_PASSWORD {
        let (_, begun) = browser.ask_again("/settings", Some(json!({}))).await;
        text(&begun, "ticket")
    } else {
        let ticket = browser.recover(name).await;
        let challenge = match method {
            HINT => "hint_question",
            _ => "security_email",
        };
        browser.challenge(&ticket, json!(challenge)).await;
        ticket
    };
    let guesses = (0..VOLLEY).map(|_| {
        let proof = match method {
            CURRENT_PASSWORD => json!({ "current_password": "Quiet-18-lanterns" }),
            HINT => json!({ "hint_question": "Gunvor Halvarsson" }),
            _ => json!({ "security_email": format!("{:08}", browser.below(100_000_000)) }),
        };
        json!({ "ticket": ticket, "proof": proof })
    });
    ("/prove", guesses.collect())
}

fn note(world: &World, name: &str, method: &'static str, heard: Heard) {
    world.ledger.count("guesses");
    match heard {
        Heard::Answer(401, answer) if answer["answer"] == "denied" => {
            world.ledger.judge(name, method);
        }
        Heard::Answer(429, _) => world.ledger.count(LOCKED),
        // A code has three tries of its own; then its ticket does not take any more.
        Heard::Answer(410, _) if method == MAILED_CODE => {
            world
                .ledger
                .count("guesses not looked at: the code is used up");
        }
        Heard::Unknown => {}
        Heard::Answer(status, answer) => {
            world
                .ledger
                .broken(format!("{name}, {method}: {status} {answer}"));
        }
    }
}
