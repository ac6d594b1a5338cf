//! One event for each call, whatever comes of it.
#![expect(clippy::indexing_slicing, reason = "a test fails by panicking")]

mod support;

use std::{
    pin::pin,
    task::{Context, Waker},
};

use backstop::{
    Changes, Client, Proof, SessionStatus, Ticket,
    audit::{Failure, Outcome, Reason, Verb},
    name::KeyKind,
};
use support::{
    NEW, OLD, OLD_ELSEWHERE, WRONG, World, account_id, days, login, password, probe::Fault, slow,
    typed_twice,
};

#[tokio::test]
async fn o01_every_verb_and_refusal_emits_exactly_one_event() {
    let world = World::new();
    let client = Client::new().label("Firefox,\u{7} Uppsala");
    let register = async |name: &str, new: &str| {
        let (id, name) = (account_id("42"), name.parse().unwrap());
        let new = typed_twice(new);
        world.accounts.register(id, name, new, &client).await
    };
    let _unmet = register("alice", "weak").await;
    let signed_in = match register("alice", OLD).await {
        Ok(backstop::Register::Registered(signed_in)) => signed_in,
        _ => return,
    };
    let _in_use = register("bob", OLD).await;
    let other = (account_id("43"), "alice".parse().unwrap());
    let _taken = world
        .accounts
        .register(other.0, other.1, typed_twice(OLD), &client)
        .await;
    let _denied = world
        .accounts
        .sign_in(&login("alice"), &password(WRONG), &client)
        .await;
    let SessionStatus::Live(session) = world.accounts.session(signed_in.token()).await.unwrap()
    else {
        return;
    };
    let ticket = world.accounts.settings(&session).unwrap();
    let _unproven = world.apply(&ticket, NEW).await;
    let _denied = world.prove(&ticket, WRONG).await;
    let proven = world.proven(&ticket, OLD).await;
    let _unmet = world.apply(&proven, "weak").await;
    let _nothing = world.accounts.apply(&proven, Changes::new()).await;
    let _applied = world.apply(&proven, NEW).await;
    let _ended = world.accounts.session(signed_in.token()).await;
    let _expired = world.apply(&proven, OLD).await;
    let forged: Ticket = "AAAA".parse().unwrap();
    let _expired = world.prove(&forged, OLD).await;
    let bob = (account_id("44"), "bob".parse().unwrap());
    let hash = OLD_ELSEWHERE.parse().unwrap();
    let _imported = world
        .accounts
        .import(backstop::ImportedAccount::new(bob.0, bob.1, hash), &client)
        .await;
    let _purged = world.accounts.purge().await;

    let events = world.events();
    let seen: Vec<(Verb, Outcome)> = events.iter().map(|e| (e.verb, e.outcome)).collect();
    let wrong = |left| Outcome::Denied {
        reason: Reason::WrongPassword,
        left: Some(left),
    };
    let expected = [
        (
            Verb::Register,
            Outcome::Unmet {
                rules: unmet(&seen, 0),
            },
        ),
        (Verb::Register, Outcome::Accepted),
        (Verb::Register, Outcome::Failed(Failure::IdInUse)),
        (Verb::Register, Outcome::Taken(KeyKind::Login)),
        (Verb::SignIn, wrong(4)),
        (Verb::Session, Outcome::Accepted),
        (Verb::Settings, Outcome::Accepted),
        (Verb::Apply, Outcome::Unproven),
        (Verb::Prove, wrong(2)),
        (Verb::Prove, Outcome::Accepted),
        (
            Verb::Apply,
            Outcome::Unmet {
                rules: unmet(&seen, 10),
            },
        ),
        (Verb::Apply, Outcome::Failed(Failure::NothingToChange)),
        (Verb::Apply, Outcome::Accepted),
        (Verb::Session, Outcome::Ended),
        (Verb::Apply, Outcome::Ended),
        (Verb::Prove, Outcome::Ended),
        (Verb::Import, Outcome::Accepted),
        (Verb::Purge, Outcome::Accepted),
    ];
    assert_eq!(seen, expected);
    // O02: who, when, where.
    for event in &events {
        assert_eq!(event.at, world.clock.now());
    }
    assert_eq!(events[4].account, Some(account_id("42")));
    assert_eq!(events[4].label.as_deref(), Some("Firefox, Uppsala"));
    assert_eq!(events[4].name, events[1].name);
    assert_eq!(events[9].session, Some(signed_in.session()));
    assert_eq!(events[16].account, Some(account_id("44")));
    assert_eq!(events[16].label, events[4].label);
    assert!(
        events[16]
            .name
            .is_some_and(|name| events[1].name != Some(name))
    );
}

/// The number of rules is the policy's business; that there are some is the event's.
fn unmet(seen: &[(Verb, Outcome)], index: usize) -> usize {
    match seen[index].1 {
        Outcome::Unmet { rules } if rules > 0 => rules,
        _ => 0,
    }
}

#[tokio::test]
async fn o01_a_lock_and_a_caller_who_went_away_are_noted() {
    let world = World::with(|builder| builder.hash_cost(slow()));
    {
        let mut context = Context::from_waker(Waker::noop());
        let future = pin!(world.try_sign_in("alice", OLD));
        assert!(future.poll(&mut context).is_pending());
    }
    for _ in 0..6 {
        world.clock.advance(std::time::Duration::from_secs(60));
        let _refused = world.try_sign_in("nobody", WRONG).await;
    }
    let _refused = world.try_sign_in("nobody", WRONG).await;
    let events = world.events();
    assert_eq!(events[0].outcome, Outcome::Abandoned);
    assert!(
        matches!(events[7].outcome, Outcome::Locked { .. }),
        "{:?}",
        events[7]
    );
    // In a session and with a ticket too: "ended" is what has ended.
    let signed_in = world.register("42", "alice", OLD).await;
    let ticket = world.settings(&signed_in).await;
    let proven = world.proven(&ticket, OLD).await;
    let before = world.events().len();
    go_away(world.accounts.prove(&proven, current(WRONG)));
    go_away(world.accounts.apply(&proven, changes()));
    world.store.fail(0, &[Fault::Never]);
    go_away(world.accounts.session(signed_in.token()));
    for event in &world.events()[before..] {
        assert_eq!(event.outcome, Outcome::Abandoned, "{:?}", event.verb);
    }
    assert_eq!(world.events().len(), before + 3);
}

/// Polls once, then goes away.
fn go_away<T>(future: impl Future<Output = T>) {
    let mut context = Context::from_waker(Waker::noop());
    assert!(pin!(future).poll(&mut context).is_pending());
}

fn current(typed: &str) -> Proof {
    Proof::CurrentPassword(password(typed))
}

fn changes() -> Changes {
    Changes::new().password(typed_twice(NEW))
}

#[tokio::test]
async fn o01_locked_proofs_and_changes_are_noted() {
    let world = World::new();
    let mut signed_in = world.register("42", "alice", OLD).await;
    for (old, new) in [(OLD, NEW), (NEW, OLD), (OLD, NEW), (NEW, OLD), (OLD, NEW)] {
        signed_in = world.change(&signed_in, old, new).await;
    }
    let until = world.clock.now() + days(1);
    let ticket = world.settings(&signed_in).await;
    let proven = world.proven(&ticket, NEW).await;
    let before = world.events().len();
    let _locked = world.apply(&proven, OLD).await;
    for _ in 0..4 {
        let _denied = world.prove(&proven, WRONG).await;
    }
    let events = world.events();
    assert_eq!(events.len(), before + 5);
    for (event, verb) in [
        (&events[before], Verb::Apply),
        (&events[before + 4], Verb::Prove),
    ] {
        assert_eq!(event.verb, verb);
        assert_eq!(event.outcome, Outcome::Locked { until });
        assert_eq!(event.account, Some(account_id("42")));
        assert_eq!(event.session, Some(signed_in.session()));
    }
}
