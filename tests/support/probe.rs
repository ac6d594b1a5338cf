//! A store around another one that notes every call and fails when it is told to.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    task::Poll,
};

use backstop::{
    AccountId,
    account::Account,
    name::UniqueKey,
    record::{Key, Record, Revision, Stored},
    store::{AccountStore, Add, Delete, FlowStore, Insert, Remove, StoreError, Swap, Update},
};
use time::OffsetDateTime;

/// How a call goes wrong.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Fault {
    /// It fails before anything is done.
    Before,
    /// It is done, and its answer is lost.
    After,
    /// It is done when the caller is polled again, so others can do something before it.
    Late,
    /// It is done, and never answers.
    Mute,
    /// It never answers.
    Never,
}

#[derive(Clone, Debug)]
pub struct Probe<S> {
    pub inner: S,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    calls: Vec<&'static str>,
    /// All that was ever written, as bytes.
    written: Vec<Vec<u8>>,
    /// How many calls still go well, and how the calls after them go wrong.
    healthy: usize,
    faults: VecDeque<Fault>,
    struck: bool,
}

impl<S> Probe<S> {
    pub fn new(inner: S) -> Self {
        Self {
            inner,
            state: Arc::default(),
        }
    }

    /// The names of the calls since the last time this was asked.
    pub fn take_calls(&self) -> Vec<&'static str> {
        std::mem::take(&mut self.state.lock().unwrap().calls)
    }

    /// All that was ever written, as bytes.
    pub fn written(&self) -> Vec<Vec<u8>> {
        self.state.lock().unwrap().written.clone()
    }

    fn note(&self, bytes: &[u8]) {
        self.state.lock().unwrap().written.push(bytes.to_vec());
    }

    /// After `healthy` more calls, as many as there are faults go wrong in these ways.
    pub fn fail(&self, healthy: usize, faults: &[Fault]) {
        let mut state = self.state.lock().unwrap();
        state.healthy = healthy;
        state.faults = faults.iter().copied().collect();
        state.struck = false;
    }

    /// Whether a fault that was set has happened; none is set afterwards.
    pub fn struck(&self) -> bool {
        let mut state = self.state.lock().unwrap();
        state.faults.clear();
        state.struck
    }

    /// Whether a fault that was set has happened.
    pub fn struck_yet(&self) -> bool {
        self.state.lock().unwrap().struck
    }

    async fn pass<T>(
        &self,
        name: &'static str,
        call: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        let fault = {
            let mut state = self.state.lock().unwrap();
            state.calls.push(name);
            if state.healthy > 0 {
                state.healthy -= 1;
                None
            } else {
                let fault = state.faults.pop_front();
                state.struck |= fault.is_some();
                fault
            }
        };
        match fault {
            None => call.await,
            Some(Fault::Before) => Err(StoreError::new("injected before")),
            Some(Fault::After) => {
                let _answer = call.await?;
                Err(StoreError::new("injected after"))
            }
            Some(Fault::Late) => {
                let mut is_second = false;
                std::future::poll_fn(|context| {
                    context.waker().wake_by_ref();
                    match std::mem::replace(&mut is_second, true) {
                        false => Poll::Pending,
                        true => Poll::Ready(()),
                    }
                })
                .await;
                call.await
            }
            Some(Fault::Mute) => {
                let _answer = call.await?;
                std::future::pending().await
            }
            Some(Fault::Never) => std::future::pending().await,
        }
    }
}

impl<S: AccountStore> AccountStore for Probe<S> {
    async fn add(&self, account: &Stored<Account>) -> Result<Add, StoreError> {
        self.note(&account.value.to_bytes());
        self.pass("add", self.inner.add(account)).await
    }

    async fn load(&self, id: &AccountId) -> Result<Option<Stored<Account>>, StoreError> {
        self.pass("load", self.inner.load(id)).await
    }

    async fn find(&self, key: &UniqueKey) -> Result<Option<Stored<Account>>, StoreError> {
        self.pass("find", self.inner.find(key)).await
    }

    async fn update(&self, was: Revision, account: &Stored<Account>) -> Result<Update, StoreError> {
        self.note(&account.value.to_bytes());
        self.pass("update", self.inner.update(was, account)).await
    }

    async fn remove(&self, was: Revision, id: &AccountId) -> Result<Remove, StoreError> {
        self.pass("remove", self.inner.remove(was, id)).await
    }

    async fn due(&self, now: OffsetDateTime, limit: usize) -> Result<Vec<AccountId>, StoreError> {
        self.pass("due", self.inner.due(now, limit)).await
    }
}

impl<S: FlowStore> FlowStore for Probe<S> {
    async fn insert(
        &self,
        key: &Key,
        record: &Stored<Record>,
        now: OffsetDateTime,
        expires: OffsetDateTime,
    ) -> Result<Insert, StoreError> {
        self.note(record.value.as_bytes());
        self.note(key.as_bytes());
        self.pass("insert", self.inner.insert(key, record, now, expires))
            .await
    }

    async fn get(
        &self,
        key: &Key,
        now: OffsetDateTime,
    ) -> Result<Option<Stored<Record>>, StoreError> {
        self.pass("get", self.inner.get(key, now)).await
    }

    async fn swap(
        &self,
        key: &Key,
        was: Revision,
        record: &Stored<Record>,
        expires: OffsetDateTime,
    ) -> Result<Swap, StoreError> {
        self.note(record.value.as_bytes());
        self.note(key.as_bytes());
        self.pass("swap", self.inner.swap(key, was, record, expires))
            .await
    }

    async fn delete(&self, key: &Key, was: Revision) -> Result<Delete, StoreError> {
        self.pass("delete", self.inner.delete(key, was)).await
    }

    async fn purge(&self, now: OffsetDateTime, limit: usize) -> Result<usize, StoreError> {
        self.pass("purge", self.inner.purge(now, limit)).await
    }
}
