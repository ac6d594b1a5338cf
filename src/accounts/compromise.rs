//! "This was not me": a password that somebody else may know does not count any more.

use super::{Accounts, Stopped, commit::OnAccount};
use crate::{
    account::{AccountId, Epoch},
    address::Address,
    audit::{Outcome, Verb},
    error::Error,
    flow::change::{self, Disowned},
    session::Session,
};

impl Accounts {
    /// Voids the password, for an owner who sees in their activity what was not them: nobody signs
    /// in or proves anything with it until a new one is set, by a code or link to the security
    /// e-mail, or by the security code (NIST SP 800-63B-4 §3.1.1.2). The one that was voided is
    /// refused as the new one.
    ///
    /// Every session, ticket and device token of the account ends, this session with the others. A
    /// hint that was set lately is gone, and so is a security code that does not count yet. Every
    /// contact is told. Said again, it changes nothing more.
    ///
    /// # Security
    ///
    /// It asks for no proof beside the session: somebody who has stolen one can make the owner
    /// choose a new password, and loses the session by it.
    ///
    /// ```
    /// # use backstop::*;
    /// # async fn example(accounts: Accounts, session: Session) -> Result<(), Error> {
    /// match accounts.report_compromise(&session).await? {
    ///     Stopped::PasswordVoid => println!("signed out everywhere: recover your account"),
    ///     Stopped::NoWayBack => println!("change your password in the settings"),
    ///     _ => println!("sign in again"),
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Store`], [`Error::Record`], [`Error::Contended`], [`Error::Entropy`]: try again.
    pub async fn report_compromise(&self, session: &Session) -> Result<Stopped, Error> {
        let mut entry = self.event(Verb::ReportCompromise);
        entry.account(session.account());
        entry.session(session.id());
        entry.relabel(session.label.as_deref());
        let (account, label) = (session.account(), session.label.as_deref());
        let result = Box::pin(self.void_password(account, session.epoch, label)).await;
        if let Ok(stopped) = result {
            entry.outcome(outcome(stopped));
        }
        entry.end(result)
    }

    /// The same for the reader of a notice.
    ///
    /// `epoch`: that of the session or the notice. `label`: of the client.
    pub(super) async fn void_password(
        &self,
        account: &AccountId,
        epoch: Epoch,
        label: Option<&str>,
    ) -> Result<Stopped, Error> {
        let Some(stored) = self.load(account).await? else {
            return Ok(Stopped::Ended);
        };
        let (fresh, policy) = (self.fresh()?, &self.inner.policy);
        let disowned = self
            .commit_account(stored, |account, now, revision| {
                let reaches = |to: &Address| self.may_send_to(to);
                change::void_password(
                    account,
                    (epoch, label),
                    reaches,
                    fresh,
                    revision,
                    now,
                    policy,
                )
            })
            .await?;
        self.inner.bell.ring();
        Ok(match disowned {
            OnAccount::Done(Disowned::Void) => Stopped::PasswordVoid,
            OnAccount::Done(Disowned::NoWayBack) => Stopped::NoWayBack,
            OnAccount::Done(Disowned::Ended) | OnAccount::Gone | OnAccount::Taken(_) => {
                Stopped::Ended
            }
        })
    }
}

pub(super) const fn outcome(stopped: Stopped) -> Outcome {
    match stopped {
        Stopped::Ended => Outcome::Ended,
        Stopped::NoWayBack => Outcome::Unproven,
        Stopped::PasswordVoid | Stopped::Stopped => Outcome::Accepted,
    }
}
