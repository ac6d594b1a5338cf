//! How [`Accounts`] come about.

use std::{fmt, sync::Arc};

use rand_core::TryCryptoRng;
use time::OffsetDateTime;

use super::{Accounts, Inner, refunds::Refunds};
use crate::{
    audit::{self, Event},
    clock::{Clock, Entropy, system_clock},
    hash::{HashCost, HashMix},
    hasher::{Hasher, HasherConfig},
    policy::{self, Policy},
    service_key::ServiceKey,
    store::{ErasedAccountStore, ErasedFlowStore},
};

/// Collects what [`Accounts`] are made of. Everything but the store and the key has a default.
#[must_use = "call build()"]
pub struct Builder {
    accounts: Arc<dyn ErasedAccountStore>,
    flows: Arc<dyn ErasedFlowStore>,
    keys: ServiceKey,
    policy: Policy,
    mix: HashMix,
    hasher: HasherConfig,
    clock: Clock,
    entropy: Entropy,
    audit: audit::Hook,
}

impl Builder {
    pub(super) fn new(
        accounts: Arc<dyn ErasedAccountStore>,
        flows: Arc<dyn ErasedFlowStore>,
        keys: ServiceKey,
    ) -> Self {
        Self {
            accounts,
            flows,
            keys,
            policy: Policy::default(),
            mix: HashMix::default(),
            hasher: HasherConfig::default(),
            clock: system_clock(),
            entropy: Entropy::system(),
            audit: Box::new(|_event| {}),
        }
    }

    /// What is allowed. [`Policy::marketplace`] unless set.
    pub fn policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    /// What a new hash costs. [`HashCost::DEFAULT`] unless set. Hashes of another cost still
    /// verify and are replaced when their owner signs in.
    pub fn hash_cost(mut self, cost: HashCost) -> Self {
        self.mix.own = cost;
        self
    }

    /// Declares that this share of the accounts still has a hash of another cost, imported or
    /// older, so that names without an account take as long as those with one.
    ///
    /// `thousandths`: the share; all shares together are at most 1000.
    pub fn stored_hashes(mut self, cost: HashCost, thousandths: u16) -> Self {
        self.mix.others.push((cost, thousandths));
        self
    }

    /// How many threads hash and how many callers may wait.
    pub fn hasher(mut self, config: HasherConfig) -> Self {
        self.hasher = config;
        self
    }

    /// Where events go. The hook is called on the caller's task at the end of each verb: it must
    /// neither block nor panic.
    pub fn audit(mut self, hook: impl Fn(&Event) + Send + Sync + 'static) -> Self {
        self.audit = Box::new(hook);
        self
    }

    /// Where the time comes from; the system's clock unless set. For tests and simulations.
    pub fn clock(mut self, clock: impl Fn() -> OffsetDateTime + Send + Sync + 'static) -> Self {
        self.clock = Box::new(clock);
        self
    }

    /// Where random values come from; the operating system unless set. For tests that run from a
    /// seed.
    ///
    /// # Security
    ///
    /// Every token, salt and revision is drawn from it.
    pub fn entropy(mut self, source: impl TryCryptoRng + Send + 'static) -> Self {
        self.entropy = Entropy::new(source);
        self
    }

    /// Starts the workers.
    ///
    /// # Errors
    ///
    /// [`BuildError`]: the policy contradicts itself, or no thread could be started.
    pub fn build(self) -> Result<Accounts, BuildError> {
        if !self.policy.password.are_sound() {
            return Err(BuildError::PasswordRules);
        }
        if !self.policy.budgets_are_sound() {
            return Err(BuildError::Budgets);
        }
        if !self.policy.lives_are_sound() {
            return Err(BuildError::Lives);
        }
        if !self.mix.is_sound() {
            return Err(BuildError::StoredHashes);
        }
        let hasher =
            Hasher::start(self.hasher, self.mix.own.memory_kib()).map_err(BuildError::Workers)?;
        hasher.prepare(policy::warm_up);
        Ok(Accounts {
            inner: Arc::new(Inner {
                accounts: self.accounts,
                flows: self.flows,
                keys: self.keys,
                policy: self.policy,
                mix: self.mix,
                hasher,
                refunds: Refunds::default(),
                clock: self.clock,
                entropy: self.entropy,
                audit: self.audit,
            }),
        })
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("policy", &self.policy)
            .finish_non_exhaustive()
    }
}

/// Why [`Accounts`] cannot be built.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// A budget that does not bound guessing.
    #[error(
        "a budget has at most 100 free misses, a window of a minute to a year, and \
         1 s <= first <= cap <= window"
    )]
    Budgets,
    /// A session or a change that lasts too short or too long.
    #[error("a session lasts a minute to a year, the steps of a change a minute to a day")]
    Lives,
    /// The password rules cannot be met, or are below the minimum of 8 characters.
    #[error("password rules need 8 <= min <= max <= 256 and a score of at most 4")]
    PasswordRules,
    /// The declared shares of stored hashes are more than the whole.
    #[error("the shares of stored hashes are together at most 1000 thousandths")]
    StoredHashes,
    /// The system gave no thread.
    #[error("a hashing worker could not be started")]
    Workers(#[source] std::io::Error),
}
