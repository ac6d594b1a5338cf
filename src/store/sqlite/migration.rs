//! Brings a database to the schema of this version.

use sqlx::SqlitePool;

use super::StoreError;
use crate::store::migration::{HIGHEST, Migration, missing};

const MIGRATIONS: [Migration; 1] = [Migration {
    version: 1,
    oldest: 1,
    script: include_str!("../schema/sqlite_1.sql"),
}];

/// Makes all missing steps at once or none; processes that start together take turns.
pub(super) async fn migrate(pool: &SqlitePool) -> Result<(), StoreError> {
    let mut transaction = pool.begin_with("BEGIN IMMEDIATE").await?;
    sqlx::query(
        "CREATE TABLE IF NOT EXISTS backstop_schema (
            version INTEGER PRIMARY KEY NOT NULL, -- of the tables whose names begin with backstop_
            oldest INTEGER NOT NULL -- who knows the tables of this version works with those of that
        ) STRICT",
    )
    .execute(&mut *transaction)
    .await?;
    let made = sqlx::query_as(HIGHEST).fetch_one(&mut *transaction).await?;
    for step in missing(&MIGRATIONS, made)? {
        sqlx::raw_sql(step.script)
            .execute(&mut *transaction)
            .await?;
        sqlx::query("INSERT INTO backstop_schema (version, oldest) VALUES (?1, ?2)")
            .bind(step.version)
            .bind(step.oldest)
            .execute(&mut *transaction)
            .await?;
    }
    transaction.commit().await?;
    Ok(())
}

/// How often another process may come in between.
const TRIES: usize = 100;

/// The file remembers the mode. SQLite does not wait for the locks of this one step, so who comes
/// second waits for one that it does wait for.
pub(super) async fn enter_wal_mode(pool: &SqlitePool) -> Result<(), StoreError> {
    let mut tries = 0..TRIES;
    loop {
        let switched = sqlx::query("PRAGMA journal_mode = WAL").execute(pool).await;
        match switched {
            Err(error) if is_busy(&error) && tries.next().is_some() => {
                let lock = pool.begin_with("BEGIN IMMEDIATE").await?;
                lock.rollback().await?;
            }
            switched => return Ok(switched.map(drop)?),
        }
    }
}

/// `SQLITE_BUSY`, in the low byte of an extended code.
fn is_busy(error: &sqlx::Error) -> bool {
    const SQLITE_BUSY: i32 = 5;
    let code = error.as_database_error().and_then(|error| error.code());
    code.and_then(|code| code.parse().ok())
        .is_some_and(|code: i32| code & 0xff == SQLITE_BUSY)
}
