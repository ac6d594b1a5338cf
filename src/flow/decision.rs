//! A decision and its lid: what was decided is known only once it is written.
//!
//! A reply lies inside the decision that brings it about. The one way to take it out is
//! [`Decision::commit`], which first makes the write that the reply speaks of.

use crate::{
    account::{Account, AccountId},
    clock::Stamp,
    name::KeyKind,
    record::{Key, Record, Revision, Stored},
};

/// At most one write of one record, and the reply that becomes true with it.
#[must_use = "a decision means nothing until it is committed"]
pub(crate) struct Decision<R> {
    write: Option<Write>,
    reply: R,
}

/// A write of one record, guarded by the revision that the decision was made on.
#[derive(Clone)]
pub(crate) enum Write {
    AddAccount(Stored<Account>),
    DeleteFlow {
        key: Key,
        was: Revision,
    },
    InsertFlow {
        key: Key,
        record: Stored<Record>,
        now: Stamp,
        expires: Stamp,
    },
    RemoveAccount {
        id: AccountId,
        was: Revision,
    },
    SwapFlow {
        key: Key,
        was: Revision,
        record: Stored<Record>,
        expires: Stamp,
    },
    UpdateAccount {
        was: Revision,
        account: Stored<Account>,
        /// Whether its epoch was drawn for this write: then an account that has it was written so,
        /// whoever wrote it since.
        has_new_epoch: bool,
    },
}

impl Write {
    /// Puts this account in the place of the one that was decided on.
    pub(crate) fn update(was: &Stored<Account>, value: Account, revision: Revision) -> Self {
        Self::UpdateAccount {
            was: was.revision,
            has_new_epoch: !value.epoch.matches(&was.value.epoch),
            account: Stored { revision, value },
        }
    }

    /// Puts a record in the place of the one that was found, or where there was none.
    pub(crate) fn put(
        key: Key,
        found: Option<&Stored<Record>>,
        record: Stored<Record>,
        now: Stamp,
        expires: Stamp,
    ) -> Self {
        match found {
            None => Self::InsertFlow {
                key,
                record,
                now,
                expires,
            },
            Some(found) => Self::SwapFlow {
                key,
                was: found.revision,
                record,
                expires,
            },
        }
    }
}

/// What became of a write.
pub(crate) enum Written {
    Done,
    /// The record is not the one that was decided on: load it and decide again.
    Stale,
    Taken(KeyKind),
}

/// What became of a decision.
pub(crate) enum Committed<R> {
    Done(R),
    Stale,
    Taken(KeyKind),
}

/// Makes one write, durable when it says so. The driver implements it over the host's stores.
pub(crate) trait Commit {
    type Error;

    async fn write(&self, write: Write) -> Result<Written, Self::Error>;
}

impl<R> Decision<R> {
    /// A reply that is true as things are.
    pub(crate) fn without_write(reply: R) -> Self {
        Self { write: None, reply }
    }

    /// A reply that becomes true with this write.
    pub(crate) fn with(write: Write, reply: R) -> Self {
        Self {
            write: Some(write),
            reply,
        }
    }

    #[cfg(test)]
    pub(super) fn into_parts(self) -> (Option<Write>, R) {
        (self.write, self.reply)
    }

    /// The lid.
    pub(crate) async fn commit<C: Commit>(self, stores: &C) -> Result<Committed<R>, C::Error> {
        let written = match self.write {
            Some(write) => stores.write(write).await?,
            None => Written::Done,
        };
        Ok(match written {
            Written::Done => Committed::Done(self.reply),
            Written::Stale => Committed::Stale,
            Written::Taken(kind) => Committed::Taken(kind),
        })
    }
}
