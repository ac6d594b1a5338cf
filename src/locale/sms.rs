//! The words of text messages, short in every language.

use super::{Localized, Sms};
use crate::message::CodePurpose;

pub(super) const fn short(sms: Sms) -> Localized<&'static str> {
    match sms {
        Sms::AlreadyInUse => Localized {
            english: "This number belongs to another account already: sign in to that one.",
            chinese: "此号码已属于另一个账户，请登录该账户。",
            russian: "Этот номер уже указан в другом аккаунте: войдите в него.",
            swedish: "Numret hör redan till ett annat konto: logga in på det.",
        },
        Sms::Code(CodePurpose::ConfirmChange) => Localized {
            english: "Your code to change your account. If you did not ask for it, change your \
                      password. Tell nobody:",
            chinese: "更改账户的验证码（非本人操作请立即改密码，切勿告诉他人）：",
            russian: "Код для изменения аккаунта, никому не сообщайте:",
            swedish: "Din kod för att ändra ditt konto. Bad du inte om den, byt lösenord. Visa den \
                      inte för någon:",
        },
        Sms::Code(CodePurpose::ConfirmManaged) => Localized {
            english: "Your code to confirm this number. Tell it to the manager of your account only:",
            chinese: "确认此号码的验证码，仅可告诉您账户的管理员：",
            russian: "Код для номера, сообщите только администратору аккаунта:",
            swedish: "Din kod för att bekräfta numret. Visa den bara för ditt kontos administratör:",
        },
        Sms::Code(CodePurpose::ConfirmNewAddress) => Localized {
            english: "Your code to confirm this number. If you did not ask for it, ignore it. Tell \
                      nobody:",
            chinese: "确认此号码的验证码（非本人操作请忽略，切勿告诉他人）：",
            russian: "Код для подтверждения номера, никому не сообщайте:",
            swedish: "Din kod för att bekräfta numret. Bad du inte om den, strunta i den. Visa den \
                      inte för någon:",
        },
        Sms::Code(CodePurpose::Recovery) => Localized {
            english: "Your code to recover your account. If you did not ask for it, ignore it. Tell \
                      nobody:",
            chinese: "找回账户的验证码（非本人操作请忽略，切勿告诉他人）：",
            russian: "Код для восстановления доступа, никому не сообщайте:",
            swedish: "Din kod för att återställa ditt konto. Bad du inte om den, strunta i den. Visa \
                      den inte för någon:",
        },
        Sms::IfNotYou => Localized {
            english: "If it was not you, act at once: recover your account.",
            chinese: "如果不是您本人操作，请立即找回账户。",
            russian: "Не вы? Сразу восстановите доступ.",
            swedish: "Om det inte var du, återställ kontot genast.",
        },
    }
}
