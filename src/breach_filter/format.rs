//! The file: a head, shards in the order of their hashes, an end.
//!
//! ```text
//! head    "bkstopBF"  format u16
//! shard   1 u8  first u64  hashes u32  seed u64  segment u32  segments u32
//!         fingerprints u16 × segment × (segments + 2)   sum [u8; 32]
//! end     0 u8  shards u32  hashes u64                  sum [u8; 32]
//! ```
//!
//! All numbers are little-endian. A sum is the SHA-256 of the sum before it (of zeros, at first) and
//! of all that stands between: a shard that is lost, moved or from another file is seen.

use std::io::{self, Read, Write};

use sha2::{Digest, Sha256};
use xorf::{BinaryFuse16, Descriptor, Filter};

use super::BreachFilterError;

const MAGIC: [u8; 8] = *b"bkstopBF";
const FORMAT: u16 = 1;
const SHARD: u8 = 1;
const END: u8 = 0;

/// The most fingerprints of a shard: more than a full one has, 8 MiB.
const MAX_FINGERPRINTS: usize = 1 << 22;

/// Bytes that are read or written at a time.
const CHUNK: usize = 1 << 16;

/// What stands for a hash: its first 64 bits, so that keys have the order of the hashes.
pub(super) fn key(hash: &[u8; 20]) -> u64 {
    let [a, b, c, d, e, f, g, h, ..] = *hash;
    u64::from_be_bytes([a, b, c, d, e, f, g, h])
}

/// The filter of a range of keys.
pub(super) struct Shard {
    pub(super) first: u64,
    hashes: u32,
    filter: BinaryFuse16,
}

impl Shard {
    /// `keys`: at least one, in order, each once.
    pub(super) fn of(keys: &[u64]) -> Result<Self, BreachFilterError> {
        let unbuildable = |_| BreachFilterError::Unbuildable;
        let filter = BinaryFuse16::try_from(keys).map_err(unbuildable)?;
        let hashes = u32::try_from(keys.len()).map_err(|_| BreachFilterError::Unbuildable)?;
        let first = *keys.first().ok_or(BreachFilterError::Unbuildable)?;
        let shard = Self {
            first,
            hashes,
            filter,
        };
        // A listed password that is not found is what must not be: it is not left to the crate.
        if !shard.is_sound() || !keys.iter().all(|key| shard.contains(*key)) {
            return Err(BreachFilterError::Unbuildable);
        }
        Ok(shard)
    }

    pub(super) fn contains(&self, key: u64) -> bool {
        self.filter.contains(&key)
    }

    pub(super) fn memory(&self) -> usize {
        let fingerprints = size_of_val::<[u16]>(&self.filter.fingerprints);
        fingerprints.saturating_add(size_of::<Self>())
    }

    /// Whether every key has its three places inside the fingerprints: a key falls into one of
    /// `segment_count_length` places and moves on by a segment twice, inside of each by what the
    /// mask lets through.
    fn is_sound(&self) -> bool {
        let Descriptor {
            segment_length,
            segment_length_mask,
            segment_count_length,
            ..
        } = self.filter.descriptor;
        segment_length.is_power_of_two()
            && segment_length.checked_sub(1) == Some(segment_length_mask)
            && segment_count_length > 0
            && segment_count_length.is_multiple_of(segment_length)
            && fingerprints(segment_length, segment_count_length)
                == Some(self.filter.fingerprints.len())
    }

    fn write(&self, out: &mut Summed<impl Write>) -> io::Result<()> {
        let descriptor = &self.filter.descriptor;
        out.write(&[SHARD])?;
        out.write(&self.first.to_le_bytes())?;
        out.write(&self.hashes.to_le_bytes())?;
        out.write(&descriptor.seed.to_le_bytes())?;
        out.write(&descriptor.segment_length.to_le_bytes())?;
        out.write(&descriptor.segment_count_length.to_le_bytes())?;
        for some in self.filter.fingerprints.chunks(CHUNK / 2) {
            let bytes: Vec<u8> = some.iter().flat_map(|print| print.to_le_bytes()).collect();
            out.write(&bytes)?;
        }
        out.write_sum()
    }

    /// What comes after the first byte.
    fn read(from: &mut Summed<impl Read>) -> Result<Self, BreachFilterError> {
        let first = u64::from_le_bytes(from.read()?);
        let hashes = u32::from_le_bytes(from.read()?);
        let seed = u64::from_le_bytes(from.read()?);
        let segment_length = u32::from_le_bytes(from.read()?);
        let segment_count_length = u32::from_le_bytes(from.read()?);
        let len = fingerprints(segment_length, segment_count_length)
            .filter(|len| *len <= MAX_FINGERPRINTS)
            .ok_or(BreachFilterError::Damaged)?;
        let mut prints = Vec::with_capacity(len);
        let mut chunk = vec![0; CHUNK.min(len.saturating_mul(2))];
        while prints.len() < len {
            let missing = len.saturating_sub(prints.len()).saturating_mul(2);
            let some = chunk.get_mut(..missing.min(CHUNK)).unwrap_or_default();
            from.read_into(some)?;
            let (pairs, _rest) = some.as_chunks::<2>();
            prints.extend(pairs.iter().map(|pair| u16::from_le_bytes(*pair)));
        }
        from.check_sum()?;
        let shard = Self {
            first,
            hashes,
            filter: BinaryFuse16 {
                descriptor: Descriptor {
                    seed,
                    segment_length,
                    segment_length_mask: segment_length.wrapping_sub(1),
                    segment_count_length,
                },
                fingerprints: prints.into(),
            },
        };
        if !shard.is_sound() {
            return Err(BreachFilterError::Damaged);
        }
        Ok(shard)
    }
}

/// How many fingerprints there are with such segments.
fn fingerprints(segment_length: u32, segment_count_length: u32) -> Option<usize> {
    let two = segment_length.checked_mul(2)?;
    usize::try_from(segment_count_length.checked_add(two)?).ok()
}

/// Writes shard after shard.
pub(super) struct Writer<W> {
    out: Summed<W>,
    shards: u32,
    hashes: u64,
}

impl<W: Write> Writer<W> {
    pub(super) fn begin(out: W) -> io::Result<Self> {
        let mut out = Summed::new(out);
        out.write(&MAGIC)?;
        out.write(&FORMAT.to_le_bytes())?;
        Ok(Self {
            out,
            shards: 0,
            hashes: 0,
        })
    }

    pub(super) fn shard(&mut self, shard: &Shard) -> io::Result<()> {
        shard.write(&mut self.out)?;
        self.shards = self.shards.saturating_add(1);
        self.hashes = self.hashes.saturating_add(u64::from(shard.hashes));
        Ok(())
    }

    pub(super) const fn hashes(&self) -> u64 {
        self.hashes
    }

    pub(super) fn end(mut self) -> io::Result<W> {
        self.out.write(&[END])?;
        self.out.write(&self.shards.to_le_bytes())?;
        self.out.write(&self.hashes.to_le_bytes())?;
        self.out.write_sum()?;
        self.out.inner.flush()?;
        Ok(self.out.inner)
    }
}

/// Reads shard after shard.
pub(super) struct Reader<R> {
    from: Summed<R>,
    shards: u32,
    hashes: u64,
    last: Option<u64>,
}

impl<R: Read> Reader<R> {
    pub(super) fn begin(from: R) -> Result<Self, BreachFilterError> {
        let mut from = Summed::new(from);
        match from.read() {
            Ok(MAGIC) => {}
            Ok(_) | Err(BreachFilterError::Truncated) => {
                return Err(BreachFilterError::NotAFilter);
            }
            Err(other) => return Err(other),
        }
        match u16::from_le_bytes(from.read()?) {
            FORMAT => {}
            format if format > FORMAT => return Err(BreachFilterError::Newer { format }),
            _older => return Err(BreachFilterError::Damaged),
        }
        Ok(Self {
            from,
            shards: 0,
            hashes: 0,
            last: None,
        })
    }

    /// The next shard; none after the last, and then the file has ended as it should.
    pub(super) fn shard(&mut self) -> Result<Option<Shard>, BreachFilterError> {
        match self.from.read()? {
            [SHARD] => {}
            [END] => return self.end().map(|()| None),
            _other => return Err(BreachFilterError::Damaged),
        }
        let shard = Shard::read(&mut self.from)?;
        if self.last.is_some_and(|last| last >= shard.first) {
            return Err(BreachFilterError::Damaged);
        }
        self.last = Some(shard.first);
        self.shards = self.shards.saturating_add(1);
        self.hashes = self.hashes.saturating_add(u64::from(shard.hashes));
        Ok(Some(shard))
    }

    pub(super) const fn hashes(&self) -> u64 {
        self.hashes
    }

    fn end(&mut self) -> Result<(), BreachFilterError> {
        let shards = u32::from_le_bytes(self.from.read()?);
        let hashes = u64::from_le_bytes(self.from.read()?);
        self.from.check_sum()?;
        let more = io::copy(&mut self.from.inner.by_ref().take(1), &mut io::sink())?;
        if (shards, hashes) != (self.shards, self.hashes) || more > 0 {
            return Err(BreachFilterError::Damaged);
        }
        Ok(())
    }
}

/// A stream, and the sum of what went through it since the last sum.
struct Summed<S> {
    inner: S,
    sum: Sha256,
}

impl<S> Summed<S> {
    fn new(inner: S) -> Self {
        Self {
            inner,
            sum: Sha256::new_with_prefix([0; 32]),
        }
    }

    /// The sum; the next one begins with it.
    fn turn(&mut self) -> [u8; 32] {
        let sum = self.sum.finalize_reset().into();
        self.sum.update(sum);
        sum
    }
}

impl<W: Write> Summed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.sum.update(bytes);
        self.inner.write_all(bytes)
    }

    fn write_sum(&mut self) -> io::Result<()> {
        let sum = self.turn();
        self.inner.write_all(&sum)
    }
}

impl<R: Read> Summed<R> {
    fn read<const N: usize>(&mut self) -> Result<[u8; N], BreachFilterError> {
        let mut bytes = [0; N];
        self.read_into(&mut bytes)?;
        Ok(bytes)
    }

    fn read_into(&mut self, bytes: &mut [u8]) -> Result<(), BreachFilterError> {
        exactly(&mut self.inner, bytes)?;
        self.sum.update(bytes);
        Ok(())
    }

    fn check_sum(&mut self) -> Result<(), BreachFilterError> {
        let sum = self.turn();
        let mut written = [0; 32];
        exactly(&mut self.inner, &mut written)?;
        if sum == written {
            Ok(())
        } else {
            Err(BreachFilterError::Damaged)
        }
    }
}

fn exactly(from: &mut impl Read, bytes: &mut [u8]) -> Result<(), BreachFilterError> {
    from.read_exact(bytes).map_err(|error| match error.kind() {
        io::ErrorKind::UnexpectedEof => BreachFilterError::Truncated,
        _ => BreachFilterError::Io(error),
    })
}
