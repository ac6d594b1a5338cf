//! The server itself is gone, or does not answer.

use std::time::Duration;

use backstop::{
    PostgresStore,
    store::{AccountStore, Add, FlowStore, Insert, Swap, Update},
};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
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

/// The server's machine goes without a word when every statement was answered: the places of the
/// connections that go back to the pool are free again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_are_lost_on_their_way_back_leave_the_pool_usable() {
    let scene = Scene::new().await;
    fill(&scene.store).await;
    scene.proxy.mute_checks();
    let mut muted = 0;
    while muted < 10 {
        assert!(scene.store.get(&key(), NOW).await.unwrap().is_none());
        muted += scene.proxy.struck().len();
    }
    scene.proxy.heal();
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

/// The server breaks off while a commit waits for a synchronous standby. What the retry finds may
/// be lost with this server, and a read would not wait: it is acknowledged by a write, which does.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_that_is_found_to_have_happened_waits_for_the_standby() {
    let server = Server::own(&[
        "synchronous_standby_names=nobody",
        "synchronous_commit=local",
    ]);
    let url = server.database();
    let local = PostgresStore::connect(&url).await.unwrap();
    let waiting = format!("{url}&options[synchronous_commit]=on");
    let store = PostgresStore::connect(&waiting).await.unwrap();
    let mut waits = Waits(PgConnection::connect(&url).await.unwrap());
    let (account, key) = (|number| AccountV1::new("a", "alice").stored(number), key());

    let call = store.clone();
    let added = tokio::spawn(async move { call.add(&account(1)).await });
    waits.for_the_write_and_for_its_lock().await;
    assert_eq!(added.await.unwrap().unwrap(), Add::Added);

    let call = store.clone();
    let was = account(1).revision;
    let updated = tokio::spawn(async move { call.update(was, &account(2)).await });
    waits.for_the_write_and_for_its_lock().await;
    assert_eq!(updated.await.unwrap().unwrap(), Update::Updated);

    let call = store.clone();
    let inserted = tokio::spawn(async move { call.insert(&key, &record(1), NOW, SOON).await });
    waits.for_the_write_and_for_its_lock().await;
    assert!(matches!(inserted.await.unwrap(), Ok(Insert::Inserted)));

    let was = record(1).revision;
    let swapped = tokio::spawn(async move { store.swap(&key, was, &record(2), SOON).await });
    waits.for_the_write_and_for_its_lock().await;
    assert_eq!(swapped.await.unwrap().unwrap(), Swap::Swapped);

    let found = local.load(account(2).value.id()).await.unwrap().unwrap();
    assert_eq!(found.revision, account(2).revision);
    let found = local.get(&key, NOW).await.unwrap().unwrap();
    assert_eq!(found.revision, record(2).revision);
}

/// The commits that wait for a standby.
struct Waits(PgConnection);

impl Waits {
    async fn for_the_write_and_for_its_lock(&mut self) {
        self.end("%WITH written%", "pg_terminate_backend").await;
        // Such a cancellation lets the commit go on without its standby.
        self.end("%FOR UPDATE", "pg_cancel_backend").await;
    }

    /// Waits until one does whose statement is like this, and ends it.
    async fn end(&mut self, statement: &str, how: &str) {
        let command = format!(
            "SELECT {how}(pid) FROM pg_stat_activity
             WHERE wait_event = 'SyncRep' AND query LIKE '{statement}'"
        );
        let wait = async {
            while sqlx::raw_sql(AssertSqlSafe(command.clone()))
                .fetch_optional(&mut self.0)
                .await
                .unwrap()
                .is_none()
            {}
        };
        let ended = timeout(AMPLE, wait).await;
        ended.unwrap_or_else(|_| panic!("no commit of {statement} waits"));
    }
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
