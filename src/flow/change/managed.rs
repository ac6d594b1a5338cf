//! Who manages an account, and whether it can be used.

use super::{Fresh, Next, Standing, note, update};
use crate::{
    account::{Account, Disabled, DisabledBy, ManagerLink},
    clock::Stamp,
    flow::{decision::Decision, manage::Managing, notice},
    message::Notice,
    policy::{Policy, Roots},
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

    /// What was young when the account was disabled, or was set since, is as young as then: its owner
    /// could not have undone it meanwhile.
    fn stay_as_young(&mut self, closed_at: Stamp, now: Stamp, policy: &Policy) {
        let young = |set_at: &mut Stamp, set_by: &Roots| {
            if !set_by.is_empty() && closed_at.since(*set_at) < policy.hold {
                *set_at = set_at.plus(now.since(closed_at.max(*set_at)));
            }
        };
        young(&mut self.password.set_at, &self.password.set_by);
        if let Some(email) = &mut self.email {
            young(&mut email.set_at, &email.set_by);
        }
        if let Some(hint) = &mut self.hint {
            young(&mut hint.set_at, &hint.set_by);
        }
        if let Some(code) = &mut self.security_code {
            young(&mut code.set_at, &code.set_by);
        }
        if let Some(manager) = &mut self.manager {
            young(&mut manager.set_at, &manager.set_by);
        }
    }

    /// What every contact is told of it, if it is not so already. The host outranks a manager.
    fn stand(
        &mut self,
        standing: Standing,
        by: DisabledBy,
        now: Stamp,
        policy: &Policy,
    ) -> Option<Notice> {
        let was = self.disabled;
        if let (Standing::Enabled, Some(was)) = (standing, was) {
            self.stay_as_young(was.at, now, policy);
        }
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
                (self.pending_email, self.pending_phone) = (None, None);
                self.pending_code = None;
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
        let (by, account) = (DisabledBy::Manager, &mut self.account);
        let told = account.stand(standing, by, self.now, self.policy);
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
    policy: &Policy,
) -> Decision<bool> {
    let mut changed = account.value.clone();
    if changed.is_closed() {
        return Decision::without_write(false);
    }
    let told = changed.stand(standing, DisabledBy::Host, now, policy);
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
