//! Attempts at what can be guessed: charged, compared, settled. The one way to a verdict.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use super::{Accounts, refunds::Waiting};
use crate::{
    clock::Stamp,
    error::Error,
    flow::budget::{Charge, Clears, Settled, charge, settle},
    hash::{Comparison, Match},
    hasher::Seat,
    policy::BudgetRule,
    record::{Key, Record, Stored},
    secret::Password,
};

/// A guessable secret, and where its attempts are counted.
pub(super) struct Guarded<'a> {
    pub(super) key: &'a Key,
    pub(super) budget: Option<Stored<Record>>,
    pub(super) rule: BudgetRule,
    pub(super) clears: Clears,
}

/// How an attempt at it went, and what the comparison yielded beside its outcome.
pub(super) enum Attempt<T> {
    Locked { until: Stamp },
    Settled(Settled, T),
}

/// Whether a comparison has begun: until then its charge is given back to a caller who goes away.
#[derive(Clone, Default)]
pub(super) struct Begun(Arc<AtomicBool>);

impl Begun {
    pub(super) fn now(&self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

impl Accounts {
    /// Charges, then awaits the comparison, then settles.
    ///
    /// `compare`: does nothing before it is awaited. It answers with nothing when there was
    /// nothing left to compare with.
    pub(super) async fn attempt<T>(
        &self,
        guarded: Guarded<'_>,
        begun: &Begun,
        compare: impl Future<Output = Result<(Option<Match>, T), Error>>,
    ) -> Result<Attempt<T>, Error> {
        let Guarded {
            key,
            budget,
            rule,
            clears,
        } = guarded;
        let id = self.charge_id()?;
        let refunds = self.inner.refunds.of(key);
        let charge = self
            .commit_flow(key, budget, |found, now, revision| {
                charge(key, found, &rule, now, &refunds, id, revision)
            })
            .await?;
        let charged = match charge {
            Charge::Locked { until } => return Ok(Attempt::Locked { until }),
            Charge::Charged(charged) => charged,
        };
        self.inner.refunds.forget(&refunds);
        let (outcome, yielded) = {
            let _refunded_unless_begun = Waiting {
                refunds: &self.inner.refunds,
                key: *key,
                id,
                has_begun: &begun.0,
            };
            compare.await?
        };
        let (verdict, as_charged) = charged.spend(outcome);
        let settled = self
            .commit_flow(key, Some(as_charged), |found, now, revision| {
                settle(key, found, &rule, now, &verdict, clears, revision)
            })
            .await?;
        Ok(Attempt::Settled(settled, yielded))
    }

    /// The same, with a hash that a worker compares.
    pub(super) async fn attempt_hash(
        &self,
        seat: &Seat,
        guarded: Guarded<'_>,
        comparison: Comparison,
        typed: &Password,
    ) -> Result<Attempt<()>, Error> {
        let begun = Begun::default();
        let (memory_kib, typed) = (comparison.memory_kib(), typed.share());
        let worker = begun.clone();
        let compare = async {
            let outcome = seat
                .run(memory_kib, move |memory| {
                    worker.now();
                    comparison.run(&typed, memory.blocks(comparison.blocks()))
                })
                .await??;
            Ok((Some(outcome), ()))
        };
        self.attempt(guarded, &begun, compare).await
    }
}
