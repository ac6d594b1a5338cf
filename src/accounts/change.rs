//! Changing what an account is protected by: a ticket out of a session, the changes, one commit.

use super::{
    Accounts, Apply, Issue,
    claim::{Met, Opened},
    commit::OnAccount,
};
use crate::{
    account::{Account, AccountId, Hint, Method},
    audit::{Entry, Outcome, Verb},
    error::Error,
    flow::{
        change::{self, Changed, Changes, Checked, Fresh},
        session::{self, DeviceId},
        state::{self, Flow, FlowId},
    },
    hash::{Computation, Owner, PasswordHash, Purpose},
    hasher::{Lane, Seat},
    name::KeyKind,
    policy::{AnswerUnmet, Change, Context, Unmet},
    record::Key,
    secret::{HintAnswer, Password, SecurityCode, Ticket},
    session::Session,
};

impl Accounts {
    /// Starts a change out of a session, for the page of account settings. Nothing is stored. What is
    /// changed is told with the label of [`Session::at`].
    ///
    /// # Errors
    ///
    /// [`Error::Entropy`].
    pub fn settings(&self, session: &Session) -> Result<Ticket, Error> {
        let mut entry = self.event(Verb::Settings);
        entry.account(session.account());
        entry.session(session.id());
        entry.relabel(session.label.as_deref());
        let result = self.inner.entropy.draw().and_then(|id| {
            Flow::of_session(session, FlowId::from_random(id), self.now()).sealed(&self.inner.keys)
        });
        if result.is_ok() {
            entry.outcome(Outcome::Accepted);
        }
        entry.end(result)
    }

    /// Issues a security code to an account that has none, for the page that shows it once. It
    /// counts only when its holder has typed it back, with
    /// [`Changes::security_code`]; until then it may be issued again, and the one before is
    /// forgotten.
    ///
    /// # Errors
    ///
    /// [`Error::NotOffered`] where the policy has no security codes; otherwise as
    /// [`sign_in`](Self::sign_in). The ticket stays good.
    pub async fn issue_security_code(&self, ticket: &Ticket) -> Result<Issue, Error> {
        let mut entry = self.event(Verb::IssueSecurityCode);
        let result = self.try_issue(&mut entry, ticket).await;
        if let Ok(issue) = &result {
            entry.outcome(match issue {
                Issue::AlreadySet | Issue::Unproven => Outcome::Unproven,
                Issue::Expired => Outcome::Ended,
                Issue::Issued(_) => Outcome::Accepted,
            });
        }
        entry.end(result)
    }

    async fn try_issue(&self, entry: &mut Entry<'_>, ticket: &Ticket) -> Result<Issue, Error> {
        let Some((opened, met)) = self.open_and_meet(entry, ticket).await? else {
            return Ok(Issue::Expired);
        };
        let account = met.account()?;
        let (flow, policy) = (&opened.flow, &self.inner.policy);
        if !policy.methods.contains(&Method::SecurityCode) {
            return Err(Error::NotOffered);
        }
        // Only the owner is told; a stranger with a name is not.
        if opened.is_session() && account.security_code.is_some() {
            return Ok(Issue::AlreadySet);
        }
        let roots = change::roots(account, flow, Change::SecurityCode, self.now(), policy);
        if !met.is_real() || roots.is_none() {
            return Ok(Issue::Unproven);
        }
        let code = SecurityCode::from_random(self.inner.entropy.draw()?);
        let hash = code.hash(account.id());
        let kept = self
            .step(&opened, &met, |mut flow| {
                flow.issued = Some(hash);
                Ok((flow, ()))
            })
            .await?;
        Ok(match kept {
            Some(()) => Issue::Issued(code),
            None => Issue::Expired,
        })
    }

    /// Changes everything at once, or nothing.
    ///
    /// What does not meet the rules costs nothing: the ticket stays good.
    ///
    /// ```
    /// # use backstop::*;
    /// # async fn example(accounts: Accounts, session: Session, old: &str, new: &str) -> Result<(), Box<dyn std::error::Error>> {
    /// let ticket = accounts.settings(&session)?;
    /// let proof = Proof::CurrentPassword(Password::new(old)?);
    /// if let Prove::Accepted(ticket) = accounts.prove(&ticket, proof).await? {
    ///     let changes = Changes::new().password(NewPassword::typed_twice(new, new)?);
    ///     if let Apply::Applied(signed_in) = accounts.apply(&ticket, changes).await? {
    ///         println!("new cookie: {}", signed_in.token().expose());
    ///     }
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::NothingToChange`], [`Error::BreachCheck`]; otherwise as [`sign_in`](Self::sign_in): nothing was changed
    /// and the ticket stays good. If the store lost its answer and could not be asked again, the
    /// change may have happened: then the ticket has expired and the new password signs in.
    pub async fn apply(&self, ticket: &Ticket, changes: Changes) -> Result<Apply, Error> {
        let mut entry = self.event(Verb::Apply);
        let result = Box::pin(self.try_apply(&mut entry, ticket, changes)).await;
        if let Ok(apply) = &result {
            note(&mut entry, apply);
        }
        entry.end(result)
    }

    async fn try_apply(
        &self,
        entry: &mut Entry<'_>,
        ticket: &Ticket,
        changes: Changes,
    ) -> Result<Apply, Error> {
        let rows = changes.rows();
        if rows.is_empty() {
            return Err(Error::NothingToChange);
        }
        entry.changes(&rows);
        let Some((opened, met)) = self.open_and_meet(entry, ticket).await? else {
            return Ok(Apply::Expired);
        };
        let (flow, policy) = (&opened.flow, &self.inner.policy);
        let Some(stored) = met.stored.clone() else {
            // Nothing was proved for a name that nobody has.
            return Ok(Apply::Unproven);
        };
        let account = &stored.value;
        if flow.subject.is_none() {
            return Ok(Apply::Unproven);
        }
        if let Some(refused) = change::refused(account, flow, &rows, self.now(), policy) {
            return Ok(answer(refused));
        }
        let new_name = changes.user_name.as_ref();
        if new_name.is_some_and(|name| policy.reserves(name)) {
            return Ok(Apply::Taken(KeyKind::Login));
        }
        let is_case = matches!(flow.entry, state::Entry::Case(_));
        for (asked, method) in [
            (changes.email, Method::NewEmail),
            (changes.phone, Method::NewPhone),
        ] {
            let is_asked = asked && !is_case;
            if is_asked && !self.is_pointed_to(method, account.id(), flow.id).await? {
                return Ok(Apply::Expired);
            }
        }
        if let Some(typed) = &changes.security_code {
            match flow.issued {
                None => return Ok(Apply::Unproven),
                Some(issued) if issued.matches(&typed.hash(account.id())) => {}
                Some(_other) => return Ok(Apply::Mistyped),
            }
        }
        #[cfg(feature = "totp")]
        let factor = match self.confirmed(&opened, account, &changes)? {
            Ok(factor) => factor,
            Err(refused) => return Ok(refused),
        };
        #[cfg(feature = "totp")]
        let backup_codes = match Self::typed_back(flow, account, &changes) {
            Ok(codes) => codes,
            Err(refused) => return Ok(refused),
        };
        #[cfg(not(feature = "totp"))]
        let (factor, backup_codes) = (None, None);
        let manager = match &changes.manager {
            Some(manager) => match self.manager_to_be(account, manager).await? {
                Some(link) => Some(link),
                None => return Ok(Apply::NoSuchManager),
            },
            None => None,
        };
        // Drawn first: once the change is written nothing can fail.
        let fresh = self.fresh()?;
        let (session, device) = (self.session_id()?, self.device_id()?);
        let has_factor = flow.has_factor || factor.is_some();
        let mut checked = match self.check(&opened, account, changes).await? {
            Ok(checked) => checked,
            Err((password, answer)) => return Ok(Apply::Unmet { password, answer }),
        };
        (checked.second_factor, checked.backup_codes) = (factor, backup_codes);
        checked.manager = manager;
        let changed = self
            .commit_account_of(Some(&opened), stored, |account, now, revision| {
                change::change(account, flow, &checked, fresh, revision, now, policy)
            })
            .await?;
        match changed {
            OnAccount::Done(Changed::Done(account)) => {
                self.inner.bell.ring();
                self.forget(opened.key, opened.record.clone()).await;
                match &flow.entry {
                    _ if account.deleted_at.is_some() => Ok(Apply::Deleted),
                    state::Entry::Manager(_) => Ok(Apply::Managed),
                    state::Entry::Session(_) => self
                        .begin_session(entry, &account, session, device, has_factor)
                        .map(Apply::Applied),
                    state::Entry::Case(_) | state::Entry::Name(_) => {
                        let device = flow.device.as_ref().map_or(device, |known| known.device);
                        session::device_token(&account, device, &self.inner.keys)
                            .map(Apply::Recovered)
                    }
                }
            }
            OnAccount::Done(refused) => Ok(answer(refused)),
            OnAccount::Gone => Ok(Apply::Expired),
            OnAccount::Taken(kind) => Ok(Apply::Taken(kind)),
        }
    }

    /// The new values, checked against the rules and hashed; or all rules that they do not meet.
    async fn check(
        &self,
        opened: &Opened,
        account: &Account,
        changes: Changes,
    ) -> Result<Result<Checked, (Vec<Unmet>, Vec<AnswerUnmet>)>, Error> {
        let inner = &self.inner;
        let mut checked = Checked {
            email: opened.flow.new_email.is_some() && changes.email,
            phone: opened.flow.new_phone.is_some() && changes.phone,
            no_phone: changes.no_phone,
            security_code: changes
                .security_code
                .as_ref()
                .map(|code| code.hash(account.id())),
            user_name: changes.user_name.clone(),
            delete: changes.delete,
            no_second_factor: changes.no_second_factor,
            no_manager: changes.no_manager,
            standing: changes.standing,
            link: changes.link.clone(),
            unlink: changes.unlink.clone(),
            ..Checked::default()
        };
        if changes.password.is_none() && changes.hint.is_none() {
            return Ok(Ok(checked));
        }
        // A place of its own: nobody who guesses takes it.
        let place = Key::from_bytes(inner.keys.index(&[b"apply", opened.flow.id.as_bytes()]));
        let seat = inner.hasher.reserve(place, Lane::Known)?;
        let answers = match &changes.hint {
            Some((question, answer)) => {
                let context = Context::of(account);
                inner.policy.questions.unmet(question, answer, &context)
            }
            None => Vec::new(),
        };
        let (password, unmet) = match changes.password {
            Some(new) => {
                let context = match &changes.user_name {
                    Some(name) => Context::of(account).names_of(name),
                    None => Context::of(account),
                };
                let (new, unmet) = self.check_policy(&seat, new, context).await?;
                (Some(new), unmet)
            }
            None => (None, Vec::new()),
        };
        if !unmet.is_empty() || !answers.is_empty() {
            return Ok(Err((unmet, answers)));
        }
        if let Some(new) = password {
            let new = new.into_password();
            // Last: whoever asks after a password of before, and is wrong, has changed it.
            if self.was_used(&seat, account, &new).await? {
                return Ok(Err((vec![Unmet::UsedBefore], answers)));
            }
            let hash = self.hash(&seat, account.id(), new).await?;
            checked.password = Some(hash);
        }
        if let Some((question, answer)) = changes.hint {
            let answer = self.hash_answer(&seat, account.id(), &answer).await?;
            checked.hint = Some(Hint {
                question,
                answer: Some(answer),
            });
        }
        Ok(Ok(checked))
    }

    pub(super) async fn hash_answer(
        &self,
        seat: &Seat,
        account: &AccountId,
        answer: &HintAnswer,
    ) -> Result<PasswordHash, Error> {
        let owner = Owner {
            account,
            purpose: Purpose::Hint,
        };
        self.compute(seat, owner, answer.as_password().share())
            .await
    }

    pub(super) async fn open_and_meet(
        &self,
        entry: &mut Entry<'_>,
        ticket: &Ticket,
    ) -> Result<Option<(Opened, Met)>, Error> {
        let Some(opened) = self.open(entry, ticket).await? else {
            return Ok(None);
        };
        let met = self.meet(entry, &opened).await?;
        Ok(met.map(|met| (opened, met)))
    }

    pub(super) fn fresh(&self) -> Result<Fresh, Error> {
        Ok(Fresh {
            epoch: self.epoch()?,
            notices: self.inner.entropy.draw()?,
        })
    }

    pub(super) fn device_id(&self) -> Result<DeviceId, Error> {
        self.inner.entropy.draw().map(DeviceId::from_random)
    }

    /// Hashes a secret for its owner, on a worker.
    pub(super) async fn compute(
        &self,
        seat: &Seat,
        owner: Owner<'_>,
        secret: Password,
    ) -> Result<PasswordHash, Error> {
        let inner = &self.inner;
        let salt = inner.entropy.draw()?;
        let computation = Computation::new(owner, inner.mix.own, &inner.keys, salt)?;
        let blocks = computation.memory_kib();
        seat.run(blocks, move |memory| {
            computation.hash(secret.expose(), memory.blocks(blocks))
        })
        .await?
    }
}

fn answer(changed: Changed) -> Apply {
    match changed {
        Changed::AlreadyLinked => Apply::Taken(KeyKind::Identity),
        Changed::Done(_) | Changed::Expired => Apply::Expired,
        Changed::LastWayIn => Apply::LastWayIn,
        Changed::Locked { until } => Apply::Locked {
            until: until.into(),
        },
        Changed::NotLinked => Apply::NotLinked,
        Changed::TooManyIdentities => Apply::TooManyIdentities,
        Changed::Unproven => Apply::Unproven,
        Changed::Waits { until } => Apply::Waiting {
            until: until.into(),
        },
    }
}

fn note(entry: &mut Entry<'_>, apply: &Apply) {
    entry.outcome(match apply {
        Apply::Applied(_) | Apply::Deleted | Apply::Managed | Apply::Recovered(_) => {
            Outcome::Accepted
        }
        Apply::Expired => Outcome::Ended,
        Apply::LastWayIn | Apply::NotLinked | Apply::TooManyIdentities => Outcome::NotChanged,
        Apply::Locked { until } => Outcome::Locked { until: *until },
        Apply::Mistyped | Apply::MistypedFactor | Apply::NoSuchManager | Apply::Unproven => {
            Outcome::Unproven
        }
        Apply::Taken(kind) => Outcome::Taken(*kind),
        Apply::Unmet { password, answer } => Outcome::Unmet {
            rules: password.len().saturating_add(answer.len()),
        },
        Apply::Waiting { until } => Outcome::Locked { until: *until },
    });
}
