//! One mail, as it goes to the server.

use lettre::{
    Address,
    address::Envelope,
    message::{
        Mailbox, MultiPart,
        header::{HeaderName, HeaderValue},
    },
};

use super::failure::Failure;
use crate::{address, email::EmailAddress, message::Message};

pub(super) struct Mail {
    pub(super) from: Address,
    pub(super) to: Address,
    pub(super) bytes: Vec<u8>,
}

/// What the mail says, twice.
#[derive(Clone, Copy)]
pub(super) struct Bodies<'a> {
    pub(super) text: &'a str,
    pub(super) html: &'a str,
}

impl Mail {
    pub(super) fn new(from: &Mailbox, message: &Message) -> Result<Self, Failure> {
        let id = format!("<{}@{}>", message.id(), from.email.domain());
        let address::Address::Email(to) = message.to() else {
            return Err(Failure::Phone);
        };
        let to = recipient(to)?;
        let bodies = Bodies {
            text: &message.text(),
            html: &message.html(),
        };
        Self::written(from, to, id, &message.subject(), bodies)
    }

    pub(super) fn written(
        from: &Mailbox,
        to: Address,
        id: String,
        subject: &str,
        bodies: Bodies<'_>,
    ) -> Result<Self, Failure> {
        // lettre leaves a lone CR as it is, and servers differ on whether it ends a line.
        let lines = |text: &str| text.replace("\r\n", "\n").replace('\r', "\n");
        let (text, html) = (lines(bodies.text), lines(bodies.html));
        let from_address = from.email.clone();
        let envelope = Envelope::new(Some(from_address.clone()), vec![to.clone()])
            .map_err(|_refused| Failure::Address)?;
        let bytes = lettre::Message::builder()
            .envelope(envelope)
            .from(from.clone())
            .to(Mailbox::new(None, to.clone()))
            .subject(subject)
            .message_id(Some(id))
            .raw_header(auto_submitted())
            .multipart(MultiPart::alternative_plain_html(text, html))
            .map_err(|_refused| Failure::Address)?
            .formatted();
        Ok(Self {
            from: from_address,
            to,
            bytes,
        })
    }
}

/// The address as it was typed. A domain of other letters goes in its ASCII form, which every
/// server takes, if that form stands for just those letters: it is not to become another domain.
pub(super) fn recipient(to: &EmailAddress) -> Result<Address, Failure> {
    let typed: Address = to.as_str().parse().map_err(|_refused| Failure::Address)?;
    if !typed.user().is_ascii() || typed.domain().is_ascii() {
        return Ok(typed);
    }
    let ascii = idna::domain_to_ascii(typed.domain()).map_err(|_refused| Failure::Address)?;
    let (read, valid) = idna::domain_to_unicode(&ascii);
    if valid.is_err() || read != typed.domain().to_lowercase() {
        return Err(Failure::Address);
    }
    Address::new(typed.user(), ascii).map_err(|_refused| Failure::Address)
}

/// No holiday note answers it (RFC 3834 §5).
fn auto_submitted() -> HeaderValue {
    HeaderValue::new(
        HeaderName::new_from_ascii_str("Auto-Submitted"),
        "auto-generated".to_owned(),
    )
}
