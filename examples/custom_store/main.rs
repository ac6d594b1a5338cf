//! A store of one's own: `store.rs` is all of it. The suite proves both of its traits; then somebody
//! signs in over it.
#![expect(clippy::arithmetic_side_effects, reason = "its numbers are its own")]
#![expect(clippy::incompatible_msrv, reason = "the store needs Rust 1.91")]
#![expect(clippy::print_stdout, reason = "an example talks to its reader")]

#[expect(dead_code, reason = "some of it is for longer stories")]
#[path = "../shared/stage.rs"]
mod stage;
mod store;

use std::{
    fs,
    path::PathBuf,
    sync::atomic::{AtomicU32, Ordering},
};

use backstop::{
    Accounts, Client, MemorySender, NewPassword, Password, Register, ServiceKey, SignIn,
    conformance::{self, Fixture, Runtime},
    store::StoreError,
};

use stage::{Scratch, Told, check};
use store::Folder;

/// A folder for each check, in one that goes when the suite is over.
struct Folders {
    folder: Scratch,
    next: AtomicU32,
}

impl Folders {
    fn new(suite: &str) -> Told<Self> {
        Ok(Self {
            folder: Scratch::new(suite)?,
            next: AtomicU32::new(1),
        })
    }
}

impl Fixture for Folders {
    type Place = PathBuf;
    type Store = Folder;

    async fn place(&self) -> Result<PathBuf, StoreError> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let folder = self.folder.0.join(number.to_string());
        fs::create_dir(&folder).map_err(StoreError::new)?;
        Ok(folder)
    }

    async fn open(&self, folder: &PathBuf) -> Result<Folder, StoreError> {
        Ok(Folder(folder.clone()))
    }
}

#[tokio::main]
async fn main() -> Told {
    let runtime = Runtime::new(|task| drop(tokio::spawn(task)), tokio::time::sleep);
    for report in [
        conformance::account_store(Folders::new("custom-accounts")?, &runtime).await,
        conformance::flow_store(Folders::new("custom-flows")?, &runtime).await,
    ] {
        println!("{report}");
        report.into_result()?;
    }
    sign_in().await
}

async fn sign_in() -> Told {
    let folder = Scratch::new("custom-store")?;
    let (id, name) = ("42".parse()?, "alice".parse()?);
    let password = "Quiet-17-lanterns";

    let twice = NewPassword::typed_twice(password, password)?;
    let accounts = accounts(Folder(folder.0.clone()))?;
    let registered = accounts.register(id, name, twice, &Client::new()).await?;
    check(matches!(registered, Register::Registered(_)), "registered")?;

    // What another process of the service sees.
    let accounts = self::accounts(Folder(folder.0.clone()))?;
    let (name, typed) = ("alice".parse()?, Password::new(password)?);
    let answer = accounts.sign_in(&name, &typed, &Client::new()).await?;
    check(matches!(answer, SignIn::Accepted(_)), "signed in")?;
    println!("alice has registered, and signed in over a client of its own.");
    Ok(())
}

fn accounts(store: Folder) -> Told<Accounts> {
    // A service reads its key from its environment: `openssl rand -base64 32`.
    let key: ServiceKey = "k1r1hMVHn5Z6aIZ0MZg0oBqLxm5sR8ikf0xJmNDT8pc=".parse()?;
    let builder = Accounts::builder(store, MemorySender::new(), key);
    Ok(builder.link_base("https://shop.example/recover")?.build()?)
}
