//! The languages that the library's users read.

use std::str::FromStr;

/// A language in which every text that a user sees exists.
///
/// ```
/// use backstop::locale::Locale;
///
/// assert_eq!("sv-SE".parse(), Ok(Locale::Swedish));
/// assert_eq!(Locale::Chinese.as_str(), "zh-Hans");
/// assert!("de".parse::<Locale>().is_err());
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Locale {
    /// English.
    English,
    /// Chinese in simplified characters.
    Chinese,
    /// Russian.
    Russian,
    /// Swedish.
    Swedish,
}

impl Locale {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::English, Self::Chinese, Self::Russian, Self::Swedish];

    /// The language tag (BCP 47).
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Chinese => "zh-Hans",
            Self::Russian => "ru",
            Self::Swedish => "sv",
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
        if parts.all(is_subtag) {
            Ok(found)
        } else {
            Err(LocaleError)
        }
    }
}

/// A tag of a language that is not here, or no language tag.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the languages are en, zh-Hans, ru and sv, with or without a region: choose one of them")]
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
    /// The value in one language.
    pub const fn get(&self, locale: Locale) -> &T {
        match locale {
            Locale::English => &self.english,
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

/// What may follow the language in a tag: script, region, variant.
fn is_subtag(part: &str) -> bool {
    (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
}
