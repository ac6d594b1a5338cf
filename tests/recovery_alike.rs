//! What a stranger can do in a recovery has the same effects and the same answers for a name that
//! nobody has and for an account in whatever state: the same calls to the store, in the same
//! order, and the same public answers.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod support;

use std::{
    fmt::Debug,
    future::Future,
    pin::pin,
    task::{Context, Poll, Waker},
    time::Duration,
};

use backstop::{
    Challenge, Challenged, Changes, Client, Error, Link, LoginName, MailedCode, MemoryStore, Proof,
    Prove, QuestionId, SecurityCode, Ticket,
    hash::HashCost,
    hasher::HasherConfig,
    message::Content,
    policy::{Policy, Questions},
    store::AccountStore,
};
use base64ct::{Base64UrlUnpadded, Encoding};
use support::{
    ALICE, ANSWER, Clock, NEW, OLD, WRONG, World, account_id, answer, cheap, email, key,
    mail::{Refusal, link},
    password, question, slow, typed_twice,
};

/// What an account has, and what strangers and its owner have done.
#[derive(Clone, Copy, Debug, Default)]
struct State {
    exists: bool,
    email: bool,
    hint: bool,
    code: bool,
    disabled: bool,
    before: Before,
    meanwhile: Meanwhile,
}

/// Strangers' misses before the flow begins.
#[derive(Clone, Copy, Debug, Default)]
enum Before {
    #[default]
    Nothing,
    Code,
    Hint,
    SignIn,
}

/// What the owner does between two steps of the stranger.
#[derive(Clone, Copy, Debug, Default)]
enum Meanwhile {
    #[default]
    Nothing,
    AddsHint,
    ChangesPassword,
    IsDisabled,
    IsEnabled,
    Recovers,
    SignsIn,
}

const PLAIN: State = State {
    exists: true,
    email: false,
    hint: false,
    code: false,
    disabled: false,
    before: Before::Nothing,
    meanwhile: Meanwhile::Nothing,
};

const STATES: [State; 8] = [
    PLAIN,
    State {
        email: true,
        ..PLAIN
    },
    State {
        hint: true,
        ..PLAIN
    },
    State {
        code: true,
        ..PLAIN
    },
    State {
        email: true,
        hint: true,
        ..PLAIN
    },
    State {
        email: true,
        hint: true,
        code: true,
        ..PLAIN
    },
    State {
        disabled: true,
        ..PLAIN
    },
    State {
        email: true,
        hint: true,
        code: true,
        disabled: true,
        ..PLAIN
    },
];

/// A step, the calls that it made, and its public answer.
type Line = (String, Vec<&'static str>, String);

async fn transcript(state: State) -> Vec<Line> {
    let world = World::new();
    prepare(&world, state).await;
    strangers_misses(&world, state.before).await;
    let mut stranger = Stranger {
        world: &world,
        lines: Vec::new(),
    };
    stranger.plays(state).await;
    stranger.lines
}

fn assert_alike(known: &[Line], unknown: &[Line], state: State) {
    for (known, unknown) in known.iter().zip(unknown) {
        assert_eq!(known, unknown, "{state:?}");
    }
    assert_eq!(known.len(), unknown.len());
}

async fn prepare(world: &World, state: State) {
    if !state.exists {
        return;
    }
    let mut signed_in = world.register("42", "alice", OLD).await;
    if state.code {
        signed_in = world.add_code(&signed_in, OLD).await.0;
    }
    if state.email {
        signed_in = world.add_email(&signed_in, OLD, ALICE).await;
    }
    if state.hint {
        let _signed_in = world.add_hint(&signed_in, OLD).await;
    }
    if state.disabled {
        let _disabled = world.accounts.disable(&account_id("42")).await.unwrap();
    }
}

async fn strangers_misses(world: &World, before: Before) {
    let ticket = world.recover("alice");
    for _ in 0..5 {
        match before {
            Before::Nothing => {}
            Before::SignIn => drop(world.sign_in("alice", WRONG).await),
            Before::Code => drop(world.offer(&ticket, wrong_code()).await),
            Before::Hint => drop(world.offer(&ticket, wrong_answer()).await),
        }
    }
}

async fn owner_acts(world: &World, state: State) {
    if !state.exists {
        return;
    }
    match state.meanwhile {
        Meanwhile::Nothing => {}
        Meanwhile::SignsIn => drop(world.signed_in("alice", OLD).await),
        Meanwhile::AddsHint => {
            let signed_in = world.signed_in("alice", OLD).await;
            let _renewed = world.add_hint(&signed_in, OLD).await;
        }
        Meanwhile::ChangesPassword => {
            let signed_in = world.signed_in("alice", OLD).await;
            let _renewed = world.change(&signed_in, OLD, NEW).await;
        }
        Meanwhile::IsDisabled => {
            let _disabled = world.accounts.disable(&account_id("42")).await.unwrap();
        }
        Meanwhile::IsEnabled => {
            let _enabled = world.accounts.enable(&account_id("42")).await.unwrap();
        }
        Meanwhile::Recovers => {
            let letter = world.post().await.pop().unwrap();
            let opened = world.accounts.follow(&link(&letter), None).await.unwrap();
            let Prove::Accepted(ticket) = opened else {
                panic!("{opened:?}");
            };
            let _device = world.recovered(&ticket, NEW).await;
        }
    }
}

struct Stranger<'a> {
    world: &'a World,
    lines: Vec<Line>,
}

impl Stranger<'_> {
    /// Everything that a stranger can do, to the end of every budget.
    async fn plays(&mut self, state: State) {
        let ticket = self.recovers();
        self.challenges(&ticket, Challenge::SecurityEmail).await;
        for _ in 0..7 {
            self.world.clock.advance(Duration::from_secs(61));
            self.challenges(&ticket, Challenge::SecurityEmail).await;
        }
        owner_acts(self.world, state).await;
        self.world.clock.advance(Duration::from_secs(61));
        self.tries_everything(&ticket).await;
        // Flows that begin with a guess, and with nothing at all.
        for first in [wrong_code, wrong_answer, wrong_security_code] {
            let ticket = self.recovers();
            self.proves(&ticket, first()).await;
            self.tries_everything(&ticket).await;
        }
        let ticket = self.recovers();
        self.applies(&ticket).await;
    }

    async fn tries_everything(&mut self, ticket: &Ticket) {
        self.challenges(ticket, Challenge::HintQuestion).await;
        let new = Challenge::NewEmail(email("mallory@shop.example"));
        self.challenges(ticket, new).await;
        for guess in [wrong_code, wrong_answer, wrong_security_code] {
            for _ in 0..5 {
                self.proves(ticket, guess()).await;
            }
        }
        let foreign = Proof::NewEmail("12345678".parse().unwrap());
        self.proves(ticket, foreign).await;
        let foreign = Proof::CurrentPassword(password(OLD));
        self.proves(ticket, foreign).await;
        self.applies(ticket).await;
        self.issues(ticket).await;
        for link in forged_links(ticket) {
            let accounts = &self.world.accounts;
            let followed = accounts.follow(&link, None).await;
            self.note("follow", &followed);
            let stopped = accounts.cancel(&link).await;
            self.note("cancel", &stopped);
        }
        self.challenges(ticket, Challenge::SecurityEmail).await;
    }

    fn recovers(&mut self) -> Ticket {
        self.world.store.take_calls();
        let ticket = self.world.recover("alice");
        self.note("recover", &());
        ticket
    }

    async fn challenges(&mut self, ticket: &Ticket, challenge: Challenge) {
        self.world.store.take_calls();
        let step = format!("{challenge:?}");
        let challenged = self.world.accounts.challenge(ticket, challenge).await;
        // Which question differs from name to name.
        match challenged {
            Ok(Challenged::Question(_)) => self.note(&step, &"a question"),
            other => self.note(&step, &other),
        }
    }

    async fn proves(&mut self, ticket: &Ticket, proof: Proof) {
        self.world.store.take_calls();
        let step = format!("{proof:?}");
        let proved = self.world.accounts.prove(ticket, proof).await;
        assert!(!matches!(proved, Ok(Prove::Accepted(_))));
        self.note(&step, &proved);
    }

    async fn applies(&mut self, ticket: &Ticket) {
        self.world.store.take_calls();
        let all = || {
            Changes::new()
                .password(typed_twice(NEW))
                .hint(question(), answer(ANSWER))
                .email()
                .security_code(no_code())
        };
        let applied = self.world.accounts.apply(ticket, all()).await;
        self.note("apply", &applied);
    }

    async fn issues(&mut self, ticket: &Ticket) {
        self.world.store.take_calls();
        let issued = self.world.accounts.issue_security_code(ticket).await;
        self.note("issue", &issued);
    }

    fn note(&mut self, step: &str, answer: &impl Debug) {
        let calls = self.world.store.take_calls();
        // Nothing that a stranger does writes an account.
        assert!(
            !calls
                .iter()
                .any(|call| ["add", "update", "remove"].contains(call))
        );
        self.lines
            .push((step.to_owned(), calls, format!("{answer:?}")));
    }
}

fn wrong_code() -> Proof {
    Proof::SecurityEmail("00000000".parse::<MailedCode>().unwrap())
}

fn wrong_answer() -> Proof {
    Proof::HintQuestion(answer("Somebody Else"))
}

fn wrong_security_code() -> Proof {
    Proof::SecurityCode(no_code())
}

/// Well formed: zero has the check symbol zero.
fn no_code() -> SecurityCode {
    "0".repeat(27).parse().unwrap()
}

/// A link of no flow, and the links of this one with a MAC that is made up.
fn forged_links(ticket: &Ticket) -> Vec<Link> {
    let ticket = Base64UrlUnpadded::decode_vec(ticket.expose()).unwrap();
    let id = &ticket[9..25];
    let of = |letter: u8, id: &[u8]| {
        let bytes = [&[letter], id, &[7; 32]].concat();
        Base64UrlUnpadded::encode_string(&bytes).parse().unwrap()
    };
    vec![
        "AAAA".parse().unwrap(),
        of(b'e', &[9; 16]),
        of(b'e', id),
        of(b'n', id),
    ]
}

#[tokio::test]
async fn x01_x02_e01_every_step_is_alike_in_every_state() {
    let unknown = transcript(State::default()).await;
    for state in STATES {
        let known = transcript(state).await;
        assert_alike(&known, &unknown, state);
    }
    // The steps went as far as they can go.
    let answers: Vec<&str> = unknown.iter().map(|line| line.2.as_str()).collect();
    for seen in [
        "Sent",
        "a question",
        "left: Some(0)",
        "Locked",
        "Unproven",
        "Expired",
        "Ended",
        "left: None",
    ] {
        assert!(answers.iter().any(|answer| answer.contains(seen)), "{seen}");
    }
}

#[tokio::test]
async fn x06_a_lock_is_alike_in_every_state() {
    for before in [Before::Code, Before::Hint, Before::SignIn] {
        let nobody = State {
            before,
            ..State::default()
        };
        let unknown = transcript(nobody).await;
        for state in STATES {
            let state = State { before, ..state };
            assert_alike(&transcript(state).await, &unknown, state);
        }
    }
}

/// A flow that outlives what its owner does says nothing of it.
#[tokio::test]
async fn x38_a_stranger_does_not_see_what_the_owner_does() {
    let unknown = transcript(State::default()).await;
    for meanwhile in [
        Meanwhile::SignsIn,
        Meanwhile::AddsHint,
        Meanwhile::ChangesPassword,
        Meanwhile::IsDisabled,
        Meanwhile::IsEnabled,
        Meanwhile::Recovers,
    ] {
        for state in STATES {
            // Where there is an address more is needed for it, or less.
            let fits = match meanwhile {
                Meanwhile::Recovers => state.email && !state.disabled,
                Meanwhile::IsDisabled => !state.disabled,
                Meanwhile::IsEnabled => state.disabled,
                _ => !state.disabled,
            };
            if fits {
                let state = State { meanwhile, ..state };
                assert_alike(&transcript(state).await, &unknown, state);
            }
        }
    }
}

async fn shown(world: &World, ticket: &Ticket) -> QuestionId {
    match world.challenge(ticket, Challenge::HintQuestion).await {
        Challenged::Question(id) => id,
        other => panic!("{other:?}"),
    }
}

/// Two flows for one name show one question, whenever they began.
#[tokio::test]
async fn x39_the_question_does_not_tell_of_a_change() {
    // A name whose own question is another than the one that it would get without an account.
    for number in 0..4 {
        let world = World::new();
        let name = format!("alice{number}");
        let signed_in = world.register("42", &name, OLD).await;
        let signed_in = world.add_hint(&signed_in, OLD).await;
        let ticket = world.recover(&name);
        let _sent = world.challenge(&ticket, Challenge::SecurityEmail).await;
        let before = shown(&world, &ticket).await;
        let _renewed = world.change(&signed_in, OLD, NEW).await;
        assert_eq!(shown(&world, &ticket).await, before);
        assert_eq!(shown(&world, &world.recover(&name)).await, before);
    }
}

#[tokio::test]
async fn x39_a_decoy_question_is_stable() {
    let (store, clock) = (MemoryStore::new(), Clock::new());
    let world = World::on(store.clone(), key(), clock.clone(), |builder| builder);
    let first = shown(&world, &world.recover("nobody")).await;
    // Case and width.
    for name in ["Nobody", "NOBODY", "ｎｏｂｏｄｙ"] {
        assert_eq!(shown(&world, &world.recover(name)).await, first, "{name}");
    }
    // A lock at every method.
    for _ in 0..5 {
        let ticket = world.recover("nobody");
        drop(world.offer(&ticket, wrong_answer()).await);
        drop(world.offer(&ticket, wrong_code()).await);
        drop(world.sign_in("nobody", WRONG).await);
        assert_eq!(shown(&world, &ticket).await, first);
    }
    // A restart, a rotation of the key, and a question that is offered no more.
    let rotated = key()
        .rotated_to(*b"a newer service key, 32 bytes...")
        .unwrap();
    let retired = Questions::standard().retire(&first);
    let policy = Policy::marketplace().questions(retired);
    for (key, policy) in [
        (key(), Policy::marketplace()),
        (rotated, Policy::marketplace()),
        (key(), policy),
    ] {
        let world = World::on(store.clone(), key, clock.clone(), |b| b.policy(policy));
        assert_eq!(shown(&world, &world.recover("nobody")).await, first);
    }
    // An account without a hint shows what its name showed before it was there.
    let _signed_in = world.register("42", "nobody", OLD).await;
    assert_eq!(shown(&world, &world.recover("nobody")).await, first);
    // Names differ.
    let mut questions = Vec::new();
    for number in 0..40 {
        let name = format!("invented{number}");
        questions.push(shown(&world, &world.recover(&name)).await.to_string());
    }
    questions.sort();
    questions.dedup();
    assert!(questions.len() > 6, "{questions:?}");
}

/// A wrong answer costs a hash of the same size, on a worker.
#[tokio::test]
async fn x02_e02_a_hint_guess_hashes_for_any_name() {
    let world = World::with(|builder| builder.hash_cost(slow()));
    let _signed_in = world.register("42", "alice", OLD).await;
    for name in ["alice", "nobody"] {
        let ticket = world.recover(name);
        let guess = world.accounts.prove(&ticket, wrong_answer());
        assert!(waits_for_a_worker(guess), "{name}");
    }
}

/// How many hashes of this cost a store has of alice.
async fn hashes(store: &MemoryStore, cost: &str) -> usize {
    let stored = store.load(&account_id("42")).await.unwrap().unwrap();
    let bytes = stored.value.to_bytes();
    let of_cost = |window: &&[u8]| *window == cost.as_bytes();
    bytes.windows(cost.len()).filter(of_cost).count()
}

/// A hash under an older cost or key is replaced once it is answered right, and a stranger's wrong
/// answer replaces nothing.
#[tokio::test]
async fn x40_a_hint_is_hashed_anew_when_it_is_answered() {
    let store = MemoryStore::new();
    let clock = Clock::new();
    let old = World::on(store.clone(), key(), clock.clone(), |builder| builder);
    let (owner, _code) = old.alice().await;
    let (dearer, text) = (HashCost::danger_below_floor(16, 1, 1).unwrap(), "$m=16,t=1");
    let new = World::on(store.clone(), key(), clock, |builder| {
        builder.hash_cost(dearer)
    });
    let device = Client::new().human(true).device(owner.device().clone());
    for (ticket, typed, expected) in [
        (new.recover("alice"), "somebody else", 0),
        (new.recover_as("alice", &device), "somebody else", 0),
        (new.recover("alice"), ANSWER, 1),
        (new.recover_as("alice", &device), ANSWER, 1),
    ] {
        let _answer = new.offer(&ticket, Proof::HintQuestion(answer(typed))).await;
        assert_eq!(hashes(&store, text).await, expected, "{typed}");
    }
    assert!(new.is_live(owner.token()).await);
    let _signed_in = new.signed_in("alice", OLD).await;
    assert_eq!(hashes(&store, text).await, 2);
}

/// An unknown name's answer costs what hints cost that were not answered since the cost changed:
/// it is compared while a dearer hash, which is none of the dearest, goes on.
#[tokio::test]
async fn x40_an_older_hint_takes_as_long_as_none() {
    let world = World::with(|builder| {
        builder
            .hash_cost(slow())
            .stored_hashes(HashCost::new(19_456, 13, 1).unwrap(), 1000)
            .stored_answers(cheap(), 1000)
            .hasher(HasherConfig::new().workers(2))
    });
    let ticket = world.recover("nobody");
    let (name, typed) = (support::login("nobody"), password(OLD));
    let accounts = world.accounts.clone();
    let dear = tokio::spawn(async move { accounts.sign_in(&name, &typed, &Client::new()).await });
    tokio::task::yield_now().await;
    let denied = world.offer(&ticket, wrong_answer()).await;
    assert!(matches!(denied, Prove::Denied { .. }), "{denied:?}");
    assert!(!dear.is_finished());
    let _denied = dear.await.unwrap();
}

fn waits_for_a_worker<T>(future: impl Future<Output = T>) -> bool {
    let mut context = Context::from_waker(Waker::noop());
    matches!(pin!(future).poll(&mut context), Poll::Pending)
}

#[tokio::test]
async fn x03_the_resend_limit_is_silent() {
    let world = World::new();
    let signed_in = world.register("42", "alice", OLD).await;
    let _signed_in = world.add_email(&signed_in, OLD, ALICE).await;
    world.clock.advance(support::days(1));
    for (name, expected) in [("alice", 3), ("nobody", 0)] {
        let ticket = world.recover(name);
        let mut mails = 0;
        // Too soon, and then too often.
        for second in [0, 1, 1, 61, 61, 61, 61, 61, 61, 61] {
            world.clock.advance(Duration::from_secs(second));
            let answer = world.challenge(&ticket, Challenge::SecurityEmail).await;
            assert_eq!(answer, Challenged::Sent);
            mails += world.post().await.len();
        }
        assert_eq!(mails, expected);
    }
}

#[tokio::test]
async fn x04_a_failing_sender_is_told_to_nobody() {
    for refusal in [Refusal::Permanent, Refusal::Transient, Refusal::Lost] {
        let mut seen = Vec::new();
        for exists in [true, false] {
            let world = World::new();
            let state = State {
                email: true,
                ..PLAIN
            };
            prepare(&world, State { exists, ..state }).await;
            world.clock.advance(support::hours(1));
            world.mail.fail(&[refusal; 20]);
            let mut stranger = Stranger {
                world: &world,
                lines: Vec::new(),
            };
            let ticket = stranger.recovers();
            for _ in 0..6 {
                stranger.challenges(&ticket, Challenge::SecurityEmail).await;
                assert!(world.accounts.deliver_due().await.is_ok());
                world.clock.advance(Duration::from_secs(61));
            }
            stranger.tries_everything(&ticket).await;
            seen.push(stranger.lines);
        }
        assert_eq!(seen[0], seen[1], "{refusal:?}");
    }
}

/// Only the reader of the mailbox is told that an address is in use.
#[tokio::test]
async fn x05_an_address_in_use_is_told_to_nobody_else() {
    let mut seen = Vec::new();
    for wanted in [ALICE, "free@shop.example"] {
        let world = World::new();
        let (_alice, _code) = world.alice().await;
        let mallory = world.register("43", "mallory", OLD).await;
        let ticket = world.settings(&mallory).await;
        let ticket = world.proven(&ticket, OLD).await;
        let mut stranger = Stranger {
            world: &world,
            lines: Vec::new(),
        };
        let new = Challenge::NewEmail(email(wanted));
        stranger.challenges(&ticket, new).await;
        let letter = world.letter().await;
        assert_eq!(letter.to(), &email(wanted));
        let is_told = matches!(letter.content(), Content::AlreadyInUse);
        assert_eq!(is_told, wanted == ALICE);
        let text = letter.text();
        assert!(!is_told || !text.chars().any(|c| c.is_ascii_digit()));
        for _ in 0..4 {
            let code = Proof::NewEmail("00000000".parse().unwrap());
            stranger.proves(&ticket, code).await;
        }
        stranger.applies(&ticket).await;
        seen.push(stranger.lines);
    }
    assert_eq!(seen[0], seen[1]);
}

/// Mails to nobody take a place as well.
#[tokio::test]
async fn x02_a_full_outbox_is_alike() {
    let world = World::new();
    let signed_in = world.register("42", "alice", OLD).await;
    let _signed_in = world.add_email(&signed_in, OLD, ALICE).await;
    let tickets = [world.recover("alice"), world.recover("nobody")];
    // Of one name few mails wait: it takes many names to fill it.
    for n in 0..5000 {
        let ticket = world.recover(&format!("user{n}"));
        let first = world.accounts.challenge(&ticket, Challenge::SecurityEmail);
        if matches!(first.await, Err(Error::Overloaded)) {
            break;
        }
    }
    for ticket in &tickets {
        let answer = world.accounts.challenge(ticket, Challenge::SecurityEmail);
        assert!(matches!(answer.await, Err(Error::Overloaded)));
    }
    let _post = world.post().await;
    for ticket in &tickets {
        let answer = world.challenge(ticket, Challenge::SecurityEmail).await;
        assert_eq!(answer, Challenged::Sent);
    }
}

/// The human check comes before all of it.
#[tokio::test]
async fn x02_a_machine_is_refused_for_any_name() {
    let world = World::new();
    let _signed_in = world.register("42", "alice", OLD).await;
    world.store.take_calls();
    for name in ["alice", "nobody"] {
        let name: LoginName = name.parse().unwrap();
        let refused = world.accounts.recover(&name, &Client::new());
        assert_eq!(format!("{refused:?}"), "Ok(NotHuman)");
    }
    assert!(world.store.take_calls().is_empty());
}
