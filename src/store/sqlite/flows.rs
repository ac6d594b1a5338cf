//! The flow store.

use sqlx::{Row, sqlite::SqliteRow};
use time::OffsetDateTime;

use super::SqliteStore;
use crate::{
    clock::Stamp,
    record::{Key, Record, Revision, Stored},
    store::{
        Delete, FlowStore, Insert, StoreError, Swap,
        sql::{limit, revision},
    },
};

/// How often a record may vanish between the insertion that it refused and the look at it.
const TRIES: usize = 16;

impl FlowStore for SqliteStore {
    async fn insert(
        &self,
        key: &Key,
        record: &Stored<Record>,
        now: OffsetDateTime,
        expires: OffsetDateTime,
    ) -> Result<Insert, StoreError> {
        for _ in 0..TRIES {
            let inserted = sqlx::query(
                "INSERT INTO backstop_flow (key, revision, expires, record)
                 VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (key) DO UPDATE
                 SET revision = excluded.revision, expires = excluded.expires,
                     record = excluded.record
                 WHERE expires <= ?5",
            )
            .bind(key.as_bytes().as_slice())
            .bind(record.revision.as_bytes().as_slice())
            .bind(Stamp::from(expires).millis())
            .bind(record.value.as_bytes())
            .bind(Stamp::from(now).millis())
            .execute(&self.flows)
            .await?;
            if inserted.rows_affected() > 0 {
                return Ok(Insert::Inserted);
            }
            if let Some(found) = self.get(key, now).await? {
                return Ok(Insert::Exists(found));
            }
        }
        Err(StoreError::new("a record came and went again and again"))
    }

    async fn get(
        &self,
        key: &Key,
        now: OffsetDateTime,
    ) -> Result<Option<Stored<Record>>, StoreError> {
        let found = sqlx::query(
            "SELECT revision, record FROM backstop_flow WHERE key = ?1 AND expires > ?2",
        )
        .bind(key.as_bytes().as_slice())
        .bind(Stamp::from(now).millis())
        .fetch_optional(&self.reads)
        .await?;
        found.map(read).transpose()
    }

    async fn swap(
        &self,
        key: &Key,
        was: Revision,
        record: &Stored<Record>,
        expires: OffsetDateTime,
    ) -> Result<Swap, StoreError> {
        let swapped = sqlx::query(
            "UPDATE backstop_flow SET revision = ?3, expires = ?4, record = ?5
             WHERE key = ?1 AND revision = ?2",
        )
        .bind(key.as_bytes().as_slice())
        .bind(was.as_bytes().as_slice())
        .bind(record.revision.as_bytes().as_slice())
        .bind(Stamp::from(expires).millis())
        .bind(record.value.as_bytes())
        .execute(&self.flows)
        .await?;
        match swapped.rows_affected() {
            0 => Ok(Swap::Stale),
            _ => Ok(Swap::Swapped),
        }
    }

    async fn delete(&self, key: &Key, was: Revision) -> Result<Delete, StoreError> {
        let deleted = sqlx::query("DELETE FROM backstop_flow WHERE key = ?1 AND revision = ?2")
            .bind(key.as_bytes().as_slice())
            .bind(was.as_bytes().as_slice())
            .execute(&self.flows)
            .await?;
        match deleted.rows_affected() {
            0 => Ok(Delete::Stale),
            _ => Ok(Delete::Deleted),
        }
    }

    async fn purge(&self, now: OffsetDateTime, rows: usize) -> Result<usize, StoreError> {
        let purged = sqlx::query(
            "DELETE FROM backstop_flow WHERE key IN
                 (SELECT key FROM backstop_flow WHERE expires <= ?1 ORDER BY expires LIMIT ?2)",
        )
        .bind(Stamp::from(now).millis())
        .bind(limit(rows))
        .execute(&self.flows)
        .await?;
        let rows = purged.rows_affected();
        Ok(usize::try_from(rows).unwrap_or(usize::MAX))
    }
}

fn read(row: SqliteRow) -> Result<Stored<Record>, StoreError> {
    Ok(Stored {
        revision: revision(row.try_get(0)?)?,
        value: Record::from_bytes(row.try_get(1)?),
    })
}
