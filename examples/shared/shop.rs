//! A service on an SQLite file, and the steps of it that an example does not tell about: each
//! fails unless it goes well.

use backstop::{
    Accounts, Apply, Builder, Changes, Client, DeviceToken, MessageSender, NewPassword, Password,
    Proof, Prove, Recover, Register, ServiceKey, SessionStatus, SignIn, SignedIn, SqliteStore,
    Ticket,
};

use crate::stage::{Clock, Scratch, Told};

/// Everybody's first password, and the one after it.
pub(crate) const OLD: &str = "Quiet-17-lanterns";
pub(crate) const NEW: &str = "Amber-42-orchards";

pub(crate) struct Shop {
    pub(crate) accounts: Accounts,
    pub(crate) clock: Clock,
    _scratch: Scratch,
}

impl Shop {
    pub(crate) async fn open(
        example: &str,
        sender: impl MessageSender,
        adapt: impl FnOnce(Builder) -> Builder,
    ) -> Told<Self> {
        let scratch = Scratch::new(example)?;
        let clock = Clock::default();
        let time = clock.clone();
        // A service reads its key from its environment: `openssl rand -base64 32`.
        let key: ServiceKey = "k1r1hMVHn5Z6aIZ0MZg0oBqLxm5sR8ikf0xJmNDT8pc=".parse()?;
        let store = SqliteStore::open(scratch.0.join("accounts.db")).await?;
        let builder = Accounts::builder(store, sender, key)
            .link_base("https://shop.example/recover")?
            .clock(move || time.now());
        let accounts = adapt(builder).build()?;
        Ok(Self {
            accounts,
            clock,
            _scratch: scratch,
        })
    }

    pub(crate) async fn register(&self, id: &str, name: &str) -> Told<SignedIn> {
        let (id, name) = (id.parse()?, name.parse()?);
        let (password, client) = (twice(OLD)?, browser());
        let answer = self.accounts.register(id, name, password, &client);
        match answer.await? {
            Register::Registered(cookie) => Ok(cookie),
            refused => Err(format!("not registered: {refused:?}").into()),
        }
    }

    pub(crate) async fn sign_in(&self, name: &str, typed: &str) -> Told<SignIn> {
        let (name, typed) = (name.parse()?, Password::new(typed)?);
        Ok(self.accounts.sign_in(&name, &typed, &browser()).await?)
    }

    pub(crate) async fn settings(&self, cookie: &SignedIn) -> Told<Ticket> {
        match self.accounts.session(cookie.token()).await? {
            SessionStatus::Live(session) => Ok(self.accounts.settings(&session)?),
            SessionStatus::Ended => Err("signed out".into()),
        }
    }

    pub(crate) fn recover(&self, name: &str, client: Client) -> Told<Ticket> {
        // Passed once the host's CAPTCHA is.
        match self.accounts.recover(&name.parse()?, &client.human(true))? {
            Recover::Started(ticket) => Ok(ticket),
            refused => Err(format!("no recovery: {refused:?}").into()),
        }
    }

    pub(crate) async fn prove(&self, ticket: &Ticket, proof: Proof) -> Told<Ticket> {
        match self.accounts.prove(ticket, proof).await? {
            Prove::Accepted(ticket) => Ok(ticket),
            refused => Err(format!("not proved: {refused:?}").into()),
        }
    }

    pub(crate) async fn apply(&self, ticket: &Ticket, changes: Changes) -> Told<SignedIn> {
        match self.accounts.apply(ticket, changes).await? {
            Apply::Applied(cookie) => Ok(cookie),
            refused => Err(format!("not changed: {refused:?}").into()),
        }
    }

    /// The end of a recovery.
    pub(crate) async fn renew(&self, ticket: &Ticket, changes: Changes) -> Told<DeviceToken> {
        match self.accounts.apply(ticket, changes).await? {
            Apply::Recovered(device) => Ok(device),
            refused => Err(format!("not recovered: {refused:?}").into()),
        }
    }
}

pub(crate) fn browser() -> Client {
    Client::new().label("Firefox, Uppsala")
}

pub(crate) fn password() -> Told<Proof> {
    Ok(Proof::CurrentPassword(Password::new(OLD)?))
}

pub(crate) fn twice(typed: &str) -> Told<NewPassword> {
    Ok(NewPassword::typed_twice(typed, typed)?)
}
