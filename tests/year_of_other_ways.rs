//! A stranger attacks for a year of virtual time by the ways beside the mailbox: text messages,
//! linked identities, sub-accounts and support. Never in, and in each week the owner is: by a text
//! message at a known device, and with the linked identity.
//!
//! `BACKSTOP_TEST_SEED` picks what happens.
#![cfg(feature = "phone")]
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
    Address, Apply, Challenge, Challenged, Changes, Client, DeviceToken, Error, Identity, Manage,
    OpenCase, Proof, Prove, Session, SignInLinked, Ticket,
    message::Content,
    support::{Agent, CaseRequest, Evidence, Reference},
};
use rand_chacha::{ChaCha20Rng, rand_core::Rng};
use support::{
    ALICE, OLD, World, account_id, days, email, hours,
    mail::code,
    phone::{PHONE, number, phones, text},
    typed_twice,
};
use time::OffsetDateTime;

/// The names that are guessed at; with the number the user name is typed, too.
const NAMES: [&str; 4] = ["alice", ALICE, PHONE, "nobody"];
const USER_NAMES: [&str; 3] = ["alice", "nobody", "mallory"];
const ISSUER: &str = "https://accounts.example";
const WEEKS: u64 = 52;
const STEPS_A_DAY: u32 = 8;

const GUESSES: usize = 3;
const TEXTS: usize = 5;

struct Year {
    world: World,
    rng: ChaCha20Rng,
    flows: Vec<(&'static str, Ticket)>,
    told: BTreeMap<&'static str, Vec<OffsetDateTime>>,
    texts: Vec<OffsetDateTime>,
    guesses: u64,
    locked: u64,
}

impl Year {
    async fn begin() -> (Self, DeviceToken) {
        // A service that has support, whose agents nobody lets act here.
        let world = World::with(|builder| phones(builder).may_act(|_actor, _account| false));
        let signed_in = world.alice_with_phone(true).await;
        let ticket = world.agreed(&signed_in, true, false).await;
        let signed_in = world
            .applied(&ticket, Changes::new().link(identity("alice")))
            .await;
        let _mallory = world.register("66", "mallory", OLD).await;
        world.clock.advance(days(4));
        let _notices = world.post().await;
        let year = Self {
            world,
            rng: support::entropy(),
            flows: Vec::new(),
            told: BTreeMap::new(),
            texts: Vec::new(),
            guesses: 0,
            locked: 0,
        };
        (year, signed_in.device().clone())
    }

    fn pick(&mut self, below: usize) -> usize {
        self.rng.next_u32() as usize % below
    }

    async fn attack(&mut self) {
        match self.pick(12) {
            0..3 => {
                let name = NAMES[self.pick(NAMES.len())];
                self.flows.push((name, self.world.recover(name)));
                let surplus = self.flows.len().saturating_sub(8);
                self.flows.drain(..surplus);
            }
            3..6 => self.ask_for_text().await,
            6..9 => self.guess().await,
            9 => self.come_with_an_identity().await,
            10 => self.manage().await,
            _ => self.open_a_case().await,
        }
    }

    /// In a session of their own account.
    async fn mallory(&self) -> Session {
        let mallory = self.world.signed_in("mallory", OLD).await;
        self.world.session(&mallory).await
    }

    fn flow(&mut self) -> Option<(&'static str, Ticket)> {
        let at = self.flows.len().checked_sub(1)?;
        let at = self.pick(at + 1);
        Some(self.flows[at].clone())
    }

    async fn ask_for_text(&mut self) {
        let Some((_name, ticket)) = self.flow() else {
            return;
        };
        let user_name = USER_NAMES[self.pick(USER_NAMES.len())];
        let ask = Challenge::Phone(Some(user_name.parse().unwrap()));
        let answer = self.world.challenge(&ticket, ask).await;
        assert!(
            matches!(answer, Challenged::TextSent | Challenged::Expired),
            "{answer:?}"
        );
        self.post().await;
    }

    /// What is sent goes to the owner's number, and never more of it than the budget.
    async fn post(&mut self) {
        let now = self.world.clock.now();
        for message in self.world.post().await {
            if matches!(message.content(), Content::Code { .. }) {
                assert_eq!(*message.to(), Address::from(number(PHONE)));
                self.texts.retain(|then| *then > now - hours(12));
                self.texts.push(now);
                assert!(self.texts.len() <= TEXTS, "{} texts", self.texts.len());
            }
        }
    }

    /// Two guesses at once.
    async fn guess(&mut self) {
        let Some((name, ticket)) = self.flow() else {
            return;
        };
        let guess = |number: u32| {
            let typed = format!("{:08}", number % 100_000_000);
            Proof::Phone(typed.parse().unwrap())
        };
        let (first, second) = (guess(self.rng.next_u32()), guess(self.rng.next_u32()));
        let prove = |proof| self.world.accounts.prove(&ticket, proof);
        let answers = tokio::join!(prove(first), prove(second));
        for answer in [answers.0, answers.1] {
            match answer {
                Ok(Prove::Denied { left: Some(_) }) => self.told(name),
                Ok(Prove::Locked { .. }) => self.locked += 1,
                Ok(Prove::Expired) | Err(Error::Overloaded) => {}
                other => panic!("{name}: {other:?}"),
            }
        }
        let changes = Changes::new().password(typed_twice("Wilma-9-hills"));
        let applied = self.world.accounts.apply(&ticket, changes).await.unwrap();
        assert!(
            matches!(applied, Apply::Expired | Apply::Unproven),
            "{applied:?}"
        );
    }

    fn told(&mut self, name: &'static str) {
        let now = self.world.clock.now();
        let told = self.told.entry(name).or_default();
        told.retain(|then| *then > now - days(1));
        told.push(now);
        assert!(told.len() <= GUESSES, "{} guesses at {name}", told.len());
        self.guesses += 1;
    }

    /// One that is not the owner's: another subject, another issuer.
    async fn come_with_an_identity(&mut self) {
        let other = [
            Identity::verified(ISSUER, "Alice"),
            Identity::verified(ISSUER, "alice "),
            Identity::verified("https://accounts.example.org", "alice"),
            Identity::verified(ISSUER, "mallory"),
        ];
        let Ok(identity) = &other[self.pick(other.len())] else {
            return;
        };
        let answer = self.linked(identity).await;
        assert!(matches!(answer, SignInLinked::NotLinked), "{answer:?}");
    }

    async fn linked(&self, identity: &Identity) -> SignInLinked {
        let client = Client::new();
        let answer = self.world.accounts.sign_in_linked(identity, &client).await;
        answer.unwrap()
    }

    async fn manage(&mut self) {
        let session = self.mallory().await;
        let owner = account_id("42");
        let manage = self.world.accounts.manage(&session, &owner).await.unwrap();
        assert!(matches!(manage, Manage::NotYours), "{manage:?}");
    }

    async fn open_a_case(&mut self) {
        let session = self.mallory().await;
        let agent = Agent::signed_in(&session);
        let document = reference("policy/1");
        let evidence = Evidence::new(vec![reference("mine")]).unwrap();
        let request = CaseRequest::new_email(email("mallory@shop.example"), document, evidence);
        let owner = account_id("42");
        let opened = self.world.accounts.open_case(&agent, &owner, request);
        let opened = opened.await.unwrap();
        assert!(matches!(opened, OpenCase::NotAllowed), "{opened:?}");
    }

    /// The owner, at a device that is known: by a text message, whatever the stranger has guessed and
    /// asked for.
    async fn owner_comes(&mut self, device: DeviceToken, new: &str) -> DeviceToken {
        let client = Client::new().human(true).device(device);
        let ticket = self.world.recover_as("alice", &client);
        let ask = Challenge::Phone(Some("alice".parse().unwrap()));
        let sent = self.world.challenge(&ticket, ask).await;
        assert_eq!(sent, Challenged::TextSent);
        let typed = code(text(&self.world.post().await));
        let ticket = self.world.accepted(&ticket, Proof::Phone(typed)).await;
        let device = self.world.recovered(&ticket, new).await;
        let _by_password = self.world.signed_in("alice", new).await;
        let linked = self.linked(&identity("alice")).await;
        assert!(matches!(linked, SignInLinked::Accepted(_)), "{linked:?}");
        self.post().await;
        device
    }
}

fn reference(text: &str) -> Reference {
    text.parse().unwrap()
}

fn identity(subject: &str) -> Identity {
    Identity::verified(ISSUER, subject).unwrap()
}

#[tokio::test]
async fn s11_s14_s15_s19_x37_a_stranger_is_never_in_by_other_ways() {
    let (mut year, mut device) = Year::begin().await;
    for week in 0..WEEKS {
        let owner_comes = 1 + year.pick(6);
        for day in 0..7 {
            for _ in 0..STEPS_A_DAY {
                year.attack().await;
                let span = year.pick(4 * 60 * 60);
                year.world.clock.advance(Duration::from_secs(span as u64));
            }
            if day == owner_comes {
                year.world.clock.advance(Duration::from_secs(61));
                device = year
                    .owner_comes(device, &format!("Orla-{week}-rivers"))
                    .await;
            }
        }
    }
    assert!(year.guesses > 200, "{} guesses", year.guesses);
    assert!(year.locked > 20, "{} locked", year.locked);
    let owner = year.world.signed_in("alice", "Orla-51-rivers").await;
    assert_eq!(year.world.session(&owner).await.user_name(), "alice");
}
