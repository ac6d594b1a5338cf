//! Offering proofs: a password, a code, an answer.

use std::sync::OnceLock;

use super::{
    Accounts, Prove,
    attempt::{Attempt, Begun, Guarded},
    claim::{Met, Opened},
};
use crate::{
    account::{Account, ActivityKind, Method},
    address::Address,
    audit::{Entry, Outcome, Reason, Verb},
    clock::Stamp,
    error::Error,
    flow::{
        budget::{self, Clears, Settled, Spent, Whose},
        change::{self, Proof},
        code::Target,
        state::Flow,
    },
    hash::{Comparison, Match},
    hasher::{Lane, Seat},
    message::Notice,
    policy::BudgetRule,
    record::Stored,
    secret::{MailedCode, Password, SecurityCode, Ticket},
};

impl Accounts {
    /// Offers a proof. An accepted one yields the ticket to go on with; of several submissions of
    /// one right proof one is accepted.
    ///
    /// # Errors
    ///
    /// [`Error::NotOffered`]; otherwise as [`sign_in`](Self::sign_in). The ticket stays good.
    pub async fn prove(&self, ticket: &Ticket, proof: Proof) -> Result<Prove, Error> {
        let mut entry = self.event(Verb::Prove);
        entry.method(method_of(&proof));
        let wrong = match proof {
            Proof::CurrentPassword(_) | Proof::Manager(_) => Reason::WrongPassword,
            Proof::HintQuestion(_) => Reason::WrongAnswer,
            Proof::LinkedIdentity(_) => Reason::UnknownIdentity,
            Proof::NewEmail(_)
            | Proof::NewPhone(_)
            | Proof::Phone(_)
            | Proof::SecurityCode(_)
            | Proof::SecurityEmail(_) => Reason::WrongCode,
            #[cfg(feature = "totp")]
            Proof::SecondFactor(_) => Reason::WrongCode,
        };
        let result = Box::pin(self.try_prove(&mut entry, ticket, proof)).await;
        note(&mut entry, &result, wrong);
        entry.end(result)
    }

    async fn try_prove(
        &self,
        entry: &mut Entry<'_>,
        ticket: &Ticket,
        proof: Proof,
    ) -> Result<Prove, Error> {
        let Some(opened) = self.open(entry, ticket).await? else {
            return Ok(Prove::Expired);
        };
        let method = method_of(&proof);
        self.offers(&opened, method)?;
        let Some(met) = self.meet(entry, &opened).await? else {
            return Ok(Prove::Expired);
        };
        let method = method_of(&proof);
        let proved = match proof {
            Proof::CurrentPassword(typed) => {
                self.prove_password(&opened, &met, Method::CurrentPassword, &typed)
                    .await
            }
            Proof::HintQuestion(typed) => self.prove_hint(&opened, &met, &typed).await,
            Proof::Manager(typed) => {
                self.prove_password(&opened, &met, Method::Manager, &typed)
                    .await
            }
            Proof::LinkedIdentity(identity) => self.prove_identity(&opened, &met, &identity).await,
            Proof::NewEmail(typed)
            | Proof::NewPhone(typed)
            | Proof::Phone(typed)
            | Proof::SecurityEmail(typed) => self.prove_code(&opened, &met, method, &typed).await,
            #[cfg(feature = "totp")]
            Proof::SecondFactor(typed) => self.prove_factor(entry, &opened, &met, &typed).await,
            Proof::SecurityCode(typed) => self.prove_security_code(&opened, &met, &typed).await,
        };
        if let Ok(Prove::Accepted(_)) = proved {
            self.note_proved(&opened, &met, method, opened.flow.label.as_deref());
        }
        proved
    }

    /// The password of the session's owner: of the account that the flow is about, or of the one that
    /// manages it. The misses are theirs as well.
    async fn prove_password(
        &self,
        opened: &Opened,
        met: &Met,
        method: Method,
        typed: &Password,
    ) -> Result<Prove, Error> {
        let typist = met.typist().ok_or(Error::NotOffered)?;
        let comparison = self.comparison(&typist.value)?;
        let rule = self.inner.policy.current_password;
        let guess = Hashed {
            method: Method::CurrentPassword,
            spent: Spent::CurrentPassword,
            rule,
            comparison,
        };
        match self.prove_hash(opened, met, guess, typed).await? {
            Guessed::Right(_seat) => self
                .accept(opened, met, method, |_| ())
                .await
                .map(accepted_or_expired),
            Guessed::No(refused) => Ok(refused),
        }
    }

    /// Guesses at a hash: a place, the budget, the comparison.
    pub(super) async fn prove_hash(
        &self,
        opened: &Opened,
        met: &Met,
        guess: Hashed,
        typed: &Password,
    ) -> Result<Guessed, Error> {
        let inner = &self.inner;
        let whose = opened.whose(met)?;
        let key = budget::key(guess.spent, whose, &inner.keys);
        let (lane, clears) = match whose {
            Whose::Name(_) => (Lane::Stranger, Clears::Own),
            Whose::Account(_) | Whose::Device(..) => (Lane::Known, Clears::All),
        };
        let seat = inner.hasher.reserve(key, lane)?;
        let guarded = Guarded {
            key: &key,
            budget: self.get(&key).await?,
            rule: guess.rule,
            clears,
        };
        let attempt = self.attempt_hash(&seat, guarded, guess.comparison, typed);
        let attempt = attempt.await?;
        self.note_attempt(opened, met, guess.method, &attempt);
        Ok(match attempt {
            Attempt::Locked { until } => Guessed::No(locked(until)),
            Attempt::Settled(Settled::Wrong { left }, ()) => {
                Guessed::No(Prove::Denied { left: Some(left) })
            }
            Attempt::Settled(Settled::Void, ()) => Guessed::No(Prove::Expired),
            Attempt::Settled(Settled::Right, ()) => Guessed::Right(seat),
        })
    }

    /// A code out of a message. The flow counts its own misses beside the budget, in the write that
    /// the verdict waits for.
    async fn prove_code(
        &self,
        opened: &Opened,
        met: &Met,
        method: Method,
        typed: &MailedCode,
    ) -> Result<Prove, Error> {
        let inner = &self.inner;
        if !self.is_pending(opened, met, method).await? {
            return Ok(Prove::Expired);
        }
        let (spent, whose) = match method {
            Method::NewEmail => (Spent::NewEmail, Whose::Account(met.account()?.id())),
            Method::NewPhone => (Spent::NewPhone, Whose::Account(met.account()?.id())),
            Method::Phone => (Spent::Phone, opened.whose(met)?),
            _ => (Spent::SecurityEmail, opened.whose(met)?),
        };
        let key = budget::key(spent, whose, &inner.keys);
        let guarded = Guarded {
            key: &key,
            budget: self.get(&key).await?,
            rule: inner.policy.mailed_code,
            clears: match whose {
                // An address of one's own gives back no tries at somebody else's.
                Whose::Account(_) if matches!(method, Method::NewEmail | Method::NewPhone) => {
                    Clears::Own
                }
                Whose::Name(_) => Clears::Own,
                Whose::Account(_) | Whose::Device(..) => Clears::All,
            },
        };
        let begun = Begun::default();
        let accepted = OnceLock::new();
        let compare = async {
            begun.now();
            let (outcome, ticket) = self.try_code(opened, met, method, typed).await?;
            if let Some(ticket) = ticket {
                let _first = accepted.set(ticket);
            }
            Ok((outcome, ()))
        };
        let attempt = self.attempt(guarded, &begun, compare).await;
        if let Ok(attempt) = &attempt {
            self.note_attempt(opened, met, method, attempt);
        }
        // The flow has the proof, and the ticket before this one is dead. If the charge could not be
        // taken back it ends by itself.
        if let Some(ticket) = accepted.into_inner() {
            return Ok(Prove::Accepted(ticket));
        }
        Ok(match attempt? {
            Attempt::Locked { until } => locked(until),
            Attempt::Settled(Settled::Wrong { left }, ()) => Prove::Denied { left: Some(left) },
            Attempt::Settled(Settled::Right | Settled::Void, ()) => Prove::Expired,
        })
    }

    async fn try_code(
        &self,
        opened: &Opened,
        met: &Met,
        method: Method,
        typed: &MailedCode,
    ) -> Result<(Option<Match>, Option<Ticket>), Error> {
        let inner = &self.inner;
        let ticket = self.new_ticket(&opened.flow)?;
        let real = address_of(&opened.flow, met, method);
        let stand_in = met.stand_in().and_then(|decoy| decoy.address(method));
        let Some(address) = real.as_ref().or(stand_in.as_ref()) else {
            return Ok((None, None));
        };
        let target = Target {
            method,
            account: met.account()?.id(),
            address,
        };
        let tried = self
            .step(opened, met, |mut flow| {
                let id = flow.id;
                let Some(code) = flow.code_mut(method) else {
                    // None was asked for, so none is right.
                    return Ok((flow, Some(Match::Wrong)));
                };
                if code.is_used_up() {
                    return Ok((flow, None));
                }
                let is_right = code.digits(id, target, &inner.keys)?.matches(typed);
                if is_right && real.is_some() {
                    return Ok((flow.accept(method, &ticket), Some(Match::Right)));
                }
                code.misses = code.misses.saturating_add(1);
                Ok((flow, Some(Match::Wrong)))
            })
            .await?
            .flatten();
        let ticket = (tried == Some(Match::Right)).then_some(ticket.ticket);
        Ok((tried, ticket))
    }

    /// Whether a code can still be good: one to a new address if it is of the pending change, one to
    /// the security e-mail for a day, one to a phone for ten minutes.
    pub(super) async fn is_pending(
        &self,
        opened: &Opened,
        met: &Met,
        method: Method,
    ) -> Result<bool, Error> {
        let flow = &opened.flow;
        if !flow.has_good_code(method, self.now(), &self.inner.policy) {
            return Ok(false);
        }
        match (method, flow.code_of(method)) {
            (Method::NewEmail | Method::NewPhone, None) => Ok(false),
            (Method::NewEmail | Method::NewPhone, Some(_)) => {
                self.is_pointed_to(method, met.account()?.id(), flow.id)
                    .await
            }
            _ => Ok(true),
        }
    }

    /// Notes what comes of guesses at an account that there is.
    fn note_attempt<T>(&self, opened: &Opened, met: &Met, method: Method, attempt: &Attempt<T>) {
        let whose = match method {
            Method::CurrentPassword => met.typist(),
            _ => met.stored.as_ref(),
        };
        if let (Some(stored), Attempt::Settled(settled, _)) = (whose, attempt) {
            let label = opened.flow.label.as_deref();
            self.note_settled(&stored.value, method, *settled, label);
        }
    }

    /// Notes that a recovery goes on with a right proof, where the contacts are not told of that.
    ///
    /// `label`: of the client.
    pub(super) fn note_proved(
        &self,
        opened: &Opened,
        met: &Met,
        method: Method,
        label: Option<&str>,
    ) {
        let is_noted = !matches!(
            method,
            Method::NewEmail | Method::NewPhone | Method::SecurityCode
        );
        if let Some(stored) = met
            .stored
            .as_ref()
            .filter(|_| is_noted && !opened.is_session())
        {
            self.note_activity(&stored.value, ActivityKind::Proved(method), label);
        }
    }

    /// The security code cannot be guessed: it is neither counted nor queued.
    async fn prove_security_code(
        &self,
        opened: &Opened,
        met: &Met,
        typed: &SecurityCode,
    ) -> Result<Prove, Error> {
        let account = met.account()?;
        let typed = typed.hash(account.id());
        let is_right = account
            .security_code
            .as_ref()
            .is_some_and(|code| code.value.matches(&typed));
        if !is_right || !met.is_real() {
            if let Some(stored) = &met.stored {
                let what = ActivityKind::Missed(Method::SecurityCode);
                self.note_activity(&stored.value, what, opened.flow.label.as_deref());
            }
            return Ok(Prove::Denied { left: None });
        }
        self.tell(opened, met, Notice::SecurityCodeUsed).await?;
        self.accept(opened, met, Method::SecurityCode, |_| ())
            .await
            .map(accepted_or_expired)
    }

    /// Has every contact told of something, if there is one.
    pub(super) async fn tell(&self, opened: &Opened, met: &Met, what: Notice) -> Result<(), Error> {
        let Some(stored) = &met.stored else {
            return Ok(());
        };
        let ids = self.inner.entropy.draw()?;
        let label = opened.flow.label.clone();
        self.commit_account(
            stored.clone(),
            |account: &Stored<Account>, now, revision| {
                change::tell(account, what, label.clone(), ids, revision, now)
            },
        )
        .await?;
        self.inner.bell.ring();
        Ok(())
    }
}

/// A guess at a hash.
pub(super) struct Hashed {
    pub(super) method: Method,
    pub(super) spent: Spent,
    pub(super) rule: BudgetRule,
    pub(super) comparison: Comparison,
}

pub(super) enum Guessed {
    No(Prove),
    /// With the place, in which it may be hashed anew.
    Right(Seat),
}

pub(super) fn accepted_or_expired(ticket: Option<Ticket>) -> Prove {
    match ticket {
        Some(ticket) => Prove::Accepted(ticket),
        None => Prove::Expired,
    }
}

pub(super) fn locked(until: Stamp) -> Prove {
    Prove::Locked {
        until: until.into(),
    }
}

const fn method_of(proof: &Proof) -> Method {
    match proof {
        Proof::CurrentPassword(_) => Method::CurrentPassword,
        Proof::HintQuestion(_) => Method::HintQuestion,
        Proof::Manager(_) => Method::Manager,
        Proof::LinkedIdentity(_) => Method::LinkedIdentity,
        Proof::NewEmail(_) => Method::NewEmail,
        Proof::NewPhone(_) => Method::NewPhone,
        Proof::Phone(_) => Method::Phone,
        #[cfg(feature = "totp")]
        Proof::SecondFactor(_) => Method::SecondFactor,
        Proof::SecurityCode(_) => Method::SecurityCode,
        Proof::SecurityEmail(_) => Method::SecurityEmail,
    }
}

/// The address that a code of this method went to, if it is one of the account.
pub(super) fn address_of(flow: &Flow, met: &Met, method: Method) -> Option<Address> {
    let account = &met.stored.as_ref()?.value;
    match method {
        Method::NewEmail | Method::NewPhone => flow.new_address(method),
        _ => account.address(method),
    }
}

pub(super) fn note(entry: &mut Entry<'_>, result: &Result<Prove, Error>, wrong: Reason) {
    let Ok(proved) = result else { return };
    entry.outcome(match proved {
        Prove::Accepted(_) | Prove::Waiting { .. } => Outcome::Accepted,
        Prove::Denied { left } => Outcome::Denied {
            reason: entry.reason(wrong),
            left: *left,
        },
        Prove::Expired => Outcome::Ended,
        Prove::Locked { until } => Outcome::Locked { until: *until },
    });
}
