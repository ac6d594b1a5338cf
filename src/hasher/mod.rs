//! The hashing workers: threads of our own with memory of their own.
//!
//! ```text
//!  reserve(name, lane) ──▶ Seat ──▶ run(job) ──▶ queue ──▶ worker + its memory ──▶ result
//!     │                     │          │
//!     └▶ Overloaded         │          └── dropped: the job leaves the queue
//!                           └── dropped: the place is free again
//! ```
//!
//! Memory is bounded by construction: one Argon2 memory for each worker, at most as much again
//! while that compares an imported scrypt hash, one more while a large imported hash is compared,
//! and a bounded number of places to wait in. Nothing here needs an async runtime, and nothing
//! here knows what a job computes.

mod oneshot;
mod queue;
#[cfg(test)]
mod tests;
mod workers;

use std::{fmt, num::NonZeroUsize, sync::Arc};

pub(crate) use queue::Lane;
pub(crate) use workers::Memory;

use crate::{error::Error, record::Key};
use queue::{Entry, Queue};

/// How many workers hash, and how many callers may wait for one.
///
/// ```
/// use backstop::hasher::HasherConfig;
///
/// let config = HasherConfig::new().workers(2).places(64);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct HasherConfig {
    workers: usize,
    places: usize,
}

impl HasherConfig {
    /// A worker for each core, and 256 places in each of the two lanes. Our own numbers: at 15 ms
    /// a hash on 2 cores the last place is reached in 2 s.
    #[must_use]
    pub fn new() -> Self {
        Self {
            workers: std::thread::available_parallelism().map_or(1, NonZeroUsize::get),
            places: 256,
        }
    }

    /// The number of threads. Each holds the memory of one hash; 0 counts as 1.
    #[must_use]
    pub fn workers(mut self, workers: usize) -> Self {
        self.workers = workers.max(1);
        self
    }

    /// The number of callers that may be in flight in each lane; 0 counts as 1.
    #[must_use]
    pub fn places(mut self, places: usize) -> Self {
        self.places = places.max(1);
        self
    }
}

impl Default for HasherConfig {
    fn default() -> Self {
        Self::new()
    }
}

/// The workers and their queue. When it is dropped the threads end.
pub(crate) struct Hasher {
    queue: Arc<Queue>,
    /// The memory that each worker keeps, in Argon2 blocks of 1 KiB.
    own_blocks: u32,
}

impl Hasher {
    /// Starts the workers. `own_blocks`: the memory of an ordinary hash in KiB.
    ///
    /// # Errors
    ///
    /// When the system gives no more threads.
    pub(crate) fn start(config: HasherConfig, own_blocks: u32) -> std::io::Result<Self> {
        let queue = Arc::new(Queue::new(config.places));
        let hasher = Self { queue, own_blocks };
        for number in 0..config.workers {
            workers::spawn(number, own_blocks, Arc::clone(&hasher.queue))?;
        }
        Ok(hasher)
    }

    /// Runs something on a worker that nobody waits for, before the first caller comes.
    pub(crate) fn prepare(&self, job: impl FnOnce() + Send + 'static) {
        let _unneeded = self.queue.push(Lane::Stranger, |id| Entry {
            id,
            large: false,
            job: Box::new(move |_memory| job()),
        });
    }

    /// A place, before anything is charged: from here on the caller will be served.
    ///
    /// # Errors
    ///
    /// [`Error::Overloaded`] when the lane is full or two are in flight for this name already.
    pub(crate) fn reserve(&self, name: Key, lane: Lane) -> Result<Seat, Error> {
        self.queue.take_place(name, lane)?;
        Ok(Seat {
            queue: Arc::clone(&self.queue),
            own_blocks: self.own_blocks,
            name,
            lane,
        })
    }
}

impl Drop for Hasher {
    fn drop(&mut self) {
        self.queue.close();
    }
}

impl fmt::Debug for Hasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hasher")
    }
}

/// A place among those in flight. It is free again when this is dropped.
pub(crate) struct Seat {
    queue: Arc<Queue>,
    own_blocks: u32,
    name: Key,
    lane: Lane,
}

impl Seat {
    /// Runs a job on a worker. It needs `memory_kib` KiB of memory, the worker's or its own; one
    /// that needs more than a worker keeps runs alone among its kind. Dropping the future takes
    /// the job out of the queue.
    ///
    /// # Errors
    ///
    /// [`Error::Hashing`] when the job panicked or the workers are gone.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        memory_kib: u32,
        job: impl FnOnce(&mut Memory) -> T + Send + 'static,
    ) -> Result<T, Error> {
        let (sender, receiver) = oneshot::channel();
        let id = self.queue.push(self.lane, |id| Entry {
            id,
            large: memory_kib > self.own_blocks,
            job: Box::new(move |memory| {
                let done = job(memory);
                // Whoever dropped the receiver does not want it.
                sender.send(done);
            }),
        });
        let _leaves_the_queue = Waiting {
            queue: &self.queue,
            lane: self.lane,
            id,
        };
        receiver.await.ok_or(Error::Hashing)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.queue.leave_place(self.name, self.lane);
    }
}

struct Waiting<'a> {
    queue: &'a Queue,
    lane: Lane,
    id: u64,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.queue.remove(self.lane, self.id);
    }
}
