//! What is said of rules that are not met.

use super::{AnswerUnmet, Change, Unmet};
use crate::locale::{Localize, Reader, Text, number};

impl Localize for Unmet {
    fn texts(&self, _reader: Reader<'_>) -> Vec<Text<'_>> {
        match self {
            Self::Breached => vec![Text::PasswordBreached],
            Self::Common => vec![Text::PasswordCommon],
            Self::Guessable {
                warning,
                suggestions,
                ..
            } => {
                let mut texts = vec![Text::PasswordGuessable];
                texts.extend(warning.map(Text::Warning));
                texts.extend(suggestions.iter().copied().map(Text::Suggestion));
                texts
            }
            Self::Name => vec![Text::PasswordOwnName],
            Self::NoDigit => vec![Text::PasswordNoDigit],
            Self::NoLowercase => vec![Text::PasswordNoLowercase],
            Self::NoSpecial => vec![Text::PasswordNoSpecial],
            Self::NoUppercase => vec![Text::PasswordNoUppercase],
            Self::TooLong { max, len } => vec![Text::PasswordTooLong {
                max: number(*max),
                len: number(*len),
            }],
            Self::TooShort { min, len } => vec![Text::PasswordTooShort {
                min: number(*min),
                len: number(*len),
            }],
            Self::UsedBefore => vec![Text::PasswordUsedBefore],
        }
    }
}

impl Localize for AnswerUnmet {
    fn texts(&self, _reader: Reader<'_>) -> Vec<Text<'_>> {
        vec![match self {
            Self::Name => Text::AnswerOwnName,
            Self::NotOffered => Text::AnswerNotOffered,
            Self::Trivial => Text::AnswerTrivial,
            Self::Usual => Text::AnswerUsual,
        }]
    }
}

impl Localize for Change {
    fn texts(&self, _reader: Reader<'_>) -> Vec<Text<'_>> {
        vec![Text::Change(*self)]
    }
}
