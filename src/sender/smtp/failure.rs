//! What went wrong, and whether it will go wrong again.

use std::{error::Error as _, fmt, time::Duration};

use lettre::transport::smtp::Error;

use crate::sender::SendError;

/// From the recipient on, a server's words are left out: they may hold the address.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    #[error("no mail can be written to this address")]
    Address,
    #[error("the mail server takes addresses in ASCII only")]
    AsciiOnly,
    #[error("the conversation with the mail server broke off at the {0}")]
    Broken(Step),
    #[error("the mail server could not be reached securely, or not at all")]
    Connect(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("a mail is sent inside a Tokio runtime only")]
    NoRuntime,
    #[error("a text message cannot go out by SMTP: give Channels a sender for these")]
    Phone,
    #[error("the mail server refused the {step}: {reply}")]
    Refused { step: Step, reply: Reply },
    #[error("the mail server refused the sender's address")]
    Sender(#[source] Error),
    #[error("the mail server refused the sign-in")]
    SignIn(#[source] Error),
    #[error("the mail server did not take the mail within {0:?}")]
    TimedOut(Duration),
}

/// Where in the mail.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    Recipient,
    Text,
}

/// A negative reply, without its words.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reply {
    code: u16,
    /// RFC 3463: class, subject, detail.
    status: Option<(u16, u16, u16)>,
}

impl Failure {
    pub(super) fn connect(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Connect(error.into())
    }

    pub(super) fn at(step: Step, error: &Error) -> Self {
        let Some(code) = error.status() else {
            return Self::Broken(step);
        };
        let words = error.source().map(ToString::to_string).unwrap_or_default();
        let reply = Reply {
            code: code.into(),
            status: status(&words),
        };
        Self::Refused { step, reply }
    }

    const fn is_permanent(&self) -> bool {
        match self {
            Self::Address | Self::AsciiOnly | Self::Phone => true,
            Self::Refused { reply, .. } => reply.is_about_the_mail(),
            Self::Broken(_)
            | Self::Connect(_)
            | Self::NoRuntime
            | Self::Sender(_)
            | Self::SignIn(_)
            | Self::TimedOut(_) => false,
        }
    }
}

impl Reply {
    /// Whether it will be the same again, however the service is set up: not so where the server
    /// did not understand us (50x), wants a sign-in (53x) or does not let this sender through
    /// (5.7.x).
    const fn is_about_the_mail(self) -> bool {
        let is_about_us = matches!(self.code, 500 | 502..=504 | 530 | 534 | 535 | 538)
            || matches!(self.status, Some((5, 7, _)));
        self.code >= 500 && !is_about_us
    }
}

impl From<Failure> for SendError {
    fn from(failure: Failure) -> Self {
        if failure.is_permanent() {
            Self::permanent(failure)
        } else {
            Self::transient(failure)
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Recipient => "recipient",
            Self::Text => "text",
        })
    }
}

impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.code)?;
        match self.status {
            Some((class, subject, detail)) => write!(f, " {class}.{subject}.{detail}"),
            None => Ok(()),
        }
    }
}

fn status(words: &str) -> Option<(u16, u16, u16)> {
    let mut numbers = words
        .split_whitespace()
        .next()?
        .split('.')
        .map(|part| part.parse().ok());
    let status = (numbers.next()??, numbers.next()??, numbers.next()??);
    numbers.next().is_none().then_some(status)
}
