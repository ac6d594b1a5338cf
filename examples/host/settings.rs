//! What the service is started with.

use backstop::{
    Accounts, Builder, MessageSender, PostgresStore, ServiceKey, SmtpSender, SqliteStore,
    hash::HashCost,
};

use crate::Told;

const USAGE: &str = "--listen 127.0.0.1:8080 --store sqlite:accounts.db|postgres://... \
                     --smtp mail.shop.example:587 [--danger-cheap-hashes]";

pub(crate) struct Settings {
    pub(crate) listen: String,
    store: String,
    smtp: String,
    /// For tests, which have other things to do than to hash.
    has_cheap_hashes: bool,
}

impl Settings {
    pub(crate) fn read(arguments: &[String]) -> Told<Self> {
        let value = |name: &str| -> Told<String> {
            let at = arguments.iter().position(|argument| argument == name);
            let value = at.and_then(|at| arguments.get(at + 1));
            Ok(value.cloned().ok_or(format!("{name}? {USAGE}"))?)
        };
        Ok(Self {
            listen: value("--listen")?,
            store: value("--store")?,
            smtp: value("--smtp")?,
            has_cheap_hashes: arguments.iter().any(|it| it == "--danger-cheap-hashes"),
        })
    }

    pub(crate) async fn accounts(&self) -> Told<Accounts> {
        // From the environment, where no list of processes shows it. `openssl rand -base64 32`.
        let key = std::env::var("BACKSTOP_KEY").map_err(|_| "BACKSTOP_KEY?")?;
        let key: ServiceKey = key.parse()?;
        let mut builder = over(&self.store, self.sender()?, key).await?;
        if self.has_cheap_hashes {
            builder = builder.hash_cost(HashCost::danger_below_floor(8, 1, 1)?);
        }
        Ok(builder.build()?)
    }

    fn sender(&self) -> Told<SmtpSender> {
        let (host, port) = self.smtp.rsplit_once(':').ok_or(USAGE)?;
        let port = port.parse()?;
        let mut sender = match host {
            "127.0.0.1" => SmtpSender::plain_loopback(port),
            host => SmtpSender::starttls(host).port(port),
        };
        if let (Ok(user), Ok(password)) =
            (std::env::var("SMTP_USER"), std::env::var("SMTP_PASSWORD"))
        {
            sender = sender.credentials(user, password);
        }
        Ok(sender.from("The shop <no-reply@shop.example>").build()?)
    }
}

/// `store`: `sqlite:` and a path, or the URL of a database in PostgreSQL.
pub(crate) async fn over(
    store: &str,
    sender: impl MessageSender,
    key: ServiceKey,
) -> Told<Builder> {
    let builder = match store.strip_prefix("sqlite:") {
        Some(path) => Accounts::builder(SqliteStore::open(path).await?, sender, key),
        None => Accounts::builder(PostgresStore::connect(store).await?, sender, key),
    };
    Ok(builder.link_base("https://shop.example/recover")?)
}
