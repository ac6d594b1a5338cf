//! The rules for new passwords.
//!
//! They bind new passwords only: a stored one is verified whatever the rules of today are.

use std::{collections::HashSet, sync::LazyLock};

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};
use unicode_security::{GeneralSecurityProfile, general_security_profile::IdentifierType};
use zeroize::Zeroizing;

use super::guessable;
use crate::{
    account::Account,
    name::{KeyKind, UserName},
    secret::NewPassword,
    weakness::{Suggestion, Warning},
};

/// Our own list of passwords that are tried first, one a line. Where it comes from stands in its
/// neighbour `common.md`.
const COMMON: &str = include_str!("common.txt");

/// How many listed passwords a policy should be able to refuse (OWASP ASVS 5.0, 6.2.4).
const ENOUGH_LISTED: usize = 3000;

/// Names shorter than this are not looked for inside a password: they are in too many.
const SHORTEST_CONTAINED_NAME: usize = 3;

/// What a new password must be. Lengths are in code points after normalization.
///
/// ```
/// use backstop::{NewPassword, policy::{Context, PasswordRules, Unmet}};
///
/// let rules = PasswordRules::marketplace();
/// let typed = NewPassword::typed_twice("alice", "alice")?;
/// let unmet = rules.unmet(&typed, &Context::new().user_name("alice"));
/// assert!(unmet.contains(&Unmet::TooShort { min: 8, len: 5 }));
/// assert!(unmet.contains(&Unmet::NoDigit));
/// assert!(unmet.contains(&Unmet::Name));
/// # Ok::<(), backstop::PasswordError>(())
/// ```
#[derive(Clone, Debug)]
pub struct PasswordRules {
    min: usize,
    max: usize,
    uppercase: bool,
    lowercase: bool,
    digit: bool,
    special: bool,
    min_score: u8,
    /// Whether names and words are looked for inside of a password.
    contained: bool,
    words: Vec<String>,
}

/// A rule that a new password does not meet, with its numbers.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Unmet {
    /// It is on the host's list of breached passwords, see
    /// [`Builder::breached_passwords`](crate::Builder::breached_passwords).
    Breached,
    /// It is on the list of passwords that are tried first.
    Common,
    /// It can be guessed too fast.
    Guessable {
        /// The zxcvbn score that it has, 0 to 4.
        score: u8,
        /// The score that it needs.
        min: u8,
        /// What makes it weak.
        warning: Option<Warning>,
        /// What would make it stronger.
        suggestions: Vec<Suggestion>,
    },
    /// It equals, or contains ([`PasswordRules::contained`]), the user name, its reverse, the local part of the e-mail, or a word
    /// of the host's. Those of fewer than 3 characters are only compared with the whole.
    Name,
    /// It has no digit.
    NoDigit,
    /// It has no lower-case letter.
    NoLowercase,
    /// It has no special character: one that is neither letter, digit nor space.
    NoSpecial,
    /// It has no upper-case letter.
    NoUppercase,
    /// It is too long.
    TooLong {
        /// The most code points.
        max: usize,
        /// The code points it has.
        len: usize,
    },
    /// It is too short.
    TooShort {
        /// The fewest code points.
        min: usize,
        /// The code points it has.
        len: usize,
    },
    /// It is the account's password, or one of those before it that the policy remembers. Told
    /// only when all other rules are met.
    UsedBefore,
}

/// What holds for a new password while the host's list of breached ones cannot be asked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum OnFailure {
    /// It is accepted, if it meets all other rules.
    Accept,
    /// It is refused, with [`Error::BreachCheck`](crate::Error::BreachCheck).
    Refuse,
}

/// What the owner of a password or hint answer is known by, so that it is not built from that.
#[derive(Clone, Debug, Default)]
pub struct Context {
    names: Vec<String>,
}

impl Context {
    /// Nothing is known.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The user name.
    #[must_use]
    pub fn user_name(mut self, name: &str) -> Self {
        self.names.push(fold(name));
        self
    }

    /// The e-mail address, of which the local part counts.
    #[must_use]
    pub fn email(mut self, address: &str) -> Self {
        let local = address.rsplit_once('@').map_or(address, |(local, _)| local);
        self.names.push(fold(local));
        self
    }

    /// A user name, as it is shown and as it is compared.
    pub(crate) fn names_of(self, name: &UserName) -> Self {
        self.user_name(name.as_str()).user_name(name.canonical())
    }

    /// In small letters.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    pub(crate) fn of(account: &Account) -> Self {
        account
            .unique_keys()
            .iter()
            .fold(Self::new().user_name(&account.login), |context, key| {
                let text = String::from_utf8_lossy(key.bytes());
                match key.kind() {
                    KeyKind::Login => context.user_name(&text),
                    KeyKind::Email => context.email(&text),
                    KeyKind::Identity | KeyKind::Phone | KeyKind::Skeleton => context,
                }
            })
    }
}

impl PasswordRules {
    /// 8 to 20 characters with an upper-case letter, a lower-case letter, a digit and a special
    /// character; without the owner's name; not common; zxcvbn score 2 or better (some 10⁶ guesses;
    /// with score 3 it would refuse even 8 random characters).
    #[must_use]
    pub const fn marketplace() -> Self {
        Self {
            min: 8,
            max: 20,
            uppercase: true,
            lowercase: true,
            digit: true,
            special: true,
            min_score: 2,
            contained: true,
            words: Vec::new(),
        }
    }

    /// 15 to 64 characters of any kind, compared as a whole with the owner's name and the list of
    /// common ones; zxcvbn score 2 or better (NIST SP 800-63B-4 §3.1.1.2, for a password that is the
    /// only factor).
    #[must_use]
    pub fn nist() -> Self {
        Self {
            min: 15,
            max: 64,
            uppercase: false,
            lowercase: false,
            digit: false,
            special: false,
            contained: false,
            ..Self::marketplace()
        }
    }

    /// Whether a password must not *contain* the owner's name or a word of the host's, or only must
    /// not be one.
    #[must_use]
    pub const fn contained(mut self, asked: bool) -> Self {
        self.contained = asked;
        self
    }

    /// The fewest and the most code points. The fewest are 8 or more (NIST SP 800-63B-4
    /// §3.1.1.2); it is checked when the [`Accounts`](crate::Accounts) are built.
    #[must_use]
    pub const fn length(mut self, min: usize, max: usize) -> Self {
        self.min = min;
        self.max = max;
        self
    }

    /// Whether an upper-case letter is asked for.
    #[must_use]
    pub const fn uppercase(mut self, asked: bool) -> Self {
        self.uppercase = asked;
        self
    }

    /// Whether a lower-case letter is asked for.
    #[must_use]
    pub const fn lowercase(mut self, asked: bool) -> Self {
        self.lowercase = asked;
        self
    }

    /// Whether a digit is asked for.
    #[must_use]
    pub const fn digit(mut self, asked: bool) -> Self {
        self.digit = asked;
        self
    }

    /// Whether a special character is asked for.
    #[must_use]
    pub const fn special(mut self, asked: bool) -> Self {
        self.special = asked;
        self
    }

    /// The zxcvbn score that is asked for, 0 to 4; 0 asks for none.
    #[must_use]
    pub const fn min_score(mut self, score: u8) -> Self {
        self.min_score = score;
        self
    }

    /// A word that passwords must not contain, such as the service's name (OWASP ASVS 5.0,
    /// 6.2.11). Words of fewer than 3 characters are only compared with the whole.
    #[must_use]
    pub fn word(mut self, word: &str) -> Self {
        self.words.push(fold(word));
        self
    }

    /// Whether the rules make sense: 8 ≤ min ≤ max ≤ 256 and a score of at most 4.
    pub(crate) const fn are_sound(&self) -> bool {
        8 <= self.min && self.min <= self.max && self.max <= 256 && self.min_score <= 4
    }

    /// All rules that the password does not meet, the cheap ones first; none if it may be used.
    ///
    /// It computes for 0.1 ms to some 30 ms, depending on the password: inside a service the
    /// library runs it on the hashing workers.
    #[must_use]
    pub fn unmet(&self, password: &NewPassword, context: &Context) -> Vec<Unmet> {
        let text = password.expose();
        let mut unmet = self.unmet_shape(text);
        let folded = Zeroizing::new(fold(text));
        let names: Vec<&str> = context
            .names
            .iter()
            .chain(&self.words)
            .map(String::as_str)
            .collect();
        let is_named = |name: &&str| match self.contained {
            true => has_name(&folded, name),
            false => is_name(&folded, name),
        };
        if names.iter().any(is_named) {
            unmet.push(Unmet::Name);
        }
        if is_common(&folded) {
            unmet.push(Unmet::Common);
        }
        if self.min_score > 0 {
            unmet.extend(guessable::unmet(text, &names, self.min_score));
        }
        unmet
    }

    pub(super) const fn lengths(&self) -> (usize, usize) {
        (self.min, self.max)
    }

    pub(super) const fn asks_for_classes(&self) -> bool {
        self.uppercase || self.lowercase || self.digit || self.special
    }

    pub(super) const fn looks_inside(&self) -> bool {
        self.contained
    }

    /// Listed passwords that are refused for being listed alone.
    fn conforming(&self) -> usize {
        common_passwords()
            .filter(|listed| self.unmet_shape(listed).is_empty())
            .count()
    }

    pub(super) fn has_enough_listed(&self) -> bool {
        self.conforming() >= ENOUGH_LISTED
    }

    /// Length and classes of characters. The classes are Unicode's.
    fn unmet_shape(&self, text: &str) -> Vec<Unmet> {
        let len = text.chars().count();
        let lacks = |asked: bool, class: fn(char) -> bool| asked && !text.chars().any(class);
        [
            (len < self.min, Unmet::TooShort { min: self.min, len }),
            (len > self.max, Unmet::TooLong { max: self.max, len }),
            (
                lacks(self.uppercase, char::is_uppercase),
                Unmet::NoUppercase,
            ),
            (
                lacks(self.lowercase, char::is_lowercase),
                Unmet::NoLowercase,
            ),
            (lacks(self.digit, char::is_numeric), Unmet::NoDigit),
            (lacks(self.special, is_special), Unmet::NoSpecial),
        ]
        .into_iter()
        .filter_map(|(fails, rule)| fails.then_some(rule))
        .collect()
    }
}

/// The passwords that [`Unmet::Common`] refuses. Letter case does not matter in the comparison.
pub fn common_passwords() -> impl Iterator<Item = &'static str> {
    COMMON.lines()
}

/// Whether a text in small letters is one of them.
pub(super) fn is_common(folded: &str) -> bool {
    COMMON_FOLDED.contains(folded)
}

static COMMON_FOLDED: LazyLock<HashSet<String>> =
    LazyLock::new(|| common_passwords().map(fold).collect());

/// Loads the lists that the first check would have to wait for, some 12 ms.
pub(crate) fn warm_up() {
    LazyLock::force(&COMMON_FOLDED);
    guessable::warm_up();
}

/// What can be seen and is neither letter, digit nor space. Nobody can type again what they do
/// not see: format characters, private use and unassigned code points are not special.
fn is_special(c: char) -> bool {
    use IdentifierType::{Default_Ignorable, Deprecated, Not_Character};
    let is_visible = !matches!(
        c.identifier_type(),
        None | Some(Default_Ignorable | Deprecated | Not_Character)
    );
    is_visible && !c.is_alphanumeric() && !c.is_whitespace() && !is_combining_mark(c)
}

/// A text as it is compared: NFC, and each character by itself without its case, so that the two
/// small sigmas are one. The buffer is sized beforehand so that no reallocation leaves a piece of
/// a password behind: that is in NFC already, and case makes at most three bytes of one.
fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len().saturating_mul(3));
    let capitals = text.nfc().flat_map(char::to_uppercase);
    folded.extend(capitals.flat_map(char::to_lowercase));
    folded
}

/// Whether the text has the name in it, forwards or backwards.
pub(super) fn has_name(folded: &str, name: &str) -> bool {
    if name.chars().count() < SHORTEST_CONTAINED_NAME {
        return is_name(folded, name);
    }
    folded.contains(name) || folded.contains(&reversed(name))
}

fn is_name(folded: &str, name: &str) -> bool {
    folded == name || folded == reversed(name)
}

fn reversed(name: &str) -> String {
    name.chars().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::name::UniqueKey;

    /// S07: no verb sets an address yet, but a record can have one.
    #[test]
    fn s07_the_local_part_of_the_accounts_own_address_counts() {
        let record = include_bytes!("../../tests/fixtures/account-v1-security-code.bin");
        let mut account = Account::from_bytes(record).unwrap();
        account.keys = vec![UniqueKey::new(KeyKind::Email, "wonder.land@shop.example")];
        let typed = NewPassword::typed_twice("Wonder.Land-27", "Wonder.Land-27").unwrap();
        let unmet = PasswordRules::marketplace().unmet(&typed, &Context::of(&account));
        assert!(unmet.contains(&Unmet::Name), "{unmet:?}");
    }
}
