//! The service key, the pepper, and hashes over the years.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use argon2::{Algorithm, Argon2, Params, PasswordHasher, Version};
use backstop::{
    BuildError, Client, Error, Import, ImportedHash, MemoryStore, ServiceKey, SignIn,
    hash::HashCost, name::KeyKind,
};
use support::{NEW, OLD, WRONG, World, account_id, cheap, key};

fn newer() -> ServiceKey {
    key()
        .rotated_to(*b"a newer service key, 32 bytes...")
        .unwrap()
}

fn only_newer() -> ServiceKey {
    ServiceKey::new(*b"a newer service key, 32 bytes...").unwrap()
}

/// How often the account was rewritten by one right sign-in.
async fn updates_of_a_sign_in(world: &World, typed: &str) -> usize {
    world.store.take_calls();
    let _signed_in = world.signed_in("alice", typed).await;
    let calls = world.store.take_calls();
    calls.iter().filter(|call| **call == "update").count()
}

#[tokio::test]
async fn c04_pepper_is_versioned_and_rotatable() {
    let store = MemoryStore::new();
    let world = World::over(store.clone(), key(), |builder| builder);
    let signed_in = world.register("42", "alice", OLD).await;
    assert_eq!(updates_of_a_sign_in(&world, OLD).await, 0);
    // The old key still verifies; the hash is replaced once, the session lives on.
    let rotated = World::over(store.clone(), newer(), |builder| builder);
    assert_eq!(updates_of_a_sign_in(&rotated, OLD).await, 1);
    assert_eq!(updates_of_a_sign_in(&rotated, OLD).await, 0);
    assert!(rotated.is_live(signed_in.token()).await);
    // Replaced for good: the ring without the newer key knows the hash no more.
    let answer = world.try_sign_in("alice", OLD).await;
    assert!(matches!(answer, Err(Error::UnknownKey)), "{answer:?}");
}

#[tokio::test]
async fn c04_a_hash_does_not_verify_without_its_pepper() {
    let store = MemoryStore::new();
    let world = World::over(store.clone(), key(), |builder| builder);
    let _signed_in = world.register("42", "alice", OLD).await;
    let other = World::over(store, only_newer(), |builder| builder);
    for typed in [OLD, WRONG] {
        let answer = other.try_sign_in("alice", typed).await;
        assert!(matches!(answer, Err(Error::UnknownKey)), "{answer:?}");
    }
}

#[tokio::test]
async fn c04_a_wrong_password_replaces_nothing() {
    let store = MemoryStore::new();
    let world = World::over(store.clone(), key(), |builder| builder);
    let _signed_in = world.register("42", "alice", OLD).await;
    let rotated = World::over(store, newer(), |builder| builder);
    rotated.store.take_calls();
    let _denied = rotated.sign_in("alice", WRONG).await;
    assert!(!rotated.store.take_calls().contains(&"update"));
}

#[tokio::test]
async fn c03_a_raised_cost_replaces_the_hash_at_the_next_sign_in() {
    let store = MemoryStore::new();
    let world = World::over(store.clone(), key(), |builder| builder);
    let _signed_in = world.register("42", "alice", OLD).await;
    let dearer = HashCost::danger_below_floor(16, 2, 1).unwrap();
    let world = World::over(store, key(), |builder| builder.hash_cost(dearer));
    assert_eq!(updates_of_a_sign_in(&world, OLD).await, 1);
    assert_eq!(updates_of_a_sign_in(&world, OLD).await, 0);
    assert!(matches!(
        world.sign_in("alice", WRONG).await,
        SignIn::Denied { .. }
    ));
}

/// A failure while the hash is replaced keeps nobody out, and the next sign-in makes up for it.
#[tokio::test]
async fn c03_a_replacement_that_fails_is_made_up_for() {
    use support::probe::Fault::{After, Before};
    for fault in [Before, After] {
        for healthy in 0.. {
            let store = MemoryStore::new();
            let world = World::over(store.clone(), key(), |builder| builder);
            let _signed_in = world.register("42", "alice", OLD).await;
            let world = World::over(store, newer(), |builder| builder);
            world.store.fail(healthy, &[fault]);
            let answer = world.try_sign_in("alice", OLD).await;
            // find, get, insert and delete decide who is signed in; the replacement does not.
            if healthy >= 4 {
                assert!(matches!(answer, Ok(SignIn::Accepted(_))), "{answer:?}");
            }
            if !world.store.struck() {
                assert!(healthy >= 5);
                break;
            }
            let _signed_in = world.signed_in("alice", OLD).await;
            assert_eq!(updates_of_a_sign_in(&world, OLD).await, 0);
        }
    }
}

fn foreign(algorithm: Algorithm, password: &str) -> ImportedHash {
    let params = Params::new(24, 2, 1, None).unwrap();
    Argon2::new(algorithm, Version::V0x13, params)
        .hash_password_with_salt(password.as_bytes(), b"a salt of 16 b..")
        .unwrap()
        .to_string()
        .parse()
        .unwrap()
}

#[tokio::test]
async fn c03_an_imported_hash_is_verified_then_replaced() {
    for algorithm in [Algorithm::Argon2d, Algorithm::Argon2i, Algorithm::Argon2id] {
        let world = World::new();
        let import = world
            .accounts
            .import(
                backstop::ImportedAccount::new(
                    account_id("42"),
                    "alice".parse().unwrap(),
                    foreign(algorithm, OLD),
                ),
                &Client::new(),
            )
            .await
            .unwrap();
        assert_eq!(import, Import::Imported);
        assert!(matches!(
            world.sign_in("alice", WRONG).await,
            SignIn::Denied { .. }
        ));
        assert_eq!(updates_of_a_sign_in(&world, OLD).await, 1);
        assert_eq!(updates_of_a_sign_in(&world, OLD).await, 0);
        // From there on it is an account like any other.
        let signed_in = world.signed_in("alice", OLD).await;
        let _renewed = world.change(&signed_in, OLD, NEW).await;
    }
}

#[tokio::test]
async fn an_imported_name_is_unique_too() {
    let world = World::new();
    let _signed_in = world.register("42", "alice", OLD).await;
    let import = world
        .accounts
        .import(
            backstop::ImportedAccount::new(
                account_id("43"),
                "Alice".parse().unwrap(),
                foreign(Algorithm::Argon2id, OLD),
            ),
            &Client::new(),
        )
        .await
        .unwrap();
    assert_eq!(import, Import::Taken(KeyKind::Login));
}

/// One that needs more memory than a worker keeps.
#[tokio::test]
async fn large_imported_hashes_are_verified_one_at_a_time() {
    let params = Params::new(1024, 1, 1, None).unwrap();
    let hash = Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_with_salt(OLD.as_bytes(), b"a salt of 16 b..")
        .unwrap()
        .to_string();
    let world = World::new();
    for number in 0..8 {
        let import = world
            .accounts
            .import(
                backstop::ImportedAccount::new(
                    account_id(&number.to_string()),
                    format!("name{number}").parse().unwrap(),
                    hash.parse().unwrap(),
                ),
                &Client::new(),
            )
            .await;
        assert!(matches!(import, Ok(Import::Imported)));
    }
    let attempts = (0..8).map(|number| {
        let world = world.clone();
        tokio::spawn(async move { world.sign_in(&format!("name{number}"), OLD).await })
    });
    for attempt in attempts.collect::<Vec<_>>() {
        assert!(matches!(attempt.await.unwrap(), SignIn::Accepted(_)));
    }
}

#[test]
fn shares_of_stored_hashes_are_at_most_the_whole() {
    let built =
        backstop::Accounts::builder(MemoryStore::new(), backstop::MemorySender::new(), key())
            .link_base("https://shop.example/recover")
            .unwrap()
            .stored_hashes(cheap(), 600)
            .stored_hashes(HashCost::DEFAULT, 401)
            .build();
    assert!(matches!(built, Err(BuildError::StoredHashes)));
}

#[test]
fn a_ring_is_read_from_a_text() {
    let first = "k1r1hMVHn5Z6aIZ0MZg0oBqLxm5sR8ikf0xJmNDT8pc=";
    let second = "9xw3X0sM4mJpUu5o1kqB7yH2vQe8cRz6tLdNfGaWbTI=";
    for good in [
        first.to_owned(),
        format!("{first},{second}"),
        format!(" {first} , {second}\n"),
        format!("{first};{second}"),
        format!("{first} ; {second}\n"),
    ] {
        assert!(good.parse::<ServiceKey>().is_ok(), "{good}");
    }
    for refused in [
        format!("{first},"),
        format!("{first};"),
        format!(";{second}"),
        format!("{first};{second};{second}"),
        first.replace('=', ""),
    ] {
        assert!(refused.parse::<ServiceKey>().is_err(), "{refused}");
    }
}

/// RFC 9106 §5.3, in memory that another hash has used before.
#[test]
fn c02_argon2id_known_answer() {
    let params = argon2::ParamsBuilder::new()
        .m_cost(32)
        .t_cost(3)
        .p_cost(4)
        .data(argon2::AssociatedData::new(&[4; 12]).unwrap())
        .build()
        .unwrap();
    let argon2 =
        Argon2::new_with_secret(&[3; 8], Algorithm::Argon2id, Version::V0x13, params).unwrap();
    let mut memory = vec![argon2::Block::default(); 32];
    for _ in 0..2 {
        let mut tag = [0; 32];
        argon2
            .hash_password_into_with_memory(&[1; 32], &[2; 16], &mut tag, &mut memory)
            .unwrap();
        let hex: String = tag.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(
            hex,
            "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659"
        );
    }
}

/// Rule 24: a ring in the wrong order is a failure, and no wrong password.
#[tokio::test]
async fn c04_a_ring_in_the_wrong_order_is_refused() {
    let store = MemoryStore::new();
    let world = World::over(store.clone(), newer(), |builder| builder);
    let signed_in = world.register("42", "alice", OLD).await;
    let reversed = only_newer()
        .rotated_to(*b"a service key of tests, 32 bytes")
        .unwrap();
    for ring in [reversed, only_newer()] {
        let world = World::over(store.clone(), ring, |builder| builder);
        for typed in [OLD, WRONG] {
            let answer = world.try_sign_in("alice", typed).await;
            assert!(matches!(answer, Err(Error::UnknownKey)), "{answer:?}");
        }
    }
    let world = World::over(store, newer(), |builder| builder);
    assert!(world.is_live(signed_in.token()).await);
}

/// A ring is rotated over several processes in two steps, and nobody notices.
#[tokio::test]
async fn c04_rotation_over_several_processes() {
    let store = MemoryStore::new();
    let secret = *b"a newer service key, 32 bytes...";
    let accepting = key().also_accepting(secret).unwrap();
    let old = World::over(store.clone(), accepting, |builder| builder);
    let new = World::over(store, newer(), |builder| builder);
    let before = old.register("42", "alice", OLD).await;
    assert!(new.is_live(before.token()).await);
    let after = new.signed_in("alice", OLD).await;
    assert!(old.is_live(after.token()).await);
    let _signed_in = old.signed_in("alice", OLD).await;
}
