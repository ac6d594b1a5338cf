//! What is scoped to a verb's future is there in the store's calls: a host's transaction, a span.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::sync::{Arc, Mutex};

use backstop::{
    AccountId, Apply, MemoryStore, SignIn,
    account::Account,
    name::UniqueKey,
    record::{Key, Record, Revision, Stored},
    store::{AccountStore, Add, Delete, FlowStore, Insert, Remove, StoreError, Swap, Update},
};
use support::{NEW, OLD, WRONG, World, key};
use time::OffsetDateTime;

tokio::task_local! {
    static CALLER: &'static str;
}

type Answer<T> = Result<T, StoreError>;

/// Notes each call with the caller that it finds, also when it goes on after a wait.
#[derive(Clone)]
struct Noting {
    inner: MemoryStore,
    calls: Arc<Mutex<Vec<Call>>>,
}

#[derive(Debug)]
struct Call {
    name: &'static str,
    caller: Option<&'static str>,
    /// The account that is written.
    id: Option<AccountId>,
}

impl Noting {
    async fn note(&self, name: &'static str, id: Option<&AccountId>) {
        for _ in 0..2 {
            let caller = CALLER.try_with(|caller| *caller).ok();
            let id = id.cloned();
            self.calls.lock().unwrap().push(Call { name, caller, id });
            tokio::task::yield_now().await;
        }
    }
}

impl AccountStore for Noting {
    async fn add(&self, account: &Stored<Account>) -> Answer<Add> {
        self.note("add", Some(account.value.id())).await;
        self.inner.add(account).await
    }
    async fn load(&self, id: &AccountId) -> Answer<Option<Stored<Account>>> {
        self.note("load", None).await;
        self.inner.load(id).await
    }
    async fn find(&self, key: &UniqueKey) -> Answer<Option<Stored<Account>>> {
        self.note("find", None).await;
        self.inner.find(key).await
    }
    async fn update(&self, was: Revision, account: &Stored<Account>) -> Answer<Update> {
        self.note("update", Some(account.value.id())).await;
        self.inner.update(was, account).await
    }
    async fn remove(&self, was: Revision, id: &AccountId) -> Answer<Remove> {
        self.note("remove", Some(id)).await;
        self.inner.remove(was, id).await
    }
    async fn due(&self, now: OffsetDateTime, limit: usize) -> Answer<Vec<AccountId>> {
        self.note("due", None).await;
        self.inner.due(now, limit).await
    }
}

impl FlowStore for Noting {
    async fn insert(
        &self,
        key: &Key,
        record: &Stored<Record>,
        now: OffsetDateTime,
        expires: OffsetDateTime,
    ) -> Answer<Insert> {
        self.note("insert", None).await;
        self.inner.insert(key, record, now, expires).await
    }
    async fn get(&self, key: &Key, now: OffsetDateTime) -> Answer<Option<Stored<Record>>> {
        self.note("get", None).await;
        self.inner.get(key, now).await
    }
    async fn swap(
        &self,
        key: &Key,
        was: Revision,
        record: &Stored<Record>,
        expires: OffsetDateTime,
    ) -> Answer<Swap> {
        self.note("swap", None).await;
        self.inner.swap(key, was, record, expires).await
    }
    async fn delete(&self, key: &Key, was: Revision) -> Answer<Delete> {
        self.note("delete", None).await;
        self.inner.delete(key, was).await
    }
    async fn purge(&self, now: OffsetDateTime, limit: usize) -> Answer<usize> {
        self.note("purge", None).await;
        self.inner.purge(now, limit).await
    }
}

/// Verbs that between them make every call: registration, a miss, a sign-in, a change, a deletion.
async fn whole_life(world: World<Noting>, id: &'static str) {
    let signed_in = world.register(id, id, OLD).await;
    let missed = world.sign_in(id, WRONG).await;
    assert!(matches!(missed, SignIn::Denied { .. }), "{missed:?}");
    let signed_in = world.change(&signed_in, OLD, NEW).await;
    let ticket = world.settings(&signed_in).await;
    let ticket = world.proven(&ticket, NEW).await;
    let changes = backstop::Changes::new().delete();
    let gone = world.accounts.apply(&ticket, changes).await.unwrap();
    assert!(matches!(gone, Apply::Deleted), "{gone:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_store_is_called_within_the_future_of_the_verb() {
    let store = Noting {
        inner: MemoryStore::new(),
        calls: Arc::default(),
    };
    let world = World::over(store.clone(), key(), |builder| builder);
    let lives: Vec<_> = ["alice", "birch", "cedar", "dogwood"]
        .map(|id| tokio::spawn(CALLER.scope(id, whole_life(world.clone(), id))))
        .into();
    for life in lives {
        life.await.unwrap();
    }
    for call in store.calls.lock().unwrap().drain(..) {
        assert!(call.caller.is_some(), "{call:?} came from elsewhere");
        if let Some(id) = &call.id {
            assert_eq!(call.caller, Some(id.as_str()), "{call:?}");
        }
    }
    // The courier and the sweep have a caller of their own.
    let sweep = async {
        world.accounts.deliver_due().await.unwrap();
        world.accounts.purge().await.unwrap();
    };
    CALLER.scope("the host", sweep).await;
    let calls = store.calls.lock().unwrap();
    for name in ["due", "remove", "purge"] {
        assert!(calls.iter().any(|call| call.name == name), "no {name}");
    }
    for call in calls.iter() {
        assert_eq!(call.caller, Some("the host"), "{call:?}");
    }
}
