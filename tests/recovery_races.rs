//! Several machines over one store, and many submissions at once: one wins, and guesses do not
//! multiply.
#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[cfg(feature = "sqlite")]
#[path = "scratch/mod.rs"]
mod scratch;
mod support;

use std::{
    future::Future,
    pin::pin,
    task::{Context, Poll, Waker},
    time::Duration,
};

use backstop::{
    Apply, Challenge, Challenged, Changes, Client, DeviceToken, Error, Issue, MemoryStore, Message,
    Proof, Prove, SignedIn, Stopped, Ticket,
    message::Notice,
    store::{AccountStore, FlowStore},
};
use support::{
    ALICE, ANSWER, Clock, NEW, OLD, World, answer, days, email, key,
    mail::{cancel, code, link, notice, wrong},
    probe::Fault,
    typed_twice,
};

const SUBMISSIONS: usize = 64;

/// Machines that share a store and a clock, each with workers, keys and an outbox of its own.
fn machines<S: AccountStore + FlowStore + Clone>(store: &S) -> Vec<World<S>> {
    let clock = Clock::new();
    let machine = |_| World::on(store.clone(), key(), clock.clone(), |builder| builder);
    (0..8).map(machine).collect()
}

/// The answers to `number` submissions at once, over all machines.
async fn at_once<S, T, F>(
    worlds: &[World<S>],
    number: usize,
    submit: impl Fn(World<S>) -> F,
) -> Vec<T>
where
    S: Clone,
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let submissions: Vec<_> = (0..number)
        .map(|index| tokio::spawn(submit(worlds[index % worlds.len()].clone())))
        .collect();
    let mut answers = Vec::new();
    for submission in submissions {
        answers.push(submission.await.unwrap());
    }
    answers
}

/// Alice with an address and a hint, on whatever store.
async fn alice<S: AccountStore + FlowStore + Clone>(worlds: &[World<S>]) -> SignedIn {
    let signed_in = worlds[0].register("42", "alice", OLD).await;
    let signed_in = worlds[0].add_email(&signed_in, OLD, ALICE).await;
    let signed_in = worlds[0].add_hint(&signed_in, OLD).await;
    worlds[0].clock.advance(days(4));
    signed_in
}

async fn proven_password<S>(world: &World<S>, signed_in: &SignedIn) -> Ticket
where
    S: AccountStore + FlowStore + Clone,
{
    let ticket = world.settings(signed_in).await;
    world.proven(&ticket, OLD).await
}

/// A mail to an address that is to be the account's.
async fn mail_to(world: &World, ticket: &Ticket, to: &str) -> Message {
    let new = Challenge::NewEmail(email(to));
    assert_eq!(world.challenge(ticket, new).await, Challenged::Sent);
    world.letter().await
}

fn new_password() -> Changes {
    Changes::new().password(typed_twice(NEW))
}

/// How many changed something; everybody else is told that it is over, or to try again.
fn applied(answers: Vec<Result<Apply, Error>>) -> usize {
    let mut applied = 0;
    for answer in answers {
        match answer {
            Ok(Apply::Applied(_) | Apply::Recovered(_)) => applied += 1,
            Ok(Apply::Expired) | Err(Error::Overloaded | Error::Contended) => {}
            other => panic!("{other:?}"),
        }
    }
    applied
}

/// The tickets of those whose proof was accepted.
fn tickets(answers: Vec<Result<Prove, Error>>) -> Vec<Ticket> {
    let mut tickets = Vec::new();
    for answer in answers {
        match answer {
            Ok(Prove::Accepted(ticket)) => tickets.push(ticket),
            Ok(Prove::Expired) | Err(Error::Overloaded | Error::Contended) => {}
            other => panic!("neither accepted nor told to try again: {other:?}"),
        }
    }
    tickets
}

async fn one_code_is_accepted_once<S: AccountStore + FlowStore + Clone>(worlds: &[World<S>]) {
    let _signed_in = alice(worlds).await;
    let (ticket, letter) = worlds[0].recover_by_mail("alice").await;
    let right = code(&letter);
    let answers = at_once(worlds, SUBMISSIONS, |world| {
        let (ticket, proof) = (ticket.clone(), Proof::SecurityEmail(right.clone()));
        async move { world.accounts.prove(&ticket, proof).await }
    });
    let tickets = tickets(answers.await);
    assert_eq!(tickets.len(), 1);
    // X41: the others were no misses.
    worlds[0].clock.advance(Duration::from_secs(61));
    let (miss, _letter) = worlds[0].recover_by_mail("alice").await;
    let proof = Proof::SecurityEmail(wrong(&right));
    let denied = worlds[0].accounts.prove(&miss, proof).await;
    assert!(
        matches!(denied, Ok(Prove::Denied { left: Some(2) })),
        "{denied:?}"
    );
    let answers = at_once(worlds, SUBMISSIONS, |world| {
        let ticket = tickets[0].clone();
        async move { world.accounts.apply(&ticket, new_password()).await }
    });
    assert_eq!(applied(answers.await), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn x11_x41_one_right_code_is_accepted_once_in_memory() {
    one_code_is_accepted_once(&machines(&MemoryStore::new())).await;
}

#[cfg(feature = "sqlite")]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn x43_x11_one_right_code_is_accepted_once_in_sqlite() {
    let scratch = scratch::Scratch::new();
    let file = scratch.file("accounts.db");
    let store = backstop::SqliteStore::open(file).await.unwrap();
    one_code_is_accepted_once(&machines(&store)).await;
}

/// Each opening of a link may go on; one of them makes the change.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn x11_one_link_makes_one_change() {
    let worlds = machines(&MemoryStore::new());
    let _signed_in = alice(&worlds).await;
    let (_ticket, letter) = worlds[0].recover_by_mail("alice").await;
    let link = link(&letter);
    let answers = at_once(&worlds, SUBMISSIONS, |world| {
        let link = link.clone();
        async move {
            match world.accounts.follow(&link, None).await {
                Ok(Prove::Accepted(ticket)) => world.accounts.apply(&ticket, new_password()).await,
                Ok(Prove::Expired) => Ok(Apply::Expired),
                Ok(other) => panic!("{other:?}"),
                Err(error) => Err(error),
            }
        }
    });
    let changes = applied(answers.await);
    assert!(changes <= 1, "{changes}");
    // Of those that took each other's place the last one still can.
    let opened = worlds[0].accounts.follow(&link, None).await.unwrap();
    if let Prove::Accepted(ticket) = opened {
        assert_eq!(changes, 0);
        let last = worlds[0].accounts.apply(&ticket, new_password()).await;
        assert_eq!(applied(vec![last]), 1);
    }
}

/// Issued in parallel and typed back in parallel: at most one code is ever that of the account.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn x11_s06_a_security_code_is_written_once() {
    let worlds = machines(&MemoryStore::new());
    let signed_in = worlds[0].register("42", "alice", OLD).await;
    let mut flows = Vec::new();
    for _ in 0..8 {
        flows.push(proven_password(&worlds[0], &signed_in).await);
    }
    let mut changes = Vec::new();
    for number in 0..SUBMISSIONS {
        let (world, ticket) = (worlds[number % 8].clone(), flows[number / 8].clone());
        changes.push(tokio::spawn(async move {
            let issued = world.accounts.issue_security_code(&ticket).await;
            let code = match issued {
                Ok(Issue::Issued(code)) => code,
                Ok(Issue::Expired | Issue::AlreadySet) | Err(Error::Contended) => return None,
                other => panic!("{other:?}"),
            };
            let changes = Changes::new().security_code(code.clone());
            match world.accounts.apply(&ticket, changes).await {
                Ok(Apply::Applied(_)) => Some(code),
                Ok(Apply::Expired | Apply::Mistyped | Apply::Unproven) => None,
                other => panic!("{other:?}"),
            }
        }));
    }
    let mut codes = Vec::new();
    for change in changes {
        codes.extend(change.await.unwrap());
    }
    assert_eq!(codes.len(), 1);
    let ticket = worlds[0].recover("alice");
    let proof = Proof::SecurityCode(codes.remove(0));
    let _ticket = worlds[0].accepted(&ticket, proof).await;
}

/// Two pages change the address to two others, each submitted many times: one commit.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn x11_x18_an_address_is_changed_once() {
    let worlds = machines(&MemoryStore::new());
    let signed_in = alice(&worlds).await;
    let ticket = proven_password(&worlds[0], &signed_in).await;
    let mail = Challenge::SecurityEmail;
    let _sent = worlds[0].challenge(&ticket, mail).await;
    let old = code(&worlds[0].letter().await);
    let ticket = worlds[0].accepted(&ticket, Proof::SecurityEmail(old)).await;
    let letter = mail_to(&worlds[0], &ticket, "new@shop.example").await;
    let answers = at_once(&worlds, SUBMISSIONS, |world| {
        let (ticket, proof) = (ticket.clone(), Proof::NewEmail(code(&letter)));
        async move { world.accounts.prove(&ticket, proof).await }
    });
    let tickets = tickets(answers.await);
    assert_eq!(tickets.len(), 1);
    let answers = at_once(&worlds, SUBMISSIONS, |world| {
        let ticket = tickets[0].clone();
        async move { world.accounts.apply(&ticket, Changes::new().email()).await }
    });
    assert_eq!(applied(answers.await), 1);
    let told = worlds[0].post().await;
    let changed = told
        .iter()
        .filter(|told| notice(told) == Notice::EmailChanged);
    assert_eq!(changed.count(), 2);
}

fn denied(answers: Vec<Result<Prove, Error>>) -> usize {
    let mut denied = 0;
    for answer in answers {
        match answer {
            Ok(Prove::Denied { .. }) => denied += 1,
            Ok(Prove::Locked { .. } | Prove::Expired)
            | Err(Error::Overloaded | Error::Contended) => {}
            other => panic!("{other:?}"),
        }
    }
    denied
}

/// 200 guesses at once, in many flows with many codes, over eight machines: three are answered.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn x10_x12_d08_parallel_guesses_never_pass_the_budget() {
    for is_code in [true, false] {
        for name in ["alice", "nobody"] {
            let worlds = machines(&MemoryStore::new());
            let _signed_in = alice(&worlds).await;
            let guesses = at_once(&worlds, 200, |world| {
                let ticket = world.recover(name);
                let guess = guess(is_code);
                async move {
                    let sent = Challenge::SecurityEmail;
                    let _sent = world.accounts.challenge(&ticket, sent).await;
                    world.accounts.prove(&ticket, guess).await
                }
            });
            let answered = denied(guesses.await);
            assert!((1..=3).contains(&answered), "{answered} were answered");
            // The rest of the budget is still there, and no more than that.
            for _ in answered..3 {
                let ticket = worlds[0].recover(name);
                let last = worlds[0].offer(&ticket, guess(is_code)).await;
                assert!(matches!(last, Prove::Denied { .. }), "{last:?}");
            }
            let ticket = worlds[0].recover(name);
            let locked = worlds[0].offer(&ticket, guess(is_code)).await;
            assert!(matches!(locked, Prove::Locked { .. }), "{locked:?}");
        }
    }
}

fn guess(is_code: bool) -> Proof {
    if is_code {
        Proof::SecurityEmail("00000000".parse().unwrap())
    } else {
        Proof::HintQuestion(answer("Somebody Else"))
    }
}

/// A year of new flows, new codes and resends: no more guesses than three a day.
#[tokio::test]
async fn d03_x12_new_codes_do_not_multiply_guesses() {
    let world = World::new();
    let _alice = world.alice().await;
    for is_code in [true, false] {
        let mut answered = 0;
        for _hour in 0..24 * 10 {
            for _ in 0..3 {
                let ticket = world.recover("alice");
                let _sent = world.challenge(&ticket, Challenge::SecurityEmail).await;
                let answer = world.offer(&ticket, guess(is_code)).await;
                answered += usize::from(matches!(answer, Prove::Denied { .. }));
            }
            let _post = world.post().await;
            world.clock.advance(support::hours(1));
        }
        assert_eq!(answered, 30);
    }
}

/// Right answers at once, at a device that is known: none is a miss.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn x41_right_answers_in_parallel_are_no_misses() {
    let worlds = machines(&MemoryStore::new());
    let signed_in = alice(&worlds).await;
    let device: DeviceToken = signed_in.device().clone();
    let client = Client::new().human(true).device(device);
    let answers = at_once(&worlds, SUBMISSIONS, |world| {
        let ticket = world.recover_as("alice", &client);
        async move {
            let proof = Proof::HintQuestion(answer(ANSWER));
            world.accounts.prove(&ticket, proof).await
        }
    });
    assert!(!tickets(answers.await).is_empty());
    let ticket = worlds[0].recover_as("alice", &client);
    let miss = worlds[0].offer(&ticket, guess(false)).await;
    assert!(matches!(miss, Prove::Denied { left: Some(2) }), "{miss:?}");
}

/// Polls a verb until the store keeps it waiting.
fn poll_once<T>(future: std::pin::Pin<&mut impl Future<Output = T>>) {
    let mut context = Context::from_waker(Waker::noop());
    assert!(matches!(future.poll(&mut context), Poll::Pending));
}

/// Whoever follows the link in a mail to one address, and asks for another one meanwhile, has
/// confirmed neither.
#[tokio::test]
async fn x19_the_address_that_was_confirmed_is_the_one_that_counts() {
    // The call of `follow` that comes late: reading the flow, the account, the pointer, writing.
    for late in 0..4 {
        let world = World::new();
        let signed_in = world.register("42", "alice", OLD).await;
        let session = world.session(&signed_in).await;
        let ticket = proven_password(&world, &signed_in).await;
        let own = mail_to(&world, &ticket, "mallory@shop.example").await;
        world.clock.advance(Duration::from_secs(61));
        world.store.fail(late, &[Fault::Late]);
        let link = link(&own);
        let mut following = pin!(world.accounts.follow(&link, Some(&session)));
        poll_once(following.as_mut());
        let _not_mine = mail_to(&world, &ticket, "victim@shop.example").await;
        if let Prove::Accepted(ticket) = following.await.unwrap() {
            let changes = Changes::new().email();
            let applied = world.accounts.apply(&ticket, changes).await.unwrap();
            assert!(
                matches!(applied, Apply::Unproven | Apply::Expired),
                "late {late}: {applied:?}"
            );
        }
    }
}

/// A `cancel` that failed is asked for again, while the change that it is to stop is being made:
/// whatever was done at the first time, the second one stops it.
#[tokio::test]
async fn x18_s13_a_cancel_that_failed_can_be_repeated() {
    let (mut failures, mut commits) = (0, 0);
    for fault in [Fault::Before, Fault::After] {
        // The calls of `apply` that come late, up to the commit, and of `cancel` that fail.
        for (late, healthy) in (0..12).flat_map(|late| (0..8).map(move |at| (late, at))) {
            let world = World::new();
            let (signed_in, _code) = world.alice().await;
            let ticket = proven_password(&world, &signed_in).await;
            let _sent = world.challenge(&ticket, Challenge::SecurityEmail).await;
            let old = world.letter().await;
            let proof = Proof::SecurityEmail(code(&old));
            let ticket = world.accepted(&ticket, proof).await;
            let new = mail_to(&world, &ticket, "new@shop.example").await;
            let proof = Proof::NewEmail(code(&new));
            let ticket = world.accepted(&ticket, proof).await;
            let _calls = world.store.take_calls();
            world.store.fail(late, &[Fault::Late]);
            let mut applying = pin!(world.accounts.apply(&ticket, Changes::new().email()));
            poll_once(applying.as_mut());
            let is_last = world.store.take_calls().last() == Some(&"update");
            world.store.fail(healthy, &[fault, Fault::Before]);
            let first = world.accounts.cancel(&cancel(&old)).await;
            let _struck = world.store.struck();
            failures += u32::from(first.is_err());
            let second = world.accounts.cancel(&cancel(&old)).await.unwrap();
            let applied = applying.await;
            let case = format!("{fault:?} at {healthy}, late {late}: {first:?}, {applied:?}");
            assert_eq!(second, Stopped::Stopped, "{case}");
            assert!(matches!(applied, Ok(Apply::Expired)), "{case}");
            let _still = world.signed_in(ALICE, OLD).await;
            commits += u32::from(is_last);
            if is_last && healthy == 7 {
                break;
            }
        }
    }
    assert!(failures > 0);
    assert_eq!(commits, 16);
}
