//! Charges whose comparison never began, because the caller went away first. Nobody can write in
//! a destructor, so they are noted here and taken back with the next charge for the same secret.

use std::{
    collections::VecDeque,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use crate::{flow::budget::ChargeId, record::Key};

/// How many are noted at most; an older one stops counting by itself when its lease ends.
const MOST: usize = 1024;

#[derive(Default)]
pub(super) struct Refunds(Mutex<VecDeque<(Key, ChargeId)>>);

impl Refunds {
    /// Those for this secret. They stay noted until [`forget`](Self::forget).
    pub(super) fn of(&self, key: &Key) -> Vec<ChargeId> {
        let noted = self.lock();
        let own = noted.iter().filter(|(noted, _id)| noted == key);
        own.map(|(_key, id)| *id).collect()
    }

    /// They were taken back.
    pub(super) fn forget(&self, ids: &[ChargeId]) {
        if !ids.is_empty() {
            self.lock()
                .retain(|(_key, noted)| !ids.iter().any(|id| id.is(noted)));
        }
    }

    fn note(&self, key: Key, id: ChargeId) {
        let mut noted = self.lock();
        if noted.len() >= MOST {
            noted.pop_front();
        }
        noted.push_back((key, id));
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<(Key, ChargeId)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A charge between its write and its comparison.
pub(super) struct Waiting<'a> {
    pub(super) refunds: &'a Refunds,
    pub(super) key: Key,
    pub(super) id: ChargeId,
    /// Set by the worker that begins to compare.
    pub(super) has_begun: &'a AtomicBool,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if !self.has_begun.load(Ordering::SeqCst) {
            self.refunds.note(self.key, self.id);
        }
    }
}
