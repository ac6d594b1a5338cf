//! Identities of elsewhere: who somebody is to a provider such as Google or Apple.

use std::fmt;

use blake2::{
    Blake2b,
    digest::{FixedOutput, Update, consts::U32},
};
use serde::{Deserialize, Serialize};

use crate::name::{KeyKind, UniqueKey};

/// The most bytes of an issuer. Our own cap: those of today have a few dozen.
pub const MAX_ISSUER_BYTES: usize = 255;

/// The most bytes of a subject (OpenID Connect Core 1.0 §2, `sub`).
pub const MAX_SUBJECT_BYTES: usize = 255;

/// The most identities that are linked to one account. Our own cap.
pub const MAX_IDENTITIES: usize = 8;

/// Who somebody is to a provider: its `iss`, and what it calls them, `sub`.
///
/// Both together are compared byte by byte, with the case of their letters (OpenID Connect Core
/// 1.0 §2 and §5.7: no other claim names somebody for good). Never the e-mail address: an account
/// that somebody else has registered with it would be theirs.
///
/// ```
/// use backstop::Identity;
///
/// let identity = Identity::verified("https://accounts.example", "110248495921238986420")?;
/// assert_eq!(identity.issuer(), "https://accounts.example");
/// assert!(Identity::verified("accounts.example", "1").is_err());
/// # Ok::<(), backstop::identity::IdentityError>(())
/// ```
#[derive(Clone, Eq, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "(String, String)", into = "(String, String)")]
pub struct Identity {
    issuer: String,
    subject: String,
}

impl Identity {
    /// The identity of whoever is asking at this moment.
    ///
    /// `issuer`: the `iss` of the ID token, an `https` address without query and fragment; `http`
    /// for a provider on localhost. `subject`: its `sub`, 1 to 255 printable ASCII characters.
    ///
    /// # Security
    ///
    /// Whoever has an identity is signed in by it. The host vouches that it has just verified the
    /// ID token as OpenID Connect Core 1.0 §3.1.3.7 says: its signature with the keys of this
    /// issuer, `iss`, `aud`, `exp`, and that `nonce` is the one that it gave this browser. A name
    /// or an address out of a token that was not verified so lets anybody in.
    ///
    /// # Errors
    ///
    /// [`IdentityError`] when a provider cannot have said so.
    pub fn verified(issuer: &str, subject: &str) -> Result<Self, IdentityError> {
        if !is_issuer(issuer) {
            return Err(IdentityError::Issuer);
        }
        if !is_subject(subject) {
            return Err(IdentityError::Subject);
        }
        Ok(Self {
            issuer: issuer.to_owned(),
            subject: subject.to_owned(),
        })
    }

    /// Who vouches for it.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// What the issuer calls its holder.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// Whether these are its parts.
    pub(crate) fn is(&self, issuer: &str, subject: &str) -> bool {
        self.issuer == issuer && self.subject == subject
    }

    /// Keeps it to one account. A hash of both, because together they are longer than a key.
    pub(crate) fn key(&self) -> UniqueKey {
        let mut digest = Blake2b::<U32>::default();
        digest.update(b"backstop identity");
        for part in [&self.issuer, &self.subject] {
            let len = u64::try_from(part.len()).unwrap_or(u64::MAX);
            digest.update(&len.to_le_bytes());
            digest.update(part.as_bytes());
        }
        UniqueKey::new(KeyKind::Identity, digest.finalize_fixed().to_vec())
    }
}

impl TryFrom<(String, String)> for Identity {
    type Error = IdentityError;

    fn try_from((issuer, subject): (String, String)) -> Result<Self, IdentityError> {
        Self::verified(&issuer, &subject)
    }
}

impl From<Identity> for (String, String) {
    fn from(identity: Identity) -> Self {
        (identity.issuer, identity.subject)
    }
}

/// Masked, for logs: the subject names a person.
impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Identity(..@{})", self.issuer)
    }
}

/// Texts that are no identity. It never holds the texts.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum IdentityError {
    /// The issuer is no `https` address, or has a query or a fragment.
    #[error(
        "an issuer is an https address, or http on localhost, without a query or fragment, of at \
         most {MAX_ISSUER_BYTES} bytes"
    )]
    Issuer,
    /// The subject is empty, too long, or has characters that are none of printable ASCII.
    #[error("a subject has 1 to {MAX_SUBJECT_BYTES} printable ASCII characters")]
    Subject,
}

/// OpenID Connect Core 1.0 §2, `iss`: "a case-sensitive URL using the https scheme that contains
/// scheme, host, and optionally, port number and path components and no query or fragment".
fn is_issuer(text: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_graphic() && !matches!(c, '?' | '#' | '@' | '\\');
    if text.len() > MAX_ISSUER_BYTES || !text.chars().all(is_plain) {
        return false;
    }
    if let Some(rest) = text.strip_prefix("https://") {
        return !rest.is_empty() && !rest.starts_with(['/', ':']);
    }
    let Some(rest) = text.strip_prefix("http://") else {
        return false;
    };
    ["localhost", "127.0.0.1", "[::1]"].iter().any(|local| {
        rest.strip_prefix(local)
            .is_some_and(|after| after.is_empty() || after.starts_with([':', '/']))
    })
}

fn is_subject(text: &str) -> bool {
    let is_printable = |byte: u8| (b' '..=b'~').contains(&byte);
    (1..=MAX_SUBJECT_BYTES).contains(&text.len()) && text.bytes().all(is_printable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s19_what_no_provider_says_is_no_identity() {
        let long = format!("https://{}", "a".repeat(MAX_ISSUER_BYTES));
        for issuer in [
            "",
            "accounts.example",
            "http://accounts.example",
            "http://localhost.evil.example",
            "https://",
            "https:///path",
            "https://:443",
            "https://accounts.example?tenant=1",
            "https://accounts.example#1",
            "https://accounts.example@evil.example",
            "https://accounts.example\n",
            "https://ассоunts.example",
            &long,
        ] {
            let refused = Identity::verified(issuer, "1");
            assert_eq!(refused, Err(IdentityError::Issuer), "{issuer:?}");
        }
        let long = "1".repeat(MAX_SUBJECT_BYTES + 1);
        for subject in ["", "1\n", "é", "\u{0}", &long] {
            let refused = Identity::verified("https://accounts.example", subject);
            assert_eq!(refused, Err(IdentityError::Subject), "{subject:?}");
        }
        for issuer in [
            "https://accounts.example",
            "https://accounts.example/",
            "https://[2001:db8::1]:8443/realms/shop/v2.0",
            "http://127.0.0.1:8080",
            "http://localhost",
            "http://[::1]:8080/issuer",
        ] {
            assert!(Identity::verified(issuer, " ~").is_ok(), "{issuer}");
        }
    }

    /// Every difference is one, and parts do not run into each other.
    #[test]
    fn s19_keys_tell_all_identities_apart() {
        let of = |issuer: &str, subject: &str| Identity::verified(issuer, subject).unwrap().key();
        let keys = [
            of("https://a.example", "1"),
            of("https://a.example", "2"),
            of("https://a.example/", "1"),
            of("https://a.example", "a"),
            of("https://a.example", "A"),
            of("https://a.example1", "1"),
            of("https://a.example", "11"),
            of("https://b.example", "1"),
        ];
        for (index, key) in keys.iter().enumerate() {
            assert_eq!(key.kind(), KeyKind::Identity);
            assert!(keys.iter().skip(index + 1).all(|other| other != key));
        }
    }
}
