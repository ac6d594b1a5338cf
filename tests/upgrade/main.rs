//! A service that is upgraded one process at a time: records of a newer version, two versions at
//! once over one database, and the tables of each version.
#![cfg(all(feature = "postgres", feature = "sqlite", feature = "totp"))]
#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod newer;
#[path = "../postgres_server/mod.rs"]
#[expect(dead_code, reason = "another test file uses the rest")]
mod postgres_server;
mod rolling;
#[path = "../scratch/mod.rs"]
mod scratch;
mod shelf;
#[path = "../support/mod.rs"]
mod support;
mod tables;
mod version;
