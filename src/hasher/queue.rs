//! Places and jobs: bounded, in two lanes, at most two in flight for a name.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use super::workers::Memory;
use crate::{error::Error, record::Key};

/// How many attempts may be in flight for one name: nobody fills the queue with one name.
const IN_FLIGHT_FOR_A_NAME: usize = 2;

/// How often known people go ahead of a waiting stranger: whoever has an account must not be able
/// to keep everybody else from signing in.
const AHEAD_OF_STRANGERS: u32 = 3;

/// Which lane a job waits in. The lanes have places of their own, so strangers cannot take those
/// of people who are signed in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Lane {
    /// Work that shows a live session or a proven ticket. It goes first.
    Known,
    Stranger,
}

pub(super) type Job = Box<dyn FnOnce(&mut Memory) + Send>;

pub(super) struct Entry {
    pub(super) id: u64,
    /// It needs more memory than a worker keeps.
    pub(super) large: bool,
    pub(super) job: Job,
}

pub(super) struct Queue {
    places: usize,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    known: LaneState,
    stranger: LaneState,
    in_flight: HashMap<Key, usize>,
    large_is_running: bool,
    /// How many of the known lane went ahead of waiting strangers, one after the other.
    ahead: u32,
    next_id: u64,
    closed: bool,
}

#[derive(Default)]
struct LaneState {
    taken: usize,
    waiting: VecDeque<Entry>,
}

impl State {
    fn lane(&mut self, lane: Lane) -> &mut LaneState {
        match lane {
            Lane::Known => &mut self.known,
            Lane::Stranger => &mut self.stranger,
        }
    }

    /// The next job: those of known people first, but every fourth time a stranger's; a large one
    /// only if none is running.
    fn pop(&mut self) -> Option<Entry> {
        let strangers_turn = self.ahead >= AHEAD_OF_STRANGERS;
        let lanes = if strangers_turn {
            [Lane::Stranger, Lane::Known]
        } else {
            [Lane::Known, Lane::Stranger]
        };
        let (lane, entry) = lanes
            .into_iter()
            .find_map(|lane| Some((lane, self.pop_from(lane)?)))?;
        self.ahead = match lane {
            Lane::Known if !self.stranger.waiting.is_empty() => self.ahead.saturating_add(1),
            Lane::Known | Lane::Stranger => 0,
        };
        self.large_is_running |= entry.large;
        Some(entry)
    }

    fn pop_from(&mut self, lane: Lane) -> Option<Entry> {
        let large_is_running = self.large_is_running;
        let waiting = &mut self.lane(lane).waiting;
        let index = waiting
            .iter()
            .position(|entry| !(entry.large && large_is_running))?;
        waiting.remove(index)
    }
}

/// What a worker does next.
pub(super) enum Next {
    Run(Entry),
    /// Nothing to do now.
    Idle,
    Stop,
}

impl Queue {
    pub(super) fn new(places: usize) -> Self {
        Self {
            places,
            state: Mutex::default(),
            changed: Condvar::new(),
        }
    }

    pub(super) fn take_place(&self, name: Key, lane: Lane) -> Result<(), Error> {
        let mut state = self.lock();
        if state.lane(lane).taken >= self.places {
            return Err(Error::Overloaded);
        }
        let in_flight = state.in_flight.entry(name).or_default();
        if *in_flight >= IN_FLIGHT_FOR_A_NAME {
            return Err(Error::Overloaded);
        }
        *in_flight = in_flight.saturating_add(1);
        let taken = &mut state.lane(lane).taken;
        *taken = taken.saturating_add(1);
        Ok(())
    }

    pub(super) fn leave_place(&self, name: Key, lane: Lane) {
        let mut state = self.lock();
        let taken = &mut state.lane(lane).taken;
        *taken = taken.saturating_sub(1);
        if let Some(in_flight) = state.in_flight.get_mut(&name) {
            *in_flight = in_flight.saturating_sub(1);
            if *in_flight == 0 {
                state.in_flight.remove(&name);
            }
        }
    }

    /// Enters a job and returns its number. After [`close`](Self::close) the job is dropped.
    pub(super) fn push(&self, lane: Lane, entry: impl FnOnce(u64) -> Entry) -> u64 {
        let mut state = self.lock();
        let id = state.next_id;
        state.next_id = id.wrapping_add(1);
        let entry = entry(id);
        if state.closed {
            drop(state);
            drop(entry);
        } else {
            state.lane(lane).waiting.push_back(entry);
            drop(state);
            self.changed.notify_one();
        }
        id
    }

    /// Takes a job out, if it has not begun.
    pub(super) fn remove(&self, lane: Lane, id: u64) {
        let entry = {
            let mut state = self.lock();
            let waiting = &mut state.lane(lane).waiting;
            let index = waiting.iter().position(|entry| entry.id == id);
            index.and_then(|index| waiting.remove(index))
        };
        // Its destructor wakes a receiver: not under the lock.
        drop(entry);
    }

    /// What there is to do now, or after a wait of at most `grace`.
    pub(super) fn next_within(&self, grace: Duration) -> Next {
        let mut state = self.lock();
        match next(&mut state) {
            Next::Idle => {
                let waited = self.changed.wait_timeout(state, grace);
                next(&mut waited.unwrap_or_else(PoisonError::into_inner).0)
            }
            next => next,
        }
    }

    pub(super) fn wait_next(&self) -> Next {
        let mut state = self.lock();
        loop {
            match next(&mut state) {
                Next::Idle => {
                    state = self
                        .changed
                        .wait(state)
                        .unwrap_or_else(PoisonError::into_inner);
                }
                next => return next,
            }
        }
    }

    /// A large job has ended: the next one may run.
    pub(super) fn large_is_done(&self) {
        self.lock().large_is_running = false;
        self.changed.notify_one();
    }

    pub(super) fn close(&self) {
        let (known, stranger) = {
            let mut state = self.lock();
            state.closed = true;
            (
                std::mem::take(&mut state.known.waiting),
                std::mem::take(&mut state.stranger.waiting),
            )
        };
        drop((known, stranger));
        self.changed.notify_all();
    }

    /// The state is whole between any two statements, so a panic elsewhere does not spoil it.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn next(state: &mut State) -> Next {
    if state.closed {
        return Next::Stop;
    }
    match state.pop() {
        Some(entry) => Next::Run(entry),
        None => Next::Idle,
    }
}
