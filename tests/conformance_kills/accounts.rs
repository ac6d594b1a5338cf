//! An account store with one fault, or none: tables in memory, as a database would have them.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    ops::Deref,
    sync::{Arc, Mutex as Lock, Weak},
    time::Duration,
};

use backstop::{
    AccountId,
    account::Account,
    conformance::Fixture,
    name::{KeyKind, UniqueKey},
    record::{Revision, Stored},
    store::{AccountStore, Add, Remove, StoreError, Update},
};
use time::OffsetDateTime;
use tokio::{
    sync::{Mutex, MutexGuard, Semaphore},
    task::yield_now,
    time::sleep,
};
use unicode_normalization::UnicodeNormalization;

/// What goes by between two statements.
pub(crate) const BETWEEN: Duration = Duration::from_millis(20);

/// What is wrong with the store.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Fault {
    AddReplacesTheId,
    CodeForbidsTheRemoval,
    CodeForbidsTheUpdate,
    DueAnswersEverybody,
    DueCutsBeforeItSorts,
    DueGoesByTheLatestClock,
    DueHas32Bits,
    DueHasNoOrder,
    DueIgnoresItsLimit,
    DueIsInSeconds,
    DueIsWrittenLast,
    DueMissesTheInstant,
    FailedReadIsAbsence,
    FindReadsAnOldIndex,
    FormerKeyIsFound,
    FormerKeyIsKept,
    IdColumnEndsAtTheBasicPlane,
    IdColumnFoldsCase,
    IdColumnNormalises,
    IdColumnTrims,
    IdIsCheckedBeforehand,
    IsolationIsReadUncommitted,
    KeyColumnFoldsCase,
    KeyColumnHas191Bytes,
    KeyColumnIsText,
    KeyColumnStopsAtNul,
    KeyColumnTrims,
    KeyIsFoundByItsBeginning,
    KeysAreCheckedBeforehand,
    KeysAreWrittenBeforeTheRow,
    KeysAreWrittenBeforeTheRefusal,
    KindIsNotCompared,
    KindHasNoIndex,
    LoadIsCached,
    LockOutlivesItsCaller,
    MissesAreCached,
    RecordColumnHas4096Bytes,
    RecordColumnIsText,
    RemoveFreesNoKeys,
    RemoveFreesTheKeysOfOthers,
    RemoveIgnoresTheRevision,
    RemoveReadsThenWrites,
    RevisionColumnHas8Bytes,
    RevisionIsComparedByItsBeginning,
    RevisionIsComparedByTheRecord,
    RowIsWrittenBeforeItsKeys,
    RowStaysWhenItsKeyIsTaken,
    SecurityCodeCanBeCleared,
    SecurityCodeCanBeReplaced,
    TakenKeyIsTakenId,
    TakenKeyIsAlwaysALogin,
    ReplicaIsRead,
    UpdateAddsTheAccount,
    UpdateIgnoresTheRevision,
    UpdateReadsThenWrites,
    WritesWaitInMemory,
}

/// Makes stores with this fault.
pub(crate) struct Accounts(pub(crate) Option<Fault>);

/// The disk.
pub(crate) struct Disk {
    tables: Arc<Mutex<Tables>>,
    /// What the open clients share that has not reached the disk.
    unwritten: Lock<Weak<Mutex<Tables>>>,
    turns: Arc<Semaphore>,
}

/// One client.
pub(crate) struct Client {
    fault: Option<Fault>,
    tables: Arc<Mutex<Tables>>,
    turns: Arc<Semaphore>,
    memory: Lock<Memory>,
}

/// What a client keeps for itself.
#[derive(Default)]
struct Memory {
    loaded: HashMap<String, Stored<Account>>,
    missed: HashSet<Column>,
    seen: HashMap<Revision, Vec<u8>>,
    latest: Option<i64>,
}

#[derive(Clone, Default)]
struct Tables {
    rows: BTreeMap<String, Row>,
    owners: BTreeMap<Column, String>,
    former: BTreeMap<Column, String>,
    replica: Option<Box<Tables>>,
}

/// What a read sees.
struct View<'a> {
    current: MutexGuard<'a, Tables>,
    replica: Option<Box<Tables>>,
}

impl Deref for View<'_> {
    type Target = Tables;

    fn deref(&self) -> &Tables {
        self.replica.as_deref().unwrap_or(&self.current)
    }
}

#[derive(Clone)]
struct Row {
    revision: Revision,
    record: Vec<u8>,
    keys: Vec<Column>,
    due_at: Option<i64>,
    security_code: Option<[u8; 32]>,
}

/// The kind and the bytes of a key.
type Column = (String, Vec<u8>);

impl Fixture for Accounts {
    type Place = Disk;
    type Store = Client;

    async fn place(&self) -> Result<Disk, StoreError> {
        Ok(Disk {
            tables: Arc::default(),
            unwritten: Lock::default(),
            turns: Arc::new(Semaphore::new(1)),
        })
    }

    async fn open(&self, disk: &Disk) -> Result<Client, StoreError> {
        let tables = match self.0 {
            Some(Fault::WritesWaitInMemory) => {
                let mut unwritten = disk.unwritten.lock().unwrap();
                let tables = unwritten.upgrade().unwrap_or_default();
                *unwritten = Arc::downgrade(&tables);
                tables
            }
            _ => Arc::clone(&disk.tables),
        };
        Ok(Client {
            fault: self.0,
            tables,
            turns: Arc::clone(&disk.turns),
            memory: Lock::default(),
        })
    }
}

impl Client {
    fn has(&self, fault: Fault) -> bool {
        self.fault == Some(fault)
    }

    /// Whoever is dropped in here leaves the lock behind.
    async fn begin(&self) {
        if self.has(Fault::LockOutlivesItsCaller) {
            self.turns.acquire().await.unwrap().forget();
            yield_now().await;
        }
    }

    fn end(&self) {
        if self.has(Fault::LockOutlivesItsCaller) {
            self.turns.add_permits(1);
        }
    }

    async fn to_write(&self) -> MutexGuard<'_, Tables> {
        let mut tables = self.tables.lock().await;
        if self.has(Fault::ReplicaIsRead) || self.has(Fault::FindReadsAnOldIndex) {
            tables.replica = None;
            let copy = Box::new(tables.clone());
            tables.replica = Some(copy);
        }
        tables
    }

    /// The replica is one write behind, until it was read once.
    async fn to_read(&self, fault: Fault) -> View<'_> {
        let mut current = self.tables.lock().await;
        let replica = current.replica.take_if(|_| self.has(fault));
        View { current, replica }
    }

    /// Lets others in between.
    async fn pause<'a>(
        &'a self,
        tables: MutexGuard<'a, Tables>,
        faults: &[Fault],
    ) -> MutexGuard<'a, Tables> {
        if !faults.iter().any(|fault| self.has(*fault)) {
            return tables;
        }
        drop(tables);
        sleep(BETWEEN).await;
        self.tables.lock().await
    }

    fn id(&self, id: &AccountId) -> String {
        match self.fault {
            Some(Fault::IdColumnEndsAtTheBasicPlane) => {
                let chars = id.as_str().chars();
                chars
                    .map(|c| if c > '\u{ffff}' { '?' } else { c })
                    .collect()
            }
            Some(Fault::IdColumnFoldsCase) => id.as_str().to_lowercase(),
            Some(Fault::IdColumnNormalises) => id.as_str().nfc().collect(),
            Some(Fault::IdColumnTrims) => id.as_str().trim_end_matches(' ').to_owned(),
            _ => id.as_str().to_owned(),
        }
    }

    fn column(&self, key: &UniqueKey) -> Column {
        let bytes = key.bytes();
        let bytes = match self.fault {
            Some(Fault::KeyColumnFoldsCase) => bytes.to_ascii_lowercase(),
            Some(Fault::KeyColumnHas191Bytes) => bytes[..bytes.len().min(191)].to_vec(),
            Some(Fault::KeyColumnIsText) => text(bytes),
            Some(Fault::KeyColumnStopsAtNul) => {
                bytes.split(|byte| *byte == 0).next().unwrap().to_vec()
            }
            Some(Fault::KeyColumnTrims) => bytes.trim_ascii_end().to_vec(),
            _ => bytes.to_vec(),
        };
        let kind = match self.fault {
            Some(Fault::KindIsNotCompared) => "",
            _ => key.kind().as_str(),
        };
        (kind.to_owned(), bytes)
    }

    fn columns(&self, account: &Account) -> Vec<Column> {
        let keys = account.unique_keys().iter();
        keys.map(|key| self.column(key)).collect()
    }

    fn row(&self, account: &Stored<Account>) -> Row {
        let record = account.value.to_bytes();
        let due_at = account.value.due_at().map(millis);
        Row {
            revision: match self.fault {
                Some(Fault::RevisionColumnHas8Bytes) => {
                    let mut bytes = *account.revision.as_bytes();
                    bytes[8..].fill(0);
                    Revision::from_bytes(bytes)
                }
                _ => account.revision,
            },
            record: match self.fault {
                Some(Fault::RecordColumnHas4096Bytes | Fault::FailedReadIsAbsence) => {
                    record[..record.len().min(4096)].to_vec()
                }
                Some(Fault::RecordColumnIsText) => text(&record),
                _ => record,
            },
            keys: self.columns(&account.value),
            due_at: match self.fault {
                Some(Fault::DueIsInSeconds) => due_at.map(|at| at / 1000 * 1000),
                Some(Fault::DueHas32Bits) => {
                    due_at.map(|at| i64::from((at / 1000) as i32) * 1000 + at % 1000)
                }
                _ => due_at,
            },
            security_code: account.value.security_code().copied(),
        }
    }

    fn read(&self, row: &Row) -> Result<Option<Stored<Account>>, StoreError> {
        let value = match Account::from_bytes(&row.record) {
            Err(_) if self.has(Fault::FailedReadIsAbsence) => return Ok(None),
            read => read?,
        };
        let revision = row.revision;
        self.memory().seen.insert(revision, row.record.clone());
        Ok(Some(Stored { revision, value }))
    }

    fn memory(&self) -> std::sync::MutexGuard<'_, Memory> {
        self.memory.lock().unwrap()
    }

    fn taken(&self, tables: &Tables, account: &Account) -> Option<KeyKind> {
        let id = self.id(account.id());
        let taken = account.unique_keys().iter().find(|key| {
            let owner = tables.owners.get(&self.column(key));
            let is_looked_at = !self.has(Fault::KindHasNoIndex) || key.kind() != KeyKind::Identity;
            is_looked_at && owner.is_some_and(|owner| *owner != id)
        });
        taken.map(|key| match self.fault {
            Some(Fault::TakenKeyIsAlwaysALogin) => KeyKind::Login,
            _ => key.kind(),
        })
    }

    fn is_current(&self, row: &Row, was: Revision) -> bool {
        match self.fault {
            Some(Fault::RevisionIsComparedByItsBeginning) => {
                row.revision.as_bytes()[..4] == was.as_bytes()[..4]
            }
            Some(Fault::RevisionIsComparedByTheRecord) => {
                row.revision == was || self.memory().seen.get(&was) == Some(&row.record)
            }
            _ => row.revision == was,
        }
    }

    fn remember(&self, account: &Stored<Account>) {
        let id = self.id(account.value.id());
        let mut memory = self.memory();
        memory
            .seen
            .insert(account.revision, account.value.to_bytes());
        memory.loaded.insert(id, account.clone());
        memory.missed.clear();
    }

    async fn put<'a>(&'a self, mut tables: MutexGuard<'a, Tables>, account: &Stored<Account>) {
        let id = self.id(account.value.id());
        let row = self.row(account);
        if self.has(Fault::KeysAreWrittenBeforeTheRow) {
            tables.own(&row.keys, &id);
            tables = self
                .pause(tables, &[Fault::KeysAreWrittenBeforeTheRow])
                .await;
        }
        let mut first = row.clone();
        if self.has(Fault::DueIsWrittenLast) {
            first.due_at = tables.rows.get(&id).and_then(|old| old.due_at);
        }
        let old = tables.rows.insert(id.clone(), first);
        tables = self
            .pause(
                tables,
                &[Fault::DueIsWrittenLast, Fault::RowIsWrittenBeforeItsKeys],
            )
            .await;
        if self.has(Fault::DueIsWrittenLast)
            && let Some(written) = tables.rows.get_mut(&id)
        {
            written.due_at = row.due_at;
        }
        if !self.has(Fault::FormerKeyIsKept) {
            tables.disown(old.map(|old| old.keys).unwrap_or_default(), &id);
        }
        tables.own(&row.keys, &id);
        self.remember(account);
    }
}

impl Tables {
    fn own(&mut self, keys: &[Column], id: &str) {
        let keys = keys.iter().cloned();
        self.owners.extend(keys.map(|key| (key, id.to_owned())));
    }

    fn disown(&mut self, keys: Vec<Column>, id: &str) {
        for key in keys {
            if self.owners.get(&key).is_some_and(|owner| owner == id) {
                self.owners.remove(&key);
                self.former.insert(key, id.to_owned());
            }
        }
    }
}

impl AccountStore for Client {
    async fn add(&self, account: &Stored<Account>) -> Result<Add, StoreError> {
        self.begin().await;
        let tables = self.to_write().await;
        let is_there = tables.rows.contains_key(&self.id(account.value.id()));
        let answer = if is_there && !self.has(Fault::AddReplacesTheId) {
            Add::Taken(None)
        } else if let Some(kind) = self.taken(&tables, &account.value) {
            if self.has(Fault::RowStaysWhenItsKeyIsTaken) {
                let (id, row) = (self.id(account.value.id()), self.row(account));
                let mut tables = tables;
                tables.rows.insert(
                    id,
                    Row {
                        keys: Vec::new(),
                        ..row
                    },
                );
            }
            match self.fault {
                Some(Fault::TakenKeyIsTakenId) => Add::Taken(None),
                _ => Add::Taken(Some(kind)),
            }
        } else {
            let between = [
                Fault::IdIsCheckedBeforehand,
                Fault::KeysAreCheckedBeforehand,
            ];
            let tables = self.pause(tables, &between).await;
            let id = self.id(account.value.id());
            if self.has(Fault::KeysAreCheckedBeforehand) && tables.rows.contains_key(&id) {
                Add::Taken(None)
            } else if let Some(kind) = self.taken(&tables, &account.value)
                && self.has(Fault::IdIsCheckedBeforehand)
            {
                Add::Taken(Some(kind))
            } else {
                self.put(tables, account).await;
                Add::Added
            }
        };
        self.end();
        Ok(answer)
    }

    async fn load(&self, id: &AccountId) -> Result<Option<Stored<Account>>, StoreError> {
        let id = self.id(id);
        let tables = self.to_read(Fault::ReplicaIsRead).await;
        if self.has(Fault::LoadIsCached)
            && let Some(loaded) = self.memory().loaded.get(&id)
        {
            return Ok(Some(loaded.clone()));
        }
        let Some(row) = tables.rows.get(&id) else {
            return Ok(None);
        };
        let found = self.read(row)?;
        if let Some(found) = &found {
            self.memory().loaded.insert(id, found.clone());
        }
        Ok(found)
    }

    async fn find(&self, key: &UniqueKey) -> Result<Option<Stored<Account>>, StoreError> {
        let column = self.column(key);
        let lags = match self.has(Fault::ReplicaIsRead) {
            true => Fault::ReplicaIsRead,
            false => Fault::FindReadsAnOldIndex,
        };
        let tables = self.to_read(lags).await;
        if self.has(Fault::MissesAreCached) && self.memory().missed.contains(&column) {
            return Ok(None);
        }
        let mut owner = tables.owners.get(&column);
        if self.has(Fault::FormerKeyIsFound) {
            owner = owner.or_else(|| tables.former.get(&column));
        }
        if self.has(Fault::KeyIsFoundByItsBeginning) {
            let (kind, bytes) = &column;
            let alike = |found: &&Column| found.0 == *kind && found.1.starts_with(bytes);
            let found = tables.owners.keys().find(alike);
            owner = found.and_then(|found| tables.owners.get(found));
        }
        match owner.and_then(|id| tables.rows.get(id)) {
            Some(row) => self.read(row),
            None => {
                self.memory().missed.insert(column);
                Ok(None)
            }
        }
    }

    async fn update(&self, was: Revision, account: &Stored<Account>) -> Result<Update, StoreError> {
        self.begin().await;
        let mut tables = self.to_write().await;
        let id = self.id(account.value.id());
        let row = tables.rows.get(&id).cloned();
        let is_current = match &row {
            Some(row) => self.has(Fault::UpdateIgnoresTheRevision) || self.is_current(row, was),
            None => self.has(Fault::UpdateAddsTheAccount),
        };
        if !is_current {
            self.end();
            return Ok(Update::Stale);
        }
        if self.has(Fault::KeysAreWrittenBeforeTheRefusal)
            && self.taken(&tables, &account.value).is_none()
        {
            let keys = self.columns(&account.value);
            tables.own(&keys, &id);
        }
        let code = account.value.security_code().copied();
        let old_code = row.and_then(|row| row.security_code);
        let may_change = match self.fault {
            Some(Fault::SecurityCodeCanBeCleared) => code.is_none(),
            Some(Fault::SecurityCodeCanBeReplaced) => code.is_some(),
            _ => false,
        };
        let is_frozen = self.has(Fault::CodeForbidsTheUpdate);
        if old_code.is_some() && (old_code != code || is_frozen) && !may_change {
            self.end();
            return Err(StoreError::new("a security code, once set, never changes"));
        }
        if let Some(kind) = self.taken(&tables, &account.value) {
            if self.has(Fault::IsolationIsReadUncommitted) {
                let old = tables.rows.insert(id.clone(), self.row(account));
                tables = self
                    .pause(tables, &[Fault::IsolationIsReadUncommitted])
                    .await;
                tables.rows.extend(old.map(|old| (id, old)));
            }
            self.end();
            return Ok(Update::Taken(kind));
        }
        tables = self
            .pause(
                tables,
                &[
                    Fault::UpdateReadsThenWrites,
                    Fault::KeysAreCheckedBeforehand,
                ],
            )
            .await;
        if self.has(Fault::UpdateReadsThenWrites)
            && let Some(kind) = self.taken(&tables, &account.value)
        {
            return Ok(Update::Taken(kind));
        }
        if self.has(Fault::KeysAreCheckedBeforehand)
            && !tables.rows.get(&id).is_some_and(|row| row.revision == was)
        {
            return Ok(Update::Stale);
        }
        self.put(tables, account).await;
        self.end();
        Ok(Update::Updated)
    }

    async fn remove(&self, was: Revision, id: &AccountId) -> Result<Remove, StoreError> {
        self.begin().await;
        let mut tables = self.to_write().await;
        let id = self.id(id);
        let Some(row) = tables.rows.get(&id).cloned() else {
            self.end();
            return Ok(Remove::Stale);
        };
        if !self.has(Fault::RemoveIgnoresTheRevision) && !self.is_current(&row, was) {
            self.end();
            return Ok(Remove::Stale);
        }
        if self.has(Fault::CodeForbidsTheRemoval) && row.security_code.is_some() {
            return Err(StoreError::new("a security code, once set, never goes"));
        }
        tables = self.pause(tables, &[Fault::RemoveReadsThenWrites]).await;
        tables.rows.remove(&id);
        if self.has(Fault::RemoveFreesTheKeysOfOthers) {
            let kinds: Vec<&String> = row.keys.iter().map(|(kind, _)| kind).collect();
            tables.owners.retain(|(kind, _), _| !kinds.contains(&kind));
        }
        if !self.has(Fault::RemoveFreesNoKeys) {
            tables.disown(row.keys, &id);
        }
        self.memory().loaded.remove(&id);
        self.end();
        Ok(Remove::Removed)
    }

    async fn due(&self, now: OffsetDateTime, limit: usize) -> Result<Vec<AccountId>, StoreError> {
        let tables = self.to_read(Fault::ReplicaIsRead).await;
        let mut now = millis(now);
        if self.has(Fault::DueGoesByTheLatestClock) {
            let mut memory = self.memory();
            now = now.max(memory.latest.unwrap_or(now));
            memory.latest = Some(now);
        }
        let is_due = |at: i64| match self.fault {
            Some(Fault::DueMissesTheInstant) => at < now,
            Some(Fault::DueAnswersEverybody) => true,
            _ => at <= now,
        };
        let rows = tables.rows.iter();
        let mut due: Vec<(i64, &String)> = rows
            .filter_map(|(id, row)| match (row.due_at, self.fault) {
                (None, Some(Fault::DueAnswersEverybody)) => Some((i64::MAX, id)),
                (at, _) => Some((at.filter(|at| is_due(*at))?, id)),
            })
            .collect();
        if self.has(Fault::DueCutsBeforeItSorts) {
            due.truncate(limit);
        }
        if !self.has(Fault::DueHasNoOrder) {
            due.sort();
        }
        if !self.has(Fault::DueIgnoresItsLimit) {
            due.truncate(limit);
        }
        let ids = due.into_iter().map(|(_, id)| id.parse());
        ids.map(|id| id.map_err(StoreError::new)).collect()
    }
}

/// Of bytes that a column of text takes.
pub(crate) fn text(bytes: &[u8]) -> Vec<u8> {
    String::from_utf8_lossy(bytes).into_owned().into_bytes()
}

pub(crate) fn millis(at: OffsetDateTime) -> i64 {
    i64::try_from(at.unix_timestamp_nanos().div_euclid(1_000_000)).unwrap()
}
