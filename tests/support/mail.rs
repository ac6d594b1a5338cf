//! A mailbox for everybody, which can be made to fail.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use backstop::{
    Link, MailedCode, MessageSender,
    message::{Content, Message, Notice},
    sender::SendError,
};

/// How a sending goes wrong.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Refusal {
    /// It was taken over, and the answer was lost.
    Lost,
    Permanent,
    Transient,
}

#[derive(Clone, Debug, Default)]
pub struct Mail {
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    sent: Vec<Message>,
    healthy: usize,
    refusals: VecDeque<Refusal>,
}

impl Mail {
    /// The messages since this was last asked.
    pub fn take(&self) -> Vec<Message> {
        std::mem::take(&mut self.state.lock().unwrap().sent)
    }

    /// How many messages there are since they were last taken.
    pub fn sent(&self) -> usize {
        self.state.lock().unwrap().sent.len()
    }

    /// The next sendings go wrong in these ways.
    pub fn fail(&self, refusals: &[Refusal]) {
        self.fail_after(0, refusals);
    }

    /// After `healthy` more sendings the next ones go wrong in these ways.
    pub fn fail_after(&self, healthy: usize, refusals: &[Refusal]) {
        let mut state = self.state.lock().unwrap();
        state.healthy = healthy;
        state.refusals = refusals.iter().copied().collect();
    }

    /// Whether every failure that was set has happened; none is set afterwards.
    pub fn struck(&self) -> bool {
        let left = std::mem::take(&mut self.state.lock().unwrap().refusals);
        left.is_empty()
    }
}

impl MessageSender for Mail {
    async fn send(&self, message: &Message) -> Result<(), SendError> {
        let mut state = self.state.lock().unwrap();
        let refusal = match state.healthy.checked_sub(1) {
            Some(healthy) => {
                state.healthy = healthy;
                None
            }
            None => state.refusals.pop_front(),
        };
        if matches!(refusal, None | Some(Refusal::Lost)) {
            state.sent.push(message.clone());
        }
        match refusal {
            None => Ok(()),
            Some(Refusal::Permanent) => Err(SendError::permanent("injected")),
            Some(Refusal::Lost | Refusal::Transient) => Err(SendError::transient("injected")),
        }
    }
}

/// The code in a message.
pub fn code(message: &Message) -> MailedCode {
    match message.content() {
        Content::Code { code, .. } => code.clone(),
        other => panic!("no code: {other:?}"),
    }
}

/// The link in a message.
pub fn link(message: &Message) -> Link {
    match message.content() {
        Content::Code {
            link: Some(url), ..
        } => secret(url.expose(), "prove"),
        other => panic!("no link: {other:?}"),
    }
}

/// The link that stops something.
pub fn cancel(message: &Message) -> Link {
    match message.content() {
        Content::Code {
            cancel: Some(url), ..
        }
        | Content::Notice {
            cancel: Some(url), ..
        } => secret(url.expose(), "cancel"),
        other => panic!("no link: {other:?}"),
    }
}

fn secret(url: &str, page: &str) -> Link {
    let begin = format!("https://shop.example/recover#{page}=");
    url.strip_prefix(&begin).unwrap().parse().unwrap()
}

/// What a notice is about.
pub fn notice(message: &Message) -> Notice {
    match message.content() {
        Content::Notice { notice, .. } => *notice,
        other => panic!("no notice: {other:?}"),
    }
}

/// A code that is not this one.
pub fn wrong(code: &MailedCode) -> MailedCode {
    let (first, rest) = code.expose().split_at(1);
    let other = if first == "0" { "1" } else { "0" };
    format!("{other}{rest}").parse().unwrap()
}
