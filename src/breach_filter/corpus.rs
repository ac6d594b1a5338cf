//! The lines of the corpus: `SHA1:COUNT`.

use std::io::{BufRead, Read};

use super::BreachFilterError;

/// More than any line has: 40 digits, a colon, a count, the end of the line.
const LONGEST_LINE: u64 = 128;

/// A hash and how often it was seen.
pub(super) struct Entry {
    pub(super) hash: [u8; 20],
    pub(super) count: u64,
    /// The number of its line, from 1.
    pub(super) line: u64,
}

/// The entries of a text, line by line. What is kept of it is one line.
pub(super) struct Entries<'a, R> {
    prefix: &'a str,
    lines: R,
    line: u64,
    buffer: Vec<u8>,
}

impl<'a, R: BufRead> Entries<'a, R> {
    /// `prefix`: the hexadecimal digits that each line goes on from.
    pub(super) const fn new(prefix: &'a str, lines: R) -> Self {
        Self {
            prefix,
            lines,
            line: 0,
            buffer: Vec::new(),
        }
    }

    fn next_entry(&mut self) -> Result<Option<Entry>, BreachFilterError> {
        loop {
            self.buffer.clear();
            let mut some = self.lines.by_ref().take(LONGEST_LINE);
            if some.read_until(b'\n', &mut self.buffer)? == 0 {
                return Ok(None);
            }
            self.line = self.line.saturating_add(1);
            let line = self.buffer.trim_ascii();
            if line.is_empty() {
                continue;
            }
            let (hash, count) =
                parse(self.prefix, line).ok_or(BreachFilterError::Malformed { line: self.line })?;
            return Ok(Some(Entry {
                hash,
                count,
                line: self.line,
            }));
        }
    }
}

impl<R: BufRead> Iterator for Entries<'_, R> {
    type Item = Result<Entry, BreachFilterError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_entry().transpose()
    }
}

/// A hash without a count was seen once.
fn parse(prefix: &str, line: &[u8]) -> Option<([u8; 20], u64)> {
    let line = std::str::from_utf8(line).ok()?;
    let (digits, count) = match line.split_once(':') {
        Some((digits, count)) => (digits, number(count)?),
        None => (line, 1),
    };
    let mut digits = prefix.bytes().chain(digits.bytes()).map(nibble);
    let mut hash = [0; 20];
    for byte in &mut hash {
        let (high, low) = (digits.next()??, digits.next()??);
        *byte = high << 4 | low;
    }
    digits.next().is_none().then_some((hash, count))
}

fn number(text: &str) -> Option<u64> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

const fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit.wrapping_sub(b'0')),
        b'a'..=b'f' => Some(digit.wrapping_sub(b'a').wrapping_add(10)),
        b'A'..=b'F' => Some(digit.wrapping_sub(b'A').wrapping_add(10)),
        _ => None,
    }
}
