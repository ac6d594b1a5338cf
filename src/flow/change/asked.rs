//! What a claimant offers, and what they want to change.

#[cfg(feature = "totp")]
use crate::secret::{self, TotpCode};
use crate::{
    account::{Hint, SecondFactor},
    hash::PasswordHash,
    hint::QuestionId,
    name::UserName,
    policy::Change,
    secret::{HintAnswer, MailedCode, NewPassword, Password, SecurityCode, SecurityCodeHash},
};

/// What a claimant offers to prove that the account is theirs.
#[derive(Debug)]
#[non_exhaustive]
pub enum Proof {
    /// Method 1, inside a session.
    CurrentPassword(Password),
    /// Method 3.
    HintQuestion(HintAnswer),
    /// The code that was mailed to the address that is to become the security e-mail.
    NewEmail(MailedCode),
    /// The second factor, inside a session.
    #[cfg(feature = "totp")]
    SecondFactor(secret::SecondFactor),
    /// Method 4.
    SecurityCode(SecurityCode),
    /// Method 2.
    SecurityEmail(MailedCode),
}

/// What a claimant wants to change; everything in one commit.
#[derive(Debug, Default)]
pub struct Changes {
    pub(crate) password: Option<NewPassword>,
    pub(crate) hint: Option<(QuestionId, HintAnswer)>,
    pub(crate) email: bool,
    pub(crate) security_code: Option<SecurityCode>,
    pub(crate) user_name: Option<UserName>,
    pub(crate) delete: bool,
    #[cfg(feature = "totp")]
    pub(crate) second_factor: Option<TotpCode>,
    pub(crate) no_second_factor: bool,
}

impl Changes {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A new password.
    #[must_use]
    pub fn password(mut self, new: NewPassword) -> Self {
        self.password = Some(new);
        self
    }

    /// A hint question out of the policy's, and its answer.
    #[must_use]
    pub fn hint(mut self, question: QuestionId, answer: HintAnswer) -> Self {
        self.hint = Some((question, answer));
        self
    }

    /// The address that this flow has proved as the security e-mail.
    #[must_use]
    pub fn email(mut self) -> Self {
        self.email = true;
        self
    }

    /// The first security code, typed back from where its holder wrote it down.
    #[must_use]
    pub fn security_code(mut self, typed_back: SecurityCode) -> Self {
        self.security_code = Some(typed_back);
        self
    }

    /// Another user name. The one before it is free for others from then on.
    #[must_use]
    pub fn user_name(mut self, name: UserName) -> Self {
        self.user_name = Some(name);
        self
    }

    /// The end of the account: its names and addresses are free for others, and its record goes as
    /// soon as every contact was told. Whatever else is asked for makes no difference.
    #[must_use]
    pub fn delete(mut self) -> Self {
        self.delete = true;
        self
    }

    /// The second factor that was issued in this flow, confirmed by a first code of its app.
    #[cfg(feature = "totp")]
    #[must_use]
    pub fn second_factor(mut self, first: TotpCode) -> Self {
        self.second_factor = Some(first);
        self
    }

    /// No second factor any more.
    #[must_use]
    pub fn no_second_factor(mut self) -> Self {
        self.no_second_factor = true;
        self
    }

    /// What is asked for, as rows of the authority table.
    pub(crate) fn rows(&self) -> Vec<Change> {
        #[cfg(feature = "totp")]
        let enrols = self.second_factor.is_some();
        #[cfg(not(feature = "totp"))]
        let enrols = false;
        rows(&[
            (self.delete, Change::Delete),
            (self.email, Change::Email),
            (enrols, Change::EnrolSecondFactor),
            (self.hint.is_some(), Change::Hint),
            (self.password.is_some(), Change::Password),
            (self.no_second_factor, Change::RemoveSecondFactor),
            (self.security_code.is_some(), Change::SecurityCode),
            (self.user_name.is_some(), Change::UserName),
        ])
    }
}

/// The same, checked and hashed.
#[derive(Clone, Default)]
pub(crate) struct Checked {
    pub(crate) password: Option<PasswordHash>,
    pub(crate) hint: Option<Hint>,
    pub(crate) email: bool,
    pub(crate) security_code: Option<SecurityCodeHash>,
    pub(crate) user_name: Option<UserName>,
    pub(crate) delete: bool,
    /// Confirmed.
    pub(crate) second_factor: Option<SecondFactor>,
    pub(crate) no_second_factor: bool,
}

impl Checked {
    pub(super) fn rows(&self) -> Vec<Change> {
        rows(&[
            (self.delete, Change::Delete),
            (self.email, Change::Email),
            (self.second_factor.is_some(), Change::EnrolSecondFactor),
            (self.hint.is_some(), Change::Hint),
            (self.password.is_some(), Change::Password),
            (self.no_second_factor, Change::RemoveSecondFactor),
            (self.security_code.is_some(), Change::SecurityCode),
            (self.user_name.is_some(), Change::UserName),
        ])
    }
}

fn rows(asked: &[(bool, Change)]) -> Vec<Change> {
    asked
        .iter()
        .filter_map(|(asked, change)| asked.then_some(*change))
        .collect()
}
