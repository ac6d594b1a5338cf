//! What makes a password weak, in Swedish.

use crate::weakness::{Suggestion, Warning};

pub(super) const fn warned(warning: Warning) -> &'static str {
    match warning {
        Warning::CommonName => "Vanliga för- och efternamn är lätta att gissa.",
        Warning::CommonPassword => "Många använder det här lösenordet.",
        Warning::Date => "Datum är lätta att gissa.",
        Warning::NameByItself => "Ett namn för sig är lätt att gissa.",
        Warning::RecentYear => "Årtal från senare tid är lätta att gissa.",
        Warning::RepeatedCharacters => "Upprepade tecken, som ”aaa”, är lätta att gissa.",
        Warning::RepeatedPattern => {
            "Ett upprepat mönster, som ”abcabc”, är knappt svårare att gissa än ”abc”."
        }
        Warning::Sequence => "Följder, som ”abc” eller ”6543”, är lätta att gissa.",
        Warning::ShortKeyboardPattern => "Korta mönster på tangentbordet är lätta att gissa.",
        Warning::SimilarToCommonPassword => "Det liknar ett lösenord som många använder.",
        Warning::StraightRowOfKeys => "Tangenter i rad är lätta att gissa.",
        Warning::Top100Password => "Det är ett av de 100 vanligaste lösenorden.",
        Warning::Top10Password => "Det är ett av de 10 vanligaste lösenorden.",
        Warning::WordByItself => "Ett ord för sig är lätt att gissa.",
    }
}

pub(super) const fn suggested(suggestion: Suggestion) -> &'static str {
    match suggestion {
        Suggestion::AddAnotherWordOrTwo => "Lägg till ett eller två ovanliga ord.",
        Suggestion::AvoidDatesOfYours => "Undvik datum och årtal som har med dig att göra.",
        Suggestion::AvoidRecentYears => "Undvik årtal från senare tid.",
        Suggestion::AvoidRepetition => "Undvik upprepade ord och tecken.",
        Suggestion::AvoidSequences => "Undvik följder.",
        Suggestion::AvoidYearsOfYours => "Undvik årtal som har med dig att göra.",
        Suggestion::CapitalizationHelpsLittle => "Stor bokstav i början hjälper föga.",
        Suggestion::NoNeedForSymbols => "Ökad längd hjälper mer än fler sorters tecken.",
        Suggestion::OnlyUppercaseHelpsLittle => "Enbart stora bokstäver hjälper föga.",
        Suggestion::ReversedWordsHelpLittle => "Ord stavade baklänges hjälper föga.",
        Suggestion::SubstitutionsHelpLittle => {
            "Vanliga utbyten, som ”@” i stället för ”a”, hjälper föga."
        }
        Suggestion::UseAFewWords => "Använd några ord, men inget vanligt uttryck.",
        Suggestion::UseALongerKeyboardPattern => {
            "Använd ett längre mönster på tangentbordet, med fler svängar."
        }
    }
}
