//! What the time of a wrong sign-in says of a name.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use backstop::{
    Accounts, Client, LoginName, MemoryStore, SignIn,
    hasher::HasherConfig,
    store::{AccountStore, FlowStore},
};
use time::OffsetDateTime;
use tokio::runtime::Runtime;

use crate::{
    measure::{Bound, Pairs, Report, Row, pairs, seconds},
    world,
};

pub(crate) fn measure(report: &mut Report) {
    let executor = world::executor();
    let memory = unknown_beside_known(MemoryStore::new(), &executor);
    row(report, "memory store", &memory);
    let folder = world::Folder::new("names");
    let store = executor.block_on(folder.store());
    row(
        report,
        "SQLite file",
        &unknown_beside_known(store, &executor),
    );
}

fn row(report: &mut Report, store: &str, pairs: &Pairs) {
    report.row(Row {
        figure: &format!("unknown name / known name, wrong password, {store}"),
        measured: pairs.ratio(),
        unit: "",
        to_reach: Bound::Within(0.98, 1.02),
        from: pairs.from("unknown", "known"),
    });
}

/// The same eight names of each kind in turns, on one worker.
fn unknown_beside_known(store: impl AccountStore + FlowStore + Clone, executor: &Runtime) -> Pairs {
    const NAMES: usize = 8;
    let clock = Arc::new(AtomicI64::new(0));
    let read = Arc::clone(&clock);
    let accounts = Accounts::builder(store, backstop::MemorySender::new(), world::key())
        .link_base("https://shop.example/recover")
        .expect("a page")
        .hasher(HasherConfig::new().workers(1))
        .clock(move || {
            OffsetDateTime::UNIX_EPOCH + time::Duration::seconds(read.load(Ordering::Relaxed))
        })
        .build()
        .expect("accounts");
    executor.block_on(world::register(&accounts, NAMES));
    let names = |name: fn(usize) -> String| -> Vec<LoginName> {
        (0..NAMES).map(|n| world::login(&name(n))).collect()
    };
    let (nobodies, members) = (names(world::nobody), names(world::member));
    let mut nobodies = nobodies.iter().cycle();
    let mut members = members.iter().cycle();
    pairs(
        400,
        || seconds(|| executor.block_on(miss(&accounts, &clock, nobodies.next()))),
        || seconds(|| executor.block_on(miss(&accounts, &clock, members.next()))),
    )
}

/// Misses on a day of its own, so that no name is ever locked.
async fn miss(accounts: &Accounts, clock: &AtomicI64, name: Option<&LoginName>) {
    const MORE_THAN_A_DAY: i64 = 25 * 60 * 60;
    clock.fetch_add(MORE_THAN_A_DAY, Ordering::Relaxed);
    let typed = world::password(world::WRONG_PASSWORD);
    let name = name.expect("a name");
    let answer = accounts.sign_in(name, &typed, &Client::new()).await;
    assert!(matches!(answer, Ok(SignIn::Denied { .. })), "{answer:?}");
}
