//! The threads, and the memory that each of them keeps.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    thread,
    time::Duration,
};

use argon2::Block;
use zeroize::Zeroize;

use super::queue::{Next, Queue};

/// How long a worker waits for a job before it wipes its memory and sleeps. Whoever has just been
/// answered goes on in this time; wiping at once could keep him from a core for as long as it takes,
/// which is a twentieth of a hash.
const GRACE: Duration = Duration::from_millis(2);

/// The Argon2 memory of a worker. It stays mapped from job to job: fresh pages would cost up to
/// twice the hash itself.
pub(crate) struct Memory {
    own_blocks: usize,
    blocks: Vec<Block>,
    is_used: bool,
}

impl Memory {
    fn new(own_blocks: u32) -> Self {
        Self {
            own_blocks: usize::try_from(own_blocks).unwrap_or(usize::MAX),
            blocks: Vec::new(),
            is_used: false,
        }
    }

    /// At least this many blocks of 1 KiB, with whatever the last job left there.
    pub(crate) fn blocks(&mut self, count: u32) -> &mut [Block] {
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        if self.blocks.len() < count {
            // The old memory is wiped before it is given back: growing could move it.
            self.wipe();
            self.blocks = vec![Block::default(); count];
        }
        self.is_used = true;
        &mut self.blocks
    }

    /// Wipes what the jobs left and gives back what is more than a worker keeps. Not between
    /// jobs: from what is left there a guess costs a 2700th of a hash, wiping costs a twentieth.
    fn rest(&mut self) {
        if self.is_used {
            self.wipe();
            self.is_used = false;
        }
        self.shrink();
    }

    fn shrink(&mut self) {
        if self.blocks.len() > self.own_blocks {
            self.wipe();
            self.blocks.truncate(self.own_blocks);
            self.blocks.shrink_to_fit();
        }
    }

    fn wipe(&mut self) {
        for block in &mut self.blocks {
            block.zeroize();
        }
    }
}

pub(super) fn spawn(number: usize, own_blocks: u32, queue: Arc<Queue>) -> std::io::Result<()> {
    thread::Builder::new()
        .name(format!("backstop-hash-{number}"))
        .spawn(move || work(&queue, Memory::new(own_blocks)))
        .map(drop)
}

fn work(queue: &Queue, mut memory: Memory) {
    loop {
        let next = match queue.next_within(GRACE) {
            Next::Idle => {
                memory.rest();
                queue.wait_next()
            }
            next => next,
        };
        let Next::Run(entry) = next else { break };
        let large = entry.large;
        let job = entry.job;
        // A panic costs the one caller his answer: the job's sender is dropped on the way.
        let _panicked = catch_unwind(AssertUnwindSafe(|| job(&mut memory))).is_err();
        if large {
            memory.shrink();
            queue.large_is_done();
        }
    }
    memory.rest();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_wiped(memory: &Memory) -> bool {
        let words = memory.blocks.iter().flat_map(|block| block.as_ref());
        words.copied().all(|word| word == 0)
    }

    fn spoil(memory: &mut Memory, count: u32) {
        for block in memory.blocks(count) {
            block.as_mut().fill(7);
        }
    }

    #[test]
    fn memory_is_wiped_before_a_worker_sleeps_and_not_between_jobs() {
        let mut memory = Memory::new(8);
        spoil(&mut memory, 8);
        memory.shrink();
        assert!(!is_wiped(&memory));
        memory.rest();
        assert!(is_wiped(&memory));
        assert_eq!(memory.blocks.len(), 8);
    }

    #[test]
    fn what_a_large_job_took_is_given_back() {
        let mut memory = Memory::new(8);
        spoil(&mut memory, 1024);
        memory.shrink();
        assert!(is_wiped(&memory));
        assert_eq!(memory.blocks.len(), 8);
        assert!(memory.blocks.capacity() < 1024);
    }
}
