//! What a second factor adds to a sign-in, beside one without.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use backstop::{
    Accounts, Apply, Challenge, Changes, Client, IssueFactor, MemorySender, MemoryStore, Message,
    Proof, Prove, SecondFactor, SessionStatus, SignIn, Ticket, TotpCode, hasher::HasherConfig,
    message::Content,
};
use time::OffsetDateTime;
use tokio::runtime::Runtime;

use crate::{
    measure::{Bound, Report, Row, pairs, seconds},
    world,
};

pub(crate) fn measure(report: &mut Report) {
    let executor = world::executor();
    let service = Service::start(&executor);
    let (with, without) = (
        world::login(&world::member(0)),
        world::login(&world::member(1)),
    );
    let pairs = pairs(
        200,
        || {
            // Each code is good once.
            service.pass(60);
            let code = SecondFactor::Totp(service.code());
            seconds(|| {
                executor.block_on(async {
                    let typed = world::password(world::PASSWORD);
                    let client = Client::new();
                    let answer = service.accounts.sign_in(&with, &typed, &client).await;
                    let Ok(SignIn::SecondFactor(ticket)) = answer else {
                        panic!("{answer:?}");
                    };
                    let answer = service.accounts.second_factor(&ticket, &code).await;
                    assert!(matches!(answer, Ok(SignIn::Accepted(_))), "{answer:?}");
                });
            })
        },
        || seconds(|| executor.block_on(world::sign_in(&service.accounts, &without))),
    );
    report.row(Row {
        figure: "sign-in with a second factor / without, memory store",
        measured: pairs.ratio(),
        unit: "",
        to_reach: Bound::AtMost(1.05),
        from: pairs.from("with", "without"),
    });
}

/// Two members, the first one with an authenticator app.
struct Service {
    accounts: Accounts,
    clock: Arc<AtomicI64>,
    app: Option<totp_rs::Totp>,
}

impl Service {
    fn start(executor: &Runtime) -> Self {
        let clock = Arc::new(AtomicI64::new(1_767_225_600));
        let (read, mailbox) = (Arc::clone(&clock), MemorySender::new());
        let accounts = Accounts::builder(MemoryStore::new(), mailbox.clone(), world::key())
            .link_base("https://shop.example/recover")
            .expect("a page")
            .hasher(HasherConfig::new().workers(1))
            .clock(move || {
                OffsetDateTime::from_unix_timestamp(read.load(Ordering::Relaxed)).expect("a time")
            })
            .build()
            .expect("accounts");
        let mut service = Self {
            accounts,
            clock,
            app: None,
        };
        executor.block_on(async {
            world::register(&service.accounts, 2).await;
            service.enrol(&mailbox).await;
        });
        service
    }

    fn pass(&self, seconds: i64) {
        self.clock.fetch_add(seconds, Ordering::Relaxed);
    }

    /// What the app shows now.
    fn code(&self) -> TotpCode {
        let now = u64::try_from(self.clock.load(Ordering::Relaxed)).expect("a time");
        let app = self.app.as_ref().expect("an app");
        app.generate(now).to_string().parse().expect("a code")
    }

    /// An address, then the app.
    async fn enrol(&mut self, mailbox: &MemorySender) {
        let address = "member@shop.example".parse().expect("an address");
        let ticket = self.proven().await;
        self.send(&ticket, Challenge::NewEmail(address)).await;
        let code = Proof::NewEmail(mailed(&mailbox.take()));
        let ticket = self.prove(&ticket, code).await;
        self.apply(&ticket, Changes::new().email()).await;
        // A young address enrols nothing.
        self.pass(4 * 24 * 60 * 60);
        let ticket = self.proven().await;
        self.send(&ticket, Challenge::SecurityEmail).await;
        let code = Proof::SecurityEmail(mailed(&mailbox.take()));
        let ticket = self.prove(&ticket, code).await;
        let issued = self.accounts.issue_second_factor(&ticket).await;
        let Ok(IssueFactor::Issued(factor)) = issued else {
            panic!("{issued:?}");
        };
        let key = factor.key().expose();
        let key = totp_rs::Secret::try_from_base32(key.as_str()).expect("a key");
        self.app = Some(
            totp_rs::Builder::new()
                .with_secret(key)
                .build()
                .expect("an app"),
        );
        let changes = Changes::new().second_factor(self.code());
        self.apply(&ticket, changes).await;
    }

    /// A ticket of a session with the current password.
    async fn proven(&self) -> Ticket {
        let name = world::login(&world::member(0));
        let typed = world::password(world::PASSWORD);
        let answer = self.accounts.sign_in(&name, &typed, &Client::new()).await;
        let Ok(SignIn::Accepted(signed_in)) = answer else {
            panic!("{answer:?}");
        };
        let status = self.accounts.session(signed_in.token()).await;
        let Ok(SessionStatus::Live(session)) = status else {
            panic!("{status:?}");
        };
        let ticket = self.accounts.settings(&session).expect("a ticket");
        self.prove(&ticket, Proof::CurrentPassword(typed)).await
    }

    async fn prove(&self, ticket: &Ticket, proof: Proof) -> Ticket {
        match self.accounts.prove(ticket, proof).await {
            Ok(Prove::Accepted(ticket)) => ticket,
            other => panic!("{other:?}"),
        }
    }

    async fn send(&self, ticket: &Ticket, challenge: Challenge) {
        let asked = self.accounts.challenge(ticket, challenge).await;
        assert!(asked.is_ok(), "{asked:?}");
        self.accounts.deliver_due().await.expect("sent");
    }

    async fn apply(&self, ticket: &Ticket, changes: Changes) {
        let answer = self.accounts.apply(ticket, changes).await;
        assert!(matches!(answer, Ok(Apply::Applied(_))), "{answer:?}");
    }
}

fn mailed(post: &[Message]) -> backstop::MailedCode {
    let mailed = post.iter().find_map(|message| match message.content() {
        Content::Code { code, .. } => Some(code.expose().parse()),
        _ => None,
    });
    mailed.expect("a mail").expect("a code")
}
