//! What is allowed: password rules, attempt budgets, the authority table, and the presets that
//! name them.
//!
//! [`Policy::marketplace`] is the default. Every number has its source beside it; where it is
//! older than today's guidance, the documentation says what compensates for it.

mod authority;
mod budgets;
mod guessable;
mod password;

use std::time::Duration;

pub use authority::{Change, TABLE, allows};
pub use budgets::{Backoff, BudgetRule};
pub use guessable::{Suggestion, Warning};
pub(crate) use password::warm_up;
pub use password::{Context, PasswordRules, Unmet, common_passwords};

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const YEAR: Duration = Duration::from_secs(366 * 24 * 60 * 60);

/// All that a host can set about what is allowed.
///
/// ```
/// use backstop::policy::{PasswordRules, Policy};
///
/// let policy = Policy::marketplace()
///     .password(PasswordRules::marketplace().special(false));
/// ```
#[derive(Clone, Debug)]
pub struct Policy {
    pub(crate) password: PasswordRules,
    pub(crate) sign_in: BudgetRule,
    pub(crate) current_password: BudgetRule,
    pub(crate) changes: BudgetRule,
    pub(crate) session_life: Duration,
    pub(crate) flow_life: Duration,
    pub(crate) password_advice: Option<Duration>,
}

impl Policy {
    /// The rules of the marketplaces that the library was specified after.
    ///
    /// | what | number |
    /// |---|---|
    /// | password | 8 to 20 characters of four classes, zxcvbn score 2 or better |
    /// | misses at sign-in | after 5 of them a delay of 1 s that doubles up to 15 min |
    /// | misses at the current password | 3 in 24 h |
    /// | changes by the current password | 5 in 24 h |
    /// | session | 30 days (NIST SP 800-63B-4 §2.1.3) |
    /// | steps of one change | 1 hour |
    /// | advice to change the password | after a year |
    #[must_use]
    pub fn marketplace() -> Self {
        Self {
            password: PasswordRules::marketplace(),
            sign_in: BudgetRule::backoff(Backoff::DEFAULT, DAY),
            current_password: BudgetRule::limit(3, DAY),
            changes: BudgetRule::limit(5, DAY),
            session_life: DAY.saturating_mul(30),
            flow_life: HOUR,
            password_advice: Some(DAY.saturating_mul(365)),
        }
    }

    /// The rules for new passwords.
    #[must_use]
    pub fn password(mut self, rules: PasswordRules) -> Self {
        self.password = rules;
        self
    }

    /// What misses at sign-in cost, for a name. It exists for names that no account has, too.
    #[must_use]
    pub fn sign_in(mut self, rule: BudgetRule) -> Self {
        self.sign_in = rule;
        self
    }

    /// What misses at the current password cost, for a session's account.
    #[must_use]
    pub fn current_password(mut self, rule: BudgetRule) -> Self {
        self.current_password = rule;
        self
    }

    /// How often an account can be changed by knowing its password, so that an intruder who knows
    /// it cannot undo each recovery.
    #[must_use]
    pub fn changes(mut self, rule: BudgetRule) -> Self {
        self.changes = rule;
        self
    }

    /// How long a session lasts from its sign-in, at most: a minute to a year.
    #[must_use]
    pub fn session_life(mut self, life: Duration) -> Self {
        self.session_life = life;
        self
    }

    /// How long the steps of one change may take together: a minute to a day.
    #[must_use]
    pub fn flow_life(mut self, life: Duration) -> Self {
        self.flow_life = life;
        self
    }

    /// From which age on a signed-in user is advised to change the password; `None` for never.
    /// It is advice: nothing expires (NIST SP 800-63B-4 §3.1.1.2).
    #[must_use]
    pub fn password_advice(mut self, age: Option<Duration>) -> Self {
        self.password_advice = age;
        self
    }
}

impl Policy {
    pub(crate) fn lives_are_sound(&self) -> bool {
        (MINUTE..=YEAR).contains(&self.session_life) && (MINUTE..=DAY).contains(&self.flow_life)
    }

    pub(crate) fn budgets_are_sound(&self) -> bool {
        [self.sign_in, self.current_password, self.changes]
            .iter()
            .all(BudgetRule::is_sound)
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self::marketplace()
    }
}
