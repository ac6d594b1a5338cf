//! What makes a password weak, in Russian.

use crate::weakness::{Suggestion, Warning};

pub(super) const fn warned(warning: Warning) -> &'static str {
    match warning {
        Warning::CommonName => "Распространённые имена и фамилии легко угадать.",
        Warning::CommonPassword => "Этот пароль используют многие.",
        Warning::Date => "Даты легко угадать.",
        Warning::NameByItself => "Одно только имя легко угадать.",
        Warning::RecentYear => "Недавние годы легко угадать.",
        Warning::RepeatedCharacters => "Повторы символов, например «aaa», легко угадать.",
        Warning::RepeatedPattern => {
            "Повторы сочетаний, например «abcabc», угадать почти так же легко, как «abc»."
        }
        Warning::Sequence => "Последовательности, например «abc» или «6543», легко угадать.",
        Warning::ShortKeyboardPattern => "Короткие сочетания соседних клавиш легко угадать.",
        Warning::SimilarToCommonPassword => "Он похож на пароль, который используют многие.",
        Warning::StraightRowOfKeys => "Клавиши, идущие подряд, легко угадать.",
        Warning::Top100Password => "Он входит в 100 самых распространённых паролей.",
        Warning::Top10Password => "Он входит в 10 самых распространённых паролей.",
        Warning::WordByItself => "Одно только слово легко угадать.",
    }
}

pub(super) const fn suggested(suggestion: Suggestion) -> &'static str {
    match suggestion {
        Suggestion::AddAnotherWordOrTwo => "Добавьте ещё одно-два редких слова.",
        Suggestion::AvoidDatesOfYours => "Избегайте дат и годов, которые с вами связаны.",
        Suggestion::AvoidRecentYears => "Избегайте недавних годов.",
        Suggestion::AvoidRepetition => "Избегайте повторов слов и символов.",
        Suggestion::AvoidSequences => "Избегайте последовательностей.",
        Suggestion::AvoidYearsOfYours => "Избегайте годов, которые с вами связаны.",
        Suggestion::CapitalizationHelpsLittle => "Прописная буква в начале мало помогает.",
        Suggestion::NoNeedForSymbols => "Длина помогает больше, чем разнообразие символов.",
        Suggestion::OnlyUppercaseHelpsLittle => "Одни только прописные буквы мало помогают.",
        Suggestion::ReversedWordsHelpLittle => "Слова, написанные наоборот, мало помогают.",
        Suggestion::SubstitutionsHelpLittle => {
            "Обычные замены, например «@» вместо «a», мало помогают."
        }
        Suggestion::UseAFewWords => "Возьмите несколько слов, но не расхожую фразу.",
        Suggestion::UseALongerKeyboardPattern => {
            "Возьмите сочетание клавиш подлиннее, с большим числом поворотов."
        }
    }
}
