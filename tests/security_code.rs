//! Method 4: the security code, the last line of defence.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod support;

use std::time::Duration;

use backstop::{
    Apply, Challenge, Challenged, Changes, Issue, Method, Proof, Prove, SecurityCode, SignedIn,
    Stopped, message::Notice, store::AccountStore,
};
use support::{
    ALICE, ANSWER, NEW, OLD, World, account_id, answer, days, email,
    mail::{cancel, code, notice},
    question, typed_twice,
};

async fn issue(world: &World, ticket: &backstop::Ticket) -> Issue {
    world.accounts.issue_security_code(ticket).await.unwrap()
}

async fn stored(world: &World) -> Option<[u8; 32]> {
    let found = world.store.inner.load(&account_id("42")).await.unwrap();
    found.unwrap().value.security_code().copied()
}

#[tokio::test]
async fn j05_s06_it_changes_password_hint_and_email_in_one_commit() {
    let world = World::new();
    let (signed_in, security_code) = world.alice().await;
    let ticket = world.recover("alice");
    let ticket = world
        .accepted(&ticket, Proof::SecurityCode(security_code))
        .await;
    let new = Challenge::NewEmail(email("alice@new.example"));
    assert_eq!(world.challenge(&ticket, new).await, Challenged::Sent);
    let post = world.post().await;
    let letter = post
        .iter()
        .find(|m| m.to() == &email("alice@new.example"))
        .unwrap();
    let ticket = world.accepted(&ticket, Proof::NewEmail(code(letter))).await;
    let changes = Changes::new()
        .password(typed_twice(NEW))
        .hint(question(), answer("Someone Quite Else"))
        .email();
    let applied = world.accounts.apply(&ticket, changes).await.unwrap();
    assert!(matches!(applied, Apply::Recovered(_)), "{applied:?}");
    assert!(!world.is_live(signed_in.token()).await);
    world.signed_in("alice", NEW).await;
    // Password and hint at once, the address after the hold; both addresses are told.
    let told: Vec<_> = world
        .post()
        .await
        .iter()
        .map(|m| (m.to().clone(), notice(m)))
        .collect();
    for address in [ALICE, "alice@new.example"] {
        let waits = told
            .iter()
            .any(|(to, what)| *to == email(address) && matches!(what, Notice::EmailChangeWaits(_)));
        assert!(waits, "{address}: {told:?}");
    }
    let (_ticket, letter) = world.recover_by_mail("alice").await;
    assert_eq!(letter.to(), &email(ALICE));
    world.clock.advance(days(3));
    world.post().await;
    let (_ticket, letter) = world.recover_by_mail("alice").await;
    assert_eq!(letter.to(), &email("alice@new.example"));
    world.signed_in("alice@new.example", NEW).await;
}

#[tokio::test]
async fn x34_s06_it_counts_only_once_it_was_typed_back() {
    let world = World::new();
    let signed_in = world.register("42", "alice", OLD).await;
    let ticket = world.settings(&signed_in).await;
    assert!(matches!(issue(&world, &ticket).await, Issue::Unproven));
    let ticket = world.proven(&ticket, OLD).await;
    let Issue::Issued(first) = issue(&world, &ticket).await else {
        panic!("not issued")
    };
    assert_eq!(stored(&world).await, None);
    // Lost before it was written down: another one.
    let Issue::Issued(second) = issue(&world, &ticket).await else {
        panic!("not issued")
    };
    let typed_back = |code: &SecurityCode| Changes::new().security_code(code.clone());
    let other = world
        .accounts
        .apply(&ticket, typed_back(&first))
        .await
        .unwrap();
    assert!(matches!(other, Apply::Mistyped), "{other:?}");
    world.applied(&ticket, typed_back(&second)).await;
    assert!(stored(&world).await.is_some());
    let denied = world
        .offer(&world.recover("alice"), Proof::SecurityCode(first))
        .await;
    assert!(matches!(denied, Prove::Denied { left: None }), "{denied:?}");
    let _ticket = world
        .accepted(&world.recover("alice"), Proof::SecurityCode(second))
        .await;
}

async fn proven_with_mail(world: &World, signed_in: &SignedIn) -> backstop::Ticket {
    let ticket = world.settings(signed_in).await;
    let ticket = world.proven(&ticket, OLD).await;
    let sent = world.challenge(&ticket, Challenge::SecurityEmail).await;
    assert_eq!(sent, Challenged::Sent);
    let code = code(&world.letter().await);
    world.accepted(&ticket, Proof::SecurityEmail(code)).await
}

/// With an address it takes the mailbox too, and waits; every contact is told at both ends.
#[tokio::test]
async fn i04_s06_a_first_code_beside_an_address_waits_for_the_hold() {
    let world = World::new();
    let signed_in = world.register("42", "alice", OLD).await;
    let signed_in = world.add_email(&signed_in, OLD, ALICE).await;
    world.clock.advance(days(4));
    let ticket = world.settings(&signed_in).await;
    let proven = world.proven(&ticket, OLD).await;
    assert!(matches!(issue(&world, &proven).await, Issue::Unproven));
    let ticket = proven_with_mail(&world, &signed_in).await;
    let Issue::Issued(security_code) = issue(&world, &ticket).await else {
        panic!("not issued")
    };
    let changes = Changes::new().security_code(security_code.clone());
    world.applied(&ticket, changes).await;
    assert!(matches!(
        notice(&world.letter().await),
        Notice::SecurityCodeWaits(_)
    ));
    let early = world
        .offer(
            &world.recover("alice"),
            Proof::SecurityCode(security_code.clone()),
        )
        .await;
    assert!(matches!(early, Prove::Denied { left: None }));
    world.clock.advance(days(3));
    assert_eq!(notice(&world.letter().await), Notice::SecurityCodeSet);
    let _ticket = world
        .accepted(&world.recover("alice"), Proof::SecurityCode(security_code))
        .await;
}

/// Alice with an address and a hint, and a first security code that does not count yet.
async fn with_pending_code(world: &World) -> (SignedIn, SecurityCode) {
    let signed_in = world.register("42", "alice", OLD).await;
    let signed_in = world.add_email(&signed_in, OLD, ALICE).await;
    let signed_in = world.add_hint(&signed_in, OLD).await;
    world.clock.advance(days(4));
    let ticket = proven_with_mail(world, &signed_in).await;
    let Issue::Issued(security_code) = issue(world, &ticket).await else {
        panic!("not issued")
    };
    let changes = Changes::new().security_code(security_code.clone());
    let signed_in = world.applied(&ticket, changes).await;
    let _waits = world.post().await;
    world.clock.advance(Duration::from_secs(61));
    (signed_in, security_code)
}

async fn assert_never_counts(world: &World, security_code: SecurityCode) {
    world.clock.advance(days(4));
    world.post().await;
    let denied = world
        .offer(&world.recover("alice"), Proof::SecurityCode(security_code))
        .await;
    assert!(matches!(denied, Prove::Denied { left: None }));
    assert_eq!(stored(world).await, None);
}

#[tokio::test]
async fn s06_a_change_of_the_password_voids_a_pending_code() {
    let world = World::new();
    let (signed_in, security_code) = with_pending_code(&world).await;
    world.change(&signed_in, OLD, NEW).await;
    assert_never_counts(&world, security_code).await;
}

#[tokio::test]
async fn s06_a_change_of_the_hint_voids_a_pending_code() {
    let world = World::new();
    let (signed_in, security_code) = with_pending_code(&world).await;
    let _signed_in = world.add_hint(&signed_in, OLD).await;
    assert_never_counts(&world, security_code).await;
}

#[tokio::test]
async fn s06_a_change_of_the_address_voids_a_pending_code() {
    let world = World::new();
    let (signed_in, security_code) = with_pending_code(&world).await;
    let ticket = proven_with_mail(&world, &signed_in).await;
    let new = Challenge::NewEmail(email("alice@new.example"));
    assert_eq!(world.challenge(&ticket, new).await, Challenged::Sent);
    let proof = Proof::NewEmail(code(&world.letter().await));
    let ticket = world.accepted(&ticket, proof).await;
    world.applied(&ticket, Changes::new().email()).await;
    assert_never_counts(&world, security_code).await;
}

#[tokio::test]
async fn s06_a_contact_who_stops_a_hint_voids_a_pending_code() {
    let world = World::new();
    let (_signed_in, security_code) = with_pending_code(&world).await;
    let right = Proof::HintQuestion(answer(ANSWER));
    let waits = world.offer(&world.recover("alice"), right).await;
    assert!(matches!(waits, Prove::Waiting { .. }), "{waits:?}");
    let stop = cancel(&world.letter().await);
    let stopped = world.accounts.cancel(&stop).await.unwrap();
    assert_eq!(stopped, Stopped::Stopped);
    assert_never_counts(&world, security_code).await;
}

/// Nobody changes it: not its holder, not with everything else.
#[tokio::test]
async fn s06_once_set_nothing_changes_it() {
    let world = World::new();
    let (signed_in, security_code) = world.alice().await;
    let before = stored(&world).await;
    let ticket = proven_with_mail(&world, &signed_in).await;
    assert!(matches!(issue(&world, &ticket).await, Issue::AlreadySet));
    let ticket = world
        .accepted(&ticket, Proof::SecurityCode(security_code.clone()))
        .await;
    assert!(matches!(issue(&world, &ticket).await, Issue::AlreadySet));
    let changes = Changes::new().security_code(security_code);
    let refused = world.accounts.apply(&ticket, changes).await.unwrap();
    assert!(matches!(refused, Apply::Unproven), "{refused:?}");
    assert_eq!(stored(&world).await, before);
}

/// It cannot be guessed, so misses are not counted, and a flood of hashing does not queue it.
#[tokio::test]
async fn s06_it_is_never_locked_and_never_queued() {
    let config = backstop::hasher::HasherConfig::new().workers(1).places(1);
    let world = World::with(|builder| builder.hasher(config));
    let (_signed_in, security_code) = world.alice().await;
    let ticket = world.recover("alice");
    let other: SecurityCode = {
        let world = World::new();
        let bob = world.register("7", "bob", OLD).await;
        world.add_code(&bob, OLD).await.1
    };
    for _ in 0..200 {
        let denied = world
            .offer(&ticket, Proof::SecurityCode(other.clone()))
            .await;
        assert!(matches!(denied, Prove::Denied { left: None }));
    }
    let ticket = world
        .accepted(&ticket, Proof::SecurityCode(security_code))
        .await;
    let told = world.letter().await;
    assert_eq!(notice(&told), Notice::SecurityCodeUsed);
    let _device = world.recovered(&ticket, NEW).await;
    assert_eq!(
        notice(&world.letter().await),
        Notice::PasswordChanged(Method::SecurityCode)
    );
}

/// A new address voids a code that does not count yet, but not the one that is set with it.
#[tokio::test]
async fn s06_a_first_code_together_with_a_new_address_is_kept() {
    let world = World::new();
    let signed_in = world.register("42", "alice", OLD).await;
    let signed_in = world.add_email(&signed_in, OLD, ALICE).await;
    world.clock.advance(days(4));
    let ticket = proven_with_mail(&world, &signed_in).await;
    let new = Challenge::NewEmail(email("alice@new.example"));
    assert_eq!(world.challenge(&ticket, new).await, Challenged::Sent);
    let proof = Proof::NewEmail(code(&world.letter().await));
    let ticket = world.accepted(&ticket, proof).await;
    let Issue::Issued(security_code) = issue(&world, &ticket).await else {
        panic!("not issued")
    };
    let changes = Changes::new().email().security_code(security_code.clone());
    world.applied(&ticket, changes).await;
    let told = world.post().await;
    let waits = |letter| matches!(notice(letter), Notice::SecurityCodeWaits(_));
    assert!(told.iter().any(waits), "{told:?}");
    let code = || Proof::SecurityCode(security_code.clone());
    let early = world.offer(&world.recover("alice"), code()).await;
    assert!(matches!(early, Prove::Denied { left: None }), "{early:?}");
    world.clock.advance(days(3));
    assert_eq!(notice(&world.letter().await), Notice::SecurityCodeSet);
    let _ticket = world.accepted(&world.recover("alice"), code()).await;
}
