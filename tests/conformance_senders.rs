//! The contract of `MessageSender`, over every sender of the crate.
#![cfg(all(feature = "conformance", feature = "smtp"))]
#![expect(
    clippy::arithmetic_side_effects,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[expect(dead_code, reason = "of the inbox, the mails that it reads are used")]
#[path = "mail_server/inbox.rs"]
mod inbox;
#[path = "mail_server/steered.rs"]
mod steered;

use std::{
    fmt::{Debug, Write},
    sync::{Arc, Mutex, OnceLock},
    time::Duration,
};

use backstop::{
    Address, MemorySender, Message, MessageSender, SmtpSender,
    conformance::{
        Behaviour, Channel, Check, Report, Runtime, SenderFixture, Taken, message_sender,
    },
    sender::{Channels, SendError},
};
use steered::Steered;
use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
    subscriber::set_global_default,
};

const ALL: [Behaviour; 6] = [
    Behaviour::Absent,
    Behaviour::BreaksOff,
    Behaviour::Defers,
    Behaviour::Hangs,
    Behaviour::Refuses,
    Behaviour::Works,
];

/// With a time-out that a test can wait for, and is not reached by a machine that is busy.
const TIME_OUT: Duration = Duration::from_secs(2);

struct Smtp;

impl SenderFixture for Smtp {
    type Provider = Steered;
    type Sender = SmtpSender;

    fn channels(&self) -> Vec<Channel> {
        vec![Channel::Email]
    }

    fn behaviours(&self) -> Vec<Behaviour> {
        ALL.to_vec()
    }

    async fn provider(&self) -> Result<Steered, SendError> {
        Ok(Steered::start())
    }

    async fn sender(&self, server: &Steered) -> Result<SmtpSender, SendError> {
        let at = server.at();
        SmtpSender::danger_plain(at.ip().to_string(), at.port())
            .from("Shop <no-reply@shop.example>")
            .timeout(TIME_OUT)
            .build()
            .map_err(SendError::permanent)
    }

    async fn steer(&self, server: &Steered, behaviour: Behaviour) -> Result<(), SendError> {
        server.steer(behaviour);
        Ok(())
    }

    async fn taken(&self, server: &Steered) -> Vec<Taken> {
        server.take()
    }

    async fn logged(&self, _server: &Steered) -> String {
        Log::begin().text()
    }
}

struct Memory;

impl SenderFixture for Memory {
    type Provider = MemorySender;
    type Sender = MemorySender;

    fn channels(&self) -> Vec<Channel> {
        vec![Channel::Email, Channel::Phone]
    }

    fn behaviours(&self) -> Vec<Behaviour> {
        vec![Behaviour::Works]
    }

    async fn provider(&self) -> Result<MemorySender, SendError> {
        Ok(MemorySender::new())
    }

    async fn sender(&self, kept: &MemorySender) -> Result<MemorySender, SendError> {
        Ok(kept.clone())
    }

    async fn steer(&self, _kept: &MemorySender, _works: Behaviour) -> Result<(), SendError> {
        Ok(())
    }

    async fn taken(&self, kept: &MemorySender) -> Vec<Taken> {
        kept.take().iter().map(told).collect()
    }

    async fn logged(&self, _kept: &MemorySender) -> String {
        Log::begin().text()
    }
}

/// Mails through a server, text messages into memory.
struct Both;

/// The texts fail and hang as the mails do.
#[derive(Clone)]
struct Texts {
    kept: MemorySender,
    behaviour: Arc<Mutex<Behaviour>>,
}

impl MessageSender for Texts {
    async fn send(&self, message: &Message) -> Result<(), SendError> {
        let behaviour = *self.behaviour.lock().unwrap();
        match behaviour {
            Behaviour::Works => self.kept.send(message).await,
            Behaviour::Refuses => Err(SendError::permanent("no such number")),
            Behaviour::Hangs => {
                tokio::time::sleep(TIME_OUT).await;
                Err(SendError::transient("no answer"))
            }
            _ => Err(SendError::transient("not now")),
        }
    }
}

impl SenderFixture for Both {
    type Provider = (Steered, Texts);
    type Sender = Channels<SmtpSender, Texts>;

    fn channels(&self) -> Vec<Channel> {
        vec![Channel::Email, Channel::Phone]
    }

    fn behaviours(&self) -> Vec<Behaviour> {
        ALL.to_vec()
    }

    async fn provider(&self) -> Result<Self::Provider, SendError> {
        let texts = Texts {
            kept: MemorySender::new(),
            behaviour: Arc::new(Mutex::new(Behaviour::Works)),
        };
        Ok((Steered::start(), texts))
    }

    async fn sender(&self, (server, texts): &Self::Provider) -> Result<Self::Sender, SendError> {
        Ok(Channels::new(Smtp.sender(server).await?, texts.clone()))
    }

    async fn steer(
        &self,
        (server, texts): &Self::Provider,
        behaviour: Behaviour,
    ) -> Result<(), SendError> {
        server.steer(behaviour);
        *texts.behaviour.lock().unwrap() = behaviour;
        Ok(())
    }

    async fn taken(&self, (server, texts): &Self::Provider) -> Vec<Taken> {
        let mut taken = server.take();
        taken.extend(texts.kept.take().iter().map(told));
        taken
    }

    async fn logged(&self, _provider: &Self::Provider) -> String {
        Log::begin().text()
    }
}

/// What a host reads off a message.
fn told(message: &Message) -> Taken {
    let (channel, is_mail) = match message.to() {
        Address::Email(_) => (Channel::Email, true),
        _ => (Channel::Phone, false),
    };
    Taken {
        channel,
        to: vec![message.to().as_str().to_owned()],
        subject: is_mail.then(|| message.subject()),
        text: message.text().to_string(),
        html: is_mail.then(|| message.html().to_string()),
        id: Some(message.id().to_string()),
    }
}

async fn proved(fixture: impl SenderFixture) -> Report {
    let runtime = Runtime::new(|task| drop(tokio::spawn(task)), tokio::time::sleep);
    message_sender(fixture, &runtime).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_smtp_sender_keeps_the_contract() {
    let report = proved(Smtp).await;
    assert_eq!(report.checks().len(), 19, "{report}");
    report.into_result().unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_memory_sender_keeps_the_contract() {
    let report = proved(Memory).await;
    assert_eq!(report.checks().len(), 9, "{report}");
    report.into_result().unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn channels_keep_the_contract() {
    let report = proved(Both).await;
    assert_eq!(report.checks().len(), 18, "{report}");
    report.into_result().unwrap();
}

#[tokio::test]
async fn a_part_of_the_suite_proves_nothing() {
    let runtime = Runtime::new(|task| drop(tokio::spawn(task)), tokio::time::sleep);
    let report = message_sender(Memory, &runtime.only(&["sender_02", "sender_05_no"])).await;
    let names: Vec<&str> = report.checks().iter().map(Check::name).collect();
    assert_eq!(
        names,
        [
            "sender_02_it_goes_to_its_recipient_and_nobody_else",
            "sender_02_an_address_stays_as_it_is_written",
            "sender_02_of_32_at_once_each_goes_to_its_own",
            "sender_05_no_message_is_in_the_log",
        ]
    );
    assert!(
        report
            .to_string()
            .contains("4 checks, 0 broken, 5 left out")
    );
    let refused = report.into_result().unwrap_err().to_string();
    assert!(refused.contains("5 checks were left out"), "{refused}");
}

/// Else the checks of the log read nothing.
#[test]
fn what_is_logged_is_seen() {
    let log = Log::begin();
    tracing::trace!(code = "70015309", "a mail goes out");
    assert!(log.text().contains("70015309"));
}

/// Every event of the process, in words.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<String>>);

impl Log {
    fn begin() -> Self {
        static LOG: OnceLock<Log> = OnceLock::new();
        let log = LOG.get_or_init(|| {
            let log = Self::default();
            set_global_default(log.clone()).unwrap();
            log
        });
        log.clone()
    }

    fn text(&self) -> String {
        self.0.lock().unwrap().clone()
    }
}

impl Subscriber for Log {
    fn enabled(&self, _metadata: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        span.record(&mut Words(&mut self.0.lock().unwrap()));
        Id::from_u64(1)
    }

    fn record(&self, _span: &Id, values: &Record<'_>) {
        values.record(&mut Words(&mut self.0.lock().unwrap()));
    }

    fn record_follows_from(&self, _span: &Id, _follows: &Id) {}

    fn event(&self, event: &Event<'_>) {
        event.record(&mut Words(&mut self.0.lock().unwrap()));
    }

    fn enter(&self, _span: &Id) {}

    fn exit(&self, _span: &Id) {}
}

struct Words<'a>(&'a mut String);

impl Visit for Words<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        writeln!(self.0, "{field}: {value:?}").unwrap();
    }
}
