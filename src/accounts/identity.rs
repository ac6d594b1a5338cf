//! Identities of elsewhere: registering and signing in with one, and one as a proof.

use base64ct::{Base64UrlUnpadded, Encoding};
use zeroize::Zeroizing;

use super::{
    Accounts, Prove, Register, SignInLinked,
    claim::{Met, Opened},
    prove::accepted_or_expired,
    sign_in::Entered,
};
use crate::{
    account::{Account, AccountId, ActivityKind, Method},
    audit::{Entry, Outcome, Reason, Verb},
    client::Client,
    error::Error,
    flow::{change, decision::Committed, registration},
    hasher::Lane,
    identity::Identity,
    name::{KeyKind, LoginName, UserName},
    record::Key,
    secret::Password,
};

impl Accounts {
    /// Registers an account without a password, for whoever has this identity.
    ///
    /// It has no address either, whatever the provider says of one: its owner sets a password or an
    /// address when they like, with [`Proof::LinkedIdentity`](crate::Proof::LinkedIdentity) in a
    /// session.
    ///
    /// `id`, `name`, `client`: as for [`register`](Self::register). `identity`: of whoever is asking.
    ///
    /// ```
    /// # use backstop::*;
    /// # async fn example(accounts: Accounts, iss: &str, sub: &str) -> Result<(), Box<dyn std::error::Error>> {
    /// let identity = Identity::verified(iss, sub)?;
    /// match accounts.register_linked("42".parse()?, "alice".parse()?, identity, &Client::new()).await? {
    ///     Register::Registered(signed_in) => println!("welcome, {}", signed_in.account()),
    ///     Register::Taken(name::KeyKind::Identity) => println!("you have an account already"),
    ///     Register::Taken(_) => println!("this name is taken"),
    ///     _ => {}
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`register`](Self::register).
    pub async fn register_linked(
        &self,
        id: AccountId,
        name: UserName,
        identity: Identity,
        client: &Client,
    ) -> Result<Register, Error> {
        let login = LoginName::from(&name);
        let mut entry = self.event_of(Verb::RegisterLinked, client, login.key());
        let registered = self.try_register_linked(&mut entry, id, name, identity, client);
        let result = Box::pin(registered).await;
        entry.end(result)
    }

    async fn try_register_linked(
        &self,
        entry: &mut Entry<'_>,
        id: AccountId,
        name: UserName,
        identity: Identity,
        client: &Client,
    ) -> Result<Register, Error> {
        let inner = &self.inner;
        let login = LoginName::from(&name);
        let place = Key::from_bytes(inner.keys.index(&[b"register", login.key().bytes()]));
        let seat = inner.hasher.reserve(place, Lane::Stranger)?;
        if inner.policy.reserves(&name) {
            entry.outcome(Outcome::Taken(KeyKind::Login));
            return Ok(Register::Taken(KeyKind::Login));
        }
        // Hashed like any other, so that a guess at it takes as long.
        let hash = self.hash(&seat, &id, self.nobodys_password()?).await?;
        // Drawn first: once the account is written nothing can fail.
        let (session, device) = (self.session_id()?, self.device_id()?);
        let (epoch, now) = (self.epoch()?, self.now());
        let account = registration::account(id, &name, hash, None, &inner.keys, epoch, now);
        let account = Account {
            locale: client.locale(),
            ..registration::linked(account, identity, now)
        };
        match registration::add(account, self.revision()?)
            .commit(self)
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

    /// 256 random bits as a text.
    fn nobodys_password(&self) -> Result<Password, Error> {
        let bits: Zeroizing<[u8; 32]> = Zeroizing::new(self.inner.entropy.draw()?);
        let text = Zeroizing::new(Base64UrlUnpadded::encode_string(bits.as_slice()));
        Password::new(&text).map_err(|_never| Error::Entropy)
    }

    /// Signs in whoever has this identity, if an account is linked to it. A second factor is asked
    /// for as after a password; the provider's own does not count.
    ///
    /// `identity`: of whoever is asking. `client`: who is asking.
    ///
    /// # Security
    ///
    /// When it answers [`SignInLinked::NotLinked`], never look for an account with the e-mail
    /// address that the token tells of: somebody else may have registered it beforehand, and a
    /// provider may not have looked whose it is (Sudhodanan and Paverd, *Pre-hijacked accounts*,
    /// USENIX Security 2022). Have the user sign in with the password, and then link the identity,
    /// which takes the password and a code out of the mailbox ([`Changes::link`](crate::Changes::link)).
    ///
    /// ```
    /// # use backstop::*;
    /// # async fn example(accounts: Accounts, iss: &str, sub: &str) -> Result<(), Box<dyn std::error::Error>> {
    /// let identity = Identity::verified(iss, sub)?;
    /// match accounts.sign_in_linked(&identity, &Client::new()).await? {
    ///     SignInLinked::Accepted(signed_in) => println!("cookie: {}", signed_in.token().expose()),
    ///     SignInLinked::NotLinked => println!("sign in with your password, or register"),
    ///     SignInLinked::SecondFactor(_ticket) => println!("type a code of your app"),
    ///     _ => {}
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Store`], [`Error::Record`], [`Error::Entropy`], [`Error::UnknownKey`]: nobody was
    /// signed in.
    pub async fn sign_in_linked(
        &self,
        identity: &Identity,
        client: &Client,
    ) -> Result<SignInLinked, Error> {
        let mut entry = self.event_of(Verb::SignInLinked, client, &identity.key());
        let result = Box::pin(self.try_sign_in_linked(&mut entry, identity, client)).await;
        entry.end(result)
    }

    async fn try_sign_in_linked(
        &self,
        entry: &mut Entry<'_>,
        identity: &Identity,
        client: &Client,
    ) -> Result<SignInLinked, Error> {
        let (now, policy) = (self.now(), &self.inner.policy);
        let found = self.find(&identity.key()).await?;
        let signs_in = |account: &Account| change::signs_in(account, identity, now, policy);
        let Some(account) = found.map(|stored| stored.value).filter(signs_in) else {
            entry.outcome(Outcome::Denied {
                reason: Reason::UnknownIdentity,
                left: None,
            });
            return Ok(SignInLinked::NotLinked);
        };
        entry.account(account.id());
        let known = self.device(client).filter(|device| device.is_of(&account));
        let device = match known {
            Some(known) => known.device,
            None => self.device_id()?,
        };
        let (id, label) = (self.session_id()?, client.label_text());
        Ok(match self.enter(entry, &account, id, device, label)? {
            Entered::SignedIn(signed_in) => {
                let what = ActivityKind::SignedIn(Method::LinkedIdentity);
                self.note_activity(&account, what, label);
                SignInLinked::Accepted(signed_in)
            }
            Entered::AtSecondFactor(ticket) => SignInLinked::SecondFactor(ticket),
        })
    }

    /// An identity as a proof in a session. Nobody guesses at one, so it is not counted.
    pub(super) async fn prove_identity(
        &self,
        opened: &Opened,
        met: &Met,
        identity: &Identity,
    ) -> Result<Prove, Error> {
        let account = met.account()?;
        if !account.has_identities_only() {
            return Err(Error::NotOffered);
        }
        if account.linked(identity).is_none() {
            return Ok(Prove::Denied { left: None });
        }
        self.accept(opened, met, Method::LinkedIdentity, |_| ())
            .await
            .map(accepted_or_expired)
    }
}
