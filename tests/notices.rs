//! What the contacts of an account are told, and how it reaches them.

mod support;

use std::{
    pin::pin,
    task::{Context, Waker},
    time::Duration,
};

use backstop::{Error, Method, Proof, Prove, SignIn, message::Notice};
use support::{
    ALICE, NEW, OLD, WRONG, World, answer, days, email, hours,
    mail::{Refusal, notice},
    probe::Fault,
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

/// A new notice takes the turn of one of its kind that waits, and not the tries that it has had.
#[tokio::test]
async fn n03_a_new_notice_is_tried_for_days() {
    let world = World::new();
    let (signed_in, _code) = world.alice().await;
    let signed_in = world.change(&signed_in, OLD, NEW).await;
    // All but one of the tries there are.
    world.mail.fail(&[Refusal::Transient; 17]);
    for _ in 0..17 {
        assert_eq!(world.post().await.len(), 0);
        world.clock.advance(hours(6));
    }
    assert!(world.mail.struck());
    let _renewed = world.change(&signed_in, NEW, OLD).await;
    world.mail.fail(&[Refusal::Transient]);
    assert_eq!(world.post().await.len(), 0);
    assert!(world.mail.struck());
    world.clock.advance(hours(6));
    let told = notice(&world.letter().await);
    assert_eq!(told, Notice::PasswordChanged(Method::CurrentPassword));
}

async fn answer_hint(world: &World) {
    let ticket = world.recover("alice");
    let proof = Proof::HintQuestion(answer(support::ANSWER));
    let waits = world.offer(&ticket, proof).await;
    assert!(matches!(waits, Prove::Waiting { .. }), "{waits:?}");
}

/// What was told while the clock was ahead is no reason to tell nothing now.
#[tokio::test]
async fn x31_a_clock_that_was_ahead_leaves_nobody_untold() {
    let world = World::new();
    let _alice = world.alice().await;
    world.clock.advance(days(365));
    answer_hint(&world).await;
    assert!(matches!(
        notice(&world.letter().await),
        Notice::HintAnswered(_)
    ));
    world.clock.rewind(days(365));
    answer_hint(&world).await;
    assert!(matches!(
        notice(&world.letter().await),
        Notice::HintAnswered(_)
    ));
}

/// The same for a notice that was not sent before the clock came back.
#[tokio::test]
async fn x31_a_notice_that_lies_ahead_does_not_hold_up_the_next_one() {
    let world = World::new();
    let _alice = world.alice().await;
    world.clock.advance(days(365));
    let signed_in = world.signed_in("alice", OLD).await;
    let _renewed = world.change(&signed_in, OLD, NEW).await;
    world.mail.fail(&[Refusal::Transient]);
    assert_eq!(world.post().await.len(), 0);
    assert!(world.mail.struck());
    world.clock.rewind(days(365));
    let signed_in = world.signed_in("alice", NEW).await;
    let _renewed = world.change(&signed_in, NEW, OLD).await;
    let mut told = world.post().await;
    world.clock.advance(hours(6));
    told.extend(world.post().await);
    let told: Vec<Notice> = told.iter().map(notice).collect();
    assert_eq!(told, [Notice::PasswordChanged(Method::CurrentPassword)]);
}

/// Misses that could not be written are written later, together with those since.
#[tokio::test]
async fn s12_a_tally_that_failed_is_kept() {
    let world = World::new();
    let _alice = world.alice().await;
    for _ in 0..5 {
        let _denied = world.sign_in("alice", WRONG).await;
    }
    // The pass has taken the tally, and the store is slow.
    world.store.fail(0, &[Fault::Late]);
    let mut pass = pin!(world.accounts.deliver_due());
    let mut context = Context::from_waker(Waker::noop());
    assert!(pass.as_mut().poll(&mut context).is_pending());
    // A miss meanwhile, by which nothing is locked any more.
    world.clock.advance(days(2));
    let _denied = world.sign_in("alice", WRONG).await;
    world.store.fail(0, &[Fault::Before, Fault::Before]);
    let failed = pass.await;
    assert!(matches!(failed, Err(Error::Store(_))), "{failed:?}");
    assert!(world.store.struck());
    let told = notice(&world.letter().await);
    assert_eq!(told, Notice::Locked(Method::CurrentPassword));
}
