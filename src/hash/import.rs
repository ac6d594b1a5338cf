//! Hashes of other systems, as they are taken over.

use std::{fmt, str::FromStr};

use super::{MAX_MEMORY_KIB, MAX_WORK_KIB, legacy, parse};
use crate::record::RecordError;

/// A password hash of another system, for [`Accounts::import`](crate::Accounts::import).
///
/// Argon2 in the PHC string format is always taken. With the feature `legacy-hashes` these are,
/// too:
///
/// | scheme | written as | at most |
/// |---|---|---|
/// | bcrypt | `$2a$`, `$2b$` or `$2y$`, then `12$<salt><hash>` | cost 13 |
/// | scrypt (RFC 7914) | `$scrypt$ln=17,r=8,p=1$<salt>$<hash>` | 128 × N × r × p = 256 MiB |
/// | PBKDF2-HMAC-SHA-256 (RFC 8018) | `$pbkdf2-sha256$600000$<salt>$<hash>`, `$pbkdf2-sha256$i=600000,l=32$<salt>$<hash>`, or `pbkdf2_sha256$600000$<salt>$<hash>` as Django writes it | 1,500,000 rounds |
/// | PBKDF2-HMAC-SHA-512 | `$pbkdf2-sha512$`, then as above | 1,000,000 rounds |
///
/// Each of the most takes about as long as the dearest Argon2 hash that is taken. There is no
/// least: a weak hash is replaced when its owner first signs in.
///
/// bcrypt looks at the first 72 bytes of a password only, and so does the comparison with such a
/// hash. What replaces it is a hash of all that was typed: a slip beyond those 72 bytes, which
/// bcrypt cannot see, becomes part of the password.
///
/// # Security
///
/// The memory that bcrypt and scrypt compute in is not wiped afterwards, as that of Argon2 is.
pub struct ImportedHash {
    pub(super) text: String,
}

impl FromStr for ImportedHash {
    type Err = ImportError;

    fn from_str(text: &str) -> Result<Self, ImportError> {
        let is_keyed = if legacy::is_named(text) {
            legacy::parse(text).map(|_readable| false)
        } else {
            parse(text)
                .map(|parsed| !parsed.params.keyid().is_empty() || !parsed.params.data().is_empty())
        };
        match is_keyed {
            Ok(false) => Ok(Self {
                text: text.to_owned(),
            }),
            Ok(true) => Err(ImportError::Keyed),
            Err(RecordError::NeedsLegacyHashes) => Err(ImportError::NeedsLegacyHashes),
            Err(RecordError::TooCostly) => Err(ImportError::TooCostly),
            Err(RecordError::Damaged | RecordError::Newer) => Err(ImportError::Malformed),
        }
    }
}

impl fmt::Debug for ImportedHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ImportedHash(..)")
    }
}

/// Why a hash cannot be imported.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// It was made with a secret or associated data that we do not have.
    #[error("the hash was made with a key id or associated data: it cannot be verified here")]
    Keyed,
    /// Not a hash in a format that is taken, see [`ImportedHash`].
    #[error(
        "not an Argon2 hash in the PHC string format, `$argon2id$v=19$m=..,t=..,p=..$..$..`, nor a \
         bcrypt, scrypt or PBKDF2 hash as ImportedHash describes them"
    )]
    Malformed,
    /// A bcrypt, scrypt or PBKDF2 hash, and the crate was built without its feature
    /// `legacy-hashes`.
    #[error(
        "a bcrypt, scrypt or PBKDF2 hash: build backstop with its feature `legacy-hashes` to import it"
    )]
    NeedsLegacyHashes,
    /// It asks for more than [`MAX_MEMORY_KIB`], [`MAX_WORK_KIB`],
    /// [`MAX_LANES`](super::MAX_LANES), or what [`ImportedHash`] allows to its scheme.
    #[error(
        "the hash costs more than {MAX_MEMORY_KIB} KiB or {MAX_WORK_KIB} KiB x passes of Argon2, or \
         more than ImportedHash allows to its scheme"
    )]
    TooCostly,
}
