//! Both stores in memory: for tests and examples, and the reference of the contract.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use time::OffsetDateTime;

use super::{AccountStore, Add, Delete, FlowStore, Insert, Remove, StoreError, Swap, Update};
use crate::{
    account::{Account, AccountId},
    name::{KeyKind, UniqueKey},
    record::{Key, Record, Revision, Stored},
};

/// Accounts and flows in memory. Clones share them; nothing outlives the process.
#[derive(Clone, Debug, Default)]
pub struct MemoryStore {
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    accounts: HashMap<AccountId, Stored<Account>>,
    owners: HashMap<UniqueKey, AccountId>,
    flows: HashMap<Key, (Stored<Record>, OffsetDateTime)>,
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Every method takes the lock once and changes nothing before its last check.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn taken(&self, account: &Account) -> Option<KeyKind> {
        account
            .unique_keys()
            .iter()
            .find(|key| {
                self.owners
                    .get(key)
                    .is_some_and(|owner| owner != account.id())
            })
            .map(UniqueKey::kind)
    }

    fn put(&mut self, account: &Stored<Account>) {
        let id = account.value.id();
        self.take_out(id);
        for key in account.value.unique_keys() {
            self.owners.insert(key.clone(), id.clone());
        }
        self.accounts.insert(id.clone(), account.clone());
    }

    fn take_out(&mut self, id: &AccountId) {
        if let Some(old) = self.accounts.remove(id) {
            for key in old.value.unique_keys() {
                self.owners.remove(key);
            }
        }
    }
}

impl AccountStore for MemoryStore {
    async fn add(&self, account: &Stored<Account>) -> Result<Add, StoreError> {
        let mut state = self.lock();
        if state.accounts.contains_key(account.value.id()) {
            return Ok(Add::Taken(None));
        }
        if let Some(kind) = state.taken(&account.value) {
            return Ok(Add::Taken(Some(kind)));
        }
        state.put(account);
        Ok(Add::Added)
    }

    async fn load(&self, id: &AccountId) -> Result<Option<Stored<Account>>, StoreError> {
        Ok(self.lock().accounts.get(id).cloned())
    }

    async fn find(&self, key: &UniqueKey) -> Result<Option<Stored<Account>>, StoreError> {
        let state = self.lock();
        let owner = state.owners.get(key);
        Ok(owner.and_then(|id| state.accounts.get(id)).cloned())
    }

    async fn update(&self, was: Revision, account: &Stored<Account>) -> Result<Update, StoreError> {
        let mut state = self.lock();
        let stored = match state.accounts.get(account.value.id()) {
            Some(stored) if stored.revision == was => stored,
            _ => return Ok(Update::Stale),
        };
        let code = stored.value.security_code();
        if code.is_some() && code != account.value.security_code() {
            return Err(StoreError::new("a security code, once set, never changes"));
        }
        if let Some(kind) = state.taken(&account.value) {
            return Ok(Update::Taken(kind));
        }
        state.put(account);
        Ok(Update::Updated)
    }

    async fn remove(&self, was: Revision, id: &AccountId) -> Result<Remove, StoreError> {
        let mut state = self.lock();
        match state.accounts.get(id) {
            Some(stored) if stored.revision == was => {}
            _ => return Ok(Remove::Stale),
        }
        state.take_out(id);
        Ok(Remove::Removed)
    }

    async fn due(&self, now: OffsetDateTime, limit: usize) -> Result<Vec<AccountId>, StoreError> {
        let state = self.lock();
        let mut due: Vec<_> = state
            .accounts
            .values()
            .filter_map(|stored| Some((stored.value.due_at()?, stored.value.id())))
            .filter(|(at, _id)| *at <= now)
            .collect();
        due.sort();
        Ok(due
            .into_iter()
            .take(limit)
            .map(|(_, id)| id.clone())
            .collect())
    }
}

impl FlowStore for MemoryStore {
    async fn insert(
        &self,
        key: &Key,
        record: &Stored<Record>,
        now: OffsetDateTime,
        expires: OffsetDateTime,
    ) -> Result<Insert, StoreError> {
        let mut state = self.lock();
        match state.flows.get(key) {
            Some((stored, until)) if *until > now => Ok(Insert::Exists(stored.clone())),
            _ => {
                state.flows.insert(*key, (record.clone(), expires));
                Ok(Insert::Inserted)
            }
        }
    }

    async fn get(
        &self,
        key: &Key,
        now: OffsetDateTime,
    ) -> Result<Option<Stored<Record>>, StoreError> {
        let state = self.lock();
        let found = state.flows.get(key).filter(|(_, until)| *until > now);
        Ok(found.map(|(stored, _)| stored.clone()))
    }

    async fn swap(
        &self,
        key: &Key,
        was: Revision,
        record: &Stored<Record>,
        expires: OffsetDateTime,
    ) -> Result<Swap, StoreError> {
        match self.lock().flows.get_mut(key) {
            Some(found) if found.0.revision == was => {
                *found = (record.clone(), expires);
                Ok(Swap::Swapped)
            }
            _ => Ok(Swap::Stale),
        }
    }

    async fn delete(&self, key: &Key, was: Revision) -> Result<Delete, StoreError> {
        let mut state = self.lock();
        match state.flows.get(key) {
            Some((stored, _)) if stored.revision == was => {
                state.flows.remove(key);
                Ok(Delete::Deleted)
            }
            _ => Ok(Delete::Stale),
        }
    }

    async fn purge(&self, now: OffsetDateTime, limit: usize) -> Result<usize, StoreError> {
        let mut state = self.lock();
        let expired: Vec<Key> = state
            .flows
            .iter()
            .filter(|(_key, (_, until))| *until <= now)
            .map(|(key, _)| *key)
            .take(limit)
            .collect();
        for key in &expired {
            state.flows.remove(key);
        }
        Ok(expired.len())
    }
}
