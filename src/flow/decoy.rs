//! What stands in for an account that does not exist.

use crate::{
    account::{Account, AccountId, Credential, Epoch},
    clock::Stamp,
    error::Error,
    hash::{HashMix, PasswordHash},
    name::UniqueKey,
    record::RecordError,
    service_key::ServiceKey,
};

/// An account of ordinary size whose password nobody has, always the same for a name. It went
/// through bytes and back, as a stored one does.
pub(crate) fn account(
    name: &UniqueKey,
    mix: &HashMix,
    keys: &ServiceKey,
) -> Result<Account, Error> {
    let made = Account {
        id: AccountId::try_from("unknown".to_owned()).map_err(|_never| RecordError::Damaged)?,
        login: String::from_utf8_lossy(name.bytes()).into_owned(),
        keys: vec![name.clone(), name.clone()],
        index: keys.index_id(),
        epoch: Epoch::from_random([0; 16]),
        password: Credential {
            value: PasswordHash::decoy(name.bytes(), mix, keys)?,
            set_at: Stamp::from_millis(0),
            set_by: None,
        },
        changes: Vec::new(),
        security_code: None,
        due_at: None,
    };
    Ok(Account::from_bytes(&made.to_bytes())?)
}
