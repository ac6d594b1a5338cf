//! The links in mails: one proves what it was mailed for, one stops it.

use super::{
    Accounts, Prove, Stopped,
    commit::OnAccount,
    compromise::outcome,
    prove::{accepted_or_expired, address_of, note},
};
use crate::{
    account::{AccountId, Epoch},
    audit::{Entry, Reason, Verb},
    clock::Stamp,
    error::Error,
    flow::{
        case::Claims,
        change,
        code::{OpenedLink, Stop, Target},
        decision::Decision,
        state::{self, Flow, FlowId},
    },
    secret::Link,
    session::Session,
};

impl Accounts {
    /// Proves what a link out of a mail proves. A link is not spent by it: it is good until the
    /// change is made, or its 24 hours are over; one of a support case for the hour that
    /// [`SupportRules`](crate::policy::SupportRules) gives it.
    ///
    /// `link`: what stood behind `#prove=` on the page that it opened. `session`: the session of
    /// the browser that opened it, if it has one. A link of a recovery works without one; one of a
    /// change in a session works in that session alone.
    ///
    /// # Errors
    ///
    /// As [`sign_in`](Self::sign_in).
    pub async fn follow(&self, link: &Link, session: Option<&Session>) -> Result<Prove, Error> {
        let mut entry = self.event(Verb::Follow);
        let result = Box::pin(self.try_follow(&mut entry, link, session)).await;
        note(&mut entry, &result, Reason::WrongCode);
        entry.end(result)
    }

    async fn try_follow(
        &self,
        entry: &mut Entry<'_>,
        link: &Link,
        session: Option<&Session>,
    ) -> Result<Prove, Error> {
        let inner = &self.inner;
        if let Some(claims) = Claims::read(link, &inner.keys) {
            return self.follow_case(entry, &claims).await;
        }
        let Some(link) = OpenedLink::read(link) else {
            return Ok(Prove::Expired);
        };
        entry.method(link.method);
        let Some(opened) = self.open_link(entry, link.flow).await? else {
            return Ok(Prove::Expired);
        };
        let is_open = match &opened.flow.entry {
            // Its mails have no link to follow.
            state::Entry::Case(_) | state::Entry::Manager(_) => false,
            state::Entry::Name(_) => true,
            state::Entry::Session(id) => session.map(Session::id) == Some(*id),
        };
        if !is_open {
            return Ok(Prove::Expired);
        }
        let Some(met) = self.meet(entry, &opened).await? else {
            return Ok(Prove::Expired);
        };
        let account = met.account()?.id();
        // The address may be another one by the time this is written, and then so is its code.
        let linked_at = |flow: &Flow| -> Result<Option<Stamp>, Error> {
            let Some(address) = address_of(flow, &met, link.method) else {
                return Ok(None);
            };
            let target = Target {
                method: link.method,
                account,
                address: &address,
            };
            for code in flow.linked(link.method) {
                let is_good = code.is_good(link.method, self.now(), &inner.policy);
                if is_good && code.is_linked_by(&link, target, &inner.keys)? {
                    return Ok(Some(code.made_at()));
                }
            }
            Ok(None)
        };
        let Some(made_at) = linked_at(&opened.flow)? else {
            return Ok(Prove::Expired);
        };
        if !self.is_pending(&opened, &met, link.method).await? {
            return Ok(Prove::Expired);
        }
        if matches!(opened.flow.entry, state::Entry::Name(_)) {
            // Perhaps a stranger began it and still has its ticket, or it has proofs that are not
            // the reader's: this one goes on alone.
            let ticket = self.fork(&opened, link.method, made_at).await?;
            self.note_proved(&opened, &met, link.method, None);
            return Ok(Prove::Accepted(ticket));
        }
        let ticket = self.new_ticket(&opened.flow)?;
        let accepted = self
            .step(&opened, &met, |flow| {
                Ok(if linked_at(&flow)?.is_some() {
                    (flow.accept(link.method, &ticket), true)
                } else {
                    (flow, false)
                })
            })
            .await?;
        let ticket = (accepted == Some(true)).then_some(ticket.ticket);
        Ok(accepted_or_expired(ticket))
    }

    /// Stops what the link in a mail says can be stopped: a change of the e-mail that is not made
    /// yet, a hint answer that waits, or a support case, which goes back to the agents: that is an
    /// objection and no veto. The link in a notice of something that was done voids the password, as
    /// [`report_compromise`](Self::report_compromise) does; it is good until a credential changes.
    ///
    /// `link`: what stood behind `#cancel=` on the page that it opened. Let the reader confirm it
    /// there: a program that opens the links in mails should not.
    ///
    /// # Errors
    ///
    /// [`Error::Store`], [`Error::Record`], [`Error::Contended`]: try again.
    pub async fn cancel(&self, link: &Link) -> Result<Stopped, Error> {
        let mut entry = self.event(Verb::Cancel);
        let result = match Stop::read(link, &self.inner.keys) {
            None => Ok(Stopped::Ended),
            Some(Stop::Case { account, case }) => {
                entry.account(&account);
                self.object(&account, case).await
            }
            Some(Stop::Flow(id)) => self.stop_flow(&mut entry, id).await,
            Some(Stop::Hint { account, epoch }) => {
                entry.account(&account);
                self.stop_hint(&account, epoch).await
            }
            Some(Stop::NotMe { account, epoch }) => {
                entry.account(&account);
                Box::pin(self.void_password(&account, epoch, None)).await
            }
        };
        if let Ok(stopped) = result {
            entry.outcome(outcome(stopped));
        }
        entry.end(result)
    }

    async fn stop_flow(&self, entry: &mut Entry<'_>, id: FlowId) -> Result<Stopped, Error> {
        let Some(opened) = self.open_link(entry, id).await? else {
            return Ok(Stopped::Ended);
        };
        let (key, flow) = (opened.key, opened.flow);
        // It stays until it has had its time: whoever stops it again, after a failure, goes on here.
        let stopped = flow.stopped(&self.new_ticket(&flow)?);
        let policy = &self.inner.policy;
        let is_stopped = self
            .commit_flow(&key, opened.record, |found, now, revision| {
                Ok(match found {
                    Some(_) => stopped.keep(&key, found, revision, now, policy, true),
                    None => Decision::without_write(false),
                })
            })
            .await?;
        let account = match &flow.subject {
            Some(subject) if is_stopped => self.load(&subject.account).await?,
            _ => None,
        };
        let Some(account) = account else {
            return Ok(Stopped::Ended);
        };
        // Whoever is making the change at this moment meets this write, and finds no flow.
        let stopped = self
            .commit_account(account, |account, now, revision| {
                change::fence(account, &flow, revision, now)
            })
            .await?;
        Ok(match stopped {
            OnAccount::Done(true) => Stopped::Stopped,
            OnAccount::Done(false) | OnAccount::Gone | OnAccount::Taken(_) => Stopped::Ended,
        })
    }

    async fn stop_hint(&self, account: &AccountId, epoch: Epoch) -> Result<Stopped, Error> {
        let found = self.load(account).await?;
        let Some(stored) = found else {
            return Ok(Stopped::Ended);
        };
        let fresh = self.fresh()?;
        let stopped = self
            .commit_account(stored, |account, now, revision| {
                change::stop_hint(account, epoch, fresh, revision, now)
            })
            .await?;
        self.inner.bell.ring();
        Ok(match stopped {
            OnAccount::Done(true) => Stopped::Stopped,
            OnAccount::Done(false) | OnAccount::Gone | OnAccount::Taken(_) => Stopped::Ended,
        })
    }
}
