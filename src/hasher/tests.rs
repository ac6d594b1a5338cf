//! The queue's promises.

use std::{
    pin::{Pin, pin},
    sync::{Mutex, mpsc},
    task::{Context, Poll, Wake, Waker},
    thread,
};

use super::*;

fn key(number: u8) -> Key {
    Key::from_bytes([number; 32])
}

fn hasher(workers: usize, places: usize) -> Hasher {
    let config = HasherConfig::new().workers(workers).places(places);
    Hasher::start(config, 8).unwrap()
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    struct Unpark(thread::Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(value) => return value,
            Poll::Pending => thread::park(),
        }
    }
}

fn poll_once<T>(future: Pin<&mut impl Future<Output = T>>) -> Poll<T> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// A job that runs until it is let go, so that its worker is busy.
fn occupy(hasher: &Hasher) -> (mpsc::Sender<()>, Pin<Box<impl Future + use<>>>) {
    let (begun, has_begun) = mpsc::channel();
    let (let_go, gate) = mpsc::channel::<()>();
    let seat = hasher.reserve(key(0), Lane::Stranger).unwrap();
    let mut busy = Box::pin(async move {
        seat.run(0, move |_| {
            begun.send(()).unwrap();
            let _dropped_or_sent = gate.recv();
        })
        .await
    });
    assert!(poll_once(busy.as_mut()).is_pending());
    has_begun.recv().unwrap();
    (let_go, busy)
}

#[test]
fn a_panicking_job_costs_one_answer_and_no_worker() {
    let hasher = hasher(1, 4);
    let seat = hasher.reserve(key(1), Lane::Stranger).unwrap();
    for _ in 0..3 {
        let lost: Result<(), Error> = block_on(seat.run(8, |memory| {
            memory.blocks(8);
            std::panic::resume_unwind(Box::new(()));
        }));
        assert!(matches!(lost, Err(Error::Hashing)));
    }
    assert_eq!(block_on(seat.run(8, |_| 7)).unwrap(), 7);
}

#[test]
fn a_dropped_caller_leaves_the_queue_at_once() {
    let hasher = hasher(1, 8);
    let (let_go, busy) = occupy(&hasher);
    let ran = Arc::new(Mutex::new(Vec::new()));
    let enter = |number: u8| {
        let (ran, seat) = (
            Arc::clone(&ran),
            hasher.reserve(key(number), Lane::Stranger).unwrap(),
        );
        let mut waiting =
            Box::pin(async move { seat.run(0, move |_| ran.lock().unwrap().push(number)).await });
        assert!(poll_once(waiting.as_mut()).is_pending());
        waiting
    };
    let (first, second) = (enter(1), enter(2));
    drop(first);
    drop(let_go);
    block_on(second).unwrap();
    block_on(busy);
    assert_eq!(*ran.lock().unwrap(), [2]);
}

#[test]
fn known_people_go_first_and_strangers_are_not_starved() {
    let hasher = hasher(1, 8);
    let (let_go, busy) = occupy(&hasher);
    let order = Arc::new(Mutex::new(Vec::new()));
    let enter = |number: u8, lane| {
        let (order, seat) = (
            Arc::clone(&order),
            hasher.reserve(key(number), lane).unwrap(),
        );
        let mut waiting = Box::pin(async move {
            seat.run(0, move |_| order.lock().unwrap().push(number))
                .await
        });
        assert!(poll_once(waiting.as_mut()).is_pending());
        waiting
    };
    let mut waiting = vec![enter(1, Lane::Stranger), enter(2, Lane::Stranger)];
    waiting.extend((3..9).map(|number| enter(number, Lane::Known)));
    drop(let_go);
    for job in waiting {
        block_on(job).unwrap();
    }
    block_on(busy);
    // Known people first, and every fourth time a stranger.
    assert_eq!(*order.lock().unwrap(), [3, 4, 5, 1, 6, 7, 8, 2]);
}

#[test]
fn large_jobs_run_one_at_a_time() {
    let hasher = hasher(4, 64);
    let running = Arc::new(Mutex::new((0_u32, 0_u32)));
    let jobs: Vec<_> = (0..32)
        .map(|number| {
            let (running, seat) = (
                Arc::clone(&running),
                hasher.reserve(key(number), Lane::Stranger).unwrap(),
            );
            let mut job = Box::pin(async move {
                seat.run(64, move |memory| {
                    let now = {
                        let mut counts = running.lock().unwrap();
                        counts.0 = counts.0.saturating_add(1);
                        counts.1 = counts.1.max(counts.0);
                        counts.0
                    };
                    memory.blocks(64);
                    thread::yield_now();
                    running.lock().unwrap().0 = now.saturating_sub(1);
                })
                .await
            });
            let _pending = poll_once(job.as_mut());
            job
        })
        .collect();
    for job in jobs {
        block_on(job).unwrap();
    }
    assert_eq!(running.lock().unwrap().1, 1);
}

/// Whatever a job leaves is gone once its worker has nothing to do.
#[test]
fn a_worker_wipes_its_memory_before_it_sleeps() {
    let hasher = hasher(1, 4);
    let seat = hasher.reserve(key(1), Lane::Stranger).unwrap();
    // A job that comes before the worker found nothing to do still sees what the last one left:
    // then the next round waits for longer.
    let is_wiped = (0..128_000).step_by(128).any(|patience| {
        block_on(seat.run(8, |memory| {
            for block in memory.blocks(8) {
                block.as_mut().fill(7);
            }
        }))
        .unwrap();
        for _ in 0..patience {
            thread::yield_now();
        }
        block_on(seat.run(8, |memory| {
            let mut words = memory.blocks(8).iter().flat_map(|block| block.as_ref());
            words.all(|word| *word == 0)
        }))
        .unwrap()
    });
    assert!(is_wiped);
}

#[test]
fn places_are_bounded_and_come_back() {
    let hasher = hasher(1, 2);
    let first = hasher.reserve(key(1), Lane::Stranger).unwrap();
    let _second = hasher.reserve(key(2), Lane::Stranger).unwrap();
    let full = |lane| hasher.reserve(key(3), lane).is_err();
    assert!(full(Lane::Stranger));
    assert!(!full(Lane::Known));
    drop(first);
    assert!(!full(Lane::Stranger));
}

#[test]
fn two_are_in_flight_for_a_name() {
    let hasher = hasher(1, 8);
    let _first = hasher.reserve(key(1), Lane::Stranger).unwrap();
    let second = hasher.reserve(key(1), Lane::Known).unwrap();
    assert!(hasher.reserve(key(1), Lane::Known).is_err());
    assert!(hasher.reserve(key(2), Lane::Known).is_ok());
    drop(second);
    assert!(hasher.reserve(key(1), Lane::Stranger).is_ok());
}

#[test]
fn a_closed_hasher_tells_those_who_wait() {
    let hasher = hasher(1, 8);
    let (let_go, busy) = occupy(&hasher);
    let seat = hasher.reserve(key(1), Lane::Stranger).unwrap();
    let mut waiting = Box::pin(async move { seat.run(0, |_| ()).await });
    assert!(poll_once(waiting.as_mut()).is_pending());
    drop(hasher);
    assert!(matches!(block_on(waiting), Err(Error::Hashing)));
    drop(let_go);
    block_on(busy);
}
