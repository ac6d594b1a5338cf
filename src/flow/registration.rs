//! New accounts, and what changes in old ones without their owner's proofs.

use super::decision::{Decision, Write};
use crate::{
    account::{Account, AccountId, Credential, Epoch, ManagerLink, Method, Misses},
    clock::Stamp,
    email::EmailAddress,
    hash::PasswordHash,
    identity::Identity,
    locale::Locale,
    name::UserName,
    phone::PhoneNumber,
    record::{Added, Revision, Stored},
    service_key::ServiceKey,
};

/// An account as it is registered or imported. What is set with the account is set by no method.
pub(crate) fn account(
    id: AccountId,
    name: &UserName,
    password: PasswordHash,
    email: Option<EmailAddress>,
    service_keys: &ServiceKey,
    epoch: Epoch,
    now: Stamp,
) -> Account {
    let mut keys = name.unique_keys();
    keys.extend(email.as_ref().map(EmailAddress::key));
    Account {
        id,
        login: name.as_str().to_owned(),
        locale: Locale::default(),
        keys,
        index: service_keys.index_id(),
        epoch,
        birth: epoch,
        password: Credential {
            value: password,
            set_at: now,
            set_by: Vec::new(),
        },
        password_is_void: false,
        history: Vec::new(),
        email: email.map(|value| Credential {
            value,
            set_at: now,
            set_by: Vec::new(),
        }),
        phone: None,
        hint: None,
        security_code: None,
        second_factor: None,
        manager: None,
        identities: Vec::new(),
        pending_email: None,
        pending_phone: None,
        pending_code: None,
        case: None,
        changes: Vec::new(),
        misses: Misses::default(),
        notices: Vec::new(),
        activity: Vec::new(),
        deleted_at: None,
        disabled: None,
        retired_at: None,
        added: Added::default(),
    }
}

/// The account without a password, of whoever has this identity.
///
/// `account`: its password is one that nobody knows.
pub(crate) fn linked(mut account: Account, identity: Identity, now: Stamp) -> Account {
    account.password_is_void = true;
    account.keys.push(identity.key());
    account.identities.push(Credential {
        value: identity,
        set_at: now,
        set_by: Vec::new(),
    });
    account
}

/// The same with a phone that the host has confirmed.
pub(crate) fn with_phone(mut account: Account, number: PhoneNumber, now: Stamp) -> Account {
    account.keys.push(number.key());
    account.phone = Some(Credential {
        value: number,
        set_at: now,
        set_by: Vec::new(),
    });
    account
}

/// The account of whoever has this manager, who chose its password: while that is young it buys what
/// the manager gets anyhow.
pub(crate) fn managed(mut account: Account, manager: Credential<ManagerLink>) -> Account {
    account.password.set_by = vec![vec![Method::Manager, Method::NewEmail]];
    account.manager = Some(manager);
    account
}

/// Adds it, if its id and keys are free.
pub(crate) fn add(account: Account, revision: Revision) -> Decision<Account> {
    let write = Write::AddAccount(Stored {
        revision,
        value: account.clone(),
    });
    Decision::with(write, account)
}

/// The same hint answer under today's cost and key, in the same way.
pub(crate) fn rehash_hint(
    account: &Stored<Account>,
    answer: PasswordHash,
    revision: Revision,
) -> Decision<()> {
    let mut value = account.value.clone();
    if let Some(hint) = &mut value.hint {
        hint.value.answer = Some(answer);
    }
    Decision::with(Write::update(account, value, revision), ())
}

/// The same password under today's cost and key. The epoch stays: nothing changed for its owner.
pub(crate) fn rehash(
    account: &Stored<Account>,
    hash: PasswordHash,
    revision: Revision,
) -> Decision<()> {
    let mut value = account.value.clone();
    value.password.value = hash;
    Decision::with(Write::update(account, value, revision), ())
}

/// Mails in another language, for whoever is signed in at this epoch; whether that is so. The epoch
/// stays: no credential changed.
pub(crate) fn speak(
    account: &Stored<Account>,
    epoch: Epoch,
    locale: Locale,
    revision: Revision,
) -> Decision<bool> {
    if !account.value.epoch.matches(&epoch) || account.value.locale == locale {
        return Decision::without_write(account.value.epoch.matches(&epoch));
    }
    let mut value = account.value.clone();
    value.locale = locale;
    Decision::with(Write::update(account, value, revision), true)
}
