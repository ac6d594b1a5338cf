//! Whatever an implementation does, the suite ends, and its report says what it did.

use std::sync::Arc;

use backstop::{
    AccountId, MemoryStore,
    account::Account,
    conformance::{Fixture, Runtime, account_store, flow_store},
    name::UniqueKey,
    record::{Revision, Stored},
    store::{AccountStore, Add, Remove, StoreError, Update},
};
use time::OffsetDateTime;
use tokio::sync::Notify;

use crate::{runtime, stores::Memory};

/// What a load does.
#[derive(Clone)]
enum Fault {
    Fails,
    /// And tells so.
    Hangs(Arc<Notify>),
    Panics,
}

struct Odd(Fault);

struct OddStore(MemoryStore, Fault);

impl Fixture for Odd {
    type Place = MemoryStore;
    type Store = OddStore;

    async fn place(&self) -> Result<MemoryStore, StoreError> {
        Ok(MemoryStore::new())
    }

    async fn open(&self, place: &MemoryStore) -> Result<OddStore, StoreError> {
        Ok(OddStore(place.clone(), self.0.clone()))
    }
}

impl AccountStore for OddStore {
    async fn add(&self, account: &Stored<Account>) -> Result<Add, StoreError> {
        self.0.add(account).await
    }

    async fn load(&self, _id: &AccountId) -> Result<Option<Stored<Account>>, StoreError> {
        match &self.1 {
            Fault::Fails => Err(StoreError::new("the disk is full")),
            Fault::Hangs(told) => {
                told.notify_waiters();
                std::future::pending().await
            }
            Fault::Panics => panic!("index out of bounds"),
        }
    }

    async fn find(&self, key: &UniqueKey) -> Result<Option<Stored<Account>>, StoreError> {
        self.0.find(key).await
    }

    async fn update(&self, was: Revision, account: &Stored<Account>) -> Result<Update, StoreError> {
        self.0.update(was, account).await
    }

    async fn remove(&self, was: Revision, id: &AccountId) -> Result<Remove, StoreError> {
        self.0.remove(was, id).await
    }

    async fn due(&self, now: OffsetDateTime, limit: usize) -> Result<Vec<AccountId>, StoreError> {
        self.0.due(now, limit).await
    }
}

/// Most sentences are looked at through a load; those of `due` are not.
async fn broken_by(fault: Fault, runtime: &Runtime) -> String {
    let report = account_store(Odd(fault), runtime).await;
    let due = report.checks().iter().filter(|check| {
        let holds = check.broken().is_none();
        holds && check.name() == "account_09_due_answers_the_earliest_first"
    });
    assert_eq!(due.count(), 1, "{report}");
    format!("{:?}", report.into_result().unwrap_err())
}

#[tokio::test]
async fn an_error_is_told_with_the_sentence_and_what_it_costs() {
    let broken = broken_by(Fault::Fails, &runtime()).await;
    assert!(broken.contains("the disk is full"), "{broken}");
    assert!(
        broken.contains("BROKEN  account_02_a_taken_id_is_refused\n"),
        "{broken}"
    );
    assert!(
        broken.contains(
            "2. `add` of an id that is there answers `Taken(None)` and changes nothing, also when \
             another account has one of its unique keys. Else a registration overwrites an account."
        ),
        "{broken}"
    );
    assert!(!broken.contains("account_09_due_answers"), "{broken}");
}

#[tokio::test]
async fn a_panic_is_told() {
    let broken = broken_by(Fault::Panics, &runtime()).await;
    assert!(broken.contains("index out of bounds"), "{broken}");
}

#[tokio::test]
async fn a_call_that_never_ends_is_ended() {
    let hangs = Arc::new(Notify::new());
    let told = Arc::clone(&hangs);
    // The time is over as soon as a call hangs.
    let impatient = Runtime::new(
        |task| drop(tokio::spawn(task)),
        move |_span| {
            let told = Arc::clone(&told);
            async move { told.notified().await }
        },
    );
    let broken = broken_by(Fault::Hangs(hangs), &impatient).await;
    assert!(broken.contains("had not ended after 60s"), "{broken}");
}

/// A runtime that is shutting down.
#[tokio::test]
async fn a_runtime_that_drops_its_tasks_is_told() {
    let idle = Runtime::new(drop, tokio::time::sleep);
    let report = flow_store(Memory, &idle).await;
    assert!(!report.checks().is_empty());
    for check in report.checks() {
        assert!(check.broken().unwrap().contains("dropped"), "{check}");
    }
}

struct Homeless {
    has_place: bool,
}

impl Fixture for Homeless {
    type Place = ();
    type Store = MemoryStore;

    async fn place(&self) -> Result<(), StoreError> {
        match self.has_place {
            true => Ok(()),
            false => Err(StoreError::new("no server")),
        }
    }

    async fn open(&self, _place: &()) -> Result<MemoryStore, StoreError> {
        Err(StoreError::new("no password"))
    }
}

#[tokio::test]
async fn a_fixture_that_fails_is_told() {
    for (has_place, told) in [
        (false, "the fixture has no place: no server"),
        (true, "the fixture opens no store: no password"),
    ] {
        let report = account_store(Homeless { has_place }, &runtime()).await;
        assert!(!report.checks().is_empty());
        for check in report.checks() {
            assert_eq!(check.broken(), Some(told));
        }
        let report = flow_store(Homeless { has_place }, &runtime()).await;
        let ran = report.checks().len();
        let list = report.into_result().unwrap_err().to_string();
        assert_eq!(list.matches(told).count(), ran);
    }
}

/// The sections in the docs of the traits and the table of the suite are one text, each sentence of
/// which has a check.
#[tokio::test]
async fn each_sentence_has_a_check() {
    let (accounts, flows) = (
        account_store(Memory, &Runtime::new(drop, tokio::time::sleep)).await,
        flow_store(Memory, &Runtime::new(drop, tokio::time::sleep)).await,
    );
    for (report, word, last) in [(accounts, "account", 11), (flows, "flow", 8)] {
        let mut numbers: Vec<u8> = Vec::new();
        for check in report.checks() {
            let sentence = check.sentence();
            let begins = format!("{word}_{:02}_", sentence.number());
            assert!(check.name().starts_with(&begins), "{}", check.name());
            numbers.push(sentence.number());
        }
        assert!(numbers.is_sorted(), "{numbers:?}");
        numbers.dedup();
        assert_eq!(numbers, (1..=last).collect::<Vec<_>>());
        let mut names: Vec<_> = report.checks().iter().map(|check| check.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), report.checks().len(), "a name stands twice");
    }
}
