//! English.

mod notices;
mod numbers;
mod weakness;

use notices::{goal, happened, if_not_you};
use numbers::{count, date, day, tries, when};
use weakness::{suggested, warned};

use super::{Text, Topic, choice, sms::short};
use crate::{
    account::Method,
    message::{CodePurpose, Notice},
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
            return format!("A code has {digits}: type those of the message.");
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
            Method::NewPhone => "Code to the new phone number",
            Method::Phone => "Code by text message",
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
        Text::NoPhone => "Your account has no phone.",
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
        Text::PhoneCountryRefused => {
            "We send no text messages to this country: use another number."
        }
        Text::PhoneMalformed => {
            "This is not a phone number: type \"+\", the country code and the number."
        }
        Text::PhoneNeedsCountry => {
            "Begin the number with \"+\" and the country code, without a 0 behind it."
        }
        Text::PhoneNotMobile => "This number gets no text messages: use that of a mobile phone.",
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
        Text::Sms(sms) => short(sms).english,
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
        Text::ToDisown => "To sign everybody out and void your password at once, open this page:",
        Text::TextSent => {
            "If the account has a phone and this user name, a text message with a code is on its \
             way. The code is good for a few minutes."
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
            Notice::PhoneChanged => "Your phone number was changed",
            Notice::PhoneChangeFailed => "Your phone number was not changed",
            Notice::PhoneChangeWaits(_) => "Your phone number will be changed",
            Notice::PhoneRemoved => "Your phone number was removed",
            Notice::SecondFactorEnrolled => "Your sign-in asks for a second factor now",
            Notice::SecondFactorMissed => "Somebody missed your second factor",
            Notice::SecondFactorRemoved => "Your second factor was removed",
            Notice::SecondFactorStopped => "Your second factor was stopped",
            Notice::SecurityCodeSet => "Your account has a security code",
            Notice::SecurityCodeUsed => "Your security code was used",
            Notice::SecurityCodeWaits(_) => "Your account is about to have a security code",
            Notice::SignedInOnce => "Somebody signed in with a code that we sent",
            Notice::SupportLinkSent => "Our support has sent a link for your account",
            Notice::UserNameChanged => "Your user name was changed",
        },
        Topic::SupportLink => "Your link from our support",
    }
}
