//! What came out: each check by name and, for a broken one, the sentence and its cost.

use std::{fmt, future::Future, pin::Pin, time::Duration};

use super::{
    contract::{Sentence, sentence_of},
    runtime::Runtime,
    task::{Joined, Lost},
};
use crate::store::StoreError;

/// What one check found.
pub(crate) type Verdict = Result<(), Fault>;

/// What broke, for the implementer to read.
#[derive(Debug)]
pub(crate) struct Fault(String);

impl Fault {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The same, found while something was done.
    pub(crate) fn during(self, what: &str) -> Self {
        Self(format!("{what}: {}", self.0))
    }
}

/// Says what broke, unless it holds.
pub(crate) fn ensure(holds: bool, broken: &str) -> Verdict {
    match holds {
        true => Ok(()),
        false => Err(Fault::new(broken)),
    }
}

/// Says what broke, unless the answer is the expected one.
pub(crate) fn same<T: PartialEq + fmt::Debug>(found: T, expected: T, what: &str) -> Verdict {
    match found == expected {
        true => Ok(()),
        false => Err(Fault::new(format!(
            "{what}: {found:?} in place of {expected:?}"
        ))),
    }
}

/// Says what broke, unless one of the answers of a race is the winner's and all others the loser's.
pub(crate) fn one_wins<T: PartialEq + fmt::Debug>(answers: &[T], winner: &T, loser: &T) -> Verdict {
    let won = answers.iter().filter(|answer| *answer == winner).count();
    if let Some(odd) = answers
        .iter()
        .find(|answer| *answer != winner && *answer != loser)
    {
        return Err(Fault::new(format!(
            "one of those who lost a race was answered {odd:?} in place of {loser:?}"
        )));
    }
    match won {
        1 => Ok(()),
        won => Err(Fault::new(format!(
            "{won} of {} callers at once were answered {winner:?} in place of one",
            answers.len()
        ))),
    }
}

/// No call of a sound store fails, however many race.
impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self(format!("a call failed: {}", whole(&error)))
    }
}

impl From<Lost> for Fault {
    fn from(lost: Lost) -> Self {
        Self(lost.to_string())
    }
}

/// An error with all that is behind it.
pub(crate) fn whole(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.ends_with(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        source = cause.source();
    }
    text
}

/// A check that has not run yet.
pub(crate) struct Planned {
    name: &'static str,
    run: Pin<Box<dyn Future<Output = Verdict> + Send>>,
}

impl Planned {
    /// `name`: begins with the trait's word and the number of the sentence.
    pub(crate) fn new(
        name: &'static str,
        run: impl Future<Output = Verdict> + Send + 'static,
    ) -> Self {
        Self {
            name,
            run: Box::pin(run),
        }
    }
}

/// Runs the checks one after another. Each ends, whatever the implementation does.
///
/// `time_out`: how long each may take.
pub(crate) async fn run(
    contract: &'static str,
    checks: Vec<Planned>,
    time_out: Duration,
    runtime: &Runtime,
) -> Report {
    let mut done = Vec::new();
    let mut left_out = 0_usize;
    for check in checks {
        // One that names no sentence proves none.
        let sentence = sentence_of(check.name).filter(|_| runtime.runs(check.name));
        let Some(sentence) = sentence else {
            left_out = left_out.saturating_add(1);
            continue;
        };
        let running = runtime.start(check.run);
        let broken = match until(running, runtime.wait(time_out)).await {
            Some(Ok(Ok(()))) => None,
            Some(Ok(Err(fault))) => Some(fault.0),
            Some(Err(lost)) => Some(lost.to_string()),
            None => Some(format!(
                "it had not ended after {time_out:?}: a call never ends, or the store needs more of \
                 Runtime::time_out"
            )),
        };
        done.push(Check {
            name: check.name,
            sentence,
            broken,
        });
    }
    Report {
        contract,
        checks: done,
        left_out,
    }
}

/// The answer, unless the end comes first; dropped, the task is given up.
async fn until(
    mut running: Joined<Verdict>,
    mut end: Pin<Box<dyn Future<Output = ()> + Send>>,
) -> Option<Result<Verdict, Lost>> {
    std::future::poll_fn(|context| {
        if let std::task::Poll::Ready(answer) = Pin::new(&mut running).poll(context) {
            return std::task::Poll::Ready(Some(answer));
        }
        end.as_mut().poll(context).map(|()| None)
    })
    .await
}

/// What one check found.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Check {
    name: &'static str,
    sentence: &'static Sentence,
    broken: Option<String>,
}

impl Check {
    /// Its name, which begins with the trait and the number of the sentence.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The sentence that it proves.
    #[must_use]
    pub const fn sentence(&self) -> &'static Sentence {
        self.sentence
    }

    /// What broke; `None` if the sentence held.
    #[must_use]
    pub fn broken(&self) -> Option<&str> {
        self.broken.as_deref()
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.broken {
            None => write!(f, "holds   {}", self.name),
            Some(broken) => write!(
                f,
                "BROKEN  {}\n        {broken}\n        {}",
                self.name, self.sentence
            ),
        }
    }
}

/// Every check of one contract by name, and what broke.
///
/// Printed, it has a line for each; a broken one says which sentence broke, its text, and what that
/// costs.
#[derive(Clone, Debug, Eq, PartialEq)]
#[must_use = "call into_result()"]
pub struct Report {
    contract: &'static str,
    checks: Vec<Check>,
    left_out: usize,
}

impl Report {
    /// Each check, in the order of the sentences.
    #[must_use]
    pub fn checks(&self) -> &[Check] {
        &self.checks
    }

    /// Whether every sentence held.
    ///
    /// # Errors
    ///
    /// [`Broken`], with the checks that did not; also where [`Runtime::only`] left some out, so that
    /// a part of the suite does not pass for the whole.
    pub fn into_result(self) -> Result<(), Broken> {
        let ran = self.checks.len();
        let broken: Vec<Check> = self
            .checks
            .into_iter()
            .filter(|check| check.broken.is_some())
            .collect();
        if broken.is_empty() && self.left_out == 0 {
            return Ok(());
        }
        Err(Broken {
            contract: self.contract,
            ran,
            checks: broken,
            left_out: self.left_out,
        })
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let broken = self.checks.iter().filter(|check| check.broken.is_some());
        let (ran, broken) = (self.checks.len(), broken.count());
        let left_out = self.left_out;
        write!(f, "{}: {ran} checks, {broken} broken", self.contract)?;
        match left_out {
            0 => writeln!(f)?,
            _ => writeln!(f, ", {left_out} left out")?,
        }
        for check in &self.checks {
            writeln!(f, "{check}")?;
        }
        Ok(())
    }
}

/// The checks that broke. Its `Debug` is the list for people, so a test can return it or unwrap it.
#[derive(Clone, Eq, PartialEq)]
pub struct Broken {
    contract: &'static str,
    ran: usize,
    checks: Vec<Check>,
    left_out: usize,
}

impl Broken {
    /// Each broken check.
    #[must_use]
    pub fn checks(&self) -> &[Check] {
        &self.checks
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let broken = self.checks.len();
        write!(
            f,
            "the contract of {} does not hold: {broken} of {} checks are broken",
            self.contract, self.ran
        )?;
        for check in &self.checks {
            write!(f, "\n{check}")?;
        }
        if self.left_out > 0 {
            write!(f, "\n{} checks were left out", self.left_out)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Broken {}
