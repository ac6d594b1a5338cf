//! The stores that are tested.

use backstop::MemoryStore;
#[cfg(feature = "sqlite")]
use backstop::SqliteStore;

#[cfg(feature = "sqlite")]
use crate::scratch::Scratch;

/// A fresh store, and another handle on what it keeps: another opening of the same file, where
/// there is a file.
pub(crate) struct Handles<S> {
    pub(crate) one: S,
    pub(crate) other: S,
}

pub(crate) struct Memory {
    pub(crate) store: Handles<MemoryStore>,
}

impl Memory {
    pub(crate) async fn open() -> Self {
        let one = MemoryStore::new();
        let other = one.clone();
        Self {
            store: Handles { one, other },
        }
    }
}

#[cfg(feature = "sqlite")]
pub(crate) struct SqliteFile {
    pub(crate) store: Handles<SqliteStore>,
    _scratch: Scratch,
}

#[cfg(feature = "sqlite")]
impl SqliteFile {
    pub(crate) async fn open() -> Self {
        let scratch = Scratch::new();
        let path = scratch.file("accounts.db");
        let one = SqliteStore::open(&path).await.unwrap();
        let other = SqliteStore::open(&path).await.unwrap();
        Self {
            store: Handles { one, other },
            _scratch: scratch,
        }
    }
}

#[cfg(feature = "sqlite")]
pub(crate) struct SqliteHostPool {
    pub(crate) store: Handles<SqliteStore>,
    _scratch: Scratch,
}

#[cfg(feature = "sqlite")]
impl SqliteHostPool {
    /// A pool as sqlx makes it: several connections, a rollback journal.
    pub(crate) async fn open() -> Self {
        let scratch = Scratch::new();
        let options = sqlx::sqlite::SqliteConnectOptions::new()
            .filename(scratch.file("host.db"))
            .create_if_missing(true)
            .busy_timeout(std::time::Duration::from_secs(60));
        let host = |options| async {
            let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
            SqliteStore::with_pool(pool).await.unwrap()
        };
        let one = host(options.clone()).await;
        let other = host(options).await;
        Self {
            store: Handles { one, other },
            _scratch: scratch,
        }
    }
}
