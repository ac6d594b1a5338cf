//! What is allowed: password rules, attempt budgets, the authority table, and the presets that
//! name them.
//!
//! [`Policy::marketplace`] is the default; [`Policy::nist`] is today's guidance. Every number has its
//! source beside it, and [`Policy::deviations`] names what a policy does otherwise than the standards
//! ask, with what compensates for it.

mod authority;
mod budgets;
mod deviations;
mod guessable;
mod password;
mod questions;
mod spoken;
mod support;

use std::time::Duration;

pub use crate::weakness::{Suggestion, Warning};
pub use authority::{Addresses, Change, Lacking, MANAGERS, Sufficient, TABLE, allows, markdown};
pub(crate) use authority::{Roots, authority};
pub use budgets::{Backoff, BudgetRule};
pub use deviations::Deviation;
pub(crate) use password::warm_up;
pub use password::{Context, OnFailure, PasswordRules, Unmet, common_passwords};
pub use questions::{AnswerUnmet, Question, Questions};
pub use support::SupportRules;

use crate::{
    account::Method,
    name::{UniqueKey, UserName},
};

/// The mailboxes of RFC 2142, and roles that a user could pass for.
const RESERVED: &[&str] = &[
    "abuse",
    "admin",
    "administrator",
    "billing",
    "help",
    "helpdesk",
    "hostmaster",
    "info",
    "mailer-daemon",
    "marketing",
    "moderator",
    "no-reply",
    "noc",
    "noreply",
    "postmaster",
    "root",
    "sales",
    "security",
    "staff",
    "support",
    "sysadmin",
    "system",
    "webmaster",
];

/// The most passwords of before that [`Policy::history`] remembers. Our own: each costs a hash when
/// the password is changed.
pub const MAX_HISTORY: usize = 10;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// NIST SP 800-63B-4 §3.1.3.2; OWASP ASVS 5.0, 6.5.5.
const MOST_TO_SIGN_IN_ONCE: Duration = Duration::from_secs(10 * 60);
/// NIST SP 800-63B-4 §4.2.1.2, for codes by text message.
const MOST_BY_PHONE: Duration = Duration::from_secs(10 * 60);
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
    pub(crate) history: usize,
    pub(crate) sign_in: BudgetRule,
    pub(crate) current_password: BudgetRule,
    pub(crate) mailed_code: BudgetRule,
    pub(crate) hint: BudgetRule,
    pub(crate) second_factor: BudgetRule,
    pub(crate) changes: BudgetRule,
    pub(crate) sends: BudgetRule,
    pub(crate) texts: BudgetRule,
    pub(crate) session_life: Duration,
    pub(crate) flow_life: Duration,
    pub(crate) recovery_life: Duration,
    pub(crate) text_life: Duration,
    pub(crate) hold: Duration,
    pub(crate) sign_in_once: Option<Duration>,
    pub(crate) hint_wait: Duration,
    pub(crate) methods: Vec<Method>,
    pub(crate) questions: Questions,
    pub(crate) password_advice: Option<Duration>,
    pub(crate) support: SupportRules,
    reserved: Vec<UniqueKey>,
}

impl Policy {
    /// The rules of the marketplaces that the library was specified after.
    ///
    /// | what | number |
    /// |---|---|
    /// | password | 8 to 20 characters of four classes, zxcvbn score 2 or better |
    /// | passwords of before that cannot come back | none: NIST SP 800-63B-4 asks for no history |
    /// | misses at sign-in | after 5 of them a delay of 1 s that doubles up to 15 min |
    /// | misses at the current password | 3 in 24 h |
    /// | misses at a mailed code, or at one by text message | 3 in 24 h for a name, 3 for a code |
    /// | misses at the hint question | 3 in 24 h for a name |
    /// | misses at the second factor | 3 in 24 h for an account |
    /// | misses at the security code, a backup code or a link | not counted: they cannot be guessed |
    /// | changes by the current password | 5 in 24 h |
    /// | mails with a code to one address, for each of its purposes | 60 s apart, 3 in 12 h |
    /// | text messages with a code to one number, for each of their purposes | 60 s apart, 5 in 12 h |
    /// | text messages to new numbers, for an account | 60 s apart, 5 in 12 h |
    /// | hold of a young credential | 72 h |
    /// | wait after a hint answer on a device that is not known | 24 h |
    /// | session | 30 days (NIST SP 800-63B-4 §2.1.3) |
    /// | steps of one change in a session | 1 hour |
    /// | a recovery with its code and link | 24 hours (NIST SP 800-63B-4 §4.2.1.2) |
    /// | a code by text message | 10 minutes (NIST SP 800-63B-4 §4.2.1.2) |
    /// | a mailed code, or one by text message, signs in once | within 10 minutes (NIST SP 800-63B-4 §3.1.3.2) |
    /// | advice to change the password | after a year |
    /// | wait before support restores to a new address or removes a second factor | 72 h |
    /// | link of a support case | 1 hour |
    ///
    /// Recovery by phone is added with [`phones`](Self::phones), by services that can send text
    /// messages.
    #[must_use]
    pub fn marketplace() -> Self {
        Self {
            password: PasswordRules::marketplace(),
            history: 0,
            sign_in: BudgetRule::backoff(Backoff::DEFAULT, DAY),
            current_password: BudgetRule::limit(3, DAY),
            mailed_code: BudgetRule::limit(3, DAY),
            hint: BudgetRule::limit(3, DAY),
            second_factor: BudgetRule::limit(3, DAY),
            changes: BudgetRule::limit(5, DAY),
            sends: BudgetRule::limit(3, HOUR.saturating_mul(12)).spaced(MINUTE),
            texts: BudgetRule::limit(5, HOUR.saturating_mul(12)).spaced(MINUTE),
            session_life: DAY.saturating_mul(30),
            flow_life: HOUR,
            recovery_life: DAY,
            text_life: MOST_BY_PHONE,
            hold: HOUR.saturating_mul(72),
            hint_wait: DAY,
            sign_in_once: Some(MOST_TO_SIGN_IN_ONCE),
            methods: vec![
                Method::SecurityEmail,
                Method::HintQuestion,
                Method::SecurityCode,
            ],
            questions: Questions::standard(),
            password_advice: Some(DAY.saturating_mul(365)),
            support: SupportRules::DEFAULT,
            reserved: RESERVED
                .iter()
                .filter_map(|name| name.parse().ok())
                .flat_map(|name: UserName| name.unique_keys())
                .collect(),
        }
    }

    /// The rules of NIST SP 800-63B-4 (August 2025), for a password that is the only factor.
    ///
    /// | what | number |
    /// |---|---|
    /// | password | 15 to 64 characters of any kind (§3.1.1.2) |
    /// | recovery | by a code or link in the mailbox only (§4.2.1.2) |
    /// | a mailed code signs in once | never: e-mail is no factor (§3.1.3.1) |
    /// | advice to change the password | none (§3.1.1.2) |
    ///
    /// Everything else is as in [`marketplace`](Self::marketplace).
    #[must_use]
    pub fn nist() -> Self {
        Self {
            password: PasswordRules::nist(),
            sign_in_once: None,
            methods: vec![Method::SecurityEmail],
            password_advice: None,
            ..Self::marketplace()
        }
    }

    /// The rules for new passwords.
    #[must_use]
    pub fn password(mut self, rules: PasswordRules) -> Self {
        self.password = rules;
        self
    }

    /// How many passwords before the present one cannot become the password again, nor the
    /// present one itself; 0, which is off, to [`MAX_HISTORY`]. PCI DSS 4.0.1, 8.3.7, asks for 4.
    ///
    /// It begins with the first password that is replaced while it is on. Where it is lowered, an
    /// account forgets the surplus at its next change.
    #[must_use]
    pub fn history(mut self, passwords: usize) -> Self {
        self.history = passwords;
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

    /// What misses at a mailed code, or at one by text message, cost, for a name; each channel has a
    /// budget of its own. Each code has 3 tries of its own, too.
    #[must_use]
    pub fn mailed_code(mut self, rule: BudgetRule) -> Self {
        self.mailed_code = rule;
        self
    }

    /// What misses at the hint question cost, for a name.
    #[must_use]
    pub fn hint(mut self, rule: BudgetRule) -> Self {
        self.hint = rule;
        self
    }

    /// What misses at the codes of the authenticator app cost, for an account. The right password
    /// does not clear them: whoever guesses at these codes has it.
    #[must_use]
    pub fn second_factor(mut self, rule: BudgetRule) -> Self {
        self.second_factor = rule;
        self
    }

    /// How many mails with a code one address gets for each purpose. What is beyond that is not sent, and nobody is
    /// told so.
    #[must_use]
    pub fn sends(mut self, rule: BudgetRule) -> Self {
        self.sends = rule;
        self
    }

    /// How many text messages with a code one number gets for each purpose, and how many go to
    /// whatever new numbers one account names. What is beyond that is not sent, and nobody is told
    /// so. A device that the account knows has a budget of its own in a recovery.
    #[must_use]
    pub fn texts(mut self, rule: BudgetRule) -> Self {
        self.texts = rule;
        self
    }

    /// How long a code is good that was sent to a phone: a minute to ten (NIST SP 800-63B-4
    /// §4.2.1.2).
    #[must_use]
    pub fn text_life(mut self, life: Duration) -> Self {
        self.text_life = life;
        self
    }

    /// Recovery by a code to the phone too: [`Method::Phone`] is offered behind the security e-mail.
    /// It takes [`Builder::phone_countries`](crate::Builder::phone_countries), and a sender that can
    /// send text messages.
    #[must_use]
    pub fn phones(mut self) -> Self {
        if !self.methods.contains(&Method::Phone) {
            let is_mail = |method: &Method| *method == Method::SecurityEmail;
            let behind = self.methods.iter().position(is_mail);
            let place = behind.map_or(0, |mail| mail.saturating_add(1));
            self.methods.insert(place, Method::Phone);
        }
        self
    }

    /// How long a credential is young: until then it stands for the proofs that set it. A first
    /// security code of an account with an address, and a change of the e-mail or the phone that was
    /// bought with the security code, take effect after it. A minute to a year.
    #[must_use]
    pub fn hold(mut self, hold: Duration) -> Self {
        self.hold = hold;
        self
    }

    /// How long the hint answer of somebody who is not at a known device waits before it counts,
    /// while every contact is told. Up to a year.
    ///
    /// # Security
    ///
    /// With less than a day an owner may not read the notice in time.
    #[must_use]
    pub fn hint_wait(mut self, wait: Duration) -> Self {
        self.hint_wait = wait;
        self
    }

    /// For how long after it was made a mailed code or link, or a code by text message, signs in once,
    /// instead of setting a password: a minute to ten (NIST SP 800-63B-4 §3.1.3.2); `None` for never.
    #[must_use]
    pub fn sign_in_once(mut self, within: Option<Duration>) -> Self {
        self.sign_in_once = within;
        self
    }

    /// The methods of recovery that are offered, in this order, to whoever asks. The hint question is
    /// never the only one.
    #[must_use]
    pub fn methods(mut self, methods: &[Method]) -> Self {
        self.methods = methods.to_vec();
        self
    }

    /// The hint questions.
    #[must_use]
    pub fn questions(mut self, questions: Questions) -> Self {
        self.questions = questions;
        self
    }

    /// A user name that nobody registers or takes later, in whatever case or look-alike letters,
    /// besides those of RFC 2142 and of common roles (OWASP WSTG-IDNT-04). Imported accounts keep
    /// theirs.
    #[must_use]
    pub fn reserve(mut self, name: &UserName) -> Self {
        self.reserved.extend(name.unique_keys());
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

    /// How long a recovery may take, with its code and its link: a minute to a day (NIST
    /// SP 800-63B-4 §4.2.1.2).
    #[must_use]
    pub fn recovery_life(mut self, life: Duration) -> Self {
        self.recovery_life = life;
        self
    }

    /// How long the steps of one change in a session may take together: a minute to a day.
    #[must_use]
    pub fn flow_life(mut self, life: Duration) -> Self {
        self.flow_life = life;
        self
    }

    /// How the host's support restores accounts, where it does: [`Builder::may_act`](crate::Builder::may_act).
    #[must_use]
    pub fn support(mut self, rules: SupportRules) -> Self {
        self.support = rules;
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
    pub(crate) fn reserves(&self, name: &UserName) -> bool {
        name.unique_keys()
            .iter()
            .any(|key| self.reserved.contains(key))
    }

    /// How long a code is good that was sent for this method.
    pub(crate) const fn code_life(&self, method: Method) -> Duration {
        match method {
            Method::NewPhone | Method::Phone => self.text_life,
            _ => self.recovery_life,
        }
    }

    pub(crate) fn lives_are_sound(&self) -> bool {
        let (short, long) = (MINUTE..=DAY, MINUTE..=YEAR);
        long.contains(&self.session_life)
            && short.contains(&self.flow_life)
            && short.contains(&self.recovery_life)
            && (MINUTE..=MOST_BY_PHONE).contains(&self.text_life)
            && long.contains(&self.hold)
            && self.hint_wait <= YEAR
            && self
                .sign_in_once
                .is_none_or(|within| (MINUTE..=MOST_TO_SIGN_IN_ONCE).contains(&within))
            // Mails are sent until half of the life of their links is over: one with a good link is
            // there while no more are sent.
            && self.sends.window.saturating_mul(2) <= self.recovery_life
    }

    /// Whether there is another way beside a hint, or none at all.
    pub(crate) fn methods_are_sound(&self) -> bool {
        let is_hint = |method: &Method| *method == Method::HintQuestion;
        self.methods.is_empty() || !self.methods.iter().all(is_hint)
    }

    pub(crate) fn budgets_are_sound(&self) -> bool {
        [
            self.sign_in,
            self.current_password,
            self.mailed_code,
            self.hint,
            self.second_factor,
            self.changes,
            self.sends,
            self.texts,
        ]
        .iter()
        .all(BudgetRule::is_sound)
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self::marketplace()
    }
}
