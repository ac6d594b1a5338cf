//! What the stores over sqlx share.

use super::StoreError;
use crate::record::{RecordError, Revision};

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        Self::new(error)
    }
}

pub(super) fn revision(column: &[u8]) -> Result<Revision, StoreError> {
    let bits = column.try_into().map_err(|_| RecordError::Damaged)?;
    Ok(Revision::from_bytes(bits))
}

/// For `LIMIT`, which takes no number above this one.
pub(super) fn limit(rows: usize) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}
