//! Whose words are used, and for whom.

use std::{fmt, sync::Arc};

use time::OffsetDateTime;

use super::{Locale, Text, When, en, ru, sv, zh};
use crate::clock::Stamp;

type Own = dyn Fn(Locale, &Text<'_>) -> Option<String> + Send + Sync;

/// The words for every [`Text`]: ours, and those that the host says instead.
///
/// ```
/// use backstop::locale::{Catalogue, Locale, Text};
///
/// let german = Locale::Other("de".parse()?);
/// let catalogue = Catalogue::replacing(move |locale, text| match (locale, text) {
///     // One text in one of our languages ...
///     (Locale::English, Text::SignedIn) => Some("Welcome to the shop.".to_owned()),
///     // ... and a language more.
///     (locale, Text::SignedIn) if locale == german => Some("Sie sind angemeldet.".to_owned()),
///     _ => None,
/// });
/// assert_eq!(catalogue.words(Locale::English, &Text::SignedIn), "Welcome to the shop.");
/// assert_eq!(catalogue.words(german, &Text::SignedIn), "Sie sind angemeldet.");
/// assert_eq!(catalogue.words(Locale::Swedish, &Text::SignedIn), "Du är inloggad.");
/// # Ok::<(), backstop::locale::LocaleError>(())
/// ```
#[derive(Clone, Default)]
pub struct Catalogue {
    own: Option<Arc<Own>>,
}

static OURS: Catalogue = Catalogue::new();

impl Catalogue {
    /// Our words only.
    #[must_use]
    pub const fn new() -> Self {
        Self { own: None }
    }

    /// The host's words first, ours where it has none.
    ///
    /// `own`: the words for a text in a language, as plain text; `None` for ours. It must neither
    /// block nor panic.
    #[must_use]
    pub fn replacing(
        own: impl Fn(Locale, &Text<'_>) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        Self {
            own: Some(Arc::new(own)),
        }
    }

    /// The words for a text, as plain text: whoever puts them into a page escapes them.
    #[must_use]
    pub fn words(&self, locale: Locale, text: &Text<'_>) -> String {
        let own = self.own.as_ref().and_then(|own| own(locale, text));
        own.unwrap_or_else(|| match locale {
            Locale::English | Locale::Other(_) => en::words(text),
            Locale::Chinese => zh::words(text),
            Locale::Russian => ru::words(text),
            Locale::Swedish => sv::words(text),
        })
    }
}

impl fmt::Debug for Catalogue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Catalogue")
    }
}

/// Who reads a page: a language, with the service's words and time.
///
/// [`Accounts::reader`](crate::Accounts::reader) makes one that is told "in 2 hours". Made from a
/// [`Locale`] alone it has our words, and is told the date and the time of day in UTC.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    catalogue: &'a Catalogue,
    locale: Locale,
    now: Option<OffsetDateTime>,
}

impl<'a> Reader<'a> {
    /// `now`: what is ahead is told from there.
    #[must_use]
    pub const fn new(catalogue: &'a Catalogue, locale: Locale, now: OffsetDateTime) -> Self {
        Self {
            catalogue,
            locale,
            now: Some(now),
        }
    }

    /// The words for a text.
    #[must_use]
    pub fn words(&self, text: &Text<'_>) -> String {
        self.catalogue.words(self.locale, text)
    }

    /// How this reader is told of a point in time that lies ahead.
    #[must_use]
    pub fn when(&self, at: OffsetDateTime) -> When {
        match self.now {
            Some(now) => When::In(Stamp::from(at).since(now.into())),
            None => When::At(at),
        }
    }
}

impl From<Locale> for Reader<'static> {
    fn from(locale: Locale) -> Self {
        Self {
            catalogue: &OURS,
            locale,
            now: None,
        }
    }
}

/// What can be told to a user.
///
/// ```
/// use backstop::{Localize, SignIn, locale::Locale};
///
/// let answer = SignIn::Denied { left: 2 };
/// assert_eq!(
///     answer.message(Locale::Russian),
///     "Неверное имя пользователя или пароль. У вас ещё 2 попытки."
/// );
/// ```
pub trait Localize {
    /// What there is to say, in order.
    fn texts(&self, reader: Reader<'_>) -> Vec<Text<'_>>;

    /// The same in words, one text a line. It is plain text: escape it for a page.
    ///
    /// `reader`: [`Accounts::reader`](crate::Accounts::reader), or just a [`Locale`].
    fn message<'r>(&self, reader: impl Into<Reader<'r>>) -> String {
        let reader = reader.into();
        let texts = self.texts(reader);
        let lines: Vec<String> = texts.iter().map(|text| reader.words(text)).collect();
        lines.join("\n")
    }
}

/// How many, in the type that texts have it.
pub(crate) fn number(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}
