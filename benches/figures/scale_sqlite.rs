//! SQLite files with many accounts.

use std::path::Path;

use backstop::SqliteStore;
use sqlx::{
    ConnectOptions, Connection,
    sqlite::{SqliteConnectOptions, SqliteConnection, SqlitePoolOptions, SqliteSynchronous},
};

use crate::{
    floor::FLOW_BYTES,
    measure::Report,
    scale::{self, EXPIRES, Level, SIZES, crowd, grouped},
    world,
};

pub(crate) fn measure(report: &mut Report) {
    let executor = world::executor();
    let folders: Vec<_> = SIZES
        .iter()
        .map(|size| world::Folder::new(&format!("scale-{size}")))
        .collect();
    let mut levels = Vec::new();
    for (size, folder) in SIZES.into_iter().zip(&folders) {
        report.progress(&format!("{} accounts into an SQLite file", grouped(size)));
        executor.block_on(async {
            fill(size, &folder.file()).await;
            levels.push(Level::new(size, folder.store().await).await);
        });
    }
    scale::measure(report, "SQLite file", &executor, &mut levels);
}

/// Nothing waits for the disk here, and the triggers are away while the crowd is written.
async fn fill(size: usize, file: &Path) {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .synchronous(SqliteSynchronous::Off)
        .pragma("cache_size", "-200000")
        .disable_statement_logging();
    let pool = SqlitePoolOptions::new().connect_lazy_with(options.clone());
    let store = SqliteStore::with_pool(pool.clone()).await.expect("a store");
    scale::import(size, store).await;
    pool.close().await;
    let mut connection = options.connect().await.expect("a connection");
    let triggers: Vec<(String, String)> =
        sqlx::query_as("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
            .fetch_all(&mut connection)
            .await
            .expect("triggers");
    run(&mut connection, "BEGIN").await;
    for (name, _sql) in &triggers {
        run(&mut connection, &format!("DROP TRIGGER {name}")).await;
    }
    for table in tables(size) {
        run(&mut connection, &table).await;
    }
    for (_name, sql) in &triggers {
        run(&mut connection, sql).await;
    }
    run(&mut connection, "COMMIT").await;
    connection.close().await.expect("closed");
}

/// What fills the tables. The records of the crowd are somebody's.
fn tables(size: usize) -> [String; 4] {
    let crowd = crowd(size);
    let numbers = |until: usize| {
        format!(
            "WITH RECURSIVE number (n) AS
                 (SELECT 0 WHERE 0 < {until} UNION ALL SELECT n + 1 FROM number WHERE n + 1 < {until})"
        )
    };
    let name = format!("format('%08x-person', n * 4294967296 / {})", crowd.max(1));
    let keys = |kind: &str| {
        format!(
            "{} INSERT INTO backstop_account_key (kind, value, account)
             SELECT '{kind}', CAST({name} AS BLOB), {name} FROM number",
            numbers(crowd)
        )
    };
    [
        format!(
            "{} INSERT INTO backstop_account (id, revision, keys, record)
             SELECT name, randomblob(16),
                 '[[\"login\",\"' || hex(name) || '\"],[\"skeleton\",\"' || hex(name) || '\"]]',
                 (SELECT record FROM backstop_account LIMIT 1)
             FROM (SELECT {name} AS name FROM number)",
            numbers(crowd)
        ),
        keys("login"),
        keys("skeleton"),
        format!(
            "{} INSERT INTO backstop_flow (key, revision, expires, record)
             SELECT unhex(format('%08x', n * (4294967296 / {size})) || '{}'),
                 zeroblob(16), {EXPIRES} + n, randomblob({FLOW_BYTES})
             FROM number",
            numbers(size),
            "07".repeat(28)
        ),
    ]
}

async fn run(connection: &mut SqliteConnection, statement: &str) {
    sqlx::raw_sql(sqlx::AssertSqlSafe(statement.to_owned()))
        .execute(connection)
        .await
        .unwrap_or_else(|error| panic!("{statement}: {error}"));
}
