//! Signing in once with a mailed code, or one by text message, instead of setting a new password.

use super::{Accounts, SignInOnce, claim::Opened, sign_in::Entered};
use crate::{
    account::Method,
    audit::{Entry, Outcome, Verb},
    error::Error,
    flow::{
        change,
        decision::{Decision, Write},
        state::{self, Flow},
    },
    message::Notice,
    policy::Change,
    record::{Key, Record, Stored},
    secret::Ticket,
};

impl Accounts {
    /// Signs in with what a recovery has proved, once: for somebody who wants to go on and set no
    /// new password now.
    ///
    /// `ticket`: of a recovery whose code or link was accepted, mailed or sent to the phone, within ten minutes of when
    /// that was made. The code and its link are spent by it; a page that the link opened may still
    /// set a new password. Every contact is told.
    ///
    /// ```
    /// # use backstop::*;
    /// # async fn example(accounts: Accounts, ticket: Ticket, typed: &str) -> Result<(), Box<dyn std::error::Error>> {
    /// if let Prove::Accepted(ticket) = accounts.prove(&ticket, Proof::SecurityEmail(typed.parse()?)).await? {
    ///     match accounts.sign_in_once(&ticket).await? {
    ///         SignInOnce::Accepted(signed_in) => println!("cookie: {}", signed_in.token().expose()),
    ///         SignInOnce::TooLate => println!("choose a new password"),
    ///         _ => println!("start over"),
    ///     }
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::NotOffered`] where the policy has it off, and for a ticket out of a session;
    /// otherwise as [`sign_in`](Self::sign_in): nobody was signed in. If the store lost its answer
    /// the code may be spent all the same.
    pub async fn sign_in_once(&self, ticket: &Ticket) -> Result<SignInOnce, Error> {
        let mut entry = self.event(Verb::SignInOnce);
        entry.method(Method::SecurityEmail);
        let result = Box::pin(self.try_sign_in_once(&mut entry, ticket)).await;
        if let Ok(answer) = &result {
            entry.outcome(match answer {
                SignInOnce::Accepted(_) => Outcome::Accepted,
                SignInOnce::SecondFactor(_) => Outcome::SecondFactor,
                SignInOnce::Expired | SignInOnce::TooLate => Outcome::Ended,
                SignInOnce::Unproven => Outcome::Unproven,
            });
        }
        entry.end(result)
    }

    async fn try_sign_in_once(
        &self,
        entry: &mut Entry<'_>,
        ticket: &Ticket,
    ) -> Result<SignInOnce, Error> {
        let policy = &self.inner.policy;
        let life = policy.sign_in_once.ok_or(Error::NotOffered)?;
        let Some((opened, met)) = self.open_and_meet(entry, ticket).await? else {
            return Ok(SignInOnce::Expired);
        };
        let flow = &opened.flow;
        match flow.entry {
            state::Entry::Name(_) => {}
            // The page of its link is that of any recovery.
            state::Entry::Case(_) => return Ok(SignInOnce::Unproven),
            state::Entry::Manager(_) | state::Entry::Session(_) => return Err(Error::NotOffered),
        }
        let (account, now) = (met.account()?, self.now());
        let is_own = |method: &Method| matches!(method, Method::Phone | Method::SecurityEmail);
        let proved = flow.counting(now).into_iter().rfind(is_own);
        if let Some(method) = proved {
            entry.method(method);
        }
        let roots = change::roots(account, flow, Change::SignInOnce, now, policy);
        if !met.is_real() || proved.is_none() || roots.is_none() {
            return Ok(SignInOnce::Unproven);
        }
        if !flow.was_mailed_within(life, now) {
            return Ok(SignInOnce::TooLate);
        }
        // Drawn first: once the code is spent nothing can fail.
        let session = self.session_id()?;
        let device = match &flow.device {
            Some(known) => known.device,
            None => self.device_id()?,
        };
        let key = flow.of_code().key(&self.inner.keys);
        let found = match key == opened.key {
            true => opened.record.clone(),
            false => self.get(&key).await?,
        };
        if !self.may_spend(&opened, &key, found.as_ref())? {
            return Ok(SignInOnce::Expired);
        }
        self.tell(&opened, &met, Notice::SignedInOnce).await?;
        if !self.spend_code(&opened, &key, found).await? {
            return Ok(SignInOnce::Expired);
        }
        let label = flow.label.as_deref();
        let entered = self.enter(entry, account, session, device, label)?;
        Ok(match entered {
            Entered::SignedIn(signed_in) => SignInOnce::Accepted(signed_in),
            Entered::AtSecondFactor(ticket) => SignInOnce::SecondFactor(ticket),
        })
    }

    /// Whether the code is still in the flow that it was made for.
    fn may_spend(
        &self,
        opened: &Opened,
        key: &Key,
        found: Option<&Stored<Record>>,
    ) -> Result<bool, Error> {
        if *key == opened.key {
            return Ok(self.current(opened, found)?.is_some());
        }
        let origin = found.map(|record| Flow::read(key, record)).transpose()?;
        Ok(origin.is_some_and(|origin| origin.has_code_of(&opened.flow)))
    }

    /// Deletes the flow that the code was made for. `false`: somebody else has, or has gone on in
    /// it.
    async fn spend_code(
        &self,
        opened: &Opened,
        key: &Key,
        found: Option<Stored<Record>>,
    ) -> Result<bool, Error> {
        let spent = self
            .commit_flow(key, found, |found, _now, _revision| {
                let is_good = self.may_spend(opened, key, found)?;
                Ok(match found.filter(|_| is_good) {
                    Some(record) => {
                        let (key, was) = (*key, record.revision);
                        Decision::with(Write::DeleteFlow { key, was }, true)
                    }
                    None => Decision::without_write(false),
                })
            })
            .await?;
        if spent && *key != opened.key {
            self.forget(opened.key, opened.record.clone()).await;
        }
        Ok(spent)
    }
}
