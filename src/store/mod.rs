//! Where the records lie: two traits that a host implements over its own database, a memory store
//! that is their reference, and adapters.
//!
//! Each call is one atomic step: make it one autocommit statement. Every write names the revision
//! it was decided on, and the library draws a new random revision for every write, so a lost
//! answer is decided by reading back. One type may implement both traits.
//!
//! A call runs in the task of whoever called the verb: on their runtime, and dropped with the verb
//! when they give it up.
//!
//! Instants are whole milliseconds. A call that never ends holds its caller's place among those
//! that hash, so give the calls a time-out: what then comes of the write is read back.
//!
//! Every call is made within the future of the verb that needs it, never by another task: what a host
//! scopes to that future, such as a task-local value or a tracing span, is there in the store. So a
//! registration can write the host's own rows in the transaction of [`AccountStore::add`].
//!
//! How to write a store, engine by engine, is [a page of the manual](crate::manual::writing_a_store).

mod erased;
mod memory;
#[cfg(any(feature = "postgres", feature = "sqlite"))]
mod migration;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(any(feature = "postgres", feature = "sqlite"))]
mod sql;
#[cfg(feature = "sqlite")]
mod sqlite;

use std::future::Future;

use time::OffsetDateTime;

pub(crate) use erased::{ErasedAccountStore, ErasedFlowStore};
pub use memory::MemoryStore;
#[cfg(feature = "postgres")]
pub use postgres::PostgresStore;
#[cfg(feature = "sqlite")]
pub use sqlite::SqliteStore;

use crate::{
    account::{Account, AccountId},
    error::Error,
    name::{KeyKind, UniqueKey},
    record::{Key, Record, RecordError, Revision, Stored},
};

/// A durable store of accounts.
///
/// [`manual::writing_a_store`](crate::manual::writing_a_store) says how one is written and proved.
///
/// # Contract
///
/// The suite of the feature `conformance` (`conformance::account_store`) holds a store to each
/// sentence, as far as one can without pulling the plug. What a wrong answer costs stands behind it.
///
/// 1. `Ok` means durable: what was answered is there after a crash of the process and a loss of
///    power. *Else a user is told that the password is changed, and it is not.*
/// 2. `add` of an id that is there answers `Taken(None)` and changes nothing, also when another
///    account has one of its unique keys. *Else a registration overwrites an account.*
/// 3. `add` and `update` of an account with a unique key that another account has answer
///    `Taken(Some(kind))` and change nothing. This is decided in the same atomic step as the
///    write. *Else two people own one name.*
/// 4. `update` and `remove` act only while the stored revision is `was`; otherwise they answer
///    `Stale` and change nothing, also when there is no such account, and whatever else is wrong
///    with the write. This is decided in the same atomic step as the write. *Else the later of two
///    changes undoes the earlier one.*
/// 5. An update replaces the account's unique keys: keys it no longer has are free at once.
///    *Else an old name cannot be given up, or opens the account for ever.*
/// 6. `load` and `find` answer with what the last `Ok` wrote, whoever wrote it: no stale replica,
///    no cache. *Else a session lives on after the change that ended it.*
/// 7. Ids and key bytes are compared byte by byte, kinds apart: no case folding, no trimming, no
///    collation. *Else one person's name opens another person's account.*
/// 8. What was stored comes back unchanged, whatever its bytes. *Else nobody can sign in.*
/// 9. `due` answers ids of accounts whose `due_at` is at or before `now`, the earliest first, at
///    most `limit` of them. *Else notices are late or lost.*
/// 10. A stored security code is never altered or cleared by `update` of the stored revision:
///     answer with an error. It goes with the account, when that is removed. *Else the last line
///     of defence can be moved.*
/// 11. A call that fails, or whose future is dropped, has made the whole write or none of it.
///     *Else an account is half changed.*
pub trait AccountStore: Send + Sync + 'static {
    /// Adds an account whose id and unique keys are free.
    fn add(
        &self,
        account: &Stored<Account>,
    ) -> impl Future<Output = Result<Add, StoreError>> + Send;

    /// The account with this id.
    fn load(
        &self,
        id: &AccountId,
    ) -> impl Future<Output = Result<Option<Stored<Account>>, StoreError>> + Send;

    /// The account that has this unique key.
    fn find(
        &self,
        key: &UniqueKey,
    ) -> impl Future<Output = Result<Option<Stored<Account>>, StoreError>> + Send;

    /// Replaces the account with the same id, if its stored revision is `was`.
    fn update(
        &self,
        was: Revision,
        account: &Stored<Account>,
    ) -> impl Future<Output = Result<Update, StoreError>> + Send;

    /// Removes the account and its unique keys, if its stored revision is `was`.
    fn remove(
        &self,
        was: Revision,
        id: &AccountId,
    ) -> impl Future<Output = Result<Remove, StoreError>> + Send;

    /// The ids of accounts that the library wants to see again.
    fn due(
        &self,
        now: OffsetDateTime,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<AccountId>, StoreError>> + Send;
}

/// A store of records that expire: flows and attempt budgets.
///
/// [`manual::writing_a_store`](crate::manual::writing_a_store) says how one is written and proved.
///
/// # Contract
///
/// The suite of the feature `conformance` (`conformance::flow_store`) holds a store to each
/// sentence, as far as one can without pulling the plug. What a wrong answer costs stands behind it.
///
/// 1. `Ok` survives the end of the process. A loss of power may undo the last writes. *Else a
///    restart hands out new attempts.*
/// 2. `insert` answers `Exists` with the record, and changes nothing, while one lies under the
///    key that is not expired; an expired one counts as absent and is replaced. This is decided
///    in the same atomic step as the write. *Else parallel guesses are counted as one.*
/// 3. A record is expired when its `expires` is at or before `now`, which is the library's clock
///    and not the store's. `get` does not answer with an expired one. *Else a code outlives its
///    time, or a lock its end.*
/// 4. `swap` and `delete` act only while the stored revision is `was`; otherwise they answer
///    `Stale` and change nothing, also when there is no such record. That a record has expired
///    does not matter as long as it lies there. This is decided in the same atomic step as the
///    write. *Else one code is accepted twice, or a guess is not counted.*
/// 5. `get` answers with what the last `Ok` wrote, whoever wrote it. *Else guesses are made on an
///    old count.*
/// 6. `purge` deletes expired records only, as many as there are up to `limit`, and answers how
///    many. *Else a lock ends early, or a sweep holds up sign-ins.*
/// 7. What was stored comes back unchanged, whatever its bytes. *Else nobody can sign in.*
/// 8. A call that fails, or whose future is dropped, has made the whole write or none of it.
///    *Else an attempt is charged for ever.*
pub trait FlowStore: Send + Sync + 'static {
    /// Stores a record under a key that has none.
    fn insert(
        &self,
        key: &Key,
        record: &Stored<Record>,
        now: OffsetDateTime,
        expires: OffsetDateTime,
    ) -> impl Future<Output = Result<Insert, StoreError>> + Send;

    /// The record under this key.
    fn get(
        &self,
        key: &Key,
        now: OffsetDateTime,
    ) -> impl Future<Output = Result<Option<Stored<Record>>, StoreError>> + Send;

    /// Replaces the record under this key, if its stored revision is `was`.
    fn swap(
        &self,
        key: &Key,
        was: Revision,
        record: &Stored<Record>,
        expires: OffsetDateTime,
    ) -> impl Future<Output = Result<Swap, StoreError>> + Send;

    /// Deletes the record under this key, if its stored revision is `was`.
    fn delete(
        &self,
        key: &Key,
        was: Revision,
    ) -> impl Future<Output = Result<Delete, StoreError>> + Send;

    /// Deletes expired records, at most `limit` of them.
    fn purge(
        &self,
        now: OffsetDateTime,
        limit: usize,
    ) -> impl Future<Output = Result<usize, StoreError>> + Send;
}

/// The answer of [`AccountStore::add`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[must_use]
pub enum Add {
    /// It is there, durably.
    Added,
    /// Another account has a unique key of this kind or, with `None`, the id.
    Taken(Option<KeyKind>),
}

/// The answer of [`AccountStore::update`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[must_use]
pub enum Update {
    /// The stored revision is another one, or there is no such account.
    Stale,
    /// Another account has a unique key of this kind.
    Taken(KeyKind),
    /// It is replaced, durably.
    Updated,
}

/// The answer of [`AccountStore::remove`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[must_use]
pub enum Remove {
    /// It is gone, durably.
    Removed,
    /// The stored revision is another one, or there is no such account.
    Stale,
}

/// The answer of [`FlowStore::insert`].
#[derive(Clone, Debug)]
#[must_use]
pub enum Insert {
    /// This record lies there.
    Exists(Stored<Record>),
    /// It is stored.
    Inserted,
}

/// The answer of [`FlowStore::swap`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[must_use]
pub enum Swap {
    /// The stored revision is another one, or there is no such record.
    Stale,
    /// It is replaced.
    Swapped,
}

/// The answer of [`FlowStore::delete`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[must_use]
pub enum Delete {
    /// It is gone.
    Deleted,
    /// The stored revision is another one, or there is no such record.
    Stale,
}

/// A store that failed. The library treats the outcome as unknown and reads back.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct StoreError {
    source: Box<dyn std::error::Error + Send + Sync>,
}

impl StoreError {
    /// Wraps the error of the database's driver, or a text.
    ///
    /// A [`RecordError`] that is passed on, as from [`Account::from_bytes`], reaches the caller of
    /// a verb as [`Error::Record`].
    pub fn new(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self {
            source: source.into(),
        }
    }
}

impl From<RecordError> for StoreError {
    fn from(error: RecordError) -> Self {
        Self::new(error)
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error.source.downcast::<RecordError>() {
            Ok(damage) => Self::Record(*damage),
            Err(source) => Self::Store(StoreError { source }),
        }
    }
}
