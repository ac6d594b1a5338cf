//! One sign-in at a time: what it costs beside its hash, and what its time says of a name.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use backstop::{
    Accounts, Client, LoginName, MemoryStore, SignIn,
    store::{AccountStore, FlowStore},
};
use time::OffsetDateTime;
use tokio::runtime::Runtime;

use crate::{
    measure::{Bound, Pairs, Report, Row, pairs},
    world::{self, Bare},
};

pub(crate) fn measure(report: &mut Report) {
    let executor = world::executor();
    let pairs = beside_its_hash(MemoryStore::new(), &executor);
    report.row(Row {
        figure: "sign-in, memory store − warm hash",
        measured: pairs.difference() * 1e6,
        unit: "µs",
        to_reach: Bound::AtMost(150.0),
        from: pairs.medians("sign-in", "hash"),
    });
    #[cfg(feature = "sqlite")]
    {
        let folder = world::Folder::new("sign-in");
        let pairs = beside_its_hash(executor.block_on(folder.store()), &executor);
        report.row(Row {
            figure: "sign-in, SQLite file / warm hash",
            measured: pairs.ratio(),
            unit: "",
            to_reach: Bound::AtMost(1.10),
            from: pairs.medians("sign-in", "hash"),
        });
    }
    let pairs = unknown_beside_known(MemoryStore::new(), &executor);
    unknown(report, "memory store", &pairs);
    #[cfg(feature = "sqlite")]
    {
        let folder = world::Folder::new("unknown");
        let pairs = unknown_beside_known(executor.block_on(folder.store()), &executor);
        unknown(report, "SQLite file", &pairs);
    }
}

fn unknown(report: &mut Report, store: &str, pairs: &Pairs) {
    report.row(Row {
        figure: &format!("unknown name / known name and wrong password, {store}"),
        measured: pairs.ratio(),
        unit: "",
        to_reach: Bound::Within(0.98, 1.02),
        from: pairs.medians("unknown", "known"),
    });
}

/// A right sign-in, and the hash that it cannot do without.
fn beside_its_hash(store: impl AccountStore + FlowStore + Clone, executor: &Runtime) -> Pairs {
    let accounts = Accounts::builder(store, world::key())
        .build()
        .expect("accounts");
    executor.block_on(world::register(&accounts, 1));
    let name = world::login(&world::member(0));
    let mut bare = Bare::ordinary();
    pairs(
        300,
        || executor.block_on(world::sign_in(&accounts, &name)),
        || bare.warm(),
    )
}

/// A name that no account has, and a known one with a wrong password; the same eight of each in
/// turns.
fn unknown_beside_known(store: impl AccountStore + FlowStore + Clone, executor: &Runtime) -> Pairs {
    const NAMES: usize = 8;
    let clock = Arc::new(AtomicI64::new(0));
    let read = Arc::clone(&clock);
    let accounts = Accounts::builder(store, world::key())
        .clock(move || {
            OffsetDateTime::UNIX_EPOCH + time::Duration::seconds(read.load(Ordering::Relaxed))
        })
        .build()
        .expect("accounts");
    executor.block_on(world::register(&accounts, NAMES));
    let names = |name: fn(usize) -> String| -> Vec<LoginName> {
        (0..NAMES).map(|n| world::login(&name(n))).collect()
    };
    let (members, nobodies) = (names(world::member), names(world::nobody));
    let mut members = members.iter().cycle();
    let mut nobodies = nobodies.iter().cycle();
    pairs(
        500,
        || executor.block_on(miss(&accounts, &clock, nobodies.next())),
        || executor.block_on(miss(&accounts, &clock, members.next())),
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
