//! Pages for those who run a service with it: what the library counts and why, and what is left to
//! the host.

#[doc = include_str!("host_checklist.md")]
pub mod host_checklist {}

#[doc = include_str!("throttling.md")]
pub mod throttling {}
