//! What makes a password weak, in English.

use crate::weakness::{Suggestion, Warning};

pub(super) const fn warned(warning: Warning) -> &'static str {
    match warning {
        Warning::CommonName => "Common first names and surnames are easy to guess.",
        Warning::CommonPassword => "Many people use this password.",
        Warning::Date => "Dates are easy to guess.",
        Warning::NameByItself => "A name by itself is easy to guess.",
        Warning::RecentYear => "Years of late are easy to guess.",
        Warning::RepeatedCharacters => "Repeated characters, such as \"aaa\", are easy to guess.",
        Warning::RepeatedPattern => {
            "A repeated pattern, such as \"abcabc\", is hardly harder to guess than \"abc\"."
        }
        Warning::Sequence => "Sequences, such as \"abc\" or \"6543\", are easy to guess.",
        Warning::ShortKeyboardPattern => "Short patterns on the keyboard are easy to guess.",
        Warning::SimilarToCommonPassword => "It is like a password that many people use.",
        Warning::StraightRowOfKeys => "Keys in a row are easy to guess.",
        Warning::Top100Password => "It is among the 100 most used passwords.",
        Warning::Top10Password => "It is among the 10 most used passwords.",
        Warning::WordByItself => "A word by itself is easy to guess.",
    }
}

pub(super) const fn suggested(suggestion: Suggestion) -> &'static str {
    match suggestion {
        Suggestion::AddAnotherWordOrTwo => "Add another word or two, rare ones.",
        Suggestion::AvoidDatesOfYours => "Do without dates and years that have to do with you.",
        Suggestion::AvoidRecentYears => "Do without years of late.",
        Suggestion::AvoidRepetition => "Do without repeated words and characters.",
        Suggestion::AvoidSequences => "Do without sequences.",
        Suggestion::AvoidYearsOfYours => "Do without years that have to do with you.",
        Suggestion::CapitalizationHelpsLittle => "A capital letter at the beginning helps little.",
        Suggestion::NoNeedForSymbols => "More length helps more than more kinds of characters.",
        Suggestion::OnlyUppercaseHelpsLittle => "Capital letters throughout help little.",
        Suggestion::ReversedWordsHelpLittle => "Words spelled backwards help little.",
        Suggestion::SubstitutionsHelpLittle => {
            "Usual replacements, such as \"@\" for \"a\", help little."
        }
        Suggestion::UseAFewWords => "Use a few words, but no usual phrase.",
        Suggestion::UseALongerKeyboardPattern => {
            "Use a longer pattern on the keyboard, with more turns."
        }
    }
}
