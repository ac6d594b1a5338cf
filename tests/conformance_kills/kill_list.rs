//! Which fault was caught by which check.

use std::{
    collections::BTreeSet,
    io::{Write, stdout},
};

use backstop::conformance::{Check, Report};

/// A table, a line for each fault.
pub(crate) struct KillList {
    of: &'static str,
    lines: Vec<String>,
    wrong: Vec<String>,
    /// The checks that no fault has to be caught by yet.
    unmeasured: BTreeSet<&'static str>,
}

impl KillList {
    /// `sound`: the report of the same without a fault.
    pub(crate) fn new(of: &'static str, sound: Report) -> Self {
        let unmeasured = sound.checks().iter().map(Check::name).collect();
        sound.into_result().unwrap();
        Self {
            of,
            unmeasured,
            lines: Vec::new(),
            wrong: Vec::new(),
        }
    }

    /// `rows`: of the book of attacks, that the fault is of. `by`: the checks that have to catch it.
    pub(crate) fn add(&mut self, fault: &str, rows: &str, by: &[&str], report: &Report) {
        self.unmeasured.retain(|check| !by.contains(check));
        let broken = report
            .checks()
            .iter()
            .filter(|check| check.broken().is_some());
        let caught: BTreeSet<&str> = broken.map(|check| check.name()).collect();
        let others = caught.iter().filter(|name| !by.contains(name)).count();
        let mut checks = by.join(", ");
        if others > 0 {
            checks.push_str(&format!(" and {others} more"));
        }
        self.lines.push(format!("| {fault} | {rows} | {checks} |"));
        let missed: Vec<&&str> = by.iter().filter(|name| !caught.contains(*name)).collect();
        if by.is_empty() || !missed.is_empty() {
            self.wrong.push(format!(
                "{fault}: not caught by {missed:?}, but by {caught:?}"
            ));
        }
    }

    /// Every check of the suite is one that some fault has to be caught by: each can fail.
    pub(crate) fn measures_every_check(&self) {
        assert_eq!(self.unmeasured, BTreeSet::new());
    }

    /// Prints the table. No fault survived, and each was caught by the checks of its sentence.
    ///
    /// `faults`: how many there have to be.
    pub(crate) fn close(self, faults: usize) {
        let table = format!(
            "{} {}, each with one fault:\n\n| fault | rows | caught by |\n|---|---|---|\n{}\n\n",
            self.lines.len(),
            self.of,
            self.lines.join("\n")
        );
        // Past what keeps the output of a test that passes to itself.
        stdout().lock().write_all(table.as_bytes()).unwrap();
        assert!(self.wrong.is_empty(), "\n{}", self.wrong.join("\n"));
        assert_eq!(self.lines.len(), faults);
        let different: BTreeSet<&String> = self.lines.iter().collect();
        assert_eq!(different.len(), faults, "a fault is there twice");
    }
}
