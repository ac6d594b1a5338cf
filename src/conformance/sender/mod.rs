//! The contract of [`MessageSender`](crate::sender::MessageSender).

mod checks;
mod messages;
mod provider;
mod trial;

use std::time::Duration;

pub use self::provider::{Behaviour, Channel, SenderFixture, Taken};
use super::{
    report::{self, Report},
    runtime::Runtime,
};

/// How long a check may take: some messages, one after another, over a provider that hangs.
const TIME_OUT: Duration = Duration::from_secs(20 * 60);

/// Runs every check of the contract of [`MessageSender`](crate::sender::MessageSender) that the
/// provider of the fixture allows, one after another.
///
/// A message is to arrive in the library's words, those of [`Message::subject`](crate::Message::subject),
/// `text` and `html`: prove a sender that writes its own without them.
pub async fn message_sender<F: SenderFixture>(fixture: F, runtime: &Runtime) -> Report {
    report::run(
        "MessageSender",
        checks::checks(fixture, runtime),
        TIME_OUT,
        runtime,
    )
    .await
}
