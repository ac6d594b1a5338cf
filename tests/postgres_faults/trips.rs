//! Statements and trips of each call, on a connection that has prepared its statements.

use backstop::{
    PostgresStore,
    name::{KeyKind, UniqueKey},
    record::{Key, Revision},
    store::{AccountStore, Add, Delete, FlowStore, Insert, Remove, StoreError, Swap, Update},
};
use sqlx::postgres::PgPoolOptions;

use crate::{
    NOW, SERVER, SOON,
    proxy::{Flight, Proxy},
    record,
    records::AccountV1,
};

/// One connection, so that what the pool does is in order as well.
async fn store(url: &str) -> PostgresStore {
    let one = PgPoolOptions::new()
        .max_connections(1)
        .test_before_acquire(false);
    PostgresStore::with_pool(one.connect(url).await.unwrap())
        .await
        .unwrap()
}

#[tokio::test]
async fn each_call_is_one_statement_and_one_trip() {
    let proxy = Proxy::before(&SERVER.database()).await;
    let store = store(proxy.url()).await;
    // Each statement is prepared at its first use.
    every_call(&store, 1, &mut |_| ()).await;
    let connections = proxy.connections();
    let _opening = (proxy.flights(), proxy.trips());

    let mut calls = Vec::new();
    every_call(&store, 2, &mut |call| {
        calls.push(call);
        let flights = proxy.flights();
        let executed = flights
            .iter()
            .filter(|flight| matches!(flight, Flight::Execute(_)));
        assert_eq!(executed.count(), 1, "{call}: {flights:?}");
        assert_eq!(proxy.trips(), 1, "{call}: {flights:?}");
        // The pool asks a connection that it gets back whether it is well, after the answer.
        let others: Vec<_> = flights
            .iter()
            .filter(|flight| !matches!(flight, Flight::Execute(_)))
            .collect();
        assert!(
            others.iter().all(|other| **other == Flight::Check),
            "{call}: {flights:?}"
        );
    })
    .await;
    assert_eq!(proxy.connections(), connections);
    assert_eq!(calls.len(), 28, "{calls:?}");
}

#[tokio::test]
async fn the_first_use_of_a_statement_prepares_it() {
    let proxy = Proxy::before(&SERVER.database()).await;
    let store = store(proxy.url()).await;
    let key = UniqueKey::new(KeyKind::Login, "nobody");
    let _opening = proxy.flights();
    store.find(&key).await.unwrap();
    let flights = proxy.flights();
    let at = flights
        .iter()
        .position(|flight| *flight == Flight::Prepare)
        .unwrap();
    assert!(matches!(flights[at + 1], Flight::Execute(_)), "{flights:?}");
}

/// Calls everything, with every answer, and says after each what it was.
async fn every_call(store: &PostgresStore, salt: u8, said: &mut impl FnMut(&'static str)) {
    let name = |name: &str| format!("{name}{salt}");
    let alice = AccountV1::new(&name("a"), &name("alice"));
    let bob = AccountV1::new(&name("b"), &name("bob")).stored(2);
    let mut coded = alice.clone();
    coded.set_security_code(Some([7; 32]));
    let (alice, coded) = (alice.stored(1), coded.stored(3));
    let like_alice = AccountV1::new(&name("b"), &name("alice")).stored(4);
    let keys = alice.value.unique_keys().to_vec();
    let none = UniqueKey::new(KeyKind::Phone, name("0"));

    assert_eq!(store.add(&alice).await.unwrap(), Add::Added);
    said("add: added");
    assert_eq!(store.add(&alice).await.unwrap(), Add::Taken(None));
    said("add: its id is taken");
    assert_eq!(
        store.add(&like_alice).await.unwrap(),
        Add::Taken(Some(KeyKind::Login))
    );
    said("add: a key is taken");
    assert_eq!(store.add(&bob).await.unwrap(), Add::Added);
    said("add: added");
    assert!(store.load(alice.value.id()).await.unwrap().is_some());
    said("load");
    assert!(
        store
            .load(&name("c").parse().unwrap())
            .await
            .unwrap()
            .is_none()
    );
    said("load: nobody");
    assert!(store.find(&keys[0]).await.unwrap().is_some());
    said("find");
    assert!(store.find(&none).await.unwrap().is_none());
    said("find: nobody");
    assert_eq!(
        store.update(alice.revision, &coded).await.unwrap(),
        Update::Updated
    );
    said("update: updated");
    assert_eq!(
        store.update(alice.revision, &coded).await.unwrap(),
        Update::Stale
    );
    said("update: stale");
    let taken = store.update(bob.revision, &like_alice).await.unwrap();
    assert_eq!(taken, Update::Taken(KeyKind::Login));
    said("update: a key is taken");
    let refused: StoreError = store.update(coded.revision, &alice).await.unwrap_err();
    assert!(refused.to_string().contains("security code"), "{refused}");
    said("update: another security code");
    assert!(store.due(NOW, 10).await.unwrap().is_empty());
    said("due");
    assert_eq!(
        store
            .remove(alice.revision, alice.value.id())
            .await
            .unwrap(),
        Remove::Stale
    );
    said("remove: stale");
    assert_eq!(
        store
            .remove(coded.revision, alice.value.id())
            .await
            .unwrap(),
        Remove::Removed
    );
    said("remove: removed");

    let key = Key::from_bytes([salt; 32]);
    let [first, second, third] = [1, 2, 3].map(record);
    let insert = store.insert(&key, &first, NOW, SOON).await.unwrap();
    assert!(matches!(insert, Insert::Inserted));
    said("insert: inserted");
    let insert = store.insert(&key, &second, NOW, SOON).await.unwrap();
    assert!(matches!(insert, Insert::Exists(found) if found.revision == first.revision));
    said("insert: exists");
    let insert = store.insert(&key, &second, SOON, SOON).await.unwrap();
    assert!(matches!(insert, Insert::Inserted));
    said("insert: an expired one is replaced");
    assert!(store.get(&key, NOW).await.unwrap().is_some());
    said("get");
    assert!(store.get(&key, SOON).await.unwrap().is_none());
    said("get: expired");
    assert_eq!(
        store
            .swap(&key, second.revision, &third, SOON)
            .await
            .unwrap(),
        Swap::Swapped
    );
    said("swap: swapped");
    assert_eq!(
        store
            .swap(&key, second.revision, &first, SOON)
            .await
            .unwrap(),
        Swap::Stale
    );
    said("swap: stale");
    let absent = Key::from_bytes([salt + 100; 32]);
    assert_eq!(
        store
            .swap(&absent, second.revision, &first, SOON)
            .await
            .unwrap(),
        Swap::Stale
    );
    said("swap: absent");
    assert_eq!(store.purge(NOW, 10).await.unwrap(), 0);
    said("purge: nothing");
    assert_eq!(
        store
            .delete(&key, Revision::from_bytes([9; 16]))
            .await
            .unwrap(),
        Delete::Stale
    );
    said("delete: stale");
    assert_eq!(
        store.delete(&key, third.revision).await.unwrap(),
        Delete::Deleted
    );
    said("delete: deleted");
    let insert = store.insert(&key, &first, NOW, NOW).await.unwrap();
    assert!(matches!(insert, Insert::Inserted));
    said("insert: inserted");
    assert_eq!(store.purge(NOW, 10).await.unwrap(), 1);
    said("purge: one");
}
