//! A flow gathers proofs; a change asks for a set of them.
//!
//! ```text
//!  settings(session) ──▶ ticket ──▶ prove ──▶ accepted: a new ticket ──▶ … ──▶ apply ──▶ changed,
//!                      (sealed, no    │       (a record under its key)      flow and sessions gone
//!                        record)      └────▶ denied · locked · expired
//! ```

use base64ct::{Base64UrlUnpadded, Encoding};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{
    decision::{Decision, Write},
    session::{Sealed, seal, unseal, within},
};
use crate::{
    account::{Account, AccountId, Credential, Epoch, Method},
    clock::Stamp,
    error::Error,
    hash::PasswordHash,
    policy::{Change, Policy, allows},
    record::{self, Key, Record, RecordError, Revision, Schema, Stored},
    secret::{NewPassword, Password, Ticket},
    service_key::ServiceKey,
    session::{Session, SessionId},
};

/// What a claimant offers to prove that the account is theirs.
#[derive(Debug)]
#[non_exhaustive]
pub enum Proof {
    /// Method 1, inside a session.
    CurrentPassword(Password),
}

/// What a claimant wants to change; everything in one commit.
#[derive(Debug, Default)]
pub struct Changes {
    pub(crate) password: Option<NewPassword>,
}

impl Changes {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A new password.
    #[must_use]
    pub fn password(mut self, new: NewPassword) -> Self {
        self.password = Some(new);
        self
    }
}

/// What one claimant has proved so far. While that is nothing, it lies sealed in the ticket.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Flow {
    id: [u8; 16],
    account: AccountId,
    /// It dies with any change of a credential.
    epoch: Epoch,
    entry: SessionId,
    began: Stamp,
    proofs: Vec<Method>,
}

/// What a ticket stands for.
pub(crate) enum Held {
    /// A flow without proofs, out of the ticket itself.
    Started(Flow),
    /// A record.
    Kept(Key),
}

const SECRET_LEN: usize = 32;
const KEPT: u8 = b'f';

impl Flow {
    /// A flow that enters from a session. `id`: 128 random bits.
    pub(crate) fn of_session(session: &Session, id: [u8; 16], now: Stamp) -> Self {
        Self {
            id,
            account: session.account.clone(),
            epoch: session.epoch,
            entry: session.id,
            began: now,
            proofs: Vec::new(),
        }
    }

    pub(crate) const fn account(&self) -> &AccountId {
        &self.account
    }

    pub(crate) const fn session(&self) -> SessionId {
        self.entry
    }

    /// The ticket of a flow without proofs.
    pub(crate) fn ticket(&self, keys: &ServiceKey) -> Result<Ticket, Error> {
        seal(Sealed::Started, self, keys).map(Ticket::from_text)
    }

    /// Whether it can go on, for the account as it is now.
    pub(crate) fn is_alive(&self, account: &Account, now: Stamp, policy: &Policy) -> bool {
        self.epoch.matches(&account.epoch) && within(self.began, policy.flow_life, now)
    }

    /// Whether its proofs allow this change.
    pub(crate) fn allows(&self, change: Change) -> bool {
        allows(&self.proofs, change)
    }

    /// The flow with one more proof, as a record under a new ticket's key.
    pub(crate) fn proved(
        mut self,
        method: Method,
        key: Key,
        revision: Revision,
        now: Stamp,
        policy: &Policy,
    ) -> Decision<()> {
        if !self.proofs.contains(&method) {
            self.proofs.push(method);
        }
        let record = Stored {
            revision,
            value: Record::from_bytes(record::encode(Schema::Flow, key.as_bytes(), &self)),
        };
        let write = Write::InsertFlow {
            key,
            record,
            now,
            expires: self.began.plus(policy.flow_life),
        };
        Decision::with(write, ())
    }

    /// The flow under this key.
    pub(crate) fn read(key: &Key, stored: &Stored<Record>) -> Result<Self, RecordError> {
        record::decode(Schema::Flow, key.as_bytes(), stored.value.as_bytes())
    }
}

/// A new ticket for a record, and the key that the record lies under. Only the key is stored.
pub(crate) fn kept_ticket(secret: [u8; SECRET_LEN], keys: &ServiceKey) -> (Ticket, Key) {
    let secret = Zeroizing::new(secret);
    let mut bytes = Zeroizing::new(vec![KEPT]);
    bytes.extend_from_slice(secret.as_slice());
    let text = Zeroizing::new(Base64UrlUnpadded::encode_string(&bytes));
    (Ticket::from_text(text), kept_key(secret.as_slice(), keys))
}

/// What this ticket stands for, if it is one of ours.
pub(crate) fn held(ticket: &Ticket, keys: &ServiceKey) -> Option<Held> {
    let bytes = Zeroizing::new(Base64UrlUnpadded::decode_vec(ticket.expose()).ok()?);
    match bytes.split_first() {
        Some((&KEPT, secret)) if secret.len() == SECRET_LEN => {
            Some(Held::Kept(kept_key(secret, keys)))
        }
        _ => unseal(Sealed::Started, ticket.expose(), keys).map(Held::Started),
    }
}

fn kept_key(secret: &[u8], keys: &ServiceKey) -> Key {
    Key::from_bytes(keys.index(&[b"flow", secret]))
}

/// What became of a change.
pub(crate) enum Changed {
    Done(Box<Account>),
    Expired,
    Locked { until: Stamp },
}

/// Until when the account cannot be changed by knowing its password, because it was too often.
/// An intruder who knows it must not be able to undo each recovery (at most so many a day).
///
/// `None` also while changes of a later time than now count: [`change_password`] moves them.
pub(crate) fn locked(account: &Account, now: Stamp, policy: &Policy) -> Option<Stamp> {
    let (recent, moved) = recent_changes(account, now, policy);
    policy.changes.locked(&recent, now).filter(|_until| !moved)
}

/// The account with its new password: a new epoch, so every session and flow is dead.
pub(crate) fn change_password(
    account: &Stored<Account>,
    flow: &Flow,
    hash: PasswordHash,
    epoch: Epoch,
    revision: Revision,
    now: Stamp,
    policy: &Policy,
) -> Decision<Changed> {
    if !flow.is_alive(&account.value, now, policy) || !flow.allows(Change::Password) {
        return Decision::without_write(Changed::Expired);
    }
    let (recent, moved) = recent_changes(&account.value, now, policy);
    let locked = policy.changes.locked(&recent, now);
    let mut changed = account.value.clone();
    changed.changes = recent;
    if let Some(until) = locked {
        let locked = Changed::Locked { until };
        // A lock writes nothing, unless the clock went back: then the changes are moved to the
        // present once, or the lock would last until that future has come. Forgetting them would
        // give an intruder as many again.
        return if moved {
            Decision::with(update(account.revision, changed, revision), locked)
        } else {
            Decision::without_write(locked)
        };
    }
    changed.changes.push(now);
    let surplus = changed
        .changes
        .len()
        .saturating_sub(policy.changes.memory());
    changed.changes.drain(..surplus);
    changed.epoch = epoch;
    changed.password = Credential {
        value: hash,
        set_at: now,
        set_by: flow.proofs.last().copied(),
    };
    let write = update(account.revision, changed.clone(), revision);
    Decision::with(write, Changed::Done(Box::new(changed)))
}

fn update(was: Revision, value: Account, revision: Revision) -> Write {
    let account = Stored { revision, value };
    Write::UpdateAccount { was, account }
}

/// The changes that still count; those from a later time than now count as now, and the second
/// value says whether there were any.
fn recent_changes(account: &Account, now: Stamp, policy: &Policy) -> (Vec<Stamp>, bool) {
    let began = now.minus(policy.changes.window);
    let recent = account
        .changes
        .iter()
        .map(|at| (*at).min(now))
        .filter(|at| *at > began)
        .collect();
    (recent, account.changes.iter().any(|at| *at > now))
}
