//! Hashes of bcrypt, scrypt and PBKDF2. They are compared and replaced, and never made.

#[cfg(not(feature = "legacy-hashes"))]
mod absent;
#[cfg(feature = "legacy-hashes")]
mod cost;
#[cfg(feature = "legacy-hashes")]
mod schemes;
#[cfg(test)]
#[cfg(feature = "legacy-hashes")]
mod tests;

#[cfg(not(feature = "legacy-hashes"))]
pub(super) use absent::{LegacyComputation, parse};
#[cfg(feature = "legacy-hashes")]
pub use cost::{
    LegacyCost, MAX_BCRYPT_COST, MAX_PBKDF2_SHA256_ROUNDS, MAX_PBKDF2_SHA512_ROUNDS, MAX_SCRYPT_KIB,
};
#[cfg(feature = "legacy-hashes")]
pub(super) use schemes::{LegacyComputation, parse, text_of};

/// How each begins. The last one is Django's.
const NAMES: [&str; 7] = [
    "$2a$",
    "$2b$",
    "$2y$",
    "$scrypt$",
    "$pbkdf2-sha256$",
    "$pbkdf2-sha512$",
    "pbkdf2_sha256$",
];

/// Whether the text says that it is one of them.
pub(super) fn is_named(text: &str) -> bool {
    NAMES.iter().any(|name| text.starts_with(name))
}
