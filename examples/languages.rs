//! One recovery as four users see it, each in their own language, on the page and in the mailbox;
//! then a host that adds a language of its own.
//!
//! `cargo run --example languages`
#![expect(clippy::arithmetic_side_effects, reason = "its numbers are its own")]
#![expect(clippy::print_stdout, reason = "an example talks to its reader")]

#[expect(dead_code, reason = "some of it is for longer stories")]
#[path = "shared/stage.rs"]
mod stage;

use backstop::{
    Accounts, Apply, Challenge, Changes, Client, ImportedAccount, Locale, Localize, MailedCode,
    MemorySender, MemoryStore, Message, NewPassword, Proof, Prove, Recover, ServiceKey,
    locale::{Catalogue, Text, Topic},
    message::Content,
};
use stage::{Told, check, say};

/// A hash of another system. Nobody knows its password: it is recovered here.
const HASH: &str = "$argon2id$v=19$m=24,t=2,p=1$YSBzYWx0IG9mIDE2IGIuLg$OzhusD8+XC48gpjFzQppUS9SPh5c1g0+fCA9dxeMFk8";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Told {
    let names = ["alice", "李雷", "аня", "åsa"];
    for (locale, name) in Locale::ALL.into_iter().zip(names) {
        println!("\n{}\n", locale.as_str());
        let letter = recovery(name, locale, Catalogue::new()).await?;
        check(
            letter.locale() == locale,
            "a mail in the account's language",
        )?;
    }
    println!("\nda, which the host adds\n");
    let danish = Locale::Other("da".parse()?);
    let catalogue = Catalogue::replacing(move |locale, text| {
        let words = match text {
            Text::Subject(Topic::Code(_)) => "Din kode",
            Text::MailSent => "Hvis kontoen har denne adresse, er en mail med en kode på vej.",
            Text::KeepTheCode => "Giv aldrig koden til nogen.",
            // What is not said here is said in English.
            _ => return None,
        };
        (locale == danish).then(|| words.to_owned())
    });
    let letter = recovery("søren", danish, catalogue).await?;
    check(
        letter.subject() == "Din kode",
        "a subject in the host's words",
    )?;
    let told = letter.html();
    check(
        told.contains("Giv aldrig koden til nogen."),
        "a body in the host's words",
    )
}

/// The recovery of a new password, with every answer as the page shows it.
async fn recovery(name: &str, locale: Locale, catalogue: Catalogue) -> Told<Message> {
    let mailbox = MemorySender::new();
    // A service reads its key from its environment: `openssl rand -base64 32`.
    let key: ServiceKey = "k1r1hMVHn5Z6aIZ0MZg0oBqLxm5sR8ikf0xJmNDT8pc=".parse()?;
    let accounts = Accounts::builder(MemoryStore::new(), mailbox.clone(), key)
        .link_base("https://shop.example/recover")?
        .texts(catalogue)
        .build()?;
    let account = ImportedAccount::new("42".parse()?, name.parse()?, HASH.parse()?)
        .email("user@shop.example".parse()?)
        .language(locale);
    let _imported = accounts.import(account, &Client::new()).await?;

    let client = Client::new().human(true);
    let answer = accounts.recover(&name.parse()?, &client)?;
    say("recover", &answer.message(accounts.reader(locale)));
    let Recover::Started(ticket) = answer else {
        return Err("no recovery".into());
    };
    let answer = accounts
        .challenge(&ticket, Challenge::SecurityEmail)
        .await?;
    say("challenge", &answer.message(accounts.reader(locale)));
    accounts.deliver_due().await?;
    let letter = mailbox.take().pop().ok_or("no mail")?;
    print(&letter);

    let code = code(&letter)?;
    let wrong = if code.expose() == "12345678" {
        "12345679"
    } else {
        "12345678"
    };
    let answer = accounts
        .prove(&ticket, Proof::SecurityEmail(wrong.parse()?))
        .await?;
    say("a wrong code", &answer.message(accounts.reader(locale)));
    check(
        matches!(answer, Prove::Denied { left: Some(2) }),
        "two more tries",
    )?;
    let answer = accounts.prove(&ticket, Proof::SecurityEmail(code)).await?;
    say("the right code", &answer.message(accounts.reader(locale)));
    let Prove::Accepted(ticket) = answer else {
        return Err("not proved".into());
    };

    let typed = NewPassword::typed_twice("Amber-42-orchards", "Amber-42-orchard");
    let error = typed.err().ok_or("two passwords taken for one")?;
    say("two passwords", &error.message(accounts.reader(locale)));
    for (did, typed) in [("a poor one", "abc"), ("a good one", "Amber-42-orchards")] {
        let changes = Changes::new().password(NewPassword::typed_twice(typed, typed)?);
        let answer = accounts.apply(&ticket, changes).await?;
        for line in answer.message(accounts.reader(locale)).lines() {
            say(did, line);
        }
        let is_recovered = matches!(answer, Apply::Recovered(_));
        check(is_recovered == (did == "a good one"), did)?;
    }
    Ok(letter)
}

fn print(letter: &Message) {
    println!("\n    | Subject: {}\n    |", letter.subject());
    for line in letter.text().lines() {
        println!("{}", format!("    | {line}").trim_end());
    }
    println!();
}

fn code(letter: &Message) -> Told<MailedCode> {
    match letter.content() {
        Content::Code { code, .. } => Ok(code.clone()),
        _ => Err("a mail without a code".into()),
    }
}
