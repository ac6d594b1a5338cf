//! What others call an event: the words of the OWASP Logging Vocabulary.

use super::{Event, Outcome, Reason, Verb};
use crate::policy::Change;

impl Event {
    /// The name of the event in the OWASP Logging Vocabulary, for a host whose alarms go by it; none
    /// where it has no word.
    ///
    /// | name | when |
    /// |---|---|
    /// | `authn_login_success` | somebody signed in |
    /// | `authn_login_fail`, `authn_login_fail_max` | a wrong proof, in whatever flow; the last try before a lock |
    /// | `authn_login_lock` | a try while a method is locked |
    /// | `authn_password_change`, `authn_password_change_fail` | a new password; one that was refused |
    /// | `authn_token_created` | a security code or the key of a second factor was issued |
    /// | `authn_token_revoked` | the reader of a mail stopped what it was about |
    /// | `authn_token_reuse` | a code for the second time; a ticket or link that has ended, or never was |
    /// | `authz_fail` | somebody who may not manage the account that they name |
    /// | `session_use_after_expire` | a session that has ended, or never was |
    /// | `sequence_fail` | a step without the steps before it |
    /// | `user_created`, `user_updated`, `user_deleted` | a new account, a change of anything but the password, the end of one |
    ///
    /// Source: OWASP Cheat Sheet Series, "Application Logging Vocabulary".
    #[must_use]
    pub fn vocabulary(&self) -> Option<&'static str> {
        let is_sign_in = matches!(
            self.verb,
            Verb::SecondFactor | Verb::SignIn | Verb::SignInLinked | Verb::SignInOnce
        );
        Some(match self.outcome {
            Outcome::Accepted if is_sign_in => "authn_login_success",
            Outcome::Accepted => self.done()?,
            Outcome::Denied {
                reason: Reason::SpentCode,
                ..
            } => "authn_token_reuse",
            Outcome::Denied { left: Some(0), .. } => "authn_login_fail_max",
            Outcome::Denied { .. } => "authn_login_fail",
            Outcome::Ended if self.verb.is_of_session() => "session_use_after_expire",
            // No account has the id that the host named.
            Outcome::Ended if matches!(self.verb, Verb::Disable | Verb::Enable) => return None,
            Outcome::Ended => "authn_token_reuse",
            Outcome::Failed(_)
            | Outcome::Locked { .. }
            | Outcome::Taken(_)
            | Outcome::Unmet { .. }
                if self.has_new_password() =>
            {
                "authn_password_change_fail"
            }
            Outcome::Locked { .. } => "authn_login_lock",
            Outcome::NotAllowed => "authz_fail",
            Outcome::Unproven if self.verb == Verb::Manage => "authz_fail",
            Outcome::Unproven => "sequence_fail",
            Outcome::Abandoned
            | Outcome::Failed(_)
            | Outcome::NotChanged
            | Outcome::NotHuman
            | Outcome::NotSent
            | Outcome::SecondFactor
            | Outcome::Taken(_)
            | Outcome::Unfit
            | Outcome::Unmet { .. } => return None,
        })
    }

    /// What was accepted, apart from sign-ins.
    fn done(&self) -> Option<&'static str> {
        Some(match self.verb {
            Verb::Apply if self.changes.contains(&Change::Delete) => "user_deleted",
            Verb::Apply if self.has_new_password() => "authn_password_change",
            Verb::Apply | Verb::Disable | Verb::Enable | Verb::SetLanguage => "user_updated",
            Verb::Cancel => "authn_token_revoked",
            Verb::Import | Verb::Register | Verb::RegisterLinked | Verb::RegisterSubAccount => {
                "user_created"
            }
            Verb::IssueSecondFactor | Verb::IssueSecurityCode => "authn_token_created",
            _ => return None,
        })
    }

    fn has_new_password(&self) -> bool {
        self.changes.contains(&Change::Password)
    }
}

impl Verb {
    /// Whether a session is shown for it, and not a ticket or a link.
    pub(super) const fn is_of_session(self) -> bool {
        matches!(
            self,
            Self::Activity
                | Self::Export
                | Self::Manage
                | Self::RegisterSubAccount
                | Self::Session
                | Self::SetLanguage
        )
    }
}
