//! The pure core: a record, an input, the time and random values go in, a [`Decision`] comes out.
//! Nothing in here reads a clock, awaits a store or draws a random value.
//!
//! [`Decision`]: decision::Decision

pub(crate) mod budget;
pub(crate) mod case;
pub(crate) mod change;
pub(crate) mod code;
pub(crate) mod decision;
pub(crate) mod decoy;
pub(crate) mod manage;
pub(crate) mod notice;
pub(crate) mod registration;
pub(crate) mod second_factor;
pub(crate) mod session;
pub(crate) mod state;
pub(crate) mod ticket;
