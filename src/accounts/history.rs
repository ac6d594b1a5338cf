//! Whether a new password was one of the account's before.

use super::Accounts;
use crate::{
    account::Account,
    error::Error,
    hash::{Match, Owner, Purpose},
    hasher::Seat,
    record::RecordError,
    secret::Password,
};

impl Accounts {
    /// Whether it is the account's password or one of those before it, as many as the policy
    /// remembers.
    ///
    /// Whichever it is, all of them are compared, so the time does not tell how long ago it was.
    pub(super) async fn was_used(
        &self,
        seat: &Seat,
        account: &Account,
        new: &Password,
    ) -> Result<bool, Error> {
        let remembered = self.inner.policy.history;
        // One that was voided does not come back, whatever is remembered.
        if remembered == 0 && !account.password_is_void {
            return Ok(false);
        }
        let owner = Owner {
            account: account.id(),
            purpose: Purpose::Password,
        };
        let older = account.history.iter().rev().take(remembered);
        let mut was_used = false;
        for hash in std::iter::once(&account.password.value).chain(older) {
            let comparison = match hash.comparison(owner, &self.inner.keys) {
                Ok(comparison) => comparison,
                // Nobody can compare it any more, so it keeps nobody from a new password.
                Err(
                    Error::UnknownKey
                    | Error::Record(RecordError::NeedsLegacyHashes | RecordError::TooCostly),
                ) => continue,
                Err(failure) => return Err(failure),
            };
            let typed = new.share();
            let compared = seat
                .run(comparison.memory_kib(), move |memory| {
                    comparison.run(&typed, memory.blocks(comparison.blocks()))
                })
                .await??;
            was_used |= compared == Match::Right;
        }
        Ok(was_used)
    }
}
