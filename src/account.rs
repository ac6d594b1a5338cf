//! The account: what the library keeps about one of the host's users.

mod activity;
mod credential;
mod export;

use std::{fmt, str::FromStr};

pub use activity::{
    Activity, ActivityKind, ActivityOutcome, ActivityPage, Cursor, CursorError, MAX_ACTIVITY, Page,
};

#[cfg(any(feature = "conformance", feature = "totp"))]
pub(crate) use credential::SealedKey;
pub(crate) use credential::{Credential, Hint, Pending, SecondFactor};
pub use export::Export;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use time::OffsetDateTime;

use crate::{
    address::Address,
    clock::Stamp,
    email::EmailAddress,
    hash::PasswordHash,
    identity::Identity,
    locale::Locale,
    message::{MessageId, Notice},
    name::{KeyKind, UniqueKey},
    phone::PhoneNumber,
    record::{self, Added, Schema},
    secret::SecurityCodeHash,
    service_key::KeyId,
    support::CaseRecord,
};

/// The most bytes of an account id.
pub const MAX_ACCOUNT_ID_BYTES: usize = 128;

/// The host's own key of the user: a number, a UUID, any text without control characters.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AccountId(String);

impl AccountId {
    /// The id as a text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for AccountId {
    type Err = AccountIdError;

    fn from_str(text: &str) -> Result<Self, AccountIdError> {
        Self::try_from(text.to_owned())
    }
}

impl TryFrom<String> for AccountId {
    type Error = AccountIdError;

    fn try_from(text: String) -> Result<Self, AccountIdError> {
        if text.is_empty()
            || text.len() > MAX_ACCOUNT_ID_BYTES
            || text.chars().any(char::is_control)
        {
            return Err(AccountIdError);
        }
        Ok(Self(text))
    }
}

impl From<AccountId> for String {
    fn from(id: AccountId) -> Self {
        id.0
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text that cannot be an account id.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("an account id has 1 to {MAX_ACCOUNT_ID_BYTES} bytes and no control characters")]
pub struct AccountIdError;

/// A way to prove that an account is one's own.
///
/// [`NewEmail`](Self::NewEmail) and [`NewPhone`](Self::NewPhone) prove no more than that an address
/// is one's own.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Method {
    /// The password of today, inside a session.
    CurrentPassword,
    /// The answer to the account's hint question.
    HintQuestion,
    /// The password of the account's manager, inside a session of theirs.
    Manager,
    /// A linked identity, inside a session: the provider says anew who is asking. It counts only
    /// where there is neither a password nor a confirmed address.
    LinkedIdentity,
    /// A code or link that was mailed to an address that is to become the security e-mail.
    NewEmail,
    /// A code that was sent to a number that is to become the phone of the account.
    NewPhone,
    /// A code that was sent to the phone of the account.
    Phone,
    /// The second factor, inside a session: a code of the authenticator app, or a backup code.
    SecondFactor,
    /// The security code.
    SecurityCode,
    /// A code or link that was mailed to the security e-mail.
    SecurityEmail,
    /// The link that the host's support has mailed: it buys what its case is about.
    Support,
}

/// One account. A change and everything that belongs to it are one write of this record.
///
/// It holds no secret that could be read, only hashes. Stores see the few parts below and
/// [`to_bytes`](Self::to_bytes).
#[derive(Clone, Serialize, Deserialize)]
pub struct Account {
    pub(crate) id: AccountId,
    pub(crate) login: String,
    /// What its mails are written in.
    pub(crate) locale: Locale,
    pub(crate) keys: Vec<UniqueKey>,
    /// Names the secret that keys the index: with another one the names and budgets would be
    /// others.
    pub(crate) index: KeyId,
    pub(crate) epoch: Epoch,
    /// Its first epoch, for good: an id that is given away again is that of another account.
    pub(crate) birth: Epoch,
    pub(crate) password: Credential<PasswordHash>,
    /// The password does not count: nobody signs in or proves anything with it.
    pub(crate) password_is_void: bool,
    /// The passwords before it that must not come back, the latest last.
    pub(crate) history: Vec<PasswordHash>,
    /// Confirmed, as every address in here is.
    pub(crate) email: Option<Credential<EmailAddress>>,
    /// Confirmed as well. Every build has the field; the feature `phone` reads what users type.
    pub(crate) phone: Option<Credential<PhoneNumber>>,
    pub(crate) hint: Option<Credential<Hint>>,
    pub(crate) security_code: Option<Credential<SecurityCodeHash>>,
    /// Confirmed by a first code. Every build has the field: one that lacks the feature `totp` asks
    /// for the factor as well.
    pub(crate) second_factor: Option<SecondFactor>,
    /// Who may help this account, and disable it.
    pub(crate) manager: Option<Credential<ManagerLink>>,
    /// Those of elsewhere that sign in, at most
    /// [`MAX_IDENTITIES`](crate::identity::MAX_IDENTITIES); the last one was linked last.
    pub(crate) identities: Vec<Credential<Identity>>,
    /// What takes effect by time alone.
    pub(crate) pending_email: Option<Pending<EmailAddress>>,
    pub(crate) pending_phone: Option<Pending<PhoneNumber>>,
    pub(crate) pending_code: Option<Pending<SecurityCodeHash>>,
    /// What support is looking at.
    pub(crate) case: Option<CaseRecord>,
    /// When the account was changed by knowing its password.
    pub(crate) changes: Vec<Stamp>,
    pub(crate) misses: Misses,
    pub(crate) notices: Vec<DueNotice>,
    pub(crate) activity: Vec<Activity>,
    /// Then it has no unique keys any more, and goes when its last notice has gone out.
    pub(crate) deleted_at: Option<Stamp>,
    /// Then it is to everybody outside as if no account had its names, which stay taken.
    pub(crate) disabled: Option<Disabled>,
    /// Then it has no unique keys any more either, and its record stays, so that nobody gets its id.
    pub(crate) retired_at: Option<Stamp>,
    pub(crate) added: Added,
}

const SCHEMA: Schema<Account> = Schema {
    writer: (0x01, record::to_body),
    readers: &[(0x01, record::from_body)],
};

/// The account that manages another one.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct ManagerLink {
    pub(crate) account: AccountId,
    birth: Epoch,
}

impl ManagerLink {
    pub(crate) fn to(manager: &Account) -> Self {
        Self {
            account: manager.id.clone(),
            birth: manager.birth,
        }
    }

    fn is_to(&self, account: &Account) -> bool {
        self.account == account.id && self.birth.matches(&account.birth)
    }
}

/// Since when an account is disabled, and who alone enables it again.
#[derive(Clone, Copy, Eq, PartialEq, Serialize, Deserialize)]
pub(crate) struct Disabled {
    pub(crate) at: Stamp,
    pub(crate) by: DisabledBy,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub(crate) enum DisabledBy {
    Host,
    Manager,
}

/// Consecutive misses at what can be guessed again and again.
#[derive(Clone, Copy, Default, Serialize, Deserialize)]
pub(crate) struct Misses {
    pub(crate) password: u32,
    pub(crate) hint: u32,
    pub(crate) second_factor: u32,
    /// When a lock was last told to the contacts.
    pub(crate) lock_told_at: Option<Stamp>,
}

/// After so many consecutive misses a credential is stopped (NIST SP 800-63B-4 §3.2.2).
pub(crate) const MOST_MISSES: u32 = 100;

impl Account {
    /// Whether it can be used.
    pub(crate) const fn is_live(&self) -> bool {
        self.disabled.is_none() && !self.is_closed()
    }

    /// Whether this account, which is live, manages the other one, which may be disabled. It goes no
    /// further than that: a manager's manager has no power, and of two that name each other neither
    /// has.
    pub(crate) fn manages(&self, other: &Self) -> bool {
        let is_managed_by = |account: &Self, manager: &Self| {
            let link = account.manager.as_ref();
            link.is_some_and(|link| link.value.is_to(manager))
        };
        self.is_live()
            && !other.is_closed()
            && is_managed_by(other, self)
            && !is_managed_by(self, other)
    }

    /// Whether strangers have missed the password so often that it signs in at known devices
    /// only, until it is set again.
    pub(crate) const fn is_password_stopped(&self) -> bool {
        self.misses.password >= MOST_MISSES
    }

    /// Whether there is a hint whose answer counts.
    pub(crate) fn has_answer(&self) -> bool {
        let hint = self.hint.as_ref();
        hint.is_some_and(|hint| hint.value.answer.is_some())
    }

    /// Whether somebody can sign in to it without a recovery.
    pub(crate) fn has_way_in(&self) -> bool {
        !self.password_is_void || !self.identities.is_empty()
    }

    /// Whether linked identities are all that there is to it: no password, no confirmed address. One
    /// with a security code had a password, which was voided: that code sets a new one.
    pub(crate) const fn has_identities_only(&self) -> bool {
        let has_address = self.email.is_some() || self.phone.is_some();
        self.password_is_void && !has_address && self.security_code.is_none()
    }

    /// What is linked to it of this identity.
    pub(crate) fn linked(&self, identity: &Identity) -> Option<&Credential<Identity>> {
        let mut linked = self.identities.iter();
        linked.find(|linked| linked.value == *identity)
    }

    /// Where the thing was done that a notice tells of.
    pub(crate) fn label_of(&self, notice: &DueNotice) -> Option<&str> {
        let mut latest = self.activity.iter().rev();
        let done = latest.find(|done| done.at == notice.at && done.notice() == Some(notice.notice));
        done.and_then(|done| done.label.as_deref())
    }

    /// The question stays, its answer does not count any more.
    pub(crate) fn stop_hint(&mut self) {
        if let Some(hint) = &mut self.hint {
            hint.value.answer = None;
        }
        self.misses.hint = 0;
    }

    /// Consecutive misses at the credential of this method, as far as they are counted.
    pub(crate) const fn misses_of(&self, method: Method) -> u32 {
        match method {
            Method::CurrentPassword => self.misses.password,
            Method::HintQuestion => self.misses.hint,
            Method::SecondFactor => self.misses.second_factor,
            Method::LinkedIdentity
            | Method::Manager
            | Method::NewEmail
            | Method::NewPhone
            | Method::Phone
            | Method::SecurityCode
            | Method::SecurityEmail
            | Method::Support => 0,
        }
    }
}

/// A notice that one address has not got yet.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct DueNotice {
    pub(crate) id: MessageId,
    pub(crate) to: Address,
    pub(crate) notice: Notice,
    pub(crate) at: Stamp,
    /// When it is tried next. Whoever tries it moves this first, so nobody else does.
    pub(crate) due: Stamp,
    pub(crate) tries: u8,
}

impl Account {
    /// The host's key of the user.
    #[must_use]
    pub const fn id(&self) -> &AccountId {
        &self.id
    }

    /// The language that its mails are written in.
    #[must_use]
    pub const fn locale(&self) -> Locale {
        self.locale
    }

    /// The keys that no other account may have. A store refuses a second owner of any of them.
    #[must_use]
    pub fn unique_keys(&self) -> &[UniqueKey] {
        &self.keys
    }

    /// When the library wants to see this account again, for
    /// [`AccountStore::due`](crate::store::AccountStore::due); `None` while nothing is pending.
    #[must_use]
    pub fn due_at(&self) -> Option<OffsetDateTime> {
        self.due().map(OffsetDateTime::from)
    }

    /// The hash of the security code. Once it is set it never changes: a store that can refuse
    /// such a write refuses it.
    #[must_use]
    pub fn security_code(&self) -> Option<&[u8; 32]> {
        self.security_code
            .as_ref()
            .map(|code| code.value.as_bytes())
    }

    /// The whole record, for a column of bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        record::encode(&SCHEMA, &[], self)
    }

    /// Reads what [`to_bytes`](Self::to_bytes) wrote, by this version or an older one. What a newer
    /// version has added behind it is kept, and written by `to_bytes`.
    ///
    /// # Errors
    ///
    /// [`RecordError::Damaged`](record::RecordError::Damaged) and
    /// [`RecordError::Newer`](record::RecordError::Newer).
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, record::RecordError> {
        record::decode(&SCHEMA, &[], bytes)
    }
}

impl Account {
    /// Whether the account is over, however that came about.
    pub(crate) const fn is_closed(&self) -> bool {
        self.deleted_at.is_some() || self.retired_at.is_some()
    }

    /// The address that the codes of this method go to.
    pub(crate) fn address(&self, method: Method) -> Option<Address> {
        match method {
            Method::Phone => self.phone.as_ref().map(|phone| phone.value.clone().into()),
            _ => self.email.as_ref().map(|email| email.value.clone().into()),
        }
    }

    /// The key of the address of this kind that waits to count.
    pub(crate) fn pending_key(&self, kind: KeyKind) -> Option<UniqueKey> {
        match kind {
            KeyKind::Email => self
                .pending_email
                .as_ref()
                .map(|new| new.credential.value.key()),
            KeyKind::Phone => self
                .pending_phone
                .as_ref()
                .map(|new| new.credential.value.key()),
            KeyKind::Identity | KeyKind::Login | KeyKind::Skeleton => None,
        }
    }

    /// Whether nothing keeps the record of a deleted account any more.
    pub(crate) const fn may_go(&self) -> bool {
        self.deleted_at.is_some() && self.notices.is_empty()
    }

    /// When the first notice is due, the first pending credential begins to count, the link of a
    /// support case is to go out, or the record of a deleted account may go.
    fn due(&self) -> Option<Stamp> {
        let notices = self.notices.iter().map(|notice| notice.due);
        notices
            .chain(self.deleted_at.filter(|_| self.may_go()))
            .chain(self.pending_email.as_ref().map(|pending| pending.from))
            .chain(self.pending_phone.as_ref().map(|pending| pending.from))
            .chain(self.pending_code.as_ref().map(|pending| pending.from))
            .chain(self.case.as_ref().and_then(CaseRecord::due))
            .min()
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// 128 random bits that change with every credential. Sessions and tickets of another epoch are
/// dead.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Epoch([u8; 16]);

impl Epoch {
    pub(crate) const fn from_random(bits: [u8; 16]) -> Self {
        Self(bits)
    }

    pub(crate) const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    pub(crate) fn matches(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl fmt::Debug for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Epoch(..)")
    }
}
