//! Sentences 1 and 6: what was acknowledged is there, for everybody, at once and for good.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use super::{
    super::{
        bench::Bench,
        report::{Fault, Verdict, ensure, same},
        sample::{account, at, full_account, id, login, named, revision, set_due, stored},
    },
    Store, added, holds, is_absent, is_free, updated,
};
use crate::{
    clock::Stamp,
    name::KeyKind,
    store::{Add, Remove, Update},
};

pub(super) async fn account_01_what_was_acknowledged_is_there_when_opened_anew(
    bench: Bench<Store>,
) -> Verdict {
    let place = bench.place().await?;
    let full = stored(&full_account()?, 1);
    let (first, renamed) = (named("1", "alice", 2)?, named("1", "alicia", 3)?);
    let removed = named("2", "bob", 4)?;
    let mut due = account("3", vec![login("carol")])?;
    set_due(&mut due, Some(-5));
    let due = stored(&due, 5);

    let client = place.open().await?;
    for account in [&full, &first, &removed, &due] {
        added(&*client, account).await?;
    }
    updated(&*client, first.revision, &renamed).await?;
    let gone = client.remove(removed.revision, removed.value.id()).await?;
    same(gone, Remove::Removed, "a removal")?;
    drop(client);

    for _opening in 0..2 {
        let client = place.open().await?;
        for account in [&full, &renamed, &due] {
            let held = holds(&*client, account).await;
            held.map_err(|fault| fault.during("opened anew"))?;
        }
        is_absent(&*client, removed.value.id()).await?;
        is_free(&*client, &login("bob")).await?;
        is_free(&*client, &login("alice")).await?;
        let ids = client.due(at(-1), 10).await?;
        let both = [&due, &full].map(|account| account.value.id().clone());
        same(ids, both.to_vec(), "due, opened anew")?;
        let stale = client.update(first.revision, &first).await?;
        same(stale, Update::Stale, "an update, opened anew")?;
        let taken = client.add(&named("4", "alicia", 9)?).await?;
        same(
            taken,
            Add::Taken(Some(login("").kind())),
            "an addition, opened anew",
        )?;
    }
    Ok(())
}

/// The client goes as soon as it has answered: nothing is left to be written later.
pub(super) async fn account_01_each_write_is_durable_by_itself(bench: Bench<Store>) -> Verdict {
    let place = bench.place().await?;
    let client = place.open().await?;
    let mut last = named("42", "name 0", 0)?;
    added(&*client, &last).await?;
    drop(client);
    for number in 1..12 {
        let next = named("42", &format!("name {number}"), number)?;
        let client = place.open().await?;
        holds(&*client, &last).await?;
        updated(&*client, last.revision, &next).await?;
        drop(client);
        last = next;
    }
    let client = place.open().await?;
    let gone = client.remove(last.revision, last.value.id()).await?;
    same(gone, Remove::Removed, "a removal")?;
    drop(client);
    let client = place.open().await?;
    is_absent(&*client, last.value.id()).await?;
    is_free(&*client, &login("name 11")).await
}

pub(super) async fn account_06_a_read_sees_what_the_other_client_wrote(
    bench: Bench<Store>,
) -> Verdict {
    let two = bench.two().await?;
    let mut last = named("42", "alice", 0)?;
    added(&*two.one, &last).await?;
    for number in 1..100_u8 {
        for (client, store) in two.both() {
            let held = holds(store, &last).await;
            held.map_err(|fault| fault.during(client))?;
        }
        let writer = two.of(usize::from(number));
        // A name that changes, and a record that changes beside the same name.
        let name = format!("alice {}", number / 2);
        let next = named("42", &name, u128::from(number))?;
        updated(&**writer, last.revision, &next).await?;
        last = next;
    }
    Ok(())
}

pub(super) async fn account_06_nothing_found_is_not_remembered(bench: Bench<Store>) -> Verdict {
    let two = bench.two().await?;
    for number in 0..20_u8 {
        let name = format!("name {number}");
        let account = named(&name, &name, 1)?;
        let (writer, reader) = (two.of(number.into()), two.of(usize::from(number) + 1));
        for store in [reader, writer] {
            is_absent(&**store, account.value.id()).await?;
            is_free(&**store, &login(&name)).await?;
        }
        added(&**writer, &account).await?;
        for store in [reader, writer] {
            holds(&**store, &account).await?;
        }
        let other = format!("other {number}");
        is_free(&**reader, &login(&other)).await?;
        let renamed = named(&name, &other, 2)?;
        updated(&**writer, account.revision, &renamed).await?;
        holds(&**reader, &renamed).await?;
        is_free(&**reader, &login(&name)).await?;
    }
    Ok(())
}

pub(super) async fn account_06_a_removal_is_seen_by_the_other_client(
    bench: Bench<Store>,
) -> Verdict {
    let two = bench.two().await?;
    for number in 0..20_u8 {
        let account = named("42", "alice", u128::from(number))?;
        let (writer, reader) = (two.of(number.into()), two.of(usize::from(number) + 1));
        added(&**writer, &account).await?;
        holds(&**reader, &account).await?;
        let removed = writer.remove(account.revision, account.value.id()).await?;
        same(removed, Remove::Removed, "a removal")?;
        is_absent(&**reader, account.value.id()).await?;
        is_free(&**reader, &login("alice")).await?;
    }
    Ok(())
}

/// One caller writes and the others read: a record is never one of several writes nor of one that is
/// refused, and no reader goes back.
pub(super) async fn account_06_a_read_beside_writes_is_of_one_write(
    bench: Bench<Store>,
) -> Verdict {
    const LAST: u8 = 19;
    let two = bench.two().await?;
    const REFUSED: u8 = 99;
    let written = |number: u8| {
        let keys = (0..4).map(|key| login(&format!("{number} {key}")));
        let taken = (number == REFUSED).then(|| login("taken"));
        let keys = keys.chain([login("same")]).chain(taken).collect();
        let mut account = account("42", keys)?;
        account.changes = vec![Stamp::from_millis(number.into()); 200];
        Ok::<_, Fault>(stored(&account, number.into()))
    };
    added(&*two.one, &written(0)?).await?;
    added(&*two.one, &named("43", "taken", 1)?).await?;
    // Where a write fails the last one never comes.
    let has_failed = &Arc::new(AtomicBool::new(false));
    let race = bench.race_of(9, &two, |store, caller| {
        let has_failed = Arc::clone(has_failed);
        async move {
            if caller == 0 {
                let writes = async {
                    for (was, number) in (0..).zip(1..=LAST) {
                        let refused = store.update(revision(was), &written(REFUSED)?).await?;
                        same(refused, Update::Taken(KeyKind::Login), "a taken key")?;
                        updated(&*store, revision(was), &written(number)?).await?;
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
                    0 | 1 => store.load(&id("42")?).await?,
                    _ => store.find(&login("same")).await?,
                };
                let Some(found) = found else {
                    return Err(Fault::new("an account that is always there was not found"));
                };
                let [.., number] = *found.revision.as_bytes();
                ensure(
                    number <= LAST,
                    "a read answered with a write that was refused",
                )?;
                ensure(number >= seen, "a read went back behind an earlier one")?;
                seen = number;
                ensure(
                    found.value.to_bytes() == written(number)?.value.to_bytes(),
                    "a read answered with a mixture of two writes",
                )?;
                super::super::task::yield_now().await;
            }
            Ok(())
        }
    });
    race.await.map(drop)
}
