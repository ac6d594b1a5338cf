//! New accounts, and new hashes for old ones.

use super::decision::{Decision, Write};
use crate::{
    account::{Account, AccountId, Credential, Epoch},
    clock::Stamp,
    hash::PasswordHash,
    name::UserName,
    record::{Revision, Stored},
    service_key::ServiceKey,
};

/// An account as it is registered or imported. What is set with the account is set by no method.
pub(crate) fn account(
    id: AccountId,
    name: &UserName,
    password: PasswordHash,
    keys: &ServiceKey,
    epoch: Epoch,
    now: Stamp,
) -> Account {
    Account {
        id,
        login: name.as_str().to_owned(),
        keys: name.unique_keys(),
        index: keys.index_id(),
        epoch,
        password: Credential {
            value: password,
            set_at: now,
            set_by: None,
        },
        changes: Vec::new(),
        security_code: None,
        due_at: None,
    }
}

/// Adds it, if its id and keys are free.
pub(crate) fn add(account: Account, revision: Revision) -> Decision<Account> {
    let write = Write::AddAccount(Stored {
        revision,
        value: account.clone(),
    });
    Decision::with(write, account)
}

/// The same password under today's cost and key. The epoch stays: nothing changed for its owner.
pub(crate) fn rehash(
    account: &Stored<Account>,
    hash: PasswordHash,
    revision: Revision,
) -> Decision<()> {
    let mut value = account.value.clone();
    value.password.value = hash;
    let write = Write::UpdateAccount {
        was: account.revision,
        account: Stored { revision, value },
    };
    Decision::with(write, ())
}
