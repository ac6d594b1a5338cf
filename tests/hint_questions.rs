//! The questions that a hint may have, and the answers that it may not.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::HashSet;

use backstop::{
    HintAnswer, QuestionId,
    hint::QuestionIdError,
    locale::{Locale, LocaleError, Localized},
    policy::{AnswerUnmet, Context, Question, Questions},
};

fn id(text: &str) -> QuestionId {
    text.parse().unwrap()
}

fn boat() -> Question {
    Question::new(
        id("first-boat"),
        Localized {
            english: "What was your first boat called?",
            chinese: "你的第一条船叫什么？",
            russian: "Как называлась ваша первая лодка?",
            swedish: "Vad hette din första båt?",
        },
    )
}

fn unmet_of(questions: &Questions, question: &str, typed: &str) -> Vec<AnswerUnmet> {
    let context = Context::new()
        .user_name("Marlene7")
        .email("wonder.land@shop.example");
    let answer = HintAnswer::new(typed).unwrap();
    questions.unmet(&id(question), &answer, &context)
}

fn unmet(question: &str, typed: &str) -> Vec<AnswerUnmet> {
    unmet_of(&Questions::standard(), question, typed)
}

#[test]
fn s05_good_answers_pass() {
    for (question, typed) in [
        ("first-teacher", "Ottilia Grankvist-Ree"),
        ("first-teacher", "慕容雪梅"),
        ("childhood-friend", "丁当"),
        ("childhood-friend", "Прохор Звягинцев"),
        ("first-stuffed-toy", "Brumbrutus"),
        ("friend-street", "Kvarnbyvägen"),
        ("friend-street", "Кривоколенный переулок"),
        ("neighbour-pet", "Sir Barksalot"),
        ("school-trip", "the salt mine at Wieliczka"),
        ("first-dish", "aubergine stew with plums"),
        ("first-film", "Песнь моря"),
        ("play-place", "黑风洞口"),
    ] {
        assert_eq!(unmet(question, typed), [], "{question}: {typed}");
    }
}

#[test]
fn h04_answer_denylist() {
    for (question, typed, rule) in [
        ("neighbour-pet", "Bella", AnswerUnmet::Usual),
        ("neighbour-pet", "ＢＥＬＬＡ", AnswerUnmet::Usual),
        ("neighbour-pet", " b e l l a!", AnswerUnmet::Usual),
        ("neighbour-pet", "旺财", AnswerUnmet::Usual),
        ("neighbour-pet", "Барсик", AnswerUnmet::Usual),
        ("neighbour-pet", "Måns", AnswerUnmet::Usual),
        ("neighbour-pet", "mans", AnswerUnmet::Usual),
        ("first-teacher", "Mrs. Smith", AnswerUnmet::Usual),
        ("first-teacher", "李老师", AnswerUnmet::Usual),
        ("first-teacher", "Семенова", AnswerUnmet::Usual),
        ("first-teacher", "Fröken  Andersson", AnswerUnmet::Usual),
        ("school-trip", "Санкт Петербург", AnswerUnmet::Usual),
        ("school-trip", "Goteborg", AnswerUnmet::Usual),
        ("first-film", "Qwerty@123", AnswerUnmet::Usual),
        ("first-film", "no", AnswerUnmet::Trivial),
        ("first-film", "Нет!", AnswerUnmet::Trivial),
        ("first-film", "没有", AnswerUnmet::Trivial),
        ("first-film", "I don't know", AnswerUnmet::Trivial),
        ("first-film", "zzzzzz", AnswerUnmet::Trivial),
        ("first-film", "йцукен", AnswerUnmet::Trivial),
        ("first-film", "marlene7", AnswerUnmet::Name),
        ("first-film", "my name is Marlene 7", AnswerUnmet::Name),
        ("first-film", "7enelraM", AnswerUnmet::Name),
        ("first-film", "Wonder Land", AnswerUnmet::Name),
        ("first-film", "wonder", AnswerUnmet::Name),
        ("first-film", "cinema", AnswerUnmet::Name),
        ("first-film", "film in a cinema", AnswerUnmet::Name),
        ("first-film", "кинотеатре", AnswerUnmet::Name),
        ("first-film", "电影院", AnswerUnmet::Name),
        ("first-boat", "Calypso of Kiel", AnswerUnmet::NotOffered),
    ] {
        let unmet = unmet(question, typed);
        assert!(unmet.contains(&rule), "{question}, {typed}: {unmet:?}");
    }
}

#[test]
fn h04_all_unmet_rules_come_at_once() {
    let questions = Questions::standard()
        .with(boat().usual(["Zyx", "boat"]))
        .retire(&id("first-boat"));
    let context = Context::new().user_name("zyx");
    let typed = HintAnswer::new("ZYX").unwrap();
    assert_eq!(
        questions.unmet(&id("first-boat"), &typed, &context),
        [
            AnswerUnmet::NotOffered,
            AnswerUnmet::Trivial,
            AnswerUnmet::Name,
            AnswerUnmet::Usual,
        ]
    );
}

#[test]
fn h04_what_is_usual_for_one_question_may_answer_another() {
    assert_eq!(unmet("first-dish", "Pannkakor"), [AnswerUnmet::Usual]);
    assert_eq!(unmet("friend-street", "Pannkakor"), []);
}

#[test]
fn a_name_that_says_nothing_refuses_nothing() {
    let context = Context::new().user_name("").user_name("--").email("@x");
    let typed = HintAnswer::new("Sir Barksalot").unwrap();
    let unmet = Questions::standard().unmet(&id("neighbour-pet"), &typed, &context);
    assert_eq!(unmet, []);
}

#[test]
fn h04_any_input_is_checked() {
    let questions = Questions::standard();
    let texts = [
        "\u{fdfa}".repeat(20),
        "\u{300}".repeat(100),
        "a".repeat(256),
        "ab".repeat(128),
        "🦀".repeat(64),
        "İ".repeat(100),
        "ß".repeat(128),
        "가".repeat(85),
        "\u{1d15e}".repeat(60),
    ];
    for text in texts {
        let Ok(answer) = HintAnswer::new(&text) else {
            continue;
        };
        let context = Context::new().user_name(&text).email(&text);
        let unmet = questions.unmet(&id("first-film"), &answer, &context);
        assert!(!unmet.is_empty(), "{text}");
    }
}

#[test]
fn s05_s21_each_question_is_there_in_four_languages() {
    let questions = Questions::standard();
    let mut texts = HashSet::new();
    let mut ids = HashSet::new();
    for question in questions.offered() {
        assert!(ids.insert(question.id().clone()), "{}", question.id());
        for locale in Locale::ALL {
            let text = question.text(locale);
            assert!(text.chars().count() >= 10, "{}: {text}", question.id());
            assert!(text.ends_with(['?', '？', '.']), "{text}");
            assert!(texts.insert(text), "{text} is there twice");
        }
    }
    assert_eq!(ids.len(), 12);
    for question in questions.offered() {
        let han = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
        let cyrillic = |c: char| ('а'..='я').contains(&c);
        assert!(question.text(Locale::Chinese).contains(han));
        assert!(question.text(Locale::Russian).contains(cyrillic));
        assert!(question.text(Locale::English).is_ascii());
    }
}

#[test]
fn s05_a_host_adds_words_and_retires_questions() {
    let questions = Questions::standard().with(boat().usual(["Ｔｉｔａｎｉｃ", "", "\u{7}"]));
    assert_eq!(questions.offered().count(), 13);
    assert_eq!(
        unmet_of(&questions, "first-boat", "titanic"),
        [AnswerUnmet::Usual]
    );

    let reworded = questions.with(boat());
    assert_eq!(reworded.offered().count(), 13);
    assert_eq!(unmet_of(&reworded, "first-boat", "titanic"), []);

    let retired = reworded.retire(&id("first-boat")).retire(&id("unheard-of"));
    assert_eq!(retired.offered().count(), 12);
    let question = retired.get(&id("first-boat")).unwrap();
    assert_eq!(question.text(Locale::Swedish), "Vad hette din första båt?");
    assert_eq!(
        unmet_of(&retired, "first-boat", "Calypso of Kiel"),
        [AnswerUnmet::NotOffered]
    );

    // A new wording does not bring it back.
    let reworded = retired.with(boat());
    assert_eq!(reworded.offered().count(), 12);
}

#[test]
fn ids_are_parsed_once() {
    let longest = "a".repeat(64);
    for good in ["a", "first-teacher", "q-7", &longest] {
        let id: QuestionId = good.parse().unwrap();
        assert_eq!(id.as_str(), good);
        assert_eq!(id.to_string(), good);
        let bytes = postcard::to_allocvec(&id).unwrap();
        assert_eq!(postcard::from_bytes::<QuestionId>(&bytes).unwrap(), id);
    }
    let too_long = "a".repeat(65);
    for bad in ["", "A", "first teacher", "första", "a_b", "a\n", &too_long] {
        assert_eq!(bad.parse::<QuestionId>(), Err(QuestionIdError), "{bad}");
        let bytes = postcard::to_allocvec(bad).unwrap();
        assert!(postcard::from_bytes::<QuestionId>(&bytes).is_err(), "{bad}");
    }
}

#[test]
fn s21_language_tags_are_parsed() {
    for locale in Locale::ALL {
        assert_eq!(locale.as_str().parse(), Ok(locale));
    }
    for (tag, locale) in [
        ("en-GB", Locale::English),
        ("EN", Locale::English),
        ("zh", Locale::Chinese),
        ("zh-CN", Locale::Chinese),
        ("zh-Hans-SG", Locale::Chinese),
        ("ru_RU", Locale::Russian),
        ("sv-SE", Locale::Swedish),
        ("sv-FI", Locale::Swedish),
    ] {
        assert_eq!(tag.parse(), Ok(locale), "{tag}");
    }
    for tag in [
        "",
        "-",
        "de",
        "sve",
        "swedish",
        "sv-",
        "sv--SE",
        "sv SE",
        "en;q=1",
        "sv-toolongasubtag",
    ] {
        assert_eq!(tag.parse::<Locale>(), Err(LocaleError), "{tag}");
    }
}
