//! The system's clock and random source, and the instants that records keep.
//!
//! This is the only file that names them: everything else takes time and random values as
//! arguments, so tests run in virtual time and from a printed seed.

use std::{fmt, sync::Mutex, time::Duration};

#[expect(
    clippy::disallowed_types,
    reason = "the one place that names the system's random source"
)]
use getrandom::SysRng;
use rand_core::TryCryptoRng;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::error::Error;

/// A point in time as records keep it: milliseconds since 1970-01-01 UTC.
///
/// Arithmetic saturates: an absurd clock gives an absurd answer, never a panic.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Ord, PartialOrd, Serialize, Deserialize)]
pub(crate) struct Stamp(i64);

impl Stamp {
    pub(crate) const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    pub(crate) const fn millis(self) -> i64 {
        self.0
    }

    pub(crate) fn plus(self, span: Duration) -> Self {
        Self(self.0.saturating_add(millis(span)))
    }

    pub(crate) fn minus(self, span: Duration) -> Self {
        Self(self.0.saturating_sub(millis(span)))
    }

    /// The time that has passed since `earlier`; nothing when `earlier` lies ahead.
    pub(crate) fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

impl From<OffsetDateTime> for Stamp {
    fn from(at: OffsetDateTime) -> Self {
        let millis = at.unix_timestamp_nanos().div_euclid(1_000_000);
        Self(i64::try_from(millis).unwrap_or(i64::MAX))
    }
}

impl From<Stamp> for OffsetDateTime {
    /// Instants beyond the range of `OffsetDateTime` become its last one.
    fn from(stamp: Stamp) -> Self {
        Self::from_unix_timestamp_nanos(i128::from(stamp.0).saturating_mul(1_000_000)).unwrap_or(
            if stamp.0 < 0 {
                time::PrimitiveDateTime::MIN.assume_utc()
            } else {
                time::PrimitiveDateTime::MAX.assume_utc()
            },
        )
    }
}

fn millis(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}

/// Where the driver reads the time.
pub(crate) type Clock = Box<dyn Fn() -> OffsetDateTime + Send + Sync>;

#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the system's clock"
)]
pub(crate) fn system_clock() -> Clock {
    Box::new(OffsetDateTime::now_utc)
}

/// Where the driver draws random bytes.
pub(crate) struct Entropy(Mutex<Source>);

/// Fills the bytes, or answers that it could not.
type Source = Box<dyn FnMut(&mut [u8]) -> bool + Send>;

impl Entropy {
    pub(crate) fn new(mut source: impl TryCryptoRng + Send + 'static) -> Self {
        Self(Mutex::new(Box::new(move |bytes| {
            source.try_fill_bytes(bytes).is_ok()
        })))
    }

    /// The operating system's generator.
    pub(crate) fn system() -> Self {
        Self::new(SysRng)
    }

    /// Fresh random bytes.
    ///
    /// # Errors
    ///
    /// [`Error::Entropy`] when the source fails: nothing is made from anything less than random.
    pub(crate) fn draw<const N: usize>(&self) -> Result<[u8; N], Error> {
        let mut bytes = [0; N];
        let mut source = self.0.lock().map_err(|_poisoned| Error::Entropy)?;
        if (source)(&mut bytes) {
            Ok(bytes)
        } else {
            Err(Error::Entropy)
        }
    }
}

impl fmt::Debug for Entropy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Entropy")
    }
}
