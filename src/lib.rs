//! **backstop**: account sign-in and credential recovery that a Rust service links.
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
