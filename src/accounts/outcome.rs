//! What verbs answer. A wrong password is an outcome, not an error.

use time::OffsetDateTime;

use crate::{
    name::KeyKind,
    policy::Unmet,
    secret::Ticket,
    session::{Session, SignedIn},
};

/// The answer of [`Accounts::register`](super::Accounts::register).
#[derive(Debug)]
#[must_use]
#[non_exhaustive]
pub enum Register {
    /// The account is there, and its owner is signed in.
    Registered(SignedIn),
    /// Another account has this name ([`KeyKind::Login`]) or one that looks like it
    /// ([`KeyKind::Skeleton`]).
    Taken(KeyKind),
    /// The password does not meet these rules. Nothing was stored.
    Unmet(Vec<Unmet>),
}

/// The answer of [`Accounts::import`](super::Accounts::import).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[must_use]
#[non_exhaustive]
pub enum Import {
    /// The account is there.
    Imported,
    /// Another account has this name ([`KeyKind::Login`]) or one that looks like it
    /// ([`KeyKind::Skeleton`]).
    Taken(KeyKind),
}

/// The answer of [`Accounts::sign_in`](super::Accounts::sign_in).
#[derive(Debug)]
#[must_use]
#[non_exhaustive]
pub enum SignIn {
    /// The right password.
    Accepted(SignedIn),
    /// No account has this name and password. Which of the two was wrong is not told.
    Denied {
        /// How many more misses are free before there is a delay.
        left: u32,
    },
    /// Too many misses: no attempt was made. The same for names that no account has.
    Locked {
        /// When the next attempt can be made.
        until: OffsetDateTime,
    },
}

/// The answer of [`Accounts::session`](super::Accounts::session).
#[derive(Clone, Debug)]
#[must_use]
pub enum SessionStatus {
    /// The session lives.
    Live(Session),
    /// It has ended, or never was: sign in again.
    Ended,
}

/// The answer of [`Accounts::prove`](super::Accounts::prove).
#[derive(Debug)]
#[must_use]
#[non_exhaustive]
pub enum Prove {
    /// The right proof. This ticket replaces the one that was given.
    Accepted(Ticket),
    /// The wrong proof. The ticket stays good.
    Denied {
        /// How many more misses are free before a lock.
        left: u32,
    },
    /// The ticket has ended, or never was: start over.
    Expired,
    /// Too many misses: no attempt was made. The ticket stays good.
    Locked {
        /// When the next attempt can be made.
        until: OffsetDateTime,
    },
}

/// The answer of [`Accounts::apply`](super::Accounts::apply).
#[derive(Debug)]
#[must_use]
#[non_exhaustive]
pub enum Apply {
    /// Everything is changed. Every session of the account has ended; this is a new one for
    /// whoever made the change out of a session.
    Applied(SignedIn),
    /// The ticket has ended, or never was: start over.
    Expired,
    /// Changed too often: nothing was changed. The ticket stays good.
    Locked {
        /// When the next change can be made.
        until: OffsetDateTime,
    },
    /// The new password does not meet these rules. Nothing was changed, and the ticket stays good.
    Unmet(Vec<Unmet>),
    /// The proofs of this flow do not allow the change. The ticket stays good.
    Unproven,
}
