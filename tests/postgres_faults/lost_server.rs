//! The server itself is gone, or does not answer.

use std::time::Duration;

use backstop::{
    PostgresStore,
    store::{AccountStore, Add, FlowStore},
};
use tokio::{task::JoinSet, time::timeout};

use crate::{
    NOW, SOON, Scene, key, postgres_server::Server, proxy::Fault::Mute, record, records::AccountV1,
};

/// A call promises 10 s; the machine may be busy.
const AMPLE: Duration = Duration::from_secs(60);

/// All connections of the pool are dead at once; nothing of that is seen when the server is there.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_comes_back_is_used_again() {
    let mut server = Server::own(&[]);
    let store = PostgresStore::connect(&server.database()).await.unwrap();
    let account = AccountV1::new("a", "alice").stored(1);
    assert_eq!(store.add(&account).await.unwrap(), Add::Added);
    for _ in 0..3 {
        fill(&store).await;
        server.stop();
        server.restart();
        // More calls than tries, at once and after each other.
        fill(&store).await;
        let found = store.load(account.value.id()).await.unwrap().unwrap();
        assert_eq!(found.revision, account.revision);
    }
}

/// A write comes through although the server goes away and comes back under it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_waits_for_the_server_to_come_back() {
    let mut server = Server::own(&[]);
    let store = PostgresStore::connect(&server.database()).await.unwrap();
    fill(&store).await;
    server.stop();
    let writing = tokio::spawn({
        let store = store.clone();
        async move { store.add(&AccountV1::new("a", "alice").stored(1)).await }
    });
    tokio::task::block_in_place(|| server.restart());
    assert_eq!(writing.await.unwrap().unwrap(), Add::Added);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_server_a_call_ends_with_a_clear_error() {
    let mut server = Server::own(&[]);
    let url = server.database();
    let store = PostgresStore::connect(&url).await.unwrap();
    fill(&store).await;
    server.stop();
    let account = AccountV1::new("a", "alice").stored(1);
    for calls in 0..2 {
        let ended = timeout(AMPLE, store.add(&account)).await;
        let error = ended.expect("a call ends").unwrap_err();
        assert!(error.to_string().contains("PostgreSQL"), "{calls}: {error}");
    }
    let ended = timeout(AMPLE, PostgresStore::connect(&url)).await;
    let error = ended.expect("opening ends").unwrap_err();
    assert!(error.to_string().contains("PostgreSQL"), "{error}");
    server.restart();
    assert_eq!(store.add(&account).await.unwrap(), Add::Added);
}

/// Connections that hang do not come back to the pool, which would be at its end.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_never_answers_costs_one_call_each() {
    let scene = Scene::new().await;
    scene.proxy.fail(&[Mute; 10]);
    let mut calls = JoinSet::new();
    for _ in 0..10 {
        let (store, key) = (scene.store.clone(), key());
        calls.spawn(async move { store.insert(&key, &record(1), NOW, SOON).await });
    }
    for ended in calls.join_all().await {
        let error = ended.unwrap_err();
        assert!(error.to_string().contains("unknown"), "{error}");
    }
    assert_eq!(scene.proxy.struck(), [Mute; 10]);
    fill(&scene.store).await;
}

/// Callers that give up keep no connection from those after them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_that_are_dropped_unanswered_leave_the_pool_usable() {
    let scene = Scene::new().await;
    scene.proxy.fail(&[Mute; 10]);
    let mut calls = JoinSet::new();
    for _ in 0..10 {
        let store = scene.store.clone();
        calls.spawn(async move { store.get(&key(), NOW).await.map(drop) });
    }
    let mut hanging = scene.proxy.struck().len();
    while hanging < 10 {
        hanging += scene.proxy.struck().len();
        tokio::task::yield_now().await;
    }
    calls.shutdown().await;
    assert!(scene.store.get(&key(), NOW).await.unwrap().is_none());
}

/// Has every connection of the pool in use.
async fn fill(store: &PostgresStore) {
    let mut calls = JoinSet::new();
    for _ in 0..40 {
        let (store, key) = (store.clone(), key());
        calls.spawn(async move { store.get(&key, NOW).await.map(drop) });
    }
    for call in calls.join_all().await {
        call.unwrap();
    }
}
