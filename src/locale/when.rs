//! Points in time and lengths of time, ready to be put into words.

use std::time::Duration;

use time::{OffsetDateTime, UtcOffset};

/// A point in time that lies ahead of the reader.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum When {
    /// As a date and a time of day, in UTC.
    At(OffsetDateTime),
    /// As what is left until then.
    In(Duration),
}

/// A length of time in the one unit that says it best, rounded up: whoever comes back after it
/// does not come too early.
///
/// ```
/// use std::time::Duration;
/// use backstop::locale::Span;
///
/// assert_eq!(Span::from(Duration::from_millis(1500)), Span::Seconds(2));
/// assert_eq!(Span::from(Duration::from_secs(90 * 60)), Span::Minutes(90));
/// assert_eq!(Span::from(Duration::from_secs(22 * 3600 + 1)), Span::Hours(23));
/// assert_eq!(Span::from(Duration::from_secs(72 * 3600)), Span::Days(3));
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Span {
    /// 1 to 59 of them.
    Seconds(u64),
    /// 1 to 119 of them, but not 60.
    Minutes(u64),
    /// 1 to 47 of them.
    Hours(u64),
    /// 2 or more of them.
    Days(u64),
}

impl From<Duration> for Span {
    fn from(left: Duration) -> Self {
        let part = u64::from(left.subsec_nanos() > 0);
        let seconds = left.as_secs().saturating_add(part).max(1);
        let (minutes, hours) = (seconds.div_ceil(60), seconds.div_ceil(60 * 60));
        match (seconds, minutes, hours) {
            (..60, ..) => Self::Seconds(seconds),
            (_, ..=59 | 61..=119, _) => Self::Minutes(minutes),
            (.., ..48) => Self::Hours(hours),
            _ => Self::Days(seconds.div_ceil(24 * 60 * 60)),
        }
    }
}

/// The parts of a point in time, in UTC.
pub(super) struct Moment {
    pub(super) year: i32,
    pub(super) month: u8,
    pub(super) day: u8,
    /// `09:05`
    pub(super) clock: String,
}

impl From<OffsetDateTime> for Moment {
    fn from(at: OffsetDateTime) -> Self {
        let at = at.to_offset(UtcOffset::UTC);
        Self {
            year: at.year(),
            month: at.month().into(),
            day: at.day(),
            clock: format!("{:02}:{:02}", at.hour(), at.minute()),
        }
    }
}
