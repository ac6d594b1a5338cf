//! The security code: the last line of defence.

use std::{fmt, str::FromStr};

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::account::AccountId;

/// The random bits of a security code. NIST SP 800-63B-4 §3.1.2 lets a secret of 112 bits or more
/// lie under a plain approved hash.
pub const SECURITY_CODE_BITS: usize = 130;

/// Five bits a symbol.
const SYMBOLS: usize = SECURITY_CODE_BITS / 5;

/// In writing, so many symbols stand together.
const GROUP: usize = 4;

/// Crockford's base32: no I, L, O, U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The check symbol is the remainder by 37, so it has five values more.
const CHECK_ALPHABET: &[u8; 37] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ*~$=U";

/// The most bytes of a typed code that are looked at.
const MAX_TYPED_BYTES: usize = 256;

/// A security code: 130 random bits that the library issues, in Crockford's base32 with a check
/// symbol. It is shown once and kept on paper.
///
/// ```
/// use backstop::SecurityCode;
///
/// // Small letters, blanks, and O for 0, are fine.
/// let typed = "4c8w-9qjm-r2xe-5t7v-n3hd-kb6p-yg0";
/// assert!(typed.parse::<SecurityCode>().is_err()); // a typing error: the check symbol is wrong
/// ```
#[derive(Clone)]
pub struct SecurityCode(Zeroizing<String>);

impl SecurityCode {
    /// Takes the first 130 of these random bits.
    pub(crate) fn from_random(bits: [u8; 17]) -> Self {
        let bits = Zeroizing::new(bits);
        let bit = |index: usize| -> usize {
            let byte = bits.get(index / 8).copied().unwrap_or_default();
            usize::from(byte >> (7_usize.saturating_sub(index % 8)) & 1)
        };
        let mut symbols = Zeroizing::new(String::with_capacity(SYMBOLS));
        symbols.extend((0..SYMBOLS).map(|symbol| {
            let first = symbol.saturating_mul(5);
            let value =
                (first..first.saturating_add(5)).fold(0, |value, index| value << 1 | bit(index));
            ALPHABET
                .get(value)
                .map_or('0', |symbol| char::from(*symbol))
        }));
        Self(symbols)
    }

    /// The code in groups, with its check symbol, for the page that shows it once.
    #[must_use]
    pub fn expose(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(2 * SYMBOLS));
        for (index, symbol) in self.0.chars().chain([check_symbol(&self.0)]).enumerate() {
            if index > 0 && index % GROUP == 0 {
                text.push('-');
            }
            text.push(symbol);
        }
        text
    }

    /// What is stored: bound to its account, so that it does not count for another.
    pub(crate) fn hash(&self, account: &AccountId) -> SecurityCodeHash {
        self.hash_as(b"backstop.v1.security-code", account)
    }

    /// The same for another use of a code of this form.
    pub(super) fn hash_as(&self, label: &[u8], account: &AccountId) -> SecurityCodeHash {
        let id = account.as_str().as_bytes();
        let mut hash = Sha256::new();
        hash.update(label);
        hash.update(u64::try_from(id.len()).unwrap_or(u64::MAX).to_le_bytes());
        hash.update(id);
        hash.update(self.0.as_bytes());
        SecurityCodeHash(hash.finalize().into())
    }
}

/// The hash of a security code, compared in constant time.
#[derive(Clone, Copy, serde::Serialize, serde::Deserialize)]
pub(crate) struct SecurityCodeHash([u8; 32]);

impl SecurityCodeHash {
    pub(crate) const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    pub(crate) fn matches(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl FromStr for SecurityCode {
    type Err = SecurityCodeError;

    /// Letter case does not matter, nor do blanks and hyphens; O is read as 0, I and L as 1.
    fn from_str(typed: &str) -> Result<Self, SecurityCodeError> {
        if typed.len() > MAX_TYPED_BYTES {
            return Err(SecurityCodeError::Malformed);
        }
        let mut read = Zeroizing::new(String::with_capacity(typed.len()));
        read.extend(
            typed
                .chars()
                .filter(|c| !c.is_whitespace() && *c != '-')
                .map(|c| match c.to_ascii_uppercase() {
                    'O' => '0',
                    'I' | 'L' => '1',
                    other => other,
                }),
        );
        let Some((symbols, check)) = read.split_at_checked(SYMBOLS) else {
            return Err(SecurityCodeError::Malformed);
        };
        let check = match check.as_bytes() {
            [check] if CHECK_ALPHABET.contains(check) => char::from(*check),
            _ => return Err(SecurityCodeError::Malformed),
        };
        if !symbols.bytes().all(|symbol| ALPHABET.contains(&symbol)) {
            return Err(SecurityCodeError::Malformed);
        }
        if check_symbol(symbols) != check {
            return Err(SecurityCodeError::Mistyped);
        }
        Ok(Self(Zeroizing::new(symbols.to_owned())))
    }
}

/// The symbols as one number, modulo 37: finds every wrong symbol and every swap of two.
fn check_symbol(symbols: &str) -> char {
    let value = |symbol: u8| {
        ALPHABET
            .iter()
            .position(|known| *known == symbol)
            .unwrap_or_default()
    };
    let remainder = symbols.bytes().fold(0_usize, |remainder, symbol| {
        remainder
            .saturating_mul(32)
            .saturating_add(value(symbol))
            .checked_rem(37)
            .unwrap_or_default()
    });
    CHECK_ALPHABET
        .get(remainder)
        .map_or('0', |symbol| char::from(*symbol))
}

impl fmt::Debug for SecurityCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecurityCode(..)")
    }
}

/// Why a text cannot be a security code. Nothing was looked up: ask again.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SecurityCodeError {
    /// Not of the form of a code.
    #[error(
        "a security code has 27 letters and digits, in groups of 4: compare it with your paper"
    )]
    Malformed,
    /// Of the form, but the check symbol does not fit.
    #[error("the security code has a typing error: compare it with your paper")]
    Mistyped,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(fill: u8) -> SecurityCode {
        let mut bits = [0; 17];
        (0_u8..)
            .zip(&mut bits)
            .for_each(|(index, byte)| *byte = fill.wrapping_add(index.wrapping_mul(37)));
        SecurityCode::from_random(bits)
    }

    #[test]
    fn s06_a_code_comes_back_however_it_is_typed() {
        for fill in 0..=255 {
            let code = code(fill);
            let shown = code.expose();
            assert_eq!(shown.len(), SYMBOLS + 1 + SYMBOLS / GROUP);
            for typed in [
                shown.to_string(),
                shown.to_lowercase(),
                shown.replace('-', " "),
                shown.replace('0', "o").replace('1', "l"),
            ] {
                // The check symbol U has no look-alike; a zero at its place is one.
                let read: SecurityCode = typed.parse().unwrap();
                assert_eq!(*read.0, *code.0, "{typed}");
            }
        }
    }

    #[test]
    fn s06_every_wrong_symbol_and_every_swap_is_found() {
        let code = code(7);
        let shown: Vec<char> = code.expose().chars().filter(|c| *c != '-').collect();
        for index in 0..SYMBOLS {
            for other in ALPHABET.iter().map(|symbol| char::from(*symbol)) {
                let mut typed = shown.clone();
                typed[index] = other;
                let typed: String = typed.into_iter().collect();
                let found = typed.parse::<SecurityCode>().is_err();
                assert_eq!(found, other != shown[index], "{typed}");
            }
            let mut typed = shown.clone();
            typed.swap(index, index + 1);
            if index + 1 < SYMBOLS && typed != shown {
                let typed: String = typed.into_iter().collect();
                assert!(typed.parse::<SecurityCode>().is_err(), "{typed}");
            }
        }
    }

    #[test]
    fn s06_the_hash_is_bound_to_its_account() {
        let ids = ["42", "43"].map(|id| id.parse::<AccountId>().unwrap());
        let [own, other] = ids.map(|id| code(1).hash(&id));
        assert!(own.matches(&own));
        assert!(!own.matches(&other));
    }

    #[test]
    fn i01_all_130_bits_count() {
        let mut seen = std::collections::HashSet::new();
        for bit in 0..SECURITY_CODE_BITS {
            let mut bits = [0; 17];
            bits[bit / 8] = 0x80 >> (bit % 8);
            assert!(seen.insert(SecurityCode::from_random(bits).expose().to_string()));
        }
        assert!(seen.insert(SecurityCode::from_random([0; 17]).expose().to_string()));
    }
}
