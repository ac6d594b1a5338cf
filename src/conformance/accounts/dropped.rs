//! Sentence 11: the whole write or none of it.
//!
//! A write that nobody waits for may still happen later. So each round looks at it through a write
//! of its own, after which nothing may move, and has records of its own.

use super::{
    super::{
        bench::{Bench, CALLERS, Two},
        report::{Fault, Verdict, same},
        sample::{account, id, instant, login, named, set_code, set_due, stored},
        task::{Between, abandon},
    },
    Store, added, holds, is_absent, is_free, updated,
};
use crate::{
    account::Account,
    name::UniqueKey,
    record::Stored,
    store::{Add, Remove, Update},
};

const MILLISECOND: time::Duration = time::Duration::MILLISECOND;

/// More than the steps of any call; after so many turns one is either done or far into its work.
const POLLS: usize = 24;

pub(super) async fn account_11_a_refused_write_changes_nothing(bench: Bench<Store>) -> Verdict {
    let two = bench.two().await?;
    let bob = named("2", "bob", 1)?;
    let mut first = account("1", vec![login("a"), login("b")])?;
    set_code(&mut first, Some(7));
    set_due(&mut first, Some(10));
    let first = stored(&first, 1);
    added(&*two.one, &bob).await?;
    added(&*two.one, &first).await?;
    // The last of many keys is the taken one, and the code is cleared: whatever was written first
    // is taken back.
    let many = || (0..20).map(|number| login(&format!("new {number}")));
    let mut taken = account("1", many().chain([login("bob")]).collect())?;
    set_due(&mut taken, Some(20));
    let answer = two.one.update(first.revision, &stored(&taken, 2)).await;
    match answer {
        Ok(Update::Taken(_)) | Err(_) => {}
        Ok(answer) => return Err(Fault::new(format!("it was answered {answer:?}"))),
    }
    let mut kept = taken.clone();
    set_code(&mut kept, Some(7));
    let answer = two.one.update(first.revision, &stored(&kept, 3)).await?;
    same(answer, Update::Taken(login("").kind()), "an update")?;
    let mut other = account("3", many().chain([login("bob")]).collect())?;
    set_due(&mut other, Some(20));
    let answer = two.one.add(&stored(&other, 4)).await?;
    same(answer, Add::Taken(Some(login("").kind())), "an addition")?;
    for (_client, store) in two.both() {
        holds(store, &first).await?;
        is_due(store, &first).await?;
        holds(store, &bob).await?;
        is_absent(store, &id("3")?).await?;
        let due = store.due(instant(20), 9).await?;
        same(due, vec![id("1")?], "who is due")?;
        for key in many() {
            is_free(store, &key).await?;
        }
    }
    Ok(())
}

pub(super) async fn account_11_a_dropped_update_is_whole_or_none(bench: Bench<Store>) -> Verdict {
    let two = bench.two().await?;
    for between in [Between::Steps, Between::Turns] {
        for polls in 0..POLLS {
            let id = format!("{between:?} {polls}");
            let keys = |name: &str| -> Vec<UniqueKey> {
                (0..4)
                    .map(|key| login(&format!("{name} {id} {key}")))
                    .collect()
            };
            let before = seen_at(10, &id, keys("before"), 1)?;
            added(&*two.one, &before).await?;
            let after = seen_at(20, &id, keys("after"), 2)?;
            let _dropped = abandon(two.one.update(before.revision, &after), polls, between).await;

            let last = seen_at(30, &id, keys("last"), 3)?;
            match two.one.update(before.revision, &last).await? {
                Update::Updated => settle(&two, &last, &[keys("before"), keys("after")]).await?,
                Update::Stale => settle(&two, &after, &[keys("before"), keys("last")]).await?,
                Update::Taken(kind) => {
                    return Err(Fault::new(format!("a free {kind:?} was taken")));
                }
            }
        }
    }
    works(&two).await
}

pub(super) async fn account_11_a_dropped_addition_or_removal_is_whole_or_none(
    bench: Bench<Store>,
) -> Verdict {
    let two = bench.two().await?;
    for between in [Between::Steps, Between::Turns] {
        for polls in 0..POLLS {
            let id = format!("{between:?} {polls}");
            let keys = |name: &str| -> Vec<UniqueKey> {
                (0..4)
                    .map(|key| login(&format!("{name} {id} {key}")))
                    .collect()
            };
            let first = seen_at(10, &id, keys("first"), 1)?;
            let _dropped = abandon(two.one.add(&first), polls, between).await;
            let second = seen_at(20, &id, keys("second"), 2)?;
            let (there, free) = match two.one.add(&second).await? {
                Add::Added => (&second, keys("first")),
                Add::Taken(None) => (&first, keys("second")),
                Add::Taken(Some(kind)) => {
                    return Err(Fault::new(format!("a free {kind:?} was taken")));
                }
            };
            settle(&two, there, &[free]).await?;

            let remove = two.one.remove(there.revision, there.value.id());
            let _dropped = abandon(remove, polls, between).await;
            let third = seen_at(30, &id, keys("third"), 3)?;
            let free = keys("third");
            match two.one.update(there.revision, &third).await? {
                Update::Updated => {
                    settle(&two, &third, std::slice::from_ref(&there.value.keys)).await?
                }
                _ => {
                    // An addition that was dropped and had not come yet may come as late as this.
                    match two.other.load(there.value.id()).await? {
                        Some(found) if there.revision != first.revision => {
                            same(found.revision, first.revision, "a dropped addition")?;
                        }
                        Some(_) => return Err(Fault::new("a removed account is there")),
                        None => {}
                    }
                    for key in free.iter().chain(there.value.unique_keys()) {
                        is_free(&*two.other, key).await?;
                    }
                }
            }
        }
    }
    works(&two).await
}

/// Tasks of which half are aborted at whatever they do.
pub(super) async fn account_11_aborted_tasks_leave_nothing_locked(bench: Bench<Store>) -> Verdict {
    let two = bench.two().await?;
    for round in 0..8_u128 {
        let name = format!("round {round}");
        let first = named(&name, &name, 0)?;
        added(&*two.one, &first).await?;
        let mut running = Vec::new();
        for number in 1..=CALLERS {
            let store = std::sync::Arc::clone(two.of(number));
            let (name, was) = (name.clone(), first.revision);
            running.push(bench.runtime.start(async move {
                let next = named(&name, &format!("{name} {number}"), number as u128)?;
                Ok::<_, Fault>(store.update(was, &next).await?)
            }));
        }
        for _turn in 0..round {
            super::super::task::yield_now().await;
        }
        for (_, caller) in (0..).zip(&running).filter(|(number, _)| number % 2 == 0) {
            caller.abort();
        }
        let mut won = Vec::new();
        for (number, caller) in (1_u128..).zip(running) {
            match caller.await {
                Ok(answer) => {
                    if answer? == Update::Updated {
                        won.push(number);
                    }
                }
                Err(super::super::task::Lost::Aborted) => {}
                Err(lost) => return Err(lost.into()),
            }
        }
        // The last write of all settles which one it was.
        let last = named(&name, &format!("{name} last"), 99)?;
        let settled = two.other.update(first.revision, &last).await?;
        let found = two.one.load(&id(&name)?).await?;
        let Some(found) = found else {
            return Err(Fault::new("the account is gone"));
        };
        match (settled, won.as_slice()) {
            (Update::Updated, []) => same(found.revision, last.revision, "a settled update")?,
            (Update::Stale, []) => {}
            (Update::Stale, [winner]) => {
                let [.., stored] = *found.revision.as_bytes();
                same(u128::from(stored), *winner, "the update that won")?;
            }
            (_, won) => {
                return Err(Fault::new(format!(
                    "{} updates of one revision won, and {settled:?} behind them",
                    won.len()
                )));
            }
        }
        holds(&*two.other, &found).await?;
        is_free(&*two.other, &login(&name)).await?;
    }
    works(&two).await
}

/// An account that is to be seen again so many milliseconds after 1970.
fn seen_at(
    millis: i64,
    id: &str,
    keys: Vec<UniqueKey>,
    number: u128,
) -> Result<Stored<Account>, Fault> {
    let mut account = account(id, keys)?;
    set_due(&mut account, Some(millis));
    Ok(stored(&account, number))
}

/// This is there, whole, and nothing of the others.
async fn settle(two: &Two<Store>, there: &Stored<Account>, free: &[Vec<UniqueKey>]) -> Verdict {
    for (_client, store) in two.both() {
        holds(store, there).await?;
        for key in free.iter().flatten() {
            is_free(store, key).await?;
        }
    }
    is_due(&*two.other, there).await
}

/// It is seen again when it says, and no earlier.
async fn is_due(store: &Store, account: &Stored<Account>) -> Verdict {
    let Some(at) = account.value.due_at() else {
        return Err(Fault::new("the account of the check is never due"));
    };
    for (now, expected) in [(at, true), (at.saturating_sub(MILLISECOND), false)] {
        let due = store.due(now, usize::MAX).await?;
        let is_due = due.contains(account.value.id());
        same(is_due, expected, "whether it is due")?;
    }
    Ok(())
}

/// No lock stayed behind, and no connection lies in a transaction.
async fn works(two: &Two<Store>) -> Verdict {
    for (number, (client, store)) in (0_u128..).zip(two.both()) {
        for round in 0..16_u128 {
            let name = format!("{client} {round}");
            let account = named(&name, &name, number)?;
            added(store, &account).await?;
            let next = named(&name, &format!("{name} next"), 99)?;
            updated(store, account.revision, &next).await?;
            holds(&*two.other, &next).await?;
            let gone = store.remove(next.revision, next.value.id()).await?;
            same(gone, Remove::Removed, "a removal")?;
        }
    }
    Ok(())
}
