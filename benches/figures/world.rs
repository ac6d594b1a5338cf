//! What is measured: accounts of a service, their names and the one password, and the bare hash
//! that they are compared with.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use argon2::{Algorithm, Argon2, Block, Params, Version};
use backstop::{
    Accounts, Client, LoginName, NewPassword, Password, Register, ServiceKey, SignIn,
    hash::HashCost,
};
use tokio::runtime::{Builder, Runtime};

pub(crate) const PASSWORD: &str = "Mira-2-lakes";
pub(crate) const WRONG_PASSWORD: &str = "Mira-3-lakes";

/// Any hash of its cost: nobody signs in.
pub(crate) const HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$\
                               c2l4dGVlbiBieXRlIHNsdA$CzBVep/E6Q4zWH2ix+wRNluApcrvFDleg6jN8hc8YYY";

pub(crate) fn key() -> ServiceKey {
    "k1r1hMVHn5Z6aIZ0MZg0oBqLxm5sR8ikf0xJmNDT8pc="
        .parse()
        .expect("a key")
}

/// An executor of one thread, for what is timed alone.
pub(crate) fn executor() -> Runtime {
    Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("an executor")
}

/// The name of an account that is registered, or will be.
pub(crate) fn member(number: usize) -> String {
    format!("member-{number:06}")
}

/// A name of the same length that no account has.
pub(crate) fn nobody(number: usize) -> String {
    format!("nobody-{number:06}")
}

pub(crate) fn login(name: &str) -> LoginName {
    name.parse().expect("a name")
}

pub(crate) fn password(typed: &str) -> Password {
    Password::new(typed).expect("a password")
}

pub(crate) fn new_password(typed: &str) -> NewPassword {
    NewPassword::typed_twice(typed, typed).expect("a password")
}

/// Registers so many members.
pub(crate) async fn register(accounts: &Accounts, members: usize) {
    for number in 0..members {
        let registered = accounts
            .register(
                number.to_string().parse().expect("an id"),
                member(number).parse().expect("a name"),
                new_password(PASSWORD),
                &Client::new(),
            )
            .await
            .expect("registered");
        assert!(matches!(registered, Register::Registered(_)));
    }
}

/// Signs in with the right password.
pub(crate) async fn sign_in(accounts: &Accounts, name: &LoginName) {
    let answer = accounts
        .sign_in(name, &password(PASSWORD), &Client::new())
        .await;
    assert!(matches!(answer, Ok(SignIn::Accepted(_))), "{answer:?}");
}

/// The argon2 crate without anything around it.
pub(crate) struct Bare {
    argon2: Argon2<'static>,
    blocks: Vec<Block>,
}

impl Bare {
    pub(crate) fn new(memory_kib: u32, passes: u32) -> Self {
        let params = Params::new(memory_kib, passes, 1, None).expect("parameters");
        Self {
            blocks: vec![Block::default(); params.block_count()],
            argon2: Argon2::new(Algorithm::Argon2id, Version::V0x13, params),
        }
    }

    pub(crate) fn ordinary() -> Self {
        Self::new(HashCost::DEFAULT.memory_kib(), 2)
    }

    /// A hash in memory of its own, as the crate allocates it.
    pub(crate) fn fresh(&self) {
        let mut tag = [0; 32];
        self.argon2
            .hash_password_into(PASSWORD.as_bytes(), b"sixteen byte salt", &mut tag)
            .expect("hashed");
        std::hint::black_box(tag);
    }

    /// A hash in memory that is kept from hash to hash.
    pub(crate) fn warm(&mut self) {
        let mut tag = [0; 32];
        self.argon2
            .hash_password_into_with_memory(
                PASSWORD.as_bytes(),
                b"sixteen byte salt",
                &mut tag,
                &mut self.blocks,
            )
            .expect("hashed");
        std::hint::black_box(tag);
    }
}

/// So many bare hashes, on a thread for each of these.
pub(crate) fn all_busy(bare: &mut [Bare], hashes: usize) {
    let done = AtomicUsize::new(0);
    thread::scope(|scope| {
        for bare in bare {
            scope.spawn(|| {
                while done.fetch_add(1, Ordering::Relaxed) < hashes {
                    bare.warm();
                }
            });
        }
    });
}

/// A place for an SQLite file, on the disk that the build is on. It is removed when dropped.
pub(crate) struct Folder(std::path::PathBuf);

impl Folder {
    pub(crate) fn new(purpose: &str) -> Self {
        let name = format!("figures-{purpose}-{}", std::process::id());
        let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&folder).expect("a folder");
        Self(folder)
    }

    pub(crate) fn file(&self) -> std::path::PathBuf {
        self.0.join("accounts.db")
    }

    pub(crate) async fn store(&self) -> backstop::SqliteStore {
        backstop::SqliteStore::open(self.file())
            .await
            .expect("a store")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _stays_with_the_build = std::fs::remove_dir_all(&self.0);
    }
}
