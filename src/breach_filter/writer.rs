//! Making the file, one shard at a time.

use std::{
    fmt,
    io::{BufRead, Write},
};

use super::{
    BreachFilterError,
    corpus::Entries,
    format::{self, Shard, Writer},
};

/// The most hashes of a shard, and the most that are in memory while a filter is made: with all
/// that is needed to make the shard some 70 MB.
pub const MAX_SHARD_HASHES: usize = 1 << 21;

/// Makes a file for [`BreachFilter::open`](super::BreachFilter::open) out of hashes that come in their
/// order. It streams: however long the list, it takes some 70 MB of memory.
///
/// ```no_run
/// use std::{fs::File, io::BufReader};
/// use backstop::breach_filter::BreachFilterWriter;
///
/// let corpus = BufReader::new(File::open("pwnedpasswords.txt")?);
/// let mut writer = BreachFilterWriter::new(File::create("breached.filter")?)?;
/// writer.add_lines("", corpus, 10)?; // seen ten times or more
/// writer.finish()?.sync_all()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "the file is whole after finish()"]
pub struct BreachFilterWriter<W> {
    out: Writer<W>,
    keys: Vec<u64>,
    shard_hashes: usize,
    last: Option<[u8; 20]>,
    added: u64,
    /// Something that was to be in it is not.
    is_broken: bool,
}

impl<W: Write> BreachFilterWriter<W> {
    /// Begins the file. It is written in large pieces: `out` needs no buffer.
    ///
    /// # Errors
    ///
    /// [`BreachFilterError::Io`].
    pub fn new(out: W) -> Result<Self, BreachFilterError> {
        Self::with_shards_of(MAX_SHARD_HASHES, out)
    }

    pub(super) fn with_shards_of(shard_hashes: usize, out: W) -> Result<Self, BreachFilterError> {
        Ok(Self {
            out: Writer::begin(out)?,
            keys: Vec::new(),
            shard_hashes,
            last: None,
            added: 0,
            is_broken: false,
        })
    }

    /// Adds the SHA-1 hash of a password. One that was just added is skipped.
    ///
    /// # Errors
    ///
    /// [`BreachFilterError::Unsorted`] when it is less than the one before it,
    /// [`BreachFilterError::Io`]. There is no file then.
    pub fn add(&mut self, sha1: [u8; 20]) -> Result<(), BreachFilterError> {
        self.added = self.added.saturating_add(1);
        let added = self.add_line(sha1, self.added);
        self.is_broken |= added.is_err();
        added
    }

    /// Adds the lines of a corpus: `SHA1:COUNT`, the hash in hexadecimal digits of either case, in
    /// the order of the hashes. A line without a count was seen once; empty lines are skipped.
    ///
    /// `prefix`: what the hash of each line begins with and the line does not: empty for a corpus in
    /// one file, the five digits of the name for one in a file for each prefix; those come in the
    /// order of their names. `min_count`: how often a password was seen at the least.
    ///
    /// # Errors
    ///
    /// [`BreachFilterError::Malformed`] and [`BreachFilterError::Unsorted`] with the number of the
    /// line, [`BreachFilterError::Io`]. There is no file then.
    pub fn add_lines(
        &mut self,
        prefix: &str,
        lines: impl BufRead,
        min_count: u64,
    ) -> Result<(), BreachFilterError> {
        let added = Entries::new(prefix, lines).try_for_each(|entry| {
            let entry = entry?;
            if entry.count >= min_count {
                self.add_line(entry.hash, entry.line)?;
            }
            Ok(())
        });
        self.is_broken |= added.is_err();
        added
    }

    /// How many different hashes are in the file so far.
    #[must_use]
    pub fn hashes(&self) -> u64 {
        let waiting = u64::try_from(self.keys.len()).unwrap_or(u64::MAX);
        self.out.hashes().saturating_add(waiting)
    }

    /// Ends the file, and gives back what it was written to. It is flushed; a file on a disk is safe
    /// after [`sync_all`](std::fs::File::sync_all).
    ///
    /// # Errors
    ///
    /// [`BreachFilterError::Io`]; [`BreachFilterError::Damaged`] when something could not be added.
    pub fn finish(mut self) -> Result<W, BreachFilterError> {
        if self.is_broken {
            return Err(BreachFilterError::Damaged);
        }
        self.end_shard()?;
        Ok(self.out.end()?)
    }

    fn add_line(&mut self, hash: [u8; 20], line: u64) -> Result<(), BreachFilterError> {
        if self.last.is_some_and(|last| last > hash) {
            return Err(BreachFilterError::Unsorted { line });
        }
        self.last = Some(hash);
        let key = format::key(&hash);
        // Two hashes with the same first 64 bits are one.
        if self.keys.last() == Some(&key) {
            return Ok(());
        }
        if self.keys.len() >= self.shard_hashes {
            self.end_shard()?;
        }
        self.keys.push(key);
        Ok(())
    }

    fn end_shard(&mut self) -> Result<(), BreachFilterError> {
        if !self.keys.is_empty() {
            self.out.shard(&Shard::of(&self.keys)?)?;
            self.keys.clear();
        }
        Ok(())
    }
}

impl<W> fmt::Debug for BreachFilterWriter<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BreachFilterWriter").finish_non_exhaustive()
    }
}
