//! A mail as its reader sees it: to whom, a subject, a text with a code or a link.

use backstop::{Link, MailedCode, Message};

use crate::stage::Told;

pub(crate) struct Letter {
    pub(crate) to: String,
    pub(crate) subject: String,
    pub(crate) text: String,
}

impl Letter {
    pub(crate) fn print(&self) {
        println!(
            "\n    | To: {}\n    | Subject: {}\n    |",
            self.to, self.subject
        );
        for line in self.text.trim_end().lines() {
            println!("{}", format!("    | {line}").trim_end());
        }
        println!();
    }

    /// The line that is a code.
    pub(crate) fn code(&self) -> Told<MailedCode> {
        let mut lines = self.text.lines();
        let code = lines.find_map(|line| line.parse().ok());
        Ok(code.ok_or("a mail without a code")?)
    }

    /// What stands behind the `#` of a link, as the page that it opens would send it.
    ///
    /// `page`: `prove` or `cancel`.
    pub(crate) fn link(&self, page: &str) -> Told<Link> {
        let before = format!("#{page}=");
        let mut lines = self.text.lines();
        let secret = lines.find_map(|line| Some(line.split_once(&before)?.1));
        Ok(secret.ok_or("a mail without this link")?.parse()?)
    }
}

impl From<&Message> for Letter {
    fn from(message: &Message) -> Self {
        Self {
            to: message.to().as_str().to_owned(),
            subject: message.subject().to_owned(),
            text: message.text().to_string(),
        }
    }
}
