//! S13: password and a code to the present address, then a code to the new one; one commit.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::{
    pin::{Pin, pin},
    task::{Context, Waker},
};

use backstop::{
    Apply, Challenge, Challenged, Changes, Proof, Prove, SecurityCode, Stopped, Ticket,
    message::{Content, Notice},
    name::KeyKind,
};
use support::{
    ALICE, OLD, World, days, email, hours,
    mail::{cancel, code, link, notice},
    probe::Fault,
};

const NEW_ADDRESS: &str = "alice@new.example";

/// The password and the old mailbox are proved.
async fn half_way(world: &World) -> (Ticket, backstop::SignedIn) {
    let (signed_in, _code) = world.alice().await;
    let ticket = world.settings(&signed_in).await;
    let ticket = world.proven(&ticket, OLD).await;
    let sent = world.challenge(&ticket, Challenge::SecurityEmail).await;
    assert_eq!(sent, Challenged::Sent);
    let letter = world.letter().await;
    assert_eq!(letter.to(), &email(ALICE));
    let ticket = world
        .accepted(&ticket, Proof::SecurityEmail(code(&letter)))
        .await;
    (ticket, signed_in)
}

async fn ask(world: &World, ticket: &Ticket, address: &str) -> Challenged {
    world
        .challenge(ticket, Challenge::NewEmail(email(address)))
        .await
}

#[tokio::test]
async fn s13_j02_j04_old_code_then_new_code_then_one_commit() {
    let world = World::new();
    let (ticket, before) = half_way(&world).await;
    assert_eq!(ask(&world, &ticket, NEW_ADDRESS).await, Challenged::Sent);
    let letter = world.letter().await;
    assert_eq!(letter.to().as_str(), NEW_ADDRESS);
    // Nothing counts before it is applied.
    world.signed_in(ALICE, OLD).await;
    let ticket = world
        .accepted(&ticket, Proof::NewEmail(code(&letter)))
        .await;
    let after = world.applied(&ticket, Changes::new().email()).await;
    assert!(!world.is_live(before.token()).await);
    assert!(world.is_live(after.token()).await);
    // Sign-in, codes and notices go to the new address; both are told.
    world.signed_in(NEW_ADDRESS, OLD).await;
    assert!(matches!(
        world.sign_in(ALICE, OLD).await,
        backstop::SignIn::Denied { .. }
    ));
    let mut told: Vec<String> = world
        .post()
        .await
        .iter()
        .map(|m| {
            assert_eq!(notice(m), Notice::EmailChanged);
            m.to().as_str().to_owned()
        })
        .collect();
    told.sort();
    assert_eq!(told, [ALICE, NEW_ADDRESS]);
    world.clock.advance(std::time::Duration::from_secs(60));
    let (_ticket, letter) = world.recover_by_mail("alice").await;
    assert_eq!(letter.to().as_str(), NEW_ADDRESS);
}

/// The code to the new address goes out only after the old one is proved.
#[tokio::test]
async fn s13_j02_the_steps_come_in_order() {
    let world = World::new();
    let (signed_in, _code) = world.alice().await;
    let ticket = world.settings(&signed_in).await;
    assert_eq!(
        ask(&world, &ticket, NEW_ADDRESS).await,
        Challenged::Unproven
    );
    let ticket = world.proven(&ticket, OLD).await;
    assert_eq!(
        ask(&world, &ticket, NEW_ADDRESS).await,
        Challenged::Unproven
    );
    assert_eq!(world.post().await.len(), 0);
    let refused = world
        .accounts
        .apply(&ticket, Changes::new().email())
        .await
        .unwrap();
    assert!(matches!(refused, Apply::Unproven), "{refused:?}");
}

/// A taken address is answered alike; its owner is told by mail, its prover by the page.
#[tokio::test]
async fn x05_a_taken_address_is_told_to_its_prover_only() {
    let world = World::new();
    let bob = world.register("7", "bob", OLD).await;
    world.add_email(&bob, OLD, "bob@shop.example").await;
    let (ticket, _) = half_way(&world).await;
    assert_eq!(
        ask(&world, &ticket, "bob@shop.example").await,
        Challenged::Sent
    );
    let letter = world.letter().await;
    assert!(matches!(letter.content(), Content::AlreadyInUse));
    // Free when it was asked for, taken when it is applied.
    assert_eq!(ask(&world, &ticket, NEW_ADDRESS).await, Challenged::Sent);
    let letter = world.letter().await;
    let ticket = world
        .accepted(&ticket, Proof::NewEmail(code(&letter)))
        .await;
    let eve = world.register("8", "eve", OLD).await;
    world.clock.advance(std::time::Duration::from_secs(61));
    world.add_email(&eve, OLD, NEW_ADDRESS).await;
    let taken = world
        .accounts
        .apply(&ticket, Changes::new().email())
        .await
        .unwrap();
    assert!(matches!(taken, Apply::Taken(KeyKind::Email)), "{taken:?}");
    world.signed_in(ALICE, OLD).await;
}

#[tokio::test]
async fn j03_either_mailbox_stops_it() {
    for side in [0, 1] {
        let world = World::new();
        let (signed_in, _code) = world.alice().await;
        let ticket = world.settings(&signed_in).await;
        let ticket = world.proven(&ticket, OLD).await;
        let _sent = world.challenge(&ticket, Challenge::SecurityEmail).await;
        let old = world.letter().await;
        let ticket = world
            .accepted(&ticket, Proof::SecurityEmail(code(&old)))
            .await;
        assert_eq!(ask(&world, &ticket, NEW_ADDRESS).await, Challenged::Sent);
        let new = world.letter().await;
        let ticket = world.accepted(&ticket, Proof::NewEmail(code(&new))).await;
        let letter = [&old, &new][side];
        let stopped = world.accounts.cancel(&cancel(letter)).await.unwrap();
        assert_eq!(stopped, Stopped::Stopped);
        let dead = world
            .accounts
            .apply(&ticket, Changes::new().email())
            .await
            .unwrap();
        assert!(matches!(dead, Apply::Expired), "{dead:?}");
        world.signed_in(ALICE, OLD).await;
    }
}

/// A link of a change works in its own session alone: from the mail it hands nobody a password
/// that somebody else has typed.
#[tokio::test]
async fn x18_a_link_of_a_change_needs_its_session() {
    let world = World::new();
    let (signed_in, _code) = world.alice().await;
    let other = world.signed_in("alice", OLD).await;
    let ticket = world.settings(&signed_in).await;
    let ticket = world.proven(&ticket, OLD).await;
    let _sent = world.challenge(&ticket, Challenge::SecurityEmail).await;
    let link = link(&world.letter().await);
    let other = world.session(&other).await;
    for session in [None, Some(&other)] {
        let refused = world.accounts.follow(&link, session).await.unwrap();
        assert!(matches!(refused, Prove::Expired));
    }
    let own = world.session(&signed_in).await;
    let Prove::Accepted(ticket) = world.accounts.follow(&link, Some(&own)).await.unwrap() else {
        panic!("refused in its own session");
    };
    assert_eq!(ask(&world, &ticket, NEW_ADDRESS).await, Challenged::Sent);
}

/// Two changes at once: the later one is the pending one.
#[tokio::test]
async fn s13_one_change_is_pending() {
    let world = World::new();
    let (first, signed_in) = half_way(&world).await;
    assert_eq!(
        ask(&world, &first, "one@new.example").await,
        Challenged::Sent
    );
    let one = world.letter().await;
    world.clock.advance(std::time::Duration::from_secs(61));
    let second = world.settings(&signed_in).await;
    let second = world.proven(&second, OLD).await;
    let _sent = world.challenge(&second, Challenge::SecurityEmail).await;
    let old = world.letter().await;
    let second = world
        .accepted(&second, Proof::SecurityEmail(code(&old)))
        .await;
    assert_eq!(
        ask(&world, &second, "two@new.example").await,
        Challenged::Sent
    );
    let two = world.letter().await;
    let dead = world.offer(&first, Proof::NewEmail(code(&one))).await;
    assert!(matches!(dead, Prove::Expired), "{dead:?}");
    let ticket = world.accepted(&second, Proof::NewEmail(code(&two))).await;
    world.applied(&ticket, Changes::new().email()).await;
}

/// A change that was confirmed is not made once a later one is the pending one.
#[tokio::test]
async fn s13_x18_a_confirmed_change_that_was_replaced_is_not_made() {
    let world = World::new();
    let (first, signed_in) = half_way(&world).await;
    assert_eq!(
        ask(&world, &first, "one@new.example").await,
        Challenged::Sent
    );
    let confirmed = Proof::NewEmail(code(&world.letter().await));
    let first = world.accepted(&first, confirmed).await;
    world.clock.advance(std::time::Duration::from_secs(61));
    let second = world.settings(&signed_in).await;
    let second = world.proven(&second, OLD).await;
    let _sent = world.challenge(&second, Challenge::SecurityEmail).await;
    let old = Proof::SecurityEmail(code(&world.letter().await));
    let second = world.accepted(&second, old).await;
    assert_eq!(
        ask(&world, &second, "two@new.example").await,
        Challenged::Sent
    );
    let replaced = world.accounts.apply(&first, Changes::new().email()).await;
    assert!(matches!(replaced, Ok(Apply::Expired)), "{replaced:?}");
    world.signed_in(ALICE, OLD).await;
}

/// The first address of an account is the same change without an old one.
#[tokio::test]
async fn s01_the_first_address_takes_the_password_and_its_code() {
    let world = World::new();
    let signed_in = world.register("42", "alice", OLD).await;
    let signed_in = world.add_email(&signed_in, OLD, ALICE).await;
    world.signed_in(ALICE, OLD).await;
    // An address that an intruder added is young: it stands for the password.
    let ticket = world.settings(&signed_in).await;
    let ticket = world.proven(&ticket, OLD).await;
    world.clock.advance(std::time::Duration::from_secs(61));
    let _sent = world.challenge(&ticket, Challenge::SecurityEmail).await;
    let ticket = world
        .accepted(&ticket, Proof::SecurityEmail(code(&world.letter().await)))
        .await;
    let issued = world.accounts.issue_security_code(&ticket).await.unwrap();
    assert!(matches!(issued, backstop::Issue::Unproven), "{issued:?}");
}

/// A code to an address of one's own is easily typed right: that is no reason to go on guessing
/// the code to an address of somebody else.
#[tokio::test]
async fn x12_s13_an_address_of_ones_own_gives_back_no_tries_at_anothers() {
    let world = World::new();
    let mallory = world.register("666", "mallory", OLD).await;
    let ticket = world.settings(&mallory).await;
    let mut ticket = world.proven(&ticket, OLD).await;
    let guess = || Proof::NewEmail("12345678".parse().unwrap());
    for left in [2, 1] {
        let sent = ask(&world, &ticket, "victim@shop.example").await;
        assert_eq!(sent, Challenged::Sent);
        let denied = world.offer(&ticket, guess()).await;
        assert!(
            matches!(denied, Prove::Denied { left: Some(l) } if l == left),
            "{denied:?}"
        );
        let _post = world.post().await;
        let own = format!("mallory{left}@evil.example");
        assert_eq!(ask(&world, &ticket, &own).await, Challenged::Sent);
        let letter = world.letter().await;
        let right = Proof::NewEmail(code(&letter));
        ticket = world.accepted(&ticket, right).await;
    }
    assert_eq!(
        ask(&world, &ticket, "victim@shop.example").await,
        Challenged::Sent
    );
    let last = world.offer(&ticket, guess()).await;
    assert!(matches!(last, Prove::Denied { left: Some(0) }), "{last:?}");
    let locked = world.offer(&ticket, guess()).await;
    assert!(matches!(locked, Prove::Locked { .. }), "{locked:?}");
}

/// A recovery with the security code, up to a code to this address that is typed back.
async fn by_security_code(world: &World, security_code: &SecurityCode, to: &str) -> Ticket {
    let ticket = world.recover("alice");
    let proof = Proof::SecurityCode(security_code.clone());
    let ticket = world.accepted(&ticket, proof).await;
    assert_eq!(ask(world, &ticket, to).await, Challenged::Sent);
    let post = world.post().await;
    let letter = post.iter().find(|letter| letter.to() == &email(to));
    let proof = Proof::NewEmail(code(letter.unwrap()));
    world.accepted(&ticket, proof).await
}

async fn email_waits(world: &World, ticket: &Ticket) {
    let changes = Changes::new().email();
    let applied = world.accounts.apply(ticket, changes).await.unwrap();
    assert!(matches!(applied, Apply::Recovered(_)), "{applied:?}");
}

/// An address that waited was confirmed by somebody else meanwhile. While the courier drops it,
/// its owner puts another one in its place: that one is not dropped.
#[tokio::test]
async fn s13_an_address_that_failed_takes_no_later_one_with_it() {
    const OTHER: &str = "alice@other.example";
    let mut races = 0;
    // The call of the courier that comes late.
    for late in 0..12 {
        let world = World::new();
        let (_signed_in, security_code) = world.alice().await;
        let ticket = by_security_code(&world, &security_code, NEW_ADDRESS).await;
        email_waits(&world, &ticket).await;
        let _told = world.post().await;
        world.clock.advance(hours(71));
        let bob = world.register("7", "bob", OLD).await;
        world.add_email(&bob, OLD, NEW_ADDRESS).await;
        let ticket = by_security_code(&world, &security_code, OTHER).await;
        world.clock.advance(hours(1));
        world.store.fail(late, &[Fault::Late]);
        let mut pass = pin!(world.accounts.deliver_due());
        if !is_pending(pass.as_mut()) {
            break;
        }
        let _calls = world.store.struck();
        let changes = Changes::new().email();
        let applied = world.accounts.apply(&ticket, changes).await.unwrap();
        pass.await.unwrap();
        if matches!(applied, Apply::Recovered(_)) {
            races += 1;
            for _ in 0..2 {
                let _told = world.post().await;
                world.clock.advance(days(2));
            }
            let _told = world.post().await;
            let (_ticket, letter) = world.recover_by_mail("alice").await;
            assert_eq!(letter.to(), &email(OTHER), "late {late}");
        }
    }
    assert!(races > 0);
}

/// Polls it once.
fn is_pending<T>(future: Pin<&mut impl Future<Output = T>>) -> bool {
    let mut context = Context::from_waker(Waker::noop());
    future.poll(&mut context).is_pending()
}
