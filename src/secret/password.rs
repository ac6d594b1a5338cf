//! Passwords, of today and from now on.

use std::{fmt, sync::Arc};

use subtle::ConstantTimeEq;
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

/// The most bytes of a typed password that are looked at. Our own cap: it leaves room for 256
/// code points of any script and bounds all work done for one input.
pub const MAX_PASSWORD_BYTES: usize = 1024;

/// NFC can make a UTF-8 text at most three times as long (UAX #15, "Factors").
const NFC_GROWTH: usize = 3;

/// A password as its owner typed it, to be compared with the stored hash.
///
/// It went through the steps of the OpaqueString profile (RFC 8265 §4.2.1) on current Unicode
/// tables: any space becomes U+0020, the text is in NFC, controls are refused. Letter case and
/// width are kept, nothing is trimmed or cut off.
///
/// ```
/// use backstop::Password;
///
/// assert!(Password::new("correct horse").is_ok());
/// assert!(Password::new("").is_err());
/// ```
pub struct Password(Arc<Zeroizing<String>>);

impl Password {
    /// Parses what was typed.
    ///
    /// # Errors
    ///
    /// [`PasswordError`] when the text is empty, has a control character, or is longer than
    /// [`MAX_PASSWORD_BYTES`]. No account can have such a password, so there is nothing to
    /// compare and no attempt is charged.
    pub fn new(typed: &str) -> Result<Self, PasswordError> {
        opaque_string(typed).map(|text| Self(Arc::new(text)))
    }

    /// The same secret for a worker, without a second copy in memory.
    pub(crate) fn share(&self) -> Self {
        Self(Arc::clone(&self.0))
    }

    /// The normalized text.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

/// A password that its owner wants from now on, typed twice.
///
/// It becomes a hash only if the password rules of the policy allow it.
pub struct NewPassword(Password);

impl NewPassword {
    /// Parses both fields of the form. Texts that differ only in their Unicode composition are
    /// the same password.
    ///
    /// ```
    /// use backstop::{NewPassword, PasswordError};
    ///
    /// let parsed = NewPassword::typed_twice("Mira-2-lakes", "Mira-2-lake");
    /// assert_eq!(parsed.err(), Some(PasswordError::Mismatch));
    /// ```
    ///
    /// # Errors
    ///
    /// [`PasswordError::Mismatch`] when they differ; otherwise as [`Password::new`]. Nothing was
    /// charged or changed: ask again.
    pub fn typed_twice(first: &str, second: &str) -> Result<Self, PasswordError> {
        let first = Password::new(first)?;
        let second = Password::new(second).map_err(|_refused| PasswordError::Mismatch)?;
        if bool::from(first.0.as_bytes().ct_eq(second.0.as_bytes())) {
            Ok(Self(first))
        } else {
            Err(PasswordError::Mismatch)
        }
    }

    pub(crate) fn expose(&self) -> &str {
        self.0.expose()
    }

    pub(crate) fn into_password(self) -> Password {
        self.0
    }
}

/// Why a text cannot be a password at all. The password *rules* are another matter: see
/// [`Unmet`](crate::policy::Unmet).
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PasswordError {
    /// It has a control character, such as a tab or a line break.
    #[error("a password has no control characters: type it without tabs and line breaks")]
    Control,
    /// Nothing was typed.
    #[error("the password is empty: type one")]
    Empty,
    /// The two fields differ.
    #[error("the two passwords differ: type the same one twice")]
    Mismatch,
    /// It is longer than [`MAX_PASSWORD_BYTES`].
    #[error("the password is longer than {MAX_PASSWORD_BYTES} bytes: type a shorter one")]
    TooLong,
}

/// OpaqueString (RFC 8265 §4.2.1) on current tables. The buffer is sized beforehand so that no
/// reallocation leaves a copy behind.
fn opaque_string(typed: &str) -> Result<Zeroizing<String>, PasswordError> {
    if typed.len() > MAX_PASSWORD_BYTES {
        return Err(PasswordError::TooLong);
    }
    if typed.chars().any(char::is_control) {
        return Err(PasswordError::Control);
    }
    let mut text = Zeroizing::new(String::with_capacity(
        typed.len().saturating_mul(NFC_GROWTH),
    ));
    let spaced = typed
        .chars()
        .map(|c| if is_space_separator(c) { ' ' } else { c });
    text.extend(spaced.nfc());
    if text.is_empty() {
        return Err(PasswordError::Empty);
    }
    Ok(text)
}

/// General category Zs, without U+0020.
fn is_space_separator(c: char) -> bool {
    matches!(
        c,
        '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}'
    )
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(..)")
    }
}

impl fmt::Debug for NewPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NewPassword(..)")
    }
}
