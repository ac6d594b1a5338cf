//! Support cases.
//!
//! ```text
//!  open ──▶ open ──approve, approve──▶ waiting ──its time──▶ link sent ──follow, apply──▶ ended
//!            ▲  └─refuse▶ ended           │ │                   │ └─ expired: approve ▶ a new link
//!            └───────── the first objection ┴───────────────────┘
//! ```
//!
//! A case is not bound to the epoch of its account: the owner goes on using it meanwhile. A use of
//! the security code ends it, unless the account is to be retired because that was stolen.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{
    change::{Fresh, close, note, update},
    code::Code,
    decision::Decision,
    notice,
    session::{Sealed, seal, unseal, within},
    state::{Flow, FlowId, NewEmail},
};
use crate::{
    account::{Account, AccountId, Method},
    address::Address,
    clock::Stamp,
    email::EmailAddress,
    error::Error,
    message::{Notice, Until},
    policy::{Change, Policy, SupportRules},
    record::{Revision, Stored},
    secret::Link,
    service_key::{KeyId, Mac, ServiceKey},
    support::{Actor, Case, CaseId, CaseLink, CaseRecord, CaseState, Goal, Step},
};

/// So long after a case was approved another link is sent without approving it anew. Our own number.
const A_WEEK: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// What became of a request.
pub(crate) enum Opened {
    Another(Case),
    NoAccount,
    This(Case),
    Unfit,
}

/// What became of an approval.
pub(crate) enum Approved {
    /// As the case is now, with whatever approvals it has.
    Case(Case),
    /// Somebody objected since it was read.
    Changed(Case),
    Ended,
    Retired,
}

/// The case as an agent sees it.
pub(crate) fn seen(account: &Account, policy: &Policy) -> Option<Case> {
    let record = account.case.as_ref()?;
    let rules = &policy.support;
    let state = match (record.until, record.link) {
        (None, _) => CaseState::Open {
            lacks: rules.agents().saturating_sub(record.approvals.len()),
        },
        (Some(until), None) => CaseState::Waiting {
            until: until.into(),
        },
        (Some(_), Some(link)) => CaseState::LinkSent {
            until: link.made_at.plus(rules.link_life).into(),
        },
    };
    Some(Case {
        account: account.id.clone(),
        record: Box::new(record.clone()),
        state,
    })
}

/// The account with a case.
pub(crate) fn open(
    account: &Stored<Account>,
    new: &CaseRecord,
    fresh: Fresh,
    revision: Revision,
    now: Stamp,
    policy: &Policy,
) -> Decision<Opened> {
    if account.value.deleted_at.is_some() {
        return Decision::without_write(Opened::NoAccount);
    }
    if let Some(case) = seen(&account.value, policy) {
        // Also after a lost answer.
        let answer = match case.id() == new.id {
            true => Opened::This(case),
            false => Opened::Another(case),
        };
        return Decision::without_write(answer);
    }
    if !fits(&account.value, new) {
        return Decision::without_write(Opened::Unfit);
    }
    let mut changed = account.value.clone();
    changed.case = Some(new.clone());
    let what = Notice::CaseOpened(new.goal);
    tell_contacts(&mut changed, what, fresh, now);
    with_case(account, changed, revision, policy, |case| {
        case.map_or(Opened::Unfit, Opened::This)
    })
}

/// Whether the account has what the case is about.
fn fits(account: &Account, new: &CaseRecord) -> bool {
    if account.is_closed() {
        return false;
    }
    let present = account.email.as_ref().map(|email| &email.value);
    match new.goal {
        Goal::NewEmail => new.new_email.as_ref() != present,
        Goal::NewPassword => present.is_some(),
        Goal::RemoveSecondFactor => present.is_some() && account.second_factor.is_some(),
        Goal::Retire => true,
    }
}

/// The account with one approval more; retired, if that is what all of them are for.
pub(crate) fn approve(
    account: &Stored<Account>,
    read: &Case,
    by: &Actor,
    fresh: Fresh,
    revision: Revision,
    now: Stamp,
    policy: &Policy,
) -> Decision<Approved> {
    let rules = &policy.support;
    let mut changed = account.value.clone();
    let Some(case) = changed.case.as_mut().filter(|case| case.id == read.id()) else {
        // Also after a lost answer.
        let is_retired = read.goal() == Goal::Retire && account.value.retired_at.is_some();
        return Decision::without_write(match is_retired {
            true => Approved::Retired,
            false => Approved::Ended,
        });
    };
    let as_it_is = |reply: fn(Case) -> Approved| {
        let case = seen(&account.value, policy);
        Decision::without_write(case.map_or(Approved::Ended, reply))
    };
    if case.objected_at != read.record.objected_at {
        return as_it_is(Approved::Changed);
    }
    if let Some(until) = case.until {
        let is_over = case.link.is_some_and(|link| !is_good(&link, now, rules));
        if !is_over {
            return as_it_is(Approved::Case);
        }
        case.link = None;
        if now.since(until) < A_WEEK {
            return with_case(account, changed, revision, policy, reply);
        }
        back_to_agents(case);
    }
    if case.approvals.iter().any(|approval| approval.by == *by) {
        return as_it_is(Approved::Case);
    }
    case.approvals.push(Step {
        by: by.clone(),
        at: now,
    });
    if case.approvals.len() < rules.agents() {
        return with_case(account, changed, revision, policy, reply);
    }
    let goal = case.goal;
    if goal == Goal::Retire {
        retire(&mut changed, fresh, now);
        return update(account, changed, revision, |_| Approved::Retired);
    }
    let until = now.plus(rules.wait_of(goal));
    case.until = Some(until);
    if until > now {
        let what = Notice::CaseApproved(Until(until));
        tell_contacts(&mut changed, what, fresh, now);
    }
    with_case(account, changed, revision, policy, reply)
}

fn reply(case: Option<Case>) -> Approved {
    case.map_or(Approved::Ended, Approved::Case)
}

/// The account without this case, which support does not grant. `false`: it has ended already.
///
/// Whoever waits at a new address is told there as well.
pub(crate) fn refuse(
    account: &Stored<Account>,
    id: CaseId,
    fresh: Fresh,
    revision: Revision,
    now: Stamp,
) -> Decision<bool> {
    let mut changed = account.value.clone();
    let Some(case) = changed.case.take_if(|case| case.id == id) else {
        return Decision::without_write(false);
    };
    forget_link(&mut changed);
    let addresses = [
        changed.contacts(),
        Vec::from_iter(case.new_email.map(Address::from)),
    ]
    .concat();
    note(&mut changed, Notice::CaseRefused, None, now);
    let what = Notice::CaseRefused;
    notice::tell(&mut changed, &addresses, what, fresh.notices, now);
    update(account, changed, revision, |_| true)
}

/// The account whose case goes back to the agents, because the reader of a notice said so. That is
/// no veto: once the agents have heard it and approved again, it does not stop them a second time.
/// `false`: there is nothing to stop any more.
pub(crate) fn object(
    account: &Stored<Account>,
    id: CaseId,
    fresh: Fresh,
    revision: Revision,
    now: Stamp,
) -> Decision<bool> {
    let mut changed = account.value.clone();
    let Some(case) = changed.case.as_mut().filter(|case| case.id == id) else {
        return Decision::without_write(false);
    };
    if case.objected_at.is_some() {
        return Decision::without_write(case.approvals.is_empty());
    }
    case.objected_at = Some(now);
    back_to_agents(case);
    forget_link(&mut changed);
    tell_contacts(&mut changed, Notice::CaseObjected, fresh, now);
    update(account, changed, revision, |_| true)
}

/// Makes the link of a case whose time has come, and has it mailed. `None`: none has.
///
/// `may_act`: whether who approved it may still act on this account; else it goes back to the
/// agents.
pub(crate) fn issue(
    account: &Stored<Account>,
    link: (KeyId, [u8; 16]),
    may_act: impl Fn(&Actor) -> bool,
    fresh: Fresh,
    revision: Revision,
    now: Stamp,
) -> Option<Decision<()>> {
    let mut changed = account.value.clone();
    let case = changed.case.as_mut();
    let case = case.filter(|case| case.due().is_some_and(|due| due <= now))?;
    let to = account.value.case_address().cloned();
    let stands = case.approvals.iter().all(|approval| may_act(&approval.by));
    let Some(to) = to.filter(|_| stands) else {
        back_to_agents(case);
        return Some(update(account, changed, revision, |_| ()));
    };
    let (key, bits) = link;
    case.link = Some(CaseLink {
        key,
        bits,
        made_at: now,
    });
    let (mut addresses, to) = (account.value.contacts(), Address::from(to));
    if !addresses.contains(&to) {
        addresses.push(to);
    }
    forget_link(&mut changed);
    note(&mut changed, Notice::SupportLinkSent, None, now);
    let what = Notice::SupportLinkSent;
    notice::tell(&mut changed, &addresses, what, fresh.notices, now);
    Some(update(account, changed, revision, |_| ()))
}

fn back_to_agents(case: &mut CaseRecord) {
    case.approvals.clear();
    (case.until, case.link) = (None, None);
}

/// Another security e-mail: what was approved for the reader of the one before goes back to the
/// agents.
pub(super) fn readdress(account: &mut Account) {
    let is_to_present = |case: &&mut CaseRecord| {
        let by_link = matches!(case.goal, Goal::NewPassword | Goal::RemoveSecondFactor);
        by_link && case.new_email.is_none()
    };
    if let Some(case) = account.case.as_mut().filter(is_to_present) {
        back_to_agents(case);
        forget_link(account);
    }
}

/// A mail with a link that is not out yet stays here.
fn forget_link(account: &mut Account) {
    let is_other = |what: Notice| what != Notice::SupportLinkSent;
    account.notices.retain(|waiting| is_other(waiting.notice));
}

/// The end of the account, by support: nobody signs in to it or restores it ever again.
fn retire(account: &mut Account, fresh: Fresh, now: Stamp) {
    let contacts = account.contacts();
    account.retired_at = Some(now);
    close(account);
    account.epoch = fresh.epoch;
    // Its record stays for ever, so it keeps no more than it has to.
    (account.email, account.phone, account.manager) = (None, None, None);
    (account.hint, account.second_factor) = (None, None);
    account.history.clear();
    let what = Notice::AccountRetired;
    note(account, what, None, now);
    notice::tell(account, &contacts, what, fresh.notices, now);
}

/// The account without the case that its owner has ended by using the security code. A stolen code
/// does not end the case that is about that.
pub(super) fn end_by_owner(account: &mut Account) -> bool {
    let ended = account.case.take_if(|case| case.goal != Goal::Retire);
    if ended.is_some() {
        forget_link(account);
    }
    ended.is_some()
}

fn tell_contacts(account: &mut Account, what: Notice, fresh: Fresh, now: Stamp) {
    let contacts = account.contacts();
    note(account, what, None, now);
    notice::tell(account, &contacts, what, fresh.notices, now);
}

fn with_case<R>(
    account: &Stored<Account>,
    changed: Account,
    revision: Revision,
    policy: &Policy,
    reply: impl FnOnce(Option<Case>) -> R,
) -> Decision<R> {
    update(account, changed, revision, |changed| {
        reply(seen(&changed, policy))
    })
}

fn is_good(link: &CaseLink, now: Stamp, rules: &SupportRules) -> bool {
    within(link.made_at, rules.link_life, now)
}

/// What stands in a link. The outer seal keeps those who try texts from learning which accounts
/// there are; the MAC is out of bits that lie in the account alone.
#[derive(Serialize, Deserialize)]
pub(crate) struct Claims {
    pub(crate) account: AccountId,
    case: CaseId,
    mac: Mac,
}

impl Claims {
    pub(crate) fn read(link: &Link, keys: &ServiceKey) -> Option<Self> {
        unseal(Sealed::Support, link.expose(), keys)
    }
}

impl Account {
    /// Where the link of the case goes.
    pub(crate) fn case_address(&self) -> Option<&EmailAddress> {
        let case = self.case.as_ref()?;
        let present = self.email.as_ref().map(|email| &email.value);
        case.new_email.as_ref().or(present)
    }

    /// The link of the case, while it is good.
    pub(crate) fn case_link(
        &self,
        now: Stamp,
        keys: &ServiceKey,
        policy: &Policy,
    ) -> Result<Option<(Goal, Link, Stamp)>, Error> {
        let Some((case, link)) = self.linked_case(now, policy) else {
            return Ok(None);
        };
        let claims = Claims {
            account: self.id.clone(),
            case: case.id,
            mac: self.link_mac(case, &link, keys)?,
        };
        let text = seal(Sealed::Support, &claims, keys).map(Link::from_text)?;
        let until = link.made_at.plus(policy.support.link_life);
        Ok(Some((case.goal, text, until)))
    }

    fn linked_case(&self, now: Stamp, policy: &Policy) -> Option<(&CaseRecord, CaseLink)> {
        let case = self.case.as_ref()?;
        let link = case.link.filter(|link| is_good(link, now, &policy.support));
        Some((case, link?))
    }

    fn link_mac(
        &self,
        case: &CaseRecord,
        link: &CaseLink,
        keys: &ServiceKey,
    ) -> Result<Mac, Error> {
        let to = self.case_address().map_or("", EmailAddress::as_str);
        let parts: [&[u8]; 5] = [
            b"support link",
            &link.bits,
            case.id.as_bytes(),
            self.id.as_str().as_bytes(),
            to.as_bytes(),
        ];
        keys.code(link.key, &parts).ok_or(Error::UnknownKey)
    }

    /// The flow that a link leads to, and what it proves, while the link is good.
    ///
    /// `bits`: of a code that nobody is sent.
    pub(crate) fn flow_of_case(
        &self,
        claims: &Claims,
        id: FlowId,
        bits: [u8; 16],
        now: Stamp,
        keys: &ServiceKey,
        policy: &Policy,
    ) -> Result<Option<(Flow, Vec<Method>)>, Error> {
        let Some((case, link)) = self.linked_case(now, policy) else {
            return Ok(None);
        };
        let is_right = self.link_mac(case, &link, keys)?.matches(&claims.mac);
        if claims.account != self.id || claims.case != case.id || !is_right {
            return Ok(None);
        }
        let mut flow = Flow::of_case(self, case.id, id, link.made_at);
        let mut proves = vec![Method::Support];
        if let Some(address) = case.new_email.clone() {
            let code = Code::new(keys, bits, now);
            flow.new_email = Some(NewEmail { address, code });
            proves.push(Method::NewEmail);
        }
        Ok(Some((flow, proves)))
    }

    /// Whether this is the case, and its link the one that was made then.
    pub(super) fn has_case(&self, id: CaseId, made_at: Stamp) -> bool {
        self.case.as_ref().is_some_and(|case| {
            case.id == id && case.link.is_some_and(|link| link.made_at == made_at)
        })
    }

    /// Whether the case is about these changes: a new password beside a new address, never instead
    /// of it.
    pub(super) fn case_buys(&self, changes: &[Change]) -> bool {
        let Some(case) = &self.case else {
            return false;
        };
        let (needed, others): (Change, &[Change]) = match case.goal {
            Goal::NewEmail => (Change::Email, &[Change::Password]),
            Goal::NewPassword => (Change::Password, &[]),
            Goal::RemoveSecondFactor => (Change::RemoveSecondFactor, &[]),
            Goal::Retire => return false,
        };
        let is_bought = |change: &Change| *change == needed || others.contains(change);
        changes.contains(&needed) && changes.iter().all(is_bought)
    }
}
