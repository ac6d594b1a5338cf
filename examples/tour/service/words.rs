//! What the pages say.

use backstop::policy::Unmet;
use time::OffsetDateTime;

use crate::stage::{Told, check, date_and_time, say};

pub(crate) const EXPIRED: &str = "This page has expired. Begin again.";
pub(crate) const SIGNED_IN: &str = "You are signed in.";
pub(crate) const SIGNED_OUT: &str = "You are signed out. Sign in again.";
pub(crate) const RIGHT: &str = "Right.";
pub(crate) const CHANGED: &str = "Changed. Your other devices are signed out.";
pub(crate) const RECOVERED: &str = "Changed. Sign in with the new password.";
pub(crate) const UNPROVEN: &str = "Not with what you have proved so far.";
pub(crate) const SENT: &str = "If it can be sent, a mail with a code is on its way.";
pub(crate) const DIFFER: &str = "The two passwords differ: type the same one twice.";

/// Shows what a page says, and fails unless it is what the tour told.
pub(crate) fn shown(did: &str, says: &str, told: &str) -> Told {
    say(did, says);
    check(says == told, told)
}

/// The text of an error, as a sentence.
pub(super) fn sentence_of(refusal: &dyn std::error::Error) -> String {
    let text = refusal.to_string();
    let mut letters = text.chars();
    let capital = letters.next().into_iter().flat_map(char::to_uppercase);
    capital.chain(letters).chain(['.']).collect()
}

/// All that a password lacks, in the order in which the library tells it.
pub(super) fn sentences(unmet: &[Unmet]) -> String {
    let sentences: Vec<String> = unmet.iter().map(sentence).collect();
    sentences.join(" ")
}

fn sentence(rule: &Unmet) -> String {
    match rule {
        Unmet::Breached => "It is known from a breach.".to_owned(),
        Unmet::Common => "Many people use it.".to_owned(),
        Unmet::Guessable { .. } => "It is too easy to guess.".to_owned(),
        Unmet::Name => "It must not contain your name, not even backwards.".to_owned(),
        Unmet::NoDigit => "It needs a digit.".to_owned(),
        Unmet::NoLowercase => "It needs a lower-case letter.".to_owned(),
        Unmet::NoSpecial => "It needs a special character.".to_owned(),
        Unmet::NoUppercase => "It needs an upper-case letter.".to_owned(),
        Unmet::TooLong { max, len } => format!("It has {len} characters; {max} fit."),
        Unmet::TooShort { min, len } => format!("It has {len} characters; it needs {min}."),
        Unmet::UsedBefore => "You have used it before.".to_owned(),
        _ => "It does not meet the rules.".to_owned(),
    }
}

pub(super) fn tries(left: u32) -> String {
    match left {
        0 => "no more tries".to_owned(),
        1 => "1 more try".to_owned(),
        _ => format!("{left} more tries"),
    }
}

pub(super) fn locked(until: OffsetDateTime) -> Told<String> {
    let until = date_and_time(until)?;
    Ok(format!("Locked until {until}. Every other way stays open."))
}

pub(super) fn waiting(until: OffsetDateTime) -> Told<String> {
    let until = date_and_time(until)?;
    Ok(format!(
        "On a device that is new to us it counts from {until} on."
    ))
}
