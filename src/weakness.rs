//! What the estimate of a password says of it.

/// What makes a password weak.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
#[expect(missing_docs, reason = "each name says all there is to say")]
pub enum Warning {
    CommonName,
    CommonPassword,
    Date,
    NameByItself,
    RecentYear,
    RepeatedCharacters,
    RepeatedPattern,
    Sequence,
    ShortKeyboardPattern,
    SimilarToCommonPassword,
    StraightRowOfKeys,
    Top100Password,
    Top10Password,
    WordByItself,
}

/// What would make a password stronger.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
#[expect(missing_docs, reason = "each name says all there is to say")]
pub enum Suggestion {
    AddAnotherWordOrTwo,
    AvoidDatesOfYours,
    AvoidRecentYears,
    AvoidRepetition,
    AvoidSequences,
    AvoidYearsOfYours,
    CapitalizationHelpsLittle,
    NoNeedForSymbols,
    OnlyUppercaseHelpsLittle,
    ReversedWordsHelpLittle,
    SubstitutionsHelpLittle,
    UseAFewWords,
    UseALongerKeyboardPattern,
}
