//! The addresses of an account, and changes of them.

use super::Next;
use crate::{
    account::{Account, Credential, Method, Pending},
    address::Address,
    email::EmailAddress,
    flow::case,
    message::{Notice, Until},
    name::KeyKind,
    phone::PhoneNumber,
    policy::{Addresses, Roots},
};

impl Next<'_> {
    /// Whether whoever reads the address before a new one agreed, the other address where there was
    /// none of this kind, or there was no address at all, or where the manager helps out or support has
    /// waited already. Else the security code alone decided, and the new one waits.
    ///
    /// `had`: before this change.
    fn is_agreed(&self, old: Method, had: Addresses) -> bool {
        let agreed = |method| self.flow.proofs.contains(&method);
        if self.flow.managing().is_some() || agreed(Method::Support) {
            return true;
        }
        match (old, had.email, had.phone) {
            (_, false, false) => true,
            (Method::Phone, true, false) => agreed(Method::SecurityEmail),
            (Method::SecurityEmail, false, true) => agreed(Method::Phone),
            _ => agreed(old),
        }
    }

    pub(super) fn email(&mut self, address: EmailAddress, set_by: Roots, had: Addresses) {
        let credential = self.credential(address, set_by);
        if self.flow.managing().is_some() {
            set_email(&mut self.account, credential);
            self.told.push(Notice::EmailChangedByManager);
        } else if self.is_agreed(Method::SecurityEmail, had) {
            set_email(&mut self.account, credential);
            self.told.push(Notice::EmailChanged);
        } else {
            let from = self.now.plus(self.policy.hold);
            self.account.pending_email = Some(Pending { credential, from });
            self.told.push(Notice::EmailChangeWaits(Until(from)));
        }
    }

    pub(super) fn phone(&mut self, number: PhoneNumber, set_by: Roots, had: Addresses) {
        let credential = self.credential(number, set_by);
        if self.is_agreed(Method::Phone, had) {
            set_phone(&mut self.account, Some(credential));
            self.told.push(Notice::PhoneChanged);
        } else {
            let from = self.now.plus(self.policy.hold);
            self.account.pending_phone = Some(Pending { credential, from });
            self.told.push(Notice::PhoneChangeWaits(Until(from)));
        }
    }

    pub(super) fn no_phone(&mut self) {
        set_phone(&mut self.account, None);
        self.told.push(Notice::PhoneRemoved);
    }
}

pub(super) fn set_email(account: &mut Account, credential: Credential<EmailAddress>) {
    account.keys.retain(|key| key.kind() != KeyKind::Email);
    account.keys.push(credential.value.key());
    account.email = Some(credential);
    case::readdress(account);
    account.pending_email = None;
    account.pending_code = None;
}

pub(super) fn set_phone(account: &mut Account, credential: Option<Credential<PhoneNumber>>) {
    account.keys.retain(|key| key.kind() != KeyKind::Phone);
    account
        .keys
        .extend(credential.as_ref().map(|new| new.value.key()));
    account.phone = credential;
    account.pending_phone = None;
    account.pending_code = None;
}

impl Account {
    /// The confirmed addresses.
    pub(crate) fn contacts(&self) -> Vec<Address> {
        let email = self.email.iter().map(|email| email.value.clone().into());
        let phone = self.phone.iter().map(|phone| phone.value.clone().into());
        email.chain(phone).collect()
    }

    /// Which of them there are.
    pub(crate) const fn addresses(&self) -> Addresses {
        Addresses {
            email: self.email.is_some(),
            phone: self.phone.is_some(),
        }
    }
}
