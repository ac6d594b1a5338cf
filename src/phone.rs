//! Phone numbers.

#[cfg(feature = "phone")]
mod typed;

use std::fmt;

use serde::{Deserialize, Serialize};

#[cfg(feature = "phone")]
pub use self::typed::PhoneError;
use crate::name::{KeyKind, NameError, UniqueKey};

/// The fewest and the most digits of a number, its country code included: ITU-T E.164 §6.1 has the
/// most, the fewest is our own.
const DIGITS: std::ops::RangeInclusive<usize> = 7..=15;

/// A phone number of somebody, in the form of ITU-T E.164: `+`, the country code, the rest, with
/// nothing in between.
///
/// The feature `phone` reads what users type; every build keeps, shows and sends to the numbers
/// that are there.
///
#[cfg_attr(
    feature = "phone",
    doc = "```
use backstop::PhoneNumber;

let number: PhoneNumber = \"+46 70-123 45 67\".parse()?;
assert_eq!(number.as_str(), \"+46701234567\");
assert_eq!(number.country_code(), 46);
assert_eq!(number, PhoneNumber::in_region(\"070-123 45 67\", \"SE\")?);
# Ok::<(), backstop::phone::PhoneError>(())
```"
)]
#[derive(Clone, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "E164", into = "E164")]
pub struct PhoneNumber(String);

impl PhoneNumber {
    /// The form of E.164: `+46701234567`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The country code, by which Sweden is 46, and all of North America 1. No code is the beginning
    /// of another one.
    #[must_use]
    pub fn country_code(&self) -> u16 {
        let number = |len: usize| {
            let digits = self.digits().bytes().take(len);
            digits.fold(0_u16, |code, digit| {
                let digit = u16::from(digit.saturating_sub(b'0'));
                code.saturating_mul(10).saturating_add(digit)
            })
        };
        let (one, two) = (number(1), number(2));
        match (one, two) {
            (1 | 7, _) => one,
            (_, 20 | 27 | 30..=34 | 36 | 39..=41 | 43..=49 | 51..=58 | 60..=66) => two,
            (_, 81 | 82 | 84 | 86 | 90..=95 | 98) => two,
            _ => number(3),
        }
    }

    /// The key that a [`LoginName`](crate::LoginName) of these digits has.
    pub(crate) fn key(&self) -> UniqueKey {
        UniqueKey::new(KeyKind::Phone, self.digits())
    }

    fn digits(&self) -> &str {
        self.0.strip_prefix('+').unwrap_or(&self.0)
    }

    pub(crate) fn from_e164(text: String) -> Result<Self, NameError> {
        let is_e164 = text.strip_prefix('+').is_some_and(|digits| {
            DIGITS.contains(&digits.len())
                && !digits.starts_with('0')
                && digits.bytes().all(|byte| byte.is_ascii_digit())
        });
        is_e164.then_some(Self(text)).ok_or(NameError::Malformed)
    }
}

/// What a record keeps.
#[derive(Serialize, Deserialize)]
struct E164(String);

impl TryFrom<E164> for PhoneNumber {
    type Error = NameError;

    fn try_from(kept: E164) -> Result<Self, NameError> {
        Self::from_e164(kept.0)
    }
}

impl From<PhoneNumber> for E164 {
    fn from(number: PhoneNumber) -> Self {
        Self(number.0)
    }
}

/// Masked, for logs (OWASP ASVS 5.0, 16.2.5).
impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PhoneNumber(+{}..)", self.country_code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s11_every_country_code_is_read_off_its_numbers() {
        for (number, code) in [
            ("+12025550123", 1),
            ("+79161234567", 7),
            ("+46701234567", 46),
            ("+861012345678", 86),
            ("+358401234567", 358),
            ("+420601123456", 420),
            ("+8801812345678", 880),
            ("+99901234567", 999),
        ] {
            let number = PhoneNumber::from_e164(number.to_owned()).unwrap();
            assert_eq!(number.country_code(), code, "{number:?}");
        }
    }

    #[test]
    fn s11_a_record_with_no_number_in_it_is_refused() {
        for refused in [
            "",
            "+",
            "46701234567",
            "+46 701234567",
            "+0701234567",
            "+1234567890123456",
        ] {
            assert!(
                PhoneNumber::from_e164(refused.to_owned()).is_err(),
                "{refused:?}"
            );
        }
    }
}
