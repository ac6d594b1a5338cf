//! Numbers and times in Swedish, with the nouns that go with them.

use time::OffsetDateTime;

use super::super::{Span, When, when::Moment};

pub(super) fn tries(left: u64) -> String {
    match left {
        0 => "Du har inga försök kvar för tillfället.".to_owned(),
        left => format!("Du har {} kvar.", count(left, "försök", "försök")),
    }
}

pub(super) fn when(when: When) -> String {
    match when {
        When::At(at) => format!("från den {}", date(at)),
        When::In(left) => {
            let left = match Span::from(left) {
                Span::Seconds(n) => count(n, "sekund", "sekunder"),
                Span::Minutes(n) => count(n, "minut", "minuter"),
                Span::Hours(n) => count(n, "timme", "timmar"),
                Span::Days(n) => count(n, "dag", "dagar"),
            };
            format!("om {left}")
        }
    }
}

/// `31 januari 2026`
pub(super) fn day(at: OffsetDateTime) -> String {
    let Moment {
        year, month, day, ..
    } = at.into();
    let month = match month {
        1 => "januari",
        2 => "februari",
        3 => "mars",
        4 => "april",
        5 => "maj",
        6 => "juni",
        7 => "juli",
        8 => "augusti",
        9 => "september",
        10 => "oktober",
        11 => "november",
        _ => "december",
    };
    format!("{day} {month} {year}")
}

/// `31 januari 2026 kl. 09.05 UTC`
pub(super) fn date(at: OffsetDateTime) -> String {
    let clock = Moment::from(at).clock.replace(':', ".");
    format!("{} kl. {clock} UTC", day(at))
}

pub(super) fn count(n: u64, one: &str, other: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { other })
}
