//! What verbs answer. A wrong password is an outcome, not an error.

use time::OffsetDateTime;

#[cfg(feature = "totp")]
use crate::secret::{BackupCode, NewSecondFactor};
use crate::{
    email::EmailAddress,
    hint::QuestionId,
    name::{KeyKind, UserName},
    phone::PhoneNumber,
    policy::{AnswerUnmet, Unmet},
    secret::{DeviceToken, SecurityCode, Ticket},
    session::{Session, SignedIn},
    support::Case,
};

/// The answer of [`Accounts::register`](super::Accounts::register) and
/// [`Accounts::register_linked`](super::Accounts::register_linked).
#[derive(Debug)]
#[must_use]
#[non_exhaustive]
pub enum Register {
    /// The account is there, and its owner is signed in.
    Registered(SignedIn),
    /// Another account has this name ([`KeyKind::Login`]) or one that looks like it
    /// ([`KeyKind::Skeleton`]), or the service keeps the name for itself; or an account has the
    /// identity already ([`KeyKind::Identity`]).
    Taken(KeyKind),
    /// The password does not meet these rules. Nothing was stored.
    Unmet(Vec<Unmet>),
}

/// The answer of [`Accounts::register_sub_account`](super::Accounts::register_sub_account). It signs
/// nobody in: it is the manager's browser.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
#[non_exhaustive]
pub enum RegisterSubAccount {
    /// The session of the manager has ended: sign in again.
    Ended,
    /// The account is there.
    Registered,
    /// As in [`Register::Taken`].
    Taken(KeyKind),
    /// The password does not meet these rules. Nothing was stored.
    Unmet(Vec<Unmet>),
}

/// The answer of [`Accounts::manage`](super::Accounts::manage).
#[derive(Debug)]
#[must_use]
#[non_exhaustive]
pub enum Manage {
    /// The session of the manager has ended: sign in again.
    Ended,
    /// The owner of the session manages no account with this id.
    NotYours,
    /// The ticket for what a manager may do.
    Started(Ticket),
    /// The manager's password was set within 72 hours ([`Policy::hold`](crate::Policy::hold)), by
    /// something that may not manage: a mailed code or a hint answer.
    Unproven,
}

/// The answer of [`Accounts::disable`](super::Accounts::disable) and
/// [`Accounts::enable`](super::Accounts::enable): how the account stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[must_use]
#[non_exhaustive]
pub enum Standing {
    /// Nobody can use it.
    Disabled,
    /// It can be used.
    Enabled,
    /// No account has this id.
    Unknown,
}

/// The answer of [`Accounts::open_case`](super::Accounts::open_case).
#[derive(Clone, Debug)]
#[must_use]
#[non_exhaustive]
pub enum OpenCase {
    /// The account has this case already: approve or refuse that one.
    AlreadyOpen(Case),
    /// There is no such account.
    NoAccount,
    /// This agent may not act on this account, or their session has ended.
    NotAllowed,
    /// The case is open, and every contact is told.
    Opened(Case),
    /// The account, as it is, has nothing for such a case: no security e-mail to mail a link to, the
    /// new address already, no second factor; or it was retired.
    Unfit,
}

/// The answer of [`Accounts::read_case`](super::Accounts::read_case).
#[derive(Clone, Debug)]
#[must_use]
#[non_exhaustive]
pub enum ReadCase {
    /// The case.
    Found(Case),
    /// The account has none, or there is no such account.
    NoCase,
    /// This agent may not act on this account, or their session has ended.
    NotAllowed,
}

/// The answer of [`Accounts::approve`](super::Accounts::approve).
#[derive(Clone, Debug)]
#[must_use]
#[non_exhaustive]
pub enum Approve {
    /// Approved by this agent: what comes next is [`Case::state`].
    Approved(Case),
    /// Somebody objected since the case was read: read it again. Nothing was approved.
    Changed(Case),
    /// The case has ended: it was used or refused, or its owner used the security code.
    Ended,
    /// This agent may not act on this account, or their session has ended.
    NotAllowed,
    /// The account is retired.
    Retired,
}

/// The answer of [`Accounts::refuse`](super::Accounts::refuse).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[must_use]
#[non_exhaustive]
pub enum RefuseCase {
    /// The case has ended already.
    Ended,
    /// This agent may not act on this account, or their session has ended.
    NotAllowed,
    /// The case is refused, and who asked is told.
    Refused,
}

/// The answer of [`Accounts::import`](super::Accounts::import).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[must_use]
#[non_exhaustive]
pub enum Import {
    /// The account is there.
    Imported,
    /// Another account has this name ([`KeyKind::Login`]), one that looks like it
    /// ([`KeyKind::Skeleton`]), the address ([`KeyKind::Email`]) or the phone ([`KeyKind::Phone`]).
    Taken(KeyKind),
}

/// The answer of [`Accounts::sign_in`](super::Accounts::sign_in), and of `Accounts::second_factor`
/// after it.
#[derive(Debug)]
#[must_use]
#[non_exhaustive]
pub enum SignIn {
    /// The right password, and the right second factor where there is one.
    Accepted(SignedIn),
    /// No account has this name and password. Which of the two was wrong is not told.
    Denied {
        /// How many more misses are free before there is a delay.
        left: u32,
    },
    /// The ticket between the password and the second factor has ended: start over.
    Expired,
    /// Too many misses: no attempt was made. The same for names that no account has.
    Locked {
        /// When the next attempt can be made.
        until: OffsetDateTime,
    },
    /// The right password, of an account that has a second factor: nobody is signed in yet. Go on
    /// with `Accounts::second_factor`, which the feature `totp` brings; a build without it cannot
    /// sign in to such an account.
    SecondFactor(Ticket),
    /// The code of the second factor is wrong, or was used before. The ticket stays good.
    WrongFactor {
        /// How many more misses are free before a lock; `None` for a backup code, where they are
        /// not counted.
        left: Option<u32>,
    },
}

/// The answer of [`Accounts::sign_in_linked`](super::Accounts::sign_in_linked).
#[derive(Debug)]
#[must_use]
#[non_exhaustive]
pub enum SignInLinked {
    /// Signed in.
    Accepted(SignedIn),
    /// No account has this identity: sign in with the password and link it, or register.
    NotLinked,
    /// The account has a second factor: nobody is signed in yet. Go on as after
    /// [`SignIn::SecondFactor`].
    SecondFactor(Ticket),
}

/// The answer of [`Accounts::sign_in_once`](super::Accounts::sign_in_once).
#[derive(Debug)]
#[must_use]
#[non_exhaustive]
pub enum SignInOnce {
    /// Signed in. The code and its link are spent.
    Accepted(SignedIn),
    /// The ticket has ended, or never was, or its code has signed in already: start over.
    Expired,
    /// The account has a second factor: nobody is signed in yet. Go on as after
    /// [`SignIn::SecondFactor`]. The code and its link are spent; the ticket takes the factor for ten
    /// minutes.
    SecondFactor(Ticket),
    /// The code is too old to sign in with
    /// ([`Policy::sign_in_once`](crate::Policy::sign_in_once)). The ticket stays good: it sets a new
    /// password.
    TooLate,
    /// The proofs of this flow do not allow it. The ticket stays good.
    Unproven,
}

/// The answer of [`Accounts::session`](super::Accounts::session).
#[derive(Clone, Debug)]
#[must_use]
pub enum SessionStatus {
    /// The session lives.
    Live(Session),
    /// It has ended, or never was: sign in again.
    Ended,
}

/// The answer of [`Accounts::recover`](super::Accounts::recover).
#[derive(Debug)]
#[must_use]
#[non_exhaustive]
pub enum Recover {
    /// Pass a human check first: [`Client::human`](crate::Client::human).
    NotHuman,
    /// The ticket of the recovery, whether or not an account has the name.
    Started(Ticket),
}

/// What [`Accounts::challenge`](super::Accounts::challenge) is asked for.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Challenge {
    /// The account's hint question.
    HintQuestion,
    /// A mail with a code to the address that is to become the security e-mail. Everything else
    /// that the change needs is proved first.
    NewEmail(EmailAddress),
    /// A text message with a code to the number that is to become the phone. Everything else that the
    /// change needs is proved first.
    NewPhone(PhoneNumber),
    /// A text message with a code to the phone of the account. Again: as for the security e-mail.
    ///
    /// In a recovery it takes the user name of the account, whatever login name it began with; with
    /// another one nothing is sent, and nobody is told so. In a session it is `None`.
    Phone(Option<UserName>),
    /// A mail with a code to the security e-mail. Again: the same code once more, for half of its
    /// life, then a new one.
    SecurityEmail,
}

/// The answer of [`Accounts::challenge`](super::Accounts::challenge).
#[derive(Clone, Debug, Eq, PartialEq)]
#[must_use]
#[non_exhaustive]
pub enum Challenged {
    /// No text messages are sent to the country of this number:
    /// [`Builder::phone_countries`](crate::Builder::phone_countries).
    CountryRefused,
    /// The ticket has ended, or never was: start over.
    Expired,
    /// The account of this session has no security e-mail.
    NoAddress,
    /// The account of this session has no phone.
    NoPhone,
    /// This question. A name that no account has gets one as well, always the same.
    Question(QuestionId),
    /// If the account has the address, a mail with a code is on its way, unless it got several
    /// already.
    Sent,
    /// If the account has the phone, and the user name, a text message with a code is on its way,
    /// unless the phone got several already.
    TextSent,
    /// Prove everything else first.
    Unproven,
}

/// The answer of [`Accounts::issue_security_code`](super::Accounts::issue_security_code).
#[derive(Debug)]
#[must_use]
#[non_exhaustive]
pub enum Issue {
    /// The account has one, and that never changes.
    AlreadySet,
    /// The ticket has ended, or never was: start over.
    Expired,
    /// Show it, once, and have it typed back.
    Issued(SecurityCode),
    /// The proofs of this flow do not allow it.
    Unproven,
}

/// The answer of [`Accounts::issue_second_factor`](super::Accounts::issue_second_factor).
#[cfg(feature = "totp")]
#[derive(Debug)]
#[must_use]
#[non_exhaustive]
pub enum IssueFactor {
    /// The account has one. It is removed first.
    AlreadySet,
    /// The ticket has ended, or never was: start over.
    Expired,
    /// Show it, once, and have a first code typed.
    Issued(NewSecondFactor),
    /// The proofs of this flow do not allow it.
    Unproven,
}

/// The answer of `Accounts::issue_backup_codes`.
#[cfg(feature = "totp")]
#[derive(Debug)]
#[must_use]
#[non_exhaustive]
pub enum IssueBackupCodes {
    /// The ticket has ended, or never was: start over.
    Expired,
    /// Show them, once, and have one of them typed back. Until then those before them are good.
    Issued(Vec<BackupCode>),
    /// The proofs of this flow do not allow it.
    Unproven,
}

/// The answer of [`Accounts::cancel`](super::Accounts::cancel) and
/// [`Accounts::report_compromise`](super::Accounts::report_compromise).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[must_use]
#[non_exhaustive]
pub enum Stopped {
    /// There is nothing left to stop.
    Ended,
    /// The account has no security e-mail and no security code to set a new password with, so the
    /// one of today was not voided: its owner changes it in the account settings.
    NoWayBack,
    /// The password does not count any more, and nobody is signed in: a new one is set by a recovery.
    PasswordVoid,
    /// It is stopped.
    Stopped,
}

/// The answer of [`Accounts::prove`](super::Accounts::prove) and
/// [`Accounts::follow`](super::Accounts::follow).
#[derive(Debug)]
#[must_use]
#[non_exhaustive]
pub enum Prove {
    /// The right proof. This ticket replaces the one that was given.
    Accepted(Ticket),
    /// The wrong proof. The ticket stays good.
    Denied {
        /// How many more misses are free before a lock; `None` where they are not counted.
        left: Option<u32>,
    },
    /// The ticket or link has ended, or never was: start over.
    Expired,
    /// Too many misses: no attempt was made. The ticket stays good, and so do all other methods.
    Locked {
        /// When the next attempt can be made.
        until: OffsetDateTime,
    },
    /// The right answer, on a device that the account does not know: it counts later, and every
    /// contact is told so. This ticket replaces the one that was given.
    Waiting {
        /// The ticket to come back with.
        ticket: Ticket,
        /// From when on it counts.
        until: OffsetDateTime,
    },
}

/// The answer of [`Accounts::apply`](super::Accounts::apply).
#[derive(Debug)]
#[must_use]
#[non_exhaustive]
pub enum Apply {
    /// Everything is changed. Every session of the account has ended, unless all was so already; this
    /// is a new one for whoever made the change out of a session.
    Applied(SignedIn),
    /// The account is no more.
    Deleted,
    /// The ticket has ended, or never was: start over.
    Expired,
    /// The identity to unlink is the last way into the account: set a password first. Nothing was
    /// changed, and the ticket stays good.
    LastWayIn,
    /// Changed too often: nothing was changed. The ticket stays good.
    Locked {
        /// When the next change can be made.
        until: OffsetDateTime,
    },
    /// The account that the owner of the session manages is changed, and all of its sessions have
    /// ended, unless all was so already.
    Managed,
    /// The security code that was typed back is not the one that was issued. The ticket stays good;
    /// another one may be issued.
    Mistyped,
    /// The first code is not one of the second factor that was issued. The ticket stays good; another
    /// one may be issued.
    MistypedFactor,
    /// No account has this id, or none that can manage this one. The ticket stays good.
    NoSuchManager,
    /// The identity to unlink is not linked. Nothing was changed, and the ticket stays good.
    NotLinked,
    /// Everything is changed, by somebody who is not signed in: they sign in with the new password.
    /// This token marks their device as known.
    Recovered(DeviceToken),
    /// Another account has this user name, or one that looks like it, or the service keeps it; or
    /// another account has this address or identity, or this one has the identity already, which
    /// only its holder is told. Nothing was changed, and the ticket stays good.
    Taken(KeyKind),
    /// [`MAX_IDENTITIES`](crate::identity::MAX_IDENTITIES) are linked already: unlink one. Nothing
    /// was changed, and the ticket stays good.
    TooManyIdentities,
    /// What was typed does not meet these rules. Nothing was changed, and the ticket stays good.
    Unmet {
        /// Of the new password.
        password: Vec<Unmet>,
        /// Of the hint answer.
        answer: Vec<AnswerUnmet>,
    },
    /// The proofs of this flow do not allow the change. The ticket stays good.
    Unproven,
    /// The hint answer of this flow does not count yet. The ticket stays good.
    Waiting {
        /// From when on it counts.
        until: OffsetDateTime,
    },
}
