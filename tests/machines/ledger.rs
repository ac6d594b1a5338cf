//! What was answered, and what must therefore be so.

use std::{
    collections::BTreeMap,
    io::{Write, stdout},
    sync::{Mutex, MutexGuard},
};

/// What of a notice can be told apart in a mailbox.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    pub(crate) to: String,
    pub(crate) subject: &'static str,
    /// The label of the browser that made the change: no two changes have the same.
    pub(crate) label: String,
    /// Another change of the same kind followed before this notice had come, and took its place.
    pub(crate) is_replaced: bool,
}

#[derive(Default)]
pub(crate) struct Ledger(Mutex<Entries>);

#[derive(Default)]
pub(crate) struct Entries {
    counts: BTreeMap<&'static str, u64>,
    /// Of guesses, for each name and method, how many were compared.
    pub(crate) judged: BTreeMap<(String, &'static str), u32>,
    pub(crate) told: Vec<Told>,
    /// Sessions that a change has ended.
    pub(crate) dead: Vec<String>,
    broken: Vec<String>,
}

impl Ledger {
    pub(crate) fn entries(&self) -> MutexGuard<'_, Entries> {
        self.0.lock().unwrap()
    }

    pub(crate) fn count(&self, what: &'static str) {
        self.add(what, 1);
    }

    pub(crate) fn add(&self, what: &'static str, more: usize) {
        *self.entries().counts.entry(what).or_default() += u64::try_from(more).unwrap();
    }

    pub(crate) fn counted(&self, what: &str) -> u64 {
        self.entries().counts.get(what).copied().unwrap_or(0)
    }

    /// A promise that was not kept. It is told at the end, beside everything else.
    pub(crate) fn broken(&self, what: String) {
        self.entries().broken.push(what);
    }

    /// Then there is no use in going on.
    pub(crate) fn is_broken(&self) -> bool {
        !self.entries().broken.is_empty()
    }

    pub(crate) fn judge(&self, name: &str, method: &'static str) {
        let mut entries = self.entries();
        *entries.judged.entry((name.to_owned(), method)).or_default() += 1;
    }

    /// The most guesses at one name by each method.
    pub(crate) fn most_judged(&self) -> BTreeMap<&'static str, u32> {
        let mut most = BTreeMap::new();
        for ((_, method), judged) in &self.entries().judged {
            let before: &mut u32 = most.entry(*method).or_default();
            *before = (*before).max(*judged);
        }
        most
    }

    /// The table, and a panic unless every promise was kept.
    pub(crate) fn close(&self, title: &str) {
        let mut table = format!("\n| {title} | |\n|---|---:|\n");
        for (what, count) in &self.entries().counts {
            table += &format!("| {what} | {count} |\n");
        }
        for (method, judged) in self.most_judged() {
            table += &format!("| most guesses at one name, {method} | {judged} |\n");
        }
        let broken = &self.entries().broken;
        table += &format!("| promises broken | {} |\n\n", broken.len());
        // Past what keeps the output of a test that passes to itself.
        stdout().lock().write_all(table.as_bytes()).unwrap();
        assert!(broken.is_empty(), "{}", broken.join("\n"));
    }
}
