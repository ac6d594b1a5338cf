//! Misses on their way into the account: counted here, and written by the courier, so that no
//! stranger writes an account on the path of a request.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use super::{Accounts, commit::OnAccount};
use crate::{
    account::{Account, AccountId, Method},
    error::Error,
    flow::{
        budget::Settled,
        change::{self, Tally},
    },
};

/// How many accounts are noted at most between two passes of the courier. Beyond them misses are
/// not counted toward the hundred; they use up their budgets all the same.
const MOST: usize = 4096;

#[derive(Default)]
pub(super) struct Misses(Mutex<HashMap<(AccountId, Method), Tally>>);

impl Misses {
    fn lock(&self) -> MutexGuard<'_, HashMap<(AccountId, Method), Tally>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes an attempt at a credential of an account that there is. A right one is worth a note
    /// only where there are misses to forget.
    pub(super) fn note(&self, account: &Account, method: Method, settled: Settled) {
        let mut noted = self.lock();
        let key = (account.id().clone(), method);
        match settled {
            Settled::Void => {}
            Settled::Right if account.misses_of(method) == 0 && !noted.contains_key(&key) => {}
            Settled::Right if noted.len() < MOST => {
                let tally = noted.entry(key).or_default();
                (tally.misses, tally.was_right) = (0, true);
            }
            Settled::Wrong { left } if noted.len() < MOST => {
                let tally = noted.entry(key).or_default();
                tally.misses = tally.misses.saturating_add(1);
                tally.is_locked |= left == 0;
            }
            Settled::Right | Settled::Wrong { .. } => {}
        }
    }

    /// Notes a tally that could not be written, as before whatever was noted since.
    fn put_back(&self, key: (AccountId, Method), tally: Tally) {
        let mut noted = self.lock();
        let later = noted.entry(key).or_default();
        if !later.was_right {
            later.misses = later.misses.saturating_add(tally.misses);
            later.was_right = tally.was_right;
        }
        later.is_locked |= tally.is_locked;
    }

    fn take(&self) -> InHand<'_> {
        let tallies = std::mem::take(&mut *self.lock());
        InHand {
            misses: self,
            tallies,
        }
    }
}

/// Tallies in hand. Those that were not written are noted again, also when the pass that has them
/// is dropped.
struct InHand<'a> {
    misses: &'a Misses,
    tallies: HashMap<(AccountId, Method), Tally>,
}

impl Drop for InHand<'_> {
    fn drop(&mut self) {
        for (key, tally) in self.tallies.drain() {
            self.misses.put_back(key, tally);
        }
    }
}

impl Accounts {
    /// Writes what was noted; what could not be written is noted again. It sends nothing.
    pub(super) async fn write_misses(&self) -> Result<usize, Error> {
        let mut failed = None;
        let mut held = self.inner.misses.take();
        for (key, tally) in held.tallies.clone() {
            match self.write_tally(&key.0, key.1, tally).await {
                Ok(()) => {
                    held.tallies.remove(&key);
                }
                Err(error) => failed = Some(error),
            }
        }
        failed.map_or(Ok(0), Err)
    }

    async fn write_tally(&self, id: &AccountId, method: Method, tally: Tally) -> Result<(), Error> {
        let Some(stored) = self.load(id).await? else {
            return Ok(());
        };
        let ids = self.inner.entropy.draw()?;
        let _gone: OnAccount<()> = self
            .commit_account(stored, |account, now, revision| {
                change::count(account, method, tally, ids, revision, now)
            })
            .await?;
        Ok(())
    }
}
