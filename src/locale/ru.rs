//! Russian.

mod notices;
mod numbers;
mod weakness;

use notices::{goal, happened, if_not_you};
use numbers::{count, date, day, tries, when};
use weakness::{suggested, warned};

use super::{Text, Topic, choice, sms::short};
use crate::{
    account::Method,
    message::{CodePurpose, Notice},
};

pub(super) fn words(text: &Text<'_>) -> String {
    let words = match *text {
        Text::AccountDeleted => "Ваш аккаунт удалён.",
        Text::AccountDisabled => "Аккаунт отключён: войти в него нельзя.",
        Text::AccountEnabled => "Аккаунтом можно пользоваться.",
        Text::AccountRetired => "Этот аккаунт закрыт навсегда.",
        Text::AddressTaken => {
            "Этот адрес электронной почты принадлежит другому аккаунту: выберите другой."
        }
        Text::AlreadyInUse => {
            "Кто-то, возможно вы, хочет использовать этот адрес для аккаунта. Он уже указан как \
             защитный адрес другого аккаунта: войдите в него или укажите другой адрес. Если это \
             были не вы, ничего делать не нужно."
        }
        Text::AnswerControl => "В ответе не должно быть табуляций и переносов строк.",
        Text::AnswerEmpty => "Ответ пуст: введите его.",
        Text::AnswerNotOffered => "Этот вопрос больше не предлагается: выберите другой.",
        Text::AnswerOwnName => {
            "Ответом не может быть ваше имя пользователя, часть вашего адреса электронной почты \
             или слова из вопроса."
        }
        Text::AnswerTooLong => "Ответ слишком длинный: введите более короткий.",
        Text::AnswerTrivial => "Ответ слишком простой: его может угадать кто угодно.",
        Text::AnswerUsual => "Так ответили бы многие: выберите более редкий ответ.",
        Text::AnswerWaits { until } => {
            return format!(
                "Ответ верный. Это устройство нам неизвестно, поэтому ответ начнёт действовать \
                 только {}; до этого владелец аккаунта может остановить действие.",
                when(until)
            );
        }
        Text::AnswerYourQuestion => "Ответьте на свой контрольный вопрос.",
        Text::Change(change) => choice::russian(change),
        Text::BackupCodesIssued => {
            "Это ваши новые резервные коды. Они показаны только сейчас: запишите их на бумаге и \
             введите один из них для подтверждения. До этого действуют прежние."
        }
        Text::CaseAlreadyOpen => "По этому аккаунту уже есть обращение в поддержку:",
        Text::CaseChanged => {
            "После того как вы прочитали обращение, поступило возражение. Прочитайте его снова:"
        }
        Text::CaseGoal(to) => return format!("Цель обращения в поддержку — {}.", goal(to)),
        Text::CaseLinkSent { until } => {
            return format!(
                "Ссылка отправлена. Новую можно будет отправить {}.",
                when(until)
            );
        }
        Text::CaseOpen { lacks } => {
            return format!(
                "Ещё нужно: {}.",
                count(lacks, "одобрение", "одобрения", "одобрений")
            );
        }
        Text::CaseRefused => "В обращении отказано, заявителю об этом сообщено.",
        Text::CaseUnfit => "Для этого аккаунта такое обращение не подходит.",
        Text::CaseWaits { until } => {
            return format!("Обращение одобрено. Ссылка уйдёт {}.", when(until));
        }
        Text::Changed => "Изменения сохранены. На всех остальных устройствах выполнен выход.",
        Text::ChangedTooOften { until } => {
            return format!(
                "Аккаунт меняли слишком часто. Изменить его снова можно будет {}.",
                when(until)
            );
        }
        Text::ChooseAnotherAnswer => "Этот ответ использовать нельзя:",
        Text::ChooseAnotherPassword => "Этот пароль использовать нельзя:",
        Text::CodeFor(purpose) => match purpose {
            CodePurpose::ConfirmChange => {
                "Кто-то, выполнивший вход, хочет изменить ваш аккаунт. Если это вы, введите этот \
                 код:"
            }
            CodePurpose::ConfirmManaged => {
                "Администратор аккаунта просит сделать этот адрес его защитным адресом. Если \
                 аккаунт ваш и вы согласны, сообщите этот код своему администратору:"
            }
            CodePurpose::ConfirmNewAddress => {
                "Этот адрес должен стать защитным адресом аккаунта. Если об этом просили вы, \
                 введите этот код:"
            }
            CodePurpose::Recovery => {
                "Кто-то хочет восстановить доступ к вашему аккаунту. Если это вы, введите этот код:"
            }
        },
        Text::CodeMalformed { digits } => {
            let digits = count(digits, "цифры", "цифр", "цифр");
            return format!("Код состоит из {digits}: введите код из сообщения.");
        }
        Text::Device { label } => return format!("Устройство: {label}"),
        Text::Expired => "Срок действия истёк, или это уже использовано: начните заново.",
        Text::Failed => "Не получилось. Если нужна помощь, напишите в нашу службу поддержки.",
        Text::Greeting { name } => return format!("Здравствуйте, {name}!"),
        Text::Happened { notice, at } => return happened(notice, at),
        Text::IdentityNotLinked => "Эта внешняя учётная запись не привязана к вашему аккаунту.",
        Text::IdentityTaken => "Эта внешняя учётная запись уже привязана к аккаунту здесь.",
        Text::IdentityUnknown => {
            "Эта внешняя учётная запись не привязана ни к одному аккаунту: войдите с паролем и \
             привяжите её в настройках аккаунта или зарегистрируйтесь."
        }
        Text::IfNotYou(notice) => if_not_you(notice),
        Text::IfNotYouAsked(purpose) => match purpose {
            CodePurpose::ConfirmChange => {
                "Если это были не вы, в ваш аккаунт вошёл кто-то другой: не используйте код, \
                 немедленно восстановите доступ к аккаунту и выберите новый пароль."
            }
            CodePurpose::ConfirmManaged => {
                "Больше никому не сообщайте этот код. Если вы ничего об этом не знаете, не \
                 сообщайте его никому: без него ничего не изменится."
            }
            CodePurpose::ConfirmNewAddress | CodePurpose::Recovery => {
                "Если это были не вы, не используйте код: без него ничего не изменится."
            }
        },
        Text::Imported => "Аккаунт перенесён.",
        Text::KeepTheCode => {
            "Никому не сообщайте код, кто бы ни спрашивал: мы никогда о нём не спрашиваем."
        }
        Text::LastWayIn => "Без неё вы не сможете войти: сначала задайте пароль.",
        Text::KeepTheLink => {
            "Никому не передавайте ссылку, кто бы ни просил, даже нашей поддержке. Если просили \
             не вы, не открывайте её и напишите в нашу службу поддержки."
        }
        Text::LinkFor { goal: to, until } => {
            return format!(
                "Наша поддержка рассмотрела ваше обращение. До {} вы можете открыть эту \
                 страницу, чтобы {}:",
                date(until),
                goal(to)
            );
        }
        Text::Locked { until } => {
            return format!(
                "Слишком много попыток. Попробовать снова можно будет {}.",
                when(until)
            );
        }
        Text::MailSent => {
            "Если у аккаунта есть этот адрес, письмо с кодом уже отправляется. Проверьте и папку \
             «Спам»."
        }
        Text::Managed => "Аккаунт изменён, на всех устройствах выполнен выход.",
        Text::ManagingStarted => "Чтобы продолжить, введите свой пароль.",
        Text::Method(method) => match method {
            Method::CurrentPassword => "Текущий пароль",
            Method::HintQuestion => "Контрольный вопрос",
            Method::Manager => "Пароль администратора",
            Method::LinkedIdentity => "Привязанная внешняя учётная запись",
            Method::NewEmail => "Код на новый адрес электронной почты",
            Method::NewPhone => "Код на новый номер телефона",
            Method::Phone => "Код по СМС",
            Method::SecondFactor => "Второй фактор",
            Method::SecurityCode => "Код безопасности",
            Method::SecurityEmail => "Код по электронной почте",
            Method::Support => "Служба поддержки",
        },
        Text::Missed { method, times, at } => {
            let by = words(&Text::Method(method));
            let times = count(times, "раз", "раза", "раз");
            return format!("{by}: неверно {times}, последний раз — {}.", date(at));
        }
        Text::NameLooksTaken => {
            "Это имя пользователя похоже на имя другого аккаунта: выберите другое."
        }
        Text::NameMalformed => {
            "Это не имя: введите буквы и цифры, адрес электронной почты или номер телефона."
        }
        Text::NameMixedScripts => {
            "Имя пользователя пишется буквами одного алфавита: не смешивайте несколько."
        }
        Text::NameTaken => "Это имя пользователя занято: выберите другое.",
        Text::NameTooLong { max } => {
            let max = count(max, "символ", "символа", "символов");
            return format!("Имя слишком длинное: имя пользователя — не более чем {max}.");
        }
        Text::NoAddress => "У вашего аккаунта нет защитного адреса.",
        Text::NoSuchAccount => "Такого аккаунта нет.",
        Text::NoSuchManager => "Нет такого аккаунта, который мог бы управлять вашим.",
        Text::NoWayBack => {
            "У вашего аккаунта нет ни защитного адреса, ни кода безопасности: без пароля войти не \
             смог бы никто. Смените пароль в настройках аккаунта: все остальные сеансы завершатся."
        }
        Text::NoCase => "По этому аккаунту нет обращения в поддержку.",
        Text::NotAllowed => "Вам нельзя работать с этим аккаунтом.",
        Text::NoPhone => "У вашего аккаунта нет телефона.",
        Text::NotAUserName => {
            "Имя пользователя не должно выглядеть как адрес электронной почты или номер телефона: \
             выберите другое."
        }
        Text::NotHuman => "Сначала подтвердите, что вы не робот.",
        Text::NotOffered => "Этот способ здесь недоступен: выберите другой.",
        Text::NothingToChange => "Вы пока ничего не изменили.",
        Text::NothingToStop => "Останавливать больше нечего.",
        Text::NotYours => "Вы не управляете этим аккаунтом.",
        Text::OldPassword { set_at } => {
            return format!(
                "Ваш пароль не менялся с {}. Советуем выбрать новый.",
                day(set_at)
            );
        }
        Text::OrOpen => "Или откройте эту страницу и продолжите там:",
        Text::PasswordBreached => {
            "Он есть в списке утекших паролей: выберите тот, который вы нигде больше не \
             используете."
        }
        Text::PasswordCommon => "Он из числа тех, которые пробуют в первую очередь.",
        Text::PasswordControl => "В пароле не должно быть табуляций и переносов строк.",
        Text::PasswordEmpty => "Пароль пуст: введите его.",
        Text::PasswordGuessable => "Его слишком легко угадать.",
        Text::PasswordMismatch => "Пароли не совпадают: введите один и тот же дважды.",
        Text::PasswordNoDigit => "В нём должна быть цифра.",
        Text::PasswordNoLowercase => "В нём должна быть строчная буква.",
        Text::PasswordNoSpecial => "В нём должен быть специальный символ, например ! или %.",
        Text::PasswordNoUppercase => "В нём должна быть прописная буква.",
        Text::PasswordOwnName => {
            "Он не должен содержать ваше имя пользователя, первую часть вашего адреса электронной \
             почты или название сервиса."
        }
        Text::PasswordOversized => "Пароль чересчур длинный: введите более короткий.",
        Text::PasswordTooLong { max, len } => {
            let max = count(max, "символ", "символа", "символов");
            return format!("В нём может быть не более чем {max}, а сейчас их {len}.");
        }
        Text::PasswordTooNew => {
            "Вы недавно сменили пароль, не вводя прежнего. Несколько дней его недостаточно для \
             управления другими аккаунтами."
        }
        Text::PasswordTooShort { min, len } => {
            let min = count(min, "символ", "символа", "символов");
            return format!("В нём должно быть не менее чем {min}, а сейчас их {len}.");
        }
        Text::PasswordUsedBefore => "Этот пароль вы уже использовали: выберите новый.",
        Text::PasswordVoid => {
            "Ваш пароль больше не действует, все сеансы завершены. Восстановите доступ к аккаунту и \
             выберите новый пароль."
        }
        Text::PhoneCountryRefused => "В эту страну мы не отправляем СМС: укажите другой номер.",
        Text::PhoneMalformed => "Это не номер телефона: введите «+», код страны и номер.",
        Text::PhoneNeedsCountry => "Начните номер с «+» и кода страны, без нуля после него.",
        Text::PhoneNotMobile => {
            "На этот номер нельзя отправить СМС: укажите номер мобильного телефона."
        }
        Text::PhoneTaken => "Этот номер телефона принадлежит другому аккаунту: выберите другой.",
        Text::Proved => "Верно. Переходите к следующему шагу.",
        Text::ProvedAt { method, at } => {
            let by = words(&Text::Method(method));
            return format!("{by}: верно, при восстановлении доступа, {}.", date(at));
        }
        Text::ProveTheRestFirst => "Сначала выполните остальные шаги.",
        Text::Recovered => "Новый пароль установлен. Войдите с ним.",
        Text::RecoveryStarted => "Выберите, как подтвердить, что аккаунт ваш.",
        Text::Registered => "Добро пожаловать! Аккаунт создан, вход выполнен.",
        Text::SecondFactorAsked => "Введите код из приложения-аутентификатора или резервный код.",
        Text::SecondFactorAlreadySet => {
            "У вашего аккаунта уже есть второй фактор. Сначала удалите его."
        }
        Text::SecondFactorIssued => {
            "Отсканируйте это приложением-аутентификатором, запишите резервные коды на бумаге \
             и введите первый код из приложения для подтверждения. Больше это показано не \
             будет."
        }
        Text::SecondFactorMistyped => {
            "Приложение-аутентификатор показывает сейчас другой код: посмотрите ещё раз и \
             проверьте, верны ли часы телефона."
        }
        Text::SecurityCodeAlreadySet => {
            "У вашего аккаунта уже есть код безопасности. Изменить его нельзя."
        }
        Text::SecurityCodeIssued => {
            "Это ваш код безопасности. Он показывается только сейчас: запишите его на бумаге, \
             храните в надёжном месте и введите один раз для подтверждения."
        }
        Text::SecurityCodeMalformed => {
            "Код безопасности состоит из 27 букв и цифр, разбитых на группы по 4: сверьтесь с \
             вашей записью."
        }
        Text::SecurityCodeMistyped => {
            "Это не тот код безопасности, который был показан: сверьтесь с вашей записью или \
             создайте новый."
        }
        Text::SecurityCodeTypo => "В коде безопасности опечатка: сверьтесь с вашей записью.",
        Text::SessionEnded => "Вход больше не действует: войдите снова.",
        Text::SignedIn => "Вход выполнен.",
        Text::SignedInAt { method, times, at } => {
            let by = words(&Text::Method(method));
            let times = count(times, "раз", "раза", "раз");
            return format!("{by}: вход {times}, последний раз — {}.", date(at));
        }
        Text::Sms(sms) => short(sms).russian,
        Text::Stopped => "Остановлено.",
        Text::SubAccountRegistered => {
            "Аккаунт создан. Его владелец может войти, и ему следует выбрать собственный пароль."
        }
        Text::StoppedAt { at } => {
            return format!(
                "Изменение вашего аккаунта остановлено {} по ссылке из письма.",
                date(at)
            );
        }
        Text::Subject(topic) => subject(topic),
        Text::Suggestion(suggestion) => suggested(suggestion),
        Text::ToDisown => {
            "Чтобы сразу завершить все сеансы и отменить действие пароля, откройте страницу:"
        }
        Text::TextSent => {
            "Если у аккаунта есть телефон и это имя пользователя, СМС с кодом уже отправляется. \
             Код действует несколько минут."
        }
        Text::TooLateToSignIn => {
            "Этот код слишком старый для входа. Выберите новый пароль или начните заново."
        }
        Text::TooManyIdentities { max } => {
            return format!("Больше внешних учётных записей, чем {max}, привязать нельзя.");
        }
        Text::ToStop => "Чтобы остановить это, откройте страницу:",
        Text::TryAgainShortly => "Сейчас не получилось. Попробуйте ещё раз чуть позже.",
        Text::Unproven => "Того, что вы подтвердили, недостаточно для этого изменения.",
        Text::Warning(warning) => warned(warning),
        Text::WrongNameOrPassword { left } => {
            return format!("Неверное имя пользователя или пароль. {}", tries(left));
        }
        Text::WrongProof { left: None } => "Неверно.",
        Text::WrongProof { left: Some(left) } => {
            return format!("Неверно. {}", tries(left));
        }
    };
    words.to_owned()
}

fn subject(topic: Topic) -> &'static str {
    match topic {
        Topic::AlreadyInUse => "У вас уже есть аккаунт",
        Topic::Code(purpose) => match purpose {
            CodePurpose::ConfirmChange => "Ваш код для изменения аккаунта",
            CodePurpose::ConfirmManaged => "Код, который нужно сообщить администратору",
            CodePurpose::ConfirmNewAddress => "Ваш код для подтверждения этого адреса",
            CodePurpose::Recovery => "Ваш код для восстановления доступа",
        },
        Topic::Notice(notice) => match notice {
            Notice::AccountDeleted => "Ваш аккаунт удалён",
            Notice::AccountDisabled => "Ваш аккаунт отключён",
            Notice::AccountEnabled => "Ваш аккаунт снова включён",
            Notice::AccountRetired => "Ваш аккаунт закрыт нашей поддержкой",
            Notice::BackupCodeUsed(_) => "Ваш резервный код использован",
            Notice::BackupCodesReplaced => "Ваши резервные коды заменены",
            Notice::CaseApproved(_) => "Наша поддержка скоро поможет с вашим аккаунтом",
            Notice::CaseEnded => "Обращение в нашу поддержку завершено",
            Notice::CaseObjected => "Поступило возражение на обращение в поддержку",
            Notice::CaseOpened(_) => "В нашу поддержку обратились по поводу вашего аккаунта",
            Notice::CaseRefused => "Наша поддержка отказала в обращении",
            Notice::EmailChanged => "Ваш защитный адрес изменён",
            Notice::EmailChangedByManager => "Администратор изменил ваш защитный адрес",
            Notice::EmailChangeFailed => "Ваш защитный адрес не изменён",
            Notice::EmailChangeWaits(_) => "Ваш защитный адрес скоро изменится",
            Notice::HintAnswered(_) => "Кто-то ответил на ваш контрольный вопрос",
            Notice::HintChanged => "Ваш контрольный вопрос изменён",
            Notice::HintStopped => "Ваш контрольный вопрос отключён",
            Notice::IdentityLinked => "К вашему аккаунту привязана внешняя учётная запись",
            Notice::IdentityUnlinked => "Внешняя учётная запись отвязана от вашего аккаунта",
            Notice::Locked(_) => "Кто-то пытается войти в ваш аккаунт",
            Notice::ManagerChanged => "У вашего аккаунта появился администратор",
            Notice::ManagerEnded => "У вашего аккаунта больше нет администратора",
            Notice::PasswordChanged(_) => "Ваш пароль изменён",
            Notice::PasswordStopped => "Ваш пароль отключён",
            Notice::PasswordVoided => "Ваш пароль больше не действует",
            Notice::PhoneChanged => "Ваш номер телефона изменён",
            Notice::PhoneChangeFailed => "Ваш номер телефона не изменён",
            Notice::PhoneChangeWaits(_) => "Ваш номер телефона скоро изменится",
            Notice::PhoneRemoved => "Ваш номер телефона удалён",
            Notice::SecondFactorEnrolled => "Для входа теперь нужен второй фактор",
            Notice::SecondFactorMissed => "Кто-то неверно ввёл код второго фактора",
            Notice::SecondFactorRemoved => "Ваш второй фактор удалён",
            Notice::SecondFactorStopped => "Ваш второй фактор отключён",
            Notice::SecurityCodeSet => "У вашего аккаунта есть код безопасности",
            Notice::SecurityCodeUsed => "Ваш код безопасности использован",
            Notice::SecurityCodeWaits(_) => "У вашего аккаунта скоро появится код безопасности",
            Notice::SignedInOnce => "Кто-то вошёл с присланным кодом",
            Notice::SupportLinkSent => "Наша поддержка отправила ссылку для вашего аккаунта",
            Notice::UserNameChanged => "Ваше имя пользователя изменено",
        },
        Topic::SupportLink => "Ваша ссылка от нашей поддержки",
    }
}
