//! The account store.

use std::fmt::Write;

use sqlx::{
    Row, Sqlite,
    query::Query,
    sqlite::{SqliteArguments, SqliteQueryResult, SqliteRow},
};
use time::OffsetDateTime;

use super::SqliteStore;
use crate::{
    account::{Account, AccountId},
    clock::Stamp,
    name::{KeyKind, UniqueKey},
    record::{RecordError, Revision, Stored},
    store::{
        AccountStore, Add, Remove, StoreError, Update,
        sql::{limit, revision},
    },
};

impl AccountStore for SqliteStore {
    async fn add(&self, account: &Stored<Account>) -> Result<Add, StoreError> {
        // Without a row there is no trigger: an id that is there is found first.
        let insert = sqlx::query(
            "INSERT INTO backstop_account (id, revision, keys, due_at, security_code, record)
             SELECT ?1, ?2, ?3, ?4, ?5, ?6
             WHERE NOT EXISTS (SELECT 1 FROM backstop_account WHERE id = ?1)",
        );
        match write(bind(insert, account).execute(&self.accounts).await)? {
            Written::Rows(0) => Ok(Add::Taken(None)),
            Written::Rows(_) => Ok(Add::Added),
            Written::Taken(kind) => Ok(Add::Taken(Some(kind))),
        }
    }

    async fn load(&self, id: &AccountId) -> Result<Option<Stored<Account>>, StoreError> {
        let found = sqlx::query(
            "SELECT id, revision, security_code, record FROM backstop_account WHERE id = ?1",
        )
        .bind(id.as_str())
        .fetch_optional(&self.reads)
        .await?;
        found.map(read).transpose()
    }

    async fn find(&self, key: &UniqueKey) -> Result<Option<Stored<Account>>, StoreError> {
        let found = sqlx::query(
            "SELECT a.id, a.revision, a.security_code, a.record
             FROM backstop_account_key AS k JOIN backstop_account AS a ON a.id = k.account
             WHERE k.kind = ?1 AND k.value = ?2",
        )
        .bind(key.kind().as_str())
        .bind(key.bytes())
        .fetch_optional(&self.reads)
        .await?;
        found.map(read).transpose()
    }

    async fn update(&self, was: Revision, account: &Stored<Account>) -> Result<Update, StoreError> {
        let update = sqlx::query(
            "UPDATE backstop_account
             SET revision = ?2, keys = ?3, due_at = ?4, security_code = ?5, record = ?6
             WHERE id = ?1 AND revision = ?7",
        );
        let update = bind(update, account).bind(was.as_bytes().as_slice());
        match write(update.execute(&self.accounts).await)? {
            Written::Rows(0) => Ok(Update::Stale),
            Written::Rows(_) => Ok(Update::Updated),
            Written::Taken(kind) => Ok(Update::Taken(kind)),
        }
    }

    async fn remove(&self, was: Revision, id: &AccountId) -> Result<Remove, StoreError> {
        let removed = sqlx::query("DELETE FROM backstop_account WHERE id = ?1 AND revision = ?2")
            .bind(id.as_str())
            .bind(was.as_bytes().as_slice())
            .execute(&self.accounts)
            .await?;
        match removed.rows_affected() {
            0 => Ok(Remove::Stale),
            _ => Ok(Remove::Removed),
        }
    }

    async fn due(&self, now: OffsetDateTime, rows: usize) -> Result<Vec<AccountId>, StoreError> {
        let due: Vec<String> = sqlx::query_scalar(
            "SELECT id FROM backstop_account WHERE due_at <= ?1 ORDER BY due_at, id LIMIT ?2",
        )
        .bind(Stamp::from(now).millis())
        .bind(limit(rows))
        .fetch_all(&self.reads)
        .await?;
        due.into_iter()
            .map(|id| AccountId::try_from(id).map_err(|_| RecordError::Damaged.into()))
            .collect()
    }
}

/// `?1` to `?6`.
fn bind<'q>(
    query: Query<'q, Sqlite, SqliteArguments>,
    account: &'q Stored<Account>,
) -> Query<'q, Sqlite, SqliteArguments> {
    let Stored { revision, value } = account;
    query
        .bind(value.id().as_str())
        .bind(revision.as_bytes().as_slice())
        .bind(keys(value.unique_keys()))
        .bind(value.due_at().map(|at| Stamp::from(at).millis()))
        .bind(value.security_code().map(<[u8; 32]>::as_slice))
        .bind(value.to_bytes())
}

/// `[["login","616c696365"],["skeleton","616c696365"]]`
fn keys(keys: &[UniqueKey]) -> String {
    let keys: Vec<String> = keys
        .iter()
        .map(|key| format!(r#"["{}","{}"]"#, key.kind().as_str(), hex(key.bytes())))
        .collect();
    format!("[{}]", keys.join(","))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, byte| {
        // Into memory: this does not fail.
        let _written = write!(hex, "{byte:02x}");
        hex
    })
}

fn read(row: SqliteRow) -> Result<Stored<Account>, StoreError> {
    let value = Account::from_bytes(row.try_get(3)?)?;
    let id: &str = row.try_get(0)?;
    let security_code: Option<&[u8]> = row.try_get(2)?;
    if value.id().as_str() != id || value.security_code().map(<[u8; 32]>::as_slice) != security_code
    {
        return Err(RecordError::Damaged.into());
    }
    let revision = revision(row.try_get(1)?)?;
    Ok(Stored { revision, value })
}

/// What became of a statement with unique keys.
enum Written {
    Rows(u64),
    Taken(KeyKind),
}

fn write(result: Result<SqliteQueryResult, sqlx::Error>) -> Result<Written, StoreError> {
    match result {
        Ok(done) => Ok(Written::Rows(done.rows_affected())),
        Err(error) => match taken(&error) {
            Some(kind) => Ok(Written::Taken(kind)),
            None => Err(error.into()),
        },
    }
}

/// The kind that the trigger `backstop_account_key_taken` names.
fn taken(error: &sqlx::Error) -> Option<KeyKind> {
    let message = error.as_database_error()?.message();
    message.strip_prefix("backstop: taken: ")?.parse().ok()
}
