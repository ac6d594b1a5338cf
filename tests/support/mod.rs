//! A service in virtual time: a store that can be watched and made to fail, a clock that tests
//! move, random values from a seed that is printed.
#![expect(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::panic,
    clippy::arithmetic_side_effects,
    clippy::print_stdout,
    reason = "each test file uses a part of it, and a test fails by panicking"
)]

#[cfg(feature = "totp")]
pub mod factor;
pub mod mail;
#[cfg(feature = "phone")]
pub mod phone;
pub mod probe;

use std::{
    cell::Cell,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use backstop::{
    AccountId, Accounts, Apply, Builder, Challenge, Challenged, Changes, Client, DeviceToken,
    EmailAddress, HintAnswer, Issue, LoginName, MemoryStore, Message, NewPassword, Password, Proof,
    Prove, QuestionId, Recover, Register, SecurityCode, ServiceKey, Session, SessionStatus,
    SessionToken, SignIn, SignedIn, Ticket,
    account::{Activity, Page},
    audit::Event,
    hash::HashCost,
    message::Content,
    store::{AccountStore, FlowStore},
};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use time::OffsetDateTime;

use mail::Mail;
use probe::Probe;

/// Passwords that the marketplace's rules accept.
pub const OLD: &str = "Mira-2-lakes";
/// [`OLD`], hashed by another system.
pub const OLD_ELSEWHERE: &str = "$argon2id$v=19$m=24,t=2,p=1$YSBzYWx0IG9mIDE2IGIuLg$OzhusD8+XC48gpjFzQppUS9SPh5c1g0+fCA9dxeMFk8";
pub const NEW: &str = "Orla-5-rivers";
pub const WRONG: &str = "Wilma-9-hills";

pub const ALICE: &str = "Alice@shop.example";
pub const ANSWER: &str = "Gunvor Halvarsson-Quist";

/// 2026-01-01 00:00:00 UTC.
const START: i64 = 1_767_225_600_000;

pub const fn hours(hours: u64) -> Duration {
    Duration::from_secs(hours * 60 * 60)
}

pub const fn days(days: u64) -> Duration {
    hours(days * 24)
}

/// A clock in milliseconds that tests move.
#[derive(Clone, Debug)]
pub struct Clock(Arc<AtomicI64>);

impl Clock {
    pub fn new() -> Self {
        Self(Arc::new(AtomicI64::new(START)))
    }

    pub fn now(&self) -> OffsetDateTime {
        let millis = i128::from(self.0.load(Ordering::SeqCst));
        OffsetDateTime::from_unix_timestamp_nanos(millis * 1_000_000).unwrap()
    }

    pub fn advance(&self, span: Duration) {
        let span = i64::try_from(span.as_millis()).unwrap();
        self.0.fetch_add(span, Ordering::SeqCst);
    }

    pub fn rewind(&self, span: Duration) {
        let span = i64::try_from(span.as_millis()).unwrap();
        self.0.fetch_sub(span, Ordering::SeqCst);
    }
}

/// One service over one store.
#[derive(Clone)]
pub struct World<S = MemoryStore> {
    pub accounts: Accounts,
    pub clock: Clock,
    pub store: Probe<S>,
    pub mail: Mail,
    pub events: Arc<Mutex<Vec<Event>>>,
}

pub fn key() -> ServiceKey {
    ServiceKey::new(*b"a service key of tests, 32 bytes").unwrap()
}

/// The cheapest hash that Argon2 knows.
pub fn cheap() -> HashCost {
    HashCost::danger_below_floor(8, 1, 1).unwrap()
}

/// A hash that takes so long, about half a second, that a test can look at what happens
/// meanwhile on however busy a machine.
pub fn slow() -> HashCost {
    HashCost::new(19_456, 53, 1).unwrap()
}

/// A random source from `BACKSTOP_TEST_SEED`, or from 1; another stream for each machine of a
/// test. The seed is printed, so that a failure can be run again.
pub fn entropy() -> ChaCha20Rng {
    thread_local! {
        static MACHINES: Cell<u64> = const { Cell::new(0) };
    }
    let seed = std::env::var("BACKSTOP_TEST_SEED").map_or(1, |seed| seed.parse().unwrap());
    let machine = MACHINES.get();
    MACHINES.set(machine + 1);
    println!("BACKSTOP_TEST_SEED={seed}, machine {machine}");
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    rng.set_stream(machine);
    rng
}

impl World {
    pub fn new() -> Self {
        Self::with(|builder| builder)
    }

    pub fn with(adapt: impl FnOnce(Builder) -> Builder) -> Self {
        Self::over(MemoryStore::new(), key(), adapt)
    }
}

impl<S: AccountStore + FlowStore + Clone> World<S> {
    pub fn over(store: S, key: ServiceKey, adapt: impl FnOnce(Builder) -> Builder) -> Self {
        let clock = Clock::new();
        Self::on(store, key, clock, adapt)
    }

    pub fn on(
        store: S,
        key: ServiceKey,
        clock: Clock,
        adapt: impl FnOnce(Builder) -> Builder,
    ) -> Self {
        let store = Probe::new(store);
        let sender = Mail::default();
        let events = Arc::new(Mutex::new(Vec::new()));
        let (time, sink) = (clock.clone(), Arc::clone(&events));
        let builder = Accounts::builder(store.clone(), sender.clone(), key)
            .link_base("https://shop.example/recover")
            .unwrap()
            .hash_cost(cheap())
            .clock(move || time.now())
            .entropy(entropy())
            .audit(move |event| sink.lock().unwrap().push(event.clone()));
        Self {
            accounts: adapt(builder).build().unwrap(),
            clock,
            store,
            mail: sender,
            events,
        }
    }

    pub async fn register(&self, id: &str, name: &str, password: &str) -> SignedIn {
        let answer = self
            .accounts
            .register(
                account_id(id),
                name.parse().unwrap(),
                typed_twice(password),
                &Client::new(),
            )
            .await
            .unwrap();
        match answer {
            Register::Registered(signed_in) => signed_in,
            other => panic!("not registered: {other:?}"),
        }
    }

    pub async fn sign_in(&self, name: &str, password: &str) -> SignIn {
        self.try_sign_in(name, password).await.unwrap()
    }

    pub async fn try_sign_in(&self, name: &str, typed: &str) -> Result<SignIn, backstop::Error> {
        self.accounts
            .sign_in(&login(name), &password(typed), &Client::new())
            .await
    }

    pub async fn signed_in(&self, name: &str, password: &str) -> SignedIn {
        match self.sign_in(name, password).await {
            SignIn::Accepted(signed_in) => signed_in,
            other => panic!("not signed in: {other:?}"),
        }
    }

    pub async fn is_live(&self, token: &SessionToken) -> bool {
        let status = self.accounts.session(token).await.unwrap();
        matches!(status, SessionStatus::Live(_))
    }

    pub async fn session(&self, signed_in: &SignedIn) -> Session {
        match self.accounts.session(signed_in.token()).await.unwrap() {
            SessionStatus::Live(session) => session,
            SessionStatus::Ended => panic!("the session has ended"),
        }
    }

    pub async fn settings(&self, signed_in: &SignedIn) -> Ticket {
        self.accounts
            .settings(&self.session(signed_in).await)
            .unwrap()
    }

    pub async fn prove(&self, ticket: &Ticket, typed: &str) -> Prove {
        let proof = Proof::CurrentPassword(password(typed));
        self.accounts.prove(ticket, proof).await.unwrap()
    }

    pub async fn proven(&self, ticket: &Ticket, typed: &str) -> Ticket {
        match self.prove(ticket, typed).await {
            Prove::Accepted(ticket) => ticket,
            other => panic!("not proven: {other:?}"),
        }
    }

    pub async fn apply(&self, ticket: &Ticket, new: &str) -> Apply {
        let changes = Changes::new().password(typed_twice(new));
        self.accounts.apply(ticket, changes).await.unwrap()
    }

    /// The whole of method 1.
    pub async fn change(&self, signed_in: &SignedIn, old: &str, new: &str) -> SignedIn {
        let ticket = self.settings(signed_in).await;
        let ticket = self.proven(&ticket, old).await;
        match self.apply(&ticket, new).await {
            Apply::Applied(signed_in) => signed_in,
            other => panic!("not changed: {other:?}"),
        }
    }

    /// What its owner reads, the latest first.
    pub async fn activity(&self, signed_in: &SignedIn) -> Vec<Activity> {
        let session = self.session(signed_in).await;
        let page = self.accounts.activity(&session, Page::new()).await.unwrap();
        page.unwrap().entries
    }

    /// Sends what is to be sent, and answers with it.
    pub async fn post(&self) -> Vec<Message> {
        self.accounts.deliver_due().await.unwrap();
        self.mail.take()
    }

    /// The one message that is to be sent.
    pub async fn letter(&self) -> Message {
        let mut post = self.post().await;
        assert_eq!(post.len(), 1, "{post:?}");
        post.remove(0)
    }

    pub async fn challenge(&self, ticket: &Ticket, challenge: Challenge) -> Challenged {
        self.accounts.challenge(ticket, challenge).await.unwrap()
    }

    pub async fn offer(&self, ticket: &Ticket, proof: Proof) -> Prove {
        self.accounts.prove(ticket, proof).await.unwrap()
    }

    /// The ticket of an accepted proof.
    pub async fn accepted(&self, ticket: &Ticket, proof: Proof) -> Ticket {
        match self.offer(ticket, proof).await {
            Prove::Accepted(ticket) => ticket,
            other => panic!("not accepted: {other:?}"),
        }
    }

    /// A recovery, begun by a stranger.
    pub fn recover(&self, name: &str) -> Ticket {
        self.recover_as(name, &Client::new().human(true))
    }

    pub fn recover_as(&self, name: &str, client: &Client) -> Ticket {
        match self.accounts.recover(&login(name), client).unwrap() {
            Recover::Started(ticket) => ticket,
            other => panic!("not started: {other:?}"),
        }
    }

    /// A recovery with a code in the mailbox.
    pub async fn recover_by_mail(&self, name: &str) -> (Ticket, Message) {
        let ticket = self.recover(name);
        let sent = self.challenge(&ticket, Challenge::SecurityEmail).await;
        assert_eq!(sent, Challenged::Sent);
        let post = self.post().await;
        let letter = post
            .into_iter()
            .find(|message| matches!(message.content(), Content::Code { .. }));
        (ticket, letter.unwrap())
    }

    /// Changes something out of a session, after what it needs is proved.
    pub async fn applied(&self, ticket: &Ticket, changes: Changes) -> SignedIn {
        match self.accounts.apply(ticket, changes).await.unwrap() {
            Apply::Applied(signed_in) => signed_in,
            other => panic!("not applied: {other:?}"),
        }
    }

    pub async fn recovered(&self, ticket: &Ticket, new: &str) -> DeviceToken {
        match self.apply(ticket, new).await {
            Apply::Recovered(device) => device,
            other => panic!("not recovered: {other:?}"),
        }
    }

    /// The first security e-mail of an account: the password, and a code to the address.
    pub async fn add_email(&self, signed_in: &SignedIn, password: &str, to: &str) -> SignedIn {
        let ticket = self.settings(signed_in).await;
        let ticket = self.proven(&ticket, password).await;
        let sent = self
            .challenge(&ticket, Challenge::NewEmail(email(to)))
            .await;
        assert_eq!(sent, Challenged::Sent);
        let code = mail::code(&self.letter().await);
        let ticket = self.accepted(&ticket, Proof::NewEmail(code)).await;
        let signed_in = self.applied(&ticket, Changes::new().email()).await;
        let _notices = self.post().await;
        signed_in
    }

    /// A hint for this account.
    pub async fn add_hint(&self, signed_in: &SignedIn, password: &str) -> SignedIn {
        let ticket = self.settings(signed_in).await;
        let ticket = self.proven(&ticket, password).await;
        let changes = Changes::new().hint(question(), answer(ANSWER));
        let signed_in = self.applied(&ticket, changes).await;
        let _notices = self.post().await;
        signed_in
    }

    /// The security code of an account without an address.
    pub async fn add_code(&self, signed_in: &SignedIn, password: &str) -> (SignedIn, SecurityCode) {
        let ticket = self.settings(signed_in).await;
        let ticket = self.proven(&ticket, password).await;
        let Issue::Issued(code) = self.accounts.issue_security_code(&ticket).await.unwrap() else {
            panic!("not issued");
        };
        let typed = code.expose().parse().unwrap();
        let changes = Changes::new().security_code(typed);
        (self.applied(&ticket, changes).await, code)
    }

    /// Alice, with everything: an address, a hint and a security code, all seasoned.
    pub async fn alice(&self) -> (SignedIn, SecurityCode) {
        let signed_in = self.register("42", "alice", OLD).await;
        let (signed_in, code) = self.add_code(&signed_in, OLD).await;
        let signed_in = self.add_email(&signed_in, OLD, ALICE).await;
        let signed_in = self.add_hint(&signed_in, OLD).await;
        self.clock.advance(days(4));
        (signed_in, code)
    }

    pub fn events(&self) -> Vec<Event> {
        self.events.lock().unwrap().clone()
    }
}

pub fn account_id(id: &str) -> AccountId {
    id.parse().unwrap()
}

pub fn login(name: &str) -> LoginName {
    name.parse().unwrap()
}

pub fn password(typed: &str) -> Password {
    Password::new(typed).unwrap()
}

pub fn email(address: &str) -> EmailAddress {
    address.parse().unwrap()
}

pub fn answer(typed: &str) -> HintAnswer {
    HintAnswer::new(typed).unwrap()
}

pub fn question() -> QuestionId {
    "first-boss".parse().unwrap()
}

pub fn typed_twice(typed: &str) -> NewPassword {
    NewPassword::typed_twice(typed, typed).unwrap()
}
