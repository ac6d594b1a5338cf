//! Numbers and times in English, with the nouns that go with them.

use time::OffsetDateTime;

use super::super::{Span, When, when::Moment};

pub(super) fn tries(left: u64) -> String {
    match left {
        0 => "You have no tries left for now.".to_owned(),
        left => format!("You have {} left.", count(left, "try", "tries")),
    }
}

pub(super) fn when(when: When) -> String {
    match when {
        When::At(at) => format!("from {} on", date(at)),
        When::In(left) => {
            let left = match Span::from(left) {
                Span::Seconds(n) => count(n, "second", "seconds"),
                Span::Minutes(n) => count(n, "minute", "minutes"),
                Span::Hours(n) => count(n, "hour", "hours"),
                Span::Days(n) => count(n, "day", "days"),
            };
            format!("in {left}")
        }
    }
}

/// `31 January 2026`
pub(super) fn day(at: OffsetDateTime) -> String {
    let Moment { year, day, .. } = at.into();
    format!(
        "{day} {} {year}",
        at.to_offset(time::UtcOffset::UTC).month()
    )
}

/// `31 January 2026 at 09:05 UTC`
pub(super) fn date(at: OffsetDateTime) -> String {
    format!("{} at {} UTC", day(at), Moment::from(at).clock)
}

pub(super) fn count(n: u64, one: &str, other: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { other })
}
