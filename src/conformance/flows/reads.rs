//! Sentences 1 and 5: what was acknowledged is there, for everybody, at once.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use super::{
    super::{
        bench::Bench,
        report::{Fault, Verdict, ensure, same},
        sample::{at, key, record, revision},
        task::yield_now,
    },
    MINUTE, Store, both_hold, holds, holds_at, inserted, is_absent, is_absent_at, soon,
};
use crate::{
    record::{Record, Stored},
    store::{Delete, Insert, Swap},
};

/// The client goes as soon as it has answered: nothing is left to be written later.
pub(super) async fn flow_01_what_was_acknowledged_is_there_when_opened_anew(
    bench: Bench<Store>,
) -> Verdict {
    let place = bench.place().await?;
    let client = place.open().await?;
    inserted(&*client, key(1), &record(0)).await?;
    inserted(&*client, key(2), &record(9)).await?;
    inserted(&*client, key(3), &record(9)).await?;
    drop(client);
    for (was, number) in (0..).zip(1..12) {
        let client = place.open().await?;
        let held = holds(&*client, key(1), &record(was)).await;
        held.map_err(|fault| fault.during("opened anew"))?;
        let (was, later) = (revision(was), at(30 * MINUTE));
        let swapped = client.swap(&key(1), was, &record(number), later).await?;
        same(swapped, Swap::Swapped, "a swap, opened anew")?;
    }
    let client = place.open().await?;
    let deleted = client.delete(&key(2), revision(9)).await?;
    same(deleted, Delete::Deleted, "a deletion, opened anew")?;
    drop(client);
    let client = place.open().await?;
    holds_at(&*client, key(1), &record(11), at(29 * MINUTE)).await?;
    is_absent_at(&*client, key(1), at(30 * MINUTE)).await?;
    is_absent(&*client, key(2)).await?;
    same(client.purge(soon(), 9).await?, 1, "a purge, opened anew")?;
    drop(client);
    let client = place.open().await?;
    is_absent(&*client, key(3)).await?;
    match client.insert(&key(1), &record(99), at(0), soon()).await? {
        Insert::Exists(_) => Ok(()),
        Insert::Inserted => Err(Fault::new("a live record was overwritten, opened anew")),
    }
}

pub(super) async fn flow_05_a_get_sees_what_the_other_client_wrote(bench: Bench<Store>) -> Verdict {
    let two = bench.two().await?;
    inserted(&*two.one, key(1), &record(0)).await?;
    for (was, number) in (0..).zip(1..200_u8) {
        let was = record(was);
        both_hold(&two, key(1), &was).await?;
        let next = record(number.into());
        let writer = two.of(number.into());
        let swapped = writer.swap(&key(1), was.revision, &next, soon()).await?;
        same(swapped, Swap::Swapped, "a swap of what was just got")?;
    }
    both_hold(&two, key(1), &record(199)).await
}

pub(super) async fn flow_05_nothing_found_is_not_remembered(bench: Bench<Store>) -> Verdict {
    let two = bench.two().await?;
    for number in 0..20_u8 {
        let (writer, reader) = (two.of(number.into()), two.of(usize::from(number) + 1));
        let key = key(number % 2);
        is_absent(&**reader, key).await?;
        is_absent(&**writer, key).await?;
        let record = record(number.into());
        inserted(&**writer, key, &record).await?;
        holds(&**reader, key, &record).await?;
        holds(&**writer, key, &record).await?;
        let deleted = writer.delete(&key, record.revision).await?;
        same(deleted, Delete::Deleted, "a deletion")?;
        is_absent(&**reader, key).await?;
    }
    Ok(())
}

/// Some write and some read: a record is never one of several writes, and no reader goes back.
pub(super) async fn flow_05_a_read_beside_writes_is_of_one_write(bench: Bench<Store>) -> Verdict {
    const LAST: u8 = 39;
    let two = bench.two().await?;
    let written = |number: u8| Stored {
        revision: revision(number.into()),
        value: Record::from_bytes(vec![number; 4096]),
    };
    inserted(&*two.one, key(1), &written(0)).await?;
    // Where a write fails the last one never comes.
    let has_failed = &Arc::new(AtomicBool::new(false));
    let race = bench.race_of(9, &two, |store, caller| {
        let has_failed = Arc::clone(has_failed);
        async move {
            if caller == 0 {
                let writes = async {
                    for (was, number) in (0..).zip(1..=LAST) {
                        let (was, next) = (revision(was), written(number));
                        let swapped = store.swap(&key(1), was, &next, soon()).await?;
                        same(swapped, Swap::Swapped, "a swap of the stored revision")?;
                    }
                    Ok(())
                };
                let result = writes.await;
                has_failed.store(result.is_err(), Ordering::SeqCst);
                return result;
            }
            let mut seen = 0;
            while seen < LAST && !has_failed.load(Ordering::SeqCst) {
                let found = match caller % 4 {
                    0 | 1 => store.get(&key(1), at(0)).await?,
                    _ => match store.insert(&key(1), &record(999), at(0), soon()).await? {
                        Insert::Exists(found) => Some(found),
                        Insert::Inserted => {
                            return Err(Fault::new("a live record was overwritten"));
                        }
                    },
                };
                let Some(found) = found else {
                    return Err(Fault::new("a record that is always there was not found"));
                };
                let [.., number] = *found.revision.as_bytes();
                ensure(number >= seen, "a read went back behind an earlier one")?;
                seen = number;
                ensure(
                    found.value == written(number).value,
                    "a read answered with a mixture of two writes",
                )?;
                yield_now().await;
            }
            Ok(())
        }
    });
    race.await.map(drop)
}
