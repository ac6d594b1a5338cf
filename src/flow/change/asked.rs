//! What a claimant offers, and what they want to change.

#[cfg(feature = "totp")]
use crate::secret::{self, BackupCode, TotpCode};
use crate::{
    account::{AccountId, Hint, ManagerLink, SecondFactor},
    hash::PasswordHash,
    hint::QuestionId,
    identity::Identity,
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
    /// The manager's own password, in a flow of [`Accounts::manage`](crate::Accounts::manage).
    Manager(Password),
    /// A linked identity, inside a session: whoever is asking has just been to the provider again.
    /// It proves something only in an account that has neither a password nor a confirmed address.
    LinkedIdentity(Identity),
    /// The code that was mailed to the address that is to become the security e-mail.
    NewEmail(MailedCode),
    /// The code that was sent to the number that is to become the phone.
    NewPhone(MailedCode),
    /// The code that was sent to the phone.
    Phone(MailedCode),
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
    pub(crate) phone: bool,
    pub(crate) no_phone: bool,
    pub(crate) security_code: Option<SecurityCode>,
    pub(crate) user_name: Option<UserName>,
    pub(crate) delete: bool,
    #[cfg(feature = "totp")]
    pub(crate) backup_codes: Option<BackupCode>,
    #[cfg(feature = "totp")]
    pub(crate) second_factor: Option<TotpCode>,
    pub(crate) no_second_factor: bool,
    pub(crate) manager: Option<AccountId>,
    pub(crate) no_manager: bool,
    pub(crate) standing: Option<Standing>,
    pub(crate) link: Option<Identity>,
    pub(crate) unlink: Option<(String, String)>,
}

/// Whether an account can be used.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Standing {
    Disabled,
    Enabled,
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

    /// The number that this flow has proved as the phone of the account.
    #[must_use]
    pub fn phone(mut self) -> Self {
        self.phone = true;
        self
    }

    /// No phone any more. Beside [`phone`](Self::phone) it makes no difference.
    #[must_use]
    pub fn no_phone(mut self) -> Self {
        self.no_phone = true;
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

    /// The backup codes that were issued in this flow, in place of those before them. One of them is
    /// typed back from where their holder wrote them down, and stays good.
    #[cfg(feature = "totp")]
    #[must_use]
    pub fn backup_codes(mut self, typed_back: BackupCode) -> Self {
        self.backup_codes = Some(typed_back);
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

    /// Another account that manages this one from now on, in place of the one before: see
    /// [`Accounts::manage`](crate::Accounts::manage) for what it may do.
    ///
    /// # Security
    ///
    /// A manager can take the account over by way of a new security e-mail, unless it has a second
    /// factor. Every contact is told, and it is 72 hours
    /// ([`Policy::hold`](crate::Policy::hold)) before the manager may do anything but end it.
    /// The manager is not asked: have your own page for that, if they should be.
    #[must_use]
    pub fn manager(mut self, manager: AccountId) -> Self {
        self.manager = Some(manager);
        self
    }

    /// No manager any more, for the account that has one and for the one that is it.
    #[must_use]
    pub fn no_manager(mut self) -> Self {
        self.no_manager = true;
        self
    }

    /// Nobody can use the account until it is enabled again. For its manager alone.
    #[must_use]
    pub fn disable(mut self) -> Self {
        self.standing = Some(Standing::Disabled);
        self
    }

    /// A disabled account can be used again, with its old password. For its manager alone, and only
    /// where it was they who disabled it, and not [`Accounts::disable`](crate::Accounts::disable).
    #[must_use]
    pub fn enable(mut self) -> Self {
        self.standing = Some(Standing::Enabled);
        self
    }

    /// An identity that signs in from now on, beside what does already.
    #[must_use]
    pub fn link(mut self, identity: Identity) -> Self {
        self.link = Some(identity);
        self
    }

    /// An identity that signs in no more. The last way into an account stays: set a password or link
    /// another identity first, or in the same change.
    ///
    /// `issuer`, `subject`: as [`Export::identities`](crate::account::Export::identities) lists
    /// them. The provider is not asked: perhaps it is the reason.
    #[must_use]
    pub fn unlink(mut self, issuer: &str, subject: &str) -> Self {
        self.unlink = Some((issuer.to_owned(), subject.to_owned()));
        self
    }

    /// What is asked for, as rows of the authority table.
    pub(crate) fn rows(&self) -> Vec<Change> {
        #[cfg(feature = "totp")]
        let (replaces, enrols) = (self.backup_codes.is_some(), self.second_factor.is_some());
        #[cfg(not(feature = "totp"))]
        let (replaces, enrols) = (false, false);
        rows(&[
            (replaces, Change::BackupCodes),
            (self.delete, Change::Delete),
            (self.standing == Some(Standing::Disabled), Change::Disable),
            (self.email, Change::Email),
            (self.standing == Some(Standing::Enabled), Change::Enable),
            (enrols, Change::EnrolSecondFactor),
            (self.hint.is_some(), Change::Hint),
            (self.manager.is_some(), Change::Manager),
            (self.no_manager, Change::NoManager),
            (self.link.is_some(), Change::LinkIdentity),
            (self.password.is_some(), Change::Password),
            (self.phone, Change::Phone),
            (self.no_phone && !self.phone, Change::RemovePhone),
            (self.no_second_factor, Change::RemoveSecondFactor),
            (self.security_code.is_some(), Change::SecurityCode),
            (self.unlink.is_some(), Change::UnlinkIdentity),
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
    pub(crate) phone: bool,
    pub(crate) no_phone: bool,
    pub(crate) security_code: Option<SecurityCodeHash>,
    pub(crate) user_name: Option<UserName>,
    pub(crate) delete: bool,
    /// Confirmed.
    pub(crate) backup_codes: Option<Vec<SecurityCodeHash>>,
    /// Confirmed.
    pub(crate) second_factor: Option<SecondFactor>,
    pub(crate) no_second_factor: bool,
    pub(crate) manager: Option<ManagerLink>,
    pub(crate) no_manager: bool,
    pub(crate) standing: Option<Standing>,
    pub(crate) link: Option<Identity>,
    /// The issuer and the subject.
    pub(crate) unlink: Option<(String, String)>,
}

impl Checked {
    pub(super) fn rows(&self) -> Vec<Change> {
        rows(&[
            (self.backup_codes.is_some(), Change::BackupCodes),
            (self.delete, Change::Delete),
            (self.standing == Some(Standing::Disabled), Change::Disable),
            (self.email, Change::Email),
            (self.standing == Some(Standing::Enabled), Change::Enable),
            (self.second_factor.is_some(), Change::EnrolSecondFactor),
            (self.hint.is_some(), Change::Hint),
            (self.manager.is_some(), Change::Manager),
            (self.no_manager, Change::NoManager),
            (self.link.is_some(), Change::LinkIdentity),
            (self.password.is_some(), Change::Password),
            (self.phone, Change::Phone),
            (self.no_phone && !self.phone, Change::RemovePhone),
            (self.no_second_factor, Change::RemoveSecondFactor),
            (self.security_code.is_some(), Change::SecurityCode),
            (self.unlink.is_some(), Change::UnlinkIdentity),
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
