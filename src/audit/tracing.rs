//! Audit events as events of the crate [`tracing`](https://docs.rs/tracing).

use std::fmt::{self, Write};

use ::tracing::{Level, event as emit};
use time::OffsetDateTime;

use super::{Event, Outcome, Verb};

/// The target of the events, for filters: `backstop::audit=info`.
pub const TARGET: &str = "backstop::audit";

/// Emits an event of the crate tracing for each audit event. For
/// [`Builder::audit`](crate::Builder::audit):
///
/// ```
/// # use backstop::Builder;
/// # fn example(builder: Builder) -> Builder {
/// builder.audit(backstop::audit::to_tracing)
/// # }
/// ```
///
/// Its target is [`TARGET`], its level goes by the outcome: `ERROR` for a failure and a message that
/// was given up; `WARN` for a wrong proof, a lock, a step out of order, a code or ticket that was
/// spent or never was, a client that is not human; `DEBUG` for what happens at every request and in
/// the background (`session`, `settings`, `deliver` and `purge`, when they went well); `INFO` for
/// all else.
///
/// | field | what | when |
/// |---|---|---|
/// | `at` | the time in UTC, to the millisecond (RFC 3339) | always |
/// | `verb`, `outcome` | the names of [`Verb`] and [`Outcome`] in snake case | always |
/// | `event` | the name in the [OWASP Logging Vocabulary](Event::vocabulary) | where there is one |
/// | `account` | the host's key of the user | an account is known |
/// | `actor` | the host's key of a manager, or who the agent of a support case is | somebody else acts on the account |
/// | `session` | the id of the session in 32 hexadecimal digits; it signs nobody in | in a session |
/// | `name` | the [tag](super::NameTag) of the name that was typed | a name was typed |
/// | `label` | [`Client::label`](crate::Client::label) | the host said one |
/// | `method` | what it was proved by | a proof was offered or asked for |
/// | `changes` | what was to be changed, with commas | in `apply` |
/// | `reason`, `left` | why a proof was wrong, the misses that are free | `denied` |
/// | `until` | the end of a lock | `locked` |
/// | `rules` | how many rules are not met | `unmet` |
/// | `taken` | the kind of the unique key | `taken` |
/// | `failure` | the kind of the error | `failed` |
///
/// # Security
///
/// There is no secret in it and nothing that a stranger typed. `account`, `actor` and `label` are the
/// host's texts: control characters and those that turn the direction of a line around are escaped,
/// so that no line of a log can be forged (OWASP ASVS 5.0, 16.4.1), and of a word with an `@` in it
/// only the first character and what stands behind the `@` are told (OWASP, "Logging").
pub fn to_tracing(event: &Event) {
    // The macro wants its level as a constant.
    macro_rules! at_level {
        ($level:expr) => {
            emit!(
                target: TARGET,
                $level,
                at = Utc(event.at).to_string().as_str(),
                verb = snake(event.verb).as_str(),
                outcome = outcome(&event.outcome),
                event = event.vocabulary(),
                actor = event.actor.as_ref().map(|actor| safe(actor.as_str())).as_deref(),
                account = event.account.as_ref().map(|id| safe(id.as_str())).as_deref(),
                session = event.session.map(|id| hex(id.as_bytes())).as_deref(),
                name = event.name.map(|name| name.to_string()).as_deref(),
                label = event.label.as_deref().map(safe).as_deref(),
                method = event.method.map(snake).as_deref(),
                changes = list(&event.changes).as_deref(),
                reason = reason(&event.outcome).as_deref(),
                left = left(&event.outcome),
                until = until(&event.outcome).as_deref(),
                rules = rules(&event.outcome),
                taken = taken(&event.outcome),
                failure = failure(&event.outcome).as_deref(),
            )
        };
    }
    match level(event) {
        Level::ERROR => at_level!(Level::ERROR),
        Level::WARN => at_level!(Level::WARN),
        Level::DEBUG => at_level!(Level::DEBUG),
        _ => at_level!(Level::INFO),
    }
}

const fn level(event: &Event) -> Level {
    match event.outcome {
        Outcome::Failed(_) | Outcome::NotSent => Level::ERROR,
        // A session that has ended is an open page of yesterday.
        Outcome::Ended if event.verb.is_of_session() => Level::INFO,
        Outcome::Denied { .. }
        | Outcome::Ended
        | Outcome::Locked { .. }
        | Outcome::NotAllowed
        | Outcome::NotHuman
        | Outcome::Unproven => Level::WARN,
        Outcome::Accepted
            if matches!(
                event.verb,
                Verb::Deliver | Verb::Purge | Verb::Session | Verb::Settings
            ) =>
        {
            Level::DEBUG
        }
        Outcome::Abandoned
        | Outcome::Accepted
        | Outcome::NotChanged
        | Outcome::SecondFactor
        | Outcome::Taken(_)
        | Outcome::Unfit
        | Outcome::Unmet { .. } => Level::INFO,
    }
}

const fn outcome(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Abandoned => "abandoned",
        Outcome::Accepted => "accepted",
        Outcome::Denied { .. } => "denied",
        Outcome::Ended => "ended",
        Outcome::Failed(_) => "failed",
        Outcome::Locked { .. } => "locked",
        Outcome::NotAllowed => "not_allowed",
        Outcome::NotChanged => "not_changed",
        Outcome::NotHuman => "not_human",
        Outcome::NotSent => "not_sent",
        Outcome::SecondFactor => "second_factor",
        Outcome::Taken(_) => "taken",
        Outcome::Unfit => "unfit",
        Outcome::Unmet { .. } => "unmet",
        Outcome::Unproven => "unproven",
    }
}

fn reason(outcome: &Outcome) -> Option<String> {
    match outcome {
        Outcome::Denied { reason, .. } => Some(snake(reason)),
        _ => None,
    }
}

const fn left(outcome: &Outcome) -> Option<u32> {
    match outcome {
        Outcome::Denied { left, .. } => *left,
        _ => None,
    }
}

fn until(outcome: &Outcome) -> Option<String> {
    match outcome {
        Outcome::Locked { until } => Some(Utc(*until).to_string()),
        _ => None,
    }
}

fn rules(outcome: &Outcome) -> Option<u64> {
    match outcome {
        Outcome::Unmet { rules } => u64::try_from(*rules).ok(),
        _ => None,
    }
}

const fn taken(outcome: &Outcome) -> Option<&'static str> {
    match outcome {
        Outcome::Taken(kind) => Some(kind.as_str()),
        _ => None,
    }
}

fn failure(outcome: &Outcome) -> Option<String> {
    match outcome {
        Outcome::Failed(failure) => Some(snake(failure)),
        _ => None,
    }
}

fn list(changes: &[impl fmt::Debug]) -> Option<String> {
    let names: Vec<String> = changes.iter().map(snake).collect();
    (!names.is_empty()).then(|| names.join(","))
}

/// The name of a variant without fields, as fields of a log are written: `SignIn` is `sign_in`.
fn snake(variant: impl fmt::Debug) -> String {
    let mut name = String::new();
    for c in format!("{variant:?}").chars() {
        if c.is_ascii_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(c.to_ascii_lowercase());
    }
    name
}

fn hex(bytes: &[u8]) -> String {
    let mut digits = String::new();
    for byte in bytes {
        // A String takes whatever is written to it.
        let _always = write!(digits, "{byte:02x}");
    }
    digits
}

/// A text of the host's in one line that is what it looks like, without e-mail addresses.
fn safe(text: &str) -> String {
    let mut line = String::new();
    for (at, word) in text.split(' ').enumerate() {
        if at > 0 {
            line.push(' ');
        }
        let shown = match (word.chars().next(), word.rsplit_once('@')) {
            (Some(first), Some((local, host))) if !local.is_empty() => format!("{first}***@{host}"),
            _ => word.to_owned(),
        };
        for c in shown.chars() {
            if is_plain(c) {
                line.push(c);
            } else {
                line.extend(c.escape_unicode());
            }
        }
    }
    line
}

/// Neither ends a line, nor is a control, nor hides or turns around what stands beside it.
fn is_plain(c: char) -> bool {
    !c.is_control()
        && !matches!(
            c,
            '\u{ad}'
                | '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

/// RFC 3339, in UTC.
struct Utc(OffsetDateTime);

impl fmt::Display for Utc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = self.0.to_offset(time::UtcOffset::UTC);
        write!(
            f,
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
            at.year(),
            u8::from(at.month()),
            at.day(),
            at.hour(),
            at.minute(),
            at.second(),
            at.millisecond()
        )
    }
}
