//! The authority table: which proofs allow which change.
//!
//! Nobody gets in two steps what the table refuses in one. What makes it so: each credential
//! remembers which proofs set it, and what those went back to; while it is young
//! ([`Policy::hold`](super::Policy::hold)) it buys only what all of them would buy in its place.
//! So a mailbox that changed the password may not use that password to do what a mailbox may not;
//! and two proofs that go back to the same one are one.

use std::fmt::Write;

use crate::account::Method;

/// Something that a claimant may want to change.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Change {
    /// New backup codes for a second factor, in place of those before them.
    BackupCodes,
    /// The end of the account.
    Delete,
    /// Nobody can use the account until it is enabled again.
    Disable,
    /// The security e-mail.
    Email,
    /// A disabled account can be used again.
    Enable,
    /// A second factor, for an account that has none.
    EnrolSecondFactor,
    /// The hint question and its answer.
    Hint,
    /// What a manager may change in the accounts that name them their manager. It changes nothing
    /// in the manager's own account.
    Manage,
    /// Which account manages this one.
    Manager,
    /// No manager any more.
    NoManager,
    /// An identity of elsewhere that signs in.
    LinkIdentity,
    /// The password.
    Password,
    /// The phone.
    Phone,
    /// No phone any more.
    RemovePhone,
    /// No second factor any more.
    RemoveSecondFactor,
    /// The security code of an account that has none. One that is set never changes.
    SecurityCode,
    /// Signing in without the password, once. It changes nothing.
    SignInOnce,
    /// An identity that signs in no more.
    UnlinkIdentity,
    /// The user name.
    UserName,
}

/// Proofs that together are enough.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Sufficient {
    /// All of them are needed.
    pub proofs: &'static [Method],
    /// And only while the account lacks this.
    pub lacking: Lacking,
}

/// What an account lacks while a set of proofs is sufficient.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Lacking {
    /// Any confirmed address: neither an e-mail nor a phone.
    Address,
    /// A security e-mail.
    Email,
    /// Nothing: the proofs are always sufficient.
    Nothing,
    /// A phone.
    Phone,
}

/// Which confirmed addresses an account has.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[expect(clippy::exhaustive_structs, reason = "callers make it")]
pub struct Addresses {
    /// A security e-mail.
    pub email: bool,
    /// A phone.
    pub phone: bool,
}

impl Addresses {
    /// Whether there is one.
    pub(crate) const fn any(self) -> bool {
        self.email || self.phone
    }

    const fn lacks(self, what: Lacking) -> bool {
        match what {
            Lacking::Address => !self.any(),
            Lacking::Email => !self.email,
            Lacking::Nothing => true,
            Lacking::Phone => !self.phone,
        }
    }
}

const fn these(proofs: &'static [Method]) -> Sufficient {
    let lacking = Lacking::Nothing;
    Sufficient { proofs, lacking }
}

const fn without_address(proofs: &'static [Method]) -> Sufficient {
    let lacking = Lacking::Address;
    Sufficient { proofs, lacking }
}

const fn without_email(proofs: &'static [Method]) -> Sufficient {
    let lacking = Lacking::Email;
    Sufficient { proofs, lacking }
}

const fn without_phone(proofs: &'static [Method]) -> Sufficient {
    let lacking = Lacking::Phone;
    Sufficient { proofs, lacking }
}

use Method::{
    CurrentPassword, HintQuestion, LinkedIdentity, Manager, NewEmail, NewPhone, Phone,
    SecondFactor, SecurityCode, SecurityEmail, Support,
};

/// Each change with its sufficient sets of proofs. A change that is not here is allowed to nobody.
///
#[doc = include_str!("authority.md")]
pub const TABLE: &[(Change, &[Sufficient])] = &[
    (
        Change::BackupCodes,
        &[these(&[CurrentPassword, SecondFactor])],
    ),
    (
        Change::Delete,
        &[
            these(&[CurrentPassword, SecurityEmail]),
            without_email(&[CurrentPassword, Phone]),
            without_address(&[CurrentPassword]),
            without_address(&[LinkedIdentity]),
        ],
    ),
    (Change::Disable, &[these(&[Manager])]),
    (
        Change::Email,
        &[
            these(&[CurrentPassword, SecurityEmail, NewEmail]),
            these(&[Manager, NewEmail]),
            these(&[SecurityCode, NewEmail]),
            these(&[Support, NewEmail]),
            without_email(&[CurrentPassword, Phone, NewEmail]),
            without_address(&[CurrentPassword, NewEmail]),
            without_address(&[LinkedIdentity, NewEmail]),
        ],
    ),
    (Change::Enable, &[these(&[Manager])]),
    (
        Change::EnrolSecondFactor,
        &[
            these(&[CurrentPassword, SecurityEmail]),
            without_email(&[CurrentPassword, Phone]),
        ],
    ),
    (
        Change::Hint,
        &[these(&[CurrentPassword]), these(&[SecurityCode])],
    ),
    (
        Change::Manage,
        &[these(&[CurrentPassword]), these(&[SecurityCode])],
    ),
    (Change::Manager, &[these(&[CurrentPassword])]),
    (
        Change::NoManager,
        &[
            these(&[CurrentPassword]),
            these(&[Manager]),
            these(&[SecurityCode]),
        ],
    ),
    (
        Change::LinkIdentity,
        &[
            these(&[CurrentPassword, SecurityEmail]),
            without_email(&[CurrentPassword, Phone]),
            without_address(&[CurrentPassword]),
        ],
    ),
    // The manager's sets are for whoever reads an address that a manager has just set, see `MANAGERS`.
    // An identity sets the first password of whoever has none: the condition is that of the proof.
    (
        Change::Password,
        &[
            these(&[CurrentPassword]),
            these(&[SecurityEmail]),
            these(&[Phone]),
            these(&[HintQuestion]),
            these(&[SecurityCode]),
            these(&[Manager, NewEmail]),
            these(&[Manager, NewPhone]),
            these(&[LinkedIdentity]),
            these(&[Support]),
        ],
    ),
    (
        Change::Phone,
        &[
            these(&[CurrentPassword, Phone, NewPhone]),
            these(&[Manager, NewPhone]),
            these(&[SecurityCode, NewPhone]),
            without_phone(&[CurrentPassword, SecurityEmail, NewPhone]),
            without_address(&[CurrentPassword, NewPhone]),
        ],
    ),
    // What the phone itself agrees to: with less, what asks for it while it is there would be open
    // once it is gone.
    (Change::RemovePhone, &[these(&[CurrentPassword, Phone])]),
    (
        Change::RemoveSecondFactor,
        &[
            these(&[CurrentPassword, SecondFactor]),
            these(&[SecurityCode, SecurityEmail]),
            these(&[Support]),
            without_email(&[SecurityCode, Phone]),
        ],
    ),
    (
        Change::SecurityCode,
        &[
            these(&[CurrentPassword, SecurityEmail]),
            without_email(&[CurrentPassword, Phone]),
            without_address(&[CurrentPassword]),
        ],
    ),
    // Whoever knows the password signs in as often as they like: so may the mailbox or the phone that
    // they have just named, and the identity that they have just linked.
    (
        Change::SignInOnce,
        &[
            these(&[CurrentPassword]),
            these(&[SecurityEmail]),
            these(&[Phone]),
            these(&[LinkedIdentity]),
        ],
    ),
    // It takes nothing but a way in, so whoever has recovered the account may do it at once.
    (
        Change::UnlinkIdentity,
        &[
            these(&[CurrentPassword]),
            these(&[SecurityEmail]),
            these(&[Phone]),
            these(&[SecurityCode]),
            these(&[Support]),
        ],
    ),
    (
        Change::UserName,
        &[these(&[CurrentPassword]), these(&[SecurityCode])],
    ),
];

/// What a manager may change in another account, whatever else the table says: a password is set by
/// whoever reads the mailbox, and never in the manager's own hands (OWASP ASVS 5.0, 6.4.6).
pub const MANAGERS: &[Change] = &[
    Change::Disable,
    Change::Email,
    Change::Enable,
    Change::NoManager,
    Change::Phone,
];

/// Whether these proofs, each standing for itself, include a sufficient set for this change.
///
/// `has`: which confirmed addresses the account has.
///
/// ```
/// use backstop::{Method, policy::{Addresses, Change, allows}};
///
/// let has = Addresses { email: true, phone: false };
/// assert!(allows(&[Method::SecurityEmail], Change::Password, has));
/// assert!(!allows(&[Method::SecurityEmail], Change::Hint, has));
/// ```
#[must_use]
pub fn allows(proofs: &[Method], change: Change, has: Addresses) -> bool {
    TABLE
        .iter()
        .filter(|(row, _sets)| *row == change)
        .flat_map(|(_row, sets)| *sets)
        .filter(|set| has.lacks(set.lacking))
        .any(|set| set.proofs.iter().all(|method| proofs.contains(method)))
}

/// The sets of proofs that set something, each with its methods in order. Whoever uses it while it
/// is young has to be allowed by the table whichever of them stands in its place.
pub(crate) type Roots = Vec<Vec<Method>>;

/// What these proofs go back to, themselves included, if all of that allows this change.
///
/// `roots_of`: the roots of a young credential; `None` for one that stands for itself alone.
pub(crate) fn authority<'a>(
    proofs: &[Method],
    change: Change,
    has: Addresses,
    roots_of: impl Fn(Method) -> Option<&'a Roots>,
) -> Option<Roots> {
    let roots = all_roots(proofs, roots_of);
    all_allow(&roots, change, has).then_some(roots)
}

fn all_allow(roots: &Roots, change: Change, has: Addresses) -> bool {
    roots.iter().all(|set| allows(set, change, has))
}

/// What these proofs go back to, themselves included.
fn all_roots<'a>(proofs: &[Method], roots_of: impl Fn(Method) -> Option<&'a Roots>) -> Roots {
    // There are 11 methods, so never more than 2048 sets.
    let mut roots: Roots = vec![Vec::new()];
    for proof in proofs {
        let own = vec![*proof];
        let stands_for: Vec<&Vec<Method>> = std::iter::once(&own)
            .chain(roots_of(*proof).into_iter().flatten())
            .collect();
        roots = roots
            .iter()
            .flat_map(|set| stands_for.iter().map(|other| union(set, other)))
            .collect();
        roots.sort();
        roots.dedup();
        roots = smallest(&roots);
    }
    roots
}

/// Those that include no other one: whatever such a one allows, those that include it allow.
fn smallest(roots: &Roots) -> Roots {
    let includes = |set: &Vec<Method>, other: &Vec<Method>| {
        set != other && other.iter().all(|method| set.contains(method))
    };
    let sets = roots.iter();
    sets.filter(|set| !roots.iter().any(|other| includes(set, other)))
        .cloned()
        .collect()
}

fn union(a: &[Method], b: &[Method]) -> Vec<Method> {
    let mut both = [a, b].concat();
    both.sort();
    both.dedup();
    both
}

/// The table as Markdown, for a manual.
#[must_use]
pub fn markdown() -> String {
    let mut text = String::from("| change | sufficient sets of proofs |\n|---|---|\n");
    for (change, sets) in TABLE {
        let sets: Vec<String> = sets
            .iter()
            .map(|set| {
                let proofs: Vec<&str> = set.proofs.iter().map(|proof| name(*proof)).collect();
                let only = match set.lacking {
                    Lacking::Address => ", while there is no confirmed address",
                    Lacking::Email => ", while there is no security e-mail",
                    Lacking::Nothing => "",
                    Lacking::Phone => ", while there is no phone",
                };
                format!("{}{only}", proofs.join(" + "))
            })
            .collect();
        let change = match change {
            Change::BackupCodes => "backup codes",
            Change::Delete => "deleting the account",
            Change::Disable => "disabling the account",
            Change::Email => "security e-mail",
            Change::Enable => "enabling the account",
            Change::EnrolSecondFactor => "second factor, enrol",
            Change::Hint => "hint question",
            Change::Manage => "managing sub-accounts",
            Change::Manager => "manager",
            Change::NoManager => "no manager any more",
            Change::LinkIdentity => "linked identity, link",
            Change::Password => "password",
            Change::Phone => "phone",
            Change::RemovePhone => "phone, remove",
            Change::RemoveSecondFactor => "second factor, remove",
            Change::SecurityCode => "first security code",
            Change::SignInOnce => "sign in once",
            Change::UnlinkIdentity => "linked identity, unlink",
            Change::UserName => "user name",
        };
        let _into_memory = writeln!(text, "| {change} | {} |", sets.join(" · "));
    }
    text.push_str("| security code once set | nothing, ever |\n");
    text
}

fn name(method: Method) -> &'static str {
    match method {
        CurrentPassword => "current password",
        HintQuestion => "hint answer",
        Manager => "manager",
        LinkedIdentity => "linked identity",
        NewEmail => "code to the new address",
        NewPhone => "code to the new number",
        Phone => "code to the phone",
        SecondFactor => "second factor",
        SecurityCode => "security code",
        SecurityEmail => "code or link to the security e-mail",
        Support => "support link",
    }
}

#[cfg(test)]
mod tests;
