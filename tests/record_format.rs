//! The record format: what version 1 wrote is read, and what nobody wrote is refused.
//!
//! The files in `fixtures/` were written once by [`make_fixtures`] and never change. A new
//! schema number gets new files beside them, and every later version passes the tests of all.
//!
//! | file | what it is |
//! |---|---|
//! | `account-v1.bin` | an account that was registered and changed its password once |
//! | `account-v1-identity.bin` | an account with a linked identity in place of a password |
//! | `account-v1-legacy-hash.bin` | an account whose password has a bcrypt hash |
//! | `account-v1-security-code.bin` | an account with every field of the store's columns |
//! | `account-v1-second-factor.bin` | an account with a password and a second factor |
//! | `budget-v1.bin` | the key (32 bytes) and record of a sign-in budget with one miss |
//! | `flow-v1.bin`, `flow-v1.ticket` | key and record of a flow with one proof, and its ticket |
#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod records;

use std::{
    fs,
    path::PathBuf,
    sync::{Arc, Mutex},
};

use backstop::{
    Accounts, Apply, Changes, Client, Error, Identity, Locale, MemoryStore, NewPassword, Password,
    Proof, Prove, Register, ServiceKey, SessionStatus, SignIn, SignInLinked, SignedIn, Ticket,
    account::Account,
    hash::HashCost,
    name::{KeyKind, UniqueKey},
    record::{Key, MAX_RECORD_BYTES, Record, RecordError, Revision, Stored},
    store::{AccountStore, Add, Delete, FlowStore, Insert, StoreError, Swap},
};
use records::{ACCOUNT_SCHEMA, AccountV1, CredentialV1, sealed};
use time::{Duration, OffsetDateTime, macros::datetime};

const MADE_AT: OffsetDateTime = datetime!(2026-01-01 0:00 UTC);
const OLD: &str = "Mira-2-lakes";
const NOW: &str = "Orla-5-rivers";

/// [`OLD`], of another system, which the feature `legacy-hashes` verifies.
const ELSEWHERE: &str = "$2b$04$MiraMiraMiraMiraMiraMOomF4Ve7tqpgakVPf7Y3uxBYBqwF2dTW";

/// The most bytes that are kept behind a value.
const MAX_ADDED: usize = 8_192;

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(name)
}

fn fixture(name: &str) -> Vec<u8> {
    fs::read(path(name)).unwrap()
}

/// Under the clock and the key of the fixtures.
fn accounts(accounts: &MemoryStore, flows: impl FlowStore) -> Accounts {
    accounts_with(accounts, flows, backstop::MemorySender::new())
}

fn accounts_with(
    accounts: &MemoryStore,
    flows: impl FlowStore,
    sender: backstop::MemorySender,
) -> Accounts {
    let key: ServiceKey = "k1r1hMVHn5Z6aIZ0MZg0oBqLxm5sR8ikf0xJmNDT8pc="
        .parse()
        .unwrap();
    Accounts::builder_over(accounts.clone(), flows, sender, key)
        .link_base("https://shop.example/recover")
        .unwrap()
        .hash_cost(HashCost::danger_below_floor(8, 1, 1).unwrap())
        .clock(|| MADE_AT)
        .build()
        .unwrap()
}

async fn sign_in(accounts: &Accounts, password: &str) -> SignIn {
    let (name, password) = ("åsa".parse().unwrap(), Password::new(password).unwrap());
    accounts
        .sign_in(&name, &password, &Client::new())
        .await
        .unwrap()
}

fn new_password(password: &str) -> NewPassword {
    NewPassword::typed_twice(password, password).unwrap()
}

/// A store with the account of `account-v1.bin`.
async fn store_of_version_1() -> MemoryStore {
    store_with("account-v1.bin").await
}

async fn store_with(name: &str) -> MemoryStore {
    let value = Account::from_bytes(&fixture(name)).unwrap();
    let revision = Revision::from_bytes([1; 16]);
    let store = MemoryStore::new();
    let added = store.add(&Stored { revision, value }).await.unwrap();
    assert_eq!(added, Add::Added);
    store
}

/// Puts a record of version 1 where it lay.
async fn put(store: &MemoryStore, name: &str) {
    let bytes = fixture(name);
    let (key, record) = bytes.split_first_chunk().unwrap();
    let record = Stored {
        revision: Revision::from_bytes([2; 16]),
        value: Record::from_bytes(record.to_vec()),
    };
    let (key, end) = (Key::from_bytes(*key), MADE_AT + Duration::HOUR);
    let inserted = store.insert(&key, &record, MADE_AT, end).await.unwrap();
    assert!(matches!(inserted, Insert::Inserted));
}

#[tokio::test]
async fn an_account_of_version_1_signs_in() {
    let store = store_of_version_1().await;
    let accounts = accounts(&store, store.clone());
    assert!(matches!(
        sign_in(&accounts, OLD).await,
        SignIn::Denied { .. }
    ));
    assert!(matches!(sign_in(&accounts, NOW).await, SignIn::Accepted(_)));
}

#[test]
fn an_account_of_version_1_keeps_its_bytes() {
    for name in [
        "account-v1.bin",
        "account-v1-identity.bin",
        "account-v1-legacy-hash.bin",
        "account-v1-second-factor.bin",
        "account-v1-security-code.bin",
    ] {
        let bytes = fixture(name);
        assert_eq!(Account::from_bytes(&bytes).unwrap().to_bytes(), bytes);
    }
}

/// Processes with other features share a store: each keeps what only another one can use.
#[tokio::test]
async fn an_account_is_the_same_to_builds_with_other_features() {
    let store = store_with("account-v1-legacy-hash.bin").await;
    let accounts = accounts(&store, store.clone());
    let id = "42".parse().unwrap();
    let load = async || store.load(&id).await.unwrap().unwrap().value.to_bytes();
    let has = |record: &[u8], part: &[u8]| record.windows(part.len()).any(|found| found == part);

    // Each build writes the account, and one has the feature that this hash needs.
    let _disabled = accounts.disable(&id).await.unwrap();
    let _enabled = accounts.enable(&id).await.unwrap();
    let written = load().await;
    assert_ne!(written, fixture("account-v1-legacy-hash.bin"));
    assert!(has(&written, ELSEWHERE.as_bytes()));
    let (name, typed) = ("åsa".parse().unwrap(), Password::new(OLD).unwrap());
    let answer = accounts.sign_in(&name, &typed, &Client::new()).await;
    if cfg!(feature = "legacy-hashes") {
        assert!(matches!(answer, Ok(SignIn::Accepted(_))), "{answer:?}");
    } else {
        let is_refused = matches!(answer, Err(Error::Record(RecordError::NeedsLegacyHashes)));
        assert!(is_refused, "{answer:?}");
        assert_eq!(load().await, written);
    }

    let mut account = AccountV1::new("43", "bob");
    account.index = *b"\x15\x42\xef\xe6\xff\xe2\x47\x0a";
    account.set_second_factor();
    account.phone = Some(CredentialV1 {
        value: "+46700000000".to_owned(),
        set_at: 1_767_225_600_000,
        set_by: Vec::new(),
    });
    let _added = store.add(&account.stored(1)).await.unwrap();
    let _enabled = accounts.enable(&"43".parse().unwrap()).await.unwrap();
    let written = store.load(&"43".parse().unwrap()).await.unwrap().unwrap();
    let written = written.value.to_bytes();
    for part in [b"+46700000000".as_slice(), &[0x20; 20], &[0xb1; 32]] {
        assert!(has(&written, part));
    }
}

#[test]
fn s06_a_security_code_of_version_1_is_read() {
    let account = Account::from_bytes(&fixture("account-v1-security-code.bin")).unwrap();
    assert_eq!(account.id().as_str(), "user 42");
    assert_eq!(account.locale(), Locale::Swedish);
    assert_eq!(account.security_code(), Some(&[0xc0; 32]));
    assert_eq!(account.due_at(), Some(MADE_AT + Duration::DAY));
    let keys = [
        UniqueKey::new(KeyKind::Login, "alice"),
        UniqueKey::new(KeyKind::Skeleton, "alice"),
        UniqueKey::new(KeyKind::Email, "alice@shop.example"),
        UniqueKey::new(KeyKind::Phone, "46700000000"),
    ];
    assert_eq!(account.unique_keys(), keys);
}

/// The password beside it does not count.
#[tokio::test]
async fn s19_an_identity_of_version_1_signs_in() {
    let (issuer, subject) = ("https://accounts.example", "110248495921238986420");
    let identity = Identity::verified(issuer, subject).unwrap();
    let mut account = AccountV1::new("42", "alice");
    account.set_identity(issuer, subject);
    let read = Account::from_bytes(&sealed(ACCOUNT_SCHEMA, &account.body())).unwrap();
    assert_eq!(read.to_bytes(), sealed(ACCOUNT_SCHEMA, &account.body()));
    account.set_identity("shop.example", subject);
    let damaged = Account::from_bytes(&sealed(ACCOUNT_SCHEMA, &account.body()));
    assert_eq!(damaged.unwrap_err(), RecordError::Damaged);

    // Bytes that were written down, found by the key that was computed.
    let store = store_with("account-v1-identity.bin").await;
    let accounts = accounts(&store, store.clone());
    let answer = accounts.sign_in_linked(&identity, &Client::new()).await;
    assert!(matches!(answer, Ok(SignInLinked::Accepted(_))));
    assert!(matches!(
        sign_in(&accounts, OLD).await,
        SignIn::Denied { .. }
    ));
}

/// In every build: one without the feature has no verb to go on with.
#[tokio::test]
async fn s17_a_second_factor_of_version_1_is_asked_for() {
    let store = store_with("account-v1-second-factor.bin").await;
    let accounts = accounts(&store, store.clone());
    let answer = sign_in(&accounts, OLD).await;
    let SignIn::SecondFactor(ticket) = answer else {
        panic!("{answer:?}");
    };
    #[cfg(feature = "totp")]
    {
        let typed = fs::read_to_string(path("account-v1-second-factor.code")).unwrap();
        for (typed, good) in [("000000", false), (typed.trim_end(), true)] {
            let typed = backstop::SecondFactor::Totp(typed.parse().unwrap());
            let answer = accounts.second_factor(&ticket, &typed).await.unwrap();
            assert_eq!(matches!(answer, SignIn::Accepted(_)), good, "{answer:?}");
        }
    }
    #[cfg(not(feature = "totp"))]
    drop(ticket);
}

#[tokio::test]
async fn a_budget_of_version_1_still_counts() {
    let mut lefts = Vec::new();
    for budget in [false, true] {
        let store = store_of_version_1().await;
        if budget {
            put(&store, "budget-v1.bin").await;
        }
        match sign_in(&accounts(&store, store.clone()), OLD).await {
            SignIn::Denied { left } => lefts.push(left),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(lefts[1], lefts[0] - 1);
}

#[tokio::test]
async fn a_flow_of_version_1_goes_on() {
    let store = store_of_version_1().await;
    put(&store, "flow-v1.bin").await;
    let ticket = String::from_utf8(fixture("flow-v1.ticket")).unwrap();
    let ticket: Ticket = ticket.trim_end().parse().unwrap();
    let accounts = accounts(&store, store.clone());
    let changes = Changes::new().password(new_password("Tove-7-meadows"));
    let applied = accounts.apply(&ticket, changes).await.unwrap();
    assert!(matches!(applied, Apply::Applied(_)));
}

/// A second description of the format agrees with the first.
#[test]
fn the_format_is_as_it_is_written_down() {
    let written_down = with_security_code();
    assert_eq!(
        sealed(ACCOUNT_SCHEMA, &written_down.body()),
        fixture("account-v1-security-code.bin")
    );
    let stored = written_down.stored(1);
    assert_eq!(
        stored.value.to_bytes(),
        fixture("account-v1-security-code.bin")
    );
}

#[test]
fn x45_a_byte_that_is_damaged_anywhere_is_found() {
    let bytes = fixture("account-v1.bin");
    for index in 0..bytes.len() {
        for bit in 0..8 {
            let mut damaged = bytes.clone();
            damaged[index] ^= 1 << bit;
            let refused = Account::from_bytes(&damaged).unwrap_err();
            let newer = index == 0 && damaged[0] > ACCOUNT_SCHEMA && damaged[0] < 0x40;
            let expected = match newer {
                true => RecordError::Newer,
                false => RecordError::Damaged,
            };
            assert_eq!(refused, expected, "byte {index}, bit {bit}");
        }
    }
}

#[test]
fn a_record_that_is_cut_short_or_goes_on_is_found() {
    let bytes = fixture("account-v1.bin");
    for length in 0..bytes.len() {
        let refused = Account::from_bytes(&bytes[..length]).unwrap_err();
        assert_eq!(refused, RecordError::Damaged, "{length} bytes");
    }
    let longer = [bytes, vec![0]].concat();
    assert_eq!(
        Account::from_bytes(&longer).unwrap_err(),
        RecordError::Damaged
    );

    // With a check sum that fits, too.
    let body = AccountV1::new("42", "alice").body();
    for length in 0..body.len() {
        let cut = sealed(ACCOUNT_SCHEMA, &body[..length]);
        assert_eq!(Account::from_bytes(&cut).unwrap_err(), RecordError::Damaged);
    }
}

/// What a newer version adds behind the value stays as it is, as far as there is room for it.
#[test]
fn what_a_newer_version_has_added_to_an_account_is_kept() {
    let body = AccountV1::new("42", "alice").body();
    let with = |added: &[u8]| sealed(ACCOUNT_SCHEMA, &[&body, added].concat());
    for added in [&[0][..], b"\xff\0\xff", &[7; MAX_ADDED]] {
        let account = Account::from_bytes(&with(added)).unwrap();
        assert_eq!(account.id().as_str(), "42");
        assert_eq!(account.to_bytes(), with(added));
        assert_eq!(account.clone().to_bytes(), with(added));
    }
    let refused = Account::from_bytes(&with(&[7; MAX_ADDED + 1])).unwrap_err();
    assert_eq!(refused, RecordError::Damaged);

    // Each bit of it is under the check sum, and so is its length.
    let whole = with(b"added");
    for index in whole.len() - 5..whole.len() {
        for bit in 0..8 {
            let mut damaged = whole.clone();
            damaged[index] ^= 1 << bit;
            assert!(Account::from_bytes(&damaged).is_err());
        }
        assert!(Account::from_bytes(&whole[..index]).is_err());
    }
}

#[test]
fn a_record_of_a_newer_version_says_so() {
    let body = AccountV1::new("42", "alice").body();
    for newer in ACCOUNT_SCHEMA + 1..0x40 {
        // Nothing else can be said of it: what follows the number may be different, too.
        for bytes in [sealed(newer, &body), vec![newer]] {
            assert_eq!(Account::from_bytes(&bytes).unwrap_err(), RecordError::Newer);
        }
    }
}

#[test]
fn x45_a_record_of_another_kind_is_damaged() {
    let body = AccountV1::new("42", "alice").body();
    for other in (0x40..=0xff).chain([0]) {
        let refused = Account::from_bytes(&sealed(other, &body)).unwrap_err();
        assert_eq!(refused, RecordError::Damaged, "schema {other}");
    }
    for name in ["budget-v1.bin", "flow-v1.bin"] {
        let refused = Account::from_bytes(&fixture(name)[32..]).unwrap_err();
        assert_eq!(refused, RecordError::Damaged, "{name}");
    }
}

#[test]
fn an_oversized_record_is_refused() {
    let mut account = AccountV1::new("42", "alice");
    let empty = sealed(ACCOUNT_SCHEMA, &account.body()).len();
    // Two more bytes than without it tell how long the key is.
    let largest = MAX_RECORD_BYTES - empty + "alice".len() - 2;
    account.keys = vec![UniqueKey::new(KeyKind::Login, vec![b'a'; largest])];
    let bytes = sealed(ACCOUNT_SCHEMA, &account.body());
    assert_eq!(bytes.len(), MAX_RECORD_BYTES);
    assert!(Account::from_bytes(&bytes).is_ok());

    account.keys = vec![UniqueKey::new(KeyKind::Login, vec![b'a'; largest + 1])];
    let bytes = sealed(ACCOUNT_SCHEMA, &account.body());
    assert_eq!(
        Account::from_bytes(&bytes).unwrap_err(),
        RecordError::Damaged
    );
}

#[test]
fn a_record_with_an_id_that_cannot_be_is_damaged() {
    for id in [String::new(), "a\nb".to_owned(), "x".repeat(129)] {
        let mut account = AccountV1::new("42", "alice");
        account.id = id;
        let bytes = sealed(ACCOUNT_SCHEMA, &account.body());
        assert_eq!(
            Account::from_bytes(&bytes).unwrap_err(),
            RecordError::Damaged
        );
    }
}

/// The account of `account-v1-security-code.bin`. No verb of version 0.1 sets these fields.
fn with_security_code() -> AccountV1 {
    let mut account = AccountV1::new("user 42", "alice");
    account.keys.extend([
        UniqueKey::new(KeyKind::Skeleton, "alice"),
        UniqueKey::new(KeyKind::Email, "alice@shop.example"),
        UniqueKey::new(KeyKind::Phone, "46700000000"),
    ]);
    account.set_security_code(Some([0xc0; 32]));
    account.set_second_factor();
    account.set_case();
    let due = (MADE_AT + Duration::DAY).unix_timestamp() * 1000;
    account.set_due_at(Some(due));
    account
}

/// How the fixtures were made: by the verbs themselves.
#[tokio::test]
#[ignore = "writes the fixtures of a new schema number, under names that are free"]
async fn make_fixtures() {
    let store = MemoryStore::new();
    let flows = Recorder::default();
    let accounts = accounts(&store, flows.clone());
    let (id, name) = ("42".parse().unwrap(), "Åsa".parse().unwrap());
    let client = Client::new();
    let registered = accounts
        .register(id, name, new_password(OLD), &client)
        .await;
    let Ok(Register::Registered(signed_in)) = registered else {
        panic!("it is the first one");
    };
    let ticket = proved(&accounts, &signed_in, OLD).await;
    let changes = Changes::new().password(new_password(NOW));
    let Apply::Applied(signed_in) = accounts.apply(&ticket, changes).await.unwrap() else {
        panic!("everything was proved");
    };
    let ticket = proved(&accounts, &signed_in, NOW).await;
    write("flow-v1.bin", &flows.last());
    write("flow-v1.ticket", ticket.expose().as_bytes());

    assert!(matches!(
        sign_in(&accounts, OLD).await,
        SignIn::Denied { .. }
    ));
    write("budget-v1.bin", &flows.last());
    let found = store.load(signed_in.account()).await.unwrap().unwrap();
    write("account-v1.bin", &found.value.to_bytes());
    let bytes = with_security_code().stored(1).value.to_bytes();
    write("account-v1-security-code.bin", &bytes);
}

/// The same for a linked identity.
#[tokio::test]
#[ignore = "writes the fixtures of a new schema number, under names that are free"]
async fn make_fixtures_of_an_identity() {
    let store = MemoryStore::new();
    let (id, name) = ("42".parse().unwrap(), "Åsa".parse().unwrap());
    let identity = Identity::verified("https://accounts.example", "110248495921238986420").unwrap();
    let registered = accounts(&store, store.clone())
        .register_linked(id, name, identity, &Client::new())
        .await;
    let Ok(Register::Registered(signed_in)) = registered else {
        panic!("it is the first one");
    };
    let found = store.load(signed_in.account()).await.unwrap().unwrap();
    write("account-v1-identity.bin", &found.value.to_bytes());
}

/// The same for a hash of another system.
#[cfg(feature = "legacy-hashes")]
#[tokio::test]
#[ignore = "writes the fixtures of a new schema number, under names that are free"]
async fn make_fixtures_of_a_legacy_hash() {
    let store = MemoryStore::new();
    let (id, name) = ("42".parse().unwrap(), "Åsa".parse().unwrap());
    let account = backstop::ImportedAccount::new(id, name, ELSEWHERE.parse().unwrap());
    let imported = accounts(&store, store.clone())
        .import(account, &Client::new())
        .await;
    assert_eq!(imported.unwrap(), backstop::Import::Imported);
    let found = store.load(&"42".parse().unwrap()).await.unwrap().unwrap();
    write("account-v1-legacy-hash.bin", &found.value.to_bytes());
}

/// The same for a second factor, and the code that is good after the one that confirmed it.
#[cfg(feature = "totp")]
#[tokio::test]
#[ignore = "writes the fixtures of a new schema number, under names that are free"]
async fn make_fixtures_of_a_second_factor() {
    use backstop::{
        Challenge, ImportedAccount, IssueFactor, MemorySender, Message, message::Content,
    };
    let (store, sender) = (MemoryStore::new(), MemorySender::new());
    let accounts = accounts_with(&store, store.clone(), sender.clone());
    // `OLD`, hashed by another system.
    let hash = "$argon2id$v=19$m=24,t=2,p=1$YSBzYWx0IG9mIDE2IGIuLg$OzhusD8+XC48gpjFzQppUS9SPh5c1g0+fCA9dxeMFk8";
    let (id, name) = ("42".parse().unwrap(), "Åsa".parse().unwrap());
    let account = ImportedAccount::new(id, name, hash.parse().unwrap());
    let account = account.email("asa@shop.example".parse().unwrap());
    let _imported = accounts.import(account, &Client::new()).await.unwrap();
    let SignIn::Accepted(signed_in) = sign_in(&accounts, OLD).await else {
        panic!("it has no factor yet");
    };
    let ticket = proved(&accounts, &signed_in, OLD).await;
    let challenge = Challenge::SecurityEmail;
    let _sent = accounts.challenge(&ticket, challenge).await.unwrap();
    accounts.deliver_due().await.unwrap();
    let letters: Vec<Message> = sender.take();
    let Content::Code { code, .. } = letters[0].content() else {
        panic!("it was asked for");
    };
    let proof = Proof::SecurityEmail(code.clone());
    let Prove::Accepted(ticket) = accounts.prove(&ticket, proof).await.unwrap() else {
        panic!("the right code");
    };
    let IssueFactor::Issued(factor) = accounts.issue_second_factor(&ticket).await.unwrap() else {
        panic!("everything was proved");
    };
    let key = totp_rs::Secret::try_from_base32(factor.key().expose().as_str()).unwrap();
    let app = totp_rs::Builder::new().with_secret(key).build().unwrap();
    let now = u64::try_from(MADE_AT.unix_timestamp()).unwrap();
    let first = app.generate(now).to_string().parse().unwrap();
    let changes = Changes::new().second_factor(first);
    let applied = accounts.apply(&ticket, changes).await.unwrap();
    assert!(matches!(applied, Apply::Applied(_)));
    let found = store.load(signed_in.account()).await.unwrap().unwrap();
    write("account-v1-second-factor.bin", &found.value.to_bytes());
    let next = app.generate(now + 30).to_string();
    write("account-v1-second-factor.code", next.as_bytes());
}

async fn proved(accounts: &Accounts, signed_in: &SignedIn, password: &str) -> Ticket {
    let SessionStatus::Live(session) = accounts.session(signed_in.token()).await.unwrap() else {
        panic!("it just began");
    };
    let ticket = accounts.settings(&session).unwrap();
    let proof = Proof::CurrentPassword(Password::new(password).unwrap());
    match accounts.prove(&ticket, proof).await.unwrap() {
        Prove::Accepted(ticket) => ticket,
        refused => panic!("{refused:?}"),
    }
}

fn write(name: &str, bytes: &[u8]) {
    let path = path(name);
    assert!(!path.exists(), "a fixture never changes");
    fs::write(path, bytes).unwrap();
}

/// A flow store that remembers what was written last: the key, then the record.
#[derive(Clone, Default)]
struct Recorder {
    store: MemoryStore,
    last: Arc<Mutex<Vec<u8>>>,
}

impl Recorder {
    fn last(&self) -> Vec<u8> {
        self.last.lock().unwrap().clone()
    }

    fn note(&self, key: &Key, record: &Stored<Record>) {
        *self.last.lock().unwrap() = [key.as_bytes(), record.value.as_bytes()].concat();
    }
}

impl FlowStore for Recorder {
    async fn insert(
        &self,
        key: &Key,
        record: &Stored<Record>,
        now: OffsetDateTime,
        expires: OffsetDateTime,
    ) -> Result<Insert, StoreError> {
        self.note(key, record);
        self.store.insert(key, record, now, expires).await
    }

    async fn get(
        &self,
        key: &Key,
        now: OffsetDateTime,
    ) -> Result<Option<Stored<Record>>, StoreError> {
        self.store.get(key, now).await
    }

    async fn swap(
        &self,
        key: &Key,
        was: Revision,
        record: &Stored<Record>,
        expires: OffsetDateTime,
    ) -> Result<Swap, StoreError> {
        self.note(key, record);
        self.store.swap(key, was, record, expires).await
    }

    async fn delete(&self, key: &Key, was: Revision) -> Result<Delete, StoreError> {
        self.store.delete(key, was).await
    }

    async fn purge(&self, now: OffsetDateTime, limit: usize) -> Result<usize, StoreError> {
        self.store.purge(now, limit).await
    }
}
