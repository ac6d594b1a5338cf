//! Every call to the store, every sending and every draw of random bytes fails once, in every verb
//! of every recovery: nobody is changed by a failure, the same call again completes, and every
//! contact is told of what was committed.
#![expect(
    clippy::arithmetic_side_effects,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod support;

use std::{
    convert::Infallible,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use backstop::{
    Address, Apply, Challenge, Challenged, Changes, Client, DeviceToken, Error, Issue, MailedCode,
    Message, Method, Proof, Prove, SecurityCode, SignIn, SignedIn, Stopped, Ticket,
    message::{Content, MessageId, Notice},
};
use rand_core::{TryCryptoRng, TryRng};
use support::{
    ALICE, ANSWER, NEW, OLD, World, answer, days, email, entropy,
    mail::{Refusal, cancel, code, link, notice},
    password,
    probe::Fault,
    question, typed_twice,
};

const NEW_ADDRESS: &str = "new@shop.example";

/// What goes wrong, once, after so many times that it went well.
#[derive(Clone, Copy, Debug)]
enum Wrong {
    Store(Fault),
    Send(Refusal),
    Draw,
}

const WRONGS: [Wrong; 5] = [
    Wrong::Store(Fault::Before),
    Wrong::Store(Fault::After),
    Wrong::Send(Refusal::Transient),
    Wrong::Send(Refusal::Lost),
    Wrong::Draw,
];

/// Random values, one of which fails.
struct Flaky<R> {
    rng: R,
    left: Arc<AtomicUsize>,
}

const NEVER: usize = usize::MAX;

impl<R: TryRng<Error = Infallible>> TryRng for Flaky<R> {
    type Error = std::fmt::Error;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        // The library fills bytes only.
        Err(std::fmt::Error)
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        // The library fills bytes only.
        Err(std::fmt::Error)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        match self.left.load(Ordering::SeqCst) {
            NEVER => {}
            0 => {
                self.left.store(NEVER, Ordering::SeqCst);
                return Err(std::fmt::Error);
            }
            left => self.left.store(left - 1, Ordering::SeqCst),
        }
        self.rng
            .try_fill_bytes(bytes)
            .map_err(|never| match never {})
    }
}

impl<R: TryRng<Error = Infallible>> TryCryptoRng for Flaky<R> {}

/// A world in which something is about to go wrong, and its owner.
struct Scene {
    world: World,
    left: Arc<AtomicUsize>,
    owner: SignedIn,
    code: Option<SecurityCode>,
}

impl Scene {
    /// Alice with an address and a hint, and with a security code or without.
    async fn new(has_code: bool) -> Self {
        let left = Arc::new(AtomicUsize::new(NEVER));
        let flaky = Flaky {
            rng: entropy(),
            left: Arc::clone(&left),
        };
        let world = World::with(|builder| builder.entropy(flaky));
        let mut owner = world.register("42", "alice", OLD).await;
        let mut code = None;
        if has_code {
            let (renewed, issued) = world.add_code(&owner, OLD).await;
            (owner, code) = (renewed, Some(issued));
        }
        let owner = world.add_email(&owner, OLD, ALICE).await;
        let owner = world.add_hint(&owner, OLD).await;
        world.clock.advance(days(4));
        Self {
            world,
            left,
            owner,
            code,
        }
    }

    fn fail(&self, wrong: Wrong, healthy: usize) {
        match wrong {
            Wrong::Store(fault) => self.world.store.fail(healthy, &[fault]),
            Wrong::Send(refusal) => self.world.mail.fail_after(healthy, &[refusal]),
            Wrong::Draw => self.left.store(healthy, Ordering::SeqCst),
        }
    }

    fn struck(&self, wrong: Wrong) -> bool {
        match wrong {
            Wrong::Store(_) => self.world.store.struck(),
            Wrong::Send(_) => self.world.mail.struck(),
            Wrong::Draw => self.left.swap(NEVER, Ordering::SeqCst) == NEVER,
        }
    }

    /// A verb, again after a failure. A failure changed nothing: the owner is still signed in.
    async fn again<T>(&self, verb: impl AsyncFn() -> Result<T, Error>) -> T {
        match verb().await {
            Ok(answer) => answer,
            Err(_) => {
                assert!(self.world.is_live(self.owner.token()).await);
                verb().await.unwrap()
            }
        }
    }

    async fn starts(&self, client: &Client) -> Ticket {
        let name = support::login("alice");
        let recover = async || self.world.accounts.recover(&name, client);
        match self.again(recover).await {
            backstop::Recover::Started(ticket) => ticket,
            other => panic!("{other:?}"),
        }
    }

    async fn settings(&self) -> Ticket {
        let accounts = &self.world.accounts;
        let session = async || accounts.session(self.owner.token()).await;
        let session = match self.again(session).await {
            backstop::SessionStatus::Live(session) => session,
            backstop::SessionStatus::Ended => panic!("the session has ended"),
        };
        self.again(async || accounts.settings(&session)).await
    }

    async fn challenges(&self, ticket: &Ticket, challenge: Challenge) {
        let accounts = &self.world.accounts;
        let sent = async || accounts.challenge(ticket, challenge.clone()).await;
        assert_eq!(self.again(sent).await, Challenged::Sent);
    }

    /// A mail with a code, however often the courier has to go.
    async fn letter(&self) -> Message {
        for _ in 0..4 {
            let _failed = self.world.accounts.deliver_due().await;
            let mut letters = self.world.mail.take().into_iter();
            if let Some(letter) = letters.find(|m| matches!(m.content(), Content::Code { .. })) {
                return letter;
            }
            self.world.clock.advance(Duration::from_secs(11));
        }
        panic!("no mail with a code");
    }

    async fn proves(&self, ticket: &Ticket, proof: impl Fn() -> Proof) -> Ticket {
        let accounts = &self.world.accounts;
        let proved = async || accounts.prove(ticket, proof()).await;
        match self.again(proved).await {
            Prove::Accepted(ticket) | Prove::Waiting { ticket, .. } => ticket,
            other => panic!("{other:?}"),
        }
    }

    async fn applies(&self, ticket: &Ticket, changes: impl Fn() -> Changes) -> Apply {
        let accounts = &self.world.accounts;
        let applied = async || accounts.apply(ticket, changes()).await;
        match self.again(applied).await {
            done @ (Apply::Applied(_) | Apply::Recovered(_)) => done,
            other => panic!("{other:?}"),
        }
    }

    /// The notices that came; a mail with a code may come twice.
    fn notices(&self) -> Vec<Message> {
        let mut mail = self.world.mail.take();
        mail.retain(|message| matches!(message.content(), Content::Notice { .. }));
        mail
    }

    /// Every notice, once, to whom it concerns.
    async fn told(&self, expected: &[(Notice, &str)]) {
        let mut told: Vec<(MessageId, Notice, Address)> = Vec::new();
        for _ in 0..4 {
            let _failed = self.world.accounts.deliver_due().await;
            for message in self.notices() {
                // One that may have been sent is sent again, as the same.
                if told.iter().all(|(id, ..)| *id != message.id()) {
                    told.push((message.id(), notice(&message), message.to().clone()));
                }
            }
            self.world.clock.advance(Duration::from_secs(5 * 60));
        }
        let text = |notice: Notice, to: &str| format!("{notice:?} to {to}");
        let mut told: Vec<_> = told
            .iter()
            .map(|(_, n, to)| text(*n, to.as_str()))
            .collect();
        let mut expected: Vec<_> = expected.iter().map(|(n, to)| text(*n, to)).collect();
        told.sort();
        expected.sort();
        assert_eq!(told, expected);
    }

    /// The password and a code to the security e-mail, in a session.
    async fn proven_twice(&self) -> Ticket {
        let ticket = self.settings().await;
        let typed = || Proof::CurrentPassword(password(OLD));
        let ticket = self.proves(&ticket, typed).await;
        self.challenges(&ticket, Challenge::SecurityEmail).await;
        let old = code(&self.letter().await);
        self.proves(&ticket, mailed(&old)).await
    }

    async fn has_new_password(&self) {
        let _signed_in = self.world.signed_in("alice", NEW).await;
        let denied = self.world.sign_in("alice", OLD).await;
        assert!(matches!(denied, SignIn::Denied { .. }));
        assert!(!self.world.is_live(self.owner.token()).await);
    }
}

/// Plays the whole conversation for each thing that can go wrong in it, and then looks.
async fn each_failure<T>(
    has_code: bool,
    play: impl AsyncFn(&Scene) -> T,
    check: impl AsyncFn(&Scene, T),
) {
    for wrong in WRONGS {
        for healthy in 0.. {
            let scene = Scene::new(has_code).await;
            println_case(wrong, healthy);
            scene.fail(wrong, healthy);
            let played = play(&scene).await;
            let struck = scene.struck(wrong);
            check(&scene, played).await;
            if !struck {
                assert!(healthy > 0, "{wrong:?} never struck");
                break;
            }
        }
    }
}

#[expect(clippy::print_stdout, reason = "says what failed in a test that fails")]
fn println_case(wrong: Wrong, healthy: usize) {
    println!("{wrong:?} after {healthy}");
}

fn stranger() -> Client {
    Client::new().human(true)
}

fn new_password() -> Changes {
    Changes::new().password(typed_twice(NEW))
}

fn mailed(code: &MailedCode) -> impl Fn() -> Proof {
    || Proof::SecurityEmail(code.clone())
}

#[tokio::test]
async fn x29_o05_a_recovery_by_code_survives_each_failure() {
    each_failure(
        true,
        async |scene| {
            let ticket = scene.starts(&stranger()).await;
            scene.challenges(&ticket, Challenge::SecurityEmail).await;
            let code = code(&scene.letter().await);
            let ticket = scene.proves(&ticket, mailed(&code)).await;
            let _device = scene.applies(&ticket, new_password).await;
            scene
                .told(&[(Notice::PasswordChanged(Method::SecurityEmail), ALICE)])
                .await;
        },
        async |scene, ()| scene.has_new_password().await,
    )
    .await;
}

#[tokio::test]
async fn x29_o05_a_recovery_by_link_survives_each_failure() {
    each_failure(
        true,
        async |scene| {
            let ticket = scene.starts(&stranger()).await;
            scene.challenges(&ticket, Challenge::SecurityEmail).await;
            let link = link(&scene.letter().await);
            let follow = async || scene.world.accounts.follow(&link, None).await;
            let ticket = match scene.again(follow).await {
                Prove::Accepted(ticket) => ticket,
                other => panic!("{other:?}"),
            };
            let _device = scene.applies(&ticket, new_password).await;
            scene
                .told(&[(Notice::PasswordChanged(Method::SecurityEmail), ALICE)])
                .await;
        },
        async |scene, ()| scene.has_new_password().await,
    )
    .await;
}

#[tokio::test]
async fn x29_o05_a_recovery_by_hint_survives_each_failure() {
    each_failure(
        true,
        async |scene| {
            let device: DeviceToken = scene.owner.device().clone();
            let ticket = scene.starts(&stranger().device(device)).await;
            let hint = || Proof::HintQuestion(answer(ANSWER));
            let ticket = scene.proves(&ticket, hint).await;
            let _device = scene.applies(&ticket, new_password).await;
            scene
                .told(&[(Notice::PasswordChanged(Method::HintQuestion), ALICE)])
                .await;
        },
        async |scene, ()| scene.has_new_password().await,
    )
    .await;
}

#[tokio::test]
async fn x29_o05_a_strangers_hint_survives_each_failure() {
    each_failure(
        true,
        async |scene| {
            let ticket = scene.starts(&stranger()).await;
            let hint = || Proof::HintQuestion(answer(ANSWER));
            let ticket = scene.proves(&ticket, hint).await;
            let early = scene.world.accounts.apply(&ticket, new_password()).await;
            assert!(!matches!(early, Ok(Apply::Recovered(_))));
            // Told before it counts.
            scene.world.clock.advance(days(1) - Duration::from_secs(60));
            let mut told = 0;
            for _ in 0..3 {
                let _failed = scene.world.accounts.deliver_due().await;
                let of_hint = |m: &Message| matches!(notice(m), Notice::HintAnswered(_));
                told += scene
                    .world
                    .mail
                    .take()
                    .iter()
                    .filter(|m| of_hint(m))
                    .count();
                scene.world.clock.advance(Duration::from_secs(5 * 60));
            }
            assert!(told > 0);
            let _device = scene.applies(&ticket, new_password).await;
        },
        async |scene, ()| scene.has_new_password().await,
    )
    .await;
}

#[tokio::test]
async fn x29_o05_the_security_code_survives_each_failure() {
    each_failure(
        true,
        async |scene| {
            let ticket = scene.starts(&stranger()).await;
            let typed = || Proof::SecurityCode(scene.code.clone().unwrap());
            let ticket = scene.proves(&ticket, typed).await;
            let new = Challenge::NewEmail(email(NEW_ADDRESS));
            scene.challenges(&ticket, new).await;
            let code = code(&scene.letter().await);
            let typed = || Proof::NewEmail(code.clone());
            let ticket = scene.proves(&ticket, typed).await;
            let all = || new_password().hint(question(), answer(ANSWER)).email();
            let _device = scene.applies(&ticket, all).await;
            // The new address counts after the hold, whoever fails then.
            scene.world.clock.advance(days(3));
            for _ in 0..6 {
                let _failed = scene.world.accounts.deliver_due().await;
                scene.world.clock.advance(Duration::from_secs(5 * 60));
            }
            let told = scene.notices();
            for to in [ALICE, NEW_ADDRESS] {
                let of = |what: fn(Notice) -> bool| {
                    told.iter().any(|m| m.to() == &email(to) && what(notice(m)))
                };
                assert!(of(
                    |n| n == Notice::PasswordChanged(Method::SecurityCode) || to_new(n)
                ));
                assert!(of(|n| matches!(n, Notice::EmailChangeWaits(_))));
                assert!(of(|n| n == Notice::EmailChanged));
            }
        },
        async |scene, ()| {
            scene.has_new_password().await;
            let _signed_in = scene.world.signed_in(NEW_ADDRESS, NEW).await;
        },
    )
    .await;
}

const fn to_new(notice: Notice) -> bool {
    matches!(notice, Notice::EmailChangeWaits(_))
}

#[tokio::test]
async fn x29_o05_a_change_of_address_survives_each_failure() {
    each_failure(
        true,
        async |scene| {
            let ticket = scene.proven_twice().await;
            let new = Challenge::NewEmail(email(NEW_ADDRESS));
            scene.challenges(&ticket, new).await;
            let letter = scene.letter().await;
            assert_eq!(letter.to(), &email(NEW_ADDRESS));
            let code = code(&letter);
            let typed = || Proof::NewEmail(code.clone());
            let ticket = scene.proves(&ticket, typed).await;
            let _signed_in = scene.applies(&ticket, || Changes::new().email()).await;
            scene
                .told(&[
                    (Notice::EmailChanged, ALICE),
                    (Notice::EmailChanged, NEW_ADDRESS),
                ])
                .await;
        },
        async |scene, ()| {
            let _signed_in = scene.world.signed_in(NEW_ADDRESS, OLD).await;
            let denied = scene.world.sign_in(ALICE, OLD).await;
            assert!(matches!(denied, SignIn::Denied { .. }));
        },
    )
    .await;
}

/// The first code of an account with an address: typed back, pending, and then for good.
#[tokio::test]
async fn x29_x34_a_security_code_survives_each_failure() {
    each_failure(
        false,
        async |scene| {
            let (world, accounts) = (&scene.world, &scene.world.accounts);
            let ticket = scene.proven_twice().await;
            let issue = async || accounts.issue_security_code(&ticket).await;
            let Issue::Issued(code) = scene.again(issue).await else {
                panic!("not issued");
            };
            let typed_back = || Changes::new().security_code(code.clone());
            let _signed_in = scene.applies(&ticket, typed_back).await;
            // It counts after the hold, whatever fails then.
            world.clock.advance(days(3));
            for _ in 0..3 {
                let _failed = world.accounts.deliver_due().await;
                world.clock.advance(Duration::from_secs(5 * 60));
            }
            let told = scene.notices();
            assert!(told.iter().all(|m| m.to() == &email(ALICE)));
            assert!(told.iter().any(|m| notice(m) == Notice::SecurityCodeSet));
            code
        },
        async |scene, code| {
            let ticket = scene.world.recover("alice");
            let _ticket = scene
                .world
                .accepted(&ticket, Proof::SecurityCode(code))
                .await;
        },
    )
    .await;
}

#[tokio::test]
async fn x29_a_cancellation_survives_each_failure() {
    each_failure(
        true,
        async |scene| {
            let world = &scene.world;
            let ticket = scene.settings().await;
            let typed = || Proof::CurrentPassword(password(OLD));
            let ticket = scene.proves(&ticket, typed).await;
            scene.challenges(&ticket, Challenge::SecurityEmail).await;
            let letter = scene.letter().await;
            let (old, stop) = (code(&letter), cancel(&letter));
            let ticket = scene.proves(&ticket, mailed(&old)).await;
            let stopped = scene.again(async || world.accounts.cancel(&stop).await);
            let stopped = stopped.await;
            assert!(matches!(stopped, Stopped::Stopped | Stopped::Ended));
            ticket
        },
        async |scene, ticket| {
            let new = Challenge::NewEmail(email(NEW_ADDRESS));
            assert_eq!(
                scene.world.challenge(&ticket, new).await,
                Challenged::Expired
            );
            assert!(scene.world.is_live(scene.owner.token()).await);
            scene.told(&[]).await;
        },
    )
    .await;
}

/// Two mails wait when the store fails: neither is lost.
#[tokio::test]
async fn x29_a_failure_of_the_courier_loses_no_mail() {
    for healthy in 0..4 {
        for fault in [Fault::Before, Fault::After] {
            let world = World::new();
            let alice = world.register("42", "alice", OLD).await;
            let _alice = world.add_email(&alice, OLD, ALICE).await;
            let bob = world.register("43", "bob", OLD).await;
            let _bob = world.add_email(&bob, OLD, "bob@shop.example").await;
            world.clock.advance(days(1));
            for name in ["alice", "bob"] {
                let ticket = world.recover(name);
                let _sent = world.challenge(&ticket, Challenge::SecurityEmail).await;
            }
            world.store.fail(healthy, &[fault]);
            let _failed = world.accounts.deliver_due().await;
            let _struck = world.store.struck();
            let _now = world.accounts.deliver_due().await.unwrap();
            assert_eq!(world.mail.take().len(), 2, "{fault:?} after {healthy}");
        }
    }
}

/// A change twice before the courier comes: each of its notices is a message of its own, and one
/// that fails does not take another with it.
#[tokio::test]
async fn x29_notices_of_two_changes_are_told_apart() {
    let world = World::new();
    let (signed_in, _code) = world.alice().await;
    let mut signed_in = signed_in;
    for (old, new) in [(OLD, NEW), (NEW, OLD)] {
        let ticket = world.settings(&signed_in).await;
        let ticket = world.proven(&ticket, old).await;
        let both = Changes::new()
            .password(typed_twice(new))
            .hint(question(), answer(ANSWER));
        signed_in = world.applied(&ticket, both).await;
    }
    world.mail.fail(&[Refusal::Transient]);
    let mut told = world.post().await;
    world.clock.advance(Duration::from_secs(5 * 60));
    told.extend(world.post().await);
    let told: Vec<Notice> = told.iter().map(notice).collect();
    assert!(told.contains(&Notice::HintChanged), "{told:?}");
    let by_password = Notice::PasswordChanged(Method::CurrentPassword);
    assert!(told.contains(&by_password), "{told:?}");
}
