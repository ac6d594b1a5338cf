//! Sentence 6: what a purge takes, and how it counts.

use super::{
    super::{
        bench::Bench,
        report::{Fault, Verdict, ensure, same},
        sample::{at, key, record, revision},
    },
    MINUTE, Store, holds, holds_at, inserted, inserted_until, is_absent, is_absent_at, soon,
};
use crate::store::{Insert, Swap};

pub(super) async fn flow_06_purge_deletes_expired_records_up_to_its_limit(
    bench: Bench<Store>,
) -> Verdict {
    let two = bench.two().await?;
    for number in 0..10 {
        inserted(&*two.one, key(number), &record(number.into())).await?;
    }
    let live = at(11 * MINUTE);
    inserted_until(&*two.one, key(10), &record(10), at(0), live).await?;
    let last = at(10 * MINUTE - 1);
    same(two.one.purge(last, 100).await?, 0, "a purge before the end")?;
    same(two.one.purge(soon(), 0).await?, 0, "a purge of at most 0")?;
    same(two.one.purge(soon(), 4).await?, 4, "a purge of at most 4")?;
    let mut left = 0_usize;
    for number in 0..10 {
        let found = two.other.get(&key(number), at(0)).await?;
        left = left.saturating_add(usize::from(found.is_some()));
    }
    same(left, 6, "records behind a purge of 4 out of 10")?;
    same(two.other.purge(soon(), usize::MAX).await?, 6, "a purge")?;
    same(two.one.purge(soon(), 100).await?, 0, "a purge of nothing")?;
    for number in 0..10 {
        is_absent(&*two.one, key(number)).await?;
    }
    holds(&*two.other, key(10), &record(10)).await?;
    same(two.one.purge(live, 1).await?, 1, "a purge")?;
    is_absent(&*two.other, key(10)).await
}

pub(super) async fn flow_06_purge_spares_what_was_extended_or_replaced(
    bench: Bench<Store>,
) -> Verdict {
    let two = bench.two().await?;
    let later = at(20 * MINUTE);
    for number in 0..3 {
        inserted(&*two.one, key(number), &record(1)).await?;
    }
    // Extended before its end, extended behind it, replaced.
    let swap = two
        .other
        .swap(&key(0), revision(1), &record(2), later)
        .await?;
    same(swap, Swap::Swapped, "a swap")?;
    is_absent_at(&*two.one, key(1), soon()).await?;
    let swap = two
        .other
        .swap(&key(1), revision(1), &record(2), later)
        .await?;
    same(swap, Swap::Swapped, "a swap")?;
    inserted_until(&*two.other, key(2), &record(2), soon(), later).await?;
    same(
        two.one.purge(soon(), 100).await?,
        0,
        "a purge of live records",
    )?;
    for number in 0..3 {
        holds_at(&*two.one, key(number), &record(2), soon()).await?;
    }
    // One that was shortened goes.
    let swap = two
        .one
        .swap(&key(0), revision(2), &record(3), soon())
        .await?;
    same(swap, Swap::Swapped, "a swap")?;
    same(two.other.purge(soon(), 100).await?, 1, "a purge")?;
    same(two.other.purge(later, 100).await?, 2, "a purge")
}

/// Together they may take more than there are.
pub(super) async fn flow_06_purges_at_once_count_each_record_once(bench: Bench<Store>) -> Verdict {
    const RECORDS: u8 = 64;
    let two = bench.two().await?;
    for round in 0..3_u8 {
        for number in 0..RECORDS {
            inserted(&*two.one, key(number), &record(1)).await?;
        }
        let live = at(11 * MINUTE);
        inserted_until(&*two.one, key(200), &record(round.into()), at(0), live).await?;
        let answers = bench.race(&two, |store, _number| async move {
            let deleted = store.purge(soon(), 5).await?;
            ensure(deleted <= 5, "a purge deleted more than its limit")?;
            Ok(deleted)
        });
        let counted: usize = answers.await?.into_iter().sum();
        let mut left = 0_usize;
        for number in 0..RECORDS {
            let found = two.other.get(&key(number), at(0)).await?;
            left = left.saturating_add(usize::from(found.is_some()));
        }
        let gone = usize::from(RECORDS).saturating_sub(left);
        same(
            counted,
            gone,
            "what 32 purges at once counted, and what is gone",
        )?;
        holds(&*two.other, key(200), &record(round.into())).await?;
        same(
            two.one.purge(live, 200).await?,
            left.saturating_add(1),
            "a purge",
        )?;
    }
    Ok(())
}

/// Records whose end is moved while others sweep: what was acknowledged to live on does.
pub(super) async fn flow_06_a_purge_beside_swaps_deletes_no_live_record(
    bench: Bench<Store>,
) -> Verdict {
    let two = bench.two().await?;
    let later = at(20 * MINUTE);
    for _round in 0..4_u8 {
        for number in 0..32 {
            inserted(&*two.one, key(number), &record(1)).await?;
        }
        let answers = bench.race(&two, |store, number| async move {
            let place = key(u8::try_from(number).unwrap_or(u8::MAX));
            Ok(match number / 2 % 4 {
                0 => {
                    let _deleted = store.purge(soon(), 100).await?;
                    false
                }
                1 => {
                    let inserted = store.insert(&place, &record(2), soon(), later).await?;
                    if let Insert::Exists(_) = inserted {
                        return Err(Fault::new("an expired record was not replaced"));
                    }
                    true
                }
                _ => {
                    let swap = store.swap(&place, revision(1), &record(2), later).await?;
                    swap == Swap::Swapped
                }
            })
        });
        for (number, lives) in (0..).zip(answers.await?) {
            if lives {
                let held = holds_at(&*two.other, key(number), &record(2), soon()).await;
                held.map_err(|fault| fault.during("a purge took a record that lived on"))?;
            }
        }
        let _all = two.one.purge(later, 1000).await?;
        for number in 0..32 {
            is_absent(&*two.other, key(number)).await?;
        }
    }
    Ok(())
}
