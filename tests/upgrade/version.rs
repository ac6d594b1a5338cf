//! The library as one of its versions: the one of today, or the next one, which adds something to
//! each record that it writes and finds it again, whoever wrote the record in between.
//!
//! The next one is today's code over a store that puts a note behind each value: how often a
//! process of the next version has written this record. A ledger knows what each revision of each
//! record must say. Where today's code decides on what it has just written itself, the note is not
//! in that yet, as it would be in the next version's own value: there the store takes it from the
//! ledger.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex},
};

use backstop::{
    AccountId,
    account::Account,
    name::UniqueKey,
    record::{Key, Record, Revision, Stored},
    store::{AccountStore, Add, Delete, FlowStore, Insert, Remove, StoreError, Swap, Update},
};
use blake2::{Blake2b, Digest, digest::consts::U32};
use time::OffsetDateTime;

use crate::shelf::Kind;

/// What stands before the number in a note.
const MARK: &[u8; 8] = b"next: n=";

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Number {
    Today,
    Next,
}

/// What the next version has written, known to every process of a test.
#[derive(Clone, Default)]
pub(crate) struct Ledger(Arc<Mutex<Entries>>);

#[derive(Default)]
struct Entries {
    /// What the note of each revision says.
    notes: HashMap<Revision, u32>,
    /// How many writes of the next version were acknowledged, by account.
    written: HashMap<AccountId, u32>,
    /// Those that the next version wrote.
    own: HashSet<Revision>,
    /// How many records of each kind today's version has written back with a note in them.
    kept: HashMap<&'static str, u64>,
}

/// A store as one version of the library uses it.
#[derive(Clone)]
pub(crate) struct Version<S> {
    inner: S,
    number: Number,
    ledger: Ledger,
}

impl Ledger {
    pub(crate) fn written(&self, account: &AccountId) -> u32 {
        let entries = self.0.lock().unwrap();
        entries.written.get(account).copied().unwrap_or(0)
    }

    /// What today's version has written back with a note in it, by the kind of the record.
    pub(crate) fn kept_by_today(&self, kind: &'static str) -> u64 {
        let entries = self.0.lock().unwrap();
        entries.kept.get(kind).copied().unwrap_or(0)
    }

    /// Before a write of this version: what is written back is what the record said before, which is
    /// answered.
    fn replaces(&self, was: Revision, says: u32, kind: &'static str, number: Number) -> u32 {
        let mut entries = self.0.lock().unwrap();
        let before = entries.notes[&was];
        if number == Number::Today || !entries.own.contains(&was) {
            assert_eq!(
                says, before,
                "{number:?} has lost what was noted in a {kind}"
            );
        }
        if number == Number::Today && before > 0 {
            *entries.kept.entry(kind).or_default() += 1;
        }
        before
    }

    fn says(&self, revision: Revision, note: u32, number: Number) {
        let mut entries = self.0.lock().unwrap();
        let known = entries.notes.insert(revision, note);
        assert!(known.is_none(), "each write has a revision of its own");
        if number == Number::Next {
            entries.own.insert(revision);
        }
    }

    fn reads(&self, revision: Revision, says: u32) {
        assert_eq!(says, self.0.lock().unwrap().notes[&revision]);
    }
}

/// The note of a record, whose last bytes it is.
pub(crate) fn noted(record: &[u8]) -> u32 {
    match record.split_last_chunk::<4>() {
        Some((before, number)) if before.ends_with(MARK) => u32::from_le_bytes(*number),
        _ => 0,
    }
}

/// The record with this note.
fn with_note(record: &[u8], note: u32, context: &[u8]) -> Vec<u8> {
    let note_len = if noted(record) == 0 {
        0
    } else {
        MARK.len() + 4
    };
    let (number, body) = (record[0], &record[9..record.len() - note_len]);
    let body = [body, MARK, &note.to_le_bytes()].concat();
    let sum = Blake2b::<U32>::new()
        .chain_update(b"backstop record")
        .chain_update([number])
        .chain_update(u64::try_from(context.len()).unwrap().to_le_bytes())
        .chain_update(context)
        .chain_update(&body)
        .finalize();
    [&[number], &sum[..8], &body].concat()
}

fn kind(record: &[u8]) -> &'static str {
    match Kind::of(record) {
        Kind::Account => "account",
        Kind::Budget => "budget",
        Kind::Flow => "flow",
        Kind::Pointer => "pointer",
    }
}

impl<S> Version<S> {
    pub(crate) fn new(inner: S, number: Number, ledger: &Ledger) -> Self {
        let ledger = ledger.clone();
        Self {
            inner,
            number,
            ledger,
        }
    }

    /// The account as this version writes it in the place of one with this note.
    fn account(&self, before: u32, account: &Stored<Account>) -> Stored<Account> {
        let mut account = account.clone();
        if self.number == Number::Next {
            let bytes = with_note(&account.value.to_bytes(), before + 1, &[]);
            account.value = Account::from_bytes(&bytes).unwrap();
        }
        let note = noted(&account.value.to_bytes());
        self.ledger.says(account.revision, note, self.number);
        account
    }

    /// The same for a record of another kind.
    fn record(&self, before: u32, key: &Key, record: &Stored<Record>) -> Stored<Record> {
        let mut record = record.clone();
        if self.number == Number::Next {
            let bytes = with_note(record.value.as_bytes(), before + 1, key.as_bytes());
            record.value = Record::from_bytes(bytes);
        }
        let note = noted(record.value.as_bytes());
        self.ledger.says(record.revision, note, self.number);
        record
    }

    fn wrote(&self, account: &AccountId) {
        if self.number == Number::Next {
            let mut entries = self.ledger.0.lock().unwrap();
            *entries.written.entry(account.clone()).or_default() += 1;
        }
    }

    fn read(&self, found: Option<Stored<Account>>) -> Option<Stored<Account>> {
        if let Some(found) = &found {
            self.ledger
                .reads(found.revision, noted(&found.value.to_bytes()));
        }
        found
    }
}

impl<S: AccountStore> AccountStore for Version<S> {
    async fn add(&self, account: &Stored<Account>) -> Result<Add, StoreError> {
        let added = self.inner.add(&self.account(0, account)).await?;
        if added == Add::Added {
            self.wrote(account.value.id());
        }
        Ok(added)
    }

    async fn load(&self, id: &AccountId) -> Result<Option<Stored<Account>>, StoreError> {
        Ok(self.read(self.inner.load(id).await?))
    }

    async fn find(&self, key: &UniqueKey) -> Result<Option<Stored<Account>>, StoreError> {
        Ok(self.read(self.inner.find(key).await?))
    }

    async fn update(&self, was: Revision, account: &Stored<Account>) -> Result<Update, StoreError> {
        let says = noted(&account.value.to_bytes());
        // An account that is over has nothing behind it.
        let before = match account.value.unique_keys() {
            [] => 0,
            _ => self.ledger.replaces(was, says, "account", self.number),
        };
        let account = self.account(before, account);
        let updated = self.inner.update(was, &account).await?;
        if updated == Update::Updated {
            self.wrote(account.value.id());
        }
        Ok(updated)
    }

    async fn remove(&self, was: Revision, id: &AccountId) -> Result<Remove, StoreError> {
        self.inner.remove(was, id).await
    }

    async fn due(&self, now: OffsetDateTime, limit: usize) -> Result<Vec<AccountId>, StoreError> {
        self.inner.due(now, limit).await
    }
}

impl<S: FlowStore> FlowStore for Version<S> {
    async fn insert(
        &self,
        key: &Key,
        record: &Stored<Record>,
        now: OffsetDateTime,
        expires: OffsetDateTime,
    ) -> Result<Insert, StoreError> {
        let record = self.record(0, key, record);
        self.inner.insert(key, &record, now, expires).await
    }

    async fn get(
        &self,
        key: &Key,
        now: OffsetDateTime,
    ) -> Result<Option<Stored<Record>>, StoreError> {
        let found = self.inner.get(key, now).await?;
        if let Some(found) = &found {
            self.ledger
                .reads(found.revision, noted(found.value.as_bytes()));
        }
        Ok(found)
    }

    async fn swap(
        &self,
        key: &Key,
        was: Revision,
        record: &Stored<Record>,
        expires: OffsetDateTime,
    ) -> Result<Swap, StoreError> {
        let bytes = record.value.as_bytes();
        let before = match Kind::of(bytes) {
            // It is another one each time.
            Kind::Pointer => 0,
            _ => self
                .ledger
                .replaces(was, noted(bytes), kind(bytes), self.number),
        };
        let record = self.record(before, key, record);
        self.inner.swap(key, was, &record, expires).await
    }

    async fn delete(&self, key: &Key, was: Revision) -> Result<Delete, StoreError> {
        self.inner.delete(key, was).await
    }

    async fn purge(&self, now: OffsetDateTime, limit: usize) -> Result<usize, StoreError> {
        self.inner.purge(now, limit).await
    }
}
