//! Writes: each is guarded by a revision, tried a bounded number of times, and decided by reading
//! back when its answer was lost.

use std::{
    future::{Future, poll_fn},
    pin::pin,
    task::Poll,
};

use super::{Accounts, claim::Opened};
use crate::{
    account::Account,
    clock::Stamp,
    error::Error,
    flow::decision::{Commit, Committed, Decision, Write, Written},
    name::KeyKind,
    record::{Key, Record, RecordError, Revision, Stored},
    store::{Add, Delete, Insert, Remove, StoreError, Swap, Update},
};

/// How often a decision is made anew when others write the same record.
const TRIES: usize = 16;

/// What became of a decision on an account.
pub(super) enum OnAccount<R> {
    Done(R),
    Gone,
    /// Another account has a unique key that this one was to get.
    Taken(KeyKind),
}

impl Accounts {
    /// Decides on the record under this key until the decision could be written.
    pub(super) async fn commit_flow<R>(
        &self,
        key: &Key,
        mut found: Option<Stored<Record>>,
        decide: impl Fn(Option<&Stored<Record>>, Stamp, Revision) -> Result<Decision<R>, Error>,
    ) -> Result<R, Error> {
        for _ in 0..TRIES {
            let decision = decide(found.as_ref(), self.now(), self.revision()?)?;
            match decision.commit(self).await? {
                Committed::Done(reply) => return Ok(reply),
                Committed::Stale => found = self.get(key).await?,
                Committed::Taken(_) => return Err(RecordError::Damaged.into()),
            }
        }
        Err(Error::Contended)
    }

    /// Decides on this account until the decision could be written.
    pub(super) async fn commit_account<R>(
        &self,
        account: Stored<Account>,
        decide: impl Fn(&Stored<Account>, Stamp, Revision) -> Decision<R>,
    ) -> Result<OnAccount<R>, Error> {
        self.commit_account_of(None, account, decide).await
    }

    /// The same for a flow, as long as that is as it was when it was opened. Whoever stops a flow
    /// writes its account afterwards.
    pub(super) async fn commit_account_of<R>(
        &self,
        flow: Option<&Opened>,
        mut account: Stored<Account>,
        decide: impl Fn(&Stored<Account>, Stamp, Revision) -> Decision<R>,
    ) -> Result<OnAccount<R>, Error> {
        for _ in 0..TRIES {
            // After the account was loaded: whoever stops the flow from here on writes the account
            // afterwards, so that the write below is stale.
            if !self.is_unchanged(flow).await? {
                return Ok(OnAccount::Gone);
            }
            let decision = decide(&account, self.now(), self.revision()?);
            match decision.commit(self).await? {
                Committed::Done(reply) => return Ok(OnAccount::Done(reply)),
                Committed::Taken(kind) => return Ok(OnAccount::Taken(kind)),
                Committed::Stale => match self.load(account.value.id()).await? {
                    Some(found) => account = found,
                    None => return Ok(OnAccount::Gone),
                },
            }
        }
        Err(Error::Contended)
    }

    async fn is_unchanged(&self, flow: Option<&Opened>) -> Result<bool, Error> {
        let Some(opened) = flow else {
            return Ok(true);
        };
        let found = self.get(&opened.key).await?;
        let revision = |record: &Option<Stored<Record>>| record.as_ref().map(|r| r.revision);
        if revision(&found) != revision(&opened.record) {
            return Ok(false);
        }
        let Some(managing) = opened.flow.managing() else {
            return Ok(true);
        };
        // Whoever manages may have lost their account meanwhile; what they manage is looked at by
        // the decision.
        let manager = self.load(&managing.account).await?;
        Ok(manager.is_some_and(|manager| managing.is_by(&manager.value)))
    }

    /// The record under this key.
    pub(super) async fn get(&self, key: &Key) -> Result<Option<Stored<Record>>, Error> {
        Ok(self.inner.flows.get(key, self.now().into()).await?)
    }

    /// After a failed write: did it happen? Nobody else draws the same revision, or the same epoch:
    /// that one stays while a courier writes the account on. What a read finds may still be lost
    /// with the server that it came from, and what a write answers may not: it is written anew.
    async fn has_account(&self, written: &Stored<Account>, has_new_epoch: bool) -> bool {
        let accounts = &self.inner.accounts;
        for _ in 0..TRIES {
            let (Ok(Some(found)), Ok(revision)) =
                (accounts.load(written.value.id()).await, self.revision())
            else {
                return false;
            };
            let is_of_epoch = has_new_epoch && found.value.epoch.matches(&written.value.epoch);
            if !is_of_epoch && found.revision != written.revision {
                return false;
            }
            let (was, value) = (found.revision, found.value);
            match accounts.update(was, &Stored { revision, value }).await {
                Ok(Update::Stale) => {}
                answer => return answer.is_ok_and(|answer| answer == Update::Updated),
            }
        }
        false
    }

    async fn has_flow(&self, key: &Key, written: Revision, expires: Stamp) -> bool {
        let (Ok(Some(found)), Ok(revision)) = (self.get(key).await, self.revision()) else {
            return false;
        };
        let value = found.value;
        let again = Stored { revision, value };
        let swap = self.inner.flows.swap(key, written, &again, expires.into());
        found.revision == written && swap.await.is_ok_and(|swapped| swapped == Swap::Swapped)
    }
}

impl Commit for Accounts {
    type Error = Error;

    /// What follows a failed write is boxed: it seldom comes, and every future of a verb holds this.
    async fn write(&self, write: Write) -> Result<Written, Error> {
        let (accounts, flows) = (&self.inner.accounts, &self.inner.flows);
        match write {
            Write::AddAccount(account) => match accounts.add(&account).await {
                Ok(Add::Added) => Ok(Written::Done),
                Ok(Add::Taken(Some(kind))) => Ok(Written::Taken(kind)),
                Ok(Add::Taken(None)) => Err(Error::IdInUse),
                Err(lost) => decided(Box::pin(self.has_account(&account, true)).await, lost),
            },
            Write::UpdateAccount {
                was,
                account,
                has_new_epoch,
            } => match accounts.update(was, &account).await {
                Ok(Update::Updated) => Ok(Written::Done),
                Ok(Update::Stale) => Ok(Written::Stale),
                Ok(Update::Taken(kind)) => Ok(Written::Taken(kind)),
                Err(lost) => decided(
                    Box::pin(self.has_account(&account, has_new_epoch)).await,
                    lost,
                ),
            },
            // As with a flow: a lost removal is no success. It is made again later.
            Write::RemoveAccount { id, was } => match accounts.remove(was, &id).await? {
                Remove::Removed => Ok(Written::Done),
                Remove::Stale => Ok(Written::Stale),
            },
            Write::InsertFlow {
                key,
                record,
                now,
                expires,
            } => match flows
                .insert(&key, &record, now.into(), expires.into())
                .await
            {
                Ok(Insert::Inserted) => Ok(Written::Done),
                Ok(Insert::Exists(_)) => Ok(Written::Stale),
                Err(lost) => decided(
                    Box::pin(self.has_flow(&key, record.revision, expires)).await,
                    lost,
                ),
            },
            Write::SwapFlow {
                key,
                was,
                record,
                expires,
            } => match flows.swap(&key, was, &record, expires.into()).await {
                Ok(Swap::Swapped) => Ok(Written::Done),
                Ok(Swap::Stale) => Ok(Written::Stale),
                Err(lost) => decided(
                    Box::pin(self.has_flow(&key, record.revision, expires)).await,
                    lost,
                ),
            },
            // A lost deletion leaves nothing to read: who deleted it cannot be told, so it is no
            // success.
            Write::DeleteFlow { key, was } => match flows.delete(&key, was).await? {
                Delete::Deleted => Ok(Written::Done),
                Delete::Stale => Ok(Written::Stale),
            },
        }
    }
}

fn decided(happened: bool, lost: StoreError) -> Result<Written, Error> {
    if happened {
        Ok(Written::Done)
    } else {
        Err(lost.into())
    }
}

/// Both at once, on one task.
pub(super) async fn join<A, B>(a: impl Future<Output = A>, b: impl Future<Output = B>) -> (A, B) {
    let (mut a, mut b) = (pin!(a), pin!(b));
    let (mut got_a, mut got_b) = (None, None);
    poll_fn(move |context| {
        if got_a.is_none() {
            got_a = ready(a.as_mut().poll(context));
        }
        if got_b.is_none() {
            got_b = ready(b.as_mut().poll(context));
        }
        match (got_a.take(), got_b.take()) {
            (Some(a), Some(b)) => Poll::Ready((a, b)),
            (a, b) => {
                (got_a, got_b) = (a, b);
                Poll::Pending
            }
        }
    })
    .await
}

fn ready<T>(poll: Poll<T>) -> Option<T> {
    match poll {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}
