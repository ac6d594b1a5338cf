//! A denial that nobody looks at.
#![deny(unused_must_use)]
use backstop::{Accounts, Client, Error, LoginName, Password};

async fn sign_in(accounts: Accounts, name: LoginName, typed: Password) -> Result<(), Error> {
    accounts.sign_in(&name, &typed, &Client::new()).await?;
    Ok(())
}

fn main() {}
