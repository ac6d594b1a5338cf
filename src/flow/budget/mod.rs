//! Attempt budgets: an attempt is charged before anything is compared.
//!
//! ```text
//!             charge                     settle: wrong
//!   (open) ───────────▶ (in flight) ─────────────────────▶ (miss) ──▶ gone after the window
//!     ▲                   │      │
//!     │  settle: right,   │      │  never settled
//!     │  or never begun   │      │
//!     └───────────────────┘      └──▶ gone after LEASE
//! ```
//!
//! A verdict is told only once it is settled, so an attempt that was never settled (its caller
//! went away, its process died, the store failed) has told nobody anything. It stops counting
//! when its lease ends, and a verdict that comes after that is withheld. Attempts in flight
//! keep others from being started, but they are no misses: who meets them is told to try again.

#[cfg(test)]
mod tests;

use std::time::Duration;

use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

use super::{
    decision::{Decision, Write},
    session::DeviceId,
};
use crate::{
    account::{AccountId, Epoch},
    address::Address,
    clock::Stamp,
    error::Error,
    hash::Match,
    message::CodePurpose,
    name::UniqueKey,
    policy::BudgetRule,
    record::{self, Added, Key, Record, RecordError, Revision, Schema, Stored},
    service_key::ServiceKey,
};

/// How long an attempt may be in flight: far longer than a hash and its place in the queue take,
/// also on a machine whose clock is a minute behind.
pub(crate) const LEASE: Duration = Duration::from_secs(120);

/// What is guessed at, or used up.
#[derive(Clone, Copy)]
pub(crate) enum Spent {
    CurrentPassword,
    HintQuestion,
    NewEmail,
    NewPhone,
    Phone,
    #[cfg(feature = "totp")]
    SecondFactor,
    SecurityEmail,
    SignIn,
}

/// Whose attempts are counted together.
#[derive(Clone, Copy)]
pub(crate) enum Whose<'a> {
    /// Those in a session of this account.
    Account(&'a AccountId),
    /// Those at a device that the account knows. Strangers cannot use them up.
    Device(&'a AccountId, DeviceId),
    /// Those for a name, whether or not an account has it.
    Name(&'a UniqueKey),
}

impl Spent {
    const fn label(self) -> &'static [u8] {
        match self {
            Self::CurrentPassword => b"current password",
            Self::HintQuestion => b"hint question",
            Self::NewEmail => b"new e-mail",
            Self::NewPhone => b"new phone",
            Self::Phone => b"phone",
            #[cfg(feature = "totp")]
            Self::SecondFactor => b"second factor",
            Self::SecurityEmail => b"security e-mail",
            Self::SignIn => b"sign-in",
        }
    }
}

/// The key of a budget.
pub(crate) fn key(spent: Spent, whose: Whose<'_>, keys: &ServiceKey) -> Key {
    let label = spent.label();
    Key::from_bytes(match whose {
        Whose::Account(account) => {
            keys.index(&[b"budget", label, b"account", account.as_str().as_bytes()])
        }
        Whose::Device(account, device) => keys.index(&[
            b"budget",
            label,
            b"device",
            account.as_str().as_bytes(),
            device.as_bytes(),
        ]),
        Whose::Name(name) => keys.index(&[
            b"budget",
            label,
            name.kind().as_str().as_bytes(),
            name.bytes(),
        ]),
    })
}

/// The key of the budget of messages to an address. Those of one purpose do not use up those of
/// another: a stranger can have an address asked for as a new one.
///
/// `device`: the one that is asked at, if the account knows it. Strangers cannot use up what is sent
/// for it.
pub(crate) fn sends_key(
    purpose: CodePurpose,
    address: &Address,
    device: Option<DeviceId>,
    epoch: Option<Epoch>,
    keys: &ServiceKey,
) -> Key {
    let purpose: &[u8] = match purpose {
        CodePurpose::ConfirmChange => b"confirm change",
        CodePurpose::ConfirmManaged | CodePurpose::ConfirmNewAddress => b"confirm new address",
        CodePurpose::Recovery => b"recovery",
    };
    let epoch = epoch.map(|epoch| *epoch.as_bytes()).unwrap_or_default();
    let device = device.map(|device| *device.as_bytes()).unwrap_or_default();
    let address = address.key();
    let parts: [&[u8]; 5] = [b"sends", purpose, address.bytes(), &epoch, &device];
    Key::from_bytes(keys.index(&parts))
}

/// The key of the budget of text messages to whatever numbers an account names as its new one.
/// Each costs money, and whoever is paid for them has many numbers.
pub(crate) fn new_numbers_key(account: &AccountId, keys: &ServiceKey) -> Key {
    Key::from_bytes(keys.index(&[b"new numbers", account.as_str().as_bytes()]))
}

/// Names one attempt: 128 random bits.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(crate) struct ChargeId([u8; 16]);

impl ChargeId {
    pub(crate) const fn from_random(bits: [u8; 16]) -> Self {
        Self(bits)
    }

    pub(crate) fn is(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

/// The attempts at one guessable secret, oldest first.
#[derive(Default, Serialize, Deserialize)]
struct Budget {
    attempts: Vec<Attempt>,
    added: Added,
}

const SCHEMA: Schema<Budget> = Schema {
    writer: (0x41, record::to_body),
    readers: &[(0x41, record::from_body)],
};

#[derive(Clone, Copy, Serialize, Deserialize)]
struct Attempt {
    at: Stamp,
    /// While it is in flight.
    charge: Option<ChargeId>,
}

/// A charged attempt. Only a committed decision yields one, and only one comparison consumes it.
#[must_use]
pub(crate) struct Charged {
    id: ChargeId,
    record: Stored<Record>,
}

/// The outcome of a comparison that was paid for. Nobody learns it before it is settled.
#[must_use]
pub(crate) struct Verdict {
    id: ChargeId,
    /// None: there was nothing left to compare with, and the charge is taken back.
    outcome: Option<Match>,
}

/// What is left of a charge once its comparison is done: the record that it wrote.
pub(crate) type AsCharged = Stored<Record>;

/// The answer to wanting to make an attempt.
pub(crate) enum Charge {
    Charged(Charged),
    Locked { until: Stamp },
}

/// What a right attempt takes back.
#[derive(Clone, Copy)]
pub(crate) enum Clears {
    /// Every miss: the attempt came out of a session, which a stranger does not have.
    All,
    /// Its own charge. What strangers did to a name ages by time alone, so that nobody can see
    /// from outside that its owner was here.
    Own,
}

/// A verdict that may be told.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Settled {
    Right,
    /// There was nothing left to compare with.
    Void,
    Wrong {
        left: u32,
    },
}

impl Settled {
    /// How many more misses are free.
    pub(crate) const fn left(self) -> u32 {
        match self {
            Self::Right | Self::Void => 0,
            Self::Wrong { left } => left,
        }
    }
}

impl Charged {
    /// Pays for a comparison with its outcome. Settling starts from the record that was charged.
    pub(crate) fn spend(self, outcome: Option<Match>) -> (Verdict, AsCharged) {
        let verdict = Verdict {
            id: self.id,
            outcome,
        };
        (verdict, self.record)
    }
}

/// Charges one attempt, or tells until when none can be made.
///
/// `refunds`: charges whose comparison never began; they are taken back. `id` and `revision` are
/// fresh random values.
///
/// # Errors
///
/// [`Error::Overloaded`] when attempts in flight use up the budget; [`RecordError`].
pub(crate) fn charge(
    key: &Key,
    found: Option<&Stored<Record>>,
    rule: &BudgetRule,
    now: Stamp,
    refunds: &[ChargeId],
    id: ChargeId,
    revision: Revision,
) -> Result<Decision<Charge>, Error> {
    let (mut budget, moved) = Budget::load(key, found, rule, now)?;
    budget
        .attempts
        .retain(|attempt| !refunds.iter().any(|refund| attempt.is(refund)));
    if let Some(until) = rule.locked(&budget.misses(), now) {
        let locked = Charge::Locked { until };
        // A locked attempt writes nothing, unless the clock went back: then the record is moved
        // to the present once, or the lock would last until that future has come.
        return Ok(if moved {
            budget.store(key, found, rule, now, revision, |_| locked)
        } else {
            Decision::without_write(locked)
        });
    }
    if rule.locked(&budget.all(), now).is_some() {
        return Err(Error::Overloaded);
    }
    budget.attempts.push(Attempt {
        at: now,
        charge: Some(id),
    });
    Ok(budget.store(key, found, rule, now, revision, |record| {
        Charge::Charged(Charged { id, record })
    }))
}

/// Makes a verdict count, and then lets it be told.
///
/// # Errors
///
/// [`Error::Overloaded`] when the attempt was in flight for too long: its charge is gone, so its
/// verdict is withheld; [`RecordError`].
pub(crate) fn settle(
    key: &Key,
    found: Option<&Stored<Record>>,
    rule: &BudgetRule,
    now: Stamp,
    verdict: &Verdict,
    clears: Clears,
    revision: Revision,
) -> Result<Decision<Settled>, Error> {
    let (mut budget, _moved) = Budget::load(key, found, rule, now)?;
    let own = budget
        .attempts
        .iter_mut()
        .find(|attempt| attempt.is(&verdict.id))
        .ok_or(Error::Overloaded)?;
    let settled = match verdict.outcome {
        Some(Match::Wrong) => {
            own.charge = None;
            Settled::Wrong {
                left: rule.left(budget.misses().len()),
            }
        }
        None => {
            budget.attempts.retain(|attempt| !attempt.is(&verdict.id));
            Settled::Void
        }
        Some(Match::Right) => {
            match clears {
                Clears::All => budget
                    .attempts
                    .retain(|attempt| attempt.charge.is_some() && !attempt.is(&verdict.id)),
                Clears::Own => budget.attempts.retain(|attempt| !attempt.is(&verdict.id)),
            }
            Settled::Right
        }
    };
    Ok(budget.store(key, found, rule, now, revision, |_| settled))
}

/// Uses up one of something that is no guess, such as a mail: there is nothing to compare, so it
/// counts at once. `false`: none is left.
pub(crate) fn spend(
    key: &Key,
    found: Option<&Stored<Record>>,
    rule: &BudgetRule,
    now: Stamp,
    revision: Revision,
) -> Result<Decision<bool>, Error> {
    let (mut budget, moved) = Budget::load(key, found, rule, now)?;
    if rule.locked(&budget.misses(), now).is_some() {
        // As in `charge`: what lay ahead is moved to the present, or it would lie ahead for ever.
        return Ok(if moved {
            budget.store(key, found, rule, now, revision, |_| false)
        } else {
            Decision::without_write(false)
        });
    }
    budget.attempts.push(Attempt {
        at: now,
        charge: None,
    });
    Ok(budget.store(key, found, rule, now, revision, |_| true))
}

impl Attempt {
    fn is(&self, id: &ChargeId) -> bool {
        self.charge.is_some_and(|charge| charge.is(id))
    }
}

impl Budget {
    /// The attempts that still count. Those that were stored with a later time than now are
    /// moved to now; the second value says whether there were any.
    ///
    /// A charge from further ahead than its lease was made before the clock went back, and is
    /// dropped. Moved, it would keep others from being started for as long as the clock went
    /// back: whoever meets it writes nothing, so it would be moved to now at every look. Dropping
    /// it tells nobody more than the limit: a verdict whose charge is gone is withheld.
    fn load(
        key: &Key,
        found: Option<&Stored<Record>>,
        rule: &BudgetRule,
        now: Stamp,
    ) -> Result<(Self, bool), RecordError> {
        let mut budget: Self = match found {
            Some(stored) => record::decode(&SCHEMA, key.as_bytes(), stored.value.as_bytes())?,
            None => Self::default(),
        };
        let ahead = now.plus(LEASE);
        budget
            .attempts
            .retain(|attempt| attempt.charge.is_none() || attempt.at <= ahead);
        let mut moved = false;
        for attempt in &mut budget.attempts {
            if attempt.at > now {
                attempt.at = now;
                moved = true;
            }
        }
        budget.attempts.retain(|attempt| {
            let life = match attempt.charge {
                Some(_in_flight) => LEASE,
                None => rule.window,
            };
            attempt.at > now.minus(life)
        });
        budget.attempts.sort_by_key(|attempt| attempt.at);
        Ok((budget, moved))
    }

    fn misses(&self) -> Vec<Stamp> {
        self.attempts
            .iter()
            .filter(|attempt| attempt.charge.is_none())
            .map(|attempt| attempt.at)
            .collect()
    }

    fn all(&self) -> Vec<Stamp> {
        self.attempts.iter().map(|attempt| attempt.at).collect()
    }

    /// Writes what is left of the budget; an empty one is deleted.
    fn store<R>(
        mut self,
        key: &Key,
        found: Option<&Stored<Record>>,
        rule: &BudgetRule,
        now: Stamp,
        revision: Revision,
        reply: impl FnOnce(Stored<Record>) -> R,
    ) -> Decision<R> {
        self.forget_surplus(rule.memory());
        let record = Stored {
            revision,
            value: Record::from_bytes(record::encode(&SCHEMA, key.as_bytes(), &self)),
        };
        let reply = reply(record.clone());
        let key = *key;
        match (self.attempts.last(), found) {
            (None, None) => Decision::without_write(reply),
            (None, Some(found)) => {
                let was = found.revision;
                Decision::with(Write::DeleteFlow { key, was }, reply)
            }
            (Some(last), found) => {
                let expires = last.at.plus(rule.window.max(LEASE));
                Decision::with(Write::put(key, found, record, now, expires), reply)
            }
        }
    }

    /// Keeps at most this many misses, the latest ones.
    fn forget_surplus(&mut self, memory: usize) {
        let mut surplus = self.misses().len().saturating_sub(memory);
        self.attempts.retain(|attempt| {
            let forget = surplus > 0 && attempt.charge.is_none();
            surplus = surplus.saturating_sub(usize::from(forget));
            !forget
        });
    }
}

impl BudgetRule {
    /// Until when these attempts, oldest first, keep another one from being made.
    pub(crate) fn locked(&self, attempts: &[Stamp], now: Stamp) -> Option<Stamp> {
        let by_limit = self.limit.and_then(|limit| {
            let limit = usize::try_from(limit).unwrap_or(usize::MAX);
            // The one whose end brings the number back below the limit.
            let index = attempts.len().checked_sub(limit)?;
            Some(attempts.get(index)?.plus(self.window))
        });
        let by_backoff = self.backoff.and_then(|backoff| {
            let delay = backoff.delay(attempts.len())?;
            Some(attempts.iter().max()?.plus(delay))
        });
        by_limit.max(by_backoff).filter(|until| *until > now)
    }

    /// How many more misses are free after this many.
    fn left(&self, misses: usize) -> u32 {
        let misses = u32::try_from(misses).unwrap_or(u32::MAX);
        let of_limit = self.limit.map(|limit| limit.saturating_sub(misses));
        let of_backoff = self
            .backoff
            .map(|backoff| backoff.free.saturating_sub(misses));
        of_limit
            .into_iter()
            .chain(of_backoff)
            .min()
            .unwrap_or(u32::MAX)
    }
}
