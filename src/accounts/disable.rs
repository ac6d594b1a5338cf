//! Disabling an account, and enabling it again, as the host decides.

use super::{Accounts, Standing, commit::OnAccount};
use crate::{
    account::AccountId,
    audit::{Outcome, Verb},
    error::Error,
    flow::change,
};

impl Accounts {
    /// Disables an account, for as long as the host wants: against abuse, or while a user is away.
    /// Every session, ticket and device token of it is dead at once, and nobody signs in or recovers
    /// it: a stranger is answered as if no account had its names, which stay taken. What was pending
    /// is stopped, and what was young ([`Policy::hold`](crate::Policy::hold)) stays so. Every contact
    /// is told, once.
    ///
    /// Its manager cannot enable it again. The accounts that it manages go on as they are; only
    /// nobody manages them meanwhile.
    ///
    /// `account`: the host's key of the user. Whether the caller may do this is the host's decision.
    ///
    /// # Errors
    ///
    /// [`Error::Store`], [`Error::Record`], [`Error::UnknownKey`], [`Error::Entropy`],
    /// [`Error::Contended`]: do it again.
    pub async fn disable(&self, account: &AccountId) -> Result<Standing, Error> {
        let switch = self.switch(Verb::Disable, account, change::Standing::Disabled);
        Box::pin(switch).await
    }

    /// Lets a disabled account be used again, whoever disabled it: its old password signs in, and no
    /// session from before comes back. Every contact is told, once.
    ///
    /// # Errors
    ///
    /// As [`disable`](Self::disable).
    pub async fn enable(&self, account: &AccountId) -> Result<Standing, Error> {
        let switch = self.switch(Verb::Enable, account, change::Standing::Enabled);
        Box::pin(switch).await
    }

    async fn switch(
        &self,
        verb: Verb,
        account: &AccountId,
        standing: change::Standing,
    ) -> Result<Standing, Error> {
        let mut entry = self.event(verb);
        entry.account(account);
        let result = self.try_switch(account, standing).await;
        if let Ok(stands) = &result {
            entry.outcome(match stands {
                Standing::Disabled | Standing::Enabled => Outcome::Accepted,
                Standing::Unknown => Outcome::Ended,
            });
        }
        entry.end(result)
    }

    async fn try_switch(
        &self,
        account: &AccountId,
        standing: change::Standing,
    ) -> Result<Standing, Error> {
        let Some(stored) = self.load(account).await? else {
            return Ok(Standing::Unknown);
        };
        let fresh = self.fresh()?;
        let switched = self
            .commit_account(stored, |account, now, revision| {
                let policy = &self.inner.policy;
                change::switch(account, standing, fresh, revision, now, policy)
            })
            .await?;
        self.inner.bell.ring();
        Ok(match (switched, standing) {
            (OnAccount::Done(true), change::Standing::Disabled) => Standing::Disabled,
            (OnAccount::Done(true), change::Standing::Enabled) => Standing::Enabled,
            (OnAccount::Done(false) | OnAccount::Gone | OnAccount::Taken(_), _) => {
                Standing::Unknown
            }
        })
    }
}
