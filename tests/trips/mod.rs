//! What each verb asks of the store, row by row of the README's table.
#![expect(
    unreachable_pub,
    clippy::arithmetic_side_effects,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[cfg(feature = "phone")]
pub mod phones;
pub mod recovery;
#[cfg(feature = "totp")]
pub mod second_factor;
pub mod sessions;
pub mod support_case;

use backstop::{
    Builder,
    store::{AccountStore, FlowStore},
};

use crate::support::World;

/// What went over the wire to the store.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Wire {
    pub statements: usize,
    /// Waits for an answer. Statements that are under way together are waited for once.
    pub trips: usize,
}

/// The stores that are counted.
pub trait Counter {
    type Store: AccountStore + FlowStore + Clone;

    /// A new and empty one.
    async fn store(&self) -> Self::Store;

    /// What went over the wire since the last time this was asked, where there is one.
    fn take_wire(&self) -> Option<Wire>;
}

/// The table, as it comes to be.
pub struct Table<C> {
    pub counter: C,
    rows: Vec<String>,
}

impl<C: Counter> Table<C> {
    pub fn of(counter: C) -> Self {
        let rows = Vec::new();
        Self { counter, rows }
    }

    pub async fn world(&self, adapt: impl FnOnce(Builder) -> Builder) -> World<C::Store> {
        let store = self.counter.store().await;
        self.counter.take_wire();
        World::over(store, crate::support::key(), adapt)
    }

    /// What was called since the last row is no row.
    pub fn skip(&self, world: &World<C::Store>) {
        world.store.take_calls();
        self.counter.take_wire();
    }

    /// A row: what was called since the last one. The first `at_once` calls are made at once.
    pub fn row(&mut self, world: &World<C::Store>, verb: &str, at_once: usize) {
        let cells = self.cells(world, at_once);
        self.rows.push(format!("| {verb} | {cells} |"));
    }

    /// Another verb of the last row.
    pub fn same(&self, world: &World<C::Store>, verb: &str) {
        let (cells, row) = (self.cells(world, 0), self.rows.last().unwrap());
        assert!(row.contains(verb), "{verb}: {row}");
        assert!(row.ends_with(&format!(" | {cells} |")), "{cells}: {row}");
    }

    fn cells(&self, world: &World<C::Store>, at_once: usize) -> String {
        let calls = world.store.take_calls();
        let trips = calls.len() - at_once.saturating_sub(1);
        let together: Vec<&str> = calls.iter().take(at_once).copied().collect();
        let mut told = together.join(" ∥ ");
        for call in calls.iter().skip(at_once) {
            if !told.is_empty() {
                told += ", ";
            }
            told += call;
        }
        if calls.is_empty() {
            told += "none";
        }
        let statements = calls.len();
        if let Some(wire) = self.counter.take_wire() {
            assert_eq!(wire, Wire { statements, trips }, "{told}");
        }
        format!("{told} | {statements} | {trips}")
    }

    /// The rows are a table of the README, whole and in this order.
    pub fn is_in_the_readme(&self) {
        let table = format!(
            "| verb | calls of the store | statements | trips |\n|---|---|---:|---:|\n{}\n\n",
            self.rows.join("\n")
        );
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
        let readme = std::fs::read_to_string(path).unwrap();
        assert!(
            readme.contains(&table),
            "README lacks this table:\n\n{table}"
        );
    }
}
