//! What stands in for an account that does not exist.

use crate::{
    account::{Account, AccountId, Credential, Epoch, Misses},
    clock::Stamp,
    error::Error,
    hash::{HashCost, HashMix, PasswordHash},
    hint::QuestionId,
    name::UniqueKey,
    policy::Questions,
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
            set_by: Vec::new(),
        },
        email: Some(Credential {
            value: "nobody@backstop.example"
                .parse()
                .map_err(|_never| RecordError::Damaged)?,
            set_at: Stamp::from_millis(0),
            set_by: Vec::new(),
        }),
        hint: None,
        security_code: None,
        pending_email: None,
        pending_code: None,
        changes: Vec::new(),
        misses: Misses::default(),
        notices: Vec::new(),
        activity: Vec::new(),
        deleted_at: None,
    };
    Ok(Account::from_bytes(&made.to_bytes())?)
}

/// An answer that nobody has, for a name without one. It costs what answers cost, whatever
/// passwords were imported.
pub(crate) fn answer(
    name: &UniqueKey,
    cost: HashCost,
    keys: &ServiceKey,
) -> Result<PasswordHash, Error> {
    let mix = HashMix {
        own: cost,
        others: Vec::new(),
    };
    PasswordHash::decoy(name.bytes(), &mix, keys)
}

/// The question that is shown for a name without one, always the same for a name: the one whose
/// keyed hash with the name is the highest, so that another question in the catalogue changes few.
pub(crate) fn question<'a>(
    name: &UniqueKey,
    questions: &'a Questions,
    keys: &ServiceKey,
) -> Option<&'a QuestionId> {
    let kind = name.kind().as_str().as_bytes();
    questions.decoy(|question| {
        keys.index(&[
            b"decoy question",
            kind,
            name.bytes(),
            question.as_str().as_bytes(),
        ])
    })
}
