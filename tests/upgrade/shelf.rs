//! Stores whose whole content can be seen, and some of whose records become those of a newer
//! version.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
};

use backstop::{
    AccountId, MemoryStore, PostgresStore, SqliteStore,
    account::Account,
    name::UniqueKey,
    record::{Key, Record, RecordError, Revision, Stored},
    store::{AccountStore, Add, Delete, FlowStore, Insert, Remove, StoreError, Swap, Update},
};
use sqlx::{AssertSqlSafe, PgPool, Row, SqlitePool, sqlite::SqliteConnectOptions};
use time::OffsetDateTime;

use crate::{rolling::SERVER, scratch::Scratch};

/// The upper two bits of a schema number say the kind of a record.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    Account = 0x00,
    Budget = 0x40,
    Flow = 0x80,
    Pointer = 0xc0,
}

impl Kind {
    pub(crate) fn of(record: &[u8]) -> Self {
        match record[0] & 0xc0 {
            0x00 => Self::Account,
            0x40 => Self::Budget,
            0x80 => Self::Flow,
            _ => Self::Pointer,
        }
    }
}

pub(crate) trait Shelf {
    type Store: AccountStore + FlowStore + Clone;

    async fn new() -> Self;

    fn store(&self) -> Self::Store;

    /// Every row there is.
    async fn content(&self) -> Vec<String>;

    /// Makes all records of this kind, or this one account, those of a newer version. Answers how
    /// many.
    async fn renew(&self, kind: Kind, account: Option<&str>) -> usize;
}

/// What this version can say of a newer record is its number: all behind it may be different.
fn newer(record: &[u8]) -> Vec<u8> {
    [&[record[0] + 1], b"what nobody here can read".as_slice()].concat()
}

/// A file, and a connection of the test's own.
pub(crate) struct SqliteShelf {
    store: SqliteStore,
    pool: SqlitePool,
    _scratch: Scratch,
}

impl Shelf for SqliteShelf {
    type Store = SqliteStore;

    async fn new() -> Self {
        let scratch = Scratch::new();
        let file = scratch.file("accounts.db");
        let store = SqliteStore::open(&file).await.unwrap();
        let options = SqliteConnectOptions::new().filename(file);
        let pool = SqlitePool::connect_with(options).await.unwrap();
        Self {
            store,
            pool,
            _scratch: scratch,
        }
    }

    fn store(&self) -> SqliteStore {
        self.store.clone()
    }

    async fn content(&self) -> Vec<String> {
        let mut content = Vec::new();
        for row in [
            "quote(id) || quote(revision) || quote(keys) || quote(due_at) || quote(security_code) \
             || quote(record) FROM backstop_account",
            "quote(kind) || quote(value) || quote(account) FROM backstop_account_key",
            "quote(key) || quote(revision) || quote(expires) || quote(record) FROM backstop_flow",
            "quote(version) || quote(oldest) FROM backstop_schema",
        ] {
            let rows = sqlx::query_scalar(AssertSqlSafe(format!("SELECT {row} ORDER BY 1")));
            content.extend(rows.fetch_all(&self.pool).await.unwrap() as Vec<String>);
        }
        content
    }

    async fn renew(&self, kind: Kind, account: Option<&str>) -> usize {
        let (table, key) = match kind {
            Kind::Account => ("backstop_account", "id"),
            _ => ("backstop_flow", "key"),
        };
        let rows = format!("SELECT CAST({key} AS BLOB), record FROM {table}");
        let rows = sqlx::query(AssertSqlSafe(rows));
        let mut renewed = 0;
        for row in rows.fetch_all(&self.pool).await.unwrap() {
            let (found, record): (Vec<u8>, Vec<u8>) = (row.get(0), row.get(1));
            let is_it = account.is_none_or(|account| account.as_bytes() == found);
            if Kind::of(&record) == kind && is_it {
                let update =
                    format!("UPDATE {table} SET record = ?1 WHERE CAST({key} AS BLOB) = ?2");
                let update = sqlx::query(AssertSqlSafe(update)).bind(newer(&record));
                let done = update.bind(found).execute(&self.pool).await.unwrap();
                assert_eq!(done.rows_affected(), 1);
                renewed += 1;
            }
        }
        renewed
    }
}

/// A database, and connections of the test's own.
pub(crate) struct PostgresShelf {
    store: PostgresStore,
    pool: PgPool,
}

impl Shelf for PostgresShelf {
    type Store = PostgresStore;

    async fn new() -> Self {
        let url = SERVER.database();
        let store = PostgresStore::connect(&url).await.unwrap();
        let pool = PgPool::connect(&url).await.unwrap();
        Self { store, pool }
    }

    fn store(&self) -> PostgresStore {
        self.store.clone()
    }

    async fn content(&self) -> Vec<String> {
        let mut content = Vec::new();
        for table in ["account", "account_key", "flow", "schema"] {
            let rows = format!("SELECT t::text FROM backstop_{table} AS t ORDER BY 1");
            let rows = sqlx::query_scalar(AssertSqlSafe(rows));
            content.extend(rows.fetch_all(&self.pool).await.unwrap() as Vec<String>);
        }
        content
    }

    async fn renew(&self, kind: Kind, account: Option<&str>) -> usize {
        let (table, key) = match kind {
            Kind::Account => ("backstop_account", "convert_to(id, 'UTF8')"),
            _ => ("backstop_flow", "key"),
        };
        let rows = format!("SELECT {key}, record FROM {table}");
        let rows = sqlx::query(AssertSqlSafe(rows));
        let mut renewed = 0;
        for row in rows.fetch_all(&self.pool).await.unwrap() {
            let (found, record): (Vec<u8>, Vec<u8>) = (row.get(0), row.get(1));
            let is_it = account.is_none_or(|account| account.as_bytes() == found);
            if Kind::of(&record) == kind && is_it {
                let update = format!("UPDATE {table} SET record = $1 WHERE {key} = $2");
                let update = sqlx::query(AssertSqlSafe(update)).bind(newer(&record));
                let done = update.bind(found).execute(&self.pool).await.unwrap();
                assert_eq!(done.rows_affected(), 1);
                renewed += 1;
            }
        }
        renewed
    }
}

/// A memory store, which holds accounts only as values: the newer ones are those that it refuses
/// to read, as a store does that reads bytes.
#[derive(Clone)]
pub(crate) struct MemoryShelf {
    store: MemoryStore,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    ids: BTreeSet<AccountId>,
    newer: BTreeSet<AccountId>,
    /// When they expire.
    keys: BTreeMap<Key, OffsetDateTime>,
}

impl MemoryShelf {
    fn readable(
        &self,
        found: Option<Stored<Account>>,
    ) -> Result<Option<Stored<Account>>, StoreError> {
        let newer = &self.state.lock().unwrap().newer;
        match found {
            Some(found) if newer.contains(found.value.id()) => Err(RecordError::Newer.into()),
            found => Ok(found),
        }
    }

    fn keys(&self) -> Vec<(Key, OffsetDateTime)> {
        let state = self.state.lock().unwrap();
        state.keys.iter().map(|(key, at)| (*key, *at)).collect()
    }
}

const LONG_AGO: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;

impl Shelf for MemoryShelf {
    type Store = Self;

    async fn new() -> Self {
        Self {
            store: MemoryStore::new(),
            state: Arc::default(),
        }
    }

    fn store(&self) -> Self {
        self.clone()
    }

    async fn content(&self) -> Vec<String> {
        let mut content = Vec::new();
        let ids = self.state.lock().unwrap().ids.clone();
        for id in ids {
            if let Some(found) = self.store.load(&id).await.unwrap() {
                content.push(format!("{found:?} {:?}", found.value.to_bytes()));
            }
        }
        for (key, expires) in self.keys() {
            if let Some(found) = self.store.get(&key, LONG_AGO).await.unwrap() {
                content.push(format!("{key:?} {expires} {found:?}"));
            }
        }
        content
    }

    async fn renew(&self, kind: Kind, account: Option<&str>) -> usize {
        if kind == Kind::Account {
            let mut state = self.state.lock().unwrap();
            let mut ids = state.ids.clone();
            ids.retain(|id| account.is_none_or(|account| account == id.as_str()));
            let renewed = ids.len();
            state.newer.append(&mut ids);
            return renewed;
        }
        let mut renewed = 0;
        for (key, expires) in self.keys() {
            let found = self.store.get(&key, LONG_AGO).await.unwrap();
            if let Some(found) = found.filter(|found| Kind::of(found.value.as_bytes()) == kind) {
                let value = Record::from_bytes(newer(found.value.as_bytes()));
                let revision = found.revision;
                let record = Stored { revision, value };
                let swapped = self.store.swap(&key, revision, &record, expires).await;
                assert_eq!(swapped.unwrap(), Swap::Swapped);
                renewed += 1;
            }
        }
        renewed
    }
}

impl AccountStore for MemoryShelf {
    async fn add(&self, account: &Stored<Account>) -> Result<Add, StoreError> {
        let id = account.value.id().clone();
        self.state.lock().unwrap().ids.insert(id);
        self.store.add(account).await
    }

    async fn load(&self, id: &AccountId) -> Result<Option<Stored<Account>>, StoreError> {
        self.readable(self.store.load(id).await?)
    }

    async fn find(&self, key: &UniqueKey) -> Result<Option<Stored<Account>>, StoreError> {
        self.readable(self.store.find(key).await?)
    }

    async fn update(&self, was: Revision, account: &Stored<Account>) -> Result<Update, StoreError> {
        self.store.update(was, account).await
    }

    async fn remove(&self, was: Revision, id: &AccountId) -> Result<Remove, StoreError> {
        self.store.remove(was, id).await
    }

    async fn due(&self, now: OffsetDateTime, limit: usize) -> Result<Vec<AccountId>, StoreError> {
        self.store.due(now, limit).await
    }
}

impl FlowStore for MemoryShelf {
    async fn insert(
        &self,
        key: &Key,
        record: &Stored<Record>,
        now: OffsetDateTime,
        expires: OffsetDateTime,
    ) -> Result<Insert, StoreError> {
        self.state.lock().unwrap().keys.insert(*key, expires);
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
        self.state.lock().unwrap().keys.insert(*key, expires);
        self.store.swap(key, was, record, expires).await
    }

    async fn delete(&self, key: &Key, was: Revision) -> Result<Delete, StoreError> {
        self.store.delete(key, was).await
    }

    async fn purge(&self, now: OffsetDateTime, limit: usize) -> Result<usize, StoreError> {
        self.store.purge(now, limit).await
    }
}
