//! Sentence 8: the whole write or none of it.
//!
//! A write that nobody waits for may still happen later. So each round looks at it through a write
//! of its own, after which nothing may move, and has a record of its own.

use super::{
    super::{
        bench::{Bench, CALLERS, Two},
        report::{Fault, Verdict, ensure, same},
        sample::{at, key, record, revision},
        task::{Between, Lost, abandon, yield_now},
    },
    MINUTE, Store, both_hold, holds_at, inserted, is_absent_at, soon,
};
use crate::store::{Delete, Insert, Swap};

/// More than the steps of any call; after so many turns one is either done or far into its work.
const POLLS: u8 = 24;

pub(super) async fn flow_08_a_dropped_swap_is_whole_or_none(bench: Bench<Store>) -> Verdict {
    let two = bench.two().await?;
    let (later, last) = (at(20 * MINUTE), at(30 * MINUTE));
    for (between, place, polls) in rounds() {
        inserted(&*two.one, place, &record(1)).await?;
        let swap = record(2);
        let call = two.one.swap(&place, revision(1), &swap, later);
        let _dropped = abandon(call, polls, between).await;
        // The bytes, the revision and the end of one write.
        let (stored, end) = match two.one.swap(&place, revision(1), &record(3), last).await? {
            Swap::Swapped => (3, last),
            Swap::Stale => (2, later),
        };
        for (_client, store) in two.both() {
            holds_at(store, place, &record(stored), at(0)).await?;
            is_absent_at(store, place, end).await?;
        }
    }
    works(&two).await
}

pub(super) async fn flow_08_a_dropped_insertion_or_deletion_is_whole_or_none(
    bench: Bench<Store>,
) -> Verdict {
    let two = bench.two().await?;
    for (between, place, polls) in rounds() {
        let first = record(1);
        let call = two.one.insert(&place, &first, at(0), soon());
        let _dropped = abandon(call, polls, between).await;
        let there = match two.one.insert(&place, &record(2), at(0), soon()).await? {
            Insert::Inserted => 2,
            Insert::Exists(found) => {
                super::is(Some(found), &first)?;
                1
            }
        };
        both_hold(&two, place, &record(there)).await?;

        let _dropped = abandon(two.one.delete(&place, revision(there)), polls, between).await;
        match two
            .one
            .swap(&place, revision(there), &record(3), soon())
            .await?
        {
            Swap::Swapped => both_hold(&two, place, &record(3)).await?,
            // An insertion that was dropped and had not come yet may come as late as this.
            Swap::Stale => match two.other.get(&place, at(0)).await? {
                Some(found) if there == 2 => super::is(Some(found), &first)?,
                Some(_) => return Err(Fault::new("a record is there that should not be")),
                None => {}
            },
        }
    }
    works(&two).await
}

/// Tasks of which half are aborted at whatever they do.
pub(super) async fn flow_08_aborted_tasks_leave_nothing_locked(bench: Bench<Store>) -> Verdict {
    let two = bench.two().await?;
    for round in 0..12 {
        inserted(&*two.one, key(round), &record(0)).await?;
        let mut running = Vec::new();
        for number in 1..=CALLERS {
            let store = std::sync::Arc::clone(two.of(number));
            running.push(bench.runtime.start(async move {
                let next = record(number as u128);
                let swapped = store.swap(&key(round), revision(0), &next, soon()).await;
                Ok::<_, Fault>(swapped?)
            }));
        }
        for _turn in 0..round {
            yield_now().await;
        }
        for (_, caller) in (0..).zip(&running).filter(|(number, _)| number % 2 == 0) {
            caller.abort();
        }
        let mut won = Vec::new();
        for (number, caller) in (1_u128..).zip(running) {
            match caller.await {
                Ok(answer) => {
                    if answer? == Swap::Swapped {
                        won.push(number);
                    }
                }
                Err(Lost::Aborted) => {}
                Err(lost) => return Err(lost.into()),
            }
        }
        let settled = two
            .other
            .swap(&key(round), revision(0), &record(99), soon())
            .await?;
        let found = two.one.get(&key(round), at(0)).await?;
        let Some(found) = found else {
            return Err(Fault::new("the record is gone"));
        };
        ensure(
            found.revision.as_bytes() == found.value.as_bytes(),
            "the record is a mixture of two writes",
        )?;
        match (settled, won.as_slice()) {
            (Swap::Swapped, []) => same(found.revision, revision(99), "a settled swap")?,
            (Swap::Stale, []) => {}
            (Swap::Stale, [winner]) => {
                same(found.revision, revision(*winner), "the swap that won")?;
            }
            (_, won) => {
                return Err(Fault::new(format!(
                    "{} swaps of one revision won, and {settled:?} behind them",
                    won.len()
                )));
            }
        }
    }
    works(&two).await
}

/// Each way to drop a call, with a key and a number of polls.
fn rounds() -> impl Iterator<Item = (Between, crate::record::Key, usize)> {
    [(0, Between::Steps), (100, Between::Turns)]
        .into_iter()
        .flat_map(|(first, between)| {
            (0..POLLS).map(move |polls| (between, key(polls.saturating_add(first)), polls.into()))
        })
}

/// No lock stayed behind, and no connection lies in a transaction.
async fn works(two: &Two<Store>) -> Verdict {
    for (client, store) in two.both() {
        for _round in 0..16_u8 {
            inserted(store, key(255), &record(1))
                .await
                .map_err(|fault| fault.during(client))?;
            let swapped = store
                .swap(&key(255), revision(1), &record(2), soon())
                .await?;
            same(swapped, Swap::Swapped, "a swap")?;
            both_hold(two, key(255), &record(2)).await?;
            let deleted = store.delete(&key(255), revision(2)).await?;
            same(deleted, Delete::Deleted, "a deletion")?;
        }
    }
    Ok(())
}
