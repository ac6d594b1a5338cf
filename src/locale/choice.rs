//! What can be changed, as the name of a choice, in each language.

use crate::policy::Change;

pub(super) const fn english(change: Change) -> &'static str {
    match change {
        Change::BackupCodes => "New backup codes",
        Change::Delete => "Delete the account",
        Change::Disable => "Disable the account",
        Change::Email => "Security e-mail",
        Change::Enable => "Enable the account",
        Change::EnrolSecondFactor => "Turn a second factor on",
        Change::Hint => "Hint question and its answer",
        Change::LinkIdentity => "Link an identity",
        Change::Manage => "Manage a sub-account",
        Change::Manager => "Manager of the account",
        Change::NoManager => "No manager any more",
        Change::Password => "Password",
        Change::Phone => "Phone number",
        Change::RemovePhone => "Remove the phone number",
        Change::RemoveSecondFactor => "Turn the second factor off",
        Change::SecurityCode => "First security code",
        Change::SignInOnce => "Sign in once",
        Change::UnlinkIdentity => "Unlink an identity",
        Change::UserName => "User name",
    }
}

pub(super) const fn chinese(change: Change) -> &'static str {
    match change {
        Change::BackupCodes => "新的备用码",
        Change::Delete => "删除账户",
        Change::Disable => "停用账户",
        Change::Email => "安全邮箱",
        Change::Enable => "启用账户",
        Change::EnrolSecondFactor => "启用第二重验证",
        Change::Hint => "密保问题及其答案",
        Change::LinkIdentity => "关联外部身份",
        Change::Manage => "管理子账户",
        Change::Manager => "账户管理员",
        Change::NoManager => "不再由管理员管理",
        Change::Password => "密码",
        Change::Phone => "手机号码",
        Change::RemovePhone => "移除手机号码",
        Change::RemoveSecondFactor => "移除第二重验证",
        Change::SecurityCode => "首个安全码",
        Change::SignInOnce => "登录一次",
        Change::UnlinkIdentity => "取消关联外部身份",
        Change::UserName => "用户名",
    }
}

pub(super) const fn russian(change: Change) -> &'static str {
    match change {
        Change::BackupCodes => "Новые резервные коды",
        Change::Delete => "Удалить аккаунт",
        Change::Disable => "Отключить аккаунт",
        Change::Email => "Защитный адрес",
        Change::Enable => "Включить аккаунт",
        Change::EnrolSecondFactor => "Включить второй фактор",
        Change::Hint => "Контрольный вопрос и ответ на него",
        Change::LinkIdentity => "Привязать внешнюю учётную запись",
        Change::Manage => "Управлять подчинённым аккаунтом",
        Change::Manager => "Администратор аккаунта",
        Change::NoManager => "Без администратора",
        Change::Password => "Пароль",
        Change::Phone => "Номер телефона",
        Change::RemovePhone => "Удалить номер телефона",
        Change::RemoveSecondFactor => "Отключить второй фактор",
        Change::SecurityCode => "Первый код безопасности",
        Change::SignInOnce => "Войти один раз",
        Change::UnlinkIdentity => "Отвязать внешнюю учётную запись",
        Change::UserName => "Имя пользователя",
    }
}

pub(super) const fn swedish(change: Change) -> &'static str {
    match change {
        Change::BackupCodes => "Nya reservkoder",
        Change::Delete => "Ta bort kontot",
        Change::Disable => "Inaktivera kontot",
        Change::Email => "Säkerhetsadress",
        Change::Enable => "Aktivera kontot",
        Change::EnrolSecondFactor => "Slå på en andra faktor",
        Change::Hint => "Säkerhetsfrågan och dess svar",
        Change::LinkIdentity => "Koppla en identitet",
        Change::Manage => "Hantera ett underkonto",
        Change::Manager => "Kontots administratör",
        Change::NoManager => "Ingen administratör längre",
        Change::Password => "Lösenord",
        Change::Phone => "Telefonnummer",
        Change::RemovePhone => "Ta bort telefonnumret",
        Change::RemoveSecondFactor => "Stäng av den andra faktorn",
        Change::SecurityCode => "Första säkerhetskoden",
        Change::SignInOnce => "Logga in en gång",
        Change::UnlinkIdentity => "Koppla bort en identitet",
        Change::UserName => "Användarnamn",
    }
}
