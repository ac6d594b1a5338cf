//! Where messages go.

use serde::{Deserialize, Serialize};

use crate::{email::EmailAddress, name::UniqueKey, phone::PhoneNumber};

/// An address of somebody: it says by which channel a message goes.
///
/// ```
/// use backstop::{Address, EmailAddress};
///
/// let mailbox: EmailAddress = "alice@shop.example".parse()?;
/// let to = Address::from(mailbox.clone());
/// assert_eq!(to.as_str(), "alice@shop.example");
/// assert_eq!(to, mailbox);
/// # Ok::<(), backstop::NameError>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Address {
    /// A mailbox: it gets a mail.
    Email(EmailAddress),
    /// A phone: it gets a text message.
    Phone(PhoneNumber),
}

impl Address {
    /// As messages are sent to it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Email(address) => address.as_str(),
            Self::Phone(number) => number.as_str(),
        }
    }

    pub(crate) fn key(&self) -> UniqueKey {
        match self {
            Self::Email(address) => address.key(),
            Self::Phone(number) => number.key(),
        }
    }
}

impl From<EmailAddress> for Address {
    fn from(address: EmailAddress) -> Self {
        Self::Email(address)
    }
}

impl From<PhoneNumber> for Address {
    fn from(number: PhoneNumber) -> Self {
        Self::Phone(number)
    }
}

impl PartialEq<EmailAddress> for Address {
    fn eq(&self, other: &EmailAddress) -> bool {
        matches!(self, Self::Email(address) if address == other)
    }
}

impl PartialEq<PhoneNumber> for Address {
    fn eq(&self, other: &PhoneNumber) -> bool {
        matches!(self, Self::Phone(number) if number == other)
    }
}
