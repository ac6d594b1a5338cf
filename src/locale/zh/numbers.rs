//! Numbers and times in Chinese.

use time::OffsetDateTime;

use super::super::{Span, When, when::Moment};

pub(super) fn tries(left: u64) -> String {
    match left {
        0 => "您暂时没有尝试机会了。".to_owned(),
        left => format!("您还可以尝试{left}次。"),
    }
}

pub(super) fn when(when: When) -> String {
    match when {
        When::At(at) => format!("{}后", date(at)),
        When::In(left) => match Span::from(left) {
            Span::Seconds(n) => format!("{n}秒后"),
            Span::Minutes(n) => format!("{n}分钟后"),
            Span::Hours(n) => format!("{n}小时后"),
            Span::Days(n) => format!("{n}天后"),
        },
    }
}

/// `2026年1月31日`
pub(super) fn day(at: OffsetDateTime) -> String {
    let Moment {
        year, month, day, ..
    } = at.into();
    format!("{year}年{month}月{day}日")
}

/// `2026年1月31日09:05（UTC）`
pub(super) fn date(at: OffsetDateTime) -> String {
    format!("{}{}（UTC）", day(at), Moment::from(at).clock)
}
