//! One event for each verb: what the host's log should know and no stranger is told.
//!
//! Events hold no secret and no text that a stranger typed: a name appears as a tag, a keyed hash
//! that says which events are about the same name. A password typed into the wrong field does not
//! end up in a log.

#[cfg(feature = "tracing")]
mod tracing;
mod vocabulary;

use std::fmt;

use time::OffsetDateTime;

#[cfg(feature = "tracing")]
pub use self::tracing::{TARGET, to_tracing};
use crate::{
    account::{AccountId, Method},
    error::Error,
    name::KeyKind,
    policy::Change,
    session::SessionId,
    support::Actor,
};

/// Something that happened.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Event {
    /// When, in UTC.
    pub at: OffsetDateTime,
    /// What was asked for.
    pub verb: Verb,
    /// What came of it.
    pub outcome: Outcome,
    /// The account, if there is one.
    pub account: Option<AccountId>,
    /// Who acts on it, where that is not its owner.
    pub actor: Option<Actor>,
    /// The session that it came out of, or that it began.
    pub session: Option<SessionId>,
    /// A tag of the name that was typed.
    pub name: Option<NameTag>,
    /// What the host says of the client, see [`Client::label`](crate::Client::label).
    pub label: Option<String>,
    /// What was offered as a proof or asked for.
    pub method: Option<Method>,
    /// What was to be changed.
    pub changes: Vec<Change>,
}

/// What was asked for: the verbs of [`Accounts`](crate::Accounts).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
#[expect(missing_docs, reason = "each is documented at the method of this name")]
pub enum Verb {
    Activity,
    Apply,
    Approve,
    Cancel,
    Challenge,
    Deliver,
    Disable,
    Enable,
    Export,
    Follow,
    Import,
    IssueBackupCodes,
    IssueSecondFactor,
    IssueSecurityCode,
    Manage,
    OpenCase,
    Prove,
    Purge,
    ReadCase,
    Recover,
    Refuse,
    Register,
    RegisterSubAccount,
    RegisterLinked,
    ReportCompromise,
    SecondFactor,
    Session,
    SetLanguage,
    Settings,
    SignIn,
    SignInLinked,
    SignInOnce,
}

/// What came of it, with the reason that strangers are not told.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Outcome {
    /// It was done.
    Accepted,
    /// The caller went away before there was an answer.
    Abandoned,
    /// A wrong proof.
    Denied {
        /// Why.
        reason: Reason,
        /// How many more misses are free; `None` where they are not counted.
        left: Option<u32>,
    },
    /// A session, ticket or flow that has ended or never was.
    Ended,
    /// A failure.
    Failed(Failure),
    /// An identity that is the last way in, is not linked, or is one too many.
    NotChanged,
    /// An agent who may not act on this account.
    NotAllowed,
    /// The client has not passed the human check.
    NotHuman,
    /// A message that was given up.
    NotSent,
    /// An attempt while none could be made.
    Locked {
        /// Until when.
        until: OffsetDateTime,
    },
    /// The right password; the account's second factor is asked for.
    SecondFactor,
    /// An account with this unique key is there already.
    Taken(KeyKind),
    /// Something that the account, as it is, is not asked for: it has a case already, or nothing for
    /// one; or the case was read before it changed.
    Unfit,
    /// A new password that did not meet this many rules.
    Unmet {
        /// How many.
        rules: usize,
    },
    /// A change that the flow's proofs do not allow.
    Unproven,
}

/// Why a proof was wrong.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Reason {
    /// The account is disabled.
    Disabled,
    /// The code was accepted before, or is older than one that was.
    SpentCode,
    /// No account has this identity.
    UnknownIdentity,
    /// No account has this name.
    UnknownName,
    /// The account has another answer.
    WrongAnswer,
    /// The account has another code, or none.
    WrongCode,
    /// The account has another password.
    WrongPassword,
}

/// The kind of an [`Error`], without what is inside.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
#[expect(missing_docs, reason = "each is documented at the error of this name")]
pub enum Failure {
    BreachCheck,
    Contended,
    Entropy,
    Hashing,
    IdInUse,
    NotOffered,
    NothingToChange,
    Overloaded,
    Record,
    Store,
    UnknownKey,
}

impl From<&Error> for Failure {
    fn from(error: &Error) -> Self {
        match error {
            Error::BreachCheck(_) => Self::BreachCheck,
            Error::Contended => Self::Contended,
            Error::Entropy => Self::Entropy,
            Error::Hashing => Self::Hashing,
            Error::IdInUse => Self::IdInUse,
            Error::NotOffered => Self::NotOffered,
            Error::NothingToChange => Self::NothingToChange,
            Error::Overloaded => Self::Overloaded,
            Error::Record(_) => Self::Record,
            Error::Store(_) => Self::Store,
            Error::UnknownKey => Self::UnknownKey,
        }
    }
}

/// The tag of a name: equal for equal names of one service, and nothing else can be read from it.
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
pub struct NameTag([u8; 8]);

impl NameTag {
    pub(crate) const fn new([a, b, c, d, e, f, g, h, ..]: [u8; 32]) -> Self {
        Self([a, b, c, d, e, f, g, h])
    }
}

impl fmt::Display for NameTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for NameTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NameTag({self})")
    }
}

/// Where events go.
pub(crate) type Hook = Box<dyn Fn(&Event) + Send + Sync>;

/// The event of one call. It is emitted when the call ends, however it ends.
pub(crate) struct Entry<'a> {
    hook: &'a Hook,
    event: Event,
    blamed: Option<Reason>,
}

impl<'a> Entry<'a> {
    pub(crate) fn begin(hook: &'a Hook, verb: Verb, at: OffsetDateTime) -> Self {
        Self {
            hook,
            event: Event {
                at,
                verb,
                outcome: Outcome::Abandoned,
                account: None,
                actor: None,
                session: None,
                name: None,
                label: None,
                method: None,
                changes: Vec::new(),
            },
            blamed: None,
        }
    }

    pub(crate) fn relabel(&mut self, label: Option<&str>) {
        self.event.label = label.map(str::to_owned);
    }

    pub(crate) fn rename(&mut self, name: NameTag) {
        self.event.name = Some(name);
    }

    pub(crate) fn account(&mut self, account: &AccountId) {
        self.event.account = Some(account.clone());
    }

    /// Who acts on the account.
    pub(crate) fn actor(&mut self, actor: &Actor) {
        self.event.actor = Some(actor.clone());
    }

    pub(crate) fn session(&mut self, session: SessionId) {
        self.event.session = Some(session);
    }

    pub(crate) fn method(&mut self, method: Method) {
        self.event.method = Some(method);
    }

    pub(crate) fn changes(&mut self, changes: &[Change]) {
        self.event.changes = changes.to_vec();
    }

    /// Why a proof is wrong: the account has another, or there is no account.
    pub(crate) fn reason(&self, wrong: Reason) -> Reason {
        match self.event.account {
            Some(_) => self.blamed.unwrap_or(wrong),
            None => Reason::UnknownName,
        }
    }

    /// Says more exactly why a proof is wrong.
    pub(crate) fn blame(&mut self, reason: Option<Reason>) {
        self.blamed = reason;
    }

    pub(crate) fn outcome(&mut self, outcome: Outcome) {
        self.event.outcome = outcome;
    }

    /// Notes a failure on its way out.
    pub(crate) fn end<T>(mut self, result: Result<T, Error>) -> Result<T, Error> {
        if let Err(error) = &result {
            self.event.outcome = Outcome::Failed(error.into());
        }
        result
    }
}

impl Drop for Entry<'_> {
    fn drop(&mut self) {
        (self.hook)(&self.event);
    }
}
