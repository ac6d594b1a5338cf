//! Sentence 3: when a record is over, by the clock of whoever asks.

use super::{
    super::{
        bench::Bench,
        report::{Fault, Verdict, same},
        sample::{at, instant, key, record, revision},
    },
    MINUTE, Store, holds_at, inserted, inserted_until, is, is_absent_at, soon,
};
use crate::store::{Delete, Insert, Swap};

pub(super) async fn flow_03_the_end_is_exclusive_to_the_millisecond(
    bench: Bench<Store>,
) -> Verdict {
    let two = bench.two().await?;
    // Around 1970, on no whole second, behind the end of 32-bit seconds.
    let ends = [
        -1001_i64,
        -1,
        0,
        1,
        999,
        1_767_225_600_123,
        4_102_444_800_001,
    ];
    for (number, end) in (0..).zip(ends) {
        let (key, one) = (key(number), record(1));
        let from_end = |millis: i64| instant(end.saturating_add(millis));
        inserted_until(&*two.one, key, &one, from_end(-1000), from_end(0)).await?;
        for (client, store) in two.both() {
            let last = holds_at(store, key, &one, from_end(-1)).await;
            last.map_err(|fault| fault.during(&format!("{client}, a millisecond before the end")))?;
            for late in [0, 1, MINUTE] {
                let gone = is_absent_at(store, key, from_end(late)).await;
                gone.map_err(|fault| fault.during(&format!("{client}, at its end")))?;
            }
            // Nothing was done by having looked: it is there for whoever asks earlier.
            holds_at(store, key, &one, from_end(-MINUTE)).await?;
        }
    }
    Ok(())
}

pub(super) async fn flow_03_the_clock_is_the_librarys_in_1971(bench: Bench<Store>) -> Verdict {
    a_life_from(bench, 31_536_000_000).await
}

pub(super) async fn flow_03_the_clock_is_the_librarys_in_2190(bench: Bench<Store>) -> Verdict {
    a_life_from(bench, 6_942_672_000_000).await
}

/// Whatever a record lives through, in a year that is not that of the store's clock.
async fn a_life_from(bench: Bench<Store>, start: i64) -> Verdict {
    let two = bench.two().await?;
    let minute = |number: i64| instant(start.saturating_add(number.saturating_mul(MINUTE)));
    let was = |number: u128| revision(number);
    inserted_until(&*two.one, key(1), &record(1), minute(0), minute(10)).await?;
    holds_at(&*two.other, key(1), &record(1), minute(9)).await?;
    let exists = two
        .other
        .insert(&key(1), &record(2), minute(9), minute(20))
        .await?;
    match exists {
        Insert::Exists(found) => is(Some(found), &record(1))?,
        Insert::Inserted => return Err(Fault::new("a live record was overwritten")),
    }
    same(
        two.other.purge(minute(9), 100).await?,
        0,
        "a purge before the end",
    )?;
    let swapped = two
        .other
        .swap(&key(1), was(1), &record(3), minute(30))
        .await?;
    same(swapped, Swap::Swapped, "a swap")?;
    holds_at(&*two.one, key(1), &record(3), minute(29)).await?;
    is_absent_at(&*two.one, key(1), minute(30)).await?;
    inserted_until(&*two.one, key(1), &record(4), minute(30), minute(40)).await?;
    holds_at(&*two.other, key(1), &record(4), minute(39)).await?;
    let deleted = two.other.delete(&key(1), was(4)).await?;
    same(deleted, Delete::Deleted, "a deletion")?;
    is_absent_at(&*two.one, key(1), minute(39)).await?;
    inserted_until(&*two.one, key(2), &record(5), minute(40), minute(50)).await?;
    same(
        two.other.purge(minute(49), 100).await?,
        0,
        "a purge before the end",
    )?;
    same(
        two.other.purge(minute(50), 100).await?,
        1,
        "a purge at the end",
    )?;
    is_absent_at(&*two.one, key(2), minute(40)).await
}

/// The other machine is ten minutes ahead: what it sees as expired it may replace, and everybody
/// else goes on with what it wrote.
pub(super) async fn flow_03_a_client_whose_clock_is_ahead_sees_the_end_first(
    bench: Bench<Store>,
) -> Verdict {
    let two = bench.two().await?;
    let ahead = |millis: i64| at(millis.saturating_add(10 * MINUTE));
    inserted(&*two.one, key(1), &record(1)).await?;
    holds_at(&*two.one, key(1), &record(1), at(MINUTE)).await?;
    is_absent_at(&*two.other, key(1), ahead(MINUTE)).await?;
    // Looking has taken nothing away from the one whose clock is right.
    holds_at(&*two.one, key(1), &record(1), at(MINUTE)).await?;

    inserted_until(
        &*two.other,
        key(1),
        &record(2),
        ahead(MINUTE),
        ahead(11 * MINUTE),
    )
    .await?;
    holds_at(&*two.one, key(1), &record(2), at(2 * MINUTE)).await?;
    let stale = two
        .one
        .swap(&key(1), revision(1), &record(3), soon())
        .await?;
    same(stale, Swap::Stale, "a swap of what was replaced")?;
    // By the smaller clock the new record lives all the longer.
    let exists = two
        .one
        .insert(&key(1), &record(4), at(2 * MINUTE), at(12 * MINUTE))
        .await?;
    match exists {
        Insert::Exists(found) => is(Some(found), &record(2))?,
        Insert::Inserted => return Err(Fault::new("a live record was overwritten")),
    }
    holds_at(&*two.one, key(1), &record(2), at(20 * MINUTE)).await?;

    // It counts as absent for the one that is ahead, and lies there for the other.
    let swapped = two
        .one
        .swap(&key(1), revision(2), &record(5), at(13 * MINUTE))
        .await?;
    same(swapped, Swap::Swapped, "a swap")?;
    is_absent_at(&*two.other, key(1), ahead(3 * MINUTE)).await?;
    holds_at(&*two.one, key(1), &record(5), at(3 * MINUTE)).await?;
    same(
        two.one.purge(at(3 * MINUTE), 9).await?,
        0,
        "a purge by the smaller clock",
    )?;
    same(
        two.other.purge(ahead(3 * MINUTE), 9).await?,
        1,
        "a purge by the clock ahead",
    )?;
    is_absent_at(&*two.one, key(1), at(3 * MINUTE)).await
}

pub(super) async fn flow_03_a_swap_moves_the_end(bench: Bench<Store>) -> Verdict {
    let two = bench.two().await?;
    inserted(&*two.one, key(1), &record(0)).await?;
    // Later, earlier, and where it was.
    let ends = [30, 5, 5, 6, 60].map(|end: i64| end.saturating_mul(MINUTE));
    for ((was, number), end) in (0..).zip(1_u128..).zip(ends) {
        let store = two.of(usize::from(number % 2 == 0));
        let was = revision(was);
        let swapped = store.swap(&key(1), was, &record(number), at(end)).await?;
        same(swapped, Swap::Swapped, "a swap")?;
        for (_client, store) in two.both() {
            holds_at(store, key(1), &record(number), at(end.saturating_sub(1))).await?;
            is_absent_at(store, key(1), at(end)).await?;
        }
    }
    Ok(())
}

pub(super) async fn flow_03_a_record_that_came_too_late_is_not_there(
    bench: Bench<Store>,
) -> Verdict {
    let two = bench.two().await?;
    inserted_until(&*two.one, key(1), &record(1), at(0), at(0)).await?;
    is_absent_at(&*two.other, key(1), at(0)).await?;
    inserted_until(&*two.one, key(1), &record(2), at(0), at(-MINUTE)).await?;
    is_absent_at(&*two.other, key(1), at(0)).await?;
    inserted_until(&*two.other, key(1), &record(3), at(0), soon()).await?;
    holds_at(&*two.one, key(1), &record(3), at(0)).await?;
    let swapped = two
        .one
        .swap(&key(1), revision(3), &record(4), at(-MINUTE))
        .await?;
    same(swapped, Swap::Swapped, "a swap")?;
    is_absent_at(&*two.other, key(1), at(0)).await
}
