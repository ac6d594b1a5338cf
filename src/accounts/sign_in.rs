//! Signing in, and sessions.

use super::{
    Accounts, SessionStatus, SignIn,
    attempt::{Attempt, Guarded},
    commit::{OnAccount, join},
};
use crate::{
    account::{Account, ActivityKind, ActivityPage, Export, Method, Page},
    audit::{Entry, Outcome, Reason, Verb},
    client::Client,
    error::Error,
    flow::{
        budget::{self, Clears, Settled, Spent, Whose},
        decoy, registration,
        second_factor::Claims,
        session::{self, DeviceClaims, DeviceId},
    },
    hash::{Comparison, Owner, PasswordHash, Purpose},
    hasher::{Lane, Seat},
    locale::Locale,
    name::{LoginName, UniqueKey},
    record::Stored,
    secret::{Password, SessionToken, Ticket},
    session::{Session, SessionId, SignedIn},
};

/// How far a right first factor led.
pub(super) enum Entered {
    AtSecondFactor(Ticket),
    SignedIn(SignedIn),
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
        entry.method(Method::CurrentPassword);
        let result = Box::pin(self.try_sign_in(&mut entry, name, password, client)).await;
        entry.end(result)
    }

    async fn try_sign_in(
        &self,
        entry: &mut Entry<'_>,
        name: &LoginName,
        password: &Password,
        client: &Client,
    ) -> Result<SignIn, Error> {
        let inner = &self.inner;
        let name = name.key();
        let public = budget::key(Spent::SignIn, Whose::Name(name), &inner.keys);
        let device = self.device(client);
        // A stranger's place does not depend on what is found; it is taken first.
        let stranger = match &device {
            None => Some(inner.hasher.reserve(public, Lane::Stranger)?),
            Some(_) => None,
        };
        let (found, budget) = join(self.find(name), self.get(&public)).await;
        let (found, budget) = (found?, budget?);
        // Made for every name, so that making it takes time for every name.
        let decoy = self.decoy(name)?;
        let account = found.as_ref().map_or(&decoy, |stored| &stored.value);
        if found.is_some() {
            entry.account(account.id());
        }
        let device = device.filter(|device| device.is_of(account));
        let own = device
            .as_ref()
            .map(|device| Whose::Device(account.id(), device.device))
            .map(|whose| budget::key(Spent::SignIn, whose, &inner.keys));
        let (key, budget, clears) = match own {
            Some(own) => (own, self.get(&own).await?, Clears::All),
            None => (public, budget, Clears::Own),
        };
        let seat = match stranger {
            Some(seat) => seat,
            None if device.is_some() => inner.hasher.reserve(key, Lane::Known)?,
            None => inner.hasher.reserve(key, Lane::Stranger)?,
        };
        let guarded = Guarded {
            key: &key,
            budget,
            rule: inner.policy.sign_in,
            clears,
        };
        // A stopped password is right at known devices only, a void one and that of a disabled account
        // nowhere.
        let is_disabled = !account.is_live();
        let is_stopped = account.is_password_stopped() && device.is_none();
        let is_void = is_disabled || is_stopped || account.password_is_void;
        entry.blame(is_disabled.then_some(Reason::Disabled));
        let mut comparison = self.comparison(account)?;
        if is_void {
            comparison = comparison.void();
        }
        let found = found.filter(|stored| stored.value.is_live());
        let attempt = self.attempt_hash(&seat, guarded, comparison, password);
        match attempt.await? {
            Attempt::Locked { until } => {
                let until = until.into();
                entry.outcome(Outcome::Locked { until });
                Ok(SignIn::Locked { until })
            }
            Attempt::Settled(settled, ()) => {
                let (method, label) = (Method::CurrentPassword, client.label_text());
                if let Some(stored) = &found {
                    self.note_settled(&stored.value, method, settled, label);
                }
                match (settled, found) {
                    (Settled::Right, Some(stored)) => {
                        // If it cannot be written now, the next sign-in makes up for it.
                        let _not_now = self.rehash(&seat, &stored, password).await;
                        let id = self.session_id()?;
                        let device = match device {
                            Some(device) => device.device,
                            None => self.device_id()?,
                        };
                        let entered = self.enter(entry, &stored.value, id, device, label)?;
                        Ok(match entered {
                            Entered::SignedIn(signed_in) => {
                                let what = ActivityKind::SignedIn(method);
                                self.note_activity(&stored.value, what, label);
                                SignIn::Accepted(signed_in)
                            }
                            Entered::AtSecondFactor(ticket) => SignIn::SecondFactor(ticket),
                        })
                    }
                    (settled, _found) => {
                        let left = settled.left();
                        entry.outcome(Outcome::Denied {
                            reason: entry.reason(Reason::WrongPassword),
                            left: Some(left),
                        });
                        Ok(SignIn::Denied { left })
                    }
                }
            }
        }
    }

    /// After a right first factor: signs in, or asks for the second one. No device is known so well
    /// that it is not asked for.
    pub(super) fn enter(
        &self,
        entry: &mut Entry<'_>,
        account: &Account,
        id: SessionId,
        device: DeviceId,
        label: Option<&str>,
    ) -> Result<Entered, Error> {
        if account.second_factor.is_none() {
            let signed_in = self.begin_session(entry, account, id, device, false)?;
            return Ok(Entered::SignedIn(signed_in));
        }
        let claims = Claims::new(account, device, label, self.now());
        let ticket = claims.sealed(&self.inner.keys)?;
        entry.outcome(Outcome::SecondFactor);
        Ok(Entered::AtSecondFactor(ticket))
    }

    /// What the client's device token says, if it is one of ours.
    pub(super) fn device(&self, client: &Client) -> Option<DeviceClaims> {
        let token = client.device_token()?;
        DeviceClaims::open(token, &self.inner.keys)
    }

    /// What stands in for a name that no account has.
    pub(super) fn decoy(&self, name: &UniqueKey) -> Result<Account, Error> {
        let inner = &self.inner;
        decoy::account(name, &inner.mix, &inner.keys)
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

    /// Signs the owner of this account in, at a device that it knows or at a new one.
    ///
    /// `has_factor`: whether a second factor was shown.
    pub(super) fn begin_session(
        &self,
        entry: &mut Entry<'_>,
        account: &Account,
        id: SessionId,
        device: DeviceId,
        has_factor: bool,
    ) -> Result<SignedIn, Error> {
        let inner = &self.inner;
        let (now, policy) = (self.now(), &inner.policy);
        let signed_in = session::begin(account, id, device, has_factor, now, policy, &inner.keys)?;
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
        entry.end(result)
    }

    async fn try_session(
        &self,
        entry: &mut Entry<'_>,
        token: &SessionToken,
    ) -> Result<SessionStatus, Error> {
        let Some(claims) = session::open(token, &self.inner.keys) else {
            entry.outcome(Outcome::Ended);
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
            None => {
                entry.outcome(Outcome::Ended);
                SessionStatus::Ended
            }
        })
    }

    /// What was done with the account lately, and what was tried, the latest first: changes,
    /// sign-ins, recoveries, misses. [`MAX_ACTIVITY`](crate::account::MAX_ACTIVITY) entries are kept:
    /// 30 of changes, 10 of sign-ins and recoveries, 10 of misses and locks. `None`: the session has ended.
    ///
    /// A sign-in or a miss is here after the next pass of the courier; if the process dies before
    /// that, it is lost. Changes never are.
    ///
    /// `page`: which part of it.
    ///
    /// ```
    /// # use backstop::{*, account::Page};
    /// # async fn example(accounts: Accounts, session: Session) -> Result<(), Error> {
    /// if let Some(page) = accounts.activity(&session, Page::new().size(10)).await? {
    ///     for entry in &page.entries {
    ///         println!("{} {}", entry.at(), entry.message(accounts.reader(Locale::Swedish)));
    ///     }
    ///     if let Some(next) = page.next {
    ///         println!("older: /account/activity?after={next}");
    ///     }
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`session`](Self::session).
    pub async fn activity(
        &self,
        session: &Session,
        page: Page,
    ) -> Result<Option<ActivityPage>, Error> {
        let own = self.own_account(Verb::Activity, session).await?;
        Ok(own.map(|account| account.activity_page(page)))
    }

    /// What the owner has entered and done, without secrets, to take along (GDPR, Article 20).
    /// `None`: the session has ended.
    ///
    /// # Errors
    ///
    /// As [`session`](Self::session).
    pub async fn export(&self, session: &Session) -> Result<Option<Export>, Error> {
        let own = self.own_account(Verb::Export, session).await?;
        Ok(own.map(|account| account.export()))
    }

    /// The account of a session, for a verb that only reads it. `None`: the session has ended.
    async fn own_account(&self, verb: Verb, session: &Session) -> Result<Option<Account>, Error> {
        let mut entry = self.event(verb);
        entry.account(session.account());
        entry.session(session.id());
        let result = self.load(session.account()).await.map(|found| {
            let account = found.map(|stored| stored.value);
            account.filter(|account| account.epoch.matches(&session.epoch))
        });
        if let Ok(own) = &result {
            entry.outcome(match own {
                Some(_) => Outcome::Accepted,
                None => Outcome::Ended,
            });
        }
        entry.end(result)
    }

    /// Has the mails to this account written in another language. No proof is asked for and no
    /// session ends: nothing but the words changes.
    ///
    /// Answers whether the session is still live.
    ///
    /// # Errors
    ///
    /// As [`session`](Self::session), and [`Error::Contended`].
    pub async fn set_language(&self, session: &Session, locale: Locale) -> Result<bool, Error> {
        let mut entry = self.event(Verb::SetLanguage);
        entry.account(session.account());
        entry.session(session.id());
        let result = self.try_set_language(session, locale).await;
        if let Ok(is_live) = &result {
            entry.outcome(if *is_live {
                Outcome::Accepted
            } else {
                Outcome::Ended
            });
        }
        entry.end(result)
    }

    async fn try_set_language(&self, session: &Session, locale: Locale) -> Result<bool, Error> {
        let Some(stored) = self.load(session.account()).await? else {
            return Ok(false);
        };
        let done = self
            .commit_account(stored, |account, _now, revision| {
                registration::speak(account, session.epoch, locale, revision)
            })
            .await?;
        Ok(matches!(done, OnAccount::Done(true)))
    }

    /// What a typed password of this account is compared with.
    pub(super) fn comparison(&self, account: &Account) -> Result<Comparison, Error> {
        let owner = Owner {
            account: account.id(),
            purpose: Purpose::Password,
        };
        let (mix, keys) = (&self.inner.mix, &self.inner.keys);
        if account.password_is_void {
            let seed = account.id().as_str().as_bytes();
            return PasswordHash::decoy(seed, owner, mix, keys)?.comparison(owner, keys);
        }
        account.password.value.comparison(owner, keys)
    }
}
