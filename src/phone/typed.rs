//! Numbers as users type them.

use std::str::FromStr;

use phonenumber::{Mode, Type, country, metadata::DATABASE};
use unicode_normalization::UnicodeNormalization;

use super::PhoneNumber;
use crate::name::MAX_LOGIN_NAME_BYTES;

/// Why a text is not a phone number that can be used. It never holds the text.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PhoneError {
    /// Not a phone number.
    #[error("this is not a phone number: type '+', the country code and the number")]
    Malformed,
    /// A number without a country code.
    #[error("begin the number with '+' and the country code, or give the region it was typed in")]
    National,
    /// A number that gets no text messages: of a fixed line or of a service with a price of its own.
    #[error("this number gets no text messages: use the number of a mobile phone")]
    NotMobile,
    /// A `(0)` behind the country code, which is only dialled inside the country.
    #[error("leave out the '(0)' behind the country code")]
    TrunkPrefix,
    /// The host asks for a region that there is not.
    #[error("a region is two capital letters of ISO 3166-1, such as SE")]
    UnknownRegion,
}

impl PhoneNumber {
    /// A number as it was typed in a region: with a country code, or as it is dialled there.
    ///
    /// `region`: two capital letters (ISO 3166-1), such as `SE`.
    ///
    /// # Errors
    ///
    /// [`PhoneError`].
    pub fn in_region(typed: &str, region: &str) -> Result<Self, PhoneError> {
        // The parser takes it for granted that it knows the region.
        let known = DATABASE.by_id(region).is_some();
        let region: country::Id = region.parse().map_err(|_| PhoneError::UnknownRegion)?;
        if !known {
            return Err(PhoneError::UnknownRegion);
        }
        read(typed, Some(region))
    }

    /// The region of the number, in two capital letters (ISO 3166-1): tells the countries apart that
    /// share a country code.
    #[must_use]
    pub fn region(&self) -> Option<String> {
        let number = phonenumber::parse(None, self.as_str()).ok()?;
        Some(number.country().id()?.as_ref().to_owned())
    }
}

/// With `+` and the country code in front; blanks, `-`, `.` and brackets between digits are dropped.
impl FromStr for PhoneNumber {
    type Err = PhoneError;

    fn from_str(typed: &str) -> Result<Self, PhoneError> {
        read(typed, None)
    }
}

fn read(typed: &str, region: Option<country::Id>) -> Result<PhoneNumber, PhoneError> {
    if typed.len() > MAX_LOGIN_NAME_BYTES {
        return Err(PhoneError::Malformed);
    }
    let plain: String = typed.trim().nfkc().filter(|c| *c != ' ').collect();
    let is_international = plain.starts_with('+');
    if is_international && plain.contains("(0)") {
        return Err(PhoneError::TrunkPrefix);
    }
    // The parser is given nothing but digits: it reads extensions, letters and web addresses, too.
    let digits: String = plain
        .strip_prefix('+')
        .unwrap_or(&plain)
        .chars()
        .filter(|c| {
            !matches!(
                c,
                '-' | '.' | '(' | ')' | '\u{2010}' | '\u{2011}' | '\u{2013}'
            )
        })
        .collect();
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) || !(5..=17).contains(&digits.len()) {
        return Err(PhoneError::Malformed);
    }
    if !is_international && region.is_none() {
        return Err(PhoneError::National);
    }
    let bare = if is_international {
        format!("+{digits}")
    } else {
        digits
    };
    let number = phonenumber::parse(region, &bare).map_err(|_| PhoneError::Malformed)?;
    if !number.is_valid() {
        return Err(PhoneError::Malformed);
    }
    let e164 = number.format().mode(Mode::E164).to_string();
    // What was typed with its country code is not to become another number.
    if is_international && e164 != bare {
        return Err(PhoneError::Malformed);
    }
    let takes_texts = matches!(
        number.number_type(&DATABASE),
        Type::Mobile | Type::FixedLineOrMobile | Type::PersonalNumber | Type::Voip
    );
    if !takes_texts {
        return Err(PhoneError::NotMobile);
    }
    PhoneNumber::from_e164(e164).map_err(|_| PhoneError::Malformed)
}
