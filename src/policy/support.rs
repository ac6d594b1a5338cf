//! What a support case needs.

use std::time::Duration;

use super::{DAY, HOUR, MINUTE, YEAR};
use crate::support::Goal;

/// How the host's support restores accounts: [`Policy::support`](super::Policy::support).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct SupportRules {
    second_agent: bool,
    pub(crate) wait: Duration,
    pub(crate) link_life: Duration,
}

impl SupportRules {
    /// One agent, a wait of 72 hours, a link for an hour.
    ///
    /// The wait is that of an e-mail change by the security code alone, so support is no way round
    /// it; NIST SP 800-63B-4 §4.2.1.3 asks for time in which the owner can object.
    pub const DEFAULT: Self = Self {
        second_agent: false,
        wait: HOUR.saturating_mul(72),
        link_life: HOUR,
    };

    /// Whether a case needs the approval of two different agents.
    #[must_use]
    pub const fn second_agent(mut self, needed: bool) -> Self {
        self.second_agent = needed;
        self
    }

    /// How long a case waits, once it is approved, before a link goes to a new address or removes a
    /// second factor; meanwhile every contact can object. A minute to a year.
    ///
    /// # Security
    ///
    /// With less than a day an owner may not read the notice in time.
    #[must_use]
    pub const fn wait(mut self, wait: Duration) -> Self {
        self.wait = wait;
        self
    }

    /// How long a link of a case is good, and the page that it opens: a minute to a day (NIST
    /// SP 800-63B-4 §4.2.1.2).
    #[must_use]
    pub const fn link_life(mut self, life: Duration) -> Self {
        self.link_life = life;
        self
    }

    pub(crate) fn are_sound(&self) -> bool {
        (MINUTE..=YEAR).contains(&self.wait) && (MINUTE..=DAY).contains(&self.link_life)
    }

    pub(crate) const fn agents(&self) -> usize {
        if self.second_agent { 2 } else { 1 }
    }

    /// How long a case with this goal waits. One to the mailbox of the account gives no more than
    /// that mailbox has; one that ends an account is urgent.
    pub(crate) const fn wait_of(&self, goal: Goal) -> Duration {
        match goal {
            Goal::NewEmail | Goal::RemoveSecondFactor => self.wait,
            Goal::NewPassword | Goal::Retire => Duration::ZERO,
        }
    }
}

impl Default for SupportRules {
    fn default() -> Self {
        Self::DEFAULT
    }
}
