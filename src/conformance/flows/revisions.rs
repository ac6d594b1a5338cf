//! Sentence 4: a write acts on the revision that it names.

use super::{
    super::{
        bench::{Bench, CALLERS},
        report::{Fault, Verdict, ensure, one_wins, same},
        sample::{at, key, record, revision},
    },
    MINUTE, Store, both_hold, holds_at, inserted, inserted_until, is_absent, soon,
};
use crate::{
    record::{Record, Stored},
    store::{Delete, Insert, Swap},
};

pub(super) async fn flow_04_only_the_named_revision_is_swapped(bench: Bench<Store>) -> Verdict {
    let two = bench.two().await?;
    let absent = two
        .one
        .swap(&key(1), revision(1), &record(2), soon())
        .await?;
    same(absent, Swap::Stale, "a swap of no record")?;
    is_absent(&*two.other, key(1)).await?;

    inserted(&*two.one, key(1), &record(1)).await?;
    inserted(&*two.one, key(2), &record(9)).await?;
    // That of the write itself, of another record, and no record's.
    for wrong in [2, 9, 0, u128::MAX] {
        for (client, store) in two.both() {
            let (next, later) = (record(2), at(60 * MINUTE));
            let answer = store.swap(&key(1), revision(wrong), &next, later).await?;
            same(answer, Swap::Stale, client)?;
        }
        both_hold(&two, key(1), &record(1)).await?;
    }
    let swapped = two
        .other
        .swap(&key(1), revision(1), &record(2), soon())
        .await?;
    same(swapped, Swap::Swapped, "a swap of the stored revision")?;
    for (client, store) in two.both() {
        let again = store.swap(&key(1), revision(1), &record(3), soon()).await?;
        same(again, Swap::Stale, client)?;
    }
    both_hold(&two, key(1), &record(2)).await?;
    both_hold(&two, key(2), &record(9)).await
}

pub(super) async fn flow_04_only_the_named_revision_is_deleted(bench: Bench<Store>) -> Verdict {
    let two = bench.two().await?;
    let absent = two.one.delete(&key(1), revision(1)).await?;
    same(absent, Delete::Stale, "a deletion of no record")?;
    inserted(&*two.one, key(1), &record(1)).await?;
    inserted(&*two.one, key(2), &record(9)).await?;
    for wrong in [2, 9, 0] {
        for (client, store) in two.both() {
            let answer = store.delete(&key(1), revision(wrong)).await?;
            same(answer, Delete::Stale, client)?;
        }
        both_hold(&two, key(1), &record(1)).await?;
    }
    let deleted = two.other.delete(&key(1), revision(1)).await?;
    same(
        deleted,
        Delete::Deleted,
        "a deletion of the stored revision",
    )?;
    for (client, store) in two.both() {
        is_absent(store, key(1)).await?;
        let again = store.delete(&key(1), revision(1)).await?;
        same(again, Delete::Stale, client)?;
    }
    both_hold(&two, key(2), &record(9)).await
}

/// There is no clock in these calls: a record that lies there is the one that they name.
pub(super) async fn flow_04_an_expired_record_is_swapped_and_deleted(
    bench: Bench<Store>,
) -> Verdict {
    let two = bench.two().await?;
    let past = at(-60 * MINUTE);
    inserted_until(&*two.one, key(1), &record(1), at(-90 * MINUTE), past).await?;
    is_absent(&*two.other, key(1)).await?;
    let swapped = two
        .other
        .swap(&key(1), revision(1), &record(2), soon())
        .await?;
    same(swapped, Swap::Swapped, "a swap of an expired record")?;
    both_hold(&two, key(1), &record(2)).await?;

    inserted_until(&*two.one, key(2), &record(1), at(-90 * MINUTE), past).await?;
    let deleted = two.other.delete(&key(2), revision(1)).await?;
    same(deleted, Delete::Deleted, "a deletion of an expired record")?;
    let gone = two.one.get(&key(2), at(-90 * MINUTE)).await?;
    ensure(
        gone.is_none(),
        "a deleted record is there by an earlier clock",
    )
}

pub(super) async fn flow_04_a_write_from_before_a_deletion_is_stale(
    bench: Bench<Store>,
) -> Verdict {
    let two = bench.two().await?;
    inserted(&*two.one, key(1), &record(1)).await?;
    let deleted = two.one.delete(&key(1), revision(1)).await?;
    same(deleted, Delete::Deleted, "a deletion")?;
    inserted(&*two.other, key(1), &record(2)).await?;
    // And before a replacement.
    inserted(&*two.one, key(2), &record(1)).await?;
    let later = at(20 * MINUTE);
    inserted_until(&*two.other, key(2), &record(2), soon(), later).await?;
    for place in [key(1), key(2)] {
        for (client, store) in two.both() {
            let swap = store.swap(&place, revision(1), &record(3), later).await?;
            same(swap, Swap::Stale, client)?;
            same(
                store.delete(&place, revision(1)).await?,
                Delete::Stale,
                client,
            )?;
        }
        both_hold(&two, place, &record(2)).await?;
    }
    Ok(())
}

pub(super) async fn flow_04_of_32_swaps_one_wins(bench: Bench<Store>) -> Verdict {
    let two = bench.two().await?;
    for round in 0..10 {
        inserted(&*two.one, key(round), &record(999)).await?;
        let answers = bench.race(&two, |store, number| async move {
            let next = record(number as u128);
            Ok(store
                .swap(&key(round), revision(999), &next, soon())
                .await?)
        });
        let answers = answers.await?;
        one_wins(&answers, &Swap::Swapped, &Swap::Stale)?;
        for (number, answer) in (0_u128..).zip(answers) {
            if answer == Swap::Swapped {
                both_hold(&two, key(round), &record(number)).await?;
            }
        }
    }
    Ok(())
}

pub(super) async fn flow_04_of_32_deletions_one_wins(bench: Bench<Store>) -> Verdict {
    let two = bench.two().await?;
    for round in 0..10 {
        inserted(&*two.one, key(round), &record(1)).await?;
        let answers = bench.race(&two, |store, _number| async move {
            Ok(store.delete(&key(round), revision(1)).await?)
        });
        one_wins(&answers.await?, &Delete::Deleted, &Delete::Stale)?;
        is_absent(&*two.one, key(round)).await?;
        is_absent(&*two.other, key(round)).await?;
    }
    Ok(())
}

/// Of an expired record: whoever wins, what is there is what was written last.
pub(super) async fn flow_04_of_swaps_deletions_and_replacements_one_wins(
    bench: Bench<Store>,
) -> Verdict {
    let two = bench.two().await?;
    for round in 0..10 {
        let later = at(20 * MINUTE);
        inserted(&*two.one, key(round), &record(999)).await?;
        let answers = bench.race(&two, |store, number| async move {
            let (place, next) = (key(round), record(number as u128));
            Ok(match number / 2 % 3 {
                0 => match store.swap(&place, revision(999), &next, later).await? {
                    Swap::Swapped => Some("swap"),
                    Swap::Stale => None,
                },
                1 => match store.delete(&place, revision(999)).await? {
                    Delete::Deleted => Some("delete"),
                    Delete::Stale => None,
                },
                _ => match store.insert(&place, &next, soon(), later).await? {
                    Insert::Inserted => Some("insert"),
                    Insert::Exists(_) => None,
                },
            })
        });
        let answers = answers.await?;
        let of = |what: &str| {
            let won = (0_u128..).zip(&answers);
            won.filter(|(_, answer)| **answer == Some(what))
                .map(|(number, _)| number)
                .collect::<Vec<_>>()
        };
        let (swaps, deletes, inserts) = (of("swap"), of("delete"), of("insert"));
        ensure(
            swaps.len().saturating_add(deletes.len()) <= 1,
            "two writes of one revision won",
        )?;
        let last = match (swaps.as_slice(), inserts.as_slice()) {
            ([swap], []) => *swap,
            ([], [insert]) => *insert,
            _ => {
                return Err(Fault::new(format!(
                    "{} swaps, {} deletions and {} insertions of one record won",
                    swaps.len(),
                    deletes.len(),
                    inserts.len()
                )));
            }
        };
        holds_at(&*two.one, key(round), &record(last), soon()).await?;
        holds_at(&*two.other, key(round), &record(last), soon()).await?;
    }
    Ok(())
}

/// Each of 32 callers adds its own to the record, getting and swapping until it is in.
pub(super) async fn flow_04_no_swap_is_lost(bench: Bench<Store>) -> Verdict {
    let two = bench.two().await?;
    let empty = Stored {
        revision: revision(u128::MAX),
        value: Record::from_bytes(Vec::new()),
    };
    inserted(&*two.one, key(1), &empty).await?;
    let answers = bench.race(&two, |store, number| async move {
        for attempt in 0..1000_u128 {
            let found = store.get(&key(1), at(0)).await?;
            let Some(found) = found else {
                return Err(Fault::new("the record is gone"));
            };
            let own = u8::try_from(number).unwrap_or(u8::MAX);
            let next = Stored {
                revision: revision(((number as u128) << 64) | attempt),
                value: Record::from_bytes([found.value.as_bytes(), &[own]].concat()),
            };
            let answer = store.swap(&key(1), found.revision, &next, soon()).await?;
            if answer == Swap::Swapped {
                return Ok(());
            }
        }
        Err(Fault::new(
            "a swap of what was just got was stale 1000 times",
        ))
    });
    let _ended = answers.await?;
    let all: Vec<u8> = (0..).take(CALLERS).collect();
    for (client, store) in two.both() {
        let found = store.get(&key(1), at(0)).await?;
        let mut callers = found.map_or_else(Vec::new, |found| found.value.as_bytes().to_vec());
        callers.sort_unstable();
        ensure(
            callers == all,
            "an acknowledged swap is not in the record: a later one was made of an older record",
        )
        .map_err(|fault| fault.during(client))?;
    }
    Ok(())
}
