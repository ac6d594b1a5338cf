//! What a host writes: a page for each verb. Here each page says one line, which must be what the
//! tour told.

use std::{
    path::Path,
    sync::atomic::{AtomicU64, Ordering},
};

use backstop::{
    Accounts, Advice, Apply, Changes, Client, NewPassword, Password, Proof, Prove, Register,
    ServiceKey, SessionStatus, SignIn, SignedIn, SqliteStore, Ticket, name::KeyKind, policy::Unmet,
};
use time::OffsetDateTime;

use crate::stage::{Clock, Log, Told, date_and_time, shown};

pub(crate) const EXPIRED: &str = "This page has expired. Open the settings again.";
pub(crate) const SIGNED_OUT: &str = "You are signed out. Sign in again.";

pub(crate) struct Service {
    pub(crate) accounts: Accounts,
    pub(crate) clock: Clock,
    /// The host's next free key of a user.
    next_id: AtomicU64,
}

impl Service {
    pub(crate) async fn start(database: &Path, clock: &Clock, log: &Log) -> Told<Self> {
        // A service reads its key from its environment: `openssl rand -base64 32`.
        let key: ServiceKey = "k1r1hMVHn5Z6aIZ0MZg0oBqLxm5sR8ikf0xJmNDT8pc=".parse()?;
        let (time, log) = (clock.clone(), log.clone());
        let accounts = Accounts::builder(SqliteStore::open(database).await?, key)
            .clock(move || time.now())
            .audit(move |event| log.push(event))
            .build()?;
        Ok(Self {
            accounts,
            clock: clock.clone(),
            next_id: AtomicU64::new(42),
        })
    }

    pub(crate) async fn register(
        &self,
        did: &str,
        name: &str,
        typed: [&str; 2],
        told: &str,
    ) -> Told<Option<SignedIn>> {
        let Some(password) = both_fields(did, typed, told)? else {
            return Ok(None);
        };
        let id = self.next_id.fetch_add(1, Ordering::SeqCst).to_string();
        let client = Client::new().label("Safari, Uppsala");
        let answer = self
            .accounts
            .register(id.parse()?, name.parse()?, password, &client)
            .await?;
        let (says, signed_in) = match answer {
            Register::Registered(signed_in) => ("Welcome.".to_owned(), Some(signed_in)),
            Register::Taken(KeyKind::Skeleton) => {
                ("This name looks like one that is taken.".to_owned(), None)
            }
            Register::Taken(_) => ("This name is taken.".to_owned(), None),
            Register::Unmet(rules) => (sentences(&rules), None),
            _ => return Err("an answer that the tour does not know".into()),
        };
        shown(did, &says, told)?;
        Ok(signed_in)
    }

    pub(crate) async fn sign_in(
        &self,
        did: &str,
        name: &str,
        typed: &str,
        told: &str,
    ) -> Told<Option<SignedIn>> {
        let client = Client::new().label("Firefox, Uppsala");
        let answer = self
            .accounts
            .sign_in(&name.parse()?, &Password::new(typed)?, &client)
            .await?;
        let (says, signed_in) = match answer {
            SignIn::Accepted(signed_in) => {
                let advice = match signed_in.advice() {
                    Some(Advice::ChangePassword { set_at }) => {
                        format!(
                            " Your password is of {}: think of a new one.",
                            set_at.date()
                        )
                    }
                    _ => String::new(),
                };
                (format!("You are signed in.{advice}"), Some(signed_in))
            }
            SignIn::Denied { left } => (
                format!(
                    "Wrong name or password. You have {} before a wait.",
                    tries(left)
                ),
                None,
            ),
            SignIn::Locked { until } => {
                let wait = (until - self.clock.now()).whole_seconds();
                (format!("Too many tries. Try again in {wait} s."), None)
            }
            _ => return Err("an answer that the tour does not know".into()),
        };
        shown(did, &says, told)?;
        Ok(signed_in)
    }

    pub(crate) async fn visit(&self, did: &str, cookie: &SignedIn, told: &str) -> Told {
        let says = match self.session(cookie).await? {
            SessionStatus::Live(session) => format!("Hello, {}.", session.user_name()),
            SessionStatus::Ended => SIGNED_OUT.to_owned(),
        };
        shown(did, &says, told)
    }

    pub(crate) async fn settings(&self, cookie: &SignedIn) -> Told<Ticket> {
        match self.session(cookie).await? {
            SessionStatus::Live(session) => Ok(self.accounts.settings(&session)?),
            SessionStatus::Ended => Err("a session ended too early".into()),
        }
    }

    pub(crate) async fn prove(
        &self,
        did: &str,
        ticket: &Ticket,
        typed: &str,
        told: &str,
    ) -> Told<Option<Ticket>> {
        let proof = Proof::CurrentPassword(Password::new(typed)?);
        let (says, ticket) = match self.accounts.prove(ticket, proof).await? {
            Prove::Accepted(ticket) => ("Right. Choose a new one.".to_owned(), Some(ticket)),
            Prove::Denied { left } => (
                format!(
                    "This is not your current password. You have {}.",
                    tries(left)
                ),
                None,
            ),
            Prove::Expired => (EXPIRED.to_owned(), None),
            Prove::Locked { until } => (locked(until)?, None),
            _ => return Err("an answer that the tour does not know".into()),
        };
        shown(did, &says, told)?;
        Ok(ticket)
    }

    pub(crate) async fn apply(
        &self,
        did: &str,
        ticket: &Ticket,
        typed: [&str; 2],
        told: &str,
    ) -> Told<Option<SignedIn>> {
        let Some(password) = both_fields(did, typed, told)? else {
            return Ok(None);
        };
        let changes = Changes::new().password(password);
        let (says, signed_in) = match self.accounts.apply(ticket, changes).await? {
            Apply::Applied(signed_in) => ("Your password is changed.".to_owned(), Some(signed_in)),
            Apply::Expired => (EXPIRED.to_owned(), None),
            Apply::Locked { until } => (locked(until)?, None),
            Apply::Unmet(rules) => (sentences(&rules), None),
            Apply::Unproven => ("Type your current password first.".to_owned(), None),
            _ => return Err("an answer that the tour does not know".into()),
        };
        shown(did, &says, told)?;
        Ok(signed_in)
    }

    /// What a cookie brings back is text.
    async fn session(&self, cookie: &SignedIn) -> Told<SessionStatus> {
        Ok(self
            .accounts
            .session(&cookie.token().expose().parse()?)
            .await?)
    }
}

/// The new password, or none where the page says at once why it cannot be one.
fn both_fields(did: &str, [first, second]: [&str; 2], told: &str) -> Told<Option<NewPassword>> {
    match NewPassword::typed_twice(first, second) {
        Ok(password) => Ok(Some(password)),
        Err(refusal) => {
            let text = refusal.to_string();
            let mut letters = text.chars();
            let capital = letters.next().into_iter().flat_map(char::to_uppercase);
            let says: String = capital.chain(letters).chain(['.']).collect();
            shown(did, &says, told)?;
            Ok(None)
        }
    }
}

/// All that a password lacks, in the order in which the library tells it.
fn sentences(unmet: &[Unmet]) -> String {
    let sentences: Vec<String> = unmet.iter().map(sentence).collect();
    sentences.join(" ")
}

fn sentence(rule: &Unmet) -> String {
    match rule {
        Unmet::Common => "Many people use it.".to_owned(),
        Unmet::Guessable { .. } => "It is too easy to guess.".to_owned(),
        Unmet::Name => "It must not contain your name, not even backwards.".to_owned(),
        Unmet::NoDigit => "It needs a digit.".to_owned(),
        Unmet::NoLowercase => "It needs a lower-case letter.".to_owned(),
        Unmet::NoSpecial => "It needs a special character.".to_owned(),
        Unmet::NoUppercase => "It needs an upper-case letter.".to_owned(),
        Unmet::TooLong { max, len } => format!("It has {len} characters; {max} fit."),
        Unmet::TooShort { min, len } => format!("It has {len} characters; it needs {min}."),
        _ => "It does not meet the rules.".to_owned(),
    }
}

fn tries(left: u32) -> String {
    match left {
        0 => "no more tries".to_owned(),
        1 => "1 more try".to_owned(),
        _ => format!("{left} more tries"),
    }
}

fn locked(until: OffsetDateTime) -> Told<String> {
    let until = date_and_time(until)?;
    Ok(format!(
        "Locked until {until}. Until then your password stays as it is."
    ))
}
