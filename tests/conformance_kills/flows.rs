//! A flow store with one fault, or none: a table in memory, as a database would have it.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex as Lock, Weak},
};

use backstop::{
    conformance::Fixture,
    record::{Key, Record, Revision, Stored},
    store::{Delete, FlowStore, Insert, StoreError, Swap},
};
use time::{Duration, OffsetDateTime};
use tokio::{
    sync::{Mutex, MutexGuard, Semaphore},
    task::yield_now,
    time::sleep,
};

use crate::accounts::{BETWEEN, millis, text};

/// What is wrong with the store.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Fault {
    ClockIsAhead,
    ClockIsBehind,
    DeleteAnswersDeleted,
    DeleteIgnoresTheRevision,
    DeleteReadsThenWrites,
    EmptyRecordIsAbsence,
    ExpiryHas32Bits,
    ExpiryIsIgnored,
    ExpiryIsInSeconds,
    ExpiryIsInclusive,
    FailedReadIsAbsence,
    GetIsCached,
    GetProlongs,
    InsertAnswersWithItsOwn,
    InsertIsCheckedBeforehand,
    InsertKeepsTheExpired,
    InsertReplacesTheLive,
    KeyColumnHas16Bytes,
    KeyColumnStopsAtNul,
    LockOutlivesItsCaller,
    PurgeCountsItsLimit,
    PurgeDeletesNothing,
    PurgeDeletesTheLive,
    PurgeIgnoresItsLimit,
    RecordColumnHas4096Bytes,
    RecordColumnIsText,
    ReplicaIsRead,
    RevisionColumnHas8Bytes,
    RevisionIsComparedByItsBeginning,
    RevisionIsWrittenBeforeTheRecord,
    SwapIgnoresTheRevision,
    SwapInsertsTheDeleted,
    SwapKeepsTheOldExpiry,
    SwapReadsThenWrites,
    TableIsOfTheProcess,
    WritesWaitInMemory,
}

/// Makes stores with this fault.
pub(crate) struct Flows(pub(crate) Option<Fault>);

/// The disk.
pub(crate) struct Disk {
    table: Arc<Mutex<Table>>,
    /// What the open clients share that has not reached the disk.
    unwritten: Lock<Weak<Mutex<Table>>>,
    turns: Arc<Semaphore>,
}

/// One client.
pub(crate) struct Client {
    fault: Option<Fault>,
    table: Arc<Mutex<Table>>,
    turns: Arc<Semaphore>,
    got: Lock<HashMap<Vec<u8>, Row>>,
}

#[derive(Default)]
struct Table {
    rows: BTreeMap<Vec<u8>, Row>,
    replica: Option<BTreeMap<Vec<u8>, Row>>,
}

#[derive(Clone)]
struct Row {
    stored: Stored<Record>,
    expires: i64,
}

impl Fixture for Flows {
    type Place = Disk;
    type Store = Client;

    async fn place(&self) -> Result<Disk, StoreError> {
        Ok(Disk {
            table: Arc::default(),
            unwritten: Lock::default(),
            turns: Arc::new(Semaphore::new(1)),
        })
    }

    async fn open(&self, disk: &Disk) -> Result<Client, StoreError> {
        let table = match self.0 {
            Some(Fault::TableIsOfTheProcess) => Arc::default(),
            Some(Fault::WritesWaitInMemory) => {
                let mut unwritten = disk.unwritten.lock().unwrap();
                let table = unwritten.upgrade().unwrap_or_default();
                *unwritten = Arc::downgrade(&table);
                table
            }
            _ => Arc::clone(&disk.table),
        };
        Ok(Client {
            fault: self.0,
            table,
            turns: Arc::clone(&disk.turns),
            got: Lock::default(),
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

    async fn to_write(&self) -> MutexGuard<'_, Table> {
        let mut table = self.table.lock().await;
        if self.has(Fault::ReplicaIsRead) {
            table.replica = Some(table.rows.clone());
        }
        table
    }

    /// Lets others in between.
    async fn pause<'a>(
        &'a self,
        table: MutexGuard<'a, Table>,
        fault: Fault,
    ) -> MutexGuard<'a, Table> {
        if !self.has(fault) {
            return table;
        }
        drop(table);
        sleep(BETWEEN).await;
        self.table.lock().await
    }

    fn key(&self, key: &Key) -> Vec<u8> {
        let bytes = key.as_bytes();
        match self.fault {
            Some(Fault::KeyColumnHas16Bytes) => bytes[..16].to_vec(),
            Some(Fault::KeyColumnStopsAtNul) => {
                bytes.split(|byte| *byte == 0).next().unwrap().to_vec()
            }
            _ => bytes.to_vec(),
        }
    }

    fn row(&self, stored: &Stored<Record>, expires: OffsetDateTime) -> Row {
        let bytes = stored.value.as_bytes();
        let bytes = match self.fault {
            Some(Fault::RecordColumnHas4096Bytes) => bytes[..bytes.len().min(4096)].to_vec(),
            Some(Fault::RecordColumnIsText) => text(bytes),
            _ => bytes.to_vec(),
        };
        let expires = millis(expires);
        Row {
            stored: Stored {
                revision: match self.fault {
                    Some(Fault::RevisionColumnHas8Bytes) => {
                        let mut bytes = *stored.revision.as_bytes();
                        bytes[8..].fill(0);
                        Revision::from_bytes(bytes)
                    }
                    _ => stored.revision,
                },
                value: Record::from_bytes(bytes),
            },
            expires: match self.fault {
                Some(Fault::ExpiryIsInSeconds) => expires / 1000 * 1000,
                Some(Fault::ExpiryHas32Bits) => i64::from((expires / 1000) as i32) * 1000,
                _ => expires,
            },
        }
    }

    fn is_live(&self, row: &Row, now: OffsetDateTime) -> bool {
        match self.fault {
            Some(Fault::ClockIsAhead) => row.expires > millis(now + Duration::minutes(5)),
            Some(Fault::ClockIsBehind) => row.expires > millis(now - Duration::minutes(5)),
            Some(Fault::ExpiryIsInclusive) => row.expires >= millis(now),
            _ => row.expires > millis(now),
        }
    }

    fn is_current(&self, row: &Row, was: Revision) -> bool {
        let revision = row.stored.revision;
        match self.fault {
            Some(Fault::RevisionIsComparedByItsBeginning) => {
                revision.as_bytes()[..4] == was.as_bytes()[..4]
            }
            _ => revision == was,
        }
    }
}

impl FlowStore for Client {
    async fn insert(
        &self,
        key: &Key,
        record: &Stored<Record>,
        now: OffsetDateTime,
        expires: OffsetDateTime,
    ) -> Result<Insert, StoreError> {
        self.begin().await;
        let mut table = self.to_write().await;
        let key = self.key(key);
        let found = table.rows.get(&key).cloned();
        let is_kept = |row: &Row| match self.fault {
            Some(Fault::InsertKeepsTheExpired) => true,
            Some(Fault::InsertReplacesTheLive) => false,
            _ => self.is_live(row, now),
        };
        let answer = match found.filter(is_kept) {
            Some(_) if self.has(Fault::InsertAnswersWithItsOwn) => Insert::Exists(record.clone()),
            Some(found) => Insert::Exists(found.stored),
            None => {
                table = self.pause(table, Fault::InsertIsCheckedBeforehand).await;
                let row = self.row(record, expires);
                self.got.lock().unwrap().insert(key.clone(), row.clone());
                table.rows.insert(key, row);
                Insert::Inserted
            }
        };
        self.end();
        Ok(answer)
    }

    async fn get(
        &self,
        key: &Key,
        now: OffsetDateTime,
    ) -> Result<Option<Stored<Record>>, StoreError> {
        let key = self.key(key);
        let mut table = self.table.lock().await;
        if let Some(replica) = table.replica.take() {
            let found = replica.get(&key).filter(|row| self.is_live(row, now));
            return Ok(found.map(|row| row.stored.clone()));
        }
        let mut got = self.got.lock().unwrap();
        let cached = got.get(&key).filter(|_| self.has(Fault::GetIsCached));
        let Some(row) = cached.cloned().or_else(|| table.rows.get(&key).cloned()) else {
            return Ok(None);
        };
        if !self.has(Fault::ExpiryIsIgnored) && !self.is_live(&row, now) {
            return Ok(None);
        }
        if self.has(Fault::GetProlongs) {
            let prolonged = millis(now + Duration::minutes(10)).max(row.expires);
            table.rows.get_mut(&key).unwrap().expires = prolonged;
        }
        let record = row.stored.value.as_bytes();
        if record.is_empty() && self.has(Fault::EmptyRecordIsAbsence)
            || record.len() > 4096 && self.has(Fault::FailedReadIsAbsence)
        {
            return Ok(None);
        }
        got.insert(key, row.clone());
        Ok(Some(row.stored))
    }

    async fn swap(
        &self,
        key: &Key,
        was: Revision,
        record: &Stored<Record>,
        expires: OffsetDateTime,
    ) -> Result<Swap, StoreError> {
        self.begin().await;
        let mut table = self.to_write().await;
        let key = self.key(key);
        let may_swap = match table.rows.get(&key) {
            Some(row) => self.has(Fault::SwapIgnoresTheRevision) || self.is_current(row, was),
            None => self.has(Fault::SwapInsertsTheDeleted),
        };
        if !may_swap {
            self.end();
            return Ok(Swap::Stale);
        }
        table = self.pause(table, Fault::SwapReadsThenWrites).await;
        if self.has(Fault::RevisionIsWrittenBeforeTheRecord) {
            table.rows.get_mut(&key).unwrap().stored.revision = record.revision;
            table = self
                .pause(table, Fault::RevisionIsWrittenBeforeTheRecord)
                .await;
        }
        let mut row = self.row(record, expires);
        if let Some(old) = table.rows.get(&key)
            && self.has(Fault::SwapKeepsTheOldExpiry)
        {
            row.expires = old.expires;
        }
        self.got.lock().unwrap().insert(key.clone(), row.clone());
        table.rows.insert(key, row);
        self.end();
        Ok(Swap::Swapped)
    }

    async fn delete(&self, key: &Key, was: Revision) -> Result<Delete, StoreError> {
        self.begin().await;
        let mut table = self.to_write().await;
        let key = self.key(key);
        let may_delete = table.rows.get(&key).is_some_and(|row| {
            self.has(Fault::DeleteIgnoresTheRevision) || self.is_current(row, was)
        });
        let answer = if may_delete {
            table = self.pause(table, Fault::DeleteReadsThenWrites).await;
            table.rows.remove(&key);
            self.got.lock().unwrap().remove(&key);
            Delete::Deleted
        } else if self.has(Fault::DeleteAnswersDeleted) {
            Delete::Deleted
        } else {
            Delete::Stale
        };
        self.end();
        Ok(answer)
    }

    async fn purge(&self, now: OffsetDateTime, limit: usize) -> Result<usize, StoreError> {
        self.begin().await;
        let mut table = self.to_write().await;
        let limit = match self.fault {
            Some(Fault::PurgeDeletesNothing) => 0,
            Some(Fault::PurgeIgnoresItsLimit) => usize::MAX,
            _ => limit,
        };
        let is_purged = |row: &Row| self.has(Fault::PurgeDeletesTheLive) || !self.is_live(row, now);
        let rows = table.rows.iter().filter(|(_, row)| is_purged(row));
        let keys: Vec<Vec<u8>> = rows.map(|(key, _)| key.clone()).take(limit).collect();
        for key in &keys {
            table.rows.remove(key);
        }
        self.end();
        Ok(match self.fault {
            Some(Fault::PurgeCountsItsLimit) => limit,
            _ => keys.len(),
        })
    }
}
