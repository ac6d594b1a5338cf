//! How fast a password can be guessed, by zxcvbn.

use zxcvbn::{Score, feedback, zxcvbn};

use super::password::Unmet;
use crate::weakness::{Suggestion, Warning};

/// Its time grows steeply with the length: at 100 characters it can cost as much as 80 hashes.
const MAX_ESTIMATED_LEN: usize = 32;

/// Whether the estimate falls short. The estimate itself holds pieces of the password and stays
/// in here.
pub(super) fn unmet(text: &str, names: &[&str], min: u8) -> Option<Unmet> {
    let head = match text.char_indices().nth(MAX_ESTIMATED_LEN) {
        Some((end, _)) => text.get(..end).unwrap_or(text),
        None => text,
    };
    // User inputs match whole words only.
    let words: Vec<&str> = names
        .iter()
        .flat_map(|name| name.split(|c: char| !c.is_alphanumeric()).chain([*name]))
        .filter(|word| !word.is_empty())
        .collect();
    let estimate = zxcvbn(head, &words);
    let score = number(estimate.score());
    (score < min).then(|| Unmet::Guessable {
        score,
        min,
        warning: estimate.feedback().and_then(|f| f.warning()).map(warning),
        suggestions: estimate
            .feedback()
            .map(|f| f.suggestions().iter().map(suggestion).collect())
            .unwrap_or_default(),
    })
}

pub(super) fn warm_up() {
    let _estimate = zxcvbn("Warm-up 1", &[]);
}

fn number(score: Score) -> u8 {
    match score {
        Score::Zero => 0,
        Score::One => 1,
        Score::Two => 2,
        Score::Three => 3,
        // The enum is open; there is no higher score today.
        _ => 4,
    }
}

fn warning(theirs: feedback::Warning) -> Warning {
    use feedback::Warning as W;
    match theirs {
        W::StraightRowsOfKeysAreEasyToGuess => Warning::StraightRowOfKeys,
        W::ShortKeyboardPatternsAreEasyToGuess => Warning::ShortKeyboardPattern,
        W::RepeatsLikeAaaAreEasyToGuess => Warning::RepeatedCharacters,
        W::RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess => Warning::RepeatedPattern,
        W::ThisIsATop10Password => Warning::Top10Password,
        W::ThisIsATop100Password => Warning::Top100Password,
        W::ThisIsACommonPassword => Warning::CommonPassword,
        W::ThisIsSimilarToACommonlyUsedPassword => Warning::SimilarToCommonPassword,
        W::SequencesLikeAbcAreEasyToGuess => Warning::Sequence,
        W::RecentYearsAreEasyToGuess => Warning::RecentYear,
        W::AWordByItselfIsEasyToGuess => Warning::WordByItself,
        W::DatesAreOftenEasyToGuess => Warning::Date,
        W::NamesAndSurnamesByThemselvesAreEasyToGuess => Warning::NameByItself,
        W::CommonNamesAndSurnamesAreEasyToGuess => Warning::CommonName,
    }
}

fn suggestion(theirs: &feedback::Suggestion) -> Suggestion {
    use feedback::Suggestion as S;
    match theirs {
        S::UseAFewWordsAvoidCommonPhrases => Suggestion::UseAFewWords,
        S::NoNeedForSymbolsDigitsOrUppercaseLetters => Suggestion::NoNeedForSymbols,
        S::AddAnotherWordOrTwo => Suggestion::AddAnotherWordOrTwo,
        S::CapitalizationDoesntHelpVeryMuch => Suggestion::CapitalizationHelpsLittle,
        S::AllUppercaseIsAlmostAsEasyToGuessAsAllLowercase => Suggestion::OnlyUppercaseHelpsLittle,
        S::ReversedWordsArentMuchHarderToGuess => Suggestion::ReversedWordsHelpLittle,
        S::PredictableSubstitutionsDontHelpVeryMuch => Suggestion::SubstitutionsHelpLittle,
        S::UseALongerKeyboardPatternWithMoreTurns => Suggestion::UseALongerKeyboardPattern,
        S::AvoidRepeatedWordsAndCharacters => Suggestion::AvoidRepetition,
        S::AvoidSequences => Suggestion::AvoidSequences,
        S::AvoidRecentYears => Suggestion::AvoidRecentYears,
        S::AvoidYearsThatAreAssociatedWithYou => Suggestion::AvoidYearsOfYours,
        S::AvoidDatesAndYearsThatAreAssociatedWithYou => Suggestion::AvoidDatesOfYours,
    }
}
