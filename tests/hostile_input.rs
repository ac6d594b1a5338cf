//! Whatever is typed, sent back or found in a record: a typed refusal, nothing lost.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::time::Duration;

use backstop::{
    Apply, Client, Error, Import, ImportedHash, KeyError, NewPassword, Password, PasswordError,
    Proof, Prove, ServiceKey, SessionStatus, SessionToken, SignIn, Ticket,
    hash::ImportError,
    record::RecordError,
    secret::{MAX_PASSWORD_BYTES, MAX_TOKEN_LEN},
    store::{AccountStore, MemoryStore, Update},
};
use rand_chacha::rand_core::Rng;
use support::{
    Clock, NEW, OLD, WRONG, World, account_id, days, entropy, key, login, password, probe::Fault,
};

/// A02, X25: nothing is hashed, looked up or charged, for a known name and an unknown one alike.
#[test]
fn x25_oversized_passwords_are_refused_before_any_work() {
    let huge = "a".repeat(1 << 20);
    assert_eq!(Password::new(&huge).err(), Some(PasswordError::TooLong));
    let twice = NewPassword::typed_twice(&huge, &huge);
    assert_eq!(twice.err(), Some(PasswordError::TooLong));
    let edge = "a".repeat(MAX_PASSWORD_BYTES);
    assert!(Password::new(&edge).is_ok());
    assert!(Password::new(&(edge + "a")).is_err());
}

/// B01: OpaqueString.
#[test]
fn b01_opaque_string() {
    for good in ["πßå", "Jack of ♦s", "foo\u{1680}bar", "🦊"] {
        assert!(Password::new(good).is_ok(), "{good}");
    }
    assert_eq!(Password::new("").err(), Some(PasswordError::Empty));
    for control in ["a\tb", "a\nb", "a\u{0}b", "a\u{7f}b", "a\u{85}b"] {
        assert_eq!(Password::new(control).err(), Some(PasswordError::Control));
    }
}

#[tokio::test]
async fn b01_nfc_equivalents_sign_in_and_compatibility_forms_do_not() {
    let world = World::new();
    world.register("42", "alice", "Café-2 lakes").await;
    world.signed_in("alice", "Cafe\u{301}-2\u{a0}lakes").await;
    for other in [
        "Cafe-2 lakes",
        "Ｃafé-2 lakes",
        "café-2 lakes",
        " Café-2 lakes",
    ] {
        let answer = world.sign_in("alice", other).await;
        assert!(matches!(answer, SignIn::Denied { .. }), "{other}");
    }
}

/// A03: the whole password is verified.
#[tokio::test]
async fn a03_nothing_is_truncated() {
    for len in [64, 72, 73, 1024] {
        let world = World::new();
        let long = "a".repeat(len);
        let hash = argon2_hash(&long);
        let import = world
            .accounts
            .import(
                backstop::ImportedAccount::new(account_id("42"), "alice".parse().unwrap(), hash),
                &Client::new(),
            )
            .await;
        assert_eq!(import.unwrap(), Import::Imported);
        let other = "a".repeat(len - 1) + "b";
        assert!(matches!(
            world.sign_in("alice", &other).await,
            SignIn::Denied { .. }
        ));
        // And again once the hash is one of ours.
        world.signed_in("alice", &long).await;
        assert!(matches!(
            world.sign_in("alice", &other).await,
            SignIn::Denied { .. }
        ));
        world.signed_in("alice", &long).await;
    }
}

fn argon2_hash(password: &str) -> ImportedHash {
    use argon2::{Algorithm, Argon2, Params, PasswordHasher, Version};
    let params = Params::new(16, 1, 1, None).unwrap();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_with_salt(password.as_bytes(), b"a salt of 16 b..")
        .unwrap()
        .to_string()
        .parse()
        .unwrap()
}

#[test]
fn hashes_that_cannot_be_imported_say_why() {
    let cases = [
        ("", ImportError::Malformed),
        ("password", ImportError::Malformed),
        ("$1$abcdefgh$abcdefghijklmnopqrstuv", ImportError::Malformed),
        (
            "$argon2id$v=19$m=16,t=1,p=1$c2FsdHNhbHQ",
            ImportError::Malformed,
        ),
        (
            "$argon2id$v=19$m=4194304,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNo",
            ImportError::TooCostly,
        ),
        (
            "$argon2id$v=19$m=16,t=4294967295,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNo",
            ImportError::TooCostly,
        ),
        (
            "$argon2id$v=19$m=16,t=1,p=1,keyid=a2V5$c2FsdHNhbHQ$aGFzaGhhc2hoYXNo",
            ImportError::Keyed,
        ),
    ];
    for (text, error) in cases {
        assert_eq!(text.parse::<ImportedHash>().err(), Some(error), "{text}");
    }
}

/// Without the feature a hash of another scheme is refused with the name of what is lacking.
#[cfg(not(feature = "legacy-hashes"))]
#[test]
fn legacy_hashes_name_the_feature_that_they_need() {
    for text in [
        "$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
        "$scrypt$ln=4,r=8,p=1$YSBzYWx0IG9mIDE2IGIuLg$gOxAQZOQn3u1OJUUZS4p+mkBtZjSubwLEgq9aMPsat4",
        "$pbkdf2-sha256$1000$YSBzYWx0IG9mIDE2IGIuLg$FeEQFdtxgT9CVa8te0Rgbn6Ky8G.uR5Svy3DxXPZ1.Y",
        "$pbkdf2-sha512$1000$YSBzYWx0IG9mIDE2IGIuLg$FeEQFdtxgT9CVa8te0Rgbn6Ky8G.uR5Svy3DxXPZ1.Y",
        "pbkdf2_sha256$1000$oRiGiNaLsAlToFdJaNgO22$ik0lq9Ghu5PEZeUau807PhBk90ToVPtj3ZKL8wVYbzo=",
    ] {
        let refused = text.parse::<ImportedHash>().unwrap_err();
        assert_eq!(refused, ImportError::NeedsLegacyHashes);
        assert!(refused.to_string().contains("`legacy-hashes`"));
    }
}

#[tokio::test]
async fn malformed_tokens_are_ended_and_never_an_error() {
    let world = World::new();
    let signed_in = world.register("42", "alice", OLD).await;
    let ticket = world.settings(&signed_in).await;
    let proven = world.proven(&ticket, OLD).await;
    let honest = [signed_in.token().expose(), ticket.expose(), proven.expose()];
    let mut rng = entropy();
    for text in honest {
        for _ in 0..200 {
            let mut bytes = text.as_bytes().to_vec();
            let at = usize::try_from(rng.next_u32()).unwrap() % bytes.len();
            let letter = b"ABCXYZabcxyz0189-_"[usize::try_from(rng.next_u32()).unwrap() % 18];
            if bytes[at] == letter {
                continue;
            }
            match rng.next_u32() % 3 {
                // The last character can carry bits that mean nothing.
                0 if at + 1 < bytes.len() => bytes[at] = letter,
                1 => bytes.truncate(at.max(1)),
                _ => bytes.insert(at, letter),
            }
            if bytes == text.as_bytes() {
                continue;
            }
            assert_dead(&world, std::str::from_utf8(&bytes).unwrap()).await;
        }
    }
    for text in ["A", "AAAA", &"A".repeat(MAX_TOKEN_LEN)] {
        assert_dead(&world, text).await;
    }
    for text in ["", "ä", "a b", "a=", &"A".repeat(MAX_TOKEN_LEN + 1)] {
        assert!(text.parse::<SessionToken>().is_err(), "{text:?}");
        assert!(text.parse::<Ticket>().is_err(), "{text:?}");
    }
    assert!(world.is_live(signed_in.token()).await);
}

async fn assert_dead(world: &World, text: &str) {
    let token: SessionToken = text.parse().unwrap();
    let status = world.accounts.session(&token).await.unwrap();
    assert!(matches!(status, SessionStatus::Ended), "{text}");
    let ticket: Ticket = text.parse().unwrap();
    assert!(matches!(world.prove(&ticket, OLD).await, Prove::Expired));
    assert!(matches!(world.apply(&ticket, NEW).await, Apply::Expired));
}

/// A session token is no ticket, and a ticket no session token.
#[tokio::test]
async fn x23_a_token_of_one_kind_opens_nothing_else() {
    let world = World::new();
    let signed_in = world.register("42", "alice", OLD).await;
    let started = world.settings(&signed_in).await;
    let proven = world.proven(&started, OLD).await;
    let as_ticket: Ticket = signed_in.token().expose().parse().unwrap();
    assert!(matches!(world.prove(&as_ticket, OLD).await, Prove::Expired));
    assert!(matches!(world.apply(&as_ticket, NEW).await, Apply::Expired));
    for ticket in [started, proven] {
        let as_token: SessionToken = ticket.expose().parse().unwrap();
        assert!(!world.is_live(&as_token).await);
    }
}

#[tokio::test]
async fn tokens_of_another_service_are_ended() {
    let world = World::new();
    let signed_in = world.register("42", "alice", OLD).await;
    let other_key = ServiceKey::new(*b"another service key, 32 bytes...").unwrap();
    let other = World::over(world.store.inner.clone(), other_key, |builder| builder);
    assert!(!other.is_live(signed_in.token()).await);
}

/// An unknown key is a failure, and no wrong password: nothing is charged.
#[tokio::test]
async fn an_unknown_or_wrong_key_is_no_wrong_password() {
    let world = World::new();
    world.register("42", "alice", OLD).await;
    let other_key = ServiceKey::new(*b"another service key, 32 bytes...").unwrap();
    let other = World::over(world.store.inner.clone(), other_key, |builder| builder);
    for _ in 0..10 {
        let answer = other.try_sign_in("alice", OLD).await;
        assert!(matches!(answer, Err(Error::UnknownKey)), "{answer:?}");
    }
    world.signed_in("alice", OLD).await;
    for text in ["", "short", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
        assert_eq!(
            text.parse::<ServiceKey>().err(),
            Some(KeyError::Malformed),
            "{text}"
        );
    }
    let zeros = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    assert_eq!(zeros.parse::<ServiceKey>().err(), Some(KeyError::NotRandom));
}

/// An account under another one's id: neither signs in, neither is denied.
#[tokio::test]
async fn a_swapped_record_is_a_failure() {
    /// A store whose rows were swapped.
    #[derive(Clone)]
    struct Swapped(MemoryStore);
    use backstop::{
        AccountId,
        account::Account,
        name::UniqueKey,
        record::{Revision, Stored},
        store::{Add, Remove, StoreError},
    };
    use time::OffsetDateTime;
    impl AccountStore for Swapped {
        async fn add(&self, account: &Stored<Account>) -> Result<Add, StoreError> {
            self.0.add(account).await
        }
        async fn load(&self, id: &AccountId) -> Result<Option<Stored<Account>>, StoreError> {
            let other = if id.as_str() == "42" { "43" } else { "42" };
            self.0.load(&account_id(other)).await
        }
        async fn find(&self, key: &UniqueKey) -> Result<Option<Stored<Account>>, StoreError> {
            let other = if key.bytes() == b"alice" {
                "bob"
            } else {
                "alice"
            };
            self.0.find(&UniqueKey::new(key.kind(), other)).await
        }
        async fn update(
            &self,
            was: Revision,
            account: &Stored<Account>,
        ) -> Result<Update, StoreError> {
            self.0.update(was, account).await
        }
        async fn remove(&self, was: Revision, id: &AccountId) -> Result<Remove, StoreError> {
            self.0.remove(was, id).await
        }
        async fn due(
            &self,
            now: OffsetDateTime,
            limit: usize,
        ) -> Result<Vec<AccountId>, StoreError> {
            self.0.due(now, limit).await
        }
    }
    let store = MemoryStore::new();
    let world = World::over(store.clone(), key(), |builder| builder);
    let signed_in = world.register("42", "alice", OLD).await;
    world.register("43", "bob", NEW).await;
    let swapped = backstop::Accounts::builder_over(
        Swapped(store.clone()),
        store,
        backstop::MemorySender::new(),
        key(),
    )
    .link_base("https://shop.example/recover")
    .unwrap()
    .hash_cost(support::cheap())
    .build()
    .unwrap();
    for typed in [OLD, NEW, WRONG] {
        let answer = swapped
            .sign_in(&login("alice"), &support::password(typed), &Client::new())
            .await;
        assert!(
            matches!(answer, Err(Error::Record(RecordError::Damaged))),
            "{answer:?}"
        );
    }
    let session = swapped.session(signed_in.token()).await;
    assert!(matches!(session, Err(Error::Record(RecordError::Damaged))));
}

/// X31: a clock that jumps a year either way.
#[tokio::test]
async fn x31_a_clock_that_jumps_forward_and_back() {
    let world = World::new();
    let signed_in = world.register("42", "alice", OLD).await;
    world.clock.advance(days(365));
    // In the wrong year somebody uses up both budgets, and a flow begins.
    let future = world.signed_in("alice", OLD).await;
    let ticket = world.settings(&future).await;
    let proven = world.proven(&ticket, OLD).await;
    for _ in 0..3 {
        let _denied = world.prove(&proven, WRONG).await;
    }
    for _ in 0..8 {
        let _denied = world.sign_in("alice", WRONG).await;
        world.clock.advance(Duration::from_secs(1));
    }
    world.clock.rewind(days(365));
    // A flow or session from the future never began.
    assert!(matches!(world.prove(&ticket, OLD).await, Prove::Expired));
    assert!(matches!(world.apply(&proven, NEW).await, Apply::Expired));
    assert!(!world.is_live(future.token()).await);
    // Those of today go on, and a lock from the future lasts its own time from now, not a year.
    let ticket = world.settings(&signed_in).await;
    let Prove::Locked { until } = world.prove(&ticket, OLD).await else {
        panic!("the lock is gone");
    };
    assert_eq!(until, world.clock.now() + days(1));
    assert!(matches!(
        world.sign_in("alice", OLD).await,
        SignIn::Locked { .. }
    ));
    world.clock.advance(Duration::from_secs(15 * 60));
    let signed_in = world.signed_in("alice", OLD).await;
    world.clock.advance(days(1));
    world.change(&signed_in, OLD, NEW).await;
}

/// X31: an attempt whose end was never written, in a year that the clock went back from.
#[tokio::test]
async fn x31_an_unsettled_attempt_of_the_future_keeps_nobody_out() {
    let world = World::new();
    let today = world.register("42", "alice", OLD).await;
    world.clock.advance(days(365));
    let future = world.signed_in("alice", OLD).await;
    let ticket = world.settings(&future).await;
    for _ in 0..4 {
        let _denied = world.sign_in("alice", WRONG).await;
    }
    for _ in 0..2 {
        let _denied = world.prove(&ticket, WRONG).await;
    }
    // Two reads, the charge, and then the end of the attempt.
    world.store.fail(3, &[Fault::Before]);
    let unsettled = world.try_sign_in("alice", OLD).await;
    assert!(matches!(unsettled, Err(Error::Store(_))), "{unsettled:?}");
    world.store.fail(3, &[Fault::Before]);
    let proof = Proof::CurrentPassword(password(WRONG));
    let unsettled = world.accounts.prove(&ticket, proof).await;
    assert!(matches!(unsettled, Err(Error::Store(_))), "{unsettled:?}");
    world.clock.rewind(days(365));
    world.clock.advance(Duration::from_secs(120));
    let _signed_in = world.signed_in("alice", OLD).await;
    world.change(&today, OLD, NEW).await;
}

/// X31: changes of the future lock for a day from when they are met, not for a year.
#[tokio::test]
async fn x31_a_lock_of_changes_from_the_future_lasts_its_own_time() {
    let world = World::new();
    let _today = world.register("42", "alice", OLD).await;
    world.clock.advance(days(365));
    let mut session = world.signed_in("alice", OLD).await;
    for (old, new) in [(OLD, NEW), (NEW, OLD), (OLD, NEW), (NEW, OLD), (OLD, NEW)] {
        session = world.change(&session, old, new).await;
    }
    world.clock.rewind(days(365));
    let signed_in = world.signed_in("alice", NEW).await;
    let ticket = world.settings(&signed_in).await;
    let ticket = world.proven(&ticket, NEW).await;
    let end = world.clock.now() + days(1);
    for _ in 0..2 {
        let answer = world.apply(&ticket, OLD).await;
        assert!(matches!(answer, Apply::Locked { until } if until == end));
        // Met again later, it is the same lock.
        world.clock.advance(Duration::from_secs(60));
    }
    world.clock.advance(days(1) - Duration::from_secs(120));
    let signed_in = world.signed_in("alice", NEW).await;
    world.change(&signed_in, NEW, OLD).await;
}

/// Machines whose clocks are a minute apart know each other's sessions; beyond that a session
/// from the future never began.
#[tokio::test]
async fn x31_a_session_from_a_clock_a_minute_ahead_is_live() {
    let (store, ahead) = (MemoryStore::new(), Clock::new());
    let here = World::over(store.clone(), key(), |builder| builder);
    let there = World::on(store, key(), ahead.clone(), |builder| builder);
    ahead.advance(Duration::from_secs(60));
    let signed_in = there.register("42", "alice", OLD).await;
    assert!(here.is_live(signed_in.token()).await);
    here.change(&signed_in, OLD, NEW).await;
    ahead.advance(Duration::from_millis(1));
    let signed_in = there.signed_in("alice", NEW).await;
    assert!(!here.is_live(signed_in.token()).await);
}

/// X31: a clock that jumps back revives neither a session that has ended nor an old password.
#[tokio::test]
async fn x31_a_clock_that_jumps_back_revives_nothing() {
    let world = World::new();
    let old = world.register("42", "alice", OLD).await;
    let ticket = world.settings(&old).await;
    let proven = world.proven(&ticket, OLD).await;
    world.change(&old, OLD, NEW).await;
    world.clock.rewind(days(365));
    assert!(!world.is_live(old.token()).await);
    assert!(matches!(world.prove(&ticket, NEW).await, Prove::Expired));
    assert!(matches!(world.apply(&proven, WRONG).await, Apply::Expired));
    assert!(matches!(
        world.sign_in("alice", OLD).await,
        SignIn::Denied { .. }
    ));
    world.signed_in("alice", NEW).await;
}

/// A clock beyond every calendar.
#[tokio::test]
async fn an_absurd_clock_is_survived() {
    use time::{OffsetDateTime, PrimitiveDateTime};
    for at in [
        PrimitiveDateTime::MIN.assume_utc(),
        OffsetDateTime::UNIX_EPOCH,
        PrimitiveDateTime::MAX.assume_utc(),
    ] {
        let world = World::with(|builder| builder.clock(move || at));
        let signed_in = world.register("42", "alice", OLD).await;
        for _ in 0..7 {
            let _refused = world.sign_in("alice", WRONG).await;
        }
        let _either = world.accounts.session(signed_in.token()).await.unwrap();
        assert_eq!(world.accounts.purge().await.unwrap(), 0);
    }
}
