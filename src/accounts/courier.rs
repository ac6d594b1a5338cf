//! The courier: sends mails with codes and notices, off the path of any request.

use std::{
    collections::HashSet,
    future::{Future, poll_fn},
    pin::pin,
    sync::{Arc, PoisonError},
    task::Poll,
    time::Duration,
};

use super::{
    Accounts,
    commit::OnAccount,
    outbox::{Cost, InHand, Job, TRIES},
};
use crate::{
    account::{Account, AccountId, DueNotice},
    audit::{Outcome, Verb},
    email::EmailAddress,
    error::Error,
    flow::{
        budget, change,
        code::Stop,
        decision::{Committed, Decision, Write},
        notice,
    },
    message::{Content, Message, MessageId, Notice, Url},
    policy::BudgetRule,
    record::Stored,
};

/// How often the store is asked for notices that are due, when nothing rings.
const PAUSE: Duration = Duration::from_secs(5);

/// How many accounts with notices are looked at in one pass.
const BATCH: usize = 64;

/// How many accounts are looked at in one pass at most. Our own number: at a millisecond each it
/// takes a quarter of a minute.
const MOST: usize = 16_384;

impl Accounts {
    /// A future that sends what is to be sent, until every clone of these accounts is gone. Spawn
    /// it on your runtime.
    ///
    /// `sleep`: the runtime's sleep.
    ///
    /// ```
    /// # use backstop::*;
    /// # fn example(accounts: &Accounts) {
    /// tokio::spawn(accounts.courier(tokio::time::sleep));
    /// # }
    /// ```
    pub fn courier<S, F>(&self, sleep: S) -> impl Future<Output = ()> + Send + use<S, F>
    where
        S: Fn(Duration) -> F + Send,
        F: Future<Output = ()> + Send,
    {
        let (weak, bell) = (Arc::downgrade(&self.inner), Arc::clone(&self.inner.bell));
        async move {
            while let Some(inner) = weak.upgrade() {
                // What fails is tried in the next pass; the audit hook has heard of it.
                let _next_pass = Self { inner }.deliver_due().await;
                either(sleep(PAUSE), bell.rung()).await;
            }
        }
    }

    /// One pass of the courier, for a host that has a timer of its own, and for tests: sends the
    /// mails with codes that wait, then the notices that are due, and makes what was pending count
    /// when its time has come.
    ///
    /// Answers how many messages were sent. Dropping it loses nothing: what it had in hand is done
    /// in a later pass.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] and the like: what was not sent is sent in a later pass.
    pub async fn deliver_due(&self) -> Result<usize, Error> {
        let mut entry = self.event(Verb::Deliver);
        let result = Box::pin(self.try_deliver()).await;
        if result.is_ok() {
            entry.outcome(Outcome::Accepted);
        }
        entry.end(result)
    }

    async fn try_deliver(&self) -> Result<usize, Error> {
        // What fails is told at the end: it keeps nothing else from being sent.
        let (mut sent, mut failed) = (0_usize, None);
        let mut count = |result: Result<usize, Error>| match result {
            Ok(more) => sent = sent.saturating_add(more),
            Err(error) => failed = Some(error),
        };
        // What fails is put back behind them.
        for _ in 0..self.inner.outbox.len() {
            let Some(held) = self.inner.outbox.next(self.now()) else {
                break;
            };
            count(self.deliver_code(held).await);
        }
        count(self.write_misses().await);
        // Those that fail stay in front: the others are behind them.
        let mut seen: HashSet<AccountId> = HashSet::new();
        while seen.len() < MOST {
            let limit = BATCH.saturating_add(seen.len());
            let mut due = self.inner.accounts.due(self.now().into(), limit).await?;
            due.retain(|id| seen.insert(id.clone()));
            for id in &due {
                count(self.deliver_notices(id).await);
            }
            if due.len() < BATCH {
                break;
            }
        }
        failed.map_or(Ok(sent), Err)
    }

    /// A message with a code, if its address may get one more today.
    async fn deliver_code(&self, mut held: InHand<'_>) -> Result<usize, Error> {
        let inner = &self.inner;
        let Some(job) = held.job() else {
            return Ok(0);
        };
        if job.tries == 0 && !self.pay(job).await? {
            held.done();
            return Ok(0);
        }
        job.tries = job.tries.saturating_add(1);
        let factor = 1_u32.checked_shl(job.tries).unwrap_or(u32::MAX);
        job.due = Some(self.now().plus(PAUSE.saturating_mul(factor)));
        match inner.sender.send(&job.message).await {
            Ok(()) => {
                held.done();
                Ok(1)
            }
            Err(error) if error.is_permanent() || job.tries >= TRIES => {
                self.event(Verb::Deliver).outcome(Outcome::NotSent);
                held.done();
                Ok(0)
            }
            Err(_later) => Ok(0),
        }
    }

    /// Spends each of its budgets for a job, once, also if an earlier pass did not hear that it had.
    /// `false`: nothing is left of one.
    async fn pay(&self, job: &Job) -> Result<bool, Error> {
        for cost in &job.costs {
            if !self.pay_once(cost, self.sends_to(job.message.to())).await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    async fn pay_once(&self, cost: &Cost, rule: BudgetRule) -> Result<bool, Error> {
        let key = cost.budget;
        let found = self.get(&key).await?;
        self.commit_flow(&key, found, |found, now, revision| {
            let mut paid = cost.paid.lock().unwrap_or_else(PoisonError::into_inner);
            if paid.is_some_and(|paid| found.is_some_and(|found| found.revision == paid)) {
                return Ok(Decision::without_write(true));
            }
            *paid = Some(revision);
            budget::spend(&key, found, &rule, now, revision)
        })
        .await
    }

    /// What is due for one account: first what was pending, then its notices. They are claimed
    /// before they are sent, so that several couriers send each once.
    async fn deliver_notices(&self, id: &AccountId) -> Result<usize, Error> {
        let Some(stored) = self.load(id).await? else {
            return Ok(0);
        };
        if stored.value.may_go() {
            return self.remove(stored).await;
        }
        let stored = self.mature(stored).await?;
        let stored = self.issue_link(stored).await?;
        let claimed = notice::claim(&stored, self.now(), self.revision()?);
        let Some(claimed) = claimed else {
            return Ok(0);
        };
        let claimed = match claimed.commit(self).await? {
            Committed::Done(claimed) => claimed,
            // Somebody else is at it.
            _ => return Ok(0),
        };
        let mut done: Vec<MessageId> = Vec::new();
        let mut sent = 0_usize;
        for waiting in claimed {
            if !self.may_send_to(&waiting.to) {
                let mut entry = self.event(Verb::Deliver);
                entry.account(id);
                entry.outcome(Outcome::NotSent);
                done.push(waiting.id);
                continue;
            }
            let Some(message) = self.notice_message(&stored.value, &waiting)? else {
                done.push(waiting.id);
                continue;
            };
            match self.inner.sender.send(&message).await {
                Ok(()) => {
                    sent = sent.saturating_add(1);
                    done.push(waiting.id);
                }
                Err(error) if error.is_permanent() || notice::is_given_up(&waiting) => {
                    let mut entry = self.event(Verb::Deliver);
                    entry.account(id);
                    entry.outcome(Outcome::NotSent);
                    done.push(waiting.id);
                }
                Err(_later) => {}
            }
        }
        if let Some(stored) = self.load(id).await?.filter(|_| !done.is_empty()) {
            let _gone = self
                .commit_account(stored, |account, _now, revision| {
                    notice::done(account, &done, revision)
                })
                .await?;
        }
        Ok(sent)
    }

    /// The record of a deleted account goes. Where that fails it is due again.
    async fn remove(&self, stored: Stored<Account>) -> Result<usize, Error> {
        let (id, was) = (stored.value.id().clone(), stored.revision);
        let removal = Decision::with(Write::RemoveAccount { id, was }, 0);
        Ok(match removal.commit(self).await? {
            Committed::Done(sent) => sent,
            Committed::Stale | Committed::Taken(_) => 0,
        })
    }

    /// The account with what was pending and counts now.
    async fn mature(&self, stored: Stored<Account>) -> Result<Stored<Account>, Error> {
        let fresh = self.fresh()?;
        let Some(decision) = change::mature(&stored, fresh, self.revision()?, self.now()) else {
            return Ok(stored);
        };
        let id = stored.value.id().clone();
        if let Committed::Taken(kind) = decision.commit(self).await? {
            // Somebody else has confirmed the address meanwhile.
            if let Some(taken) = stored.value.pending_key(kind) {
                let _gone: OnAccount<()> = self
                    .commit_account(stored.clone(), |account, now, revision| {
                        change::without_pending(account, &taken, fresh.notices, revision, now)
                    })
                    .await?;
            }
        }
        Ok(self.load(&id).await?.unwrap_or(stored))
    }

    /// `None`: there is nothing to tell any more.
    fn notice_message(
        &self,
        account: &Account,
        waiting: &DueNotice,
    ) -> Result<Option<Message>, Error> {
        let is_to = |address: &EmailAddress| waiting.to == *address;
        let is_link = waiting.notice == Notice::SupportLinkSent;
        let content = if is_link && account.case_address().is_some_and(is_to) {
            match self.support_link(account)? {
                Some(content) => content,
                None => return Ok(None),
            }
        } else {
            Content::Notice {
                notice: waiting.notice,
                at: waiting.at.into(),
                cancel: self.stop_link(account, waiting)?,
            }
        };
        // A mailbox that is not the account's is told no name.
        let may_be_another = is_link || waiting.notice == Notice::CaseRefused;
        let is_theirs = account.contacts().contains(&waiting.to);
        let name = (is_theirs || !may_be_another).then(|| account.login.clone());
        Ok(Some(Message {
            id: waiting.id,
            to: waiting.to.clone(),
            content,
            locale: account.locale,
            name,
            label: account.label_of(waiting).map(str::to_owned),
            catalogue: self.inner.texts.clone(),
        }))
    }

    fn support_link(&self, account: &Account) -> Result<Option<Content>, Error> {
        let inner = &self.inner;
        let found = account.case_link(self.now(), &inner.keys, &inner.policy)?;
        let with_base = found.zip(inner.link_base.as_deref());
        Ok(
            with_base.map(|((goal, link, until), base)| Content::SupportLink {
                goal,
                until: until.into(),
                link: Url::new(base, &format!("prove={}", link.expose())),
            }),
        )
    }

    /// The link that stops what the notice tells of, where that can be stopped.
    fn stop_link(&self, account: &Account, waiting: &DueNotice) -> Result<Option<Url>, Error> {
        let id = account.id().clone();
        let stop = match (waiting.notice, &account.case) {
            (Notice::HintAnswered(_), _) => Stop::Hint {
                account: id,
                epoch: account.epoch,
            },
            (Notice::CaseApproved(_) | Notice::CaseOpened(_), Some(case)) => Stop::Case {
                account: id,
                case: case.id,
            },
            // Only whoever is a contact today: an address that was one has no say any more.
            (notice, _) if notice.can_be_disowned() && account.contacts().contains(&waiting.to) => {
                Stop::NotMe {
                    account: id,
                    epoch: account.epoch,
                }
            }
            _ => return Ok(None),
        };
        let Some(base) = self.inner.link_base.as_deref() else {
            return Ok(None);
        };
        let link = stop.link(&self.inner.keys)?;
        Ok(Some(Url::new(base, &format!("cancel={}", link.expose()))))
    }
}

/// Until one of them is done.
async fn either(a: impl Future<Output = ()>, b: impl Future<Output = ()>) {
    let (mut a, mut b) = (pin!(a), pin!(b));
    poll_fn(|context| {
        if a.as_mut().poll(context).is_ready() || b.as_mut().poll(context).is_ready() {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
}
