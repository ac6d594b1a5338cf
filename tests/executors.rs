//! Any executor will do, and none of them is blocked.

mod support;

use std::{
    future::Future,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering::SeqCst},
    },
    task::{Context, Poll, Wake, Waker},
    thread::{self, Thread},
};

use backstop::{Apply, Changes, Client, Error, Import, Proof, Register, SignIn, hash::HashCost};
use rand_chacha::{ChaCha20Rng, rand_core::Rng};
use support::{NEW, OLD, OLD_ELSEWHERE, WRONG, World, account_id, entropy, password, typed_twice};

async fn whole_path(world: &World) {
    let signed_in = world.register("42", "alice", OLD).await;
    assert!(matches!(
        world.sign_in("alice", WRONG).await,
        SignIn::Denied { left: 4 }
    ));
    let _renewed = world.change(&signed_in, OLD, NEW).await;
    let _signed_in = world.signed_in("alice", NEW).await;
}

/// The smallest executor there is: it parks the thread until it is woken.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(value) => return value,
            Poll::Pending => thread::park(),
        }
    }
}

#[test]
fn x26_a_bare_block_on_runs_it() {
    block_on(whole_path(&World::new()));
}

#[tokio::test(flavor = "current_thread")]
async fn x26_a_tokio_thread_runs_it() {
    whole_path(&World::new()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn x26_tokios_threads_run_it() {
    let world = World::new();
    let moved = world.clone();
    tokio::spawn(async move { whole_path(&moved).await })
        .await
        .unwrap();
    let _signed_in = world.signed_in("alice", NEW).await;
}

/// While hashes of full size are computed, the one thread of the executor goes on.
#[tokio::test(flavor = "current_thread")]
async fn x26_others_go_on_while_it_hashes() {
    let world = World::with(|builder| builder.hash_cost(HashCost::DEFAULT));
    let attempts: Vec<_> = (0..8)
        .map(|number| {
            let world = world.clone();
            tokio::spawn(async move { world.sign_in(&format!("name{number}"), WRONG).await })
        })
        .collect();
    let mut turns = 0_u32;
    while !attempts.iter().all(tokio::task::JoinHandle::is_finished) {
        tokio::task::yield_now().await;
        turns += 1;
    }
    // Were a hash computed on this thread, each attempt would be done within a turn or two.
    assert!(turns > 1000, "{turns} turns");
}

/// Dropping the accounts ends the workers; who still waits is told.
#[test]
fn a_verb_outlives_nothing() {
    let world = World::with(|builder| builder.hash_cost(HashCost::DEFAULT));
    let events = Arc::clone(&world.events);
    block_on(async {
        let _signed_in = world.register("42", "alice", OLD).await;
    });
    drop(world);
    assert_eq!(events.lock().unwrap().len(), 1);
}

/// Gives out as many values as it is told, then fails.
struct Failing {
    values: Arc<AtomicU32>,
    source: ChaCha20Rng,
}

#[derive(Debug, thiserror::Error)]
#[error("no entropy")]
struct NoEntropy;

impl rand_core::TryRng for Failing {
    type Error = NoEntropy;
    fn try_next_u32(&mut self) -> Result<u32, NoEntropy> {
        Err(NoEntropy)
    }
    fn try_next_u64(&mut self) -> Result<u64, NoEntropy> {
        Err(NoEntropy)
    }
    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), NoEntropy> {
        let left = self.values.load(SeqCst).checked_sub(1).ok_or(NoEntropy)?;
        self.values.store(left, SeqCst);
        self.source.fill_bytes(bytes);
        Ok(())
    }
}

impl rand_core::TryCryptoRng for Failing {}

/// Runs `verb` in a fresh world for each value that it draws, which is then not given out, until
/// none is left. Answers how many it draws.
fn each_value<P, T>(
    prepare: impl AsyncFn(&World) -> P,
    verb: impl AsyncFn(&World, &P) -> Result<T, Error>,
    unchanged: impl AsyncFn(&World, &P),
) -> u32 {
    block_on(async {
        let mut drawn = 0;
        for values in 0.. {
            let left = Arc::new(AtomicU32::new(u32::MAX));
            let failing = Failing {
                values: Arc::clone(&left),
                source: entropy(),
            };
            let world = World::with(|builder| builder.entropy(failing));
            let prepared = prepare(&world).await;
            left.store(values, SeqCst);
            let answer = verb(&world, &prepared).await;
            left.store(u32::MAX, SeqCst);
            drawn = values;
            let Err(error) = answer else { break };
            assert!(matches!(error, Error::Entropy), "{values}: {error:?}");
            unchanged(&world, &prepared).await;
        }
        drawn
    })
}

/// And a verb that fails has changed nothing: it can be called again.
#[test]
fn o06_a_random_source_that_fails_is_no_weaker_token() {
    let client = Client::new();
    let register = async |world: &World, (): &()| {
        let (id, name) = (account_id("42"), "alice".parse().unwrap());
        let new = typed_twice(OLD);
        world.accounts.register(id, name, new, &client).await
    };
    let import = async |world: &World, (): &()| {
        let (id, name) = (account_id("42"), "alice".parse().unwrap());
        let hash = OLD_ELSEWHERE.parse().unwrap();
        world
            .accounts
            .import(backstop::ImportedAccount::new(id, name, hash), &client)
            .await
    };
    let drawn = each_value(
        async |_| (),
        register,
        async |world, ()| {
            let retried = register(world, &()).await;
            assert!(
                matches!(retried, Ok(Register::Registered(_))),
                "{retried:?}"
            );
        },
    );
    assert_eq!(
        drawn, 5,
        "a salt, a session, a device, an epoch, a revision"
    );
    let drawn = each_value(
        async |_| (),
        import,
        async |world, ()| {
            let retried = import(world, &()).await;
            assert!(matches!(retried, Ok(Import::Imported)), "{retried:?}");
        },
    );
    assert_eq!(drawn, 2, "an epoch, a revision");

    let alice = async |world: &World| world.register("42", "alice", OLD).await;
    let drawn = each_value(
        alice,
        async |world, _alice| world.try_sign_in("alice", OLD).await,
        async |world, _alice| drop(world.signed_in("alice", OLD).await),
    );
    assert_eq!(drawn, 5, "a charge, two revisions, a session, a device");
    let drawn = each_value(
        async |world| world.session(&alice(world).await).await,
        async |world, session| world.accounts.settings(session),
        async |_, _| (),
    );
    assert_eq!(drawn, 1, "a flow");

    let started = async |world: &World| world.settings(&alice(world).await).await;
    let drawn = each_value(
        started,
        async |world, ticket| {
            let proof = Proof::CurrentPassword(password(OLD));
            world.accounts.prove(ticket, proof).await
        },
        async |world, ticket| drop(world.proven(ticket, OLD).await),
    );
    assert_eq!(drawn, 5, "a charge, three revisions, a ticket");
    let drawn = each_value(
        async |world| world.proven(&started(world).await, OLD).await,
        async |world, ticket| {
            let changes = Changes::new().password(typed_twice(NEW));
            world.accounts.apply(ticket, changes).await
        },
        async |world, ticket| {
            let _unchanged = world.signed_in("alice", OLD).await;
            assert!(matches!(world.apply(ticket, NEW).await, Apply::Applied(_)));
        },
    );
    let drawn_for = "an epoch, notices, a session, a device, a salt, a revision";
    assert_eq!(drawn, 6, "{drawn_for}");
}
