//! Signing in, and sessions.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use super::{Accounts, SessionStatus, SignIn, commit::join, refunds::Waiting};
use crate::{
    account::Account,
    audit::{Entry, Outcome, Reason, Verb},
    client::Client,
    clock::Stamp,
    error::Error,
    flow::{
        budget::{AsCharged, Charge, Charged, Clears, Guess, Settled, Verdict, charge, settle},
        decoy, registration, session,
    },
    hash::{Comparison, Owner, Purpose},
    hasher::{Lane, Seat},
    name::LoginName,
    policy::BudgetRule,
    record::{Key, Record, Stored},
    secret::{Password, SessionToken},
    session::{SessionId, SignedIn},
};

/// A guessable secret, and where its attempts are counted.
pub(super) struct Guarded<'a> {
    pub(super) key: &'a Key,
    pub(super) budget: Option<Stored<Record>>,
    pub(super) rule: BudgetRule,
    pub(super) clears: Clears,
}

/// How an attempt at it went.
pub(super) enum Attempt {
    Locked { until: Stamp },
    Settled(Settled),
}

impl Accounts {
    /// Signs in with a login name and a password.
    ///
    /// A name that no account has is answered like a wrong password: the same store calls, the
    /// same hash, the same counters.
    ///
    /// `name`: as typed into the form. `password`: as typed. `client`: who is asking.
    ///
    /// ```
    /// # use backstop::*;
    /// # async fn example(accounts: Accounts, name: &str, typed: &str) -> Result<(), Box<dyn std::error::Error>> {
    /// match accounts.sign_in(&name.parse()?, &Password::new(typed)?, &Client::new()).await? {
    ///     SignIn::Accepted(signed_in) => println!("cookie: {}", signed_in.token().expose()),
    ///     SignIn::Denied { left } => println!("wrong name or password, {left} tries left"),
    ///     SignIn::Locked { until } => println!("try again at {until}"),
    ///     _ => {}
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Overloaded`] when too much is in flight: no attempt was charged, try again.
    /// [`Error::Store`], [`Error::Record`], [`Error::Hashing`], [`Error::Entropy`],
    /// [`Error::UnknownKey`], [`Error::Contended`]: nobody was signed in, and the attempt holds
    /// its place in the budget for two minutes at most.
    pub async fn sign_in(
        &self,
        name: &LoginName,
        password: &Password,
        client: &Client,
    ) -> Result<SignIn, Error> {
        let mut entry = self.event_of(Verb::SignIn, client, name.key());
        let result = self.try_sign_in(&mut entry, name, password).await;
        entry.end(result)
    }

    async fn try_sign_in(
        &self,
        entry: &mut Entry<'_>,
        name: &LoginName,
        password: &Password,
    ) -> Result<SignIn, Error> {
        let inner = &self.inner;
        let key = Guess::SignIn(name.key()).key(&inner.keys);
        let seat = inner.hasher.reserve(key, Lane::Stranger)?;
        let (found, budget) = join(self.find(name.key()), self.get(&key)).await;
        let (found, budget) = (found?, budget?);
        // Made for every name, so that making it takes time for every name.
        let decoy = decoy::account(name.key(), &inner.mix, &inner.keys)?;
        let account = found.as_ref().map_or(&decoy, |stored| &stored.value);
        if found.is_some() {
            entry.account(account.id());
        }
        let comparison = self.comparison(account)?;
        let guarded = Guarded {
            key: &key,
            budget,
            rule: inner.policy.sign_in,
            clears: Clears::Own,
        };
        match self.attempt(&seat, guarded, comparison, password).await? {
            Attempt::Locked { until } => {
                let until = until.into();
                entry.outcome(Outcome::Locked { until });
                Ok(SignIn::Locked { until })
            }
            Attempt::Settled(settled) => match (settled, found) {
                (Settled::Right, Some(stored)) => {
                    // If it cannot be written now, the next sign-in makes up for it.
                    let _not_now = self.rehash(&seat, &stored, password).await;
                    let signed_in = self.begin_session(entry, &stored.value, self.session_id()?)?;
                    Ok(SignIn::Accepted(signed_in))
                }
                (settled, found) => {
                    let left = settled.left();
                    let reason = match found {
                        Some(_) => Reason::WrongPassword,
                        None => Reason::UnknownName,
                    };
                    entry.outcome(Outcome::Denied { reason, left });
                    Ok(SignIn::Denied { left })
                }
            },
        }
    }

    /// Replaces the hash if a new one would be made another way. Somebody else's change in between
    /// goes first.
    async fn rehash(
        &self,
        seat: &Seat,
        stored: &Stored<Account>,
        password: &Password,
    ) -> Result<(), Error> {
        let inner = &self.inner;
        let account = &stored.value;
        if !account
            .password
            .value
            .is_current(inner.mix.own, &inner.keys)
        {
            let hash = self.hash(seat, account.id(), password.share()).await?;
            let decision = registration::rehash(stored, hash, self.revision()?);
            let _stale_is_fine = decision.commit(self).await?;
        }
        Ok(())
    }

    /// Signs the owner of this account in, with a fresh id.
    pub(super) fn begin_session(
        &self,
        entry: &mut Entry<'_>,
        account: &Account,
        id: SessionId,
    ) -> Result<SignedIn, Error> {
        let inner = &self.inner;
        let signed_in = session::begin(account, id, self.now(), &inner.policy, &inner.keys)?;
        entry.account(account.id());
        entry.session(id);
        entry.outcome(Outcome::Accepted);
        Ok(signed_in)
    }

    /// What a session token that came back stands for. One load, no write.
    ///
    /// # Errors
    ///
    /// [`Error::Store`], [`Error::Record`]: the session may be alive, do not end it.
    pub async fn session(&self, token: &SessionToken) -> Result<SessionStatus, Error> {
        let mut entry = self.event(Verb::Session);
        let result = self.try_session(&mut entry, token).await;
        if matches!(result, Ok(SessionStatus::Ended)) {
            entry.outcome(Outcome::Ended);
        }
        entry.end(result)
    }

    async fn try_session(
        &self,
        entry: &mut Entry<'_>,
        token: &SessionToken,
    ) -> Result<SessionStatus, Error> {
        let Some(claims) = session::open(token, &self.inner.keys) else {
            return Ok(SessionStatus::Ended);
        };
        entry.account(&claims.account);
        entry.session(claims.id);
        let found = self.load(&claims.account).await?;
        let live =
            found.and_then(|stored| claims.resume(&stored.value, self.now(), &self.inner.policy));
        Ok(match live {
            Some(session) => {
                entry.outcome(Outcome::Accepted);
                SessionStatus::Live(session)
            }
            None => SessionStatus::Ended,
        })
    }

    /// What a typed password of this account is compared with.
    pub(super) fn comparison(&self, account: &Account) -> Result<Comparison, Error> {
        let owner = Owner {
            account: account.id(),
            purpose: Purpose::Password,
        };
        account.password.value.comparison(owner, &self.inner.keys)
    }

    /// Charges an attempt, compares, and settles: the one way to a verdict.
    pub(super) async fn attempt(
        &self,
        seat: &Seat,
        guarded: Guarded<'_>,
        comparison: Comparison,
        typed: &Password,
    ) -> Result<Attempt, Error> {
        let Guarded {
            key,
            budget,
            rule,
            clears,
        } = guarded;
        let id = self.charge_id()?;
        let refunds = self.inner.refunds.of(key);
        let charge = self
            .commit_flow(key, budget, |found, now, revision| {
                charge(key, found, &rule, now, &refunds, id, revision)
            })
            .await?;
        let charged = match charge {
            Charge::Locked { until } => return Ok(Attempt::Locked { until }),
            Charge::Charged(charged) => charged,
        };
        self.inner.refunds.forget(&refunds);
        let (verdict, as_charged) = self.compare(seat, key, charged, comparison, typed).await?;
        let settled = self
            .commit_flow(key, Some(as_charged), |found, now, revision| {
                settle(key, found, &rule, now, &verdict, clears, revision)
            })
            .await?;
        Ok(Attempt::Settled(settled))
    }

    /// Consumes the charge.
    async fn compare(
        &self,
        seat: &Seat,
        key: &Key,
        charged: Charged,
        comparison: Comparison,
        typed: &Password,
    ) -> Result<(Verdict, AsCharged), Error> {
        let blocks = comparison.memory_kib();
        let typed = typed.share();
        let has_begun = Arc::new(AtomicBool::new(false));
        let begin = Arc::clone(&has_begun);
        let _refunded_unless_begun = Waiting {
            refunds: &self.inner.refunds,
            key: *key,
            id: charged.id(),
            has_begun: &has_begun,
        };
        let outcome = seat
            .run(blocks, move |memory| {
                begin.store(true, Ordering::SeqCst);
                comparison.run(&typed, memory.blocks(blocks))
            })
            .await??;
        Ok(charged.spend(outcome))
    }
}
