//! New accounts.

use super::{Accounts, Import, Register};
use crate::{
    account::{Account, AccountId, Credential, ManagerLink},
    audit::{Entry, Outcome, Verb},
    client::Client,
    email::EmailAddress,
    error::Error,
    flow::{decision::Committed, registration},
    hash::{ImportedHash, Owner, PasswordHash, Purpose},
    hasher::{Lane, Seat},
    locale::Locale,
    name::{KeyKind, LoginName, UserName},
    phone::PhoneNumber,
    policy::{Context, Unmet},
    record::Key,
    secret::NewPassword,
};

/// An account of another system, for [`Accounts::import`].
#[derive(Debug)]
pub struct ImportedAccount {
    id: AccountId,
    name: UserName,
    hash: ImportedHash,
    email: Option<EmailAddress>,
    phone: Option<PhoneNumber>,
    locale: Locale,
}

impl ImportedAccount {
    /// `id`: the host's key of the user. `name`: the user name. `hash`: as the other system stored
    /// it.
    #[must_use]
    pub const fn new(id: AccountId, name: UserName, hash: ImportedHash) -> Self {
        Self {
            id,
            name,
            hash,
            email: None,
            phone: None,
            locale: Locale::English,
        }
    }

    /// The language that its mails are written in. English unless set.
    #[must_use]
    pub const fn language(mut self, locale: Locale) -> Self {
        self.locale = locale;
        self
    }

    /// Its security e-mail.
    ///
    /// # Security
    ///
    /// Whoever reads this mailbox can recover the account: the host vouches that the owner has
    /// confirmed it.
    #[must_use]
    pub fn email(mut self, confirmed: EmailAddress) -> Self {
        self.email = Some(confirmed);
        self
    }

    /// Its phone.
    ///
    /// # Security
    ///
    /// As of [`email`](Self::email): the host vouches for it.
    #[must_use]
    pub fn phone(mut self, confirmed: PhoneNumber) -> Self {
        self.phone = Some(confirmed);
        self
    }
}

/// Why there is no account.
pub(super) enum Refused {
    Taken(KeyKind),
    Unmet(Vec<Unmet>),
}

impl Accounts {
    /// Registers an account. Whether a user name is taken is public, as user names are.
    ///
    /// `id`: the host's key of the user. `name`: the user name. `password`: from both fields of
    /// the form. `client`: who is asking.
    ///
    /// ```
    /// # use backstop::*;
    /// # async fn example(accounts: Accounts) -> Result<(), Box<dyn std::error::Error>> {
    /// let password = NewPassword::typed_twice("Mira-2-lakes", "Mira-2-lakes")?;
    /// match accounts.register("42".parse()?, "alice".parse()?, password, &Client::new()).await? {
    ///     Register::Registered(signed_in) => println!("welcome, {}", signed_in.account()),
    ///     Register::Taken(_) => println!("this name is taken"),
    ///     Register::Unmet(rules) => println!("the password: {rules:?}"),
    ///     _ => {}
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::IdInUse`] when an account has the id; [`Error::Overloaded`], [`Error::Store`],
    /// [`Error::Hashing`], [`Error::Entropy`], [`Error::BreachCheck`]. Nothing was stored, unless the store lost its answer
    /// and could not be asked again: then a retry answers [`Error::IdInUse`], and the owner can
    /// sign in.
    pub async fn register(
        &self,
        id: AccountId,
        name: UserName,
        password: NewPassword,
        client: &Client,
    ) -> Result<Register, Error> {
        let login = LoginName::from(&name);
        let mut entry = self.event_of(Verb::Register, client, login.key());
        let result =
            Box::pin(self.try_register(&mut entry, id, name, password, client.locale())).await;
        entry.end(result)
    }

    async fn try_register(
        &self,
        entry: &mut Entry<'_>,
        id: AccountId,
        name: UserName,
        password: NewPassword,
        locale: Locale,
    ) -> Result<Register, Error> {
        let hash = match self.first_password(&id, &name, password).await? {
            Ok(hash) => hash,
            Err(Refused::Taken(kind)) => {
                entry.outcome(Outcome::Taken(kind));
                return Ok(Register::Taken(kind));
            }
            Err(Refused::Unmet(unmet)) => {
                entry.outcome(Outcome::Unmet { rules: unmet.len() });
                return Ok(Register::Unmet(unmet));
            }
        };
        // Drawn first: once the account is written nothing can fail.
        let (session, device) = (self.session_id()?, self.device_id()?);
        match self
            .add(id, &name, hash, (None, None), locale, None)
            .await?
        {
            Committed::Done(account) => {
                let signed_in = self.begin_session(entry, &account, session, device, false)?;
                Ok(Register::Registered(signed_in))
            }
            Committed::Taken(kind) => {
                entry.outcome(Outcome::Taken(kind));
                Ok(Register::Taken(kind))
            }
            Committed::Stale => Err(Error::Contended),
        }
    }

    /// The hash of the password of an account that is not there yet.
    pub(super) async fn first_password(
        &self,
        id: &AccountId,
        name: &UserName,
        password: NewPassword,
    ) -> Result<Result<PasswordHash, Refused>, Error> {
        let login = LoginName::from(name);
        let place = Key::from_bytes(self.inner.keys.index(&[b"register", login.key().bytes()]));
        let seat = self.inner.hasher.reserve(place, Lane::Stranger)?;
        if self.inner.policy.reserves(name) {
            return Ok(Err(Refused::Taken(KeyKind::Login)));
        }
        let context = Context::new().names_of(name);
        let (password, unmet) = self.check_policy(&seat, password, context).await?;
        if !unmet.is_empty() {
            return Ok(Err(Refused::Unmet(unmet)));
        }
        self.hash(&seat, id, password.into_password()).await.map(Ok)
    }

    /// Takes over an account with the password hash of another system. The host vouches for it.
    /// The hash is replaced by one of ours when its owner first signs in.
    ///
    /// If its hash has not the scheme and cost of new hashes, declare them with
    /// [`Builder::stored_hashes`](super::Builder::stored_hashes).
    ///
    /// # Errors
    ///
    /// As [`register`](Self::register).
    pub async fn import(&self, account: ImportedAccount, client: &Client) -> Result<Import, Error> {
        let login = LoginName::from(&account.name);
        let mut entry = self.event_of(Verb::Import, client, login.key());
        entry.account(&account.id);
        let result = self.try_import(&mut entry, account).await;
        entry.end(result)
    }

    async fn try_import(
        &self,
        entry: &mut Entry<'_>,
        account: ImportedAccount,
    ) -> Result<Import, Error> {
        let ImportedAccount {
            id,
            name,
            hash,
            email,
            phone,
            locale,
        } = account;
        let owner = Owner {
            account: &id,
            purpose: Purpose::Password,
        };
        let hash = PasswordHash::import(hash, owner, &self.inner.keys)?;
        match self
            .add(id, &name, hash, (email, phone), locale, None)
            .await?
        {
            Committed::Done(_account) => {
                entry.outcome(Outcome::Accepted);
                Ok(Import::Imported)
            }
            Committed::Taken(kind) => {
                entry.outcome(Outcome::Taken(kind));
                Ok(Import::Taken(kind))
            }
            Committed::Stale => Err(Error::Contended),
        }
    }

    pub(super) async fn add(
        &self,
        id: AccountId,
        name: &UserName,
        hash: PasswordHash,
        (email, phone): (Option<EmailAddress>, Option<PhoneNumber>),
        locale: Locale,
        manager: Option<Credential<ManagerLink>>,
    ) -> Result<Committed<Account>, Error> {
        let (keys, now) = (&self.inner.keys, self.now());
        let account = Account {
            locale,
            ..registration::account(id, name, hash, email, keys, self.epoch()?, now)
        };
        let account = match phone {
            Some(number) => registration::with_phone(account, number, now),
            None => account,
        };
        let account = match manager {
            Some(link) => registration::managed(account, link),
            None => account,
        };
        let decision = registration::add(account, self.revision()?);
        decision.commit(self).await
    }

    /// The rules that a new password does not meet, computed on a worker.
    pub(super) async fn check_policy(
        &self,
        seat: &Seat,
        password: NewPassword,
        context: Context,
    ) -> Result<(NewPassword, Vec<Unmet>), Error> {
        let rules = self.inner.policy.password.clone();
        let breached = self.inner.breached.clone();
        seat.run(0, move |_memory| {
            let mut unmet = rules.unmet(&password, &context);
            if let Some(breached) = breached {
                unmet.extend(breached.unmet(&password)?);
            }
            Ok((password, unmet))
        })
        .await?
    }
}
