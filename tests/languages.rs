//! What users are told, in each language: on pages and in mails.
#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod support;

use std::{collections::HashSet, time::Duration};

use backstop::{
    Advice, Apply, Approve, Challenge, Challenged, Changes, Client, Error, HintAnswer, Import,
    Issue, Locale, Localize, LoginName, MailedCode, Manage, Method, NewPassword, OpenCase,
    Password, Proof, Prove, ReadCase, Recover, RefuseCase, Register, RegisterSubAccount,
    SecurityCode, SessionToken, SignIn, SignInLinked, Standing, Stopped, UserName,
    locale::{Catalogue, Reader, Sms, Span, Text, Topic, When},
    message::{CodePurpose, Content, Message, Notice},
    name::KeyKind,
    policy::{AnswerUnmet, Context, PasswordRules, Suggestion, TABLE, Unmet, Warning},
    support::{Agent, CaseRequest, Evidence, Goal},
};
use support::{ALICE, OLD, WRONG, World, answer, days, email, hours, mail, typed_twice};
use time::{OffsetDateTime, macros::datetime};

const AT: OffsetDateTime = datetime!(2026-03-04 05:06:07 UTC);

const METHODS: [Method; 11] = [
    Method::CurrentPassword,
    Method::HintQuestion,
    Method::Manager,
    Method::LinkedIdentity,
    Method::NewEmail,
    Method::SecondFactor,
    Method::NewPhone,
    Method::Phone,
    Method::SecurityCode,
    Method::SecurityEmail,
    Method::Support,
];

const GOALS: [Goal; 4] = [
    Goal::NewEmail,
    Goal::NewPassword,
    Goal::RemoveSecondFactor,
    Goal::Retire,
];

const PURPOSES: [CodePurpose; 4] = [
    CodePurpose::ConfirmChange,
    CodePurpose::ConfirmManaged,
    CodePurpose::ConfirmNewAddress,
    CodePurpose::Recovery,
];

/// Every notice, with the points in time that a service put into them.
async fn notices() -> Vec<Notice> {
    let mut notices = vec![
        Notice::AccountDeleted,
        Notice::AccountDisabled,
        Notice::AccountEnabled,
        Notice::BackupCodeUsed(71),
        Notice::BackupCodesReplaced,
        Notice::AccountRetired,
        Notice::CaseEnded,
        Notice::CaseObjected,
        Notice::CaseRefused,
        Notice::EmailChanged,
        Notice::EmailChangedByManager,
        Notice::EmailChangeFailed,
        Notice::HintChanged,
        Notice::HintStopped,
        Notice::ManagerChanged,
        Notice::ManagerEnded,
        Notice::IdentityLinked,
        Notice::IdentityUnlinked,
        Notice::PasswordStopped,
        Notice::PasswordVoided,
        Notice::PhoneChanged,
        Notice::PhoneChangeFailed,
        Notice::PhoneRemoved,
        Notice::SecondFactorEnrolled,
        Notice::SecondFactorMissed,
        Notice::SecondFactorRemoved,
        Notice::SecondFactorStopped,
        Notice::SecurityCodeSet,
        Notice::SecurityCodeUsed,
        Notice::SignedInOnce,
        Notice::SupportLinkSent,
        Notice::UserNameChanged,
    ];
    notices.extend(GOALS.map(Notice::CaseOpened));
    notices.extend(METHODS.map(Notice::Locked));
    notices.extend(METHODS.map(Notice::PasswordChanged));
    let world = World::new();
    let (_signed_in, _code) = world.alice().await;
    let ticket = world.recover("alice");
    let proof = Proof::HintQuestion(answer(support::ANSWER));
    let _waiting = world.offer(&ticket, proof).await;
    let letter = world.letter().await;
    let Notice::HintAnswered(until) = mail::notice(&letter) else {
        panic!("{letter:?}");
    };
    notices.push(Notice::CaseApproved(until));
    notices.push(Notice::HintAnswered(until));
    notices.push(Notice::EmailChangeWaits(until));
    notices.push(Notice::PhoneChangeWaits(until));
    notices.push(Notice::SecurityCodeWaits(until));
    notices
}

/// Every text, with arguments that no words hold by themselves.
async fn texts() -> Vec<Text<'static>> {
    let when = [When::At(AT), When::In(Duration::from_secs(7 * 3600))];
    let mut texts = vec![
        Text::AccountDeleted,
        Text::AccountDisabled,
        Text::AccountEnabled,
        Text::AccountRetired,
        Text::AddressTaken,
        Text::AlreadyInUse,
        Text::AnswerControl,
        Text::AnswerEmpty,
        Text::AnswerNotOffered,
        Text::AnswerOwnName,
        Text::AnswerTooLong,
        Text::AnswerTrivial,
        Text::AnswerUsual,
        Text::AnswerYourQuestion,
        Text::BackupCodesIssued,
        Text::CaseAlreadyOpen,
        Text::CaseChanged,
        Text::CaseOpen { lacks: 71 },
        Text::CaseRefused,
        Text::CaseUnfit,
        Text::Changed,
        Text::ChooseAnotherAnswer,
        Text::ChooseAnotherPassword,
        Text::CodeMalformed { digits: 71 },
        Text::Device { label: "Uppsala" },
        Text::Expired,
        Text::Failed,
        Text::Greeting { name: "Åsa" },
        Text::IdentityNotLinked,
        Text::IdentityTaken,
        Text::IdentityUnknown,
        Text::Imported,
        Text::KeepTheCode,
        Text::LastWayIn,
        Text::KeepTheLink,
        Text::MailSent,
        Text::Managed,
        Text::ManagingStarted,
        Text::NameLooksTaken,
        Text::NameMalformed,
        Text::NameMixedScripts,
        Text::NameTaken,
        Text::NameTooLong { max: 71 },
        Text::NoAddress,
        Text::NoSuchAccount,
        Text::NoSuchManager,
        Text::NoWayBack,
        Text::NoCase,
        Text::NotAllowed,
        Text::NoPhone,
        Text::NotAUserName,
        Text::NotHuman,
        Text::NotOffered,
        Text::NothingToChange,
        Text::NothingToStop,
        Text::NotYours,
        Text::OldPassword { set_at: AT },
        Text::OrOpen,
        Text::PasswordBreached,
        Text::PasswordCommon,
        Text::PasswordControl,
        Text::PasswordEmpty,
        Text::PasswordGuessable,
        Text::PasswordMismatch,
        Text::PasswordNoDigit,
        Text::PasswordNoLowercase,
        Text::PasswordNoSpecial,
        Text::PasswordNoUppercase,
        Text::PasswordOwnName,
        Text::PasswordOversized,
        Text::PasswordTooLong { max: 71, len: 83 },
        Text::PasswordTooNew,
        Text::PasswordTooShort { min: 83, len: 71 },
        Text::PasswordUsedBefore,
        Text::PasswordVoid,
        Text::PhoneCountryRefused,
        Text::PhoneMalformed,
        Text::PhoneNeedsCountry,
        Text::PhoneNotMobile,
        Text::PhoneTaken,
        Text::Proved,
        Text::ProveTheRestFirst,
        Text::Recovered,
        Text::RecoveryStarted,
        Text::Registered,
        Text::SecondFactorAlreadySet,
        Text::SecondFactorAsked,
        Text::SecondFactorIssued,
        Text::SecondFactorMistyped,
        Text::SecurityCodeAlreadySet,
        Text::SecurityCodeIssued,
        Text::SecurityCodeMalformed,
        Text::SecurityCodeMistyped,
        Text::SecurityCodeTypo,
        Text::SessionEnded,
        Text::SignedIn,
        Text::Stopped,
        Text::SubAccountRegistered,
        Text::StoppedAt { at: AT },
        Text::Subject(Topic::AlreadyInUse),
        Text::Subject(Topic::SupportLink),
        Text::TextSent,
        Text::TooLateToSignIn,
        Text::TooManyIdentities { max: 71 },
        Text::ToDisown,
        Text::ToStop,
        Text::TryAgainShortly,
        Text::Unproven,
        Text::WrongNameOrPassword { left: 0 },
        Text::WrongNameOrPassword { left: 71 },
        Text::WrongProof { left: None },
        Text::WrongProof { left: Some(0) },
        Text::WrongProof { left: Some(71) },
    ];
    for until in when {
        texts.push(Text::AnswerWaits { until });
        texts.push(Text::CaseLinkSent { until });
        texts.push(Text::CaseWaits { until });
        texts.push(Text::ChangedTooOften { until });
        texts.push(Text::Locked { until });
    }
    texts.extend(METHODS.map(Text::Method));
    texts.extend(TABLE.iter().map(|(change, _)| Text::Change(*change)));
    let (times, at) = (71, AT);
    texts.extend(METHODS.map(|method| Text::Missed { method, times, at }));
    texts.extend(METHODS.map(|method| Text::ProvedAt { method, at }));
    texts.extend(METHODS.map(|method| Text::SignedInAt { method, times, at }));
    for goal in GOALS {
        texts.push(Text::CaseGoal(goal));
        texts.push(Text::LinkFor { goal, until: AT });
    }
    texts.push(Text::Sms(Sms::AlreadyInUse));
    texts.push(Text::Sms(Sms::IfNotYou));
    for purpose in PURPOSES {
        texts.push(Text::Sms(Sms::Code(purpose)));
        texts.push(Text::CodeFor(purpose));
        texts.push(Text::IfNotYouAsked(purpose));
        texts.push(Text::Subject(Topic::Code(purpose)));
    }
    for notice in notices().await {
        texts.push(Text::Happened { notice, at: AT });
        texts.push(Text::IfNotYou(notice));
        texts.push(Text::Subject(Topic::Notice(notice)));
    }
    texts.extend(
        [
            Warning::CommonName,
            Warning::CommonPassword,
            Warning::Date,
            Warning::NameByItself,
            Warning::RecentYear,
            Warning::RepeatedCharacters,
            Warning::RepeatedPattern,
            Warning::Sequence,
            Warning::ShortKeyboardPattern,
            Warning::SimilarToCommonPassword,
            Warning::StraightRowOfKeys,
            Warning::Top100Password,
            Warning::Top10Password,
            Warning::WordByItself,
        ]
        .map(Text::Warning),
    );
    texts.extend(
        [
            Suggestion::AddAnotherWordOrTwo,
            Suggestion::AvoidDatesOfYours,
            Suggestion::AvoidRecentYears,
            Suggestion::AvoidRepetition,
            Suggestion::AvoidSequences,
            Suggestion::AvoidYearsOfYours,
            Suggestion::CapitalizationHelpsLittle,
            Suggestion::NoNeedForSymbols,
            Suggestion::OnlyUppercaseHelpsLittle,
            Suggestion::ReversedWordsHelpLittle,
            Suggestion::SubstitutionsHelpLittle,
            Suggestion::UseAFewWords,
            Suggestion::UseALongerKeyboardPattern,
        ]
        .map(Text::Suggestion),
    );
    texts
}

fn is_cyrillic(c: char) -> bool {
    ('\u{400}'..='\u{4ff}').contains(&c)
}

fn is_han(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}

#[tokio::test]
async fn s21_every_text_is_there_in_every_language_and_in_its_own_words() {
    let catalogue = Catalogue::new();
    for text in texts().await {
        let words = Locale::ALL.map(|locale| catalogue.words(locale, &text));
        let distinct: HashSet<&String> = words.iter().collect();
        assert_eq!(distinct.len(), 4, "{text:?}: {words:?}");
        let [english, chinese, russian, swedish] = words;
        assert!(chinese.chars().any(is_han), "{chinese}");
        assert!(russian.chars().any(is_cyrillic), "{russian}");
        for other in [&english, &russian, &swedish] {
            assert!(!other.chars().any(is_han), "{other}");
        }
        for other in [&english, &chinese, &swedish] {
            assert!(!other.chars().any(is_cyrillic), "{other}");
        }
        // Full-width punctuation. A `%` and a clock are what they are.
        let is_half = |c: char| matches!(c, ',' | ';' | '!' | '?' | '(' | ')');
        assert!(!chinese.contains(is_half), "{chinese}");
        assert!(!chinese.ends_with('.'), "{chinese}");
        for words in [&english, &chinese, &russian, &swedish] {
            assert!(!words.contains("  "), "{words}");
            assert!(!words.contains('\n'), "{words}");
            assert_eq!(words.trim(), words);
        }
    }
}

#[tokio::test]
async fn s21_two_texts_have_different_words() {
    let catalogue = Catalogue::new();
    for locale in Locale::ALL {
        let mut seen: HashSet<String> = HashSet::new();
        for text in texts().await {
            // What to do if it was somebody else is one for several notices.
            let is_shared = matches!(
                text,
                Text::IfNotYou(_)
                    | Text::IfNotYouAsked(_)
                    | Text::Subject(Topic::Notice(
                        Notice::CaseOpened(_) | Notice::Locked(_) | Notice::PasswordChanged(_)
                    ))
                    | Text::Happened {
                        notice: Notice::Locked(_) | Notice::PasswordChanged(_),
                        ..
                    }
            );
            let words = catalogue.words(locale, &text);
            assert!(seen.insert(words.clone()) || is_shared, "{text:?}: {words}");
        }
    }
}

/// Every notice says what to do, and whom to write to, if it was somebody else. That each has such a
/// text the match of each language sees to.
#[tokio::test]
async fn n02_every_notice_says_whom_to_write_to() {
    let catalogue = Catalogue::new();
    for (locale, support) in [
        (Locale::Chinese, "客服"),
        (Locale::English, "support"),
        (Locale::Russian, "поддержк"),
        (Locale::Swedish, "support"),
    ] {
        for notice in notices().await {
            let advice = catalogue.words(locale, &Text::IfNotYou(notice));
            assert!(advice.contains(support), "{notice:?}: {advice}");
            let content = Content::Notice {
                notice,
                at: AT,
                cancel: None,
            };
            let letter = Message::new([7; 16], email(ALICE), content).speaking(locale, &catalogue);
            assert!(letter.text().contains(&advice), "{notice:?}");
        }
    }
}

/// A lock of the second factor is no reason to be calm: whoever guesses at it has the password.
#[test]
fn n02_a_miss_at_the_second_factor_says_that_the_password_is_known() {
    let catalogue = Catalogue::new();
    for locale in Locale::ALL {
        let advice = |notice| catalogue.words(locale, &Text::IfNotYou(notice));
        let factor = advice(Notice::Locked(Method::SecondFactor));
        assert_eq!(factor, advice(Notice::SecondFactorStopped));
        assert_ne!(factor, advice(Notice::Locked(Method::HintQuestion)));
    }
}

#[tokio::test]
async fn s21_what_goes_into_a_text_is_in_its_words() {
    let catalogue = Catalogue::new();
    for locale in Locale::ALL {
        for text in texts().await {
            let words = catalogue.words(locale, &text);
            let holds = |part: &str| assert!(words.contains(part), "{part}: {words}");
            match text {
                Text::Missed { .. } | Text::SignedInAt { .. } => {
                    ["71", "2026", "UTC"].into_iter().for_each(holds);
                }
                Text::ProvedAt { .. } | Text::StoppedAt { .. } => {
                    ["2026", "UTC"].into_iter().for_each(holds);
                }
                Text::CaseOpen { .. } | Text::CodeMalformed { .. } | Text::NameTooLong { .. } => {
                    holds("71")
                }
                Text::WrongNameOrPassword { left } | Text::WrongProof { left: Some(left) } => {
                    assert_eq!(words.contains("71"), left == 71, "{words}");
                }
                Text::PasswordTooLong { .. } | Text::PasswordTooShort { .. } => {
                    holds("71");
                    holds("83");
                }
                Text::Device { .. } => holds("Uppsala"),
                Text::Greeting { .. } => holds("Åsa"),
                Text::OldPassword { .. } => {
                    holds("2026");
                    holds("4");
                }
                Text::LinkFor { .. } => ["2026", "4", "UTC"].into_iter().for_each(holds),
                Text::AnswerWaits { until }
                | Text::CaseLinkSent { until }
                | Text::CaseWaits { until }
                | Text::ChangedTooOften { until }
                | Text::Locked { until } => match until {
                    When::At(_) => ["2026", "4", "UTC"].into_iter().for_each(holds),
                    _ => holds("7"),
                },
                Text::Happened { notice, .. } => {
                    ["2026", "4", "UTC"].into_iter().for_each(holds);
                    assert!(
                        words.contains("05:06") || words.contains("05.06"),
                        "{words}"
                    );
                    if let Notice::HintAnswered(_)
                    | Notice::CaseApproved(_)
                    | Notice::EmailChangeWaits(_)
                    | Notice::SecurityCodeWaits(_) = notice
                    {
                        assert_eq!(words.matches("2026").count(), 2, "{words}");
                    }
                }
                _ => {}
            }
        }
    }
}

#[test]
fn s21_russian_numbers_have_the_right_noun() {
    for (left, tries) in [
        (0, "попыток"),
        (1, "1 попытка"),
        (2, "2 попытки"),
        (4, "4 попытки"),
        (5, "5 попыток"),
        (11, "11 попыток"),
        (12, "12 попыток"),
        (14, "14 попыток"),
        (21, "21 попытка"),
        (22, "22 попытки"),
        (25, "25 попыток"),
        (101, "101 попытка"),
        (111, "111 попыток"),
        (112, "112 попыток"),
        (122, "122 попытки"),
    ] {
        let denied = Prove::Denied { left: Some(left) };
        let words = denied.message(Locale::Russian).to_lowercase();
        let end = words.find(tries).unwrap_or_else(|| panic!("{words}")) + tries.len();
        assert!(!words[end..].starts_with(char::is_alphabetic), "{words}");
    }
}

#[test]
fn s21_the_others_have_one_and_many() {
    let told = |left, locale| SignIn::Denied { left }.message(locale);
    assert!(told(1, Locale::English).ends_with("You have 1 try left."));
    assert!(told(2, Locale::English).ends_with("You have 2 tries left."));
    assert!(told(0, Locale::English).ends_with("You have no tries left for now."));
    assert!(told(1, Locale::Swedish).ends_with("Du har 1 försök kvar."));
    assert!(told(21, Locale::Chinese).ends_with("您还可以尝试21次。"));
}

/// A lock is told as what is left of it, rounded up, in words.
#[test]
fn s21_times_are_told_in_words() {
    let catalogue = Catalogue::new();
    let told = |locale, left| {
        let reader = Reader::new(&catalogue, locale, AT);
        SignIn::Locked { until: AT + left }.message(reader)
    };
    for (left, words) in [
        (
            Duration::from_millis(300),
            ["in 1 second", "1秒后", "через 1 секунду", "om 1 sekund."],
        ),
        (
            Duration::from_secs(15 * 60),
            [
                "in 15 minutes",
                "15分钟后",
                "через 15 минут.",
                "om 15 minuter",
            ],
        ),
        (
            Duration::from_secs(61),
            ["in 2 minutes", "2分钟后", "через 2 минуты", "om 2 minuter"],
        ),
        (
            hours(1),
            ["in 1 hour.", "1小时后", "через 1 час.", "om 1 timme."],
        ),
        (
            hours(2),
            ["in 2 hours", "2小时后", "через 2 часа", "om 2 timmar"],
        ),
        (
            hours(21) + Duration::from_secs(1),
            ["in 22 hours", "22小时后", "через 22 часа", "om 22 timmar"],
        ),
        (
            days(1),
            ["in 24 hours", "24小时后", "через 24 часа", "om 24 timmar"],
        ),
        (days(3), ["in 3 days", "3天后", "через 3 дня", "om 3 dagar"]),
        (
            days(21),
            ["in 21 days", "21天后", "через 21 день", "om 21 dagar"],
        ),
    ] {
        for (locale, words) in Locale::ALL.into_iter().zip(words) {
            let told = told(locale, left);
            assert!(told.contains(words), "{words}: {told}");
        }
    }
    assert_eq!(Span::from(Duration::ZERO), Span::Seconds(1));
    assert_eq!(Span::from(Duration::MAX), Span::Days(213_503_982_334_602));
    // With a language alone: the date.
    let locked = SignIn::Locked { until: AT };
    for (locale, words) in Locale::ALL.into_iter().zip([
        "from 4 March 2026 at 05:06 UTC on",
        "2026年3月4日05:06（UTC）后",
        "с 05:06 (UTC) 4 марта 2026 года",
        "från den 4 mars 2026 kl. 05.06 UTC",
    ]) {
        let told = locked.message(locale);
        assert!(told.contains(words), "{words}: {told}");
    }
}

#[test]
fn s21_each_month_has_a_name_of_its_own() {
    let catalogue = Catalogue::new();
    for locale in Locale::ALL {
        let told: HashSet<String> = (0..12)
            .map(|month| Text::OldPassword {
                set_at: datetime!(2026-01-15 12:00 UTC) + days(30) * month,
            })
            .map(|text| catalogue.words(locale, &text))
            .collect();
        assert_eq!(told.len(), 12, "{told:?}");
    }
}

fn in_all(said: &impl Localize) -> [String; 4] {
    let words = Locale::ALL.map(|locale| said.message(locale));
    let distinct: HashSet<&String> = words.iter().collect();
    assert_eq!(distinct.len(), 4, "{words:?}");
    assert!(words.iter().all(|words| !words.trim().is_empty()));
    words
}

/// Whatever a verb answers, whatever rule is not met, whatever cannot be read.
#[tokio::test]
async fn s21_every_outcome_has_a_message() {
    let world = World::new();
    let signed_in = world.register("42", "alice", OLD).await;
    let ticket = world.recover("alice");
    let session = world.accounts.session(signed_in.token()).await.unwrap();
    in_all(&session);
    in_all(&SignIn::Accepted(signed_in.clone()));
    in_all(&SignIn::Denied { left: 3 });
    in_all(&SignIn::Locked { until: AT });
    in_all(&Register::Registered(signed_in.clone()));
    in_all(&Register::Taken(KeyKind::Login));
    in_all(&Register::Taken(KeyKind::Skeleton));
    in_all(&RegisterSubAccount::Ended);
    in_all(&RegisterSubAccount::Registered);
    in_all(&RegisterSubAccount::Taken(KeyKind::Login));
    in_all(&Manage::Ended);
    in_all(&Manage::NotYours);
    in_all(&Manage::Started(world.recover("alice")));
    in_all(&Manage::Unproven);
    in_all(&Standing::Disabled);
    in_all(&Standing::Enabled);
    in_all(&Standing::Unknown);
    in_all(&Register::Taken(KeyKind::Identity));
    in_all(&SignInLinked::NotLinked);
    in_all(&Import::Imported);
    in_all(&Import::Taken(KeyKind::Phone));
    in_all(&Recover::NotHuman);
    in_all(&Recover::Started(world.recover("alice")));
    in_all(&Challenged::CountryRefused);
    in_all(&Challenged::Expired);
    in_all(&Challenged::NoAddress);
    in_all(&Challenged::NoPhone);
    in_all(&Challenged::Question(support::question()));
    in_all(&Challenged::Sent);
    in_all(&Challenged::TextSent);
    in_all(&Challenged::Unproven);
    in_all(&Issue::AlreadySet);
    in_all(&Issue::Expired);
    in_all(&Issue::Unproven);
    in_all(&Stopped::Ended);
    in_all(&Stopped::NoWayBack);
    in_all(&Stopped::PasswordVoid);
    in_all(&Stopped::Stopped);
    in_all(&Prove::Denied { left: None });
    in_all(&Prove::Expired);
    in_all(&Prove::Locked { until: AT });
    in_all(&Prove::Waiting {
        ticket: world.recover("alice"),
        until: AT,
    });
    in_all(&Prove::Accepted(ticket));
    in_all(&Apply::Recovered(signed_in.device().clone()));
    in_all(&Apply::Applied(signed_in));
    in_all(&Apply::Expired);
    in_all(&Apply::LastWayIn);
    in_all(&Apply::NotLinked);
    let told = in_all(&Apply::TooManyIdentities);
    assert!(told.iter().all(|told| told.contains('8')), "{told:?}");
    in_all(&Apply::Locked { until: AT });
    in_all(&Apply::Managed);
    in_all(&Apply::Mistyped);
    in_all(&Apply::NoSuchManager);
    in_all(&Apply::MistypedFactor);
    in_all(&Apply::Taken(KeyKind::Email));
    in_all(&Apply::Unproven);
    in_all(&Apply::Waiting { until: AT });
    in_all(&Advice::ChangePassword { set_at: AT });
    for method in METHODS {
        in_all(&method);
    }
    for (change, _) in TABLE {
        in_all(change);
    }
    in_all(&Notice::HintStopped);
    for error in [
        Error::Contended,
        Error::Entropy,
        Error::NotOffered,
        Error::NothingToChange,
        Error::Overloaded,
    ] {
        in_all(&error);
    }
}

/// What agents are answered, at each stage of a case.
#[tokio::test]
async fn s14_s21_every_answer_to_an_agent_has_a_message() {
    let world = World::with(|builder| builder.may_act(|_actor, _account| true));
    let _alice = world.alice().await;
    let agent = Agent::named("kim".parse().unwrap());
    let evidence = Evidence::new(vec!["dms/1".parse().unwrap()]).unwrap();
    let address = email("alice@new.example");
    let request = CaseRequest::new_email(address, "rules".parse().unwrap(), evidence);
    let alice = support::account_id("42");
    let opened = world.accounts.open_case(&agent, &alice, request).await;
    let opened = opened.unwrap();
    in_all(&opened);
    let OpenCase::Opened(case) = opened else {
        panic!("{opened:?}");
    };
    in_all(&OpenCase::AlreadyOpen(case.clone()));
    in_all(&OpenCase::NoAccount);
    in_all(&OpenCase::NotAllowed);
    in_all(&OpenCase::Unfit);
    let waiting = world.accounts.approve(&agent, &case).await.unwrap();
    in_all(&waiting);
    world.clock.advance(hours(72));
    let _sent = world.post().await;
    let found = world.accounts.read_case(&agent, &alice).await.unwrap();
    in_all(&found);
    in_all(&ReadCase::NoCase);
    in_all(&ReadCase::NotAllowed);
    in_all(&Approve::Changed(case));
    in_all(&Approve::Ended);
    in_all(&Approve::NotAllowed);
    in_all(&Approve::Retired);
    in_all(&RefuseCase::Ended);
    in_all(&RefuseCase::NotAllowed);
    in_all(&RefuseCase::Refused);
}

#[test]
fn s21_every_rule_has_a_message() {
    let rules = PasswordRules::marketplace();
    let context = Context::new().user_name("alice");
    for typed in [
        "alice",
        "ABCDEFGH",
        "Password-1",
        "aaaaaaaaaaaaaaaaaaaaaaaa",
    ] {
        let unmet = rules.unmet(&typed_twice(typed), &context);
        assert!(!unmet.is_empty());
        for rule in &unmet {
            in_all(rule);
        }
        let told = in_all(&Register::Unmet(unmet.clone()));
        assert!(told[0].lines().count() > unmet.len(), "{}", told[0]);
    }
    let answers = [
        AnswerUnmet::Name,
        AnswerUnmet::NotOffered,
        AnswerUnmet::Trivial,
        AnswerUnmet::Usual,
    ];
    for rule in &answers {
        in_all(rule);
    }
    let both = Apply::Unmet {
        password: vec![Unmet::NoDigit],
        answer: answers.to_vec(),
    };
    assert!(in_all(&both).iter().all(|told| told.lines().count() == 7));
}

#[test]
fn s21_what_cannot_be_read_is_told_why() {
    in_all(&"".parse::<LoginName>().unwrap_err());
    in_all(&"раypal".parse::<UserName>().unwrap_err());
    in_all(&"a@b.example".parse::<UserName>().unwrap_err());
    let long = in_all(&"x".repeat(100).parse::<UserName>().unwrap_err());
    assert!(long.iter().all(|told| told.contains("64")), "{long:?}");
    in_all(&NewPassword::typed_twice("one", "other").unwrap_err());
    for typed in ["", "a\u{1}b", &"x".repeat(10_000)] {
        in_all(&Password::new(typed).unwrap_err());
        in_all(&HintAnswer::new(typed).unwrap_err());
    }
    let code = in_all(&"123".parse::<MailedCode>().unwrap_err());
    assert!(code.iter().all(|told| told.contains('8')), "{code:?}");
    in_all(&"123".parse::<SecurityCode>().unwrap_err());
    in_all(
        &"0000-0000-0000-0000-0000-0000-001"
            .parse::<SecurityCode>()
            .unwrap_err(),
    );
    in_all(&"no token!".parse::<SessionToken>().unwrap_err());
}

const HOSTILE: &str = "<b>&\"' x";
const ESCAPED: &str = "&lt;b&gt;&amp;&quot;&#39; x";

fn notice_of(name: &str, label: &str) -> Message {
    let content = Content::Notice {
        notice: Notice::PasswordChanged(Method::SecurityCode),
        at: AT,
        cancel: None,
    };
    Message::new([1; 16], email(ALICE), content)
        .greeting(name)
        .labelled(Some(label))
}

#[test]
fn s21_a_name_and_a_label_are_escaped_in_html_only() {
    for locale in Locale::ALL {
        for letter in [notice_of(HOSTILE, "Firefox"), notice_of("alice", HOSTILE)] {
            let letter = letter.speaking(locale, &Catalogue::new());
            assert!(letter.text().contains(HOSTILE));
            assert!(!letter.text().contains(ESCAPED));
            assert!(letter.html().contains(ESCAPED), "{}", *letter.html());
            assert!(!letter.html().contains("<b>"));
            assert!(!letter.subject().contains('x') || locale != Locale::Chinese);
        }
    }
}

/// Words of the host's are plain text, too.
#[test]
fn s21_what_a_host_says_instead_is_escaped() {
    let catalogue = Catalogue::replacing(|_locale, _text| Some(HOSTILE.to_owned()));
    let letter = notice_of("alice", "Firefox").speaking(Locale::Swedish, &catalogue);
    assert_eq!(letter.subject(), HOSTILE);
    assert!(!letter.html().contains(HOSTILE));
    assert_eq!(
        letter.html().matches(ESCAPED).count(),
        5,
        "{}",
        *letter.html()
    );
}

/// Alice, whose mails are in this language.
async fn alice(world: &World, locale: Locale) {
    let (signed_in, _code) = world.alice().await;
    let session = world.session(&signed_in).await;
    assert!(world.accounts.set_language(&session, locale).await.unwrap());
    assert!(world.is_live(signed_in.token()).await);
    world.post().await;
}

#[tokio::test]
async fn s21_a_recovery_speaks_the_language_of_the_account() {
    for (locale, subject) in Locale::ALL.into_iter().zip([
        "Your code to recover your account",
        "找回账户的验证码",
        "Ваш код для восстановления доступа",
        "Din kod för att återställa ditt konto",
    ]) {
        let world = World::new();
        alice(&world, locale).await;
        // Whoever asks reads another one.
        let client = Client::new().human(true).language(Locale::English);
        let ticket = world.recover_as("alice", &client);
        let _sent = world.challenge(&ticket, Challenge::SecurityEmail).await;
        let letter = world.letter().await;
        assert_eq!(letter.subject(), subject);
        let Content::Code { code, link, .. } = letter.content() else {
            panic!("{letter:?}");
        };
        assert!(!letter.subject().contains(code.expose()));
        let link = link.as_ref().unwrap().expose();
        for body in [letter.text(), letter.html()] {
            assert!(body.contains(code.expose()));
            assert!(body.contains(link));
            assert!(body.contains("alice"));
        }
        let tag = format!("<html lang=\"{}\">", locale.as_str());
        assert!(letter.html().contains(&tag));
        assert!(letter.html().contains(&format!("<title>{subject}</title>")));
    }
}

#[tokio::test]
async fn s21_an_account_speaks_the_language_of_its_registration() {
    let world = World::new();
    let client = Client::new().language(Locale::Russian);
    let answer = world.accounts.register(
        support::account_id("42"),
        "alice".parse().unwrap(),
        typed_twice(OLD),
        &client,
    );
    let Register::Registered(signed_in) = answer.await.unwrap() else {
        panic!("not registered");
    };
    let _signed_in = world.add_email(&signed_in, OLD, ALICE).await;
    for _ in 0..6 {
        let _denied = world.try_sign_in("alice", WRONG).await;
    }
    let letters = world.post().await;
    let last = letters.last().unwrap();
    assert_eq!(last.locale(), Locale::Russian);
    assert!(
        last.text().starts_with("Здравствуйте, alice!\n"),
        "{}",
        *last.text()
    );
    assert_eq!(last.subject(), "Кто-то пытается войти в ваш аккаунт");
}

#[tokio::test]
async fn s21_a_session_that_has_ended_sets_no_language() {
    let world = World::new();
    let (signed_in, _code) = world.alice().await;
    let session = world.session(&signed_in).await;
    let _renewed = world.change(&signed_in, OLD, support::NEW).await;
    let is_live = world.accounts.set_language(&session, Locale::Swedish);
    assert!(!is_live.await.unwrap());
    assert_eq!(world.letter().await.locale(), Locale::English);
}

/// A mail to an address that is not confirmed tells its reader no name.
#[tokio::test]
async fn s21_a_new_address_is_told_no_name() {
    let world = World::new();
    let signed_in = world.register("42", "alice", OLD).await;
    let ticket = world.settings(&signed_in).await;
    let ticket = world
        .accepted(&ticket, Proof::CurrentPassword(support::password(OLD)))
        .await;
    let ask = Challenge::NewEmail(email("new@shop.example"));
    let _sent = world.challenge(&ticket, ask).await;
    let letter = world.letter().await;
    assert_eq!(letter.name(), None);
    assert!(!letter.text().contains("alice"));
}

#[tokio::test]
async fn s21_a_notice_tells_the_device() {
    let world = World::new();
    let _alice = world.alice().await;
    let client = Client::new().human(true).label("Firefox <Uppsala>");
    let ticket = world.recover_as("alice", &client);
    let _sent = world.challenge(&ticket, Challenge::SecurityEmail).await;
    let code = mail::code(&world.letter().await);
    let ticket = world.accepted(&ticket, Proof::SecurityEmail(code)).await;
    let changes = Changes::new().password(typed_twice(support::NEW));
    let applied = world.accounts.apply(&ticket, changes).await.unwrap();
    assert!(matches!(applied, Apply::Recovered(_)), "{applied:?}");
    let letter = world.letter().await;
    assert!(letter.text().contains("Device: Firefox <Uppsala>\n"));
    assert!(letter.html().contains("Device: Firefox &lt;Uppsala&gt;"));
}

/// One text of ours replaced, and a language more, in a mail that went its whole way.
#[tokio::test]
async fn s21_a_host_replaces_a_text_and_adds_a_language() {
    let german = Locale::Other("de-AT".parse().unwrap());
    let catalogue = Catalogue::replacing(move |locale, text| match text {
        Text::Subject(Topic::Code(_)) if locale == german => Some("Ihr Code".to_owned()),
        Text::Greeting { name } if locale == german => Some(format!("Guten Tag {name}")),
        Text::SignedIn if locale == german => Some("Sie sind angemeldet.".to_owned()),
        Text::Subject(Topic::Code(_)) if locale == Locale::Swedish => {
            Some("Butikens kod".to_owned())
        }
        _ => None,
    });
    for (locale, subject, first) in [
        (german, "Ihr Code", "Guten Tag alice\n"),
        (Locale::Swedish, "Butikens kod", "Hej alice!\n"),
        (
            Locale::English,
            "Your code to recover your account",
            "Hello alice,\n",
        ),
    ] {
        let texts = catalogue.clone();
        let world = World::with(move |builder| builder.texts(texts));
        alice(&world, locale).await;
        let (_ticket, letter) = world.recover_by_mail("alice").await;
        assert_eq!(letter.locale(), locale);
        assert_eq!(letter.subject(), subject);
        assert!(letter.text().starts_with(first), "{}", *letter.text());
        assert!(letter.html().contains(first.trim_end()));
        let tag = format!("<html lang=\"{}\">", locale.as_str());
        assert!(letter.html().contains(&tag));
        // What the added language lacks is in English.
        if locale == german {
            assert!(letter.text().contains("Give the code to nobody"));
            let signed_in = world.sign_in("alice", OLD).await;
            let told = signed_in.message(world.accounts.reader(german));
            assert_eq!(told, "Sie sind angemeldet.");
        }
    }
}
