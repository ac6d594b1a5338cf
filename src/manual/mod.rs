//! Pages for those who run a service with it: what the library counts and why, what is left to the
//! host, how a service is upgraded, how it runs over PostgreSQL, and how a store is written.

#[doc = include_str!("host_checklist.md")]
pub mod host_checklist {}

#[doc = include_str!("postgres.md")]
pub mod postgres {}

#[doc = include_str!("throttling.md")]
pub mod throttling {}

#[doc = include_str!("upgrades.md")]
pub mod upgrades {}

#[doc = include_str!("writing_a_store.md")]
pub mod writing_a_store {}
