//! What happened, and what to do if it was somebody else.

use time::OffsetDateTime;

use super::numbers::date;
use crate::{
    account::{MOST_MISSES, Method},
    message::Notice,
    support::Goal,
};

pub(super) fn happened(notice: Notice, at: OffsetDateTime) -> String {
    let on = date(at);
    match notice {
        Notice::AccountDeleted => format!("Your account was deleted on {on}."),
        Notice::AccountDisabled => format!(
            "Your account was disabled on {on}. Nobody can sign in to it or recover it until it \
             is enabled again."
        ),
        Notice::AccountEnabled => {
            format!("Your account was enabled on {on}. You can sign in with your password again.")
        }
        Notice::AccountRetired => format!(
            "Your account was closed by our support on {on}, for good. Nobody can sign in to it \
             any more; its user name and address are free for a new account."
        ),
        Notice::BackupCodeUsed(left) => format!(
            "On {on} one of your backup codes was used in place of your authenticator app, by \
             somebody who knows your password. You have {left} left."
        ),
        Notice::BackupCodesReplaced => format!(
            "On {on} your account got new backup codes. The ones before them do not count any more."
        ),
        Notice::CaseApproved(until) => format!(
            "On {on} our support approved a request about your account. A link goes out to \
             whoever made it on {}, unless you object.",
            date(until.into())
        ),
        Notice::CaseEnded => {
            format!("On {on} your security code was used, so the request to our support has ended.")
        }
        Notice::CaseObjected => format!(
            "On {on} somebody who reads your mail objected to the request to our support. It is \
             being looked at again."
        ),
        Notice::CaseOpened(to) => format!(
            "On {on} somebody asked our support {}. Nothing is changed yet.",
            goal(to)
        ),
        Notice::CaseRefused => format!(
            "On {on} our support refused a request to restore an account. Nothing is changed. If \
             you cannot get in any other way, open a new account."
        ),
        Notice::EmailChanged => format!(
            "Your security e-mail was changed on {on}. From now on codes go to the new address."
        ),
        Notice::EmailChangedByManager => format!(
            "The manager of your account changed your security e-mail on {on}. From now on codes \
             go to the new address."
        ),
        Notice::EmailChangeFailed => format!(
            "Your security e-mail was to be changed on {on}, but the new address is that of another \
             account by now. It stays as it is."
        ),
        Notice::EmailChangeWaits(until) => format!(
            "On {on} your security code was used to change your security e-mail. The new address \
             counts from {} on.",
            date(until.into())
        ),
        Notice::HintAnswered(until) => format!(
            "On {on} somebody answered your hint question on a device that we do not know. From \
             {} on they can set a new password. If it was not you, stop it below, and then set \
             another hint question: they know the answer of this one.",
            date(until.into())
        ),
        Notice::HintChanged => format!("Your hint question or its answer was changed on {on}."),
        Notice::HintStopped => format!(
            "Your hint question was answered wrong {MOST_MISSES} times in a row, the last time on \
             {on}. It does not count any more; set a new one in your account settings."
        ),
        Notice::IdentityLinked => format!(
            "On {on} an account of another service was linked to yours. From now on it signs you in \
             as well. You can unlink it in your account settings."
        ),
        Notice::IdentityUnlinked => format!(
            "On {on} an account of another service was unlinked from yours. It does not sign you in \
             any more."
        ),
        Notice::Locked(method) => {
            let what = match method {
                Method::CurrentPassword => "password",
                Method::HintQuestion => "hint question",
                Method::Manager => "password as a manager",
                Method::SecondFactor => "second factor, knowing your password,",
                Method::SecurityCode => "security code",
                Method::LinkedIdentity
                | Method::NewEmail
                | Method::SecurityEmail
                | Method::Support => "mailed code",
                Method::NewPhone | Method::Phone => "code by text message",
            };
            format!(
                "On {on} somebody missed your {what} several times, so further tries have to wait. \
                 The links in our mails, your security code and the devices that you signed in at \
                 are not concerned."
            )
        }
        Notice::ManagerChanged => format!(
            "On {on} another account became the manager of yours. After some days it can change \
             your security e-mail and disable your account."
        ),
        Notice::ManagerEnded => format!("On {on} your account ceased to have a manager."),
        Notice::PasswordChanged(method) => {
            let by = match method {
                Method::CurrentPassword => "the password before it",
                Method::HintQuestion => "the answer to your hint question",
                Method::Manager => "the help of your manager",
                Method::NewEmail | Method::SecurityEmail => "a code that we mailed",
                Method::LinkedIdentity => "your linked outside account",
                Method::NewPhone | Method::Phone => "a code that we sent to your phone",
                Method::SecondFactor => "your second factor",
                Method::SecurityCode => "your security code",
                Method::Support => "our support",
            };
            format!("Your password was changed on {on}, with {by}.")
        }
        Notice::PasswordStopped => format!(
            "Your password was missed {MOST_MISSES} times in a row, the last time on {on}. It signs \
             you in at devices that you signed in at before; anywhere else, recover your account \
             and choose a new password."
        ),
        Notice::PasswordVoided => format!(
            "On {on} somebody said, in your account or by a link in a mail to you, that something \
             was not them. Your password does not count any more and everybody is signed out."
        ),
        Notice::PhoneChanged => format!(
            "Your phone number was changed on {on}. From now on codes go to the new number."
        ),
        Notice::PhoneChangeFailed => format!(
            "Your phone number was to be changed on {on}, but the new number is that of another \
             account by now. It stays as it is."
        ),
        Notice::PhoneChangeWaits(until) => format!(
            "On {on} your security code was used to change your phone number. The new number \
             counts from {} on.",
            date(until.into())
        ),
        Notice::PhoneRemoved => format!(
            "Your phone number was removed from your account on {on}. No codes go to it any more."
        ),
        Notice::SecondFactorEnrolled => format!(
            "On {on} a second factor was set up for your account. From now on signing in needs \
             a code of that authenticator app, or a backup code. Your security code and a code \
             that we mail remove it."
        ),
        Notice::SecondFactorMissed => {
            format!("Somebody who knows your password typed a wrong authenticator code on {on}.")
        }
        Notice::SecondFactorRemoved => format!(
            "Your second factor was removed on {on}. From now on your password alone signs in."
        ),
        Notice::SecondFactorStopped => format!(
            "Your authenticator code was missed {MOST_MISSES} times in a row, the last time on \
             {on}, by somebody who knows your password. Sign in with a backup code and change \
             your password."
        ),
        Notice::SecurityCodeSet => format!(
            "Since {on} your account has a security code. It can never be changed, by anybody."
        ),
        Notice::SecurityCodeUsed => format!("Your security code was used on {on}."),
        Notice::SecurityCodeWaits(until) => format!(
            "On {on} a security code was issued for your account. It counts from {} on, for good. \
             Changing your password before then voids it.",
            date(until.into())
        ),
        Notice::SignedInOnce => format!(
            "On {on} somebody signed in to your account with a code that we sent to you. \
             Your password stays as it is."
        ),
        Notice::SupportLinkSent => format!(
            "On {on} our support sent the link that was asked for. It can be used for a short time."
        ),
        Notice::UserNameChanged => format!(
            "Your user name was changed on {on}. You sign in with the new one, or with your \
             security e-mail, and the same password."
        ),
    }
}

pub(super) const fn goal(goal: Goal) -> &'static str {
    match goal {
        Goal::NewEmail => "to set a new security e-mail",
        Goal::NewPassword => "to set a new password",
        Goal::RemoveSecondFactor => "to remove the second factor",
        Goal::Retire => "to close the account for good",
    }
}

pub(super) const fn if_not_you(notice: Notice) -> &'static str {
    match notice {
        Notice::AccountRetired => "If you do not know why, write to our support at once.",
        Notice::CaseOpened(Goal::Retire) => {
            "If it was you, there is nothing to do. If it was not you, object below and write to our support \
             at once."
        }
        Notice::CaseApproved(_) | Notice::CaseOpened(_) => {
            "If it was you, there is nothing to do. If it was not you, object below or write to \
             our support; your security code, if you have one, ends the request at once."
        }
        Notice::CaseEnded | Notice::CaseObjected | Notice::SupportLinkSent => {
            "If it was you, there is nothing to do. If it was not you, write to our support at \
             once; your security code, if you have one, ends such a request."
        }
        Notice::CaseRefused => {
            "If you have asked for nothing, somebody else has: nothing was changed. Write to our \
             support if you want to know more."
        }
        Notice::BackupCodeUsed(_)
        | Notice::Locked(Method::SecondFactor)
        | Notice::SecondFactorMissed
        | Notice::SecondFactorStopped => {
            "If it was you, there is nothing to do. If it was not you, somebody knows your \
             password: change it at once, and write to our support."
        }
        Notice::Locked(_) | Notice::HintStopped | Notice::PasswordStopped => {
            "If it was not you: nobody got in, and you need not do anything. If you use the same \
             password elsewhere, choose a new one. If it goes on, write to our support."
        }
        Notice::AccountDeleted => "If it was not you, write to our support at once.",
        Notice::AccountDisabled | Notice::AccountEnabled => {
            "If you do not know why, ask the manager of your account, or write to our support."
        }
        Notice::EmailChanged => {
            "If it was you, there is nothing to do. If it was not you and you read this at the old \
             address, use your security code to recover your account, or write to our support at \
             once."
        }
        Notice::EmailChangedByManager => {
            "If you asked for it, there is nothing to do. If not, ask your manager at once, use \
             your security code to recover your account, or write to our support."
        }
        Notice::PhoneChanged | Notice::PhoneRemoved => {
            "If it was you, there is nothing to do. If it was not you, recover your account by \
             your security e-mail or your security code, or write to our support at once."
        }
        Notice::EmailChangeWaits(_) | Notice::PhoneChangeWaits(_) | Notice::SecurityCodeUsed => {
            "If it was you, there is nothing to do. If it was not you, your security code is in \
             other hands: change your password at once and write to our support."
        }
        Notice::PasswordVoided => {
            "Whether it was you or not, recover your account and choose a new password. If that is not \
             possible, write to our support."
        }
        Notice::BackupCodesReplaced
        | Notice::EmailChangeFailed
        | Notice::HintAnswered(_)
        | Notice::HintChanged
        | Notice::ManagerChanged
        | Notice::ManagerEnded
        | Notice::IdentityLinked
        | Notice::IdentityUnlinked
        | Notice::PasswordChanged(_)
        | Notice::PhoneChangeFailed
        | Notice::SecondFactorEnrolled
        | Notice::SecondFactorRemoved
        | Notice::SecurityCodeSet
        | Notice::SecurityCodeWaits(_)
        | Notice::SignedInOnce
        | Notice::UserNameChanged => {
            "If it was you, there is nothing to do. If it was not you, recover your account at \
             once and choose a new password; if that is not possible, write to our support."
        }
    }
}
