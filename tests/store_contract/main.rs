//! Every numbered sentence of the two store contracts, over every store of the crate, and that the
//! suite which proves them always ends and says what broke.
#![cfg(feature = "conformance")]
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod ends;
#[cfg(feature = "sqlite")]
#[path = "../scratch/mod.rs"]
mod scratch;
mod stores;

use backstop::conformance::{Report, Runtime, account_store, flow_store};

use stores::Memory;
#[cfg(feature = "sqlite")]
use stores::{SqliteFile, SqliteHostPool};

fn runtime() -> Runtime {
    Runtime::new(|task| drop(tokio::spawn(task)), tokio::time::sleep)
}

/// The report is printed, every check held, and these are among them.
fn held(report: Report, rows: &[&str]) {
    println!("{report}");
    for row in rows {
        let check = report.checks().iter().find(|check| check.name() == *row);
        check.expect("the suite has the check of this row");
    }
    report.into_result().unwrap();
}

const CODE_IS_WRITTEN_ONCE: &[&str] = &["account_10_a_security_code_is_never_altered_or_cleared"];

const ONE_OF_MANY_WINS: &[&str] = &[
    "flow_02_of_32_insertions_one_wins",
    "flow_02_of_32_replacements_one_wins",
    "flow_02_a_budget_of_3_withstands_200_guesses",
    "flow_04_of_32_swaps_one_wins",
    "flow_04_of_32_deletions_one_wins",
    "flow_04_one_code_is_accepted_once",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s06_accounts_in_memory() {
    held(
        account_store(Memory, &runtime()).await,
        CODE_IS_WRITTEN_ONCE,
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn x10_x11_d08_flows_in_memory() {
    held(flow_store(Memory, &runtime()).await, ONE_OF_MANY_WINS);
}

/// On one thread the suite ends as well, and what holds holds there.
#[tokio::test]
async fn accounts_and_flows_in_memory_on_one_thread() {
    held(account_store(Memory, &runtime()).await, &[]);
    held(flow_store(Memory, &runtime()).await, &[]);
}

/// The suite runs on the implementer's runtime, whichever that is.
#[test]
fn accounts_and_flows_in_memory_on_smol() {
    let runtime = Runtime::new(
        |task| smol::spawn(task).detach(),
        |span| async move {
            let _at = smol::Timer::after(span).await;
        },
    );
    smol::block_on(async {
        held(account_store(Memory, &runtime).await, CODE_IS_WRITTEN_ONCE);
        held(flow_store(Memory, &runtime).await, ONE_OF_MANY_WINS);
    });
}

#[cfg(feature = "sqlite")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s06_accounts_in_an_sqlite_file() {
    held(
        account_store(SqliteFile, &runtime()).await,
        CODE_IS_WRITTEN_ONCE,
    );
}

#[cfg(feature = "sqlite")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn x10_x11_d08_flows_in_an_sqlite_file() {
    held(flow_store(SqliteFile, &runtime()).await, ONE_OF_MANY_WINS);
}

#[cfg(feature = "sqlite")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s06_accounts_in_the_hosts_sqlite_pool() {
    held(
        account_store(SqliteHostPool, &runtime()).await,
        CODE_IS_WRITTEN_ONCE,
    );
}

#[cfg(feature = "sqlite")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn x10_x11_d08_flows_in_the_hosts_sqlite_pool() {
    held(
        flow_store(SqliteHostPool, &runtime()).await,
        ONE_OF_MANY_WINS,
    );
}

#[cfg(feature = "sqlite")]
#[tokio::test]
async fn accounts_and_flows_in_an_sqlite_file_on_one_thread() {
    held(account_store(SqliteFile, &runtime()).await, &[]);
    held(flow_store(SqliteFile, &runtime()).await, &[]);
}
