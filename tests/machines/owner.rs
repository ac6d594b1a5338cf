//! Somebody who uses the service, and remembers what they were told.

use std::{sync::Arc, time::Duration};

use serde_json::{Value, json};
use tokio::time::sleep;

use crate::{
    World,
    browser::{Browser, Heard, text},
    ledger::Told,
    population::{FIRST_PASSWORD, HINT, Person, QUESTION, address_of},
};

pub(crate) const PASSWORD_CHANGED: &str = "Your password was changed";
pub(crate) const EMAIL_CHANGED: &str = "Your security e-mail was changed";
pub(crate) const HINT_ANSWERED: &str = "Somebody answered your hint question";
pub(crate) const HINT_CHANGED: &str = "Your hint question was changed";
pub(crate) const CODE_USED: &str = "Your security code was used";
const CODE_TO_CHANGE: &str = "Your code to change your account";
const CODE_TO_CONFIRM: &str = "Your code to confirm this address";

pub(crate) struct Owner {
    pub(crate) browser: Browser,
    pub(crate) name: String,
    pub(crate) password: Known,
    /// None yet: empty.
    pub(crate) email: Known,
    /// The answer to the question; none yet: empty.
    pub(crate) hint: Known,
    /// The security code on paper.
    pub(crate) code: Option<String>,
    /// Of notices that had not come when the next change of their kind began: the labels.
    late: Vec<String>,
}

/// A credential: what was acknowledged last, and what may have come after it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Known {
    pub(crate) is: String,
    pub(crate) maybe: Vec<String>,
}

impl Known {
    pub(crate) fn new(is: impl Into<String>) -> Self {
        Self {
            is: is.into(),
            maybe: Vec::new(),
        }
    }

    /// What is acknowledged later was decided on what was there: nothing of before comes any more.
    pub(crate) fn acknowledge(&mut self, new: String) {
        *self = Self::new(new);
    }
}

impl Owner {
    pub(crate) fn settled(world: &Arc<World>, person: Person, seed: u64) -> Self {
        let mut owner = Self::new(world, person.name, FIRST_PASSWORD, seed);
        owner.email = Known::new(address_of(&owner.name));
        owner.hint = Known::new(HINT);
        owner.code = Some(person.code);
        owner.browser.session = Some(person.session);
        owner
    }

    pub(crate) fn new(world: &Arc<World>, name: String, password: &str, seed: u64) -> Self {
        Self {
            browser: Browser::new(world, seed),
            name,
            password: Known::new(password),
            email: Known::default(),
            hint: Known::default(),
            code: None,
            late: Vec::new(),
        }
    }

    pub(crate) fn world(&self) -> Arc<World> {
        Arc::clone(&self.browser.world)
    }

    pub(crate) fn broken(&self, what: &str) {
        let (name, password, email) = (&self.name, &self.password, &self.email);
        let what = format!("{name}: {what} (password {password:?}, e-mail {email:?})");
        self.world().ledger.broken(what);
    }

    pub(crate) fn new_password(&mut self) -> String {
        format!("Amber-{}-orchards", 1_000 + self.browser.below(9_000))
    }

    /// In any order: a password, another address, a hint, with sign-ins between them; then it is all
    /// forgotten, and recovered.
    pub(crate) async fn play(&mut self) {
        let first = self.browser.below(3);
        for step in 0..3 {
            match (first + step) % 3 {
                0 => self.change_password().await,
                1 => self.change_email().await,
                _ => self.change_hint().await,
            }
            self.miss().await;
            self.sign_in().await;
        }
        self.recover_by_mail().await;
        self.sign_in().await;
    }

    /// A wrong password.
    async fn miss(&mut self) {
        let typed = json!({ "name": self.name, "password": "Amber-1-orchard" });
        if let Heard::Answer(status @ (200 | 400), _) =
            self.browser.ask("/sign-in", Some(typed)).await
        {
            self.broken(&format!("a wrong password was answered with {status}"));
        }
    }

    /// With what was acknowledged, or with what may have come after it.
    pub(crate) async fn sign_in(&mut self) -> bool {
        let mut typed = vec![self.password.is.clone()];
        typed.extend(self.password.maybe.clone());
        for (at, password) in typed.iter().enumerate() {
            if let Some(session) = self.try_sign_in(&self.name.clone(), password).await {
                self.browser.session = Some(session);
                self.world().ledger.count("sign-ins");
                if at > 0 {
                    self.password.is.clone_from(password);
                    self.password.maybe.drain(..at);
                }
                return true;
            }
        }
        self.broken("an acknowledged password does not sign in");
        false
    }

    /// Waits while there is a delay.
    pub(crate) async fn try_sign_in(&mut self, name: &str, password: &str) -> Option<String> {
        let typed = json!({ "name": name, "password": password });
        for _ in 0..300 {
            let (status, answer) = self
                .browser
                .ask_again("/sign-in", Some(typed.clone()))
                .await;
            match status {
                200 => return Some(text(&answer, "session")),
                429 if !self.world().ledger.is_broken() => sleep(Duration::from_millis(200)).await,
                _ => return None,
            }
        }
        None
    }

    /// A ticket of the session, with the password proved. `None`: not now.
    pub(crate) async fn proved(&mut self) -> Option<String> {
        for _ in 0..8 {
            let (status, begun) = self.browser.ask_again("/settings", Some(json!({}))).await;
            if status == 401 {
                self.sign_in().await;
                continue;
            }
            let proof = json!({ "current_password": self.password.is });
            match self.browser.prove(&text(&begun, "ticket"), proof).await {
                Heard::Answer(200, proved) => return Some(text(&proved, "ticket")),
                // The session is of before a change that may have been made.
                Heard::Answer(401, _) if !self.password.maybe.is_empty() => {
                    self.sign_in().await;
                }
                Heard::Answer(410, _) | Heard::Unknown => {}
                // What a killed host had begun to compare counts for two minutes.
                Heard::Answer(429, _) if self.browser.world.is_rough => return self.not_now(),
                Heard::Answer(status, answer) => {
                    self.broken(&format!("the password was answered with {status} {answer}"));
                    return None;
                }
            }
        }
        self.not_now()
    }

    pub(crate) fn not_now<T>(&self) -> Option<T> {
        if !self.browser.world.is_rough {
            self.broken("a step had to be put off");
        }
        self.world().ledger.count("steps put off by a fault");
        None
    }

    /// Sends a change. What is answered is remembered. `None`: start over, or give up.
    pub(crate) async fn apply(&mut self, ticket: &str, change: Value) -> Option<Applied> {
        let mut body = change;
        body["ticket"] = ticket.into();
        match self.browser.ask("/apply", Some(body)).await {
            Heard::Answer(200, answer) => {
                self.world().ledger.count("changes acknowledged");
                self.replaces_late_notices();
                let new = text(&answer, "session");
                let before = self.browser.session.take();
                self.browser.session = (!new.is_empty()).then_some(new);
                if let Some(before) = before {
                    self.is_dead(&before).await;
                }
                Some(Applied::Yes)
            }
            Heard::Answer(410, _) if self.browser.world.is_rough => None,
            Heard::Answer(status, answer) => {
                self.broken(&format!("a change was answered with {status} {answer}"));
                None
            }
            Heard::Unknown => {
                self.world().ledger.count("changes with unknown outcome");
                self.replaces_late_notices();
                Some(Applied::Maybe)
            }
        }
    }

    /// A session of before a change is dead at once, wherever it is asked about.
    async fn is_dead(&mut self, session: &str) {
        for host in 0..self.browser.world.hosts.count() {
            if self.browser.session_at(host, session).await == Some(200) {
                self.broken("a session outlived a change");
            }
        }
        let world = self.world();
        world.ledger.entries().dead.push(session.to_owned());
    }

    async fn change_password(&mut self) {
        let Some(label) = self.begin(PASSWORD_CHANGED).await else {
            return;
        };
        let Some(ticket) = self.proved().await else {
            return;
        };
        let new = self.new_password();
        let change = json!({ "password": [new, new] });
        match self.apply(&ticket, change).await {
            Some(Applied::Yes) => {
                self.password.acknowledge(new);
                self.told(&label, &[PASSWORD_CHANGED]);
            }
            Some(Applied::Maybe) => {
                self.password.maybe.push(new.clone());
                self.sign_in().await;
                if self.password.is == new {
                    self.told(&label, &[PASSWORD_CHANGED]);
                }
            }
            None => {}
        }
    }

    pub(crate) async fn change_hint(&mut self) {
        let Some(label) = self.begin(HINT_CHANGED).await else {
            return;
        };
        let Some(ticket) = self.proved().await else {
            return;
        };
        let new = format!("Torvald Silfver {}", self.browser.below(1_000_000));
        let hint = json!({ "question": QUESTION, "answer": new });
        match self.apply(&ticket, json!({ "hint": hint })).await {
            Some(Applied::Yes) => {
                self.hint.acknowledge(new);
                self.told(&label, &[HINT_CHANGED]);
            }
            Some(Applied::Maybe) => self.hint.maybe.push(new),
            None => {}
        }
    }

    /// The password, a code to the address of today if there is one, a code to the new one.
    pub(crate) async fn change_email(&mut self) {
        let Some(label) = self.begin(EMAIL_CHANGED).await else {
            return;
        };
        let Some(mut ticket) = self.proved().await else {
            return;
        };
        let old = self.email.is.clone();
        let new = format!(
            "new.{}.{}@shop.example",
            self.name,
            self.browser.below(1_000)
        );
        let mut asked = Vec::new();
        if !old.is_empty() {
            asked.push((
                "security_email",
                json!("security_email"),
                old.clone(),
                CODE_TO_CHANGE,
            ));
        }
        let to_new = json!({ "new_email": new });
        asked.push(("new_email", to_new, new.clone(), CODE_TO_CONFIRM));
        for (method, challenge, to, subject) in asked {
            let (status, answer) = self.browser.challenge(&ticket, challenge).await;
            if status == 410 && self.browser.world.is_rough {
                return self.not_now().unwrap_or(());
            }
            if status != 200 {
                self.broken(&format!("{method}: {status} {answer}"));
                return;
            }
            let world = self.world();
            let Some(mail) = world.mails.wait(world.patience(), &to, subject, "").await else {
                return self.not_now().unwrap_or(());
            };
            let proof = json!({ method: mail.code() });
            match self.browser.prove(&ticket, proof).await {
                Heard::Answer(200, proved) => ticket = text(&proved, "ticket"),
                Heard::Answer(410 | 429, _) | Heard::Unknown => {
                    return self.not_now().unwrap_or(());
                }
                Heard::Answer(status, answer) => {
                    return self.broken(&format!("a mailed code: {status} {answer}"));
                }
            }
        }
        let applied = self.apply(&ticket, json!({ "email": true })).await;
        let is_changed = match applied {
            Some(Applied::Yes) => true,
            Some(Applied::Maybe) => {
                let password = self.password.is.clone();
                self.try_sign_in(&new, &password).await.is_some()
            }
            None => return,
        };
        if is_changed {
            if !old.is_empty() {
                self.told(&label, &[EMAIL_CHANGED]);
            }
            self.email.acknowledge(new);
            self.told(&label, &[EMAIL_CHANGED]);
        } else {
            self.email.maybe.push(new);
        }
    }

    /// A new label, once the notices of this kind that are on their way have come. `None`: it is not
    /// known which address they go to.
    pub(crate) async fn begin(&mut self, subject: &'static str) -> Option<String> {
        let world = self.world();
        self.late.clear();
        let own = |told: &Told| told.subject == subject && told.to == self.email.is;
        let before: Vec<Told> = world
            .ledger
            .entries()
            .told
            .iter()
            .filter(|told| own(told))
            .cloned()
            .collect();
        for told in before {
            let came = world
                .mails
                .wait(world.patience(), &told.to, subject, &told.label)
                .await;
            if came.is_none() {
                if !world.is_rough {
                    self.broken(&format!("no mail: {told:?}"));
                }
                self.late.push(told.label);
            }
        }
        Some(self.browser.relabel())
    }

    /// A change was made, or may have been: its notices take the place of those of their kind.
    pub(crate) fn replaces_late_notices(&mut self) {
        let late = std::mem::take(&mut self.late);
        for entry in &mut self.world().ledger.entries().told {
            entry.is_replaced |= late.contains(&entry.label);
        }
    }

    /// Every contact is to be told of these.
    pub(crate) fn told(&self, label: &str, subjects: &[&'static str]) {
        if self.email.is.is_empty() || !self.email.maybe.is_empty() {
            return;
        }
        let world = self.world();
        world
            .ledger
            .entries()
            .told
            .extend(subjects.iter().map(|&subject| Told {
                to: self.email.is.clone(),
                subject,
                label: label.to_owned(),
                is_replaced: false,
            }));
    }
}

pub(crate) enum Applied {
    Yes,
    /// No answer.
    Maybe,
}
