//! Support cases: what agents do, and the link that comes of it.

use super::{Accounts, Approve, OpenCase, Prove, ReadCase, RefuseCase, Stopped, commit::OnAccount};
use crate::{
    account::{Account, AccountId},
    audit::{Entry, Outcome, Verb},
    error::Error,
    flow::{
        case::{self, Approved, Claims, Opened},
        state::FlowId,
    },
    record::Stored,
    support::{Actor, Agent, Case, CaseId, CaseRecord, CaseRequest},
};

impl Accounts {
    /// Opens a case: somebody says that they cannot get into this account any more, and an agent
    /// has looked at what speaks for them. Every contact is told, with a link to object. An account
    /// has one case at a time.
    ///
    /// `agent`: who acts. `account`: whose account it is said to be. `request`: to what end, by
    /// which rules and on what evidence.
    ///
    /// ```
    /// # use backstop::{*, support::*};
    /// # async fn example(accounts: Accounts, staff: Session, account: AccountId) -> Result<(), Box<dyn std::error::Error>> {
    /// let agent = Agent::signed_in(&staff);
    /// let evidence = Evidence::new(vec!["dms/2026/invoice-1183".parse()?])?;
    /// let new = "alice@new.example".parse()?;
    /// let request = CaseRequest::new_email(new, "rules/lost-mailbox-3".parse()?, evidence);
    /// if let OpenCase::Opened(case) = accounts.open_case(&agent, &account, request).await? {
    ///     let _approved = accounts.approve(&agent, &case).await?;
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::NotOffered`] without [`Builder::may_act`](crate::Builder::may_act);
    /// [`Error::Store`], [`Error::Record`], [`Error::Contended`], [`Error::Entropy`]: nothing was
    /// opened, or, where the store lost its answer, the same call tells that it was.
    pub async fn open_case(
        &self,
        agent: &Agent,
        account: &AccountId,
        request: CaseRequest,
    ) -> Result<OpenCase, Error> {
        let mut entry = self.event_by(Verb::OpenCase, agent, account);
        let result = Box::pin(self.try_open_case(agent, account, request)).await;
        if let Ok(opened) = &result {
            entry.outcome(match opened {
                OpenCase::AlreadyOpen(_) | OpenCase::Unfit => Outcome::Unfit,
                OpenCase::NoAccount => Outcome::Ended,
                OpenCase::NotAllowed => Outcome::NotAllowed,
                OpenCase::Opened(_) => Outcome::Accepted,
            });
        }
        entry.end(result)
    }

    async fn try_open_case(
        &self,
        agent: &Agent,
        account: &AccountId,
        request: CaseRequest,
    ) -> Result<OpenCase, Error> {
        if !self.may(agent, account).await? {
            return Ok(OpenCase::NotAllowed);
        }
        let Some(stored) = self.load(account).await? else {
            return Ok(OpenCase::NoAccount);
        };
        let (inner, fresh) = (&self.inner, self.fresh()?);
        let id = CaseId::from_random(inner.entropy.draw()?);
        let new = CaseRecord::new(id, agent.actor(), request, self.now());
        let opened = self
            .commit_account(stored, |account, now, revision| {
                case::open(account, &new, fresh, revision, now, &inner.policy)
            })
            .await?;
        inner.bell.ring();
        Ok(match opened {
            OnAccount::Done(Opened::Another(case)) => OpenCase::AlreadyOpen(case),
            OnAccount::Done(Opened::This(case)) => OpenCase::Opened(case),
            OnAccount::Done(Opened::Unfit) => OpenCase::Unfit,
            OnAccount::Done(Opened::NoAccount) | OnAccount::Gone | OnAccount::Taken(_) => {
                OpenCase::NoAccount
            }
        })
    }

    /// The case of this account, for an agent who may act on it.
    ///
    /// # Errors
    ///
    /// As [`open_case`](Self::open_case).
    pub async fn read_case(&self, agent: &Agent, account: &AccountId) -> Result<ReadCase, Error> {
        let mut entry = self.event_by(Verb::ReadCase, agent, account);
        let result = Box::pin(self.try_read_case(agent, account)).await;
        if let Ok(read) = &result {
            entry.outcome(match read {
                ReadCase::NoCase => Outcome::Ended,
                ReadCase::NotAllowed => Outcome::NotAllowed,
                ReadCase::Found(_) => Outcome::Accepted,
            });
        }
        entry.end(result)
    }

    async fn try_read_case(&self, agent: &Agent, account: &AccountId) -> Result<ReadCase, Error> {
        if !self.may(agent, account).await? {
            return Ok(ReadCase::NotAllowed);
        }
        let found = self.load(account).await?;
        let case = found.and_then(|found| case::seen(&found.value, &self.inner.policy));
        Ok(case.map_or(ReadCase::NoCase, ReadCase::Found))
    }

    /// Approves a case, as it was read. When as many agents have as the policy asks for
    /// ([`SupportRules`](crate::policy::SupportRules)) the courier mails the link, after the wait
    /// that the goal has; an account that is to be retired is retired at once.
    ///
    /// To approve it again, once its link has expired, has another one sent.
    ///
    /// # Errors
    ///
    /// As [`open_case`](Self::open_case).
    pub async fn approve(&self, agent: &Agent, case: &Case) -> Result<Approve, Error> {
        let mut entry = self.event_by(Verb::Approve, agent, case.account());
        let result = Box::pin(self.try_approve(agent, case)).await;
        if let Ok(approve) = &result {
            entry.outcome(match approve {
                Approve::Approved(_) | Approve::Retired => Outcome::Accepted,
                Approve::Changed(_) => Outcome::Unfit,
                Approve::Ended => Outcome::Ended,
                Approve::NotAllowed => Outcome::NotAllowed,
            });
        }
        entry.end(result)
    }

    async fn try_approve(&self, agent: &Agent, case: &Case) -> Result<Approve, Error> {
        if !self.may(agent, case.account()).await? {
            return Ok(Approve::NotAllowed);
        }
        let Some(stored) = self.load(case.account()).await? else {
            return Ok(Approve::Ended);
        };
        let (inner, fresh) = (&self.inner, self.fresh()?);
        let approved = self
            .commit_account(stored, |account, now, revision| {
                let (by, policy) = (agent.actor(), &inner.policy);
                case::approve(account, case, by, fresh, revision, now, policy)
            })
            .await?;
        inner.bell.ring();
        Ok(match approved {
            OnAccount::Done(Approved::Case(case)) => Approve::Approved(case),
            OnAccount::Done(Approved::Changed(case)) => Approve::Changed(case),
            OnAccount::Done(Approved::Retired) => Approve::Retired,
            OnAccount::Done(Approved::Ended) | OnAccount::Gone | OnAccount::Taken(_) => {
                Approve::Ended
            }
        })
    }

    /// Refuses a case, at any time before its link was used. Every contact is told, and the new
    /// address if there is one: what remains to its reader is a new account.
    ///
    /// # Errors
    ///
    /// As [`open_case`](Self::open_case).
    pub async fn refuse(&self, agent: &Agent, case: &Case) -> Result<RefuseCase, Error> {
        let mut entry = self.event_by(Verb::Refuse, agent, case.account());
        let result = Box::pin(self.try_refuse(agent, case)).await;
        if let Ok(refuse) = &result {
            entry.outcome(match refuse {
                RefuseCase::Ended => Outcome::Ended,
                RefuseCase::NotAllowed => Outcome::NotAllowed,
                RefuseCase::Refused => Outcome::Accepted,
            });
        }
        entry.end(result)
    }

    async fn try_refuse(&self, agent: &Agent, case: &Case) -> Result<RefuseCase, Error> {
        if !self.may(agent, case.account()).await? {
            return Ok(RefuseCase::NotAllowed);
        }
        let Some(stored) = self.load(case.account()).await? else {
            return Ok(RefuseCase::Ended);
        };
        let fresh = self.fresh()?;
        let refused = self
            .commit_account(stored, |account, now, revision| {
                case::refuse(account, case.id(), fresh, revision, now)
            })
            .await?;
        self.inner.bell.ring();
        Ok(match refused {
            OnAccount::Done(true) => RefuseCase::Refused,
            OnAccount::Done(false) | OnAccount::Gone | OnAccount::Taken(_) => RefuseCase::Ended,
        })
    }

    fn event_by(&self, verb: Verb, agent: &Agent, account: &AccountId) -> Entry<'_> {
        let mut entry = self.event(verb);
        entry.actor(agent.actor());
        entry.account(account);
        entry
    }

    /// Whether this agent may act on this account, at this moment.
    ///
    /// # Errors
    ///
    /// [`Error::NotOffered`] where the host has not said who may.
    async fn may(&self, agent: &Agent, account: &AccountId) -> Result<bool, Error> {
        let may_act = self.inner.may_act.as_ref().ok_or(Error::NotOffered)?;
        if !is_another(agent.actor(), account) || !may_act(agent.actor(), account) {
            return Ok(false);
        }
        let (Actor::Account(id), Some(epoch)) = (agent.actor(), agent.epoch) else {
            return Ok(true);
        };
        // Nobody acts whose session has ended.
        let own = self.load(id).await?;
        Ok(own.is_some_and(|own| own.value.epoch.matches(&epoch)))
    }

    /// Makes and mails the link of a case whose time has come, and answers with the account as it is
    /// then.
    pub(super) async fn issue_link(
        &self,
        stored: Stored<Account>,
    ) -> Result<Stored<Account>, Error> {
        let inner = &self.inner;
        let due = stored.value.case.as_ref().and_then(|case| case.due());
        if due.is_none_or(|due| due > self.now()) {
            return Ok(stored);
        }
        let id = stored.value.id().clone();
        let (link, fresh) = ((inner.keys.current(), inner.entropy.draw()?), self.fresh()?);
        let may_act = |actor: &Actor| {
            let hook = inner.may_act.as_ref();
            is_another(actor, &id) && hook.is_some_and(|may_act| may_act(actor, &id))
        };
        let decision = case::issue(&stored, link, may_act, fresh, self.revision()?, self.now());
        if let Some(decision) = decision {
            // If somebody else was at it the next pass looks again.
            let _committed = decision.commit(self).await?;
        }
        Ok(self.load(&id).await?.unwrap_or(stored))
    }

    /// What the link of a case proves.
    pub(super) async fn follow_case(
        &self,
        entry: &mut Entry<'_>,
        claims: &Claims,
    ) -> Result<Prove, Error> {
        let (inner, now) = (&self.inner, self.now());
        entry.account(&claims.account);
        let Some(stored) = self.load(&claims.account).await? else {
            return Ok(Prove::Expired);
        };
        let id = FlowId::from_random(inner.entropy.draw()?);
        let (keys, policy) = (&inner.keys, &inner.policy);
        let bits = inner.entropy.draw()?;
        let found = stored
            .value
            .flow_of_case(claims, id, bits, now, keys, policy)?;
        let Some((mut flow, proves)) = found else {
            return Ok(Prove::Expired);
        };
        let ticket = self.new_ticket(&flow)?;
        for method in proves {
            flow = flow.accept(method, &ticket);
        }
        let key = id.key(keys);
        self.commit_flow(&key, None, |found, now, revision| {
            Ok(flow.keep(&key, found, revision, now, policy, ()))
        })
        .await?;
        Ok(Prove::Accepted(ticket.ticket))
    }

    /// Has a case go back to the agents, for the reader of a notice.
    pub(super) async fn object(&self, account: &AccountId, id: CaseId) -> Result<Stopped, Error> {
        let Some(stored) = self.load(account).await? else {
            return Ok(Stopped::Ended);
        };
        let fresh = self.fresh()?;
        let objected = self
            .commit_account(stored, |account, now, revision| {
                case::object(account, id, fresh, revision, now)
            })
            .await?;
        self.inner.bell.ring();
        Ok(match objected {
            OnAccount::Done(true) => Stopped::Stopped,
            OnAccount::Done(false) | OnAccount::Gone | OnAccount::Taken(_) => Stopped::Ended,
        })
    }
}

/// Nobody acts on their own account.
fn is_another(actor: &Actor, account: &AccountId) -> bool {
    !matches!(actor, Actor::Account(own) if own == account)
}
