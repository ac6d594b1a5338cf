//! Secrets as types: passwords, codes, answers, tokens.
//!
//! None of them can be compared, printed or serialized by accident. Each is parsed once, is wiped
//! from memory when it is dropped, and is read through one method that is easy to search for:
//! `expose`.

mod answer;
mod mailed_code;
mod password;
mod security_code;
mod token;
#[cfg(feature = "totp")]
mod totp;

pub use answer::{AnswerError, HintAnswer, MAX_ANSWER_BYTES};
pub use mailed_code::{CODE_DIGITS, CodeError, MailedCode};
pub use password::{MAX_PASSWORD_BYTES, NewPassword, Password, PasswordError};
pub(crate) use security_code::SecurityCodeHash;
pub use security_code::{SECURITY_CODE_BITS, SecurityCode, SecurityCodeError};
pub use token::{
    DeviceToken, Kind, Link, MAX_TOKEN_LEN, SessionToken, Ticket, Token, TokenError, kind,
};
#[cfg(feature = "totp")]
pub use totp::{
    BACKUP_CODES, BackupCode, NewSecondFactor, SecondFactor, TOTP_DIGITS, TOTP_STEP, TotpCode,
    TotpCodeError, TotpKey,
};
