//! What attempts at a guessable secret cost.

use std::time::Duration;

use super::{MINUTE, YEAR};

/// How many misses are free, and what comes after them. Windows are rolling: each miss counts
/// until it is as old as the window.
#[derive(Clone, Copy, Debug)]
pub struct BudgetRule {
    pub(crate) window: Duration,
    pub(crate) limit: Option<u32>,
    pub(crate) backoff: Option<Backoff>,
}

/// A delay that doubles with every miss.
#[derive(Clone, Copy, Debug)]
pub struct Backoff {
    /// The misses after which the next attempt has to wait.
    pub free: u32,
    /// The delay after that many misses.
    pub first: Duration,
    /// The longest delay.
    pub cap: Duration,
}

impl Backoff {
    /// After 5 misses 1 s, after 6 of them 2 s, and so on up to 15 min (the form that OWASP's
    /// Authentication Cheat Sheet and WSTG-ATHN-03 describe).
    pub const DEFAULT: Self = Self {
        free: 5,
        first: Duration::from_secs(1),
        cap: Duration::from_secs(15 * 60),
    };

    /// The delay after this many misses.
    pub(crate) fn delay(&self, misses: usize) -> Option<Duration> {
        let beyond = u32::try_from(misses)
            .unwrap_or(u32::MAX)
            .checked_sub(self.free)?;
        let factor = 1_u32.checked_shl(beyond).unwrap_or(u32::MAX);
        Some(self.first.saturating_mul(factor).min(self.cap))
    }
}

impl BudgetRule {
    /// At most `misses` in any `window`; then no attempt is made until one of them is older.
    #[must_use]
    pub const fn limit(misses: u32, window: Duration) -> Self {
        Self {
            window,
            limit: Some(misses),
            backoff: None,
        }
    }

    /// And at least this long after each of them.
    #[must_use]
    pub const fn spaced(mut self, gap: Duration) -> Self {
        self.backoff = Some(Backoff {
            free: 1,
            first: gap,
            cap: gap,
        });
        self
    }

    /// A growing delay, counted over the misses of the last `window`.
    #[must_use]
    pub const fn backoff(backoff: Backoff, window: Duration) -> Self {
        Self {
            window,
            limit: None,
            backoff: Some(backoff),
        }
    }

    /// Whether the rule bounds guessing at all, and in a record of bounded size: at most 100
    /// misses are free (NIST SP 800-63B-4 §3.2.2), a window is a minute to a year, and a delay is
    /// a second or more and ends within the window.
    pub(crate) fn is_sound(&self) -> bool {
        const MOST: u32 = 100;
        let limit = self.limit.is_none_or(|limit| (1..=MOST).contains(&limit));
        let backoff = self.backoff.is_none_or(|backoff| {
            backoff.free <= MOST
                && Duration::from_secs(1) <= backoff.first
                && backoff.first <= backoff.cap
                && backoff.cap <= self.window
        });
        limit && backoff && (MINUTE..=YEAR).contains(&self.window)
    }

    /// The most misses worth remembering: with more of them the answer would be the same.
    pub(crate) fn memory(&self) -> usize {
        let limit = self.limit.unwrap_or(0);
        let backoff = self.backoff.map_or(0, |backoff| {
            backoff.free.saturating_add(doublings(&backoff))
        });
        usize::try_from(limit.max(backoff)).unwrap_or(usize::MAX)
    }
}

/// How many misses beyond the free ones reach the cap.
fn doublings(backoff: &Backoff) -> u32 {
    let mut misses = 1_u32;
    let mut delay = backoff.first;
    while delay < backoff.cap && misses < 33 {
        delay = delay.saturating_mul(2);
        misses = misses.saturating_add(1);
    }
    misses
}
