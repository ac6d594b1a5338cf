//! Changing what an account is protected by: ticket, proofs, one commit.

use super::{
    Accounts, Apply, Prove,
    commit::join,
    sign_in::{Attempt, Guarded},
};
use crate::{
    account::{Account, Method},
    audit::{Entry, Outcome, Reason, Verb},
    error::Error,
    flow::{
        budget::{Clears, Guess, Settled},
        change::{self, Changed, Changes, Flow, Held, Proof},
        decision::{Committed, Decision, Write},
    },
    hasher::Lane,
    policy::{Change, Context},
    record::{Key, Record, Stored},
    secret::{NewPassword, Password, Ticket},
    session::Session,
};

/// A flow that its ticket led to, and its record if it has one.
struct Opened {
    flow: Flow,
    kept: Option<(Key, Stored<Record>)>,
}

impl Accounts {
    /// Starts a change out of a session, for the page of account settings. Nothing is stored.
    ///
    /// # Errors
    ///
    /// [`Error::Entropy`].
    pub fn settings(&self, session: &Session) -> Result<Ticket, Error> {
        let mut entry = self.event(Verb::Settings);
        entry.account(session.account());
        entry.session(session.id());
        let result = self
            .inner
            .entropy
            .draw()
            .and_then(|id| Flow::of_session(session, id, self.now()).ticket(&self.inner.keys));
        if result.is_ok() {
            entry.outcome(Outcome::Accepted);
        }
        entry.end(result)
    }

    /// Offers a proof. An accepted one yields the ticket to go on with.
    ///
    /// # Errors
    ///
    /// As [`sign_in`](Self::sign_in). The ticket stays good.
    pub async fn prove(&self, ticket: &Ticket, proof: Proof) -> Result<Prove, Error> {
        let mut entry = self.event(Verb::Prove);
        let result = match proof {
            Proof::CurrentPassword(typed) => {
                self.prove_current_password(&mut entry, ticket, &typed)
                    .await
            }
        };
        if matches!(result, Ok(Prove::Expired)) {
            entry.outcome(Outcome::Ended);
        }
        entry.end(result)
    }

    /// Changes everything at once, or nothing.
    ///
    /// A new password that does not meet the rules costs nothing: the ticket stays good.
    ///
    /// ```
    /// # use backstop::*;
    /// # async fn example(accounts: Accounts, session: Session, old: &str, new: &str) -> Result<(), Box<dyn std::error::Error>> {
    /// let ticket = accounts.settings(&session)?;
    /// let proof = Proof::CurrentPassword(Password::new(old)?);
    /// if let Prove::Accepted(ticket) = accounts.prove(&ticket, proof).await? {
    ///     let changes = Changes::new().password(NewPassword::typed_twice(new, new)?);
    ///     if let Apply::Applied(signed_in) = accounts.apply(&ticket, changes).await? {
    ///         println!("new cookie: {}", signed_in.token().expose());
    ///     }
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::NothingToChange`]; otherwise as [`sign_in`](Self::sign_in): nothing was changed
    /// and the ticket stays good. If the store lost its answer and could not be asked again, the
    /// change may have happened: then the ticket has expired and the new password signs in.
    pub async fn apply(&self, ticket: &Ticket, changes: Changes) -> Result<Apply, Error> {
        let mut entry = self.event(Verb::Apply);
        let result = self.try_apply(&mut entry, ticket, changes).await;
        if matches!(result, Ok(Apply::Expired)) {
            entry.outcome(Outcome::Ended);
        }
        entry.end(result)
    }

    async fn prove_current_password(
        &self,
        entry: &mut Entry<'_>,
        ticket: &Ticket,
        typed: &Password,
    ) -> Result<Prove, Error> {
        let inner = &self.inner;
        let Some(opened) = self.open(entry, ticket).await? else {
            return Ok(Prove::Expired);
        };
        let account = opened.flow.account();
        let key = Guess::CurrentPassword(account).key(&inner.keys);
        let seat = inner.hasher.reserve(key, Lane::Known)?;
        let (found, budget) = join(self.load(account), self.get(&key)).await;
        let (found, budget) = (found?, budget?);
        let Some(stored) = found.filter(|stored| self.goes_on(&opened.flow, &stored.value)) else {
            return Ok(Prove::Expired);
        };
        let guarded = Guarded {
            key: &key,
            budget,
            rule: inner.policy.current_password,
            clears: Clears::All,
        };
        let comparison = self.comparison(&stored.value)?;
        match self.attempt(&seat, guarded, comparison, typed).await? {
            Attempt::Locked { until } => {
                let until = until.into();
                entry.outcome(Outcome::Locked { until });
                Ok(Prove::Locked { until })
            }
            Attempt::Settled(Settled::Wrong { left }) => {
                let reason = Reason::WrongPassword;
                entry.outcome(Outcome::Denied { reason, left });
                Ok(Prove::Denied { left })
            }
            Attempt::Settled(Settled::Right) => {
                let ticket = self.replace(opened, Method::CurrentPassword).await?;
                entry.outcome(Outcome::Accepted);
                Ok(Prove::Accepted(ticket))
            }
        }
    }

    async fn try_apply(
        &self,
        entry: &mut Entry<'_>,
        ticket: &Ticket,
        changes: Changes,
    ) -> Result<Apply, Error> {
        let new = changes.password.ok_or(Error::NothingToChange)?;
        let Some(opened) = self.open(entry, ticket).await? else {
            return Ok(Apply::Expired);
        };
        let flow = &opened.flow;
        let found = self.load(flow.account()).await?;
        let Some(stored) = found.filter(|stored| self.goes_on(flow, &stored.value)) else {
            return Ok(Apply::Expired);
        };
        if !flow.allows(Change::Password) {
            entry.outcome(Outcome::Unproven);
            return Ok(Apply::Unproven);
        }
        if let Some(until) = change::locked(&stored.value, self.now(), &self.inner.policy) {
            let until = until.into();
            entry.outcome(Outcome::Locked { until });
            return Ok(Apply::Locked { until });
        }
        self.change_password(entry, stored, opened, new).await
    }

    async fn change_password(
        &self,
        entry: &mut Entry<'_>,
        stored: Stored<Account>,
        opened: Opened,
        new: NewPassword,
    ) -> Result<Apply, Error> {
        let inner = &self.inner;
        let flow = &opened.flow;
        let place = Guess::CurrentPassword(flow.account()).key(&inner.keys);
        let seat = inner.hasher.reserve(place, Lane::Known)?;
        let context = Context::of(&stored.value);
        let (new, unmet) = self.check_policy(&seat, new, context).await?;
        if !unmet.is_empty() {
            entry.outcome(Outcome::Unmet { rules: unmet.len() });
            return Ok(Apply::Unmet(unmet));
        }
        let hash = self
            .hash(&seat, flow.account(), new.into_password())
            .await?;
        let epoch = self.epoch()?;
        // Drawn first: once the change is written nothing can fail.
        let session = self.session_id()?;
        let changed = self
            .commit_account(stored, |account, now, revision| {
                let hash = hash.clone();
                change::change_password(account, flow, hash, epoch, revision, now, &inner.policy)
            })
            .await?;
        match changed {
            Some(Changed::Done(account)) => {
                self.forget(opened.kept).await;
                let signed_in = self.begin_session(entry, &account, session)?;
                Ok(Apply::Applied(signed_in))
            }
            Some(Changed::Locked { until }) => {
                let until = until.into();
                entry.outcome(Outcome::Locked { until });
                Ok(Apply::Locked { until })
            }
            Some(Changed::Expired) | None => Ok(Apply::Expired),
        }
    }

    /// The flow that this ticket stands for.
    async fn open(&self, entry: &mut Entry<'_>, ticket: &Ticket) -> Result<Option<Opened>, Error> {
        let opened = match change::held(ticket, &self.inner.keys) {
            None => None,
            Some(Held::Started(flow)) => Some(Opened { flow, kept: None }),
            Some(Held::Kept(key)) => match self.get(&key).await? {
                None => None,
                Some(record) => Some(Opened {
                    flow: Flow::read(&key, &record)?,
                    kept: Some((key, record)),
                }),
            },
        };
        if let Some(Opened { flow, .. }) = &opened {
            entry.account(flow.account());
            entry.session(flow.session());
        }
        Ok(opened)
    }

    fn goes_on(&self, flow: &Flow, account: &Account) -> bool {
        flow.is_alive(account, self.now(), &self.inner.policy)
    }

    /// Keeps the flow with one more proof under a new ticket; the old ticket is dead.
    async fn replace(&self, opened: Opened, method: Method) -> Result<Ticket, Error> {
        let inner = &self.inner;
        let (ticket, key) = change::kept_ticket(inner.entropy.draw()?, &inner.keys);
        let decision = opened
            .flow
            .proved(method, key, self.revision()?, self.now(), &inner.policy);
        match decision.commit(self).await? {
            Committed::Done(()) => {
                self.forget(opened.kept).await;
                Ok(ticket)
            }
            Committed::Stale | Committed::Taken(_) => Err(Error::Contended),
        }
    }

    /// Deletes a record that nothing leads to any more. If that fails it expires.
    async fn forget(&self, kept: Option<(Key, Stored<Record>)>) {
        if let Some((key, record)) = kept {
            let was = record.revision;
            let decision = Decision::with(Write::DeleteFlow { key, was }, ());
            let _expires_anyway = decision.commit(self).await;
        }
    }
}
