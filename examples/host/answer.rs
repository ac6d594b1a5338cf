//! What goes out: a status for programs, a word for the page's script, a sentence for its reader.
//!
//! | status | what it means |
//! |---|---|
//! | 200 | done; what was changed is durable |
//! | 400 | what was typed cannot be read |
//! | 401 | wrong, or not signed in |
//! | 403 | prove more first |
//! | 409, 422 | taken; against the rules |
//! | 410 | the ticket has ended: start over |
//! | 429 | too many tries: not before `until` |
//! | 501 | an answer that this service does not handle, such as a second factor |
//! | 503 | try again; nothing was done, unless it `failed` and an answer of the database was lost |
//! | 500 | somebody has to look at it |

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use backstop::{
    Apply, Challenged, Error, Issue, Locale, Localize, Prove, Recover, Register, Session, SignIn,
    SignInOnce, SignedIn,
};
use serde_json::{Map, Value};
use time::OffsetDateTime;

/// The reader's language is for the host to find out, as from `Accept-Language`.
const READER: Locale = Locale::English;

pub(crate) struct Answer {
    status: StatusCode,
    body: Map<String, Value>,
}

impl Answer {
    pub(crate) fn new(status: StatusCode, answer: &str, says: &str) -> Self {
        let body = Map::default();
        Self { status, body }
            .with("answer", answer)
            .with("says", says)
    }

    fn of(status: StatusCode, answer: &str, outcome: &impl Localize) -> Self {
        Self::new(status, answer, &outcome.message(READER))
    }

    fn with(mut self, field: &str, value: impl Into<Value>) -> Self {
        self.body.insert(field.to_owned(), value.into());
        self
    }

    fn with_session(self, signed_in: &SignedIn) -> Self {
        self.with("session", signed_in.token().expose())
            .with("device", signed_in.device().expose())
    }

    fn locked(until: OffsetDateTime, outcome: &impl Localize) -> Self {
        Self::of(StatusCode::TOO_MANY_REQUESTS, "locked", outcome)
            .with("until", until.unix_timestamp())
    }

    pub(crate) fn ended() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "ended", "Sign in again.")
    }

    pub(crate) fn live(session: &Session) -> Self {
        Self::new(StatusCode::OK, "live", "You are signed in.").with("name", session.user_name())
    }

    pub(crate) fn started(ticket: &backstop::Ticket) -> Self {
        Self::new(StatusCode::OK, "started", "").with("ticket", ticket.expose())
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(self.body)).into_response();
        // Tokens and codes are in it.
        let never = HeaderValue::from_static("no-store");
        response.headers_mut().insert(header::CACHE_CONTROL, never);
        response
    }
}

impl From<Error> for Answer {
    fn from(error: Error) -> Self {
        let (status, answer) = match &error {
            Error::Overloaded => (StatusCode::SERVICE_UNAVAILABLE, "busy"),
            error if error.is_retryable() => (StatusCode::SERVICE_UNAVAILABLE, "failed"),
            Error::NotOffered | Error::NothingToChange => (StatusCode::BAD_REQUEST, "not_offered"),
            _ => (StatusCode::INTERNAL_SERVER_ERROR, "failed"),
        };
        Self::of(status, answer, &error)
    }
}

impl From<Register> for Answer {
    fn from(outcome: Register) -> Self {
        match &outcome {
            Register::Registered(signed_in) => {
                Self::of(StatusCode::OK, "registered", &outcome).with_session(signed_in)
            }
            Register::Taken(_) => Self::of(StatusCode::CONFLICT, "taken", &outcome),
            Register::Unmet(_) => Self::of(StatusCode::UNPROCESSABLE_ENTITY, "unmet", &outcome),
            _ => Self::newer(&outcome),
        }
    }
}

impl From<SignIn> for Answer {
    fn from(outcome: SignIn) -> Self {
        match &outcome {
            SignIn::Accepted(signed_in) => {
                Self::of(StatusCode::OK, "accepted", &outcome).with_session(signed_in)
            }
            SignIn::Denied { .. } => Self::of(StatusCode::UNAUTHORIZED, "denied", &outcome),
            SignIn::Locked { until } => Self::locked(*until, &outcome),
            _ => Self::newer(&outcome),
        }
    }
}

impl From<SignInOnce> for Answer {
    fn from(outcome: SignInOnce) -> Self {
        match &outcome {
            SignInOnce::Accepted(signed_in) => {
                Self::of(StatusCode::OK, "accepted", &outcome).with_session(signed_in)
            }
            SignInOnce::Expired => Self::of(StatusCode::GONE, "expired", &outcome),
            SignInOnce::TooLate | SignInOnce::Unproven => {
                Self::of(StatusCode::FORBIDDEN, "unproven", &outcome)
            }
            _ => Self::newer(&outcome),
        }
    }
}

impl From<Recover> for Answer {
    fn from(outcome: Recover) -> Self {
        match &outcome {
            Recover::Started(ticket) => Self::started(ticket),
            _ => Self::of(StatusCode::FORBIDDEN, "not_human", &outcome),
        }
    }
}

impl From<Challenged> for Answer {
    fn from(outcome: Challenged) -> Self {
        match &outcome {
            Challenged::Question(id) => {
                Self::of(StatusCode::OK, "question", &outcome).with("question", id.as_str())
            }
            Challenged::Sent => Self::of(StatusCode::OK, "sent", &outcome),
            Challenged::Expired => Self::of(StatusCode::GONE, "expired", &outcome),
            _ => Self::of(StatusCode::FORBIDDEN, "unproven", &outcome),
        }
    }
}

impl From<Prove> for Answer {
    fn from(outcome: Prove) -> Self {
        match &outcome {
            Prove::Accepted(ticket) => {
                Self::of(StatusCode::OK, "accepted", &outcome).with("ticket", ticket.expose())
            }
            Prove::Denied { left } => {
                Self::of(StatusCode::UNAUTHORIZED, "denied", &outcome).with("left", *left)
            }
            Prove::Expired => Self::of(StatusCode::GONE, "expired", &outcome),
            Prove::Locked { until } => Self::locked(*until, &outcome),
            Prove::Waiting { ticket, until } => Self::of(StatusCode::OK, "waiting", &outcome)
                .with("ticket", ticket.expose())
                .with("until", until.unix_timestamp()),
            _ => Self::newer(&outcome),
        }
    }
}

impl From<Issue> for Answer {
    fn from(outcome: Issue) -> Self {
        match &outcome {
            Issue::Issued(code) => Self::of(StatusCode::OK, "issued", &outcome)
                .with("security_code", code.expose().as_str()),
            Issue::AlreadySet => Self::of(StatusCode::CONFLICT, "already_set", &outcome),
            Issue::Expired => Self::of(StatusCode::GONE, "expired", &outcome),
            _ => Self::of(StatusCode::FORBIDDEN, "unproven", &outcome),
        }
    }
}

impl From<Apply> for Answer {
    fn from(outcome: Apply) -> Self {
        match &outcome {
            Apply::Applied(signed_in) => {
                Self::of(StatusCode::OK, "applied", &outcome).with_session(signed_in)
            }
            Apply::Recovered(device) => {
                Self::of(StatusCode::OK, "recovered", &outcome).with("device", device.expose())
            }
            Apply::Expired => Self::of(StatusCode::GONE, "expired", &outcome),
            Apply::Locked { until } | Apply::Waiting { until } => Self::locked(*until, &outcome),
            Apply::Taken(_) => Self::of(StatusCode::CONFLICT, "taken", &outcome),
            Apply::Mistyped => Self::of(StatusCode::UNAUTHORIZED, "denied", &outcome),
            Apply::Unmet { .. } => Self::of(StatusCode::UNPROCESSABLE_ENTITY, "unmet", &outcome),
            _ => Self::of(StatusCode::FORBIDDEN, "unproven", &outcome),
        }
    }
}

impl Answer {
    /// An outcome of what this service does not offer, such as a second factor.
    fn newer(outcome: &impl Localize) -> Self {
        Self::of(StatusCode::NOT_IMPLEMENTED, "not_offered", outcome)
    }
}
