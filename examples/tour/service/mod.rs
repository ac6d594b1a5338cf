//! What a host writes: a page for each verb. Here each page says one line, which must be what the
//! tour told.

mod changing;
mod words;

use std::{
    path::Path,
    sync::atomic::{AtomicU64, Ordering},
};

use backstop::{
    Accounts, Advice, Client, MemorySender, NewPassword, Password, Register, ServiceKey,
    SessionStatus, SignIn, SignedIn, SqliteStore, Ticket, name::KeyKind,
};

use crate::{
    letter::Letter,
    log::Log,
    stage::{Clock, Told, check},
};
pub(crate) use words::{
    CHANGED, DIFFER, EXPIRED, RECOVERED, RIGHT, SENT, SIGNED_IN, SIGNED_OUT, UNPROVEN, shown,
};
use words::{sentence_of, sentences, tries};

pub(crate) struct Service {
    pub(crate) accounts: Accounts,
    pub(crate) clock: Clock,
    sender: MemorySender,
    /// The host's next free key of a user.
    next_id: AtomicU64,
}

impl Service {
    pub(crate) async fn start(database: &Path, clock: &Clock, log: &Log) -> Told<Self> {
        let sender = MemorySender::new();
        // A service reads its key from its environment: `openssl rand -base64 32`.
        let key: ServiceKey = "k1r1hMVHn5Z6aIZ0MZg0oBqLxm5sR8ikf0xJmNDT8pc=".parse()?;
        let (time, log) = (clock.clone(), log.clone());
        let accounts = Accounts::builder(SqliteStore::open(database).await?, sender.clone(), key)
            .link_base("https://shop.example/recover")?
            .clock(move || time.now())
            .audit(move |event| log.push(event))
            .build()?;
        Ok(Self {
            accounts,
            clock: clock.clone(),
            sender,
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

    /// What a cookie brings back is text.
    async fn session(&self, cookie: &SignedIn) -> Told<SessionStatus> {
        Ok(self
            .accounts
            .session(&cookie.token().expose().parse()?)
            .await?)
    }

    /// The mails that waited. Of each only the subject is printed here, and which secrets it holds;
    /// the other examples print them whole. A service spawns a courier instead.
    pub(crate) async fn mail(&self, told: &[(&str, &str)]) -> Told<Vec<Letter>> {
        self.accounts.deliver_due().await?;
        let letters: Vec<Letter> = self.sender.take().iter().map(Letter::from).collect();
        check(letters.len() == told.len(), "as many mails as told")?;
        for (letter, (to, subject)) in letters.iter().zip(told) {
            let held = [
                (letter.code().is_ok(), " [code]"),
                (letter.link("prove").is_ok(), " [link]"),
                (letter.text.contains("To stop it"), " [stop]"),
            ];
            let held: String = held
                .iter()
                .filter(|(is, _)| *is)
                .map(|(_, tag)| *tag)
                .collect();
            let says = format!("{}{held}", letter.subject);
            check(letter.to == *to, to)?;
            shown(&format!("@ {to}"), &says, subject)?;
        }
        Ok(letters)
    }

    /// The one mail that waited.
    pub(crate) async fn one_mail(&self, to: &str, subject: &str) -> Told<Letter> {
        let mut letters = self.mail(&[(to, subject)]).await?;
        Ok(letters.remove(0))
    }
}

/// The new password, or none where the page says at once why it cannot be one.
fn both_fields(did: &str, [first, second]: [&str; 2], told: &str) -> Told<Option<NewPassword>> {
    match NewPassword::typed_twice(first, second) {
        Ok(password) => Ok(Some(password)),
        Err(refusal) => {
            shown(did, &sentence_of(&refusal), told)?;
            Ok(None)
        }
    }
}
