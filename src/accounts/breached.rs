//! Asking a list of the host's whether a new password is in it.

use std::sync::Arc;

use crate::{
    error::{BoxError, Error},
    policy::{OnFailure, Unmet},
    secret::NewPassword,
};

type Check = dyn Fn(&str) -> Result<bool, BoxError> + Send + Sync;

/// The host's list, and what holds while it cannot be asked.
#[derive(Clone)]
pub(super) struct Breached {
    check: Arc<Check>,
    on_failure: OnFailure,
}

impl Breached {
    pub(super) fn new(
        check: impl Fn(&str) -> Result<bool, BoxError> + Send + Sync + 'static,
        on_failure: OnFailure,
    ) -> Self {
        Self {
            check: Arc::new(check),
            on_failure,
        }
    }

    /// Asks, on a worker.
    pub(super) fn unmet(&self, password: &NewPassword) -> Result<Option<Unmet>, Error> {
        match ((self.check)(password.expose()), self.on_failure) {
            (Ok(true), _) => Ok(Some(Unmet::Breached)),
            (Ok(false), _) | (Err(_), OnFailure::Accept) => Ok(None),
            (Err(source), OnFailure::Refuse) => Err(Error::BreachCheck(source)),
        }
    }
}
