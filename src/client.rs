//! Who is asking, as far as the host can tell.

use crate::{locale::Locale, secret::DeviceToken};

/// The most characters of a label that are kept.
pub const MAX_LABEL_LEN: usize = 120;

/// The client of a request. It is told with every verb that a stranger can call.
///
/// ```
/// use backstop::Client;
///
/// let client = Client::new().label("Firefox, Uppsala");
/// ```
#[derive(Clone, Debug, Default)]
pub struct Client {
    label: Option<String>,
    device: Option<DeviceToken>,
    is_human: bool,
    language: Locale,
}

impl Client {
    /// A client of which nothing is known.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What the owner of the account will recognise it by, such as the browser and the town. It is
    /// the host's text; control characters are dropped and it is cut at [`MAX_LABEL_LEN`].
    ///
    /// # Security
    ///
    /// The notices to the account's contacts show it. Make it of words of your own ("Firefox"),
    /// not of a header that a stranger writes.
    #[must_use]
    pub fn label(mut self, label: &str) -> Self {
        let kept = label.chars().filter(|c| !c.is_control());
        self.label = Some(kept.take(MAX_LABEL_LEN).collect());
        self
    }

    /// The device token that came back in a cookie.
    #[must_use]
    pub fn device(mut self, token: DeviceToken) -> Self {
        self.device = Some(token);
        self
    }

    /// Whether a human check (a CAPTCHA, or what the host trusts instead) was passed. A recovery
    /// does not start without one.
    #[must_use]
    pub const fn human(mut self, passed: bool) -> Self {
        self.is_human = passed;
        self
    }

    /// The language that the client reads: mails to the account that it registers are written in
    /// it. English unless set.
    #[must_use]
    pub const fn language(mut self, locale: Locale) -> Self {
        self.language = locale;
        self
    }

    pub(crate) const fn locale(&self) -> Locale {
        self.language
    }

    pub(crate) const fn is_human(&self) -> bool {
        self.is_human
    }

    pub(crate) const fn device_token(&self) -> Option<&DeviceToken> {
        self.device.as_ref()
    }

    pub(crate) fn label_text(&self) -> Option<&str> {
        self.label.as_deref()
    }
}
