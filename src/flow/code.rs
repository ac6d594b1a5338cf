//! Mailed codes and links: MACs over random bits that lie in the flow.
//!
//! Whoever reads the database lacks the key, whoever has the key lacks the bits: neither can
//! compute a code.

use base64ct::{Base64UrlUnpadded, Encoding};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{
    session::{Sealed, seal, unseal, within},
    state::{Flow, FlowId},
};
use crate::{
    account::{AccountId, Epoch, Method},
    address::Address,
    clock::Stamp,
    error::Error,
    policy::Policy,
    secret::{Link, MailedCode},
    service_key::{KeyId, Mac, ServiceKey},
    support::CaseId,
};

/// How often one code may be typed wrong. A new code has tries of its own, and does not bring back
/// those of the budget beside it. Our own number, that of this budget.
const TRIES: u8 = 3;

/// What a code and its link are made of.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Code {
    key: KeyId,
    bits: [u8; 16],
    made_at: Stamp,
    pub(crate) misses: u8,
}

/// Whom a code is for. Another account or another address makes it another code.
#[derive(Clone, Copy)]
pub(crate) struct Target<'a> {
    pub(crate) method: Method,
    pub(crate) account: &'a AccountId,
    pub(crate) address: &'a Address,
}

/// What stands in a link.
pub(crate) struct OpenedLink {
    pub(crate) method: Method,
    pub(crate) flow: FlowId,
    mac: Mac,
}

const LINK_LEN: usize = 1 + 16 + 32;

impl Code {
    /// `bits`: 128 random bits.
    pub(crate) fn new(keys: &ServiceKey, bits: [u8; 16], now: Stamp) -> Self {
        Self {
            key: keys.current(),
            bits,
            made_at: now,
            misses: 0,
        }
    }

    /// When it was made.
    pub(crate) const fn made_at(&self) -> Stamp {
        self.made_at
    }

    /// Whether it may still be used: for a day from when it was made, ten minutes where it was sent
    /// to a phone, however often that was.
    pub(crate) fn is_good(&self, method: Method, now: Stamp, policy: &Policy) -> bool {
        within(self.made_at, policy.code_life(method), now)
    }

    /// Whether it is sent again when it is asked for again. Half of its life is left then at least,
    /// so a mail with a link is always a good one while the budget of mails is used up.
    pub(crate) fn is_fresh(&self, method: Method, now: Stamp, policy: &Policy) -> bool {
        let life = policy.code_life(method);
        let half = life.checked_div(2).unwrap_or_default();
        within(self.made_at, half, now)
    }

    /// Whether it may not be typed any more. Then it is not sent again.
    pub(crate) const fn is_used_up(&self) -> bool {
        self.misses >= TRIES
    }

    /// The digits.
    pub(crate) fn digits(
        &self,
        flow: FlowId,
        target: Target<'_>,
        keys: &ServiceKey,
    ) -> Result<MailedCode, Error> {
        let mac = self.mac(b"code", flow, target, keys)?;
        Ok(MailedCode::from_random(*mac.as_bytes()))
    }

    /// The link: 256 bits that cannot be guessed, and where to look for their flow.
    pub(crate) fn link(
        &self,
        flow: FlowId,
        target: Target<'_>,
        keys: &ServiceKey,
    ) -> Result<Link, Error> {
        let mac = self.mac(b"link", flow, target, keys)?;
        let mut bytes = Zeroizing::new(vec![label(target.method)]);
        bytes.extend_from_slice(flow.as_bytes());
        bytes.extend_from_slice(mac.as_bytes());
        let text = Zeroizing::new(Base64UrlUnpadded::encode_string(&bytes));
        Ok(Link::from_text(text))
    }

    /// Whether this is the link that was made for that target.
    pub(crate) fn is_linked_by(
        &self,
        link: &OpenedLink,
        target: Target<'_>,
        keys: &ServiceKey,
    ) -> Result<bool, Error> {
        let expected = self.mac(b"link", link.flow, target, keys)?;
        Ok(expected.matches(&link.mac))
    }

    fn mac(
        &self,
        form: &[u8],
        flow: FlowId,
        target: Target<'_>,
        keys: &ServiceKey,
    ) -> Result<Mac, Error> {
        let parts: [&[u8]; 6] = [
            form,
            &self.bits,
            flow.as_bytes(),
            &[label(target.method)],
            target.account.as_str().as_bytes(),
            target.address.as_str().as_bytes(),
        ];
        keys.code(self.key, &parts).ok_or(Error::UnknownKey)
    }
}

impl OpenedLink {
    /// What this link says, if it is of the form of ours.
    pub(crate) fn read(link: &Link) -> Option<Self> {
        let bytes = Zeroizing::new(Base64UrlUnpadded::decode_vec(link.expose()).ok()?);
        if bytes.len() != LINK_LEN {
            return None;
        }
        let (&letter, rest) = bytes.split_first()?;
        let (id, mac) = rest.split_first_chunk()?;
        Some(Self {
            method: method(letter)?,
            flow: FlowId::from_random(*id),
            mac: Mac::from_bytes(mac.try_into().ok()?),
        })
    }
}

const fn label(method: Method) -> u8 {
    match method {
        Method::NewEmail => b'n',
        Method::NewPhone => b'q',
        Method::Phone => b'p',
        Method::CurrentPassword
        | Method::HintQuestion
        | Method::Manager
        | Method::LinkedIdentity
        | Method::SecondFactor
        | Method::SecurityCode
        | Method::SecurityEmail
        | Method::Support => b'e',
    }
}

/// No message to a phone has a link.
const fn method(letter: u8) -> Option<Method> {
    match letter {
        b'e' => Some(Method::SecurityEmail),
        b'n' => Some(Method::NewEmail),
        _ => None,
    }
}

/// What the reader of a mail can stop.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) enum Stop {
    /// A support case goes back to the agents.
    Case { account: AccountId, case: CaseId },
    /// A change that has not been made yet.
    Flow(FlowId),
    /// A hint answer that waits. The hint goes with it.
    Hint { account: AccountId, epoch: Epoch },
    /// Whoever knows the password: what was done was not the reader. The password is voided.
    NotMe { account: AccountId, epoch: Epoch },
}

impl Stop {
    pub(crate) fn link(&self, keys: &ServiceKey) -> Result<Link, Error> {
        seal(Sealed::Cancel, self, keys).map(Link::from_text)
    }

    pub(crate) fn read(link: &Link, keys: &ServiceKey) -> Option<Self> {
        unseal(Sealed::Cancel, link.expose(), keys)
    }
}

impl Flow {
    /// The code for this method, if one was asked for.
    pub(crate) fn code_mut(&mut self, method: Method) -> Option<&mut Code> {
        match method {
            Method::NewEmail => self.new_email.as_mut().map(|new| &mut new.code),
            Method::NewPhone => self.new_phone.as_mut().map(|new| &mut new.code),
            Method::Phone => self.phone_code.as_mut(),
            _ => self.code.as_mut(),
        }
    }
}
