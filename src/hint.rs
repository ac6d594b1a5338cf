//! What an account keeps of its hint question beside the hash of the answer.

use std::{borrow::Cow, fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// The most characters of a question's id.
pub const MAX_QUESTION_ID: usize = 64;

/// Names a hint question for good: 1 to 64 of `a`–`z`, `0`–`9` and `-`. Accounts keep the id, so
/// the wording of a question may change and its id may not.
///
/// ```
/// use backstop::QuestionId;
///
/// let id: QuestionId = "first-teacher".parse()?;
/// assert_eq!(id.as_str(), "first-teacher");
/// assert!("First teacher?".parse::<QuestionId>().is_err());
/// # Ok::<(), backstop::hint::QuestionIdError>(())
/// ```
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct QuestionId(Cow<'static, str>);

impl QuestionId {
    /// The id as a text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// For constants of our own: as one, an id that is none does not compile.
    pub(crate) const fn constant(text: &'static str) -> Self {
        assert!(is_id(text.as_bytes()), "not the id of a question");
        Self(Cow::Borrowed(text))
    }
}

impl FromStr for QuestionId {
    type Err = QuestionIdError;

    fn from_str(text: &str) -> Result<Self, QuestionIdError> {
        if is_id(text.as_bytes()) {
            Ok(Self(Cow::Owned(text.to_owned())))
        } else {
            Err(QuestionIdError)
        }
    }
}

impl TryFrom<String> for QuestionId {
    type Error = QuestionIdError;

    fn try_from(text: String) -> Result<Self, QuestionIdError> {
        if is_id(text.as_bytes()) {
            Ok(Self(Cow::Owned(text)))
        } else {
            Err(QuestionIdError)
        }
    }
}

impl From<QuestionId> for String {
    fn from(id: QuestionId) -> Self {
        id.0.into_owned()
    }
}

impl fmt::Display for QuestionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text that cannot be the id of a question.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a question's id has 1 to {MAX_QUESTION_ID} of a-z, 0-9 and -")]
pub struct QuestionIdError;

const fn is_id(text: &[u8]) -> bool {
    let mut rest = text;
    while let [first, after @ ..] = rest {
        if !matches!(first, b'a'..=b'z' | b'0'..=b'9' | b'-') {
            return false;
        }
        rest = after;
    }
    !text.is_empty() && text.len() <= MAX_QUESTION_ID
}
