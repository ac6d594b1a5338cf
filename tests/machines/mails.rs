//! What lies in the mailboxes.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard},
    time::Duration,
};

use backstop::{Link, MailedCode};

use crate::inbox::Inbox;

/// A mail server that keeps every mail it took over.
pub(crate) struct Mails {
    server: Inbox,
    kept: Mutex<Vec<Mail>>,
}

#[derive(Clone, Debug)]
pub(crate) struct Mail {
    pub(crate) to: String,
    pub(crate) subject: String,
    pub(crate) id: String,
    pub(crate) text: String,
}

impl Mails {
    pub(crate) fn start() -> Self {
        Self {
            server: Inbox::start(),
            kept: Mutex::default(),
        }
    }

    pub(crate) fn port(&self) -> u16 {
        self.server.port()
    }

    fn all(&self) -> MutexGuard<'_, Vec<Mail>> {
        let mut kept = self.kept.lock().unwrap();
        kept.extend(self.server.take().into_iter().map(|mail| Mail {
            to: mail.to.join(", "),
            subject: mail.header("Subject"),
            id: mail.header("Message-ID"),
            text: mail.text(),
        }));
        kept
    }

    /// How often each mail of this kind came, by its Message-ID.
    ///
    /// `said`: what is in it.
    pub(crate) fn count(&self, to: &str, subject: &str, said: &str) -> BTreeMap<String, usize> {
        let mut count = BTreeMap::new();
        for mail in self.all().iter() {
            if mail.to == to && mail.subject == subject && mail.text.contains(said) {
                *count.entry(mail.id.clone()).or_default() += 1;
            }
        }
        count
    }

    /// Waits for a mail.
    pub(crate) async fn wait(
        &self,
        within: Duration,
        to: &str,
        subject: &str,
        said: &str,
    ) -> Option<Mail> {
        let found = || {
            let all = self.all();
            let mut mails = all.iter().rev();
            mails
                .find(|mail| mail.to == to && mail.subject == subject && mail.text.contains(said))
                .cloned()
        };
        let polled = async {
            loop {
                if let Some(mail) = found() {
                    return mail;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(within, polled).await.ok()
    }
}

impl Mail {
    pub(crate) fn code(&self) -> String {
        let code: Option<MailedCode> = self.text.lines().find_map(|line| line.parse().ok());
        code.unwrap().expose().to_owned()
    }

    /// What stands behind the `#prove=` of a link.
    pub(crate) fn link(&self) -> String {
        let mut lines = self.text.lines();
        let secret = lines.find_map(|line| Some(line.split_once("#prove=")?.1));
        let link: Link = secret.unwrap().parse().unwrap();
        link.expose().to_owned()
    }
}
