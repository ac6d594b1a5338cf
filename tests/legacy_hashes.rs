//! Accounts with bcrypt, scrypt and PBKDF2 hashes of another system.
#![cfg(feature = "legacy-hashes")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use backstop::{
    BuildError, Client, Import, ImportedAccount, MemoryStore, SignIn, hash::LegacyCost,
    store::AccountStore,
};
use support::{
    NEW, OLD, WRONG, World, account_id, days, key,
    probe::Fault::{After, Before},
};

/// [`OLD`], hashed by C's `crypt` and by Python's hashlib.
const ELSEWHERE: [&str; 9] = [
    "$2a$04$MiraMiraMiraMiraMiraMOomF4Ve7tqpgakVPf7Y3uxBYBqwF2dTW",
    "$2b$04$MiraMiraMiraMiraMiraMOomF4Ve7tqpgakVPf7Y3uxBYBqwF2dTW",
    "$2y$04$MiraMiraMiraMiraMiraMOomF4Ve7tqpgakVPf7Y3uxBYBqwF2dTW",
    "$scrypt$ln=4,r=8,p=1$YSBzYWx0IG9mIDE2IGIuLg$gOxAQZOQn3u1OJUUZS4p+mkBtZjSubwLEgq9aMPsat4",
    "$pbkdf2-sha256$1000$YSBzYWx0IG9mIDE2IGIuLg$FeEQFdtxgT9CVa8te0Rgbn6Ky8G.uR5Svy3DxXPZ1.Y",
    "$pbkdf2-sha256$i=1000,l=32$YSBzYWx0IG9mIDE2IGIuLg$FeEQFdtxgT9CVa8te0Rgbn6Ky8G+uR5Svy3DxXPZ1+Y",
    "$pbkdf2-sha512$1000$YSBzYWx0IG9mIDE2IGIuLg$W2hQuEnbh94NZBwrOU.fJncU/kzSoJa2XMPKs22IuqCwqTKbfmJbqabsQsussfRzqR9.NYXOwIca/lhlu45VCA",
    "$pbkdf2-sha512$i=1000,l=64$YSBzYWx0IG9mIDE2IGIuLg$W2hQuEnbh94NZBwrOU+fJncU/kzSoJa2XMPKs22IuqCwqTKbfmJbqabsQsussfRzqR9+NYXOwIca/lhlu45VCA",
    "pbkdf2_sha256$1000$oRiGiNaLsAlToFdJaNgO22$ik0lq9Ghu5PEZeUau807PhBk90ToVPtj3ZKL8wVYbzo=",
];

async fn import(world: &World, id: &str, name: &str, hash: &str) {
    let account =
        ImportedAccount::new(account_id(id), name.parse().unwrap(), hash.parse().unwrap());
    let answer = world.accounts.import(account, &Client::new()).await;
    assert_eq!(answer.unwrap(), Import::Imported, "{hash}");
}

/// A world in which Alice has this hash.
async fn alice_with(hash: &str) -> World {
    let world = World::new();
    import(&world, "42", "alice", hash).await;
    world
}

/// What is written of Alice's record in a right sign-in.
async fn updates_of_a_sign_in(world: &World) -> usize {
    world.store.take_calls();
    let _signed_in = world.signed_in("alice", OLD).await;
    let calls = world.store.take_calls();
    calls.iter().filter(|call| **call == "update").count()
}

async fn record_of_alice(store: &MemoryStore) -> Vec<u8> {
    let found = store.load(&account_id("42")).await.unwrap();
    found.unwrap().value.to_bytes()
}

fn has(record: &[u8], text: &str) -> bool {
    record
        .windows(text.len())
        .any(|part| part == text.as_bytes())
}

#[tokio::test]
async fn c03_a_legacy_hash_is_verified_then_replaced_once() {
    for hash in ELSEWHERE {
        let store = MemoryStore::new();
        let world = World::over(store.clone(), key(), |builder| builder);
        import(&world, "42", "alice", hash).await;
        assert!(has(&record_of_alice(&store).await, hash));
        // A wrong one is an ordinary miss, and replaces nothing.
        let answer = world.sign_in("alice", WRONG).await;
        assert!(matches!(answer, SignIn::Denied { left: 4 }), "{answer:?}");
        assert!(has(&record_of_alice(&store).await, hash));
        assert_eq!(updates_of_a_sign_in(&world).await, 1, "{hash}");
        let record = record_of_alice(&store).await;
        assert!(has(&record, "$argon2id$v=19$m=8,t=1,p=1,keyid="), "{hash}");
        assert!(!has(&record, hash));
        assert_eq!(updates_of_a_sign_in(&world).await, 0, "{hash}");
        // From there on it is an account like any other.
        let signed_in = world.signed_in("alice", OLD).await;
        let _renewed = world.change(&signed_in, OLD, NEW).await;
    }
}

#[tokio::test]
async fn s01_misses_at_a_legacy_hash_lock_as_others_do() {
    for hash in [ELSEWHERE[1], ELSEWHERE[3], ELSEWHERE[4]] {
        let world = alice_with(hash).await;
        for left in [4, 3, 2, 1, 0] {
            let known = format!("{:?}", world.sign_in("alice", WRONG).await);
            let unknown = format!("{:?}", world.sign_in("nobody", WRONG).await);
            assert_eq!(known, format!("Denied {{ left: {left} }}"));
            assert_eq!(known, unknown);
        }
        let locked = world.sign_in("alice", OLD).await;
        assert!(matches!(locked, SignIn::Locked { .. }), "{locked:?}");
    }
}

/// A store that fails while the hash is replaced keeps nobody out; the next sign-in makes up for it.
#[tokio::test]
async fn c03_a_replacement_of_a_legacy_hash_that_fails_is_made_up_for() {
    for hash in [ELSEWHERE[1], ELSEWHERE[3], ELSEWHERE[4]] {
        for fault in [Before, After] {
            for healthy in 0.. {
                let world = alice_with(hash).await;
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
                assert_eq!(updates_of_a_sign_in(&world).await, 0);
            }
        }
    }
}

/// A03: the old system cut at 72 bytes, and so does the comparison with its hash; ours does not.
#[tokio::test]
async fn a03_what_replaces_a_bcrypt_hash_is_not_truncated() {
    let of_72 = "$2b$04$MiraMiraMiraMiraMiraMOU/YZSlW5MGcUfGgP1jeQzQ8YrioQxhS";
    let world = alice_with(of_72).await;
    let (shorter, whole) = ("a".repeat(71), "a".repeat(80));
    for wrong in [&shorter, &"b".repeat(80)] {
        let answer = world.sign_in("alice", wrong).await;
        assert!(matches!(answer, SignIn::Denied { .. }));
    }
    let _signed_in = world.signed_in("alice", &whole).await;
    world.clock.advance(days(2));
    for other in ["a".repeat(72), "a".repeat(79), "a".repeat(81)] {
        let answer = world.sign_in("alice", &other).await;
        assert!(matches!(answer, SignIn::Denied { .. }), "{}", other.len());
    }
    let _signed_in = world.signed_in("alice", &whole).await;
}

/// X40: a name that nobody has takes the same calls, in every scheme that was declared.
#[tokio::test]
async fn x40_known_and_unknown_names_make_the_same_calls() {
    let shares = [
        LegacyCost::bcrypt(4),
        LegacyCost::scrypt(4, 8, 1),
        LegacyCost::pbkdf2_sha256(1000),
        LegacyCost::pbkdf2_sha512(1000),
    ];
    let world = World::with(|builder| {
        let declared = shares.into_iter().map(Result::unwrap);
        declared.fold(builder, |builder, cost| builder.stored_hashes(cost, 250))
    });
    for (number, hash) in ELSEWHERE.into_iter().enumerate() {
        let name = format!("known{number}");
        import(&world, &number.to_string(), &name, hash).await;
        world.store.take_calls();
        let known = format!("{:?}", world.sign_in(&name, WRONG).await);
        let calls = world.store.take_calls();
        let unknown = world.sign_in(&format!("nobody{number}"), WRONG).await;
        assert_eq!(known, format!("{unknown:?}"));
        assert_eq!(calls, world.store.take_calls());
    }
}

#[test]
fn x40_shares_of_schemes_beyond_the_whole_are_refused() {
    let builder =
        backstop::Accounts::builder(MemoryStore::new(), backstop::MemorySender::new(), key());
    let built = builder
        .link_base("https://shop.example/recover")
        .unwrap()
        .stored_hashes(LegacyCost::bcrypt(4).unwrap(), 600)
        .stored_hashes(support::cheap(), 401)
        .build();
    assert!(matches!(built, Err(BuildError::StoredHashes)));
}
