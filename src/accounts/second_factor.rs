//! The second factor: issuing one, and showing it.

use super::{
    Accounts, Apply, IssueBackupCodes, IssueFactor, Prove, SignIn,
    attempt::{Attempt, Begun, Guarded},
    claim::{Met, Opened},
    commit::OnAccount,
    prove::{accepted_or_expired, locked},
};
use crate::{
    account::{self, Account, ActivityKind, Method},
    audit::{Entry, Outcome, Reason, Verb},
    clock::Stamp,
    error::Error,
    flow::{
        budget::{self, Clears, Settled, Spent, Whose},
        change::{self, Changes},
        decision::Decision,
        second_factor::{self, Checked, Claims, Typed},
        state::Flow,
    },
    policy::Change,
    record::Stored,
    secret::{BACKUP_CODES, BackupCode, SecondFactor, SecurityCodeHash, Ticket},
};

/// How showing a factor went.
enum Shown {
    Locked(Stamp),
    Settled(Settled, Option<Reason>),
}

impl Accounts {
    /// Goes on with a sign-in whose password was right and whose account has a second factor.
    ///
    /// A code of the app is good in its own 30 seconds and the 30 before and after them, and only
    /// once. Misses at these codes have a budget of their own
    /// ([`Policy::second_factor`](crate::Policy::second_factor)); backup codes cannot be guessed
    /// and are not counted, so they sign in also while the app's codes are locked.
    ///
    /// `ticket`: of [`SignIn::SecondFactor`]; it is good for ten minutes. `typed`: what the user
    /// typed.
    ///
    /// ```
    /// # use backstop::*;
    /// # async fn example(accounts: Accounts, ticket: Ticket, typed: &str) -> Result<(), Box<dyn std::error::Error>> {
    /// let factor = SecondFactor::Totp(typed.parse()?);
    /// match accounts.second_factor(&ticket, &factor).await? {
    ///     SignIn::Accepted(signed_in) => println!("cookie: {}", signed_in.token().expose()),
    ///     SignIn::WrongFactor { left } => println!("wrong or used before, tries left: {left:?}"),
    ///     SignIn::Locked { until } => println!("use a backup code, or try again at {until}"),
    ///     SignIn::Expired => println!("start again with the password"),
    ///     _ => {}
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`sign_in`](Self::sign_in): nobody was signed in. A code that was right may be used up;
    /// [`Error::Record`] also when the stored key is not the one of this account.
    pub async fn second_factor(
        &self,
        ticket: &Ticket,
        typed: &SecondFactor,
    ) -> Result<SignIn, Error> {
        let mut entry = self.event(Verb::SecondFactor);
        entry.method(Method::SecondFactor);
        let result = Box::pin(self.try_second_factor(&mut entry, ticket, typed)).await;
        entry.end(result)
    }

    async fn try_second_factor(
        &self,
        entry: &mut Entry<'_>,
        ticket: &Ticket,
        typed: &SecondFactor,
    ) -> Result<SignIn, Error> {
        let Some(claims) = Claims::open(ticket, self.now(), &self.inner.keys) else {
            entry.outcome(Outcome::Ended);
            return Ok(SignIn::Expired);
        };
        entry.relabel(claims.label.as_deref());
        entry.account(&claims.account);
        let found = self.load(&claims.account).await?;
        let Some(stored) = found.filter(|stored| claims.is_about(&stored.value)) else {
            entry.outcome(Outcome::Ended);
            return Ok(SignIn::Expired);
        };
        // Drawn first: once a code is spent nothing more can fail than the store.
        let id = self.session_id()?;
        let account = stored.value.clone();
        let typed = Typed {
            factor: typed,
            label: claims.label.as_deref(),
        };
        let is_about = |account: &Account| claims.is_about(account);
        Ok(match self.show(stored, is_about, typed).await? {
            Shown::Locked(until) => {
                let until = until.into();
                entry.outcome(Outcome::Locked { until });
                SignIn::Locked { until }
            }
            Shown::Settled(Settled::Right, _) => {
                let signed_in = self.begin_session(entry, &account, id, claims.device, true)?;
                let what = ActivityKind::SignedIn(Method::SecondFactor);
                self.note_activity(&account, what, claims.label.as_deref());
                SignIn::Accepted(signed_in)
            }
            Shown::Settled(Settled::Void, _) => {
                entry.outcome(Outcome::Ended);
                SignIn::Expired
            }
            Shown::Settled(Settled::Wrong { left }, reason) => {
                let left = is_counted(typed.factor).then_some(left);
                entry.outcome(Outcome::Denied {
                    reason: reason.unwrap_or(Reason::WrongCode),
                    left,
                });
                SignIn::WrongFactor { left }
            }
        })
    }

    /// Issues a second factor to an account that has none, for the page that shows it once: the key
    /// for the authenticator app, and the backup codes. It counts only when a first code has
    /// confirmed it, with [`Changes::second_factor`]; until then it may be issued again, and the one
    /// before is forgotten.
    ///
    /// It takes the current password and a code or link to the security e-mail.
    ///
    /// # Errors
    ///
    /// As [`sign_in`](Self::sign_in). The ticket stays good.
    pub async fn issue_second_factor(&self, ticket: &Ticket) -> Result<IssueFactor, Error> {
        let mut entry = self.event(Verb::IssueSecondFactor);
        let result = self.try_issue_factor(&mut entry, ticket).await;
        if let Ok(issue) = &result {
            entry.outcome(match issue {
                IssueFactor::AlreadySet | IssueFactor::Unproven => Outcome::Unproven,
                IssueFactor::Expired => Outcome::Ended,
                IssueFactor::Issued(_) => Outcome::Accepted,
            });
        }
        entry.end(result)
    }

    async fn try_issue_factor(
        &self,
        entry: &mut Entry<'_>,
        ticket: &Ticket,
    ) -> Result<IssueFactor, Error> {
        let Some((opened, met)) = self.open_and_meet(entry, ticket).await? else {
            return Ok(IssueFactor::Expired);
        };
        let inner = &self.inner;
        let (account, flow) = (met.account()?, &opened.flow);
        // Only the owner is told; a stranger with a name is not.
        if opened.is_session() && account.second_factor.is_some() {
            return Ok(IssueFactor::AlreadySet);
        }
        let change = Change::EnrolSecondFactor;
        let roots = change::roots(account, flow, change, self.now(), &inner.policy);
        if !met.is_real() || roots.is_none() {
            return Ok(IssueFactor::Unproven);
        }
        let (key, nonce) = (inner.entropy.draw()?, inner.entropy.draw()?);
        let backup = self.new_backup_codes()?;
        let (id, now) = (account.id(), self.now());
        let (shown, kept) = second_factor::issue(id, key, nonce, backup, now, &inner.keys)?;
        let kept = self
            .step(&opened, &met, |mut flow| {
                flow.issued_factor = Some(kept.clone());
                Ok((flow, ()))
            })
            .await?;
        Ok(match kept {
            Some(()) => IssueFactor::Issued(shown),
            None => IssueFactor::Expired,
        })
    }

    /// Issues ten new backup codes to an account that has a second factor, for the page that shows
    /// them once. They take the place of those before them only when one of them was typed back,
    /// with [`Changes::backup_codes`]; until then they may be issued again.
    ///
    /// It takes the current password and the second factor: a code of the app, or one of the
    /// backup codes that are left.
    ///
    /// # Errors
    ///
    /// As [`sign_in`](Self::sign_in). The ticket stays good.
    pub async fn issue_backup_codes(&self, ticket: &Ticket) -> Result<IssueBackupCodes, Error> {
        let mut entry = self.event(Verb::IssueBackupCodes);
        let result = Box::pin(self.try_issue_backup(&mut entry, ticket)).await;
        if let Ok(issue) = &result {
            entry.outcome(match issue {
                IssueBackupCodes::Expired => Outcome::Ended,
                IssueBackupCodes::Issued(_) => Outcome::Accepted,
                IssueBackupCodes::Unproven => Outcome::Unproven,
            });
        }
        entry.end(result)
    }

    async fn try_issue_backup(
        &self,
        entry: &mut Entry<'_>,
        ticket: &Ticket,
    ) -> Result<IssueBackupCodes, Error> {
        let Some((opened, met)) = self.open_and_meet(entry, ticket).await? else {
            return Ok(IssueBackupCodes::Expired);
        };
        let (account, policy) = (met.account()?, &self.inner.policy);
        let change = Change::BackupCodes;
        let roots = change::roots(account, &opened.flow, change, self.now(), policy);
        if !met.is_real() || roots.is_none() {
            return Ok(IssueBackupCodes::Unproven);
        }
        let codes = self.new_backup_codes()?;
        let hashes: Vec<_> = codes.iter().map(|code| code.hash(account.id())).collect();
        let kept = self
            .step(&opened, &met, |mut flow| {
                flow.issued_backup.clone_from(&hashes);
                Ok((flow, ()))
            })
            .await?;
        Ok(match kept {
            Some(()) => IssueBackupCodes::Issued(codes),
            None => IssueBackupCodes::Expired,
        })
    }

    fn new_backup_codes(&self) -> Result<Vec<BackupCode>, Error> {
        let entropy = &self.inner.entropy;
        (0..BACKUP_CODES)
            .map(|_| entropy.draw().map(BackupCode::from_random))
            .collect()
    }

    /// The backup codes that these changes confirm, if they are to be replaced; or why they do not.
    /// Whoever holds the ticket was shown them, so there is nothing to guess at.
    pub(super) fn typed_back(
        flow: &Flow,
        account: &Account,
        changes: &Changes,
    ) -> Result<Option<Vec<SecurityCodeHash>>, Apply> {
        let Some(typed) = &changes.backup_codes else {
            return Ok(None);
        };
        let issued = &flow.issued_backup;
        if issued.is_empty() {
            return Err(Apply::Unproven);
        }
        let typed = typed.hash(account.id());
        // All of them are compared.
        let found = issued.iter().filter(|code| code.matches(&typed)).count();
        match found {
            0 => Err(Apply::Mistyped),
            _ => Ok(Some(issued.clone())),
        }
    }

    /// The factor that these changes confirm, if they are to enrol one; or why they do not. Whoever
    /// holds the ticket was shown the key, so there is nothing to guess at.
    pub(super) fn confirmed(
        &self,
        opened: &Opened,
        account: &Account,
        changes: &Changes,
    ) -> Result<Result<Option<account::SecondFactor>, Apply>, Error> {
        let Some(typed) = &changes.second_factor else {
            return Ok(Ok(None));
        };
        let Some(issued) = &opened.flow.issued_factor else {
            return Ok(Err(Apply::Unproven));
        };
        let (id, now) = (account.id(), self.now());
        let confirmed = second_factor::confirm(id, issued, typed, now, &self.inner.keys)?;
        Ok(confirmed.map(Some).ok_or(Apply::MistypedFactor))
    }

    /// The factor as a proof in a session.
    pub(super) async fn prove_factor(
        &self,
        entry: &mut Entry<'_>,
        opened: &Opened,
        met: &Met,
        factor: &SecondFactor,
    ) -> Result<Prove, Error> {
        let is_enrolled = |stored: &&Stored<Account>| stored.value.second_factor.is_some();
        let Some(stored) = met.stored.as_ref().filter(is_enrolled) else {
            return Err(Error::NotOffered);
        };
        let typed = Typed {
            factor,
            label: opened.flow.label.as_deref(),
        };
        let is_about = |account: &Account| opened.flow.is_about(account);
        match self.show(stored.clone(), is_about, typed).await? {
            Shown::Locked(until) => Ok(locked(until)),
            Shown::Settled(Settled::Right, _) => self
                .accept(opened, met, Method::SecondFactor, |_| ())
                .await
                .map(accepted_or_expired),
            Shown::Settled(Settled::Void, _) => Ok(Prove::Expired),
            Shown::Settled(Settled::Wrong { left }, reason) => {
                entry.blame(reason);
                Ok(Prove::Denied {
                    left: is_counted(factor).then_some(left),
                })
            }
        }
    }

    /// Charges what can be guessed, spends the code, settles.
    async fn show(
        &self,
        stored: Stored<Account>,
        is_about: impl Fn(&Account) -> bool,
        typed: Typed<'_>,
    ) -> Result<Shown, Error> {
        let inner = &self.inner;
        if !is_counted(typed.factor) {
            let account = stored.value.clone();
            let checked = self.spend(stored, is_about, typed).await?;
            if let Checked::Wrong(_) = checked {
                let what = ActivityKind::Missed(Method::SecondFactor);
                self.note_activity(&account, what, typed.label);
            }
            return Ok(match checked {
                Checked::Right => Shown::Settled(Settled::Right, None),
                Checked::Void => Shown::Settled(Settled::Void, None),
                Checked::Wrong(reason) => {
                    let wrong = Settled::Wrong { left: u32::MAX };
                    Shown::Settled(wrong, Some(reason))
                }
            });
        }
        let account = stored.value.clone();
        let whose = Whose::Account(account.id());
        let key = budget::key(Spent::SecondFactor, whose, &inner.keys);
        let guarded = Guarded {
            key: &key,
            budget: self.get(&key).await?,
            rule: inner.policy.second_factor,
            clears: Clears::All,
        };
        let begun = Begun::default();
        let compare = async {
            begun.now();
            let checked = self.spend(stored, is_about, typed).await?;
            Ok((checked.outcome(), checked))
        };
        Ok(match self.attempt(guarded, &begun, compare).await? {
            Attempt::Locked { until } => Shown::Locked(until),
            Attempt::Settled(settled, checked) => {
                self.note_settled(&account, Method::SecondFactor, settled, typed.label);
                let reason = match checked {
                    Checked::Wrong(reason) => Some(reason),
                    Checked::Right | Checked::Void => None,
                };
                Shown::Settled(settled, reason)
            }
        })
    }

    /// The one write that makes a code right.
    async fn spend(
        &self,
        stored: Stored<Account>,
        is_about: impl Fn(&Account) -> bool,
        typed: Typed<'_>,
    ) -> Result<Checked, Error> {
        let inner = &self.inner;
        let (nonce, notices) = (inner.entropy.draw()?, inner.entropy.draw()?);
        let spent = self
            .commit_account(stored, |account, now, revision| {
                if !is_about(&account.value) {
                    return Decision::without_write(Ok(Checked::Void));
                }
                second_factor::spend(account, typed, nonce, notices, now, revision, &inner.keys)
            })
            .await?;
        match spent {
            OnAccount::Done(checked) => {
                inner.bell.ring();
                checked
            }
            OnAccount::Gone | OnAccount::Taken(_) => Ok(Checked::Void),
        }
    }
}

/// Whether it can be guessed, so that its misses are counted.
const fn is_counted(factor: &SecondFactor) -> bool {
    match factor {
        SecondFactor::Totp(_) => true,
        SecondFactor::BackupCode(_) => false,
    }
}
