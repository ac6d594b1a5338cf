//! What a policy does otherwise than today's standards ask.

use super::{DAY, Policy};
use crate::account::Method;

/// A requirement of a standard that a policy departs from.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Deviation {
    /// The standard and the section.
    pub standard: &'static str,
    /// What it asks for.
    pub asks: &'static str,
    /// What the policy does instead.
    pub instead: &'static str,
    /// What compensates for it.
    pub compensation: &'static str,
}

/// Whether a policy departs, and from what.
type Rule = (fn(&Policy) -> bool, Deviation);

const RULES: &[Rule] = &[
    (
        |policy| policy.password.lengths().0 < 15,
        Deviation {
            standard: "NIST SP 800-63B-4 §3.1.1.2 (1)",
            asks: "15 characters or more where the password is the only factor",
            instead: "fewer",
            compensation: "four classes, a list of common passwords, zxcvbn and attempt budgets",
        },
    ),
    (
        |policy| policy.password.lengths().1 < 64,
        Deviation {
            standard: "NIST SP 800-63B-4 §3.1.1.2 (2)",
            asks: "64 characters are accepted",
            instead: "fewer",
            compensation: "binds new passwords only; nothing is ever truncated",
        },
    ),
    (
        |policy| policy.password.asks_for_classes(),
        Deviation {
            standard: "NIST SP 800-63B-4 §3.1.1.2 (5), OWASP ASVS 5.0 6.2.5",
            asks: "no rules of composition",
            instead: "classes of characters are asked for",
            compensation: "every unmet rule is named at once, and costs nothing",
        },
    ),
    (
        |policy| !policy.password.has_enough_listed(),
        Deviation {
            standard: "OWASP ASVS 5.0 6.2.4",
            asks: "3000 listed passwords that meet the other rules",
            instead: "fewer of the list do",
            compensation: "zxcvbn refuses what is built from listed words",
        },
    ),
    (
        |policy| policy.password.looks_inside(),
        Deviation {
            standard: "NIST SP 800-63B-4 §3.1.1.2",
            asks: "the whole password is compared with the blocklist, not parts of it",
            instead: "the owner's name and the host's words are refused inside of it, too",
            compensation: "the list of common passwords is compared as a whole",
        },
    ),
    (
        |policy| policy.methods.contains(&Method::HintQuestion),
        Deviation {
            standard: "OWASP ASVS 5.0 6.4.2, NIST SP 800-63B-4 §3.1.1.2 (8)",
            asks: "no secret questions",
            instead: "a hint question is a way to a new password",
            compensation: "lowest authority; questions and usual answers are curated; the answer is \
                hashed like a password, has a budget, waits at unknown devices and is told to every \
                contact",
        },
    ),
    (
        |policy| policy.methods.contains(&Method::HintQuestion) && policy.hint_wait < DAY,
        Deviation {
            standard: "NIST SP 800-63B-4 §4.2.1.3",
            asks: "time in which the owner can object",
            instead: "a stranger's hint answer counts within less than a day",
            compensation: "every contact is told of it, with a link that stops it",
        },
    ),
    (
        |policy| policy.methods.contains(&Method::SecurityCode),
        Deviation {
            standard: "NIST SP 800-63B-4 §4.2.1.1, §4.3",
            asks: "a saved recovery code is used once, replaced, and can be invalidated",
            instead: "the security code never changes",
            compensation: "130 random bits that count once they were typed back; every use is told \
                to every contact",
        },
    ),
    (
        |policy| policy.support.wait < DAY,
        Deviation {
            standard: "NIST SP 800-63B-4 §4.2.1.3",
            asks: "time in which the owner can object",
            instead: "support restores to a new address, or removes a second factor, within less \
                than a day",
            compensation: "every contact is told of the case, with a link that sends it back",
        },
    ),
    (
        |policy| policy.sign_in_once.is_some(),
        Deviation {
            standard: "NIST SP 800-63B-4 §3.1.3.1, OWASP ASVS 5.0 6.3.6",
            asks: "e-mail does not authenticate",
            instead: "a mailed code signs in once",
            compensation: "for ten minutes, one time; it changes nothing, and every contact is told",
        },
    ),
    (
        |_every| true,
        Deviation {
            standard: "OWASP Forgot Password Cheat Sheet",
            asks: "a code that is asked for again replaces the one before",
            instead: "the same code comes again for half of its life",
            compensation: "three tries for each code and a budget for each name, whatever was sent",
        },
    ),
    (
        |policy| policy.methods.contains(&Method::Phone),
        Deviation {
            standard: "NIST SP 800-63B-4 §3.1.3.3, §3.2.9",
            asks: "the telephone network is restricted: its risks are told, and another way is offered",
            instead: "a code by text message recovers an account, and signs in once",
            compensation: "good for ten minutes, the user name is asked for as well, every contact is \
                told; the security e-mail is offered beside it",
        },
    ),
    (
        |policy| {
            let both = [Method::Phone, Method::SecurityEmail];
            !both.iter().all(|method| policy.methods.contains(method))
        },
        Deviation {
            standard: "NIST SP 800-63B-4 §4.2.1.2",
            asks: "two recovery addresses",
            instead: "one e-mail address",
            compensation: "its change needs the address before it, or waits and is told to it",
        },
    ),
];

impl Policy {
    /// What this policy does otherwise than today's standards ask, and what compensates for it.
    ///
    /// ```
    /// use backstop::Policy;
    ///
    /// for deviation in Policy::marketplace().deviations() {
    ///     println!("{}: {}", deviation.standard, deviation.instead);
    /// }
    /// ```
    #[must_use]
    pub fn deviations(&self) -> Vec<Deviation> {
        RULES
            .iter()
            .filter(|(departs, _)| departs(self))
            .map(|(_, deviation)| *deviation)
            .collect()
    }
}
