//! The driver: loads, lets the core decide, commits, and answers.

mod builder;
mod change;
mod commit;
mod outcome;
mod refunds;
mod register;
mod sign_in;

use std::{fmt, sync::Arc};

use time::OffsetDateTime;

pub use builder::{BuildError, Builder};
pub use outcome::{Apply, Import, Prove, Register, SessionStatus, SignIn};
use refunds::Refunds;

use crate::{
    account::{Account, AccountId, Epoch},
    audit::{self, Verb},
    client::Client,
    clock::{Clock, Entropy, Stamp},
    error::Error,
    flow::budget::ChargeId,
    hash::{Computation, HashMix, Owner, PasswordHash, Purpose},
    hasher::{Hasher, Seat},
    name::UniqueKey,
    policy::Policy,
    record::{RecordError, Revision, Stored},
    secret::Password,
    service_key::ServiceKey,
    session::SessionId,
    store::{AccountStore, ErasedAccountStore, ErasedFlowStore, FlowStore},
};

/// The accounts of a service: every verb of the library.
///
/// Clones are cheap and share everything. No verb blocks the executor: hashing runs on threads of
/// its own. Dropping a verb's future is safe at any point: nothing is half done, no place stays
/// taken, and no attempt is used up. One whose comparison had begun holds its place in the budget
/// for two minutes.
///
/// Where several processes share a store, their clocks are no more than a minute apart.
#[derive(Clone)]
pub struct Accounts {
    inner: Arc<Inner>,
}

struct Inner {
    accounts: Arc<dyn ErasedAccountStore>,
    flows: Arc<dyn ErasedFlowStore>,
    keys: ServiceKey,
    policy: Policy,
    mix: HashMix,
    hasher: Hasher,
    refunds: Refunds,
    clock: Clock,
    entropy: Entropy,
    audit: audit::Hook,
}

impl Accounts {
    /// Accounts over a store that keeps both accounts and flows.
    ///
    /// `key`: the service's secrets.
    pub fn builder(store: impl AccountStore + FlowStore, key: ServiceKey) -> Builder {
        let store = Arc::new(store);
        Builder::new(Arc::clone(&store) as _, store, key)
    }

    /// Accounts over two stores, such as a database and a faster one for what expires.
    ///
    /// `key`: the service's secrets.
    pub fn builder_over(
        accounts: impl AccountStore,
        flows: impl FlowStore,
        key: ServiceKey,
    ) -> Builder {
        Builder::new(Arc::new(accounts), Arc::new(flows), key)
    }

    /// Deletes flows and budgets that have expired, a batch of at most 1000. Call it every few
    /// minutes; what it has not deleted yet counts as absent anyway.
    ///
    /// Answers how many it deleted; 1000 means that there may be more.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn purge(&self) -> Result<usize, Error> {
        const BATCH: usize = 1000;
        let mut entry = self.event(Verb::Purge);
        let result = self.inner.flows.purge(self.now().into(), BATCH).await;
        if result.is_ok() {
            entry.outcome(audit::Outcome::Accepted);
        }
        entry.end(result.map_err(Error::from))
    }

    fn utc(&self) -> OffsetDateTime {
        (self.inner.clock)()
    }

    fn now(&self) -> Stamp {
        self.utc().into()
    }

    fn event(&self, verb: Verb) -> audit::Entry<'_> {
        audit::Entry::begin(&self.inner.audit, verb, self.utc())
    }

    fn event_of(&self, verb: Verb, client: &Client, name: &UniqueKey) -> audit::Entry<'_> {
        let tag =
            self.inner
                .keys
                .index(&[b"audit name", name.kind().as_str().as_bytes(), name.bytes()]);
        self.event(verb)
            .label(client.label_text())
            .name(audit::NameTag::new(tag))
    }

    fn revision(&self) -> Result<Revision, Error> {
        self.inner.entropy.draw().map(Revision::from_bytes)
    }

    fn epoch(&self) -> Result<Epoch, Error> {
        self.inner.entropy.draw().map(Epoch::from_random)
    }

    fn session_id(&self) -> Result<SessionId, Error> {
        self.inner.entropy.draw().map(SessionId::from_random)
    }

    fn charge_id(&self) -> Result<ChargeId, Error> {
        self.inner.entropy.draw().map(ChargeId::from_random)
    }

    /// The account with this id.
    async fn load(&self, id: &AccountId) -> Result<Option<Stored<Account>>, Error> {
        let found = self.inner.accounts.load(id).await?;
        self.usable(found, |account| account.id() == id)
    }

    /// The account that has this key.
    async fn find(&self, key: &UniqueKey) -> Result<Option<Stored<Account>>, Error> {
        let found = self.inner.accounts.find(key).await?;
        self.usable(found, |account| account.unique_keys().contains(key))
    }

    /// Refuses an account that was not asked for, or that another ring of keys made.
    fn usable(
        &self,
        found: Option<Stored<Account>>,
        is_asked_for: impl Fn(&Account) -> bool,
    ) -> Result<Option<Stored<Account>>, Error> {
        match found {
            Some(stored) if !is_asked_for(&stored.value) => Err(RecordError::Damaged.into()),
            Some(stored) if stored.value.index != self.inner.keys.index_id() => {
                Err(Error::UnknownKey)
            }
            found => Ok(found),
        }
    }

    /// Hashes a password for an account, on a worker.
    async fn hash(
        &self,
        seat: &Seat,
        account: &AccountId,
        password: Password,
    ) -> Result<PasswordHash, Error> {
        let owner = Owner {
            account,
            purpose: Purpose::Password,
        };
        let salt = self.inner.entropy.draw()?;
        let computation = Computation::new(owner, self.inner.mix.own, &self.inner.keys, salt)?;
        let blocks = computation.memory_kib();
        seat.run(blocks, move |memory| {
            computation.hash(password.expose(), memory.blocks(blocks))
        })
        .await?
    }
}

impl fmt::Debug for Accounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Accounts")
            .field("policy", &self.inner.policy)
            .finish_non_exhaustive()
    }
}
