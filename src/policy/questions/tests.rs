//! The lists themselves, the rules that read them, and the draw of decoys.

use super::{
    catalogue::STANDARD,
    rules::{fold, is_made_of, is_trivial},
    *,
};

fn id(text: &str) -> QuestionId {
    text.parse().unwrap()
}

fn texts(word: &str) -> Localized<String> {
    Localized {
        english: format!("{word} in English?"),
        chinese: format!("{word}：中文？"),
        russian: format!("{word} по-русски?"),
        swedish: format!("{word} på svenska?"),
    }
}

fn question(text: &str) -> Question {
    Question::new(id(text), texts(text))
}

fn usual_answers() -> impl Iterator<Item = (&'static QuestionId, &'static str)> {
    STANDARD.iter().flat_map(|standard| {
        let lists = standard.usual.iter();
        lists
            .flat_map(|list| usual::items(list))
            .map(|answer| (&standard.id, answer))
    })
}

#[test]
fn usual_answers_are_in_normal_form() {
    let nothing = usual::items(usual::NOTHING);
    for answer in usual_answers().map(|(_, answer)| answer).chain(nothing) {
        let normal = HintAnswer::new(answer).unwrap();
        assert_eq!(normal.expose(), answer);
    }
}

#[test]
fn usual_answers_are_refused_however_typed() {
    let questions = Questions::standard();
    for (id, answer) in usual_answers() {
        let wide: String = answer.chars().map(widen).collect();
        let spaced = format!("  {} ", wide.replace(' ', " \u{3000} "));
        let capital = format!("«{}».", answer.to_uppercase().replace(' ', "-"));
        for typed in [&spaced, &capital] {
            let unmet = questions.unmet(id, &HintAnswer::new(typed).unwrap(), &Context::new());
            assert!(unmet.contains(&AnswerUnmet::Usual), "{id}: {typed}");
        }
    }
}

/// The full-width form, where there is one.
fn widen(c: char) -> char {
    match c {
        '!'..='~' => char::from_u32(u32::from(c).saturating_add(0xfee0)).unwrap(),
        _ => c,
    }
}

#[test]
fn usual_answers_are_many_in_each_script() {
    for standard in &STANDARD {
        let answers: Vec<&str> = standard
            .usual
            .iter()
            .flat_map(|list| usual::items(list))
            .collect();
        for (script, range) in [("Han", '\u{4e00}'..='\u{9fff}'), ("Cyrillic", 'а'..='ё')] {
            let of_script = answers
                .iter()
                .filter(|a| a.chars().any(|c| range.contains(&c)));
            assert!(of_script.count() >= 40, "{}: {script}", standard.id);
        }
        let latin = answers
            .iter()
            .filter(|a| a.chars().any(|c| c.is_ascii_lowercase()));
        assert!(latin.count() >= 80, "{}: Latin", standard.id);
    }
}

#[test]
fn the_ids_of_the_catalogue_are_kept_for_good() {
    let questions = Questions::standard();
    let ids: Vec<&str> = questions.offered().map(|q| q.id().as_str()).collect();
    assert_eq!(
        ids,
        [
            "first-teacher",
            "first-stuffed-toy",
            "childhood-friend",
            "friend-street",
            "neighbour-pet",
            "school-trip",
            "play-place",
            "first-dish",
            "bedtime-book",
            "first-film",
            "first-boss",
            "first-crush",
        ]
    );
}

#[test]
fn what_says_nothing_is_told_from_what_says_little() {
    let trivial = |typed: &str| {
        let answer = HintAnswer::new(typed).unwrap();
        is_trivial(answer.expose(), &fold(answer.expose()))
    };
    for typed in [
        "ab",
        "?!?",
        "...",
        "a b",
        "王",
        "李!",
        "爱x",
        "aaaa",
        "哈哈",
        "ббббб",
        "あ",
        "12",
        "abc",
        "cba",
        "XYZ",
        "234",
        "987654",
        "абвг",
        "ghijk",
        "qwe",
        "ewq",
        "qwerty",
        "ytrewq",
        "asdfgh",
        "йцук",
        "фыва",
        "ЯЧС",
        "1qaz2wsx",
        "123123",
        "qweqweqwe",
        "abc abc",
        "Test",
        "test test",
        "NONE",
        "No",
        "нет",
        "НЕ ЗНАЮ",
        "nej",
        "Vet inte!",
        "没有",
        "不知道",
        "unknown",
        "Don’t know",
        "n/a",
        "lösenord",
        "zyx zyx",
    ] {
        assert!(trivial(typed), "{typed}");
    }
    for typed in [
        "Bo Ek",
        "王明",
        "李娜娜",
        "Åsa",
        "Кен",
        "Ян Ли",
        "haha",
        "Anna",
        "Otto",
        "7b2",
        "Nora",
        "ярослава",
        "Tess",
        "ООН",
        "elm 12",
        "Poe",
        "wertheim",
        "abcde fghik",
    ] {
        assert!(!trivial(typed), "{typed}");
    }
}

#[test]
fn words_of_a_text_are_found_in_any_order() {
    let text = "What was the name, in full, of your first boat?";
    for answer in ["boat", "First boat", "name of boat", "WHAT was the-name"] {
        assert!(is_made_of(answer, text), "{answer}");
    }
    for answer in ["boats", "first ship", "!", "oat"] {
        assert!(!is_made_of(answer, text), "{answer}");
    }
    assert!(is_made_of("老师", "你上学后的第一位老师全名叫什么？"));
    assert!(!is_made_of("老张", "你上学后的第一位老师全名叫什么？"));
}

#[test]
fn a_question_without_a_text_or_none_offered_is_not_sound() {
    assert!(Questions::standard().are_sound());
    assert!(!Questions::empty().are_sound());
    let only = Questions::empty().with(question("only"));
    assert!(only.are_sound());
    assert!(!only.clone().retire(&id("only")).are_sound());
    let mut blank = texts("blank");
    blank.swedish = " ".to_owned();
    assert!(!only.with(Question::new(id("blank"), blank)).are_sound());
}

/// Stands in for the keyed hash: some mix of name and id.
fn draw(name: u32, id: &QuestionId) -> [u8; 32] {
    let mut state = u64::from(name) ^ 0x9e37_79b9_7f4a_7c15;
    for byte in id.as_str().bytes() {
        state = (state ^ u64::from(byte)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        state ^= state >> 27;
    }
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&state.to_be_bytes());
    bytes
}

fn decoys(questions: &Questions) -> Vec<QuestionId> {
    (0..2_000)
        .map(|name| questions.decoy(|id| draw(name, id)).unwrap().clone())
        .collect()
}

#[test]
fn x39_decoys_keep_when_questions_are_added() {
    let before = Questions::standard();
    let (new, count) = (id("first-boat"), before.offered().count() + 1);
    let after = before.clone().with(question("first-boat"));
    let (old_draws, new_draws) = (decoys(&before), decoys(&after));
    let mut moved = 0;
    for (name, (old, now)) in (0..).zip(old_draws.iter().zip(&new_draws)) {
        let wins = draw(name, &new) > draw(name, old);
        assert_eq!(now, if wins { &new } else { old });
        moved += usize::from(wins);
    }
    let expected = old_draws.len() / count;
    assert!(
        (expected / 2..expected * 2).contains(&moved),
        "{moved} of about {expected}"
    );
}

#[test]
fn x39_decoys_keep_when_questions_are_retired_or_reworded() {
    let before = Questions::standard();
    let after = before
        .clone()
        .retire(&id("first-teacher"))
        .retire(&id("first-film"))
        .with(question("first-dish"));
    assert_eq!(decoys(&before), decoys(&after));
}

#[test]
fn decoys_do_not_depend_on_the_order_of_questions() {
    let (a, b) = (question("a"), question("b"));
    let one = Questions::empty().with(a.clone()).with(b.clone());
    let other = Questions::empty().with(b).with(a);
    assert_eq!(decoys(&one), decoys(&other));
    // Nor do equal draws.
    assert_eq!(one.decoy(|_| [0; 32]), other.decoy(|_| [0; 32]));
    assert_eq!(Questions::empty().decoy(|_| [0; 32]), None);
}
