//! Mails through real conversations: with a server in this process, with aiosmtpd, and with
//! servers that break off, stall, refuse or cheat.
#![cfg(feature = "smtp")]
#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[path = "mail_server/aiosmtpd.rs"]
mod aiosmtpd;
#[path = "mail_server/certificate.rs"]
mod certificate;
#[path = "mail_server/inbox.rs"]
mod inbox;
#[path = "scratch/mod.rs"]
mod scratch;
#[path = "mail_server/script.rs"]
mod script;

use std::{error::Error as _, fs, time::Duration};

use aiosmtpd::Aiosmtpd;
use backstop::{
    EmailAddress, Locale, Message, MessageSender, SmtpSender,
    locale::Catalogue,
    message::{CodePurpose, Content, Notice},
    sender::{SendError, SmtpBuildError, SmtpBuilder},
};
use certificate::Certificate;
use inbox::Inbox;
use scratch::Scratch;
use script::{Answer, Behaviour, Script, Tls, usual};
use time::{OffsetDateTime, format_description::well_known::Rfc2822, macros::datetime};
use tokio::net::TcpSocket;

const CODE: &str = "12345678";
const ID: [u8; 16] = [0xab; 16];
const MESSAGE_ID: &str = "<abababababababababababababababab@shop.example>";

fn code(to: &str) -> Message {
    let content = Content::Code {
        purpose: CodePurpose::Recovery,
        code: CODE.parse().unwrap(),
        link: None,
        cancel: None,
    };
    Message::new(ID, to.parse::<EmailAddress>().unwrap(), content)
}

fn notice(to: &str) -> Message {
    let content = Content::Notice {
        notice: Notice::SecurityCodeSet,
        at: datetime!(2026-01-31 09:05 UTC),
        cancel: None,
    };
    Message::new([1; 16], to.parse::<EmailAddress>().unwrap(), content)
}

fn built(builder: SmtpBuilder) -> SmtpSender {
    builder
        .from("Shop of Åsa <no-reply@shop.example>")
        .build()
        .unwrap()
}

/// With a time-out that a test can wait for.
fn impatient(builder: SmtpBuilder) -> SmtpSender {
    built(builder.timeout(Duration::from_millis(300)))
}

/// A send that hangs fails the test.
async fn send(sender: &SmtpSender, message: &Message) -> Result<(), SendError> {
    match tokio::time::timeout(Duration::from_secs(60), sender.send(message)).await {
        Ok(sent) => sent,
        Err(_) => panic!("the send does not end"),
    }
}

/// `why`: how the reason begins.
async fn fails_for_now(sender: &SmtpSender, why: &str) -> SendError {
    let error = send(sender, &code("alice@example.org")).await.unwrap_err();
    assert!(!error.is_permanent(), "{error:?}");
    assert!(reason(&error).starts_with(why), "{error:?}");
    error
}

async fn fails_for_good(sender: &SmtpSender, to: &str) -> SendError {
    let error = send(sender, &code(to)).await.unwrap_err();
    assert!(error.is_permanent(), "{error:?}");
    error
}

fn reason(error: &SendError) -> String {
    error.source().unwrap().to_string()
}

const NOT_REACHED: &str = "the mail server could not be reached securely";
const NO_SIGN_IN: &str = "the mail server refused the sign-in";
const NO_SENDER: &str = "the mail server refused the sender";
const NO_RECIPIENT: &str = "the mail server refused the recipient";
const NO_TEXT: &str = "the mail server refused the text";
const BROKE_OFF: &str = "the conversation with the mail server broke off";
const TOO_SLOW: &str = "the mail server did not take the mail within";

/// The server was told of no mail.
fn heard_no_mail(server: &Script) {
    let heard = server.heard();
    assert!(!heard.is_empty());
    let allowed = ["EHLO", "STARTTLS", "QUIT"];
    let is_allowed = |line: &String| allowed.iter().any(|verb| line.starts_with(verb));
    assert!(heard.iter().all(is_allowed), "{heard:?}");
}

#[tokio::test]
async fn the_mail_arrives_as_it_was_written() {
    let inbox = Inbox::start();
    let sender = built(SmtpSender::plain_loopback(inbox.port()));
    for message in [code("Alice+x@Example.org"), notice("Alice+x@Example.org")] {
        send(&sender, &message).await.unwrap();
        let mail = inbox.take_one();
        assert_eq!(mail.hello, "shop.example");
        assert_eq!(mail.from, "no-reply@shop.example");
        assert_eq!(mail.to, ["Alice+x@Example.org"]);
        assert_eq!(mail.header("To"), "Alice+x@Example.org");
        assert_eq!(mail.header("Subject"), message.subject());
        assert_eq!(mail.header("Auto-Submitted"), "auto-generated");
        assert_eq!(mail.header("MIME-Version"), "1.0");
        assert!(mail.header("From").ends_with(" <no-reply@shop.example>"));
        assert!(OffsetDateTime::parse(&mail.header("Date"), &Rfc2822).is_ok());
        assert_eq!(mail.headers().len(), 8, "{:?}", mail.headers());
        assert_eq!(mail.text(), *message.text());
        assert_eq!(mail.html(), *message.html());
    }
}

#[tokio::test]
async fn s21_a_mail_has_both_bodies_in_each_language() {
    let inbox = Inbox::start();
    let mut server = Aiosmtpd::start(&["plain"]);
    for (locale, hello) in Locale::ALL.into_iter().zip([
        "Hello <b>Å&\"',",
        "<b>Å&\"'，您好！",
        "Здравствуйте, <b>Å&\"'!",
        "Hej <b>Å&\"'!",
    ]) {
        let message = code("alice@example.org")
            .greeting("<b>Å&\"'")
            .speaking(locale, &Catalogue::new());
        send(&built(SmtpSender::plain_loopback(inbox.port())), &message)
            .await
            .unwrap();
        let mail = inbox.take_one();
        let tag = format!("<html lang=\"{}\">", locale.as_str());
        assert!(mail.text().starts_with(hello), "{}", mail.text());
        assert!(mail.html().contains("&lt;b&gt;Å&amp;&quot;&#39;"));
        assert!(mail.html().contains(&tag));
        assert!(!mail.html().contains("<b>"));
        for body in [mail.text(), mail.html()] {
            assert!(body.contains(CODE), "{body}");
        }
        assert!(!mail.header("Subject").contains(CODE));

        send(&built(SmtpSender::plain_loopback(server.port())), &message)
            .await
            .unwrap();
        let read = server.next();
        assert_eq!(read.subject, message.subject());
        assert_eq!(read.text.trim_end(), message.text().trim_end());
        assert_eq!(read.html.trim_end(), message.html().trim_end());
    }
}

#[tokio::test]
async fn sent_again_the_message_id_is_the_same() {
    let inbox = Inbox::start();
    let sender = built(SmtpSender::plain_loopback(inbox.port()));
    for _ in 0..2 {
        send(&sender, &code("alice@example.org")).await.unwrap();
    }
    send(&sender, &notice("alice@example.org")).await.unwrap();
    let ids: Vec<String> = inbox
        .take()
        .iter()
        .map(|m| m.header("Message-ID"))
        .collect();
    let other = "<01010101010101010101010101010101@shop.example>";
    assert_eq!(ids, [MESSAGE_ID, MESSAGE_ID, other]);
}

#[tokio::test]
async fn clones_send_at_the_same_time() {
    let inbox = Inbox::start();
    let sender = built(SmtpSender::plain_loopback(inbox.port()));
    let sends: Vec<_> = (0..20)
        .map(|n| {
            let sender = sender.clone();
            tokio::spawn(async move { send(&sender, &code(&format!("u{n}@example.org"))).await })
        })
        .collect();
    for send in sends {
        send.await.unwrap().unwrap();
    }
    let mails = inbox.take();
    assert_eq!(mails.len(), 20);
    for mail in mails {
        assert_eq!(mail.to, [mail.header("To")]);
    }
}

#[tokio::test]
async fn aiosmtpd_reads_the_same_mail() {
    let mut server = Aiosmtpd::start(&["plain"]);
    let sender = built(SmtpSender::plain_loopback(server.port()));
    let message = code("Alice@Example.org");
    send(&sender, &message).await.unwrap();
    let mail = server.next();
    assert_eq!(mail.sender, "no-reply@shop.example");
    assert_eq!(mail.recipients, "Alice@Example.org");
    assert_eq!(mail.from, "Shop of Åsa <no-reply@shop.example>");
    assert_eq!(mail.to, "Alice@Example.org");
    assert_eq!(mail.subject, message.subject());
    assert_eq!(mail.id, MESSAGE_ID);
    assert_eq!(mail.text.trim_end(), message.text().trim_end());
    assert_eq!(mail.html.trim_end(), message.html().trim_end());
}

#[tokio::test]
async fn x20_mail_goes_to_the_address_as_it_was_typed() {
    let mut server = Aiosmtpd::start(&["plain"]);
    let sender = built(SmtpSender::plain_loopback(server.port()));
    // A dotless i, a long s and a small dotted i: all of them are `mis@` once somebody folds case.
    for to in ["mıs@example.org", "miſ@example.org", "MIS@example.org"] {
        send(&sender, &code(to)).await.unwrap();
        let mail = server.next();
        assert_eq!(mail.recipients, to);
        assert_eq!(mail.to, to);
    }
    for to in [
        "\"a.b, c\"@example.org",
        "o'brien+x=y@example.org",
        "a/b{c}@example.org",
    ] {
        send(&sender, &code(to)).await.unwrap();
        assert_eq!(server.next().recipients, to);
    }
    send(&sender, &code("bob@bücher.example")).await.unwrap();
    assert_eq!(server.next().recipients, "bob@xn--bcher-kva.example");
}

#[tokio::test]
async fn x20_a_server_for_ascii_only_gets_no_lookalike() {
    let server = Script::start(usual).await;
    let sender = built(SmtpSender::plain_loopback(server.port()));
    fails_for_good(&sender, "mıke@example.org").await;
    heard_no_mail(&server);
}

#[tokio::test]
async fn a_mailbox_that_is_gone_is_permanent_and_a_full_one_is_not() {
    let mut server = Aiosmtpd::start(&["plain"]);
    let sender = built(SmtpSender::plain_loopback(server.port()));
    let gone = fails_for_good(&sender, "gone@example.org").await;
    assert_eq!(
        reason(&gone),
        "the mail server refused the recipient: 550 5.1.1"
    );
    let full = send(&sender, &code("full@example.org")).await.unwrap_err();
    assert!(!full.is_permanent());
    assert!(!format!("{gone:?}{full:?}").contains("@example.org"));
    send(&sender, &code("alice@example.org")).await.unwrap();
    assert_eq!(server.next().recipients, "alice@example.org");
}

#[tokio::test]
async fn what_the_server_says_of_the_mail_is_permanent() {
    for answer in [
        (|line| reply(line, "RCPT", "550 no such mailbox")) as Behaviour,
        |line| reply(line, "RCPT", "550-5.1.1 no such\n550 5.1.1 mailbox"),
        |line| reply(line, "RCPT", "553 no such name"),
        |line| reply(line, "RCPT", "556 takes no mail"),
        |line| reply(line, "DATA", "554 no valid recipients"),
        |line| reply(line, ".", "552 too large"),
        |line| reply(line, ".", "554 5.6.0 refused"),
    ] {
        let server = Script::start(answer).await;
        let sender = built(SmtpSender::plain_loopback(server.port()));
        fails_for_good(&sender, "alice@example.org").await;
    }
}

#[tokio::test]
async fn what_the_server_says_of_the_service_is_transient() {
    let servers: &[(Behaviour, &str)] = &[
        (|line| reply(line, "", "554 not you"), NOT_REACHED),
        (|line| reply(line, "", "nonsense"), NOT_REACHED),
        (|line| reply(line, "EHLO", "550 not you"), NOT_REACHED),
        (
            |line| reply(line, "MAIL", "550 5.1.8 unknown sender"),
            NO_SENDER,
        ),
        (|line| reply(line, "RCPT", "450 later"), NO_RECIPIENT),
        (|line| reply(line, "RCPT", "421 closing"), NO_RECIPIENT),
        (
            |line| reply(line, "RCPT", "530 sign in first"),
            NO_RECIPIENT,
        ),
        (|line| reply(line, "RCPT", "503 bad sequence"), NO_RECIPIENT),
        (
            |line| reply(line, "RCPT", "554 5.7.1 relay access denied"),
            NO_RECIPIENT,
        ),
        (|line| reply(line, "RCPT", "550-no\n250 ok"), BROKE_OFF),
        (|line| reply(line, "RCPT", "354 what"), BROKE_OFF),
        (|line| reply(line, "DATA", "250 what"), BROKE_OFF),
        (|line| reply(line, "DATA", "451 later"), NO_TEXT),
        (|line| reply(line, ".", "354 what"), BROKE_OFF),
        (|line| reply(line, ".", "452 disk full"), NO_TEXT),
        (|line| reply(line, ".", "999 ok"), BROKE_OFF),
    ];
    for (answer, why) in servers {
        let server = Script::start(*answer).await;
        let sender = built(SmtpSender::plain_loopback(server.port()));
        fails_for_now(&sender, why).await;
    }
}

fn reply(line: &str, to: &str, said: &'static str) -> Answer {
    if line.split([' ', ':']).next() == Some(to) {
        Answer::Say(said)
    } else {
        usual(line)
    }
}

fn at(line: &str, point: &str, then: Answer) -> Answer {
    if line.starts_with(point) && line.is_empty() == point.is_empty() {
        then
    } else {
        usual(line)
    }
}

#[tokio::test]
async fn x04_a_server_that_stalls_ends_the_send() {
    let servers: &[Behaviour] = &[
        |line| at(line, "", Answer::Stall),
        |line| at(line, "EHLO", Answer::Stall),
        |line| at(line, "RCPT", Answer::Stall),
        |line| at(line, "DATA", Answer::Stall),
        |line| at(line, ".", Answer::Stall),
    ];
    for answer in servers {
        let server = Script::start(*answer).await;
        let sender = impatient(SmtpSender::plain_loopback(server.port()));
        fails_for_now(&sender, TOO_SLOW).await;
    }
}

#[tokio::test]
async fn x04_a_server_that_drips_ends_the_send() {
    let servers: &[Behaviour] = &[
        |line| at(line, "", Answer::Drip),
        |line| at(line, "EHLO", Answer::Drip),
        |line| at(line, ".", Answer::Drip),
    ];
    for answer in servers {
        let server = Script::start(*answer).await;
        let sender = impatient(SmtpSender::plain_loopback(server.port()));
        fails_for_now(&sender, TOO_SLOW).await;
    }
}

#[tokio::test]
async fn x04_a_connection_that_breaks_is_transient() {
    let servers: &[(Behaviour, &str)] = &[
        (|line| at(line, "", Answer::HangUp), NOT_REACHED),
        (|line| at(line, "EHLO", Answer::HangUp), NOT_REACHED),
        (|line| at(line, "MAIL", Answer::HangUp), NO_SENDER),
        (|line| at(line, "RCPT", Answer::HangUp), BROKE_OFF),
        (|line| at(line, "DATA", Answer::HangUp), BROKE_OFF),
        (|line| at(line, ".", Answer::HangUp), BROKE_OFF),
    ];
    for (answer, why) in servers {
        let server = Script::start(*answer).await;
        let sender = built(SmtpSender::plain_loopback(server.port()));
        fails_for_now(&sender, why).await;
    }
}

#[tokio::test]
async fn a_refusal_counts_even_if_the_server_says_no_goodbye() {
    let server = Script::start(|line| match line {
        "QUIT" => Answer::Stall,
        _ => reply(line, "RCPT", "550 no such mailbox"),
    })
    .await;
    let sender = built(SmtpSender::plain_loopback(server.port()));
    fails_for_good(&sender, "alice@example.org").await;
}

#[tokio::test]
async fn a_mail_that_was_taken_is_sent_whatever_the_server_does_next() {
    for answer in [
        (|line| at(line, "QUIT", Answer::Stall)) as Behaviour,
        |line| at(line, "QUIT", Answer::Drip),
        |line| at(line, "QUIT", Answer::HangUp),
        |line| at(line, "QUIT", Answer::Say("500 what")),
    ] {
        let server = Script::start(answer).await;
        let sender = built(SmtpSender::plain_loopback(server.port()));
        send(&sender, &code("alice@example.org")).await.unwrap();
    }
}

#[tokio::test]
async fn x04_a_server_that_comes_back_gets_the_mail() {
    // Bound, so that nobody else gets the port, but not listening.
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let port = socket.local_addr().unwrap().port();
    let sender = built(SmtpSender::plain_loopback(port));
    fails_for_now(&sender, NOT_REACHED).await;

    let server = Script::listen(socket.listen(16).unwrap(), usual, Tls::Never);
    send(&sender, &code("alice@example.org")).await.unwrap();
    assert!(
        server
            .heard()
            .contains(&"RCPT TO:<alice@example.org>".to_owned())
    );
}

#[tokio::test]
async fn a_send_that_is_dropped_leaves_nothing_for_the_next() {
    let server = Script::start(|line| match line {
        "RCPT TO:<slow@example.org>" => Answer::Stall,
        _ => usual(line),
    })
    .await;
    let sender = built(SmtpSender::plain_loopback(server.port()));
    let slow = code("slow@example.org");
    let dropped = tokio::time::timeout(Duration::from_millis(200), sender.send(&slow)).await;
    assert!(dropped.is_err());
    server.heard();
    send(&sender, &code("alice@example.org")).await.unwrap();
    let heard = server.heard();
    assert_eq!(heard[0], "EHLO shop.example");
    assert_eq!(heard.last().unwrap(), "QUIT");
    assert!(
        !heard.iter().any(|line| line.contains("slow@")),
        "{heard:?}"
    );
}

#[test]
fn outside_a_runtime_nothing_panics() {
    let sender = built(SmtpSender::plain_loopback(25));
    let message = code("alice@example.org");
    let mut sending = std::pin::pin!(sender.send(&message));
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready(Err(error)) = sending.as_mut().poll(&mut context) else {
        panic!("it waits for nothing");
    };
    assert!(!error.is_permanent());
}

#[tokio::test]
async fn aiosmtpd_takes_mail_after_a_sign_in_only() {
    let mut server = Aiosmtpd::start(&["sign-in"]);
    let relay = || SmtpSender::plain_loopback(server.port());
    let wrong = fails_for_now(&built(relay().credentials("shop", "no-secret")), NO_SIGN_IN).await;
    assert!(!format!("{wrong:?}").contains("no-secret"));
    fails_for_now(&built(relay()), NO_SENDER).await;
    let right = built(relay().credentials("shop", "secret"));
    send(&right, &code("alice@example.org")).await.unwrap();
    assert_eq!(server.next().recipients, "alice@example.org");
}

#[tokio::test]
async fn a_server_without_sign_in_gets_no_mail_from_a_sender_with_credentials() {
    let server = Script::start(usual).await;
    let sender = built(SmtpSender::plain_loopback(server.port()).credentials("shop", "secret"));
    fails_for_now(&sender, NO_SIGN_IN).await;
    heard_no_mail(&server);
}

#[tokio::test]
async fn a_server_that_does_not_offer_starttls_gets_nothing() {
    for answer in [
        usual as Behaviour,
        |line| reply(line, "EHLO", "250-script.test\n250 AUTH PLAIN LOGIN"),
        |line| match line {
            "STARTTLS" => Answer::Say("454 not now"),
            _ => reply(line, "EHLO", "250-script.test\n250 STARTTLS"),
        },
        |line| match line {
            "STARTTLS" => Answer::Say("220 go on"),
            _ => reply(line, "EHLO", "250-script.test\n250 STARTTLS"),
        },
    ] {
        let server = Script::start(answer).await;
        let sender = SmtpSender::starttls("127.0.0.1").port(server.port());
        fails_for_now(&built(sender.credentials("shop", "secret")), NOT_REACHED).await;
        let heard = server.heard();
        let leaks = |line: &String| ["AUTH", "MAIL", "RCPT"].iter().any(|v| line.starts_with(v));
        assert!(!heard.iter().any(leaks), "{heard:?}");
    }
}

/// A server that switches to TLS.
fn switches(line: &str) -> Answer {
    match line {
        "STARTTLS" => Answer::StartTls("220 go on"),
        _ => reply(line, "EHLO", "250-script.test\n250 STARTTLS"),
    }
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_gets_nothing() {
    let right = Certificate::of("127.0.0.1");
    let elsewhere = Certificate::of("elsewhere.example");
    let server = Script::start_tls(switches, Tls::Later(right.acceptor())).await;
    let client = || SmtpSender::starttls("127.0.0.1").port(server.port());
    fails_for_now(&built(client()), NOT_REACHED).await;
    heard_no_mail(&server);
    fails_for_now(&built(client().trust(elsewhere.pem.as_str())), NOT_REACHED).await;
    heard_no_mail(&server);
    send(
        &built(client().trust(right.pem.as_str())),
        &code("alice@example.org"),
    )
    .await
    .unwrap();
    assert!(
        server
            .heard()
            .contains(&"RCPT TO:<alice@example.org>".to_owned())
    );

    let server = Script::start_tls(switches, Tls::Later(elsewhere.acceptor())).await;
    let client = SmtpSender::starttls("127.0.0.1").port(server.port());
    fails_for_now(&built(client.trust(elsewhere.pem.as_str())), NOT_REACHED).await;
    heard_no_mail(&server);
}

#[tokio::test]
async fn implicit_tls_sends_to_a_trusted_server_only() {
    let certificate = Certificate::of("127.0.0.1");
    let server = Script::start_tls(usual, Tls::AtOnce(certificate.acceptor())).await;
    let client = || SmtpSender::tls("127.0.0.1").port(server.port());
    fails_for_now(&built(client()), NOT_REACHED).await;
    assert_eq!(server.heard(), [""; 0]);
    let trusting = built(client().trust(certificate.pem.as_str()));
    send(&trusting, &code("alice@example.org")).await.unwrap();
    assert!(
        server
            .heard()
            .contains(&"RCPT TO:<alice@example.org>".to_owned())
    );

    let plain = Script::start(usual).await;
    fails_for_now(
        &built(SmtpSender::tls("127.0.0.1").port(plain.port())),
        NOT_REACHED,
    )
    .await;
}

#[tokio::test]
async fn replies_put_in_before_tls_are_not_the_servers() {
    let certificate = Certificate::of("127.0.0.1");
    let answer = |line: &str| match line {
        // Everything that would have the client believe that its mail was taken.
        "STARTTLS" => {
            Answer::StartTls("220 go on\n250 ok\n250 ok\n250 ok\n354 go on\n250 ok\n221 ok")
        }
        _ => switches(line),
    };
    let server = Script::start_tls(answer, Tls::Later(certificate.acceptor())).await;
    let client = SmtpSender::starttls("127.0.0.1").port(server.port());
    fails_for_now(&built(client.trust(certificate.pem.as_str())), NOT_REACHED).await;
    heard_no_mail(&server);
}

#[tokio::test]
async fn aiosmtpd_takes_mail_over_starttls() {
    let (scratch, certificate) = (Scratch::new(), Certificate::of("127.0.0.1"));
    let (chain, key) = (scratch.file("chain.pem"), scratch.file("key.pem"));
    fs::write(&chain, &certificate.pem).unwrap();
    fs::write(&key, &certificate.key_pem).unwrap();
    let files = [chain.to_str().unwrap(), key.to_str().unwrap()];
    let mut server = Aiosmtpd::start(&["tls", files[0], files[1]]);

    let client = || SmtpSender::starttls("127.0.0.1").port(server.port());
    let trusting = || client().trust(certificate.pem.as_str());
    fails_for_now(&built(client().credentials("shop", "secret")), NOT_REACHED).await;
    fails_for_now(&built(trusting().credentials("shop", "wrong")), NO_SIGN_IN).await;
    let sender = built(trusting().credentials("shop", "secret"));
    send(&sender, &code("alice@example.org")).await.unwrap();
    assert_eq!(server.next().recipients, "alice@example.org");
}

#[test]
fn bad_values_are_refused() {
    let good = || SmtpSender::starttls("smtp.shop.example").from("no-reply@shop.example");
    assert!(good().build().is_ok());
    assert!(
        good()
            .from("\"Shop, the\" <no-reply@shop.example>")
            .build()
            .is_ok()
    );
    for from in [
        "",
        "Shop",
        "no-reply@",
        "no-reply@bücher.example",
        "nö-reply@shop.example",
        "a@shop.example, b@shop.example",
        "Shop\r\nBcc: evil@example.org <no-reply@shop.example>",
    ] {
        assert_eq!(
            good().from(from).build().err(),
            Some(SmtpBuildError::From),
            "{from}"
        );
    }
    for host in [
        "",
        "a b",
        "smtp.shop.example:25/",
        "a\r\nb",
        "bücher.example",
    ] {
        let built = SmtpSender::tls(host).from("no-reply@shop.example").build();
        assert_eq!(built.err(), Some(SmtpBuildError::Host), "{host}");
    }
    assert_eq!(good().port(0).build().err(), Some(SmtpBuildError::Host));
    for seconds in [0, 61] {
        let built = good().timeout(Duration::from_secs(seconds)).build();
        assert_eq!(built.err(), Some(SmtpBuildError::Timeout));
    }
    assert_eq!(good().trust("").build().err(), Some(SmtpBuildError::Roots));
    let plain = SmtpSender::plain_loopback(25).from("no-reply@shop.example");
    let trusted = Certificate::of("127.0.0.1").pem;
    assert_eq!(
        plain.trust(trusted).build().err(),
        Some(SmtpBuildError::Roots)
    );
}

#[test]
fn o03_debug_shows_no_credentials() {
    let builder = SmtpSender::tls("smtp.shop.example")
        .from("Shop <no-reply@shop.example>")
        .credentials("the-user", "the-password");
    let mut shown = format!("{builder:?}");
    shown += &format!("{:?}", builder.build().unwrap());
    assert!(shown.contains("smtp.shop.example"));
    assert!(
        !shown.contains("the-user") && !shown.contains("the-password"),
        "{shown}"
    );
}
