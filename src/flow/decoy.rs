//! What stands in for an account that does not exist.

use std::sync::OnceLock;

use crate::{
    account::{Account, AccountId, Credential, Epoch, Misses},
    clock::Stamp,
    email::EmailAddress,
    error::Error,
    hash::{HashMix, Owner, PasswordHash, Purpose},
    hint::QuestionId,
    locale::Locale,
    name::UniqueKey,
    phone::PhoneNumber,
    policy::Questions,
    record::{Added, RecordError},
    service_key::ServiceKey,
};

/// An account of ordinary size whose password nobody has, always the same for a name. It went
/// through bytes and back, as a stored one does.
pub(crate) fn account(
    name: &UniqueKey,
    mix: &HashMix,
    keys: &ServiceKey,
) -> Result<Account, Error> {
    let id = nobody()?;
    let owner = Owner {
        account: &id,
        purpose: Purpose::Password,
    };
    let hash = PasswordHash::decoy(name.bytes(), owner, mix, keys)?;
    let made = Account {
        id,
        login: String::from_utf8_lossy(name.bytes()).into_owned(),
        locale: Locale::default(),
        keys: vec![name.clone(), name.clone()],
        index: keys.index_id(),
        epoch: Epoch::from_random([0; 16]),
        birth: Epoch::from_random([0; 16]),
        password: Credential {
            value: hash,
            set_at: Stamp::from_millis(0),
            set_by: Vec::new(),
        },
        password_is_void: false,
        history: Vec::new(),
        email: Some(Credential {
            value: nobodys_address()?,
            set_at: Stamp::from_millis(0),
            set_by: Vec::new(),
        }),
        phone: Some(Credential {
            value: PhoneNumber::from_e164("+99900000000".to_owned())
                .map_err(|_never| RecordError::Damaged)?,
            set_at: Stamp::from_millis(0),
            set_by: Vec::new(),
        }),
        hint: None,
        second_factor: None,
        manager: None,
        identities: Vec::new(),
        security_code: None,
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
    };
    Ok(Account::from_bytes(&made.to_bytes())?)
}

/// An answer that nobody has, for a name without one. It costs what answers cost, whatever
/// passwords were imported.
///
/// `mix`: the costs of the answers.
pub(crate) fn answer(
    name: &UniqueKey,
    mix: &HashMix,
    keys: &ServiceKey,
) -> Result<PasswordHash, Error> {
    let owner = Owner {
        account: &nobody()?,
        purpose: Purpose::Hint,
    };
    PasswordHash::decoy(name.bytes(), owner, mix, keys)
}

/// Read once: it is what takes longest in a decoy.
fn nobodys_address() -> Result<EmailAddress, Error> {
    static ADDRESS: OnceLock<Option<EmailAddress>> = OnceLock::new();
    let address = ADDRESS.get_or_init(|| "nobody@backstop.example".parse().ok());
    address.clone().ok_or(RecordError::Damaged.into())
}

fn nobody() -> Result<AccountId, Error> {
    let id = AccountId::try_from("unknown".to_owned());
    id.map_err(|_never| RecordError::Damaged.into())
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

#[cfg(test)]
#[cfg(feature = "legacy-hashes")]
mod tests {
    use super::*;
    use crate::{
        account::Epoch,
        flow::registration,
        hash::{HashCost, ImportedHash, LegacyCost},
        name::LoginName,
    };

    /// X40: a record that stands in for an imported one is as long, whatever its scheme.
    #[test]
    fn x40_a_decoys_record_is_about_as_long_as_an_imported_one() {
        let keys = ServiceKey::new(*b"a service key of tests, 32 bytes").unwrap();
        let tag = |len: usize| "A".repeat(len);
        for (cost, hash) in [
            (
                LegacyCost::bcrypt(10),
                "$2y$10$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW".to_owned(),
            ),
            (
                LegacyCost::scrypt(14, 8, 1),
                format!("$scrypt$ln=14,r=8,p=1${}${}", tag(22), tag(43)),
            ),
            (
                LegacyCost::pbkdf2_sha256(29_000),
                format!("$pbkdf2-sha256$29000${}${}", tag(22), tag(43)),
            ),
            (
                LegacyCost::pbkdf2_sha512(25_000),
                format!("$pbkdf2-sha512$25000${}${}", tag(22), tag(86)),
            ),
        ] {
            let mix = HashMix {
                own: HashCost::DEFAULT,
                others: vec![(cost.unwrap().into(), 1000)],
            };
            let login: LoginName = "alice".parse().unwrap();
            let decoy = account(login.key(), &mix, &keys).unwrap();
            let id: AccountId = "4211111".parse().unwrap();
            let owner = Owner {
                account: &id,
                purpose: Purpose::Password,
            };
            let hash: ImportedHash = hash.parse().unwrap();
            let hash = PasswordHash::import(hash, owner, &keys).unwrap();
            let email = Some("somebody@backstop.example".parse().unwrap());
            let (name, epoch) = ("alice".parse().unwrap(), Epoch::from_random([0; 16]));
            let now = Stamp::from_millis(0);
            let real = registration::account(id, &name, hash, email, &keys, epoch, now);
            let (decoy, real) = (decoy.to_bytes().len(), real.to_bytes().len());
            assert!(decoy.abs_diff(real) <= 32, "{decoy} and {real} bytes");
        }
    }
}
