//! Misses and sign-ins on their way into the account: noted here, and written by the courier, so
//! that no stranger writes an account on the path of a request. What is noted when the process
//! dies is lost: a part of the activity, and misses that would have counted toward the hundred. Budgets
//! are not concerned.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use super::{Accounts, commit::OnAccount};
use crate::{
    account::{Account, AccountId, Activity, ActivityKind, Method},
    error::Error,
    flow::{
        budget::Settled,
        change::{self, Noted, Tally},
    },
};

/// How much of each kind is noted at most between two passes of the courier. Misses beyond it are
/// not counted toward the hundred; they use up their budgets all the same.
const MOST: usize = 4096;

#[derive(Default)]
pub(super) struct Misses(Mutex<Notes>);

#[derive(Default)]
struct Notes {
    tallies: HashMap<(AccountId, Method), Tally>,
    /// Apart, so that strangers who miss push out no sign-in.
    by_strangers: HashMap<Line, Activity>,
    by_owners: HashMap<Line, Activity>,
}

/// What is counted in one entry: the account, what was done, and the label of the client.
type Line = (AccountId, ActivityKind, Option<String>);

impl Misses {
    fn lock(&self) -> MutexGuard<'_, Notes> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes an attempt at a credential of an account that there is. A right one is worth a note
    /// only where there are misses to forget.
    fn tally(&self, account: &Account, method: Method, settled: Settled) {
        let noted = &mut self.lock().tallies;
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

    /// Notes something for the owner to read.
    fn note(&self, account: &AccountId, new: Activity) {
        let mut notes = self.lock();
        let is_of_strangers = new.what.is_of_strangers();
        let noted = match is_of_strangers {
            true => &mut notes.by_strangers,
            false => &mut notes.by_owners,
        };
        // A stranger with many labels is one all the same.
        let label = new.label.clone().filter(|_| !is_of_strangers);
        let line = (account.clone(), new.what, label);
        if noted.len() < MOST || noted.contains_key(&line) {
            let all = match noted.remove(&line) {
                Some(before) => before.with(new),
                None => new,
            };
            noted.insert(line, all);
        }
    }

    /// Notes what could not be written, as before whatever was noted since.
    fn put_back(&self, account: &AccountId, noted: Noted) {
        for entry in noted.activity {
            self.note(account, entry);
        }
        let mut notes = self.lock();
        for (method, tally) in noted.tallies {
            let later = notes.tallies.entry((account.clone(), method)).or_default();
            if !later.was_right {
                later.misses = later.misses.saturating_add(tally.misses);
                later.was_right = tally.was_right;
            }
            later.is_locked |= tally.is_locked;
        }
    }

    fn take(&self) -> InHand<'_> {
        let notes = std::mem::take(&mut *self.lock());
        let mut accounts: HashMap<AccountId, Noted> = HashMap::new();
        for ((account, method), tally) in notes.tallies {
            let noted = accounts.entry(account).or_default();
            noted.tallies.push((method, tally));
        }
        for ((account, ..), entry) in notes.by_strangers.into_iter().chain(notes.by_owners) {
            accounts.entry(account).or_default().activity.push(entry);
        }
        for noted in accounts.values_mut() {
            noted.tallies.sort_by_key(|(method, _)| *method);
            noted.activity.sort_by_key(Activity::at);
        }
        InHand {
            misses: self,
            accounts,
        }
    }
}

/// Notes in hand. Those that were not written are noted again, also when the pass that has them
/// is dropped.
struct InHand<'a> {
    misses: &'a Misses,
    accounts: HashMap<AccountId, Noted>,
}

impl Drop for InHand<'_> {
    fn drop(&mut self) {
        for (account, noted) in self.accounts.drain() {
            self.misses.put_back(&account, noted);
        }
    }
}

impl Accounts {
    /// Notes how an attempt at a credential of an account went that there is.
    ///
    /// `label`: of the client.
    pub(super) fn note_settled(
        &self,
        account: &Account,
        method: Method,
        settled: Settled,
        label: Option<&str>,
    ) {
        self.inner.misses.tally(account, method, settled);
        if let Settled::Wrong { .. } = settled {
            self.note_activity(account, ActivityKind::Missed(method), label);
        }
    }

    /// Notes something for the owner of an account that there is.
    ///
    /// `label`: of the client.
    pub(super) fn note_activity(&self, account: &Account, what: ActivityKind, label: Option<&str>) {
        let new = Activity::new(what, label.map(str::to_owned), self.now());
        self.inner.misses.note(account.id(), new);
    }

    /// Writes what was noted, each account once; what could not be written is noted again. It sends
    /// nothing.
    pub(super) async fn write_misses(&self) -> Result<usize, Error> {
        let mut failed = None;
        let mut held = self.inner.misses.take();
        for (id, noted) in held.accounts.clone() {
            match self.write_noted(&id, &noted).await {
                Ok(()) => {
                    held.accounts.remove(&id);
                }
                Err(error) => failed = Some(error),
            }
        }
        failed.map_or(Ok(0), Err)
    }

    async fn write_noted(&self, id: &AccountId, noted: &Noted) -> Result<(), Error> {
        let Some(stored) = self.load(id).await? else {
            return Ok(());
        };
        let ids = self.inner.entropy.draw()?;
        let _gone: OnAccount<()> = self
            .commit_account(stored, |account, now, revision| {
                change::count(account, noted, ids, revision, now)
            })
            .await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Stamp;

    fn id(number: usize) -> AccountId {
        AccountId::try_from(number.to_string()).unwrap()
    }

    fn note(misses: &Misses, number: usize, what: ActivityKind, label: &str) {
        let new = Activity::new(what, Some(label.to_owned()), Stamp::from_millis(0));
        misses.note(&id(number), new);
    }

    /// What strangers do fills their own share of the memory, and no more than that.
    #[test]
    fn s18_memory_is_bounded_and_misses_push_out_no_sign_in() {
        let misses = Misses::default();
        let missed = ActivityKind::Missed(Method::HintQuestion);
        let entered = ActivityKind::SignedIn(Method::CurrentPassword);
        for number in 0..MOST.saturating_mul(2) {
            note(&misses, number, missed, "curl");
        }
        for label in 0..100 {
            note(&misses, 0, missed, &label.to_string());
        }
        note(&misses, 0, entered, "Firefox");
        assert_eq!(misses.lock().by_strangers.len(), MOST);
        let held = misses.take();
        let noted = held.accounts.get(&id(0)).unwrap();
        assert_eq!(noted.activity.len(), 2);
        let times: Vec<u32> = noted.activity.iter().map(|entry| entry.times).collect();
        assert!(times.contains(&101) && times.contains(&1));
        // A pass that is dropped gives everything back.
        drop(held);
        assert_eq!(misses.lock().by_strangers.len(), MOST);
        assert_eq!(misses.lock().by_owners.len(), 1);
    }
}
