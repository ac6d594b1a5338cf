//! Who sends the messages: a trait that a host implements over its own mail provider, a sender in
//! memory, one that gives mails and text messages to two others and, with the feature `smtp`, one that
//! talks to a mail server.

mod channels;
mod erased;
mod memory;
#[cfg(feature = "smtp")]
mod smtp;

use std::future::Future;

pub use channels::Channels;
pub(crate) use erased::ErasedMessageSender;
pub use memory::MemorySender;
#[cfg(feature = "smtp")]
pub use smtp::{SmtpBuildError, SmtpBuilder, SmtpSender};

use crate::message::Message;

/// Sends messages.
///
/// # Contract
///
/// 1. `Ok` means that the message is taken over by somebody who does not forget it, such as a mail
///    server. *Else a user is not told of a change, or waits for a code in vain.*
/// 2. The message goes to [`Message::to`], by the channel and as it is written there, and to nobody
///    else. *Else a code gets into other hands.*
/// 3. A failure that may be over later is [`SendError::transient`]; one that will be the same
///    again, such as a mailbox that does not exist, is [`SendError::permanent`]. *Else a notice is
///    lost, or sent for ever.*
/// 4. A call ends within a minute or so, whatever the network does. *Else every later message
///    waits.*
/// 5. Messages are not written to a log: they hold codes. *Else whoever reads the log recovers
///    accounts.*
///
/// A service whose accounts have phones sends text messages as well: [`Channels`] takes a sender for
/// each of the two.
///
/// A message that may or may not have been sent is sent again, with the same
/// [`id`](Message::id).
pub trait MessageSender: Send + Sync + 'static {
    /// Sends one message.
    fn send(&self, message: &Message) -> impl Future<Output = Result<(), SendError>> + Send;
}

/// A message that was not sent.
#[derive(Debug, thiserror::Error)]
#[error("{}", if *is_permanent { "the message cannot be sent" } else { "the message could not be sent now" })]
pub struct SendError {
    is_permanent: bool,
    source: Box<dyn std::error::Error + Send + Sync>,
}

impl SendError {
    /// It may be sent later.
    pub fn transient(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self {
            is_permanent: false,
            source: source.into(),
        }
    }

    /// It will never be sent.
    pub fn permanent(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self {
            is_permanent: true,
            source: source.into(),
        }
    }

    /// Whether it will never be sent.
    #[must_use]
    pub const fn is_permanent(&self) -> bool {
        self.is_permanent
    }
}
