//! A worker with its warm memory, against the argon2 crate's own fresh memory.
//!
//! What is timed on our side is a whole sign-in, which is more than the worker's hash.

use backstop::{Accounts, MemoryStore, hash::HashCost, hasher::HasherConfig};

use crate::{
    measure::{Bound, Report, Row, pairs},
    world::{self, Bare},
};

pub(crate) fn measure(report: &mut Report) {
    for (memory_kib, passes, most) in [(19_456, 2, 1.00), (47_104, 1, 0.55)] {
        let executor = world::executor();
        let accounts = Accounts::builder(MemoryStore::new(), world::key())
            .hash_cost(HashCost::new(memory_kib, passes, 1).expect("a cost"))
            .hasher(HasherConfig::new().workers(1))
            .build()
            .expect("accounts");
        executor.block_on(world::register(&accounts, 1));
        let name = world::login(&world::member(0));
        let bare = Bare::new(memory_kib, passes);
        let pairs = pairs(
            150,
            || executor.block_on(world::sign_in(&accounts, &name)),
            || bare.fresh(),
        );
        report.row(Row {
            figure: &format!("warm worker / `hash_password_into`: m={memory_kib} t={passes}"),
            measured: pairs.ratio(),
            unit: "",
            to_reach: Bound::AtMost(most),
            from: pairs.medians("whole sign-in", "fresh hash"),
        });
    }
}
