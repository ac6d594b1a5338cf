//! Support cases: who acts, on whose account, to what end and on what evidence.
//!
//! A case lies in the account that it is about. It is opened by an agent, approved by one or two,
//! and ends in a link that the account's owner opens: no agent sets, sees or passes on a password, a
//! code or a link.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::{
    account::{AccountId, Epoch},
    clock::Stamp,
    email::EmailAddress,
    service_key::KeyId,
    session::Session,
};

/// The most bytes of a [`Reference`]. Our own number: a long address of a web page.
pub const MAX_REFERENCE_BYTES: usize = 200;

/// The most references of one case. Our own number.
pub const MAX_EVIDENCE: usize = 10;

/// What the host calls something of its own: a document, a ticket, a member of its staff. It is no
/// copy of it: papers and pictures stay with the host.
///
/// ```
/// use backstop::support::Reference;
///
/// let paper: Reference = "dms/2026/invoice-1183".parse()?;
/// assert_eq!(paper.as_str(), "dms/2026/invoice-1183");
/// assert!("".parse::<Reference>().is_err());
/// # Ok::<(), backstop::support::ReferenceError>(())
/// ```
#[derive(Clone, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Reference(String);

impl Reference {
    /// The reference as a text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Reference {
    type Err = ReferenceError;

    fn from_str(text: &str) -> Result<Self, ReferenceError> {
        Self::try_from(text.to_owned())
    }
}

impl TryFrom<String> for Reference {
    type Error = ReferenceError;

    fn try_from(text: String) -> Result<Self, ReferenceError> {
        let is_long = text.len() > MAX_REFERENCE_BYTES;
        if text.trim().is_empty() || is_long || text.chars().any(char::is_control) {
            return Err(ReferenceError);
        }
        Ok(Self(text))
    }
}

impl From<Reference> for String {
    fn from(reference: Reference) -> Self {
        reference.0
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text that cannot be a reference.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a reference has 1 to {MAX_REFERENCE_BYTES} bytes and no control characters")]
pub struct ReferenceError;

/// What speaks for whoever asks: 1 to [`MAX_EVIDENCE`] references.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Evidence(Vec<Reference>);

impl Evidence {
    /// These references.
    ///
    /// # Errors
    ///
    /// [`EvidenceError`]: none, or more than [`MAX_EVIDENCE`].
    pub fn new(references: Vec<Reference>) -> Result<Self, EvidenceError> {
        if references.is_empty() || references.len() > MAX_EVIDENCE {
            return Err(EvidenceError);
        }
        Ok(Self(references))
    }

    /// The references.
    #[must_use]
    pub fn as_slice(&self) -> &[Reference] {
        &self.0
    }
}

/// A number of references that no case has.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a case names 1 to {MAX_EVIDENCE} pieces of evidence")]
pub struct EvidenceError;

/// Somebody who acts on an account that is not theirs.
#[derive(Clone, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub enum Actor {
    /// An account of this service.
    Account(AccountId),
    /// Somebody whom the host knows by another name.
    Named(Reference),
}

impl Actor {
    /// The host's key of the account, or the name that the host knows them by.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Account(id) => id.as_str(),
            Self::Named(name) => name.as_str(),
        }
    }
}

/// A member of the host's staff, at work on a case.
///
/// Keep to one of the two ways for one person: who has an account and a name besides would pass for
/// two agents.
#[derive(Clone, Debug)]
pub struct Agent {
    pub(crate) actor: Actor,
    /// Of a session: it acts no longer than that lives.
    pub(crate) epoch: Option<Epoch>,
}

impl Agent {
    /// An agent who is signed in with an account of this service. They never act on that account,
    /// and not at all once the session has ended.
    #[must_use]
    pub fn signed_in(session: &Session) -> Self {
        Self {
            actor: Actor::Account(session.account.clone()),
            epoch: Some(session.epoch),
        }
    }

    /// An agent whom the host vouches for, where its staff has no accounts of this service.
    ///
    /// `name`: the same for the same person, always.
    ///
    /// # Security
    ///
    /// The library cannot see whether this is the owner of the account that they act on:
    /// [`Builder::may_act`](crate::Builder::may_act) refuses that.
    #[must_use]
    pub const fn named(name: Reference) -> Self {
        Self {
            actor: Actor::Named(name),
            epoch: None,
        }
    }

    /// Who it is.
    #[must_use]
    pub const fn actor(&self) -> &Actor {
        &self.actor
    }
}

/// What a case is to achieve. Its link buys this and nothing else.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Goal {
    /// Another security e-mail and, if its owner wants one, a new password with it: the mailbox is
    /// lost. It waits.
    NewEmail,
    /// A new password, by a link to the security e-mail.
    NewPassword,
    /// No second factor any more, by a link to the security e-mail: the app and the backup codes
    /// are lost. It waits.
    RemoveSecondFactor,
    /// The end of an account that somebody else holds the security code of: nobody signs in to it
    /// ever again, and its names and addresses are free for a new one. It does not wait, and no
    /// security code ends it.
    Retire,
}

/// What an agent opens a case with.
#[derive(Clone, Debug)]
pub struct CaseRequest {
    pub(crate) goal: Goal,
    pub(crate) new_email: Option<EmailAddress>,
    pub(crate) document: Reference,
    pub(crate) evidence: Evidence,
}

impl CaseRequest {
    /// To [`Goal::NewEmail`].
    ///
    /// `address`: where the link goes; opening that proves the mailbox. `document`: the host's rules
    /// that this is decided by, with their risks considered (NIST SP 800-63B-4 §4.2.1).
    /// `evidence`: what was looked at.
    #[must_use]
    pub fn new_email(address: EmailAddress, document: Reference, evidence: Evidence) -> Self {
        let mut request = Self::to(Goal::NewEmail, document, evidence);
        request.new_email = Some(address);
        request
    }

    /// To [`Goal::NewPassword`]. `document`, `evidence`: as in [`new_email`](Self::new_email).
    #[must_use]
    pub const fn new_password(document: Reference, evidence: Evidence) -> Self {
        Self::to(Goal::NewPassword, document, evidence)
    }

    /// To [`Goal::RemoveSecondFactor`]. `document`, `evidence`: as in
    /// [`new_email`](Self::new_email).
    #[must_use]
    pub const fn remove_second_factor(document: Reference, evidence: Evidence) -> Self {
        Self::to(Goal::RemoveSecondFactor, document, evidence)
    }

    /// To [`Goal::Retire`]. `document`, `evidence`: as in [`new_email`](Self::new_email).
    #[must_use]
    pub const fn retire(document: Reference, evidence: Evidence) -> Self {
        Self::to(Goal::Retire, document, evidence)
    }

    const fn to(goal: Goal, document: Reference, evidence: Evidence) -> Self {
        Self {
            goal,
            new_email: None,
            document,
            evidence,
        }
    }
}

/// A case as it was when it was read.
#[derive(Clone, Debug)]
pub struct Case {
    pub(crate) account: AccountId,
    pub(crate) record: Box<CaseRecord>,
    pub(crate) state: CaseState,
}

/// How far a case is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum CaseState {
    /// The link is in the mail. Once it has expired, to approve the case again within a week has
    /// another one sent.
    LinkSent {
        /// When it expires.
        until: OffsetDateTime,
    },
    /// It lacks so many approvals.
    Open {
        /// How many.
        lacks: usize,
    },
    /// It is approved: the link goes out at that time, unless somebody objects.
    Waiting {
        /// When.
        until: OffsetDateTime,
    },
}

/// Something that an agent did.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// Who.
    pub by: Actor,
    pub(crate) at: Stamp,
}

impl Step {
    /// When, in UTC.
    #[must_use]
    pub fn at(&self) -> OffsetDateTime {
        self.at.into()
    }
}

impl Case {
    /// The account that it is about.
    #[must_use]
    pub const fn account(&self) -> &AccountId {
        &self.account
    }

    /// Names the case.
    #[must_use]
    pub const fn id(&self) -> CaseId {
        self.record.id
    }

    /// What it is to achieve.
    #[must_use]
    pub const fn goal(&self) -> Goal {
        self.record.goal
    }

    /// The address of [`Goal::NewEmail`].
    #[must_use]
    pub const fn new_email(&self) -> Option<&EmailAddress> {
        self.record.new_email.as_ref()
    }

    /// The host's rules that it is decided by.
    #[must_use]
    pub const fn document(&self) -> &Reference {
        &self.record.document
    }

    /// What was looked at.
    #[must_use]
    pub const fn evidence(&self) -> &Evidence {
        &self.record.evidence
    }

    /// Who opened it, and when.
    #[must_use]
    pub const fn opened(&self) -> &Step {
        &self.record.opened
    }

    /// Who has approved it since it was opened, or since somebody objected.
    #[must_use]
    pub fn approvals(&self) -> &[Step] {
        &self.record.approvals
    }

    /// When the reader of a notice objected to it.
    #[must_use]
    pub fn objected_at(&self) -> Option<OffsetDateTime> {
        self.record.objected_at.map(OffsetDateTime::from)
    }

    /// How far it is.
    #[must_use]
    pub const fn state(&self) -> CaseState {
        self.state
    }
}

/// Names one case: 128 random bits. It is no secret.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub struct CaseId([u8; 16]);

impl CaseId {
    pub(crate) const fn from_random(bits: [u8; 16]) -> Self {
        Self(bits)
    }

    /// The bits.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Display for CaseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// A case as it lies in its account.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct CaseRecord {
    pub(crate) id: CaseId,
    pub(crate) goal: Goal,
    pub(crate) new_email: Option<EmailAddress>,
    pub(crate) document: Reference,
    pub(crate) evidence: Evidence,
    pub(crate) opened: Step,
    pub(crate) approvals: Vec<Step>,
    /// Once all have approved: when the link goes out, or went out first.
    pub(crate) until: Option<Stamp>,
    pub(crate) objected_at: Option<Stamp>,
    pub(crate) link: Option<CaseLink>,
}

/// What the link of a case is made of: a MAC over these bits, under that key.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(crate) struct CaseLink {
    pub(crate) key: KeyId,
    pub(crate) bits: [u8; 16],
    pub(crate) made_at: Stamp,
}

impl fmt::Debug for CaseLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CaseLink(..)")
    }
}

impl CaseRecord {
    pub(crate) fn new(id: CaseId, by: &Actor, request: CaseRequest, now: Stamp) -> Self {
        Self {
            id,
            goal: request.goal,
            new_email: request.new_email,
            document: request.document,
            evidence: request.evidence,
            opened: Step {
                by: by.clone(),
                at: now,
            },
            approvals: Vec::new(),
            until: None,
            objected_at: None,
            link: None,
        }
    }

    /// When the link is to go out.
    pub(crate) fn due(&self) -> Option<Stamp> {
        self.until.filter(|_| self.link.is_none())
    }
}
