//! Who manages an account, and whether it can be used.

use super::{Fresh, Next, Standing, note, update};
use crate::{
    account::{Account, Disabled, DisabledBy, ManagerLink},
    clock::Stamp,
    flow::{decision::Decision, manage::Managing, notice},
    message::Notice,
    policy::Roots,
    record::{Revision, Stored},
};

impl Account {
    /// Whether this flow's manager is still the one that the account names.
    pub(super) fn is_managed_by(&self, managing: &Managing) -> bool {
        let link = self.manager.as_ref();
        link.is_some_and(|link| link.value.account == managing.account)
    }

    pub(super) fn is_disabled_by_host(&self) -> bool {
        self.disabled
            .is_some_and(|disabled| disabled.by == DisabledBy::Host)
    }

    /// What every contact is told of it, if it is not so already. The host outranks a manager.
    fn stand(&mut self, standing: Standing, by: DisabledBy, now: Stamp) -> Option<Notice> {
        let was = self.disabled;
        self.disabled = match (standing, was) {
            (Standing::Enabled, _) => None,
            (Standing::Disabled, Some(was)) if by == DisabledBy::Manager => Some(was),
            (Standing::Disabled, was) => Some(Disabled {
                at: was.map_or(now, |was| was.at),
                by,
            }),
        };
        match (was, self.disabled) {
            (None, Some(_)) => {
                // Nothing that is pending comes to count behind a closed door.
                (self.pending_email, self.pending_code) = (None, None);
                Some(Notice::AccountDisabled)
            }
            (Some(_), None) => Some(Notice::AccountEnabled),
            (None, None) | (Some(_), Some(_)) => None,
        }
    }
}

impl Next<'_> {
    pub(super) fn manager(&mut self, manager: Option<ManagerLink>, set_by: Roots) {
        self.told.push(match &manager {
            Some(_) => Notice::ManagerChanged,
            None => Notice::ManagerEnded,
        });
        self.account.manager = manager.map(|link| self.credential(link, set_by));
        self.account.pending_code = None;
    }

    pub(super) fn stand(&mut self, standing: Standing) {
        let told = self.account.stand(standing, DisabledBy::Manager, self.now);
        self.told.extend(told);
    }
}

/// The account as the host wants it to stand, unless it does: with a new epoch, so every session and
/// flow is dead. `false`: the account is no more.
pub(crate) fn switch(
    account: &Stored<Account>,
    standing: Standing,
    fresh: Fresh,
    revision: Revision,
    now: Stamp,
) -> Decision<bool> {
    let mut changed = account.value.clone();
    if changed.is_closed() {
        return Decision::without_write(false);
    }
    let told = changed.stand(standing, DisabledBy::Host, now);
    if changed.disabled == account.value.disabled {
        return Decision::without_write(true);
    }
    changed.epoch = fresh.epoch;
    if let Some(what) = told {
        let addresses = changed.contacts();
        note(&mut changed, what, None, now);
        notice::tell(&mut changed, &addresses, what, fresh.notices, now);
    }
    update(account, changed, revision, |_| true)
}
