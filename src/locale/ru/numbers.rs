//! Numbers and times in Russian, with the nouns that go with them.

use time::OffsetDateTime;

use super::super::{Span, When, when::Moment};

pub(super) fn tries(left: u64) -> String {
    match left {
        0 => "Попыток пока больше нет.".to_owned(),
        left => {
            let tries = count(left, "попытка", "попытки", "попыток");
            format!("У вас ещё {tries}.")
        }
    }
}

pub(super) fn when(when: When) -> String {
    match when {
        When::At(at) => since(at),
        When::In(left) => {
            let left = match Span::from(left) {
                Span::Seconds(n) => count(n, "секунду", "секунды", "секунд"),
                Span::Minutes(n) => count(n, "минуту", "минуты", "минут"),
                Span::Hours(n) => count(n, "час", "часа", "часов"),
                Span::Days(n) => count(n, "день", "дня", "дней"),
            };
            format!("через {left}")
        }
    }
}

/// `31 января 2026 года`
pub(super) fn day(at: OffsetDateTime) -> String {
    let Moment {
        year, month, day, ..
    } = at.into();
    let month = match month {
        1 => "января",
        2 => "февраля",
        3 => "марта",
        4 => "апреля",
        5 => "мая",
        6 => "июня",
        7 => "июля",
        8 => "августа",
        9 => "сентября",
        10 => "октября",
        11 => "ноября",
        _ => "декабря",
    };
    format!("{day} {month} {year} года")
}

/// `31 января 2026 года в 09:05 (UTC)`
pub(super) fn date(at: OffsetDateTime) -> String {
    format!("{} в {} (UTC)", day(at), Moment::from(at).clock)
}

/// `с 09:05 (UTC) 31 января 2026 года`
pub(super) fn since(at: OffsetDateTime) -> String {
    format!("с {} (UTC) {}", Moment::from(at).clock, day(at))
}

/// The form of a noun that goes with a number: 1, 21 попытка; 2, 22 попытки; 5, 11, 20 попыток
/// (CLDR, plural rules of `ru` for whole numbers).
pub(super) fn count(n: u64, one: &str, few: &str, many: &str) -> String {
    let noun = match (n % 10, n % 100) {
        (_, 11..=14) => many,
        (1, _) => one,
        (2..=4, _) => few,
        _ => many,
    };
    format!("{n} {noun}")
}
