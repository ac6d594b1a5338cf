//! The implementer's async runtime, which the suite starts its tasks on.

use std::{fmt, future::Future, pin::Pin, sync::Arc, time::Duration};

use super::task::{self, Joined};

/// A future that the suite wants run to its end. It has no answer: the suite sees to that.
pub type Task = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The implementer's async runtime: how a task is started, and how one waits.
#[derive(Clone)]
pub struct Runtime {
    spawn: Arc<dyn Fn(Task) + Send + Sync>,
    sleep: Arc<dyn Fn(Duration) -> Task + Send + Sync>,
    only: Option<Arc<[String]>>,
    pub(super) time_out: Duration,
}

/// A hundred times what a check takes over a slow disk.
const TIME_OUT: Duration = Duration::from_secs(60);

impl Runtime {
    /// `spawn`: starts a task, and answers at once. `sleep`: is over after this time.
    ///
    /// ```
    /// # use backstop::conformance::Runtime;
    /// let runtime = Runtime::new(|task| drop(tokio::spawn(task)), tokio::time::sleep);
    /// ```
    #[must_use]
    pub fn new<S>(
        spawn: impl Fn(Task) + Send + Sync + 'static,
        sleep: impl Fn(Duration) -> S + Send + Sync + 'static,
    ) -> Self
    where
        S: Future<Output = ()> + Send + 'static,
    {
        Self {
            spawn: Arc::new(spawn),
            sleep: Arc::new(move |span| Box::pin(sleep(span))),
            only: None,
            time_out: TIME_OUT,
        }
    }

    /// How long each check of a store may take, 60 s unless it is set here. Some make two thousand
    /// calls one after another: a store that is far away needs more.
    #[must_use]
    pub fn time_out(mut self, time_out: Duration) -> Self {
        self.time_out = time_out;
        self
    }

    /// Runs the checks whose names begin with one of these, such as `account_04`, and leaves out the
    /// others: while you mend what they found. The report counts those that were left out.
    #[must_use]
    pub fn only(mut self, beginnings: &[&str]) -> Self {
        self.only = Some(beginnings.iter().map(|&begin| begin.to_owned()).collect());
        self
    }

    pub(crate) fn runs(&self, check: &str) -> bool {
        let begins = |begin: &String| check.starts_with(begin.as_str());
        self.only
            .as_ref()
            .is_none_or(|only| only.iter().any(begins))
    }

    /// Starts a task whose answer is waited for, or which is aborted.
    pub(crate) fn start<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Joined<T> {
        let (task, joined) = task::joined(work);
        (self.spawn)(task);
        joined
    }

    pub(crate) fn wait(&self, span: Duration) -> Task {
        (self.sleep)(span)
    }
}

impl fmt::Debug for Runtime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Runtime").finish_non_exhaustive()
    }
}
