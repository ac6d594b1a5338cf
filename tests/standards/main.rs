//! Rows of today's standards that no test of a topic proves by the way: NIST SP 800-63B-4, OWASP
//! ASVS 5.0, the OWASP cheat sheets and testing guide.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg_attr(
    feature = "totp",
    expect(clippy::panic, reason = "a test fails by panicking")
)]

mod addresses;
mod hint;
mod mailed;
mod manual;
mod passwords;
#[cfg(feature = "totp")]
mod second_factor;
mod security_code;
mod sessions;
#[path = "../support/mod.rs"]
mod support;

use backstop::{Apply, Changes, Proof, Ticket};
use support::{World, mail::code};

pub(crate) async fn apply(world: &World, ticket: &Ticket, changes: Changes) -> Apply {
    world.accounts.apply(ticket, changes).await.unwrap()
}

/// A recovery that a code out of the mailbox has proved.
pub(crate) async fn by_mail(world: &World) -> Ticket {
    let (ticket, letter) = world.recover_by_mail("alice").await;
    let proof = Proof::SecurityEmail(code(&letter));
    world.accepted(&ticket, proof).await
}
