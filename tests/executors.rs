//! Any executor will do, and none of them is blocked.

mod support;

use std::{
    future::Future,
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Wake, Waker},
    thread::{self, Thread},
};

use backstop::{Error, SignIn, hash::HashCost};
use support::{NEW, OLD, WRONG, World};

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

#[test]
fn a_random_source_that_fails_is_no_weaker_token() {
    /// Gives out a number of values, then fails.
    struct Failing(u32);
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
            self.0 = self.0.checked_sub(1).ok_or(NoEntropy)?;
            bytes.fill(7);
            Ok(())
        }
    }
    impl rand_core::TryCryptoRng for Failing {}
    block_on(async {
        for values in 0..3 {
            let world = World::with(|builder| builder.entropy(Failing(values)));
            let answer = world.try_sign_in("alice", OLD).await;
            assert!(
                matches!(answer, Err(Error::Entropy)),
                "{values}: {answer:?}"
            );
        }
    });
}
