//! Plays a sequence of calls against the library and the model, and compares.

use std::{fmt::Debug, time::Duration};

use backstop::{
    Apply, Challenge, Challenged, Changes, Client, DeviceToken, Error, Issue, Link,
    Method::{self, CurrentPassword, HintQuestion, NewEmail, SecurityCode, SecurityEmail},
    Proof, Prove, SessionStatus, SessionToken, SignIn, SignInOnce, Stopped, Ticket,
    message::{Content, Notice},
    store::AccountStore,
};

use super::{DAY, Deed, Guess, Model, Row, SECOND, Secret, readers, table_allows, table_permits};
use crate::support::{
    self, World, account_id, answer, email,
    mail::{self, Refusal},
    password,
    probe::Fault,
    typed_twice,
};

/// One step: raw numbers, so that steps can be left out.
#[derive(Clone, Copy, Debug)]
pub struct Op(pub [u32; 6]);

const PEOPLE: usize = 5;
/// One that nobody can use, since another account has it.
const TAKEN: &str = "bob@x.example";
const WRONG_CODE: &str = "00000000";

struct Session {
    who: usize,
    token: SessionToken,
    device: DeviceToken,
    device_name: usize,
    epoch: u32,
    began: i64,
}

/// What is known of a flow beside what the library keeps.
struct Flow {
    who: usize,
    ticket: Ticket,
    /// The ticket before, which is dead.
    before: Option<Ticket>,
    /// Whether it came in with `alice`; else with a name that nobody has.
    is_alice: bool,
    session: Option<usize>,
    /// The device and the epoch that its token is of.
    device: Option<(usize, u32)>,
    began: i64,
    epoch: Option<u32>,
    is_gone: bool,
    proofs: Vec<Method>,
    misses: [u8; 2],
    has_code: bool,
    /// When the code was made, and the one before it.
    made: i64,
    older: Option<i64>,
    /// When the code was made that proved the mailbox.
    mailed: Option<i64>,
    /// The flow whose link this one came out of.
    origin: Option<usize>,
    /// A code of it has signed in.
    is_spent: bool,
    /// The reader of a mail has stopped it; to stop it again is no error.
    is_stopped: bool,
    new_email: Option<String>,
    issued: Option<String>,
    ripe_at: Option<i64>,
}

struct Letter {
    flow: usize,
    method: Method,
    to: String,
    /// When its code was made, and whether there is a newer one: then only its link is good.
    made: i64,
    is_old: bool,
    /// The code and the links; nothing before it has arrived.
    sent: Option<(String, Option<Link>, Option<Link>)>,
}

/// The address and the budget of a mail that waits; `None` for one of nobody.
type Waiting = Option<(String, String)>;

struct Play {
    world: World,
    model: Model,
    sessions: Vec<Session>,
    flows: Vec<Flow>,
    letters: Vec<Letter>,
    outbox: Vec<(usize, Method, Waiting)>,
    /// The link, of which state of the account, to whom, and whether it stops a hint answer or
    /// voids the password.
    stops: Vec<(Link, u32, String, bool)>,
    pointed: Option<(usize, i64)>,
    devices: usize,
    texts: usize,
    code: Option<Vec<u8>>,
    /// The answer that was set last, whether or not it still counts.
    hint: String,
    is_deleted: bool,
    answers: Vec<String>,
    trace: Vec<String>,
}

type Played<T = ()> = Result<T, String>;

/// The name of a variant.
fn short(value: &impl Debug) -> String {
    let text = format!("{value:?}");
    text.split(|c: char| !c.is_alphanumeric())
        .next()
        .unwrap()
        .to_owned()
}

/// What was answered by the end, or how it went wrong.
pub async fn play(who_knows: u32, ops: &[Op]) -> Result<Vec<String>, String> {
    let mut play = Play::begin(who_knows).await;
    for op in ops {
        let played = play.step(op.0).await;
        let played = match played {
            Ok(()) if !play.is_deleted => play.observe().await,
            played => played,
        };
        played.map_err(|why| format!("{}\n{why}", play.trace.join("\n")))?;
        if play.is_deleted {
            break;
        }
    }
    let ended = match play.is_deleted {
        false => play.end().await,
        true => play.gone().await,
    };
    ended.map_err(|why| format!("{}\nat the end: {why}", play.trace.join("\n")))?;
    Ok(play.answers)
}

impl Play {
    /// Alice, with all of it or a part of it; `bits` says who knows what beside the owner, 0.
    async fn begin(bits: u32) -> Self {
        let world = World::new();
        let bob = world.register("7", "bob", "Bosse-4-berg").await;
        let _bob = world.add_email(&bob, "Bosse-4-berg", TAKEN).await;
        let mut signed_in = world.register("42", "alice", support::OLD).await;
        let mut model = Model::default();
        let mut set = |method: Method, text: &str, shift: u32| {
            let others = (1..PEOPLE - 1).filter(|who| bits >> (shift + *who as u32) & 1 == 1);
            let secret = Secret {
                text: text.to_owned(),
                set_at: -DAY * 9,
                roots: Vec::new(),
                known_to: [0].into_iter().chain(others).collect(),
                set_by: None,
            };
            model.secrets.insert(method, secret);
        };
        set(CurrentPassword, support::OLD, 0);
        if bits >> 20 & 1 != 0 {
            let (next, code) = world.add_code(&signed_in, support::OLD).await;
            set(SecurityCode, &code.expose(), 4);
            signed_in = next;
        }
        if bits >> 22 & 7 != 0 {
            signed_in = world
                .add_email(&signed_in, support::OLD, support::ALICE)
                .await;
            set(SecurityEmail, support::ALICE, 8);
        }
        if bits >> 25 & 3 != 0 {
            signed_in = world.add_hint(&signed_in, support::OLD).await;
            set(HintQuestion, support::ANSWER, 12);
        }
        world.clock.advance(support::days(9));
        if bits >> 28 & 3 == 0 {
            // Changed by its password as often as it may be in a day, but once.
            for (old, new) in [(support::OLD, support::NEW), (support::NEW, support::OLD)].repeat(2)
            {
                signed_in = world.change(&signed_in, old, new).await;
                let known_to = model.secrets[&CurrentPassword].known_to.clone();
                let to = (CurrentPassword, new.to_owned());
                model.change(0, &[CurrentPassword], false, &[to]);
                model.secrets.get_mut(&CurrentPassword).unwrap().known_to = known_to;
            }
        }
        Self {
            world,
            model,
            sessions: Vec::new(),
            flows: Vec::new(),
            letters: Vec::new(),
            outbox: Vec::new(),
            stops: Vec::new(),
            pointed: None,
            devices: 0,
            texts: 0,
            code: None,
            hint: support::ANSWER.to_owned(),
            is_deleted: false,
            answers: Vec::new(),
            trace: Vec::new(),
        }
    }

    fn advance(&mut self, millis: i64) {
        let span = Duration::from_millis(millis.unsigned_abs());
        if millis < 0 {
            self.world.clock.rewind(span);
        } else {
            self.world.clock.advance(span);
            self.model.elapsed += millis;
        }
        self.model.now += millis;
    }

    fn same(&mut self, verb: &str, got: &impl Debug, expected: &str) -> Played {
        let got_short = short(got);
        self.trace.push(format!("    {verb} {got_short}"));
        self.answers.push(format!("{verb} {got_short}"));
        let is_same = got_short == expected;
        is_same
            .then_some(())
            .ok_or(format!("{verb}: {got:?}, the model says {expected}"))
    }

    /// After a failure whatever was charged holds its place for two minutes.
    fn failed<T>(&mut self, verb: &str, result: Result<T, Error>) -> Result<Option<T>, String> {
        let struck = self.world.store.struck();
        match result {
            Ok(answer) => Ok(Some(answer)),
            Err(Error::Store(_)) if struck => {
                self.trace.push(format!("    {verb} failed"));
                self.advance(121 * SECOND);
                Ok(None)
            }
            Err(other) => Err(format!("{verb}: {other:?}")),
        }
    }

    async fn step(&mut self, [kind, who, a, b, c, fault]: [u32; 6]) -> Played {
        let who = if who & 1 == 0 {
            0
        } else {
            (who >> 1) as usize % PEOPLE
        };
        let kind = kind % 100;
        self.trace
            .push(format!("{kind} by {who}, {} s", self.model.now / SECOND));
        let breaks = fault % 8 == 0 && (matches!(kind, 0..5 | 34..65 | 69..93));
        if breaks {
            let way = if fault & 8 == 0 {
                Fault::Before
            } else {
                Fault::After
            };
            self.world.store.fail((fault >> 4) as usize % 8, &[way]);
        }
        match kind {
            0..5 => self.sign_in(who, a, b).await?,
            5..9 => self.settings(who, a).await?,
            9..12 => self.recover(who, a),
            12..23 => self.whole(who, kind, a, b, c).await?,
            23..34 => {
                self.challenge(who, a, b, c).await?;
                if fault & 3 != 0 {
                    self.advance(61 * SECOND);
                    self.deliver(false).await?;
                }
            }
            34..57 => self.prove(who, a, b, c).await?,
            57..62 => self.follow(who, a).await?,
            62..65 => self.cancel(who, a).await?,
            65..69 => {
                let _ = self.world.store.struck();
                self.issue(who, a).await?;
            }
            69..82 => self.apply(who, a, b, c).await?,
            82..85 => {
                let _ = self.world.store.struck();
                self.sign_in_once(who, a).await?;
            }
            85..93 => self.deliver(fault % 8 == 1).await?,
            93..96 | 97 => self.advance(i64::from(a % 300) * SECOND),
            96 => self.advance(i64::from(a % 30) * 3600 * SECOND),
            98 => self.advance(i64::from(a % 5) * DAY),
            _ => self.advance(-i64::from(a % if b % 8 == 0 { 400 } else { 55 }) * SECOND),
        }
        let _ = self.world.store.struck();
        Ok(())
    }

    /// The steps of a change in the order in which they make sense, one or another left out.
    async fn whole(&mut self, who: usize, kind: u32, a: u32, b: u32, c: u32) -> Played {
        if kind.is_multiple_of(2) {
            self.recover(who, a);
        } else {
            self.settings(who, 1).await?;
            self.settings(who, 1).await?;
        }
        for step in (0..9).filter(|step| a >> (2 * step + 4) & 3 != 0) {
            match step {
                0 => self.prove(who, 1, a & 2, 1).await?,
                1 => self.challenge(who, 1, 1, 1).await?,
                4 => self.issue(who, 1).await?,
                5 => self.challenge(who, 1, 3, c).await?,
                3 | 7 => self.prove(who, 1, if step == 3 { 2 } else { 0 }, 1).await?,
                8 if c % 5 == 2 => {
                    self.advance(if b.is_multiple_of(3) { 600 * SECOND } else { 0 });
                    self.sign_in_once(who, 1).await?;
                }
                8 => self.apply(who, 1, b | 1, c).await?,
                _ => {
                    self.advance(61 * SECOND);
                    self.deliver(false).await?;
                }
            }
        }
        Ok(())
    }

    fn keep_session(&mut self, who: usize, signed_in: &backstop::SignedIn, device: Option<usize>) {
        self.devices += 1;
        self.sessions.push(Session {
            who,
            token: signed_in.token().clone(),
            device: signed_in.device().clone(),
            device_name: device.unwrap_or(self.devices),
            epoch: self.model.epoch,
            began: self.model.now,
        });
    }

    fn of(&self, who: usize, pick: u32) -> Option<usize> {
        let own: Vec<usize> = (0..self.flows.len())
            .filter(|at| self.flows[*at].who == who)
            .collect();
        // The latest ones mostly, and those that go on.
        let live: Vec<usize> = own
            .iter()
            .copied()
            .filter(|at| self.meets(*at).is_some())
            .collect();
        let own = if pick.is_multiple_of(8) { own } else { live };
        let back = (pick / 8 % 7).min(pick / 8 % 3) as usize;
        own.len()
            .checked_sub(1 + back.min(own.len().saturating_sub(1)))
            .map(|at| own[at])
    }

    async fn sign_in(&mut self, who: usize, a: u32, b: u32) -> Played {
        let right = !a.is_multiple_of(4) && self.model.knows(who, CurrentPassword);
        let typed = if right {
            self.model.text(CurrentPassword).unwrap()
        } else {
            self.wrong_password()
        };
        let own = self
            .sessions
            .iter()
            .rev()
            .find(|session| session.who == who && b.is_multiple_of(2));
        let known = own
            .filter(|session| session.epoch == self.model.epoch)
            .map(|s| s.device_name);
        let mut client = Client::new();
        if let Some(session) = own {
            client = client.device(session.device.clone());
        }
        let (name, typed) = (support::login("alice"), password(typed));
        let result = self.world.accounts.sign_in(&name, &typed, &client).await;
        let Some(got) = self.failed("sign-in", result)? else {
            return Ok(());
        };
        let at = known.map_or("sign-in".to_owned(), |device| {
            format!("sign-in at {device}")
        });
        let guess = self.model.guess(&at, None, right, known.is_some());
        let expected = match guess {
            Guess::Right => "Accepted",
            Guess::Wrong => "Denied",
            Guess::Locked => "Locked",
        };
        self.same("sign-in", &got, expected)?;
        if let SignIn::Accepted(signed_in) = got {
            self.keep_session(who, &signed_in, known);
        }
        Ok(())
    }

    /// The one that was voided, if there is one.
    fn wrong_password(&self) -> &str {
        let void = self.model.void.as_ref();
        void.map_or(support::WRONG, |void| void.text.as_str())
    }

    async fn settings(&mut self, who: usize, a: u32) -> Played {
        let own: Vec<usize> = (0..self.sessions.len())
            .filter(|at| self.sessions[*at].who == who)
            .collect();
        let live = own
            .last()
            .is_some_and(|at| self.sessions[*at].epoch == self.model.epoch);
        let Some(at) = own.last().copied().filter(|_| live || a.is_multiple_of(4)) else {
            return self.sign_in(who, a, 1).await;
        };
        let status = self
            .world
            .accounts
            .session(&self.sessions[at].token)
            .await
            .unwrap();
        if let SessionStatus::Live(session) = status {
            let ticket = self.world.accounts.settings(&session).unwrap();
            self.begin_flow(who, ticket, true, Some(at), None);
        }
        Ok(())
    }

    fn recover(&mut self, who: usize, a: u32) {
        let is_alice = !a.is_multiple_of(8);
        let own = self
            .sessions
            .iter()
            .rev()
            .find(|session| session.who == who && a & 8 == 0);
        let device = own.map(|session| (session.device_name, session.epoch));
        let mut client = Client::new().human(true);
        if let Some(session) = own {
            client = client.device(session.device.clone());
        }
        let ticket = self
            .world
            .recover_as(if is_alice { "alice" } else { "nobody" }, &client);
        self.begin_flow(who, ticket, is_alice, None, device);
    }

    fn begin_flow(
        &mut self,
        who: usize,
        ticket: Ticket,
        is_alice: bool,
        session: Option<usize>,
        device: Option<(usize, u32)>,
    ) {
        self.flows.push(Flow {
            who,
            ticket,
            before: None,
            is_alice,
            session,
            device,
            began: self.model.now,
            epoch: session.map(|at| self.sessions[at].epoch),
            is_gone: false,
            proofs: Vec::new(),
            misses: [0; 2],
            has_code: false,
            made: 0,
            older: None,
            mailed: None,
            origin: None,
            is_spent: false,
            is_stopped: false,
            new_email: None,
            issued: None,
            ripe_at: None,
        });
    }

    /// Whether the flow goes on, and if so whether it is about the account.
    fn meets(&self, at: usize) -> Option<bool> {
        let flow = &self.flows[at];
        let now = self.model.now;
        let life = match (flow.session, flow.ripe_at) {
            (Some(_), _) => 3600 * SECOND,
            (None, Some(ripe_at)) => DAY.max(ripe_at - flow.began + DAY),
            (None, None) => DAY,
        };
        let is_alive = flow.began <= now + 60 * SECOND && now < flow.began + life;
        self.is_about(at).filter(|_| is_alive)
    }

    /// The same for the links of a flow, which may be good for longer than its ticket.
    fn is_about(&self, at: usize) -> Option<bool> {
        let flow = &self.flows[at];
        let is_real = flow.is_alice && flow.epoch.is_none_or(|epoch| epoch == self.model.epoch);
        let ends = !is_real && (flow.session.is_some() || !flow.proofs.is_empty());
        (!flow.is_gone && !ends).then_some(is_real)
    }

    /// A hint answer that waits keeps no mail good for longer than a day.
    fn is_mail_good(&self, at: usize) -> bool {
        let flow = &self.flows[at];
        let age = self.model.now - flow.made;
        !flow.has_code || (-60 * SECOND..DAY).contains(&age)
    }

    /// The record is written: from now on the flow is about the account as it is.
    fn touch(&mut self, at: usize) {
        let epoch = self.flows[at].is_alice.then_some(self.model.epoch);
        let flow = &mut self.flows[at];
        flow.epoch = flow.epoch.or(epoch).or(Some(u32::MAX));
    }

    fn accept(&mut self, at: usize, who: usize, method: Method, ticket: &Ticket) {
        self.touch(at);
        let flow = &mut self.flows[at];
        flow.before = Some(std::mem::replace(&mut flow.ticket, ticket.clone()));
        flow.who = who;
        if !flow.proofs.contains(&method) {
            flow.proofs.push(method);
        }
        if method == SecurityEmail && flow.has_code {
            (flow.mailed, flow.origin) = (Some(flow.made), None);
        }
    }

    async fn challenge(&mut self, who: usize, a: u32, b: u32, c: u32) -> Played {
        let Some(at) = self.of(who, a) else {
            return Ok(());
        };
        let (challenge, to) = match b % 5 {
            0 if self.flows[at].session.is_some() && !b.is_multiple_of(16) => {
                (Challenge::SecurityEmail, None)
            }
            0 => (Challenge::HintQuestion, None),
            1 | 2 => (Challenge::SecurityEmail, None),
            _ => {
                let reader = if c.is_multiple_of(4) {
                    c >> 2
                } else {
                    who as u32
                } as usize
                    % PEOPLE;
                let to = if c % 9 == 8 {
                    TAKEN.to_owned()
                } else {
                    format!("{reader}@x.example")
                };
                (Challenge::NewEmail(email(&to)), Some(to))
            }
        };
        let asks = matches!(challenge, Challenge::HintQuestion);
        let got = self
            .world
            .accounts
            .challenge(&self.flows[at].ticket, challenge)
            .await;
        let is_session = self.flows[at].session.is_some();
        let meets = self.meets(at);
        if asks && is_session {
            let expected = matches!(got, Err(Error::NotOffered))
                || meets.is_none() && matches!(got, Ok(Challenged::Expired));
            return expected
                .then_some(())
                .ok_or(format!("hint in a session: {got:?}"));
        }
        let got = got.map_err(|error| format!("challenge: {error:?}"))?;
        let Some(is_real) = meets else {
            return self.same("challenge", &got, "Expired");
        };
        let mail = self.model.text(SecurityEmail).map(str::to_owned);
        match to {
            _ if asks => self.same("challenge", &got, "Question"),
            None if is_session && mail.is_none() => self.same("challenge", &got, "NoAddress"),
            None => {
                self.touch(at);
                self.make_code(at, is_session);
                // What was sent before a change does not count.
                let purpose = if is_session { "change" } else { "recovery" };
                let budget = format!("{purpose} {}", self.model.epoch);
                let mail = mail.filter(|_| is_real).map(|to| (to, budget));
                self.mail(at, SecurityEmail, mail);
                self.same("challenge", &got, "Sent")
            }
            Some(to) => {
                let mut proofs = self.flows[at].proofs.clone();
                proofs.push(NewEmail);
                if !is_real || self.model.roots(&proofs, SecurityEmail).is_none() {
                    return self.same("challenge", &got, "Unproven");
                }
                self.pointed = Some((at, self.model.now + DAY));
                self.touch(at);
                let flow = &mut self.flows[at];
                if flow.new_email.as_ref() != Some(&to) {
                    flow.proofs.retain(|proof| *proof != NewEmail);
                    flow.misses[1] = 0;
                    flow.new_email = Some(to.clone());
                    self.letters
                        .retain(|letter| letter.flow != at || letter.method != NewEmail);
                }
                self.mail(at, NewEmail, Some((to, "new".to_owned())));
                self.same("challenge", &got, "Sent")
            }
        }
    }

    /// The same code again for half of its day; then another one, and of the one before only the
    /// link is good.
    fn make_code(&mut self, at: usize, is_session: bool) {
        let now = self.model.now;
        let flow = &mut self.flows[at];
        let age = now - flow.made;
        if flow.has_code && (is_session || (-60 * SECOND..DAY / 2).contains(&age)) {
            return;
        }
        if !is_session && flow.proofs.is_empty() {
            flow.began = now;
        }
        flow.older = flow.has_code.then_some(flow.made);
        (flow.has_code, flow.made, flow.misses[0]) = (true, now, 0);
        let of_flow = |letter: &Letter| letter.flow == at && letter.method == SecurityEmail;
        self.letters
            .retain(|letter| !(of_flow(letter) && letter.is_old));
        for letter in self.letters.iter_mut().filter(|letter| of_flow(letter)) {
            letter.is_old = true;
        }
    }

    /// What is asked for again while it waits is one mail.
    fn mail(&mut self, at: usize, method: Method, mail: Waiting) {
        let waiting = self
            .outbox
            .iter_mut()
            .find(|(flow, other, _)| (*flow, *other) == (at, method));
        match waiting {
            Some(waiting) => waiting.2 = mail,
            None => self.outbox.push((at, method, mail)),
        }
    }

    /// What has become of this flow is not known: nobody goes on with it.
    fn lose(&mut self, at: usize) {
        self.flows[at].who = PEOPLE;
        self.letters.retain(|letter| letter.flow != at);
    }

    /// The letter that somebody has got out of this flow.
    fn letter(&self, at: usize, who: usize, method: Method) -> Option<&Letter> {
        self.letters.iter().find(|letter| {
            let is_theirs = self.reads(who, &letter.to) && letter.sent.is_some();
            letter.flow == at && letter.method == method && is_theirs && !letter.is_old
        })
    }

    fn reads(&self, who: usize, address: &str) -> bool {
        let email = self
            .model
            .secrets
            .get(&SecurityEmail)
            .filter(|email| email.text == address);
        let known = email.map_or_else(|| readers(address), |email| email.known_to.clone());
        known.contains(&who)
    }

    fn is_pointed_to(&self, at: usize) -> bool {
        self.pointed
            .is_some_and(|(flow, until)| flow == at && self.model.now < until)
    }

    async fn prove(&mut self, who: usize, a: u32, b: u32, c: u32) -> Played {
        // Now and then in a flow whose e-mail change has been replaced by another one's.
        let replaced = (0..self.flows.len()).find(|at| {
            let flow = &self.flows[*at];
            let is_next = flow.who == who && flow.new_email.is_some() && !self.is_pointed_to(*at);
            is_next && self.meets(*at).is_some()
        });
        let Some(at) = replaced.filter(|_| a.is_multiple_of(5)).or(self.of(who, a)) else {
            return Ok(());
        };
        let is_session = self.flows[at].session.is_some();
        let method = match (b % 7, is_session) {
            (0..=2, true) if !self.flows[at].proofs.contains(&CurrentPassword) => CurrentPassword,
            (0 | 1, _) if self.flows[at].new_email.is_some() => NewEmail,
            (2 | 3, _) if self.flows[at].has_code => SecurityEmail,
            (0..=2, true) => CurrentPassword,
            (0 | 1, false) => HintQuestion,
            (2 | 3, false) => SecurityCode,
            (3, true) | (4, _) => SecurityEmail,
            (5, _) => {
                if self.flows[at].new_email.is_some() {
                    NewEmail
                } else {
                    SecurityEmail
                }
            }
            _ => [
                CurrentPassword,
                HintQuestion,
                NewEmail,
                SecurityCode,
                SecurityEmail,
            ][c as usize / 16 % 5],
        };
        let typed = match method {
            NewEmail | SecurityEmail => {
                let letter = self.letter(at, who, method);
                letter
                    .and_then(|letter| letter.sent.as_ref())
                    .map(|sent| sent.0.clone())
            }
            _ => self
                .model
                .text(method)
                .filter(|_| self.model.knows(who, method))
                .map(str::to_owned),
        };
        let typed = typed.filter(|_| !c.is_multiple_of(6));
        let proof = match (method, &typed) {
            (CurrentPassword, _) => {
                let typed = typed.as_deref();
                Proof::CurrentPassword(password(typed.unwrap_or(self.wrong_password())))
            }
            (HintQuestion, _) => {
                Proof::HintQuestion(answer(typed.as_deref().unwrap_or("Some Other Person")))
            }
            (SecurityCode, Some(code)) => Proof::SecurityCode(code.parse().unwrap()),
            // Another account's.
            (SecurityCode, None) => Proof::SecurityCode("0".repeat(27).parse().unwrap()),
            (NewEmail, _) => {
                Proof::NewEmail(typed.as_deref().unwrap_or(WRONG_CODE).parse().unwrap())
            }
            _ => Proof::SecurityEmail(typed.as_deref().unwrap_or(WRONG_CODE).parse().unwrap()),
        };
        // Where nothing is kept of a flow, a ticket that is sealed begins another one.
        let use_old = c % 16 == 5 && self.flows[at].before.is_some() && self.meets(at).is_some();
        let ticket = if use_old {
            self.flows[at].before.clone().unwrap()
        } else {
            self.flows[at].ticket.clone()
        };
        let result = self.world.accounts.prove(&ticket, proof).await;
        let meets = self.meets(at).filter(|_| !use_old);
        if matches!(result, Err(Error::NotOffered)) {
            let is_right =
                method == CurrentPassword && !is_session || method == HintQuestion && is_session;
            return is_right.then_some(()).ok_or("not offered".to_owned());
        }
        let Some(got) = self.failed("prove", result)? else {
            // A code may have been accepted, and the ticket is lost.
            match method {
                NewEmail | SecurityEmail => self.lose(at),
                HintQuestion => self.model.may_have_told("HintAnswered"),
                SecurityCode => self.model.may_have_told("SecurityCodeUsed"),
                _ => {}
            }
            return Ok(());
        };
        let Some(is_real) = meets else {
            return self.same("prove", &got, "Expired");
        };
        let (expected, miss) = self.proved(at, method, is_real, typed.is_some());
        self.same("prove", &got, expected)?;
        if expected == "Denied"
            && let Some((place, limit)) = miss
        {
            self.model.tell_miss(&place, limit)?;
        }
        match got {
            Prove::Accepted(ticket) => self.accept(at, who, method, &ticket),
            Prove::Waiting { ticket, .. } => {
                let ripe_at = self.model.now + DAY;
                self.model.owe_within_the_hour("HintAnswered");
                self.flows[at].ripe_at.get_or_insert(ripe_at);
                self.accept(at, who, method, &ticket);
            }
            _ => {}
        }
        if expected == "Accepted" && method == SecurityCode {
            self.model.owe_within_the_hour("SecurityCodeUsed");
        }
        Ok(())
    }

    /// What the model answers, and where a wrong guess is counted.
    fn proved(
        &mut self,
        at: usize,
        method: Method,
        is_real: bool,
        right: bool,
    ) -> (&'static str, Option<(String, usize)>) {
        let flow = &self.flows[at];
        if method == SecurityCode {
            return (
                if right && is_real {
                    "Accepted"
                } else {
                    "Denied"
                },
                None,
            );
        }
        if method == NewEmail && (flow.new_email.is_none() || !self.is_pointed_to(at))
            || method == SecurityEmail && !self.is_mail_good(at)
        {
            return ("Expired", None);
        }
        let device = flow
            .device
            .filter(|(_, epoch)| *epoch == self.model.epoch && flow.is_alice && is_real);
        let is_own = flow.session.is_some() || method == NewEmail;
        let (whose, clears) = match device {
            _ if is_own => ("account".to_owned(), method != NewEmail),
            Some((device, _)) => (format!("device {device}"), true),
            None => (format!("name {}", flow.is_alice), false),
        };
        let place = format!("{method:?} of {whose}");
        let index = usize::from(method == NewEmail);
        let asked = if method == NewEmail {
            true
        } else {
            flow.has_code
        };
        let right = right && is_real && (method != SecurityEmail || self.model.has_address());
        let is_void =
            matches!(method, NewEmail | SecurityEmail) && asked && flow.misses[index] >= 3
                || method == SecurityEmail && flow.session.is_some() && !self.model.has_address();
        if is_void {
            let guess = self.model.guess(&place, Some(3), true, false);
            return (
                if guess == Guess::Locked {
                    "Locked"
                } else {
                    "Expired"
                },
                None,
            );
        }
        let guess = self.model.guess(&place, Some(3), right, clears);
        if guess == Guess::Right && clears {
            self.model.forget_told(&place);
        }
        if matches!(method, NewEmail | SecurityEmail) && guess != Guess::Locked {
            self.touch(at);
            self.flows[at].misses[index] += u8::from(guess == Guess::Wrong && asked);
        }
        let waits = method == HintQuestion && device.is_none();
        let answer = match guess {
            Guess::Locked => "Locked",
            Guess::Wrong => "Denied",
            Guess::Right if waits => "Waiting",
            Guess::Right => "Accepted",
        };
        (answer, Some((place, 3)))
    }

    /// A link out of a mail that somebody reads. In a recovery it proves what it proves, whatever
    /// somebody else has proved before.
    async fn follow(&mut self, who: usize, a: u32) -> Played {
        let read = self
            .letters
            .iter()
            .rev()
            .filter(|letter| self.reads(who, &letter.to) && letter.sent.is_some());
        let Some(letter) = read.take(3).nth(a as usize % 3) else {
            return Ok(());
        };
        let (at, method, made) = (letter.flow, letter.method, letter.made);
        let Some(link) = letter.sent.clone().unwrap().1 else {
            return Ok(());
        };
        let session = match self.flows[at]
            .session
            .filter(|at| self.sessions[*at].who == who)
        {
            Some(at) => match self.world.accounts.session(&self.sessions[at].token).await {
                Ok(SessionStatus::Live(session)) => Some(session),
                _ => None,
            },
            None => None,
        };
        let result = self.world.accounts.follow(&link, session.as_ref()).await;
        let age = self.model.now - made;
        let is_there = match self.flows[at].session {
            None => self.is_about(at) == Some(true),
            Some(_) => session.is_some() && self.meets(at) == Some(true),
        } && (method != NewEmail || self.is_pointed_to(at))
            && (method == NewEmail || (-60 * SECOND..DAY).contains(&age));
        let Some(got) = self.failed("follow", result)? else {
            self.lose(at);
            return Ok(());
        };
        self.same(
            "follow",
            &got,
            if is_there { "Accepted" } else { "Expired" },
        )?;
        if let Prove::Accepted(ticket) = got {
            if self.flows[at].session.is_some() {
                self.accept(at, who, method, &ticket);
                return Ok(());
            }
            // One that goes on alone; the one before it stays as it is.
            let before = &self.flows[at];
            let alone = Flow {
                who,
                ticket,
                before: None,
                proofs: vec![method],
                misses: [0; 2],
                has_code: false,
                made: 0,
                older: None,
                mailed: Some(made),
                origin: Some(at),
                is_spent: false,
                is_stopped: false,
                new_email: None,
                issued: None,
                ripe_at: None,
                is_alice: before.is_alice,
                session: None,
                device: None,
                began: made,
                epoch: before.epoch,
                is_gone: false,
            };
            self.flows.push(alone);
        }
        Ok(())
    }

    async fn cancel(&mut self, who: usize, a: u32) -> Played {
        if a.is_multiple_of(3) {
            let of_hint = (a / 3).is_multiple_of(2);
            let Some((link, epoch, ..)) = self
                .stops
                .iter()
                .rev()
                .find(|stop| self.reads(who, &stop.2) && stop.3 == of_hint)
                .cloned()
            else {
                return Ok(());
            };
            let result = self.world.accounts.cancel(&link).await;
            let Some(got) = self.failed("cancel", result)? else {
                return Ok(());
            };
            let is_good = epoch == self.model.epoch;
            let expected = match (of_hint, is_good) {
                (true, true) => "Stopped",
                (false, true) => "PasswordVoid",
                // Said again.
                (false, false) if self.model.void.is_some() => "PasswordVoid",
                (_, false) => "Ended",
            };
            self.same("cancel", &got, expected)?;
            if !of_hint && is_good {
                self.model.disown();
            }
            if got == Stopped::Stopped {
                self.model.secrets.remove(&HintQuestion);
                self.model.pending.remove(&SecurityCode);
                self.model.owe("HintChanged");
                self.model.renew();
            }
            return Ok(());
        }
        let Some(letter) = self.letters.iter().rev().find(|letter| {
            self.reads(who, &letter.to) && letter.sent.as_ref().is_some_and(|sent| sent.2.is_some())
        }) else {
            return Ok(());
        };
        let (at, link) = (letter.flow, letter.sent.clone().unwrap().2.unwrap());
        let result = self.world.accounts.cancel(&link).await;
        let got = match self.failed("cancel", result)? {
            Some(got) => got,
            // Once more, and it is stopped whatever the first time did.
            None => self.world.accounts.cancel(&link).await.unwrap(),
        };
        // A flow that has met another state of the account can be stopped as well.
        let is_sure = self.meets(at).is_some();
        let is_over = self.flows[at].is_gone && !self.flows[at].is_stopped;
        if is_sure || got == Stopped::Stopped && is_over {
            self.same(
                "cancel",
                &got,
                if self.flows[at].is_gone {
                    "Ended"
                } else {
                    "Stopped"
                },
            )?;
        }
        self.letters.retain(|letter| letter.flow != at);
        (self.flows[at].is_gone, self.flows[at].is_stopped) = (true, true);
        Ok(())
    }

    async fn issue(&mut self, who: usize, a: u32) -> Played {
        let Some(at) = self.of(who, a) else {
            return Ok(());
        };
        let got = self
            .world
            .accounts
            .issue_security_code(&self.flows[at].ticket)
            .await
            .unwrap();
        let may = self
            .model
            .roots(&self.flows[at].proofs, SecurityCode)
            .is_some();
        let expected = match self.meets(at) {
            None => "Expired",
            Some(true) if self.model.text(SecurityCode).is_some() => {
                let is_owner = self.flows[at].session.is_some();
                ["Unproven", "AlreadySet"][usize::from(is_owner)]
            }
            Some(true) if may => "Issued",
            _ => "Unproven",
        };
        if let Issue::Issued(code) = &got {
            self.flows[at].issued = Some(code.expose().to_string());
        }
        self.same("issue", &got, expected)
    }

    async fn apply(&mut self, who: usize, a: u32, b: u32, c: u32) -> Played {
        let Some(at) = self.of(who, a) else {
            return Ok(());
        };
        let deletes = self.model.permits(&self.flows[at].proofs, Deed::Delete);
        // Late, since nothing comes after it.
        let wants = match deletes {
            true => self.texts > 3,
            false if self.flows[at].proofs.is_empty() => b.is_multiple_of(16),
            false => b.is_multiple_of(2),
        };
        if c % 3 == 1 && wants {
            return self.delete(who, at).await;
        }
        let (mut changes, mut to, mut mistyped) =
            (Changes::new(), Vec::<(Row, String)>::new(), false);
        let flow = &self.flows[at];
        self.texts += 1;
        // Every combination, and mostly one that may do; now and then the name alone.
        let is_name = c % 8 == 3;
        let wanted = |row, bit: u32| match b % 3 {
            _ if is_name => false,
            0 => b >> (2 + bit) & 1 == 1,
            _ => b >> (2 + bit) & 3 != 0 && self.model.roots(&flow.proofs, row).is_some(),
        };
        let (new, is_weak) = (format!("Orla-{}-rivers", self.texts), c.is_multiple_of(16));
        if wanted(CurrentPassword, 0) {
            changes = changes.password(typed_twice(if is_weak { "short" } else { &new }));
            to.push((CurrentPassword, new));
        }
        if wanted(HintQuestion, 3) {
            let text = format!("Gunvor Quist {}", self.texts);
            changes = changes.hint(support::question(), answer(&text));
            to.push((HintQuestion, text));
        }
        if wanted(SecurityCode, 6) {
            mistyped = c.is_multiple_of(5) || flow.issued.is_none();
            let text = if mistyped {
                "0".repeat(27)
            } else {
                flow.issued.clone().unwrap()
            };
            changes = changes.security_code(text.parse().unwrap());
            to.push((SecurityCode, text));
        }
        if wanted(SecurityEmail, 9) {
            changes = changes.email();
            to.push((SecurityEmail, flow.new_email.clone().unwrap_or_default()));
        }
        let may_rename = self.model.permits(&flow.proofs, Deed::Rename);
        let renames = is_name || b >> 20 & 3 == 3 && may_rename;
        if renames {
            // Another way to write it: whoever signs in need not know which.
            let name = ["Alice", "ALICE", "alice"][self.texts % 3];
            changes = changes.user_name(name.parse().unwrap());
        }
        if to.is_empty() && !renames {
            return Ok(());
        }
        let result = self
            .world
            .accounts
            .apply(&self.flows[at].ticket, changes)
            .await;
        // A failure changes nothing, and the ticket stays good.
        let Some(got) = self.failed("apply", result)? else {
            return Ok(());
        };
        let (flow, model) = (&self.flows[at], &self.model);
        let rows: Vec<Row> = to.iter().map(|(row, _)| *row).collect();
        let weak = is_weak && rows.contains(&CurrentPassword);
        let lacks = |proofs: &[Method]| {
            let is_lacking = |row: &Row| model.roots(proofs, *row).is_none();
            rows.iter().any(is_lacking) || renames && !model.permits(proofs, Deed::Rename)
        };
        let expected = match self.meets(at) {
            None => "Expired",
            Some(false) => "Unproven",
            Some(true) if flow.epoch.is_none() => "Unproven",
            _ if lacks(&flow.proofs) => "Unproven",
            _ if flow.ripe_at.is_some_and(|at| at > model.now) && {
                let mut ripe = flow.proofs.clone();
                ripe.retain(|method| *method != HintQuestion);
                lacks(&ripe)
            } =>
            {
                "Waiting"
            }
            _ if flow.proofs.contains(&CurrentPassword) && model.is_changed_too_often() => "Locked",
            _ if rows.contains(&SecurityEmail) && !self.is_pointed_to(at) => "Expired",
            _ if rows.contains(&SecurityCode) && flow.issued.is_none() => "Unproven",
            _ if rows.contains(&SecurityCode) && mistyped => "Mistyped",
            _ if weak => "Unmet",
            _ if flow.session.is_some() => "Applied",
            _ => "Recovered",
        };
        if matches!(got, Apply::Applied(_) | Apply::Recovered(_)) {
            let (holds, has_address) = (model.falls_back_on(who), model.has_address());
            for row in &rows {
                if !table_allows(&holds, *row, has_address) {
                    return Err(format!("{who} changed {row:?} with {holds:?}"));
                }
            }
            if renames && !table_permits(&holds, Deed::Rename, has_address) {
                return Err(format!("{who} renamed with {holds:?}"));
            }
            if renames {
                self.model.rename();
                self.answers.push("apply a name".to_owned());
            }
        }
        self.same("apply", &got, expected)?;
        let hint = to
            .iter()
            .find(|(row, _)| *row == HintQuestion)
            .map(|(_, text)| text.clone());
        if matches!(got, Apply::Applied(_) | Apply::Recovered(_)) {
            self.hint = hint.unwrap_or(std::mem::take(&mut self.hint));
        }
        let (proofs, from_name) = (
            flow_proofs(&self.flows[at]),
            self.flows[at].session.is_none(),
        );
        match got {
            Apply::Applied(signed_in) => {
                self.model.change(who, &proofs, from_name, &to);
                self.keep_session(who, &signed_in, None);
                self.flows[at].is_gone = true;
            }
            Apply::Recovered(_) => {
                self.model.change(who, &proofs, from_name, &to);
                self.flows[at].is_gone = true;
            }
            _ => {}
        }
        Ok(())
    }

    /// Alone: whatever else is asked for makes no difference.
    async fn delete(&mut self, who: usize, at: usize) -> Played {
        let ticket = self.flows[at].ticket.clone();
        let changes = Changes::new().delete();
        let result = self.world.accounts.apply(&ticket, changes).await;
        let Some(got) = self.failed("delete", result)? else {
            return Ok(());
        };
        let (flow, model) = (&self.flows[at], &self.model);
        let may = model.permits(&flow.proofs, Deed::Delete);
        let expected = match self.meets(at) {
            None => "Expired",
            Some(true) if may && flow.epoch.is_some() => match model.is_changed_too_often() {
                true => "Locked",
                false => "Deleted",
            },
            Some(_) => "Unproven",
        };
        self.same("delete", &got, expected)?;
        if matches!(got, Apply::Deleted) {
            let (holds, has_address) = (self.model.falls_back_on(who), self.model.has_address());
            if !table_permits(&holds, Deed::Delete, has_address) {
                return Err(format!("{who} deleted with {holds:?}"));
            }
            self.model.delete();
            self.is_deleted = true;
        }
        Ok(())
    }

    /// Out of a recovery whose mail is not ten minutes old. It spends the code, however often its
    /// link was opened.
    async fn sign_in_once(&mut self, who: usize, a: u32) -> Played {
        let Some(at) = self.of(who, a) else {
            return Ok(());
        };
        let ticket = self.flows[at].ticket.clone();
        let result = self.world.accounts.sign_in_once(&ticket).await;
        let meets = self.meets(at);
        let flow = &self.flows[at];
        if let Err(Error::NotOffered) = result {
            let is_right = flow.session.is_some() && meets.is_some();
            return is_right.then_some(()).ok_or("not offered".to_owned());
        }
        let got = result.map_err(|error| format!("sign in once: {error:?}"))?;
        let now = self.model.now;
        let is_young = |made: i64| made <= now + 60 * SECOND && now < made + 600 * SECOND;
        let is_there = |origin: usize| {
            let origin = &self.flows[origin];
            let has_it = flow.mailed == Some(origin.made) || flow.mailed == origin.older;
            has_it && !origin.is_gone && !origin.is_spent
        };
        let is_proved = flow.proofs.contains(&SecurityEmail)
            && self.model.permits(&flow.proofs, Deed::SignInOnce);
        let expected = match meets {
            None => "Expired",
            Some(true) if is_proved => match flow.mailed.is_some_and(is_young) {
                false => "TooLate",
                true if flow.origin.is_none_or(is_there) => "Accepted",
                true => "Expired",
            },
            Some(_) => "Unproven",
        };
        self.same("once", &got, expected)?;
        if let SignInOnce::Accepted(signed_in) = got {
            let holds = self.model.falls_back_on(who);
            if !table_permits(&holds, Deed::SignInOnce, self.model.has_address()) {
                return Err(format!("{who} signed in once with {holds:?}"));
            }
            self.model.owe("SignedInOnce");
            let flow = &mut self.flows[at];
            flow.is_gone = true;
            let (device, origin) = (flow.device.map(|(device, _)| device), flow.origin);
            self.keep_session(who, &signed_in, device);
            if let Some(origin) = origin {
                // Its first ticket may begin another flow.
                self.flows[origin].is_spent = true;
                self.lose(origin);
            }
        }
        Ok(())
    }

    /// One pass of the courier; failures hit the notices.
    async fn deliver(&mut self, fails: bool) -> Played {
        let fails = fails && self.outbox.is_empty();
        if fails {
            self.world.mail.fail(&[Refusal::Transient, Refusal::Lost]);
        } else {
            let _ = self.world.store.struck();
        }
        // What is left of it is sent without failures.
        if self.world.accounts.deliver_due().await.is_err() {
            self.advance(121 * SECOND);
        }
        let _ = self.world.store.struck();
        self.world.mail.fail(&[]);
        self.world
            .accounts
            .deliver_due()
            .await
            .map_err(|error| format!("deliver: {error:?}"))?;
        self.model.mature();
        let outbox = std::mem::take(&mut self.outbox);
        let due = outbox.into_iter().filter_map(|(flow, method, mail)| {
            let (to, budget) = mail?;
            self.model
                .send(&format!("{budget} {to}"))
                .then_some((flow, method, to))
        });
        let mut expected: std::collections::VecDeque<_> = due.collect();
        for message in self.world.mail.take() {
            let to = message.to().as_str().to_owned();
            if let Content::Notice { notice, cancel, .. } = message.content() {
                let what = short(notice);
                if cancel.is_some() {
                    self.stops.push((
                        mail::cancel(&message),
                        self.model.epoch,
                        to.clone(),
                        matches!(notice, Notice::HintAnswered(_)),
                    ));
                }
                self.model
                    .owed
                    .retain(|(owed, whom)| *owed != what || *whom != to);
                continue;
            }
            let Some((flow, method, whom)) =
                expected.pop_front().filter(|(_, _, whom)| *whom == to)
            else {
                return Err(format!("a mail to {to} that nobody asked for"));
            };
            let sent = match message.content() {
                Content::Code { cancel, link, .. } => {
                    let stop = cancel.is_some().then(|| mail::cancel(&message));
                    let link = link.is_some().then(|| mail::link(&message));
                    let is_linked = self.flows[flow].session.is_some() || method == SecurityEmail;
                    if link.is_some() != is_linked {
                        return Err(format!("a link to {to}: {link:?}"));
                    }
                    Some((mail::code(&message).expose().to_owned(), link, stop))
                }
                _ => None,
            };
            let current = method != NewEmail || self.flows[flow].new_email.as_ref() == Some(&to);
            if (sent.is_none()) != (to == TAKEN) {
                return Err(format!("{to} got {:?}", message.content()));
            }
            if current && self.flows[flow].who < PEOPLE {
                self.letters.push(Letter {
                    flow,
                    method,
                    to: whom,
                    made: self.flows[flow].made,
                    is_old: false,
                    sent,
                });
            }
        }
        expected
            .is_empty()
            .then_some(())
            .ok_or(format!("not sent: {expected:?}"))
    }

    /// Which sessions live, and that a security code stays what it is.
    async fn observe(&mut self) -> Played {
        for session in self.sessions.iter().rev().take(4) {
            let now = self.model.now;
            let expected = session.epoch == self.model.epoch
                && session.began <= now + 60 * SECOND
                && now < session.began + 30 * DAY;
            let live = self.world.is_live(&session.token).await;
            if live != expected {
                return Err(format!("session of {}: {live}", session.who));
            }
        }
        let id = account_id("42");
        let account = AccountStore::load(&self.world.store.inner, &id).await;
        let account = account.unwrap().unwrap();
        let code = account.value.security_code().map(|code| code.to_vec());
        if self.code.is_some() && self.code != code {
            return Err("the security code was changed".to_owned());
        }
        self.code = code;
        (self.code.is_some() == self.model.text(SecurityCode).is_some())
            .then_some(())
            .ok_or("the security code counts too early or too late".to_owned())
    }

    /// Once it is deleted: who is to be told is told, and nothing is left.
    async fn gone(&mut self) -> Played {
        self.trace.push("deleted".to_owned());
        let _ = self.world.store.struck();
        for session in &self.sessions {
            if self.world.is_live(&session.token).await {
                return Err(format!("a session of {} outlives it", session.who));
            }
        }
        for _ in 0..14 {
            self.advance(DAY / 4);
            self.deliver(false).await?;
        }
        if !self.model.owed.is_empty() {
            return Err(format!("never told: {:?}", self.model.owed));
        }
        let id = account_id("42");
        let left = AccountStore::load(&self.world.store.inner, &id).await;
        if left.unwrap().is_some() {
            return Err("the record is left".to_owned());
        }
        let typed = self.model.text(CurrentPassword).unwrap();
        let got = self.world.sign_in("alice", typed).await;
        self.same("sign-in", &got, "Denied")
    }

    /// In peace: every notice arrives, and each credential is the one that it should be.
    async fn end(&mut self) -> Played {
        self.trace.push("the end".to_owned());
        for _ in 0..14 {
            self.advance(DAY / 4);
            self.deliver(false).await?;
            self.observe().await?;
        }
        if !self.model.owed.is_empty() {
            return Err(format!("never told: {:?}", self.model.owed));
        }
        let is_void = self.model.void.is_some();
        let typed = self.model.text(CurrentPassword);
        let typed = typed.unwrap_or(self.wrong_password());
        let got = self.world.sign_in("alice", typed).await;
        self.same("sign-in", &got, if is_void { "Denied" } else { "Accepted" })?;
        let got = self.world.sign_in("alice", support::WRONG).await;
        self.same("sign-in", &got, "Denied")?;
        if let Some(code) = self.model.text(SecurityCode) {
            let proof = Proof::SecurityCode(code.parse().unwrap());
            let got = self.world.offer(&self.world.recover("alice"), proof).await;
            self.same("prove", &got, "Accepted")?;
            self.world.post().await;
        }
        let counts = self.model.text(HintQuestion) == Some(self.hint.as_str());
        let proof = Proof::HintQuestion(answer(&self.hint));
        let got = self.world.offer(&self.world.recover("alice"), proof).await;
        self.same("prove", &got, if counts { "Waiting" } else { "Denied" })?;
        self.world.post().await;
        let ticket = self.world.recover("alice");
        let _sent = self
            .world
            .challenge(&ticket, Challenge::SecurityEmail)
            .await;
        let to = self
            .world
            .post()
            .await
            .first()
            .map(|message| message.to().as_str().to_owned());
        let is_right = to.as_deref() == self.model.text(SecurityEmail);
        is_right.then_some(()).ok_or(format!("mail goes to {to:?}"))
    }
}

fn flow_proofs(flow: &Flow) -> Vec<Method> {
    flow.proofs.clone()
}
