//! Sentences 3 and 5 in races: a key is decided on in the step of the write.

use super::{
    super::{
        bench::{Bench, CALLERS, Two},
        report::{Verdict, ensure, one_wins},
        sample::{KINDS, account, login, named, revision, stored},
    },
    Store, added, holds, is_absent, is_free,
};
use crate::{
    account::Account,
    name::UniqueKey,
    record::Stored,
    store::{Add, Update},
};

pub(super) async fn account_03_of_32_additions_one_gets_the_key(bench: Bench<Store>) -> Verdict {
    let two = bench.two().await?;
    for kind in KINDS {
        let accounts = rivals(kind.as_str(), &UniqueKey::new(kind, "wanted"))?;
        let answers = bench.race(&two, |store, number| {
            let account = accounts.get(number).cloned();
            async move {
                let account = account.as_ref().ok_or_else(lacking)?;
                Ok(store.add(account).await?)
            }
        });
        let answers = answers.await?;
        one_wins(&answers, &Add::Added, &Add::Taken(Some(kind)))?;
        for (account, answer) in accounts.iter().zip(answers) {
            match answer {
                Add::Added => {
                    holds(&*two.one, account).await?;
                    holds(&*two.other, account).await?;
                }
                Add::Taken(_) => leaves_nothing(&two, account).await?,
            }
        }
    }
    Ok(())
}

pub(super) async fn account_03_of_32_updates_one_gets_the_key(bench: Bench<Store>) -> Verdict {
    let two = bench.two().await?;
    for kind in KINDS {
        let accounts = rivals(kind.as_str(), &UniqueKey::new(kind, "wanted"))?;
        let before = before(&accounts)?;
        for account in &before {
            added(&*two.one, account).await?;
        }
        let was = revision(0);
        let answers = bench.race(&two, |store, number| {
            let account = accounts.get(number).cloned();
            async move {
                let account = account.as_ref().ok_or_else(lacking)?;
                Ok(store.update(was, account).await?)
            }
        });
        let answers = answers.await?;
        one_wins(&answers, &Update::Updated, &Update::Taken(kind))?;
        for ((account, before), answer) in accounts.iter().zip(&before).zip(answers) {
            let stored = match answer {
                Update::Updated => account,
                _ => before,
            };
            holds(&*two.one, stored).await?;
            holds(&*two.other, stored).await?;
        }
    }
    Ok(())
}

pub(super) async fn account_03_of_additions_and_updates_one_gets_the_key(
    bench: Bench<Store>,
) -> Verdict {
    let two = bench.two().await?;
    for kind in KINDS {
        let accounts = rivals(kind.as_str(), &UniqueKey::new(kind, "wanted"))?;
        let before = before(&accounts)?;
        // Two of four update an account that is there; the clients have some of each.
        let updates = |number: usize| number % 4 < 2;
        for (number, account) in before.iter().enumerate() {
            if updates(number) {
                added(&*two.one, account).await?;
            }
        }
        let was = revision(0);
        let answers = bench.race(&two, |store, number| {
            let account = accounts.get(number).cloned();
            async move {
                let account = account.as_ref().ok_or_else(lacking)?;
                if !updates(number) {
                    return Ok(store.add(account).await?);
                }
                Ok(match store.update(was, account).await? {
                    Update::Updated => Add::Added,
                    Update::Taken(kind) => Add::Taken(Some(kind)),
                    Update::Stale => return Err(super::Fault::new("a named revision was stale")),
                })
            }
        });
        let answers = answers.await?;
        one_wins(&answers, &Add::Added, &Add::Taken(Some(kind)))?;
        for (number, ((account, before), answer)) in
            accounts.iter().zip(&before).zip(answers).enumerate()
        {
            match answer {
                Add::Added => holds(&*two.one, account).await?,
                Add::Taken(_) if updates(number) => holds(&*two.other, before).await?,
                Add::Taken(_) => leaves_nothing(&two, account).await?,
            }
        }
    }
    Ok(())
}

/// Locks that are taken in the order of the keys of each must not fail a caller for ever.
pub(super) async fn account_03_keys_wanted_in_opposite_orders_are_one_owners(
    bench: Bench<Store>,
) -> Verdict {
    let two = bench.two().await?;
    for round in 0..5_u32 {
        let keys: Vec<UniqueKey> = (0..8)
            .map(|number| login(&format!("{round} {number}")))
            .collect();
        let mut accounts = Vec::new();
        for number in 0..CALLERS {
            let mut keys = keys.clone();
            if number % 4 < 2 {
                keys.reverse();
            }
            let id = format!("{round} {number}");
            accounts.push(stored(&account(&id, keys)?, 1));
        }
        let answers = bench.race(&two, |store, number| {
            let account = accounts.get(number).cloned();
            async move {
                let account = account.as_ref().ok_or_else(lacking)?;
                Ok(store.add(account).await?)
            }
        });
        let taken = Add::Taken(Some(login("").kind()));
        let answers = answers.await?;
        one_wins(&answers, &Add::Added, &taken)?;
        for (account, answer) in accounts.iter().zip(answers) {
            match answer {
                Add::Added => holds(&*two.other, account).await?,
                Add::Taken(_) => is_absent(&*two.other, account.value.id()).await?,
            }
        }
    }
    Ok(())
}

pub(super) async fn account_05_a_key_that_is_freed_meanwhile_has_one_owner(
    bench: Bench<Store>,
) -> Verdict {
    let two = bench.two().await?;
    for round in 0..10_u32 {
        let wanted = login(&format!("wanted {round}"));
        let holder = stored(
            &account(&format!("holder {round}"), vec![wanted.clone()])?,
            0,
        );
        added(&*two.one, &holder).await?;
        let accounts = rivals(&round.to_string(), &wanted)?;
        let answers = bench.race(&two, |store, number| {
            let account = accounts.get(number).cloned();
            let holder = holder.clone();
            async move {
                // The first caller gives it up while the others want it.
                if number == 0 {
                    let without = stored(&without_keys(&holder.value), 1);
                    let given_up = store.update(holder.revision, &without).await?;
                    super::same(given_up, Update::Updated, "giving up a key")?;
                    return Ok(false);
                }
                let account = account.as_ref().ok_or_else(lacking)?;
                Ok(store.add(account).await? == Add::Added)
            }
        });
        let answers = answers.await?;
        let won = answers.iter().filter(|won| **won).count();
        ensure(won <= 1, "two accounts own one key")?;
        for (number, (account, won)) in accounts.iter().zip(answers).enumerate() {
            match won {
                true => {
                    holds(&*two.one, account).await?;
                    holds(&*two.other, account).await?;
                }
                false if number == 0 => {}
                false => leaves_nothing(&two, account).await?,
            }
        }
        if won == 0 {
            is_free(&*two.one, &wanted).await?;
            is_free(&*two.other, &wanted).await?;
        }
    }
    Ok(())
}

/// Accounts that want one key, each with another key of its own.
fn rivals(label: &str, wanted: &UniqueKey) -> Result<Vec<Stored<Account>>, super::Fault> {
    let mut accounts = Vec::new();
    for number in 0..CALLERS {
        let own = login(&format!("own {label} {number}"));
        let id = format!("rival {label} {number}");
        accounts.push(stored(&account(&id, vec![own, wanted.clone()])?, 1));
    }
    Ok(accounts)
}

/// The same accounts before they want it.
fn before(accounts: &[Stored<Account>]) -> Result<Vec<Stored<Account>>, super::Fault> {
    let mut before = Vec::new();
    for account in accounts {
        let id = account.value.id().as_str();
        before.push(named(id, &format!("before {id}"), 0)?);
    }
    Ok(before)
}

fn without_keys(account: &Account) -> Account {
    let mut without = account.clone();
    without.keys.clear();
    without
}

/// Nothing is there of an account that was refused.
async fn leaves_nothing(two: &Two<Store>, refused: &Stored<Account>) -> Verdict {
    is_absent(&*two.one, refused.value.id()).await?;
    match refused.value.unique_keys().first() {
        Some(own) => is_free(&*two.other, own).await,
        None => Ok(()),
    }
}

fn lacking() -> super::Fault {
    super::Fault::new("the suite has no account for this caller")
}
