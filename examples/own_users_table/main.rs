//! The shop has a table of users already, and keeps it: the columns of an account join it, the old
//! users are taken over, whoever registers gets their row, a voucher and an account in one
//! transaction or not at all, and whoever leaves is anonymised.
#![expect(clippy::arithmetic_side_effects, reason = "its numbers are its own")]
#![expect(clippy::print_stdout, reason = "an example talks to its reader")]

#[expect(dead_code, reason = "some of it is for longer stories")]
#[path = "../shared/stage.rs"]
mod stage;
mod users;

use std::{
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use backstop::{
    Accounts, Apply, Changes, Client, Error, Import, ImportedAccount, MemorySender, NewPassword,
    Password, Proof, Prove, Register, ServiceKey, SessionStatus, SignIn, SignedIn, SqliteStore,
    conformance::{self, Fixture, Runtime},
    hash::LegacyCost,
    store::{AccountStore, StoreError},
};
use sqlx::{
    SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};

use stage::{Scratch, Told, check, say};
use users::{SIGN_UP, SignUp, Users};

const OLD: &str = "Amber-42-orchards";
const OLD_HASH: &str = "$2b$12$MiraMiraMiraMiraMiraMOQLb.C2k4cu8CSKnq7FSypdce5uPJmAq";
const PASSWORD: &str = "Quiet-17-lanterns";

#[tokio::main]
async fn main() -> Told {
    let runtime = Runtime::new(|task| drop(tokio::spawn(task)), tokio::time::sleep);
    let report = conformance::account_store(Shops::new()?, &runtime).await;
    println!("{report}");
    report.into_result()?;

    let scratch = Scratch::new("own-users-table")?;
    let pool = shop(&scratch.0.join("shop.db")).await?;
    for (id, name) in [("1", "amber"), ("2", "birch")] {
        let old = "INSERT INTO users (id, display_name, user_name, bcrypt) VALUES (?1, ?2, ?2, ?3)";
        let old = sqlx::query(old).bind(id).bind(name).bind(OLD_HASH);
        old.execute(&pool).await?;
    }
    migrate(&pool).await?;
    // The shop owns its users; what expires can lie in tables that the library makes.
    let (users, flows) = (
        Users::new(pool.clone()),
        SqliteStore::with_pool(pool.clone()).await?,
    );
    // A service reads its key from its environment: `openssl rand -base64 32`.
    let key: ServiceKey = "k1r1hMVHn5Z6aIZ0MZg0oBqLxm5sR8ikf0xJmNDT8pc=".parse()?;
    let accounts = Accounts::builder_over(users.clone(), flows, MemorySender::new(), key)
        .link_base("https://shop.example/recover")?
        .stored_hashes(LegacyCost::bcrypt(12)?, 1000)
        .build()?;

    println!("\nThe old users\n");
    take_over(&accounts, &pool).await?;
    take_over(&accounts, &pool).await?;
    sign_in(&accounts, "amber", OLD).await?;
    say("amber", "signs in with the password that they always had");

    println!("\nRegistration\n");
    let answer = register(&accounts, "3", "cedar", "Cedar of Lund", "WELCOME-3").await?;
    let Register::Registered(cedar) = answer else {
        return Err(format!("not registered: {answer:?}").into());
    };
    is_in_the_books(&pool, &["amber", "birch", "Cedar of Lund"], 1).await?;
    say(
        "cedar",
        "has a row among the users, a voucher and an account",
    );

    let answer = register(&accounts, "4", "cedar", "Another Cedar", "WELCOME-4").await?;
    check(matches!(answer, Register::Taken(_)), "a name that is taken")?;
    is_in_the_books(&pool, &["amber", "birch", "Cedar of Lund"], 1).await?;
    say("another cedar", "has none of the three: the name is taken");

    // The shop's own insert fails, the last one of the transaction: this voucher is given away.
    let failed = register(&accounts, "5", "dogwood", "Dogwood", "WELCOME-3").await;
    let is_of_the_store =
        failed.is_err_and(|error| matches!(error.downcast_ref(), Some(Error::Store(_))));
    check(is_of_the_store, "an error of the shop's own table")?;
    is_in_the_books(&pool, &["amber", "birch", "Cedar of Lund"], 1).await?;
    check(users.load(&"5".parse()?).await?.is_none(), "no account")?;
    say(
        "dogwood",
        "has none of the three either: the voucher was given away",
    );
    let answer = register(&accounts, "5", "dogwood", "Dogwood", "WELCOME-5").await?;
    check(matches!(answer, Register::Registered(_)), "the second try")?;
    is_in_the_books(&pool, &["amber", "birch", "Cedar of Lund", "Dogwood"], 2).await?;
    say("dogwood", "tries again, and has all three");

    println!("\nLeaving\n");
    leave(&accounts, &cedar).await?;
    is_in_the_books(&pool, &["amber", "birch", "former customer", "Dogwood"], 2).await?;
    say(
        "cedar",
        "is a former customer; the voucher stays in the books",
    );
    let answer = register(&accounts, "6", "cedar", "Cedar of Umeå", "WELCOME-6").await?;
    check(
        matches!(answer, Register::Registered(_)),
        "a name that is free again",
    )?;
    say("cedar of Umeå", "registers with the name, which is free");
    Ok(())
}

/// What the form of the shop does.
async fn register(
    accounts: &Accounts,
    id: &str,
    name: &str,
    display_name: &str,
    voucher: &str,
) -> Told<Register> {
    let sign_up = SignUp {
        display_name: display_name.to_owned(),
        newsletter: true,
        voucher: voucher.to_owned(),
    };
    let (id, name, client) = (id.parse()?, name.parse()?, Client::new());
    let password = NewPassword::typed_twice(PASSWORD, PASSWORD)?;
    let registration = accounts.register(id, name, password, &client);
    Ok(SIGN_UP.scope(sign_up, registration).await?)
}

/// Takes the old users over. It can be stopped and begun again at any point.
async fn take_over(accounts: &Accounts, pool: &SqlitePool) -> Told {
    let old = "SELECT id, user_name, bcrypt FROM users WHERE bcrypt IS NOT NULL AND record IS NULL";
    let old: Vec<(String, String, String)> = sqlx::query_as(old).fetch_all(pool).await?;
    let mut taken_over = 0;
    for (id, name, hash) in old {
        let user = ImportedAccount::new(id.parse()?, name.parse()?, hash.parse()?);
        match accounts.import(user, &Client::new()).await? {
            Import::Imported => taken_over += 1,
            // Two old names that look alike: one of the two gets a new name from the support.
            Import::Taken(kind) => say("the support", &format!("{name}: {kind:?} is taken")),
            _ => return Err("an answer of a newer version".into()),
        }
    }
    say(
        "the shop",
        &format!("has taken over {taken_over} old users"),
    );
    Ok(())
}

async fn sign_in(accounts: &Accounts, name: &str, typed: &str) -> Told {
    let (name, typed) = (name.parse()?, Password::new(typed)?);
    let answer = accounts.sign_in(&name, &typed, &Client::new()).await?;
    check(matches!(answer, SignIn::Accepted(_)), "signed in")
}

async fn leave(accounts: &Accounts, signed_in: &SignedIn) -> Told {
    let SessionStatus::Live(session) = accounts.session(signed_in.token()).await? else {
        return Err("signed out".into());
    };
    let proof = Proof::CurrentPassword(Password::new(PASSWORD)?);
    let Prove::Accepted(ticket) = accounts.prove(&accounts.settings(&session)?, proof).await?
    else {
        return Err("not proved".into());
    };
    let answer = accounts.apply(&ticket, Changes::new().delete()).await?;
    check(matches!(answer, Apply::Deleted), "deleted")?;
    // The courier removes it, once every contact was told; this account has none.
    accounts.deliver_due().await?;
    Ok(())
}

/// Fails unless these are the users, by the order of their ids, and there are so many vouchers.
async fn is_in_the_books(pool: &SqlitePool, names: &[&str], vouchers: i64) -> Told {
    let users = "SELECT display_name FROM users ORDER BY id";
    let users: Vec<String> = sqlx::query_scalar(users).fetch_all(pool).await?;
    let given = "SELECT count(*) FROM voucher JOIN users ON users.id = user_id";
    let given: i64 = sqlx::query_scalar(given).fetch_one(pool).await?;
    let as_told = users == names && given == vouchers;
    check(
        as_told,
        &format!("{names:?} and {vouchers} vouchers, not {users:?} and {given}"),
    )
}

/// The shop's own pool.
async fn shop(file: &Path) -> Result<SqlitePool, StoreError> {
    let pool = connect(file, Duration::from_secs(5)).await?;
    let tables = sqlx::raw_sql(include_str!("schema.sql"));
    tables.execute(&pool).await?;
    Ok(pool)
}

/// What joins the shop's tables, in one transaction.
async fn migrate(pool: &SqlitePool) -> Result<(), StoreError> {
    let mut transaction = pool.begin().await?;
    let columns = sqlx::raw_sql(include_str!("migration.sql"));
    columns.execute(&mut *transaction).await?;
    Ok(transaction.commit().await?)
}

/// `busy`: how long one writer waits for the others.
async fn connect(file: &Path, busy: Duration) -> Result<SqlitePool, StoreError> {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .busy_timeout(busy)
        // A commit is on the disk when it is answered: an account may ask for no less.
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full);
    Ok(SqlitePool::connect_with(options).await?)
}

/// A shop for each check of the suite.
struct Shops {
    folder: Scratch,
    next: AtomicU32,
}

impl Shops {
    fn new() -> Told<Self> {
        Ok(Self {
            folder: Scratch::new("own-users-tables")?,
            next: AtomicU32::new(1),
        })
    }
}

impl Fixture for Shops {
    type Place = PathBuf;
    type Store = Users;

    async fn place(&self) -> Result<PathBuf, StoreError> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let file = self.folder.0.join(format!("{number}.db"));
        let pool = shop(&file).await?;
        migrate(&pool).await?;
        pool.close().await;
        Ok(file)
    }

    async fn open(&self, file: &PathBuf) -> Result<Users, StoreError> {
        // The suite has 32 of them at once, whatever the disk.
        Ok(Users::new(connect(file, Duration::from_secs(60)).await?))
    }
}
