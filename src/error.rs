//! Failures. Outcomes such as a wrong password are values, not errors.

use crate::{record::RecordError, store::StoreError};

/// Whatever went wrong in code of the host's.
pub(crate) type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Why a verb could not answer. Nobody was signed in and nothing was changed, unless the verb's
/// documentation says otherwise; what can be retried says so.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The host's list of breached passwords could not be asked, and new passwords are refused
    /// meanwhile: [`OnFailure::Refuse`](crate::policy::OnFailure::Refuse). Try again.
    #[error("the list of breached passwords could not be asked: nothing was changed, try again")]
    BreachCheck(#[source] BoxError),
    /// The same record was changed by others over and over. Try again.
    #[error("the record is being changed by others: try again")]
    Contended,
    /// The random source failed.
    #[error("the random source failed: nothing was made from less than random bytes")]
    Entropy,
    /// A job on the hashing workers failed, or the workers are gone.
    #[error("a hashing job failed: try again")]
    Hashing,
    /// An account with this id is in the store already.
    #[error("an account with this id is there already: the host's ids must be unique")]
    IdInUse,
    /// The method is not one that can be challenged, or that this service offers.
    #[error("this method is not offered here: see Accounts::methods")]
    NotOffered,
    /// [`Changes`](crate::Changes) without a change.
    #[error("there is nothing to change: name at least one change")]
    NothingToChange,
    /// Too much is being hashed, for this name or at all. No attempt was charged. Try again.
    #[error("too many attempts are in flight: try again shortly, no attempt was charged")]
    Overloaded,
    /// A stored record cannot be used.
    #[error("a stored record cannot be used")]
    Record(#[from] RecordError),
    /// The store failed.
    #[error("the store failed")]
    Store(#[source] StoreError),
    /// An account was made with a service key that is not in the ring, or not in its place.
    #[error("an account needs a service key that is not in the ring, oldest first: put it back")]
    UnknownKey,
}

impl Error {
    /// Whether the same call can succeed when it is made again, a little later.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        match self {
            Self::BreachCheck(_)
            | Self::Contended
            | Self::Hashing
            | Self::Overloaded
            | Self::Store(_) => true,
            Self::Entropy
            | Self::IdInUse
            | Self::NotOffered
            | Self::NothingToChange
            | Self::Record(_)
            | Self::UnknownKey => false,
        }
    }
}
