//! Sentence 2: a record is not overwritten while it lives.

use time::OffsetDateTime;

use super::{
    super::{
        bench::Bench,
        report::{Fault, Verdict},
        sample::{at, key, record},
        service::count,
    },
    MINUTE, Store, both_hold, holds_at, inserted, inserted_until, is, is_absent_at, soon,
};
use crate::{record::Key, store::Insert};

pub(super) async fn flow_02_a_record_is_not_overwritten(bench: Bench<Store>) -> Verdict {
    let two = bench.two().await?;
    inserted(&*two.one, key(1), &record(1)).await?;
    // Until the last millisecond of it.
    for (number, millis) in [(2, 0), (3, 10 * MINUTE - 1), (4, -MINUTE)] {
        for (client, store) in two.both() {
            let later = at(60 * MINUTE);
            let answer = store
                .insert(&key(1), &record(number), at(millis), later)
                .await?;
            let Insert::Exists(found) = answer else {
                return Err(Fault::new("a live record was overwritten").during(client));
            };
            is(Some(found), &record(1)).map_err(|fault| fault.during("Exists"))?;
        }
        both_hold(&two, key(1), &record(1)).await?;
    }
    // Nor was its end moved.
    is_absent_at(&*two.other, key(1), soon()).await
}

pub(super) async fn flow_02_an_expired_record_is_replaced(bench: Bench<Store>) -> Verdict {
    let two = bench.two().await?;
    inserted(&*two.one, key(1), &record(1)).await?;
    inserted(&*two.one, key(2), &record(9)).await?;
    let later = at(11 * MINUTE);
    inserted_until(&*two.other, key(1), &record(2), soon(), later).await?;
    for (client, store) in two.both() {
        let held = holds_at(store, key(1), &record(2), soon()).await;
        held.map_err(|fault| fault.during(client))?;
        is_absent_at(store, key(1), later).await?;
        holds_at(store, key(2), &record(9), at(0)).await?;
    }
    // Long after as well.
    let (year, end) = (at(365 * 24 * 60 * MINUTE), at(366 * 24 * 60 * MINUTE));
    inserted_until(&*two.one, key(1), &record(3), year, end).await?;
    holds_at(&*two.other, key(1), &record(3), year).await
}

pub(super) async fn flow_02_of_32_insertions_one_wins(bench: Bench<Store>) -> Verdict {
    let two = bench.two().await?;
    for round in 0..8 {
        one_wins(&bench, &two, key(round), at(0), soon()).await?;
    }
    Ok(())
}

pub(super) async fn flow_02_of_32_replacements_one_wins(bench: Bench<Store>) -> Verdict {
    let two = bench.two().await?;
    for round in 0..8 {
        inserted(&*two.one, key(round), &record(999)).await?;
        one_wins(&bench, &two, key(round), soon(), at(20 * MINUTE)).await?;
    }
    Ok(())
}

/// Of 32 insertions one is made, and all others are told of it.
async fn one_wins(
    bench: &Bench<Store>,
    two: &super::Two<Store>,
    key: Key,
    now: OffsetDateTime,
    expires: OffsetDateTime,
) -> Verdict {
    let answers = bench.race(two, |store, number| async move {
        Ok(store
            .insert(&key, &record(number as u128), now, expires)
            .await?)
    });
    let (mut won, mut told) = (Vec::new(), Vec::new());
    for (number, answer) in answers.await?.into_iter().enumerate() {
        match answer {
            Insert::Inserted => won.push(number),
            Insert::Exists(found) => told.push(found),
        }
    }
    count(won.len(), 1, "of 32 insertions at once were made")?;
    let winner = record(won.pop().map_or(0, |number| number as u128));
    for found in told {
        is(Some(found), &winner).map_err(|fault| fault.during("Exists"))?;
    }
    holds_at(&*two.one, key, &winner, now).await?;
    holds_at(&*two.other, key, &winner, now).await
}
