//! A caller that goes away in the middle.

use std::{
    future::{Future, poll_fn},
    pin::pin,
    task::Poll,
};

use backstop::{
    name::{KeyKind, UniqueKey},
    store::{AccountStore, Add, FlowStore, Update},
};

use crate::{
    flows::{NOW, SOON, inserted, key, record},
    records::AccountV1,
    stores::Handles,
};

/// Polls so many times, then drops the call.
async fn abandon(call: impl Future, polls: usize) {
    let mut call = pin!(call);
    for _ in 0..polls {
        let done = poll_fn(|context| Poll::Ready(call.as_mut().poll(context).is_ready())).await;
        if done {
            return;
        }
        tokio::task::yield_now().await;
    }
}

/// A write that nobody waits for may still happen later, so each round has records of its own and
/// looks at them through a write: after that nothing may move.
pub(crate) async fn sentence_08_and_11_a_dropped_call_writes_all_or_nothing<S>(store: &Handles<S>)
where
    S: AccountStore + FlowStore,
{
    for round in 0..60_u8 {
        let (old, new) = (format!("old{round}"), format!("new{round}"));
        let before = AccountV1::new(&old, &old).stored(1);
        let _added = store.one.add(&before).await.unwrap();
        let after = AccountV1::new(&old, &new).stored(2);
        inserted(&store.one, key(round), &record(1)).await;

        let polls = usize::from(round);
        abandon(store.one.update(before.revision, &after), polls).await;
        let (was, next) = (record(1).revision, record(2));
        abandon(store.one.swap(&key(round), was, &next, SOON), polls).await;

        // In the store's own order this comes after what was dropped.
        let last = AccountV1::new(&old, &old).stored(3);
        let updated = store.one.update(before.revision, &last).await.unwrap();
        let name = if updated == Update::Stale { &new } else { &old };
        let found = store.other.load(before.value.id()).await.unwrap().unwrap();
        let login = UniqueKey::new(KeyKind::Login, name.as_bytes());
        assert_eq!(found.value.unique_keys(), std::slice::from_ref(&login));
        assert!(store.other.find(&login).await.unwrap().is_some());

        let _either = store
            .one
            .swap(&key(round), was, &record(3), SOON)
            .await
            .unwrap();
        let found = store.other.get(&key(round), NOW).await.unwrap().unwrap();
        assert_eq!(found.revision.as_bytes(), found.value.as_bytes());
    }
    // No lock stayed behind.
    let free = AccountV1::new("free", "free").stored(1);
    let added = store.other.add(&free).await.unwrap();
    assert_eq!(added, Add::Added);
}
