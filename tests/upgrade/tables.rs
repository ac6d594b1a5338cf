//! The tables of each version, with rows in them, are used by the newest one.
//!
//! `fixtures/tables-v1.sqlite.sql` and `fixtures/tables-v1.postgres.sql` were written once, by
//! [`make_fixtures`], and never change. A new step of the tables gets files beside them.

use std::{fs, path::PathBuf};

use backstop::{
    Accounts, Apply, Challenge, Challenged, Changes, Client, MemorySender, PostgresStore, Proof,
    Prove, Register, ServiceKey, SessionStatus, SessionToken, SignIn, SignedIn, SqliteStore,
    Ticket,
    message::{Content, Notice},
    store::{AccountStore, FlowStore},
};
use sqlx::{AssertSqlSafe, PgPool, SqlitePool, sqlite::SqliteConnectOptions};
use time::{Duration, OffsetDateTime, macros::datetime};

use crate::{
    rolling::SERVER,
    scratch::Scratch,
    support::{NEW, OLD, WRONG, account_id, cheap, mail, password, typed_twice},
};

const MADE_AT: OffsetDateTime = datetime!(2026-01-01 0:00 UTC);
const ADDRESS: &str = "åsa@shop.example";
const OTHER_ADDRESS: &str = "bob@shop.example";

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(name)
}

fn fixture(name: &str) -> String {
    fs::read_to_string(path(name)).unwrap()
}

/// Under the clock and the key of the fixtures.
fn accounts<S: AccountStore + FlowStore + Clone>(store: S, sender: MemorySender) -> Accounts {
    let key: ServiceKey = "k1r1hMVHn5Z6aIZ0MZg0oBqLxm5sR8ikf0xJmNDT8pc="
        .parse()
        .unwrap();
    Accounts::builder(store, sender, key)
        .link_base("https://shop.example/recover")
        .unwrap()
        .hash_cost(cheap())
        .clock(|| MADE_AT + Duration::HOUR)
        .build()
        .unwrap()
}

async fn sign_in(accounts: &Accounts, name: &str, typed: &str) -> SignIn {
    let (name, typed) = (name.parse().unwrap(), password(typed));
    let signed_in = accounts.sign_in(&name, &typed, &Client::new()).await;
    signed_in.unwrap()
}

async fn proved(accounts: &Accounts, signed_in: &SignedIn) -> Ticket {
    let status = accounts.session(signed_in.token()).await.unwrap();
    let SessionStatus::Live(session) = status else {
        panic!("it just began");
    };
    let ticket = accounts.settings(&session).unwrap();
    let proof = Proof::CurrentPassword(password(OLD));
    match accounts.prove(&ticket, proof).await.unwrap() {
        Prove::Accepted(ticket) => ticket,
        refused => panic!("{refused:?}"),
    }
}

/// An account with an address that it has not been told of yet, a miss, a flow and a session, and one
/// whose address is about to be set. Answers with what their browsers hold.
async fn fill<S: AccountStore + FlowStore + Clone>(store: S) -> String {
    let sender = MemorySender::new();
    let accounts = accounts(store, sender.clone());
    for (id, name) in [("42", "Åsa"), ("43", "bob")] {
        let registered = accounts
            .register(
                account_id(id),
                name.parse().unwrap(),
                typed_twice(OLD),
                &Client::new(),
            )
            .await;
        assert!(matches!(registered, Ok(Register::Registered(_))));
    }
    let other = new_address(&accounts, &sender, "bob", OTHER_ADDRESS).await;
    let ticket = new_address(&accounts, &sender, "åsa", ADDRESS).await;
    let applied = accounts.apply(&ticket, Changes::new().email()).await;
    let Ok(Apply::Applied(signed_in)) = applied else {
        panic!("{applied:?}");
    };
    let ticket = proved(&accounts, &signed_in).await;
    assert!(matches!(
        sign_in(&accounts, "åsa", WRONG).await,
        SignIn::Denied { .. }
    ));
    let (ticket, token, other) = (ticket.expose(), signed_in.token().expose(), other.expose());
    format!("-- ticket {ticket}\n-- session {token}\n-- address {other}\n")
}

/// A ticket whose next step sets this address.
async fn new_address(
    accounts: &Accounts,
    sender: &MemorySender,
    name: &str,
    address: &str,
) -> Ticket {
    let SignIn::Accepted(signed_in) = sign_in(accounts, name, OLD).await else {
        panic!("it is the right one");
    };
    let ticket = proved(accounts, &signed_in).await;
    let challenge = Challenge::NewEmail(address.parse().unwrap());
    let sent = accounts.challenge(&ticket, challenge).await.unwrap();
    assert_eq!(sent, Challenged::Sent);
    accounts.deliver_due().await.unwrap();
    let proof = Proof::NewEmail(mail::code(&sender.take()[0]));
    match accounts.prove(&ticket, proof).await.unwrap() {
        Prove::Accepted(ticket) => ticket,
        refused => panic!("{refused:?}"),
    }
}

/// What a browser holds.
fn held<'a>(fixture: &'a str, what: &str) -> &'a str {
    let begin = format!("-- {what} ");
    let mut lines = fixture.lines();
    lines.find_map(|line| line.strip_prefix(&begin)).unwrap()
}

async fn is_used<S: AccountStore + FlowStore + Clone>(store: S, fixture: &str) {
    let sender = MemorySender::new();
    let accounts = accounts(store, sender.clone());
    let token: SessionToken = held(fixture, "session").parse().unwrap();
    let status = accounts.session(&token).await.unwrap();
    assert!(matches!(status, SessionStatus::Live(_)));
    // The miss is counted, and so is this one.
    for expected in [3, 2] {
        let denied = sign_in(&accounts, "åsa", WRONG).await;
        assert!(
            matches!(denied, SignIn::Denied { left } if left == expected),
            "{denied:?}"
        );
    }
    let taken = accounts
        .register(
            account_id("44"),
            "bob".parse().unwrap(),
            typed_twice(OLD),
            &Client::new(),
        )
        .await;
    assert!(matches!(taken, Ok(Register::Taken(_))), "{taken:?}");
    let address = ADDRESS.parse().unwrap();
    let by_address = accounts
        .sign_in(&address, &password(OLD), &Client::new())
        .await;
    assert!(matches!(by_address, Ok(SignIn::Accepted(_))));
    // What it was to be told of before the upgrade.
    accounts.deliver_due().await.unwrap();
    let told = sender.take();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(matches!(
        told[0].content(),
        Content::Notice {
            notice: Notice::EmailChanged,
            ..
        }
    ));
    let ticket: Ticket = held(fixture, "ticket").parse().unwrap();
    let changes = Changes::new().password(typed_twice(NEW));
    let applied = accounts.apply(&ticket, changes).await;
    assert!(matches!(applied, Ok(Apply::Applied(_))), "{applied:?}");
    assert!(matches!(
        sign_in(&accounts, "åsa", NEW).await,
        SignIn::Accepted(_)
    ));
    // What was proved before the upgrade.
    let ticket: Ticket = held(fixture, "address").parse().unwrap();
    let applied = accounts.apply(&ticket, Changes::new().email()).await;
    assert!(matches!(applied, Ok(Apply::Applied(_))), "{applied:?}");
    let by_address = sign_in(&accounts, OTHER_ADDRESS, OLD).await;
    assert!(matches!(by_address, SignIn::Accepted(_)), "{by_address:?}");
}

async fn sqlite(scratch: &Scratch, name: &str) -> SqlitePool {
    let options = SqliteConnectOptions::new()
        .filename(scratch.file(name))
        .create_if_missing(true);
    SqlitePool::connect_with(options).await.unwrap()
}

async fn sqlite_texts(pool: &SqlitePool, sql: &str) -> Vec<String> {
    let sql = sqlx::query_scalar(AssertSqlSafe(sql.to_owned()));
    sql.fetch_all(pool).await.unwrap()
}

async fn postgres_texts(pool: &PgPool, sql: &str) -> Vec<String> {
    let sql = sqlx::query_scalar(AssertSqlSafe(sql.to_owned()));
    sql.fetch_all(pool).await.unwrap()
}

/// Tables, indices and triggers.
const SQLITE_SCHEMA: &str = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type = 'trigger', type = 'index', rowid";

/// Columns, constraints, indices, triggers and functions.
const POSTGRES_SCHEMA: &str = "
    SELECT concat_ws(' ', table_name, column_name, data_type, collation_name, is_nullable, column_default)
    FROM information_schema.columns WHERE table_schema = 'public'
    UNION ALL SELECT concat_ws(' ', conrelid::regclass, pg_get_constraintdef(oid))
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION ALL SELECT concat_ws(' ', objoid::regclass, objsubid, description)
    FROM pg_description WHERE classoid = 'pg_class'::regclass AND objoid::regclass::text LIKE 'backstop%'
    ORDER BY 1";

#[tokio::test]
async fn sqlite_tables_of_version_1_are_used() {
    let fixture = fixture("tables-v1.sqlite.sql");
    let scratch = Scratch::new();
    for name in ["file", "pool"] {
        let pool = sqlite(&scratch, name).await;
        let sql = sqlx::raw_sql(AssertSqlSafe(fixture.clone()));
        sql.execute(&pool).await.unwrap();
        let store = match name {
            "file" => SqliteStore::open(scratch.file(name)).await,
            _ => SqliteStore::with_pool(pool.clone()).await,
        };
        is_used(store.unwrap(), &fixture).await;
        // As the newest version makes them.
        let made = sqlite(&scratch, &format!("{name} of today")).await;
        SqliteStore::with_pool(made.clone()).await.unwrap();
        let schema = [&pool, &made].map(|pool| sqlite_texts(pool, SQLITE_SCHEMA));
        let [loaded, made] = schema;
        assert_eq!(loaded.await, made.await);
    }
}

#[tokio::test]
async fn postgresql_tables_of_version_1_are_used() {
    let fixture = fixture("tables-v1.postgres.sql");
    let (url, made) = (SERVER.database(), SERVER.database());
    let pool = PgPool::connect(&url).await.unwrap();
    let sql = sqlx::raw_sql(AssertSqlSafe(fixture.clone()));
    sql.execute(&pool).await.unwrap();
    is_used(PostgresStore::connect(&url).await.unwrap(), &fixture).await;
    // As the newest version makes them.
    PostgresStore::connect(&made).await.unwrap();
    let made = PgPool::connect(&made).await.unwrap();
    let schema = [&pool, &made].map(|pool| postgres_texts(pool, POSTGRES_SCHEMA));
    let [loaded, made] = schema;
    let (loaded, made) = (loaded.await, made.await);
    assert!(made.len() > 20, "{made:?}");
    assert_eq!(loaded, made);
}

/// A script that was released is that with which the fixtures were made.
#[test]
fn the_scripts_of_version_1_never_change() {
    let script =
        include_str!("../../src/store/schema/postgres_1.sql").replace("{schema}", "public");
    assert!(fixture("tables-v1.postgres.sql").contains(&script));
    let script = include_str!("../../src/store/schema/sqlite_1.sql");
    let fixture = fixture("tables-v1.sqlite.sql");
    // SQLite keeps each statement as it was written.
    for statement in fixture
        .split_inclusive("\n\n")
        .filter(|part| part.contains("CREATE"))
    {
        let statement = statement.trim_end().trim_end_matches(';');
        let is_of_the_first_step = statement.contains("CREATE TABLE backstop_schema");
        assert!(
            is_of_the_first_step || script.contains(statement),
            "{statement}"
        );
    }
}

#[tokio::test]
#[ignore = "writes the fixtures of a new version of the tables, under names that are free"]
async fn make_fixtures() {
    let scratch = Scratch::new();
    let pool = sqlite(&scratch, "made").await;
    let held = fill(SqliteStore::with_pool(pool.clone()).await.unwrap()).await;
    let mut dump = vec![held];
    let tables = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY rowid";
    let schema = sqlite_texts(&pool, SQLITE_SCHEMA).await;
    let is_table = |sql: &&String| sql.starts_with("CREATE TABLE");
    dump.extend(
        schema
            .iter()
            .filter(is_table)
            .map(|sql| format!("{sql};\n")),
    );
    for table in sqlite_texts(&pool, tables).await {
        let columns = format!("SELECT 'quote(' || name || ')' FROM pragma_table_info('{table}')");
        let columns = sqlite_texts(&pool, &columns).await.join(" || ', ' || ");
        let rows = format!("SELECT {columns} FROM {table}");
        let rows = sqlite_texts(&pool, &rows).await;
        let insert = |row| format!("INSERT INTO {table} VALUES ({row});\n");
        dump.extend(rows.into_iter().map(insert));
    }
    let rest = schema.iter().filter(|sql| !is_table(sql));
    dump.extend(rest.map(|sql| format!("{sql};\n")));
    write("tables-v1.sqlite.sql", &dump.join("\n"));

    let url = SERVER.database();
    let held = fill(PostgresStore::connect(&url).await.unwrap()).await;
    let pool = PgPool::connect(&url).await.unwrap();
    let first = "CREATE TABLE backstop_schema (version bigint NOT NULL PRIMARY KEY, oldest bigint NOT NULL);\n";
    let script =
        include_str!("../../src/store/schema/postgres_1.sql").replace("{schema}", "public");
    let mut dump = vec![held, first.to_owned(), script, String::new()];
    // The keys of the accounts follow by the trigger.
    for table in ["backstop_schema", "backstop_account", "backstop_flow"] {
        let columns = format!(
            "SELECT format('quote_nullable(%I)', column_name) FROM information_schema.columns
             WHERE table_name = '{table}' ORDER BY ordinal_position"
        );
        let columns = postgres_texts(&pool, &columns).await.join(", ");
        let rows = format!("SELECT concat_ws(', ', {columns}) FROM {table}");
        let insert = |row| format!("INSERT INTO {table} VALUES ({row});");
        dump.extend(postgres_texts(&pool, &rows).await.into_iter().map(insert));
    }
    write("tables-v1.postgres.sql", &(dump.join("\n") + "\n"));
}

fn write(name: &str, text: &str) {
    let path = path(name);
    assert!(!path.exists(), "a fixture never changes");
    fs::write(path, text).unwrap();
}
