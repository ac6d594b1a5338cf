//! Sentence 4: a write acts on the revision that it names.

use super::{
    super::{
        bench::{Bench, CALLERS, Two},
        report::{Fault, Verdict, ensure, one_wins, same},
        sample::{account, id, login, named, revision, set_code, stored},
    },
    Store, added, holds, is_absent, is_free, updated,
};
use crate::{
    account::Account,
    clock::Stamp,
    record::Stored,
    store::{Add, Remove, Update},
};

pub(super) async fn account_04_only_the_named_revision_is_updated(bench: Bench<Store>) -> Verdict {
    let two = bench.two().await?;
    let (first, second) = (named("42", "alice", 1)?, named("42", "alicia", 2)?);
    for (client, store) in two.both() {
        let absent = store.update(first.revision, &second).await?;
        same(absent, Update::Stale, "an update of no account")?;
        is_absent(store, first.value.id())
            .await
            .map_err(|fault| fault.during(client))?;
        is_free(store, &login("alicia")).await?;
    }
    added(&*two.one, &first).await?;
    // Neither that of the write itself nor any other is the stored one.
    for wrong in [2, 9, 0, u128::MAX] {
        for (client, store) in two.both() {
            let stale = store.update(revision(wrong), &second).await?;
            same(stale, Update::Stale, client)?;
            holds(store, &first).await?;
            is_free(store, &login("alicia")).await?;
        }
    }
    updated(&*two.one, first.revision, &second).await?;
    for (client, store) in two.both() {
        let again = store.update(first.revision, &first).await?;
        same(again, Update::Stale, client)?;
        holds(store, &second).await?;
        is_free(store, &login("alice")).await?;
    }
    Ok(())
}

pub(super) async fn account_04_only_the_named_revision_is_removed(bench: Bench<Store>) -> Verdict {
    let two = bench.two().await?;
    let (account, other) = (named("42", "alice", 1)?, named("43", "bob", 2)?);
    let id = account.value.id();
    let absent = two.one.remove(account.revision, id).await?;
    same(absent, Remove::Stale, "a removal of no account")?;
    added(&*two.one, &account).await?;
    added(&*two.one, &other).await?;
    for wrong in [2, 9, 0] {
        for (client, store) in two.both() {
            same(
                store.remove(revision(wrong), id).await?,
                Remove::Stale,
                client,
            )?;
            holds(store, &account).await?;
        }
    }
    let removed = two.other.remove(account.revision, id).await?;
    same(removed, Remove::Removed, "a removal of the stored revision")?;
    for (client, store) in two.both() {
        is_absent(store, id).await?;
        let again = store.remove(account.revision, id).await?;
        same(again, Remove::Stale, client)?;
        holds(store, &other).await?;
    }
    Ok(())
}

pub(super) async fn account_04_stale_comes_before_taken(bench: Bench<Store>) -> Verdict {
    let two = bench.two().await?;
    let mut alice = account("1", vec![login("alice")])?;
    set_code(&mut alice, Some(7));
    let (alice, bob) = (stored(&alice, 1), named("2", "bob", 2)?);
    added(&*two.one, &alice).await?;
    added(&*two.one, &bob).await?;
    // It would also clear the security code: what is decided on an old revision is decided anew.
    let wrong = named("1", "bob", 3)?;
    for (client, store) in two.both() {
        let answer = store.update(revision(9), &wrong).await?;
        same(answer, Update::Stale, client)?;
        let answer = store.update(revision(9), &named("3", "bob", 4)?).await?;
        same(answer, Update::Stale, "an update of no account")?;
        holds(store, &alice).await?;
        holds(store, &bob).await?;
    }
    Ok(())
}

pub(super) async fn account_04_a_write_from_before_a_removal_is_stale(
    bench: Bench<Store>,
) -> Verdict {
    let two = bench.two().await?;
    let (first, late) = (named("42", "alice", 1)?, named("42", "late", 3)?);
    let id = first.value.id();
    added(&*two.one, &first).await?;
    let removed = two.one.remove(first.revision, id).await?;
    same(removed, Remove::Removed, "a removal")?;
    for (client, store) in two.both() {
        let gone = store.update(first.revision, &late).await?;
        same(gone, Update::Stale, "an update after the removal")?;
        is_absent(store, id)
            .await
            .map_err(|fault| fault.during(client))?;
    }
    // Somebody else gets the id.
    let heir = named("42", "alice", 2)?;
    added(&*two.other, &heir).await?;
    for (client, store) in two.both() {
        let update = store.update(first.revision, &late).await?;
        same(update, Update::Stale, client)?;
        let remove = store.remove(first.revision, id).await?;
        same(remove, Remove::Stale, client)?;
        holds(store, &heir).await?;
        is_free(store, &login("late")).await?;
    }
    Ok(())
}

pub(super) async fn account_04_of_32_updates_one_wins(bench: Bench<Store>) -> Verdict {
    let two = bench.two().await?;
    for round in 0..8_u32 {
        let id = format!("id {round}");
        let first = named(&id, &id, 999)?;
        added(&*two.one, &first).await?;
        let mut nexts = Vec::new();
        for number in 0..CALLERS {
            nexts.push(named(&id, &format!("{id} {number}"), number as u128)?);
        }
        let was = first.revision;
        let answers = bench.race(&two, |store, number| {
            let next = nexts.get(number).cloned();
            async move {
                Ok(store
                    .update(was, next.as_ref().ok_or_else(lacking)?)
                    .await?)
            }
        });
        let answers = answers.await?;
        one_wins(&answers, &Update::Updated, &Update::Stale)?;
        for (next, answer) in nexts.iter().zip(answers) {
            match answer {
                Update::Updated => hold(&two, next).await?,
                _ => is_free(&*two.other, &login_of(next)).await?,
            }
        }
    }
    Ok(())
}

pub(super) async fn account_04_of_32_removals_one_wins(bench: Bench<Store>) -> Verdict {
    let two = bench.two().await?;
    for _round in 0..5_u32 {
        let first = named("42", "alice", 1)?;
        added(&*two.one, &first).await?;
        let answers = bench.race(&two, |store, _number| {
            let first = first.clone();
            async move { Ok(store.remove(first.revision, first.value.id()).await?) }
        });
        one_wins(&answers.await?, &Remove::Removed, &Remove::Stale)?;
        is_absent(&*two.one, first.value.id()).await?;
        is_absent(&*two.other, first.value.id()).await?;
    }
    Ok(())
}

pub(super) async fn account_04_of_updates_and_removals_one_wins(bench: Bench<Store>) -> Verdict {
    let two = bench.two().await?;
    for round in 0..8_u32 {
        let name = format!("id {round}");
        let first = named(&name, &name, 1)?;
        added(&*two.one, &first).await?;
        let answers = bench.race(&two, |store, number| {
            let (first, name) = (first.clone(), name.clone());
            async move {
                if number % 4 < 2 {
                    let removed = store.remove(first.revision, first.value.id()).await?;
                    return Ok(match removed {
                        Remove::Removed => Some(None),
                        Remove::Stale => None,
                    });
                }
                let next = named(&name, "next", number as u128)?;
                match store.update(first.revision, &next).await? {
                    Update::Updated => Ok(Some(Some(next))),
                    Update::Stale => Ok(None),
                    Update::Taken(_) => Err(Fault::new("a key of its own was taken")),
                }
            }
        });
        let mut won = answers.await?.into_iter().flatten();
        let (winner, another) = (won.next(), won.next());
        ensure(another.is_none(), "a second write of one revision won")?;
        is_free(&*two.other, &login(&name)).await?;
        match winner {
            Some(Some(next)) => {
                hold(&two, &next).await?;
                let gone = two.one.remove(next.revision, next.value.id()).await?;
                same(gone, Remove::Removed, "a removal")?;
            }
            Some(None) => {
                is_absent(&*two.one, first.value.id()).await?;
                is_free(&*two.other, &login("next")).await?;
            }
            None => return Err(Fault::new("no write of the stored revision won")),
        }
    }
    Ok(())
}

/// Each of 32 callers adds its own to the record, loading and updating until it is in.
pub(super) async fn account_04_no_update_is_lost(bench: Bench<Store>) -> Verdict {
    let two = bench.two().await?;
    added(&*two.one, &named("42", "alice", 999)?).await?;
    let answers = bench.race(&two, |store, number| async move {
        let own = Stamp::from_millis(i64::try_from(number).unwrap_or(0));
        let id = id("42")?;
        for attempt in 0..1000_u128 {
            let found = store.load(&id).await?;
            let Some(found) = found else {
                return Err(Fault::new("the account is gone"));
            };
            let mut next: Account = found.value;
            next.changes.push(own);
            let next = stored(&next, ((number as u128) << 64) | attempt);
            if store.update(found.revision, &next).await? == Update::Updated {
                return Ok(());
            }
        }
        Err(Fault::new(
            "an update of what was just loaded was stale 1000 times",
        ))
    });
    let _ended = answers.await?;
    for (client, store) in two.both() {
        let found = store.load(&id("42")?).await?;
        let mut changes: Vec<i64> = found
            .map(|found| found.value.changes)
            .unwrap_or_default()
            .into_iter()
            .map(Stamp::millis)
            .collect();
        changes.sort_unstable();
        let all: Vec<i64> = (0..).take(CALLERS).collect();
        ensure(
            changes == all,
            "an acknowledged update is not in the record: a later one was made of an older record",
        )
        .map_err(|fault| fault.during(client))?;
    }
    let again = two.one.add(&named("42", "alice", 1)?).await?;
    same(again, Add::Taken(None), "an addition")
}

async fn hold(two: &Two<Store>, account: &Stored<Account>) -> Verdict {
    holds(&*two.one, account).await?;
    holds(&*two.other, account).await
}

fn login_of(account: &Stored<Account>) -> crate::name::UniqueKey {
    let first = account.value.unique_keys().first();
    first.cloned().unwrap_or_else(|| login(""))
}

fn lacking() -> Fault {
    Fault::new("the suite has no account for this caller")
}
