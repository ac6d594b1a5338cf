//! The README's statements and trips, verb by verb, on the wire to PostgreSQL.
#![cfg(feature = "postgres")]
#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[path = "postgres_server/mod.rs"]
#[expect(dead_code, reason = "another test file uses the rest")]
mod postgres_server;
#[path = "postgres_faults/proxy.rs"]
#[expect(dead_code, reason = "another test file uses the rest")]
mod proxy;
mod support;
mod trips;

use std::{
    sync::{LazyLock, Mutex},
    time::Duration,
};

use backstop::{
    PostgresStore,
    name::{KeyKind, UniqueKey},
    record::Key,
    store::{AccountStore, FlowStore},
};
use postgres_server::Server;
use proxy::{Flight, Proxy};
use sqlx::{PgPool, postgres::PgPoolOptions};
use time::OffsetDateTime;
use tokio::{task::JoinSet, time::timeout};
use trips::{Counter, Table, Wire};

const NOW: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;

static SERVER: LazyLock<Server> = LazyLock::new(Server::start);

/// Enough for what is asked at once, beside those that the pool is looking at.
const CONNECTIONS: u32 = 6;

/// A database behind a proxy for each store; the last one is counted.
#[derive(Default)]
struct OnTheWire {
    proxy: Mutex<Option<Proxy>>,
}

impl Counter for OnTheWire {
    type Store = PostgresStore;

    /// A store with the pool of [`PostgresStore::connect`]. Every connection is open and has
    /// prepared the two statements that are made at once, so that neither waits for the other.
    async fn store(&self) -> PostgresStore {
        let proxy = Proxy::before(&SERVER.database()).await;
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .min_connections(CONNECTIONS)
            .test_before_acquire(false)
            .connect(proxy.url())
            .await
            .unwrap();
        let store = PostgresStore::with_pool(pool.clone()).await.unwrap();
        let name = UniqueKey::new(KeyKind::Login, "nobody");
        let key = Key::from_bytes([0; 32]);
        all_idle(&pool).await;
        on_each_connection(|| {
            let (store, name) = (store.clone(), name.clone());
            async move { assert!(store.find(&name).await.unwrap().is_none()) }
        })
        .await;
        all_idle(&pool).await;
        on_each_connection(|| {
            let store = store.clone();
            async move { assert!(store.get(&key, NOW).await.unwrap().is_none()) }
        })
        .await;
        all_idle(&pool).await;
        let _opening = (proxy.flights(), proxy.trips());
        *self.proxy.lock().unwrap() = Some(proxy);
        store
    }

    fn take_wire(&self) -> Option<Wire> {
        let proxy = self.proxy.lock().unwrap();
        let flights = proxy.as_ref().unwrap().flights();
        let simple = flights
            .iter()
            .find(|flight| matches!(flight, Flight::Simple(_)));
        assert_eq!(simple, None);
        let is_statement = |flight: &&Flight| matches!(flight, Flight::Execute(_));
        Some(Wire {
            statements: flights.iter().filter(is_statement).count(),
            trips: proxy.as_ref().unwrap().trips(),
        })
    }
}

/// As many calls at once as there are connections.
async fn on_each_connection<F>(call: impl Fn() -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let mut calls = JoinSet::new();
    for _ in 0..CONNECTIONS {
        calls.spawn(call());
    }
    calls.join_all().await;
}

/// The pool looks at a connection that it gets back, and only then it is idle.
async fn all_idle(pool: &PgPool) {
    let all = async {
        while pool.num_idle() < CONNECTIONS as usize {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    timeout(Duration::from_secs(60), all).await.unwrap();
}

#[tokio::test]
async fn on_the_wire_the_verbs_cost_what_the_readme_says() {
    let mut table = Table::of(OnTheWire::default());
    trips::sessions::issue(&mut table).await;
    trips::sessions::sign_in(&mut table).await;
    trips::recovery::by_mail(&mut table).await;
    trips::recovery::by_hint(&mut table).await;
    trips::recovery::by_security_code(&mut table).await;
    trips::sessions::managing(&mut table).await;
    trips::sessions::changing(&mut table).await;
    table.is_in_the_readme();
}

#[tokio::test]
async fn on_the_wire_a_support_case_costs_what_the_readme_says() {
    let mut table = Table::of(OnTheWire::default());
    trips::support_case::support_case(&mut table).await;
    table.is_in_the_readme();
}

#[cfg(feature = "phone")]
#[tokio::test]
async fn on_the_wire_a_phone_costs_what_the_readme_says() {
    let mut table = Table::of(OnTheWire::default());
    trips::phones::phone(&mut table).await;
    table.is_in_the_readme();
}

#[cfg(feature = "totp")]
#[tokio::test]
async fn on_the_wire_a_second_factor_costs_what_the_readme_says() {
    let mut table = Table::of(OnTheWire::default());
    trips::second_factor::second_factor(&mut table).await;
    table.is_in_the_readme();
}
