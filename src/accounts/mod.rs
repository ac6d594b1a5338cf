//! The driver: loads, lets the core decide, commits, and answers.

mod attempt;
mod breached;
mod builder;
mod change;
mod claim;
mod commit;
mod compromise;
mod courier;
mod disable;
mod history;
mod identity;
mod links;
mod manage;
mod misses;
mod outbox;
mod outcome;
mod pending;
mod phones;
mod prove;
mod prove_hint;
mod recover;
mod refunds;
mod register;
#[cfg(feature = "totp")]
mod second_factor;
mod sign_in;
mod sign_in_once;
mod spoken;
mod support;

use std::{fmt, sync::Arc};

use time::OffsetDateTime;

use breached::Breached;
use builder::MayAct;
pub use builder::{BuildError, Builder, LinkBaseError};
use misses::Misses;
use outbox::{Bell, Outbox};
pub use outcome::{
    Apply, Approve, Challenge, Challenged, Import, Issue, Manage, OpenCase, Prove, ReadCase,
    Recover, RefuseCase, Register, RegisterSubAccount, SessionStatus, SignIn, SignInLinked,
    SignInOnce, Standing, Stopped,
};
#[cfg(feature = "totp")]
pub use outcome::{IssueBackupCodes, IssueFactor};
use phones::Phones;
use refunds::Refunds;
pub use register::ImportedAccount;

use crate::{
    account::{Account, AccountId, Epoch},
    audit::{self, Verb},
    client::Client,
    clock::{Clock, Entropy, Stamp},
    error::Error,
    flow::budget::ChargeId,
    hash::{HashMix, Owner, PasswordHash, Purpose},
    hasher::{Hasher, Seat},
    locale::Catalogue,
    name::UniqueKey,
    policy::Policy,
    record::{RecordError, Revision, Stored},
    secret::Password,
    sender::{ErasedMessageSender, MessageSender},
    service_key::ServiceKey,
    session::SessionId,
    store::{AccountStore, ErasedAccountStore, ErasedFlowStore, FlowStore},
};

/// The accounts of a service: every verb of the library.
///
/// Clones are cheap and share everything. The futures of verbs are small: a box holds what they need
/// to do their work. No verb blocks the executor: hashing runs on threads of
/// its own. Dropping a verb's future is safe at any point: nothing is half done, no place stays
/// taken, and no attempt is used up. One whose comparison had begun holds its place in the budget
/// for two minutes. One call cannot be taken back: if a `prove` is dropped after the
/// store has the proof, the ticket before it is dead and the new one is lost; the user starts over.
///
/// Where several processes share a store, their clocks are no more than a minute apart.
#[derive(Clone)]
pub struct Accounts {
    inner: Arc<Inner>,
}

struct Inner {
    accounts: Arc<dyn ErasedAccountStore>,
    flows: Arc<dyn ErasedFlowStore>,
    sender: Arc<dyn ErasedMessageSender>,
    keys: ServiceKey,
    policy: Policy,
    breached: Option<Breached>,
    may_act: Option<MayAct>,
    phones: Option<Phones>,
    link_base: Option<String>,
    texts: Catalogue,
    mix: HashMix,
    /// That of hint answers, which are never imported.
    answers: HashMix,
    hasher: Hasher,
    refunds: Refunds,
    outbox: Outbox,
    misses: Misses,
    bell: Arc<Bell>,
    clock: Clock,
    entropy: Entropy,
    audit: audit::Hook,
}

impl Accounts {
    /// Accounts over a store that keeps both accounts and flows.
    ///
    /// `sender`: sends the messages. `key`: the service's secrets.
    pub fn builder(
        store: impl AccountStore + FlowStore,
        sender: impl MessageSender,
        key: ServiceKey,
    ) -> Builder {
        let store = Arc::new(store);
        Builder::new(Arc::clone(&store) as _, store, Arc::new(sender), key)
    }

    /// Accounts over two stores, such as a database and a faster one for what expires.
    ///
    /// `sender`, `key`: as in [`builder`](Self::builder).
    pub fn builder_over(
        accounts: impl AccountStore,
        flows: impl FlowStore,
        sender: impl MessageSender,
        key: ServiceKey,
    ) -> Builder {
        Builder::new(Arc::new(accounts), Arc::new(flows), Arc::new(sender), key)
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
        let mut entry = self.event(verb);
        entry.relabel(client.label_text());
        entry.rename(self.tag(name));
        entry
    }

    fn tag(&self, name: &UniqueKey) -> audit::NameTag {
        let kind = name.kind().as_str().as_bytes();
        let parts: [&[u8]; 3] = [b"audit name", kind, name.bytes()];
        audit::NameTag::new(self.inner.keys.index(&parts))
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
        self.compute(seat, owner, password).await
    }
}

/// The courier, which holds them weakly, looks up and ends.
impl Drop for Inner {
    fn drop(&mut self) {
        self.bell.ring();
    }
}

impl fmt::Debug for Accounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Accounts")
            .field("policy", &self.inner.policy)
            .finish_non_exhaustive()
    }
}
