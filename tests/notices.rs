//! What the contacts of an account are told, and how it reaches them.

mod support;

use std::time::Duration;

use backstop::{Method, Proof, SignIn, message::Notice};
use support::{
    ALICE, NEW, OLD, WRONG, World, answer, days, email, hours,
    mail::{Refusal, notice},
};

#[tokio::test]
async fn n03_a_notice_is_sent_once_and_tried_again_until_it_is() {
    let world = World::new();
    let (signed_in, _code) = world.alice().await;
    let _renewed = world.change(&signed_in, OLD, NEW).await;
    world.mail.fail(&[Refusal::Transient, Refusal::Transient]);
    let mut sent = Vec::new();
    for _ in 0..60 {
        sent.extend(world.post().await);
        world.clock.advance(Duration::from_secs(60));
    }
    assert_eq!(sent.len(), 1);
    assert_eq!(
        notice(&sent[0]),
        Notice::PasswordChanged(Method::CurrentPassword)
    );
    assert_eq!(sent[0].to(), &email(ALICE));
}

/// The answer of the mail server was lost: sent again, with the same id.
#[tokio::test]
async fn n03_a_notice_that_may_have_been_sent_is_sent_again() {
    let world = World::new();
    let (signed_in, _code) = world.alice().await;
    let _renewed = world.change(&signed_in, OLD, NEW).await;
    world.mail.fail(&[Refusal::Lost]);
    let first = world.letter().await;
    world.clock.advance(Duration::from_secs(120));
    let second = world.letter().await;
    assert_eq!(first.id(), second.id());
    world.clock.advance(days(1));
    assert_eq!(world.post().await.len(), 0);
}

#[tokio::test]
async fn n03_a_mailbox_that_does_not_exist_is_given_up() {
    let world = World::new();
    let (signed_in, _code) = world.alice().await;
    let _renewed = world.change(&signed_in, OLD, NEW).await;
    world.mail.fail(&[Refusal::Permanent]);
    assert_eq!(world.post().await.len(), 0);
    world.clock.advance(days(1));
    assert_eq!(world.post().await.len(), 0);
    let event = world
        .events()
        .into_iter()
        .find(|event| event.outcome == backstop::audit::Outcome::NotSent);
    assert_eq!(event.unwrap().account, Some(support::account_id("42")));
}

/// Two couriers over one store send each notice once.
#[tokio::test]
async fn n03_several_couriers_send_a_notice_once() {
    let store = backstop::MemoryStore::new();
    let world = World::over(store.clone(), support::key(), |builder| builder);
    let (signed_in, _code) = world.alice().await;
    let other = World::on(store, support::key(), world.clock.clone(), |builder| {
        builder
    });
    let _renewed = world.change(&signed_in, OLD, NEW).await;
    let sent = world.post().await.len() + other.post().await.len();
    assert_eq!(sent, 1);
}

/// Nobody is told of a miss; a lock is told once a day.
#[tokio::test]
async fn n04_a_lock_is_told_once_a_day() {
    let world = World::new();
    let _alice = world.alice().await;
    let _denied = world.sign_in("alice", WRONG).await;
    assert_eq!(world.post().await.len(), 0);
    let mut told = Vec::new();
    for _ in 0..36 {
        for _ in 0..7 {
            let _refused = world.try_sign_in("alice", WRONG).await;
        }
        told.extend(world.post().await);
        world.clock.advance(hours(1));
    }
    let locks = told.iter().map(notice);
    let locks: Vec<Notice> = locks
        .filter(|what| matches!(what, Notice::Locked(_)))
        .collect();
    assert_eq!(locks, [Notice::Locked(Method::CurrentPassword); 2]);
}

/// D01: a hundred misses in a row, over however many days, stop a hint until it is set again.
#[tokio::test]
async fn d01_the_hundredth_miss_in_a_row_stops_a_hint() {
    let world = World::new();
    let (signed_in, _code) = world.alice().await;
    let mut told = Vec::new();
    for _day in 0..34 {
        let ticket = world.recover("alice");
        for _ in 0..3 {
            let _denied = world
                .offer(&ticket, Proof::HintQuestion(answer("somebody")))
                .await;
        }
        told.extend(world.post().await.iter().map(notice));
        world.clock.advance(days(1));
    }
    assert_eq!(told.last(), Some(&Notice::HintStopped));
    // What strangers do ends no session.
    world.clock.rewind(days(30));
    assert!(world.is_live(signed_in.token()).await);
    world.clock.advance(days(30));
    let ticket = world.recover("alice");
    let right = world
        .offer(&ticket, Proof::HintQuestion(answer(support::ANSWER)))
        .await;
    assert!(matches!(right, backstop::Prove::Denied { .. }), "{right:?}");
}

#[tokio::test]
async fn d01_the_hundredth_miss_in_a_row_stops_a_password_for_strangers() {
    let world = World::new();
    let (signed_in, _code) = world.alice().await;
    let device = signed_in.device().clone();
    let mut told = Vec::new();
    for _ in 0..130 {
        let _denied = world.try_sign_in("alice", WRONG).await;
        world.clock.advance(Duration::from_secs(16 * 60));
        told.extend(world.post().await.iter().map(notice));
    }
    assert!(told.contains(&Notice::PasswordStopped), "{told:?}");
    world.clock.advance(days(1));
    let stranger = world.sign_in("alice", OLD).await;
    assert!(matches!(stranger, SignIn::Denied { .. }), "{stranger:?}");
    // At a known device it signs in, and goes on from there.
    let client = backstop::Client::new().device(device);
    let name = support::login("alice");
    let typed = support::password(OLD);
    let known = world
        .accounts
        .sign_in(&name, &typed, &client)
        .await
        .unwrap();
    assert!(matches!(known, SignIn::Accepted(_)), "{known:?}");
    world.post().await;
    world.signed_in("alice", OLD).await;
}

#[tokio::test]
async fn d02_a_right_attempt_forgets_the_misses_before_it() {
    let world = World::new();
    let _alice = world.alice().await;
    for round in 0..3 {
        for _ in 0..40 {
            let _denied = world.try_sign_in("alice", WRONG).await;
            world.clock.advance(Duration::from_secs(16 * 60));
        }
        world.post().await;
        world.clock.advance(days(1));
        world.signed_in("alice", OLD).await;
        world.post().await;
        assert!(round < 3);
    }
}
