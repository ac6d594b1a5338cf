//! What a check asks of the provider behind a sender.

use std::future::Future;

use crate::{
    address::Address,
    sender::{MessageSender, SendError},
};

/// Senders of the implementer's, each with a provider that a check steers: a server in the test,
/// which takes over messages or fails as it is told.
///
/// Build the senders with a short time-out, so that the checks of a provider that hangs are soon
/// over.
pub trait SenderFixture: Send + Sync + 'static {
    /// The provider of one check. Dropped when the check is over.
    type Provider: Send + Sync + 'static;
    /// What is tested.
    type Sender: MessageSender;

    /// The channels that the sender serves. A message by another one has to be refused for good.
    fn channels(&self) -> Vec<Channel>;

    /// How the provider can behave, [`Behaviour::Works`] among it. Checks of others are left out of
    /// the report: leave out only what a provider cannot do, as one in memory cannot be away.
    fn behaviours(&self) -> Vec<Behaviour>;

    /// A new provider that works and has taken over nothing.
    fn provider(&self) -> impl Future<Output = Result<Self::Provider, SendError>> + Send;

    /// A sender over this provider, made as a service makes it.
    fn sender(
        &self,
        provider: &Self::Provider,
    ) -> impl Future<Output = Result<Self::Sender, SendError>> + Send;

    /// From now on the provider behaves like this.
    fn steer(
        &self,
        provider: &Self::Provider,
        behaviour: Behaviour,
    ) -> impl Future<Output = Result<(), SendError>> + Send;

    /// What the provider has taken over since this was last asked, decoded, in any order.
    fn taken(&self, provider: &Self::Provider) -> impl Future<Output = Vec<Taken>> + Send;

    /// All that the sender, and what it is built on, has logged so far, at every level.
    fn logged(&self, provider: &Self::Provider) -> impl Future<Output = String> + Send;
}

/// How a provider behaves.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Behaviour {
    /// Nothing listens there.
    Absent,
    /// It takes the message in and closes the connection without an answer.
    BreaksOff,
    /// It refuses the message for now, as a full mailbox or too many messages in an hour.
    Defers,
    /// It takes the connection and never answers.
    Hangs,
    /// It refuses the recipient for good, as one that does not exist.
    Refuses,
    /// It takes over every message.
    Works,
}

/// By which channel a message goes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Channel {
    /// A mail.
    Email,
    /// A text message.
    Phone,
}

impl Channel {
    pub(super) const fn of(address: &Address) -> Self {
        match address {
            Address::Email(_) => Self::Email,
            Address::Phone(_) => Self::Phone,
        }
    }
}

/// A message that a provider has taken over.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Taken {
    /// How it goes on.
    pub channel: Channel,
    /// Everybody it goes to: for a mail the recipients of the envelope and whoever else `To`, `Cc`
    /// and `Bcc` name, each once.
    pub to: Vec<String>,
    /// The subject of a mail.
    pub subject: Option<String>,
    /// The plain text, its lines ended by `\n` or `\r\n`.
    pub text: String,
    /// The page of a mail, its lines ended likewise.
    pub html: Option<String>,
    /// What the provider, or a reader of the mail, knows the message by when it comes again: a
    /// `Message-ID`, an idempotency key. `None` where there is no such thing.
    pub id: Option<String>,
}
