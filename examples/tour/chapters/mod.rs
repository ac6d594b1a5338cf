//! The story, chapter by chapter.

pub(crate) mod guessing;
pub(crate) mod last_defence;
pub(crate) mod later;
pub(crate) mod moving;
pub(crate) mod recovering;
pub(crate) mod registering;

use std::time::Duration;

use backstop::{Changes, HintAnswer, NewPassword, Password, Proof};

use crate::stage::Told;

pub(crate) const SECOND: Duration = Duration::from_secs(1);
pub(crate) const MINUTE: Duration = Duration::from_secs(60);
pub(crate) const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Alice's passwords in turn, and what others try.
pub(crate) const OLD: &str = "Quiet-17-lanterns";
pub(crate) const NEW: &str = "Amber-42-orchards";
pub(crate) const THIRD: &str = "Brisk-58-harbours";
pub(crate) const GUESS: &str = "Alice-rules-1";

pub(crate) const QUESTION: &str = "first-boss";
pub(crate) const ANSWER: &str = "Gunvor Halvarsson-Quist";

/// Alice's addresses in turn.
pub(crate) const HOME: &str = "alice@home.example";
pub(crate) const WORK: &str = "alice@work.example";
pub(crate) const CLUB: &str = "alice@club.example";

fn password(typed: &str) -> Told<Proof> {
    Ok(Proof::CurrentPassword(Password::new(typed)?))
}

fn answer(typed: &str) -> Told<Proof> {
    Ok(Proof::HintQuestion(HintAnswer::new(typed)?))
}

fn new_password(typed: &str) -> Told<Changes> {
    Ok(Changes::new().password(NewPassword::typed_twice(typed, typed)?))
}
