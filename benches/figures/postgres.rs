//! A PostgreSQL server for the figures.

#[expect(
    dead_code,
    clippy::unwrap_used,
    reason = "as in the tests, which use more of it"
)]
#[path = "../../tests/postgres_server/mod.rs"]
mod postgres_server;

use backstop::PostgresStore;
use sqlx::{ConnectOptions, PgConnection, postgres::PgConnectOptions};

pub(crate) use postgres_server::Server;

/// A server that waits for its disk, as one does that is not for tests; or the one that
/// `BACKSTOP_TEST_POSTGRES` names.
pub(crate) fn server() -> Server {
    if std::env::var_os("BACKSTOP_TEST_POSTGRES").is_some() {
        return Server::start();
    }
    Server::own(&[
        "fsync=on",
        "shared_buffers=256MB",
        "max_wal_size=512MB",
        "checkpoint_timeout=30min",
    ])
}

pub(crate) async fn store(url: &str) -> PostgresStore {
    PostgresStore::connect(url).await.expect("a store")
}

pub(crate) async fn connect(url: &str) -> PgConnection {
    let options: PgConnectOptions = url.parse().expect("a URL");
    let options = options.disable_statement_logging();
    options.connect().await.expect("a connection")
}

pub(crate) async fn run(connection: &mut PgConnection, statement: &str) {
    sqlx::raw_sql(sqlx::AssertSqlSafe(statement.to_owned()))
        .execute(connection)
        .await
        .unwrap_or_else(|error| panic!("{statement}: {error}"));
}
