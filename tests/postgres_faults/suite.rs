//! The whole suite of the store contracts, while every few statements one goes wrong.
//!
//! A call whose answer was lost and whose record somebody wrote on before it was looked at fails:
//! whether it happened is unknown to the store. In here a table notes every write, so it is known to
//! the test, which then answers in the place of the store.

use std::{
    fmt::Debug,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use backstop::{
    AccountId, PostgresStore,
    account::Account,
    conformance::{self, Fixture, Report, Runtime},
    name::UniqueKey,
    record::{Key, Record, Revision, Stored},
    store::{AccountStore, Add, Delete, FlowStore, Insert, Remove, StoreError, Swap, Update},
};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use sqlx::PgPool;
use time::OffsetDateTime;
use tokio::{sync::Semaphore, task::JoinSet};

use crate::{SERVER, proxy::Proxy, verbs::now_and_then};

/// Notes what was written, and under what.
const HISTORY: &str = "
    CREATE TABLE history (place text NOT NULL, revision bytea NOT NULL);
    CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_TABLE_NAME = 'backstop_flow' THEN
            INSERT INTO history VALUES (encode(NEW.key, 'hex'), NEW.revision);
        ELSE
            INSERT INTO history VALUES (NEW.id, NEW.revision);
        END IF;
        RETURN NULL;
    END;
    $$;
    CREATE TRIGGER noted AFTER INSERT OR UPDATE ON backstop_flow
    FOR EACH ROW EXECUTE FUNCTION note();
    CREATE TRIGGER noted AFTER INSERT OR UPDATE ON backstop_account
    FOR EACH ROW EXECUTE FUNCTION note();";

/// Places with faults of one seed.
struct Faulty {
    seed: u64,
    struck: Arc<AtomicUsize>,
    calls: Arc<AtomicUsize>,
    doubts: Arc<AtomicUsize>,
}

struct Place {
    proxy: Proxy,
    history: PgPool,
}

impl Fixture for Faulty {
    type Place = Place;
    type Store = Decided;

    async fn place(&self) -> Result<Place, StoreError> {
        let url = SERVER.database();
        let history = PgPool::connect(&url).await.unwrap();
        PostgresStore::with_pool(history.clone()).await?;
        sqlx::raw_sql(HISTORY).execute(&history).await.unwrap();
        let proxy = Proxy::before(&url).await;
        let mut plan = now_and_then(ChaCha20Rng::seed_from_u64(self.seed));
        let struck = Arc::clone(&self.struck);
        proxy.plan(move |sql| {
            let fault = plan(sql)?;
            struck.fetch_add(1, Ordering::SeqCst);
            Some(fault)
        });
        Ok(Place { proxy, history })
    }

    async fn open(&self, place: &Place) -> Result<Decided, StoreError> {
        let isolate = "options[default_transaction_isolation]=serializable";
        let url = format!("{}&{isolate}", place.proxy.url());
        Ok(Decided {
            store: PostgresStore::connect(&url).await?,
            history: place.history.clone(),
            calls: Arc::clone(&self.calls),
            doubts: Arc::clone(&self.doubts),
        })
    }
}

/// A store, and what is known better.
struct Decided {
    store: PostgresStore,
    history: PgPool,
    calls: Arc<AtomicUsize>,
    doubts: Arc<AtomicUsize>,
}

impl Decided {
    /// The answer of the store, which must be the truth; where it is unknown to the store, the truth.
    /// A revision that is used again, as only a test does, cannot be told from the first use.
    async fn decide<T: Clone + Debug, F: Future<Output = Result<T, StoreError>>>(
        &self,
        place: &str,
        revision: Revision,
        call: impl Fn() -> F,
        answers: Answers<T>,
    ) -> Result<T, StoreError> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        let before = self.written(place, revision).await;
        let mut answer = call().await;
        let mut has_happened = self.written(place, revision).await > before;
        for _ in 0..AGAIN {
            match &answer {
                Err(error) if is_used_up(error) && has_happened => return Ok(answers.done),
                Err(error) if is_used_up(error) => answer = call().await,
                _ => break,
            }
            has_happened = self.written(place, revision).await > before;
        }
        match answer {
            Ok(answer) if (answers.is_success)(&answer) == has_happened => Ok(answer),
            Ok(_) if before > 0 => Ok(answers.refused),
            Ok(answer) => panic!("{answer:?}, but in truth {has_happened}"),
            Err(error) if is_unknown(&error) => {
                self.doubts.fetch_add(1, Ordering::SeqCst);
                Ok(if has_happened {
                    answers.done
                } else {
                    answers.refused
                })
            }
            Err(error) => Err(error),
        }
    }

    async fn written(&self, place: &str, revision: Revision) -> i64 {
        sqlx::query_scalar("SELECT count(*) FROM history WHERE place = $1 AND revision = $2")
            .bind(place)
            .bind(revision.as_bytes().as_slice())
            .fetch_one(&self.history)
            .await
            .unwrap()
    }

    /// No deletion goes wrong after it happened, so one that is unknown has not.
    async fn deleted<T, F: Future<Output = Result<T, StoreError>>>(
        &self,
        call: impl Fn() -> F,
        not: T,
    ) -> Result<T, StoreError> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        match again(call).await {
            Err(error) if is_unknown(&error) => {
                self.doubts.fetch_add(1, Ordering::SeqCst);
                Ok(not)
            }
            answer => answer,
        }
    }
}

struct Answers<T> {
    is_success: fn(&T) -> bool,
    done: T,
    refused: T,
}

fn is_unknown(error: &StoreError) -> bool {
    error.to_string().contains("unknown")
}

/// How often a caller comes again whose call met a fault at each of its tries. With one at every
/// fifth statement six in a row are seen now and then; `outcomes` has what a call answers then.
const AGAIN: usize = 3;

fn is_used_up(error: &StoreError) -> bool {
    error.to_string().contains("injected") || error.to_string().contains("broke off")
}

async fn again<T, F: Future<Output = Result<T, StoreError>>>(
    call: impl Fn() -> F,
) -> Result<T, StoreError> {
    let mut answer = call().await;
    for _ in 0..AGAIN {
        match &answer {
            Err(error) if is_used_up(error) => answer = call().await,
            _ => break,
        }
    }
    answer
}

impl AccountStore for Decided {
    async fn add(&self, account: &Stored<Account>) -> Result<Add, StoreError> {
        let id = account.value.id().as_str();
        let answers = Answers {
            is_success: |answer| *answer == Add::Added,
            done: Add::Added,
            refused: Add::Taken(None),
        };
        let call = || self.store.add(account);
        self.decide(id, account.revision, call, answers).await
    }

    async fn load(&self, id: &AccountId) -> Result<Option<Stored<Account>>, StoreError> {
        again(|| self.store.load(id)).await
    }

    async fn find(&self, key: &UniqueKey) -> Result<Option<Stored<Account>>, StoreError> {
        again(|| self.store.find(key)).await
    }

    async fn update(&self, was: Revision, account: &Stored<Account>) -> Result<Update, StoreError> {
        let id = account.value.id().as_str();
        let answers = Answers {
            is_success: |answer| *answer == Update::Updated,
            done: Update::Updated,
            refused: Update::Stale,
        };
        let call = || self.store.update(was, account);
        self.decide(id, account.revision, call, answers).await
    }

    async fn remove(&self, was: Revision, id: &AccountId) -> Result<Remove, StoreError> {
        let call = || self.store.remove(was, id);
        self.deleted(call, Remove::Stale).await
    }

    async fn due(&self, now: OffsetDateTime, limit: usize) -> Result<Vec<AccountId>, StoreError> {
        again(|| self.store.due(now, limit)).await
    }
}

impl FlowStore for Decided {
    async fn insert(
        &self,
        key: &Key,
        record: &Stored<Record>,
        now: OffsetDateTime,
        expires: OffsetDateTime,
    ) -> Result<Insert, StoreError> {
        let place = hex(key);
        loop {
            // `None`: what lies there is looked up.
            let call = || async { self.store.insert(key, record, now, expires).await.map(Some) };
            let answers = Answers {
                is_success: |answer| matches!(answer, Some(Insert::Inserted)),
                done: Some(Insert::Inserted),
                refused: None,
            };
            if let Some(answer) = self.decide(&place, record.revision, call, answers).await? {
                return Ok(answer);
            }
            if let Some(found) = self.get(key, now).await? {
                return Ok(Insert::Exists(found));
            }
        }
    }

    async fn get(
        &self,
        key: &Key,
        now: OffsetDateTime,
    ) -> Result<Option<Stored<Record>>, StoreError> {
        again(|| self.store.get(key, now)).await
    }

    async fn swap(
        &self,
        key: &Key,
        was: Revision,
        record: &Stored<Record>,
        expires: OffsetDateTime,
    ) -> Result<Swap, StoreError> {
        let answers = Answers {
            is_success: |answer| *answer == Swap::Swapped,
            done: Swap::Swapped,
            refused: Swap::Stale,
        };
        let call = || self.store.swap(key, was, record, expires);
        self.decide(&hex(key), record.revision, call, answers).await
    }

    async fn delete(&self, key: &Key, was: Revision) -> Result<Delete, StoreError> {
        self.deleted(|| self.store.delete(key, was), Delete::Stale)
            .await
    }

    async fn purge(&self, now: OffsetDateTime, limit: usize) -> Result<usize, StoreError> {
        again(|| self.store.purge(now, limit)).await
    }
}

fn hex(key: &Key) -> String {
    key.as_bytes()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// Proves each sentence by itself, some side by side: most of the time they wait, in the pauses after
/// a fault.
///
/// `sentences`: how many the contract has.
async fn proved<F>(word: &str, sentences: u64, suite: impl Fn(Faulty, Runtime) -> F)
where
    F: Future<Output = Report> + Send + 'static,
{
    const AT_ONCE: usize = 3;
    let turns = Arc::new(Semaphore::new(AT_ONCE));
    let (struck, calls, doubts) = (Arc::default(), Arc::default(), Arc::default());
    let mut lanes = JoinSet::new();
    for seed in 1..=sentences + 1 {
        let faulty = Faulty {
            seed,
            struck: Arc::clone(&struck),
            calls: Arc::clone(&calls),
            doubts: Arc::clone(&doubts),
        };
        let runtime = Runtime::new(|task| drop(tokio::spawn(task)), tokio::time::sleep);
        let runtime = runtime.time_out(Duration::from_secs(600));
        let report = suite(faulty, runtime.only(&[&format!("{word}_{seed:02}")]));
        let turns = Arc::clone(&turns);
        lanes.spawn(async move {
            let _turn = turns.acquire().await.unwrap();
            (seed, report.await)
        });
    }
    for (seed, report) in lanes.join_all().await {
        println!("faults of seed {seed}\n{report}");
        let is_there = !report.checks().is_empty();
        assert_eq!(is_there, seed <= sentences, "sentence {seed}");
        for check in report.checks() {
            assert_eq!(check.broken(), None, "{}, seed {seed}", check.name());
        }
    }
    let [struck, calls, doubts] =
        [struck, calls, doubts].map(|count: Arc<AtomicUsize>| count.load(Ordering::SeqCst));
    println!("{struck} faults, {calls} writes, {doubts} of them unknown to the store");
    assert!(struck > calls / 10, "hardly anything went wrong");
    assert!(doubts > 0, "everything was known to the store");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn accounts_under_faults_and_serializable() {
    proved("account", 11, |faulty, runtime| async move {
        conformance::account_store(faulty, &runtime).await
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn flows_under_faults_and_serializable() {
    proved("flow", 8, |faulty, runtime| async move {
        conformance::flow_store(faulty, &runtime).await
    })
    .await;
}
