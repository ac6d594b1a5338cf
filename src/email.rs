//! E-mail addresses.

use std::{fmt, str::FromStr};

use email_address::Options;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use crate::name::{KeyKind, NameError, UniqueKey};

/// The most octets of an address: RFC 5321 §4.5.3.1.3, less the angle brackets.
pub const MAX_EMAIL_BYTES: usize = 254;

/// An e-mail address of somebody, as they typed it. Mail goes to that form; a canonical one, with
/// the domain in small letters, keeps it to one account.
///
/// ```
/// use backstop::EmailAddress;
///
/// let address: EmailAddress = "Alice@Shop.Example".parse()?;
/// assert_eq!(address.as_str(), "Alice@Shop.Example");
/// assert!("Alice <alice@shop.example>".parse::<EmailAddress>().is_err());
/// # Ok::<(), backstop::NameError>(())
/// ```
#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress {
    typed: String,
    canonical: String,
}

impl EmailAddress {
    /// As it was typed, in NFC.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.typed
    }

    /// The domain as it was typed, to be shown where the whole would tell too much.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.typed.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    /// The canonical form keeps the case of the local part, which is its owner's business
    /// (RFC 5321 §2.4), and lower-cases the domain.
    pub(crate) fn key(&self) -> UniqueKey {
        UniqueKey::new(KeyKind::Email, self.canonical.as_bytes())
    }
}

impl FromStr for EmailAddress {
    type Err = NameError;

    fn from_str(typed: &str) -> Result<Self, NameError> {
        if typed.len() > MAX_EMAIL_BYTES {
            return Err(NameError::TooLong);
        }
        if typed.chars().any(char::is_control) {
            return Err(NameError::Malformed);
        }
        let typed: String = typed.trim().nfc().collect();
        let options = Options::default()
            .without_display_text()
            .without_domain_literal()
            .with_required_tld();
        let parsed = email_address::EmailAddress::parse_with_options(&typed, options)
            .map_err(|_refused| NameError::Malformed)?;
        let canonical = format!("{}@{}", parsed.local_part(), parsed.domain().to_lowercase());
        let canonical: String = canonical.nfc().collect();
        if typed.len() > MAX_EMAIL_BYTES || canonical.len() > MAX_EMAIL_BYTES {
            return Err(NameError::TooLong);
        }
        Ok(Self { typed, canonical })
    }
}

impl TryFrom<String> for EmailAddress {
    type Error = NameError;

    fn try_from(text: String) -> Result<Self, NameError> {
        text.parse()
    }
}

impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> Self {
        address.typed
    }
}

impl PartialEq for EmailAddress {
    fn eq(&self, other: &Self) -> bool {
        self.canonical == other.canonical
    }
}

impl Eq for EmailAddress {}

/// Masked, for logs (OWASP ASVS 5.0, 16.2.5).
impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EmailAddress(..@{})", self.domain())
    }
}
