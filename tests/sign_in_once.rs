//! A mailed code signs in once, instead of setting a new password.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[cfg(feature = "sqlite")]
#[path = "scratch/mod.rs"]
mod scratch;
mod support;

use std::time::Duration;

use backstop::{
    Apply, Challenge, Client, Error, MemoryStore, Method, Policy, Proof, Prove, SignIn, SignInOnce,
    SignedIn, Ticket,
    message::Notice,
    store::{AccountStore, FlowStore},
};
use support::{
    ALICE, NEW, OLD, World, answer, hours, key,
    mail::{code, link, notice},
    probe::Fault,
};

const MINUTES: Duration = Duration::from_secs(60);

/// A ticket that a code out of the mailbox has proved.
async fn proved<S: AccountStore + FlowStore + Clone>(world: &World<S>) -> Ticket {
    let (ticket, letter) = world.recover_by_mail("alice").await;
    let proof = Proof::SecurityEmail(code(&letter));
    world.accepted(&ticket, proof).await
}

async fn once<S: AccountStore + FlowStore + Clone>(
    world: &World<S>,
    ticket: &Ticket,
) -> SignInOnce {
    world.accounts.sign_in_once(ticket).await.unwrap()
}

async fn signed_in_once(world: &World, ticket: &Ticket) -> SignedIn {
    match once(world, ticket).await {
        SignInOnce::Accepted(signed_in) => signed_in,
        other => panic!("not signed in: {other:?}"),
    }
}

#[tokio::test]
async fn s10_a_mailed_code_signs_in_once_and_changes_nothing() {
    let world = World::new();
    let (before, _code) = world.alice().await;
    let ticket = proved(&world).await;
    let signed_in = signed_in_once(&world, &ticket).await;
    assert!(world.is_live(signed_in.token()).await);
    // Nothing was changed: the password is the same, and the other session lives.
    assert!(world.is_live(before.token()).await);
    world.signed_in("alice", OLD).await;
    let again = once(&world, &ticket).await;
    assert!(matches!(again, SignInOnce::Expired), "{again:?}");
    assert!(matches!(world.apply(&ticket, NEW).await, Apply::Expired));
    let told = world.letter().await;
    assert_eq!(told.to().as_str(), ALICE);
    assert_eq!(notice(&told), Notice::SignedInOnce);
    let activity = world.activity(&signed_in).await;
    let told = backstop::account::ActivityKind::Told(Notice::SignedInOnce);
    assert!(activity.iter().any(|entry| entry.what == told));
}

/// Ten minutes from when the code was made, however late it was typed. The ticket still sets a
/// password.
#[tokio::test]
async fn k08_s10_an_older_code_sets_a_password_and_does_not_sign_in() {
    let world = World::new();
    let _alice = world.alice().await;
    let (ticket, letter) = world.recover_by_mail("alice").await;
    world.clock.advance(9 * MINUTES);
    let ticket = world
        .accepted(&ticket, Proof::SecurityEmail(code(&letter)))
        .await;
    world.clock.advance(MINUTES);
    let late = once(&world, &ticket).await;
    assert!(matches!(late, SignInOnce::TooLate), "{late:?}");
    let _device = world.recovered(&ticket, NEW).await;

    // A mail that is asked for anew does not make the old proof young.
    world.clock.advance(hours(80));
    let _letters = world.post().await;
    let ticket = proved(&world).await;
    world.clock.advance(hours(13));
    let sent = world.challenge(&ticket, Challenge::SecurityEmail).await;
    assert_eq!(sent, backstop::Challenged::Sent);
    let late = once(&world, &ticket).await;
    assert!(matches!(late, SignInOnce::TooLate), "{late:?}");
}

#[tokio::test]
async fn s10_k08_a_link_signs_in_once_however_often_it_was_opened() {
    let world = World::new();
    let _alice = world.alice().await;
    let (_lost, letter) = world.recover_by_mail("alice").await;
    let link = link(&letter);
    let mut tickets = Vec::new();
    for _ in 0..2 {
        let Prove::Accepted(ticket) = world.accounts.follow(&link, None).await.unwrap() else {
            panic!("the link is dead");
        };
        tickets.push(ticket);
    }
    let _signed_in = signed_in_once(&world, &tickets[0]).await;
    let again = once(&world, &tickets[1]).await;
    assert!(matches!(again, SignInOnce::Expired), "{again:?}");
    let opened = world.accounts.follow(&link, None).await.unwrap();
    assert!(matches!(opened, Prove::Expired), "{opened:?}");
}

/// The first ticket of the recovery, asked for a mail once more, does not bring back a code that
/// has signed in.
#[tokio::test]
async fn x43_a_spent_code_does_not_come_back() {
    let world = World::new();
    let _alice = world.alice().await;
    let (sealed, letter) = world.recover_by_mail("alice").await;
    let link = link(&letter);
    let mut tickets = Vec::new();
    for _ in 0..2 {
        let Prove::Accepted(ticket) = world.accounts.follow(&link, None).await.unwrap() else {
            panic!("the link is dead");
        };
        tickets.push(ticket);
    }
    let _signed_in = signed_in_once(&world, &tickets[0]).await;
    world.clock.advance(MINUTES);
    let sent = world.challenge(&sealed, Challenge::SecurityEmail).await;
    assert_eq!(sent, backstop::Challenged::Sent);
    let again = once(&world, &tickets[1]).await;
    assert!(matches!(again, SignInOnce::Expired), "{again:?}");
    // A code that was asked for on the page of the link is one of its own.
    let _letters = world.post().await;
    world.clock.advance(MINUTES);
    let sent = world.challenge(&tickets[1], Challenge::SecurityEmail).await;
    assert_eq!(sent, backstop::Challenged::Sent);
    let proof = Proof::SecurityEmail(code(&world.letter().await));
    let ticket = world.accepted(&tickets[1], proof).await;
    let _signed_in = signed_in_once(&world, &ticket).await;
}

/// Each is a session of its own, and somebody else's may come within the hour.
#[tokio::test]
async fn s20_s10_every_sign_in_by_mail_is_told() {
    let world = World::new();
    let _alice = world.alice().await;
    for _ in 0..2 {
        let ticket = proved(&world).await;
        let _signed_in = signed_in_once(&world, &ticket).await;
        assert_eq!(notice(&world.letter().await), Notice::SignedInOnce);
        world.clock.advance(20 * MINUTES);
    }
}

/// The mailbox is enough, nothing below it is: not a hint answer, and not a security code.
#[tokio::test]
async fn s10_nothing_but_the_mailbox_signs_in_once() {
    let world = World::new();
    let (signed_in, security_code) = world.alice().await;
    let device = signed_in.device().clone();
    let known = Client::new().human(true).device(device);
    let hint = world.recover_as("alice", &known);
    let hint = world
        .accepted(&hint, Proof::HintQuestion(answer(support::ANSWER)))
        .await;
    let paper = world.recover("alice");
    let paper = world
        .accepted(&paper, Proof::SecurityCode(security_code))
        .await;
    for ticket in [hint, paper, world.recover("alice"), world.recover("nobody")] {
        let refused = once(&world, &ticket).await;
        assert!(matches!(refused, SignInOnce::Unproven), "{refused:?}");
    }
    let settings = world.settings(&signed_in).await;
    let settings = world.proven(&settings, OLD).await;
    let refused = world.accounts.sign_in_once(&settings).await;
    assert!(matches!(refused, Err(Error::NotOffered)), "{refused:?}");
}

/// The first address is young for three days; its owner signs in with it all the same.
#[tokio::test]
async fn s10_a_first_address_signs_in_at_once() {
    let world = World::new();
    let signed_in = world.register("42", "alice", OLD).await;
    let _signed_in = world.add_email(&signed_in, OLD, ALICE).await;
    let ticket = proved(&world).await;
    let _signed_in = signed_in_once(&world, &ticket).await;
}

#[tokio::test]
async fn s10_a_policy_can_have_it_off() {
    let off = Policy::marketplace().sign_in_once(None);
    let world = World::with(|builder| builder.policy(off));
    let _alice = world.alice().await;
    let ticket = proved(&world).await;
    let refused = world.accounts.sign_in_once(&ticket).await;
    assert!(matches!(refused, Err(Error::NotOffered)), "{refused:?}");
    let _device = world.recovered(&ticket, NEW).await;

    for minutes in [0, 11] {
        let policy = Policy::marketplace().sign_in_once(Some(minutes * MINUTES));
        let store = MemoryStore::new();
        let builder = backstop::Accounts::builder(store, backstop::MemorySender::new(), key());
        let built = builder.danger_codes_without_links().policy(policy).build();
        assert!(built.is_err(), "{minutes} minutes");
    }
}

/// A change of a credential ends what a code has proved before.
#[tokio::test]
async fn x17_s10_a_code_from_before_a_change_does_not_sign_in() {
    let world = World::new();
    let (signed_in, _code) = world.alice().await;
    let ticket = proved(&world).await;
    let _signed_in = world.change(&signed_in, OLD, NEW).await;
    let dead = once(&world, &ticket).await;
    assert!(matches!(dead, SignInOnce::Expired), "{dead:?}");
}

/// Each call of the store fails once. Nobody is signed in by a failure, and the same ticket, or a
/// new code, signs in afterwards.
#[tokio::test]
async fn x29_s10_a_failure_signs_nobody_in() {
    for fault in [Fault::Before, Fault::After] {
        for call in 0.. {
            let world = World::new();
            let _alice = world.alice().await;
            let ticket = proved(&world).await;
            world.store.fail(call, &[fault]);
            let first = world.accounts.sign_in_once(&ticket).await;
            let is_over = !world.store.struck();
            match first {
                Ok(SignInOnce::Accepted(_)) => {
                    let again = once(&world, &ticket).await;
                    assert!(matches!(again, SignInOnce::Expired), "{call}: {again:?}");
                }
                // Deleted, but nobody knows by whom: then the answer is no success.
                Ok(SignInOnce::Expired) => assert!(matches!(fault, Fault::After), "{call}"),
                Ok(other) => panic!("{call}: {other:?}"),
                Err(_failed) => match once(&world, &ticket).await {
                    SignInOnce::Accepted(_) => {}
                    // The code was spent, and that was not told.
                    SignInOnce::Expired => {
                        assert!(matches!(fault, Fault::After), "{call}");
                        world.clock.advance(MINUTES);
                        let ticket = proved(&world).await;
                        let _signed_in = signed_in_once(&world, &ticket).await;
                    }
                    other => panic!("{call}: {other:?}"),
                },
            }
            assert!(matches!(
                world.sign_in("alice", OLD).await,
                SignIn::Accepted(_)
            ));
            if is_over {
                assert!(call > 3, "{call} calls");
                break;
            }
        }
    }
}

async fn one_code_signs_in_once<S: AccountStore + FlowStore + Clone>(store: S) {
    let clock = support::Clock::new();
    let machine = |_| World::on(store.clone(), key(), clock.clone(), |builder| builder);
    let worlds: Vec<World<S>> = (0..8).map(machine).collect();
    let _alice = worlds[0].alice().await;
    let (ticket, letter) = worlds[0].recover_by_mail("alice").await;
    let link = link(&letter);
    let ticket = worlds[0]
        .accepted(&ticket, Proof::SecurityEmail(code(&letter)))
        .await;
    // Half of them by the ticket of the code, half by its link.
    let mut submissions = Vec::new();
    for number in 0..64 {
        let (world, ticket) = (worlds[number % 8].clone(), ticket.clone());
        let link = (number % 2 == 1).then(|| link.clone());
        submissions.push(tokio::spawn(async move {
            let ticket = match link {
                None => ticket,
                Some(link) => match world.accounts.follow(&link, None).await.unwrap() {
                    Prove::Accepted(ticket) => ticket,
                    Prove::Expired => return false,
                    other => panic!("{other:?}"),
                },
            };
            match world.accounts.sign_in_once(&ticket).await {
                Ok(SignInOnce::Accepted(_)) => true,
                Ok(SignInOnce::Expired) | Err(Error::Contended) => false,
                other => panic!("{other:?}"),
            }
        }));
    }
    let mut accepted = 0_usize;
    for submission in submissions {
        accepted = accepted.saturating_add(usize::from(submission.await.unwrap()));
    }
    assert_eq!(accepted, 1);
    assert_eq!(
        worlds[0].accounts.methods().first(),
        Some(&Method::SecurityEmail)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn x43_one_code_signs_in_once_of_64() {
    one_code_signs_in_once(MemoryStore::new()).await;
}

#[cfg(feature = "sqlite")]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn x43_one_code_signs_in_once_of_64_in_sqlite() {
    let scratch = scratch::Scratch::new();
    let file = scratch.file("accounts.db");
    one_code_signs_in_once(backstop::SqliteStore::open(file).await.unwrap()).await;
}
