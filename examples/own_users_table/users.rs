//! The account store, in the shop's own table of users.

use backstop::{
    AccountId,
    account::Account,
    name::{KeyKind, UniqueKey},
    record::{RecordError, Revision, Stored},
    store::{AccountStore, Add, Remove, StoreError, Update},
};
use sqlx::{Sqlite, SqliteConnection, SqlitePool, query::Query, sqlite::SqliteArguments};
use time::OffsetDateTime;

/// What the shop asks of somebody who registers, beside the name and the password.
#[derive(Clone, Debug)]
pub(crate) struct SignUp {
    pub(crate) display_name: String,
    pub(crate) newsletter: bool,
    /// The code of the voucher that welcomes them.
    pub(crate) voucher: String,
}

tokio::task_local! {
    /// Set around [`Accounts::register`](backstop::Accounts::register), whose future makes the
    /// calls of the store: so `add` finds it, and only the `add` of this registration.
    pub(crate) static SIGN_UP: SignUp;
}

/// The shop's users, who have accounts. Clones share the pool.
#[derive(Clone)]
pub(crate) struct Users {
    pool: SqlitePool,
}

impl Users {
    /// `pool`: of a database with the tables of the shop. `synchronous` is at `FULL` in WAL mode, or
    /// at `EXTRA`.
    pub(crate) const fn new(pool: SqlitePool) -> Self {
        Self { pool }
    }
}

impl AccountStore for Users {
    async fn add(&self, account: &Stored<Account>) -> Result<Add, StoreError> {
        let id = account.value.id().as_str();
        // Whatever returns early drops the transaction, and with it all that it has written.
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let sign_up = SIGN_UP.try_with(SignUp::clone).ok();
        if let Some(sign_up) = &sign_up {
            let inserted = sqlx::query(
                "INSERT INTO users (id, display_name, newsletter) VALUES (?1, ?2, ?3)
                 ON CONFLICT (id) DO NOTHING",
            )
            .bind(id)
            .bind(&sign_up.display_name)
            .bind(sign_up.newsletter)
            .execute(&mut *transaction)
            .await?;
            if inserted.rows_affected() == 0 {
                return Ok(Add::Taken(None));
            }
        } else {
            // An old user who is taken over, or one for whom the columns' defaults will do.
            sqlx::query("INSERT INTO users (id) VALUES (?1) ON CONFLICT (id) DO NOTHING")
                .bind(id)
                .execute(&mut *transaction)
                .await?;
        }
        let written = sqlx::query(
            "UPDATE users
             SET revision = ?2, due_at = ?3, security_code = ?4, record = ?5, bcrypt = NULL
             WHERE id = ?1 AND record IS NULL",
        );
        let written = bind(written, account).execute(&mut *transaction).await?;
        if written.rows_affected() == 0 {
            return Ok(Add::Taken(None));
        }
        if let Some(kind) = claim(&mut transaction, &account.value).await? {
            return Ok(Add::Taken(Some(kind)));
        }
        if let Some(sign_up) = &sign_up {
            sqlx::query("INSERT INTO voucher (code, user_id, cents) VALUES (?1, ?2, 500)")
                .bind(&sign_up.voucher)
                .bind(id)
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
        Ok(Add::Added)
    }

    async fn load(&self, id: &AccountId) -> Result<Option<Stored<Account>>, StoreError> {
        let sql = "SELECT revision, record FROM users WHERE id = ?1 AND record IS NOT NULL";
        let found = sqlx::query_as(sql).bind(id.as_str());
        let found = found.fetch_optional(&self.pool).await?;
        found.map(read).transpose()
    }

    async fn find(&self, key: &UniqueKey) -> Result<Option<Stored<Account>>, StoreError> {
        let sql =
            "SELECT u.revision, u.record FROM user_key AS k JOIN users AS u ON u.id = k.user_id
                   WHERE k.kind = ?1 AND k.value = ?2";
        let found = sqlx::query_as(sql)
            .bind(key.kind().as_str())
            .bind(key.bytes());
        let found = found.fetch_optional(&self.pool).await?;
        found.map(read).transpose()
    }

    async fn update(&self, was: Revision, account: &Stored<Account>) -> Result<Update, StoreError> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let written = sqlx::query(
            "UPDATE users SET revision = ?2, due_at = ?3, security_code = ?4, record = ?5
             WHERE id = ?1 AND revision = ?6",
        );
        let written = bind(written, account).bind(was.as_bytes().as_slice());
        if written.execute(&mut *transaction).await?.rows_affected() == 0 {
            return Ok(Update::Stale);
        }
        if let Some(kind) = claim(&mut transaction, &account.value).await? {
            return Ok(Update::Taken(kind));
        }
        transaction.commit().await?;
        Ok(Update::Updated)
    }

    /// The row stays, for the shop's books, without a trace of who it was.
    async fn remove(&self, was: Revision, id: &AccountId) -> Result<Remove, StoreError> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let removed = sqlx::query(
            "UPDATE users
             SET revision = NULL, due_at = NULL, security_code = NULL, record = NULL,
                 display_name = 'former customer', newsletter = 0, user_name = NULL, bcrypt = NULL
             WHERE id = ?1 AND revision = ?2",
        )
        .bind(id.as_str())
        .bind(was.as_bytes().as_slice())
        .execute(&mut *transaction)
        .await?;
        if removed.rows_affected() == 0 {
            return Ok(Remove::Stale);
        }
        free(&mut transaction, id).await?;
        transaction.commit().await?;
        Ok(Remove::Removed)
    }

    async fn due(&self, now: OffsetDateTime, limit: usize) -> Result<Vec<AccountId>, StoreError> {
        let sql = "SELECT id FROM users WHERE due_at <= ?1 ORDER BY due_at, id LIMIT ?2";
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let due = sqlx::query_scalar(sql).bind(millis(now)).bind(limit);
        let due: Vec<String> = due.fetch_all(&self.pool).await?;
        due.into_iter()
            .map(|id| AccountId::try_from(id).map_err(|_| RecordError::Damaged.into()))
            .collect()
    }
}

/// Gives the account the keys that it names, and no others. Answers with the kind of one that another
/// account has.
async fn claim(
    transaction: &mut SqliteConnection,
    account: &Account,
) -> Result<Option<KeyKind>, StoreError> {
    free(transaction, account.id()).await?;
    for key in account.unique_keys() {
        let claimed = sqlx::query(
            "INSERT INTO user_key (kind, value, user_id) VALUES (?1, ?2, ?3)
             ON CONFLICT DO UPDATE SET user_id = user_id WHERE user_id = excluded.user_id",
        )
        .bind(key.kind().as_str())
        .bind(key.bytes())
        .bind(account.id().as_str())
        .execute(&mut *transaction)
        .await?;
        if claimed.rows_affected() == 0 {
            return Ok(Some(key.kind()));
        }
    }
    Ok(None)
}

async fn free(transaction: &mut SqliteConnection, id: &AccountId) -> Result<(), StoreError> {
    let freed = sqlx::query("DELETE FROM user_key WHERE user_id = ?1").bind(id.as_str());
    freed.execute(transaction).await?;
    Ok(())
}

/// `?1` to `?5`.
fn bind<'q>(
    query: Query<'q, Sqlite, SqliteArguments>,
    account: &'q Stored<Account>,
) -> Query<'q, Sqlite, SqliteArguments> {
    let Stored { revision, value } = account;
    query
        .bind(value.id().as_str())
        .bind(revision.as_bytes().as_slice())
        .bind(value.due_at().map(millis))
        .bind(value.security_code().map(<[u8; 32]>::as_slice))
        .bind(value.to_bytes())
}

fn read((revision, record): (Vec<u8>, Vec<u8>)) -> Result<Stored<Account>, StoreError> {
    let bits = revision.try_into().map_err(|_| RecordError::Damaged)?;
    Ok(Stored {
        revision: Revision::from_bytes(bits),
        value: Account::from_bytes(&record)?,
    })
}

fn millis(at: OffsetDateTime) -> i64 {
    i64::try_from(at.unix_timestamp_nanos().div_euclid(1_000_000)).unwrap_or(i64::MAX)
}
