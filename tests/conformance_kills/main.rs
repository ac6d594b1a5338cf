//! The suite is measured: stores and senders with one fault each, and the check that has to notice
//! it.
#![cfg(feature = "conformance")]
#![expect(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test fails by panicking, and prints what it found"
)]

mod account_kills;
mod accounts;
mod flow_kills;
mod flows;
mod kill_list;
#[cfg(feature = "sqlite")]
mod schema_kills;
#[cfg(feature = "sqlite")]
mod schemas;
#[cfg(feature = "sqlite")]
#[path = "../scratch/mod.rs"]
mod scratch;
mod sender_kills;
mod senders;

use accounts::Accounts;
use backstop::conformance::{Runtime, account_store, flow_store, message_sender};
use flows::Flows;
use kill_list::KillList;
use senders::Senders;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn x10_x16_x29_x32_every_broken_account_store_is_caught() {
    let mut list = KillList::new(
        "account stores",
        account_store(Accounts(None), &runtime(1)).await,
    );
    for (fault, rows, by) in account_kills::KILLS {
        let runtime = runtime(haste(*fault == accounts::Fault::LockOutlivesItsCaller));
        let report = account_store(Accounts(Some(*fault)), &runtime.only(by)).await;
        list.add(&format!("{fault:?}"), rows, by, &report);
    }
    list.measures_every_check();
    list.close(56);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn x10_x11_x12_x16_x29_x31_every_broken_flow_store_is_caught() {
    let mut list = KillList::new("flow stores", flow_store(Flows(None), &runtime(1)).await);
    for (fault, rows, by) in flow_kills::KILLS {
        let runtime = runtime(haste(*fault == flows::Fault::LockOutlivesItsCaller));
        let report = flow_store(Flows(Some(*fault)), &runtime.only(by)).await;
        list.add(&format!("{fault:?}"), rows, by, &report);
    }
    list.measures_every_check();
    list.close(36);
}

#[cfg(feature = "sqlite")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn x32_every_spoilt_schema_is_caught() {
    use schemas::Schemas;

    let mut list = KillList::new(
        "schemas of SQLite",
        account_store(Schemas(None), &runtime(1)).await,
    );
    for (fault, rows, by) in schema_kills::KILLS {
        let report = account_store(Schemas(Some(*fault)), &runtime(1).only(by)).await;
        list.add(&format!("{fault:?}"), rows, by, &report);
    }
    list.close(7);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_broken_sender_is_caught() {
    let suites = sender_kills::KILLS.iter().map(|kill| {
        // They wait most of the time, so they run side by side.
        let report =
            async { message_sender(Senders(Some(kill.0)), &runtime(60).only(kill.2)).await };
        (kill, tokio::spawn(report))
    });
    let suites: Vec<_> = suites.collect();
    let mut list = KillList::new(
        "message senders",
        message_sender(Senders(None), &runtime(60)).await,
    );
    for ((fault, rows, by), report) in suites {
        list.add(&format!("{fault:?}"), rows, by, &report.await.unwrap());
    }
    list.measures_every_check();
    list.close(28);
}

/// Whoever waits for this store waits in vain, and need not do so for a minute.
fn haste(hangs: bool) -> u32 {
    if hangs { 30 } else { 1 }
}

/// One whose time goes by so many times as fast.
fn runtime(haste: u32) -> Runtime {
    let sleep = move |span| tokio::time::sleep(span / haste);
    Runtime::new(|task| drop(tokio::spawn(task)), sleep)
}
