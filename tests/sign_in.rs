//! Signing in with a user name and a password, and what misses cost.
#![expect(clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::time::Duration;

use backstop::{
    Accounts, Advice, BuildError, Client, MemoryStore, Register, SignIn,
    name::KeyKind,
    policy::{Backoff, BudgetRule, Policy},
};
use support::{NEW, OLD, WRONG, World, account_id, days, hours, typed_twice};
use time::OffsetDateTime;

#[tokio::test]
async fn s01_user_name_and_password_sign_in() {
    let world = World::new();
    world.register("42", "Alice", OLD).await;
    for typed in ["Alice", "alice", "ALICE", " alice "] {
        let signed_in = world.signed_in(typed, OLD).await;
        assert_eq!(signed_in.account().as_str(), "42");
        assert!(world.is_live(signed_in.token()).await);
    }
}

#[tokio::test]
async fn s01_wrong_password_and_unknown_name_answer_alike() {
    let world = World::new();
    world.register("42", "alice", OLD).await;
    for misses in 0..5 {
        let known = format!("{:?}", world.sign_in("alice", WRONG).await);
        let unknown = format!("{:?}", world.sign_in("nobody", WRONG).await);
        assert_eq!(known, unknown);
        assert_eq!(known, format!("Denied {{ left: {} }}", 4 - misses));
    }
}

#[tokio::test]
async fn s01_a_registered_owner_is_signed_in_at_once() {
    let world = World::new();
    let signed_in = world.register("42", "alice", OLD).await;
    let session = world.session(&signed_in).await;
    assert_eq!(session.account().as_str(), "42");
    assert_eq!(session.user_name(), "alice");
    assert_eq!(session.signed_in_at(), world.clock.now());
}

#[tokio::test]
async fn s01_taken_name_is_public_and_the_id_is_the_hosts_own() {
    let world = World::new();
    world.register("42", "alice", OLD).await;
    let register = |id: &'static str, name: &'static str| {
        let accounts = world.accounts.clone();
        async move {
            let (id, name) = (account_id(id), name.parse().unwrap());
            accounts
                .register(id, name, typed_twice(NEW), &Client::new())
                .await
        }
    };
    let taken = register("43", "ALICE").await.unwrap();
    assert!(
        matches!(taken, Register::Taken(KeyKind::Login)),
        "{taken:?}"
    );
    let reused = register("42", "bob").await;
    assert!(
        matches!(reused, Err(backstop::Error::IdInUse)),
        "{reused:?}"
    );
    assert!(matches!(
        world.sign_in("bob", NEW).await,
        SignIn::Denied { .. }
    ));
    world.signed_in("alice", OLD).await;
}

async fn until(world: &World, name: &str, typed: &str) -> OffsetDateTime {
    match world.sign_in(name, typed).await {
        SignIn::Locked { until } => until,
        other => panic!("not locked: {other:?}"),
    }
}

/// D04: after n >= 5 misses a delay of 2^(n-5) s, at most 15 min.
#[tokio::test]
async fn d04_backoff_is_monotone_and_capped() {
    let world = World::new();
    world.register("42", "alice", OLD).await;
    for name in ["alice", "nobody"] {
        for _ in 0..5 {
            assert!(matches!(
                world.sign_in(name, WRONG).await,
                SignIn::Denied { .. }
            ));
        }
        for seconds in [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900] {
            let wait = until(&world, name, OLD).await - world.clock.now();
            assert_eq!(wait, Duration::from_secs(seconds), "{name}");
            world
                .clock
                .advance(Duration::from_secs(seconds) - Duration::from_millis(1));
            until(&world, name, OLD).await;
            world.clock.advance(Duration::from_millis(1));
            let answer = world.sign_in(name, WRONG).await;
            assert!(matches!(answer, SignIn::Denied { left: 0 }), "{answer:?}");
        }
        world.clock.advance(Duration::from_secs(900));
    }
    world.signed_in("alice", OLD).await;
}

#[tokio::test]
async fn d04_misses_are_forgotten_after_the_window() {
    let world = World::new();
    world.register("42", "alice", OLD).await;
    for _ in 0..5 {
        let _denied = world.sign_in("alice", WRONG).await;
    }
    world.clock.advance(days(1) - Duration::from_millis(1));
    assert!(matches!(
        world.sign_in("alice", WRONG).await,
        SignIn::Denied { left: 0 }
    ));
    world.clock.advance(Duration::from_millis(1));
    // One miss is still young.
    assert!(matches!(
        world.sign_in("alice", WRONG).await,
        SignIn::Denied { left: 3 }
    ));
}

#[tokio::test]
async fn d05_the_name_is_counted_whoever_guesses() {
    let world = World::new();
    world.register("42", "alice", OLD).await;
    for number in 0..5 {
        let client = Client::new().label(&format!("host {number}"));
        let answer = world
            .accounts
            .sign_in(&support::login("alice"), &support::password(WRONG), &client)
            .await;
        assert!(matches!(answer, Ok(SignIn::Denied { .. })));
    }
    until(&world, "alice", OLD).await;
    until(&world, "ALICE", OLD).await;
}

#[tokio::test]
async fn a_host_can_ask_for_a_hard_limit_at_sign_in() {
    let policy = Policy::marketplace().sign_in(BudgetRule::limit(2, hours(1)));
    let world = World::with(|builder| builder.policy(policy));
    world.register("42", "alice", OLD).await;
    assert!(matches!(
        world.sign_in("alice", WRONG).await,
        SignIn::Denied { left: 1 }
    ));
    world.clock.advance(Duration::from_secs(60));
    assert!(matches!(
        world.sign_in("alice", WRONG).await,
        SignIn::Denied { left: 0 }
    ));
    // The window rolls: it ends an hour after the first miss, not the second.
    let wait = until(&world, "alice", OLD).await - world.clock.now();
    assert_eq!(wait, hours(1) - Duration::from_secs(60));
    world.clock.advance(hours(1) - Duration::from_secs(60));
    world.signed_in("alice", OLD).await;
}

#[tokio::test]
async fn s16_an_old_password_is_advice_and_never_expires() {
    let world = World::new();
    let signed_in = world.register("42", "alice", OLD).await;
    let set_at = world.clock.now();
    assert_eq!(signed_in.advice(), None);
    world.clock.advance(days(365));
    assert_eq!(world.signed_in("alice", OLD).await.advice(), None);
    world.clock.advance(Duration::from_millis(1));
    let old = world.signed_in("alice", OLD).await;
    assert_eq!(old.advice(), Some(Advice::ChangePassword { set_at }));
    // A06: valid after ten years.
    world.clock.advance(days(3650));
    let old = world.signed_in("alice", OLD).await;
    let renewed = world.change(&old, OLD, NEW).await;
    assert_eq!(renewed.advice(), None);
}

#[tokio::test]
async fn s16_advice_can_be_switched_off() {
    let policy = Policy::marketplace().password_advice(None);
    let world = World::with(|builder| builder.policy(policy));
    world.register("42", "alice", OLD).await;
    world.clock.advance(days(3650));
    assert_eq!(world.signed_in("alice", OLD).await.advice(), None);
}

/// D01: no budget gives away more than 100 misses, and none is empty.
#[test]
fn d01_budgets_that_do_not_bound_guessing_are_refused() {
    let endless = Backoff {
        free: 101,
        ..Backoff::DEFAULT
    };
    let none = Backoff {
        first: Duration::from_nanos(1),
        cap: Duration::from_nanos(1),
        ..Backoff::DEFAULT
    };
    let beyond = Backoff {
        cap: days(2),
        ..Backoff::DEFAULT
    };
    for rule in [
        BudgetRule::limit(0, days(1)),
        BudgetRule::limit(101, days(1)),
        BudgetRule::limit(3, Duration::from_secs(59)),
        BudgetRule::backoff(endless, days(1)),
        BudgetRule::backoff(none, days(1)),
        BudgetRule::backoff(beyond, days(1)),
        BudgetRule::limit(3, Duration::MAX),
    ] {
        for policy in [
            Policy::marketplace().sign_in(rule),
            Policy::marketplace().current_password(rule),
            Policy::marketplace().changes(rule),
        ] {
            let built = Accounts::builder(
                MemoryStore::new(),
                backstop::MemorySender::new(),
                support::key(),
            )
            .link_base("https://shop.example/recover")
            .unwrap()
            .policy(policy)
            .build();
            assert!(matches!(built, Err(BuildError::Budgets)));
        }
    }
}

#[test]
fn m04_lives_that_never_begin_or_never_end_are_refused() {
    for policy in [
        Policy::marketplace().session_life(Duration::ZERO),
        Policy::marketplace().session_life(Duration::MAX),
        Policy::marketplace().flow_life(Duration::ZERO),
        Policy::marketplace().flow_life(days(2)),
    ] {
        let built = Accounts::builder(
            MemoryStore::new(),
            backstop::MemorySender::new(),
            support::key(),
        )
        .link_base("https://shop.example/recover")
        .unwrap()
        .policy(policy)
        .build();
        assert!(matches!(built, Err(BuildError::Lives)));
    }
}

/// The window of the mails is over before half of the life of their links is.
#[test]
fn x37_m04_a_window_of_mails_that_outlasts_half_a_links_life_is_refused() {
    let a_link_in = |window, life| {
        let policy = Policy::marketplace()
            .sends(BudgetRule::limit(3, window))
            .recovery_life(life);
        Accounts::builder(
            MemoryStore::new(),
            backstop::MemorySender::new(),
            support::key(),
        )
        .link_base("https://shop.example/recover")
        .unwrap()
        .policy(policy)
        .build()
    };
    for (window, life) in [(12, 24), (6, 12), (1, 24)] {
        assert!(a_link_in(hours(window), hours(life)).is_ok());
    }
    for (window, life) in [(13, 24), (24, 24), (12, 23)] {
        let built = a_link_in(hours(window), hours(life));
        assert!(matches!(built, Err(BuildError::Lives)));
    }
}
