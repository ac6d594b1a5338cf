//! How [`Accounts`] come about.

use std::{fmt, sync::Arc};

use rand_core::TryCryptoRng;
use time::OffsetDateTime;

use super::{
    Accounts, Inner, breached::Breached, misses::Misses, outbox::Outbox, phones::Phones,
    refunds::Refunds,
};
use crate::{
    account::AccountId,
    account::Method,
    audit::{self, Event},
    clock::{Clock, Entropy, system_clock},
    hash::{HashCost, HashMix, StoredCost},
    hasher::{Hasher, HasherConfig},
    locale::Catalogue,
    phone::PhoneNumber,
    policy::{self, OnFailure, Policy},
    sender::ErasedMessageSender,
    service_key::ServiceKey,
    store::{ErasedAccountStore, ErasedFlowStore},
    support::Actor,
};

/// Whether the first may act on the account of the second.
pub(super) type MayAct = Box<dyn Fn(&Actor, &AccountId) -> bool + Send + Sync>;

/// Collects what [`Accounts`] are made of. Everything but the store, the sender, the key and
/// the page that links open has a default.
#[must_use = "call build()"]
pub struct Builder {
    accounts: Arc<dyn ErasedAccountStore>,
    flows: Arc<dyn ErasedFlowStore>,
    sender: Arc<dyn ErasedMessageSender>,
    keys: ServiceKey,
    policy: Policy,
    breached: Option<Breached>,
    may_act: Option<MayAct>,
    phones: Option<Phones>,
    links: Links,
    texts: Catalogue,
    mix: HashMix,
    answers: Vec<(StoredCost, u16)>,
    hasher: HasherConfig,
    clock: Clock,
    entropy: Entropy,
    audit: audit::Hook,
}

impl Builder {
    pub(crate) fn new(
        accounts: Arc<dyn ErasedAccountStore>,
        flows: Arc<dyn ErasedFlowStore>,
        sender: Arc<dyn ErasedMessageSender>,
        keys: ServiceKey,
    ) -> Self {
        Self {
            accounts,
            flows,
            sender,
            keys,
            policy: Policy::default(),
            breached: None,
            may_act: None,
            phones: None,
            links: Links::Unset,
            texts: Catalogue::new(),
            mix: HashMix::default(),
            answers: Vec::new(),
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

    /// A list of passwords that are known from breaches (NIST SP 800-63B-4 §3.1.1.2; OWASP ASVS
    /// 5.0, 6.2.12), beside the common ones that are always refused. A new password that is in it
    /// is refused as [`Unmet::Breached`](crate::policy::Unmet::Breached); one that somebody has
    /// already stays good.
    ///
    /// `is_breached`: whether the password is in the list. It runs on a hashing worker, after
    /// whatever proofs the change needs, and hashes wait for it: it is for a list on this machine
    /// and takes milliseconds, and it does not panic. `on_failure`: what holds when it answers
    /// with an error.
    ///
    /// ```
    /// # use backstop::*;
    /// # fn example(builder: Builder) -> Builder {
    /// let listed = std::collections::HashSet::from(["Autumn-2024-leaves"]);
    /// builder.breached_passwords(move |typed| Ok(listed.contains(typed)), policy::OnFailure::Refuse)
    /// # }
    /// ```
    ///
    /// # Security
    ///
    /// It is given the password itself, in NFC: it neither keeps nor logs nor sends it.
    pub fn breached_passwords(
        mut self,
        is_breached: impl Fn(&str) -> Result<bool, Box<dyn std::error::Error + Send + Sync>>
        + Send
        + Sync
        + 'static,
        on_failure: OnFailure,
    ) -> Self {
        self.breached = Some(Breached::new(is_breached, on_failure));
        self
    }

    /// The same with the list of a [`BreachFilter`](crate::BreachFilter). It is in memory, so it
    /// always answers: what can fail is opening it, before the service starts.
    ///
    /// ```no_run
    /// # use backstop::*;
    /// # fn example(builder: Builder) -> Result<Builder, Box<dyn std::error::Error>> {
    /// # Ok(
    /// builder.breach_filter(&BreachFilter::open("breached.filter")?)
    /// # ) }
    /// ```
    #[cfg(feature = "breach-filter")]
    pub fn breach_filter(self, filter: &crate::breach_filter::BreachFilter) -> Self {
        let filter = filter.clone();
        self.breached_passwords(move |typed| Ok(filter.lists(typed)), OnFailure::Refuse)
    }

    /// Says which of the host's staff may act on which account, and so offers support cases. Without
    /// it there are none.
    ///
    /// `may_act`: whether this actor may act on this account, at this moment. It is asked at each step
    /// of a case, and for everybody who has approved it once more before its link goes out. It is
    /// called on the caller's task: it must neither block nor panic. That nobody acts on the account
    /// that they are signed in with is seen to.
    ///
    /// ```
    /// # use backstop::{*, support::Actor};
    /// # fn example(builder: Builder) -> Builder {
    /// let agents = ["7", "8"];
    /// builder.may_act(move |actor, account| match actor {
    ///     // An agent, but not on the account of another one.
    ///     Actor::Account(id) => agents.contains(&id.as_str()) && !agents.contains(&account.as_str()),
    ///     Actor::Named(_) => false,
    /// })
    /// # }
    /// ```
    ///
    /// # Security
    ///
    /// It answers `false` for an account that has more rights than the actor: else support is a way
    /// to climb.
    pub fn may_act(
        mut self,
        may_act: impl Fn(&Actor, &AccountId) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.may_act = Some(Box::new(may_act));
        self
    }

    /// Accounts can have a phone, and these are the numbers that text messages are sent to: at least
    /// a list of the countries that your users live in. Without it there are no phones.
    ///
    /// Whoever earns from text messages to a far-off network will have you send them (OWASP API
    /// Security, API4:2023). So a new number outside of the list is refused
    /// ([`Challenged::CountryRefused`](crate::Challenged::CountryRefused)), and one that is there and
    /// is taken off the list gets no message any more, notices included.
    ///
    /// `is_allowed`: whether messages go to this number. It is asked at each message and must neither
    /// block nor panic.
    ///
    /// ```
    /// # use backstop::*;
    /// # fn example(builder: Builder) -> Builder {
    /// builder
    ///     .phone_countries(|number| [45, 46, 47, 358].contains(&number.country_code()))
    ///     .policy(Policy::marketplace().phones()) // and they recover accounts
    /// # }
    /// ```
    pub fn phone_countries(
        mut self,
        is_allowed: impl Fn(&PhoneNumber) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.phones = Some(Phones::new(is_allowed));
        self
    }

    /// The page that the links in mails open, such as `https://shop.example/recover`. Behind it
    /// stands `#prove=` or `#cancel=` and a secret: its script sends that with a click, to
    /// [`Accounts::follow`] or [`Accounts::cancel`].
    ///
    /// `base`: an absolute `https` address, or `http` on this machine, without a fragment.
    ///
    /// # Errors
    ///
    /// [`LinkBaseError`].
    pub fn link_base(mut self, base: &str) -> Result<Self, LinkBaseError> {
        if !is_link_base(base) {
            return Err(LinkBaseError);
        }
        self.links = Links::Base(base.to_owned());
        Ok(self)
    }

    /// What users are told, where it is to be other than our words or in one language more.
    pub fn texts(mut self, texts: Catalogue) -> Self {
        self.texts = texts;
        self
    }

    /// Mails carry codes only.
    ///
    /// # Security
    ///
    /// Codes can be guessed at, so strangers can use up the tries of a name. Without links an owner
    /// who has the mailbox is then kept out for a day, again and again.
    pub fn danger_codes_without_links(mut self) -> Self {
        self.links = Links::None;
        self
    }

    /// What a new hash costs. [`HashCost::DEFAULT`] unless set. Hashes of another cost still
    /// verify and are replaced when their owner signs in, or answers the hint question right.
    pub fn hash_cost(mut self, cost: HashCost) -> Self {
        self.mix.own = cost;
        self
    }

    /// Declares that this share of the accounts still has a password hash of another cost or scheme,
    /// imported or older, so that names without an account take as long as those with one. Lower
    /// it as these hashes are replaced.
    ///
    /// `cost`: a [`HashCost`] or, with the feature `legacy-hashes`, a `LegacyCost`. `thousandths`:
    /// the share; all shares together are at most 1000.
    pub fn stored_hashes(mut self, cost: impl Into<StoredCost>, thousandths: u16) -> Self {
        self.mix.others.push((cost.into(), thousandths));
        self
    }

    /// The same for hint answers: this share of the hints still has a hash of an older cost. None is
    /// imported, and one is replaced only when it is answered right or set again.
    ///
    /// `thousandths`: as in [`stored_hashes`](Self::stored_hashes).
    pub fn stored_answers(mut self, cost: HashCost, thousandths: u16) -> Self {
        self.answers.push((cost.into(), thousandths));
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
        if !self.policy.password.are_sound() || self.policy.history > policy::MAX_HISTORY {
            return Err(BuildError::PasswordRules);
        }
        if !self.policy.budgets_are_sound() {
            return Err(BuildError::Budgets);
        }
        if !self.policy.lives_are_sound() {
            return Err(BuildError::Lives);
        }
        if !self.policy.methods_are_sound() {
            return Err(BuildError::Methods);
        }
        if !self.policy.questions.are_sound() {
            return Err(BuildError::Questions);
        }
        if self.policy.methods.contains(&Method::Phone) && self.phones.is_none() {
            return Err(BuildError::Phones);
        }
        let answers = HashMix {
            own: self.mix.own,
            others: self.answers,
        };
        if !self.mix.is_sound() || !answers.is_sound() {
            return Err(BuildError::StoredHashes);
        }
        let link_base = match self.links {
            Links::Base(base) => Some(base),
            Links::None => None,
            Links::Unset => return Err(BuildError::LinkBase),
        };
        let lacks_links = self.may_act.is_some() && link_base.is_none();
        if lacks_links || !self.policy.support.are_sound() {
            return Err(BuildError::Support);
        }
        let hasher =
            Hasher::start(self.hasher, self.mix.own.memory_kib()).map_err(BuildError::Workers)?;
        hasher.prepare(policy::warm_up);
        Ok(Accounts {
            inner: Arc::new(Inner {
                accounts: self.accounts,
                flows: self.flows,
                sender: self.sender,
                keys: self.keys,
                policy: self.policy,
                breached: self.breached,
                may_act: self.may_act,
                phones: self.phones,
                link_base,
                texts: self.texts,
                mix: self.mix,
                answers,
                hasher,
                refunds: Refunds::default(),
                outbox: Outbox::default(),
                misses: Misses::default(),
                bell: Arc::default(),
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

enum Links {
    Base(String),
    None,
    Unset,
}

/// A text that cannot be the page that links open.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("links need an absolute https address, or http on localhost, without a fragment")]
pub struct LinkBaseError;

fn is_link_base(base: &str) -> bool {
    const LONGEST: usize = 1000;
    let is_plain = |c: char| c.is_ascii_graphic() && !matches!(c, '#' | '"' | '<' | '>' | '\\');
    if base.len() > LONGEST || !base.chars().all(is_plain) {
        return false;
    }
    let host = |rest: &str| -> String {
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        rest.get(..end).unwrap_or(rest).to_ascii_lowercase()
    };
    if let Some(rest) = base.strip_prefix("https://") {
        let host = host(rest);
        return !host.is_empty() && !host.contains('@') && !host.starts_with(':');
    }
    let Some(rest) = base.strip_prefix("http://") else {
        return false;
    };
    let host = host(rest);
    ["localhost", "127.0.0.1", "[::1]"].iter().any(|local| {
        host.strip_prefix(local)
            .is_some_and(|port| port.is_empty() || is_port(port))
    })
}

fn is_port(text: &str) -> bool {
    text.strip_prefix(':')
        .is_some_and(|port| port.parse::<u16>().is_ok())
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
    /// Neither a link base nor the wish to go without links.
    #[error("give the page that mailed links open: Builder::link_base")]
    LinkBase,
    /// A session or a change that lasts too short or too long.
    #[error(
        "a session lasts a minute to a year, the steps of a change a minute to a day, a recovery \
         twice as long as the window of the budget of mails, and a code by text message a minute to \
         ten"
    )]
    Lives,
    /// The hint question is the only method of recovery: an answer that others may know is not
    /// enough to stand alone (OWASP, "Choosing and Using Security Questions").
    #[error("offer a method of recovery beside the hint question: Policy::methods")]
    Methods,
    /// The password rules cannot be met, are below the minimum of 8 characters, or look back too far.
    #[error(
        "password rules need 8 <= min <= max <= 256, a score of at most 4 and a history of at most 10"
    )]
    PasswordRules,
    /// Recovery by phone, and no word of where text messages go.
    #[error("name the countries that text messages are sent to: Builder::phone_countries")]
    Phones,
    /// No hint question is offered, or one has no text in some language.
    #[error("at least one hint question is offered, and each has a text in every language")]
    Questions,
    /// The declared shares of stored hashes are more than the whole.
    #[error("the shares of stored hashes are together at most 1000 thousandths")]
    StoredHashes,
    /// Support that mails no links, that does not wait, or whose links last too short or too long.
    #[error(
        "support waits a minute to a year, and its links are mailed and last a minute to a day"
    )]
    Support,
    /// The system gave no thread.
    #[error("a hashing worker could not be started")]
    Workers(#[source] std::io::Error),
}
