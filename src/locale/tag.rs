//! Tags of languages that a host adds.

use std::{fmt, str::FromStr};

use super::LocaleError;

/// The most characters of a tag: RFC 5646 §4.4.1 asks for room for 35.
const LONGEST: usize = 35;

/// The tag of a language that is not here (BCP 47), such as `de` or `pt-BR`, as the host writes it.
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
pub struct Tag {
    bytes: [u8; LONGEST],
    len: u8,
}

impl Tag {
    /// The tag as a text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let bytes = self.bytes.get(..usize::from(self.len));
        let text = bytes.and_then(|bytes| str::from_utf8(bytes).ok());
        text.unwrap_or_default()
    }
}

impl FromStr for Tag {
    type Err = LocaleError;

    fn from_str(text: &str) -> Result<Self, LocaleError> {
        let mut bytes = [0; LONGEST];
        let len = u8::try_from(text.len()).map_err(|_long| LocaleError)?;
        let place = bytes.get_mut(..text.len()).ok_or(LocaleError)?;
        let mut parts = text.split('-');
        let is_language = |part: &str| {
            (2..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphabetic())
        };
        if !parts.next().is_some_and(is_language) || !parts.all(is_subtag) {
            return Err(LocaleError);
        }
        place.copy_from_slice(text.as_bytes());
        Ok(Self { bytes, len })
    }
}

impl fmt::Debug for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tag({})", self.as_str())
    }
}

/// What may follow the language in a tag: script, region, variant.
pub(super) fn is_subtag(part: &str) -> bool {
    (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
}
