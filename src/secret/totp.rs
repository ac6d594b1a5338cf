//! The second factor: codes of an authenticator app, and backup codes.

use std::{fmt, str::FromStr, time::Duration};

use zeroize::Zeroizing;

use super::{
    mailed_code::digits,
    security_code::{SecurityCode, SecurityCodeError, SecurityCodeHash},
};
use crate::account::AccountId;

/// The digits of a code: what every authenticator app shows. RFC 4226 §5.3 asks for at least 6.
pub const TOTP_DIGITS: usize = 6;

/// How long one code lasts (RFC 6238 §5.2; OWASP ASVS 5.0, 6.5.5).
pub const TOTP_STEP: Duration = Duration::from_secs(30);

/// How many backup codes are issued. Our own number.
pub const BACKUP_CODES: usize = 10;

/// What a claimant types as the second factor.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum SecondFactor {
    /// One of the codes that were issued with the factor. Each is good once.
    BackupCode(BackupCode),
    /// The code that the authenticator app shows.
    Totp(TotpCode),
}

/// A code of an authenticator app, as it is typed.
///
/// ```
/// use backstop::TotpCode;
///
/// assert!("123 456".parse::<TotpCode>().is_ok());
/// assert!("12345".parse::<TotpCode>().is_err());
/// ```
#[derive(Clone)]
pub struct TotpCode(Zeroizing<String>);

impl TotpCode {
    /// The digits.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl FromStr for TotpCode {
    type Err = TotpCodeError;

    /// Blanks and hyphens between the digits, and full-width digits, are fine.
    fn from_str(typed: &str) -> Result<Self, TotpCodeError> {
        digits(typed, TOTP_DIGITS).map(Self).ok_or(TotpCodeError)
    }
}

impl fmt::Debug for TotpCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TotpCode(..)")
    }
}

/// A text that cannot be a code of an authenticator app. Nothing was charged: ask again.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a code has {TOTP_DIGITS} digits: type those that the authenticator app shows")]
pub struct TotpCodeError;

/// A code that is good once in place of the authenticator app: 130 random bits in the form of a
/// [`SecurityCode`].
#[derive(Clone)]
pub struct BackupCode(SecurityCode);

impl BackupCode {
    pub(crate) fn from_random(bits: [u8; 17]) -> Self {
        Self(SecurityCode::from_random(bits))
    }

    /// The code in groups, with its check symbol, for the page that shows it once.
    #[must_use]
    pub fn expose(&self) -> Zeroizing<String> {
        self.0.expose()
    }

    /// What is stored: bound to its account, and never that of a security code.
    pub(crate) fn hash(&self, account: &AccountId) -> SecurityCodeHash {
        self.0.hash_as(b"backstop.v1.backup-code", account)
    }
}

impl FromStr for BackupCode {
    type Err = SecurityCodeError;

    /// Letter case does not matter, nor do blanks and hyphens; O is read as 0, I and L as 1.
    fn from_str(typed: &str) -> Result<Self, SecurityCodeError> {
        typed.parse().map(Self)
    }
}

impl fmt::Debug for BackupCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BackupCode(..)")
    }
}

/// The key that an authenticator app makes its codes from: 160 random bits (RFC 4226 §4, R6).
#[derive(Clone)]
pub struct TotpKey(Zeroizing<[u8; Self::BYTES]>);

impl TotpKey {
    pub(crate) const BYTES: usize = 20;

    pub(crate) fn from_random(bits: [u8; Self::BYTES]) -> Self {
        Self(Zeroizing::new(bits))
    }

    pub(crate) fn as_bytes(&self) -> &[u8; Self::BYTES] {
        &self.0
    }

    /// The key in base32, for those who type it into their app.
    #[must_use]
    pub fn expose(&self) -> Zeroizing<String> {
        Zeroizing::new(totp_rs::Secret::new_stack(*self.0).to_base32())
    }

    /// The `otpauth` URI, for a QR code. It holds the key.
    ///
    /// `issuer`: the service, such as `Shop`. `account`: what the user knows the account by, such
    /// as the user name. The app shows both. A colon in them becomes a blank: it parts the two.
    #[must_use]
    pub fn uri(&self, issuer: &str, account: &str) -> Zeroizing<String> {
        let (issuer, account) = (encoded(issuer), encoded(account));
        let key = self.expose();
        Zeroizing::new(format!(
            "otpauth://totp/{issuer}:{account}?secret={}&issuer={issuer}",
            key.as_str()
        ))
    }
}

/// Percent-encoded (RFC 3986 §2.1), all but unreserved characters.
fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'-' | b'.' | b'_' | b'~' => encoded.push(char::from(byte)),
            b':' => encoded.push_str("%20"),
            byte if byte.is_ascii_alphanumeric() => encoded.push(char::from(byte)),
            byte => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

impl fmt::Debug for TotpKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TotpKey(..)")
    }
}

/// A second factor that was issued, for the page that shows it once. It counts only when a first
/// code has confirmed it.
#[derive(Debug)]
pub struct NewSecondFactor {
    pub(crate) key: TotpKey,
    pub(crate) backup_codes: Vec<BackupCode>,
}

impl NewSecondFactor {
    /// What the authenticator app is to be given.
    #[must_use]
    pub const fn key(&self) -> &TotpKey {
        &self.key
    }

    /// The [`BACKUP_CODES`] codes, to be kept on paper.
    #[must_use]
    pub fn backup_codes(&self) -> &[BackupCode] {
        &self.backup_codes
    }
}
