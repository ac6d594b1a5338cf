//! Tasks that are joined, aborted, let go together or dropped midway, on any runtime.

use std::{
    future::{Future, poll_fn},
    panic::{AssertUnwindSafe, catch_unwind},
    pin::{Pin, pin},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
};

use super::runtime::Task;

/// Why a task has no answer.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub(crate) enum Lost {
    #[error("its task was aborted")]
    Aborted,
    #[error("the runtime dropped a task before its end")]
    Dropped,
    #[error("it panicked: {0}")]
    Panicked(String),
}

/// A task for the runtime, and what it will answer.
pub(super) fn joined<T: Send + 'static>(
    work: impl Future<Output = T> + Send + 'static,
) -> (Task, Joined<T>) {
    let shared = Arc::new(Mutex::new(State {
        answer: None,
        is_aborted: false,
        task: None,
        joiner: None,
    }));
    let end = End(Arc::clone(&shared));
    let task = async move {
        let answer = run(Box::pin(work), &end.0).await;
        end.answer(answer);
    };
    (Box::pin(task), Joined(shared))
}

struct State<T> {
    answer: Option<Result<T, Lost>>,
    is_aborted: bool,
    task: Option<Waker>,
    joiner: Option<Waker>,
}

/// Runs until the end, a panic or an abort; whichever it is, the work is dropped here.
async fn run<T>(
    work: Pin<Box<dyn Future<Output = T> + Send>>,
    state: &Mutex<State<T>>,
) -> Result<T, Lost> {
    let mut work = work;
    poll_fn(move |context| {
        {
            let mut state = lock(state);
            if state.is_aborted {
                return Poll::Ready(Err(Lost::Aborted));
            }
            state.task = Some(context.waker().clone());
        }
        match catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context))) {
            Ok(poll) => poll.map(Ok),
            Err(panic) => Poll::Ready(Err(Lost::Panicked(text_of(panic.as_ref())))),
        }
    })
    .await
}

fn text_of(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_default()
}

/// The task's side: when it goes, the joiner is woken.
struct End<T>(Arc<Mutex<State<T>>>);

impl<T> End<T> {
    fn answer(self, answer: Result<T, Lost>) {
        lock(&self.0).answer = Some(answer);
    }
}

impl<T> Drop for End<T> {
    fn drop(&mut self) {
        let joiner = {
            let mut state = lock(&self.0);
            state.answer.get_or_insert(Err(Lost::Dropped));
            state.joiner.take()
        };
        if let Some(joiner) = joiner {
            joiner.wake();
        }
    }
}

/// Resolves to the answer of a task.
pub(crate) struct Joined<T>(Arc<Mutex<State<T>>>);

impl<T> Joined<T> {
    /// Drops the work where it stands, as soon as its task runs again.
    pub(crate) fn abort(&self) {
        let task = {
            let mut state = lock(&self.0);
            state.is_aborted = true;
            state.task.take()
        };
        if let Some(task) = task {
            task.wake();
        }
    }
}

/// Nobody waits for its answer any more.
impl<T> Drop for Joined<T> {
    fn drop(&mut self) {
        self.abort();
    }
}

impl<T> Future for Joined<T> {
    type Output = Result<T, Lost>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut state = lock(&self.0);
        if let Some(answer) = state.answer.take() {
            return Poll::Ready(answer);
        }
        state.joiner = Some(context.waker().clone());
        Poll::Pending
    }
}

/// Lets go so many waiters at once, when the last of them has come.
pub(crate) struct Barrier {
    state: Mutex<(usize, Vec<Waker>)>,
}

impl Barrier {
    pub(crate) fn new(waiters: usize) -> Arc<Self> {
        Arc::new(Self {
            state: Mutex::new((waiters, Vec::new())),
        })
    }

    pub(crate) async fn wait(&self) {
        let mut has_come = false;
        poll_fn(|context| {
            let mut state = lock(&self.state);
            if !has_come {
                has_come = true;
                state.0 = state.0.saturating_sub(1);
                if state.0 == 0 {
                    let waiting = std::mem::take(&mut state.1);
                    drop(state);
                    waiting.into_iter().for_each(Waker::wake);
                    return Poll::Ready(());
                }
            }
            if state.0 == 0 {
                return Poll::Ready(());
            }
            state.1.push(context.waker().clone());
            Poll::Pending
        })
        .await;
    }
}

/// Gives the other tasks a turn.
pub(crate) async fn yield_now() {
    let mut has_yielded = false;
    poll_fn(|context| {
        if has_yielded {
            return Poll::Ready(());
        }
        has_yielded = true;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// What happens between two polls of a call that is to be dropped.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Between {
    /// Nothing: the call is polled when it asks to be, so each poll is a step of its own.
    Steps,
    /// The other tasks have a turn: it is polled as often as it goes.
    Turns,
}

/// Polls so many times, then drops the call. Answers what it answered, if it ended before.
pub(crate) async fn abandon<T>(
    call: impl Future<Output = T>,
    polls: usize,
    between: Between,
) -> Option<T> {
    let mut call = pin!(call);
    let mut left = polls;
    if left == 0 {
        return None;
    }
    poll_fn(|context| {
        if let Poll::Ready(answer) = call.as_mut().poll(context) {
            return Poll::Ready(Some(answer));
        }
        left = left.saturating_sub(1);
        if left == 0 {
            return Poll::Ready(None);
        }
        if between == Between::Turns {
            context.waker().wake_by_ref();
        }
        Poll::Pending
    })
    .await
}

/// The state is whole between any two statements, so a panic elsewhere does not spoil it.
fn lock<T>(state: &Mutex<T>) -> MutexGuard<'_, T> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
