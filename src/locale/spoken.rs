//! What is said of plain values: texts that cannot be read, failures, methods, activity.

use super::{Localize, Reader, Text, Topic, number};
#[cfg(feature = "phone")]
use crate::phone::PhoneError;
#[cfg(feature = "totp")]
use crate::secret::{TOTP_DIGITS, TotpCodeError};
use crate::{
    account::{Activity, ActivityKind, CursorError, Method},
    error::Error,
    message::Notice,
    name::{MAX_USER_NAME_LEN, NameError},
    secret::{AnswerError, CODE_DIGITS, CodeError, PasswordError, SecurityCodeError, TokenError},
    session::{Advice, SignedIn},
};

impl Localize for NameError {
    fn texts(&self, _reader: Reader<'_>) -> Vec<Text<'_>> {
        vec![match self {
            Self::Malformed => Text::NameMalformed,
            Self::MixedScripts => Text::NameMixedScripts,
            Self::NotAUserName => Text::NotAUserName,
            Self::TooLong => Text::NameTooLong {
                max: number(MAX_USER_NAME_LEN),
            },
        }]
    }
}

#[cfg(feature = "phone")]
impl Localize for PhoneError {
    fn texts(&self, _reader: Reader<'_>) -> Vec<Text<'_>> {
        vec![match self {
            Self::Malformed => Text::PhoneMalformed,
            Self::National | Self::TrunkPrefix => Text::PhoneNeedsCountry,
            Self::NotMobile => Text::PhoneNotMobile,
            Self::UnknownRegion => Text::Failed,
        }]
    }
}

impl Localize for PasswordError {
    fn texts(&self, _reader: Reader<'_>) -> Vec<Text<'_>> {
        vec![match self {
            Self::Control => Text::PasswordControl,
            Self::Empty => Text::PasswordEmpty,
            Self::Mismatch => Text::PasswordMismatch,
            Self::TooLong => Text::PasswordOversized,
        }]
    }
}

impl Localize for AnswerError {
    fn texts(&self, _reader: Reader<'_>) -> Vec<Text<'_>> {
        vec![match self {
            Self::Control => Text::AnswerControl,
            Self::Empty => Text::AnswerEmpty,
            Self::TooLong => Text::AnswerTooLong,
        }]
    }
}

impl Localize for CodeError {
    fn texts(&self, _reader: Reader<'_>) -> Vec<Text<'_>> {
        let digits = number(CODE_DIGITS);
        vec![Text::CodeMalformed { digits }]
    }
}

#[cfg(feature = "totp")]
impl Localize for TotpCodeError {
    fn texts(&self, _reader: Reader<'_>) -> Vec<Text<'_>> {
        let digits = number(TOTP_DIGITS);
        vec![Text::CodeMalformed { digits }]
    }
}

impl Localize for SecurityCodeError {
    fn texts(&self, _reader: Reader<'_>) -> Vec<Text<'_>> {
        vec![match self {
            Self::Malformed => Text::SecurityCodeMalformed,
            Self::Mistyped => Text::SecurityCodeTypo,
        }]
    }
}

impl Localize for CursorError {
    fn texts(&self, _reader: Reader<'_>) -> Vec<Text<'_>> {
        vec![Text::Expired]
    }
}

impl Localize for TokenError {
    fn texts(&self, _reader: Reader<'_>) -> Vec<Text<'_>> {
        vec![Text::Expired]
    }
}

/// What a user is told of a failure: whether to try again.
impl Localize for Error {
    fn texts(&self, _reader: Reader<'_>) -> Vec<Text<'_>> {
        vec![match self {
            Self::NotOffered => Text::NotOffered,
            Self::NothingToChange => Text::NothingToChange,
            error if error.is_retryable() => Text::TryAgainShortly,
            _ => Text::Failed,
        }]
    }
}

impl Localize for Method {
    fn texts(&self, _reader: Reader<'_>) -> Vec<Text<'_>> {
        vec![Text::Method(*self)]
    }
}

impl Localize for Notice {
    fn texts(&self, _reader: Reader<'_>) -> Vec<Text<'_>> {
        vec![Text::Subject(Topic::Notice(*self))]
    }
}

impl Localize for Activity {
    fn texts(&self, _reader: Reader<'_>) -> Vec<Text<'_>> {
        let (at, times) = (self.at(), u64::from(self.times));
        let mut texts = vec![match self.what {
            ActivityKind::Missed(method) => Text::Missed { method, times, at },
            ActivityKind::Proved(method) => Text::ProvedAt { method, at },
            ActivityKind::SignedIn(method) => Text::SignedInAt { method, times, at },
            ActivityKind::Stopped => Text::StoppedAt { at },
            ActivityKind::Told(notice) => Text::Happened { notice, at },
        }];
        texts.extend(self.label.as_deref().map(|label| Text::Device { label }));
        texts
    }
}

impl Localize for Advice {
    fn texts(&self, _reader: Reader<'_>) -> Vec<Text<'_>> {
        match *self {
            Self::ChangePassword { set_at } => vec![Text::OldPassword { set_at }],
        }
    }
}

impl Localize for SignedIn {
    fn texts(&self, _reader: Reader<'_>) -> Vec<Text<'_>> {
        let mut texts = vec![Text::SignedIn];
        if let Some(Advice::ChangePassword { set_at }) = self.advice {
            texts.push(Text::OldPassword { set_at });
        }
        texts
    }
}
