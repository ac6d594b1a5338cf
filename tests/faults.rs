//! Every call to the store fails once, in every verb and in every way: nobody is signed in or
//! changed by a failure, and a retry completes.
#![expect(
    clippy::arithmetic_side_effects,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod support;

use std::{
    future::Future,
    pin::pin,
    task::{Context, Poll, Waker},
    time::Duration,
};

use backstop::{
    Apply, Changes, Client, Error, Import, Proof, Prove, Register, SignIn, SignedIn, Ticket,
};
use support::{
    NEW, OLD, OLD_ELSEWHERE, WRONG, World, account_id, password,
    probe::Fault::{self, After, Before, Late, Never},
    typed_twice,
};

const WAYS: [Fault; 2] = [Before, After];

/// Runs `verb` in a fresh world for each call that it makes and each way in which it can go
/// wrong, until no call is left. Answers how many faults struck.
async fn each_fault<P, T>(
    ways: &[&[Fault]],
    prepare: impl AsyncFn(&World) -> P,
    verb: impl AsyncFn(&World, &P) -> T,
    check: impl AsyncFn(&World, &P, T),
) -> usize {
    let mut struck = 0;
    for faults in ways {
        for healthy in 0.. {
            let world = World::new();
            let prepared = prepare(&world).await;
            world.store.fail(healthy, faults);
            let answer = verb(&world, &prepared).await;
            if !world.store.struck() {
                break;
            }
            struck += 1;
            check(&world, &prepared, answer).await;
        }
    }
    struck
}

fn ways() -> Vec<&'static [Fault]> {
    WAYS.iter().map(std::slice::from_ref).collect()
}

async fn alice(world: &World) -> SignedIn {
    world.register("42", "alice", OLD).await
}

async fn proven(world: &World) -> Ticket {
    let signed_in = alice(world).await;
    let ticket = world.settings(&signed_in).await;
    world.proven(&ticket, OLD).await
}

async fn register(world: &World) -> Result<Register, Error> {
    let name = "alice".parse().unwrap();
    let client = Client::new();
    let accounts = &world.accounts;
    accounts
        .register(account_id("42"), name, typed_twice(OLD), &client)
        .await
}

async fn import(world: &World) -> Result<Import, Error> {
    let (name, hash) = ("alice".parse().unwrap(), OLD_ELSEWHERE.parse().unwrap());
    let client = Client::new();
    let accounts = &world.accounts;
    let account = backstop::ImportedAccount::new(account_id("42"), name, hash);
    accounts.import(account, &client).await
}

async fn apply(world: &World, ticket: &Ticket) -> Result<Apply, Error> {
    let changes = Changes::new().password(typed_twice(NEW));
    world.accounts.apply(ticket, changes).await
}

async fn prove(world: &World, ticket: &Ticket, typed: &str) -> Result<Prove, Error> {
    let proof = Proof::CurrentPassword(password(typed));
    world.accounts.prove(ticket, proof).await
}

#[tokio::test]
async fn o05_register_is_whole_or_not_at_all() {
    let struck = each_fault(
        &ways(),
        async |_| (),
        async |world, ()| register(world).await,
        async |world, (), answer| {
            if answer.is_err() {
                assert!(matches!(
                    world.sign_in("alice", OLD).await,
                    SignIn::Denied { .. }
                ));
                let retried = register(world).await;
                assert!(
                    matches!(retried, Ok(Register::Registered(_))),
                    "{retried:?}"
                );
            }
            world.signed_in("alice", OLD).await;
        },
    )
    .await;
    assert_eq!(struck, 2);
}

/// What a read finds may still be lost with the server that it came from: what is read back is told
/// only once it was written again.
#[tokio::test]
async fn o05_what_is_read_back_is_written_again_before_it_is_told() {
    for (faults, is_told) in [
        (&[After][..], true),
        (&[After, Late, Before], false),
        (&[After, Late, After], false),
    ] {
        let world = World::new();
        world.store.fail(0, faults);
        let answer = register(&world).await;
        assert!(world.store.struck());
        assert_eq!(answer.is_ok(), is_told, "{faults:?}: {answer:?}");
        world.signed_in("alice", OLD).await;
    }
    // The same of what lies in the other store: a charge, and a proof.
    let mut told = 0;
    for healthy in 0.. {
        let mut is_told = Vec::new();
        for faults in [&[After][..], &[After, Late, Before]] {
            let world = World::new();
            let signed_in = alice(&world).await;
            let ticket = world.settings(&signed_in).await;
            world.store.fail(healthy, faults);
            let answer = prove(&world, &ticket, OLD).await;
            if world.store.struck() {
                is_told.push(answer.is_ok());
            }
        }
        match is_told.as_slice() {
            [] => break,
            [true, is_told] => {
                assert!(!is_told, "after {healthy} calls");
                told += 1;
            }
            _ => {}
        }
    }
    assert!(told > 0, "no write was read back");
}

#[tokio::test]
async fn o05_import_is_whole_or_not_at_all() {
    let struck = each_fault(
        &ways(),
        async |_| (),
        async |world, ()| import(world).await,
        async |world, (), answer| {
            if answer.is_err() {
                assert!(matches!(
                    world.sign_in("alice", OLD).await,
                    SignIn::Denied { .. }
                ));
                let retried = import(world).await;
                assert!(matches!(retried, Ok(Import::Imported)), "{retried:?}");
            }
            world.signed_in("alice", OLD).await;
        },
    )
    .await;
    assert_eq!(struck, 2);
}

#[tokio::test]
async fn x29_a_failing_store_signs_nobody_in_and_a_retry_does() {
    let struck = each_fault(
        &ways(),
        async |world| drop(alice(world).await),
        async |world, ()| world.try_sign_in("alice", OLD).await,
        async |world, (), answer| {
            assert!(!matches!(
                answer,
                Ok(SignIn::Denied { .. } | SignIn::Locked { .. })
            ));
            world.signed_in("alice", OLD).await;
            // X41: the failure used up none of the owner's attempts.
            world.clock.advance(std::time::Duration::from_secs(120));
            let miss = world.sign_in("alice", WRONG).await;
            assert!(matches!(miss, SignIn::Denied { left: 4 }), "{miss:?}");
        },
    )
    .await;
    // find, get, insert, delete.
    assert_eq!(struck, 8);
}

#[tokio::test]
async fn x29_a_failing_store_is_no_wrong_password_and_no_right_one() {
    for name in ["alice", "nobody"] {
        let struck = each_fault(
            &ways(),
            async |world| drop(alice(world).await),
            async |world, ()| world.try_sign_in(name, WRONG).await,
            async |world, (), answer| {
                // What was told is written; what was not told is as if it had not been.
                let expected = match answer {
                    Ok(SignIn::Denied { left: 4 }) => 3,
                    Err(_) => 4,
                    other => panic!("{other:?}"),
                };
                world.clock.advance(Duration::from_secs(120));
                let again = world.sign_in(name, WRONG).await;
                assert!(
                    matches!(again, SignIn::Denied { left } if left == expected),
                    "{again:?}"
                );
            },
        )
        .await;
        // find, get, insert, swap.
        assert_eq!(struck, 8);
    }
}

#[tokio::test]
async fn o05_a_session_is_not_ended_by_a_failure() {
    let struck = each_fault(
        &ways(),
        alice,
        async |world, signed_in| world.accounts.session(signed_in.token()).await,
        async |world, signed_in, answer| {
            assert!(matches!(answer, Err(Error::Store(_))));
            assert!(world.is_live(signed_in.token()).await);
        },
    )
    .await;
    assert_eq!(struck, 2);
}

#[tokio::test]
async fn o05_a_proof_is_told_only_when_it_is_written() {
    let started = async |world: &World| {
        let signed_in = alice(world).await;
        world.settings(&signed_in).await
    };
    let struck = each_fault(
        &ways(),
        started,
        async |world, ticket| prove(world, ticket, OLD).await,
        async |world, ticket, answer| {
            let ticket = match answer {
                Ok(Prove::Accepted(ticket)) => ticket,
                Ok(other) => panic!("{other:?}"),
                Err(_) => world.proven(ticket, OLD).await,
            };
            assert!(matches!(world.apply(&ticket, NEW).await, Apply::Applied(_)));
        },
    )
    .await;
    // get, load, get, insert, delete, insert.
    assert_eq!(struck, 12);
    let struck = each_fault(
        &ways(),
        started,
        async |world, ticket| prove(world, ticket, WRONG).await,
        async |world, ticket, answer| {
            // What was told is written; what was not told is as if it had not been.
            let expected = match answer {
                Ok(Prove::Denied { left: Some(2) }) => 1,
                Err(_) => 2,
                other => panic!("{other:?}"),
            };
            world.clock.advance(Duration::from_secs(120));
            let again = world.prove(ticket, WRONG).await;
            assert!(
                matches!(again, Prove::Denied { left: Some(left) } if left == expected),
                "{again:?}"
            );
            drop(world.proven(ticket, OLD).await);
        },
    )
    .await;
    // get, load, get, insert, swap.
    assert_eq!(struck, 10);
}

#[tokio::test]
async fn o07_a_change_is_whole_or_not_at_all() {
    let struck = each_fault(
        &ways(),
        proven,
        async |world, ticket| apply(world, ticket).await,
        async |world, ticket, answer| {
            if answer.is_err() {
                world.signed_in("alice", OLD).await;
                assert!(matches!(apply(world, ticket).await, Ok(Apply::Applied(_))));
            }
            world.signed_in("alice", NEW).await;
            assert!(matches!(
                world.sign_in("alice", OLD).await,
                SignIn::Denied { .. }
            ));
        },
    )
    .await;
    // get, load, get, update, delete.
    assert_eq!(struck, 10);
}

/// The write happened, its answer was lost, and the store cannot be asked: the caller is told of
/// a failure, and what happened is whole.
#[tokio::test]
async fn o07_a_change_whose_outcome_stays_unknown_is_whole() {
    let both: [&[Fault]; 1] = [&[After, Before]];
    let struck = each_fault(
        &both,
        proven,
        async |world, ticket| apply(world, ticket).await,
        async |world, ticket, answer| {
            if answer.is_ok() {
                world.signed_in("alice", NEW).await;
                return;
            }
            match apply(world, ticket).await.unwrap() {
                Apply::Applied(_) | Apply::Expired => {}
                other => panic!("{other:?}"),
            }
            world.signed_in("alice", NEW).await;
            assert!(matches!(
                world.sign_in("alice", OLD).await,
                SignIn::Denied { .. }
            ));
        },
    )
    .await;
    assert_eq!(struck, 5);
}

#[tokio::test]
async fn purge_passes_a_failure_on() {
    let world = World::new();
    world.store.fail(0, &[Before]);
    assert!(matches!(world.accounts.purge().await, Err(Error::Store(_))));
    assert_eq!(world.accounts.purge().await.unwrap(), 0);
}

/// Polls until the verb waits for the store that never answers, then goes away.
fn drop_midway<T>(future: impl Future<Output = T>, world: &World) -> bool {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(_) => return world.store.struck(),
            Poll::Pending if world.store.struck_yet() => return world.store.struck(),
            // Waiting for a worker.
            Poll::Pending => std::thread::yield_now(),
        }
    }
}

/// A store that never answers, and a caller that goes away at each of its calls.
#[tokio::test]
async fn x41_a_caller_that_goes_away_loses_nothing() {
    for healthy in 0.. {
        let world = World::new();
        let ticket = proven(&world).await;
        world.store.fail(healthy, &[Never]);
        let signing_in = drop_midway(world.try_sign_in("alice", OLD), &world);
        world.store.fail(healthy, &[Never]);
        let changing = drop_midway(apply(&world, &ticket), &world);
        // No place stays taken, and no attempt is used up once the lease is over.
        world.clock.advance(std::time::Duration::from_secs(120));
        let now = match apply(&world, &ticket).await.unwrap() {
            Apply::Applied(_) | Apply::Expired => NEW,
            other => panic!("{other:?}"),
        };
        world.signed_in("alice", now).await;
        let miss = world.sign_in("alice", WRONG).await;
        assert!(matches!(miss, SignIn::Denied { left: 4 }), "{miss:?}");
        if !signing_in && !changing {
            assert!(healthy >= 4);
            break;
        }
    }
}
