//! The second factor: the ticket between a right password and a code, and the codes.
//!
//! ```text
//!  sign_in ──▶ right password ──▶ no factor ──────────────────────────────▶ session
//!                    │
//!                    └──▶ enrolled ──▶ ticket ──▶ code of the app, backup code ──▶ session
//!                                     (sealed,        └▶ denied · locked · expired
//!                                      no record)
//! ```
//!
//! A code is spent by the write of the account that the verdict waits for, so of many submissions
//! of one right code one is accepted.

#[cfg(feature = "totp")]
mod totp;

#[cfg(feature = "totp")]
use std::time::Duration;

use serde::{Deserialize, Serialize};
#[cfg(feature = "totp")]
pub(crate) use totp::{Checked, Typed, confirm, issue, spend};

use super::session::{DeviceId, Sealed, seal};
#[cfg(feature = "totp")]
use super::session::{unseal, within};
use crate::{
    account::{Account, AccountId, Epoch},
    clock::Stamp,
    error::Error,
    secret::Ticket,
    service_key::ServiceKey,
};

/// How long the second factor may follow the password. Our own number: time to look for the phone.
#[cfg(feature = "totp")]
const LIFE: Duration = Duration::from_secs(10 * 60);

/// What the ticket between the password and the factor says, behind its seal.
#[derive(Serialize, Deserialize)]
pub(crate) struct Claims {
    pub(crate) account: AccountId,
    epoch: Epoch,
    pub(crate) device: DeviceId,
    pub(crate) label: Option<String>,
    began: Stamp,
}

impl Claims {
    /// The password of this account was right, at this device.
    pub(crate) fn new(
        account: &Account,
        device: DeviceId,
        label: Option<&str>,
        now: Stamp,
    ) -> Self {
        Self {
            account: account.id.clone(),
            epoch: account.epoch,
            device,
            label: label.map(str::to_owned),
            began: now,
        }
    }

    pub(crate) fn sealed(&self, keys: &ServiceKey) -> Result<Ticket, Error> {
        seal(Sealed::SecondFactor, self, keys).map(Ticket::from_text)
    }
}

#[cfg(feature = "totp")]
impl Claims {
    /// What this ticket says, if it is one of ours and still good.
    pub(crate) fn open(ticket: &Ticket, now: Stamp, keys: &ServiceKey) -> Option<Self> {
        let claims: Self = unseal(Sealed::SecondFactor, ticket.expose(), keys)?;
        within(claims.began, LIFE, now).then_some(claims)
    }

    /// Whether no credential of the account has changed since.
    pub(crate) fn is_about(&self, account: &Account) -> bool {
        self.account == account.id && self.epoch.matches(&account.epoch)
    }
}
