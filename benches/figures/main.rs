//! The figures that the README promises, measured side by side in one run:
//! `cargo bench --all-features`.
//!
//! Each is a ratio or a difference of two things that are timed in turns, so that a slow or busy
//! machine slows both. A figure that is not reached is told, and is no failure of the run.
//! `cargo bench --all-features -- hash burst` measures some groups only.
#![expect(
    clippy::arithmetic_side_effects,
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    clippy::print_stdout,
    reason = "a benchmark reads the clock, prints, and fails by panicking"
)]

mod breach;
mod burst;
mod factor;
mod floor;
mod hash;
mod history;
mod hosts;
mod measure;
mod names;
mod policy;
mod postgres;
mod scale;
mod scale_postgres;
mod scale_sqlite;
mod steps;
mod verbs;
mod words;
mod world;

use measure::Report;

type Group = fn(&mut Report);

/// In the order of the README's table.
const GROUPS: &[(&str, Group)] = &[
    ("hash", hash::measure),
    ("factor", factor::measure),
    ("history", history::measure),
    ("names", names::measure),
    ("burst", burst::measure),
    ("verbs", verbs::measure),
    ("policy", policy::measure),
    ("breach", breach::measure),
    ("words", words::measure),
    ("scale-sqlite", scale_sqlite::measure),
    ("scale-postgres", scale_postgres::measure),
    ("steps", steps::measure),
    ("hosts", hosts::measure),
];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [word, store, executor] = arguments.as_slice()
        && word == burst::CHILD
    {
        return burst::child(store, executor);
    }
    if let [word, url, number, workers] = arguments.as_slice()
        && word == hosts::CHILD
    {
        return hosts::child(url, number, workers);
    }
    if !arguments.iter().any(|argument| argument == "--bench") {
        println!("these figures take minutes: cargo bench --all-features");
        return;
    }
    let wanted: Vec<&String> = arguments.iter().filter(|a| !a.starts_with('-')).collect();
    let mut report = Report::begin();
    for (name, measure) in GROUPS {
        if wanted.is_empty() || wanted.iter().any(|wanted| wanted == name) {
            measure(&mut report);
        }
    }
    report.end();
}
