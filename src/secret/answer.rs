//! The answer to a hint question.

use std::fmt;

use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use super::{Password, PasswordError};

/// The most bytes of a typed answer that are looked at. Our own cap.
pub const MAX_ANSWER_BYTES: usize = 256;

/// An answer to a hint question, in the one form in which answers are hashed and compared: NFKC,
/// case-folded, each run of white space one blank, none at the ends. What people type
/// differently from year to year does not matter.
///
/// ```
/// use backstop::HintAnswer;
///
/// assert!(HintAnswer::new("  Åsa   LINDGREN ").is_ok());
/// assert!(HintAnswer::new("   ").is_err());
/// ```
pub struct HintAnswer(Password);

impl HintAnswer {
    /// Parses what was typed.
    ///
    /// # Errors
    ///
    /// [`AnswerError`]: nothing was charged, ask again.
    pub fn new(typed: &str) -> Result<Self, AnswerError> {
        if typed.len() > MAX_ANSWER_BYTES {
            return Err(AnswerError::TooLong);
        }
        let plain = Zeroizing::new(typed.nfkc().collect::<String>());
        // Through capitals, so that ß and SS, ς and Σ are one: the folding of Unicode's Default
        // Case Algorithms, as far as answers go.
        let capitals = Zeroizing::new(plain.to_uppercase());
        let small = Zeroizing::new(capitals.to_lowercase());
        let mut answer = Zeroizing::new(String::with_capacity(small.len()));
        for word in small.split_whitespace() {
            if !answer.is_empty() {
                answer.push(' ');
            }
            answer.push_str(word);
        }
        match Password::new(&answer) {
            Ok(answer) => Ok(Self(answer)),
            Err(PasswordError::Control) => Err(AnswerError::Control),
            Err(PasswordError::TooLong) => Err(AnswerError::TooLong),
            Err(_empty) => Err(AnswerError::Empty),
        }
    }

    /// As it is hashed and compared.
    pub(crate) const fn as_password(&self) -> &Password {
        &self.0
    }

    pub(crate) fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl fmt::Debug for HintAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HintAnswer(..)")
    }
}

/// Why a text cannot be an answer at all. Which answers are refused for a question is another
/// matter: see [`Questions`](crate::policy::Questions).
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum AnswerError {
    /// It has a control character.
    #[error("an answer has no control characters")]
    Control,
    /// Nothing was typed.
    #[error("the answer is empty: type one")]
    Empty,
    /// It is longer than [`MAX_ANSWER_BYTES`].
    #[error("the answer is longer than {MAX_ANSWER_BYTES} bytes: type a shorter one")]
    TooLong,
}
