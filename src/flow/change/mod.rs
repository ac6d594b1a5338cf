//! Changes of an account: one decision, one write, whatever it carries.

mod addresses;
mod asked;
mod identities;
mod managed;
mod upkeep;

pub use asked::{Changes, Proof};
pub(crate) use asked::{Checked, Standing};
pub(crate) use identities::signs_in;
pub(crate) use managed::switch;
pub(crate) use upkeep::{
    Disowned, Noted, Tally, count, fence, mature, stop_hint, tell, void_password, without_pending,
};

use super::{
    case,
    decision::{Decision, Write},
    notice,
    state::{Entry, Flow},
};
use crate::{
    account::{
        Account, Activity, ActivityKind, Credential, Epoch, Hint, Method, Pending, SecondFactor,
    },
    address::Address,
    clock::Stamp,
    hash::PasswordHash,
    message::{Notice, Until},
    name::{KeyKind, UserName},
    policy::{Addresses, Change, MANAGERS, Policy, Roots, allows, authority},
    record::{Added, Revision, Stored},
    secret::SecurityCodeHash,
};

/// Random bits for one change.
#[derive(Clone, Copy)]
pub(crate) struct Fresh {
    pub(crate) epoch: Epoch,
    pub(crate) notices: [u8; 16],
}

/// What became of a change.
pub(crate) enum Changed {
    /// The identity to link is linked to this account.
    AlreadyLinked,
    Done(Box<Account>),
    Expired,
    /// The identity to unlink is the only way in.
    LastWayIn,
    Locked {
        until: Stamp,
    },
    /// The identity to unlink is not linked.
    NotLinked,
    /// So many identities are linked already as there may be.
    TooManyIdentities,
    Unproven,
    /// The hint answer of this flow does not count yet.
    Waits {
        until: Stamp,
    },
}

/// What keeps a change from being made, whatever it is made to.
pub(crate) fn refused(
    account: &Account,
    flow: &Flow,
    rows: &[Change],
    now: Stamp,
    policy: &Policy,
) -> Option<Changed> {
    let is_closed = account.disabled.is_some() && flow.managing().is_none();
    if is_closed || !flow.is_about(account) || !flow.is_within_its_life(now, policy) {
        return Some(Changed::Expired);
    }
    let all_allowed = |flow: &Flow| {
        rows.iter()
            .all(|row| roots(account, flow, *row, now, policy).is_some())
    };
    if !all_allowed(flow) {
        let mut ripe = flow.clone();
        ripe.ripe_at = None;
        return Some(match flow.ripe_at {
            Some(until) if all_allowed(&ripe) => Changed::Waits { until },
            _ => Changed::Unproven,
        });
    }
    if matches!(flow.entry, Entry::Case(_)) && !account.case_buys(rows) {
        return Some(Changed::Unproven);
    }
    let by_password = flow.proofs.contains(&Method::CurrentPassword);
    let locked = by_password.then(|| locked(account, now, policy)).flatten();
    locked.map(|until| Changed::Locked { until })
}

/// What the flow's proofs go back to, if that allows this change.
pub(crate) fn roots(
    account: &Account,
    flow: &Flow,
    change: Change,
    now: Stamp,
    policy: &Policy,
) -> Option<Roots> {
    // A security code that is set, or is about to count, is not issued over.
    if change == Change::SecurityCode && account.security_code.is_some() {
        return None;
    }
    let is_enrolled = account.second_factor.is_some();
    let needs_factor = matches!(change, Change::BackupCodes | Change::RemoveSecondFactor);
    if change == Change::RemovePhone && account.phone.is_none() {
        return None;
    }
    if change == Change::EnrolSecondFactor && is_enrolled || needs_factor && !is_enrolled {
        return None;
    }
    let managing = flow.managing();
    let is_foreign = managing.is_some() && !MANAGERS.contains(&change);
    if is_foreign || change == Change::Enable && account.is_disabled_by_host() {
        return None;
    }
    let mut proofs = flow.counting(now);
    // A hint that was stopped meanwhile proves nothing; no hint does beside a second factor, and no
    // password in a session that has not shown it. An identity speaks for whoever has nothing else.
    // A hint does not bring back a password that was voided.
    let is_void = account.password_is_void;
    proofs.retain(|method| match method {
        Method::CurrentPassword => !is_void && (flow.has_factor || !is_enrolled),
        Method::HintQuestion => account.has_answer() && !is_enrolled && !is_void,
        Method::Manager => managing.is_some_and(|managing| account.is_managed_by(managing)),
        Method::LinkedIdentity => account.has_identities_only() && !is_enrolled,
        _ => true,
    });
    authority(&proofs, change, account.addresses(), |method| {
        account.stands_for(method, now, policy)
    })
}

/// Until when the account cannot be changed by knowing its password, because it was too often.
/// An intruder who knows it must not be able to undo each recovery (at most so many a day).
///
/// `None` also while changes of a later time than now count: [`change`] moves them.
fn locked(account: &Account, now: Stamp, policy: &Policy) -> Option<Stamp> {
    let (recent, moved) = recent_changes(account, now, policy);
    policy.changes.locked(&recent, now).filter(|_until| !moved)
}

/// The account with all changes: a new epoch, so every session and flow is dead.
pub(crate) fn change(
    account: &Stored<Account>,
    flow: &Flow,
    checked: &Checked,
    fresh: Fresh,
    revision: Revision,
    now: Stamp,
    policy: &Policy,
) -> Decision<Changed> {
    let rows = checked.rows();
    if let Some(refused) = refused(&account.value, flow, &rows, now, policy) {
        return Decision::without_write(refused);
    }
    let (recent, moved) = recent_changes(&account.value, now, policy);
    let by_password = flow.proofs.contains(&Method::CurrentPassword);
    if let Some(until) = policy.changes.locked(&recent, now).filter(|_| by_password) {
        // A lock writes nothing, unless the clock went back: then the changes are moved to the
        // present once, or the lock would last until that future has come. Forgetting them would
        // give an intruder as many again.
        let mut later = account.value.clone();
        later.changes = recent;
        let locked = Changed::Locked { until };
        return if moved {
            update(account, later, revision, |_| locked)
        } else {
            Decision::without_write(locked)
        };
    }
    let mut next = Next {
        account: account.value.clone(),
        flow,
        now,
        policy,
        told: Vec::new(),
    };
    let contacts = next.account.contacts();
    // The authority of each is judged on the account as it was.
    let set_by = |row| roots(&account.value, flow, row, now, policy).unwrap_or_default();
    if let Some(hash) = &checked.password {
        next.password(hash.clone(), set_by(Change::Password));
    }
    if let Some(hint) = &checked.hint {
        next.hint(hint.clone(), set_by(Change::Hint));
    }
    if checked.second_factor.is_some() || checked.no_second_factor {
        next.second_factor(checked.second_factor.clone());
    }
    let had_manager = next.account.manager.is_some();
    if checked.manager.is_some() || checked.no_manager && had_manager {
        next.manager(checked.manager.clone(), set_by(Change::Manager));
    }
    if let Some(codes) = &checked.backup_codes {
        next.backup_codes(codes);
    }
    // Before the code: a new address voids one that does not count yet.
    let had = account.value.addresses();
    if let Some(new) = flow.new_email.as_ref().filter(|_| checked.email) {
        next.email(new.address.clone(), set_by(Change::Email), had);
    }
    if let Some(new) = flow.new_phone.as_ref().filter(|_| checked.phone) {
        next.phone(new.number.clone(), set_by(Change::Phone), had);
    } else if checked.no_phone {
        next.no_phone();
    }
    if let Some(code) = checked.security_code {
        next.security_code(code, set_by(Change::SecurityCode), had);
    }
    if let Some(name) = &checked.user_name {
        next.user_name(name);
    }
    if let Some(standing) = checked.standing {
        next.stand(standing);
    }
    if let Some(refused) = next.identities(&account.value, checked, &set_by(Change::LinkIdentity)) {
        return Decision::without_write(refused);
    }
    next.case();
    if checked.delete {
        next.delete();
    }
    let Next {
        account: mut changed,
        told,
        ..
    } = next;
    // Every change is told. What is so already is left alone: a new epoch that nobody hears of would
    // end sessions and recoveries in silence.
    if told.is_empty() {
        return Decision::without_write(Changed::Done(Box::new(account.value.clone())));
    }
    if by_password {
        changed.changes = recent;
        changed.changes.push(now);
        let surplus = changed
            .changes
            .len()
            .saturating_sub(policy.changes.memory());
        changed.changes.drain(..surplus);
    }
    changed.epoch = fresh.epoch;
    let new_email = flow.new_address(Method::NewEmail).filter(|_| checked.email);
    let new_phone = flow.new_address(Method::NewPhone).filter(|_| checked.phone);
    for what in told {
        let mut addresses = contacts.clone();
        // An address that does not count yet is told of nothing but itself.
        if changed.pending_email.is_none() || matches!(what, Notice::EmailChangeWaits(_)) {
            addresses.extend(new_email.clone());
        }
        if changed.pending_phone.is_none() || matches!(what, Notice::PhoneChangeWaits(_)) {
            addresses.extend(new_phone.clone());
        }
        note(&mut changed, what, flow.label.clone(), now);
        notice::tell(&mut changed, &addresses, what, fresh.notices, now);
    }
    update(account, changed, revision, |changed| {
        Changed::Done(Box::new(changed))
    })
}

/// An account on its way to another state.
struct Next<'a> {
    account: Account,
    flow: &'a Flow,
    now: Stamp,
    policy: &'a Policy,
    told: Vec<Notice>,
}

impl Next<'_> {
    fn credential<T>(&self, value: T, set_by: Roots) -> Credential<T> {
        Credential {
            value,
            set_at: self.now,
            set_by,
        }
    }

    fn password(&mut self, hash: PasswordHash, set_by: Roots) {
        self.account.misses.password = 0;
        // The one that is enough by itself: a new address may have been proved after it.
        let addresses = self.account.addresses();
        let enough = |method: &&Method| allows(&[**method], Change::Password, addresses);
        let by = self.flow.proofs.iter().rev().find(enough).copied();
        let by = by.unwrap_or(Method::CurrentPassword);
        let new = self.credential(hash, set_by);
        let old = std::mem::replace(&mut self.account.password, new);
        self.account.password_is_void = false;
        let history = &mut self.account.history;
        history.push(old.value);
        let surplus = history.len().saturating_sub(self.policy.history);
        history.drain(..surplus);
        // Any credential change voids a security code that does not count yet.
        self.account.pending_code = None;
        self.told.push(Notice::PasswordChanged(by));
        if matches!(self.flow.entry, Entry::Name(_)) {
            let dropped = drop_young(&mut self.account, self.now, self.policy);
            self.told.extend(dropped);
        }
    }

    fn hint(&mut self, hint: Hint, set_by: Roots) {
        self.account.misses.hint = 0;
        self.account.hint = Some(self.credential(hint, set_by));
        self.account.pending_code = None;
        self.told.push(Notice::HintChanged);
    }

    /// At once on the pages of registration; later it is pending.
    ///
    /// `had`: before this change.
    fn security_code(&mut self, code: SecurityCodeHash, set_by: Roots, had: Addresses) {
        let credential = self.credential(code, set_by);
        if !had.any() {
            self.account.security_code = Some(credential);
            self.told.push(Notice::SecurityCodeSet);
        } else {
            let from = self.now.plus(self.policy.hold);
            self.account.pending_code = Some(Pending { credential, from });
            self.told.push(Notice::SecurityCodeWaits(Until(from)));
        }
    }

    fn user_name(&mut self, name: &UserName) {
        let account = &mut self.account;
        account
            .keys
            .retain(|key| !matches!(key.kind(), KeyKind::Login | KeyKind::Skeleton));
        account.keys.extend(name.unique_keys());
        name.as_str().clone_into(&mut account.login);
        self.told.push(Notice::UserNameChanged);
    }

    fn delete(&mut self) {
        self.account.deleted_at = Some(self.now);
        close(&mut self.account);
        self.told.push(Notice::AccountDeleted);
    }

    /// Spent by the change that it has bought, or ended by the owner.
    fn case(&mut self) {
        if matches!(self.flow.entry, Entry::Case(_)) {
            // What was young when support was asked: the wait seasons nothing.
            let ended = self.account.case.take();
            let asked = ended.map_or(self.now, |case| case.opened.at.min(self.now));
            let dropped = drop_young(&mut self.account, asked, self.policy);
            self.told.extend(dropped);
        } else if self.flow.proofs.contains(&Method::SecurityCode)
            && case::end_by_owner(&mut self.account)
        {
            self.told.push(Notice::CaseEnded);
        }
    }

    fn second_factor(&mut self, factor: Option<SecondFactor>) {
        self.told.push(match &factor {
            Some(_) => Notice::SecondFactorEnrolled,
            None => Notice::SecondFactorRemoved,
        });
        self.account.misses.second_factor = 0;
        self.account.second_factor = factor;
        self.account.pending_code = None;
    }

    fn backup_codes(&mut self, codes: &[SecurityCodeHash]) {
        if let Some(factor) = &mut self.account.second_factor {
            factor.backup = codes.to_vec();
            self.account.pending_code = None;
            self.told.push(Notice::BackupCodesReplaced);
        }
    }
}

/// What an intruder may have added lately is left behind by nobody who takes the account back: a hint,
/// a manager, identities. What every contact is told of it.
fn drop_young(account: &mut Account, now: Stamp, policy: &Policy) -> Vec<Notice> {
    let is_young = |account: &Account, method| account.stands_for(method, now, policy).is_some();
    if is_young(account, Method::HintQuestion) {
        account.stop_hint();
    }
    let mut told = Vec::new();
    if is_young(account, Method::Manager) {
        account.manager = None;
        account.pending_code = None;
        told.push(Notice::ManagerEnded);
    }
    told.extend(identities::unlink(account, |linked| {
        young(linked, now, policy).is_some()
    }));
    told
}

/// Frees the names and addresses of an account that is over, and voids what waits.
pub(super) fn close(account: &mut Account) {
    account.keys.clear();
    account.identities.clear();
    (account.pending_email, account.pending_phone) = (None, None);
    account.pending_code = None;
    account.case = None;
    // It may be about the person, and nothing here can tell.
    account.added = Added::default();
}

pub(super) fn update<R>(
    account: &Stored<Account>,
    changed: Account,
    revision: Revision,
    reply: impl FnOnce(Account) -> R,
) -> Decision<R> {
    let write = Write::update(account, changed.clone(), revision);
    Decision::with(write, reply(changed))
}

/// One more entry of activity.
pub(super) fn note(account: &mut Account, what: Notice, label: Option<String>, now: Stamp) {
    account.remember(Activity::new(ActivityKind::Told(what), label, now));
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

impl Account {
    /// Whether its owner can set a new password without the one of today. A hint cannot: it does not
    /// bring back one that was voided.
    ///
    /// `reaches`: whether messages go to an address.
    pub(crate) fn has_way_back(&self, policy: &Policy, reaches: impl Fn(&Address) -> bool) -> bool {
        policy.methods.iter().any(|method| match method {
            Method::SecurityCode => self.security_code.is_some(),
            Method::Phone | Method::SecurityEmail => {
                self.address(*method).is_some_and(|to| reaches(&to))
            }
            _ => false,
        })
    }

    /// What set the credential of this method, while it is young.
    pub(crate) fn stands_for(&self, method: Method, now: Stamp, policy: &Policy) -> Option<&Roots> {
        match method {
            Method::CurrentPassword => young(&self.password, now, policy),
            Method::HintQuestion => young(self.hint.as_ref()?, now, policy),
            // Whichever of them it was.
            Method::LinkedIdentity => young(self.identities.last()?, now, policy),
            Method::Manager => young(self.manager.as_ref()?, now, policy),
            // A second factor buys its own removal alone, which undoes what set it.
            Method::NewEmail | Method::NewPhone | Method::SecondFactor | Method::Support => None,
            Method::Phone => young(self.phone.as_ref()?, now, policy),
            Method::SecurityCode => young(self.security_code.as_ref()?, now, policy),
            Method::SecurityEmail => young(self.email.as_ref()?, now, policy),
        }
    }
}

/// What set a credential, while it is young. A time that lies ahead counts as now.
fn young<'a, T>(credential: &'a Credential<T>, now: Stamp, policy: &Policy) -> Option<&'a Roots> {
    let set_by = &credential.set_by;
    (!set_by.is_empty() && now.since(credential.set_at) < policy.hold).then_some(set_by)
}

#[cfg(test)]
mod tests;
