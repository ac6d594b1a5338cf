//! Sub-accounts: registering one, and helping or disabling one, out of its manager's session.

use super::{Accounts, Manage, RegisterSubAccount, register::Refused};
use crate::{
    account::{Account, AccountId, Credential, ManagerLink},
    audit::{Entry, Outcome, Verb},
    client::Client,
    error::Error,
    flow::{
        decision::Committed,
        manage::{Managing, has_authority},
        state::{Flow, FlowId},
    },
    locale::Locale,
    name::{LoginName, UserName},
    record::Stored,
    secret::NewPassword,
    session::Session,
    support::Actor,
};

impl Accounts {
    /// Registers an account that the owner of this session manages from then on, by the rules of
    /// [`register`](Self::register). Nobody is signed in to it.
    ///
    /// `session`: of the manager. `id`: the host's key of the new user. `name`, `password`: of the new
    /// account; have its owner change the password, which the manager knows. Until it is as old as
    /// [`Policy::hold`](crate::Policy::hold) it buys no more than the manager gets anyhow: no hint, no
    /// security code, no second factor. `client`: who is asking.
    ///
    /// # Errors
    ///
    /// As [`register`](Self::register).
    pub async fn register_sub_account(
        &self,
        session: &Session,
        id: AccountId,
        name: UserName,
        password: NewPassword,
        client: &Client,
    ) -> Result<RegisterSubAccount, Error> {
        let login = LoginName::from(&name);
        let mut entry = self.event_of(Verb::RegisterSubAccount, client, login.key());
        entry.session(session.id());
        entry.actor(&Actor::Account(session.account().clone()));
        let locale = client.locale();
        let registering =
            self.try_register_sub_account(&mut entry, session, id, name, password, locale);
        let result = Box::pin(registering).await;
        if let Ok(registered) = &result {
            entry.outcome(match registered {
                RegisterSubAccount::Ended => Outcome::Ended,
                RegisterSubAccount::Registered => Outcome::Accepted,
                RegisterSubAccount::Taken(kind) => Outcome::Taken(*kind),
                RegisterSubAccount::Unmet(rules) => Outcome::Unmet { rules: rules.len() },
            });
        }
        entry.end(result)
    }

    async fn try_register_sub_account(
        &self,
        entry: &mut Entry<'_>,
        session: &Session,
        id: AccountId,
        name: UserName,
        password: NewPassword,
        locale: Locale,
    ) -> Result<RegisterSubAccount, Error> {
        if self.manager_of(session).await?.is_none() {
            return Ok(RegisterSubAccount::Ended);
        }
        let hash = match self.first_password(&id, &name, password).await? {
            Ok(hash) => hash,
            Err(Refused::Taken(kind)) => return Ok(RegisterSubAccount::Taken(kind)),
            Err(Refused::Unmet(rules)) => return Ok(RegisterSubAccount::Unmet(rules)),
        };
        // Again: hashing takes its time.
        let Some(manager) = self.manager_of(session).await? else {
            return Ok(RegisterSubAccount::Ended);
        };
        let link = Credential {
            value: ManagerLink::to(&manager.value),
            set_at: self.now(),
            set_by: Vec::new(),
        };
        Ok(
            match self
                .add(id, &name, hash, (None, None), locale, Some(link))
                .await?
            {
                Committed::Done(account) => {
                    entry.account(account.id());
                    RegisterSubAccount::Registered
                }
                Committed::Taken(kind) => RegisterSubAccount::Taken(kind),
                Committed::Stale => return Err(Error::Contended),
            },
        )
    }

    /// Starts what a manager may do for an account that names them its manager: another security
    /// e-mail, disabling and enabling it, and the end of managing it. Never its password, hint,
    /// security code or second factor: whoever reads the new mailbox recovers the account with it.
    /// Nothing is stored.
    ///
    /// The manager's own password is the first proof ([`Proof::Manager`](crate::Proof::Manager)); a
    /// new e-mail takes the code that is mailed to it as well, which its reader tells the manager. A
    /// change counts at once, ends every session of the account, and is told to every contact, the
    /// old e-mail included.
    ///
    /// `session`: of the manager. `account`: the host's key of the user to be helped.
    ///
    /// ```
    /// # use backstop::*;
    /// # async fn example(accounts: Accounts, session: Session, password: &str) -> Result<(), Box<dyn std::error::Error>> {
    /// match accounts.manage(&session, &"43".parse()?).await? {
    ///     Manage::Started(ticket) => {
    ///         let proof = Proof::Manager(Password::new(password)?);
    ///         if let Prove::Accepted(ticket) = accounts.prove(&ticket, proof).await? {
    ///             let applied = accounts.apply(&ticket, Changes::new().disable()).await?;
    ///             assert!(matches!(applied, Apply::Managed));
    ///         }
    ///     }
    ///     Manage::NotYours => println!("not an account of yours"),
    ///     _ => println!("sign in again"),
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Security
    ///
    /// A manager can take an account over: by an e-mail of their own, which then sets the password.
    /// A second factor withstands that, and a security code takes the account back, but not while it
    /// is disabled: then [`enable`](Self::enable) it first.
    ///
    /// # Errors
    ///
    /// [`Error::Store`], [`Error::Record`], [`Error::UnknownKey`], [`Error::Entropy`].
    pub async fn manage(&self, session: &Session, account: &AccountId) -> Result<Manage, Error> {
        let mut entry = self.event(Verb::Manage);
        entry.session(session.id());
        entry.actor(&Actor::Account(session.account().clone()));
        entry.account(account);
        let result = Box::pin(self.try_manage(session, account)).await;
        if let Ok(manage) = &result {
            entry.outcome(match manage {
                Manage::Ended => Outcome::Ended,
                Manage::NotYours | Manage::Unproven => Outcome::Unproven,
                Manage::Started(_) => Outcome::Accepted,
            });
        }
        entry.end(result)
    }

    async fn try_manage(&self, session: &Session, account: &AccountId) -> Result<Manage, Error> {
        let Some(manager) = self.manager_of(session).await? else {
            return Ok(Manage::Ended);
        };
        let found = self.load(account).await?;
        let Some(found) = found.filter(|found| manager.value.manages(&found.value)) else {
            return Ok(Manage::NotYours);
        };
        let now = self.now();
        if !has_authority(&manager.value, now, &self.inner.policy) {
            return Ok(Manage::Unproven);
        }
        let id = FlowId::from_random(self.inner.entropy.draw()?);
        let flow = Flow::of_manager(session, &found.value, id, now);
        flow.sealed(&self.inner.keys).map(Manage::Started)
    }

    /// The account of a manager's session, while that lives.
    async fn manager_of(&self, session: &Session) -> Result<Option<Stored<Account>>, Error> {
        let found = self.load(session.account()).await?;
        let managing = Managing::of(session);
        Ok(found.filter(|found| managing.is_by(&found.value)))
    }

    /// The link to an account that is to manage this one, if it can.
    pub(super) async fn manager_to_be(
        &self,
        account: &Account,
        manager: &AccountId,
    ) -> Result<Option<ManagerLink>, Error> {
        let found = self.load(manager).await?;
        let can_manage = |found: &Stored<Account>| {
            found.value.id != account.id && found.value.is_live() && !account.manages(&found.value)
        };
        Ok(found
            .filter(can_manage)
            .map(|found| ManagerLink::to(&found.value)))
    }
}
