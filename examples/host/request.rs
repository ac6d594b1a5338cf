//! What comes in, and what it is read into. What cannot be read is refused before any verb is called.

use std::{fmt::Display, str::FromStr};

use axum::http::{HeaderMap, StatusCode, header};
use backstop::{
    Challenge, Changes, Client, HintAnswer, LoginName, MailedCode, NewPassword, Password, Proof,
    SecurityCode,
};
use serde::Deserialize;

use crate::answer::Answer;

#[derive(Deserialize)]
pub(crate) struct Registration {
    pub(crate) name: String,
    pub(crate) password: String,
    pub(crate) again: String,
}

#[derive(Deserialize)]
pub(crate) struct SignIn {
    pub(crate) name: String,
    pub(crate) password: String,
}

#[derive(Deserialize)]
pub(crate) struct Recovery {
    pub(crate) name: String,
}

#[derive(Deserialize)]
pub(crate) struct Step {
    pub(crate) ticket: String,
}

#[derive(Deserialize)]
pub(crate) struct Asked {
    pub(crate) ticket: String,
    pub(crate) challenge: AskedFor,
}

/// `"security_email"`, `{"new_email": "alice@shop.example"}`.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AskedFor {
    HintQuestion,
    NewEmail(String),
    SecurityEmail,
}

#[derive(Deserialize)]
pub(crate) struct Offered {
    pub(crate) ticket: String,
    pub(crate) proof: Typed,
}

/// `{"current_password": "Quiet-17-lanterns"}`.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Typed {
    CurrentPassword(String),
    HintQuestion(String),
    NewEmail(String),
    SecurityCode(String),
    SecurityEmail(String),
}

#[derive(Deserialize)]
pub(crate) struct Followed {
    pub(crate) link: String,
}

/// Everything that is there is changed at once.
#[derive(Deserialize)]
pub(crate) struct Change {
    pub(crate) ticket: String,
    password: Option<[String; 2]>,
    hint: Option<Hint>,
    #[serde(default)]
    email: bool,
    security_code: Option<String>,
}

#[derive(Deserialize)]
struct Hint {
    question: String,
    answer: String,
}

impl AskedFor {
    pub(crate) fn read(self) -> Result<Challenge, Answer> {
        Ok(match self {
            Self::HintQuestion => Challenge::HintQuestion,
            Self::NewEmail(address) => Challenge::NewEmail(read(&address)?),
            Self::SecurityEmail => Challenge::SecurityEmail,
        })
    }
}

impl Typed {
    pub(crate) fn read(&self) -> Result<Proof, Answer> {
        Ok(match self {
            Self::CurrentPassword(typed) => Proof::CurrentPassword(password(typed)?),
            Self::HintQuestion(typed) => Proof::HintQuestion(answer(typed)?),
            Self::NewEmail(typed) => Proof::NewEmail(read::<MailedCode>(typed)?),
            Self::SecurityCode(typed) => Proof::SecurityCode(read::<SecurityCode>(typed)?),
            Self::SecurityEmail(typed) => Proof::SecurityEmail(read::<MailedCode>(typed)?),
        })
    }
}

impl Change {
    pub(crate) fn read(&self) -> Result<Changes, Answer> {
        let mut changes = Changes::new();
        if let Some([first, second]) = &self.password {
            changes = changes.password(typed_twice(first, second)?);
        }
        if let Some(hint) = &self.hint {
            changes = changes.hint(read(&hint.question)?, answer(&hint.answer)?);
        }
        if self.email {
            changes = changes.email();
        }
        if let Some(typed) = &self.security_code {
            changes = changes.security_code(read(typed)?);
        }
        Ok(changes)
    }
}

pub(crate) fn name(typed: &str) -> Result<LoginName, Answer> {
    read(typed)
}

pub(crate) fn password(typed: &str) -> Result<Password, Answer> {
    Password::new(typed).map_err(unreadable)
}

pub(crate) fn typed_twice(first: &str, second: &str) -> Result<NewPassword, Answer> {
    NewPassword::typed_twice(first, second).map_err(unreadable)
}

fn answer(typed: &str) -> Result<HintAnswer, Answer> {
    HintAnswer::new(typed).map_err(unreadable)
}

pub(crate) fn read<T: FromStr<Err: Display>>(text: &str) -> Result<T, Answer> {
    text.parse().map_err(unreadable)
}

fn unreadable(error: impl Display) -> Answer {
    Answer::new(StatusCode::BAD_REQUEST, "unreadable", &error.to_string())
}

/// Who is asking. The device token comes from a cookie of its own, which outlives the session.
pub(crate) fn client(headers: &HeaderMap) -> Client {
    let mut client = Client::new();
    if let Some(browser) = text(headers, header::USER_AGENT.as_str()) {
        client = client.label(browser);
    }
    if let Some(device) = text(headers, "x-device").and_then(|token| token.parse().ok()) {
        client = client.device(device);
    }
    client
}

/// The session token of `Authorization: Bearer ..`.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    text(headers, header::AUTHORIZATION.as_str())?.strip_prefix("Bearer ")
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}
