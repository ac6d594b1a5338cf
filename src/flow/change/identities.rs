//! Linked identities: signing in with one, and changes of them.

use super::{Changed, Checked, Next, young};
use crate::{
    account::{Account, Credential, Method},
    clock::Stamp,
    identity::{Identity, MAX_IDENTITIES},
    message::Notice,
    name::UniqueKey,
    policy::{Change, Policy, Roots, authority},
};

/// Whether somebody who has this identity is signed in to this account: while it is young, if what
/// linked it would sign in as well.
pub(crate) fn signs_in(
    account: &Account,
    identity: &Identity,
    now: Stamp,
    policy: &Policy,
) -> bool {
    let Some(linked) = account.linked(identity) else {
        return false;
    };
    let (proofs, has) = ([Method::LinkedIdentity], account.addresses());
    let roots = authority(&proofs, Change::SignInOnce, has, |_| {
        young(linked, now, policy)
    });
    account.is_live() && roots.is_some()
}

impl Next<'_> {
    /// Unlinks and links what is asked for; or why not.
    ///
    /// `was`: the account before any change; a recovery may have unlinked what is to be unlinked.
    /// `set_by`: what the link goes back to.
    pub(super) fn identities(
        &mut self,
        was: &Account,
        checked: &Checked,
        set_by: &Roots,
    ) -> Option<Changed> {
        // Before the other one is linked, which may take its place.
        if let Some((issuer, subject)) = &checked.unlink {
            let is_meant = |linked: &Credential<Identity>| linked.value.is(issuer, subject);
            if !was.identities.iter().any(is_meant) {
                return Some(Changed::NotLinked);
            }
            self.unlink(is_meant);
        }
        if let Some(identity) = &checked.link {
            if self.account.linked(identity).is_some() {
                return Some(Changed::AlreadyLinked);
            }
            if self.account.identities.len() >= MAX_IDENTITIES {
                return Some(Changed::TooManyIdentities);
            }
            self.link(identity.clone(), set_by.clone());
        }
        let is_last = checked.unlink.is_some() && !self.account.has_way_in();
        is_last.then_some(Changed::LastWayIn)
    }

    fn link(&mut self, identity: Identity, set_by: Roots) {
        self.account.keys.push(identity.key());
        let linked = self.credential(identity, set_by);
        self.account.identities.push(linked);
        self.account.pending_code = None;
        self.told.push(Notice::IdentityLinked);
    }

    fn unlink(&mut self, is_meant: impl Fn(&Credential<Identity>) -> bool) {
        self.told.extend(unlink(&mut self.account, is_meant));
    }
}

/// The account without the identities that are meant.
pub(super) fn unlink(
    account: &mut Account,
    is_meant: impl Fn(&Credential<Identity>) -> bool,
) -> Option<Notice> {
    let gone: Vec<UniqueKey> = account
        .identities
        .extract_if(.., |linked| is_meant(linked))
        .map(|linked| linked.value.key())
        .collect();
    if gone.is_empty() {
        return None;
    }
    account.keys.retain(|key| !gone.contains(key));
    account.pending_code = None;
    Some(Notice::IdentityUnlinked)
}
