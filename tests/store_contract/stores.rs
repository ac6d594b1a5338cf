//! The stores that are tested.

use backstop::{MemoryStore, conformance::Fixture, store::StoreError};
#[cfg(feature = "sqlite")]
use {crate::scratch::Scratch, backstop::SqliteStore, std::time::Duration};

pub(crate) struct Memory;

impl Fixture for Memory {
    type Place = MemoryStore;
    type Store = MemoryStore;

    async fn place(&self) -> Result<MemoryStore, StoreError> {
        Ok(MemoryStore::new())
    }

    async fn open(&self, place: &MemoryStore) -> Result<MemoryStore, StoreError> {
        Ok(place.clone())
    }
}

/// A file, opened once for each client.
#[cfg(feature = "sqlite")]
pub(crate) struct SqliteFile;

#[cfg(feature = "sqlite")]
impl Fixture for SqliteFile {
    type Place = Scratch;
    type Store = SqliteStore;

    async fn place(&self) -> Result<Scratch, StoreError> {
        Ok(Scratch::new())
    }

    async fn open(&self, place: &Scratch) -> Result<SqliteStore, StoreError> {
        SqliteStore::open(place.file("accounts.db")).await
    }
}

/// A pool as sqlx makes it: several connections, a rollback journal.
#[cfg(feature = "sqlite")]
pub(crate) struct SqliteHostPool;

#[cfg(feature = "sqlite")]
impl Fixture for SqliteHostPool {
    type Place = Scratch;
    type Store = SqliteStore;

    async fn place(&self) -> Result<Scratch, StoreError> {
        Ok(Scratch::new())
    }

    async fn open(&self, place: &Scratch) -> Result<SqliteStore, StoreError> {
        let options = sqlx::sqlite::SqliteConnectOptions::new()
            .filename(place.file("host.db"))
            .create_if_missing(true)
            .busy_timeout(Duration::from_secs(60));
        let pool = sqlx::SqlitePool::connect_with(options).await;
        SqliteStore::with_pool(pool.map_err(StoreError::new)?).await
    }
}
