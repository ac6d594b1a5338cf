//! The accounts that are there before the load begins, and the courier that comes after it.

use std::time::Duration;

use backstop::{
    Accounts, Apply, Builder, Challenge, Changes, Client, HintAnswer, Issue, MailedCode,
    MemorySender, MessageSender, NewPassword, Password, PostgresStore, Proof, Prove, Register,
    SessionStatus, SmtpSender, SqliteStore, Ticket, hash::HashCost,
};
use time::OffsetDateTime;

use crate::{host::KEY, mails::Mails};

/// Beyond the 72 hours in which a credential buys less.
const AGE: Duration = Duration::from_secs(5 * 24 * 60 * 60);

pub(crate) const FIRST_PASSWORD: &str = "Quiet-17-lanterns";
pub(crate) const QUESTION: &str = "first-boss";
pub(crate) const HINT: &str = "Gunvor Halvarsson-Quist";

/// Somebody with everything: an e-mail, a hint, a security code on paper, a session.
pub(crate) struct Person {
    pub(crate) name: String,
    pub(crate) code: String,
    pub(crate) session: String,
}

pub(crate) fn address_of(name: &str) -> String {
    format!("{name}@shop.example")
}

/// Registers them five days ago.
pub(crate) async fn settle(store: &str, names: impl Iterator<Item = String>) -> Vec<Person> {
    let mails = MemorySender::new();
    let accounts = over(store, mails.clone()).await;
    let accounts = accounts.clock(|| now() - AGE).build().unwrap();
    let mut people = Vec::new();
    for name in names {
        people.push(settle_one(&accounts, &mails, name).await);
    }
    people
}

async fn settle_one(accounts: &Accounts, mails: &MemorySender, name: String) -> Person {
    let id = format!("settled-{name}").parse().unwrap();
    let first = NewPassword::typed_twice(FIRST_PASSWORD, FIRST_PASSWORD).unwrap();
    let registered = accounts
        .register(id, name.parse().unwrap(), first, &Client::new())
        .await
        .unwrap();
    let Register::Registered(cookie) = registered else {
        panic!("{registered:?}");
    };
    let ticket = proved(accounts, cookie.token()).await;
    let Issue::Issued(code) = accounts.issue_security_code(&ticket).await.unwrap() else {
        panic!("no security code");
    };
    let paper = code.expose().to_string();
    let answer = HintAnswer::new(HINT).unwrap();
    let changes = Changes::new()
        .security_code(code)
        .hint(QUESTION.parse().unwrap(), answer);
    let Apply::Applied(cookie) = accounts.apply(&ticket, changes).await.unwrap() else {
        panic!("no hint");
    };
    let ticket = proved(accounts, cookie.token()).await;
    let address = address_of(&name).parse().unwrap();
    let _sent = accounts
        .challenge(&ticket, Challenge::NewEmail(address))
        .await;
    accounts.deliver_due().await.unwrap();
    let mailed = mails.take().pop().unwrap();
    let code: MailedCode = mailed
        .text()
        .lines()
        .find_map(|line| line.parse().ok())
        .unwrap();
    let Prove::Accepted(ticket) = accounts
        .prove(&ticket, Proof::NewEmail(code))
        .await
        .unwrap()
    else {
        panic!("the code of the mail");
    };
    let applied = accounts.apply(&ticket, Changes::new().email()).await;
    let Apply::Applied(cookie) = applied.unwrap() else {
        panic!("no e-mail");
    };
    accounts.deliver_due().await.unwrap();
    drop(mails.take());
    Person {
        name,
        code: paper,
        session: cookie.token().expose().to_owned(),
    }
}

/// The password is typed for a change.
async fn proved(accounts: &Accounts, token: &backstop::SessionToken) -> Ticket {
    let SessionStatus::Live(session) = accounts.session(token).await.unwrap() else {
        panic!("signed out");
    };
    let ticket = accounts.settings(&session).unwrap();
    let proof = Proof::CurrentPassword(Password::new(FIRST_PASSWORD).unwrap());
    let Prove::Accepted(ticket) = accounts.prove(&ticket, proof).await.unwrap() else {
        panic!("the password");
    };
    ticket
}

/// What is due within some hours is sent now. Answers how many mails that were.
pub(crate) async fn deliver_later(store: &str, mails: &Mails) -> usize {
    let mut sent = 0;
    // What a killed courier had in hand is due two minutes later, then four, and so on.
    for minutes in [10, 30, 60, 180, 340] {
        let sender = SmtpSender::plain_loopback(mails.port())
            .from("The shop <no-reply@shop.example>")
            .build()
            .unwrap();
        let ahead = Duration::from_secs(minutes * 60);
        let accounts = over(store, sender).await;
        let accounts = accounts.clock(move || now() + ahead).build().unwrap();
        sent += accounts.deliver_due().await.unwrap();
    }
    sent
}

async fn over(store: &str, sender: impl MessageSender) -> Builder {
    let key = KEY.parse().unwrap();
    let builder = match store.strip_prefix("sqlite:") {
        Some(path) => Accounts::builder(SqliteStore::open(path).await.unwrap(), sender, key),
        None => Accounts::builder(PostgresStore::connect(store).await.unwrap(), sender, key),
    };
    builder
        .link_base("https://shop.example/recover")
        .unwrap()
        .hash_cost(HashCost::danger_below_floor(8, 1, 1).unwrap())
}

#[expect(
    clippy::disallowed_methods,
    reason = "the hosts are processes, which have the system's time"
)]
fn now() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}
