//! A list of breached passwords on this machine: a compact filter over their SHA-1 hashes.
//!
//! The public corpus of breached passwords ([Pwned Passwords](https://haveibeenpwned.com/Passwords))
//! is a list of SHA-1 hashes. [`BreachFilterWriter`] makes a file of it, and
//! [`Builder::breach_filter`](crate::Builder::breach_filter) has every new password looked up in that
//! (NIST SP 800-63B-4 §3.1.1.2; OWASP ASVS 5.0, 6.2.12). No password and no part of a hash leaves
//! the process.
//!
//! | hashes | file, and memory of the process |
//! |---:|---:|
//! | 10 million | 23 MB |
//! | 100 million | 225 MB |
//! | 1 billion | 2.25 GB |
//!
//! `examples/build_breach_filter.rs` is the tool. To look up fewer, build it with `--min-count`: the
//! corpus says of each password how often it was seen, and those of one breach are a small risk.
//!
//! # How sure it is
//!
//! A password that is listed is always found. Of those that are not listed, one in 65 536 is
//! refused all the same: the filter (a binary fuse filter) keeps 16 bits of each hash and not the
//! hash, which takes 18 bits a hash. A filter of 8 bits would take half of that and refuse one
//! password in 256 without a reason.
//!
//! # Which text is hashed
//!
//! The corpus hashes the bytes that were found, mostly UTF-8. What is looked up is the UTF-8 of the
//! password as it would become a hash here: any space is U+0020, the text is in NFC, as keyboards
//! type it. A password outside ASCII that was breached in another form (decomposed, or Latin-1) is
//! not found.

mod corpus;
mod format;
#[cfg(test)]
mod tests;
mod writer;

use std::{
    fmt,
    fs::File,
    io::{self, BufReader, Read},
    path::Path,
    sync::Arc,
};

use sha1::{Digest, Sha1};
use zeroize::Zeroizing;

use self::format::{Reader, Shard};
pub use self::writer::{BreachFilterWriter, MAX_SHARD_HASHES};
use crate::secret::Password;

/// A list of breached passwords, in memory. Clones share it.
///
/// ```
/// use backstop::{Password, breach_filter::{BreachFilter, BreachFilterWriter}};
///
/// // One line of the corpus: the SHA-1 of "password1", and how often it was seen.
/// let corpus = "E38AD214943DAAD1D64C102FAEC29DE4AFE9DA3D:2413945\n";
/// let mut writer = BreachFilterWriter::new(Vec::new())?;
/// writer.add_lines("", corpus.as_bytes(), 1)?;
/// let file = writer.finish()?;
///
/// let filter = BreachFilter::from_reader(file.as_slice())?;
/// assert!(filter.contains(&Password::new("password1")?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct BreachFilter {
    shards: Arc<[Shard]>,
    hashes: u64,
}

impl BreachFilter {
    /// Reads a file that [`BreachFilterWriter`] wrote. It is read and checked as a whole, at some
    /// hundred megabytes a second: open it once, before the service starts.
    ///
    /// # Errors
    ///
    /// [`BreachFilterError`]: there is no such file, or it is not what was written.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, BreachFilterError> {
        Self::from_reader(BufReader::new(File::open(path)?))
    }

    /// Reads what [`BreachFilterWriter`] wrote, from anywhere, up to its end.
    ///
    /// # Errors
    ///
    /// [`BreachFilterError`]: it is not what was written, or cannot be read. Whatever a file says of
    /// itself, it takes no more than three times the memory of what was read of it, and 8 MiB.
    pub fn from_reader(reader: impl Read) -> Result<Self, BreachFilterError> {
        let mut reader = Reader::begin(reader)?;
        let mut shards = Vec::new();
        while let Some(shard) = reader.shard()? {
            shards.push(shard);
        }
        Ok(Self {
            hashes: reader.hashes(),
            shards: shards.into(),
        })
    }

    /// Whether the password is in the list, or is one of the few that look as if they were. It
    /// takes some microseconds at most.
    ///
    /// New passwords are looked up by [`Accounts`](crate::Accounts). This is for a host that wants to
    /// advise somebody who has just signed in.
    #[must_use]
    pub fn contains(&self, password: &Password) -> bool {
        self.lists(password.expose())
    }

    /// The same of a normalized text.
    pub(crate) fn lists(&self, password: &str) -> bool {
        let mut hash = Zeroizing::new([0; 20]);
        hash.copy_from_slice(&Sha1::digest(password.as_bytes()));
        let key = format::key(&hash);
        // The last shard that begins at or before the key.
        let after = self.shards.partition_point(|shard| shard.first <= key);
        let shard = after.checked_sub(1).and_then(|at| self.shards.get(at));
        shard.is_some_and(|shard| shard.contains(key))
    }

    /// How many hashes are in it.
    #[must_use]
    pub const fn hashes(&self) -> u64 {
        self.hashes
    }

    /// How many bytes of memory it takes.
    #[must_use]
    pub fn memory(&self) -> usize {
        let bytes = self.shards.iter().map(Shard::memory);
        bytes.fold(0, usize::saturating_add)
    }
}

impl fmt::Debug for BreachFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BreachFilter")
            .field("hashes", &self.hashes)
            .field("memory", &self.memory())
            .finish()
    }
}

/// Why a filter cannot be read or made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BreachFilterError {
    /// What was read is not what was written.
    #[error("the breach filter is damaged: copy it again, or build it again")]
    Damaged,
    /// The disk, or whatever it was read from or written to.
    #[error("the breach filter cannot be read or written")]
    Io(#[from] io::Error),
    /// A line of the corpus is of another form.
    #[error(
        "line {line} is not SHA1:COUNT, 40 hexadecimal digits and a number: take the SHA-1 list of \
         the corpus, not the NTLM one, and of files for each prefix give the prefix"
    )]
    Malformed {
        /// Its number, from 1.
        line: u64,
    },
    /// A later version wrote it.
    #[error(
        "the breach filter has format {format}, which is newer: update backstop, or build the filter with this version"
    )]
    Newer {
        /// The number of its format.
        format: u16,
    },
    /// It is some other file.
    #[error("this is no breach filter: make one with examples/build_breach_filter.rs")]
    NotAFilter,
    /// It ends before its end.
    #[error("the breach filter is cut off: copy it again, or build it again")]
    Truncated,
    /// No filter came about. Nobody has seen that with hashes of passwords.
    #[error("no filter could be made of these hashes: are they SHA-1 hashes of passwords?")]
    Unbuildable,
    /// A hash is less than the one before it.
    #[error(
        "line {line} is not in the order of the hashes: sort the lines (LC_ALL=C sort), or download the list in the order of the hashes"
    )]
    Unsorted {
        /// The number of its line, from 1, or of the call of [`BreachFilterWriter::add`].
        line: u64,
    },
}
