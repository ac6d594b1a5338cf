//! The attack book: faults that real systems of this kind had, each as a test that fails on a
//! build with the fault. Rows that need more than this part of the library come with it.

mod support;

use std::{
    collections::HashSet,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
    time::Duration,
};

use backstop::{
    Apply, Client, Error, Prove, SignIn, SignedIn,
    audit::{Outcome, Reason},
    hash::HashCost,
    hasher::HasherConfig,
    policy::{self, BudgetRule, PasswordRules, Policy},
    store::AccountStore,
};
use base64ct::{Base64UrlUnpadded, Encoding};
use support::{Clock, NEW, OLD, WRONG, World, account_id, cheap, days, key, password, slow};

/// The calls of one sign-in, and its public answer.
async fn trace(world: &World, name: &str, typed: &str) -> (Vec<&'static str>, String) {
    world.store.take_calls();
    let answer = world.try_sign_in(name, typed).await;
    (world.store.take_calls(), format!("{answer:?}"))
}

#[tokio::test]
async fn x01_unknown_names_are_answered_alike() {
    let world = World::new();
    world.register("42", "alice", OLD).await;
    // Through free misses, the growing delay and out of it again.
    for minute in 0..30 {
        let known = trace(&world, "alice", WRONG).await.1;
        let unknown = trace(&world, "nobody", WRONG).await.1;
        assert_eq!(known, unknown, "minute {minute}");
        world.clock.advance(Duration::from_secs(60));
    }
}

#[tokio::test]
async fn e02_x02_unknown_names_cause_the_same_effects() {
    let world = World::new();
    world.register("42", "alice", OLD).await;
    for _ in 0..8 {
        let known = trace(&world, "alice", WRONG).await.0;
        let unknown = trace(&world, "nobody", WRONG).await.0;
        assert_eq!(known, unknown);
    }
    // And they cost a hash of the same size: a cheap one could be there at the first poll.
    let world = World::with(|builder| builder.hash_cost(slow()));
    let _signed_in = world.register("42", "alice", OLD).await;
    let unknown = world.try_sign_in("nobody", WRONG);
    assert!(waits_for_a_worker(unknown), "no hash for an unknown name");
    let known = world.try_sign_in("alice", WRONG);
    assert!(waits_for_a_worker(known));
}

/// Whether a sign-in whose store answers at once is still not done at its first poll.
fn waits_for_a_worker<T>(future: impl Future<Output = T>) -> bool {
    let mut context = Context::from_waker(Waker::noop());
    matches!(pin!(future).poll(&mut context), Poll::Pending)
}

#[tokio::test]
async fn x06_the_lock_notice_says_nothing_of_the_account() {
    let world = World::new();
    world.register("42", "alice", OLD).await;
    for name in ["alice", "nobody"] {
        for _ in 0..5 {
            let _denied = world.sign_in(name, WRONG).await;
        }
    }
    let known = trace(&world, "alice", OLD).await;
    let unknown = trace(&world, "nobody", OLD).await;
    assert!(known.1.contains("Locked"), "{}", known.1);
    assert_eq!(known, unknown);
}

#[tokio::test]
async fn x07_a_stranger_at_sign_in_does_not_lock_the_change_in_a_session() {
    let world = World::new();
    let signed_in = world.register("42", "alice", OLD).await;
    for _ in 0..1000 {
        let _refused = world.try_sign_in("alice", WRONG).await;
        world.clock.advance(Duration::from_secs(60));
    }
    let renewed = world.change(&signed_in, OLD, NEW).await;
    assert!(world.is_live(renewed.token()).await);
}

#[tokio::test]
async fn x08_starting_a_change_alters_nothing() {
    let world = World::new();
    let signed_in = world.register("42", "alice", OLD).await;
    let session = world.session(&signed_in).await;
    world.store.take_calls();
    for _ in 0..100 {
        let _ticket = world.accounts.settings(&session).unwrap();
    }
    assert_eq!(world.store.take_calls(), Vec::<&str>::new());
    assert!(world.is_live(signed_in.token()).await);
}

/// Several machines over one store, each with its own workers.
fn machines(number: usize, policy: &Policy) -> Vec<World> {
    let clock = Clock::new();
    let store = backstop::MemoryStore::new();
    let machine = |_| {
        let policy = policy.clone();
        World::on(store.clone(), key(), clock.clone(), |b| b.policy(policy))
    };
    (0..number).map(machine).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn d08_x10_parallel_guesses_never_pass_the_budget() {
    for name in ["alice", "nobody"] {
        let worlds = machines(
            8,
            &Policy::marketplace().sign_in(BudgetRule::limit(3, days(1))),
        );
        worlds[0].register("42", "alice", OLD).await;
        let guesses = (0..200).map(|number| {
            let world = worlds[number % worlds.len()].clone();
            tokio::spawn(async move { world.try_sign_in(name, WRONG).await })
        });
        let mut denied = 0;
        for guess in guesses.collect::<Vec<_>>() {
            match guess.await.unwrap() {
                Ok(SignIn::Denied { .. }) => denied += 1,
                Ok(SignIn::Locked { .. }) | Err(Error::Overloaded | Error::Contended) => {}
                other => panic!("{other:?}"),
            }
        }
        assert!((1..=3).contains(&denied), "{denied} guesses were answered");
        // The rest of the budget is still there, and no more than that.
        for _ in denied..3 {
            let answer = worlds[0].sign_in(name, WRONG).await;
            assert!(matches!(answer, SignIn::Denied { .. }), "{answer:?}");
        }
        let answer = worlds[0].sign_in(name, OLD).await;
        assert!(matches!(answer, SignIn::Locked { .. }), "{answer:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn x10_d08_parallel_guesses_in_a_session_never_pass_the_budget() {
    let worlds = machines(8, &Policy::marketplace());
    let signed_in = worlds[0].register("42", "alice", OLD).await;
    let ticket = worlds[0].settings(&signed_in).await;
    let guesses = (0..200).map(|number| {
        let (world, ticket) = (worlds[number % worlds.len()].clone(), ticket.clone());
        tokio::spawn(async move {
            let proof = backstop::Proof::CurrentPassword(password(WRONG));
            world.accounts.prove(&ticket, proof).await
        })
    });
    let mut denied = 0;
    for guess in guesses.collect::<Vec<_>>() {
        match guess.await.unwrap() {
            Ok(Prove::Denied { .. }) => denied += 1,
            Ok(Prove::Locked { .. }) | Err(Error::Overloaded | Error::Contended) => {}
            other => panic!("{other:?}"),
        }
    }
    assert!((1..=3).contains(&denied), "{denied} guesses were answered");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn x11_one_ticket_64_submissions_one_change() {
    let worlds = machines(8, &Policy::marketplace());
    let signed_in = worlds[0].register("42", "alice", OLD).await;
    let ticket = worlds[0].settings(&signed_in).await;
    let ticket = worlds[0].proven(&ticket, OLD).await;
    let submissions = (0..64).map(|number| {
        let (world, ticket) = (worlds[number % worlds.len()].clone(), ticket.clone());
        let changes = backstop::Changes::new().password(support::typed_twice(NEW));
        tokio::spawn(async move { world.accounts.apply(&ticket, changes).await })
    });
    let mut applied = 0;
    for submission in submissions.collect::<Vec<_>>() {
        match submission.await.unwrap() {
            Ok(Apply::Applied(_)) => applied += 1,
            Ok(Apply::Expired) | Err(Error::Overloaded) => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(applied, 1);
}

#[tokio::test]
async fn x15_a_weak_password_does_not_cost_the_proof() {
    let world = World::new();
    let signed_in = world.register("42", "alice", OLD).await;
    let ticket = world.settings(&signed_in).await;
    let ticket = world.proven(&ticket, OLD).await;
    assert!(matches!(
        world.apply(&ticket, "weak").await,
        Apply::Unmet { .. }
    ));
    assert!(matches!(world.apply(&ticket, NEW).await, Apply::Applied(_)));
}

/// The ticket is spent by the very write that changes the password, so neither can be without the
/// other. In full in `faults.rs`.
#[tokio::test]
async fn x16_a_failure_between_proof_and_change_costs_nothing() {
    let world = World::new();
    let signed_in = world.register("42", "alice", OLD).await;
    let ticket = world.settings(&signed_in).await;
    let ticket = world.proven(&ticket, OLD).await;
    // get, load, get, and then the write.
    world.store.fail(3, &[support::probe::Fault::Before]);
    let changes = backstop::Changes::new().password(support::typed_twice(NEW));
    let answer = world.accounts.apply(&ticket, changes).await;
    assert!(matches!(answer, Err(Error::Store(_))), "{answer:?}");
    let _unchanged = world.signed_in("alice", OLD).await;
    assert!(matches!(world.apply(&ticket, NEW).await, Apply::Applied(_)));
    assert!(matches!(world.apply(&ticket, WRONG).await, Apply::Expired));
}

#[tokio::test]
async fn x17_a_ticket_does_not_survive_a_change() {
    let world = World::new();
    let signed_in = world.register("42", "alice", OLD).await;
    let ticket = world.settings(&signed_in).await;
    let ticket = world.proven(&ticket, OLD).await;
    let _renewed = world.change(&signed_in, OLD, NEW).await;
    assert!(matches!(world.apply(&ticket, WRONG).await, Apply::Expired));
    let _still = world.signed_in("alice", NEW).await;
}

#[tokio::test]
async fn x22_other_sessions_end_with_a_change() {
    let world = World::new();
    let intruder = world.register("42", "alice", OLD).await;
    let owner = world.signed_in("alice", OLD).await;
    let _renewed = world.change(&owner, OLD, NEW).await;
    assert!(!world.is_live(intruder.token()).await);
}

#[tokio::test]
async fn f02_x23_a_ticket_of_one_account_does_nothing_to_another() {
    let world = World::new();
    let alice = world.register("42", "alice", OLD).await;
    let _bob = world.register("43", "bob", OLD).await;
    let ticket = world.settings(&alice).await;
    let ticket = world.proven(&ticket, OLD).await;
    assert!(matches!(world.apply(&ticket, NEW).await, Apply::Applied(_)));
    let _bob = world.signed_in("bob", OLD).await;
}

#[tokio::test]
async fn x24_a_database_reader_finds_nothing_to_use() {
    let world = World::new();
    let signed_in = world.register("42", "alice", OLD).await;
    let started = world.settings(&signed_in).await;
    let proven = world.proven(&started, OLD).await;
    let _denied = world.sign_in("nobody", WRONG).await;
    let written = world.store.written();
    let _applied = world.apply(&proven, NEW).await;
    let tokens = [
        signed_in.token().expose(),
        started.expose(),
        proven.expose(),
    ];
    let mut secrets: Vec<Vec<u8>> = [OLD, WRONG, "nobody"].map(|text| text.into()).to_vec();
    for token in tokens {
        secrets.push(token.into());
        let bytes = Base64UrlUnpadded::decode_vec(token).unwrap();
        // The part that nobody could make up: the MAC, or the secret behind the kind.
        secrets.push(bytes[bytes.len() - 32..].to_vec());
    }
    assert!(written.len() >= 5);
    for secret in secrets {
        let found = written
            .iter()
            .any(|bytes| bytes.windows(secret.len()).any(|window| window == secret));
        assert!(!found, "{:?}", String::from_utf8_lossy(&secret));
    }
}

#[tokio::test]
async fn x25_hostile_passwords_are_bounded_work() {
    let world = World::new();
    // The worst that is let through to the estimate, many times the ordinary one.
    let hostile = "aA1!".repeat(256);
    let name = "alice".parse().unwrap();
    let answer = world
        .accounts
        .register(
            account_id("42"),
            name,
            support::typed_twice(&hostile),
            &Client::new(),
        )
        .await;
    assert!(matches!(answer, Ok(backstop::Register::Unmet(_))));
    // Beyond its first 32 characters a password is not looked at: with all of them the second
    // one would be hard to guess.
    let rules = PasswordRules::marketplace().length(8, 256);
    let repeated = "aA1!".repeat(8);
    let [head, whole] = ["", "xK9#mQ2p7vR!tW4zJq5&nZ8c"].map(|tail| {
        let typed = support::typed_twice(&(repeated.clone() + tail));
        rules.unmet(&typed, &policy::Context::new())
    });
    assert!(matches!(head[..], [policy::Unmet::Guessable { .. }]));
    assert_eq!(head, whole);
    assert!(backstop::Password::new(&"a".repeat(1 << 20)).is_err());
}

#[tokio::test]
async fn x26_hashing_never_runs_on_the_callers_thread() {
    let world = World::with(|builder| builder.hash_cost(slow()));
    let _signed_in = world.register("42", "alice", OLD).await;
    // A slow hash takes longer than any poll: were it computed there, the first one would
    // be ready.
    for name in ["alice", "nobody"] {
        assert!(waits_for_a_worker(world.try_sign_in(name, OLD)));
    }
}

#[tokio::test]
async fn x26_memory_is_bounded_by_places() {
    let config = HasherConfig::new().workers(1).places(4);
    let world = World::with(|builder| builder.hasher(config).hash_cost(slow()));
    let names: Vec<String> = (0..8).map(|number| format!("name{number}")).collect();
    let mut waiting: Vec<_> = names
        .iter()
        .map(|name| Box::pin(world.try_sign_in(name, WRONG)))
        .collect();
    let mut context = Context::from_waker(Waker::noop());
    let overloaded = waiting
        .iter_mut()
        .map(|future| future.as_mut().poll(&mut context))
        .filter(|poll| matches!(poll, Poll::Ready(Err(Error::Overloaded))))
        .count();
    assert_eq!(overloaded, 4);
    // Callers that go away leave their places.
    drop(waiting);
    assert!(matches!(
        world.sign_in("name7", WRONG).await,
        SignIn::Denied { left: 4 }
    ));
}

/// X29 in full is in `faults.rs`; this is its core.
#[tokio::test]
async fn x29_a_store_failure_is_neither_right_nor_wrong() {
    let world = World::new();
    let _signed_in = world.register("42", "alice", OLD).await;
    world.store.fail(0, &[support::probe::Fault::Before]);
    let answer = world.try_sign_in("alice", OLD).await;
    assert!(matches!(answer, Err(Error::Store(_))));
}

#[tokio::test]
async fn x30_no_secret_and_no_typed_name_in_events_debug_or_errors() {
    let world = World::new();
    let signed_in = world.register("42", "alice", OLD).await;
    let started = world.settings(&signed_in).await;
    let _denied = world.prove(&started, WRONG).await;
    let proven = world.proven(&started, OLD).await;
    // A password in the field of the name.
    let _denied = world.sign_in("Mira2lakes8Orla", OLD).await;
    let session = world.session(&signed_in).await;
    let stored = world.store.inner.load(&account_id("42")).await.unwrap();
    let unmet = world.apply(&proven, "weak").await;
    let seen = [
        format!("{:?}", world.events()),
        format!("{signed_in:?} {started:?} {proven:?} {session:?} {stored:?} {unmet:?}"),
        format!("{:?} {:?}", password(OLD), support::typed_twice(NEW)),
        format!("{:?} {:?}", world.accounts, key()),
        format!(
            "{:?} {:?}",
            "a b".parse::<backstop::LoginName>(),
            backstop::Password::new("\t")
        ),
    ]
    .concat();
    for secret in [
        OLD,
        WRONG,
        NEW,
        "weak",
        "Mira2lakes8Orla",
        "mira2lakes8orla",
        signed_in.token().expose(),
        started.expose(),
        proven.expose(),
        "argon2",
        "a service key",
    ] {
        assert!(!seen.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn x31_an_old_lock_does_not_come_back() {
    let world = World::new();
    let signed_in = world.register("42", "alice", OLD).await;
    let ticket = world.settings(&signed_in).await;
    for _ in 0..3 {
        let _denied = world.prove(&ticket, WRONG).await;
    }
    world.clock.advance(days(1));
    let ticket = world.settings(&signed_in).await;
    let _proven = world.proven(&ticket, OLD).await;
    // The proof cleared the misses, so there is nothing for the clock to revive.
    world.clock.rewind(days(1));
    let ticket = world.settings(&signed_in).await;
    let _proven = world.proven(&ticket, OLD).await;
}

/// X32 for passwords; names are in `names.rs`.
#[tokio::test]
async fn x32_a_password_verifies_on_any_keyboard() {
    let world = World::new();
    let _signed_in = world.register("42", "alice", "Åsas-2-sjöar").await;
    let _decomposed = world.signed_in("alice", "A\u{30a}sas-2-sjo\u{308}ar").await;
}

#[tokio::test]
async fn x38_a_right_sign_in_leaves_the_public_counter_alone() {
    let world = World::new();
    let _signed_in = world.register("42", "alice", OLD).await;
    for _ in 0..3 {
        let _denied = world.sign_in("alice", WRONG).await;
        let _denied = world.sign_in("nobody", WRONG).await;
    }
    let _owner_was_here = world.signed_in("alice", OLD).await;
    let known = trace(&world, "alice", WRONG).await;
    let unknown = trace(&world, "nobody", WRONG).await;
    assert_eq!(known, unknown);
    assert!(known.1.contains("Denied { left: 1 }"), "{}", known.1);
}

/// X39 for budgets: one name, however it is typed, and across key rotation.
#[tokio::test]
async fn x39_what_is_counted_for_a_name_does_not_change_with_case_or_key() {
    let clock = Clock::new();
    let store = backstop::MemoryStore::new();
    let world = World::on(store.clone(), key(), clock.clone(), |builder| builder);
    for name in ["nobody", "Nobody", "ＮＯＢＯＤＹ"] {
        let _denied = world.sign_in(name, WRONG).await;
    }
    let rotated = key()
        .rotated_to(*b"a newer service key, 32 bytes...")
        .unwrap();
    let world = World::on(store, rotated, clock, |builder| builder);
    let answer = world.sign_in("nobody", WRONG).await;
    assert!(matches!(answer, SignIn::Denied { left: 1 }), "{answer:?}");
}

#[tokio::test]
async fn x41_overload_costs_no_attempt() {
    let config = HasherConfig::new().workers(1).places(1);
    let world = World::with(|builder| builder.hasher(config).hash_cost(slow()));
    let _signed_in = world.register("42", "alice", OLD).await;
    let mut other = Box::pin(world.try_sign_in("nobody", WRONG));
    let mut context = Context::from_waker(Waker::noop());
    assert!(other.as_mut().poll(&mut context).is_pending());
    for _ in 0..50 {
        let answer = world.try_sign_in("alice", OLD).await;
        assert!(matches!(answer, Err(Error::Overloaded)), "{answer:?}");
    }
    drop(other);
    assert!(matches!(
        world.sign_in("alice", WRONG).await,
        SignIn::Denied { left: 4 }
    ));
}

/// Callers that go away before their comparison began get their attempts back at once.
#[tokio::test]
async fn x41_an_attempt_that_never_began_is_refunded() {
    let policy = Policy::marketplace().sign_in(BudgetRule::limit(3, days(1)));
    let config = HasherConfig::new().workers(1);
    let world = World::with(|b| b.policy(policy).hasher(config).hash_cost(slow()));
    let mut context = Context::from_waker(Waker::noop());
    let mut ahead = Box::pin(world.try_sign_in("bob", WRONG));
    assert!(ahead.as_mut().poll(&mut context).is_pending());
    for _ in 0..10 {
        let mut gone = Box::pin(world.try_sign_in("alice", WRONG));
        assert!(gone.as_mut().poll(&mut context).is_pending());
    }
    let answer = world.try_sign_in("alice", WRONG).await;
    assert!(
        matches!(answer, Ok(SignIn::Denied { left: 2 })),
        "{answer:?}"
    );
}

/// One whose comparison began is not given back to a caller who goes away: a refund is for what
/// was never computed.
#[tokio::test]
async fn x10_an_attempt_that_began_is_not_refunded() {
    struct Woken(AtomicBool);
    impl Wake for Woken {
        fn wake(self: Arc<Self>) {
            self.0.store(true, Ordering::SeqCst);
        }
    }
    let policy = Policy::marketplace().sign_in(BudgetRule::limit(1, days(1)));
    let world = World::with(|b| b.policy(policy).hash_cost(slow()));
    let is_compared = Arc::new(Woken(AtomicBool::new(false)));
    let waker = Waker::from(Arc::clone(&is_compared));
    let mut gone = Box::pin(world.try_sign_in("alice", WRONG));
    let mut context = Context::from_waker(&waker);
    assert!(gone.as_mut().poll(&mut context).is_pending());
    while !is_compared.0.load(Ordering::SeqCst) {
        std::thread::yield_now();
    }
    drop(gone);
    let answer = world.try_sign_in("alice", WRONG).await;
    assert!(matches!(answer, Err(Error::Overloaded)), "{answer:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn x41_right_attempts_in_parallel_are_no_misses() {
    let worlds = machines(
        8,
        &Policy::marketplace().sign_in(BudgetRule::limit(3, days(1))),
    );
    let _signed_in = worlds[0].register("42", "alice", OLD).await;
    let attempts = (0..64).map(|number| {
        let world = worlds[number % worlds.len()].clone();
        tokio::spawn(async move { world.try_sign_in("alice", OLD).await })
    });
    let mut accepted = 0;
    for attempt in attempts.collect::<Vec<_>>() {
        match attempt.await.unwrap() {
            Ok(SignIn::Accepted(_)) => accepted += 1,
            Err(Error::Overloaded | Error::Contended) => {}
            other => panic!("neither in nor told to try again: {other:?}"),
        }
    }
    assert!(accepted > 0);
    let miss = worlds[0].sign_in("alice", WRONG).await;
    assert!(matches!(miss, SignIn::Denied { left: 2 }), "{miss:?}");
}

#[tokio::test]
async fn x42_a_user_name_is_never_an_address_or_a_number() {
    for name in [
        "bob@shop.example",
        "+46701234567",
        "0701234567",
        "070-1234567",
    ] {
        assert!(name.parse::<backstop::UserName>().is_err(), "{name}");
    }
}

#[tokio::test]
async fn x44_an_intruder_with_the_password_cannot_change_it_for_ever() {
    let world = World::new();
    let mut session = world.register("42", "alice", OLD).await;
    let passwords = [OLD, NEW];
    for change in 0..5 {
        session = world
            .change(&session, passwords[change % 2], passwords[(change + 1) % 2])
            .await;
        world.clock.advance(Duration::from_secs(60));
    }
    let ticket = world.settings(&session).await;
    let ticket = world.proven(&ticket, NEW).await;
    let Apply::Locked { until } = world.apply(&ticket, OLD).await else {
        panic!("a sixth change in a day");
    };
    assert_eq!(
        until,
        world.clock.now() - Duration::from_secs(300) + days(1)
    );
    // It comes before the rules for passwords are looked at.
    let weak = world.apply(&ticket, "short").await;
    assert!(matches!(weak, Apply::Locked { .. }), "{weak:?}");
    let _unchanged = world.signed_in("alice", NEW).await;
    world.clock.advance(days(1) - Duration::from_secs(300));
    let signed_in: SignedIn = world.signed_in("alice", NEW).await;
    let _renewed = world.change(&signed_in, NEW, OLD).await;
}

/// X46: invented names are bounded in time, and a batch of the purge is bounded too.
#[tokio::test]
async fn x46_o08_records_for_invented_names_expire_and_are_purged() {
    let world = World::new();
    for number in 0..1500 {
        let _denied = world.sign_in(&format!("invented{number}"), WRONG).await;
    }
    assert_eq!(world.accounts.purge().await.unwrap(), 0);
    world.clock.advance(days(1));
    assert_eq!(world.accounts.purge().await.unwrap(), 1000);
    assert_eq!(world.accounts.purge().await.unwrap(), 500);
    assert_eq!(world.accounts.purge().await.unwrap(), 0);
    // Requests that guess nothing leave no record at all.
    let signed_in = world.register("42", "alice", OLD).await;
    for _ in 0..100 {
        let _ticket = world.settings(&signed_in).await;
    }
    world.clock.advance(days(400));
    assert_eq!(world.accounts.purge().await.unwrap(), 0);
}

/// E04: the public answer gives no reason; the event does.
#[tokio::test]
async fn e04_the_audit_event_says_what_strangers_are_not_told() {
    let world = World::new();
    let _signed_in = world.register("42", "alice", OLD).await;
    let _denied = world.sign_in("alice", WRONG).await;
    let _denied = world.sign_in("nobody", WRONG).await;
    let reasons: Vec<_> = world
        .events()
        .iter()
        .filter_map(|event| match event.outcome {
            Outcome::Denied { reason, .. } => Some((reason, event.account.is_some())),
            _ => None,
        })
        .collect();
    let expected = [(Reason::WrongPassword, true), (Reason::UnknownName, false)];
    assert_eq!(reasons, expected);
    let tags: HashSet<_> = world
        .events()
        .iter()
        .filter_map(|event| event.name)
        .collect();
    assert_eq!(tags.len(), 2);
}

/// Flooding one name takes at most two places, so it keeps nobody else out.
#[tokio::test]
async fn c06_one_name_takes_two_places() {
    let config = HasherConfig::new().workers(1).places(3);
    let world = Arc::new(World::with(|builder| {
        builder.hasher(config).hash_cost(slow())
    }));
    let mut context = Context::from_waker(Waker::noop());
    let mut flood: Vec<_> = (0..10)
        .map(|_| Box::pin(world.try_sign_in("alice", WRONG)))
        .collect();
    let waiting = flood
        .iter_mut()
        .map(|future| future.as_mut().poll(&mut context))
        .filter(Poll::is_pending)
        .count();
    assert_eq!(waiting, 2);
    assert!(matches!(
        world.sign_in("bob", WRONG).await,
        SignIn::Denied { .. }
    ));
}

/// Strangers' floods leave the places of those who are signed in.
#[tokio::test]
async fn c06_a_session_has_places_of_its_own() {
    let config = HasherConfig::new().workers(1).places(2);
    let world = World::with(|builder| builder.hasher(config).hash_cost(slow()));
    let signed_in = world.register("42", "alice", OLD).await;
    let ticket = world.settings(&signed_in).await;
    let mut context = Context::from_waker(Waker::noop());
    let names: Vec<String> = (0..4).map(|number| format!("name{number}")).collect();
    let mut flood: Vec<_> = names
        .iter()
        .map(|name| Box::pin(world.try_sign_in(name, WRONG)))
        .collect();
    for future in &mut flood {
        let _polled = future.as_mut().poll(&mut context);
    }
    assert!(matches!(
        world.try_sign_in("bob", WRONG).await,
        Err(Error::Overloaded)
    ));
    let ticket = world.proven(&ticket, OLD).await;
    // Nor does a change ask for one of theirs.
    assert!(matches!(world.apply(&ticket, NEW).await, Apply::Applied(_)));
    assert!(matches!(
        world.try_sign_in("bob", WRONG).await,
        Err(Error::Overloaded)
    ));
}

#[test]
fn c01_default_cost_is_at_or_above_the_floor() {
    assert_eq!(HashCost::new(19_456, 2, 1), Ok(HashCost::DEFAULT));
    for below in [(19_455, 2), (47_103, 1), (12_287, 3), (19_456, 1)] {
        assert!(HashCost::new(below.0, below.1, 1).is_err(), "{below:?}");
    }
    for at in [(19_456, 2), (47_104, 1), (12_288, 3), (12_288, 4)] {
        assert!(HashCost::new(at.0, at.1, 1).is_ok(), "{at:?}");
    }
    assert!(HashCost::new(4 << 20, 1, 1).is_err());
    assert_eq!(cheap().memory_kib(), 8);
}
