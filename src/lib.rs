//! **backstop**: account sign-in and credential recovery that a Rust service links.
//!
//! A pure core decides; a thin async driver loads, compares, commits and speaks. It brings no
//! framework and no async runtime, hashes on threads of its own, keeps its records in any store
//! that can compare and swap, and sends its messages through any provider.
//!
//! ```text
//!  host ──▶ Accounts (async driver, Clone, no type parameters)
//!             │ load      ◀── AccountStore  durable, one record an account, compare-and-swap, unique names
//!             │           ◀── FlowStore     records that expire: flows and attempt budgets, compare-and-swap
//!             │ decide    ──▶ flow          pure: record + input + now + entropy -> Decision
//!             │ compare   ──▶ hasher        Argon2id workers of its own, each with its own warm memory
//!             │ commit    ──▶ the stores; a stale revision is loaded and decided again
//!             └ speak     ──▶ outcome to the host; messages to the courier ──▶ MessageSender
//! ```
//!
//! # Where to start
//!
//! [`Accounts`] has every verb; [`Accounts::builder`] makes one from a store, a sender and a
//! [`ServiceKey`].
//!
//! ```
//! use backstop::{
//!     Accounts, Challenge, Client, MemorySender, MemoryStore, NewPassword, Password, Recover,
//!     Register, ServiceKey, SignIn,
//! };
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // From the service's environment; `openssl rand -base64 32` makes one.
//! let key: ServiceKey = "k1r1hMVHn5Z6aIZ0MZg0oBqLxm5sR8ikf0xJmNDT8pc=".parse()?;
//! let accounts = Accounts::builder(MemoryStore::new(), MemorySender::new(), key)
//!     .link_base("https://shop.example/recover")?
//!     .build()?;
//! tokio::spawn(accounts.courier(tokio::time::sleep));
//! let client = Client::new().human(true).label("Firefox, Uppsala");
//!
//! let password = NewPassword::typed_twice("Quiet-17-lanterns", "Quiet-17-lanterns")?;
//! let answer = accounts.register("42".parse()?, "alice".parse()?, password, &client).await?;
//! assert!(matches!(answer, Register::Registered(_)));
//!
//! let typed = Password::new("Quiet-17-lanterns")?;
//! let answer = accounts.sign_in(&"Alice".parse()?, &typed, &client).await?;
//! assert!(matches!(answer, SignIn::Accepted(_)));
//!
//! // Forgot it. The answers are the same for a name that nobody has.
//! let Recover::Started(ticket) = accounts.recover(&"alice".parse()?, &client)? else {
//!     return Err("pass the human check first".into());
//! };
//! let _sent = accounts.challenge(&ticket, Challenge::SecurityEmail).await?;
//! # Ok(()) }
//! ```
//!
//! - New accounts: [`Accounts::register`], [`Accounts::import`].
//! - With an identity of elsewhere: [`Accounts::register_linked`], [`Accounts::sign_in_linked`],
//!   [`Changes::link`].
//! - Signing in: [`Accounts::sign_in`], with the feature `totp` `Accounts::second_factor`, then [`Accounts::session`] for each request.
//! - Changing something out of a session: [`Accounts::settings`], [`Accounts::challenge`],
//!   [`Accounts::prove`], [`Accounts::apply`].
//! - Recovering an account: the same, from [`Accounts::recover`] on. What is sufficient for what is
//!   the [authority table](policy::TABLE).
//! - The page that links in mails open: [`Accounts::follow`], [`Accounts::cancel`].
//! - Support cases: [`Builder::may_act`], [`Accounts::open_case`], [`Accounts::approve`],
//!   [`Accounts::refuse`].
//! - In the background: [`Accounts::courier`] sends, [`Accounts::purge`] tidies up every few
//!   minutes.
//!
//! Outcomes such as a wrong password, a lock or unmet rules are values; [`Error`] is a failure,
//! and a failure never signs anybody in.
//!
//! # Modules
//!
//! | module | what is in it |
//! |---|---|
//! | [`account`] | the account record and the host's key of it |
//! | [`address`] | where messages go: a mailbox or a phone |
//! | [`audit`] | one event for each verb, for the host's log |
//! | `breach_filter` | with its feature: a local list of breached passwords |
//! | [`client`] | who is asking |
//! | `conformance` | with its feature: the suite that proves a store or a sender of yours |
//! | [`email`] | e-mail addresses |
//! | [`hash`] | what a hash costs, and hashes of other systems |
//! | [`hasher`] | how many workers hash, and how many callers wait |
//! | [`hint`] | the ids of hint questions |
//! | [`identity`] | who somebody is to a provider such as Google |
//! | [`locale`] | the languages that users read, and all that is said in them |
//! | [`manual`] | pages for hosts: what is counted and why, what is left to them, upgrades, PostgreSQL, writing a store |
//! | [`message`] | what users are told by mail and by text message |
//! | [`name`] | user names, login names, unique keys |
//! | [`phone`] | phone numbers |
//! | [`policy`] | password rules, hint questions, attempt budgets, the authority table |
//! | [`record`] | what a store keeps |
//! | [`secret`] | passwords, codes, answers, tokens |
//! | [`sender`] | the trait that sends the messages, and the senders that are here |
//! | [`store`] | the two traits that a store implements, and the stores that are here |
//! | [`support`] | support cases: agents, evidence, goals |
//!
//! # Features
//!
//! | feature | what it adds |
//! |---|---|
//! | `breach-filter` | `BreachFilter`, a compact list of breached passwords on this machine, and what makes it; brings xorf and sha1 |
//! | `conformance` | `conformance`, the suite that proves a store or a sender of yours, for dev-dependencies; brings nothing |
//! | `postgres` | `PostgresStore`, over a URL or the host's own pool; brings sqlx and Tokio |
//! | `sqlite` | `SqliteStore`, over a file or the host's own pool; brings sqlx and Tokio |
//! | `legacy-hashes` | `import` takes bcrypt, scrypt and PBKDF2 hashes as well; brings their crates |
//! | `phone` | reads phone numbers as users type them; brings phonenumber |
//! | `smtp` | `SmtpSender`, over a mail server, with TLS; brings lettre, rustls and Tokio |
//! | `totp` | a second factor: codes of an authenticator app; brings totp-rs and chacha20poly1305 |
//! | `tracing` | `audit::to_tracing`, which makes the audit events events of the crate tracing |
//!
//! None is on by default, and none changes what the core does: also without `totp`, an account that
//! has a second factor is not signed in to without it.
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod account;
mod accounts;
pub mod address;
pub mod audit;
#[cfg(feature = "breach-filter")]
pub mod breach_filter;
pub mod client;
mod clock;
#[cfg(feature = "conformance")]
pub mod conformance;
pub mod email;
mod error;
mod flow;
pub mod hash;
pub mod hasher;
pub mod hint;
pub mod identity;
pub mod locale;
pub mod manual;
pub mod message;
pub mod name;
pub mod phone;
pub mod policy;
pub mod record;
pub mod secret;
pub mod sender;
mod service_key;
mod session;
pub mod store;
pub mod support;
mod weakness;

pub use account::{AccountId, AccountIdError, Method};
pub use accounts::{
    Accounts, Apply, Approve, BuildError, Builder, Challenge, Challenged, Import, ImportedAccount,
    Issue, LinkBaseError, Manage, OpenCase, Prove, ReadCase, Recover, RefuseCase, Register,
    RegisterSubAccount, SessionStatus, SignIn, SignInLinked, SignInOnce, Standing, Stopped,
};
#[cfg(feature = "totp")]
pub use accounts::{IssueBackupCodes, IssueFactor};
pub use address::Address;
#[cfg(feature = "breach-filter")]
pub use breach_filter::BreachFilter;
pub use client::Client;
pub use email::EmailAddress;
pub use error::Error;
pub use flow::change::{Changes, Proof};
pub use hash::ImportedHash;
pub use hint::QuestionId;
pub use identity::Identity;
pub use locale::{Locale, Localize};
pub use message::Message;
pub use name::{LoginName, NameError, UserName};
pub use phone::PhoneNumber;
pub use policy::Policy;
#[cfg(feature = "totp")]
pub use secret::{BackupCode, NewSecondFactor, SecondFactor, TotpCode, TotpKey};
pub use secret::{
    DeviceToken, HintAnswer, Link, MailedCode, NewPassword, Password, PasswordError, SecurityCode,
    SessionToken, Ticket, TokenError,
};
#[cfg(feature = "smtp")]
pub use sender::SmtpSender;
pub use sender::{MemorySender, MessageSender};
pub use service_key::{KeyError, ServiceKey};
pub use session::{Advice, Session, SessionId, SignedIn};
pub use store::MemoryStore;
#[cfg(feature = "postgres")]
pub use store::PostgresStore;
#[cfg(feature = "sqlite")]
pub use store::SqliteStore;

/// The README's code compiles.
#[cfg(all(doctest, feature = "sqlite"))]
#[doc = include_str!("../README.md")]
struct Readme;
