//! Reading such a hash and computing it again.

use base64ct::{Base64, Base64Bcrypt, Base64Unpadded, Encoding};
use sha2::{Sha256, Sha512};
use zeroize::Zeroizing;

use super::cost::{Digest, LegacyCost, Work};
use crate::{error::Error, hash::HashCostError, record::RecordError};

/// Longer texts are not looked at; the longest that is taken has some 200 bytes.
const MAX_TEXT: usize = 512;

/// In bytes, as the PHC string format has them.
pub(super) const MAX_SALT: usize = 64;
const MAX_TAG: usize = 64;

/// A shorter hash would be met by many passwords. Our own floor; the schemes themselves yield 23
/// to 64 bytes.
const MIN_TAG: usize = 16;

const BCRYPT_SALT: usize = 16;
const BCRYPT_TAG: usize = 23;

/// bcrypt looks at so many bytes of the password, the zero byte at its end included.
const BCRYPT_KEY: usize = 72;

/// A computation that is ready to run on a worker.
pub(in crate::hash) struct LegacyComputation {
    cost: LegacyCost,
    salt: Vec<u8>,
}

impl LegacyComputation {
    #[cfg(test)]
    pub(super) fn cost(&self) -> LegacyCost {
        self.cost
    }

    /// What it takes beside the worker's own memory, in KiB.
    pub(in crate::hash) fn memory_kib(&self) -> u32 {
        self.cost.memory_kib()
    }

    pub(in crate::hash) fn run(&self, typed: &str, tag: &mut [u8]) -> Result<(), Error> {
        let typed = typed.as_bytes();
        match self.cost.0 {
            Work::Bcrypt { cost } => {
                let salt = <[u8; BCRYPT_SALT]>::try_from(self.salt.as_slice())
                    .map_err(|_never| Error::Hashing)?;
                // As the C function reads it: with its zero byte, and not beyond the 72nd. No
                // password has a zero byte inside.
                let mut key = Zeroizing::new(Vec::with_capacity(BCRYPT_KEY));
                key.extend(typed.iter().copied().chain([0]).take(BCRYPT_KEY));
                let computed = bcrypt::bcrypt(cost, salt, &key);
                let computed = computed.get(..tag.len()).ok_or(Error::Hashing)?;
                tag.copy_from_slice(computed);
            }
            Work::Pbkdf2 { digest, rounds } => match digest {
                Digest::Sha256 => pbkdf2::pbkdf2_hmac::<Sha256>(typed, &self.salt, rounds, tag),
                Digest::Sha512 => pbkdf2::pbkdf2_hmac::<Sha512>(typed, &self.salt, rounds, tag),
            },
            Work::Scrypt { log_n, r, p } => {
                let params = scrypt::Params::new(log_n, r, p).map_err(|_never| Error::Hashing)?;
                scrypt::scrypt(typed, &self.salt, &params, tag).map_err(|_never| Error::Hashing)?;
            }
        }
        Ok(())
    }
}

/// The computation and the tag that it is to yield.
///
/// # Errors
///
/// [`RecordError::Damaged`], [`RecordError::TooCostly`].
pub(in crate::hash) fn parse(text: &str) -> Result<(LegacyComputation, Vec<u8>), RecordError> {
    if text.len() > MAX_TEXT {
        return Err(RecordError::Damaged);
    }
    // The last one is in front of a dollar sign that the others begin with.
    let fields: Vec<&str> = text.split('$').collect();
    let (cost, salt, tag) = match fields.as_slice() {
        ["", "2a" | "2b" | "2y", cost, body] => bcrypt_hash(cost, body)?,
        ["", "scrypt", params, salt, tag] => {
            (scrypt_cost(params)?, unpadded(salt)?, unpadded(tag)?)
        }
        ["", "pbkdf2-sha256", rounds, salt, tag] => pbkdf2_hash(Digest::Sha256, rounds, salt, tag)?,
        ["", "pbkdf2-sha512", rounds, salt, tag] => pbkdf2_hash(Digest::Sha512, rounds, salt, tag)?,
        ["pbkdf2_sha256", rounds, salt, tag] => {
            let tag = Base64::decode_vec(tag).map_err(|_| RecordError::Damaged)?;
            let cost = pbkdf2_cost(Digest::Sha256, number(rounds)?, &tag)?;
            (cost, salt.as_bytes().to_vec(), tag)
        }
        _ => return Err(RecordError::Damaged),
    };
    if salt.len() > MAX_SALT || !(MIN_TAG..=MAX_TAG).contains(&tag.len()) {
        return Err(RecordError::Damaged);
    }
    Ok((LegacyComputation { cost, salt }, tag))
}

/// A text with this salt and tag, for a name that no account has.
pub(in crate::hash) fn text_of(cost: LegacyCost, salt: [u8; 16], tag: [u8; 32]) -> String {
    let tag = |len: usize| tag.into_iter().cycle().take(len).collect::<Vec<u8>>();
    let encode = Base64Unpadded::encode_string;
    match cost.0 {
        Work::Bcrypt { cost } => {
            let encode = Base64Bcrypt::encode_string;
            format!(
                "$2b${cost:02}${}{}",
                encode(&salt),
                encode(&tag(BCRYPT_TAG))
            )
        }
        Work::Pbkdf2 { digest, rounds } => {
            let name = match digest {
                Digest::Sha256 => "pbkdf2-sha256",
                Digest::Sha512 => "pbkdf2-sha512",
            };
            let (salt, tag) = (encode(&salt), encode(&tag(digest.len())));
            format!("${name}${rounds}${salt}${tag}")
        }
        Work::Scrypt { log_n, r, p } => {
            let (salt, tag) = (encode(&salt), encode(&tag(32)));
            format!("$scrypt$ln={log_n},r={r},p={p}${salt}${tag}")
        }
    }
}

type Fields = (LegacyCost, Vec<u8>, Vec<u8>);

fn bcrypt_hash(cost: &str, body: &str) -> Result<Fields, RecordError> {
    // Two digits, as no other number here has them.
    let cost = match cost.as_bytes() {
        [tens @ b'0'..=b'9', ones @ b'0'..=b'9'] => {
            let digit = |digit: u8| u32::from(digit.saturating_sub(b'0'));
            digit(*tens).saturating_mul(10).saturating_add(digit(*ones))
        }
        _ => return Err(RecordError::Damaged),
    };
    let cost = LegacyCost::bcrypt(cost).map_err(refused)?;
    let (salt, tag) = body.split_at_checked(22).ok_or(RecordError::Damaged)?;
    Ok((
        cost,
        bcrypt_bytes(salt, BCRYPT_SALT)?,
        bcrypt_bytes(tag, BCRYPT_TAG)?,
    ))
}

/// The spare bits of the last character are not looked at: not every system leaves them zero.
fn bcrypt_bytes(text: &str, len: usize) -> Result<Vec<u8>, RecordError> {
    let whole = format!("{text:.<width$}", width = text.len().next_multiple_of(4));
    let mut bytes = Base64Bcrypt::decode_vec(&whole).map_err(|_| RecordError::Damaged)?;
    if text.len() != len.saturating_mul(4).div_ceil(3) {
        return Err(RecordError::Damaged);
    }
    bytes.truncate(len);
    Ok(bytes)
}

fn scrypt_cost(params: &str) -> Result<LegacyCost, RecordError> {
    let params: Vec<&str> = params.split(',').collect();
    let [log_n, r, p] = params.as_slice() else {
        return Err(RecordError::Damaged);
    };
    let log_n = named("ln=", log_n)?;
    let log_n = u8::try_from(log_n).map_err(|_| RecordError::TooCostly)?;
    LegacyCost::scrypt(log_n, named("r=", r)?, named("p=", p)?).map_err(refused)
}

fn pbkdf2_hash(digest: Digest, rounds: &str, salt: &str, tag: &str) -> Result<Fields, RecordError> {
    let (salt, tag) = (unpadded(salt)?, unpadded(tag)?);
    let rounds = match rounds.split_once(',') {
        Some((rounds, len)) => {
            if usize::try_from(named("l=", len)?) != Ok(tag.len()) {
                return Err(RecordError::Damaged);
            }
            named("i=", rounds)?
        }
        None => number(rounds.strip_prefix("i=").unwrap_or(rounds))?,
    };
    Ok((pbkdf2_cost(digest, rounds, &tag)?, salt, tag))
}

/// A tag that is longer than the digest takes all rounds once more.
fn pbkdf2_cost(digest: Digest, rounds: u32, tag: &[u8]) -> Result<LegacyCost, RecordError> {
    let runs = u32::try_from(tag.len().div_ceil(digest.len())).unwrap_or(u32::MAX);
    LegacyCost::pbkdf2(digest, rounds.saturating_mul(runs)).map_err(refused)?;
    LegacyCost::pbkdf2(digest, rounds).map_err(refused)
}

fn refused(cost: HashCostError) -> RecordError {
    match cost {
        HashCostError::AboveCap => RecordError::TooCostly,
        HashCostError::BelowFloor | HashCostError::Impossible => RecordError::Damaged,
    }
}

/// Base64 without padding; some write a full stop for the plus sign.
fn unpadded(text: &str) -> Result<Vec<u8>, RecordError> {
    Base64Unpadded::decode_vec(&text.replace('.', "+")).map_err(|_| RecordError::Damaged)
}

fn named(name: &str, param: &str) -> Result<u32, RecordError> {
    number(param.strip_prefix(name).ok_or(RecordError::Damaged)?)
}

/// A decimal number as these formats write it: digits only, the first one not zero. What does not
/// fit is more than any cap.
fn number(text: &str) -> Result<u32, RecordError> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_plain || text.is_empty() || (text.starts_with('0') && text != "0") {
        return Err(RecordError::Damaged);
    }
    text.parse().map_err(|_| RecordError::TooCostly)
}
