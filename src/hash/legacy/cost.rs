//! What such hashes cost, and the most that they may.
//!
//! The caps are our own. On one core of a cloud machine of 2024 the dearest Argon2 hash that
//! [`MAX_MEMORY_KIB`] and [`MAX_WORK_KIB`](crate::hash::MAX_WORK_KIB) allow, 256 MiB with 4 passes,
//! takes 0.7 s; each cap is the highest usual cost that does not take longer.

use crate::hash::{HashCostError, MAX_MEMORY_KIB};

/// The highest bcrypt cost that a stored hash may have: 2¹³ rounds, 0.6 s.
pub const MAX_BCRYPT_COST: u32 = 13;

/// The most that a stored scrypt hash may cost, as 128 × N × r × p in KiB: 256 MiB once over, 0.7 s.
/// With p = 1 it is its memory.
pub const MAX_SCRYPT_KIB: u32 = MAX_MEMORY_KIB;

/// The most rounds that a stored PBKDF2-HMAC-SHA-256 hash may have: 0.2 s where the processor has
/// instructions for SHA, 0.8 s where it has none. Django 6.0 makes 1,200,000.
pub const MAX_PBKDF2_SHA256_ROUNDS: u32 = 1_500_000;

/// The most rounds that a stored PBKDF2-HMAC-SHA-512 hash may have: 0.6 s.
pub const MAX_PBKDF2_SHA512_ROUNDS: u32 = 1_000_000;

/// The cost of hashes that another system made with bcrypt, scrypt or PBKDF2, for
/// [`Builder::stored_hashes`](crate::Builder::stored_hashes).
///
/// ```
/// use backstop::hash::{HashCostError, LegacyCost};
///
/// assert!(LegacyCost::bcrypt(12).is_ok());
/// assert!(LegacyCost::scrypt(17, 8, 1).is_ok());
/// assert!(LegacyCost::pbkdf2_sha256(600_000).is_ok());
/// assert_eq!(LegacyCost::bcrypt(31), Err(HashCostError::AboveCap));
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct LegacyCost(pub(super) Work);

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Work {
    Bcrypt { cost: u32 },
    Pbkdf2 { digest: Digest, rounds: u32 },
    Scrypt { log_n: u8, r: u32, p: u32 },
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Digest {
    Sha256,
    Sha512,
}

impl LegacyCost {
    /// bcrypt of this cost, the number after `$2b$`: 4 to [`MAX_BCRYPT_COST`].
    ///
    /// # Errors
    ///
    /// [`HashCostError::AboveCap`], [`HashCostError::Impossible`].
    pub const fn bcrypt(cost: u32) -> Result<Self, HashCostError> {
        if cost < 4 {
            return Err(HashCostError::Impossible);
        }
        if cost > MAX_BCRYPT_COST {
            return Err(HashCostError::AboveCap);
        }
        Ok(Self(Work::Bcrypt { cost }))
    }

    /// scrypt (RFC 7914 §2) with these parameters.
    ///
    /// `log_n`: the binary logarithm of N, 1 or more. `r`: the block size, 1 or more. `p`: the
    /// parallelization, 1 or more, computed one after the other.
    ///
    /// # Errors
    ///
    /// [`HashCostError::AboveCap`] when 128 × N × r × p is more than [`MAX_SCRYPT_KIB`],
    /// [`HashCostError::Impossible`].
    pub const fn scrypt(log_n: u8, r: u32, p: u32) -> Result<Self, HashCostError> {
        if log_n == 0 || r == 0 || p == 0 {
            return Err(HashCostError::Impossible);
        }
        let Some(n) = 1_u64.checked_shl(log_n as u32) else {
            return Err(HashCostError::AboveCap);
        };
        if blocks_kib(n, r, p) > MAX_SCRYPT_KIB as u64 {
            return Err(HashCostError::AboveCap);
        }
        Ok(Self(Work::Scrypt { log_n, r, p }))
    }

    /// PBKDF2-HMAC-SHA-256 with so many rounds: 1 to [`MAX_PBKDF2_SHA256_ROUNDS`].
    ///
    /// # Errors
    ///
    /// [`HashCostError::AboveCap`], [`HashCostError::Impossible`].
    pub const fn pbkdf2_sha256(rounds: u32) -> Result<Self, HashCostError> {
        Self::pbkdf2(Digest::Sha256, rounds)
    }

    /// PBKDF2-HMAC-SHA-512 with so many rounds: 1 to [`MAX_PBKDF2_SHA512_ROUNDS`].
    ///
    /// # Errors
    ///
    /// [`HashCostError::AboveCap`], [`HashCostError::Impossible`].
    pub const fn pbkdf2_sha512(rounds: u32) -> Result<Self, HashCostError> {
        Self::pbkdf2(Digest::Sha512, rounds)
    }

    pub(super) const fn pbkdf2(digest: Digest, rounds: u32) -> Result<Self, HashCostError> {
        if rounds == 0 {
            return Err(HashCostError::Impossible);
        }
        if rounds > digest.most_rounds() {
            return Err(HashCostError::AboveCap);
        }
        Ok(Self(Work::Pbkdf2 { digest, rounds }))
    }

    /// What it takes beside the worker's own memory, in KiB. Only scrypt takes any to speak of.
    pub(super) fn memory_kib(self) -> u32 {
        match self.0 {
            Work::Bcrypt { .. } | Work::Pbkdf2 { .. } => 0,
            Work::Scrypt { log_n, r, p } => {
                let n = 1_u64.checked_shl(u32::from(log_n)).unwrap_or(u64::MAX);
                // The table, and the blocks that are mixed over it.
                let kib = blocks_kib(n, r, 1).saturating_add(blocks_kib(1, r, p));
                u32::try_from(kib).unwrap_or(u32::MAX)
            }
        }
    }
}

impl Digest {
    const fn most_rounds(self) -> u32 {
        match self {
            Self::Sha256 => MAX_PBKDF2_SHA256_ROUNDS,
            Self::Sha512 => MAX_PBKDF2_SHA512_ROUNDS,
        }
    }

    /// The bytes that one run of the rounds yields.
    pub(super) const fn len(self) -> usize {
        match self {
            Self::Sha256 => 32,
            Self::Sha512 => 64,
        }
    }
}

/// 128 × n × r × p bytes in KiB, rounded up.
const fn blocks_kib(n: u64, r: u32, p: u32) -> u64 {
    n.saturating_mul(r as u64)
        .saturating_mul(p as u64)
        .div_ceil(8)
}
