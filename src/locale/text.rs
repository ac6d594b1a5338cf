//! What can be said to a user, without its words.

use time::OffsetDateTime;

use super::When;
use crate::{
    account::Method,
    message::{CodePurpose, Notice},
    policy::Change,
    support::Goal,
    weakness::{Suggestion, Warning},
};

/// One sentence or two that a user reads on a page or in a mail, with what goes into it. Each
/// language has its words in one `match`, so a text without words in it does not compile.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Text<'a> {
    /// The account is no more.
    AccountDeleted,
    /// The account is disabled.
    AccountDisabled,
    /// The account can be used.
    AccountEnabled,
    /// Support has closed the account for good.
    AccountRetired,
    /// The address is the security e-mail of another account.
    AddressTaken,
    /// The mail to an address that is the security e-mail of another account.
    AlreadyInUse,
    /// The hint answer has control characters.
    AnswerControl,
    /// No hint answer was typed.
    AnswerEmpty,
    /// The hint question is not offered.
    AnswerNotOffered,
    /// The hint answer names its owner or repeats the question.
    AnswerOwnName,
    /// The hint answer is too long.
    AnswerTooLong,
    /// The hint answer says nothing.
    AnswerTrivial,
    /// The hint answer is one that many would give.
    AnswerUsual,
    /// The right hint answer counts later; the contacts are told.
    AnswerWaits {
        /// From when on it counts.
        until: When,
    },
    /// Answer the hint question that is shown.
    AnswerYourQuestion,
    /// Something that can be changed, as the name of a choice.
    Change(Change),
    /// The backup codes that are shown, once.
    BackupCodesIssued,
    /// The account has a support case already.
    CaseAlreadyOpen,
    /// Somebody objected to the support case since it was read.
    CaseChanged,
    /// What a support case is to achieve.
    CaseGoal(Goal),
    /// The link of a support case is in the mail.
    CaseLinkSent {
        /// Until when it is good.
        until: When,
    },
    /// A support case lacks approvals.
    CaseOpen {
        /// How many.
        lacks: u64,
    },
    /// A support case was refused.
    CaseRefused,
    /// The account has nothing for such a support case.
    CaseUnfit,
    /// A support case is approved, and waits.
    CaseWaits {
        /// When the link goes out.
        until: When,
    },
    /// Everything is changed, and the user is signed in anew.
    Changed,
    /// Too many changes lately.
    ChangedTooOften {
        /// When the next one can be made.
        until: When,
    },
    /// Stands above the rules that a hint answer does not meet.
    ChooseAnotherAnswer,
    /// Stands above the rules that a password does not meet.
    ChooseAnotherPassword,
    /// The first sentence of a mail with a code: what somebody wants.
    CodeFor(CodePurpose),
    /// What was typed is not of the form of a mailed code.
    CodeMalformed {
        /// How many digits a code has.
        digits: u64,
    },
    /// Where a thing was done.
    Device {
        /// What the host said of the client, see [`Client::label`](crate::Client::label).
        label: &'a str,
    },
    /// The ticket or link has ended: start over.
    Expired,
    /// Something failed that another try does not mend.
    Failed,
    /// The first line of a mail.
    Greeting {
        /// The user name.
        name: &'a str,
    },
    /// What happened to the account, and when.
    Happened {
        /// What.
        notice: Notice,
        /// When.
        at: OffsetDateTime,
    },
    /// The identity to unlink is not linked.
    IdentityNotLinked,
    /// The identity is linked to an account already.
    IdentityTaken,
    /// No account has this identity.
    IdentityUnknown,
    /// What the reader of a notice does if it was somebody else.
    IfNotYou(Notice),
    /// What the reader of a mail with a code does if it was somebody else.
    IfNotYouAsked(CodePurpose),
    /// The account was taken over from another system.
    Imported,
    /// Give the code to nobody.
    KeepTheCode,
    /// The identity to unlink is the last way in.
    LastWayIn,
    /// Give the link of a support case to nobody.
    KeepTheLink,
    /// What the link of a support case does.
    LinkFor {
        /// What.
        goal: Goal,
        /// When it expires.
        until: OffsetDateTime,
    },
    /// Too many misses.
    Locked {
        /// When the next attempt can be made.
        until: When,
    },
    /// A mail is on its way, if the account has the address.
    MailSent,
    /// The account that the reader manages is changed.
    Managed,
    /// The reader may manage the account, once they have proved who they are.
    ManagingStarted,
    /// What was offered as a proof was wrong, so often and at last then.
    Missed {
        /// The way.
        method: Method,
        /// How many times.
        times: u64,
        /// When, the last time.
        at: OffsetDateTime,
    },
    /// The name of a way to prove that an account is one's own.
    Method(Method),
    /// The user name looks like that of another account.
    NameLooksTaken,
    /// What was typed is not a name.
    NameMalformed,
    /// The user name mixes alphabets.
    NameMixedScripts,
    /// Another account has this user name.
    NameTaken,
    /// The name is too long.
    NameTooLong {
        /// The most characters of a user name.
        max: u64,
    },
    /// The account has no security e-mail.
    NoAddress,
    /// No account is there.
    NoSuchAccount,
    /// No such account can manage that of the reader.
    NoSuchManager,
    /// The account has no support case.
    NoCase,
    /// This agent may not act on this account.
    NotAllowed,
    /// The account has no phone.
    NoPhone,
    /// The user name reads like an address or a number.
    NotAUserName,
    /// Pass the human check first.
    NotHuman,
    /// The method is not offered by this service.
    NotOffered,
    /// No change was named.
    NothingToChange,
    /// There is nothing left to stop.
    NothingToStop,
    /// The reader does not manage the account.
    NotYours,
    /// Without the password of today nobody could get in, so it was not voided.
    NoWayBack,
    /// The password is old: advice to choose a new one.
    OldPassword {
        /// When it was set.
        set_at: OffsetDateTime,
    },
    /// Stands above the link that does what the code does.
    OrOpen,
    /// The password is on the list of breached ones.
    PasswordBreached,
    /// The password is one that is tried first.
    PasswordCommon,
    /// The password has control characters.
    PasswordControl,
    /// No password was typed.
    PasswordEmpty,
    /// The password can be guessed too fast.
    PasswordGuessable,
    /// The two passwords differ.
    PasswordMismatch,
    /// The password lacks a digit.
    PasswordNoDigit,
    /// The password lacks a lower-case letter.
    PasswordNoLowercase,
    /// The password lacks a special character.
    PasswordNoSpecial,
    /// The password lacks an upper-case letter.
    PasswordNoUppercase,
    /// The password holds a name of its owner.
    PasswordOwnName,
    /// The password is so long that it is not even looked at.
    PasswordOversized,
    /// The password has too many characters.
    PasswordTooLong {
        /// The most characters.
        max: u64,
        /// Those that it has.
        len: u64,
    },
    /// The password was set lately, by something that may not manage other accounts.
    PasswordTooNew,
    /// The password has too few characters.
    PasswordTooShort {
        /// The fewest characters.
        min: u64,
        /// Those that it has.
        len: u64,
    },
    /// The password was used before.
    PasswordUsedBefore,
    /// The password does not count any more: recover the account.
    PasswordVoid,
    /// No text messages go to the country of the number.
    PhoneCountryRefused,
    /// What was typed is not a phone number.
    PhoneMalformed,
    /// The phone number has no country code, or a zero behind it.
    PhoneNeedsCountry,
    /// The phone number gets no text messages.
    PhoneNotMobile,
    /// The phone number is that of another account.
    PhoneTaken,
    /// The proof is right.
    Proved,
    /// The ticket stays good, but the code is too old to sign in with.
    TooLateToSignIn,
    /// Everything else is proved first.
    ProveTheRestFirst,
    /// A recovery went on with this proof.
    ProvedAt {
        /// The way.
        method: Method,
        /// When.
        at: OffsetDateTime,
    },
    /// Everything is changed: sign in with the new password.
    Recovered,
    /// A recovery has begun.
    RecoveryStarted,
    /// The account is there.
    Registered,
    /// The account has a second factor: one more code is asked for.
    SecondFactorAsked,
    /// The account has a second factor already.
    SecondFactorAlreadySet,
    /// The second factor that is shown, once.
    SecondFactorIssued,
    /// The first code is not one of the second factor that was shown.
    SecondFactorMistyped,
    /// The account has a security code, and that never changes.
    SecurityCodeAlreadySet,
    /// The security code that is shown, once.
    SecurityCodeIssued,
    /// What was typed is not of the form of a security code.
    SecurityCodeMalformed,
    /// The security code that was typed back is not the one that was shown.
    SecurityCodeMistyped,
    /// The check symbol of the security code does not fit.
    SecurityCodeTypo,
    /// The session has ended.
    SessionEnded,
    /// The user is signed in.
    SignedIn,
    /// Somebody signed in, so often and at last then.
    SignedInAt {
        /// The last proof that it took.
        method: Method,
        /// How many times.
        times: u64,
        /// When, the last time.
        at: OffsetDateTime,
    },
    /// The words of a text message, in a few of them.
    Sms(Sms),
    /// It is stopped.
    Stopped,
    /// A change was stopped by a link in a mail.
    StoppedAt {
        /// When.
        at: OffsetDateTime,
    },
    /// The subject of a mail; for a notice also its line in a list of what was done.
    Subject(Topic),
    /// The account of somebody else is there, who signs in to it.
    SubAccountRegistered,
    /// What would make the password stronger.
    Suggestion(Suggestion),
    /// Stands above the link with which the reader says that it was not them.
    ToDisown,
    /// A text message is on its way, if the account has a phone.
    TextSent,
    /// Stands above the link that stops what the mail is about.
    ToStop,
    /// As many identities are linked as there may be.
    TooManyIdentities {
        /// How many.
        max: u64,
    },
    /// Something failed that may go well in a moment.
    TryAgainShortly,
    /// What was proved does not allow the change.
    Unproven,
    /// What makes the password weak.
    Warning(Warning),
    /// No account has this name and password.
    WrongNameOrPassword {
        /// How many more misses are free.
        left: u64,
    },
    /// The wrong proof.
    WrongProof {
        /// How many more misses are free; `None` where they are not counted.
        left: Option<u64>,
    },
}

/// What a text message says. The code stands behind its words, and above the last one the
/// [`Subject`](Text::Subject) of the notice. With its code it fits into one text message: 160
/// characters of the alphabet of GSM 03.38, or 70 of any other.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Sms {
    /// The number is that of another account.
    AlreadyInUse,
    /// Stands in front of a code.
    Code(CodePurpose),
    /// What the reader of a notice does if it was somebody else.
    IfNotYou,
}

/// What a mail is about.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Topic {
    /// The address is in use already.
    AlreadyInUse,
    /// A code.
    Code(CodePurpose),
    /// Something that happened.
    Notice(Notice),
    /// The link of a support case.
    SupportLink,
}
