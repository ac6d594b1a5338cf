//! The flow store.

use sqlx::{
    Postgres, Row,
    postgres::{PgArguments, PgRow},
    query::Query,
};
use time::OffsetDateTime;

use super::{
    PostgresStore,
    statement::{NOT_RANDOM, Outcome, Reading, Tries, outcome, unknown},
};
use crate::{
    clock::Stamp,
    record::{Key, Record, Revision, Stored},
    store::{
        Delete, FlowStore, Insert, StoreError, Swap,
        sql::{limit, revision},
    },
};

impl FlowStore for PostgresStore {
    /// The first condition keeps a refusal from being a write; the second one decides.
    async fn insert(
        &self,
        key: &Key,
        record: &Stored<Record>,
        now: OffsetDateTime,
        expires: OffsetDateTime,
    ) -> Result<Insert, StoreError> {
        let statement = |tries| match tries {
            Tries::Happened => lock(key, record),
            Tries::Only | Tries::InDoubt => sqlx::query(
                "WITH written AS (
                     INSERT INTO backstop_flow AS f (key, revision, expires, record)
                     SELECT $1, $2, $3, $4 WHERE NOT EXISTS (
                         SELECT 1 FROM backstop_flow WHERE key = $1 AND expires > $5
                     )
                     ON CONFLICT (key) DO UPDATE
                     SET revision = excluded.revision, expires = excluded.expires,
                         record = excluded.record
                     WHERE f.expires <= $5 RETURNING revision
                 )
                 SELECT TRUE, revision, NULL::bytea FROM written
                 UNION ALL
                 SELECT FALSE, revision, record FROM backstop_flow WHERE key = $1 AND expires > $5",
            )
            .bind(key.as_bytes().as_slice())
            .bind(record.revision.as_bytes().as_slice())
            .bind(Stamp::from(expires).millis())
            .bind(record.value.as_bytes())
            .bind(Stamp::from(now).millis()),
        };
        self.answer(record.revision, statement, |rows, tries| {
            Ok(match (outcome(rows, record.revision)?, rows, tries) {
                (Outcome::Written, ..) => Reading::Answer(Insert::Inserted),
                (Outcome::Ours | Outcome::Another(_), [row, ..], Tries::Only) => {
                    Reading::Answer(Insert::Exists(read(row, 1)?))
                }
                (Outcome::Ours, _, Tries::InDoubt) => Reading::Happened,
                // What refused it came after the look at what lies there.
                (Outcome::Absent, _, Tries::Only | Tries::InDoubt) => Reading::Again,
                _ => return Err(unknown()),
            })
        })
        .await
    }

    async fn get(
        &self,
        key: &Key,
        now: OffsetDateTime,
    ) -> Result<Option<Stored<Record>>, StoreError> {
        let statement = |_| {
            sqlx::query(
                "SELECT revision, record FROM backstop_flow WHERE key = $1 AND expires > $2",
            )
            .bind(key.as_bytes().as_slice())
            .bind(Stamp::from(now).millis())
        };
        self.answer(NOT_RANDOM, statement, |rows, _| {
            let found = rows.first().map(|row| read(row, 0)).transpose();
            found.map(Reading::Answer)
        })
        .await
    }

    async fn swap(
        &self,
        key: &Key,
        was: Revision,
        record: &Stored<Record>,
        expires: OffsetDateTime,
    ) -> Result<Swap, StoreError> {
        let statement = |tries| match tries {
            Tries::Happened => lock(key, record),
            Tries::Only | Tries::InDoubt => sqlx::query(
                "WITH written AS (
                     UPDATE backstop_flow SET revision = $3, expires = $4, record = $5
                     WHERE key = $1 AND revision = $2 RETURNING revision
                 )
                 SELECT TRUE, revision FROM written
                 UNION ALL SELECT FALSE, revision FROM backstop_flow WHERE key = $1",
            )
            .bind(key.as_bytes().as_slice())
            .bind(was.as_bytes().as_slice())
            .bind(record.revision.as_bytes().as_slice())
            .bind(Stamp::from(expires).millis())
            .bind(record.value.as_bytes()),
        };
        self.answer(record.revision, statement, |rows, tries| {
            Ok(match (outcome(rows, record.revision)?, tries) {
                (Outcome::Written, _) => Reading::Answer(Swap::Swapped),
                (_, Tries::Only) => Reading::Answer(Swap::Stale),
                (Outcome::Ours, Tries::InDoubt) => Reading::Happened,
                // The record was looked at before it changed.
                (Outcome::Another(stored), Tries::InDoubt) if stored == was => Reading::Again,
                (_, Tries::InDoubt | Tries::Happened) => return Err(unknown()),
            })
        })
        .await
    }

    async fn delete(&self, key: &Key, was: Revision) -> Result<Delete, StoreError> {
        let statement = |_| {
            sqlx::query("DELETE FROM backstop_flow WHERE key = $1 AND revision = $2 RETURNING key")
                .bind(key.as_bytes().as_slice())
                .bind(was.as_bytes().as_slice())
        };
        self.answer(was, statement, |rows, tries| match (rows, tries) {
            ([], Tries::Only) => Ok(Reading::Answer(Delete::Stale)),
            ([], _) => Err(unknown()),
            ([..], _) => Ok(Reading::Answer(Delete::Deleted)),
        })
        .await
    }

    /// The second condition is asked again of a record that was replaced meanwhile.
    async fn purge(&self, now: OffsetDateTime, rows: usize) -> Result<usize, StoreError> {
        let statement = |_| {
            sqlx::query(
                "WITH purged AS (
                     DELETE FROM backstop_flow WHERE key = ANY (ARRAY(
                         SELECT key FROM backstop_flow WHERE expires <= $1
                         ORDER BY expires LIMIT $2
                     )) AND expires <= $1 RETURNING key
                 )
                 SELECT count(*) FROM purged",
            )
            .bind(Stamp::from(now).millis())
            .bind(limit(rows))
        };
        self.answer(NOT_RANDOM, statement, |rows, _| {
            let purged = rows.first().map_or(Ok(0_i64), |row| row.try_get(0))?;
            let purged = usize::try_from(purged).unwrap_or_default();
            Ok(Reading::Answer(purged))
        })
        .await
    }
}

/// A write that leaves all as it is.
fn lock<'q>(key: &'q Key, record: &'q Stored<Record>) -> Query<'q, Postgres, PgArguments> {
    sqlx::query(
        "SELECT TRUE, revision FROM backstop_flow WHERE key = $1 AND revision = $2 FOR UPDATE",
    )
    .bind(key.as_bytes().as_slice())
    .bind(record.revision.as_bytes().as_slice())
}

/// `at`: the column of the revision; the record is in the next one.
fn read(row: &PgRow, at: usize) -> Result<Stored<Record>, StoreError> {
    Ok(Stored {
        revision: revision(row.try_get(at)?)?,
        value: Record::from_bytes(row.try_get(at.saturating_add(1))?),
    })
}
