//! Method 1: changing the password with the current one.
#![expect(clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::time::Duration;

use backstop::{Apply, Changes, Error, Prove, SignIn, Ticket, policy::Unmet};
use support::{NEW, OLD, WRONG, World, days, hours};
use time::OffsetDateTime;

async fn until(world: &World, ticket: &Ticket) -> OffsetDateTime {
    match world.prove(ticket, OLD).await {
        Prove::Locked { until } => until,
        other => panic!("not locked: {other:?}"),
    }
}

#[tokio::test]
async fn s03_the_current_password_changes_it() {
    let world = World::new();
    let signed_in = world.register("42", "alice", OLD).await;
    let renewed = world.change(&signed_in, OLD, NEW).await;
    assert_eq!(renewed.account().as_str(), "42");
    assert!(world.is_live(renewed.token()).await);
}

#[tokio::test]
async fn s20_the_old_name_and_the_new_password_sign_in_at_once() {
    let world = World::new();
    let signed_in = world.register("42", "alice", OLD).await;
    let _renewed = world.change(&signed_in, OLD, NEW).await;
    world.signed_in("alice", NEW).await;
    assert!(matches!(
        world.sign_in("alice", OLD).await,
        SignIn::Denied { .. }
    ));
}

#[tokio::test]
async fn m01_m02_every_other_session_ends_and_the_acting_one_is_renewed() {
    let world = World::new();
    let first = world.register("42", "alice", OLD).await;
    let second = world.signed_in("alice", OLD).await;
    let renewed = world.change(&second, OLD, NEW).await;
    assert!(!world.is_live(first.token()).await);
    assert!(!world.is_live(second.token()).await);
    assert!(world.is_live(renewed.token()).await);
    assert_ne!(renewed.session(), second.session());
}

#[tokio::test]
async fn s12_three_misses_lock_for_a_day() {
    let world = World::new();
    let signed_in = world.register("42", "alice", OLD).await;
    let ticket = world.settings(&signed_in).await;
    for left in [2, 1, 0] {
        let answer = world.prove(&ticket, WRONG).await;
        assert!(
            matches!(answer, Prove::Denied { left: Some(l) } if l == left),
            "{answer:?}"
        );
        world.clock.advance(Duration::from_secs(60));
    }
    // The right one too; and no attempt extends the lock.
    for _ in 0..10 {
        let wait = until(&world, &ticket).await - world.clock.now();
        assert_eq!(wait, days(1) - Duration::from_secs(180));
    }
    world
        .clock
        .advance(days(1) - Duration::from_secs(180) - Duration::from_millis(1));
    let ticket = world.settings(&signed_in).await;
    until(&world, &ticket).await;
    world.clock.advance(Duration::from_millis(1));
    world.change(&signed_in, OLD, NEW).await;
}

#[tokio::test]
async fn s12_the_lock_is_the_methods_own() {
    let world = World::new();
    let signed_in = world.register("42", "alice", OLD).await;
    let other = world.register("43", "bob", OLD).await;
    let ticket = world.settings(&signed_in).await;
    for _ in 0..3 {
        let _denied = world.prove(&ticket, WRONG).await;
    }
    until(&world, &ticket).await;
    // Signing in is not locked, nor is anybody else.
    world.signed_in("alice", OLD).await;
    world.change(&other, OLD, NEW).await;
}

#[tokio::test]
async fn s12_misses_at_sign_in_do_not_lock_the_change() {
    let world = World::new();
    let signed_in = world.register("42", "alice", OLD).await;
    for _ in 0..5 {
        let _denied = world.sign_in("alice", WRONG).await;
    }
    assert!(matches!(
        world.sign_in("alice", OLD).await,
        SignIn::Locked { .. }
    ));
    world.change(&signed_in, OLD, NEW).await;
}

#[tokio::test]
async fn s12_a_right_proof_clears_the_sessions_own_misses() {
    let world = World::new();
    let signed_in = world.register("42", "alice", OLD).await;
    let ticket = world.settings(&signed_in).await;
    for _ in 0..2 {
        let _denied = world.prove(&ticket, WRONG).await;
    }
    let ticket = world.proven(&ticket, OLD).await;
    let answer = world.prove(&ticket, WRONG).await;
    assert!(
        matches!(answer, Prove::Denied { left: Some(2) }),
        "{answer:?}"
    );
}

#[tokio::test]
async fn f01_a_change_needs_the_current_password() {
    let world = World::new();
    let signed_in = world.register("42", "alice", OLD).await;
    let ticket = world.settings(&signed_in).await;
    assert!(matches!(world.apply(&ticket, NEW).await, Apply::Unproven));
    world.signed_in("alice", OLD).await;
}

/// G16: the steps come in order, and each ticket stands for one state.
#[tokio::test]
async fn g16_an_accepted_proof_replaces_the_ticket() {
    let world = World::new();
    let signed_in = world.register("42", "alice", OLD).await;
    let before = world.settings(&signed_in).await;
    let after = world.proven(&before, OLD).await;
    assert_ne!(before.expose(), after.expose());
    // Whoever handed out the first ticket holds nothing.
    assert!(matches!(world.apply(&before, NEW).await, Apply::Expired));
    let again = world.proven(&after, OLD).await;
    assert!(matches!(world.apply(&after, NEW).await, Apply::Expired));
    assert!(matches!(world.apply(&again, NEW).await, Apply::Applied(_)));
}

#[tokio::test]
async fn g04_a_ticket_changes_once() {
    let world = World::new();
    let signed_in = world.register("42", "alice", OLD).await;
    let ticket = world.settings(&signed_in).await;
    let ticket = world.proven(&ticket, OLD).await;
    assert!(matches!(world.apply(&ticket, NEW).await, Apply::Applied(_)));
    assert!(matches!(world.apply(&ticket, WRONG).await, Apply::Expired));
    world.signed_in("alice", NEW).await;
}

#[tokio::test]
async fn g16_a_change_kills_every_ticket() {
    let world = World::new();
    let signed_in = world.register("42", "alice", OLD).await;
    let started = world.settings(&signed_in).await;
    let proven = world.proven(&started, OLD).await;
    world.change(&signed_in, OLD, NEW).await;
    assert!(matches!(world.prove(&started, NEW).await, Prove::Expired));
    assert!(matches!(world.apply(&proven, WRONG).await, Apply::Expired));
}

#[tokio::test]
async fn g03_a_flow_ends_after_its_hour() {
    let world = World::new();
    let signed_in = world.register("42", "alice", OLD).await;
    let started = world.settings(&signed_in).await;
    world.clock.advance(hours(1) - Duration::from_millis(1));
    let proven = world.proven(&started, OLD).await;
    world.clock.advance(Duration::from_millis(1));
    assert!(matches!(world.prove(&started, OLD).await, Prove::Expired));
    assert!(matches!(world.apply(&proven, NEW).await, Apply::Expired));
}

#[tokio::test]
async fn s07_a_refused_password_costs_nothing() {
    let world = World::new();
    let signed_in = world.register("42", "alice", OLD).await;
    let ticket = world.settings(&signed_in).await;
    let ticket = world.proven(&ticket, OLD).await;
    for _ in 0..10 {
        let Apply::Unmet {
            password: rules, ..
        } = world.apply(&ticket, "alice").await
        else {
            panic!("a weak password was taken");
        };
        assert!(rules.contains(&Unmet::Name));
        assert!(rules.contains(&Unmet::TooShort { min: 8, len: 5 }));
    }
    assert!(matches!(world.apply(&ticket, NEW).await, Apply::Applied(_)));
}

#[tokio::test]
async fn an_empty_change_is_an_error_and_costs_nothing() {
    let world = World::new();
    let signed_in = world.register("42", "alice", OLD).await;
    let ticket = world.settings(&signed_in).await;
    let ticket = world.proven(&ticket, OLD).await;
    let answer = world.accounts.apply(&ticket, Changes::new()).await;
    assert!(matches!(answer, Err(Error::NothingToChange)));
    assert!(matches!(world.apply(&ticket, NEW).await, Apply::Applied(_)));
}

/// M04: a session ends by itself after 30 days.
#[tokio::test]
async fn m04_a_session_ends_after_its_life() {
    let world = World::new();
    let signed_in = world.register("42", "alice", OLD).await;
    world.clock.advance(days(30) - Duration::from_millis(1));
    assert!(world.is_live(signed_in.token()).await);
    world.clock.advance(Duration::from_millis(1));
    assert!(!world.is_live(signed_in.token()).await);
}
