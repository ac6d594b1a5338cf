//! The courier as a task of the host's: it wakes when there is something to send, and ends with
//! the accounts.

mod support;

use std::{
    collections::HashSet,
    future::Future,
    pin::Pin,
    task::{Context, Poll, Waker},
    time::Duration,
};

use backstop::{Challenge, Challenged, Error, Message, Proof, ServiceKey};
use support::{ALICE, NEW, OLD, WRONG, World, email, mail::code, probe::Fault};

/// A sleep that never ends: what wakes the courier is not the clock.
async fn for_ever(_pause: Duration) {
    std::future::pending().await
}

async fn until(done: impl Fn() -> bool) {
    while !done() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_mail_wakes_the_courier() {
    let world = World::new();
    let _alice = world.alice().await;
    let courier = tokio::spawn(world.accounts.courier(for_ever));
    for name in ["nobody", "alice"] {
        let ticket = world.recover(name);
        let sent = world.challenge(&ticket, Challenge::SecurityEmail).await;
        assert_eq!(sent, Challenged::Sent);
    }
    until(|| world.mail.sent() == 1).await;
    courier.abort();
}

/// Asked for again while it waits, a mail is one mail, for whatever name.
#[tokio::test]
async fn x28_a_mail_that_waits_is_not_made_two() {
    let world = World::new();
    let _alice = world.alice().await;
    let tickets = [world.recover("alice"), world.recover("nobody")];
    for ticket in tickets.iter().cycle().take(10_000) {
        let sent = world.challenge(ticket, Challenge::SecurityEmail).await;
        assert_eq!(sent, Challenged::Sent);
    }
    assert_eq!(world.post().await.len(), 1);
    world.clock.advance(Duration::from_secs(61));
    assert_eq!(world.post().await.len(), 0);
}

#[tokio::test]
async fn a_notice_wakes_the_courier() {
    let world = World::new();
    let (signed_in, _code) = world.alice().await;
    let courier = tokio::spawn(world.accounts.courier(for_ever));
    let _renewed = world.change(&signed_in, OLD, NEW).await;
    until(|| world.mail.sent() == 1).await;
    courier.abort();
}

#[tokio::test]
async fn the_courier_ends_with_the_last_clone_of_the_accounts() {
    let world = World::new();
    let courier = tokio::spawn(world.accounts.courier(for_ever));
    let clone = world.accounts.clone();
    drop(world);
    tokio::task::yield_now().await;
    assert!(!courier.is_finished());
    drop(clone);
    until(|| courier.is_finished()).await;
}

/// Drops one pass of the courier while it waits for the store.
///
/// Answers whether there was something to wait for.
async fn drop_a_pass(world: &World, healthy: usize, fault: Fault) -> bool {
    world.store.fail(healthy, &[fault]);
    let mut pass: Pin<Box<dyn Future<Output = _>>> = Box::pin(world.accounts.deliver_due());
    let polled = pass.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    drop(pass);
    let struck = world.store.struck();
    assert_eq!(matches!(polled, Poll::Pending), struck);
    struck
}

/// The messages that came, each counted once.
async fn came(world: &World) -> usize {
    let mut ids = HashSet::new();
    for _ in 0..3 {
        ids.extend(world.post().await.iter().map(|message| message.id()));
        world.clock.advance(Duration::from_secs(5 * 60));
    }
    ids.len()
}

#[tokio::test]
async fn x29_a_dropped_pass_loses_no_mail() {
    for fault in [Fault::Never, Fault::Mute] {
        for healthy in 0.. {
            let world = World::new();
            let _alice = world.alice().await;
            let ticket = world.recover("alice");
            let sent = world.challenge(&ticket, Challenge::SecurityEmail).await;
            assert_eq!(sent, Challenged::Sent);
            let was_dropped = drop_a_pass(&world, healthy, fault).await;
            assert_eq!(came(&world).await, 1, "{fault:?} after {healthy}");
            if !was_dropped {
                assert!(healthy > 1);
                break;
            }
        }
    }
}

#[tokio::test]
async fn x29_a_dropped_pass_loses_no_lock() {
    for fault in [Fault::Never, Fault::Mute] {
        for healthy in 0.. {
            let world = World::new();
            let _alice = world.alice().await;
            for _ in 0..5 {
                let _denied = world.sign_in("alice", WRONG).await;
            }
            let was_dropped = drop_a_pass(&world, healthy, fault).await;
            assert_eq!(came(&world).await, 1, "{fault:?} after {healthy}");
            if !was_dropped {
                assert!(healthy > 1);
                break;
            }
        }
    }
}

/// Whoever asks again and again, in however many flows, leaves room for others.
#[tokio::test]
async fn x28_nobody_fills_the_outbox_for_all() {
    let world = World::new();
    let _alice = world.alice().await;
    let mallory = world.register("666", "mallory", OLD).await;
    let mallory = world.add_email(&mallory, OLD, "mallory@shop.example").await;
    let session = world.session(&mallory).await;
    let others = ["nobody", "mallory"].repeat(2100).into_iter();
    let others = others.map(|name| world.recover(name));
    let settings = (0..4200).map(|_| world.accounts.settings(&session).unwrap());
    for ticket in others.chain(settings) {
        let sent = world.challenge(&ticket, Challenge::SecurityEmail).await;
        assert_eq!(sent, Challenged::Sent);
    }
    let ticket = world.recover("alice");
    let sent = world.challenge(&ticket, Challenge::SecurityEmail).await;
    assert_eq!(sent, Challenged::Sent);
    let post = world.post().await;
    let is_hers = |message: &&Message| *message.to() == email(ALICE);
    let letter = post.iter().find(is_hers).unwrap();
    let _ticket = world
        .accepted(&ticket, Proof::SecurityEmail(code(letter)))
        .await;
}

/// Accounts that this machine cannot read, because another key made them, fail in each pass. They
/// are in front, and they do not keep the courier from those behind them.
#[tokio::test]
async fn accounts_that_cannot_be_read_hold_up_no_other() {
    let world = World::new();
    let (signed_in, _code) = world.alice().await;
    let other = World::on(
        world.store.inner.clone(),
        ServiceKey::new(*b"another key of tests, of 32 byte").unwrap(),
        world.clock.clone(),
        |builder| builder,
    );
    let mut unreadable = Vec::new();
    for number in 0..70 {
        let name = format!("user{number}");
        let user = other.register(&name, &name, OLD).await;
        let address = format!("{name}@shop.example");
        unreadable.push(other.add_email(&user, OLD, &address).await);
    }
    for user in &unreadable {
        other.change(user, OLD, NEW).await;
    }
    world.clock.advance(Duration::from_secs(1));
    let _renewed = world.change(&signed_in, OLD, NEW).await;
    let failed = world.accounts.deliver_due().await;
    assert!(matches!(failed, Err(Error::UnknownKey)), "{failed:?}");
    let told = world.mail.take();
    assert_eq!(told.len(), 1, "{told:?}");
}
