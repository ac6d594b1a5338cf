//! The code of digits that a mail carries.

use std::{fmt, str::FromStr};

use subtle::ConstantTimeEq;
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

/// The digits of a mailed code: 26.6 bits. NIST SP 800-63B-4 §4.2.1.2 asks for at least 6; OWASP
/// ASVS 5.0, 6.5.4, for 20 bits.
pub const CODE_DIGITS: usize = 8;

/// Codes are below this.
const RANGE: u64 = 100_000_000;

/// The most bytes of a typed code that are looked at.
const MAX_TYPED_BYTES: usize = 256;

/// A code out of a mail, as it is typed or sent.
///
/// ```
/// use backstop::MailedCode;
///
/// assert!("1234 5678".parse::<MailedCode>().is_ok());
/// assert!("1234567".parse::<MailedCode>().is_err());
/// ```
#[derive(Clone)]
pub struct MailedCode(Zeroizing<String>);

impl MailedCode {
    /// Digits out of random bits. Those that would favour some codes are passed over.
    pub(crate) fn from_random(bits: [u8; 32]) -> Self {
        let fair = u64::MAX - u64::MAX % RANGE;
        let number = bits
            .chunks_exact(8)
            .filter_map(|chunk| chunk.try_into().ok().map(u64::from_le_bytes))
            .find(|number| *number < fair)
            .unwrap_or_default();
        let number = number.checked_rem(RANGE).unwrap_or_default();
        Self(Zeroizing::new(format!("{number:0CODE_DIGITS$}")))
    }

    /// The digits, for the mail.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    pub(crate) fn matches(&self, other: &Self) -> bool {
        self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
    }
}

impl FromStr for MailedCode {
    type Err = CodeError;

    /// Blanks and hyphens between the digits, and full-width digits, are fine.
    fn from_str(typed: &str) -> Result<Self, CodeError> {
        digits(typed, CODE_DIGITS).map(Self).ok_or(CodeError)
    }
}

/// So many digits, however they were typed.
pub(super) fn digits(typed: &str, count: usize) -> Option<Zeroizing<String>> {
    if typed.len() > MAX_TYPED_BYTES {
        return None;
    }
    let mut digits = Zeroizing::new(String::with_capacity(typed.len()));
    digits.extend(typed.nfkc().filter(|c| !c.is_whitespace() && *c != '-'));
    let is_code = digits.len() == count && digits.bytes().all(|b| b.is_ascii_digit());
    is_code.then_some(digits)
}

impl fmt::Debug for MailedCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MailedCode(..)")
    }
}

/// A text that cannot be a code. Nothing was charged: ask again.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a code has {CODE_DIGITS} digits: type those of the mail")]
pub struct CodeError;

#[cfg(test)]
mod tests {
    use super::*;

    /// The first number at or beyond the last multiple of the range would favour small codes.
    #[test]
    fn g01_what_would_favour_some_codes_is_passed_over() {
        let mut bits = [0xff; 32];
        bits[8..16].copy_from_slice(&42_u64.to_le_bytes());
        assert_eq!(MailedCode::from_random(bits).expose(), "00000042");
    }
}
