//! The names an account is known by, parsed by their syntax alone.
//!
//! A login name is a user name, an e-mail address or a phone number, and which of them it is can
//! be read off: an address has an `@`, a phone number begins with `+` or has only digits and the
//! separators between them, a user name is neither. So nobody's user name can be somebody else's
//! address or number.

use std::{fmt, str::FromStr};

use precis_profiles::{UsernameCaseMapped, precis_core::profile::Profile};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use unicode_security::{
    RestrictionLevelDetection, confusable_detection::skeleton, restriction_level::RestrictionLevel,
};

use crate::{email::EmailAddress, phone::PhoneNumber};

/// The most bytes of a login name that are looked at: RFC 5321 §4.5.3.1 gives an address at most
/// 254 octets.
pub const MAX_LOGIN_NAME_BYTES: usize = 254;

/// The most code points of a user name. Our own cap.
pub const MAX_USER_NAME_LEN: usize = 64;

/// What a unique key of an account is. No two accounts share a key of the same kind.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[non_exhaustive]
pub enum KeyKind {
    /// The user name in its canonical form.
    Login,
    /// What the user name looks like (UTS #39 skeleton), so that look-alikes are one name.
    Skeleton,
    /// The security e-mail in its canonical form.
    Email,
    /// The phone number in digits.
    Phone,
    /// A hash of the issuer and the subject of a linked identity.
    Identity,
}

impl KeyKind {
    /// The kind as a text, for a column. It never changes.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Login => "login",
            Self::Skeleton => "skeleton",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Identity => "identity",
        }
    }
}

impl FromStr for KeyKind {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        [
            Self::Login,
            Self::Skeleton,
            Self::Email,
            Self::Phone,
            Self::Identity,
        ]
        .into_iter()
        .find(|kind| kind.as_str() == text)
        .ok_or(NameError::Malformed)
    }
}

/// A key that at most one account has, already canonical: a store compares the bytes.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
pub struct UniqueKey {
    kind: KeyKind,
    bytes: Vec<u8>,
}

impl UniqueKey {
    /// A key of this kind. The library makes the keys of its accounts itself; this is for those
    /// who write or test a store.
    ///
    /// `bytes`: the canonical form, 1 to 254 bytes for the kinds of today.
    #[must_use]
    pub fn new(kind: KeyKind, bytes: impl Into<Vec<u8>>) -> Self {
        Self {
            kind,
            bytes: bytes.into(),
        }
    }

    /// What the key is.
    #[must_use]
    pub const fn kind(&self) -> KeyKind {
        self.kind
    }

    /// The canonical form.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// The user name of an account: UsernameCaseMapped (RFC 8265 §3.3), one script, no syntax of an
/// address or a phone number.
///
/// ```
/// use backstop::UserName;
///
/// let name: UserName = "Åsa".parse()?;
/// assert_eq!(name.as_str(), "Åsa");
/// assert_eq!(name, "åsa".parse()?);            // one name, however it is typed
/// assert!("asa@shop.example".parse::<UserName>().is_err());
/// assert!("раypal".parse::<UserName>().is_err()); // Cyrillic "ра", Latin "ypal"
/// # Ok::<(), backstop::NameError>(())
/// ```
#[derive(Clone, Debug)]
pub struct UserName {
    typed: String,
    canonical: String,
}

impl UserName {
    /// As its owner typed it, in NFC, to be shown.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.typed
    }

    pub(crate) fn canonical(&self) -> &str {
        &self.canonical
    }

    /// The keys that keep this name, and what looks like it, to one account.
    pub(crate) fn unique_keys(&self) -> Vec<UniqueKey> {
        let canonical: String = skeleton(&self.canonical).collect();
        // What is shown is the typed form: a capital I passes for an l.
        let typed: String = skeleton(&self.typed).collect();
        let typed: String = skeleton(&typed.to_lowercase()).collect();
        let mut keys = vec![
            UniqueKey::new(KeyKind::Login, self.canonical.as_bytes()),
            UniqueKey::new(KeyKind::Skeleton, canonical),
            UniqueKey::new(KeyKind::Skeleton, typed),
        ];
        keys.dedup();
        keys
    }
}

impl PartialEq for UserName {
    fn eq(&self, other: &Self) -> bool {
        self.canonical == other.canonical
    }
}

impl Eq for UserName {}

impl FromStr for UserName {
    type Err = NameError;

    fn from_str(typed: &str) -> Result<Self, NameError> {
        bounded(typed)?;
        let canonical = UsernameCaseMapped::new()
            .enforce(typed)
            .map_err(|_refused| NameError::Malformed)?;
        if canonical.chars().count() > MAX_USER_NAME_LEN {
            return Err(NameError::TooLong);
        }
        if kind_of(&canonical) != KeyKind::Login {
            return Err(NameError::NotAUserName);
        }
        match (&*canonical).detect_restriction_level() {
            // A character outside the identifier profile, such as '!'.
            RestrictionLevel::Unrestricted => return Err(NameError::Malformed),
            level if level > RestrictionLevel::HighlyRestrictive => {
                return Err(NameError::MixedScripts);
            }
            _ => {}
        }
        Ok(Self {
            typed: typed.nfc().collect(),
            canonical: canonical.into_owned(),
        })
    }
}

/// What somebody typed as their login name: a user name, an e-mail address or a phone number, in
/// its canonical form.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LoginName {
    key: UniqueKey,
}

impl LoginName {
    /// What it is by its syntax: [`KeyKind::Login`], [`KeyKind::Email`] or [`KeyKind::Phone`].
    #[must_use]
    pub const fn kind(&self) -> KeyKind {
        self.key.kind
    }

    pub(crate) const fn key(&self) -> &UniqueKey {
        &self.key
    }
}

impl From<&UserName> for LoginName {
    fn from(name: &UserName) -> Self {
        Self {
            key: UniqueKey::new(KeyKind::Login, name.canonical.as_bytes()),
        }
    }
}

/// A number, typed in whatever region: `PhoneNumber::in_region` reads it.
impl From<&PhoneNumber> for LoginName {
    fn from(number: &PhoneNumber) -> Self {
        Self { key: number.key() }
    }
}

impl FromStr for LoginName {
    type Err = NameError;

    fn from_str(typed: &str) -> Result<Self, NameError> {
        bounded(typed)?;
        let typed = typed.trim();
        match kind_of(typed) {
            KeyKind::Email => typed.parse().map(|address: EmailAddress| address.key()),
            KeyKind::Phone => phone_key(typed),
            KeyKind::Identity | KeyKind::Login | KeyKind::Skeleton => {
                return typed.parse().map(|name: UserName| Self::from(&name));
            }
        }
        .map(|key| Self { key })
    }
}

/// Why a text is not a name. It never holds the text.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum NameError {
    /// Not a name of any kind: empty, or with characters that names do not have.
    #[error("this is not a name: use letters and digits, an e-mail address or a phone number")]
    Malformed,
    /// A user name with letters of several scripts, which could pass for another one.
    #[error("a user name is written in one script: do not mix alphabets")]
    MixedScripts,
    /// A user name that reads like an e-mail address or a phone number.
    #[error("a user name has no '@', does not begin with '+' and is more than digits, '-' and '.'")]
    NotAUserName,
    /// Longer than [`MAX_LOGIN_NAME_BYTES`] or, for a user name, [`MAX_USER_NAME_LEN`].
    #[error("the name is too long: a user name has at most {MAX_USER_NAME_LEN} characters")]
    TooLong,
}

fn bounded(typed: &str) -> Result<(), NameError> {
    if typed.len() > MAX_LOGIN_NAME_BYTES {
        return Err(NameError::TooLong);
    }
    Ok(())
}

fn kind_of(text: &str) -> KeyKind {
    // Full-width forms of the telling characters are told like the plain ones.
    let mut plain = text.nfkc();
    if plain.clone().any(|c| c == '@') {
        KeyKind::Email
    } else if plain.clone().next() == Some('+')
        || plain.all(|c| c.is_numeric() || is_phone_separator(c))
    {
        KeyKind::Phone
    } else {
        KeyKind::Login
    }
}

/// The visual separators of RFC 3966 §5.1.1, blanks, and the `+` of a number.
const fn is_phone_separator(c: char) -> bool {
    matches!(c, '+' | ' ' | '-' | '.' | '(' | ')')
}

/// E.164: at most 15 digits; the separators are dropped.
fn phone_key(typed: &str) -> Result<UniqueKey, NameError> {
    const DIGITS: std::ops::RangeInclusive<usize> = 5..=15;
    let digits: String = typed.nfkc().filter(|c| !is_phone_separator(*c)).collect();
    if !DIGITS.contains(&digits.len()) || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(NameError::Malformed);
    }
    Ok(UniqueKey::new(KeyKind::Phone, digits))
}

impl fmt::Display for UserName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.typed)
    }
}
