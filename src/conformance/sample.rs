//! Accounts and records to be stored.

use time::OffsetDateTime;

use super::report::Fault;
use crate::{
    account::{
        Account, AccountId, Activity, ActivityKind, Credential, Disabled, DisabledBy, DueNotice,
        Epoch, Hint, MAX_ACCOUNT_ID_BYTES, MAX_ACTIVITY, ManagerLink, Method, Misses, Pending,
        SealedKey, SecondFactor,
    },
    clock::Stamp,
    hash::{HashMix, Owner, PasswordHash, Purpose},
    hint::MAX_QUESTION_ID,
    identity::{Identity, MAX_IDENTITIES, MAX_ISSUER_BYTES, MAX_SUBJECT_BYTES},
    locale::Locale,
    message::{MessageId, Notice, Until},
    name::{KeyKind, MAX_LOGIN_NAME_BYTES, UniqueKey},
    phone::PhoneNumber,
    policy::MAX_HISTORY,
    record::{self, Added, Key, MAX_ADDED_BYTES, Record, RecordError, Revision, Stored},
    secret::{SecurityCode, SecurityCodeHash},
    service_key::ServiceKey,
    support::{
        Actor, CaseId, CaseLink, CaseRecord, Evidence, Goal, MAX_EVIDENCE, MAX_REFERENCE_BYTES,
        Reference, Step,
    },
};

/// Every kind of unique key.
pub(super) const KINDS: [KeyKind; 5] = [
    KeyKind::Login,
    KeyKind::Skeleton,
    KeyKind::Email,
    KeyKind::Phone,
    KeyKind::Identity,
];

/// 2026-01-01 00:00 UTC, in milliseconds.
const START: i64 = 1_767_225_600_000;

/// So many milliseconds after the start of 2026; before it, if negative.
pub(super) fn at(millis: i64) -> OffsetDateTime {
    instant(START.saturating_add(millis))
}

/// So many milliseconds after 1970. Instants beyond the range of the type become its last one.
pub(super) fn instant(millis: i64) -> OffsetDateTime {
    Stamp::from_millis(millis).into()
}

pub(super) const fn revision(number: u128) -> Revision {
    Revision::from_bytes(number.to_be_bytes())
}

/// The key of a record, from a number.
pub(super) const fn key(number: u8) -> Key {
    Key::from_bytes([number; 32])
}

/// A record whose bytes are those of its revision, so that a mixture of two is seen.
pub(super) fn record(number: u128) -> Stored<Record> {
    Stored {
        revision: revision(number),
        value: Record::from_bytes(number.to_be_bytes().to_vec()),
    }
}

pub(super) fn login(name: &str) -> UniqueKey {
    UniqueKey::new(KeyKind::Login, name)
}

pub(super) fn id(text: &str) -> Result<AccountId, Fault> {
    parse(text)
}

/// The key that the services of the suite have.
pub(super) fn service_key() -> Result<ServiceKey, Fault> {
    ServiceKey::new(*b"the suite's service key, 32 byte").map_err(unusable)
}

/// An account with one login name, as it is stored.
pub(super) fn named(id: &str, name: &str, number: u128) -> Result<Stored<Account>, Fault> {
    Ok(stored(&account(id, vec![login(name)])?, number))
}

/// Under this revision.
pub(super) fn stored(account: &Account, number: u128) -> Stored<Account> {
    Stored {
        revision: revision(number),
        value: account.clone(),
    }
}

/// An account with a password and these unique keys.
pub(super) fn account(id: &str, keys: Vec<UniqueKey>) -> Result<Account, Fault> {
    let id: AccountId = parse(id)?;
    let service = service_key()?;
    let password = hash(&id, Purpose::Password, &service)?;
    Ok(Account {
        login: id.to_string(),
        locale: Locale::default(),
        keys,
        index: service.index_id(),
        epoch: Epoch::from_random([0xe0; 16]),
        birth: Epoch::from_random([0xb0; 16]),
        password: credential(password),
        password_is_void: false,
        history: Vec::new(),
        email: None,
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
        id,
    })
}

/// Gives the account the security code of this number, or none.
pub(super) fn set_code(account: &mut Account, number: Option<u8>) {
    account.security_code = number.map(|number| credential(code(&account.id, number)));
}

/// Has the account seen again at this time, in milliseconds since 1970.
pub(super) fn set_due(account: &mut Account, millis: Option<i64>) {
    account.pending_code = millis.map(|from| Pending {
        credential: credential(code(&account.id, 0)),
        from: Stamp::from_millis(from),
    });
}

/// An account with everything that one can have, each at its limit.
pub(super) fn full_account() -> Result<Account, Fault> {
    let service = service_key()?;
    let name = long("n", MAX_ACCOUNT_ID_BYTES);
    let kinds = KINDS.iter().chain(&[KeyKind::Identity; MAX_IDENTITIES]);
    let keys = kinds.zip(0_u8..).map(|(kind, number)| {
        let mut bytes = vec![0xfe; MAX_LOGIN_NAME_BYTES.saturating_sub(1)];
        bytes.push(number);
        UniqueKey::new(*kind, bytes)
    });
    let mut full = account(&name, keys.collect())?;
    let id = full.id.clone();
    let email = format!("{}@{}.example", long("m", 64), long("d", 63));
    let reference: Reference = parse(&long("r", MAX_REFERENCE_BYTES))?;
    let step = |by: Actor| Step {
        by,
        at: Stamp::from_millis(i64::MIN),
    };
    let history = hash(&id, Purpose::Password, &service)?;
    let question = parse(&long("q", MAX_QUESTION_ID))?;
    let answer = Some(hash(&id, Purpose::Hint, &service)?);
    let phone = PhoneNumber::from_e164("+468123456789012".to_owned()).map_err(unusable)?;

    full.login = long("\u{1f511}", MAX_LOGIN_NAME_BYTES);
    full.history = vec![history; MAX_HISTORY];
    full.email = Some(credential(parse(&email)?));
    full.phone = Some(credential(phone.clone()));
    full.hint = Some(credential(Hint { question, answer }));
    set_code(&mut full, Some(0xff));
    full.second_factor = Some(SecondFactor {
        key: SealedKey {
            under: service.current(),
            nonce: [0xff; 24],
            text: [0; 20],
            tag: [0xff; 16],
        },
        set_at: Stamp::from_millis(i64::MAX),
        last_step: u64::MAX,
        backup: (0..10).map(|number| code(&id, number)).collect(),
    });
    full.manager = Some(credential(ManagerLink::to(&full)));
    for number in 0..MAX_IDENTITIES {
        let host = "https://".len();
        let issuer = long("i", MAX_ISSUER_BYTES.saturating_sub(host));
        let subject = format!("{number}{}", long("s", MAX_SUBJECT_BYTES.saturating_sub(1)));
        let identity = Identity::verified(&format!("https://{issuer}"), &subject);
        full.identities
            .push(credential(identity.map_err(unusable)?));
    }
    full.pending_email = Some(pending(parse(&email)?));
    full.pending_phone = Some(pending(phone));
    full.pending_code = Some(pending(code(&id, 1)));
    full.case = Some(CaseRecord {
        id: CaseId::from_random([0xff; 16]),
        goal: Goal::NewEmail,
        new_email: Some(parse(&email)?),
        document: reference.clone(),
        evidence: Evidence::new(vec![reference.clone(); MAX_EVIDENCE]).map_err(unusable)?,
        opened: step(Actor::Account(id.clone())),
        approvals: vec![step(Actor::Named(reference)), step(Actor::Account(id))],
        until: Some(Stamp::from_millis(i64::MAX)),
        objected_at: Some(Stamp::from_millis(0)),
        link: Some(CaseLink {
            key: service.current(),
            bits: [0; 16],
            made_at: Stamp::from_millis(-1),
        }),
    });
    full.changes = (0..10).map(Stamp::from_millis).collect();
    full.misses = Misses {
        password: u32::MAX,
        hint: u32::MAX,
        second_factor: u32::MAX,
        lock_told_at: Some(Stamp::from_millis(i64::MAX)),
    };
    for number in 0..u8::try_from(MAX_ACTIVITY).unwrap_or(u8::MAX) {
        let at = Stamp::from_millis(i64::from(number));
        full.notices.push(DueNotice {
            id: MessageId::from_random([number; 16]),
            to: parse(&email).map(|to: crate::email::EmailAddress| to.into())?,
            notice: Notice::EmailChangeWaits(Until(at)),
            at,
            due: at,
            tries: u8::MAX,
        });
        let label = Some("\u{10ffff}".repeat(crate::client::MAX_LABEL_LEN));
        let what = ActivityKind::Missed(Method::CurrentPassword);
        full.activity.push(Activity::new(what, label, at));
    }
    full.disabled = Some(Disabled {
        at: Stamp::from_millis(i64::MIN),
        by: DisabledBy::Manager,
    });
    full.deleted_at = Some(Stamp::from_millis(0));
    full.retired_at = Some(Stamp::from_millis(i64::MAX));
    // And what a newer version has added.
    let added = vec![0xff; MAX_ADDED_BYTES];
    let body = [record::to_body(&full), added].concat();
    record::from_body(&body).ok_or_else(|| unusable(RecordError::Damaged))
}

/// The text, as often as it goes into so many bytes.
pub(super) fn long(text: &str, bytes: usize) -> String {
    text.repeat(bytes.checked_div(text.len()).unwrap_or(0))
}

fn credential<T>(value: T) -> Credential<T> {
    Credential {
        value,
        set_at: Stamp::from_millis(START),
        set_by: vec![vec![Method::SecurityCode, Method::SecurityEmail]; 3],
    }
}

/// Not before everything else is due.
fn pending<T>(value: T) -> Pending<T> {
    Pending {
        credential: credential(value),
        from: Stamp::from_millis(START),
    }
}

fn code(id: &AccountId, number: u8) -> SecurityCodeHash {
    SecurityCode::from_random([number; 17]).hash(id)
}

fn hash(id: &AccountId, purpose: Purpose, service: &ServiceKey) -> Result<PasswordHash, Fault> {
    let owner = Owner {
        account: id,
        purpose,
    };
    PasswordHash::decoy(b"sample", owner, &HashMix::default(), service).map_err(unusable)
}

pub(super) fn parse<T>(text: &str) -> Result<T, Fault>
where
    T: std::str::FromStr,
    T::Err: std::error::Error,
{
    text.parse().map_err(unusable)
}

/// Of what the suite itself makes: no fault of the store.
pub(super) fn unusable(error: impl std::error::Error) -> Fault {
    Fault::new(format!("the suite cannot make what it stores: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// With all that a newer version may have added to it.
    #[test]
    fn the_largest_account_fits_in_a_record() {
        let bytes = full_account().unwrap().to_bytes();
        let read = Account::from_bytes(&bytes).unwrap();
        assert_eq!(read.to_bytes(), bytes);
        assert!(bytes.ends_with(&[0xff; MAX_ADDED_BYTES]));
    }
}
