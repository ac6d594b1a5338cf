//! Which phones get messages.

use super::Accounts;
use crate::{address::Address, phone::PhoneNumber, policy::BudgetRule};

pub(super) struct Phones(Box<dyn Fn(&PhoneNumber) -> bool + Send + Sync>);

impl Phones {
    pub(super) fn new(is_allowed: impl Fn(&PhoneNumber) -> bool + Send + Sync + 'static) -> Self {
        Self(Box::new(is_allowed))
    }
}

impl Accounts {
    /// Whether accounts can have a phone.
    pub(super) fn has_phones(&self) -> bool {
        self.inner.phones.is_some()
    }

    /// Whether messages go to this address: to every mailbox, and to the phones that the host says.
    pub(super) fn may_send_to(&self, to: &Address) -> bool {
        match (to, &self.inner.phones) {
            (Address::Email(_), _) => true,
            (Address::Phone(number), Some(phones)) => (phones.0)(number),
            (Address::Phone(_), None) => false,
        }
    }

    /// How many messages go to such an address.
    pub(super) fn sends_to(&self, to: &Address) -> BudgetRule {
        match to {
            Address::Email(_) => self.inner.policy.sends,
            Address::Phone(_) => self.inner.policy.texts,
        }
    }
}
