//! Mails with codes wait here, in bounded memory, until the courier sends them. For names without
//! an address a job is entered as well, and dropped: a full outbox says nothing of a name.

use std::{
    collections::VecDeque,
    future::poll_fn,
    sync::{Mutex, MutexGuard, PoisonError},
    task::{Poll, Waker},
};

use crate::{
    account::Method,
    clock::Stamp,
    error::Error,
    flow::state::FlowId,
    message::Message,
    record::{Key, Revision},
};

/// How many mails wait at most. Our own number: some megabytes, and more than a mail server takes
/// in a minute.
const PLACES: usize = 4096;

/// How often a mail with a code is tried: then its code is of little use.
pub(super) const TRIES: u32 = 5;

/// What a mail is about: asking for it again while it waits does not make it two.
#[derive(Clone, Copy, PartialEq)]
pub(super) struct About {
    pub(super) flow: FlowId,
    pub(super) method: Method,
    /// Who asks, by the name or the session's account: one does not fill the outbox for all.
    pub(super) asker: Key,
}

/// A mail that waits.
pub(super) struct Job {
    about: About,
    /// The budgets that it is sent out of.
    pub(super) costs: Vec<Cost>,
    pub(super) message: Message,
    /// It is not tried before this.
    pub(super) due: Option<Stamp>,
    pub(super) tries: u32,
}

/// A budget that a mail is sent out of.
pub(super) struct Cost {
    pub(super) budget: Key,
    /// The write that spent it, if that happened.
    pub(super) paid: Mutex<Option<Revision>>,
}

/// A job in hand. It goes back unless it is done, also when the pass that has it is dropped.
pub(super) struct InHand<'a> {
    outbox: &'a Outbox,
    job: Option<Job>,
}

impl InHand<'_> {
    pub(super) const fn job(&mut self) -> Option<&mut Job> {
        self.job.as_mut()
    }

    /// There is nothing more to do for it.
    pub(super) fn done(mut self) {
        self.job = None;
    }
}

impl Drop for InHand<'_> {
    fn drop(&mut self) {
        // The last try may have been dropped while it hung: no pass hangs at it for ever.
        if let Some(job) = self.job.take().filter(|job| job.tries < TRIES) {
            self.outbox.put_back(job);
        }
    }
}

#[derive(Default)]
pub(super) struct Outbox(Mutex<State>);

#[derive(Default)]
struct State {
    /// Without a job: for a name without an address.
    jobs: VecDeque<(About, Option<Job>)>,
    reserved: usize,
}

/// A place in the outbox, taken before anything is written.
pub(super) struct Place<'a> {
    outbox: &'a Outbox,
    bell: &'a Bell,
}

impl Outbox {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// # Errors
    ///
    /// [`Error::Overloaded`] when too many wait already.
    pub(super) fn reserve<'a>(&'a self, bell: &'a Bell) -> Result<Place<'a>, Error> {
        let mut state = self.lock();
        if state.jobs.len().saturating_add(state.reserved) >= PLACES {
            return Err(Error::Overloaded);
        }
        state.reserved = state.reserved.saturating_add(1);
        Ok(Place { outbox: self, bell })
    }

    /// How many wait, those of nobody included.
    pub(super) fn len(&self) -> usize {
        self.lock().jobs.len()
    }

    /// The oldest job that may be tried now; those of nobody are dropped here. The others stay
    /// until they are asked for, whatever becomes of this one.
    pub(super) fn next(&self, now: Stamp) -> Option<InHand<'_>> {
        let mut state = self.lock();
        state.jobs.retain(|(_about, job)| job.is_some());
        let is_ready = |job: &Job| job.due.is_none_or(|due| due <= now);
        let mut jobs = state.jobs.iter();
        let first = jobs.position(|(_about, job)| job.as_ref().is_some_and(is_ready))?;
        let (_about, job) = state.jobs.remove(first)?;
        Some(InHand { outbox: self, job })
    }

    /// Puts a job back that is to be tried later.
    fn put_back(&self, job: Job) {
        self.lock().jobs.push_back((job.about, Some(job)));
    }
}

impl Place<'_> {
    /// `mail`: with its budgets; none for a name without an address. `most`: of one asker so many
    /// wait; what is beyond that is dropped, and nobody is told.
    pub(super) fn put(self, about: About, mail: Option<(Vec<Key>, Message)>, most: usize) {
        let cost = |budget| Cost {
            budget,
            paid: Mutex::default(),
        };
        let job = mail.map(|(budgets, message)| Job {
            about,
            costs: budgets.into_iter().map(cost).collect(),
            message,
            due: None,
            tries: 0,
        });
        let mut state = self.outbox.lock();
        let is_new = |job: &Option<Job>| job.as_ref().is_none_or(|job| job.tries == 0);
        let is_theirs = |(other, _job): &&(About, Option<Job>)| other.asker == about.asker;
        let theirs = state.jobs.iter().filter(is_theirs).count();
        let waiting = state
            .jobs
            .iter_mut()
            .find(|(other, job)| *other == about && is_new(job));
        match waiting {
            Some((_about, waiting)) => *waiting = job,
            None if theirs >= most => {}
            None => state.jobs.push_back((about, job)),
        }
        drop(state);
        self.bell.ring();
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut state = self.outbox.lock();
        state.reserved = state.reserved.saturating_sub(1);
    }
}

/// Wakes the courier.
#[derive(Default)]
pub(super) struct Bell(Mutex<(bool, Option<Waker>)>);

impl Bell {
    fn lock(&self) -> MutexGuard<'_, (bool, Option<Waker>)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn ring(&self) {
        let waker = {
            let mut state = self.lock();
            state.0 = true;
            state.1.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Until it has rung since this was last awaited.
    pub(super) async fn rung(&self) {
        poll_fn(|context| {
            let mut state = self.lock();
            if std::mem::take(&mut state.0) {
                return Poll::Ready(());
            }
            state.1 = Some(context.waker().clone());
            Poll::Pending
        })
        .await;
    }
}
