//! What makes a password weak, in Chinese.

use crate::weakness::{Suggestion, Warning};

pub(super) const fn warned(warning: Warning) -> &'static str {
    match warning {
        Warning::CommonName => "常见的姓名容易被猜到。",
        Warning::CommonPassword => "很多人使用这个密码。",
        Warning::Date => "日期容易被猜到。",
        Warning::NameByItself => "单独的姓名容易被猜到。",
        Warning::RecentYear => "近些年的年份容易被猜到。",
        Warning::RepeatedCharacters => "重复的字符（例如“aaa”）容易被猜到。",
        Warning::RepeatedPattern => "重复的组合（例如“abcabc”）并不比“abc”难猜多少。",
        Warning::Sequence => "连续的字符（例如“abc”或“6543”）容易被猜到。",
        Warning::ShortKeyboardPattern => "键盘上较短的连续按键容易被猜到。",
        Warning::SimilarToCommonPassword => "它与常用密码相似。",
        Warning::StraightRowOfKeys => "键盘上成行的按键容易被猜到。",
        Warning::Top100Password => "它是最常用的100个密码之一。",
        Warning::Top10Password => "它是最常用的10个密码之一。",
        Warning::WordByItself => "单独的一个词容易被猜到。",
    }
}

pub(super) const fn suggested(suggestion: Suggestion) -> &'static str {
    match suggestion {
        Suggestion::AddAnotherWordOrTwo => "请再加一两个少见的词。",
        Suggestion::AvoidDatesOfYours => "请避免与您有关的日期和年份。",
        Suggestion::AvoidRecentYears => "请避免近些年的年份。",
        Suggestion::AvoidRepetition => "请避免重复的词和字符。",
        Suggestion::AvoidSequences => "请避免连续的字符。",
        Suggestion::AvoidYearsOfYours => "请避免与您有关的年份。",
        Suggestion::CapitalizationHelpsLittle => "首字母大写作用不大。",
        Suggestion::NoNeedForSymbols => "增加长度比增加字符种类更有用。",
        Suggestion::OnlyUppercaseHelpsLittle => "全部大写作用不大。",
        Suggestion::ReversedWordsHelpLittle => "把词倒过来写作用不大。",
        Suggestion::SubstitutionsHelpLittle => "常见的替换（例如用“@”代替“a”）作用不大。",
        Suggestion::UseAFewWords => "请使用几个词，但不要用常见的短语。",
        Suggestion::UseALongerKeyboardPattern => "请使用更长、转折更多的按键组合。",
    }
}
