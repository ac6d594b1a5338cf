//! Sentences 3 and 5: a key has one owner, and is free when its owner gives it up.

use super::{
    super::{
        bench::{Bench, Two},
        report::{Verdict, same},
        sample::{KINDS, account, login, named, stored},
    },
    Store, added, holds, is_absent, is_free, updated,
};
use crate::{
    account::Account,
    name::UniqueKey,
    record::Stored,
    store::{Add, Remove, Update},
};

pub(super) async fn account_03_a_taken_key_is_refused_by_add(bench: Bench<Store>) -> Verdict {
    let two = bench.two().await?;
    for (number, kind) in (1_u128..).zip(KINDS) {
        let taken = UniqueKey::new(kind, format!("taken {number}"));
        let keys = vec![login(&format!("a{number}")), taken.clone()];
        let first = stored(&account(&format!("first {number}"), keys)?, number);
        added(&*two.one, &first).await?;
        // Its other keys are free, before and behind it.
        let (before, behind) = (login(&format!("b{number}")), login(&format!("c{number}")));
        let keys = vec![before.clone(), taken, behind.clone()];
        let second = stored(&account(&format!("second {number}"), keys)?, 100);
        for (client, store) in two.both() {
            let answer = store.add(&second).await?;
            same(answer, Add::Taken(Some(kind)), client)?;
            holds(store, &first).await?;
            is_absent(store, second.value.id()).await?;
            is_free(store, &before).await?;
            is_free(store, &behind).await?;
        }
    }
    Ok(())
}

pub(super) async fn account_03_a_taken_key_is_refused_by_update(bench: Bench<Store>) -> Verdict {
    let two = bench.two().await?;
    for (number, kind) in (1_u128..).zip(KINDS) {
        let taken = UniqueKey::new(kind, format!("taken {number}"));
        let keys = vec![login(&format!("a{number}")), taken.clone()];
        let first = stored(&account(&format!("first {number}"), keys)?, number);
        added(&*two.one, &first).await?;
        let id = format!("second {number}");
        let second = named(&id, &format!("b{number}"), 100)?;
        added(&*two.one, &second).await?;
        let (before, behind) = (login(&format!("c{number}")), login(&format!("d{number}")));
        let keys = vec![before.clone(), taken, behind.clone()];
        let refused = stored(&account(&id, keys)?, 200);
        for (client, store) in two.both() {
            let answer = store.update(second.revision, &refused).await?;
            same(answer, Update::Taken(kind), client)?;
            holds(store, &first).await?;
            holds(store, &second).await?;
            is_free(store, &before).await?;
            is_free(store, &behind).await?;
        }
    }
    Ok(())
}

pub(super) async fn account_05_an_update_frees_the_keys_it_drops(bench: Bench<Store>) -> Verdict {
    let two = bench.two().await?;
    for (number, kind) in (1_u128..).zip(KINDS) {
        let (old, new) = (UniqueKey::new(kind, "old"), UniqueKey::new(kind, "new"));
        let id = format!("{number}");
        let first = stored(&account(&id, vec![old.clone()])?, 1);
        added(&*two.one, &first).await?;
        let renamed = stored(&account(&id, vec![new])?, 2);
        updated(&*two.one, first.revision, &renamed).await?;
        is_free(&*two.one, &old).await?;
        is_free(&*two.other, &old).await?;
        let heir = stored(&account(&format!("heir {number}"), vec![old])?, 3);
        added(&*two.other, &heir).await?;
        both_hold(&two, &[&renamed, &heir]).await?;
    }
    Ok(())
}

pub(super) async fn account_05_a_removal_frees_its_keys(bench: Bench<Store>) -> Verdict {
    let two = bench.two().await?;
    let keys = KINDS.map(|kind| UniqueKey::new(kind, "key")).to_vec();
    let first = stored(&account("42", keys.clone())?, 1);
    added(&*two.one, &first).await?;
    let removed = two.one.remove(first.revision, first.value.id()).await?;
    same(removed, Remove::Removed, "a removal")?;
    for key in &keys {
        is_free(&*two.one, key).await?;
        is_free(&*two.other, key).await?;
    }
    let heir = stored(&account("43", keys)?, 2);
    added(&*two.other, &heir).await?;
    both_hold(&two, &[&heir]).await
}

pub(super) async fn account_05_keys_are_swapped(bench: Bench<Store>) -> Verdict {
    let two = bench.two().await?;
    let (alice, bob) = (named("1", "alice", 1)?, named("2", "bob", 2)?);
    added(&*two.one, &alice).await?;
    added(&*two.one, &bob).await?;
    let passing = named("1", "passing", 3)?;
    updated(&*two.one, alice.revision, &passing).await?;
    let bob_as_alice = named("2", "alice", 4)?;
    updated(&*two.other, bob.revision, &bob_as_alice).await?;
    let alice_as_bob = named("1", "bob", 5)?;
    updated(&*two.one, passing.revision, &alice_as_bob).await?;
    is_free(&*two.other, &login("passing")).await?;
    both_hold(&two, &[&bob_as_alice, &alice_as_bob]).await
}

pub(super) async fn account_05_a_kept_key_stays(bench: Bench<Store>) -> Verdict {
    let two = bench.two().await?;
    let key = |number: usize| login(&format!("key {number}"));
    let mut was = stored(&account("42", vec![key(0)])?, 0);
    added(&*two.one, &was).await?;
    // The record alone; more keys, in front of it and behind; fewer; another order.
    let sets: [&[usize]; 6] = [&[0], &[1, 0], &[0, 1, 2], &[2, 0], &[0, 2], &[0]];
    for (number, set) in (1_u128..).zip(sets) {
        let keys = set.iter().map(|number| key(*number)).collect();
        let next = stored(&account("42", keys)?, number);
        updated(&**two.of(set.len()), was.revision, &next).await?;
        both_hold(&two, &[&next]).await?;
        let other = stored(&account("43", vec![key(0)])?, 99);
        let refused = two.other.add(&other).await?;
        let taken = Add::Taken(Some(key(0).kind()));
        same(refused, taken, "an addition with the key that was kept")?;
        was = next;
    }
    is_free(&*two.other, &key(1)).await?;
    is_free(&*two.other, &key(2)).await
}

pub(super) async fn account_05_two_keys_of_one_kind_are_two(bench: Bench<Store>) -> Verdict {
    let two = bench.two().await?;
    for (number, kind) in (1_u128..).zip(KINDS) {
        let key = |name: &str| UniqueKey::new(kind, name);
        let id = format!("{number}");
        let first = stored(&account(&id, vec![key("a"), key("b"), key("c")])?, 1);
        added(&*two.one, &first).await?;
        both_hold(&two, &[&first]).await?;
        let second = stored(&account(&id, vec![key("a"), key("d")])?, 2);
        updated(&*two.one, first.revision, &second).await?;
        both_hold(&two, &[&second]).await?;
        is_free(&*two.other, &key("b")).await?;
        is_free(&*two.other, &key("c")).await?;
    }
    Ok(())
}

pub(super) async fn account_05_an_account_without_keys_is_found_by_none(
    bench: Bench<Store>,
) -> Verdict {
    let two = bench.two().await?;
    let keys = KINDS.map(|kind| UniqueKey::new(kind, "key")).to_vec();
    let first = stored(&account("42", keys.clone())?, 1);
    added(&*two.one, &first).await?;
    let bare = stored(&account("42", Vec::new())?, 2);
    updated(&*two.one, first.revision, &bare).await?;
    added(&*two.one, &stored(&account("43", Vec::new())?, 3)).await?;
    both_hold(&two, &[&bare]).await?;
    for key in &keys {
        is_free(&*two.other, key).await?;
    }
    // It takes them up again.
    let again = stored(&account("42", keys)?, 4);
    updated(&*two.other, bare.revision, &again).await?;
    both_hold(&two, &[&again]).await
}

async fn both_hold(two: &Two<Store>, all: &[&Stored<Account>]) -> Verdict {
    for (client, store) in two.both() {
        for account in all {
            let held = holds(store, account).await;
            held.map_err(|fault| fault.during(client))?;
        }
    }
    Ok(())
}
