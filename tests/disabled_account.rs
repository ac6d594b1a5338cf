//! Accounts that nobody can use until they are enabled again.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::{
    fmt::Debug,
    pin::pin,
    task::{Context, Poll, Waker},
};

use backstop::{
    Challenge, Client, Manage, Proof, RegisterSubAccount, SecurityCode, SignIn, Standing,
    audit::{Outcome, Reason, Verb},
    message::Notice,
};
use support::{
    ALICE, ANSWER, OLD, WRONG, World, account_id, answer, days, hours, login, mail::notice,
    password, probe::Fault, slow, typed_twice,
};

async fn disable(world: &World, id: &str) -> Standing {
    world.accounts.disable(&account_id(id)).await.unwrap()
}

async fn enable(world: &World, id: &str) -> Standing {
    world.accounts.enable(&account_id(id)).await.unwrap()
}

#[tokio::test]
async fn l05_m05_a_host_disables_and_enables_any_account() {
    let world = World::new();
    let (alice, _code) = world.alice().await;
    assert_eq!(disable(&world, "42").await, Standing::Disabled);
    let letter = world.letter().await;
    assert_eq!(
        (notice(&letter), letter.to().as_str()),
        (Notice::AccountDisabled, ALICE)
    );
    assert!(!world.is_live(alice.token()).await);
    for name in ["alice", ALICE] {
        let refused = world.sign_in(name, OLD).await;
        assert!(matches!(refused, SignIn::Denied { .. }), "{refused:?}");
    }
    // Again: nothing is told again.
    assert_eq!(disable(&world, "42").await, Standing::Disabled);
    assert_eq!(world.post().await.len(), 0);
    assert_eq!(enable(&world, "42").await, Standing::Enabled);
    assert_eq!(notice(&world.letter().await), Notice::AccountEnabled);
    assert!(!world.is_live(alice.token()).await);
    let alice = world.signed_in("alice", OLD).await;
    // Enabling what is enabled ends no session.
    assert_eq!(enable(&world, "42").await, Standing::Enabled);
    assert!(world.is_live(alice.token()).await);
    assert_eq!(world.post().await.len(), 0);
    assert_eq!(disable(&world, "nobody").await, Standing::Unknown);
    let events = world.events();
    let last = events.last().unwrap();
    assert_eq!((last.verb, last.outcome), (Verb::Disable, Outcome::Ended));
}

/// The event says what no stranger is told.
#[tokio::test]
async fn l05_the_event_says_that_the_account_is_disabled() {
    let world = World::new();
    let (_alice, _code) = world.alice().await;
    let _disabled = disable(&world, "42").await;
    let ticket = world.recover("alice");
    let _denied = world.sign_in("alice", OLD).await;
    let _denied = world
        .offer(&ticket, Proof::HintQuestion(answer(ANSWER)))
        .await;
    for event in world.events().iter().rev().take(2) {
        let Outcome::Denied { reason, .. } = event.outcome else {
            panic!("{event:?}");
        };
        assert_eq!(reason, Reason::Disabled, "{:?}", event.verb);
        assert_eq!(event.account, Some(account_id("42")));
    }
}

/// What a host has disabled, a manager does not enable.
#[tokio::test]
async fn s15_l05_a_manager_does_not_undo_what_the_host_did() {
    let world = World::new();
    let boss = world.register("7", "boss", OLD).await;
    let session = world.session(&boss).await;
    let (id, name) = (account_id("42"), "alice".parse().unwrap());
    let client = Client::new();
    let registered = world
        .accounts
        .register_sub_account(&session, id, name, typed_twice(OLD), &client)
        .await;
    assert_eq!(registered.unwrap(), RegisterSubAccount::Registered);
    let change = async |changes: backstop::Changes| {
        let ticket = match world.accounts.manage(&session, &account_id("42")).await {
            Ok(Manage::Started(ticket)) => ticket,
            other => panic!("{other:?}"),
        };
        let ticket = world.accepted(&ticket, Proof::Manager(password(OLD))).await;
        world.accounts.apply(&ticket, changes).await.unwrap()
    };
    for before in [false, true] {
        if before {
            // Also if the manager was first.
            let managed = change(backstop::Changes::new().disable()).await;
            assert!(matches!(managed, backstop::Apply::Managed));
        }
        let _disabled = disable(&world, "42").await;
        // It takes nothing from the host to disable it once more.
        let managed = change(backstop::Changes::new().disable()).await;
        assert!(matches!(managed, backstop::Apply::Managed), "{managed:?}");
        let refused = change(backstop::Changes::new().enable()).await;
        assert!(matches!(refused, backstop::Apply::Unproven), "{refused:?}");
        assert!(matches!(
            world.sign_in("alice", OLD).await,
            SignIn::Denied { .. }
        ));
        let _enabled = enable(&world, "42").await;
        world.clock.advance(hours(1));
        let _alice = world.signed_in("alice", OLD).await;
    }
}

/// What was about to count does not come to count behind a closed door.
#[tokio::test]
async fn x21_l05_disabling_stops_what_is_pending() {
    let world = World::new();
    let (_alice, code) = world.alice().await;
    let ticket = world.recover("alice");
    let ticket = world.accepted(&ticket, Proof::SecurityCode(code)).await;
    let new = Challenge::NewEmail(support::email("mallory@shop.example"));
    let _sent = world.challenge(&ticket, new).await;
    let post = world.post().await;
    let letter = post
        .iter()
        .find(|letter| letter.to().as_str() == "mallory@shop.example");
    let proof = Proof::NewEmail(support::mail::code(letter.unwrap()));
    let ticket = world.accepted(&ticket, proof).await;
    let changes = backstop::Changes::new().email();
    let _waits = world.accounts.apply(&ticket, changes).await.unwrap();
    let _told = world.post().await;
    let _disabled = disable(&world, "42").await;
    world.clock.advance(days(4));
    let _told = world.post().await;
    let _enabled = enable(&world, "42").await;
    let _alice = world.signed_in(ALICE, OLD).await;
}

/// A password that a mailbox has set is as young as it was when the door was closed.
#[tokio::test]
async fn x33_l05_a_young_password_stays_young_while_the_account_is_disabled() {
    let world = World::new();
    let (_alice, _code) = world.alice().await;
    let (ticket, letter) = world.recover_by_mail("alice").await;
    let proof = Proof::SecurityEmail(support::mail::code(&letter));
    let ticket = world.accepted(&ticket, proof).await;
    let _device = world.recovered(&ticket, WRONG).await;
    let _disabled = disable(&world, "42").await;
    world.clock.advance(days(4));
    let _enabled = enable(&world, "42").await;
    for (wait, is_seasoned) in [(days(0), false), (days(3), true)] {
        world.clock.advance(wait);
        let alice = world.signed_in("alice", WRONG).await;
        let ticket = world.settings(&alice).await;
        let ticket = world.proven(&ticket, WRONG).await;
        let hint = backstop::Changes::new().hint(support::question(), answer("Some Other Person"));
        let applied = world.accounts.apply(&ticket, hint).await.unwrap();
        assert_eq!(
            matches!(applied, backstop::Apply::Applied(_)),
            is_seasoned,
            "{applied:?}"
        );
    }
}

/// A hint answer that waited is dead, and the link that stops it changes nothing any more.
#[tokio::test]
async fn l05_a_link_out_of_an_older_mail_changes_nothing() {
    let world = World::new();
    let (_alice, _code) = world.alice().await;
    let ticket = world.recover("alice");
    let _waits = world
        .offer(&ticket, Proof::HintQuestion(answer(ANSWER)))
        .await;
    let letter = world.letter().await;
    let _disabled = disable(&world, "42").await;
    let stopped = world.accounts.cancel(&support::mail::cancel(&letter)).await;
    assert_eq!(stopped.unwrap(), backstop::Stopped::Ended);
    // Sent only once it was disabled: the same.
    let world = World::new();
    let (_alice, _code) = world.alice().await;
    let ticket = world.recover("alice");
    let _waits = world
        .offer(&ticket, Proof::HintQuestion(answer(ANSWER)))
        .await;
    let _disabled = disable(&world, "42").await;
    let post = world.post().await;
    let waits = post
        .iter()
        .find(|letter| matches!(notice(letter), Notice::HintAnswered(_)));
    let link = support::mail::cancel(waits.unwrap());
    let stopped = world.accounts.cancel(&link).await.unwrap();
    assert_eq!(stopped, backstop::Stopped::Ended);
}

/// What a stranger sees of a name, to the end of its budgets.
async fn answers(world: &World, typed: &str, client: &Client) -> Vec<(Vec<&'static str>, String)> {
    let mut seen = Vec::new();
    for _ in 0..8 {
        world.store.take_calls();
        let answer = world
            .accounts
            .sign_in(&login("alice"), &password(typed), client)
            .await;
        seen.push((world.store.take_calls(), said(&answer)));
    }
    world.clock.advance(days(1));
    for proof in [
        || Proof::HintQuestion(answer(ANSWER)),
        || Proof::HintQuestion(answer("Somebody Else")),
    ] {
        let ticket = world.recover_as("alice", client);
        for _ in 0..4 {
            world.store.take_calls();
            let answer = world.accounts.prove(&ticket, proof()).await;
            seen.push((world.store.take_calls(), said(&answer)));
        }
        world.clock.advance(days(1));
    }
    seen
}

fn said(answer: &impl Debug) -> String {
    format!("{answer:?}")
}

/// Unknown, wrong, and disabled with the wrong and with the right password and answer, also at a
/// device of its owner: the same answers out of the same calls.
#[tokio::test]
async fn e01_public_outcome_is_identical_for_each_account_state() {
    let nobody = World::new();
    let stranger = Client::new().human(true);
    let unknown = answers(&nobody, OLD, &stranger).await;
    assert!(unknown.iter().any(|(_, said)| said.contains("Locked")));
    for typed in [OLD, WRONG] {
        for at_home in [false, true] {
            let world = World::new();
            let (alice, _code) = world.alice().await;
            let _disabled = disable(&world, "42").await;
            // What the time says is the same in both worlds.
            world.clock.rewind(days(4));
            let client = match at_home {
                true => stranger.clone().device(alice.device().clone()),
                false => stranger.clone(),
            };
            assert_eq!(
                answers(&world, typed, &client).await,
                unknown,
                "{typed}, {at_home}"
            );
        }
    }
    let world = World::new();
    let _alice = world.register("42", "alice", OLD).await;
    let wrong = answers(&world, WRONG, &stranger).await;
    assert_eq!(wrong[..8], unknown[..8]);
}

/// A security code that is right is a wrong one, without a trace.
#[tokio::test]
async fn e01_a_right_security_code_is_a_wrong_one() {
    let world = World::new();
    let (_alice, code) = world.alice().await;
    let _disabled = disable(&world, "42").await;
    let _told = world.post().await;
    let mut seen = Vec::new();
    for name in ["alice", "nobody"] {
        let ticket = world.recover(name);
        let typed: SecurityCode = code.expose().parse().unwrap();
        world.store.take_calls();
        let proved = world
            .accounts
            .prove(&ticket, Proof::SecurityCode(typed))
            .await;
        seen.push((world.store.take_calls(), said(&proved)));
    }
    assert_eq!(seen.first(), seen.last());
    assert_eq!(world.post().await.len(), 0);
}

/// Everything that a stranger can do with a ticket, also with one from before: the same as with one for
/// a name that nobody has.
#[tokio::test]
async fn e01_every_step_of_a_recovery_is_the_same_as_for_nobody() {
    let mut seen = Vec::new();
    for (name, is_begun) in [
        ("nobody", true),
        ("alice", true),
        ("nobody", false),
        ("alice", false),
    ] {
        let world = World::new();
        let (_alice, _code) = world.alice().await;
        let before = world.recover(name);
        if is_begun {
            let _sent = world.challenge(&before, Challenge::SecurityEmail).await;
        }
        let _disabled = disable(&world, "42").await;
        let _told = world.post().await;
        world.store.take_calls();
        let accounts = &world.accounts;
        let mut steps = Vec::new();
        for ticket in [before, world.recover(name)] {
            let mut step = |said: String| steps.push((world.store.take_calls(), said));
            let new = Challenge::NewEmail(support::email("mallory@shop.example"));
            step("begins".to_owned());
            step(said(&accounts.challenge(&ticket, new).await));
            for _ in 0..2 {
                step(said(
                    &accounts.challenge(&ticket, Challenge::SecurityEmail).await,
                ));
            }
            for _ in 0..2 {
                let typed = Proof::SecurityEmail("12345678".parse().unwrap());
                step(said(&accounts.prove(&ticket, typed).await));
            }
            step(said(&accounts.issue_security_code(&ticket).await));
            step(said(&accounts.sign_in_once(&ticket).await));
            let changes = backstop::Changes::new().password(typed_twice(WRONG));
            step(said(&accounts.apply(&ticket, changes).await));
            let changes = backstop::Changes::new().enable();
            step(said(&accounts.apply(&ticket, changes).await));
            step(world.post().await.len().to_string());
        }
        seen.push(steps);
    }
    assert_eq!(seen[0], seen[1]);
    assert_eq!(seen[2], seen[3]);
}

/// Its question is the one that it always was.
#[tokio::test]
async fn x39_decoys_do_not_change_when_an_account_is_disabled() {
    for has_hint in [false, true] {
        let world = World::new();
        let signed_in = world.register("42", "alice", OLD).await;
        if has_hint {
            let _signed_in = world.add_hint(&signed_in, OLD).await;
        }
        let shown = async |ticket| {
            let asked = world.challenge(&ticket, Challenge::HintQuestion).await;
            said(&asked)
        };
        let before = shown(world.recover("alice")).await;
        let open = world.recover("alice");
        let _disabled = disable(&world, "42").await;
        for ticket in [open, world.recover("alice")] {
            assert_eq!(shown(ticket).await, before);
        }
        let _enabled = enable(&world, "42").await;
        assert_eq!(shown(world.recover("alice")).await, before);
    }
}

/// One hash, as long as ever: that of its own password, and it finds it wrong.
#[tokio::test]
async fn e01_x02_a_disabled_account_takes_its_hash() {
    let world = World::with(|builder| builder.hash_cost(slow()));
    let _alice = world.register("42", "alice", OLD).await;
    let _disabled = disable(&world, "42").await;
    let mut signing_in = pin!(world.try_sign_in("alice", OLD));
    let mut context = Context::from_waker(Waker::noop());
    assert!(matches!(
        signing_in.as_mut().poll(&mut context),
        Poll::Pending
    ));
    let denied = signing_in.await;
    assert!(matches!(denied, Ok(SignIn::Denied { .. })), "{denied:?}");
}

#[tokio::test]
async fn l05_x29_disabling_survives_each_failure() {
    for fault in [Fault::Before, Fault::After] {
        for healthy in 0..2 {
            let world = World::new();
            let (alice, _code) = world.alice().await;
            world.store.fail(healthy, &[fault]);
            let first = world.accounts.disable(&account_id("42")).await;
            assert!(world.store.struck());
            if first.is_err() {
                assert_eq!(disable(&world, "42").await, Standing::Disabled);
            }
            assert!(!world.is_live(alice.token()).await);
            assert_eq!(notice(&world.letter().await), Notice::AccountDisabled);
        }
    }
}
