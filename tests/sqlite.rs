//! What is particular to the SQLite store: schema, host's pool, damage, a full disk, a lock.
#![cfg(feature = "sqlite")]
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[path = "records/mod.rs"]
#[expect(dead_code, reason = "another test file uses the rest")]
mod records;
#[path = "scratch/mod.rs"]
mod scratch;

use std::{path::Path, time::Duration};

use backstop::{
    Accounts, Apply, Changes, Client, Error, LoginName, NewPassword, Password, Proof, Prove,
    Register, ServiceKey, Session, SessionStatus, SignIn, SqliteStore, Ticket,
    hash::HashCost,
    name::{KeyKind, UniqueKey},
    record::{RecordError, Revision},
    store::{AccountStore, Add, Update},
};
use records::AccountV1;
use scratch::Scratch;
use sqlx::{
    Row, SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

const PASSWORD: &str = "Mira-2-lakes";
const NEW: &str = "Orla-5-rivers";

fn accounts(store: SqliteStore) -> Accounts {
    let key: ServiceKey = "k1r1hMVHn5Z6aIZ0MZg0oBqLxm5sR8ikf0xJmNDT8pc="
        .parse()
        .unwrap();
    Accounts::builder(store, backstop::MemorySender::new(), key)
        .link_base("https://shop.example/recover")
        .unwrap()
        .hash_cost(HashCost::danger_below_floor(8, 1, 1).unwrap())
        .build()
        .unwrap()
}

async fn register(accounts: &Accounts, name: &str) -> Result<Register, Error> {
    let password = NewPassword::typed_twice(PASSWORD, PASSWORD).unwrap();
    let (id, name) = (name.parse().unwrap(), name.parse().unwrap());
    accounts.register(id, name, password, &Client::new()).await
}

async fn registered(accounts: &Accounts, name: &str) {
    let registered = register(accounts, name).await.unwrap();
    assert!(matches!(registered, Register::Registered(_)));
}

async fn sign_in(accounts: &Accounts, name: &str, password: &str) -> Result<SignIn, Error> {
    let name: LoginName = name.parse().unwrap();
    let password = Password::new(password).unwrap();
    accounts.sign_in(&name, &password, &Client::new()).await
}

async fn session(accounts: &Accounts, signed_in: Result<SignIn, Error>) -> Session {
    let Ok(SignIn::Accepted(signed_in)) = signed_in else {
        panic!("{signed_in:?}");
    };
    match accounts.session(signed_in.token()).await.unwrap() {
        SessionStatus::Live(session) => session,
        SessionStatus::Ended => panic!("it just began"),
    }
}

async fn proved(accounts: &Accounts, session: &Session) -> Ticket {
    let ticket = accounts.settings(session).unwrap();
    let proof = Proof::CurrentPassword(Password::new(PASSWORD).unwrap());
    match accounts.prove(&ticket, proof).await.unwrap() {
        Prove::Accepted(ticket) => ticket,
        refused => panic!("{refused:?}"),
    }
}

async fn apply(accounts: &Accounts, ticket: &Ticket) -> Result<Apply, Error> {
    let new = NewPassword::typed_twice(NEW, NEW).unwrap();
    accounts.apply(ticket, Changes::new().password(new)).await
}

/// A pool of the host's, on a file of its own.
async fn pool(file: &Path) -> SqlitePool {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true);
    SqlitePool::connect_with(options).await.unwrap()
}

async fn text(pool: &SqlitePool, sql: &'static str) -> String {
    sqlx::query_scalar(sql).fetch_one(pool).await.unwrap()
}

#[tokio::test]
async fn open_creates_the_file_and_what_was_written_is_there_later() {
    let scratch = Scratch::new();
    let file = scratch.file("accounts ?mode=memory&%20#1.db");
    let store = SqliteStore::open(&file).await.unwrap();
    registered(&accounts(store), "alice").await;

    let reopened = accounts(SqliteStore::open(&file).await.unwrap());
    let signed_in = sign_in(&reopened, "alice", PASSWORD).await.unwrap();
    assert!(matches!(signed_in, SignIn::Accepted(_)));
    let pool = pool(&file).await;
    assert_eq!(text(&pool, "PRAGMA journal_mode").await, "wal");
    assert_eq!(text(&pool, "PRAGMA integrity_check").await, "ok");
}

#[tokio::test]
async fn a_path_is_never_a_database_in_memory() {
    let scratch = Scratch::new();
    let missing = SqliteStore::open(scratch.file("no such directory/accounts.db")).await;
    assert!(missing.is_err());
    assert!(SqliteStore::open("").await.is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn stores_that_open_one_new_file_together_all_open() {
    for _ in 0..20 {
        let scratch = Scratch::new();
        let file = scratch.file("accounts.db");
        let mut opening = tokio::task::JoinSet::new();
        for _ in 0..16 {
            opening.spawn(SqliteStore::open(file.clone()));
        }
        for opened in opening.join_all().await {
            opened.unwrap();
        }
        let pool = pool(&file).await;
        let steps: i64 = sqlx::query_scalar("SELECT count(*) FROM backstop_schema")
            .fetch_one(&pool)
            .await
            .unwrap();
        assert_eq!(steps, 1);
    }
}

/// Everything that lies in a database, tables and rows, as one text each.
async fn content(pool: &SqlitePool) -> Vec<String> {
    let tables = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name";
    let tables: Vec<String> = sqlx::query_scalar(tables).fetch_all(pool).await.unwrap();
    let sql = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name";
    let mut content: Vec<String> = sqlx::query_scalar(sql).fetch_all(pool).await.unwrap();
    for table in tables {
        let columns = "SELECT group_concat(format('quote(\"%w\")', name), ' || '','' || ') FROM pragma_table_info(?1)";
        let columns: String = sqlx::query_scalar(columns)
            .bind(&table)
            .fetch_one(pool)
            .await
            .unwrap();
        let rows = format!("SELECT '{table}: ' || {columns} FROM \"{table}\" ORDER BY 1");
        let rows = sqlx::query_scalar(sqlx::AssertSqlSafe(rows));
        content.extend(rows.fetch_all(pool).await.unwrap() as Vec<String>);
    }
    content
}

#[tokio::test]
async fn tables_that_took_something_away_are_refused_and_left_alone() {
    let scratch = Scratch::new();
    let file = scratch.file("accounts.db");
    let pool = pool(&file).await;
    let first = accounts(SqliteStore::with_pool(pool.clone()).await.unwrap());
    registered(&first, "alice").await;
    let mode = "SELECT journal_mode FROM pragma_journal_mode";
    sqlx::raw_sql("INSERT INTO backstop_schema (version, oldest) VALUES (999, 1), (1000, 999)")
        .execute(&pool)
        .await
        .unwrap();
    let (before, mode_before) = (content(&pool).await, text(&pool, mode).await);
    let refused = SqliteStore::open(&file).await.unwrap_err().to_string();
    for part in ["1000", "999", "knows 1", "newer", "update this service"] {
        assert!(refused.contains(part), "{refused}");
    }
    let refused = SqliteStore::with_pool(pool.clone()).await.unwrap_err();
    assert!(refused.to_string().contains("newer"));
    assert_eq!(content(&pool).await, before);
    // `open` would put it into WAL mode.
    assert_eq!(
        (text(&pool, mode).await, mode_before.as_str()),
        (mode_before.clone(), "delete")
    );
    // And no transaction of it is left in the pool.
    let writing = sqlx::query("DELETE FROM backstop_schema WHERE version = 1000");
    writing.execute(&pool).await.unwrap();
    SqliteStore::with_pool(pool).await.unwrap();
}

/// A rolling upgrade: the newer process has added something, the older one starts again.
#[tokio::test]
async fn tables_that_only_added_something_are_used() {
    let scratch = Scratch::new();
    let file = scratch.file("accounts.db");
    let running = accounts(SqliteStore::open(&file).await.unwrap());
    registered(&running, "alice").await;
    let pool = pool(&file).await;
    sqlx::raw_sql(
        "BEGIN IMMEDIATE;
         ALTER TABLE backstop_account ADD COLUMN seen INTEGER NOT NULL DEFAULT 0;
         ALTER TABLE backstop_account_key ADD COLUMN note TEXT;
         ALTER TABLE backstop_flow ADD COLUMN node TEXT NOT NULL DEFAULT 'unknown';
         CREATE TABLE backstop_node (name TEXT PRIMARY KEY);
         CREATE INDEX backstop_account_seen ON backstop_account (seen);
         INSERT INTO backstop_schema (version, oldest) VALUES (2, 1);
         COMMIT;
         UPDATE backstop_account SET seen = 17;",
    )
    .execute(&pool)
    .await
    .unwrap();
    let schema = "SELECT group_concat(version || ' ' || oldest) FROM backstop_schema";
    let now = [
        running,
        accounts(SqliteStore::open(&file).await.unwrap()),
        accounts(SqliteStore::with_pool(pool.clone()).await.unwrap()),
    ];
    for (accounts, name) in now.into_iter().zip(["bodil", "carl", "doris"]) {
        registered(&accounts, name).await;
        let session = session(&accounts, sign_in(&accounts, name, PASSWORD).await).await;
        let ticket = proved(&accounts, &session).await;
        assert!(matches!(
            apply(&accounts, &ticket).await,
            Ok(Apply::Applied(_))
        ));
        let denied = sign_in(&accounts, "alice", NEW).await;
        assert!(matches!(denied, Ok(SignIn::Denied { .. })));
        accounts.deliver_due().await.unwrap();
        accounts.purge().await.unwrap();
    }
    assert_eq!(text(&pool, schema).await, "1 1,2 1");
    let seen = "SELECT group_concat(seen) FROM (SELECT seen FROM backstop_account ORDER BY seen)";
    assert_eq!(text(&pool, seen).await, "0,0,0,17");
}

#[tokio::test]
async fn every_column_is_explained_in_the_database() {
    let scratch = Scratch::new();
    let pool = pool(&scratch.file("host.db")).await;
    SqliteStore::with_pool(pool.clone()).await.unwrap();
    let columns = sqlx::query(
        "SELECT m.sql, c.name FROM sqlite_master AS m, pragma_table_info(m.name) AS c
         WHERE m.type = 'table' AND m.name LIKE 'backstop%'",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    assert_eq!(columns.len(), 15);
    for column in columns {
        let (sql, name): (String, String) = (column.get(0), column.get(1));
        let line = sql
            .lines()
            .find(|line| line.trim().starts_with(&format!("{name} ")));
        assert!(line.unwrap().contains(" -- "), "{name} in {sql}");
    }
}

#[tokio::test]
async fn the_hosts_pool_keeps_its_pragmas() {
    const PRAGMAS: [&str; 8] = [
        "SELECT journal_mode FROM pragma_journal_mode",
        "SELECT CAST(synchronous AS TEXT) FROM pragma_synchronous",
        "SELECT CAST(foreign_keys AS TEXT) FROM pragma_foreign_keys",
        "SELECT CAST(timeout AS TEXT) FROM pragma_busy_timeout",
        "SELECT CAST(user_version AS TEXT) FROM pragma_user_version",
        "SELECT CAST(application_id AS TEXT) FROM pragma_application_id",
        "SELECT CAST(recursive_triggers AS TEXT) FROM pragma_recursive_triggers",
        "SELECT CAST(cache_size AS TEXT) FROM pragma_cache_size",
    ];
    let scratch = Scratch::new();
    for (name, foreign_keys) in [("one", "ON"), ("two", "OFF")] {
        let options = SqliteConnectOptions::new()
            .filename(scratch.file(name))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Persist)
            .synchronous(SqliteSynchronous::Extra)
            .busy_timeout(Duration::from_millis(4321))
            .pragma("foreign_keys", foreign_keys)
            .pragma("recursive_triggers", foreign_keys)
            .pragma("user_version", "77")
            .pragma("application_id", "78")
            .pragma("cache_size", "123");
        // One connection: the very one that the library used is asked.
        let one = SqlitePoolOptions::new().max_connections(1);
        let pool = one.connect_with(options).await.unwrap();
        let mut before = Vec::new();
        for pragma in PRAGMAS {
            before.push(text(&pool, pragma).await);
        }
        let accounts = accounts(SqliteStore::with_pool(pool.clone()).await.unwrap());
        registered(&accounts, "alice").await;
        let session = session(&accounts, sign_in(&accounts, "alice", PASSWORD).await).await;
        let changed = apply(&accounts, &proved(&accounts, &session).await).await;
        assert!(matches!(changed, Ok(Apply::Applied(_))));
        for (pragma, before) in PRAGMAS.into_iter().zip(before) {
            assert_eq!(text(&pool, pragma).await, before, "{pragma}");
        }
    }
}

#[tokio::test]
async fn s06_no_sql_alters_or_clears_a_security_code() {
    let scratch = Scratch::new();
    let pool = pool(&scratch.file("host.db")).await;
    let store = SqliteStore::with_pool(pool.clone()).await.unwrap();
    let mut with = AccountV1::new("with", "alice");
    with.set_security_code(Some([7; 32]));
    let with = with.stored(1);
    assert_eq!(store.add(&with).await.unwrap(), Add::Added);
    let other = AccountV1::new("other", "bob").stored(2);
    assert_eq!(store.add(&other).await.unwrap(), Add::Added);

    for sql in [
        "UPDATE backstop_account SET security_code = NULL",
        "UPDATE backstop_account SET security_code = zeroblob(32)",
        "UPDATE OR IGNORE backstop_account SET security_code = zeroblob(32) WHERE id = 'with'",
        "REPLACE INTO backstop_account SELECT id, revision, keys, due_at, NULL, record
         FROM backstop_account WHERE id = 'with'",
        "INSERT OR REPLACE INTO backstop_account SELECT 'with', revision, '[]', NULL, NULL, record
         FROM backstop_account WHERE id = 'other'",
        "INSERT INTO backstop_account SELECT * FROM backstop_account WHERE id = 'with'
         ON CONFLICT (id) DO UPDATE SET security_code = NULL",
        "UPDATE OR REPLACE backstop_account SET id = 'with' WHERE id = 'other'",
    ] {
        assert!(sqlx::query(sql).execute(&pool).await.is_err(), "{sql}");
        let found = store.load(with.value.id()).await.unwrap().unwrap();
        assert_eq!(found.value.security_code(), Some(&[7; 32]), "{sql}");
    }
    // A key is not taken over by force either.
    let stolen = "INSERT OR REPLACE INTO backstop_account
        SELECT 'thief', revision, keys, NULL, NULL, record FROM backstop_account WHERE id = 'other'";
    assert!(sqlx::query(stolen).execute(&pool).await.is_err());
    let bob = UniqueKey::new(KeyKind::Login, "bob");
    let found = store.find(&bob).await.unwrap().unwrap();
    assert_eq!(found.value.id(), other.value.id());
}

#[tokio::test]
async fn x45_a_damaged_or_swapped_account_is_a_typed_refusal() {
    for (damage, expected) in [
        (
            "UPDATE backstop_account SET record = zeroblob(100)",
            RecordError::Damaged,
        ),
        (
            "UPDATE backstop_account SET record = x''",
            RecordError::Damaged,
        ),
        (
            "UPDATE backstop_account SET record = CAST(x'02' || record AS BLOB)",
            RecordError::Newer,
        ),
        (
            "UPDATE backstop_account SET record =
                 (SELECT record FROM backstop_account AS other WHERE other.id = 'mallory')",
            RecordError::Damaged,
        ),
        (
            "UPDATE backstop_account SET security_code = zeroblob(32)",
            RecordError::Damaged,
        ),
    ] {
        let scratch = Scratch::new();
        let pool = pool(&scratch.file("host.db")).await;
        let accounts = accounts(SqliteStore::with_pool(pool.clone()).await.unwrap());
        registered(&accounts, "alice").await;
        registered(&accounts, "mallory").await;
        let session = session(&accounts, sign_in(&accounts, "alice", PASSWORD).await).await;
        sqlx::query(damage).execute(&pool).await.unwrap();

        let refused = sign_in(&accounts, "alice", PASSWORD).await;
        assert!(
            matches!(&refused, Err(Error::Record(error)) if *error == expected),
            "{damage}"
        );
        let ticket = accounts.settings(&session).unwrap();
        let proof = Proof::CurrentPassword(Password::new(PASSWORD).unwrap());
        let refused = accounts.prove(&ticket, proof).await;
        assert!(
            matches!(&refused, Err(Error::Record(error)) if *error == expected),
            "{damage}"
        );
    }
}

#[tokio::test]
async fn x45_a_swapped_or_damaged_budget_is_a_typed_refusal() {
    for damage in [
        "UPDATE backstop_flow SET record = other.record FROM backstop_flow AS other
         WHERE other.key <> backstop_flow.key",
        "UPDATE backstop_flow
         SET record = CAST(substr(record, 1, length(record) - 1) || x'ff' AS BLOB)",
    ] {
        let scratch = Scratch::new();
        let pool = pool(&scratch.file("host.db")).await;
        let accounts = accounts(SqliteStore::with_pool(pool.clone()).await.unwrap());
        for name in ["alice", "bob"] {
            let missed = sign_in(&accounts, name, "wrong").await.unwrap();
            assert!(matches!(missed, SignIn::Denied { .. }));
        }
        let damaged = sqlx::query(damage).execute(&pool).await.unwrap();
        assert_eq!(damaged.rows_affected(), 2);
        let refused = sign_in(&accounts, "alice", "wrong").await;
        assert!(
            matches!(refused, Err(Error::Record(RecordError::Damaged))),
            "{damage}"
        );
    }
}

/// Leaves no room for another page, and gives it back.
async fn fill(pool: &SqlitePool) {
    // No pages are free inside the file, and no row may grow into what is left of one.
    sqlx::raw_sql(
        "CREATE TABLE filler (bytes BLOB); VACUUM;
         PRAGMA max_page_count = 1;",
    )
    .execute(pool)
    .await
    .unwrap();
    while sqlx::query("INSERT INTO filler VALUES (zeroblob(100))")
        .execute(pool)
        .await
        .is_ok()
    {}
}

async fn make_room(pool: &SqlitePool) {
    sqlx::raw_sql("PRAGMA max_page_count = 1000000; DROP TABLE filler;")
        .execute(pool)
        .await
        .unwrap();
}

/// Every row, as one text.
async fn everything(pool: &SqlitePool) -> String {
    text(
        pool,
        "SELECT (SELECT group_concat(id || hex(revision) || keys || hex(record), '|')
                 FROM backstop_account)
             || (SELECT group_concat(kind || hex(value) || account, '|')
                 FROM backstop_account_key)",
    )
    .await
}

#[tokio::test]
async fn a_full_disk_is_an_error_with_nothing_half_done() {
    let scratch = Scratch::new();
    let options = SqliteConnectOptions::new()
        .filename(scratch.file("host.db"))
        .create_if_missing(true);
    // The limit is a connection's own.
    let one = SqlitePoolOptions::new().max_connections(1);
    let pool = one.connect_with(options).await.unwrap();
    let store = SqliteStore::with_pool(pool.clone()).await.unwrap();
    let accounts = accounts(store.clone());
    registered(&accounts, "alice").await;
    let session = session(&accounts, sign_in(&accounts, "alice", PASSWORD).await).await;
    let ticket = proved(&accounts, &session).await;

    // As many names as fill what is left of the pages, then nothing fits.
    fill(&pool).await;
    let mut registered = 0;
    let refused = loop {
        match register(&accounts, &format!("name{registered}")).await {
            Ok(_) => registered += 1,
            Err(refused) => break refused,
        }
    };
    assert!(matches!(refused, Error::Store(_)), "{refused:?}");
    let before = everything(&pool).await;
    let refused = register(&accounts, &format!("name{registered}")).await;
    assert!(matches!(refused, Err(Error::Store(_))), "{refused:?}");
    assert_eq!(everything(&pool).await, before);

    // A record that grows has no room either.
    let mut large = AccountV1::new("alice", "alice");
    large.keys = vec![UniqueKey::new(KeyKind::Email, vec![1; 40_000])];
    let found = store.load(session.account()).await.unwrap().unwrap();
    let refused = store.update(found.revision, &large.stored(1)).await;
    assert!(refused.is_err());
    assert_eq!(everything(&pool).await, before);
    assert_eq!(text(&pool, "PRAGMA integrity_check").await, "ok");

    make_room(&pool).await;
    let retried = register(&accounts, &format!("name{registered}")).await;
    assert!(matches!(retried.unwrap(), Register::Registered(_)));
    let changed = apply(&accounts, &ticket).await.unwrap();
    assert!(matches!(changed, Apply::Applied(_)));
    let signed_in = sign_in(&accounts, "alice", NEW).await.unwrap();
    assert!(matches!(signed_in, SignIn::Accepted(_)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_under_another_writers_lock_answers_late_then_completes() {
    let scratch = Scratch::new();
    let file = scratch.file("accounts.db");
    let store = SqliteStore::open(&file).await.unwrap();
    let accounts = accounts(store.clone());
    registered(&accounts, "alice").await;

    let pool = pool(&file).await;
    let lock = pool.begin_with("BEGIN IMMEDIATE").await.unwrap();
    let late = tokio::spawn({
        let accounts = accounts.clone();
        async move { register(&accounts, "bob").await }
    });
    // Whoever only reads does not wait.
    let id = "alice".parse().unwrap();
    assert!(store.load(&id).await.unwrap().is_some());
    let waited = tokio::time::timeout(Duration::from_millis(300), async {
        while !late.is_finished() {
            tokio::task::yield_now().await;
        }
    });
    assert!(waited.await.is_err(), "it did not wait for the lock");
    lock.rollback().await.unwrap();
    let late = late.await.unwrap().unwrap();
    assert!(matches!(late, Register::Registered(_)));
}

#[tokio::test]
async fn an_update_to_a_damaged_key_table_is_an_error() {
    // A key that belongs to nobody, as after a restore of half a backup.
    let scratch = Scratch::new();
    let pool = pool(&scratch.file("host.db")).await;
    let store = SqliteStore::with_pool(pool.clone()).await.unwrap();
    let alice = AccountV1::new("42", "alice").stored(1);
    assert_eq!(store.add(&alice).await.unwrap(), Add::Added);
    sqlx::query("INSERT INTO backstop_account_key VALUES ('login', CAST('ghost' AS BLOB), 'none')")
        .execute(&pool)
        .await
        .unwrap();
    let ghost = UniqueKey::new(KeyKind::Login, "ghost");
    assert!(store.find(&ghost).await.unwrap().is_none());
    let renamed = AccountV1::new("42", "ghost").stored(2);
    let was = Revision::from_bytes(1_u128.to_be_bytes());
    let refused = store.update(was, &renamed).await.unwrap();
    assert_eq!(refused, Update::Taken(KeyKind::Login));
}
