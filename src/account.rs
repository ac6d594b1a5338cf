//! The account: what the library keeps about one of the host's users.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use time::OffsetDateTime;

use crate::{clock::Stamp, hash::PasswordHash, name::UniqueKey, record, service_key::KeyId};

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
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Method {
    /// The password of today, inside a session.
    CurrentPassword,
}

/// One account. A change and everything that belongs to it are one write of this record.
///
/// It holds no secret that could be read, only hashes. Stores see the few parts below and
/// [`to_bytes`](Self::to_bytes).
#[derive(Clone, Serialize, Deserialize)]
pub struct Account {
    pub(crate) id: AccountId,
    pub(crate) login: String,
    pub(crate) keys: Vec<UniqueKey>,
    /// Names the secret that keys the index: with another one the names and budgets would be
    /// others.
    pub(crate) index: KeyId,
    pub(crate) epoch: Epoch,
    pub(crate) password: Credential<PasswordHash>,
    /// When the password was changed by knowing the one before it.
    pub(crate) changes: Vec<Stamp>,
    pub(crate) security_code: Option<[u8; 32]>,
    pub(crate) due_at: Option<Stamp>,
}

/// A credential, with when it was set and how: by a method, or with the account itself.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Credential<T> {
    pub(crate) value: T,
    pub(crate) set_at: Stamp,
    pub(crate) set_by: Option<Method>,
}

impl Account {
    /// The host's key of the user.
    #[must_use]
    pub const fn id(&self) -> &AccountId {
        &self.id
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
        self.due_at.map(OffsetDateTime::from)
    }

    /// The hash of the security code. Once it is set it never changes: a store that can refuse
    /// such a write refuses it.
    #[must_use]
    pub const fn security_code(&self) -> Option<&[u8; 32]> {
        self.security_code.as_ref()
    }

    /// The whole record, for a column of bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        record::encode(record::Schema::Account, &[], self)
    }

    /// Reads what [`to_bytes`](Self::to_bytes) wrote, by this version or an older one.
    ///
    /// # Errors
    ///
    /// [`RecordError::Damaged`](record::RecordError::Damaged) and
    /// [`RecordError::Newer`](record::RecordError::Newer).
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, record::RecordError> {
        record::decode(record::Schema::Account, &[], bytes)
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

    pub(crate) fn matches(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl fmt::Debug for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Epoch(..)")
    }
}
