//! **backstop**: account sign-in and credential recovery that a Rust service links.
//!
//! A pure core decides; a thin async driver loads, compares, commits and answers. It brings no
//! framework and no async runtime, hashes on threads of its own, and keeps its records in any
//! store that can compare and swap.
//!
//! ```text
//!  host ──▶ Accounts (async driver, Clone, no type parameters)
//!             │ load      ◀── AccountStore  durable, one record an account, compare-and-swap, unique names
//!             │           ◀── FlowStore     records that expire: flows and attempt budgets, compare-and-swap
//!             │ decide    ──▶ flow          pure: record + input + now + entropy -> Decision
//!             │ compare   ──▶ hasher        Argon2id workers of its own, each with its own warm memory
//!             │ commit    ──▶ the stores; a stale revision is loaded and decided again
//!             └ answer    ──▶ outcome to the host; one audit event for each verb
//! ```
//!
//! # Where to start
//!
//! [`Accounts`] has every verb; [`Accounts::builder`] makes one from a store and a [`ServiceKey`].
//!
//! ```
//! use backstop::{Accounts, Client, MemoryStore, NewPassword, Password, Register, ServiceKey, SignIn};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // From the service's environment; `openssl rand -base64 32` makes one.
//! let key: ServiceKey = "k1r1hMVHn5Z6aIZ0MZg0oBqLxm5sR8ikf0xJmNDT8pc=".parse()?;
//! let accounts = Accounts::builder(MemoryStore::new(), key).build()?;
//! let client = Client::new().label("Firefox, Uppsala");
//!
//! let password = NewPassword::typed_twice("Quiet-17-lanterns", "Quiet-17-lanterns")?;
//! let answer = accounts.register("42".parse()?, "alice".parse()?, password, &client).await?;
//! assert!(matches!(answer, Register::Registered(_)));
//!
//! let typed = Password::new("Quiet-17-lanterns")?;
//! let answer = accounts.sign_in(&"Alice".parse()?, &typed, &client).await?;
//! assert!(matches!(answer, SignIn::Accepted(_)));
//! # Ok(()) }
//! ```
//!
//! - New accounts: [`Accounts::register`], [`Accounts::import`].
//! - Signing in: [`Accounts::sign_in`], then [`Accounts::session`] for each request.
//! - Changing the password with the current one: [`Accounts::settings`], [`Accounts::prove`],
//!   [`Accounts::apply`].
//! - Tidying up: [`Accounts::purge`], every few minutes.
//!
//! Outcomes such as a wrong password, a lock or unmet rules are values; [`Error`] is a failure,
//! and a failure never signs anybody in.
//!
//! # Modules
//!
//! | module | what is in it |
//! |---|---|
//! | [`account`] | the account record and the host's key of it |
//! | [`audit`] | one event for each verb, for the host's log |
//! | [`client`] | who is asking |
//! | [`hash`] | what a hash costs, and hashes of other systems |
//! | [`hasher`] | how many workers hash, and how many callers wait |
//! | [`name`] | user names, login names, unique keys |
//! | [`policy`] | password rules, attempt budgets, the authority table |
//! | [`record`] | what a store keeps |
//! | [`secret`] | passwords, session tokens, tickets |
//! | [`store`] | the two traits that a store implements, and the stores that are here |
//!
//! # Features
//!
//! | feature | what it adds |
//! |---|---|
//! | `sqlite` | `SqliteStore`, over a file or the host's own pool; brings sqlx and Tokio |
//!
//! None is on by default, and none changes what the core does.
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod account;
mod accounts;
pub mod audit;
pub mod client;
mod clock;
mod error;
mod flow;
pub mod hash;
pub mod hasher;
pub mod name;
pub mod policy;
pub mod record;
pub mod secret;
mod service_key;
mod session;
pub mod store;

pub use account::{AccountId, AccountIdError, Method};
pub use accounts::{
    Accounts, Apply, BuildError, Builder, Import, Prove, Register, SessionStatus, SignIn,
};
pub use client::Client;
pub use error::Error;
pub use flow::change::{Changes, Proof};
pub use hash::ImportedHash;
pub use name::{LoginName, NameError, UserName};
pub use policy::Policy;
pub use secret::{NewPassword, Password, PasswordError, SessionToken, Ticket, TokenError};
pub use service_key::{KeyError, ServiceKey};
pub use session::{Advice, Session, SessionId, SignedIn};
pub use store::MemoryStore;
#[cfg(feature = "sqlite")]
pub use store::SqliteStore;

/// The README's code compiles.
#[cfg(all(doctest, feature = "sqlite"))]
#[doc = include_str!("../README.md")]
struct Readme;
