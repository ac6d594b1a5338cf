//! One sign-in at a time, beside the hash that it cannot do without.
//!
//! The workers are private, so a whole sign-in stands for a worker's hash: it is never less. What
//! a sign-in adds is told beside a hash on a thread that does nothing else: no service can wait for
//! less without blocking its executor.

use std::sync::mpsc;

use backstop::{
    Accounts, MemoryStore,
    hash::HashCost,
    hasher::HasherConfig,
    store::{AccountStore, FlowStore},
};
use tokio::{runtime::Runtime, sync::oneshot};

use crate::{
    measure::{Bound, Pairs, Report, Row, pairs, seconds},
    world::{self, Bare},
};

/// Memory in KiB and passes: OWASP's 19 MiB with 2, which is the default, and 46 MiB with 1.
type Cost = (u32, u32);
const ORDINARY: Cost = (19_456, 2);
const WIDE: Cost = (47_104, 1);
/// Next to nothing, so that what a sign-in adds can be seen on a machine that is busy.
const TINY: Cost = (8, 1);

pub(crate) fn measure(report: &mut Report) {
    let executor = world::executor();
    for (cost, most) in [(ORDINARY, 1.00), (WIDE, 0.55)] {
        let fresh = beside(&executor, MemoryStore::new(), cost, 8, || {
            let bare = Bare::new(cost.0, cost.1);
            move || seconds(|| bare.fresh())
        });
        report.row(Row {
            figure: &format!(
                "warm worker / hash_password_into, m={} t={}",
                cost.0, cost.1
            ),
            measured: fresh.ratio(),
            unit: "",
            to_reach: Bound::AtMost(most),
            from: fresh.from("whole sign-in", "fresh hash"),
        });
    }
    let mut difference = |figure: &str, pairs: &Pairs| {
        report.row(Row {
            figure,
            measured: pairs.difference() * 1e6,
            unit: "µs",
            to_reach: Bound::AtMost(150.0),
            from: pairs.from("sign-in", "hash"),
        });
    };
    let warm = |cost| {
        beside(&executor, MemoryStore::new(), cost, 24, || {
            own_thread(&executor, cost)
        })
    };
    difference("sign-in − warm hash, memory store", &warm(ORDINARY));
    difference(
        "the same with a hash of 8 KiB (not promised, less noise)",
        &warm(TINY),
    );
    let folder = world::Folder::new("hash");
    let store = executor.block_on(folder.store());
    let warm = beside(&executor, store, ORDINARY, 12, || same_thread(ORDINARY));
    report.row(Row {
        figure: "sign-in / warm hash, SQLite file",
        measured: warm.ratio(),
        unit: "",
        to_reach: Bound::AtMost(1.10),
        from: warm.from("sign-in", "hash"),
    });
}

/// Times warm hashes on a thread of their own, which the executor waits for.
fn own_thread(executor: &Runtime, (memory_kib, passes): Cost) -> impl FnMut() -> f64 {
    let (ask, asked) = mpsc::channel::<oneshot::Sender<()>>();
    std::thread::spawn(move || {
        let mut bare = Bare::new(memory_kib, passes);
        for hashed in asked {
            bare.warm();
            hashed.send(()).expect("somebody waits");
        }
    });
    move || {
        seconds(|| {
            executor.block_on(async {
                let (hashed, is_hashed) = oneshot::channel();
                ask.send(hashed).expect("the thread");
                is_hashed.await.expect("hashed");
            });
        })
    }
}

/// Times warm hashes on the thread that signs in.
fn same_thread((memory_kib, passes): Cost) -> impl FnMut() -> f64 {
    let mut bare = Bare::new(memory_kib, passes);
    move || seconds(|| bare.warm())
}

/// A right sign-in on one worker, and a bare hash of the same cost.
///
/// `bare`: makes what times one bare hash, anew for each round.
fn beside<H: FnMut() -> f64>(
    executor: &Runtime,
    store: impl AccountStore + FlowStore + Clone,
    (memory_kib, passes): Cost,
    rounds: usize,
    bare: impl Fn() -> H,
) -> Pairs {
    let cost = HashCost::danger_below_floor(memory_kib, passes, 1).expect("a cost");
    let start = || {
        Accounts::builder(store.clone(), backstop::MemorySender::new(), world::key())
            .link_base("https://shop.example/recover")
            .expect("a page")
            .hash_cost(cost)
            .hasher(HasherConfig::new().workers(1))
            .build()
            .expect("accounts")
    };
    executor.block_on(world::register(&start(), 1));
    let name = world::login(&world::member(0));
    Pairs::of_rounds(rounds, |round| {
        // Either has its memory first in turns: the second gets what is left.
        let mut bare = bare();
        if round % 2 == 0 {
            bare();
        }
        let accounts = start();
        let sign_in = || seconds(|| executor.block_on(world::sign_in(&accounts, &name)));
        sign_in();
        bare();
        pairs(16, sign_in, bare)
    })
}
