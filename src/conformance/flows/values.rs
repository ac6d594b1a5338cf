//! Sentence 7: what was stored comes back, under its key and no other.

use super::{
    super::{
        bench::Bench,
        report::{Verdict, same},
        sample::{instant, key, record, revision},
    },
    Store, both_hold, inserted, inserted_until, is_absent, soon,
};
use crate::{
    record::{Key, MAX_RECORD_BYTES, Record, Stored},
    store::{Delete, Swap},
};

pub(super) async fn flow_07_any_record_comes_back(bench: Bench<Store>) -> Verdict {
    let two = bench.two().await?;
    let every_byte: Vec<u8> = (0..=u8::MAX).collect();
    let values = [
        Vec::new(),
        vec![0],
        vec![0; 1000],
        every_byte.clone(),
        every_byte.iter().rev().copied().collect(),
        every_byte.repeat(MAX_RECORD_BYTES / 256),
        vec![0xff; MAX_RECORD_BYTES],
        vec![b'\''; 4097],
        b"\\x00\\N\t\n\r\x1a%s'\"--".to_vec(),
        "\u{feff}é e\u{301} 漢".as_bytes().to_vec(),
        b"null".to_vec(),
    ];
    for (number, value) in (0_u8..).zip(values) {
        let place = key(number);
        let with = |revision_number: u128, value: &[u8]| Stored {
            revision: revision(revision_number),
            value: Record::from_bytes(value.to_vec()),
        };
        let first = with(1, &value);
        inserted(&*two.one, place, &first).await?;
        both_hold(&two, place, &first).await?;
        // To nothing, and back.
        for (was, next) in [(1, with(2, &[])), (2, with(3, &value))] {
            let swapped = two.other.swap(&place, revision(was), &next, soon()).await?;
            same(swapped, Swap::Swapped, "a swap")?;
            both_hold(&two, place, &next).await?;
        }
    }
    // However far away its end is.
    let end = instant(i64::MAX);
    inserted_until(&*two.one, key(99), &record(1), instant(i64::MIN), end).await?;
    both_hold(&two, key(99), &record(1)).await
}

pub(super) async fn flow_07_any_revision_comes_back(bench: Bench<Store>) -> Verdict {
    let two = bench.two().await?;
    let numbers = [
        0,
        u128::MAX,
        1,
        1 << 127,
        0x00ff_00ff_00ff_00ff_00ff_00ff_00ff_00ff,
        u128::from(u64::MAX),
        u128::from(u64::MAX) << 64,
        0x2720_2d2d_5c5c_2500_0a0d_0900_8000_ff27,
    ];
    inserted(&*two.one, key(1), &record(7)).await?;
    let mut was = 7;
    for number in numbers {
        let swapped = two
            .one
            .swap(&key(1), revision(was), &record(number), soon())
            .await?;
        same(swapped, Swap::Swapped, "a swap of the stored revision")?;
        both_hold(&two, key(1), &record(number)).await?;
        was = number;
    }
    let deleted = two.other.delete(&key(1), revision(was)).await?;
    same(
        deleted,
        Delete::Deleted,
        "a deletion of the stored revision",
    )
}

pub(super) async fn flow_07_keys_are_compared_byte_by_byte(bench: Bench<Store>) -> Verdict {
    let two = bench.two().await?;
    // Of all zeros and all ones; then those that differ in one bit, and in the case of a letter.
    let mut keys = vec![[0; 32], [0xff; 32], [b'a'; 32], [b'A'; 32], [b' '; 32]];
    for at in [0, 15, 16, 31] {
        for bits in [1, 0x80] {
            let mut key = [0; 32];
            if let Some(byte) = key.get_mut(at) {
                *byte = bits;
            }
            keys.push(key);
        }
    }
    let keys: Vec<Key> = keys.into_iter().map(Key::from_bytes).collect();
    for (number, key) in (1_u128..).zip(&keys) {
        is_absent(&*two.other, *key).await?;
        inserted(&*two.one, *key, &record(number)).await?;
    }
    for (number, key) in (1_u128..).zip(&keys) {
        both_hold(&two, *key, &record(number)).await?;
    }
    // What is done to one is not done to the others, also under one revision.
    let last = revision(1000);
    for (number, key) in (1_u128..).zip(&keys) {
        let next = Stored {
            revision: last,
            value: record(number).value,
        };
        let swapped = two.one.swap(key, revision(number), &next, soon()).await?;
        same(swapped, Swap::Swapped, "a swap")?;
    }
    for (number, key) in (0..).zip(&keys) {
        let deleted = two.other.delete(key, last).await?;
        same(deleted, Delete::Deleted, "a deletion")?;
        for (other, key) in (0..).zip(&keys) {
            if other > number {
                let found = two.one.get(key, super::at(0)).await?;
                same(found.is_some(), true, "a record beside a deleted one")?;
            } else {
                is_absent(&*two.one, *key).await?;
            }
        }
    }
    Ok(())
}
