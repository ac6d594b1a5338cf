//! New accounts.

use super::{Accounts, Import, Register};
use crate::{
    account::{Account, AccountId},
    audit::{Entry, Outcome, Verb},
    client::Client,
    error::Error,
    flow::{decision::Committed, registration},
    hash::{ImportedHash, Owner, PasswordHash, Purpose},
    hasher::{Lane, Seat},
    name::{LoginName, UserName},
    policy::{Context, Unmet},
    record::Key,
    secret::NewPassword,
};

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
    /// [`Error::Hashing`], [`Error::Entropy`]. Nothing was stored, unless the store lost its answer
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
        let result = self
            .try_register(&mut entry, id, name, password, &login)
            .await;
        entry.end(result)
    }

    async fn try_register(
        &self,
        entry: &mut Entry<'_>,
        id: AccountId,
        name: UserName,
        password: NewPassword,
        login: &LoginName,
    ) -> Result<Register, Error> {
        let place = Key::from_bytes(self.inner.keys.index(&[b"register", login.key().bytes()]));
        let seat = self.inner.hasher.reserve(place, Lane::Stranger)?;
        let context = Context::new()
            .user_name(name.as_str())
            .user_name(name.canonical());
        let (password, unmet) = self.check_policy(&seat, password, context).await?;
        if !unmet.is_empty() {
            entry.outcome(Outcome::Unmet { rules: unmet.len() });
            return Ok(Register::Unmet(unmet));
        }
        let hash = self.hash(&seat, &id, password.into_password()).await?;
        // Drawn first: once the account is written nothing can fail.
        let session = self.session_id()?;
        match self.add(id, &name, hash).await? {
            Committed::Done(account) => {
                let signed_in = self.begin_session(entry, &account, session)?;
                Ok(Register::Registered(signed_in))
            }
            Committed::Taken(kind) => {
                entry.outcome(Outcome::Taken(kind));
                Ok(Register::Taken(kind))
            }
            Committed::Stale => Err(Error::Contended),
        }
    }

    /// Takes over an account with the password hash of another system. The host vouches for it.
    /// The hash is replaced by one of ours when its owner first signs in.
    ///
    /// `id`, `name`, `client`: as in [`register`](Self::register). `hash`: Argon2 in the PHC
    /// string format. If its cost is not that of new hashes, declare it with
    /// [`Builder::stored_hashes`](super::Builder::stored_hashes).
    ///
    /// # Errors
    ///
    /// As [`register`](Self::register).
    pub async fn import(
        &self,
        id: AccountId,
        name: UserName,
        hash: ImportedHash,
        client: &Client,
    ) -> Result<Import, Error> {
        let login = LoginName::from(&name);
        let mut entry = self.event_of(Verb::Import, client, login.key());
        entry.account(&id);
        let result = self.try_import(&mut entry, id, &name, hash).await;
        entry.end(result)
    }

    async fn try_import(
        &self,
        entry: &mut Entry<'_>,
        id: AccountId,
        name: &UserName,
        hash: ImportedHash,
    ) -> Result<Import, Error> {
        let owner = Owner {
            account: &id,
            purpose: Purpose::Password,
        };
        let hash = PasswordHash::import(hash, owner, &self.inner.keys)?;
        match self.add(id, name, hash).await? {
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

    async fn add(
        &self,
        id: AccountId,
        name: &UserName,
        hash: PasswordHash,
    ) -> Result<Committed<Account>, Error> {
        let keys = &self.inner.keys;
        let account = registration::account(id, name, hash, keys, self.epoch()?, self.now());
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
        seat.run(0, move |_memory| {
            let unmet = rules.unmet(&password, &context);
            (password, unmet)
        })
        .await
    }
}
