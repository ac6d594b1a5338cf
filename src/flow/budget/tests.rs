//! Budgets under any order of guesses, answers, losses and hours.

use rand_chacha::{
    ChaCha20Rng,
    rand_core::{Rng, SeedableRng},
};

use super::*;
use crate::policy::Backoff;

const KEY: Key = Key::from_bytes([1; 32]);

/// A budget and what its guessers were told.
struct World {
    rng: ChaCha20Rng,
    rule: BudgetRule,
    now: Stamp,
    record: Option<Stored<Record>>,
    in_flight: Vec<(Verdict, Stamp)>,
    /// When each wrong verdict was charged for that somebody was told.
    told: Vec<Stamp>,
}

impl World {
    fn new(seed: u64, rule: BudgetRule) -> Self {
        Self {
            rng: ChaCha20Rng::seed_from_u64(seed),
            rule,
            now: Stamp::from_millis(1_767_225_600_000),
            record: None,
            in_flight: Vec::new(),
            told: Vec::new(),
        }
    }

    fn bits(&mut self) -> [u8; 16] {
        let mut bits = [0; 16];
        self.rng.fill_bytes(&mut bits);
        bits
    }

    /// Writes at once: races between writers are the store's part.
    fn write<R>(&mut self, decision: Decision<R>) -> R {
        let (write, reply) = decision.into_parts();
        match write {
            None => {}
            Some(Write::InsertFlow { record, .. } | Write::SwapFlow { record, .. }) => {
                self.record = Some(record);
            }
            Some(Write::DeleteFlow { .. }) => self.record = None,
            Some(_) => panic!("no account is touched"),
        }
        reply
    }

    fn charge(&mut self, outcome: Option<Match>) {
        let (id, revision) = (self.bits(), self.bits());
        let charge = charge(
            &KEY,
            self.record.as_ref(),
            &self.rule,
            self.now,
            &[],
            ChargeId::from_random(id),
            Revision::from_bytes(revision),
        );
        match charge.map(|decision| self.write(decision)) {
            Ok(Charge::Charged(charged)) => {
                let (verdict, _record) = charged.spend(outcome);
                self.in_flight.push((verdict, self.now));
            }
            Ok(Charge::Locked { until }) => assert!(until > self.now),
            Err(Error::Overloaded) => {}
            Err(other) => panic!("{other:?}"),
        }
    }

    fn settle(&mut self, index: usize) {
        let (verdict, charged_at) = self.in_flight.swap_remove(index);
        let revision = Revision::from_bytes(self.bits());
        let settled = settle(
            &KEY,
            self.record.as_ref(),
            &self.rule,
            self.now,
            &verdict,
            Clears::Own,
            revision,
        );
        match settled.map(|decision| self.write(decision)) {
            Ok(Settled::Wrong { .. }) => self.told.push(charged_at),
            Ok(Settled::Right | Settled::Void) => {}
            Err(Error::Overloaded) => assert!(self.now.since(charged_at) >= LEASE),
            Err(other) => panic!("{other:?}"),
        }
    }

    /// Something happens: a guess begins, one ends or is never heard of again, time passes.
    fn step(&mut self) {
        let random = self.rng.next_u32();
        let pick = usize::try_from(random / 16).unwrap();
        let index = pick.checked_rem(self.in_flight.len()).unwrap_or(0);
        match random % 16 {
            0..=4 => self.charge(Some(Match::Wrong)),
            5 => self.charge(None),
            6 => self.charge(Some(Match::Right)),
            7..=11 if !self.in_flight.is_empty() => self.settle(index),
            12 if !self.in_flight.is_empty() => {
                let _lost = self.in_flight.swap_remove(index);
            }
            13 | 14 => {
                let seconds = u64::from(random / 16) % 40;
                self.now = self.now.plus(Duration::from_secs(seconds));
            }
            _ => {
                let minutes = u64::from(random / 16) % 600;
                self.now = self
                    .now
                    .plus(Duration::from_secs(minutes).saturating_mul(60));
            }
        }
    }
}

/// Whatever the order of guesses, answers, losses and hours: no window ever holds more
/// answers to wrong guesses than the limit.
#[test]
fn s12_no_window_holds_more_answers_than_the_limit() {
    let window = Duration::from_secs(24 * 60 * 60);
    for seed in 0..200 {
        let mut world = World::new(seed, BudgetRule::limit(3, window));
        for _ in 0..500 {
            world.step();
        }
        world.told.sort();
        assert!(world.told.len() > 3, "seed {seed}: nothing happened");
        for four in world.told.windows(4) {
            assert!(four[3].since(four[0]) >= window, "seed {seed}");
        }
    }
}

/// A charge from a future that the clock went back from keeps nobody out, and its verdict is told
/// to nobody.
#[test]
fn x31_a_charge_from_the_future_is_dropped_and_its_verdict_withheld() {
    let mut world = World::new(1, BudgetRule::limit(1, LEASE));
    let now = world.now;
    world.now = now.plus(LEASE).plus(Duration::from_millis(1));
    world.charge(Some(Match::Wrong));
    world.now = now;
    world.charge(Some(Match::Wrong));
    assert_eq!(world.in_flight.len(), 2);
    // The later one: its charge is in the record.
    world.settle(1);
    assert_eq!(world.told, [now]);
    let (verdict, _charged_at) = world.in_flight.pop().unwrap();
    let revision = Revision::from_bytes([9; 16]);
    let found = world.record.as_ref();
    let clears = Clears::Own;
    let late = settle(
        &KEY,
        found,
        &world.rule,
        world.now,
        &verdict,
        clears,
        revision,
    );
    assert!(matches!(late, Err(Error::Overloaded)));
}

/// One that a clock a minute ahead has charged is as good as any.
#[test]
fn x31_a_charge_from_a_clock_a_minute_ahead_is_in_flight() {
    let mut world = World::new(1, BudgetRule::limit(1, LEASE));
    let now = world.now;
    world.now = now.plus(Duration::from_secs(60));
    world.charge(Some(Match::Wrong));
    world.now = now;
    world.charge(Some(Match::Wrong));
    assert_eq!(world.in_flight.len(), 1);
    world.settle(0);
    assert_eq!(world.told.len(), 1);
}

/// The record stays small, however long somebody guesses.
#[test]
fn x46_a_record_stays_small() {
    let window = Duration::from_secs(24 * 60 * 60);
    let mut world = World::new(7, BudgetRule::backoff(Backoff::DEFAULT, window));
    for _ in 0..20_000 {
        world.charge(Some(Match::Wrong));
        while !world.in_flight.is_empty() {
            world.settle(0);
        }
        world.now = world.now.plus(Duration::from_secs(100));
    }
    let size = world.record.unwrap().value.as_bytes().len();
    assert!(size < 300, "{size} bytes");
}

#[test]
fn x45_a_budget_under_another_key_is_damaged() {
    let mut world = World::new(1, BudgetRule::limit(3, LEASE));
    world.charge(Some(Match::Wrong));
    let other = Key::from_bytes([2; 32]);
    let found = Budget::load(&other, world.record.as_ref(), &world.rule, world.now);
    assert!(matches!(found, Err(RecordError::Damaged)));
}
