//! Faults that attacks on the recovery methods found once. None of them comes back.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll, Waker},
    time::Duration,
};

use backstop::{
    Apply, Challenge, Challenged, Changes, Client, Issue, Message, Method, Proof, Prove, SignIn,
    SignedIn, Stopped, Ticket,
    account::Account,
    message::{Content, Notice},
    policy::{BudgetRule, Policy},
};
use support::{
    ALICE, ANSWER, NEW, OLD, WRONG, World, answer, days, email, hours, login,
    mail::{Refusal, cancel, code, link, notice, wrong},
    password,
    probe::Fault,
    question, typed_twice,
};

const A_MINUTE: Duration = Duration::from_secs(60);
const NEW_ADDRESS: &str = "new@shop.example";

/// Polls it once.
fn poll<F: Future + ?Sized>(slow: &mut Pin<Box<F>>) -> Poll<F::Output> {
    slow.as_mut().poll(&mut Context::from_waker(Waker::noop()))
}

fn is_code(message: &Message) -> bool {
    matches!(message.content(), Content::Code { .. })
}

/// A stranger's hint, to take the place of the owner's.
fn other_hint() -> Changes {
    Changes::new().hint(question(), answer("Ingemar Strandqvist-Falk"))
}

/// Somebody who reads the mailbox of alice, and nothing else, makes her a new password and signs
/// in; answers with a ticket of the settings that has this password proved.
async fn by_mailbox_alone(world: &World) -> Ticket {
    let (ticket, letter) = world.recover_by_mail("alice").await;
    let proof = Proof::SecurityEmail(code(&letter));
    let ticket = world.accepted(&ticket, proof).await;
    let _device = world.recovered(&ticket, NEW).await;
    let _notices = world.post().await;
    in_settings(world, &world.signed_in("alice", NEW).await, NEW).await
}

async fn in_settings(world: &World, signed_in: &SignedIn, typed: &str) -> Ticket {
    let ticket = world.settings(signed_in).await;
    world.proven(&ticket, typed).await
}

/// A ticket of the settings with a code of the mailbox proved as well.
async fn with_mailbox(world: &World, ticket: &Ticket) -> Ticket {
    let sent = world.challenge(ticket, Challenge::SecurityEmail).await;
    assert_eq!(sent, Challenged::Sent);
    let proof = Proof::SecurityEmail(code(&world.letter().await));
    world.accepted(ticket, proof).await
}

async fn with_new_address(world: &World, ticket: &Ticket) -> Ticket {
    let asked = Challenge::NewEmail(email(NEW_ADDRESS));
    assert_eq!(world.challenge(ticket, asked).await, Challenged::Sent);
    let proof = Proof::NewEmail(code(&world.letter().await));
    world.accepted(ticket, proof).await
}

/// The mails with a code that come when somebody asks for a recovery.
async fn mails_of_a_recovery(world: &World) -> Vec<Message> {
    let ticket = world.recover("alice");
    let sent = world.challenge(&ticket, Challenge::SecurityEmail).await;
    assert_eq!(sent, Challenged::Sent);
    world.post().await.into_iter().filter(is_code).collect()
}

async fn is_good(world: &World, letter: &Message) -> bool {
    let opened = world.accounts.follow(&link(letter), None).await.unwrap();
    matches!(opened, Prove::Accepted(_))
}

/// The owner had proved a password and the new mailbox; whoever reads the mailbox has only that.
#[tokio::test]
async fn x33_a_young_mailbox_does_not_lend_its_owners_proofs() {
    let world = World::new();
    let signed_in = world.register("42", "alice", OLD).await;
    let _signed_in = world.add_email(&signed_in, OLD, ALICE).await;
    world.clock.advance(hours(2));
    let ticket = by_mailbox_alone(&world).await;
    let applied = world.accounts.apply(&ticket, other_hint()).await.unwrap();
    assert!(matches!(applied, Apply::Unproven), "{applied:?}");
    let issued = world.accounts.issue_security_code(&ticket).await.unwrap();
    assert!(matches!(issued, Issue::Unproven), "{issued:?}");
}

/// The same after the owner moved to another mailbox, which took three proofs.
#[tokio::test]
async fn x33_a_young_new_mailbox_does_not_lend_its_owners_proofs() {
    let world = World::new();
    let signed_in = world.register("42", "alice", OLD).await;
    let _signed_in = world.add_email(&signed_in, OLD, ALICE).await;
    world.clock.advance(days(10));
    let signed_in = world.signed_in("alice", OLD).await;
    let ticket = in_settings(&world, &signed_in, OLD).await;
    let ticket = with_mailbox(&world, &ticket).await;
    let ticket = with_new_address(&world, &ticket).await;
    let _signed_in = world.applied(&ticket, Changes::new().email()).await;
    let _notices = world.post().await;
    world.clock.advance(days(2));
    let ticket = by_mailbox_alone(&world).await;
    world.clock.advance(A_MINUTE);
    let ticket = with_mailbox(&world, &ticket).await;
    let issued = world.accounts.issue_security_code(&ticket).await.unwrap();
    assert!(matches!(issued, Issue::Unproven), "{issued:?}");
    let asked = Challenge::NewEmail(email("thief@evil.example"));
    assert_eq!(world.challenge(&ticket, asked).await, Challenged::Unproven);
    assert!(world.post().await.is_empty());
    let applied = world.accounts.apply(&ticket, other_hint()).await.unwrap();
    assert!(matches!(applied, Apply::Unproven), "{applied:?}");
}

/// Nor does a young hint: its answer is all that a stranger has.
#[tokio::test]
async fn x33_a_young_hint_does_not_lend_its_owners_proofs() {
    let world = World::new();
    let signed_in = world.register("42", "alice", OLD).await;
    let _signed_in = world.add_hint(&signed_in, OLD).await;
    let ticket = world.recover("alice");
    let offered = world
        .offer(&ticket, Proof::HintQuestion(answer(ANSWER)))
        .await;
    let Prove::Waiting { ticket, .. } = offered else {
        panic!("{offered:?}");
    };
    world.clock.advance(days(1));
    let _device = world.recovered(&ticket, NEW).await;
    let signed_in = world.signed_in("alice", NEW).await;
    let ticket = in_settings(&world, &signed_in, NEW).await;
    let applied = world.accounts.apply(&ticket, other_hint()).await.unwrap();
    assert!(matches!(applied, Apply::Unproven), "{applied:?}");
    let issued = world.accounts.issue_security_code(&ticket).await.unwrap();
    assert!(matches!(issued, Issue::Unproven), "{issued:?}");
}

/// Another account asks for the address as its own, as often as it likes: the holder is told a few
/// times, and what a recovery sends is not used up by it.
#[tokio::test]
async fn x37_an_address_asked_for_by_others_gets_its_recovery_mails() {
    let world = World::new();
    let _alice = world.alice().await;
    let mallory = world.register("666", "mallory", OLD).await;
    let mut told = 0;
    for _ in 0..20 {
        let ticket = in_settings(&world, &mallory, OLD).await;
        let asked = Challenge::NewEmail(email(ALICE));
        assert_eq!(world.challenge(&ticket, asked).await, Challenged::Sent);
        for message in world.post().await {
            assert!(matches!(message.content(), Content::AlreadyInUse));
            told += 1;
        }
        world.clock.advance(A_MINUTE);
    }
    assert!((1..20).contains(&told), "{told} mails");
    let letters = mails_of_a_recovery(&world).await;
    assert_eq!(letters.len(), 1);
    for letter in &letters {
        assert_eq!(letter.to(), &email(ALICE));
        assert!(is_good(&world, letter).await);
    }
}

/// A session without the password asks for codes to confirm a change.
#[tokio::test]
async fn x37_codes_asked_for_in_a_session_leave_the_recovery_mails() {
    let world = World::new();
    let (signed_in, _code) = world.alice().await;
    let mut confirmed = 0;
    for _ in 0..20 {
        let ticket = world.settings(&signed_in).await;
        let sent = world.challenge(&ticket, Challenge::SecurityEmail).await;
        assert_eq!(sent, Challenged::Sent);
        confirmed += world.post().await.len();
        world.clock.advance(A_MINUTE);
    }
    assert!((1..20).contains(&confirmed), "{confirmed} mails");
    let letters = mails_of_a_recovery(&world).await;
    assert_eq!(letters.len(), 1);
}

/// Mails that a change has killed do not keep the next ones from being sent: at every hour there is
/// a link in the mailbox that works.
#[tokio::test]
async fn x44_mails_before_a_change_do_not_count() {
    let world = World::new();
    let _alice = world.alice().await;
    let (mut now, mut next) = (OLD, NEW);
    for day in 0..3 {
        let mut letters = Vec::new();
        for _ in 0..10 {
            letters.extend(mails_of_a_recovery(&world).await);
            world.clock.advance(A_MINUTE);
        }
        // No more are sent for now.
        assert!((1..10).contains(&letters.len()), "{} mails", letters.len());
        let signed_in = world.signed_in("alice", now).await;
        let _signed_in = world.change(&signed_in, now, next).await;
        std::mem::swap(&mut now, &mut next);
        let _notices = world.post().await;
        for letter in &letters {
            assert!(!is_good(&world, letter).await);
        }
        for hour in 0..24 {
            letters.extend(mails_of_a_recovery(&world).await);
            let mut good = 0;
            for letter in &letters {
                good += usize::from(is_good(&world, letter).await);
            }
            assert!(good > 0, "no way in at day {day}, hour {hour}");
            world.clock.advance(hours(1));
        }
    }
}

/// Whoever knows the answer makes neither the record nor the mailbox full.
#[tokio::test]
async fn x28_notices_stay_few_and_a_record_readable() {
    let world = World::new();
    let _alice = world.alice().await;
    let right_answer = async || {
        let ticket = world.recover("alice");
        let offered = world
            .offer(&ticket, Proof::HintQuestion(answer(ANSWER)))
            .await;
        assert!(matches!(offered, Prove::Waiting { .. }), "{offered:?}");
    };
    let mut told = Vec::new();
    for _ in 0..50 {
        right_answer().await;
        told.extend(world.post().await);
    }
    assert_eq!(told.len(), 1);
    // Nor while nothing can be sent.
    for _ in 0..12 {
        world.clock.advance(hours(1));
        right_answer().await;
        world.mail.fail(&[Refusal::Transient; 100]);
        world.accounts.deliver_due().await.unwrap();
        assert_eq!(world.mail.sent(), 0);
    }
    let written = world.store.written();
    let accounts: Vec<_> = written
        .iter()
        .filter(|bytes| Account::from_bytes(bytes).is_ok())
        .collect();
    let longest = accounts.iter().map(|bytes| bytes.len()).max();
    assert!(longest.is_some_and(|bytes| bytes < 4096), "{longest:?}");
    world.mail.fail(&[]);
    world.clock.advance(days(1));
    let told = world.post().await;
    let told: Vec<_> = told.iter().map(notice).collect();
    assert!(matches!(*told, [Notice::HintAnswered(_)]), "{told:?}");
    let _owner = world.signed_in("alice", OLD).await;
}

/// A question that changed would tell that there is an account.
#[tokio::test]
async fn x39_a_stopped_hint_keeps_its_question() {
    let world = World::new();
    let _alice = world.alice().await;
    let ask = async || {
        let ticket = world.recover("alice");
        world.challenge(&ticket, Challenge::HintQuestion).await
    };
    assert_eq!(ask().await, Challenged::Question(question()));
    let mut told = Vec::new();
    for _ in 0..34 {
        let ticket = world.recover("alice");
        for _ in 0..3 {
            let wrong = Proof::HintQuestion(answer("somebody else"));
            let _denied = world.offer(&ticket, wrong).await;
        }
        told.extend(world.post().await.iter().map(notice));
        world.clock.advance(days(1));
    }
    assert!(told.contains(&Notice::HintStopped), "{told:?}");
    assert_eq!(ask().await, Challenged::Question(question()));
    // And it is stopped.
    let right = Proof::HintQuestion(answer(ANSWER));
    let offered = world.offer(&world.recover("alice"), right).await;
    assert!(matches!(offered, Prove::Denied { .. }), "{offered:?}");
}

/// An answer that was right, and waits, counts no more once the hint was stopped for its misses.
#[tokio::test]
async fn x17_a_right_answer_does_not_outlive_its_hint() {
    let world = World::new();
    let _alice = world.alice().await;
    let right = Proof::HintQuestion(answer(ANSWER));
    let Prove::Waiting { ticket, .. } = world.offer(&world.recover("alice"), right).await else {
        panic!("it does not wait");
    };
    let _told = world.post().await;
    for _ in 0..34 {
        let device = world.signed_in("alice", OLD).await.device().clone();
        let at_device = world.recover_as("alice", &Client::new().human(true).device(device));
        for _ in 0..3 {
            let wrong = Proof::HintQuestion(answer("somebody else"));
            let denied = world.offer(&at_device, wrong).await;
            assert!(matches!(denied, Prove::Denied { .. }), "{denied:?}");
        }
    }
    let told: Vec<_> = world.post().await.iter().map(notice).collect();
    assert!(told.contains(&Notice::HintStopped), "{told:?}");
    world.clock.advance(days(1));
    let refused = world.apply(&ticket, NEW).await;
    assert!(matches!(refused, Apply::Unproven), "{refused:?}");
    let _owner = world.signed_in("alice", OLD).await;
}

/// A proof that was compared with the old answer is not noted as one of the new answer, wherever
/// between its calls of the store the owner comes.
#[tokio::test]
async fn x17_a_proof_of_an_old_hint_does_not_count() {
    let mut interrupted = 0;
    for healthy in 0..10 {
        let world = World::new();
        let _alice = world.alice().await;
        let ticket = world.recover("alice");
        let accounts = world.accounts.clone();
        let proof = Proof::HintQuestion(answer(ANSWER));
        let mut slow = Box::pin(accounts.prove(&ticket, proof));
        world.store.fail(healthy, &[Fault::Late]);
        let is_over = loop {
            if poll(&mut slow).is_ready() {
                break true;
            }
            if world.store.struck_yet() {
                break false;
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        };
        if is_over {
            break;
        }
        interrupted += 1;
        // The owner sets another hint; a stranger has the flow noted as one about the account as
        // it is now.
        let signed_in = world.signed_in("alice", OLD).await;
        let settings = in_settings(&world, &signed_in, OLD).await;
        let _signed_in = world.applied(&settings, other_hint()).await;
        let _sent = world
            .accounts
            .challenge(&ticket, Challenge::SecurityEmail)
            .await;
        let ticket = match slow.await {
            Ok(Prove::Waiting { ticket, .. } | Prove::Accepted(ticket)) => ticket,
            _ => ticket,
        };
        world.clock.advance(days(1));
        let applied = world.apply(&ticket, NEW).await;
        assert!(
            matches!(applied, Apply::Expired | Apply::Unproven),
            "after {healthy} calls: {applied:?}"
        );
        let _owner = world.signed_in("alice", OLD).await;
    }
    assert!(interrupted > 3, "at {interrupted} calls");
}

/// Wherever between the calls of the store somebody cancels: if they are told that it is stopped,
/// it is.
#[tokio::test]
async fn j03_a_change_that_was_cancelled_is_not_made() {
    let (mut interrupted, mut cancelled) = (0, 0);
    for healthy in 0..10 {
        let world = World::new();
        let (signed_in, _code) = world.alice().await;
        let ticket = in_settings(&world, &signed_in, OLD).await;
        let sent = world.challenge(&ticket, Challenge::SecurityEmail).await;
        assert_eq!(sent, Challenged::Sent);
        let letter = world.letter().await;
        let proof = Proof::SecurityEmail(code(&letter));
        let ticket = world.accepted(&ticket, proof).await;
        let ticket = with_new_address(&world, &ticket).await;
        let accounts = world.accounts.clone();
        let mut slow = Box::pin(accounts.apply(&ticket, Changes::new().email()));
        world.store.fail(healthy, &[Fault::Late]);
        if poll(&mut slow).is_ready() {
            break;
        }
        interrupted += 1;
        let stopped = world.accounts.cancel(&cancel(&letter)).await.unwrap();
        let applied = slow.await;
        let is_made = matches!(applied, Ok(Apply::Applied(_)));
        let is_stopped = stopped == Stopped::Stopped;
        assert!(!(is_made && is_stopped), "after {healthy} calls");
        cancelled += u32::from(is_stopped);
        // What the mailbox is told agrees with it.
        let told = world.post().await;
        let is_told = told
            .iter()
            .any(|message| notice(message) == Notice::EmailChanged);
        assert_eq!(is_told, is_made, "after {healthy} calls");
    }
    assert!(interrupted > 2, "at {interrupted} calls");
    assert!(cancelled > 0);
}

/// However often it is asked for again: what comes then is another one.
#[tokio::test]
async fn g03_a_link_ends_a_day_after_it_was_made() {
    let world = World::new();
    let _alice = world.alice().await;
    let (ticket, first) = world.recover_by_mail("alice").await;
    world.clock.advance(hours(23));
    assert!(is_good(&world, &first).await);
    for _ in 0..30 {
        let sent = world.challenge(&ticket, Challenge::SecurityEmail).await;
        assert_eq!(sent, Challenged::Sent);
        let next = world.letter().await;
        assert!(is_good(&world, &next).await);
        world.clock.advance(hours(23));
        assert!(!is_good(&world, &first).await);
    }
}

/// The owner signs in with a known device before the lock was written down.
#[tokio::test]
async fn n04_a_lock_is_told_though_its_owner_signs_in() {
    let world = World::new();
    let _alice = world.alice().await;
    let device = world.signed_in("alice", OLD).await.device().clone();
    for _ in 0..5 {
        let denied = world.sign_in("alice", WRONG).await;
        assert!(matches!(denied, SignIn::Denied { .. }), "{denied:?}");
    }
    let client = Client::new().device(device);
    let owner = world
        .accounts
        .sign_in(&login("alice"), &password(OLD), &client)
        .await
        .unwrap();
    assert!(matches!(owner, SignIn::Accepted(_)), "{owner:?}");
    let told = world.letter().await;
    assert_eq!(notice(&told), Notice::Locked(Method::CurrentPassword));
}

/// Guesses in a session that hang in the store take no place from a recovery.
#[tokio::test]
async fn c06_a_change_has_a_place_of_its_own() {
    let world = World::new();
    let (signed_in, security_code) = world.alice().await;
    let ticket = world.recover("alice");
    let proof = Proof::SecurityCode(security_code);
    let ticket = world.accepted(&ticket, proof).await;
    let settings = world.settings(&signed_in).await;
    let mut hanging = Vec::new();
    for _ in 0..2 {
        let (accounts, settings) = (world.accounts.clone(), settings.clone());
        world.store.fail(2, &[Fault::Never]);
        let mut guess = Box::pin(async move {
            let wrong = Proof::CurrentPassword(password(WRONG));
            accounts.prove(&settings, wrong).await
        });
        assert!(poll(&mut guess).is_pending());
        assert!(world.store.struck());
        hanging.push(guess);
    }
    let changes = Changes::new().password(typed_twice(NEW));
    let applied = world.accounts.apply(&ticket, changes).await;
    assert!(matches!(applied, Ok(Apply::Recovered(_))), "{applied:?}");
    drop(hanging);
}

/// A change of the address waits; until it counts, somebody else confirms the address.
#[tokio::test]
async fn s13_an_address_that_was_taken_meanwhile_is_told() {
    let world = World::new();
    let (_signed_in, security_code) = world.alice().await;
    let ticket = world.recover("alice");
    let proof = Proof::SecurityCode(security_code);
    let ticket = world.accepted(&ticket, proof).await;
    let asked = Challenge::NewEmail(email(NEW_ADDRESS));
    assert_eq!(world.challenge(&ticket, asked).await, Challenged::Sent);
    let post = world.post().await;
    let letter = post.iter().find(|message| is_code(message)).unwrap();
    let proof = Proof::NewEmail(code(letter));
    let ticket = world.accepted(&ticket, proof).await;
    let changes = Changes::new().email();
    let _waits = world.accounts.apply(&ticket, changes).await.unwrap();
    let told = world.post().await;
    let waits = |message: &Message| matches!(notice(message), Notice::EmailChangeWaits(_));
    assert!(told.iter().any(waits), "{told:?}");
    world.clock.advance(hours(2));
    let bob = world.register("43", "bobby", OLD).await;
    let _bob = world.add_email(&bob, OLD, NEW_ADDRESS).await;
    world.clock.advance(days(4));
    let told = [world.post().await, world.post().await].concat();
    let told: Vec<_> = told
        .iter()
        .map(|message| (message.to().clone(), notice(message)))
        .collect();
    assert_eq!(told, [(email(ALICE).into(), Notice::EmailChangeFailed)]);
    // The old one is the one that counts.
    let (_ticket, letter) = world.recover_by_mail("alice").await;
    assert_eq!(letter.to(), &email(ALICE));
}

/// The answer of the change is lost, and a courier claims its notices before it is read back.
#[tokio::test]
async fn x29_a_lost_answer_beside_a_courier_is_no_error() {
    let mut decided = 0;
    for healthy in 0.. {
        let world = World::new();
        let (signed_in, _code) = world.alice().await;
        let ticket = in_settings(&world, &signed_in, OLD).await;
        let ticket = with_mailbox(&world, &ticket).await;
        let ticket = with_new_address(&world, &ticket).await;
        world.store.fail(healthy, &[Fault::After, Fault::Late]);
        let mut apply = Box::pin(world.accounts.apply(&ticket, Changes::new().email()));
        let applied = match poll(&mut apply) {
            Poll::Ready(applied) => applied,
            Poll::Pending => {
                let _late = world.store.struck();
                let _notices = world.post().await;
                apply.await
            }
        };
        let struck = world.store.struck();
        let is_made = !world.is_live(signed_in.token()).await;
        assert_eq!(applied.is_ok(), is_made, "after {healthy}: {applied:?}");
        decided += u32::from(is_made);
        if !struck && is_made {
            break;
        }
    }
    assert!(decided > 1);
}

fn ten_tries() -> World {
    let rule = BudgetRule::limit(10, days(1));
    World::with(|builder| builder.policy(Policy::marketplace().mailed_code(rule)))
}

/// What is sent again can be typed.
#[tokio::test]
async fn x14_a_code_without_tries_is_not_sent_again() {
    let world = ten_tries();
    let _alice = world.alice().await;
    let (ticket, first) = world.recover_by_mail("alice").await;
    for _ in 0..3 {
        let proof = Proof::SecurityEmail(wrong(&code(&first)));
        let denied = world.offer(&ticket, proof).await;
        assert!(matches!(denied, Prove::Denied { .. }), "{denied:?}");
    }
    world.clock.advance(A_MINUTE);
    let sent = world.challenge(&ticket, Challenge::SecurityEmail).await;
    assert_eq!(sent, Challenged::Sent);
    let next = world.letter().await;
    assert!(is_good(&world, &first).await);
    let proof = Proof::SecurityEmail(code(&next));
    let _ticket = world.accepted(&ticket, proof).await;
}

/// However often it is asked for anew, a name has the tries of its budget, known or not.
#[tokio::test]
async fn x12_d03_codes_made_anew_do_not_multiply_guesses() {
    let world = ten_tries();
    let _alice = world.alice().await;
    let (_ticket, letter) = world.recover_by_mail("alice").await;
    let mut seen = Vec::new();
    for name in ["alice", "nobody"] {
        let ticket = world.recover(name);
        let mut guesses = Vec::new();
        for _ in 0..30 {
            let sent = world.challenge(&ticket, Challenge::SecurityEmail).await;
            assert_eq!(sent, Challenged::Sent);
            let proof = Proof::SecurityEmail(wrong(&code(&letter)));
            guesses.push(format!("{:?}", world.offer(&ticket, proof).await));
        }
        let denied = guesses.iter().filter(|guess| guess.starts_with("Denied"));
        assert_eq!(denied.count(), 10, "{name}");
        seen.push(guesses);
    }
    seen.dedup();
    assert_eq!(seen.len(), 1, "{seen:?}");
}
