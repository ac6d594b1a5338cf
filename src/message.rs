//! What the library has a user told, by mail and by text message.

use std::fmt;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use zeroize::Zeroizing;

use crate::{
    account::Method,
    address::Address,
    clock::Stamp,
    locale::{Catalogue, Letter, Locale},
    secret::MailedCode,
    support::Goal,
};

/// One message to one address, in the language of its account.
///
/// To a mailbox ([`Address::Email`]), [`subject`](Self::subject), [`text`](Self::text) and
/// [`html`](Self::html) are ready to be sent; to a phone ([`Address::Phone`]) it is `text` alone,
/// which is short then. A host that writes its own messages reads [`content`](Self::content).
#[derive(Clone, Debug)]
pub struct Message {
    pub(crate) id: MessageId,
    pub(crate) to: Address,
    pub(crate) content: Content,
    pub(crate) locale: Locale,
    pub(crate) name: Option<String>,
    pub(crate) label: Option<String>,
    pub(crate) catalogue: Catalogue,
}

/// Names one message: 128 random bits. A message that is sent again, because it is unknown whether
/// it arrived, has the same one.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub struct MessageId([u8; 16]);

/// What a message says.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Content {
    /// Somebody wants to use this address for an account, but it is the address of another one.
    AlreadyInUse,
    /// A code to be typed, and a link that does the same.
    Code {
        /// What it is for.
        purpose: CodePurpose,
        /// The code.
        code: MailedCode,
        /// The link that proves the same without typing; none if the service goes without links.
        link: Option<Url>,
        /// The link with which the reader stops what the code is for.
        cancel: Option<Url>,
    },
    /// Something happened to the account.
    Notice {
        /// What.
        notice: Notice,
        /// When.
        at: OffsetDateTime,
        /// The link with which the reader stops it, or says that it was not them
        /// ([`Accounts::cancel`](crate::Accounts::cancel)), where that is of use.
        cancel: Option<Url>,
    },
    /// The link of a support case, to the one who asked for it.
    SupportLink {
        /// What it does.
        goal: Goal,
        /// When it expires.
        until: OffsetDateTime,
        /// The link.
        link: Url,
    },
}

/// What a code is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum CodePurpose {
    /// Somebody who is signed in wants to change what the account is protected by.
    ConfirmChange,
    /// This address is to become the security e-mail of an account, whose manager asks for it: the
    /// reader tells them the code.
    ConfirmManaged,
    /// This address is to become the account's security e-mail, or its phone.
    ConfirmNewAddress,
    /// Somebody forgot the password.
    Recovery,
}

/// What every contact of an account is told about.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Notice {
    /// The account is no more.
    AccountDeleted,
    /// Nobody can use the account until it is enabled again.
    AccountDisabled,
    /// The account, which was disabled, can be used again.
    AccountEnabled,
    /// Support has closed the account for good.
    AccountRetired,
    /// Support has approved a case; its link goes out at that time, unless somebody objects.
    CaseApproved(Until),
    /// The security code was used, and that ended the support case.
    CaseEnded,
    /// Somebody objected to the support case, which goes back to the agents.
    CaseObjected,
    /// Support is asked to do this.
    CaseOpened(Goal),
    /// Support does not grant what it was asked for.
    CaseRefused,
    /// The security e-mail is another one now.
    EmailChanged,
    /// The manager of the account has changed its security e-mail.
    EmailChangedByManager,
    /// The security e-mail stays as it is: the new one is that of another account by now.
    EmailChangeFailed,
    /// The security e-mail becomes another one at that time.
    EmailChangeWaits(Until),
    /// Somebody who is not at a known device answered the hint question; the answer counts from
    /// that time on.
    HintAnswered(Until),
    /// A backup code was used in place of the authenticator app; so many are left.
    BackupCodeUsed(u8),
    /// New backup codes took the place of those before them.
    BackupCodesReplaced,
    /// The hint question or its answer was changed.
    HintChanged,
    /// The hint was answered wrong 100 times in a row. It is gone until it is set again.
    HintStopped,
    /// An identity of elsewhere signs in from now on.
    IdentityLinked,
    /// An identity of elsewhere signs in no more.
    IdentityUnlinked,
    /// Somebody missed so often that this method is locked for a while.
    Locked(Method),
    /// Another account manages this one from now on.
    ManagerChanged,
    /// No account manages this one any more.
    ManagerEnded,
    /// The password was changed, by this proof.
    PasswordChanged(Method),
    /// The password was missed 100 times in a row. It signs in at known devices only, until a new
    /// one is set.
    PasswordStopped,
    /// Somebody said that it was not them: the password does not count until a new one is set.
    PasswordVoided,
    /// The phone number is another one now.
    PhoneChanged,
    /// The phone number stays as it is: the new one is that of another account by now.
    PhoneChangeFailed,
    /// The phone number becomes another one at that time.
    PhoneChangeWaits(Until),
    /// The account has no phone any more.
    PhoneRemoved,
    /// A second factor is asked for at sign-in from now on.
    SecondFactorEnrolled,
    /// Somebody with the right password typed a wrong code of the authenticator app. Told once a day
    /// (OWASP ASVS 5.0, 6.3.5).
    SecondFactorMissed,
    /// No second factor is asked for any more.
    SecondFactorRemoved,
    /// The codes of the authenticator app were missed 100 times in a row. They do not count until a
    /// backup code was used.
    SecondFactorStopped,
    /// The account has a security code now, for good.
    SecurityCodeSet,
    /// The security code was used.
    SecurityCodeUsed,
    /// A security code was issued; it counts from that time on.
    SecurityCodeWaits(Until),
    /// Somebody signed in once with a code or link out of a message.
    SignedInOnce,
    /// Support has mailed the link of an approved case to whoever asked for it.
    SupportLinkSent,
    /// The user name is another one now.
    UserNameChanged,
}

impl Notice {
    /// Whether it tells of what somebody does who has the password, or a session, so that whoever
    /// reads it and has done nothing should void them. What the security code decides is not
    /// undone by a mailbox; a hint answer that waits has a link of its own.
    pub(crate) const fn can_be_disowned(self) -> bool {
        matches!(
            self,
            Self::BackupCodeUsed(_)
                | Self::BackupCodesReplaced
                | Self::EmailChanged
                | Self::HintChanged
                | Self::IdentityLinked
                | Self::IdentityUnlinked
                | Self::ManagerChanged
                | Self::ManagerEnded
                | Self::PasswordChanged(_)
                | Self::PhoneChanged
                | Self::PhoneRemoved
                | Self::SecondFactorEnrolled
                | Self::SecondFactorRemoved
                | Self::SecondFactorStopped
                | Self::SecurityCodeSet
                | Self::SecurityCodeWaits(_)
                | Self::SignedInOnce
                | Self::UserNameChanged
        )
    }
}

/// A point in time, as a notice keeps it.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub struct Until(pub(crate) Stamp);

impl From<Until> for OffsetDateTime {
    fn from(until: Until) -> Self {
        until.0.into()
    }
}

/// The address of a page of the host's, with a secret behind the `#`.
#[derive(Clone)]
pub struct Url(Zeroizing<String>);

impl Url {
    pub(crate) fn new(base: &str, fragment: &str) -> Self {
        Self(Zeroizing::new(format!("{base}#{fragment}")))
    }

    /// The whole address.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Url(..)")
    }
}

impl MessageId {
    pub(crate) const fn from_random(bits: [u8; 16]) -> Self {
        Self(bits)
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl Message {
    /// A message with this content, in English and without a name. The library makes its messages
    /// itself; this and what follows are for those who write or test a sender.
    #[must_use]
    pub fn new(id: [u8; 16], to: impl Into<Address>, content: Content) -> Self {
        Self {
            id: MessageId::from_random(id),
            to: to.into(),
            content,
            locale: Locale::English,
            name: None,
            label: None,
            catalogue: Catalogue::new(),
        }
    }

    /// In this language, with the words of this catalogue.
    #[must_use]
    pub fn speaking(mut self, locale: Locale, catalogue: &Catalogue) -> Self {
        self.locale = locale;
        self.catalogue = catalogue.clone();
        self
    }

    /// Begins with the user name.
    #[must_use]
    pub fn greeting(mut self, name: &str) -> Self {
        self.name = Some(name.to_owned());
        self
    }

    /// Tells where a thing was done, see [`Client::label`](crate::Client::label).
    #[must_use]
    pub fn labelled(mut self, label: Option<&str>) -> Self {
        self.label = label.map(str::to_owned);
        self
    }

    /// Names the message, in 32 hexadecimal digits when it is displayed.
    #[must_use]
    pub const fn id(&self) -> MessageId {
        self.id
    }

    /// Where it goes, and by which channel.
    #[must_use]
    pub const fn to(&self) -> &Address {
        &self.to
    }

    /// What it says.
    #[must_use]
    pub const fn content(&self) -> &Content {
        &self.content
    }

    /// The language of the account, for a host that writes its own mails.
    #[must_use]
    pub const fn locale(&self) -> Locale {
        self.locale
    }

    /// The user name of the account; none in a mail to an address that is not confirmed.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Where the thing was done that a notice tells of, see
    /// [`Client::label`](crate::Client::label).
    #[must_use]
    pub fn label(&self) -> Option<&str> {
        self.label.as_deref()
    }

    /// The subject. It holds no secret.
    #[must_use]
    pub fn subject(&self) -> String {
        self.letter().subject()
    }

    /// The plain body, with what to do if it was somebody else. To a phone it is short, without a
    /// greeting or a link.
    #[must_use]
    pub fn text(&self) -> Zeroizing<String> {
        match self.to {
            Address::Email(_) => self.letter().plain(),
            Address::Phone(_) => self.letter().short(),
        }
    }

    /// The same as a page of HTML, with everything escaped that goes into it. It loads nothing from
    /// anywhere.
    #[must_use]
    pub fn html(&self) -> Zeroizing<String> {
        self.letter().html()
    }

    const fn letter(&self) -> Letter<'_> {
        Letter::new(&self.catalogue, self.locale, self)
    }
}
