//! What the library has a user told by mail.

use std::fmt;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use zeroize::Zeroizing;

use crate::{account::Method, clock::Stamp, email::EmailAddress, secret::MailedCode};

/// One message to one address.
///
/// [`subject`](Self::subject) and [`text`](Self::text) are ready to be sent. A host that writes
/// its own mails reads [`content`](Self::content).
#[derive(Clone, Debug)]
pub struct Message {
    pub(crate) id: MessageId,
    pub(crate) to: EmailAddress,
    pub(crate) content: Content,
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
        /// The link with which the reader stops it, where it can still be stopped.
        cancel: Option<Url>,
    },
}

/// What a code is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum CodePurpose {
    /// Somebody who is signed in wants to change what the account is protected by.
    ConfirmChange,
    /// This address is to become the account's security e-mail.
    ConfirmNewAddress,
    /// Somebody forgot the password.
    Recovery,
}

/// What every contact of an account is told about.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Notice {
    /// The account is no more.
    AccountDeleted,
    /// The security e-mail is another one now.
    EmailChanged,
    /// The security e-mail stays as it is: the new one is that of another account by now.
    EmailChangeFailed,
    /// The security e-mail becomes another one at that time.
    EmailChangeWaits(Until),
    /// Somebody who is not at a known device answered the hint question; the answer counts from
    /// that time on.
    HintAnswered(Until),
    /// A backup code was used in place of the authenticator app; so many are left.
    BackupCodeUsed(u8),
    /// The hint question or its answer was changed.
    HintChanged,
    /// The hint was answered wrong 100 times in a row. It is gone until it is set again.
    HintStopped,
    /// Somebody missed so often that this method is locked for a while.
    Locked(Method),
    /// The password was changed, by this proof.
    PasswordChanged(Method),
    /// The password was missed 100 times in a row. It signs in at known devices only, until a new
    /// one is set.
    PasswordStopped,
    /// A second factor is asked for at sign-in from now on.
    SecondFactorEnrolled,
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
    /// Somebody signed in once with a code or link out of a mail.
    SignedInOnce,
    /// The user name is another one now.
    UserNameChanged,
}

/// A point in time, as a notice keeps it.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
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
    /// A message with this content. The library makes its messages itself; this is for those who
    /// write or test a sender.
    #[must_use]
    pub const fn new(id: [u8; 16], to: EmailAddress, content: Content) -> Self {
        Self {
            id: MessageId::from_random(id),
            to,
            content,
        }
    }

    /// Names the message, in 32 hexadecimal digits when it is displayed.
    #[must_use]
    pub const fn id(&self) -> MessageId {
        self.id
    }

    /// Where it goes.
    #[must_use]
    pub const fn to(&self) -> &EmailAddress {
        &self.to
    }

    /// What it says.
    #[must_use]
    pub const fn content(&self) -> &Content {
        &self.content
    }

    /// The subject, in English. It holds no secret.
    #[must_use]
    pub fn subject(&self) -> &'static str {
        match &self.content {
            Content::AlreadyInUse => "You have an account already",
            Content::Code { purpose, .. } => match purpose {
                CodePurpose::ConfirmChange => "Your code to change your account",
                CodePurpose::ConfirmNewAddress => "Your code to confirm this address",
                CodePurpose::Recovery => "Your code to recover your account",
            },
            Content::Notice { notice, .. } => match notice {
                Notice::AccountDeleted => "Your account was deleted",
                Notice::BackupCodeUsed(_) => "A backup code of yours was used",
                Notice::EmailChanged => "Your security e-mail was changed",
                Notice::EmailChangeFailed => "Your security e-mail was not changed",
                Notice::EmailChangeWaits(_) => "Your security e-mail will be changed",
                Notice::HintAnswered(_) => "Somebody answered your hint question",
                Notice::HintChanged => "Your hint question was changed",
                Notice::HintStopped => "Your hint question was stopped",
                Notice::Locked(_) => "Somebody tries to get into your account",
                Notice::PasswordChanged(_) => "Your password was changed",
                Notice::PasswordStopped => "Your password was stopped",
                Notice::SecondFactorEnrolled => "Your sign-in asks for a second factor now",
                Notice::SecondFactorRemoved => "Your second factor was removed",
                Notice::SecondFactorStopped => "Your second factor was stopped",
                Notice::SecurityCodeSet => "Your account has a security code",
                Notice::SecurityCodeUsed => "Your security code was used",
                Notice::SecurityCodeWaits(_) => "Your account is about to have a security code",
                Notice::SignedInOnce => "Somebody signed in with a code that we mailed",
                Notice::UserNameChanged => "Your user name was changed",
            },
        }
    }

    /// The whole text, in English, with what to do if it was somebody else.
    #[must_use]
    pub fn text(&self) -> Zeroizing<String> {
        Zeroizing::new(match &self.content {
            Content::AlreadyInUse => "Somebody, perhaps you, wants to use this address for an \
                account. It is the security e-mail of another account already: sign in with that \
                one, or use another address. If it was not you, there is nothing to do."
                .to_owned(),
            Content::Code {
                purpose,
                code,
                link,
                cancel,
            } => code_text(*purpose, code, link.as_ref(), cancel.as_ref()),
            Content::Notice { notice, at, cancel } => notice_text(*notice, *at, cancel.as_ref()),
        })
    }
}

fn code_text(
    purpose: CodePurpose,
    code: &MailedCode,
    link: Option<&Url>,
    cancel: Option<&Url>,
) -> String {
    let what = match purpose {
        CodePurpose::ConfirmChange => "Somebody who is signed in wants to change your account.",
        CodePurpose::ConfirmNewAddress => {
            "This address is to become the security e-mail of an account."
        }
        CodePurpose::Recovery => "Somebody wants to recover your account.",
    };
    let mut text = format!(
        "{what} If it was you, type this code:\n\n    {}\n",
        code.expose()
    );
    if let Some(link) = link {
        text = format!(
            "{text}\nOr open this page and go on there:\n\n    {}\n",
            link.expose()
        );
    }
    text = format!(
        "{text}\nGive the code to nobody, whoever asks: we never do. If it was not you, do not use \
         it; without it nothing is changed.\n"
    );
    stop_text(text, cancel)
}

fn notice_text(notice: Notice, at: OffsetDateTime, cancel: Option<&Url>) -> String {
    let on = minute(at);
    let what = match notice {
        Notice::AccountDeleted => {
            return format!(
                "Your account was deleted on {on}, with your password and a code out of your \
                 mailbox if it had one. If it was not you, write to our support at once.\n"
            );
        }
        Notice::BackupCodeUsed(left) => format!(
            "On {on} one of your backup codes was used in place of your authenticator app, by \
             somebody who knows your password. You have {left} left."
        ),
        Notice::EmailChanged => format!(
            "Your security e-mail was changed on {on}. From now on codes go to the new address. If \
             it was not you and you read this at the old one, use your security code, or write to \
             our support."
        ),
        Notice::EmailChangeFailed => format!(
            "Your security e-mail was to be changed on {on}, but the new address is that of another \
             account by now. It stays as it is."
        ),
        Notice::EmailChangeWaits(until) => format!(
            "On {on} your security code was used to change your security e-mail. The new address \
             counts from {} on. If it was not you, your code is in other hands: write to our \
             support before then.",
            minute(until.into())
        ),
        Notice::HintAnswered(until) => format!(
            "On {on} somebody answered your hint question on a device that we do not know. From \
             {} on they can set a new password. If it was not you, stop it below, and then set \
             another hint question: they know the answer of this one.",
            minute(until.into())
        ),
        Notice::HintChanged => format!("Your hint question or its answer was changed on {on}."),
        Notice::HintStopped => format!(
            "Your hint question was answered wrong 100 times in a row, the last time on {on}. It \
             does not count any more; set a new one in your account settings."
        ),
        Notice::Locked(method) => {
            let what = match method {
                Method::CurrentPassword => "password",
                Method::HintQuestion => "hint question",
                Method::SecondFactor => "second factor, knowing your password,",
                Method::NewEmail | Method::SecurityCode | Method::SecurityEmail => "mailed code",
            };
            format!(
                "On {on} somebody missed your {what} several times, so further tries have to wait. \
                 The links in our mails, your security code and the devices that you signed in at \
                 are not concerned."
            )
        }
        Notice::PasswordStopped => format!(
            "Your password was missed 100 times in a row, the last time on {on}. It signs you in \
             at devices that you signed in at before; anywhere else, recover your account and \
             choose a new password."
        ),
        Notice::PasswordChanged(method) => {
            let by = match method {
                Method::CurrentPassword => "the password before it",
                Method::HintQuestion => "the answer to your hint question",
                Method::NewEmail | Method::SecurityEmail => "a code that we mailed",
                Method::SecondFactor => "your second factor",
                Method::SecurityCode => "your security code",
            };
            format!("Your password was changed on {on}, with {by}.")
        }
        Notice::SecondFactorEnrolled => format!(
            "On {on} a second factor was set up for your account. From now on signing in needs a \
             code of that authenticator app, or a backup code. Your security code and a code that \
             we mail remove it."
        ),
        Notice::SecondFactorRemoved => format!(
            "Your second factor was removed on {on}. From now on your password alone signs in."
        ),
        Notice::SecondFactorStopped => format!(
            "Your authenticator code was missed 100 times in a row, the last time on {on}, by \
             somebody who knows your password. Sign in with a backup code and change your password."
        ),
        Notice::SecurityCodeSet => format!(
            "Since {on} your account has a security code. It can never be changed, by anybody."
        ),
        Notice::SecurityCodeUsed => format!("Your security code was used on {on}."),
        Notice::SecurityCodeWaits(until) => format!(
            "On {on} a security code was issued for your account. It counts from {} on, for good. \
             Changing your password before then voids it.",
            minute(until.into())
        ),
        Notice::SignedInOnce => format!(
            "On {on} somebody signed in to your account with a code that we mailed to you. Your \
             password stays as it is."
        ),
        Notice::UserNameChanged => format!(
            "Your user name was changed on {on}. You sign in with the new one, or with your security \
             e-mail, and the same password."
        ),
    };
    let text = format!(
        "{what}\n\nIf it was you, there is nothing to do. If it was not you, recover your account \
         at once and choose a new password; if that is not possible, write to our support.\n"
    );
    stop_text(text, cancel)
}

fn stop_text(text: String, cancel: Option<&Url>) -> String {
    match cancel {
        Some(url) => format!(
            "{text}\nTo stop it, open this page:\n\n    {}\n",
            url.expose()
        ),
        None => text,
    }
}

/// `2026-01-31 09:05 UTC`
fn minute(at: OffsetDateTime) -> String {
    let at = at.to_offset(time::UtcOffset::UTC);
    format!("{} {:02}:{:02} UTC", at.date(), at.hour(), at.minute())
}
