//! PostgreSQL databases with many accounts, side by side on one server.

use sqlx::Connection;

use crate::{
    floor::FLOW_BYTES,
    measure::Report,
    postgres,
    scale::{self, EXPIRES, Level, SIZES, crowd, grouped},
    world,
};

pub(crate) fn measure(report: &mut Report) {
    let executor = world::executor();
    let server = postgres::server();
    let mut levels = Vec::new();
    for size in SIZES {
        report.progress(&format!("{} accounts into PostgreSQL", grouped(size)));
        let url = server.database();
        executor.block_on(async {
            let store = postgres::store(&url).await;
            scale::import(size, store.clone()).await;
            fill(size, &url).await;
            levels.push(Level::new(size, store).await);
        });
    }
    scale::measure(report, "PostgreSQL", &executor, &mut levels);
    executor.block_on(async { drop(levels) });
}

/// Both halves at once. No trigger runs for the crowd.
async fn fill(size: usize, url: &str) {
    let fill = async |statements: Vec<String>| {
        let mut connection = postgres::connect(url).await;
        postgres::run(&mut connection, "SET session_replication_role = replica").await;
        for statement in statements {
            postgres::run(&mut connection, &statement).await;
        }
        connection.close().await.expect("closed");
    };
    let [accounts, login, skeleton, flows] = tables(size);
    tokio::join!(fill(vec![accounts, flows]), fill(vec![login, skeleton]));
    fill(vec!["VACUUM ANALYZE".to_owned(), "CHECKPOINT".to_owned()]).await;
}

/// What fills the tables. The records of the crowd are somebody's.
fn tables(size: usize) -> [String; 4] {
    let crowd = crowd(size);
    let name = format!(
        "lpad(to_hex(n * 4294967296 / {}), 8, '0') || '-person'",
        crowd.max(1)
    );
    let numbers = |until: usize| format!("generate_series(0, {until} - 1::bigint) AS number (n)");
    let keys = |kind: &str| {
        format!(
            "INSERT INTO backstop_account_key (kind, value, account)
             SELECT '{kind}', convert_to({name}, 'UTF8'), {name} FROM {}",
            numbers(crowd)
        )
    };
    [
        format!(
            "INSERT INTO backstop_account (id, revision, key_kinds, key_values, record)
             SELECT name, uuid_send(gen_random_uuid()), ARRAY['login', 'skeleton'],
                 ARRAY[convert_to(name, 'UTF8'), convert_to(name, 'UTF8')],
                 (SELECT record FROM backstop_account LIMIT 1)
             FROM (SELECT {name} AS name FROM {}) AS crowd",
            numbers(crowd)
        ),
        keys("login"),
        keys("skeleton"),
        format!(
            "INSERT INTO backstop_flow (key, revision, expires, record)
             SELECT decode(lpad(to_hex(n * (4294967296 / {size})), 8, '0') || '{}', 'hex'),
                 decode(repeat('00', 16), 'hex'), {EXPIRES} + n,
                 decode(repeat(md5(n::text), {}), 'hex')
             FROM {}",
            "07".repeat(28),
            FLOW_BYTES / 16,
            numbers(size)
        ),
    ]
}
