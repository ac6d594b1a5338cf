//! The languages that the library's users read, and all that is said to them.
//!
//! What a verb answers, a rule that is not met and a text that cannot be read are [`Localize`]:
//! their [`message`](Localize::message) is what a page shows. Mails go out in the language of the
//! account, with a plain and an HTML body.
//!
//! ```
//! use backstop::{NewPassword, locale::{Locale, Localize}};
//!
//! let error = NewPassword::typed_twice("one", "another").unwrap_err();
//! assert_eq!(error.message(Locale::Swedish), "Lösenorden är olika: skriv samma två gånger.");
//! ```

mod catalogue;
mod choice;
mod en;
mod letter;
mod ru;
mod sms;
mod spoken;
mod sv;
mod tag;
mod text;
mod when;
mod zh;

use std::str::FromStr;

pub(crate) use catalogue::number;
pub use catalogue::{Catalogue, Localize, Reader};
pub(crate) use letter::Letter;
use serde::{Deserialize, Serialize};
pub use tag::Tag;
pub use text::{Sms, Text, Topic};
pub use when::{Span, When};

/// A language. In the first four every text that a user sees exists.
///
/// ```
/// use backstop::locale::Locale;
///
/// assert_eq!("sv-SE".parse(), Ok(Locale::Swedish));
/// assert_eq!(Locale::Chinese.as_str(), "zh-Hans");
/// assert!("de".parse::<Locale>().is_err());
/// assert_eq!(Locale::Other("de".parse()?).as_str(), "de");
/// # Ok::<(), backstop::locale::LocaleError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Locale {
    /// English.
    #[default]
    English,
    /// Chinese in simplified characters.
    Chinese,
    /// Russian.
    Russian,
    /// Swedish.
    Swedish,
    /// A language that the host adds with a [`Catalogue`]. What that has no words for, and the
    /// hint questions, are in English.
    Other(Tag),
}

impl Locale {
    /// All that are here.
    pub const ALL: [Self; 4] = [Self::English, Self::Chinese, Self::Russian, Self::Swedish];

    /// The language tag (BCP 47).
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::English => "en",
            Self::Chinese => "zh-Hans",
            Self::Russian => "ru",
            Self::Swedish => "sv",
            Self::Other(tag) => tag.as_str(),
        }
    }
}

/// Parses a language tag by its language: `sv`, `sv-SE` and `sv_FI` are all Swedish, and each
/// `zh` is simplified Chinese, which is the one that is here. Letter case does not matter.
impl FromStr for Locale {
    type Err = LocaleError;

    fn from_str(tag: &str) -> Result<Self, LocaleError> {
        let mut parts = tag.split(['-', '_']);
        let language = parts.next().unwrap_or_default();
        let found = match language.to_ascii_lowercase().as_str() {
            "en" => Self::English,
            "zh" => Self::Chinese,
            "ru" => Self::Russian,
            "sv" => Self::Swedish,
            _ => return Err(LocaleError),
        };
        if parts.all(tag::is_subtag) {
            Ok(found)
        } else {
            Err(LocaleError)
        }
    }
}

/// What a record keeps: one of ours, or any other tag.
impl TryFrom<String> for Locale {
    type Error = LocaleError;

    fn try_from(tag: String) -> Result<Self, LocaleError> {
        tag.parse().or_else(|_other| tag.parse().map(Self::Other))
    }
}

impl From<Locale> for String {
    fn from(locale: Locale) -> Self {
        locale.as_str().to_owned()
    }
}

/// A tag of a language that is not here, or no language tag.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the languages are en, zh-Hans, ru and sv; a host's own has a tag such as de or pt-BR")]
pub struct LocaleError;

/// One value for each language; with one missing it does not compile.
///
/// ```
/// use backstop::locale::{Locale, Localized};
///
/// let yes = Localized { english: "yes", chinese: "是", russian: "да", swedish: "ja" };
/// assert_eq!(*yes.get(Locale::Russian), "да");
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Localized<T> {
    /// In English.
    pub english: T,
    /// In simplified Chinese.
    pub chinese: T,
    /// In Russian.
    pub russian: T,
    /// In Swedish.
    pub swedish: T,
}

impl<T> Localized<T> {
    /// The value in one language; in English for one that the host adds.
    pub const fn get(&self, locale: Locale) -> &T {
        match locale {
            Locale::English | Locale::Other(_) => &self.english,
            Locale::Chinese => &self.chinese,
            Locale::Russian => &self.russian,
            Locale::Swedish => &self.swedish,
        }
    }

    /// Each value changed in the same way.
    pub fn map<U>(self, change: impl Fn(T) -> U) -> Localized<U> {
        Localized {
            english: change(self.english),
            chinese: change(self.chinese),
            russian: change(self.russian),
            swedish: change(self.swedish),
        }
    }
}
