//! Both stores in PostgreSQL, over a pool of their own or the host's.
//!
//! Each call of the traits is one autocommit statement in one round trip; a trigger keeps the table
//! of unique keys in step with the accounts inside it.

mod accounts;
mod flows;
mod migration;
mod statement;

use std::{fmt, str::FromStr, time::Duration};

use sqlx::{
    ConnectOptions, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use super::StoreError;

/// The most connections of a pool of our own. A statement takes a millisecond or so, and a server
/// allows 100 connections unless it is told otherwise.
const CONNECTIONS: u32 = 10;

/// How long a call waits for a connection, and for a server that is starting up.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);

/// Accounts and flows in PostgreSQL. Clones share the connections.
///
/// The tables are `backstop_account`, `backstop_account_key`, `backstop_flow` and
/// `backstop_schema`; comments in the database explain their columns. A trigger refuses to alter
/// or clear a security code, whoever tries.
///
/// A call is one statement in one round trip; the first use of a statement on a connection costs
/// one more, which prepares it. A statement that the server has undone, as under
/// `SERIALIZABLE`, is made again up to 5 times. So is one whose connection broke: every write
/// has a revision of its own, so whether it had happened is seen by what is stored. A call ends
/// after 10 s at most. See [the manual](crate::manual::postgres).
///
/// ```no_run
/// # use backstop::*;
/// # async fn example(key: ServiceKey) -> Result<(), Box<dyn std::error::Error>> {
/// let store = PostgresStore::connect("postgres://shop:secret@db.example/shop").await?;
/// let accounts = Accounts::builder(store, MemorySender::new(), key).link_base("https://shop.example/recover")?.build()?;
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct PostgresStore {
    pool: PgPool,
}

impl PostgresStore {
    /// Connects to a database with a pool of its own, of at most 10 connections, and brings the
    /// tables up to date. Several processes may do so at once.
    ///
    /// `url`: as `libpq` takes it, and it must lead to the primary. Parameters that it lacks are
    /// read off the environment (`PGHOST` and the like). TLS is what the features of sqlx in the
    /// host's own `Cargo.toml` make of `sslmode`. Call it, and use the store, inside a Tokio
    /// runtime.
    ///
    /// # Errors
    ///
    /// [`StoreError`]: the server cannot be reached within 5 s, or what
    /// [`with_pool`](Self::with_pool) refuses.
    pub async fn connect(url: &str) -> Result<Self, StoreError> {
        let options = PgConnectOptions::from_str(url)?.disable_statement_logging();
        // A connection that broke is seen by the statement that needs it, which is made again.
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .test_before_acquire(false)
            .connect_lazy_with(options);
        Self::with_pool(pool).await
    }

    /// The library's tables in the host's own database, through the host's own pool. Tables that
    /// are missing or old are brought up to date, in the first schema of the search path.
    ///
    /// `pool`: every connection leads to the primary, and its `synchronous_commit` is not `off`:
    /// an acknowledged change of a password may not be lost. Any isolation level will do. With
    /// `test_before_acquire(false)` a call is one round trip; sqlx's default costs one more.
    ///
    /// Every call takes a connection of its own: commit a transaction of yours before you call a
    /// verb, or the two wait for each other.
    ///
    /// # Errors
    ///
    /// [`StoreError`]: the database cannot be written; its encoding is not UTF-8;
    /// `synchronous_commit` is `off`; or the tables are those of a newer version of the library.
    pub async fn with_pool(pool: PgPool) -> Result<Self, StoreError> {
        migration::migrate(&pool).await?;
        Ok(Self { pool })
    }
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresStore").finish_non_exhaustive()
    }
}
