//! One statement, made until its outcome is known or its tries are used up.
//!
//! ```text
//! answered ─────────────▶ read it: an answer, or once more
//! undone (40001, …) ────▶ once more
//! connection lost ──────▶ once more, and from now on in doubt: an earlier try may have happened,
//!                         so only the stored revision proves anything
//! found to be written ──▶ lock it: a read does not wait for a synchronous standby, a write does
//! anything else ────────▶ the error
//! ```

use std::time::Duration;

use sqlx::{
    Connection, Postgres, Row,
    pool::PoolConnection,
    postgres::{PgArguments, PgRow},
    query::Query,
};
use tokio::time::{Instant, sleep, timeout, timeout_at};

use super::PostgresStore;
use crate::{
    record::Revision,
    store::{StoreError, sql::revision},
};

/// How long a call may take in all.
const CALL_TIMEOUT: Duration = Duration::from_secs(10);

/// The pauses before each further try, in ms, give or take a half. After a lost connection they
/// are longer: another server has to take over.
const PAUSES: [Pause; 5] = [
    Pause {
        undone: 5,
        lost: 10,
    },
    Pause {
        undone: 15,
        lost: 100,
    },
    Pause {
        undone: 50,
        lost: 500,
    },
    Pause {
        undone: 150,
        lost: 1000,
    },
    Pause {
        undone: 400,
        lost: 2000,
    },
];

struct Pause {
    undone: u64,
    lost: u64,
}

/// What is known besides the rows.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Tries {
    /// No other try had an effect.
    Only,
    /// An earlier try may have happened, or may still be about to.
    InDoubt,
    /// An earlier try has happened, and may still be lost with the primary.
    Happened,
}

/// What the rows mean.
pub(super) enum Reading<T> {
    Answer(T),
    /// Nothing yet: make the statement once more.
    Again,
    /// An earlier try has happened.
    Happened,
}

impl PostgresStore {
    /// `random`: a revision, so that those who collided do not collide again. `statement`: where an
    /// earlier try has happened, the one that locks what it wrote.
    pub(super) async fn answer<'q, T>(
        &self,
        random: Revision,
        statement: impl Fn(Tries) -> Query<'q, Postgres, PgArguments>,
        read: impl Fn(&[PgRow], Tries) -> Result<Reading<T>, StoreError>,
    ) -> Result<T, StoreError> {
        let now = Instant::now();
        let end = now.checked_add(CALL_TIMEOUT).unwrap_or(now);
        let mut tries = Tries::Only;
        let mut pauses = PAUSES.iter().zip(random.as_bytes());
        loop {
            let (error, was_lost) = match self.attempt(statement(tries), tries, end).await {
                Ok(rows) => match read(&rows, tries)? {
                    Reading::Answer(answer) => return Ok(answer),
                    Reading::Again => (StoreError::new(MOVING), false),
                    Reading::Happened => {
                        tries = Tries::Happened;
                        continue;
                    }
                },
                Err(Failure::Undone(error)) => (error.into(), false),
                Err(Failure::Lost(error)) => {
                    if tries == Tries::Only {
                        tries = Tries::InDoubt;
                    }
                    (StoreError::new(Unreached(error)), true)
                }
                Err(Failure::Unanswered) => return Err(StoreError::new(UNANSWERED)),
                Err(Failure::Final(error)) => return Err(error),
            };
            let Some((pause, jitter)) = pauses.next() else {
                return Err(error);
            };
            let millis = if was_lost { pause.lost } else { pause.undone };
            let pause = sleep(about(millis, *jitter));
            if pause.deadline() >= end {
                return Err(error);
            }
            pause.await;
        }
    }

    /// Reads to the end of the answer: an error of the commit comes after the rows.
    async fn attempt(
        &self,
        query: Query<'_, Postgres, PgArguments>,
        tries: Tries,
        end: Instant,
    ) -> Result<Vec<PgRow>, Failure> {
        let acquired = timeout_at(end, self.connection(tries)).await;
        let mut asked = acquired.map_err(|_| Failure::Final(StoreError::new(UNREACHED)))??;
        let Some(connection) = asked.0.as_mut() else {
            return Err(Failure::Final(StoreError::new(UNREACHED)));
        };
        let answer = match timeout_at(end, query.fetch_all(&mut **connection)).await {
            Ok(answer) => answer.map_err(Failure::from),
            Err(_) => Err(Failure::Unanswered),
        };
        // It may hang, or lead to where nothing is written any more: not back to the pool.
        if !matches!(answer, Err(Failure::Lost(_) | Failure::Unanswered)) {
            asked.give_back();
        }
        answer
    }

    /// When one connection broke the others may have as well, so each is asked before its use.
    async fn connection(&self, tries: Tries) -> Result<Asked, sqlx::Error> {
        loop {
            let mut asked = Asked(Some(self.pool.acquire().await?));
            if tries == Tries::Only || asked.is_alive().await {
                return Ok(asked);
            }
        }
    }
}

/// A connection whose answer is awaited. Dropped meanwhile, it does not go back to the pool, which
/// would wait for the answer without end and keep its place.
struct Asked(Option<PoolConnection<Postgres>>);

impl Asked {
    async fn is_alive(&mut self) -> bool {
        match &mut self.0 {
            Some(connection) => {
                matches!(timeout(PING_TIMEOUT, connection.ping()).await, Ok(Ok(())))
            }
            None => false,
        }
    }

    /// To the pool, which asks the server once more: a machine that has gone without a word would not
    /// answer, and keep the place for as long as TCP tries.
    fn give_back(&mut self) {
        if let Some(mut connection) = self.0.take() {
            drop(tokio::spawn(timeout(
                PING_TIMEOUT,
                connection.return_to_pool(),
            )));
        }
    }
}

impl Drop for Asked {
    fn drop(&mut self) {
        drop(self.0.take().map(PoolConnection::detach));
    }
}

const PING_TIMEOUT: Duration = Duration::from_secs(1);

/// Names the server beside what the system says, which may be no more than "no such file".
#[derive(Debug, thiserror::Error)]
#[error("PostgreSQL is not reached, or broke off: {0}")]
pub(super) struct Unreached(#[source] pub(super) sqlx::Error);

/// For a read, which has no random bits of its own.
pub(super) const NOT_RANDOM: Revision = Revision::from_bytes([128; 16]);

/// What a conditional write of one row answers: a row with `TRUE` if it wrote, and one with `FALSE`
/// for what lay there when the statement began; in both, the revision.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Outcome {
    /// Nothing was written, and nothing lay there.
    Absent,
    /// Nothing was written, and this lay there.
    Another(Revision),
    /// Nothing was written, and the very revision lay there that was to be written.
    Ours,
    /// This try wrote it.
    Written,
}

pub(super) fn outcome(rows: &[PgRow], ours: Revision) -> Result<Outcome, StoreError> {
    let mut outcome = Outcome::Absent;
    for row in rows {
        if row.try_get(0)? {
            return Ok(Outcome::Written);
        }
        outcome = match revision(row.try_get(1)?)? {
            stored if stored == ours => Outcome::Ours,
            stored => Outcome::Another(stored),
        };
    }
    Ok(outcome)
}

/// An earlier try may have happened, and what lies there now does not tell.
pub(super) fn unknown() -> StoreError {
    StoreError::new("the connection was lost, and whether the statement happened is unknown")
}

const MOVING: &str = "a record changed again and again while it was looked at";
const UNREACHED: &str =
    "PostgreSQL gave no connection in time: is it up, and is the pool large enough?";
const UNANSWERED: &str =
    "PostgreSQL did not answer in time: whether the statement happened is unknown";

/// What a failed try leaves open.
enum Failure {
    /// It cannot be helped by another try.
    Final(StoreError),
    /// Whether it happened is unknown.
    Lost(sqlx::Error),
    /// Whether it happened is unknown, and no time is left to find out.
    Unanswered,
    /// It has not happened.
    Undone(sqlx::Error),
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        let code = error.as_database_error().and_then(|error| error.code());
        match (&error, code.as_deref()) {
            // Serialization failure, deadlock.
            (_, Some("40001" | "40P01")) => Self::Undone(error),
            // Statement completion unknown; shut down, crashed, starting up, idle for too long.
            (_, Some("40003" | "57P01" | "57P02" | "57P03" | "57P05")) => Self::Lost(error),
            // Read-only: no primary any more.
            (_, Some("25006")) => Self::Lost(error),
            (_, Some(code)) if code.starts_with("08") => Self::Lost(error),
            (sqlx::Error::Io(_) | sqlx::Error::Protocol(_), _) => Self::Lost(error),
            (sqlx::Error::PoolTimedOut, _) => Self::Final(StoreError::new(UNREACHED)),
            _ => Self::Final(error.into()),
        }
    }
}

/// From half of it to one and a half.
fn about(millis: u64, jitter: u8) -> Duration {
    let half = Duration::from_millis(millis)
        .checked_div(2)
        .unwrap_or_default();
    let share = f64::from(jitter) / f64::from(u8::MAX);
    half.saturating_add(Duration::from_millis(millis).mul_f64(share))
}
