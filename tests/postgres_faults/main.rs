//! PostgreSQL whose statements are undone and whose connections break, as in a cluster: a proxy
//! makes them do so, and counts the statements and trips.
#![cfg(feature = "postgres")]
#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod lost_server;
mod outcomes;
#[path = "../postgres_server/mod.rs"]
#[expect(dead_code, reason = "another test file uses the rest")]
mod postgres_server;
mod proxy;
#[path = "../records/mod.rs"]
#[expect(dead_code, reason = "another test file uses the rest")]
mod records;
#[cfg(feature = "conformance")]
mod suite;
#[path = "../support/mod.rs"]
mod support;
mod trips;
mod verbs;

use std::sync::{
    LazyLock,
    atomic::{AtomicU8, Ordering},
};

use backstop::{
    PostgresStore,
    record::{Key, Record, Revision, Stored},
};
use postgres_server::Server;
use proxy::Proxy;
use time::{OffsetDateTime, macros::datetime};

static SERVER: LazyLock<Server> = LazyLock::new(Server::start);

const NOW: OffsetDateTime = datetime!(2026-01-01 00:00 UTC);
const SOON: OffsetDateTime = datetime!(2026-01-01 00:10 UTC);

/// A store behind a proxy, and one that goes to the same database directly. What a transaction
/// locks and reads is what CockroachDB would: everything.
struct Scene {
    proxy: Proxy,
    store: PostgresStore,
    direct: PostgresStore,
}

impl Scene {
    async fn new() -> Self {
        let url = SERVER.database();
        let isolate = "options[default_transaction_isolation]=serializable";
        let direct = PostgresStore::connect(&format!("{url}&{isolate}"))
            .await
            .unwrap();
        let proxy = Proxy::before(&url).await;
        let store = PostgresStore::connect(&format!("{}&{isolate}", proxy.url()))
            .await
            .unwrap();
        Self {
            proxy,
            store,
            direct,
        }
    }
}

/// Flow keys and revisions of their own for each use.
fn fresh() -> [u8; 32] {
    static COUNT: AtomicU8 = AtomicU8::new(0);
    [COUNT.fetch_add(1, Ordering::Relaxed); 32]
}

fn key() -> Key {
    Key::from_bytes(fresh())
}

fn record(number: u8) -> Stored<Record> {
    Stored {
        revision: Revision::from_bytes([number; 16]),
        value: Record::from_bytes(vec![number; 40]),
    }
}
