//! Argon2id hashes (RFC 9106): what they cost, how they are stored, how they are compared; and
//! hashes of other schemes, until they are replaced.
//!
//! A hash is bound to one account and one purpose by Argon2's associated data and to the service
//! by its secret input, the pepper. Copied to another row it does not verify. A hash that was
//! imported has neither, so a MAC beside it does the same.

mod cost;
mod import;
mod legacy;
#[cfg(test)]
mod tests;

use argon2::{
    Algorithm, Argon2, AssociatedData, Block, KeyId as PhcKeyId, Params, ParamsBuilder, Version,
    password_hash::phc::{self, Ident, Output, ParamsString, Salt},
};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

pub(crate) use cost::HashMix;
pub use cost::{HashCost, HashCostError, MAX_LANES, MAX_MEMORY_KIB, MAX_WORK_KIB, StoredCost};
pub use import::{ImportError, ImportedHash};
use legacy::LegacyComputation;
#[cfg(feature = "legacy-hashes")]
pub use legacy::{
    LegacyCost, MAX_BCRYPT_COST, MAX_PBKDF2_SHA256_ROUNDS, MAX_PBKDF2_SHA512_ROUNDS, MAX_SCRYPT_KIB,
};

use crate::{
    account::AccountId,
    error::Error,
    record::RecordError,
    secret::Password,
    service_key::{KeyId, Mac, ServiceKey},
};

/// Salt and tag of new hashes: RFC 9106 §4 recommends 128 and 256 bits.
const SALT_LEN: usize = 16;
const TAG_LEN: usize = 32;

/// A hash as it is stored: ours in the PHC string format, its pepper named by `keyid`; an imported
/// one as it came.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct PasswordHash {
    text: String,
    /// Of an imported hash: binds it to its account, as the pepper does for ours.
    binding: Option<(KeyId, Mac)>,
}

/// What a hash belongs to. A hash of one owner does not verify for another.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Owner<'a> {
    pub(crate) account: &'a AccountId,
    pub(crate) purpose: Purpose,
}

/// What a hash is for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Purpose {
    Hint,
    Password,
}

impl Owner<'_> {
    fn parts(&self) -> [&[u8]; 3] {
        let purpose: &[u8] = match self.purpose {
            Purpose::Hint => b"hint",
            Purpose::Password => b"password",
        };
        [b"hash", purpose, self.account.as_str().as_bytes()]
    }
}

/// A computation that is ready to run on a worker.
pub(crate) struct Computation {
    algorithm: Algorithm,
    version: Version,
    params: Params,
    salt: Vec<u8>,
    pepper: Option<Zeroizing<[u8; 32]>>,
}

/// A stored hash that is ready to be compared on a worker.
pub(crate) struct Comparison {
    work: Work,
    tag: Vec<u8>,
    is_void: bool,
}

enum Work {
    Argon2(Computation),
    Legacy(LegacyComputation),
}

/// Whether the typed secret is the stored one.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Match {
    Right,
    Wrong,
}

impl Computation {
    /// A new hash under the newest key.
    pub(crate) fn new(
        owner: Owner<'_>,
        cost: HashCost,
        keys: &ServiceKey,
        salt: [u8; SALT_LEN],
    ) -> Result<Self, Error> {
        let params = params(cost, keys.current(), owner, keys).ok_or(Error::Hashing)?;
        Ok(Self {
            algorithm: Algorithm::Argon2id,
            version: Version::V0x13,
            params,
            salt: salt.to_vec(),
            pepper: keys.pepper(keys.current()),
        })
    }

    /// Memory in KiB, which is the number of Argon2 blocks.
    pub(crate) fn memory_kib(&self) -> u32 {
        self.params.m_cost()
    }

    /// Hashes in the worker's memory.
    pub(crate) fn hash(&self, secret: &str, memory: &mut [Block]) -> Result<PasswordHash, Error> {
        let mut tag = [0; TAG_LEN];
        self.run(secret, &mut tag, memory)?;
        let stored = phc_of(self, &tag).ok_or(Error::Hashing)?;
        Ok(PasswordHash {
            text: stored,
            binding: None,
        })
    }

    fn run(&self, secret: &str, tag: &mut [u8], memory: &mut [Block]) -> Result<(), Error> {
        let params = self.params.clone();
        let argon2 = match &self.pepper {
            Some(pepper) => {
                Argon2::new_with_secret(pepper.as_slice(), self.algorithm, self.version, params)
                    .map_err(|_too_long| Error::Hashing)?
            }
            None => Argon2::new(self.algorithm, self.version, params),
        };
        argon2
            .hash_password_into_with_memory(secret.as_bytes(), &self.salt, tag, memory)
            .map_err(|_refused| Error::Hashing)
    }
}

impl Comparison {
    /// One that takes as long, and finds everything wrong.
    pub(crate) fn void(self) -> Self {
        Self {
            is_void: true,
            ..self
        }
    }

    /// All the memory that it takes, in KiB.
    pub(crate) fn memory_kib(&self) -> u32 {
        match &self.work {
            Work::Argon2(computation) => computation.memory_kib(),
            Work::Legacy(computation) => computation.memory_kib(),
        }
    }

    /// What it needs of the worker's memory, in Argon2 blocks of 1 KiB.
    pub(crate) fn blocks(&self) -> u32 {
        match &self.work {
            Work::Argon2(computation) => computation.memory_kib(),
            Work::Legacy(_takes_its_own) => 0,
        }
    }

    /// Hashes what was typed in the worker's memory and compares in constant time.
    pub(crate) fn run(&self, typed: &Password, memory: &mut [Block]) -> Result<Match, Error> {
        let mut tag = vec![0; self.tag.len()];
        match &self.work {
            Work::Argon2(computation) => computation.run(typed.expose(), &mut tag, memory)?,
            Work::Legacy(computation) => computation.run(typed.expose(), &mut tag)?,
        }
        let is_right: bool = tag.ct_eq(&self.tag).into();
        Ok(if is_right && !self.is_void {
            Match::Right
        } else {
            Match::Wrong
        })
    }
}

impl PasswordHash {
    /// A hash that nothing verifies, for a name that no account has. The same name always gets
    /// the same one; its scheme and cost are drawn from `mix`. One of another scheme is bound to
    /// its owner, as an imported one is.
    pub(crate) fn decoy(
        name: &[u8],
        owner: Owner<'_>,
        mix: &HashMix,
        keys: &ServiceKey,
    ) -> Result<Self, Error> {
        let [draw, salt, tag] =
            [&b"draw"[..], b"salt", b"tag"].map(|part| keys.index(&[b"decoy", part, name]));
        let [s @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] = salt;
        match mix.draw(draw) {
            StoredCost::Argon2id(cost) => {
                let params = params(cost, keys.current(), owner, keys);
                let computation = Computation {
                    algorithm: Algorithm::Argon2id,
                    version: Version::V0x13,
                    params: params.ok_or(Error::Hashing)?,
                    salt: s.to_vec(),
                    pepper: None,
                };
                Ok(Self {
                    text: phc_of(&computation, &tag).ok_or(Error::Hashing)?,
                    binding: None,
                })
            }
            #[cfg(feature = "legacy-hashes")]
            StoredCost::Legacy(cost) => {
                let text = legacy::text_of(cost, s, tag);
                Self::import(ImportedHash { text }, owner, keys)
            }
        }
    }

    /// A hash of another system, bound to its new owner.
    pub(crate) fn import(
        imported: ImportedHash,
        owner: Owner<'_>,
        keys: &ServiceKey,
    ) -> Result<Self, Error> {
        let key = keys.current();
        let mac = bind(keys, key, owner, &imported.text).ok_or(Error::UnknownKey)?;
        Ok(Self {
            text: imported.text,
            binding: Some((key, mac)),
        })
    }

    /// Whether a new hash would be made the same way: ours, of this cost, under the newest key.
    pub(crate) fn is_current(&self, cost: HashCost, keys: &ServiceKey) -> bool {
        self.binding.is_none()
            && parse(&self.text).is_ok_and(|parsed| {
                HashCost::of(&parsed.params) == Ok(cost)
                    && parsed.algorithm == Algorithm::Argon2id
                    && KeyId::from_slice(parsed.params.keyid()) == Some(keys.current())
            })
    }

    /// Makes it ready to be compared.
    ///
    /// # Errors
    ///
    /// [`RecordError::Damaged`] when it cannot be read or belongs to another owner,
    /// [`RecordError::TooCostly`] when it asks for more than the caps,
    /// [`RecordError::NeedsLegacyHashes`], [`Error::UnknownKey`].
    pub(crate) fn comparison(
        &self,
        owner: Owner<'_>,
        keys: &ServiceKey,
    ) -> Result<Comparison, Error> {
        if let Some((key, mac)) = &self.binding {
            let expected = bind(keys, *key, owner, &self.text).ok_or(Error::UnknownKey)?;
            if !mac.matches(&expected) {
                return Err(RecordError::Damaged.into());
            }
            if legacy::is_named(&self.text) {
                let (computation, tag) = legacy::parse(&self.text)?;
                let work = Work::Legacy(computation);
                return Ok(Comparison {
                    work,
                    tag,
                    is_void: false,
                });
            }
        }
        let mut parsed = parse(&self.text)?;
        let pepper = match (&self.binding, KeyId::from_slice(parsed.params.keyid())) {
            (Some(_checked), _) => None,
            (None, Some(key)) => {
                let pepper = keys.pepper(key).ok_or(Error::UnknownKey)?;
                let cost = HashCost::of(&parsed.params).map_err(|_cap| RecordError::TooCostly)?;
                parsed.params = params(cost, key, owner, keys).ok_or(RecordError::Damaged)?;
                Some(pepper)
            }
            (None, None) => return Err(RecordError::Damaged.into()),
        };
        Ok(Comparison {
            work: Work::Argon2(Computation {
                algorithm: parsed.algorithm,
                version: parsed.version,
                params: parsed.params,
                salt: parsed.salt,
                pepper,
            }),
            tag: parsed.tag,
            is_void: false,
        })
    }
}

struct Parsed {
    algorithm: Algorithm,
    version: Version,
    params: Params,
    salt: Vec<u8>,
    tag: Vec<u8>,
}

/// Reads a PHC string, its cost first: a tampered one must not decide how much memory we take.
fn parse(text: &str) -> Result<Parsed, RecordError> {
    let parsed = phc::PasswordHash::new(text).map_err(|_| RecordError::Damaged)?;
    let algorithm =
        Algorithm::try_from(parsed.algorithm.as_str()).map_err(|_| RecordError::Damaged)?;
    let version = match parsed.version {
        None => Version::V0x10,
        Some(number) => Version::try_from(number).map_err(|_| RecordError::Damaged)?,
    };
    let params = Params::try_from(&parsed).map_err(|_| RecordError::Damaged)?;
    HashCost::of(&params).map_err(|cost| match cost {
        HashCostError::AboveCap => RecordError::TooCostly,
        HashCostError::BelowFloor | HashCostError::Impossible => RecordError::Damaged,
    })?;
    let salt = parsed.salt.ok_or(RecordError::Damaged)?;
    let tag = parsed.hash.ok_or(RecordError::Damaged)?;
    Ok(Parsed {
        algorithm,
        version,
        params,
        salt: salt.as_ref().to_vec(),
        tag: tag.as_bytes().to_vec(),
    })
}

fn phc_of(computation: &Computation, tag: &[u8]) -> Option<String> {
    let stored = phc::PasswordHash {
        algorithm: Ident::new(computation.algorithm.as_str()).ok()?,
        version: Some(computation.version.into()),
        // The associated data is the owner's, and known: it is not stored.
        params: ParamsString::try_from(&without_data(&computation.params)?).ok()?,
        salt: Some(Salt::new(&computation.salt).ok()?),
        hash: Some(Output::new(tag).ok()?),
    };
    Some(stored.to_string())
}

/// Parameters under this key, for this owner.
fn params(cost: HashCost, key: KeyId, owner: Owner<'_>, keys: &ServiceKey) -> Option<Params> {
    let belongs_to = keys.bind(key, &owner.parts())?;
    let mut builder = ParamsBuilder::new();
    builder
        .m_cost(cost.memory_kib())
        .t_cost(cost.passes())
        .p_cost(cost.lanes())
        .keyid(PhcKeyId::new(key.as_bytes()).ok()?)
        .data(AssociatedData::new(belongs_to.as_bytes()).ok()?);
    builder.build().ok()
}

fn without_data(params: &Params) -> Option<Params> {
    let mut builder = ParamsBuilder::new();
    builder
        .m_cost(params.m_cost())
        .t_cost(params.t_cost())
        .p_cost(params.p_cost())
        .keyid(PhcKeyId::new(params.keyid()).ok()?);
    builder.build().ok()
}

fn bind(keys: &ServiceKey, key: KeyId, owner: Owner<'_>, text: &str) -> Option<Mac> {
    let [label, purpose, account] = owner.parts();
    keys.bind(key, &[label, purpose, account, text.as_bytes()])
}
