//! What happens to an account beside the changes that its owner makes: time passes, strangers miss,
//! the reader of a notice stops something.

use std::time::Duration;

use super::{
    Fresh,
    addresses::{set_email, set_phone},
    drop_young, note, update,
};
use crate::{
    account::{Account, Activity, ActivityKind, Epoch, MOST_MISSES, Method},
    address::Address,
    clock::Stamp,
    flow::{decision::Decision, notice, state::Flow},
    message::Notice,
    name::UniqueKey,
    policy::Policy,
    record::{Revision, Stored},
};

const AN_HOUR: Duration = Duration::from_secs(60 * 60);
const A_DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Attempts at one credential since they were last written into the account.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally {
    /// Misses since the last right attempt.
    pub(crate) misses: u32,
    pub(crate) was_right: bool,
    pub(crate) is_locked: bool,
}

/// What became of the password of whoever said that something was not them.
#[derive(Clone, Copy)]
pub(crate) enum Disowned {
    /// The session or the notice is not of today's account.
    Ended,
    /// Nobody could set a new one, so it stays.
    NoWayBack,
    Void,
}

/// What happened at one account since that was last written into it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Noted {
    pub(crate) tallies: Vec<(Method, Tally)>,
    pub(crate) activity: Vec<Activity>,
}

/// Makes what is pending count once its time has come. `None`: nothing has.
pub(crate) fn mature(
    account: &Stored<Account>,
    fresh: Fresh,
    revision: Revision,
    now: Stamp,
) -> Option<Decision<()>> {
    let mut changed = account.value.clone();
    let mut told = Vec::new();
    let mut addresses = changed.contacts();
    if let Some(pending) = changed.pending_code.take_if(|pending| pending.from <= now) {
        if changed.security_code.is_none() {
            changed.security_code = Some(pending.credential);
        }
        told.push(Notice::SecurityCodeSet);
    }
    if let Some(pending) = changed.pending_email.take_if(|pending| pending.from <= now) {
        addresses.push(pending.credential.value.clone().into());
        set_email(&mut changed, pending.credential);
        told.push(Notice::EmailChanged);
    }
    if let Some(pending) = changed.pending_phone.take_if(|pending| pending.from <= now) {
        addresses.push(pending.credential.value.clone().into());
        set_phone(&mut changed, Some(pending.credential));
        told.push(Notice::PhoneChanged);
    }
    if told.is_empty() {
        return None;
    }
    changed.epoch = fresh.epoch;
    for what in told {
        note(&mut changed, what, None, now);
        notice::tell(&mut changed, &addresses, what, fresh.notices, now);
    }
    Some(update(account, changed, revision, |_| ()))
}

/// The account without a change of its e-mail or phone whose new address, with this key, somebody
/// else has confirmed meanwhile.
pub(crate) fn without_pending(
    account: &Stored<Account>,
    taken: &UniqueKey,
    notices: [u8; 16],
    revision: Revision,
    now: Stamp,
) -> Decision<()> {
    let mut changed = account.value.clone();
    let email = changed
        .pending_email
        .take_if(|pending| pending.from <= now && pending.credential.value.key() == *taken);
    let phone = changed
        .pending_phone
        .take_if(|pending| pending.from <= now && pending.credential.value.key() == *taken);
    let what = match (email, phone) {
        (Some(_), _) => Notice::EmailChangeFailed,
        (_, Some(_)) => Notice::PhoneChangeFailed,
        (None, None) => return Decision::without_write(()),
    };
    let addresses = changed.contacts();
    note(&mut changed, what, None, now);
    notice::tell(&mut changed, &addresses, what, notices, now);
    update(account, changed, revision, |_| ())
}

/// The account with a note that this flow was stopped, in a write of its own: whoever decided on it
/// before decides anew. `false`: the flow was not about it any more.
pub(crate) fn fence(
    account: &Stored<Account>,
    flow: &Flow,
    revision: Revision,
    now: Stamp,
) -> Decision<bool> {
    if !flow.is_about(&account.value) {
        return Decision::without_write(false);
    }
    let mut changed = account.value.clone();
    changed.remember(Activity::new(ActivityKind::Stopped, None, now));
    update(account, changed, revision, |_| true)
}

/// The account without its hint, because the reader of a notice said so; every flow is dead.
/// `false`: the account is not in the state any more in which the notice was written.
pub(crate) fn stop_hint(
    account: &Stored<Account>,
    epoch: Epoch,
    fresh: Fresh,
    revision: Revision,
    now: Stamp,
) -> Decision<bool> {
    if !account.value.epoch.matches(&epoch) || !account.value.is_live() {
        return Decision::without_write(false);
    }
    let mut changed = account.value.clone();
    changed.stop_hint();
    changed.pending_code = None;
    changed.epoch = fresh.epoch;
    let addresses = changed.contacts();
    note(&mut changed, Notice::HintChanged, None, now);
    notice::tell(
        &mut changed,
        &addresses,
        Notice::HintChanged,
        fresh.notices,
        now,
    );
    update(account, changed, revision, |_| true)
}

/// The account whose password does not count any more, because its owner said that something was
/// not them: every session and flow is dead, and a hint that was set lately is gone. An e-mail
/// change that the security code decided goes on.
///
/// `epoch`: that of the session or the notice. `label`: of the client. `reaches`: whether messages go
/// to an address.
pub(crate) fn void_password(
    account: &Stored<Account>,
    (epoch, label): (Epoch, Option<&str>),
    reaches: impl Fn(&Address) -> bool,
    fresh: Fresh,
    revision: Revision,
    now: Stamp,
    policy: &Policy,
) -> Decision<Disowned> {
    let has_way_back = account.value.has_way_back(policy, reaches);
    if account.value.is_closed() {
        return Decision::without_write(Disowned::Ended);
    }
    if !account.value.epoch.matches(&epoch) {
        // Said again, it is answered again; where there never was a password nothing was said.
        let was_voided = voids(&account.value).next().is_some();
        return Decision::without_write(match account.value.password_is_void && was_voided {
            true => Disowned::Void,
            false => Disowned::Ended,
        });
    }
    if !has_way_back {
        return Decision::without_write(Disowned::NoWayBack);
    }
    // Whoever can go on signing in must not undo each recovery by saying it again.
    let lately = |at: &Stamp| now.since(*at) < policy.changes.window;
    let recent: Vec<Stamp> = voids(&account.value)
        .map(|at| at.min(now))
        .filter(lately)
        .collect();
    if account.value.password_is_void && policy.changes.locked(&recent, now).is_some() {
        return Decision::without_write(Disowned::Void);
    }
    let mut changed = account.value.clone();
    changed.password_is_void = true;
    changed.pending_code = None;
    let mut told = drop_young(&mut changed, now, policy);
    told.push(Notice::PasswordVoided);
    changed.epoch = fresh.epoch;
    let addresses = changed.contacts();
    for what in told {
        note(&mut changed, what, label.map(str::to_owned), now);
        notice::tell(&mut changed, &addresses, what, fresh.notices, now);
    }
    update(account, changed, revision, |_| Disowned::Void)
}

/// When the password was voided, as far as that is remembered.
fn voids(account: &Account) -> impl Iterator<Item = Stamp> {
    let activity = account.activity.iter();
    activity
        .filter(|entry| entry.notice() == Some(Notice::PasswordVoided))
        .map(|entry| entry.at)
}

/// The account with the misses and sign-ins of a while. A hundred misses in a row stop the credential
/// (NIST SP 800-63B-4 §3.2.2): a hint is gone, a password signs in at known devices only. A lock is told
/// once a day, and so is a miss at the second factor.
///
/// The epoch stays: what strangers do ends nobody's session.
pub(crate) fn count(
    account: &Stored<Account>,
    noted: &Noted,
    notices: [u8; 16],
    revision: Revision,
    now: Stamp,
) -> Decision<()> {
    if account.value.is_closed() {
        return Decision::without_write(());
    }
    let mut changed = account.value.clone();
    for entry in &noted.activity {
        changed.remember(entry.clone());
    }
    let addresses = changed.contacts();
    for (method, tally) in &noted.tallies {
        for what in add(&mut changed, *method, *tally, now) {
            note(&mut changed, what, None, now);
            notice::tell(&mut changed, &addresses, what, notices, now);
        }
    }
    update(account, changed, revision, |_| ())
}

/// Adds a tally, and answers what is to be told of it.
fn add(changed: &mut Account, method: Method, tally: Tally, now: Stamp) -> Vec<Notice> {
    let was = if tally.was_right {
        0
    } else {
        changed.misses_of(method)
    };
    let misses = &mut changed.misses;
    let before = misses
        .lock_told_at
        .filter(|told_at| was_within(A_DAY, *told_at, now));
    let mut told = Vec::new();
    if tally.is_locked && before.is_none() {
        misses.lock_told_at = Some(now);
        told.push(Notice::Locked(method));
    }
    let is = was.saturating_add(tally.misses);
    let is_stopped = was < MOST_MISSES && MOST_MISSES <= is;
    match method {
        Method::CurrentPassword if !changed.password_is_void => {
            changed.misses.password = is;
            told.extend(is_stopped.then_some(Notice::PasswordStopped));
        }
        Method::HintQuestion if changed.has_answer() => {
            changed.misses.hint = is;
            if is_stopped {
                changed.stop_hint();
                told.push(Notice::HintStopped);
            }
        }
        Method::SecondFactor if changed.second_factor.is_some() => {
            changed.misses.second_factor = is;
            told.extend(is_stopped.then_some(Notice::SecondFactorStopped));
            // Whoever typed it has the password. A right code after it makes it a slip of the finger.
            let is_untold = !was_told(changed, Notice::SecondFactorMissed, A_DAY, now);
            if told.is_empty() && tally.misses > 0 && is_untold {
                told.push(Notice::SecondFactorMissed);
            }
        }
        Method::CurrentPassword
        | Method::HintQuestion
        | Method::SecondFactor
        | Method::Manager
        | Method::LinkedIdentity
        | Method::NewEmail
        | Method::NewPhone
        | Method::Phone
        | Method::SecurityCode
        | Method::SecurityEmail
        | Method::Support => {}
    }
    told
}

/// The account with something that every contact is told, and nothing changed. What was told
/// within the hour is not told again.
pub(crate) fn tell(
    account: &Stored<Account>,
    what: Notice,
    label: Option<String>,
    notices: [u8; 16],
    revision: Revision,
    now: Stamp,
) -> Decision<()> {
    if account.value.is_closed() {
        return Decision::without_write(());
    }
    // Each sign-in is a session of its own; of the rest one notice an hour is enough.
    let is_told_each_time = what == Notice::SignedInOnce;
    let was_told = !is_told_each_time
        && account
            .value
            .activity
            .iter()
            .rev()
            .filter_map(|entry| Some((entry.notice()?, entry.at)))
            // What was told before the last change concerned a flow that is dead.
            .take_while(|(told, _at)| !ends_flows(*told))
            .any(|(told, at)| notice::is_same_kind(told, what) && was_within(AN_HOUR, at, now));
    if was_told {
        return Decision::without_write(());
    }
    let mut changed = account.value.clone();
    let addresses = changed.contacts();
    note(&mut changed, what, label, now);
    notice::tell(&mut changed, &addresses, what, notices, now);
    update(account, changed, revision, |_| ())
}

/// Whether what is told came with a new epoch.
const fn ends_flows(what: Notice) -> bool {
    match what {
        Notice::AccountDeleted
        | Notice::AccountDisabled
        | Notice::AccountEnabled
        | Notice::BackupCodesReplaced
        | Notice::AccountRetired
        | Notice::EmailChanged
        | Notice::EmailChangedByManager
        | Notice::EmailChangeWaits(_)
        | Notice::HintChanged
        | Notice::ManagerChanged
        | Notice::ManagerEnded
        | Notice::IdentityLinked
        | Notice::IdentityUnlinked
        | Notice::PasswordChanged(_)
        | Notice::PasswordVoided
        | Notice::PhoneChanged
        | Notice::PhoneChangeWaits(_)
        | Notice::PhoneRemoved
        | Notice::SecondFactorEnrolled
        | Notice::SecondFactorRemoved
        | Notice::SecurityCodeSet
        | Notice::SecurityCodeWaits(_)
        | Notice::UserNameChanged => true,
        Notice::BackupCodeUsed(_)
        | Notice::CaseApproved(_)
        | Notice::CaseEnded
        | Notice::CaseObjected
        | Notice::CaseOpened(_)
        | Notice::CaseRefused
        | Notice::EmailChangeFailed
        | Notice::HintAnswered(_)
        | Notice::HintStopped
        | Notice::Locked(_)
        | Notice::PasswordStopped
        | Notice::SecondFactorMissed
        | Notice::PhoneChangeFailed
        | Notice::SecondFactorStopped
        | Notice::SecurityCodeUsed
        | Notice::SignedInOnce
        | Notice::SupportLinkSent => false,
    }
}

/// Whether something of this kind is in the activity of so long.
fn was_told(account: &Account, what: Notice, span: Duration, now: Stamp) -> bool {
    let told = account
        .activity
        .iter()
        .filter_map(|entry| Some((entry.notice()?, entry.at)));
    let mut told = told.filter(|(told, _at)| notice::is_same_kind(*told, what));
    told.any(|(_told, at)| was_within(span, at, now))
}

/// Whether that was so lately. A time that lies further ahead comes from a clock that was wrong.
fn was_within(span: Duration, at: Stamp, now: Stamp) -> bool {
    at <= now.plus(span) && now.since(at) < span
}
