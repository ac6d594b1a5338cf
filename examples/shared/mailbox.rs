//! Mailboxes in memory: what a mail server would have been given.

use backstop::{Accounts, Builder, Challenge, Challenged, Changes, MemorySender, Proof, SignedIn};

use crate::{
    letter::Letter,
    shop::{Shop, password},
    stage::{Told, check},
};

pub(crate) struct Mailbox {
    accounts: Accounts,
    sender: MemorySender,
}

impl Mailbox {
    /// A shop whose mails all land here.
    pub(crate) async fn with_shop(example: &str) -> Told<(Shop, Self)> {
        Self::with(example, |builder| builder).await
    }

    pub(crate) async fn with(
        example: &str,
        adapt: impl FnOnce(Builder) -> Builder,
    ) -> Told<(Shop, Self)> {
        let sender = MemorySender::new();
        let shop = Shop::open(example, sender.clone(), adapt).await?;
        let accounts = shop.accounts.clone();
        Ok((shop, Self { accounts, sender }))
    }

    /// Sends what waits, and reads it.
    pub(crate) async fn open(&self) -> Told<Vec<Letter>> {
        let letters = self.take().await?;
        letters.iter().for_each(Letter::print);
        Ok(letters)
    }

    /// The one mail that waits.
    pub(crate) async fn open_one(&self) -> Told<Letter> {
        let mut letters = self.open().await?;
        check(letters.len() == 1, "one mail")?;
        Ok(letters.remove(0))
    }

    /// A service spawns a courier for this instead.
    async fn take(&self) -> Told<Vec<Letter>> {
        self.accounts.deliver_due().await?;
        Ok(self.sender.take().iter().map(Letter::from).collect())
    }

    /// The first security e-mail of an account, whose mails are not shown.
    pub(crate) async fn confirm(
        &self,
        shop: &Shop,
        cookie: &SignedIn,
        address: &str,
    ) -> Told<SignedIn> {
        let ticket = shop
            .prove(&shop.settings(cookie).await?, password()?)
            .await?;
        let new = Challenge::NewEmail(address.parse()?);
        let sent = shop.accounts.challenge(&ticket, new).await?;
        check(sent == Challenged::Sent, "a mail to the new address")?;
        let mut letters = self.take().await?;
        let code = letters.pop().ok_or("no mail")?.code()?;
        let ticket = shop.prove(&ticket, Proof::NewEmail(code)).await?;
        let cookie = shop.apply(&ticket, Changes::new().email()).await?;
        self.take().await?;
        Ok(cookie)
    }
}
