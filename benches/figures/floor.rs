//! The calls of the store that a recovery makes, and nothing else: what its steps are compared to.

use backstop::{
    account::{Account, AccountId},
    name::{KeyKind, UniqueKey},
    record::{Key, Record, Revision, Stored},
    store::{AccountStore, Delete, FlowStore, Insert, Swap, Update},
};
use rand_chacha::{
    ChaCha20Rng,
    rand_core::{Rng, SeedableRng},
};
use time::{Duration, OffsetDateTime};

/// The bytes of a flow that waits for a mailed code.
pub(crate) const FLOW_BYTES: usize = 160;

/// Somebody whose recovery is only calls.
pub(crate) struct Caller<S> {
    store: S,
    account: Stored<Account>,
    rng: ChaCha20Rng,
}

impl<S: AccountStore + FlowStore> Caller<S> {
    /// `number`: of a member who is there.
    pub(crate) async fn new(store: S, number: usize) -> Self {
        let id: AccountId = number.to_string().parse().expect("an id");
        let account = store.load(&id).await.expect("a store").expect("a member");
        let seed = u64::try_from(number).expect("a number");
        Self {
            store,
            account,
            rng: ChaCha20Rng::seed_from_u64(seed),
        }
    }

    /// Those of `challenge`.
    pub(crate) async fn challenge(&mut self) -> Flow {
        let mut flow = Flow {
            key: Key::from_bytes(self.bytes()),
            revision: self.revision(),
        };
        self.get(&flow).await;
        self.find().await;
        self.insert(&mut flow).await;
        flow
    }

    /// Those of `prove` and `apply`.
    pub(crate) async fn finish(&mut self, mut flow: Flow) {
        let mut budget = Flow {
            key: Key::from_bytes(self.bytes()),
            revision: self.revision(),
        };
        self.get(&flow).await;
        self.find().await;
        self.get(&budget).await;
        self.insert(&mut budget).await;
        self.swap(&mut flow).await;
        self.delete(&budget).await;

        self.get(&flow).await;
        self.load().await;
        self.get(&flow).await;
        self.update().await;
        self.delete(&flow).await;
    }

    async fn get(&self, flow: &Flow) {
        let answer = self.store.get(&flow.key, now()).await;
        assert!(answer.is_ok(), "{answer:?}");
    }

    async fn find(&self) {
        let keys = self.account.value.unique_keys();
        let login = keys.iter().find(|key| key.kind() == KeyKind::Login);
        let key: &UniqueKey = login.expect("a name");
        let answer = self.store.find(key).await;
        assert!(matches!(answer, Ok(Some(_))), "{answer:?}");
    }

    async fn load(&self) {
        let answer = self.store.load(self.account.value.id()).await;
        assert!(matches!(answer, Ok(Some(_))), "{answer:?}");
    }

    async fn insert(&mut self, flow: &mut Flow) {
        let record = self.record(flow.revision);
        let answer = self.store.insert(&flow.key, &record, now(), later()).await;
        assert!(matches!(answer, Ok(Insert::Inserted)), "{answer:?}");
    }

    async fn swap(&mut self, flow: &mut Flow) {
        let was = std::mem::replace(&mut flow.revision, self.revision());
        let record = self.record(flow.revision);
        let answer = self.store.swap(&flow.key, was, &record, later()).await;
        assert!(matches!(answer, Ok(Swap::Swapped)), "{answer:?}");
    }

    async fn delete(&self, flow: &Flow) {
        let answer = self.store.delete(&flow.key, flow.revision).await;
        assert!(matches!(answer, Ok(Delete::Deleted)), "{answer:?}");
    }

    async fn update(&mut self) {
        let revision = self.revision();
        let was = std::mem::replace(&mut self.account.revision, revision);
        let answer = self.store.update(was, &self.account).await;
        assert!(matches!(answer, Ok(Update::Updated)), "{answer:?}");
    }

    fn record(&mut self, revision: Revision) -> Stored<Record> {
        let mut bytes = vec![0; FLOW_BYTES];
        self.rng.fill_bytes(&mut bytes);
        let value = Record::from_bytes(bytes);
        Stored { revision, value }
    }

    fn revision(&mut self) -> Revision {
        Revision::from_bytes(self.bytes())
    }

    fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.rng.fill_bytes(&mut bytes);
        bytes
    }
}

/// A flow, or a budget.
pub(crate) struct Flow {
    key: Key,
    revision: Revision,
}

fn now() -> OffsetDateTime {
    OffsetDateTime::UNIX_EPOCH
}

fn later() -> OffsetDateTime {
    now() + Duration::minutes(15)
}
