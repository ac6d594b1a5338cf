//! Method 3: the answer to the account's own question opens the new-password page.

mod support;

use std::time::Duration;

use backstop::{
    Apply, Challenge, Challenged, Changes, Client, Method, Proof, Prove, message::Notice,
    policy::AnswerUnmet,
};
use support::{
    ANSWER, NEW, OLD, World, answer, days, hours,
    mail::{cancel, notice},
    question,
};

fn right() -> Proof {
    Proof::HintQuestion(answer(ANSWER))
}

fn wrong() -> Proof {
    Proof::HintQuestion(answer("somebody else"))
}

#[tokio::test]
async fn s05_at_a_known_device_the_right_answer_sets_a_new_password() {
    let world = World::new();
    let _alice = world.alice().await;
    let device = world.signed_in("alice", OLD).await.device().clone();
    let client = Client::new().human(true).device(device);
    let ticket = world.recover_as("alice", &client);
    let asked = world.challenge(&ticket, Challenge::HintQuestion).await;
    assert_eq!(asked, Challenged::Question(question()));
    // However it is typed.
    let typed = Proof::HintQuestion(answer("  gunvor HALVARSSON-quist "));
    let ticket = world.accepted(&ticket, typed).await;
    let _device = world.recovered(&ticket, NEW).await;
    world.signed_in("alice", NEW).await;
    let told = world.letter().await;
    assert_eq!(notice(&told), Notice::PasswordChanged(Method::HintQuestion));
}

/// Anywhere else it counts a day later, and every contact is told at once.
#[tokio::test]
async fn s05_a_strangers_right_answer_waits_for_a_day() {
    let world = World::new();
    let _alice = world.alice().await;
    let ticket = world.recover("alice");
    let Prove::Waiting { ticket, until } = world.offer(&ticket, right()).await else {
        panic!("it does not wait");
    };
    assert_eq!(until, world.clock.now() + days(1));
    let told = world.letter().await;
    assert!(matches!(notice(&told), Notice::HintAnswered(_)));
    for _ in 0..23 {
        world.clock.advance(hours(1));
        let early = world.apply(&ticket, NEW).await;
        assert!(
            matches!(early, Apply::Waiting { until: u } if u == until),
            "{early:?}"
        );
    }
    world.clock.advance(hours(1));
    let _device = world.recovered(&ticket, NEW).await;
    world.signed_in("alice", NEW).await;
}

#[tokio::test]
async fn s05_a_contact_stops_a_waiting_answer() {
    let world = World::new();
    let _alice = world.alice().await;
    let ticket = world.recover("alice");
    let Prove::Waiting { ticket, .. } = world.offer(&ticket, right()).await else {
        panic!("it does not wait");
    };
    let told = world.letter().await;
    let stopped = world.accounts.cancel(&cancel(&told)).await.unwrap();
    assert_eq!(stopped, backstop::Stopped::Stopped);
    world.clock.advance(days(1));
    assert!(matches!(world.apply(&ticket, NEW).await, Apply::Expired));
    // The hint is gone until it is set again, and a stranger sees a question all the same.
    let ticket = world.recover("alice");
    let answer = world.offer(&ticket, right()).await;
    assert!(matches!(answer, Prove::Denied { .. }), "{answer:?}");
    let asked = world.challenge(&ticket, Challenge::HintQuestion).await;
    assert!(matches!(asked, Challenged::Question(_)));
    let again = world.accounts.cancel(&cancel(&told)).await.unwrap();
    assert_eq!(again, backstop::Stopped::Ended);
}

#[tokio::test]
async fn h06_three_wrong_answers_lock_this_method_for_a_day() {
    let world = World::new();
    let _alice = world.alice().await;
    let ticket = world.recover("alice");
    for left in [2, 1, 0] {
        let answer = world.offer(&ticket, wrong()).await;
        assert!(
            matches!(answer, Prove::Denied { left: Some(l) } if l == left),
            "{answer:?}"
        );
    }
    assert!(matches!(
        world.offer(&ticket, right()).await,
        Prove::Locked { .. }
    ));
    // No other method is closed by it.
    let (ticket, letter) = world.recover_by_mail("alice").await;
    let code = Proof::SecurityEmail(support::mail::code(&letter));
    let _ticket = world.accepted(&ticket, code).await;
    world.signed_in("alice", OLD).await;
    // A known device has tries of its own.
    let device = world.signed_in("alice", OLD).await.device().clone();
    let client = Client::new().human(true).device(device);
    let ticket = world.recover_as("alice", &client);
    let _ticket = world.accepted(&ticket, right()).await;
}

#[tokio::test]
async fn h04_a_refused_answer_costs_nothing() {
    let world = World::new();
    let (signed_in, _code) = world.alice().await;
    let ticket = world.settings(&signed_in).await;
    let ticket = world.proven(&ticket, OLD).await;
    let both = Changes::new()
        .hint(question(), answer("alice"))
        .password(support::typed_twice("weak"));
    match world.accounts.apply(&ticket, both).await.unwrap() {
        Apply::Unmet { password, answer } => {
            assert!(!password.is_empty());
            assert!(answer.contains(&AnswerUnmet::Name), "{answer:?}");
        }
        other => panic!("{other:?}"),
    }
    let changes = Changes::new().hint(question(), answer("Someone Quite Else"));
    world.applied(&ticket, changes).await;
    let told = world.letter().await;
    assert_eq!(notice(&told), Notice::HintChanged);
}

/// Knowing the hint buys the password only.
#[tokio::test]
async fn x33_a_hint_buys_the_password_only() {
    let world = World::new();
    let _alice = world.alice().await;
    let device = world.signed_in("alice", OLD).await.device().clone();
    let client = Client::new().human(true).device(device);
    let ticket = world.recover_as("alice", &client);
    let ticket = world.accepted(&ticket, right()).await;
    let changes = Changes::new().hint(question(), answer("Someone Quite Else"));
    let refused = world.accounts.apply(&ticket, changes).await.unwrap();
    assert!(matches!(refused, Apply::Unproven), "{refused:?}");
}

/// The owner, who was told of an answer, changes the password and stops it. Whoever answers again
/// within the hour has the owner told again.
#[tokio::test]
async fn s05_an_answer_after_the_owner_reacted_is_told() {
    let world = World::new();
    let (signed_in, _code) = world.alice().await;
    let first = world.offer(&world.recover("alice"), right()).await;
    assert!(matches!(first, Prove::Waiting { .. }), "{first:?}");
    let told = world.letter().await;
    world.clock.advance(Duration::from_secs(10 * 60));
    world.change(&signed_in, OLD, NEW).await;
    let changed = notice(&world.letter().await);
    assert_eq!(changed, Notice::PasswordChanged(Method::CurrentPassword));
    let dead = world.accounts.cancel(&cancel(&told)).await.unwrap();
    assert_eq!(dead, backstop::Stopped::Ended);
    world.clock.advance(Duration::from_secs(10 * 60));
    let again = world.offer(&world.recover("alice"), right()).await;
    assert!(matches!(again, Prove::Waiting { .. }), "{again:?}");
    let told = world.letter().await;
    assert!(matches!(notice(&told), Notice::HintAnswered(_)), "{told:?}");
    let stopped = world.accounts.cancel(&cancel(&told)).await.unwrap();
    assert_eq!(stopped, backstop::Stopped::Stopped);
}
