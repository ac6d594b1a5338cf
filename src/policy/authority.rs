//! The authority table: which proofs allow which change.

use crate::account::Method;

/// Something that a claimant may want to change.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Change {
    /// The password.
    Password,
}

/// Each change with its sufficient sets of proofs. A change that is not here is allowed to nobody.
pub const TABLE: &[(Change, &[&[Method]])] = &[(Change::Password, &[&[Method::CurrentPassword]])];

/// Whether these proofs include a sufficient set for this change.
///
/// ```
/// use backstop::{Method, policy::{Change, allows}};
///
/// assert!(allows(&[Method::CurrentPassword], Change::Password));
/// assert!(!allows(&[], Change::Password));
/// ```
#[must_use]
pub fn allows(proofs: &[Method], change: Change) -> bool {
    TABLE
        .iter()
        .filter(|(row, _sets)| *row == change)
        .flat_map(|(_row, sets)| *sets)
        .any(|set| set.iter().all(|method| proofs.contains(method)))
}
