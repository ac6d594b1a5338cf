//! Texts that our own messages do not have, through a server.

use std::time::Duration;

use lettre::message::Mailbox;
use tokio::time::timeout;

use super::{
    SmtpSender,
    mail::{Bodies, Mail, recipient},
};

#[path = "../../../tests/mail_server/inbox.rs"]
mod inbox;

use inbox::{Inbox, Received};

async fn delivered(subject: &str, text: &str) -> Received {
    let inbox = Inbox::start();
    let sender = SmtpSender::plain_loopback(inbox.port())
        .from("Shop <no-reply@shop.example>")
        .build()
        .unwrap();
    let from: Mailbox = sender.from.clone();
    let to = "alice@example.org".parse().unwrap();
    let id = "<1@shop.example>".to_owned();
    let bodies = Bodies { text, html: text };
    let mail = Mail::written(&from, to, id, subject, bodies).unwrap();
    timeout(Duration::from_secs(30), sender.server.deliver(&mail))
        .await
        .unwrap()
        .unwrap();
    inbox.take_one()
}

#[tokio::test]
async fn a_text_of_any_shape_arrives_as_it_is() {
    for text in [
        "",
        ".",
        ".\n.\n..\nend",
        "a\n.\nQUIT\nMAIL FROM:<evil@example.org>\n",
        "ends with breaks\n\n\n",
        "Пароль изменён. 密码 ñ = 1\n.\n= and =3D and =\n",
        "ends with a space \nand a tab\t\n",
        &format!("{}\n.{}\n", "long ".repeat(500), "x".repeat(3000)),
        &"é".repeat(1200),
    ] {
        let mail = delivered("Hello", text).await;
        assert_eq!(mail.text(), text);
        assert_eq!(mail.html(), text);
        let longest = mail.raw().split("\r\n").map(str::len).max().unwrap();
        assert!(longest <= 998, "{longest}");
    }
}

#[tokio::test]
async fn line_breaks_of_any_kind_end_no_mail_early() {
    let mail = delivered("Hello", "a\r.\r\nb\n.\rc\r\n.\r\n").await;
    assert_eq!(mail.text(), "a\n.\nb\n.\nc\n.\n");
}

#[tokio::test]
async fn b06_a_subject_adds_no_header() {
    let subject = "Hello\r\nBcc: evil@example.org\r\n\r\ntext\n.\nQUIT";
    let mail = delivered(subject, "the text").await;
    assert_eq!(mail.to, ["alice@example.org"]);
    let names: Vec<String> = mail.headers().into_iter().map(|(name, _)| name).collect();
    assert!(!names.contains(&"Bcc".to_owned()), "{names:?}");
    assert_eq!(mail.text(), "the text");
}

#[test]
fn x20_a_domain_becomes_ascii_only_if_it_stays_the_same_domain() {
    let ascii = |typed: &str| {
        let to = recipient(&typed.parse().unwrap());
        to.map(|to| to.to_string()).ok()
    };
    assert_eq!(
        ascii("Bob@Bücher.example").unwrap(),
        "Bob@xn--bcher-kva.example"
    );
    assert_eq!(
        ascii("bob@mıcrosoft.example").unwrap(),
        "bob@xn--mcrosoft-tkb.example"
    );
    assert_eq!(ascii("Bob@Shop.example").unwrap(), "Bob@Shop.example");
    // Letters of another width, which would be read as `shop.example`.
    assert_eq!(ascii("bob@ｓhop.example"), None);
}
