//! What an owner can take along.

use serde::Serialize;
use time::OffsetDateTime;

use super::{Account, AccountId, ActivityKind, Credential};
use crate::{clock::Stamp, hint::QuestionId};

/// What an owner has entered and done, without secrets: [`Accounts::export`](crate::Accounts::export).
/// Times are seconds since 1970 in UTC.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Export {
    /// The host's key of the user.
    pub account: AccountId,
    /// The user name, as its owner typed it.
    pub user_name: String,
    /// The language that its mails are written in, see [`Locale::as_str`](crate::Locale::as_str).
    pub language: String,
    /// When the password was set; `None` while it has none that counts.
    pub password_set_at: Option<i64>,
    /// The security e-mail, and when it was set.
    pub email: Option<(String, i64)>,
    /// The address that becomes the security e-mail, and when.
    pub pending_email: Option<(String, i64)>,
    /// The phone number, and when it was set.
    pub phone: Option<(String, i64)>,
    /// The number that becomes the phone, and when.
    pub pending_phone: Option<(String, i64)>,
    /// The hint question, and when it was set.
    pub hint: Option<(QuestionId, i64)>,
    /// When the security code was set.
    pub security_code_set_at: Option<i64>,
    /// The account that manages this one, and since when.
    pub manager: Option<(AccountId, i64)>,
    /// When a security code that was issued begins to count.
    pub pending_security_code_from: Option<i64>,
    /// When the second factor was set.
    pub second_factor_set_at: Option<i64>,
    /// The misses in a row at the password, the hint question and the second factor.
    pub misses: (u32, u32, u32),
    /// The linked identities: the issuer, the subject, and when each was linked.
    pub identities: Vec<(String, String, i64)>,
    /// What was done lately: when the last time, what, how many times, and what the host said of
    /// the client.
    pub activity: Vec<(i64, ActivityKind, u32, Option<String>)>,
}

impl Account {
    pub(crate) fn export(&self) -> Export {
        let seconds = |at: Stamp| OffsetDateTime::from(at).unix_timestamp();
        Export {
            account: self.id.clone(),
            user_name: self.login.clone(),
            language: self.locale.as_str().to_owned(),
            password_set_at: (!self.password_is_void).then(|| seconds(self.password.set_at)),
            email: self
                .email
                .as_ref()
                .map(|email| (email.value.as_str().to_owned(), seconds(email.set_at))),
            pending_email: self.pending_email.as_ref().map(|pending| {
                let address = pending.credential.value.as_str();
                (address.to_owned(), seconds(pending.from))
            }),
            phone: self
                .phone
                .as_ref()
                .map(|phone| (phone.value.as_str().to_owned(), seconds(phone.set_at))),
            pending_phone: self.pending_phone.as_ref().map(|pending| {
                let number = pending.credential.value.as_str();
                (number.to_owned(), seconds(pending.from))
            }),
            hint: self
                .hint
                .as_ref()
                .map(|hint| (hint.value.question.clone(), seconds(hint.set_at))),
            security_code_set_at: self.security_code.as_ref().map(|code| seconds(code.set_at)),
            manager: self
                .manager
                .as_ref()
                .map(|link| (link.value.account.clone(), seconds(link.set_at))),
            pending_security_code_from: self
                .pending_code
                .as_ref()
                .map(|pending| seconds(pending.from)),
            second_factor_set_at: self
                .second_factor
                .as_ref()
                .map(|factor| seconds(factor.set_at)),
            misses: (
                self.misses.password,
                self.misses.hint,
                self.misses.second_factor,
            ),
            identities: self
                .identities
                .iter()
                .map(|Credential { value, set_at, .. }| {
                    let (issuer, subject) = (value.issuer(), value.subject());
                    (issuer.to_owned(), subject.to_owned(), seconds(*set_at))
                })
                .collect(),
            activity: self
                .activity
                .iter()
                .map(|entry| {
                    let label = entry.label.clone();
                    (seconds(entry.at), entry.what, entry.times, label)
                })
                .collect(),
        }
    }
}
