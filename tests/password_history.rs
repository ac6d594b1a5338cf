//! Passwords that must not come back.
#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod support;

use backstop::{
    Accounts, Apply, BuildError, Changes, Client, ImportedAccount, MemoryStore, Proof, ServiceKey,
    SignedIn,
    account::Account,
    policy::{MAX_HISTORY, Policy, Unmet},
    store::AccountStore,
};
use support::{
    ALICE, NEW, OLD, OLD_ELSEWHERE, World, account_id, days, key, mail::code, typed_twice,
};

/// Each is good by itself.
const LATER: [&str; 5] = [
    NEW,
    "Birch-23-rivers",
    "Cedar-31-meadows",
    "Dogwood-58-valleys",
    "Elder-64-harbours",
];

fn remembering(passwords: usize) -> Policy {
    Policy::marketplace().history(passwords)
}

fn world_that_remembers(passwords: usize) -> World {
    World::with(|builder| builder.policy(remembering(passwords)))
}

/// Whether the account refuses this password, and only because it was used.
async fn refuses(world: &World, signed_in: &SignedIn, now: &str, new: &str) -> bool {
    let ticket = world.settings(signed_in).await;
    let ticket = world.proven(&ticket, now).await;
    match world.apply(&ticket, new).await {
        Apply::Unmet { password, answer } => {
            assert_eq!((password, answer), (vec![Unmet::UsedBefore], vec![]));
            true
        }
        Apply::Applied(_) => false,
        other => panic!("{new}: {other:?}"),
    }
}

async fn record_of_alice(store: &MemoryStore) -> Account {
    let found = store.load(&account_id("42")).await.unwrap();
    found.unwrap().value
}

/// How many hashes of ours are in her record.
async fn hashes_of_alice(store: &MemoryStore) -> usize {
    let record = record_of_alice(store).await.to_bytes();
    let ours = b"$argon2id$";
    record.windows(ours.len()).filter(|at| at == ours).count()
}

#[tokio::test]
async fn s07_there_is_no_history_unless_it_is_asked_for() {
    let store = MemoryStore::new();
    let world = World::over(store.clone(), key(), |builder| builder);
    let mut signed_in = world.register("42", "alice", OLD).await;
    for (now, new) in [(OLD, NEW), (NEW, OLD), (OLD, OLD)] {
        signed_in = world.change(&signed_in, now, new).await;
    }
    assert_eq!(hashes_of_alice(&store).await, 1);
}

#[tokio::test]
async fn s07_the_present_password_and_the_last_of_the_history_are_refused() {
    let store = MemoryStore::new();
    let policy = remembering(2);
    let world = World::over(store.clone(), key(), |builder| builder.policy(policy));
    let mut signed_in = world.register("42", "alice", OLD).await;
    let mut now = OLD;
    let mut used = vec![OLD];
    for (changes, new) in LATER.into_iter().enumerate() {
        // One a day: changes by the current password are bounded.
        world.clock.advance(days(1));
        for old in used.iter().rev().take(3) {
            assert!(refuses(&world, &signed_in, now, old).await, "{old}");
        }
        signed_in = world.change(&signed_in, now, new).await;
        (now, used) = (new, [used, vec![new]].concat());
        assert_eq!(hashes_of_alice(&store).await, 1 + (changes + 1).min(2));
    }
    // The one before those may come back.
    world.clock.advance(days(1));
    assert!(!refuses(&world, &signed_in, now, LATER[1]).await);
}

/// What is refused costs nothing: the ticket stays good, the budget of changes too.
#[tokio::test]
async fn s07_history_that_refuses_costs_no_ticket() {
    let world = world_that_remembers(4);
    let signed_in = world.register("42", "alice", OLD).await;
    let ticket = world.settings(&signed_in).await;
    let ticket = world.proven(&ticket, OLD).await;
    world.store.take_calls();
    for _ in 0..10 {
        let answer = world.apply(&ticket, OLD).await;
        assert!(matches!(answer, Apply::Unmet { .. }), "{answer:?}");
    }
    let calls = world.store.take_calls();
    assert!(!calls.contains(&"update"), "{calls:?}");
    let answer = world.apply(&ticket, NEW).await;
    assert!(matches!(answer, Apply::Applied(_)), "{answer:?}");
}

/// Whoever asks after a password of before, and is wrong, has changed it: nobody asks for free by
/// breaking another rule on purpose.
#[tokio::test]
async fn s07_history_is_told_only_when_all_else_is_met() {
    let world = world_that_remembers(4);
    let signed_in = world.register("42", "alice", OLD).await;
    let ticket = world.settings(&signed_in).await;
    let ticket = world.proven(&ticket, OLD).await;
    let changes = Changes::new()
        .password(typed_twice(OLD))
        .hint(support::question(), support::answer("alice"));
    let answer = world.accounts.apply(&ticket, changes).await.unwrap();
    let Apply::Unmet { password, answer } = answer else {
        panic!("{answer:?}");
    };
    assert_eq!(password, []);
    assert!(!answer.is_empty());
}

/// A stranger learns nothing of passwords of before.
#[tokio::test]
async fn s07_history_is_looked_at_after_the_proof_only() {
    let world = world_that_remembers(4);
    let signed_in = world.register("42", "alice", OLD).await;
    let _signed_in = world.change(&signed_in, OLD, NEW).await;
    for name in ["alice", "nobody"] {
        for typed in [OLD, NEW, LATER[1]] {
            let ticket = world.recover(name);
            let answer = world.apply(&ticket, typed).await;
            assert!(matches!(answer, Apply::Unproven), "{name}: {answer:?}");
        }
    }
}

#[tokio::test]
async fn s07_history_grows_and_refuses_in_a_recovery_too() {
    let world = world_that_remembers(4);
    let (_alice, security_code) = world.alice().await;
    let (ticket, letter) = world.recover_by_mail("alice").await;
    let ticket = world
        .accepted(&ticket, Proof::SecurityEmail(code(&letter)))
        .await;
    let answer = world.apply(&ticket, OLD).await;
    assert!(matches!(answer, Apply::Unmet { .. }), "{answer:?}");
    let _device = world.recovered(&ticket, NEW).await;
    let ticket = world.recover("alice");
    let ticket = world
        .accepted(&ticket, Proof::SecurityCode(security_code))
        .await;
    for used in [OLD, NEW] {
        let answer = world.apply(&ticket, used).await;
        assert!(matches!(answer, Apply::Unmet { .. }), "{used}: {answer:?}");
    }
    let _device = world.recovered(&ticket, LATER[1]).await;
}

#[tokio::test]
async fn s07_history_that_is_lowered_is_trimmed_at_the_next_change() {
    let store = MemoryStore::new();
    let world = World::over(store.clone(), key(), |builder| {
        builder.policy(remembering(4))
    });
    let mut signed_in = world.register("42", "alice", OLD).await;
    let mut now = OLD;
    for new in LATER.into_iter().take(4) {
        signed_in = world.change(&signed_in, now, new).await;
        now = new;
    }
    assert_eq!(hashes_of_alice(&store).await, 5);
    let clock = world.clock.clone();
    clock.advance(days(2));
    let lower = World::on(store.clone(), key(), clock.clone(), |builder| {
        builder.policy(remembering(1))
    });
    // Only the latest counts from now on, though more are kept.
    let signed_in = lower.signed_in("alice", now).await;
    assert!(refuses(&lower, &signed_in, now, LATER[2]).await);
    let signed_in = lower.change(&signed_in, now, OLD).await;
    assert_eq!(hashes_of_alice(&store).await, 2);
    // And none once it is off.
    let off = World::on(store.clone(), key(), clock, |builder| builder);
    let _signed_in = off.change(&signed_in, OLD, OLD).await;
    assert_eq!(hashes_of_alice(&store).await, 1);
}

/// A hash that came from another system is remembered as it is.
#[tokio::test]
async fn s07_history_knows_imported_passwords() {
    let mut elsewhere = vec![OLD_ELSEWHERE];
    if cfg!(feature = "legacy-hashes") {
        elsewhere.extend([
            "$2b$04$MiraMiraMiraMiraMiraMOomF4Ve7tqpgakVPf7Y3uxBYBqwF2dTW",
            "$scrypt$ln=4,r=8,p=1$YSBzYWx0IG9mIDE2IGIuLg$gOxAQZOQn3u1OJUUZS4p+mkBtZjSubwLEgq9aMPsat4",
            "$pbkdf2-sha256$1000$YSBzYWx0IG9mIDE2IGIuLg$FeEQFdtxgT9CVa8te0Rgbn6Ky8G.uR5Svy3DxXPZ1.Y",
        ]);
    }
    for hash in elsewhere {
        let world = world_that_remembers(2);
        let account = ImportedAccount::new(
            account_id("42"),
            "alice".parse().unwrap(),
            hash.parse().unwrap(),
        );
        let account = account.email(support::email(ALICE));
        let imported = world.accounts.import(account, &Client::new()).await;
        assert_eq!(imported.unwrap(), backstop::Import::Imported);
        // Nobody has signed in with it, so it is remembered in the form in which it came.
        for now in [OLD, NEW] {
            let (ticket, letter) = world.recover_by_mail("alice").await;
            let ticket = world
                .accepted(&ticket, Proof::SecurityEmail(code(&letter)))
                .await;
            let answer = world.apply(&ticket, OLD).await;
            assert!(matches!(answer, Apply::Unmet { .. }), "{now}: {answer:?}");
            let next = if now == OLD { NEW } else { LATER[1] };
            let _device = world.recovered(&ticket, next).await;
        }
        let _signed_in = world.signed_in("alice", LATER[1]).await;
    }
}

/// A key that is lost takes the history with it, and no way to a new password.
#[tokio::test]
async fn s07_history_under_a_lost_key_keeps_nobody_out() {
    let newer = key().rotated_to(*b"a newer service key, 32 bytes...");
    let newer: ServiceKey = newer.unwrap();
    let store = MemoryStore::new();
    let world = World::over(store.clone(), newer, |builder| {
        builder.policy(remembering(4))
    });
    let signed_in = world.register("42", "alice", OLD).await;
    let signed_in = world.add_email(&signed_in, OLD, ALICE).await;
    let _signed_in = world.change(&signed_in, OLD, NEW).await;
    let _notices = world.post().await;
    world.clock.advance(days(4));
    let clock = world.clock.clone();
    let world = World::on(store, key(), clock, |builder| {
        builder.policy(remembering(4))
    });
    let (ticket, letter) = world.recover_by_mail("alice").await;
    let ticket = world
        .accepted(&ticket, Proof::SecurityEmail(code(&letter)))
        .await;
    let _device = world.recovered(&ticket, LATER[1]).await;
    let _signed_in = world.signed_in("alice", LATER[1]).await;
}

#[test]
fn s07_history_of_more_than_the_most_is_refused() {
    for (passwords, is_built) in [(MAX_HISTORY, true), (MAX_HISTORY + 1, false)] {
        let built = Accounts::builder(MemoryStore::new(), backstop::MemorySender::new(), key())
            .link_base("https://shop.example/recover")
            .unwrap()
            .policy(remembering(passwords))
            .build();
        match built {
            Ok(_accounts) => assert!(is_built),
            Err(refused) => assert!(!is_built && matches!(refused, BuildError::PasswordRules)),
        }
    }
}
