//! Managing another account: a flow like any other, whose proof is the manager's password.
//!
//! ```text
//!  manage(session, sub-account) ──▶ ticket ──▶ prove ──▶ challenge ──▶ prove ──▶ apply
//!                                     (the manager's    (the new       (its
//!                                      password)         address)      code)
//! ```
//!
//! Both accounts are looked at in each step: the one that is managed still names its manager, and
//! that one is live, with the credentials of the session.

use serde::{Deserialize, Serialize};

use crate::{
    account::{Account, AccountId, Epoch, Method},
    clock::Stamp,
    policy::{Change, Policy, authority},
    session::{Session, SessionId},
};

/// Who manages, out of which session.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Managing {
    pub(crate) session: SessionId,
    pub(crate) account: AccountId,
    /// It ends with any change of a credential of the manager.
    epoch: Epoch,
}

impl Managing {
    pub(crate) fn of(session: &Session) -> Self {
        Self {
            session: session.id,
            account: session.account.clone(),
            epoch: session.epoch,
        }
    }

    /// Whether this is the account of the session, in the same state.
    pub(crate) fn is_by(&self, manager: &Account) -> bool {
        self.account == manager.id && self.epoch.matches(&manager.epoch) && manager.is_live()
    }

    /// Whether that account manages the other one.
    pub(crate) fn may_change(&self, manager: &Account, account: &Account) -> bool {
        self.is_by(manager) && manager.manages(account)
    }
}

/// Whether the password of this account is enough to manage others: not while it is young and
/// something set it that is not.
pub(crate) fn has_authority(manager: &Account, now: Stamp, policy: &Policy) -> bool {
    let roots_of = |method| manager.stands_for(method, now, policy);
    let proofs = [Method::CurrentPassword];
    authority(&proofs, Change::Manage, manager.addresses(), roots_of).is_some()
}
