//! What stores keep: a value with a revision, and how values become bytes.
//!
//! ```text
//! byte 0      1..9                       9..
//! schema   check sum over context,     the value (postcard)
//!          schema and value
//! ```
//!
//! The check sum finds a damaged record and, for a flow record, one that lies under another
//! record's key; it is no protection against somebody who may write to the database.

use blake2::{
    Blake2b,
    digest::{FixedOutput, Update, consts::U32},
};
use serde::{Serialize, de::DeserializeOwned};

/// The most bytes of a record that are looked at. Ours have a few hundred.
pub const MAX_RECORD_BYTES: usize = 65_536;

const CHECK_LEN: usize = 8;

/// A number that says which write a record came from: 128 random bits, so none ever repeats.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Revision([u8; 16]);

impl Revision {
    /// The revision with these bits. The library draws the revisions that it writes; this is for
    /// a store that reads one back.
    #[must_use]
    pub const fn from_bytes(bits: [u8; 16]) -> Self {
        Self(bits)
    }

    /// The bits, for a column of 16 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

/// A value as it lies in a store.
#[derive(Clone, Debug)]
pub struct Stored<T> {
    /// Which write it came from.
    pub revision: Revision,
    /// What was written.
    pub value: T,
}

/// The key of a record in a [`FlowStore`](crate::store::FlowStore): a keyed hash, so it says
/// nothing of the name or ticket that it was made from.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Key([u8; 32]);

impl Key {
    /// The key with these bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes, for a column of 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// A value in a [`FlowStore`](crate::store::FlowStore), opaque to the store.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Record(Vec<u8>);

impl Record {
    /// The record with these bytes, at most [`MAX_RECORD_BYTES`] of them.
    #[must_use]
    pub const fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The bytes, for a column.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// Why a stored record cannot be used. Nothing was changed.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RecordError {
    /// Not what was written, or not what was asked for.
    #[error("a stored record is damaged or lies in another's place: restore it from a backup")]
    Damaged,
    /// A stored hash is of bcrypt, scrypt or PBKDF2, and the crate was built without its feature
    /// `legacy-hashes`.
    #[error("a stored hash was imported: build backstop with its feature `legacy-hashes`")]
    NeedsLegacyHashes,
    /// Written by a newer version of the library.
    #[error("a stored record was written by a newer version of backstop: update this service")]
    Newer,
    /// A stored hash asks for more memory or work than any hash of ours may.
    #[error("a stored hash asks for more memory or work than allowed: restore it from a backup")]
    TooCostly,
}

/// What a record is, and the newest version of it that we read.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Schema {
    Account,
    Budget,
    Flow,
    Pointer,
}

impl Schema {
    /// Version 1 of each kind. The kinds have disjoint ranges, so a record of one kind is never
    /// read as another.
    const fn number(self) -> u8 {
        match self {
            Self::Account => 0x01,
            Self::Budget => 0x41,
            Self::Flow => 0x81,
            Self::Pointer => 0xc1,
        }
    }

    const fn is_newer(self, number: u8) -> bool {
        number > self.number() && number & 0xc0 == self.number() & 0xc0
    }
}

/// `context`: what the record must lie under, such as its key.
pub(crate) fn encode(schema: Schema, context: &[u8], value: &impl Serialize) -> Vec<u8> {
    // Into memory, and of types that have no failing case: postcard has nothing to refuse.
    let body = postcard::to_allocvec(value).unwrap_or_default();
    let mut bytes = vec![schema.number()];
    bytes.extend_from_slice(&check_sum(schema.number(), context, &body));
    bytes.extend_from_slice(&body);
    bytes
}

pub(crate) fn decode<T: DeserializeOwned>(
    schema: Schema,
    context: &[u8],
    bytes: &[u8],
) -> Result<T, RecordError> {
    let (&number, rest) = bytes.split_first().ok_or(RecordError::Damaged)?;
    if schema.is_newer(number) {
        return Err(RecordError::Newer);
    }
    let (check, body) = rest
        .split_at_checked(CHECK_LEN)
        .ok_or(RecordError::Damaged)?;
    if number != schema.number()
        || bytes.len() > MAX_RECORD_BYTES
        || check != check_sum(number, context, body)
    {
        return Err(RecordError::Damaged);
    }
    match postcard::take_from_bytes(body) {
        Ok((value, [])) => Ok(value),
        _ => Err(RecordError::Damaged),
    }
}

fn check_sum(number: u8, context: &[u8], body: &[u8]) -> [u8; CHECK_LEN] {
    let mut digest = Blake2b::<U32>::default();
    digest.update(b"backstop record");
    digest.update(&[number]);
    digest.update(
        &u64::try_from(context.len())
            .unwrap_or(u64::MAX)
            .to_le_bytes(),
    );
    digest.update(context);
    digest.update(body);
    let [a, b, c, d, e, f, g, h, ..]: [u8; 32] = digest.finalize_fixed().into();
    [a, b, c, d, e, f, g, h]
}
