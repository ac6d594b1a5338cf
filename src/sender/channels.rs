//! One sender for mails and another one for text messages.

use super::{MessageSender, SendError};
use crate::{address::Address, message::Message};

/// Gives a mail to one sender and a text message to another one.
///
/// ```
/// use backstop::{MemorySender, Message, MessageSender, sender::{Channels, SendError}};
///
/// /// Over the service's own provider.
/// struct Texts;
///
/// impl MessageSender for Texts {
///     async fn send(&self, message: &Message) -> Result<(), SendError> {
///         let (_to, _text) = (message.to().as_str(), message.text());
///         Ok(()) // POST them to the provider
///     }
/// }
///
/// let sender = Channels::new(MemorySender::new(), Texts); // or SmtpSender for the mails
/// ```
#[derive(Clone, Debug)]
pub struct Channels<M, T> {
    mails: M,
    texts: T,
}

impl<M: MessageSender, T: MessageSender> Channels<M, T> {
    /// `mails`: what goes to mailboxes. `texts`: what goes to phones.
    #[must_use]
    pub const fn new(mails: M, texts: T) -> Self {
        Self { mails, texts }
    }
}

impl<M: MessageSender, T: MessageSender> MessageSender for Channels<M, T> {
    async fn send(&self, message: &Message) -> Result<(), SendError> {
        match message.to() {
            Address::Email(_) => self.mails.send(message).await,
            Address::Phone(_) => self.texts.send(message).await,
        }
    }
}
