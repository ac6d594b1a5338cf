//! Comparing answers, and telling which say nothing.

use std::{collections::HashSet, sync::LazyLock};

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};
use zeroize::Zeroizing;

use super::usual;

/// The fewest letters and digits of an answer, or the fewest Chinese characters.
const SHORTEST: usize = 3;
const SHORTEST_HAN: usize = 2;

/// A run inside a row of keys is one from this length on, at the row's beginning from
/// [`SHORTEST`] on: "кен" is a name.
const SHORTEST_INNER_RUN: usize = 4;

/// Rows and columns of keyboards.
const KEYS: &[&str] = &[
    "1234567890",
    "qwertyuiopå",
    "asdfghjklöä",
    "zxcvbnm",
    "qazwsxedcrfvtgbyhnujmikolp",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "1q2w3e4r5t6y7u8i9o0p",
    "qwertzuiop",
    "azertyuiop",
    "йцукенгшщзхъ",
    "фывапролджэ",
    "ячсмитьбю",
    "йфяцычувскамепинртгоьшлбщдю",
];

/// A text for comparison: its letters and digits only, small and without accents.
pub(super) fn fold(text: &str) -> Zeroizing<String> {
    // Room for all of it, so that no copy stays behind.
    let mut folded = Zeroizing::new(String::with_capacity(text.len().saturating_mul(4)));
    folded.extend(
        text.nfkd()
            .flat_map(char::to_lowercase)
            .filter(|c| c.is_alphanumeric()),
    );
    folded
}

/// Whether an answer says nothing.
pub(super) fn is_trivial(answer: &str, folded: &str) -> bool {
    let unit = unit(folded);
    is_short(answer) || is_one_character(unit) || is_run(unit) || NOTHING.contains(unit)
}

/// Whether each word of the answer is one of the text's. Chinese has no blanks between words.
pub(super) fn is_made_of(answer: &str, text: &str) -> bool {
    let words: HashSet<String> = words(text).map(|word| word.to_string()).collect();
    let mut some = false;
    let all = self::words(answer).all(|part| {
        some = true;
        words.contains(part.as_str()) || is_han_part(&part, &words)
    });
    some && all
}

fn words(text: &str) -> impl Iterator<Item = Zeroizing<String>> {
    text.split(|c: char| !c.is_alphanumeric() && !is_combining_mark(c))
        .map(fold)
        .filter(|word| !word.is_empty())
}

fn is_han_part(part: &str, words: &HashSet<String>) -> bool {
    part.chars().all(is_han) && words.iter().any(|word| word.contains(part))
}

fn is_short(answer: &str) -> bool {
    let han = answer.chars().filter(|&c| is_han(c)).count();
    let all = answer.chars().filter(|c| c.is_alphanumeric()).count();
    all < SHORTEST && han < SHORTEST_HAN
}

/// The shortest text that gives this one when repeated: "123" of "123123".
fn unit(folded: &str) -> &str {
    folded
        .char_indices()
        .map(|(at, _)| at)
        .filter(|&at| at > 0 && folded.len().checked_rem(at) == Some(0))
        .filter_map(|at| folded.get(..at))
        .find(|unit| {
            folded
                .as_bytes()
                .chunks(unit.len())
                .all(|chunk| chunk == unit.as_bytes())
        })
        .unwrap_or(folded)
}

fn is_one_character(unit: &str) -> bool {
    unit.chars().nth(1).is_none()
}

/// Whether it is a run of neighbours: code points or keys.
fn is_run(unit: &str) -> bool {
    let len = unit.chars().count();
    if len < SHORTEST {
        return false;
    }
    let pairs = || unit.chars().zip(unit.chars().skip(1));
    let follows = |a: char, b: char| u32::from(a).checked_add(1) == Some(u32::from(b));
    pairs().all(|(a, b)| follows(a, b))
        || pairs().all(|(a, b)| follows(b, a))
        || ROWS.iter().any(|[row, back]| {
            row.starts_with(unit)
                || back.ends_with(unit)
                || len >= SHORTEST_INNER_RUN && (row.contains(unit) || back.contains(unit))
        })
}

fn is_han(c: char) -> bool {
    matches!(
        c,
        '々' | '〇'
            | '\u{3400}'..='\u{4dbf}'
            | '\u{4e00}'..='\u{9fff}'
            | '\u{f900}'..='\u{faff}'
            | '\u{20000}'..='\u{323af}'
    )
}

/// Each row of keys, and the same backwards.
static ROWS: LazyLock<Vec<[String; 2]>> = LazyLock::new(|| {
    KEYS.iter()
        .map(|row| fold(row).to_string())
        .map(|row| {
            let back = row.chars().rev().collect();
            [row, back]
        })
        .collect()
});

static NOTHING: LazyLock<HashSet<String>> = LazyLock::new(|| {
    usual::items(usual::NOTHING)
        .map(|word| fold(word).to_string())
        .collect()
});
