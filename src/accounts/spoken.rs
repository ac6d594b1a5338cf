//! What is said of what verbs answer.

use super::{
    Accounts, Apply, Approve, Challenged, Import, Issue, Manage, OpenCase, Prove, ReadCase,
    Recover, RefuseCase, Register, RegisterSubAccount, SessionStatus, SignIn, SignInLinked,
    SignInOnce, Standing, Stopped,
};
use crate::{
    identity::MAX_IDENTITIES,
    locale::{Locale, Localize, Reader, Text, number},
    name::KeyKind,
    support::{Case, CaseState},
};

impl Accounts {
    /// A reader of this language, for [`Localize::message`]: with the words of
    /// [`Builder::texts`](super::Builder::texts), and times told from now.
    ///
    /// ```
    /// # use backstop::{*, locale::Locale};
    /// # fn example(accounts: &Accounts, answer: &SignIn) {
    /// println!("{}", answer.message(accounts.reader(Locale::Russian)));
    /// # }
    /// ```
    #[must_use]
    pub fn reader(&self, locale: Locale) -> Reader<'_> {
        Reader::new(&self.inner.texts, locale, self.utc())
    }
}

const fn taken(kind: KeyKind) -> Text<'static> {
    match kind {
        KeyKind::Login => Text::NameTaken,
        KeyKind::Skeleton => Text::NameLooksTaken,
        KeyKind::Email => Text::AddressTaken,
        KeyKind::Identity => Text::IdentityTaken,
        KeyKind::Phone => Text::PhoneTaken,
    }
}

/// The rules below their heading, or nothing.
fn listed<'a, T: Localize>(
    heading: Text<'a>,
    rules: &'a [T],
    reader: Reader<'_>,
) -> impl Iterator<Item = Text<'a>> {
    let rules: Vec<Text<'a>> = rules.iter().flat_map(|rule| rule.texts(reader)).collect();
    let heading = (!rules.is_empty()).then_some(heading);
    heading.into_iter().chain(rules)
}

impl Localize for Register {
    fn texts(&self, reader: Reader<'_>) -> Vec<Text<'_>> {
        match self {
            Self::Registered(_) => vec![Text::Registered],
            Self::Taken(kind) => vec![taken(*kind)],
            Self::Unmet(rules) => listed(Text::ChooseAnotherPassword, rules, reader).collect(),
        }
    }
}

impl Localize for RegisterSubAccount {
    fn texts(&self, reader: Reader<'_>) -> Vec<Text<'_>> {
        match self {
            Self::Ended => vec![Text::SessionEnded],
            Self::Registered => vec![Text::SubAccountRegistered],
            Self::Taken(kind) => vec![taken(*kind)],
            Self::Unmet(rules) => listed(Text::ChooseAnotherPassword, rules, reader).collect(),
        }
    }
}

impl Localize for Manage {
    fn texts(&self, _reader: Reader<'_>) -> Vec<Text<'_>> {
        vec![match self {
            Self::Ended => Text::SessionEnded,
            Self::NotYours => Text::NotYours,
            Self::Started(_) => Text::ManagingStarted,
            Self::Unproven => Text::PasswordTooNew,
        }]
    }
}

impl Localize for Standing {
    fn texts(&self, _reader: Reader<'_>) -> Vec<Text<'_>> {
        vec![match self {
            Self::Disabled => Text::AccountDisabled,
            Self::Enabled => Text::AccountEnabled,
            Self::Unknown => Text::NoSuchAccount,
        }]
    }
}

impl Localize for Import {
    fn texts(&self, _reader: Reader<'_>) -> Vec<Text<'_>> {
        vec![match self {
            Self::Imported => Text::Imported,
            Self::Taken(kind) => taken(*kind),
        }]
    }
}

impl Localize for OpenCase {
    fn texts(&self, reader: Reader<'_>) -> Vec<Text<'_>> {
        match self {
            Self::AlreadyOpen(case) => [vec![Text::CaseAlreadyOpen], case.texts(reader)].concat(),
            Self::NoAccount => vec![Text::NoSuchAccount],
            Self::NotAllowed => vec![Text::NotAllowed],
            Self::Opened(case) => case.texts(reader),
            Self::Unfit => vec![Text::CaseUnfit],
        }
    }
}

impl Localize for ReadCase {
    fn texts(&self, reader: Reader<'_>) -> Vec<Text<'_>> {
        match self {
            Self::Found(case) => case.texts(reader),
            Self::NoCase => vec![Text::NoCase],
            Self::NotAllowed => vec![Text::NotAllowed],
        }
    }
}

impl Localize for Approve {
    fn texts(&self, reader: Reader<'_>) -> Vec<Text<'_>> {
        match self {
            Self::Approved(case) => case.texts(reader),
            Self::Changed(case) => [vec![Text::CaseChanged], case.texts(reader)].concat(),
            Self::Ended => vec![Text::NoCase],
            Self::NotAllowed => vec![Text::NotAllowed],
            Self::Retired => vec![Text::AccountRetired],
        }
    }
}

impl Localize for RefuseCase {
    fn texts(&self, _reader: Reader<'_>) -> Vec<Text<'_>> {
        vec![match self {
            Self::Ended => Text::NoCase,
            Self::NotAllowed => Text::NotAllowed,
            Self::Refused => Text::CaseRefused,
        }]
    }
}

/// Its goal and how far it is. The rest is the host's own.
impl Localize for Case {
    fn texts(&self, reader: Reader<'_>) -> Vec<Text<'_>> {
        let state = match self.state() {
            CaseState::LinkSent { until } => Text::CaseLinkSent {
                until: reader.when(until),
            },
            CaseState::Open { lacks } => Text::CaseOpen {
                lacks: number(lacks),
            },
            CaseState::Waiting { until } => Text::CaseWaits {
                until: reader.when(until),
            },
        };
        vec![Text::CaseGoal(self.goal()), state]
    }
}

impl Localize for SignIn {
    fn texts(&self, reader: Reader<'_>) -> Vec<Text<'_>> {
        match self {
            Self::Accepted(signed_in) => signed_in.texts(reader),
            Self::Denied { left } => vec![Text::WrongNameOrPassword {
                left: u64::from(*left),
            }],
            Self::Expired => vec![Text::Expired],
            Self::Locked { until } => vec![Text::Locked {
                until: reader.when(*until),
            }],
            Self::SecondFactor(_) => vec![Text::SecondFactorAsked],
            Self::WrongFactor { left } => vec![Text::WrongProof {
                left: left.map(u64::from),
            }],
        }
    }
}

impl Localize for SignInLinked {
    fn texts(&self, reader: Reader<'_>) -> Vec<Text<'_>> {
        match self {
            Self::Accepted(signed_in) => signed_in.texts(reader),
            Self::NotLinked => vec![Text::IdentityUnknown],
            Self::SecondFactor(_) => vec![Text::SecondFactorAsked],
        }
    }
}

impl Localize for SignInOnce {
    fn texts(&self, reader: Reader<'_>) -> Vec<Text<'_>> {
        match self {
            Self::Accepted(signed_in) => signed_in.texts(reader),
            Self::Expired => vec![Text::Expired],
            Self::SecondFactor(_) => vec![Text::SecondFactorAsked],
            Self::TooLate => vec![Text::TooLateToSignIn],
            Self::Unproven => vec![Text::Unproven],
        }
    }
}

impl Localize for SessionStatus {
    fn texts(&self, _reader: Reader<'_>) -> Vec<Text<'_>> {
        vec![match self {
            Self::Live(_) => Text::SignedIn,
            Self::Ended => Text::SessionEnded,
        }]
    }
}

impl Localize for Recover {
    fn texts(&self, _reader: Reader<'_>) -> Vec<Text<'_>> {
        vec![match self {
            Self::NotHuman => Text::NotHuman,
            Self::Started(_) => Text::RecoveryStarted,
        }]
    }
}

/// Of a question only that it is to be answered: its own text is
/// [`Question::text`](crate::policy::Question::text).
impl Localize for Challenged {
    fn texts(&self, _reader: Reader<'_>) -> Vec<Text<'_>> {
        vec![match self {
            Self::CountryRefused => Text::PhoneCountryRefused,
            Self::Expired => Text::Expired,
            Self::NoAddress => Text::NoAddress,
            Self::NoPhone => Text::NoPhone,
            Self::Question(_) => Text::AnswerYourQuestion,
            Self::Sent => Text::MailSent,
            Self::TextSent => Text::TextSent,
            Self::Unproven => Text::ProveTheRestFirst,
        }]
    }
}

/// The code itself is shown beside it.
impl Localize for Issue {
    fn texts(&self, _reader: Reader<'_>) -> Vec<Text<'_>> {
        vec![match self {
            Self::AlreadySet => Text::SecurityCodeAlreadySet,
            Self::Expired => Text::Expired,
            Self::Issued(_) => Text::SecurityCodeIssued,
            Self::Unproven => Text::Unproven,
        }]
    }
}

/// The key and the backup codes are shown beside it.
#[cfg(feature = "totp")]
impl Localize for super::IssueFactor {
    fn texts(&self, _reader: Reader<'_>) -> Vec<Text<'_>> {
        vec![match self {
            Self::AlreadySet => Text::SecondFactorAlreadySet,
            Self::Expired => Text::Expired,
            Self::Issued(_) => Text::SecondFactorIssued,
            Self::Unproven => Text::Unproven,
        }]
    }
}

/// The codes are shown beside it.
#[cfg(feature = "totp")]
impl Localize for super::IssueBackupCodes {
    fn texts(&self, _reader: Reader<'_>) -> Vec<Text<'_>> {
        vec![match self {
            Self::Expired => Text::Expired,
            Self::Issued(_) => Text::BackupCodesIssued,
            Self::Unproven => Text::Unproven,
        }]
    }
}

impl Localize for Stopped {
    fn texts(&self, _reader: Reader<'_>) -> Vec<Text<'_>> {
        vec![match self {
            Self::Ended => Text::NothingToStop,
            Self::NoWayBack => Text::NoWayBack,
            Self::PasswordVoid => Text::PasswordVoid,
            Self::Stopped => Text::Stopped,
        }]
    }
}

impl Localize for Prove {
    fn texts(&self, reader: Reader<'_>) -> Vec<Text<'_>> {
        vec![match self {
            Self::Accepted(_) => Text::Proved,
            Self::Denied { left } => Text::WrongProof {
                left: left.map(u64::from),
            },
            Self::Expired => Text::Expired,
            Self::Locked { until } => Text::Locked {
                until: reader.when(*until),
            },
            Self::Waiting { until, .. } => Text::AnswerWaits {
                until: reader.when(*until),
            },
        }]
    }
}

impl Localize for Apply {
    fn texts(&self, reader: Reader<'_>) -> Vec<Text<'_>> {
        vec![match self {
            Self::Applied(_) => Text::Changed,
            Self::Deleted => Text::AccountDeleted,
            Self::Expired => Text::Expired,
            Self::LastWayIn => Text::LastWayIn,
            Self::Locked { until } => Text::ChangedTooOften {
                until: reader.when(*until),
            },
            Self::Managed => Text::Managed,
            Self::Mistyped => Text::SecurityCodeMistyped,
            Self::MistypedFactor => Text::SecondFactorMistyped,
            Self::NoSuchManager => Text::NoSuchManager,
            Self::NotLinked => Text::IdentityNotLinked,
            Self::Recovered(_) => Text::Recovered,
            Self::Taken(kind) => taken(*kind),
            Self::TooManyIdentities => Text::TooManyIdentities {
                max: number(MAX_IDENTITIES),
            },
            Self::Unmet { password, answer } => {
                let password = listed(Text::ChooseAnotherPassword, password, reader);
                let answer = listed(Text::ChooseAnotherAnswer, answer, reader);
                return password.chain(answer).collect();
            }
            Self::Unproven => Text::Unproven,
            Self::Waiting { until } => Text::AnswerWaits {
                until: reader.when(*until),
            },
        }]
    }
}
