//! A sender that gives the messages to a mail server.

mod builder;
mod conversation;
mod failure;
mod mail;
#[cfg(test)]
mod tests;
mod unbuffered;

use std::{fmt, time::Duration};

use lettre::message::Mailbox;
use tokio::{runtime::Handle, time::timeout};

pub use self::builder::{SmtpBuildError, SmtpBuilder};
use self::{conversation::Server, failure::Failure, mail::Mail};
use super::{MessageSender, SendError};
use crate::message::Message;

/// How long the server has to answer `QUIT`, once it has the mail.
const GOODBYE: Duration = Duration::from_secs(1);

/// Sends through an SMTP server: over TLS, one connection a message.
///
/// A mail has a plain and an HTML body. Its `Message-ID` is made from [`Message::id`] and the sender's domain, so
/// it is the same when the mail is sent again.
///
/// [Permanent](SendError::permanent) is what the server says of the recipient or of the mail: a
/// 5xx after `RCPT TO` or the text. What it says of the service (a wrong password, an unknown
/// sender, a code 530 or 5.7.x), and all that goes wrong below SMTP, is transient: the messages wait
/// until that is put right.
///
/// A message to a phone fails for good: [`Channels`](super::Channels) gives those to a sender for text
/// messages.
///
/// It sends only inside a Tokio runtime that has both its drivers (`enable_all`, as
/// `#[tokio::main]` does); without a runtime, sending fails and may be tried again.
///
/// ```no_run
/// use backstop::SmtpSender;
///
/// let sender = SmtpSender::starttls("smtp.shop.example")
///     .credentials("shop", "password of the mail account")
///     .from("Shop <no-reply@shop.example>")
///     .build()?;
/// # Ok::<(), backstop::sender::SmtpBuildError>(())
/// ```
///
/// # Security
///
/// Do not enable lettre's feature `tracing` anywhere in the program: it logs each mail, with its
/// code, and the password of the mail account.
#[derive(Clone)]
pub struct SmtpSender {
    server: Server,
    from: Mailbox,
    timeout: Duration,
}

impl SmtpSender {
    /// Through the submission service of `host`, on port 587. A server that does not switch to TLS
    /// gets nothing.
    pub fn starttls(host: impl Into<String>) -> SmtpBuilder {
        SmtpBuilder::starttls(host.into())
    }

    /// Through `host`, on port 465, with TLS from the first byte.
    pub fn tls(host: impl Into<String>) -> SmtpBuilder {
        SmtpBuilder::tls(host.into())
    }

    /// Through a relay on this machine, at 127.0.0.1, without TLS.
    pub fn plain_loopback(port: u16) -> SmtpBuilder {
        SmtpBuilder::plain("127.0.0.1".to_owned(), port)
    }

    /// Through `host` without TLS.
    ///
    /// # Security
    ///
    /// Whoever can listen to the network on the way reads every code, and the credentials. For a
    /// network that nobody else is on.
    pub fn danger_plain(host: impl Into<String>, port: u16) -> SmtpBuilder {
        SmtpBuilder::plain(host.into(), port)
    }

    async fn converse(&self, message: &Message) -> Result<(), Failure> {
        let mail = Mail::new(&self.from, message)?;
        Handle::try_current().map_err(|_none| Failure::NoRuntime)?;
        let mut connection = timeout(self.timeout, self.server.deliver(&mail))
            .await
            .map_err(|_elapsed| Failure::TimedOut(self.timeout))??;
        // The server has the mail: whatever it makes of a goodbye, the mail is sent.
        let _ = timeout(GOODBYE, connection.quit()).await;
        Ok(())
    }
}

impl MessageSender for SmtpSender {
    async fn send(&self, message: &Message) -> Result<(), SendError> {
        self.converse(message).await.map_err(SendError::from)
    }
}

impl fmt::Debug for SmtpSender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmtpSender")
            .field("server", &self.server)
            .field("from", &self.from.to_string())
            .field("timeout", &self.timeout)
            .finish()
    }
}
