//! Both stores in an SQLite file, or in the host's own pool.
//!
//! Each call of the traits is one autocommit statement; triggers keep the table of unique keys in
//! step with the accounts inside it. A statement that writes has no `RETURNING`: sqlx hands out
//! its first row before the commit, and would lose an error of the commit.

mod accounts;
mod flows;
mod migration;

use std::{fmt, path::Path, time::Duration};

use sqlx::{
    ConnectOptions, SqlitePool,
    sqlite::{SqliteConnectOptions, SqlitePoolOptions, SqliteSynchronous},
};

use super::StoreError;

/// How long a statement waits for a writer of another process.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Reads that run side by side. One takes some 20 µs, so few are enough.
const READERS: u32 = 4;

/// Accounts and flows in SQLite. Clones share the connections.
///
/// The tables are `backstop_account`, `backstop_account_key`, `backstop_flow` and
/// `backstop_schema`; their columns are explained in the schema of the database itself. A trigger
/// refuses to alter or clear a security code, whoever tries.
///
/// ```no_run
/// # use backstop::*;
/// # async fn example(key: ServiceKey) -> Result<(), Box<dyn std::error::Error>> {
/// let store = SqliteStore::open("accounts.db").await?;
/// let accounts = Accounts::builder(store, MemorySender::new(), key).link_base("https://shop.example/recover")?.build()?;
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct SqliteStore {
    reads: SqlitePool,
    accounts: SqlitePool,
    flows: SqlitePool,
}

impl SqliteStore {
    /// Opens a database file for the library alone, in WAL mode; creates it if it is missing and
    /// brings its tables up to date. Several processes may have it open.
    ///
    /// An account is on the disk when its write is answered (`synchronous = FULL`). A flow or a
    /// budget survives the end of the process; a loss of power may undo the last ones (`NORMAL`).
    ///
    /// `path`: a file on a local disk, in a directory that exists. Call it, and use the store,
    /// inside a Tokio runtime.
    ///
    /// # Errors
    ///
    /// [`StoreError`]: the file cannot be opened or written, or its tables are those of a newer
    /// version of the library, with which this one does not work.
    pub async fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        // An absolute path is never taken for a URI or for a database in memory.
        let path = std::path::absolute(path).map_err(StoreError::new)?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .busy_timeout(BUSY_TIMEOUT)
            .disable_statement_logging();
        // Writers of one process take turns in their pool, which wakes them at once; SQLite
        // itself would let them poll.
        let full = options.clone().synchronous(SqliteSynchronous::Full);
        let normal = options.clone().synchronous(SqliteSynchronous::Normal);
        let store = Self {
            reads: pool(READERS, options),
            accounts: pool(1, full),
            flows: pool(1, normal),
        };
        // First, because a file that is refused is left as it is.
        migration::migrate(&store.accounts).await?;
        migration::enter_wal_mode(&store.accounts).await?;
        Ok(store)
    }

    /// The library's tables in the host's own database, through the host's own pool. No pragma is
    /// touched; tables that are missing or old are brought up to date.
    ///
    /// `pool`: its connections need a busy timeout (sqlx sets 5 s), and `synchronous` at `FULL`
    /// or above, which is SQLite's default, or at `EXTRA` without WAL mode: below that an
    /// acknowledged change of a password may be lost with the power.
    ///
    /// Every call takes a connection of its own: commit a transaction of yours before you call a
    /// verb, or the two wait for each other.
    ///
    /// # Errors
    ///
    /// [`StoreError`]: the database cannot be written, or the tables are those of a newer version
    /// of the library, with which this one does not work.
    pub async fn with_pool(pool: SqlitePool) -> Result<Self, StoreError> {
        migration::migrate(&pool).await?;
        Ok(Self {
            reads: pool.clone(),
            accounts: pool.clone(),
            flows: pool,
        })
    }
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStore").finish_non_exhaustive()
    }
}

/// Connections to a file do not age and need no test.
fn pool(size: u32, options: SqliteConnectOptions) -> SqlitePool {
    SqlitePoolOptions::new()
        .max_connections(size)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .connect_lazy_with(options)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn sentence_01_accounts_are_synced_and_flows_are_not() {
        const NORMAL: i64 = 1;
        const FULL: i64 = 2;
        let name = format!("backstop-synchronous-{}.db", std::process::id());
        let file = std::env::temp_dir().join(name);
        let store = SqliteStore::open(&file).await.unwrap();
        for (pool, level) in [(&store.accounts, FULL), (&store.flows, NORMAL)] {
            let found: i64 = sqlx::query_scalar("PRAGMA synchronous")
                .fetch_one(pool)
                .await
                .unwrap();
            assert_eq!(found, level);
        }
        for suffix in ["", "-wal", "-shm"] {
            std::fs::remove_file(format!("{}{suffix}", file.display())).unwrap();
        }
    }
}
