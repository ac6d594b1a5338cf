//! Notices: they lie in the account from the commit of what they tell until they are sent.

use std::time::Duration;

use super::decision::{Decision, Write};
use crate::{
    account::{Account, DueNotice},
    address::Address,
    clock::Stamp,
    message::{MessageId, Notice},
    record::{Revision, Stored},
};

/// How long whoever claimed a notice has to send it, and the first pause after a failure.
const FIRST_PAUSE: Duration = Duration::from_secs(2 * 60);

/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(6 * 60 * 60);

/// After so many tries, some three days, a notice is given up.
const TRIES: u8 = 18;

/// Puts a notice to each address into the account. It takes the place of one of the same kind that
/// is not sent yet, and its turn: there are never more of them than kinds and addresses.
pub(super) fn tell(
    account: &mut Account,
    addresses: &[Address],
    notice: Notice,
    random: [u8; 16],
    now: Stamp,
) {
    for to in addresses {
        let is_same =
            |waiting: &DueNotice| waiting.to == *to && is_same_kind(waiting.notice, notice);
        let before = account
            .notices
            .iter()
            .find(|waiting| is_same(waiting))
            .cloned();
        account.notices.retain(|waiting| !is_same(waiting));
        // Told apart by a number that none of them has.
        let id = (0..=u8::MAX)
            .map(|number| {
                let mut bits = random;
                let [first, ..] = &mut bits;
                *first ^= number;
                MessageId::from_random(bits)
            })
            .find(|id| account.notices.iter().all(|waiting| waiting.id != *id))
            .unwrap_or(MessageId::from_random(random));
        account.notices.push(DueNotice {
            id,
            to: to.clone(),
            notice,
            at: now,
            due: before.map_or(now, |before| before.due.min(now.plus(LONGEST_PAUSE))),
            tries: 0,
        });
    }
}

pub(super) fn is_same_kind(a: Notice, b: Notice) -> bool {
    std::mem::discriminant(&a) == std::mem::discriminant(&b)
}

/// Claims every notice that is due, before any of them is sent: it is not due for anybody else
/// until a pause is over.
pub(crate) fn claim(
    account: &Stored<Account>,
    now: Stamp,
    revision: Revision,
) -> Option<Decision<Vec<DueNotice>>> {
    let mut changed = account.value.clone();
    let mut claimed = Vec::new();
    for waiting in &mut changed.notices {
        // A time that lies far ahead comes from a clock that was wrong.
        if waiting.due <= now || waiting.due > now.plus(LONGEST_PAUSE) {
            waiting.due = now.plus(pause(waiting.tries));
            waiting.tries = waiting.tries.saturating_add(1);
            claimed.push(waiting.clone());
        }
    }
    if claimed.is_empty() {
        return None;
    }
    let write = Write::update(account, changed, revision);
    Some(Decision::with(write, claimed))
}

fn pause(tries: u8) -> Duration {
    let factor = 1_u32.checked_shl(u32::from(tries)).unwrap_or(u32::MAX);
    FIRST_PAUSE.saturating_mul(factor).min(LONGEST_PAUSE)
}

/// Whether a notice that failed once more is given up.
pub(crate) const fn is_given_up(notice: &DueNotice) -> bool {
    notice.tries >= TRIES
}

/// Forgets the notices that were sent, or given up.
pub(crate) fn done(
    account: &Stored<Account>,
    ids: &[MessageId],
    revision: Revision,
) -> Decision<()> {
    let mut changed = account.value.clone();
    changed.notices.retain(|waiting| !ids.contains(&waiting.id));
    let write = Write::update(account, changed, revision);
    Decision::with(write, ())
}
