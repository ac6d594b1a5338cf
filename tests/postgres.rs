//! What is particular to the PostgreSQL store: the contracts over a real server, schema, host's pool,
//! migrations, what it refuses.
#![cfg(feature = "postgres")]
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[path = "postgres_server/mod.rs"]
#[expect(dead_code, reason = "another test file uses the rest")]
mod postgres_server;
#[path = "records/mod.rs"]
#[expect(dead_code, reason = "another test file uses the rest")]
mod records;

use std::{path::Path, str::FromStr, sync::LazyLock, time::Duration};

use backstop::{
    PostgresStore,
    name::{KeyKind, UniqueKey},
    record::{Key, Record, Revision, Stored},
    store::{AccountStore, Add, FlowStore, Insert, Update},
};
use postgres_server::{Programs, Server};
use records::AccountV1;
use sqlx::{
    AssertSqlSafe, PgPool, Row,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use time::macros::datetime;
use tokio::task::JoinSet;

static SERVER: LazyLock<Server> = LazyLock::new(Server::start);

/// The contracts, over stores that open what a URL names, with these parameters.
#[cfg(feature = "conformance")]
mod contract {
    use backstop::{
        PostgresStore,
        conformance::{Fixture, Report, Runtime, account_store, flow_store},
        store::StoreError,
    };
    use sqlx::PgPool;

    use super::SERVER;

    struct Connected(&'static str);

    impl Fixture for Connected {
        type Place = String;
        type Store = PostgresStore;

        async fn place(&self) -> Result<String, StoreError> {
            Ok(format!("{}&{}", SERVER.database(), self.0))
        }

        async fn open(&self, url: &String) -> Result<PostgresStore, StoreError> {
            PostgresStore::connect(url).await
        }
    }

    struct HostPool;

    impl Fixture for HostPool {
        type Place = String;
        type Store = PostgresStore;

        async fn place(&self) -> Result<String, StoreError> {
            Ok(SERVER.database())
        }

        async fn open(&self, url: &String) -> Result<PostgresStore, StoreError> {
            let pool = PgPool::connect(url).await.map_err(StoreError::new)?;
            PostgresStore::with_pool(pool).await
        }
    }

    const ISOLATION: [&str; 3] = [
        "options[default_transaction_isolation]=read%20committed",
        "options[default_transaction_isolation]=repeatable%20read",
        "options[default_transaction_isolation]=serializable",
    ];

    fn held(report: &Report, rows: &[&str]) {
        let broken: Vec<_> = report
            .checks()
            .iter()
            .filter_map(|check| check.broken())
            .collect();
        assert!(broken.is_empty(), "{report}");
        for row in rows {
            assert!(
                report.checks().iter().any(|check| check.name() == *row),
                "{row}"
            );
        }
    }

    fn runtime() -> Runtime {
        Runtime::new(|task| drop(tokio::spawn(task)), tokio::time::sleep)
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn s06_accounts_over_a_pool_of_our_own() {
        for isolation in ISOLATION {
            let report = account_store(Connected(isolation), &runtime()).await;
            held(
                &report,
                &["account_10_a_security_code_is_never_altered_or_cleared"],
            );
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn s06_accounts_over_the_hosts_pool() {
        let report = account_store(HostPool, &runtime()).await;
        held(
            &report,
            &["account_10_a_security_code_is_never_altered_or_cleared"],
        );
    }

    const RACES: &[&str] = &[
        "flow_02_of_32_insertions_one_wins",
        "flow_04_of_32_swaps_one_wins",
    ];

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn x10_x11_flows_over_a_pool_of_our_own() {
        for isolation in ISOLATION {
            held(&flow_store(Connected(isolation), &runtime()).await, RACES);
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn x10_x11_flows_over_the_hosts_pool() {
        held(&flow_store(HostPool, &runtime()).await, RACES);
    }
}

#[tokio::test]
async fn every_table_and_column_is_explained_in_the_database() {
    let (pool, _store) = opened().await;
    let rows = sqlx::query(
        "SELECT c.relname || '.' || coalesce(a.attname, ''), d.description
         FROM pg_class AS c
         CROSS JOIN LATERAL (
             SELECT NULL::name AS attname, 0 AS attnum
             UNION ALL SELECT attname, attnum FROM pg_attribute
             WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped
         ) AS a
         LEFT JOIN pg_description AS d ON d.objoid = c.oid AND d.objsubid = a.attnum
             AND d.classoid = 'pg_class'::regclass
         WHERE c.relkind = 'r' AND c.relname LIKE 'backstop%'",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    assert_eq!(rows.len(), 4 + 16);
    for row in rows {
        let (what, text): (String, Option<String>) = (row.get(0), row.get(1));
        assert!(text.is_some_and(|text| text.len() > 10), "{what}");
    }
}

#[tokio::test]
async fn s06_no_sql_alters_or_clears_a_security_code_or_renames_an_account() {
    let (pool, store) = opened().await;
    let mut with = AccountV1::new("with", "alice");
    with.set_security_code(Some([7; 32]));
    let with = with.stored(1);
    assert_eq!(store.add(&with).await.unwrap(), Add::Added);
    let other = AccountV1::new("other", "bob").stored(2);
    assert_eq!(store.add(&other).await.unwrap(), Add::Added);
    for sql in [
        "UPDATE backstop_account SET security_code = NULL",
        "UPDATE backstop_account SET security_code = decode(repeat('00', 32), 'hex')",
        "UPDATE backstop_account SET security_code = NULL, revision = revision WHERE id = 'with'",
        "INSERT INTO backstop_account SELECT id, revision, key_kinds, key_values, due_at, NULL, record
         FROM backstop_account
         ON CONFLICT (id) DO UPDATE SET security_code = excluded.security_code",
        "MERGE INTO backstop_account AS a USING (SELECT 'with' AS id) AS b ON a.id = b.id
         WHEN MATCHED THEN UPDATE SET security_code = NULL",
        "WITH w AS (UPDATE backstop_account SET security_code = NULL RETURNING 1) SELECT 1",
        "UPDATE backstop_account SET id = 'without' WHERE id = 'with'",
        "UPDATE backstop_account SET id = 'without' WHERE id = 'other'",
        "SET search_path = pg_temp; UPDATE public.backstop_account SET security_code = NULL",
        // Would leave the keys behind.
        "TRUNCATE backstop_account",
    ] {
        sqlx::raw_sql(sql).execute(&pool).await.expect_err(sql);
        sqlx::raw_sql("RESET search_path").execute(&pool).await.unwrap();
    }
    for account in [&with, &other] {
        let found = store.load(account.value.id()).await.unwrap().unwrap();
        assert_eq!(found.revision, account.revision);
        assert_eq!(found.value.security_code(), account.value.security_code());
    }
    // One that is not set yet may be.
    let mut set = AccountV1::new("other", "bob");
    set.set_security_code(Some([8; 32]));
    let updated = store.update(other.revision, &set.stored(3)).await.unwrap();
    assert_eq!(updated, Update::Updated);
}

#[tokio::test]
async fn keys_follow_what_the_host_writes_itself() {
    let (pool, _store) = opened().await;
    let keys = || async {
        let sql = "SELECT coalesce(string_agg(kind || convert_from(value, 'UTF8') || account, ' '
                   ORDER BY kind, value), '') FROM public.backstop_account_key";
        sqlx::query_scalar::<_, String>(sql)
            .fetch_one(&pool)
            .await
            .unwrap()
    };
    let run = |sql: &'static str| sqlx::raw_sql(sql).execute(&pool);
    run("INSERT INTO backstop_account VALUES
         ('a', decode(repeat('01', 16), 'hex'), '{login,email}', '{ann,ann@x}', NULL, NULL, ''),
         ('b', decode(repeat('02', 16), 'hex'), '{login,login}', '{bob,bob}', NULL, NULL, '')")
    .await
    .unwrap();
    assert_eq!(keys().await, "emailann@xa loginanna loginbobb");
    run("UPDATE backstop_account SET key_kinds = '{phone,login}', key_values = '{46,ann}' WHERE id = 'a'")
        .await
        .unwrap();
    assert_eq!(keys().await, "loginanna loginbobb phone46a");
    let taken = run("UPDATE backstop_account SET key_values = '{46,bob}' WHERE id = 'a'").await;
    let taken = taken.unwrap_err();
    assert!(
        taken.as_database_error().unwrap().is_unique_violation(),
        "{taken}"
    );
    run("UPDATE backstop_account SET key_values = '{46}' WHERE id = 'a'")
        .await
        .unwrap_err();
    run("BEGIN; DELETE FROM backstop_account; ROLLBACK")
        .await
        .unwrap();
    assert_eq!(keys().await, "loginanna loginbobb phone46a");
    // Out of a session that knows other tables by these names.
    run("CREATE TEMPORARY TABLE backstop_account_key (kind text, value bytea, account text, PRIMARY KEY (kind, value));
         SET search_path = pg_temp;
         UPDATE public.backstop_account SET key_kinds = '{login}', key_values = '{eva}' WHERE id = 'b';
         RESET search_path; DROP TABLE pg_temp.backstop_account_key")
    .await
    .unwrap();
    assert_eq!(keys().await, "loginanna loginevab phone46a");
    run("DELETE FROM backstop_account WHERE id = 'a'")
        .await
        .unwrap();
    assert_eq!(keys().await, "loginevab");
    run("TRUNCATE backstop_account CASCADE").await.unwrap();
    assert_eq!(keys().await, "");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn stores_that_open_one_new_database_together_all_open() {
    for isolation in ["read%20committed", "serializable"] {
        for _ in 0..5 {
            let url = SERVER.database();
            let isolated = format!("{url}&options[default_transaction_isolation]={isolation}");
            let mut opening = JoinSet::new();
            for _ in 0..16 {
                let url = isolated.clone();
                opening.spawn(async move { PostgresStore::connect(&url).await });
            }
            for opened in opening.join_all().await {
                opened.unwrap();
            }
            let pool = PgPool::connect(&url).await.unwrap();
            let steps: Vec<i64> =
                sqlx::query_scalar("SELECT version FROM backstop_schema ORDER BY 1")
                    .fetch_all(&pool)
                    .await
                    .unwrap();
            assert_eq!(steps, [0, 1]);
        }
    }
}

#[tokio::test]
async fn a_newer_schema_is_refused_and_left_alone() {
    let (pool, _store) = opened().await;
    let insert = sqlx::query("INSERT INTO backstop_schema (version, oldest) VALUES (1000, 999)");
    insert.execute(&pool).await.unwrap();
    let refused = PostgresStore::with_pool(pool.clone())
        .await
        .unwrap_err()
        .to_string();
    assert!(
        refused.contains("1000") && refused.contains("newer"),
        "{refused}"
    );
    let delete = sqlx::query("DELETE FROM backstop_schema WHERE version = 1000");
    delete.execute(&pool).await.unwrap();
    PostgresStore::with_pool(pool).await.unwrap();
}

#[tokio::test]
async fn a_migration_that_fails_leaves_nothing() {
    let url = SERVER.database();
    let pool = PgPool::connect(&url).await.unwrap();
    sqlx::raw_sql("CREATE TABLE backstop_flow (a_table bigint, of_the_hosts bigint)")
        .execute(&pool)
        .await
        .unwrap();
    PostgresStore::with_pool(pool.clone()).await.unwrap_err();
    let ours: i64 =
        sqlx::query_scalar("SELECT count(*) FROM pg_class WHERE relname LIKE 'backstop%'")
            .fetch_one(&pool)
            .await
            .unwrap();
    assert_eq!(ours, 1);
    sqlx::raw_sql("DROP TABLE backstop_flow")
        .execute(&pool)
        .await
        .unwrap();
    PostgresStore::with_pool(pool).await.unwrap();
}

#[tokio::test]
async fn another_encoding_is_refused() {
    for encoding in ["SQL_ASCII", "LATIN1"] {
        let locale = "LC_COLLATE 'C' LC_CTYPE 'C'";
        let url = SERVER.database_with(&format!("ENCODING '{encoding}' {locale}"));
        let refused = PostgresStore::connect(&url).await.unwrap_err().to_string();
        assert!(
            refused.contains(encoding) && refused.contains("UTF8"),
            "{refused}"
        );
    }
}

#[tokio::test]
async fn sentence_01_a_commit_that_is_not_waited_for_is_refused() {
    let url = SERVER.database();
    for (level, is_refused) in [("off", true), ("local", false), ("on", false)] {
        let url = format!("{url}&options[synchronous_commit]={level}");
        match PostgresStore::connect(&url).await {
            Ok(_) => assert!(!is_refused, "{level}"),
            Err(error) => assert!(
                is_refused && error.to_string().contains("synchronous_commit"),
                "{error}"
            ),
        }
    }
}

/// Two installations in one database, and a session that finds the one while it writes the other.
#[tokio::test]
async fn the_tables_lie_in_the_schema_of_the_search_path() {
    let url = SERVER.database();
    let admin = PgPool::connect(&url).await.unwrap();
    sqlx::raw_sql(r#"CREATE SCHEMA "Sign in's"; CREATE SCHEMA other"#)
        .execute(&admin)
        .await
        .unwrap();
    let store = |path: &'static str| {
        let options = PgConnectOptions::from_str(&url).unwrap();
        let options = options.options([("search_path", path)]);
        async {
            let pool = PgPool::connect_with(options).await.unwrap();
            PostgresStore::with_pool(pool).await.unwrap()
        }
    };
    let quoted = store(r#""Sign in's", public"#).await;
    let other = store("other").await;
    let alice = AccountV1::new("a", "alice").stored(1);
    assert_eq!(quoted.add(&alice).await.unwrap(), Add::Added);
    assert_eq!(other.add(&alice).await.unwrap(), Add::Added);
    sqlx::raw_sql(
        r#"SET search_path = other;
           UPDATE "Sign in's".backstop_account SET key_values = '{eva}', key_kinds = '{login}'"#,
    )
    .execute(&admin)
    .await
    .unwrap();
    let login = |name: &str| UniqueKey::new(KeyKind::Login, name.as_bytes());
    assert!(other.find(&login("alice")).await.unwrap().is_some());
    assert!(quoted.find(&login("alice")).await.unwrap().is_none());
    assert!(quoted.find(&login("eva")).await.unwrap().is_some());
}

#[tokio::test]
async fn a_role_that_may_only_read_and_write_will_do() {
    let (pool, _store) = opened().await;
    let role = format!("backstop_writer_{}", std::process::id());
    sqlx::raw_sql(AssertSqlSafe(format!(
        "CREATE ROLE {role};
         REVOKE CREATE ON SCHEMA public FROM PUBLIC;
         GRANT SELECT ON backstop_schema TO {role};
         GRANT SELECT, INSERT, UPDATE, DELETE ON backstop_account, backstop_account_key, backstop_flow TO {role}"
    )))
    .execute(&pool)
    .await
    .unwrap();
    let options = (*pool.connect_options())
        .clone()
        .options([("role", role.as_str())]);
    let limited = PgPool::connect_with(options).await.unwrap();
    let store = PostgresStore::with_pool(limited.clone()).await.unwrap();
    let alice = AccountV1::new("a", "alice").stored(1);
    assert_eq!(store.add(&alice).await.unwrap(), Add::Added);
    sqlx::raw_sql("CREATE TABLE t ()")
        .execute(&limited)
        .await
        .unwrap_err();
    limited.close().await;
    sqlx::raw_sql(AssertSqlSafe(format!(
        "DROP OWNED BY {role}; DROP ROLE {role}"
    )))
    .execute(&pool)
    .await
    .unwrap();
}

#[tokio::test]
async fn the_hosts_connections_keep_their_settings() {
    let options = PgConnectOptions::from_str(&SERVER.database()).unwrap();
    let options = options.options([("statement_timeout", "54321"), ("extra_float_digits", "2")]);
    let one = PgPoolOptions::new().max_connections(1);
    let pool = one.connect_with(options).await.unwrap();
    // The one connection is another one after the migration.
    let store = PostgresStore::with_pool(pool.clone()).await.unwrap();
    let settings = || async {
        let sql = "SELECT string_agg(name || '=' || setting, ' ' ORDER BY name) FROM pg_settings
                   WHERE context IN ('user', 'superuser') AND name NOT LIKE 'plpgsql.%'";
        sqlx::query_scalar::<_, String>(sql)
            .fetch_one(&pool)
            .await
            .unwrap()
    };
    let before = settings().await;
    let alice = AccountV1::new("a", "alice").stored(1);
    assert_eq!(store.add(&alice).await.unwrap(), Add::Added);
    let bob = AccountV1::new("b", "alice").stored(1);
    let taken = store.add(&bob).await.unwrap();
    assert_eq!(taken, Add::Taken(Some(KeyKind::Login)));
    assert_eq!(settings().await, before);
}

/// It waits for somebody who replaces an expired record, and then sees what was made of it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sentence_06_a_purge_spares_a_record_that_is_being_replaced() {
    let (pool, store) = opened().await;
    let now = datetime!(2026-01-01 00:00 UTC);
    let key = Key::from_bytes([1; 32]);
    let record = |number| Stored {
        revision: Revision::from_bytes([number; 16]),
        value: Record::from_bytes(vec![number]),
    };
    let inserted = store.insert(&key, &record(1), now, now).await.unwrap();
    assert!(matches!(inserted, Insert::Inserted));
    let mut replacing = pool.begin().await.unwrap();
    sqlx::raw_sql("UPDATE backstop_flow SET expires = 9000000000000000")
        .execute(&mut *replacing)
        .await
        .unwrap();
    let purging = tokio::spawn({
        let store = store.clone();
        async move { store.purge(now, 10).await }
    });
    let waiting = "SELECT count(*) FROM pg_stat_activity
                   WHERE datname = current_database() AND wait_event_type = 'Lock'";
    while sqlx::query_scalar::<_, i64>(waiting)
        .fetch_one(&pool)
        .await
        .unwrap()
        == 0
    {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    replacing.commit().await.unwrap();
    assert_eq!(purging.await.unwrap().unwrap(), 0);
    assert!(store.get(&key, now).await.unwrap().is_some());
}

#[tokio::test]
async fn what_is_printed_of_a_store_holds_no_secret() {
    let (_pool, store) = opened().await;
    assert_eq!(format!("{store:?}"), "PostgresStore { .. }");
    for url in [
        "not a url",
        "postgres://ann:secret@[::1",
        "postgres://ann:secret@127.0.0.1:1/x",
    ] {
        let error = PostgresStore::connect(url).await.unwrap_err();
        assert!(
            !format!("{error:?} {error}").contains("secret"),
            "{error:?}"
        );
    }
}

#[test]
fn without_a_server_the_tests_say_what_to_install() {
    let nowhere = Path::new("/nowhere");
    let Err(text) = Programs::find_in(&[nowhere.to_owned()], nowhere) else {
        panic!("found one");
    };
    for hint in [
        "apt-get install postgresql",
        "BACKSTOP_TEST_POSTGRES",
        ".ci/test",
    ] {
        assert!(text.contains(hint), "{text}");
    }
}

/// A new database with the tables in it, seen by a host.
async fn opened() -> (PgPool, PostgresStore) {
    let pool = PgPool::connect(&SERVER.database()).await.unwrap();
    let store = PostgresStore::with_pool(pool.clone()).await.unwrap();
    (pool, store)
}
