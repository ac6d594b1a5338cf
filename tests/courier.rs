//! The courier as a task of the host's: it wakes when there is something to send, and ends with
//! the accounts.

mod support;

use std::time::Duration;

use backstop::{Challenge, Challenged};
use support::{OLD, World};

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
    let _renewed = world.change(&signed_in, OLD, support::NEW).await;
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
