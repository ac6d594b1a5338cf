//! A reference model of one account, and a player that compares the library with it.
#![expect(
    unreachable_pub,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "it is a part of a test"
)]

pub mod play;

use std::collections::BTreeMap;

use backstop::Method::{
    self, CurrentPassword, HintQuestion, NewEmail, SecurityCode, SecurityEmail,
};

pub const SECOND: i64 = 1000;
pub const DAY: i64 = 24 * 60 * 60 * SECOND;
const HOLD: i64 = 3 * DAY;

/// A change, by the method that it gives: `SecurityEmail` for the e-mail, and so on.
pub type Row = Method;

/// The authority table once more, as the architecture has it.
fn sets(row: Row, has_address: bool) -> Vec<Vec<Method>> {
    match row {
        CurrentPassword => vec![
            vec![CurrentPassword],
            vec![SecurityEmail],
            vec![HintQuestion],
            vec![SecurityCode],
        ],
        HintQuestion => vec![vec![CurrentPassword], vec![SecurityCode]],
        SecurityEmail if has_address => vec![
            vec![CurrentPassword, SecurityEmail, NewEmail],
            vec![SecurityCode, NewEmail],
        ],
        SecurityEmail => vec![
            vec![SecurityCode, NewEmail],
            vec![CurrentPassword, NewEmail],
        ],
        SecurityCode if has_address => vec![vec![CurrentPassword, SecurityEmail]],
        SecurityCode => vec![vec![CurrentPassword]],
        _ => vec![],
    }
}

pub fn table_allows(holds: &[Method], row: Row, has_address: bool) -> bool {
    let all = |set: &Vec<Method>| set.iter().all(|method| holds.contains(method));
    sets(row, has_address).iter().any(all)
}

/// What is done to an account, or with it, that gives no method.
#[derive(Clone, Copy, Debug)]
pub enum Deed {
    Delete,
    Rename,
    SignInOnce,
}

pub fn table_permits(holds: &[Method], deed: Deed, has_address: bool) -> bool {
    let sets: &[&[Method]] = match deed {
        Deed::Delete if has_address => &[&[CurrentPassword, SecurityEmail]],
        Deed::Delete => &[&[CurrentPassword]],
        Deed::Rename => &[&[CurrentPassword], &[SecurityCode]],
        Deed::SignInOnce => &[&[CurrentPassword], &[SecurityEmail]],
    };
    let all = |set: &&[Method]| set.iter().all(|method| holds.contains(method));
    sets.iter().any(all)
}

/// A secret of the account.
#[derive(Clone, Debug)]
pub struct Secret {
    pub text: String,
    pub set_at: i64,
    /// What the proofs that set it go back to.
    pub roots: Vec<Vec<Method>>,
    /// Who knows it; for an e-mail, who reads it.
    pub known_to: Vec<usize>,
    /// Who set it, and all that this person could fall back on then.
    pub set_by: Option<(usize, Vec<Method>)>,
}

#[derive(Default)]
pub struct Model {
    pub now: i64,
    /// Time that has really passed, whatever the clock was set to.
    pub elapsed: i64,
    pub epoch: u32,
    /// By the method that each proves.
    pub secrets: BTreeMap<Method, Secret>,
    /// The password that does not count any more, until there is a new one.
    pub void: Option<Secret>,
    /// An e-mail or a security code that takes effect at a time.
    pub pending: BTreeMap<Method, (Secret, i64)>,
    /// When it was changed by knowing its password.
    pub changes: Vec<i64>,
    misses: BTreeMap<String, Vec<i64>>,
    told: BTreeMap<String, Vec<i64>>,
    /// Notices that have to arrive: what, and where.
    pub owed: Vec<(&'static str, String)>,
    told_at: BTreeMap<&'static str, Vec<i64>>,
}

/// An attempt at something that can be guessed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Guess {
    Locked,
    Right,
    Wrong,
}

impl Model {
    pub fn text(&self, method: Method) -> Option<&str> {
        self.secrets.get(&method).map(|secret| secret.text.as_str())
    }

    pub fn knows(&self, who: usize, method: Method) -> bool {
        let secret = self.secrets.get(&method);
        secret.is_some_and(|secret| secret.known_to.contains(&who))
    }

    pub fn has_address(&self) -> bool {
        self.secrets.contains_key(&SecurityEmail)
    }

    fn is_young(&self, secret: &Secret) -> bool {
        !secret.roots.is_empty() && (self.now - secret.set_at).max(0) < HOLD
    }

    /// What these proofs go back to, if they allow the change, and whatever stands for a young one
    /// allows it as well.
    pub fn roots(&self, proofs: &[Method], row: Row) -> Option<Vec<Vec<Method>>> {
        if row == SecurityCode && self.secrets.contains_key(&SecurityCode) {
            return None;
        }
        let is_void = self.void.is_some();
        let mut proofs = proofs.to_vec();
        proofs.retain(|method| !(is_void && matches!(method, CurrentPassword | HintQuestion)));
        let roots = self.stand_ins(&proofs);
        let has_address = self.has_address();
        let all = roots.iter().all(|set| table_allows(set, row, has_address));
        all.then_some(roots)
    }

    /// Whether these proofs allow this, and so does whatever stands for a young one.
    pub fn permits(&self, proofs: &[Method], deed: Deed) -> bool {
        let has_address = self.has_address();
        let permits = |set: &Vec<Method>| table_permits(set, deed, has_address);
        self.stand_ins(proofs).iter().all(permits)
    }

    fn stand_ins(&self, proofs: &[Method]) -> Vec<Vec<Method>> {
        let Some((first, rest)) = proofs.split_first() else {
            return vec![Vec::new()];
        };
        let mut own = vec![vec![*first]];
        if let Some(secret) = self.secrets.get(first).filter(|s| self.is_young(s)) {
            own.extend(secret.roots.clone());
        }
        let mut sets = Vec::new();
        for others in self.stand_ins(rest) {
            for own in &own {
                let mut set = [own.clone(), others.clone()].concat();
                set.sort();
                set.dedup();
                sets.push(set);
            }
        }
        sets.sort();
        sets.dedup();
        sets
    }

    /// All that somebody knows and has not just made themselves.
    pub fn falls_back_on(&self, who: usize) -> Vec<Method> {
        let mut holds = vec![NewEmail];
        for (method, secret) in &self.secrets {
            if !secret.known_to.contains(&who) {
                continue;
            }
            match &secret.set_by {
                Some((by, then)) if *by == who && self.is_young(secret) => holds.extend(then),
                _ => holds.push(*method),
            }
        }
        holds
    }

    fn recent(times: &mut Vec<i64>, now: i64) {
        times.iter_mut().for_each(|at| *at = (*at).min(now));
        times.retain(|at| *at > now - DAY);
    }

    /// At most so many misses in a day, or with `None` the growing delay of a sign-in.
    pub fn guess(&mut self, at: &str, limit: Option<usize>, right: bool, clears: bool) -> Guess {
        let now = self.now;
        let misses = self.misses.entry(at.to_owned()).or_default();
        Self::recent(misses, now);
        let delay = misses
            .len()
            .checked_sub(5)
            .map(|n| (SECOND << n).min(900 * SECOND));
        let is_locked = match (limit, delay) {
            (Some(limit), _) => misses.len() >= limit,
            (None, Some(delay)) => misses.iter().max().unwrap() + delay > now,
            (None, None) => false,
        };
        if is_locked {
            return Guess::Locked;
        }
        if right {
            if clears {
                misses.clear();
            }
            return Guess::Right;
        }
        misses.push(now);
        if misses.len() > 16 {
            misses.remove(0);
        }
        Guess::Wrong
    }

    /// A wrong guess was told: never more than the budget in a day that really passed.
    pub fn tell_miss(&mut self, at: &str, limit: usize) -> Result<(), String> {
        let told = self.told.entry(at.to_owned()).or_default();
        told.retain(|then| *then > self.elapsed - DAY);
        told.push(self.elapsed);
        let count = told.len();
        (count <= limit)
            .then_some(())
            .ok_or(format!("{count} guesses told at {at}"))
    }

    pub fn forget_told(&mut self, at: &str) {
        self.told.remove(at);
    }

    /// Whether one more mail goes to this address now.
    pub fn send(&mut self, to: &str) -> bool {
        let now = self.now;
        let sent = self.misses.entry(format!("send {to}")).or_default();
        Self::recent(sent, now);
        sent.retain(|at| *at > now - DAY / 2);
        let goes = sent.len() < 3 && sent.iter().all(|at| at + 60 * SECOND <= now);
        if goes {
            sent.push(now);
        }
        goes
    }

    pub fn is_changed_too_often(&self) -> bool {
        let mut changes = self.changes.clone();
        Self::recent(&mut changes, self.now);
        changes.len() >= 5
    }

    /// What was told within the hour is not told again.
    pub fn owe_within_the_hour(&mut self, what: &'static str) {
        let now = self.now;
        let told = self.told_at.entry(what).or_default();
        if !told.iter().any(|at| now - at < 3600 * SECOND) {
            told.push(now);
            self.owe(what);
        }
    }

    /// "This was not me": the password is void.
    pub fn disown(&mut self) {
        let hint = self.secrets.get(&HintQuestion);
        if hint.is_some_and(|hint| self.is_young(hint)) {
            self.secrets.remove(&HintQuestion);
        }
        self.void = self.secrets.remove(&CurrentPassword).or(self.void.take());
        self.pending.remove(&SecurityCode);
        self.owe("PasswordVoided");
        self.renew();
    }

    /// Every session and flow is dead, and what was told of them is told again.
    pub fn renew(&mut self) {
        self.epoch += 1;
        self.told_at.clear();
    }

    /// It failed, and may have been told before that: then it is not told again within the hour.
    pub fn may_have_told(&mut self, what: &'static str) {
        self.told_at.entry(what).or_default().push(self.now);
    }

    pub fn owe(&mut self, what: &'static str) {
        let contacts = self
            .secrets
            .get(&SecurityEmail)
            .map(|email| email.text.clone());
        self.owed.extend(contacts.map(|to| (what, to)));
    }

    /// The account has another user name.
    pub fn rename(&mut self) {
        self.owe("UserNameChanged");
    }

    /// Nothing takes effect any more; those who are to be told are told.
    pub fn delete(&mut self) {
        self.owe("AccountDeleted");
        self.pending.clear();
        self.renew();
    }

    /// Sets what is changed: a text and who knows it, for each row.
    pub fn change(&mut self, who: usize, proofs: &[Method], from_name: bool, to: &[(Row, String)]) {
        let then = self.falls_back_on(who);
        let made = |row: Row, text: &str, model: &Self| Secret {
            text: text.to_owned(),
            set_at: model.now,
            roots: model.roots(proofs, row).unwrap(),
            known_to: if row == SecurityEmail {
                readers(text)
            } else {
                vec![who]
            },
            set_by: Some((who, then.clone())),
        };
        let made: Vec<Secret> = to
            .iter()
            .map(|(row, text)| made(*row, text, self))
            .collect();
        let had_address = self.has_address();
        for ((row, _), secret) in to.iter().zip(&made) {
            let waits = match row {
                SecurityCode => had_address,
                SecurityEmail => had_address && !proofs.contains(&SecurityEmail),
                _ => false,
            };
            let what = match row {
                CurrentPassword => "PasswordChanged",
                HintQuestion => "HintChanged",
                SecurityCode if waits => "SecurityCodeWaits",
                SecurityCode => "SecurityCodeSet",
                _ if waits => "EmailChangeWaits",
                _ => "EmailChanged",
            };
            self.owe(what);
            let is_email = *row == SecurityEmail;
            self.owed
                .extend(is_email.then(|| (what, secret.text.clone())));
        }
        let has = |row| to.iter().any(|(changed, _)| *changed == row);
        let hint_is_young = self
            .secrets
            .get(&HintQuestion)
            .is_some_and(|h| self.is_young(h));
        if has(CurrentPassword) && from_name && hint_is_young {
            self.secrets.remove(&HintQuestion);
        }
        if has(CurrentPassword) {
            self.void = None;
        }
        let email_at_once = has(SecurityEmail) && (!had_address || proofs.contains(&SecurityEmail));
        if has(CurrentPassword) || has(HintQuestion) {
            self.pending.remove(&SecurityCode);
        }
        if email_at_once {
            self.pending.clear();
        }
        for ((row, _), secret) in to.iter().zip(made) {
            let pends =
                *row == SecurityCode && had_address || *row == SecurityEmail && !email_at_once;
            if pends {
                self.pending.insert(*row, (secret, self.now + HOLD));
            } else {
                self.secrets.insert(*row, secret);
            }
        }
        if proofs.contains(&CurrentPassword) {
            Self::recent(&mut self.changes, self.now);
            self.changes.push(self.now);
        }
        self.renew();
    }

    /// What was pending counts, if its time has come.
    pub fn mature(&mut self) {
        let due = |model: &Self, row| {
            model
                .pending
                .get(&row)
                .is_some_and(|(_, from)| *from <= model.now)
        };
        let (code, email) = (due(self, SecurityCode), due(self, SecurityEmail));
        for (is_due, row, what) in [
            (code, SecurityCode, "SecurityCodeSet"),
            (email, SecurityEmail, "EmailChanged"),
        ] {
            if is_due && let Some((secret, _)) = self.pending.remove(&row) {
                self.owe(what);
                if row == SecurityEmail {
                    self.secrets.insert(row, secret);
                } else {
                    self.secrets.entry(row).or_insert(secret);
                }
                self.owe(what);
            }
        }
        if email {
            self.pending.remove(&SecurityCode);
        }
        self.epoch += u32::from(code || email);
    }
}

/// `0@…` is read by person 0; the owner's own address by whoever knew it from the start.
pub fn readers(address: &str) -> Vec<usize> {
    address
        .split('@')
        .next()
        .and_then(|who| who.parse().ok())
        .into_iter()
        .collect()
}
