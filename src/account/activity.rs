//! What was done with an account, and what was tried, for its owner to read.

use std::{fmt, str::FromStr, time::Duration};

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{Account, Method};
use crate::{clock::Stamp, message::Notice};

/// The most entries of activity that are kept.
pub const MAX_ACTIVITY: usize = 50;

/// How long misses at one method, or sign-ins of one client, are counted in one entry. Our own
/// number.
const RUN: Duration = Duration::from_secs(24 * 60 * 60);

/// Something that was done with an account, or was tried, for its owner to read.
///
/// Misses at one method within a day are one entry, and so are sign-ins of one client. Misses,
/// sign-ins and changes are kept apart: none of them pushes out another.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Activity {
    /// Tells apart what happened at one time.
    number: u32,
    since: Stamp,
    pub(crate) at: Stamp,
    /// How many times it happened from [`since`](Self::since) to [`at`](Self::at).
    pub times: u32,
    /// What was done.
    pub what: ActivityKind,
    /// What the host said of the client, see [`Client::label`](crate::Client::label); of several
    /// misses that of the last one.
    pub label: Option<String>,
}

/// What was done, or tried.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum ActivityKind {
    /// Something was offered as a proof by this method, and was wrong.
    Missed(Method),
    /// A recovery went on with a right proof by this method.
    Proved(Method),
    /// Somebody signed in. This is the last proof that it took: the password, or the second factor
    /// after it.
    SignedIn(Method),
    /// The reader of a mail stopped a change before it was made.
    Stopped,
    /// Something that every contact was told of.
    Told(Notice),
}

/// What came of it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ActivityOutcome {
    /// It was done.
    Done,
    /// It was wrong, or tried too often.
    Refused,
    /// It was stopped.
    Stopped,
    /// It takes effect later.
    Waits,
}

/// A part of the activity, the latest first: [`Accounts::activity`](crate::Accounts::activity).
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct ActivityPage {
    /// The entries, the latest first.
    pub entries: Vec<Activity>,
    /// Where the next page begins; `None`: these were the last ones.
    pub next: Option<Cursor>,
}

/// Which part of the activity is asked for.
///
/// ```
/// use backstop::account::Page;
///
/// let page = Page::new().size(10);
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Page {
    size: usize,
    after: Option<Cursor>,
}

/// A place in the activity. What happens meanwhile moves nothing behind it. As text it goes into
/// the address of a page.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Cursor {
    at: Stamp,
    number: u32,
}

/// A text that cannot be a place in the activity.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("this is no place in the activity: begin with the first page")]
pub struct CursorError;

/// What is kept apart, each with a share of the entries.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Class {
    /// What was changed.
    Changes,
    /// What a right proof led to, beside changes.
    Entries,
    /// What was wrong.
    Misses,
}

impl Default for Page {
    fn default() -> Self {
        Self::new()
    }
}

impl Page {
    /// Everything that is kept.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            size: MAX_ACTIVITY,
            after: None,
        }
    }

    /// So many entries: 1 to [`MAX_ACTIVITY`].
    #[must_use]
    pub fn size(mut self, entries: usize) -> Self {
        self.size = entries.clamp(1, MAX_ACTIVITY);
        self
    }

    /// What follows on the page before it.
    #[must_use]
    pub const fn after(mut self, next: Cursor) -> Self {
        self.after = Some(next);
        self
    }
}

impl Activity {
    pub(crate) const fn new(what: ActivityKind, label: Option<String>, at: Stamp) -> Self {
        Self {
            number: 0,
            since: at,
            at,
            times: 1,
            what,
            label,
        }
    }

    /// When it was done, the last time.
    #[must_use]
    pub fn at(&self) -> OffsetDateTime {
        self.at.into()
    }

    /// When it was done for the first time, where it is counted.
    #[must_use]
    pub fn since(&self) -> OffsetDateTime {
        self.since.into()
    }

    /// By which method, where that is one.
    #[must_use]
    pub const fn method(&self) -> Option<Method> {
        match self.what {
            ActivityKind::Missed(method)
            | ActivityKind::Proved(method)
            | ActivityKind::SignedIn(method)
            | ActivityKind::Told(Notice::Locked(method) | Notice::PasswordChanged(method)) => {
                Some(method)
            }
            ActivityKind::Told(Notice::BackupCodeUsed(_) | Notice::SecondFactorStopped) => {
                Some(Method::SecondFactor)
            }
            ActivityKind::Told(Notice::HintAnswered(_) | Notice::HintStopped) => {
                Some(Method::HintQuestion)
            }
            ActivityKind::Told(Notice::PasswordStopped) => Some(Method::CurrentPassword),
            ActivityKind::Told(
                Notice::EmailChangeWaits(_)
                | Notice::PhoneChangeWaits(_)
                | Notice::SecurityCodeUsed,
            ) => Some(Method::SecurityCode),
            ActivityKind::Told(Notice::SignedInOnce) => Some(Method::SecurityEmail),
            ActivityKind::Stopped | ActivityKind::Told(_) => None,
        }
    }

    /// What came of it.
    #[must_use]
    pub const fn outcome(&self) -> ActivityOutcome {
        match self.what {
            ActivityKind::Missed(_) | ActivityKind::Told(Notice::Locked(_)) => {
                ActivityOutcome::Refused
            }
            ActivityKind::Stopped
            | ActivityKind::Told(
                Notice::EmailChangeFailed
                | Notice::HintStopped
                | Notice::PasswordStopped
                | Notice::PhoneChangeFailed
                | Notice::SecondFactorStopped,
            ) => ActivityOutcome::Stopped,
            ActivityKind::Told(
                Notice::EmailChangeWaits(_)
                | Notice::HintAnswered(_)
                | Notice::PhoneChangeWaits(_)
                | Notice::SecurityCodeWaits(_),
            ) => ActivityOutcome::Waits,
            ActivityKind::Proved(_) | ActivityKind::SignedIn(_) | ActivityKind::Told(_) => {
                ActivityOutcome::Done
            }
        }
    }

    /// What every contact was told.
    pub(crate) const fn notice(&self) -> Option<Notice> {
        match self.what {
            ActivityKind::Told(notice) => Some(notice),
            _ => None,
        }
    }

    /// Whether a later one is counted in this entry.
    fn counts(&self, later: &Self) -> bool {
        let is_counted = !matches!(self.what, ActivityKind::Told(_));
        let is_same_client = self.label == later.label || self.what.is_of_strangers();
        is_counted && self.what == later.what && is_same_client && later.at.since(self.since) < RUN
    }

    /// Both in one entry.
    pub(crate) fn with(self, other: Self) -> Self {
        let label = if self.at > other.at {
            self.label
        } else {
            other.label
        };
        Self {
            number: self.number,
            since: self.since.min(other.since),
            at: self.at.max(other.at),
            times: self.times.saturating_add(other.times),
            what: self.what,
            label,
        }
    }

    const fn place(&self) -> Cursor {
        Cursor {
            at: self.at,
            number: self.number,
        }
    }
}

impl ActivityKind {
    /// Whether whoever knows a name can bring it about, under any label.
    pub(crate) const fn is_of_strangers(self) -> bool {
        matches!(self.class(), Class::Misses)
    }

    const fn class(self) -> Class {
        match self {
            Self::Missed(_)
            | Self::Told(
                Notice::HintStopped
                | Notice::Locked(_)
                | Notice::PasswordStopped
                | Notice::SecondFactorStopped,
            ) => Class::Misses,
            Self::Proved(_)
            | Self::SignedIn(_)
            | Self::Told(
                Notice::BackupCodeUsed(_)
                | Notice::HintAnswered(_)
                | Notice::SecurityCodeUsed
                | Notice::SignedInOnce,
            ) => Class::Entries,
            Self::Stopped | Self::Told(_) => Class::Changes,
        }
    }
}

impl Class {
    /// Together [`MAX_ACTIVITY`]. Our own numbers.
    const fn share(self) -> usize {
        match self {
            Self::Changes => 30,
            Self::Entries | Self::Misses => 10,
        }
    }
}

impl Account {
    /// One more entry of activity. Of its class the oldest is forgotten; of misses rather one whose
    /// like there is a later one of, so that many at one method do not hide another.
    pub(crate) fn remember(&mut self, new: Activity) {
        let list = &mut self.activity;
        let last = list.iter().map(|entry| entry.number).max();
        let run = list.iter().rposition(|entry| entry.counts(&new));
        let mut entry = match run {
            Some(run) => list.remove(run).with(new),
            None => new,
        };
        entry.number = last.map_or(0, |last| last.saturating_add(1));
        let class = entry.what.class();
        list.push(entry);
        let is_of_class = |entry: &Activity| entry.what.class() == class;
        if list.iter().filter(|entry| is_of_class(entry)).count() <= class.share() {
            return;
        }
        let has_later = |(at, entry): (usize, &Activity)| {
            let mut later = list.iter().skip(at.saturating_add(1));
            class == Class::Misses && is_of_class(entry) && later.any(|l| l.what == entry.what)
        };
        let surplus = list.iter().enumerate().position(has_later);
        if let Some(surplus) = surplus.or_else(|| list.iter().position(is_of_class)) {
            list.remove(surplus);
        }
    }

    pub(crate) fn activity_page(&self, page: Page) -> ActivityPage {
        let mut entries = self.activity.clone();
        let place = |entry: &Activity| (entry.at, entry.number);
        entries.sort_by_key(|entry| std::cmp::Reverse(place(entry)));
        if let Some(after) = page.after {
            entries.retain(|entry| place(entry) < (after.at, after.number));
        }
        let is_more = entries.len() > page.size;
        entries.truncate(page.size);
        let last = entries.last().filter(|_| is_more);
        ActivityPage {
            next: last.map(Activity::place),
            entries,
        }
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.at.millis(), self.number)
    }
}

impl FromStr for Cursor {
    type Err = CursorError;

    fn from_str(text: &str) -> Result<Self, CursorError> {
        let (at, number) = text.split_once('.').ok_or(CursorError)?;
        Ok(Self {
            at: Stamp::from_millis(at.parse().map_err(|_not_a_number| CursorError)?),
            number: number.parse().map_err(|_not_a_number| CursorError)?,
        })
    }
}
