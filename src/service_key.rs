//! The service's own secret, and the keys that are derived from it.
//!
//! It lives apart from the database (an environment variable, a vault): a stolen table of hashes
//! cannot be guessed at without it (NIST SP 800-63B-4 §3.1.1.2, the keyed hash).

use std::{fmt, str::FromStr};

use base64ct::{Base64, Encoding};
use blake2::{
    Blake2bMac,
    digest::{FixedOutput, KeyInit, Update, consts::U32},
};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

const SECRET_LEN: usize = 32;

/// A ring of 256-bit secrets, oldest first. The newest one is used for everything new; the others
/// still verify what was made with them.
///
/// The oldest also keys the index of names, which never changes: keep it in the ring, and in its
/// place, for ever. A ring that begins with another secret is refused with
/// [`Error::UnknownKey`](crate::Error::UnknownKey) by every account.
///
/// ```
/// use backstop::ServiceKey;
///
/// // $ openssl rand -base64 32
/// let key: ServiceKey = "k1r1hMVHn5Z6aIZ0MZg0oBqLxm5sR8ikf0xJmNDT8pc=".parse()?;
/// // Rotated: the old one, a comma, the new one.
/// let ring: ServiceKey = "k1r1hMVHn5Z6aIZ0MZg0oBqLxm5sR8ikf0xJmNDT8pc=,\
///                         9xw3X0sM4mJpUu5o1kqB7yH2vQe8cRz6tLdNfGaWbTI=".parse()?;
/// # Ok::<(), backstop::KeyError>(())
/// ```
#[derive(Clone)]
pub struct ServiceKey {
    index: SubKey,
    first: SubKeys,
    later: Vec<SubKeys>,
    accepted: Vec<SubKeys>,
}

type SubKey = Zeroizing<[u8; 32]>;

/// What is derived from one secret, and all that is kept of it. One key never serves two purposes.
#[derive(Clone)]
struct SubKeys {
    id: KeyId,
    code: SubKey,
    #[cfg(feature = "totp")]
    factor: SubKey,
    pepper: SubKey,
    seal: SubKey,
}

/// The fingerprint of a service key: says which one a hash was made with, and nothing else.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub(crate) struct KeyId([u8; 8]);

impl KeyId {
    pub(crate) fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    pub(crate) const fn as_bytes(&self) -> &[u8; 8] {
        &self.0
    }
}

/// A MAC, compared in constant time.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Mac([u8; 32]);

impl Mac {
    pub(crate) const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    pub(crate) const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    pub(crate) fn matches(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl ServiceKey {
    /// A ring of one secret.
    ///
    /// `secret`: 256 random bits.
    ///
    /// # Errors
    ///
    /// [`KeyError::NotRandom`] for a secret of equal bytes, such as all zeros.
    pub fn new(secret: [u8; SECRET_LEN]) -> Result<Self, KeyError> {
        let secret = random_looking(secret)?;
        Ok(Self {
            index: derive(&secret, b"backstop.v1.index"),
            first: SubKeys::of(&secret),
            later: Vec::new(),
            accepted: Vec::new(),
        })
    }

    /// The ring with a newer secret. Hashes made from now on use it. An older one of a password is
    /// replaced when its owner next signs in, one of a hint answer keeps its key until it is
    /// answered right or set again.
    ///
    /// # Errors
    ///
    /// As [`ServiceKey::new`].
    pub fn rotated_to(mut self, secret: [u8; SECRET_LEN]) -> Result<Self, KeyError> {
        let secret = random_looking(secret)?;
        self.later.push(SubKeys::of(&secret));
        Ok(self)
    }

    /// The ring with a secret that is not used yet, but verifies what was made with it.
    ///
    /// Where several processes share a store, rotate in two steps: first let all of them accept
    /// the new secret, then let them use it.
    ///
    /// # Errors
    ///
    /// As [`ServiceKey::new`].
    pub fn also_accepting(mut self, secret: [u8; SECRET_LEN]) -> Result<Self, KeyError> {
        let secret = random_looking(secret)?;
        self.accepted.push(SubKeys::of(&secret));
        Ok(self)
    }

    /// The fingerprint of the newest secret.
    pub(crate) fn current(&self) -> KeyId {
        self.later.last().unwrap_or(&self.first).id
    }

    /// The pepper of the key with this fingerprint, for Argon2's secret input (RFC 9106 §3.1).
    pub(crate) fn pepper(&self, id: KeyId) -> Option<Zeroizing<[u8; 32]>> {
        self.find(id).map(|keys| keys.pepper.clone())
    }

    /// The fingerprint of the oldest secret, which keys the index.
    pub(crate) const fn index_id(&self) -> KeyId {
        self.first.id
    }

    /// A MAC on the pepper's side of this key: what binds a hash to its owner.
    pub(crate) fn bind(&self, id: KeyId, parts: &[&[u8]]) -> Option<Mac> {
        self.find(id).map(|keys| mac(&keys.pepper, parts))
    }

    /// A MAC for what we hand out and take back: session tokens and tickets.
    pub(crate) fn seal(&self, id: KeyId, parts: &[&[u8]]) -> Option<Mac> {
        self.find(id).map(|keys| mac(&keys.seal, parts))
    }

    /// A MAC that mailed codes and links are made of.
    pub(crate) fn code(&self, id: KeyId, parts: &[&[u8]]) -> Option<Mac> {
        self.find(id).map(|keys| mac(&keys.code, parts))
    }

    /// What the keys of authenticator apps are encrypted under.
    #[cfg(feature = "totp")]
    pub(crate) fn factor(&self, id: KeyId) -> Option<Zeroizing<[u8; 32]>> {
        self.find(id).map(|keys| keys.factor.clone())
    }

    /// A keyed hash under the key that never rotates: names, budgets, flows, decoys.
    pub(crate) fn index(&self, parts: &[&[u8]]) -> [u8; 32] {
        mac(&self.index, parts).0
    }

    fn find(&self, id: KeyId) -> Option<&SubKeys> {
        std::iter::once(&self.first)
            .chain(&self.later)
            .chain(&self.accepted)
            .find(|keys| keys.id == id)
    }
}

impl FromStr for ServiceKey {
    type Err = KeyError;

    /// Reads secrets in base64, oldest first, with commas between; behind a semicolon those that
    /// are accepted but not used yet.
    fn from_str(text: &str) -> Result<Self, KeyError> {
        let (ring, accepted) = match text.split_once(';') {
            Some((ring, accepted)) => (ring, Some(accepted)),
            None => (text, None),
        };
        let mut secrets = ring.split(',').map(secret_of);
        let first = secrets.next().ok_or(KeyError::Malformed)??;
        let ring = secrets.try_fold(Self::new(first)?, |ring, secret| ring.rotated_to(secret?))?;
        accepted
            .into_iter()
            .flat_map(|accepted| accepted.split(','))
            .try_fold(ring, |ring, text| ring.also_accepting(secret_of(text)?))
    }
}

fn secret_of(text: &str) -> Result<[u8; SECRET_LEN], KeyError> {
    let mut secret = Zeroizing::new([0; SECRET_LEN]);
    match Base64::decode(text.trim(), secret.as_mut()) {
        Ok(bytes) if bytes.len() == SECRET_LEN => Ok(*secret),
        _ => Err(KeyError::Malformed),
    }
}

impl fmt::Debug for ServiceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ServiceKey(..)")
    }
}

/// Why a text or a number of bytes is not a service key. It never holds the key.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// Not 32 bytes in base64.
    #[error("a service key is 32 random bytes in base64: make one with `openssl rand -base64 32`")]
    Malformed,
    /// All bytes are equal.
    #[error("this service key is not random: make one with `openssl rand -base64 32`")]
    NotRandom,
}

fn random_looking(secret: [u8; SECRET_LEN]) -> Result<Zeroizing<[u8; SECRET_LEN]>, KeyError> {
    let secret = Zeroizing::new(secret);
    match secret.split_first() {
        Some((first, rest)) if rest.iter().any(|byte| byte != first) => Ok(secret),
        _ => Err(KeyError::NotRandom),
    }
}

impl SubKeys {
    fn of(secret: &[u8; SECRET_LEN]) -> Self {
        let [a, b, c, d, e, f, g, h, ..] = *derive(secret, b"backstop.v1.fingerprint");
        Self {
            id: KeyId([a, b, c, d, e, f, g, h]),
            code: derive(secret, b"backstop.v1.code"),
            #[cfg(feature = "totp")]
            factor: derive(secret, b"backstop.v1.factor"),
            pepper: derive(secret, b"backstop.v1.pepper"),
            seal: derive(secret, b"backstop.v1.seal"),
        }
    }
}

fn derive(secret: &[u8; SECRET_LEN], label: &[u8]) -> SubKey {
    Zeroizing::new(mac(secret, &[label]).0)
}

/// Keyed BLAKE2b (RFC 7693 §2.9) over length-prefixed parts, so that no two lists of parts read
/// the same.
fn mac(key: &[u8; 32], parts: &[&[u8]]) -> Mac {
    // A key of BLAKE2b's full 64 bytes, the second half zeros.
    let mut full = Zeroizing::new([0; 64]);
    full.iter_mut().zip(key).for_each(|(to, from)| *to = *from);
    let mut mac = <Blake2bMac<U32> as KeyInit>::new((&*full).into());
    for part in parts {
        mac.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_le_bytes());
        mac.update(part);
    }
    Mac(mac.finalize_fixed().into())
}
