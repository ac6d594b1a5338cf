//! English.

mod weakness;

use time::OffsetDateTime;
use weakness::{suggested, warned};

use super::{Span, Text, Topic, When, choice, when::Moment};
use crate::{
    account::{MOST_MISSES, Method},
    message::{CodePurpose, Notice},
    support::Goal,
};

pub(super) fn words(text: &Text<'_>) -> String {
    let words = match *text {
        Text::AccountDeleted => "Your account is deleted.",
        Text::AccountDisabled => "The account is disabled: nobody can sign in to it.",
        Text::AccountEnabled => "The account can be used.",
        Text::AccountRetired => "This account was closed for good.",
        Text::AddressTaken => "Another account has this e-mail address: choose another one.",
        Text::AlreadyInUse => {
            "Somebody, perhaps you, wants to use this address for an account. It is the security \
             e-mail of another account already: sign in to that one, or use another address. If it \
             was not you, there is nothing to do."
        }
        Text::AnswerControl => "An answer has no tabs or line breaks: type it without them.",
        Text::AnswerEmpty => "The answer is empty: type one.",
        Text::AnswerNotOffered => "This question is no longer offered: choose another one.",
        Text::AnswerOwnName => {
            "The answer must not be your user name, a part of your e-mail address or words of the \
             question."
        }
        Text::AnswerTooLong => "The answer is too long: type a shorter one.",
        Text::AnswerTrivial => "The answer says too little: anybody could guess it.",
        Text::AnswerUsual => "Many people would give this answer: choose a rarer one.",
        Text::AnswerWaits { until } => {
            return format!(
                "Your answer is right. You are at a device that we do not know, so it counts only \
                 {}; until then the owner of the account can stop it.",
                when(until)
            );
        }
        Text::AnswerYourQuestion => "Answer your hint question.",
        Text::Change(change) => choice::english(change),
        Text::BackupCodesIssued => {
            "These are your new backup codes. They are shown only now: write them down on paper and \
             type one of them to confirm. Until then the old ones are good."
        }
        Text::CaseAlreadyOpen => "This account has a support case already:",
        Text::CaseChanged => "Somebody objected since you read the case. Read it again:",
        Text::CaseGoal(to) => return format!("The support case is {}.", goal(to)),
        Text::CaseLinkSent { until } => {
            return format!(
                "The link is in the mail. Another one can be sent {}.",
                when(until)
            );
        }
        Text::CaseOpen { lacks } => {
            return format!("It needs {} more.", count(lacks, "approval", "approvals"));
        }
        Text::CaseRefused => "The case is refused, and who asked for it is told.",
        Text::CaseUnfit => "This account has nothing for such a case.",
        Text::CaseWaits { until } => {
            return format!("It is approved. The link goes out {}.", when(until));
        }
        Text::Changed => "Your changes are saved. You are signed out everywhere else.",
        Text::ChangedTooOften { until } => {
            return format!(
                "The account was changed too often. You can change it again {}.",
                when(until)
            );
        }
        Text::ChooseAnotherAnswer => "This answer cannot be used:",
        Text::ChooseAnotherPassword => "This password cannot be used:",
        Text::CodeFor(purpose) => match purpose {
            CodePurpose::ConfirmChange => {
                "Somebody who is signed in wants to change your account. If it was you, type this \
                 code:"
            }
            CodePurpose::ConfirmManaged => {
                "The manager of an account asks for this address to become its security e-mail. \
                 If the account is yours and you want that, tell your manager this code:"
            }
            CodePurpose::ConfirmNewAddress => {
                "This address is to become the security e-mail of an account. If it was you who \
                 asked for it, type this code:"
            }
            CodePurpose::Recovery => {
                "Somebody wants to recover your account. If it was you, type this code:"
            }
        },
        Text::CodeMalformed { digits } => {
            let digits = count(digits, "digit", "digits");
            return format!("A code has {digits}: type those of the mail.");
        }
        Text::Device { label } => return format!("Device: {label}"),
        Text::Expired => "This has expired, or was used already: start again.",
        Text::Failed => "That did not work. Write to our support if you need help.",
        Text::Greeting { name } => return format!("Hello {name},"),
        Text::Happened { notice, at } => return happened(notice, at),
        Text::IdentityNotLinked => "This outside account is not linked to yours.",
        Text::IdentityTaken => "This outside account is linked to an account here already.",
        Text::IdentityUnknown => {
            "This outside account is not linked to any account here: sign in with your password \
             and link it in your account settings, or register."
        }
        Text::IfNotYou(notice) => if_not_you(notice),
        Text::IfNotYouAsked(purpose) => match purpose {
            CodePurpose::ConfirmChange => {
                "If it was not you, somebody else is signed in to your account: do not use the \
                 code, recover your account at once and choose a new password."
            }
            CodePurpose::ConfirmManaged => {
                "Tell the code to nobody else. If you know nothing of this, tell it to nobody: \
                 without it nothing is changed."
            }
            CodePurpose::ConfirmNewAddress | CodePurpose::Recovery => {
                "If it was not you, do not use it: without it nothing is changed."
            }
        },
        Text::Imported => "The account was taken over.",
        Text::KeepTheCode => "Give the code to nobody, whoever asks: we never ask for it.",
        Text::LastWayIn => "Without it you could not sign in any more: set a password first.",
        Text::KeepTheLink => {
            "Give the link to nobody, whoever asks, our support included. If it was not you who \
             asked for it, do not open it and write to our support."
        }
        Text::LinkFor { goal: to, until } => {
            return format!(
                "Our support has looked at your request. Until {} you can open this page {}:",
                date(until),
                goal(to)
            );
        }
        Text::Locked { until } => {
            return format!("Too many tries. You can try again {}.", when(until));
        }
        Text::MailSent => {
            "If the account has this address, a mail with a code is on its way. Look among your \
             junk mail, too."
        }
        Text::Managed => "The account is changed, and signed out everywhere.",
        Text::ManagingStarted => "Type your own password to go on.",
        Text::Method(method) => match method {
            Method::CurrentPassword => "Current password",
            Method::HintQuestion => "Hint question",
            Method::Manager => "Password of the manager",
            Method::LinkedIdentity => "Linked outside account",
            Method::NewEmail => "Code to the new e-mail address",
            Method::SecondFactor => "Second factor",
            Method::SecurityCode => "Security code",
            Method::SecurityEmail => "Code by e-mail",
            Method::Support => "Support",
        },
        Text::Missed { method, times, at } => {
            let (by, times) = (words(&Text::Method(method)), count(times, "time", "times"));
            return format!("{by}: wrong {times}, the last time on {}.", date(at));
        }
        Text::NameLooksTaken => {
            "This user name looks like that of another account: choose another one."
        }
        Text::NameMalformed => {
            "This is not a name: type letters and digits, an e-mail address or a phone number."
        }
        Text::NameMixedScripts => "A user name has letters of one alphabet: do not mix several.",
        Text::NameTaken => "This user name is taken: choose another one.",
        Text::NameTooLong { max } => {
            let max = count(max, "character", "characters");
            return format!("The name is too long: a user name has at most {max}.");
        }
        Text::NoAddress => "Your account has no security e-mail.",
        Text::NoSuchAccount => "There is no such account.",
        Text::NoSuchManager => "There is no such account that can manage yours.",
        Text::NoWayBack => {
            "Your account has no security e-mail and no security code: without your password nobody \
             could get in. Change your password in the account settings; that signs everybody else \
             out."
        }
        Text::NoCase => "This account has no support case.",
        Text::NotAllowed => "You may not act on this account.",
        Text::NotAUserName => {
            "A user name must not read like an e-mail address or a phone number: choose another one."
        }
        Text::NotHuman => "Show first that you are not a robot.",
        Text::NotOffered => "This way is not offered here: choose another one.",
        Text::NothingToChange => "You have changed nothing yet.",
        Text::NothingToStop => "There is nothing left to stop.",
        Text::NotYours => "You do not manage this account.",
        Text::OldPassword { set_at } => {
            return format!(
                "You have had your password since {}. Consider choosing a new one.",
                day(set_at)
            );
        }
        Text::OrOpen => "Or open this page and go on there:",
        Text::PasswordBreached => {
            "It is on a list of passwords that have leaked: choose one that you use nowhere \
             else."
        }
        Text::PasswordCommon => "It is among the passwords that are tried first.",
        Text::PasswordControl => "A password has no tabs or line breaks: type it without them.",
        Text::PasswordEmpty => "The password is empty: type one.",
        Text::PasswordGuessable => "It is too easy to guess.",
        Text::PasswordMismatch => "The two passwords differ: type the same one twice.",
        Text::PasswordNoDigit => "It needs a digit.",
        Text::PasswordNoLowercase => "It needs a lower-case letter.",
        Text::PasswordNoSpecial => "It needs a special character, such as ! or %.",
        Text::PasswordNoUppercase => "It needs an upper-case letter.",
        Text::PasswordOwnName => {
            "It must not contain your user name, the first part of your e-mail address or the name \
             of this service."
        }
        Text::PasswordOversized => "The password is far too long: type a shorter one.",
        Text::PasswordTooLong { max, len } => {
            let max = count(max, "character", "characters");
            return format!("It may have at most {max}; it has {len}.");
        }
        Text::PasswordTooNew => {
            "You have set your password anew without the one before it. For some days it is not \
             enough to manage other accounts."
        }
        Text::PasswordTooShort { min, len } => {
            let min = count(min, "character", "characters");
            return format!("It needs at least {min}; it has {len}.");
        }
        Text::PasswordUsedBefore => "You have used this password before: choose a new one.",
        Text::PasswordVoid => {
            "Your password does not count any more, and everybody is signed out. Recover your \
             account and choose a new password."
        }
        Text::PhoneTaken => "Another account has this phone number: choose another one.",
        Text::Proved => "That is right. Go on with the next step.",
        Text::ProvedAt { method, at } => {
            let by = words(&Text::Method(method));
            return format!(
                "{by}: right, in a recovery of your account, on {}.",
                date(at)
            );
        }
        Text::ProveTheRestFirst => "Do the other steps first.",
        Text::Recovered => "Your new password is set. Sign in with it.",
        Text::RecoveryStarted => "Choose how to show that the account is yours.",
        Text::Registered => "Welcome! Your account is ready, and you are signed in.",
        Text::SecondFactorAsked => "Type a code of your authenticator app, or a backup code.",
        Text::SecondFactorAlreadySet => {
            "Your account has a second factor already. Remove that one first."
        }
        Text::SecondFactorIssued => {
            "Scan this with your authenticator app, write the backup codes down on paper, and \
             type a first code of the app to confirm. Neither is shown again."
        }
        Text::SecondFactorMistyped => {
            "This is not the code that your authenticator app shows now: look again, and see whether \
             the clock of your phone is right."
        }
        Text::SecurityCodeAlreadySet => {
            "Your account has a security code already. It can never be changed."
        }
        Text::SecurityCodeIssued => {
            "This is your security code. It is shown only now: write it down on paper, keep it in \
             a safe place, and type it once to confirm."
        }
        Text::SecurityCodeMalformed => {
            "A security code has 27 letters and digits in groups of 4: compare it with your paper."
        }
        Text::SecurityCodeMistyped => {
            "This is not the security code that was shown: compare it with your paper, or have \
             another one made."
        }
        Text::SecurityCodeTypo => {
            "The security code has a typing error: compare it with your paper."
        }
        Text::SessionEnded => "You are no longer signed in: sign in again.",
        Text::SignedIn => "You are signed in.",
        Text::SignedInAt { method, times, at } => {
            let (by, times) = (words(&Text::Method(method)), count(times, "time", "times"));
            return format!("{by}: signed in {times}, the last time on {}.", date(at));
        }
        Text::Stopped => "It is stopped.",
        Text::SubAccountRegistered => {
            "The account is ready. Its owner can sign in, and should choose a password of their \
             own."
        }
        Text::StoppedAt { at } => {
            return format!(
                "A change of your account was stopped on {} by the link in a mail.",
                date(at)
            );
        }
        Text::Subject(topic) => subject(topic),
        Text::Suggestion(suggestion) => suggested(suggestion),
        Text::ToDisown => {
            "If it was not you, open this page: it signs everybody out and voids your password."
        }
        Text::TooLateToSignIn => {
            "This code is too old to sign in with. Choose a new password, or start again."
        }
        Text::TooManyIdentities { max } => {
            return format!("At most {max} outside accounts can be linked: unlink one first.");
        }
        Text::ToStop => "To stop it, open this page:",
        Text::TryAgainShortly => "That did not work just now. Try again in a moment.",
        Text::Unproven => "What you have shown is not enough for this change.",
        Text::Warning(warning) => warned(warning),
        Text::WrongNameOrPassword { left } => {
            return format!("The user name or the password is wrong. {}", tries(left));
        }
        Text::WrongProof { left: None } => "That is wrong.",
        Text::WrongProof { left: Some(left) } => {
            return format!("That is wrong. {}", tries(left));
        }
    };
    words.to_owned()
}

fn subject(topic: Topic) -> &'static str {
    match topic {
        Topic::AlreadyInUse => "You have an account already",
        Topic::Code(purpose) => match purpose {
            CodePurpose::ConfirmChange => "Your code to change your account",
            CodePurpose::ConfirmManaged => "Your code to tell your manager",
            CodePurpose::ConfirmNewAddress => "Your code to confirm this address",
            CodePurpose::Recovery => "Your code to recover your account",
        },
        Topic::Notice(notice) => match notice {
            Notice::AccountDeleted => "Your account was deleted",
            Notice::AccountDisabled => "Your account was disabled",
            Notice::AccountEnabled => "Your account was enabled",
            Notice::AccountRetired => "Your account was closed by our support",
            Notice::BackupCodeUsed(_) => "A backup code of yours was used",
            Notice::BackupCodesReplaced => "Your backup codes were replaced",
            Notice::CaseApproved(_) => "Our support is about to help with your account",
            Notice::CaseEnded => "The request to our support has ended",
            Notice::CaseObjected => "Somebody objected to a request to our support",
            Notice::CaseOpened(_) => "Our support is asked about your account",
            Notice::CaseRefused => "Our support does not grant a request",
            Notice::EmailChanged => "Your security e-mail was changed",
            Notice::EmailChangedByManager => "Your manager changed your security e-mail",
            Notice::EmailChangeFailed => "Your security e-mail was not changed",
            Notice::EmailChangeWaits(_) => "Your security e-mail will be changed",
            Notice::HintAnswered(_) => "Somebody answered your hint question",
            Notice::HintChanged => "Your hint question was changed",
            Notice::HintStopped => "Your hint question was stopped",
            Notice::IdentityLinked => "An outside account was linked to yours",
            Notice::IdentityUnlinked => "An outside account is not linked to yours any more",
            Notice::Locked(_) => "Somebody tries to get into your account",
            Notice::ManagerChanged => "Your account has a manager",
            Notice::ManagerEnded => "Your account has no manager any more",
            Notice::PasswordChanged(_) => "Your password was changed",
            Notice::PasswordStopped => "Your password was stopped",
            Notice::PasswordVoided => "Your password does not count any more",
            Notice::SecondFactorEnrolled => "Your sign-in asks for a second factor now",
            Notice::SecondFactorMissed => "Somebody missed your second factor",
            Notice::SecondFactorRemoved => "Your second factor was removed",
            Notice::SecondFactorStopped => "Your second factor was stopped",
            Notice::SecurityCodeSet => "Your account has a security code",
            Notice::SecurityCodeUsed => "Your security code was used",
            Notice::SecurityCodeWaits(_) => "Your account is about to have a security code",
            Notice::SignedInOnce => "Somebody signed in with a code that we mailed",
            Notice::SupportLinkSent => "Our support has sent a link for your account",
            Notice::UserNameChanged => "Your user name was changed",
        },
        Topic::SupportLink => "Your link from our support",
    }
}

fn happened(notice: Notice, at: OffsetDateTime) -> String {
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
             was not them. Your password does not count any more and everybody is signed out. \
             Recover your account and choose a new password."
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
            "On {on} somebody signed in to your account with a code that we mailed to you. \
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

const fn goal(goal: Goal) -> &'static str {
    match goal {
        Goal::NewEmail => "to set a new security e-mail",
        Goal::NewPassword => "to set a new password",
        Goal::RemoveSecondFactor => "to remove the second factor",
        Goal::Retire => "to close the account for good",
    }
}

const fn if_not_you(notice: Notice) -> &'static str {
    match notice {
        Notice::AccountRetired => "If you do not know why, write to our support at once.",
        Notice::CaseOpened(Goal::Retire) => {
            "If it was you, there is nothing to do. If it was not you, object below and write to our support \
             at once."
        }
        Notice::CaseApproved(_) | Notice::CaseOpened(_) => {
            "If it was you, there is nothing to do. If it was not you, object below; your \
             security code, if you have one, ends the request at once."
        }
        Notice::CaseEnded | Notice::CaseObjected | Notice::SupportLinkSent => {
            "If it was you, there is nothing to do. If it was not you, write to our support at \
             once; your security code, if you have one, ends such a request."
        }
        Notice::CaseRefused => "If you have asked for nothing, there is nothing to do.",
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
        Notice::EmailChangeWaits(_) | Notice::SecurityCodeUsed => {
            "If it was you, there is nothing to do. If it was not you, your security code is in \
             other hands: change your password at once and write to our support."
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
        | Notice::PasswordVoided
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

fn tries(left: u64) -> String {
    match left {
        0 => "You have no tries left for now.".to_owned(),
        left => format!("You have {} left.", count(left, "try", "tries")),
    }
}

fn when(when: When) -> String {
    match when {
        When::At(at) => format!("from {} on", date(at)),
        When::In(left) => {
            let left = match Span::from(left) {
                Span::Seconds(n) => count(n, "second", "seconds"),
                Span::Minutes(n) => count(n, "minute", "minutes"),
                Span::Hours(n) => count(n, "hour", "hours"),
                Span::Days(n) => count(n, "day", "days"),
            };
            format!("in {left}")
        }
    }
}

/// `31 January 2026`
fn day(at: OffsetDateTime) -> String {
    let Moment { year, day, .. } = at.into();
    format!(
        "{day} {} {year}",
        at.to_offset(time::UtcOffset::UTC).month()
    )
}

/// `31 January 2026 at 09:05 UTC`
fn date(at: OffsetDateTime) -> String {
    format!("{} at {} UTC", day(at), Moment::from(at).clock)
}

fn count(n: u64, one: &str, other: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { other })
}
