//! How somebody gets a new password without the old one, while others try the same.

use serde_json::json;
use tokio::task::JoinSet;

use crate::{
    browser::{Browser, Heard, text},
    owner::{Applied, CODE_USED, HINT_ANSWERED, Known, Owner, PASSWORD_CHANGED},
};

const CODE_TO_RECOVER: &str = "Your code to recover your account";
const AT_ONCE: usize = 6;

pub(crate) const HINTS: &str = "acknowledged hint answers that are right";

impl Owner {
    /// One code out of a mail, typed in at many browsers at once; then many new passwords at once.
    pub(crate) async fn recover_by_mail(&mut self) {
        let Some(label) = self.begin(PASSWORD_CHANGED).await else {
            return;
        };
        if !self.email.maybe.is_empty() {
            return self.not_now().unwrap_or(());
        }
        let ticket = self.browser.recover(&self.name).await;
        let (status, _) = self
            .browser
            .challenge(&ticket, json!("security_email"))
            .await;
        if status != 200 {
            self.broken(&format!("a mail for a recovery: {status}"));
        }
        let world = self.world();
        let (patience, to) = (world.patience(), self.email.is.clone());
        // It was in the memory of a host that was killed.
        let Some(mail) = world.mails.wait(patience, &to, CODE_TO_RECOVER, "").await else {
            return self.not_now().unwrap_or(());
        };
        let proof = json!({ "security_email": mail.code() });
        let offered = json!({ "ticket": ticket, "proof": proof });
        let heard = at_once(&self.browser, "/prove", vec![offered; AT_ONCE]).await;
        let accepted: Vec<String> = heard
            .iter()
            .filter_map(|heard| match heard {
                Heard::Answer(200, answer) => Some(text(answer, "ticket")),
                _ => None,
            })
            .collect();
        world
            .ledger
            .add("submissions of one mailed code", heard.len());
        world.ledger.add("mailed codes accepted", accepted.len());
        if accepted.len() > 1 {
            self.broken("a code was accepted twice");
        }
        if accepted.is_empty() && !world.is_rough {
            self.broken(&format!("a right code was not accepted: {heard:?}"));
        }
        let ticket = match accepted.into_iter().next() {
            Some(ticket) => ticket,
            // The answer was lost, which costs no more than a look at the mail: its link is good.
            None => {
                let followed = json!({ "link": mail.link() });
                let session = self.browser.session.take();
                let (status, answer) = self.browser.ask_again("/follow", Some(followed)).await;
                self.browser.session = session;
                if status != 200 {
                    self.broken(&format!("a link after a lost answer: {status} {answer}"));
                    return;
                }
                world.ledger.count("links followed after a lost answer");
                text(&answer, "ticket")
            }
        };
        self.set_many_passwords(&ticket, &label).await;
    }

    async fn set_many_passwords(&mut self, ticket: &str, label: &str) {
        let passwords: Vec<String> = (0..AT_ONCE)
            .map(|at| format!("Silver-{at}-{}", self.new_password()))
            .map(|mut password| {
                password.truncate(20);
                password
            })
            .collect();
        let changes = passwords
            .iter()
            .map(|new| json!({ "ticket": ticket, "password": [new, new] }))
            .collect();
        let heard = at_once(&self.browser, "/apply", changes).await;
        self.replaces_late_notices();
        // A recovery drops a hint that is young.
        self.hint = Known::default();
        let mut applied = Vec::new();
        let mut unknown = Vec::new();
        for (heard, new) in heard.iter().zip(&passwords) {
            match heard {
                Heard::Answer(200, _) => applied.push(new.clone()),
                Heard::Answer(410, _) => {}
                Heard::Answer(status, answer) => {
                    self.broken(&format!("a new password: {status} {answer}"));
                }
                Heard::Unknown => unknown.push(new.clone()),
            }
        }
        let world = self.world();
        world.ledger.add("recoveries acknowledged", applied.len());
        if applied.len() > 1 {
            self.broken("a ticket set two passwords");
        }
        if let Some(new) = applied.pop() {
            self.password.acknowledge(new);
            self.told(label, &[PASSWORD_CHANGED]);
        } else if unknown.is_empty() {
            self.broken(&format!("none of the new passwords was taken: {heard:?}"));
        } else {
            world.ledger.count("changes with unknown outcome");
            let before = self.password.is.clone();
            self.password.maybe.extend(unknown);
            self.sign_in().await;
            if self.password.is != before {
                self.told(label, &[PASSWORD_CHANGED]);
            }
        }
    }

    /// The hint that was acknowledged last is the one that counts. There are no faults any more.
    pub(crate) async fn answer_hint(&mut self) {
        if self.hint.is.is_empty() || !self.hint.maybe.is_empty() {
            return;
        }
        let Some(label) = self.begin(HINT_ANSWERED).await else {
            return;
        };
        let ticket = self.browser.recover(&self.name).await;
        let asked = json!("hint_question");
        let (status, answer) = self.browser.challenge(&ticket, asked).await;
        if status != 200 {
            self.broken(&format!("a hint question: {status} {answer}"));
        }
        let typed = json!({ "hint_question": self.hint.is });
        match self.browser.prove(&ticket, typed).await {
            Heard::Answer(200, _) => {}
            // Others have guessed at it, and what a killed host had begun to compare counts as well.
            Heard::Answer(429, _) => return,
            Heard::Unknown if self.browser.world.is_rough => return,
            heard => return self.broken(&format!("an acknowledged hint answer: {heard:?}")),
        }
        self.told(&label, &[HINT_ANSWERED]);
        self.world().ledger.count(HINTS);
    }

    /// The last line of defence, which nothing locks and nothing moves. There are no faults any more.
    pub(crate) async fn recover_by_security_code(&mut self) {
        let Some(code) = self.code.clone() else {
            return;
        };
        let Some(label) = self.begin(PASSWORD_CHANGED).await else {
            return;
        };
        let ticket = self.browser.recover(&self.name).await;
        let proved = self
            .browser
            .prove(&ticket, json!({ "security_code": code }))
            .await;
        let Heard::Answer(200, proved) = proved else {
            return self.broken(&format!("the security code on paper: {proved:?}"));
        };
        self.browser.session = None;
        let new = self.new_password();
        let change = json!({ "password": [new, new] });
        let Some(Applied::Yes) = self.apply(&text(&proved, "ticket"), change).await else {
            return self.broken("the security code recovered nothing");
        };
        self.password = Known::new(new);
        self.told(&label, &[CODE_USED, PASSWORD_CHANGED]);
        self.sign_in().await;
        // And there is never another one.
        let (_, begun) = self.browser.ask_again("/settings", Some(json!({}))).await;
        let step = json!({ "ticket": text(&begun, "ticket") });
        let (status, answer) = self
            .browser
            .ask_again("/issue-security-code", Some(step))
            .await;
        if status != 409 {
            self.broken(&format!("a second security code: {status} {answer}"));
        }
        self.world()
            .ledger
            .count("security codes of before that recovered");
    }
}

/// The same step at all hosts at once.
pub(crate) async fn at_once(
    browser: &Browser,
    path: &'static str,
    bodies: Vec<serde_json::Value>,
) -> Vec<Heard> {
    let mut asked = JoinSet::new();
    for (at, body) in bodies.into_iter().enumerate() {
        let mut browser = browser.clone();
        browser.session = None;
        let host = at % browser.world.hosts.count();
        asked.spawn(async move { (at, browser.ask_at(host, path, Some(body)).await) });
    }
    let mut heard = asked.join_all().await;
    heard.sort_by_key(|(at, _)| *at);
    heard.into_iter().map(|(_, heard)| heard).collect()
}
