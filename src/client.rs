//! Who is asking, as far as the host can tell.

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
}

impl Client {
    /// A client of which nothing is known.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What the owner of the account will recognise it by, such as the browser and the town. It is
    /// the host's text; control characters are dropped and it is cut at [`MAX_LABEL_LEN`].
    #[must_use]
    pub fn label(mut self, label: &str) -> Self {
        let kept = label.chars().filter(|c| !c.is_control());
        self.label = Some(kept.take(MAX_LABEL_LEN).collect());
        self
    }

    pub(crate) fn label_text(&self) -> Option<&str> {
        self.label.as_deref()
    }
}
