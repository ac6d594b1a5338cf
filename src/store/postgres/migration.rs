//! Brings a database to the schema of this version.

use std::{error::Error, time::Duration};

use sqlx::{AssertSqlSafe, Connection, PgConnection, PgPool, Row};
use tokio::time::sleep;

use super::{StoreError, statement::Unreached};
use crate::store::migration::{HIGHEST, Migration, missing};

const MIGRATIONS: [Migration; 1] = [Migration {
    version: 1,
    oldest: 1,
    script: include_str!("../schema/postgres_1.sql"),
}];

/// How often another process may come in between.
const TRIES: usize = 100;

const PAUSE: Duration = Duration::from_millis(20);

/// Makes all missing steps at once or none; processes that start together take turns.
pub(super) async fn migrate(pool: &PgPool) -> Result<(), StoreError> {
    let mut tries = 0..TRIES;
    loop {
        match step(pool).await {
            Err(Failure::Collided(_)) if tries.next().is_some() => sleep(PAUSE).await,
            Err(Failure::Collided(error)) => return Err(error.into()),
            Err(Failure::Refused(error)) => return Err(error),
            Ok(()) => return Ok(()),
        }
    }
}

/// On a connection that is not the pool's, which would keep the transaction open when the call is
/// dropped midway.
async fn step(pool: &PgPool) -> Result<(), Failure> {
    let acquired = pool.acquire().await;
    let acquired = acquired.map_err(|error| Failure::refused(Unreached(error)))?;
    let mut connection = acquired.detach();
    check_settings(&mut connection).await?;
    if !is_up_to_date(&mut connection).await? {
        bring_up_to_date(&mut connection).await?;
    }
    // It is done, however the connection ends.
    let _closed = connection.close().await;
    Ok(())
}

/// What would lose or bend what is written.
async fn check_settings(connection: &mut PgConnection) -> Result<(), Failure> {
    let row = sqlx::query(
        "SELECT current_setting('server_encoding', TRUE), current_setting('synchronous_commit', TRUE)",
    )
    .fetch_one(connection)
    .await?;
    let encoding: Option<String> = row.try_get(0)?;
    if let Some(encoding) = encoding.filter(|encoding| encoding != "UTF8") {
        return Err(Failure::refused(format!(
            "the database has the encoding {encoding}: use one with UTF8, which holds every name"
        )));
    }
    let synchronous: Option<String> = row.try_get(1)?;
    if synchronous.as_deref() == Some("off") {
        return Err(Failure::refused(
            "synchronous_commit is off, so an acknowledged change may be lost: set it to on for the role of this pool",
        ));
    }
    Ok(())
}

enum Failure {
    /// Another process did the same at the same time; nothing was changed.
    Collided(sqlx::Error),
    Refused(StoreError),
}

impl Failure {
    fn refused(text: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Refused(StoreError::new(text))
    }
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        let code = error.as_database_error().and_then(|error| error.code());
        match code.as_deref() {
            // Serialization failure, deadlock; a unique violation in the catalogue; a function, a
            // table or another object that is there already.
            Some("40001" | "40P01" | "23505" | "42723" | "42P07" | "42710") => {
                Self::Collided(error)
            }
            _ => Self::Refused(error.into()),
        }
    }
}

/// What is up to date is only read: a role that may not create tables will do.
async fn is_up_to_date(connection: &mut PgConnection) -> Result<bool, Failure> {
    Ok(is_there(connection).await? && steps(connection).await?.is_empty())
}

async fn is_there(connection: &mut PgConnection) -> Result<bool, Failure> {
    let is_there = sqlx::query_scalar("SELECT to_regclass('backstop_schema') IS NOT NULL")
        .fetch_one(connection)
        .await?;
    Ok(is_there)
}

/// A row that is there from the beginning is what processes take turns on.
async fn bring_up_to_date(connection: &mut PgConnection) -> Result<(), Failure> {
    let begin = "BEGIN ISOLATION LEVEL READ COMMITTED";
    let mut transaction = connection.begin_with(begin).await?;
    // Tables may lie in a later schema of the search path, and an empty table in the first one would
    // hide them.
    if !is_there(&mut transaction).await? {
        sqlx::raw_sql(
            "CREATE TABLE IF NOT EXISTS backstop_schema (
                 version bigint NOT NULL PRIMARY KEY,
                 oldest bigint NOT NULL
             )",
        )
        .execute(&mut *transaction)
        .await?;
    }
    sqlx::raw_sql(
        "INSERT INTO backstop_schema (version, oldest) VALUES (0, 0)
         ON CONFLICT (version) DO NOTHING;
         SELECT version FROM backstop_schema WHERE version = 0 FOR UPDATE;",
    )
    .execute(&mut *transaction)
    .await?;
    let steps = steps(&mut transaction).await?;
    let schema: String = sqlx::query_scalar(
        "SELECT quote_ident(n.nspname) FROM pg_class AS c
         JOIN pg_namespace AS n ON n.oid = c.relnamespace
         WHERE c.oid = to_regclass('backstop_schema')",
    )
    .fetch_one(&mut *transaction)
    .await?;
    for step in steps {
        let script = step.script.replace("{schema}", &schema);
        sqlx::raw_sql(AssertSqlSafe(script))
            .execute(&mut *transaction)
            .await?;
        sqlx::query("INSERT INTO backstop_schema (version, oldest) VALUES ($1, $2)")
            .bind(step.version)
            .bind(step.oldest)
            .execute(&mut *transaction)
            .await?;
    }
    transaction.commit().await?;
    Ok(())
}

/// The steps that are missing.
async fn steps(connection: &mut PgConnection) -> Result<Vec<Migration>, Failure> {
    let made = sqlx::query_as(HIGHEST).fetch_one(connection).await?;
    missing(&MIGRATIONS, made).map_err(Failure::Refused)
}
