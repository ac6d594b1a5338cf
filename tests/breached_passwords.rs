//! A list of the host's that new passwords are looked up in.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use backstop::{
    Apply, Client, Error, Register,
    policy::{OnFailure, Unmet},
};
use support::{NEW, OLD, World, account_id, typed_twice};

/// A list with one password in it that fails on demand, and what it was asked.
#[derive(Clone, Default)]
struct List {
    fails: Arc<AtomicBool>,
    asked: Arc<Mutex<Vec<(String, String)>>>,
}

impl List {
    fn world(&self, on_failure: OnFailure) -> World {
        let list = self.clone();
        let is_breached = move |typed: &str| {
            let thread = thread::current().name().unwrap_or_default().to_owned();
            list.asked.lock().unwrap().push((typed.to_owned(), thread));
            if list.fails.load(Ordering::SeqCst) {
                return Err("the file is gone".into());
            }
            Ok(typed == NEW || typed == "alice")
        };
        World::with(|builder| builder.breached_passwords(is_breached, on_failure))
    }

    fn take_asked(&self) -> Vec<(String, String)> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }
}

async fn register(world: &World, typed: &str) -> Result<Register, Error> {
    let (id, name) = (account_id("42"), "alice".parse().unwrap());
    let password = typed_twice(typed);
    world
        .accounts
        .register(id, name, password, &Client::new())
        .await
}

#[tokio::test]
async fn s07_a08_a_breached_password_is_refused_for_new_accounts_and_changes() {
    let list = List::default();
    let world = list.world(OnFailure::Refuse);
    let answer = register(&world, NEW).await.unwrap();
    let Register::Unmet(unmet) = answer else {
        panic!("{answer:?}");
    };
    assert_eq!(unmet, [Unmet::Breached]);
    let signed_in = world.register("42", "alice", OLD).await;
    let ticket = world.settings(&signed_in).await;
    let ticket = world.proven(&ticket, OLD).await;
    let answer = world.apply(&ticket, NEW).await;
    assert!(
        matches!(&answer, Apply::Unmet { password, .. } if *password == [Unmet::Breached]),
        "{answer:?}"
    );
    // The ticket is as good as before.
    let answer = world.apply(&ticket, "Birch-23-rivers").await;
    assert!(matches!(answer, Apply::Applied(_)), "{answer:?}");
}

/// It comes with all other rules, and is asked on a worker.
#[tokio::test]
async fn s07_breached_comes_with_all_that_is_unmet() {
    let list = List::default();
    let world = list.world(OnFailure::Refuse);
    let answer = register(&world, "alice").await.unwrap();
    let Register::Unmet(unmet) = answer else {
        panic!("{answer:?}");
    };
    assert!(unmet.contains(&Unmet::Breached) && unmet.contains(&Unmet::NoDigit));
    let asked = list.take_asked();
    assert_eq!(asked.len(), 1);
    for (typed, thread) in asked {
        assert_eq!(typed, "alice");
        assert!(thread.starts_with("backstop-hash-"), "{thread}");
    }
}

/// What is stored stays good, and nobody without a proof has the list asked.
#[tokio::test]
async fn s07_the_list_is_asked_of_new_passwords_only() {
    let list = List::default();
    let world = list.world(OnFailure::Refuse);
    let signed_in = world.register("42", "alice", OLD).await;
    list.take_asked();
    let _signed_in = world.signed_in("alice", OLD).await;
    let ticket = world.settings(&signed_in).await;
    let answer = world.apply(&ticket, NEW).await;
    assert!(matches!(answer, Apply::Unproven), "{answer:?}");
    let _ticket = world.proven(&ticket, OLD).await;
    assert_eq!(list.take_asked(), []);
}

#[tokio::test]
async fn s07_a_list_that_fails_refuses_where_the_host_says_so() {
    let list = List::default();
    let world = list.world(OnFailure::Refuse);
    list.fails.store(true, Ordering::SeqCst);
    world.store.take_calls();
    let failure = register(&world, OLD).await.unwrap_err();
    assert!(matches!(failure, Error::BreachCheck(_)), "{failure:?}");
    assert!(failure.is_retryable());
    assert_eq!(world.store.take_calls(), [""; 0]);
    // A change keeps its ticket.
    list.fails.store(false, Ordering::SeqCst);
    let signed_in = world.register("42", "alice", OLD).await;
    let ticket = world.settings(&signed_in).await;
    let ticket = world.proven(&ticket, OLD).await;
    list.fails.store(true, Ordering::SeqCst);
    let changes = backstop::Changes::new().password(typed_twice("Birch-23-rivers"));
    let failure = world.accounts.apply(&ticket, changes).await;
    assert!(matches!(failure, Err(Error::BreachCheck(_))), "{failure:?}");
    let _still_the_old = world.signed_in("alice", OLD).await;
    list.fails.store(false, Ordering::SeqCst);
    let answer = world.apply(&ticket, "Birch-23-rivers").await;
    assert!(matches!(answer, Apply::Applied(_)), "{answer:?}");
}

#[tokio::test]
async fn s07_a_list_that_fails_accepts_where_the_host_says_so() {
    let list = List::default();
    let world = list.world(OnFailure::Accept);
    list.fails.store(true, Ordering::SeqCst);
    let signed_in = world.register("42", "alice", OLD).await;
    let _signed_in = world.change(&signed_in, OLD, NEW).await;
    // But every other rule holds.
    let answer = register(&world, "alice").await.unwrap();
    assert!(matches!(answer, Register::Unmet(_)), "{answer:?}");
}
