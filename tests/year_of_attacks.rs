//! A stranger without any secret attacks one owner for a year of virtual time, with everything
//! that a stranger can do: never in. And in each week the owner gets in: by the mailbox, also
//! without a new password, by the security code, and with the password at a known device.
//!
//! Beside a second factor somebody who has the password as well, anew each week, guesses for a year.
//!
//! `BACKSTOP_TEST_SEED` picks what happens.
#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod support;

use std::{collections::BTreeMap, time::Duration};

use backstop::{
    Apply, Challenge, Changes, Client, DeviceToken, Error, Link, LoginName, Method, Proof, Prove,
    SecurityCode, SessionStatus, SignIn, SignInOnce, Stopped, Ticket, message::Content,
};
#[cfg(feature = "totp")]
use backstop::{SecondFactor, TotpCode, message::Notice};
use rand_chacha::{ChaCha20Rng, rand_core::Rng};
use support::{ALICE, OLD, World, answer, days, email, mail, password, typed_twice};
use time::OffsetDateTime;

const NAMES: [&str; 3] = ["alice", ALICE, "nobody"];
const WEEKS: u64 = 52;
const STEPS_A_DAY: u32 = 12;

/// 5 free, 10 delays that double, and then one in 15 minutes for the rest of the day.
const GUESSES_AT_SIGN_IN: usize = 5 + 10 + 96;
const GUESSES: usize = 3;
const MAILS: usize = 6;

struct Year {
    world: World,
    rng: ChaCha20Rng,
    /// The stranger's own account gives real tokens, of the wrong account.
    own_device: DeviceToken,
    own_link: Link,
    flows: Vec<(&'static str, Ticket)>,
    told: BTreeMap<(&'static str, &'static str), Vec<OffsetDateTime>>,
    mails: Vec<OffsetDateTime>,
    /// In the owner's mailbox, the latest one last.
    links: Vec<Link>,
    guesses: u64,
    locked: u64,
    /// How often the owner was signed in by a mail.
    once: u64,
}

impl Year {
    fn pick(&mut self, below: u32) -> u32 {
        self.rng.next_u32() % below
    }

    fn wait(&mut self, at_most: Duration) {
        let most = u32::try_from(at_most.as_secs()).unwrap();
        let span = self.pick(most.max(1));
        self.world.clock.advance(Duration::from_secs(span.into()));
    }

    /// A device token that is not one of the owner's account, or none.
    fn client(&mut self) -> Client {
        let client = Client::new().human(true);
        match self.pick(4) {
            0 => client.device(self.own_device.clone()),
            1 => {
                let mut text = self.own_device.expose().as_bytes().to_vec();
                let at = self.pick(u32::try_from(text.len()).unwrap()) as usize;
                text[at] = if text[at] == b'A' { b'B' } else { b'A' };
                client.device(String::from_utf8(text).unwrap().parse().unwrap())
            }
            _ => client,
        }
    }

    /// A link of the right form that nobody has made for the owner.
    fn link(&mut self) -> Link {
        let mut text = self.own_link.expose().as_bytes().to_vec();
        for _ in 0..self.pick(20) {
            let at = self.pick(u32::try_from(text.len()).unwrap()) as usize;
            text[at] = b"ABCDwxyz0189-_"[self.rng.next_u32() as usize % 14];
        }
        String::from_utf8(text).unwrap().parse().unwrap()
    }

    /// A wrong guess was told. Never more of them in a day than the budget.
    fn told(&mut self, name: &'static str, what: &'static str, most: usize) {
        let now = self.world.clock.now();
        let told = self.told.entry((name, what)).or_default();
        told.retain(|then| *then > now - days(1));
        told.push(now);
        assert!(
            told.len() <= most,
            "{} guesses at the {what} of {name}",
            told.len()
        );
        self.guesses += 1;
    }

    async fn guess_password(&mut self) {
        let name = NAMES[self.pick(3) as usize];
        let (login, client): (LoginName, _) = (name.parse().unwrap(), self.client());
        let typed = password(&format!("Guess-{}-word", self.pick(u32::MAX)));
        match self.world.accounts.sign_in(&login, &typed, &client).await {
            Ok(SignIn::Denied { .. }) => self.told(name, "password", GUESSES_AT_SIGN_IN),
            Ok(SignIn::Locked { .. }) => self.locked += 1,
            other => panic!("{other:?}"),
        }
    }

    fn begin(&mut self) {
        let (name, client) = (NAMES[self.pick(3) as usize], self.client());
        let ticket = self.world.recover_as(name, &client);
        if self.flows.len() >= 12 {
            let at = self.pick(12) as usize;
            self.flows[at] = (name, ticket);
        } else {
            self.flows.push((name, ticket));
        }
    }

    fn proof(&mut self) -> (&'static str, Proof) {
        let number = self.pick(100_000_000);
        match self.pick(6) {
            0 | 1 => (
                "mailed code",
                Proof::SecurityEmail(format!("{number:08}").parse().unwrap()),
            ),
            2 | 3 => (
                "hint",
                Proof::HintQuestion(answer(&format!("Guess Number {number}"))),
            ),
            4 => (
                "security code",
                Proof::SecurityCode("0".repeat(27).parse().unwrap()),
            ),
            _ => (
                "new address",
                Proof::NewEmail(format!("{number:08}").parse().unwrap()),
            ),
        }
    }

    /// One guess, or several at once.
    async fn guess(&mut self) {
        let Some(at) = self.flows.len().checked_sub(1) else {
            return;
        };
        let at = (at as u32).min(self.pick(12)) as usize;
        let (name, ticket) = self.flows[at].clone();
        let first = self.proof();
        let second = self.proof();
        let prove = |proof| self.world.accounts.prove(&ticket, proof);
        let answers = tokio::join!(prove(first.1), prove(second.1));
        for (what, answer) in [(first.0, answers.0), (second.0, answers.1)] {
            match answer {
                Ok(Prove::Denied { left: Some(_) }) => self.told(name, what, GUESSES),
                Ok(Prove::Locked { .. }) => self.locked += 1,
                Ok(Prove::Denied { left: None } | Prove::Expired) | Err(Error::Overloaded) => {}
                other => panic!("{what}: {other:?}"),
            }
        }
    }

    async fn ask_for_mail(&mut self) {
        let Some(last) = self.flows.len().checked_sub(1) else {
            return;
        };
        let at = self.pick(12).min(last as u32) as usize;
        let ticket = self.flows[at].1.clone();
        let challenge = match self.pick(5) {
            0 => Challenge::HintQuestion,
            1 => Challenge::NewEmail(email("mallory@shop.example")),
            _ => Challenge::SecurityEmail,
        };
        let _answer = self
            .world
            .accounts
            .challenge(&ticket, challenge)
            .await
            .unwrap();
        self.post().await;
    }

    /// Tickets that are kept until they are nearly over, and all mails of a day then.
    async fn exhaust_sends(&mut self) {
        let tickets: Vec<Ticket> = (0..6).map(|_| self.world.recover(NAMES[0])).collect();
        self.world.clock.advance(days(1) - Duration::from_secs(700));
        for ticket in tickets {
            let _answer = self
                .world
                .challenge(&ticket, Challenge::SecurityEmail)
                .await;
            self.post().await;
            self.world.clock.advance(Duration::from_secs(61));
        }
    }

    async fn try_garbage(&mut self) {
        let link = self.link();
        let followed = self.world.accounts.follow(&link, None).await.unwrap();
        match followed {
            Prove::Expired => {}
            other => panic!("{other:?}"),
        }
        assert_eq!(
            self.world.accounts.cancel(&link).await.unwrap(),
            Stopped::Ended
        );
        let token = link.expose().parse().unwrap();
        let status = self.world.accounts.session(&token).await.unwrap();
        assert!(matches!(status, SessionStatus::Ended));
        let mut tickets = vec![link.expose().parse().unwrap()];
        tickets.extend(self.flows.last().map(|flow| flow.1.clone()));
        for ticket in tickets {
            for changes in [
                Changes::new().password(typed_twice("Wilma-9-hills")),
                Changes::new().user_name("mallorys-own".parse().unwrap()),
                Changes::new().no_second_factor(),
                Changes::new().delete(),
            ] {
                let applied = self.world.accounts.apply(&ticket, changes).await.unwrap();
                assert!(
                    matches!(applied, Apply::Expired | Apply::Unproven),
                    "{applied:?}"
                );
            }
            let once = self.world.accounts.sign_in_once(&ticket).await.unwrap();
            assert!(
                matches!(once, SignInOnce::Expired | SignInOnce::Unproven),
                "{once:?}"
            );
        }
    }

    async fn attack(&mut self) {
        match self.pick(16) {
            0..4 => {
                for _ in 0..self.pick(12) {
                    self.guess_password().await;
                }
            }
            4..7 => self.begin(),
            7..11 => {
                for _ in 0..self.pick(6) {
                    self.guess().await;
                }
            }
            11..14 => self.ask_for_mail().await,
            _ => self.try_garbage().await,
        }
    }

    /// The owner's mails arrive.
    async fn post(&mut self) {
        let now = self.world.clock.now();
        for message in self.world.post().await {
            if let Content::Code { .. } = message.content() {
                assert_eq!(message.to().as_str(), ALICE);
                self.links.push(mail::link(&message));
                self.mails.retain(|then| *then > now - days(1));
                self.mails.push(now);
                assert!(self.mails.len() <= MAILS);
            }
        }
    }

    async fn set(&mut self, ticket: &Ticket, new: &str) -> DeviceToken {
        let device = self.world.recovered(ticket, new).await;
        // The mails before it are dead, and do not count any more.
        self.mails.clear();
        self.post().await;
        device
    }

    /// By the link of the mail that is asked for, or if none comes by that of the last one.
    async fn by_mailbox(&mut self, new: &str) -> DeviceToken {
        let (ticket, _is_new) = self.followed().await;
        self.set(&ticket, new).await
    }

    /// What the link has proved, and whether it was made just now.
    async fn followed(&mut self) -> (Ticket, bool) {
        let before = self.links.len();
        let ticket = self.world.recover("alice");
        let _sent = self
            .world
            .challenge(&ticket, Challenge::SecurityEmail)
            .await;
        self.post().await;
        let link = self.links.last().unwrap().clone();
        match self.world.accounts.follow(&link, None).await.unwrap() {
            Prove::Accepted(ticket) => (ticket, self.links.len() > before),
            other => panic!("the mailbox is kept out: {other:?}"),
        }
    }

    /// In once by a mail of now; one of before is too old for it, and sets a password all the same.
    async fn once(&mut self) {
        let (ticket, is_new) = self.followed().await;
        match self.world.accounts.sign_in_once(&ticket).await.unwrap() {
            SignInOnce::Accepted(signed_in) => {
                assert!(self.world.is_live(signed_in.token()).await);
                let again = self.world.accounts.sign_in_once(&ticket).await.unwrap();
                assert!(matches!(again, SignInOnce::Expired), "{again:?}");
                self.once += 1;
            }
            SignInOnce::TooLate => assert!(!is_new),
            other => panic!("the mailbox does not sign in: {other:?}"),
        }
        self.post().await;
    }

    async fn by_security_code(&mut self, code: &SecurityCode, new: &str) -> DeviceToken {
        let ticket = self.world.recover("alice");
        let proof = Proof::SecurityCode(code.expose().parse().unwrap());
        let ticket = self.world.accepted(&ticket, proof).await;
        self.set(&ticket, new).await
    }

    /// While everybody else is locked out.
    async fn at_known_device(&mut self, typed: &str, device: DeviceToken) {
        for _ in 0..200 {
            let wrong = self.world.sign_in("alice", "Guess-0-word").await;
            if matches!(wrong, SignIn::Locked { .. }) {
                break;
            }
            self.told("alice", "password", GUESSES_AT_SIGN_IN);
        }
        let stranger = self.world.sign_in("alice", typed).await;
        assert!(matches!(stranger, SignIn::Locked { .. }), "{stranger:?}");
        let (login, client) = (support::login("alice"), Client::new().device(device));
        let owner = self
            .world
            .accounts
            .sign_in(&login, &password(typed), &client)
            .await;
        assert!(matches!(owner, Ok(SignIn::Accepted(_))), "{owner:?}");
    }
}

async fn year() -> (Year, SecurityCode) {
    let world = World::new();
    let (_signed_in, code) = world.alice().await;
    let mallory = world.register("66", "mallory", OLD).await;
    let own_device = mallory.device().clone();
    let _signed_in = world.add_email(&mallory, OLD, "mallory@shop.example").await;
    world.clock.advance(Duration::from_secs(61));
    let (_ticket, letter) = world.recover_by_mail("mallory").await;
    let year = Year {
        own_link: mail::link(&letter),
        own_device,
        world,
        rng: support::entropy(),
        flows: Vec::new(),
        told: BTreeMap::new(),
        mails: Vec::new(),
        links: Vec::new(),
        guesses: 0,
        locked: 0,
        once: 0,
    };
    // The stranger's own link is one that is over.
    year.world.clock.advance(days(1));
    (year, code)
}

#[tokio::test]
async fn x07_s12_a_stranger_is_never_in_and_the_owner_never_kept_out() {
    let (mut year, code) = year().await;
    assert_eq!(year.world.accounts.methods()[0], Method::SecurityEmail);
    for week in 0..WEEKS {
        // A day after the last change at the earliest: links from before it are dead.
        let owner_comes = 1 + year.pick(6);
        for day in 0..7 {
            for _ in 0..STEPS_A_DAY {
                year.attack().await;
                year.wait(support::hours(4));
            }
            if day == owner_comes {
                year.world.clock.advance(days(u64::from(day == 1)));
                if week % 2 == 0 {
                    year.exhaust_sends().await;
                    year.wait(days(1));
                }
                year.once().await;
                // A mail that has signed in is spent: another one.
                year.world.clock.advance(support::hours(12));
                let (first, second) = (format!("Orla-{week}-rivers"), format!("Elma-{week}-lakes"));
                let device = year.by_mailbox(&first).await;
                year.at_known_device(&first, device).await;
                let device = year.by_security_code(&code, &second).await;
                year.at_known_device(&second, device).await;
            }
        }
    }
    assert!(year.guesses > 1000, "{} guesses", year.guesses);
    assert!(year.locked > 200, "{} locked", year.locked);
    assert!(year.once > 20, "{} signed in once", year.once);
    year.world.clock.advance(days(1));
    let owner = year.world.signed_in("alice", "Elma-51-lakes").await;
    assert_eq!(year.world.session(&owner).await.user_name(), "alice");
}

/// Each week somebody has the owner's password, and sits at the second factor with it: replays,
/// made-up codes, one after the other and many at once. Never in, and never more guesses than the
/// budget; the owner is told of it, sets another password, and is in the next day.
#[cfg(feature = "totp")]
#[tokio::test]
async fn s17_x10_x21_who_has_the_password_is_kept_out_by_the_factor() {
    let mut siege = Siege::begin().await;
    let mut typed = OLD.to_owned();
    for week in 0..WEEKS {
        for _ in 0..6 * 8 {
            siege.attack(&typed).await;
            siege.wait().await;
        }
        let told = std::mem::take(&mut siege.told);
        let is_alarm = |what: &Notice| {
            matches!(
                what,
                Notice::SecondFactorMissed | Notice::Locked(Method::SecondFactor)
            )
        };
        assert!(told.iter().any(is_alarm), "{told:?}");
        typed = format!("Orla-{week}-rivers");
        siege.set(&typed).await;
        siege.world.clock.advance(days(1));
        siege.owner_comes(&typed).await;
    }
    assert!(siege.guesses > 600, "{} guesses", siege.guesses);
    assert!(siege.locked > 200, "{} locked", siege.locked);
}

/// Around an account that has a second factor.
#[cfg(feature = "totp")]
struct Siege {
    world: World,
    rng: ChaCha20Rng,
    factor: backstop::NewSecondFactor,
    /// Codes of the app that were right once.
    spent: Vec<TotpCode>,
    tickets: Vec<Ticket>,
    /// When a wrong code was told to be wrong.
    misses: Vec<OffsetDateTime>,
    told: Vec<Notice>,
    guesses: u64,
    locked: u64,
}

#[cfg(feature = "totp")]
impl Siege {
    async fn begin() -> Self {
        let world = World::new();
        let (signed_in, _code) = world.alice().await;
        let first = support::factor::both_proofs(&world, &signed_in, OLD).await;
        let factor = support::factor::issued(&world, &first).await;
        let spent = support::factor::app(&world, &factor, 0);
        let changes = Changes::new().second_factor(spent.clone());
        let _signed_in = world.applied(&first, changes).await;
        world.clock.advance(days(1));
        let _notices = world.post().await;
        Self {
            rng: support::entropy(),
            factor,
            spent: vec![spent],
            tickets: Vec::new(),
            misses: Vec::new(),
            told: Vec::new(),
            guesses: 0,
            locked: 0,
            world,
        }
    }

    fn pick(&mut self, below: u32) -> u32 {
        self.rng.next_u32() % below
    }

    async fn wait(&mut self) {
        let span = Duration::from_secs(self.pick(6 * 3600).into());
        self.world.clock.advance(span);
        let post = self.world.post().await;
        self.told.extend(post.iter().filter_map(|letter| {
            let is_notice = matches!(letter.content(), Content::Notice { .. });
            is_notice.then(|| mail::notice(letter))
        }));
    }

    /// A code that is not good now: one that was, or one that a stranger makes up.
    fn code(&mut self) -> TotpCode {
        let good: Vec<String> = (-2..=2)
            .map(|steps| support::factor::app(&self.world, &self.factor, steps))
            .map(|code| code.expose().to_owned())
            .collect();
        loop {
            let typed: TotpCode = match self.pick(4) {
                0 => self.spent[self.rng.next_u32() as usize % self.spent.len()].clone(),
                _ => format!("{:06}", self.pick(1_000_000)).parse().unwrap(),
            };
            if !good.iter().any(|good| good == typed.expose()) {
                return typed;
            }
        }
    }

    async fn attack(&mut self, typed: &str) {
        if self.tickets.is_empty() || self.pick(4) != 0 {
            match self.world.sign_in("alice", typed).await {
                SignIn::SecondFactor(ticket) => self.tickets.push(ticket),
                other => panic!("{other:?}"),
            }
        }
        // The last one mostly; the others are over.
        let last = self.tickets.len() - 1;
        let back = (self.pick(8) as usize).saturating_sub(5).min(last);
        let ticket = self.tickets[last - back].clone();
        match self.pick(4) {
            0 => self.go_round(&ticket).await,
            _ => self.guess(&ticket).await,
        }
    }

    /// Four at once.
    async fn guess(&mut self, ticket: &Ticket) {
        let typed: Vec<SecondFactor> = (0..4).map(|_| SecondFactor::Totp(self.code())).collect();
        let show = |index: usize| self.world.accounts.second_factor(ticket, &typed[index]);
        let answers = tokio::join!(show(0), show(1), show(2), show(3));
        let now = self.world.clock.now();
        for answer in [answers.0, answers.1, answers.2, answers.3] {
            match answer {
                Ok(SignIn::WrongFactor { left: Some(_) }) => {
                    self.misses.retain(|then| *then > now - days(1));
                    self.misses.push(now);
                    assert!(self.misses.len() <= GUESSES, "{:?}", self.misses);
                    self.guesses += 1;
                }
                Ok(SignIn::Locked { .. }) => self.locked += 1,
                Ok(SignIn::Expired) | Err(Error::Overloaded) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    /// The ticket is a session, a ticket and a token of nothing else; and a backup code is not
    /// guessed.
    async fn go_round(&mut self, ticket: &Ticket) {
        let accounts = &self.world.accounts;
        assert!(!self.world.is_live(&ticket.expose().parse().unwrap()).await);
        for changes in [
            Changes::new().password(typed_twice("Wilma-9-hills")),
            Changes::new().no_second_factor(),
            Changes::new().user_name("mallorys-own".parse().unwrap()),
            Changes::new().delete(),
        ] {
            let refused = accounts.apply(ticket, changes).await.unwrap();
            assert!(matches!(refused, Apply::Expired), "{refused:?}");
        }
        let once = accounts.sign_in_once(ticket).await.unwrap();
        assert!(matches!(once, SignInOnce::Expired), "{once:?}");
        let made_up = SecondFactor::BackupCode("0".repeat(27).parse().unwrap());
        let wrong = accounts.second_factor(ticket, &made_up).await.unwrap();
        assert!(
            matches!(wrong, SignIn::WrongFactor { left: None } | SignIn::Expired),
            "{wrong:?}"
        );
    }

    /// The owner was told, and reads the mailbox.
    async fn set(&mut self, new: &str) {
        let (ticket, letter) = self.world.recover_by_mail("alice").await;
        let proof = Proof::SecurityEmail(mail::code(&letter));
        let ticket = self.world.accepted(&ticket, proof).await;
        let _device = self.world.recovered(&ticket, new).await;
        self.wait().await;
        self.told.clear();
        // What was half signed in with the password before is over.
        for ticket in std::mem::take(&mut self.tickets) {
            let typed = support::factor::shown(&self.world, &self.factor);
            let answer = self.world.accounts.second_factor(&ticket, &typed).await;
            assert!(matches!(answer, Ok(SignIn::Expired)), "{answer:?}");
        }
    }

    async fn owner_comes(&mut self, typed: &str) {
        let SignIn::SecondFactor(ticket) = self.world.sign_in("alice", typed).await else {
            panic!("the factor is not asked for");
        };
        let code = support::factor::app(&self.world, &self.factor, 0);
        let shown = SecondFactor::Totp(code.clone());
        let answer = self.world.accounts.second_factor(&ticket, &shown).await;
        let Ok(SignIn::Accepted(signed_in)) = answer else {
            panic!("the owner is kept out: {answer:?}");
        };
        self.spent.push(code);
        self.misses.clear();
        let session = self.world.session(&signed_in).await;
        assert!(session.has_second_factor());
        assert_eq!(session.user_name(), "alice");
        self.tickets.clear();
        self.told.clear();
    }
}
