//! What stores keep: a value with a revision, and how values become bytes.
//!
//! ```text
//! byte 0      1..9                       9..
//! schema   check sum over context,     the value (postcard), and what a newer
//!          schema and all behind it    version may have added behind it
//! ```
//!
//! The check sum finds a damaged record and, for a flow record, one that lies under another
//! record's key; it is no protection against somebody who may write to the database.
//!
//! Processes of two versions may share a store. What an older one may overlook is added behind the
//! value, under the same number: it keeps what it does not know. What it must not
//! overlook, a new kind of credential or of notice too, gets a new number, which it refuses as
//! [`RecordError::Newer`].

use std::fmt;

use blake2::{
    Blake2b,
    digest::{FixedOutput, Update, consts::U32},
};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, DeserializeOwned, SeqAccess, Visitor},
    ser::SerializeTuple,
};

/// The most bytes of a record that are looked at. Ours have a few hundred.
pub const MAX_RECORD_BYTES: usize = 65_536;

/// The most bytes that are kept behind a value. They leave seven eighths of a record to the value.
pub(crate) const MAX_ADDED_BYTES: usize = 8_192;

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

/// The numbers of one kind of record. The upper two bits are the kind's own, so a record of one kind
/// is never read as another: accounts have 0x01 to 0x3f, budgets 0x41 to 0x7f, flows 0x81 to 0xbf,
/// pointers 0xc1 to 0xff.
///
/// A new number takes two releases. The first one reads it and still writes the one before, so that
/// it can share a store with the releases on both sides of it.
pub(crate) struct Schema<T: 'static> {
    pub(crate) writer: (u8, fn(&T) -> Vec<u8>),
    /// For each number that is read: how.
    pub(crate) readers: &'static [(u8, Reader<T>)],
}

type Reader<T> = fn(&[u8]) -> Option<T>;

impl<T> Schema<T> {
    fn reader(&self, number: u8) -> Option<Reader<T>> {
        let mut readers = self.readers.iter();
        let known = readers.find(|(known, _reader)| *known == number);
        known.map(|(_number, reader)| *reader)
    }

    fn is_newer(&self, number: u8) -> bool {
        const KIND: u8 = 0xc0;
        let known = self.readers.iter().map(|(known, _reader)| *known);
        known
            .max()
            .is_some_and(|newest| number > newest && number & KIND == newest & KIND)
    }
}

/// `context`: what the record must lie under, such as its key.
pub(crate) fn encode<T>(schema: &Schema<T>, context: &[u8], value: &T) -> Vec<u8> {
    let (number, write) = schema.writer;
    let body = write(value);
    let mut bytes = vec![number];
    bytes.extend_from_slice(&check_sum(number, context, &body));
    bytes.extend_from_slice(&body);
    bytes
}

pub(crate) fn decode<T>(
    schema: &Schema<T>,
    context: &[u8],
    bytes: &[u8],
) -> Result<T, RecordError> {
    let (&number, rest) = bytes.split_first().ok_or(RecordError::Damaged)?;
    if schema.is_newer(number) {
        return Err(RecordError::Newer);
    }
    let read = schema.reader(number).ok_or(RecordError::Damaged)?;
    let (check, body) = rest
        .split_at_checked(CHECK_LEN)
        .ok_or(RecordError::Damaged)?;
    if bytes.len() > MAX_RECORD_BYTES || check != check_sum(number, context, body) {
        return Err(RecordError::Damaged);
    }
    read(body).ok_or(RecordError::Damaged)
}

/// The body that a value has today.
pub(crate) fn to_body(value: &impl Serialize) -> Vec<u8> {
    // Into memory, and of types that have no failing case: postcard has nothing to refuse.
    postcard::to_allocvec(value).unwrap_or_default()
}

/// The value that a body of today has. What was added behind it is for the field that holds it: a
/// value without one, which is replaced as a whole, keeps nothing.
pub(crate) fn from_body<T: DeserializeOwned>(body: &[u8]) -> Option<T> {
    let (value, _added) = postcard::take_from_bytes(body).ok()?;
    Some(value)
}

/// What a newer version has added behind a value: the last field of whatever is read, changed and
/// written back, so that it is there when a newer process reads it again. Empty in what this
/// version makes.
///
/// A later version reads its own fields from here. They are in the order of the versions, and each
/// may be absent; and as an older process may have changed the value in between, each says by itself
/// what it belongs to, such as an epoch.
#[derive(Clone, Default)]
pub(crate) struct Added(Vec<u8>);

impl Serialize for Added {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // A tuple: no length stands before it.
        let mut bytes = serializer.serialize_tuple(self.0.len())?;
        for byte in &self.0 {
            bytes.serialize_element(byte)?;
        }
        bytes.end()
    }
}

impl<'de> Deserialize<'de> for Added {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ToTheEnd;

        impl<'de> Visitor<'de> for ToTheEnd {
            type Value = Added;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "at most {MAX_ADDED_BYTES} bytes")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut bytes: A) -> Result<Added, A::Error> {
                let mut added = Vec::new();
                // The only error of a byte is that there is none any more.
                while let Ok(Some(byte)) = bytes.next_element() {
                    added.push(byte);
                    if added.len() > MAX_ADDED_BYTES {
                        return Err(de::Error::invalid_length(added.len(), &self));
                    }
                }
                Ok(Added(added))
            }
        }

        deserializer.deserialize_tuple(usize::MAX, ToTheEnd)
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A value whose second number has a field more, in front.
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Today {
        new: u8,
        old: u16,
    }

    fn first(body: &[u8]) -> Option<Today> {
        from_body(body).map(|old| Today { new: 7, old })
    }

    fn as_first(value: &Today) -> Vec<u8> {
        to_body(&value.old)
    }

    const BEFORE: Schema<u16> = Schema {
        writer: (0x01, to_body),
        readers: &[(0x01, from_body)],
    };
    /// The release in between.
    const BETWEEN: Schema<Today> = Schema {
        writer: (0x01, as_first),
        readers: &[(0x01, first), (0x02, from_body)],
    };
    const AFTER: Schema<Today> = Schema {
        writer: (0x02, to_body),
        readers: BETWEEN.readers,
    };

    #[test]
    fn a_new_number_takes_two_releases() {
        let (value, read) = (Today { new: 1, old: 300 }, Today { new: 7, old: 300 });
        let [before, between, after] = [
            encode(&BEFORE, b"", &300),
            encode(&BETWEEN, b"", &value),
            encode(&AFTER, b"", &value),
        ];
        assert_eq!(before, between);
        for schema in [&BETWEEN, &AFTER] {
            assert_eq!(decode(schema, b"", &before).as_ref(), Ok(&read));
            assert_eq!(decode(schema, b"", &after).as_ref(), Ok(&value));
        }
        assert_eq!(decode(&BEFORE, b"", &between), Ok(300));
        assert_eq!(decode(&BEFORE, b"", &after), Err(RecordError::Newer));
    }

    #[test]
    fn a_number_says_how_it_is_read() {
        let mut bytes = encode(&BETWEEN, b"", &Today { new: 1, old: 300 });
        bytes[0] = 0x02;
        assert_eq!(decode(&AFTER, b"", &bytes), Err(RecordError::Damaged));
    }
}
