//! What hashes cost, and the costs of those that a store holds.

use argon2::Params;

#[cfg(feature = "legacy-hashes")]
use super::legacy::LegacyCost;

/// The most memory a stored hash may ask for, in KiB: 256 MiB. Our own cap.
pub const MAX_MEMORY_KIB: u32 = 262_144;

/// The most work a stored hash may ask for, in KiB × passes: 1 GiB once over. Our own cap.
pub const MAX_WORK_KIB: u32 = 1_048_576;

/// The most lanes a stored hash may ask for. Our own cap.
pub const MAX_LANES: u32 = 16;

/// (memory in KiB, passes): OWASP ASVS 5.0, appendix C.
const FLOOR: [(u32, u32); 3] = [(47_104, 1), (19_456, 2), (12_288, 3)];

/// What one hash costs: Argon2id's memory, passes and lanes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct HashCost {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

impl HashCost {
    /// 19 MiB and 2 passes in one lane, a point of OWASP ASVS 5.0, appendix C.
    pub const DEFAULT: Self = Self {
        memory_kib: 19_456,
        passes: 2,
        lanes: 1,
    };

    /// A cost at or above the floor of OWASP ASVS 5.0, appendix C: 46 MiB with 1 pass, 19 MiB with
    /// 2, 12 MiB with 3 or more.
    ///
    /// `memory_kib`: memory in KiB. `passes`: passes over it. `lanes`: lanes, computed one after
    /// the other.
    ///
    /// ```
    /// use backstop::hash::{HashCost, HashCostError};
    ///
    /// assert!(HashCost::new(47_104, 1, 1).is_ok());
    /// assert_eq!(HashCost::new(19_456, 1, 1), Err(HashCostError::BelowFloor));
    /// ```
    ///
    /// # Errors
    ///
    /// [`HashCostError::BelowFloor`] and, above [`MAX_MEMORY_KIB`], [`MAX_WORK_KIB`] or
    /// [`MAX_LANES`], [`HashCostError::AboveCap`].
    pub const fn new(memory_kib: u32, passes: u32, lanes: u32) -> Result<Self, HashCostError> {
        let [a, b, c] = FLOOR;
        let reaches = (memory_kib >= a.0 && passes >= a.1)
            || (memory_kib >= b.0 && passes >= b.1)
            || (memory_kib >= c.0 && passes >= c.1);
        if !reaches {
            return Err(HashCostError::BelowFloor);
        }
        Self::danger_below_floor(memory_kib, passes, lanes)
    }

    /// A cost that may lie below the floor, for tests that hash a great deal.
    ///
    /// # Security
    ///
    /// Hashes of this cost are guessed faster than current advice accepts.
    ///
    /// # Errors
    ///
    /// As [`HashCost::new`], but the floor is Argon2's own: 8 KiB for each lane.
    pub const fn danger_below_floor(
        memory_kib: u32,
        passes: u32,
        lanes: u32,
    ) -> Result<Self, HashCostError> {
        if lanes == 0 || passes == 0 || memory_kib < lanes.saturating_mul(8) {
            return Err(HashCostError::BelowFloor);
        }
        if lanes > MAX_LANES
            || memory_kib > MAX_MEMORY_KIB
            || memory_kib.saturating_mul(passes) > MAX_WORK_KIB
        {
            return Err(HashCostError::AboveCap);
        }
        Ok(Self {
            memory_kib,
            passes,
            lanes,
        })
    }

    /// Memory in KiB.
    #[must_use]
    pub const fn memory_kib(&self) -> u32 {
        self.memory_kib
    }

    /// Passes over the memory.
    #[must_use]
    pub const fn passes(&self) -> u32 {
        self.passes
    }

    /// Lanes, computed one after the other.
    #[must_use]
    pub const fn lanes(&self) -> u32 {
        self.lanes
    }

    pub(super) fn of(params: &Params) -> Result<Self, HashCostError> {
        Self::danger_below_floor(params.m_cost(), params.t_cost(), params.p_cost())
    }
}

impl Default for HashCost {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// Why a cost is refused.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum HashCostError {
    /// More than one hash may cost.
    #[error(
        "a hash costs at most {MAX_MEMORY_KIB} KiB, {MAX_WORK_KIB} KiB x passes and {MAX_LANES} \
         lanes, or what takes as long in another scheme"
    )]
    AboveCap,
    /// Less than OWASP ASVS 5.0, appendix C, asks for.
    #[error("a hash costs at least 47104 KiB x 1, 19456 KiB x 2 or 12288 KiB x 3 passes")]
    BelowFloor,
    /// No hash of this scheme has such a cost.
    #[error("bcrypt has a cost of 4 or more; the numbers of scrypt and PBKDF2 are 1 or more")]
    Impossible,
}

/// What a stored hash costs, whatever system made it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum StoredCost {
    /// Argon2.
    Argon2id(HashCost),
    /// bcrypt, scrypt or PBKDF2.
    #[cfg(feature = "legacy-hashes")]
    Legacy(LegacyCost),
}

impl From<HashCost> for StoredCost {
    fn from(cost: HashCost) -> Self {
        Self::Argon2id(cost)
    }
}

#[cfg(feature = "legacy-hashes")]
impl From<LegacyCost> for StoredCost {
    fn from(cost: LegacyCost) -> Self {
        Self::Legacy(cost)
    }
}

/// The costs of the hashes that the store holds, so that an unknown name takes as long as a known
/// one. Declare what was imported and not yet replaced.
#[derive(Clone, Debug, Default)]
pub(crate) struct HashMix {
    /// The cost of new hashes, which all the others have.
    pub(crate) own: HashCost,
    /// Cost and share, the share in thousandths.
    pub(crate) others: Vec<(StoredCost, u16)>,
}

impl HashMix {
    pub(crate) fn is_sound(&self) -> bool {
        let shares = self.others.iter().map(|(_cost, share)| u32::from(*share));
        shares.sum::<u32>() <= 1000
    }

    pub(super) fn draw(&self, random: [u8; 32]) -> StoredCost {
        let [a, b, c, d, ..] = random;
        let mut ticket = u32::from_le_bytes([a, b, c, d])
            .checked_rem(1000)
            .unwrap_or(0);
        for (cost, share) in &self.others {
            match ticket.checked_sub(u32::from(*share)) {
                Some(rest) => ticket = rest,
                None => return *cost,
            }
        }
        self.own.into()
    }
}
