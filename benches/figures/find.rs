//! Finding one account among many, in an SQLite file.

use std::path::Path;

use backstop::{
    Accounts, Client, Import, SqliteStore,
    name::{KeyKind, UniqueKey},
    store::AccountStore,
};
use sqlx::{
    ConnectOptions, Connection,
    sqlite::{SqliteConnectOptions, SqliteConnection, SqliteSynchronous},
};

use crate::{
    measure::{Bound, Report, Row, pairs, seconds},
    world,
};

/// The accounts of the small file. The large one has them too, scattered among its crowd.
const FEW: usize = 1_000;
const MANY: usize = 1_000_000;

/// The searches that are timed together.
const A_TIMING: usize = 20;

/// Any hash: nobody signs in.
const HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$\
                    c2l4dGVlbiBieXRlIHNsdA$CzBVep/E6Q4zWH2ix+wRNluApcrvFDleg6jN8hc8YYY";

pub(crate) fn measure(report: &mut Report) {
    let executor = world::executor();
    let (few_folder, many_folder) = (world::Folder::new("few"), world::Folder::new("many"));
    let (few, many) = executor.block_on(async {
        let few = few_folder.store().await;
        let accounts = Accounts::builder(few.clone(), backstop::MemorySender::new(), world::key())
            .link_base("https://shop.example/recover")
            .expect("a page")
            .build()
            .expect("accounts");
        for number in 0..FEW {
            import(&accounts, number).await;
        }
        copy_into_a_crowd(&few_folder.file(), &many_folder.file()).await;
        (few, many_folder.store().await)
    });
    let keys: Vec<UniqueKey> = (0..FEW)
        .map(|number| UniqueKey::new(KeyKind::Login, name(number)))
        .collect();
    let (mut of_few, mut of_many) = (keys.iter().cycle(), keys.iter().cycle());
    let pairs = pairs(
        200,
        || seconds(|| executor.block_on(find(&many, of_many.by_ref().take(A_TIMING)))),
        || seconds(|| executor.block_on(find(&few, of_few.by_ref().take(A_TIMING)))),
    );
    report.row(Row {
        figure: "find at 1 000 000 accounts / at 1 000, SQLite file",
        measured: pairs.ratio(),
        unit: "",
        to_reach: Bound::AtMost(3.0),
        from: pairs.from("20 at 1 000 000", "20 at 1 000"),
    });
}

async fn find(store: &SqliteStore, keys: impl Iterator<Item = &UniqueKey>) {
    for key in keys {
        let found = store.find(key).await;
        assert!(matches!(found, Ok(Some(_))), "{found:?}");
    }
}

async fn import(accounts: &Accounts, number: usize) {
    let imported = accounts
        .import(
            backstop::ImportedAccount::new(
                name(number).parse().expect("an id"),
                name(number).parse().expect("a name"),
                HASH.parse().expect("a hash"),
            ),
            &Client::new(),
        )
        .await;
    assert!(matches!(imported, Ok(Import::Imported)), "{imported:?}");
}

/// Every thousandth place in the order of ids and names, which the crowd fills in between.
fn name(number: usize) -> String {
    format!("{:07}-member", number * (MANY / FEW))
}

/// Copies the small file and adds rows until it is the large one. What they hold as a record is
/// somebody's, of the same size, and never looked for.
async fn copy_into_a_crowd(few: &Path, many: &Path) {
    let mut source = open(few).await;
    sqlx::query("VACUUM INTO ?1")
        .bind(many.to_str())
        .execute(&mut source)
        .await
        .expect("a copy");
    source.close().await.expect("closed");
    let mut crowd = open(many).await;
    sqlx::query(
        "WITH RECURSIVE number (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM number WHERE n < ?1)
         INSERT INTO backstop_account (id, revision, keys, record)
         SELECT name, randomblob(16),
             json_array(json_array('login', hex(name)), json_array('skeleton', hex(name))),
             (SELECT record FROM backstop_account LIMIT 1)
         FROM (SELECT format('%07d-person', n) AS name FROM number WHERE n % ?2 <> 0)",
    )
    .bind(i64::try_from(MANY).expect("a number") - 1)
    .bind(i64::try_from(MANY / FEW).expect("a number"))
    .execute(&mut crowd)
    .await
    .expect("a crowd");
    let rows: i64 = sqlx::query_scalar("SELECT count(*) FROM backstop_account")
        .fetch_one(&mut crowd)
        .await
        .expect("a number");
    assert_eq!(usize::try_from(rows), Ok(MANY));
    crowd.close().await.expect("closed");
}

/// A connection that writes without waiting for the disk.
async fn open(file: &Path) -> SqliteConnection {
    SqliteConnectOptions::new()
        .filename(file)
        .synchronous(SqliteSynchronous::Off)
        .connect()
        .await
        .expect("a connection")
}
