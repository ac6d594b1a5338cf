//! Sentence 9: who is due.

use time::OffsetDateTime;

use super::{
    super::{
        bench::Bench,
        report::{Verdict, ensure, same},
        sample::{account, at, instant, login, set_due, stored},
    },
    Store, added, updated,
};
use crate::{
    account::Account,
    clock::Stamp,
    record::Stored,
    store::{Remove, Update},
};

pub(super) async fn account_09_due_answers_the_earliest_first(bench: Bench<Store>) -> Verdict {
    let two = bench.two().await?;
    let from_now = |millis: i64| Some(Stamp::from(at(millis)).millis());
    // Neither in the order of their ids nor of their additions, and some at one time.
    let accounts = [
        ("b", from_now(0)),
        ("never", None),
        ("later", from_now(1)),
        ("z", Some(-86_400_000)),
        ("a", from_now(-1)),
        ("tie 2", from_now(-9)),
        ("tie 1", from_now(-9)),
        ("m", Some(0)),
    ];
    for (number, (id, due)) in (1..).zip(accounts) {
        added(&**two.of(number), &due_at(id, due, 1)?).await?;
    }
    for (client, store) in two.both() {
        let mut ids = due(store, at(0), 100).await?;
        // The order of a tie is the store's.
        if let Some(tie) = ids.get_mut(2..4) {
            tie.sort();
        }
        same(ids, names(&["z", "m", "tie 1", "tie 2", "a", "b"]), client)?;
    }
    Ok(())
}

pub(super) async fn account_09_due_is_at_or_before_now_to_the_millisecond(
    bench: Bench<Store>,
) -> Verdict {
    let two = bench.two().await?;
    // 1969, when 1970 begins, 2026, and behind the end of 32-bit seconds.
    for (number, millis) in [-1001, -1, 0, 1, 1_767_225_600_123, 4_102_444_800_001]
        .into_iter()
        .enumerate()
    {
        let id = format!("{number}");
        let account = due_at(&id, Some(millis), 1)?;
        added(&*two.one, &account).await?;
        let before = due(&*two.other, instant(millis.saturating_sub(1)), 100).await?;
        same(before, names(&[]), "due a millisecond before")?;
        let then = due(&*two.other, instant(millis), 100).await?;
        same(then, names(&[&id]), "due at the very millisecond")?;
        let removed = two.one.remove(account.revision, account.value.id()).await?;
        same(removed, Remove::Removed, "a removal")?;
    }
    Ok(())
}

/// The clocks of two machines are never alike: each asks by its own, and nothing is remembered.
pub(super) async fn account_09_due_goes_by_the_clock_of_who_asks(bench: Bench<Store>) -> Verdict {
    let two = bench.two().await?;
    for (id, millis) in [("1", 10), ("2", 20), ("3", 30)] {
        added(&*two.one, &due_at(id, Some(millis), 1)?).await?;
    }
    for _ in 0..2 {
        let ahead = due(&*two.one, instant(30), 9).await?;
        same(ahead, names(&["1", "2", "3"]), "by a clock that is ahead")?;
        for store in [&two.other, &two.one] {
            let right = due(&**store, instant(20), 9).await?;
            same(right, names(&["1", "2"]), "by the clock that is right")?;
            let behind = due(&**store, instant(9), 9).await?;
            same(behind, names(&[]), "by a clock that is behind")?;
        }
    }
    Ok(())
}

pub(super) async fn account_09_due_answers_at_most_its_limit(bench: Bench<Store>) -> Verdict {
    let two = bench.two().await?;
    let mut all = Vec::new();
    for number in 0..20_i64 {
        let id = format!("{number:02}");
        added(&*two.one, &due_at(&id, Some(number), 1)?).await?;
        all.push(id);
    }
    for limit in [0, 1, 7, 19, 20, 21, 1000, usize::MAX / 2, usize::MAX] {
        let first: Vec<String> = all.iter().take(limit).cloned().collect();
        let answer = due(&*two.other, at(0), limit).await?;
        same(answer, first, "due, with a limit")?;
    }
    Ok(())
}

pub(super) async fn account_09_what_is_settled_or_removed_is_not_due(
    bench: Bench<Store>,
) -> Verdict {
    let two = bench.two().await?;
    let first = due_at("42", Some(10), 1)?;
    added(&*two.one, &first).await?;
    same(
        due(&*two.other, instant(10), 9).await?,
        names(&["42"]),
        "due",
    )?;
    let moved = due_at("42", Some(20), 2)?;
    updated(&*two.one, first.revision, &moved).await?;
    same(due(&*two.other, instant(19), 9).await?, names(&[]), "moved")?;
    same(
        due(&*two.other, instant(20), 9).await?,
        names(&["42"]),
        "moved",
    )?;
    // What was refused moves nothing.
    let stale = two
        .one
        .update(first.revision, &due_at("42", Some(5), 3)?)
        .await?;
    same(stale, Update::Stale, "an update of an old revision")?;
    same(
        due(&*two.other, instant(19), 9).await?,
        names(&[]),
        "refused",
    )?;
    let settled = due_at("42", None, 4)?;
    updated(&*two.other, moved.revision, &settled).await?;
    same(due(&*two.one, at(0), 9).await?, names(&[]), "settled")?;
    let again = due_at("42", Some(30), 5)?;
    updated(&*two.one, settled.revision, &again).await?;
    same(
        due(&*two.other, instant(30), 9).await?,
        names(&["42"]),
        "again",
    )?;
    let removed = two.one.remove(again.revision, again.value.id()).await?;
    same(removed, Remove::Removed, "a removal")?;
    same(due(&*two.other, at(0), 9).await?, names(&[]), "removed")
}

pub(super) async fn account_09_the_ends_of_time_are_due_in_order(bench: Bench<Store>) -> Verdict {
    let two = bench.two().await?;
    let accounts = [("last", i64::MAX), ("now", 0), ("first", i64::MIN)];
    for (id, millis) in accounts {
        added(&*two.one, &due_at(id, Some(millis), 1)?).await?;
    }
    let ids = due(&*two.other, instant(0), 9).await?;
    same(ids, names(&["first", "now"]), "due in 1970")?;
    // Times beyond the range of the type count as its last one.
    let ids = due(&*two.other, instant(i64::MAX), 9).await?;
    ensure(
        ids == names(&["first", "now", "last"]),
        "not all are due at the end of time",
    )
}

async fn due(
    store: &Store,
    now: OffsetDateTime,
    limit: usize,
) -> Result<Vec<String>, super::Fault> {
    let ids = store.due(now, limit).await?;
    Ok(ids.into_iter().map(String::from).collect())
}

fn due_at(id: &str, millis: Option<i64>, number: u128) -> Result<Stored<Account>, super::Fault> {
    let mut account = account(id, vec![login(id)])?;
    set_due(&mut account, millis);
    Ok(stored(&account, number))
}

fn names(ids: &[&str]) -> Vec<String> {
    ids.iter().map(|id| (*id).to_owned()).collect()
}
