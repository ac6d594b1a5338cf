//! 32 callers at once, on two handles: a decision is made in the same step as its write.

use std::{future::Future, sync::Arc};

use backstop::store::{AccountStore, Add, Delete, FlowStore, Insert, Remove, Swap, Update};
use tokio::{sync::Barrier, task::JoinSet};

use crate::{
    flows::{NOW, SOON, inserted, key, record},
    records::AccountV1,
    stores::Handles,
};

const CALLERS: u128 = 32;
const ROUNDS: u128 = 5;

/// How many of the callers, all let go at the same moment, answer with `true`.
async fn winners<S, F>(store: &Handles<S>, call: impl Fn(S, u128) -> F) -> usize
where
    S: Clone,
    F: Future<Output = bool> + Send + 'static,
{
    let start = Arc::new(Barrier::new(usize::try_from(CALLERS).unwrap()));
    let mut callers = JoinSet::new();
    for number in 0..CALLERS {
        let handle = match number % 2 {
            0 => &store.one,
            _ => &store.other,
        };
        let call = call(handle.clone(), number);
        let start = Arc::clone(&start);
        callers.spawn(async move {
            start.wait().await;
            call.await
        });
    }
    let answers = callers.join_all().await;
    answers.into_iter().filter(|won| *won).count()
}

pub(crate) async fn sentence_03_of_32_registrations_one_gets_the_name<S: AccountStore + Clone>(
    store: &Handles<S>,
) {
    for round in 0..ROUNDS {
        let won = winners(store, |store: S, number| async move {
            let (id, name) = (format!("{round} {number}"), format!("name{round}"));
            let added = store.add(&AccountV1::new(&id, &name).stored(number)).await;
            added.unwrap() == Add::Added
        });
        assert_eq!(won.await, 1);
    }
}

pub(crate) async fn sentence_03_of_32_updates_one_gets_the_name<S: AccountStore + Clone>(
    store: &Handles<S>,
) {
    for number in 0..CALLERS {
        let id = number.to_string();
        let account = AccountV1::new(&id, &format!("name{id}")).stored(number);
        assert_eq!(store.one.add(&account).await.unwrap(), Add::Added);
    }
    let won = winners(store, |store: S, number| async move {
        let was = record(number).revision;
        let renamed = AccountV1::new(&number.to_string(), "wanted").stored(100 + number);
        store.update(was, &renamed).await.unwrap() == Update::Updated
    });
    assert_eq!(won.await, 1);
}

pub(crate) async fn sentence_04_of_32_updates_one_wins<S: AccountStore + Clone>(
    store: &Handles<S>,
) {
    for round in 0..ROUNDS {
        let id = format!("id{round}");
        let first = AccountV1::new(&id, &id).stored(999);
        assert_eq!(store.one.add(&first).await.unwrap(), Add::Added);
        let was = first.revision;
        let won = winners(store, |store: S, number| {
            let id = id.clone();
            async move {
                let next = AccountV1::new(&id, &id).stored(number);
                store.update(was, &next).await.unwrap() == Update::Updated
            }
        });
        assert_eq!(won.await, 1);
    }
}

pub(crate) async fn sentence_04_of_32_removals_one_wins<S: AccountStore + Clone>(
    store: &Handles<S>,
) {
    for _ in 0..ROUNDS {
        let first = AccountV1::new("42", "alice").stored(1);
        assert_eq!(store.one.add(&first).await.unwrap(), Add::Added);
        let won = winners(store, |store: S, _number| {
            let first = first.clone();
            async move {
                let removed = store.remove(first.revision, first.value.id()).await;
                removed.unwrap() == Remove::Removed
            }
        });
        assert_eq!(won.await, 1);
    }
}

pub(crate) async fn x10_sentence_02_of_32_insertions_one_wins<S: FlowStore + Clone>(
    store: &Handles<S>,
) {
    for round in 0..5 {
        let won = winners(store, |store: S, number| async move {
            let inserted = store.insert(&key(round), &record(number), NOW, SOON).await;
            matches!(inserted.unwrap(), Insert::Inserted)
        });
        assert_eq!(won.await, 1);
    }
}

pub(crate) async fn x10_sentence_02_of_32_replacements_one_wins<S: FlowStore + Clone>(
    store: &Handles<S>,
) {
    for round in 0..5 {
        inserted(&store.one, key(round), &record(999)).await;
        let won = winners(store, |store: S, number| async move {
            let later = SOON + time::Duration::MINUTE;
            let replaced = store
                .insert(&key(round), &record(number), SOON, later)
                .await;
            matches!(replaced.unwrap(), Insert::Inserted)
        });
        assert_eq!(won.await, 1);
    }
}

pub(crate) async fn x10_d08_sentence_04_of_32_swaps_one_wins<S: FlowStore + Clone>(
    store: &Handles<S>,
) {
    for round in 0..5 {
        inserted(&store.one, key(round), &record(999)).await;
        let won = winners(store, |store: S, number| async move {
            let was = record(999).revision;
            let swapped = store.swap(&key(round), was, &record(number), SOON).await;
            swapped.unwrap() == Swap::Swapped
        });
        assert_eq!(won.await, 1);
    }
}

pub(crate) async fn x11_sentence_04_of_32_deletions_one_wins<S: FlowStore + Clone>(
    store: &Handles<S>,
) {
    for round in 0..5 {
        inserted(&store.one, key(round), &record(1)).await;
        let won = winners(store, |store: S, _number| async move {
            let deleted = store.delete(&key(round), record(1).revision).await;
            deleted.unwrap() == Delete::Deleted
        });
        assert_eq!(won.await, 1);
    }
}
