//! Many small shards, and heads that only somebody hostile writes.
#![expect(clippy::arithmetic_side_effects, reason = "a test fails by panicking")]

use sha1::{Digest, Sha1};
use sha2::Sha256;

use super::{BreachFilter, BreachFilterError, BreachFilterWriter};

/// The texts of these numbers, in the order of their hashes, in shards of so many.
fn file(numbers: std::ops::Range<u32>, shard_hashes: usize) -> Vec<u8> {
    let mut hashes: Vec<[u8; 20]> = numbers
        .map(|number| Sha1::digest(number.to_string()).into())
        .collect();
    hashes.sort_unstable();
    let mut writer = BreachFilterWriter::with_shards_of(shard_hashes, Vec::new()).unwrap();
    for hash in &hashes {
        writer.add(*hash).unwrap();
        // Twice is once, also where a shard ends.
        writer.add(*hash).unwrap();
    }
    assert_eq!(writer.hashes(), u64::try_from(hashes.len()).unwrap());
    writer.finish().unwrap()
}

#[test]
fn a08_every_member_is_found_whatever_the_size_of_the_shards() {
    // Those of a few hashes take the odd ways through the crate.
    for (members, shard_hashes) in (1..40).map(|n| (n, 64)).chain([
        (1000, 1),
        (1000, 2),
        (1000, 7),
        (5000, 1024),
        (5000, 5000),
    ]) {
        let filter = BreachFilter::from_reader(file(0..members, shard_hashes).as_slice()).unwrap();
        assert_eq!(filter.hashes(), u64::from(members));
        let shards = usize::try_from(members).unwrap().div_ceil(shard_hashes);
        assert_eq!(filter.shards.len(), shards);
        for number in 0..members {
            assert!(filter.lists(&number.to_string()), "{number} of {members}");
        }
    }
}

/// A head with a sum of its own, as whoever writes the file can make one.
fn hostile(segment_length: u32, segment_count_length: u32, prints: usize) -> Vec<u8> {
    let mut file = b"bkstopBF\x01\x00\x01".to_vec();
    file.extend(0_u64.to_le_bytes());
    file.extend(1_u32.to_le_bytes());
    file.extend(7_u64.to_le_bytes());
    file.extend(segment_length.to_le_bytes());
    file.extend(segment_count_length.to_le_bytes());
    file.extend(vec![0; prints * 2]);
    let first = sum(&[0; 32], &file);
    file.extend(first);
    let mut end = vec![0];
    end.extend(1_u32.to_le_bytes());
    end.extend(1_u64.to_le_bytes());
    file.extend(&end);
    file.extend(sum(&first, &end));
    file
}

fn sum(before: &[u8], bytes: &[u8]) -> [u8; 32] {
    Sha256::new()
        .chain_update(before)
        .chain_update(bytes)
        .finalize()
        .into()
}

#[test]
fn a08_a_hostile_head_is_refused_and_takes_no_memory() {
    // The form itself is right.
    let filter = BreachFilter::from_reader(hostile(4, 8, 16).as_slice()).unwrap();
    for number in 0..10_000 {
        let _looked_up = filter.lists(&number.to_string());
    }
    let damaged = [
        hostile(0, 8, 8),             // no segment
        hostile(4, 0, 8),             // no place
        hostile(3, 9, 15),            // masks that let through more than a segment
        hostile(8, 12, 28),           // half a segment
        hostile(u32::MAX, 1, 0),      // more than the numbers hold
        hostile(1 << 31, 1 << 31, 0), // the same
        hostile(1 << 18, 1 << 31, 0), // 4 GiB
        hostile(1 << 22, 1 << 22, 0), // 24 MiB
    ];
    for (case, file) in damaged.iter().enumerate() {
        let refused = BreachFilter::from_reader(file.as_slice());
        assert!(
            matches!(refused, Err(BreachFilterError::Damaged)),
            "{case}: {refused:?}"
        );
    }
    let refused = BreachFilter::from_reader(hostile(4, 1 << 20, 16).as_slice());
    assert!(
        matches!(
            refused,
            Err(BreachFilterError::Truncated | BreachFilterError::Damaged)
        ),
        "{refused:?}"
    );
}

/// A shard that is lost, moved or from another file is seen.
#[test]
fn a08_shards_stay_together() {
    let (one, other) = (file(0..30, 10), file(100..130, 10));
    let block = (one.len() - 10 - 45) / 3;
    let shard = |file: &[u8], n: usize| file[10 + n * block..][..block].to_vec();
    let with =
        |shards: [Vec<u8>; 3]| [&one[..10], &shards.concat(), &one[one.len() - 45..]].concat();
    let whole = with([shard(&one, 0), shard(&one, 1), shard(&one, 2)]);
    assert!(whole == one && BreachFilter::from_reader(whole.as_slice()).is_ok());
    for wrong in [
        with([shard(&one, 0), shard(&one, 2), vec![]]),
        with([shard(&one, 1), shard(&one, 0), shard(&one, 2)]),
        with([shard(&one, 0), shard(&other, 1), shard(&one, 2)]),
    ] {
        let refused = BreachFilter::from_reader(wrong.as_slice());
        assert!(
            matches!(refused, Err(BreachFilterError::Damaged)),
            "{refused:?}"
        );
    }
}
