//! What a stranger can do with a phone has the same effects and the same answers for a name that
//! nobody has, for an account with a phone or without one, and for a user name that is another's.
#![cfg(feature = "phone")]
#![expect(
    clippy::arithmetic_side_effects,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod support;

use std::{fmt::Debug, time::Duration};

use backstop::{Challenge, Changes, Policy, Proof, Ticket};
use support::{
    ALICE, NEW, OLD, WRONG, World, days,
    phone::{PHONE, phones},
    typed_twice,
};

/// What there is behind the name, and what is typed beside it.
#[derive(Clone, Copy, Debug)]
enum State {
    Nobody,
    NoPhone,
    /// Its phone, and the right user name.
    Phone,
    /// Its phone, and a user name that nobody has.
    OtherName,
    /// Its phone, and the user name of somebody else.
    BobsName,
    /// A phone in a country that is no longer served.
    Refused,
    /// A phone whose texts of the day are used up.
    Texted,
}

const STATES: [State; 7] = [
    State::Nobody,
    State::NoPhone,
    State::Phone,
    State::OtherName,
    State::BobsName,
    State::Refused,
    State::Texted,
];

/// A step, the calls that it made, and its public answer.
type Line = (&'static str, Vec<&'static str>, String);

struct Stranger {
    world: World,
    user_name: &'static str,
    lines: Vec<Line>,
}

async fn transcript(login: &str, state: State) -> Vec<Line> {
    let is_open = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(true));
    let open = std::sync::Arc::clone(&is_open);
    let world = World::with(|builder| {
        let builder = phones(builder).policy(Policy::marketplace().phones());
        builder.phone_countries(move |_number| open.load(std::sync::atomic::Ordering::SeqCst))
    });
    let begin = world.clock.now();
    let bob = world.register("7", "bob", OLD).await;
    let _bob = world.add_phone(&bob, false, "+46739999999").await;
    match state {
        State::Nobody => {}
        State::NoPhone => {
            let alice = world.register("42", "alice", OLD).await;
            let _alice = world.add_email(&alice, OLD, ALICE).await;
        }
        _ => drop(world.alice_with_phone(true).await),
    }
    world.clock.advance(days(1));
    if matches!(state, State::Refused) {
        is_open.store(false, std::sync::atomic::Ordering::SeqCst);
    }
    let user_name = match state {
        State::OtherName => "nobody",
        State::BobsName => "bob",
        _ => "alice",
    };
    // The same time for everybody, a while after whatever was prepared.
    let since = world.clock.now() - begin;
    let mut left = days(30) - since.unsigned_abs();
    if matches!(state, State::Texted) {
        let minute = Duration::from_secs(61);
        world.clock.advance(left - 6 * minute);
        for _ in 0..6 {
            let ticket = world.recover("alice");
            let _texts = world.text_to(&ticket, "alice").await;
            world.clock.advance(minute);
        }
        left = Duration::ZERO;
    }
    world.clock.advance(left);
    world.store.take_calls();
    let mut stranger = Stranger {
        world,
        user_name,
        lines: Vec::new(),
    };
    stranger.plays(login).await;
    stranger.lines
}

impl Stranger {
    async fn plays(&mut self, login: &str) {
        let ticket = self.world.recover(login);
        // A guess before anything was asked for.
        self.proves(&ticket).await;
        for _ in 0..4 {
            self.asks(&ticket).await;
            self.world.clock.advance(Duration::from_secs(61));
        }
        self.ends(&ticket).await;
        // The misses of the name, then those of the code, are used up.
        for _ in 0..4 {
            self.proves(&ticket).await;
        }
        self.world.clock.advance(Duration::from_secs(10 * 60));
        self.proves(&ticket).await;
        self.asks(&ticket).await;
        self.proves(&ticket).await;
        // A day later, as the first time.
        self.world.clock.advance(days(1));
        self.asks(&ticket).await;
        let ticket = self.world.recover(login);
        self.asks(&ticket).await;
        self.proves(&ticket).await;
        self.signs_in(login).await;
    }

    async fn asks(&mut self, ticket: &Ticket) {
        let ask = Challenge::Phone(Some(self.user_name.parse().unwrap()));
        let asked = self.world.accounts.challenge(ticket, ask).await;
        self.note("challenge", &asked);
    }

    async fn proves(&mut self, ticket: &Ticket) {
        for typed in ["00000000", "12345678"] {
            let proof = Proof::Phone(typed.parse().unwrap());
            let proved = self.world.accounts.prove(ticket, proof).await;
            self.note("prove", &proved);
        }
    }

    async fn ends(&mut self, ticket: &Ticket) {
        let entered = self.world.accounts.sign_in_once(ticket).await;
        self.note("sign in once", &entered);
        let changes = Changes::new().password(typed_twice(NEW));
        let applied = self.world.accounts.apply(ticket, changes).await;
        self.note("apply", &applied);
    }

    async fn signs_in(&mut self, login: &str) {
        let denied = self.world.try_sign_in(login, WRONG).await;
        let calls = self.world.store.take_calls();
        assert_eq!(calls.len(), 4);
        self.lines.push(("sign in", calls, format!("{denied:?}")));
    }

    fn note(&mut self, step: &'static str, answer: &dyn Debug) {
        let calls = self.world.store.take_calls();
        self.lines.push((step, calls, format!("{answer:?}")));
    }
}

#[tokio::test]
async fn x39_s11_every_step_with_a_phone_is_alike_for_every_name() {
    for login in ["alice", PHONE] {
        let unknown = transcript(login, State::Nobody).await;
        assert!(unknown.len() > 20);
        assert!(unknown.iter().any(|line| line.2.contains("TextSent")));
        assert!(unknown.iter().any(|line| line.2.contains("Locked")));
        for state in STATES {
            let known = transcript(login, state).await;
            for (known, unknown) in known.iter().zip(&unknown) {
                assert_eq!(known, unknown, "{login}, {state:?}");
            }
            assert_eq!(known.len(), unknown.len());
        }
    }
}
