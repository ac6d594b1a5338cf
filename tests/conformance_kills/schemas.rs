//! SQLite, its tables spoilt in one place: what a host's own migration, or a hand, does to them.

use backstop::{SqliteStore, conformance::Fixture, store::StoreError};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};

use crate::scratch::Scratch;

const SCHEMA: &str = include_str!("../../src/store/schema/sqlite_1.sql");

/// What is wrong with the tables.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Fault {
    IdCollatesNoCase,
    IdCollatesTrimmed,
    KeyIsNotUnique,
    KeyIsUniqueAcrossKinds,
    RemovalTriggerIsGone,
    RenameTriggerFreesNothing,
    SecurityCodeTriggerIsGone,
}

/// Opens stores over such tables.
pub(crate) struct Schemas(pub(crate) Option<Fault>);

impl Fixture for Schemas {
    type Place = Scratch;
    type Store = SqliteStore;

    async fn place(&self) -> Result<Scratch, StoreError> {
        let scratch = Scratch::new();
        let options = SqliteConnectOptions::new()
            .filename(scratch.file("accounts.db"))
            .create_if_missing(true);
        let pool = SqlitePool::connect_with(options).await?;
        let version = "CREATE TABLE backstop_schema (version INTEGER NOT NULL, oldest INTEGER NOT NULL) STRICT;
                       INSERT INTO backstop_schema (version, oldest) VALUES (1, 1);";
        let script = format!("BEGIN; {} {version} COMMIT;", schema(self.0));
        sqlx::raw_sql(sqlx::AssertSqlSafe(script))
            .execute(&pool)
            .await?;
        pool.close().await;
        Ok(scratch)
    }

    async fn open(&self, scratch: &Scratch) -> Result<SqliteStore, StoreError> {
        SqliteStore::open(scratch.file("accounts.db")).await
    }
}

fn schema(fault: Option<Fault>) -> String {
    let without = |trigger: &str| {
        let begin = SCHEMA.find(&format!("CREATE TRIGGER {trigger} ")).unwrap();
        let end = begin + SCHEMA[begin..].find("\nEND;\n").unwrap() + "\nEND;\n".len();
        format!("{}{}", &SCHEMA[..begin], &SCHEMA[end..])
    };
    let id = "id TEXT PRIMARY KEY NOT NULL";
    let key = "PRIMARY KEY (kind, value)";
    let Some(fault) = fault else {
        return SCHEMA.to_owned();
    };
    let spoilt = match fault {
        Fault::IdCollatesNoCase => SCHEMA.replace(id, &format!("{id} COLLATE NOCASE")),
        Fault::IdCollatesTrimmed => SCHEMA.replace(id, &format!("{id} COLLATE RTRIM")),
        Fault::KeyIsNotUnique => without("backstop_account_key_taken")
            .replace(key, "PRIMARY KEY (kind, value, account)"),
        Fault::KeyIsUniqueAcrossKinds => SCHEMA
            .replace(key, "PRIMARY KEY (value)")
            .replace("WHERE kind = NEW.kind AND value", "WHERE value"),
        Fault::RemovalTriggerIsGone => without("backstop_account_removed"),
        Fault::RenameTriggerFreesNothing => SCHEMA.replace(
            "WHERE (kind, value) IN (SELECT value ->> 0, unhex(value ->> 1) FROM json_each(OLD.keys))
        AND account = OLD.id;
    INSERT",
            "WHERE (kind, value) IN (SELECT value ->> 0, unhex(value ->> 1) FROM json_each(NEW.keys))
        AND account = OLD.id;
    INSERT",
        ),
        Fault::SecurityCodeTriggerIsGone => without("backstop_security_code_kept"),
    };
    assert_ne!(spoilt, SCHEMA, "{fault:?} finds nothing to spoil");
    spoilt
}
