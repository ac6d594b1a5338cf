//! The account store.

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
    account::{Account, AccountId},
    clock::Stamp,
    name::{KeyKind, UniqueKey},
    record::{RecordError, Revision, Stored},
    store::{
        AccountStore, Add, Remove, StoreError, Update,
        sql::{limit, revision},
    },
};

impl AccountStore for PostgresStore {
    async fn add(&self, account: &Stored<Account>) -> Result<Add, StoreError> {
        let statement = |tries| match tries {
            Tries::Happened => lock(account),
            Tries::Only | Tries::InDoubt => bind(
                "WITH written AS (
                     INSERT INTO backstop_account
                         (id, revision, key_kinds, key_values, due_at, security_code, record)
                     VALUES ($1, $2, $3, $4, $5, $6, $7)
                     ON CONFLICT (id) DO NOTHING RETURNING revision
                 )
                 SELECT TRUE, revision FROM written
                 UNION ALL SELECT FALSE, revision FROM backstop_account WHERE id = $1",
                account,
            ),
        };
        let added = self.answer(account.revision, statement, |rows, tries| {
            Ok(match (outcome(rows, account.revision)?, tries) {
                (Outcome::Written, _) => Reading::Answer(Add::Added),
                (_, Tries::Only) => Reading::Answer(Add::Taken(None)),
                (Outcome::Ours, Tries::InDoubt) => Reading::Happened,
                (Outcome::Absent, Tries::InDoubt) => Reading::Again,
                (_, Tries::InDoubt | Tries::Happened) => return Err(unknown()),
            })
        });
        or_taken(added.await, |kind| Add::Taken(Some(kind)))
    }

    async fn load(&self, id: &AccountId) -> Result<Option<Stored<Account>>, StoreError> {
        let statement = |_| {
            sqlx::query(
                "SELECT id, revision, security_code, record FROM backstop_account WHERE id = $1",
            )
            .bind(id.as_str())
        };
        self.answer(NOT_RANDOM, statement, found).await
    }

    async fn find(&self, key: &UniqueKey) -> Result<Option<Stored<Account>>, StoreError> {
        let statement = |_| {
            sqlx::query(
                "SELECT a.id, a.revision, a.security_code, a.record
                 FROM backstop_account_key AS k JOIN backstop_account AS a ON a.id = k.account
                 WHERE k.kind = $1 AND k.value = $2",
            )
            .bind(key.kind().as_str())
            .bind(key.bytes())
        };
        self.answer(NOT_RANDOM, statement, found).await
    }

    async fn update(&self, was: Revision, account: &Stored<Account>) -> Result<Update, StoreError> {
        let statement = |tries| match tries {
            Tries::Happened => lock(account),
            Tries::Only | Tries::InDoubt => bind(
                "WITH written AS (
                     UPDATE backstop_account
                     SET revision = $2, key_kinds = $3, key_values = $4, due_at = $5,
                         security_code = $6, record = $7
                     WHERE id = $1 AND revision = $8 RETURNING revision
                 )
                 SELECT TRUE, revision FROM written
                 UNION ALL SELECT FALSE, revision FROM backstop_account WHERE id = $1",
                account,
            )
            .bind(was.as_bytes().as_slice()),
        };
        let updated = self.answer(account.revision, statement, |rows, tries| {
            Ok(match (outcome(rows, account.revision)?, tries) {
                (Outcome::Written, _) => Reading::Answer(Update::Updated),
                (_, Tries::Only) => Reading::Answer(Update::Stale),
                (Outcome::Ours, Tries::InDoubt) => Reading::Happened,
                // The row was looked at before it changed.
                (Outcome::Another(stored), Tries::InDoubt) if stored == was => Reading::Again,
                (_, Tries::InDoubt | Tries::Happened) => return Err(unknown()),
            })
        });
        or_taken(updated.await, Update::Taken)
    }

    async fn remove(&self, was: Revision, id: &AccountId) -> Result<Remove, StoreError> {
        let statement = |_| {
            sqlx::query("DELETE FROM backstop_account WHERE id = $1 AND revision = $2 RETURNING id")
                .bind(id.as_str())
                .bind(was.as_bytes().as_slice())
        };
        self.answer(was, statement, |rows, tries| match (rows, tries) {
            ([], Tries::Only) => Ok(Reading::Answer(Remove::Stale)),
            ([], _) => Err(unknown()),
            ([..], _) => Ok(Reading::Answer(Remove::Removed)),
        })
        .await
    }

    async fn due(&self, now: OffsetDateTime, rows: usize) -> Result<Vec<AccountId>, StoreError> {
        let statement = |_| {
            sqlx::query(
                "SELECT id FROM backstop_account WHERE due_at <= $1 ORDER BY due_at, id LIMIT $2",
            )
            .bind(Stamp::from(now).millis())
            .bind(limit(rows))
        };
        self.answer(NOT_RANDOM, statement, |rows, _| {
            let ids = rows.iter().map(|row| {
                let id: String = row.try_get(0)?;
                AccountId::try_from(id).map_err(|_| RecordError::Damaged.into())
            });
            ids.collect::<Result<_, StoreError>>().map(Reading::Answer)
        })
        .await
    }
}

/// `$1` to `$7`.
fn bind<'q>(sql: &'static str, account: &'q Stored<Account>) -> Query<'q, Postgres, PgArguments> {
    let Stored { revision, value } = account;
    let keys = value.unique_keys();
    let kinds: Vec<&str> = keys.iter().map(|key| key.kind().as_str()).collect();
    let values: Vec<&[u8]> = keys.iter().map(UniqueKey::bytes).collect();
    sqlx::query(sql)
        .bind(value.id().as_str())
        .bind(revision.as_bytes().as_slice())
        .bind(kinds)
        .bind(values)
        .bind(value.due_at().map(|at| Stamp::from(at).millis()))
        .bind(value.security_code().map(<[u8; 32]>::as_slice))
        .bind(value.to_bytes())
}

/// A write that leaves all as it is.
fn lock(account: &Stored<Account>) -> Query<'_, Postgres, PgArguments> {
    sqlx::query(
        "SELECT TRUE, revision FROM backstop_account WHERE id = $1 AND revision = $2 FOR UPDATE",
    )
    .bind(account.value.id().as_str())
    .bind(account.revision.as_bytes().as_slice())
}

fn found(rows: &[PgRow], _: Tries) -> Result<Reading<Option<Stored<Account>>>, StoreError> {
    rows.first().map(read).transpose().map(Reading::Answer)
}

fn read(row: &PgRow) -> Result<Stored<Account>, StoreError> {
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

/// The kind that the trigger `backstop_account_written` names.
fn or_taken<T>(
    result: Result<T, StoreError>,
    taken: impl Fn(KeyKind) -> T,
) -> Result<T, StoreError> {
    result.or_else(|error| match kind(&error) {
        Some(kind) => Ok(taken(kind)),
        None => Err(error),
    })
}

fn kind(error: &StoreError) -> Option<KeyKind> {
    let error = error.source.downcast_ref::<sqlx::Error>()?;
    let message = error.as_database_error()?.message();
    message.strip_prefix("backstop: taken: ")?.parse().ok()
}
