//! The hint questions, and which answers to them are refused.

mod catalogue;
mod rules;
#[cfg(test)]
mod tests;
mod usual;

use std::{
    collections::HashSet,
    sync::{Arc, LazyLock},
};

use super::password::{Context, has_name, is_common};
use crate::{
    hint::QuestionId,
    locale::{Locale, Localized},
    secret::HintAnswer,
};

/// The questions that a hint may have: a catalogue by id.
///
/// A question is never taken out: accounts have it. [`retire`](Self::retire) it instead.
///
/// ```
/// use backstop::{HintAnswer, locale::{Locale, Localized}};
/// use backstop::policy::{AnswerUnmet, Context, Question, Questions};
///
/// let boat = Question::new(
///     "first-boat".parse()?,
///     Localized {
///         english: "What was the name of the first boat that you sailed in?",
///         chinese: "你坐过的第一条帆船叫什么名字？",
///         russian: "Как называлась первая лодка, на которой вы ходили под парусом?",
///         swedish: "Vad hette den första båten som du seglade med?",
///     },
/// )
/// .usual(["Titanic", "Black Pearl"]);
/// let questions = Questions::standard()
///     .with(boat)
///     .retire(&"first-boss".parse()?);
///
/// for question in questions.offered() {
///     println!("{}: {}", question.id(), question.text(Locale::English));
/// }
/// let typed = HintAnswer::new("titanic")?;
/// let unmet = questions.unmet(&"first-boat".parse()?, &typed, &Context::new());
/// assert_eq!(unmet, [AnswerUnmet::Usual]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Security
///
/// An unknown name is shown one of these questions, too, drawn from all of them. One that no
/// account has would give such names away: retire what was offered until now, and begin with
/// [`empty`](Self::empty) to do without the standard ones. For the same reason add questions
/// seldom: each new one becomes the question of some unknown names.
#[derive(Clone, Debug)]
pub struct Questions {
    all: Vec<Question>,
}

/// A hint question: its text in each language, and the answers that are too usual for it.
#[derive(Clone, Debug)]
pub struct Question {
    id: QuestionId,
    text: Localized<String>,
    /// As [`rules::fold`] leaves them.
    usual: Arc<HashSet<String>>,
    retired: bool,
}

/// A rule that an answer does not meet.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum AnswerUnmet {
    /// It contains the user name, the local part of the e-mail or one of these backwards, is a
    /// part of them, or is made of words of the question.
    Name,
    /// The question is none that new hints may have.
    NotOffered,
    /// It says nothing: fewer than 3 letters and digits (2 Chinese characters will do), one
    /// character over and over, neighbours on the keyboard or in the alphabet, or a word such as
    /// "test" or "don't know".
    Trivial,
    /// It is one of those that are tried first: usual for this question, or a common password.
    Usual,
}

impl Questions {
    /// Twelve questions whose answers last, can be remembered, and are not found in registers or
    /// profiles (OWASP, "Choosing and Using Security Questions").
    #[must_use]
    pub fn standard() -> Self {
        STANDARD.clone()
    }

    /// None yet, for a service that has questions of its own only.
    #[must_use]
    pub const fn empty() -> Self {
        Self { all: Vec::new() }
    }

    /// Adds a question. One that has the id already is replaced: so its wording or its usual
    /// answers change, not what it asks. Retired it stays.
    #[must_use]
    pub fn with(mut self, question: Question) -> Self {
        match self.all.iter_mut().find(|known| known.id == question.id) {
            Some(known) => {
                let retired = known.retired;
                *known = Question {
                    retired,
                    ..question
                };
            }
            None => self.all.push(question),
        }
        self
    }

    /// Offers a question no longer for new hints. Whoever has it is still asked it, and so are
    /// the unknown names that were. An id that is not here changes nothing.
    #[must_use]
    pub fn retire(mut self, id: &QuestionId) -> Self {
        for question in &mut self.all {
            question.retired |= question.id == *id;
        }
        self
    }

    /// The questions that a new hint may have, in the order in which they were added.
    pub fn offered(&self) -> impl Iterator<Item = &Question> {
        self.all.iter().filter(|question| !question.retired)
    }

    /// A question by its id, retired or not.
    #[must_use]
    pub fn get(&self, id: &QuestionId) -> Option<&Question> {
        self.all.iter().find(|question| question.id == *id)
    }

    /// All rules that a new answer does not meet; none if it may be used.
    ///
    /// Letter case, width, accents, blanks and punctuation do not matter here.
    #[must_use]
    pub fn unmet(
        &self,
        question: &QuestionId,
        answer: &HintAnswer,
        context: &Context,
    ) -> Vec<AnswerUnmet> {
        let question = self.get(question);
        let text = answer.expose();
        let folded = rules::fold(text);
        let is_name = names_owner(text, &folded, context)
            || question.is_some_and(|question| question.names(text));
        let is_usual = is_common(text)
            || is_common(&folded)
            || question.is_some_and(|question| question.usual.contains(folded.as_str()));
        [
            (
                question.is_none_or(|question| question.retired),
                AnswerUnmet::NotOffered,
            ),
            (rules::is_trivial(text, &folded), AnswerUnmet::Trivial),
            (is_name, AnswerUnmet::Name),
            (is_usual, AnswerUnmet::Usual),
        ]
        .into_iter()
        .filter_map(|(fails, rule)| fails.then_some(rule))
        .collect()
    }

    /// The question of an unknown name: the one whose draw is highest (rendezvous hashing), so
    /// that one more question takes over only the names that it wins. `draw` hashes name and id
    /// under a key that never rotates. Retired ones take part; none if there is no question.
    pub(crate) fn decoy(&self, draw: impl Fn(&QuestionId) -> [u8; 32]) -> Option<&QuestionId> {
        self.all
            .iter()
            .map(|question| &question.id)
            .max_by_key(|id| (draw(id), *id))
    }

    /// Whether a hint can be set: there is a question, and each has a text in each language.
    pub(crate) fn are_sound(&self) -> bool {
        self.offered().next().is_some() && self.all.iter().all(Question::is_worded)
    }
}

impl Default for Questions {
    fn default() -> Self {
        Self::standard()
    }
}

impl Question {
    /// A question without usual answers.
    pub fn new<T: Into<String>>(id: QuestionId, text: Localized<T>) -> Self {
        Self {
            id,
            text: text.map(Into::into),
            usual: Arc::default(),
            retired: false,
        }
    }

    /// Adds answers that are refused because many people would give them. Some 40 in each
    /// language stop most guesses.
    #[must_use]
    pub fn usual<T: AsRef<str>>(mut self, answers: impl IntoIterator<Item = T>) -> Self {
        // What is no answer cannot be given either.
        let answers = answers
            .into_iter()
            .filter_map(|answer| HintAnswer::new(answer.as_ref()).ok())
            .map(|answer| rules::fold(answer.expose()).to_string());
        Arc::make_mut(&mut self.usual).extend(answers);
        self
    }

    /// The name that accounts keep.
    #[must_use]
    pub const fn id(&self) -> &QuestionId {
        &self.id
    }

    /// The question as it is asked.
    #[must_use]
    pub fn text(&self, locale: Locale) -> &str {
        self.text.get(locale)
    }

    /// Whether the answer is made of the question's own words.
    fn names(&self, answer: &str) -> bool {
        Locale::ALL
            .into_iter()
            .any(|locale| rules::is_made_of(answer, self.text(locale)))
    }

    fn is_worded(&self) -> bool {
        Locale::ALL
            .into_iter()
            .all(|locale| !self.text(locale).trim().is_empty())
    }
}

/// Made once: it has thousands of usual answers.
static STANDARD: LazyLock<Questions> = LazyLock::new(|| Questions {
    all: catalogue::standard().collect(),
});

/// Whether the answer is what the owner is known by.
fn names_owner(answer: &str, folded: &str, context: &Context) -> bool {
    context.names().any(|name| {
        let whole = rules::fold(name);
        !whole.is_empty() && has_name(folded, &whole) || rules::is_made_of(answer, name)
    })
}
