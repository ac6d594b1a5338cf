//! Version 1 of the account record, written down a second time: the bytes that every later
//! version has to read.

use backstop::{
    account::Account,
    name::{KeyKind, UniqueKey},
    record::{Revision, Stored},
};
use blake2::{Blake2b, Digest, digest::consts::U32};
use serde::Serialize;

pub(crate) const ACCOUNT_SCHEMA: u8 = 0x01;

/// The body of the record, field by field.
#[derive(Clone, Serialize)]
pub(crate) struct AccountV1 {
    pub(crate) id: String,
    login: String,
    /// A language tag.
    locale: String,
    pub(crate) keys: Vec<UniqueKey>,
    pub(crate) index: [u8; 8],
    epoch: [u8; 16],
    birth: [u8; 16],
    password: CredentialV1<HashV1>,
    password_is_void: bool,
    history: Vec<HashV1>,
    email: Option<CredentialV1<String>>,
    pub(crate) phone: Option<CredentialV1<String>>,
    hint: Option<CredentialV1<HintV1>>,
    security_code: Option<CredentialV1<[u8; 32]>>,
    second_factor: Option<FactorV1>,
    manager: Option<CredentialV1<ManagerV1>>,
    /// The issuer and the subject.
    identities: Vec<CredentialV1<(String, String)>>,
    pending_email: Option<PendingV1<String>>,
    pending_phone: Option<PendingV1<String>>,
    pending_code: Option<PendingV1<[u8; 32]>>,
    case: Option<CaseV1>,
    changes: Vec<i64>,
    misses: (u32, u32, u32, Option<i64>),
    notices: Vec<NoticeV1>,
    activity: Vec<ActivityV1>,
    deleted_at: Option<i64>,
    disabled: Option<DisabledV1>,
    retired_at: Option<i64>,
}

#[derive(Clone, Serialize)]
pub(crate) struct CredentialV1<T> {
    pub(crate) value: T,
    pub(crate) set_at: i64,
    pub(crate) set_by: Vec<Vec<u32>>,
}

#[derive(Clone, Serialize)]
struct PendingV1<T> {
    credential: CredentialV1<T>,
    from: i64,
}

#[derive(Clone, Serialize)]
struct HintV1 {
    question: String,
    answer: Option<HashV1>,
}

/// The service key's fingerprint, nonce, cipher text and tag, beside what was spent.
#[derive(Clone, Serialize)]
struct FactorV1 {
    key: ([u8; 8], [u8; 24], [u8; 20], [u8; 16]),
    set_at: i64,
    last_step: u64,
    backup: Vec<[u8; 32]>,
}

/// The id and the first epoch of the manager.
#[derive(Clone, Serialize)]
struct ManagerV1 {
    account: String,
    birth: [u8; 16],
}

/// Since when, and whether the host (0) or the manager (1) did it.
#[derive(Clone, Serialize)]
struct DisabledV1 {
    at: i64,
    by: u32,
}

#[derive(Clone, Serialize)]
struct NoticeV1 {
    id: [u8; 16],
    to: AddressV1,
    /// Without what some kinds hold beside it.
    notice: u32,
    at: i64,
    due: i64,
    tries: u8,
}

/// A mailbox, or a phone in the form of E.164.
#[derive(Clone, Serialize)]
#[expect(dead_code, reason = "no test writes a notice")]
enum AddressV1 {
    Email(String),
    Phone(String),
}

#[derive(Clone, Serialize)]
struct ActivityV1 {
    number: u32,
    since: i64,
    at: i64,
    times: u32,
    /// A kind, and the method or notice that it holds.
    what: (u32, u32),
    label: Option<String>,
}

/// Who did something: an account's id or a name, told apart by the number before it.
#[derive(Clone, Serialize)]
struct StepV1 {
    by: (u32, String),
    at: i64,
}

#[derive(Clone, Serialize)]
struct CaseV1 {
    id: [u8; 16],
    goal: u32,
    new_email: Option<String>,
    document: String,
    evidence: Vec<String>,
    opened: StepV1,
    approvals: Vec<StepV1>,
    until: Option<i64>,
    objected_at: Option<i64>,
    /// The service key's fingerprint, random bits, when it was made.
    link: Option<([u8; 8], [u8; 16], i64)>,
}

#[derive(Clone, Serialize)]
struct HashV1 {
    text: String,
    binding: Option<([u8; 8], [u8; 32])>,
}

impl AccountV1 {
    /// An account with one login name, managed by another one, which has disabled it.
    pub(crate) fn new(id: &str, login: &str) -> Self {
        Self {
            id: id.to_owned(),
            login: login.to_owned(),
            locale: "sv".to_owned(),
            keys: vec![UniqueKey::new(KeyKind::Login, login)],
            index: [0x1d; 8],
            epoch: [0xe0; 16],
            birth: [0xb0; 16],
            password: CredentialV1 {
                value: hash(),
                set_at: 1_767_225_600_000,
                set_by: Vec::new(),
            },
            password_is_void: false,
            history: vec![hash()],
            email: None,
            phone: None,
            hint: None,
            security_code: None,
            second_factor: None,
            manager: Some(CredentialV1 {
                value: ManagerV1 {
                    account: "7".to_owned(),
                    birth: [0xb7; 16],
                },
                set_at: 1_767_225_600_000,
                set_by: vec![vec![0]],
            }),
            identities: Vec::new(),
            pending_email: None,
            pending_phone: None,
            pending_code: None,
            case: None,
            changes: Vec::new(),
            misses: (0, 0, 0, None),
            notices: Vec::new(),
            activity: Vec::new(),
            deleted_at: None,
            disabled: Some(DisabledV1 {
                at: 1_767_225_600_000,
                by: 1,
            }),
            retired_at: None,
        }
    }

    pub(crate) fn set_security_code(&mut self, hash: Option<[u8; 32]>) {
        self.security_code = hash.map(code);
    }

    /// A second factor with two backup codes left.
    pub(crate) fn set_second_factor(&mut self) {
        self.second_factor = Some(FactorV1 {
            key: ([0xfe; 8], [0x24; 24], [0x20; 20], [0x16; 16]),
            set_at: 1_767_225_600_000,
            last_step: 58_907_520,
            backup: vec![[0xb1; 32], [0xb2; 32]],
        });
    }

    /// An identity in place of a password.
    pub(crate) fn set_identity(&mut self, issuer: &str, subject: &str) {
        self.password_is_void = true;
        self.identities.push(CredentialV1 {
            value: (issuer.to_owned(), subject.to_owned()),
            set_at: 1_767_225_600_000,
            set_by: Vec::new(),
        });
    }

    /// A support case whose link is out.
    pub(crate) fn set_case(&mut self) {
        let step = |kind, by: &str| StepV1 {
            by: (kind, by.to_owned()),
            at: 1_767_225_600_000,
        };
        self.case = Some(CaseV1 {
            id: [0xca; 16],
            goal: 0,
            new_email: Some("alice@new.example".to_owned()),
            document: "rules/lost-mailbox-3".to_owned(),
            evidence: vec!["dms/invoice-1183".to_owned()],
            opened: step(0, "7"),
            approvals: vec![step(0, "7"), step(1, "kim")],
            until: Some(1_767_225_600_000),
            objected_at: None,
            link: Some(([0xfe; 8], [0xb1; 16], 1_767_225_600_000)),
        });
    }

    /// To be seen again at that time.
    pub(crate) fn set_due_at(&mut self, millis: Option<i64>) {
        self.pending_code = millis.map(|from| PendingV1 {
            credential: code([0; 32]),
            from,
        });
    }

    pub(crate) fn body(&self) -> Vec<u8> {
        postcard::to_allocvec(self).unwrap()
    }

    pub(crate) fn stored(&self, revision: u128) -> Stored<Account> {
        Stored {
            revision: Revision::from_bytes(revision.to_be_bytes()),
            value: Account::from_bytes(&sealed(ACCOUNT_SCHEMA, &self.body())).unwrap(),
        }
    }
}

fn hash() -> HashV1 {
    HashV1 {
        text: "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$aGFzaA".to_owned(),
        binding: None,
    }
}

fn code(hash: [u8; 32]) -> CredentialV1<[u8; 32]> {
    CredentialV1 {
        value: hash,
        set_at: 1_767_225_600_000,
        set_by: vec![vec![0]],
    }
}

/// Schema number and check sum before the body; an account lies in no context.
pub(crate) fn sealed(schema: u8, body: &[u8]) -> Vec<u8> {
    let sum = Blake2b::<U32>::new()
        .chain_update(b"backstop record")
        .chain_update([schema])
        .chain_update(0_u64.to_le_bytes())
        .chain_update(body)
        .finalize();
    [&[schema], &sum[..8], body].concat()
}
