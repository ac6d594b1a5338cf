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
    pub(crate) keys: Vec<UniqueKey>,
    index: [u8; 8],
    epoch: [u8; 16],
    password: PasswordV1,
    changes: Vec<i64>,
    pub(crate) security_code: Option<[u8; 32]>,
    pub(crate) due_at: Option<i64>,
}

#[derive(Clone, Serialize)]
struct PasswordV1 {
    phc: String,
    binding: Option<([u8; 8], [u8; 32])>,
    set_at: i64,
    set_by: Option<u32>,
}

impl AccountV1 {
    /// An account with one login name.
    pub(crate) fn new(id: &str, login: &str) -> Self {
        Self {
            id: id.to_owned(),
            login: login.to_owned(),
            keys: vec![UniqueKey::new(KeyKind::Login, login)],
            index: [0x1d; 8],
            epoch: [0xe0; 16],
            password: PasswordV1 {
                phc: "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$aGFzaA".to_owned(),
                binding: None,
                set_at: 1_767_225_600_000,
                set_by: None,
            },
            changes: Vec::new(),
            security_code: None,
            due_at: None,
        }
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
