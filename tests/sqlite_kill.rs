//! `kill -9` under load loses nothing that was acknowledged.
//!
//! The test starts itself as a child, which writes to one file and prints a line after each `Ok`.
//! The parent kills it after a random number of lines and looks whether the file has them all.
#![cfg(feature = "sqlite")]
#![expect(
    clippy::arithmetic_side_effects,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]
#![expect(
    clippy::print_stdout,
    reason = "the child's lines are its acknowledgements"
)]

#[path = "scratch/mod.rs"]
mod scratch;

use std::{
    collections::HashMap,
    env,
    io::{BufRead, BufReader, Write, stdout},
    path::Path,
    process::{Child, Command, Stdio},
};

use backstop::{
    Accounts, Apply, Changes, Client, LoginName, NewPassword, Password, Proof, Prove, Register,
    ServiceKey, SessionStatus, SignIn, SqliteStore,
    hash::HashCost,
    policy::{BudgetRule, Policy},
};
use rand_chacha::{
    ChaCha8Rng,
    rand_core::{Rng, SeedableRng},
};
use scratch::Scratch;

const FILE: &str = "BACKSTOP_KILL_FILE";
const ROUND: &str = "BACKSTOP_KILL_ROUND";
const ROUNDS: u32 = 10;
const WRITERS: u32 = 4;
const FREE_MISSES: u32 = 100;

/// The password of an account after so many changes.
fn password(changes: u32) -> String {
    format!("Mira-{changes}-lakes")
}

fn accounts(store: SqliteStore) -> Accounts {
    let key: ServiceKey = "k1r1hMVHn5Z6aIZ0MZg0oBqLxm5sR8ikf0xJmNDT8pc="
        .parse()
        .unwrap();
    let day = std::time::Duration::from_secs(86_400);
    let policy = Policy::marketplace().sign_in(BudgetRule::limit(FREE_MISSES, day));
    Accounts::builder(store, backstop::MemorySender::new(), key)
        .link_base("https://shop.example/recover")
        .unwrap()
        .policy(policy)
        .hash_cost(HashCost::danger_below_floor(8, 1, 1).unwrap())
        .build()
        .unwrap()
}

/// One line, in one write: a line is whole or not there.
fn acknowledge(line: &str) {
    let line = format!("\nack {line} .\n");
    let mut out = stdout().lock();
    out.write_all(line.as_bytes()).unwrap();
    out.flush().unwrap();
}

async fn sign_in(accounts: &Accounts, name: &str, password: &str) -> SignIn {
    let name: LoginName = name.parse().unwrap();
    let password = Password::new(password).unwrap();
    accounts
        .sign_in(&name, &password, &Client::new())
        .await
        .unwrap()
}

/// Registers an account, misses, changes its password; then the next one, for ever.
async fn write_for_ever(accounts: Accounts, round: u32, writer: u32) {
    for count in 0_u32.. {
        let name = format!("user.{round}.{writer}.{count}");
        let first = NewPassword::typed_twice(&password(0), &password(0)).unwrap();
        let (id, user) = (name.parse().unwrap(), name.parse().unwrap());
        let registered = accounts.register(id, user, first, &Client::new()).await;
        let Ok(Register::Registered(signed_in)) = registered else {
            panic!("{registered:?}");
        };
        acknowledge(&format!("registered {name} 0"));

        for misses in 1..=2 {
            let missed = sign_in(&accounts, &name, "wrong").await;
            assert!(matches!(missed, SignIn::Denied { .. }));
            acknowledge(&format!("missed {name} {misses}"));
        }

        let mut token = signed_in.token().clone();
        for changes in 1..=2 {
            let SessionStatus::Live(session) = accounts.session(&token).await.unwrap() else {
                panic!("the session is dead");
            };
            let ticket = accounts.settings(&session).unwrap();
            let proof = Proof::CurrentPassword(Password::new(&password(changes - 1)).unwrap());
            let Prove::Accepted(ticket) = accounts.prove(&ticket, proof).await.unwrap() else {
                panic!("the password is wrong");
            };
            let new = NewPassword::typed_twice(&password(changes), &password(changes)).unwrap();
            let new = Changes::new().password(new);
            let Apply::Applied(signed_in) = accounts.apply(&ticket, new).await.unwrap() else {
                panic!("it was not changed");
            };
            token = signed_in.token().clone();
            acknowledge(&format!("changed {name} {changes}"));
        }
    }
}

/// The child. Without its variables it is an empty test.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn child_writes_until_it_is_killed() {
    let (Some(file), Ok(round)) = (env::var_os(FILE), env::var(ROUND)) else {
        return;
    };
    let accounts = accounts(SqliteStore::open(file).await.unwrap());
    let round = round.parse().unwrap();
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..WRITERS {
        writers.spawn(write_for_ever(accounts.clone(), round, writer));
    }
    writers.join_all().await;
}

fn start_child(file: &Path, round: u32) -> Child {
    Command::new(env::current_exe().unwrap())
        .args(["--exact", "child_writes_until_it_is_killed", "--nocapture"])
        .env(FILE, file)
        .env(ROUND, round.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

#[derive(Default)]
struct Acknowledged {
    changes: u32,
    misses: u32,
}

fn note(acknowledged: &mut HashMap<String, Acknowledged>, line: &str) {
    // A line that the kill cut off has no end mark.
    let words: Vec<&str> = line.split(' ').collect();
    let ["ack", what, name, number, "."] = words.as_slice() else {
        return;
    };
    let number = number.parse().unwrap();
    let account = acknowledged.entry((*name).to_owned()).or_default();
    match *what {
        "missed" => account.misses = number,
        _ => account.changes = number,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kill_9_under_load_loses_nothing_acknowledged() {
    let seed = env::var("BACKSTOP_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok())
        .unwrap_or_else(|| u64::from(std::process::id()));
    println!("BACKSTOP_SEED={seed}");
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let scratch = Scratch::new();
    let file = scratch.file("accounts.db");
    let mut total = 0;
    for round in 0..ROUNDS {
        let mut child = start_child(&file, round);
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut acknowledged = HashMap::new();
        let wanted = 1 + rng.next_u32() % 120;
        let mut seen = 0;
        while seen < wanted {
            let line = lines.next().expect("the child ended by itself").unwrap();
            seen += u32::from(line.starts_with("ack "));
            note(&mut acknowledged, &line);
        }
        child.kill().unwrap();
        // What it had said before the kill is in the pipe still.
        for line in lines.map_while(Result::ok) {
            note(&mut acknowledged, &line);
        }
        let status = child.wait().unwrap();
        assert!(!status.success(), "it was killed");
        total += acknowledged.len();
        check(&file, &acknowledged).await;
    }
    assert!(total >= usize::try_from(ROUNDS).unwrap());
}

/// What was acknowledged is there. What was under way may be there or not, whole either way.
async fn check(file: &Path, acknowledged: &HashMap<String, Acknowledged>) {
    let accounts = accounts(SqliteStore::open(file).await.unwrap());
    for (name, account) in acknowledged {
        let SignIn::Denied { left } = sign_in(&accounts, name, "wrong").await else {
            panic!("{name} may be tried");
        };
        let misses = FREE_MISSES - left;
        assert!(misses > account.misses, "{name}: a miss was forgotten");

        let mut changes = account.changes;
        while !matches!(
            sign_in(&accounts, name, &password(changes)).await,
            SignIn::Accepted(_)
        ) {
            changes += 1;
            assert!(
                changes <= account.changes + 1,
                "{name} is lost, or its change is"
            );
        }
    }
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file);
    let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
    let intact: String = sqlx::query_scalar("PRAGMA integrity_check")
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!(intact, "ok");
    let strays: i64 = sqlx::query_scalar(
        "SELECT (SELECT count(*) FROM backstop_account_key AS k
                 LEFT JOIN backstop_account AS a ON a.id = k.account WHERE a.id IS NULL)
              + (SELECT count(*) FROM backstop_account AS a
                 WHERE (SELECT count(*) FROM backstop_account_key AS k WHERE k.account = a.id)
                     <> json_array_length(a.keys))",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    assert_eq!(
        strays, 0,
        "every account has its keys and no key is left over"
    );
}
