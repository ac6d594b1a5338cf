//! Tickets: what a claimant holds of a flow.

use base64ct::{Base64UrlUnpadded, Encoding};
use zeroize::Zeroizing;

use super::{
    session::{Sealed, unseal},
    state::{Flow, FlowId, ID_LEN},
};
use crate::{
    secret::Ticket,
    service_key::{Mac, ServiceKey},
};

/// What a ticket says by itself.
pub(crate) enum Held {
    /// A flow without proofs, out of the ticket.
    Started(Box<Flow>),
    /// The record under this id, if the ticket is still its good one.
    Kept { id: FlowId, secret: Mac },
}

/// A ticket as it is handed out, and what the record keeps of it.
pub(crate) struct NewTicket {
    pub(crate) ticket: Ticket,
    pub(super) kept: Mac,
}

/// The random bits of a ticket.
const TICKET_BITS: usize = 32;
const KEPT: u8 = b'f';

impl Held {
    /// What this ticket says, if it is one of ours.
    pub(crate) fn read(ticket: &Ticket, keys: &ServiceKey) -> Option<Self> {
        let bytes = Zeroizing::new(Base64UrlUnpadded::decode_vec(ticket.expose()).ok()?);
        match bytes.split_first() {
            Some((&KEPT, rest)) if rest.len() == ID_LEN.saturating_add(TICKET_BITS) => {
                let (id, secret) = rest.split_first_chunk()?;
                Some(Self::Kept {
                    id: FlowId::from_random(*id),
                    secret: kept(secret, keys),
                })
            }
            _ => unseal(Sealed::Started, ticket.expose(), keys)
                .map(|flow| Self::Started(Box::new(flow))),
        }
    }

    pub(crate) fn id(&self) -> FlowId {
        match self {
            Self::Started(flow) => flow.id,
            Self::Kept { id, .. } => *id,
        }
    }
}

impl NewTicket {
    pub(crate) fn new(id: FlowId, secret: [u8; TICKET_BITS], keys: &ServiceKey) -> Self {
        let secret = Zeroizing::new(secret);
        let mut bytes = Zeroizing::new(vec![KEPT]);
        bytes.extend_from_slice(id.as_bytes());
        bytes.extend_from_slice(secret.as_slice());
        let text = Zeroizing::new(Base64UrlUnpadded::encode_string(&bytes));
        Self {
            ticket: Ticket::from_text(text),
            kept: kept(secret.as_slice(), keys),
        }
    }
}

/// Only this keyed hash of a ticket is stored.
fn kept(secret: &[u8], keys: &ServiceKey) -> Mac {
    Mac::from_bytes(keys.index(&[b"ticket", secret]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        account::{Epoch, Method},
        clock::Stamp,
        flow::session::{self, SessionClaims, seal},
        name::{KeyKind, UniqueKey},
        record,
        secret::SessionToken,
        session::SessionId,
    };

    const ADDED: [u8; 5] = *b"added";
    const NOW: Stamp = Stamp::from_millis(1_767_225_600_000);

    fn keys() -> ServiceKey {
        ServiceKey::new(*b"a service key of tests, 32 bytes").unwrap()
    }

    /// Processes of two versions answer one claimant in turns.
    #[test]
    fn a_flow_keeps_what_a_newer_version_has_added_to_its_ticket() {
        let name = UniqueKey::new(KeyKind::Login, "alice");
        let flow = Flow::of_name(&name, None, None, FlowId::from_random([1; 16]), NOW);
        let text = seal(Sealed::Started, &(flow, ADDED), &keys()).unwrap();
        let Some(Held::Started(flow)) = Held::read(&Ticket::from_text(text), &keys()) else {
            panic!("it is one of ours");
        };
        let has_added = |flow: &Flow| record::to_body(flow).ends_with(&ADDED);
        let ticket = NewTicket::new(flow.id, [2; TICKET_BITS], &keys());
        assert!(has_added(&flow));
        assert!(has_added(&flow.stopped(&ticket)));
        assert!(!has_added(&flow.forked(FlowId::from_random([3; 16]), NOW)));
        assert!(has_added(&flow.accept(Method::SecurityCode, &ticket)));
    }

    #[test]
    fn a_token_to_which_a_newer_version_has_added_something_is_read() {
        let claims = SessionClaims {
            id: SessionId::from_random([4; 16]),
            account: "42".parse().unwrap(),
            epoch: Epoch::from_random([5; 16]),
            signed_in_at: NOW,
            has_factor: false,
        };
        let text = seal(Sealed::Session, &(claims, ADDED), &keys()).unwrap();
        let token = SessionToken::from_text(text);
        let read = session::open(&token, &keys()).unwrap();
        assert_eq!(read.account.as_str(), "42");
    }
}
