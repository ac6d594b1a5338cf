//! Codes of an authenticator app (RFC 6238: HMAC-SHA-1, 6 digits, steps of 30 seconds), and backup
//! codes.
//!
//! The app's key is encrypted (XChaCha20-Poly1305) under the service key, with the account's id as
//! associated data: copied to another account it does not open.

use chacha20poly1305::{KeyInit, Tag, XChaCha20Poly1305, XNonce, aead::AeadInOut};
use totp_rs::Builder;
use zeroize::Zeroizing;

use super::super::{
    change::{note, update},
    decision::Decision,
    notice,
};
use crate::{
    account::{Account, AccountId, MOST_MISSES, SealedKey, SecondFactor},
    audit::Reason,
    clock::Stamp,
    error::Error,
    hash::Match,
    message::Notice,
    record::{RecordError, Revision, Stored},
    secret::{self, BackupCode, NewSecondFactor, TOTP_DIGITS, TOTP_STEP, TotpCode, TotpKey},
    service_key::{KeyId, ServiceKey},
};

/// So many steps to either side are accepted (RFC 6238 §5.2).
const DRIFT: u16 = 1;

/// What was typed, and the label of the client.
#[derive(Clone, Copy)]
pub(crate) struct Typed<'a> {
    pub(crate) factor: &'a secret::SecondFactor,
    pub(crate) label: Option<&'a str>,
}

/// What was typed, against the account's factor. Nobody learns it before it is settled.
#[derive(Clone, Copy)]
pub(crate) enum Checked {
    Right,
    /// There is no factor any more.
    Void,
    Wrong(Reason),
}

impl Checked {
    pub(crate) const fn outcome(self) -> Option<Match> {
        match self {
            Self::Right => Some(Match::Right),
            Self::Void => None,
            Self::Wrong(_) => Some(Match::Wrong),
        }
    }
}

/// A new factor, to be confirmed: what is shown, and what is kept of it.
///
/// `key`, `nonce`, `backup`: random bits. `now`: until it is confirmed.
pub(crate) fn issue(
    account: &AccountId,
    key: [u8; TotpKey::BYTES],
    nonce: [u8; 24],
    backup: Vec<BackupCode>,
    now: Stamp,
    keys: &ServiceKey,
) -> Result<(NewSecondFactor, SecondFactor), Error> {
    let key = TotpKey::from_random(key);
    let kept = SecondFactor {
        key: sealed(account, &key, nonce, keys)?,
        set_at: now,
        last_step: 0,
        backup: backup.iter().map(|code| code.hash(account)).collect(),
    };
    let shown = NewSecondFactor {
        key,
        backup_codes: backup,
    };
    Ok((shown, kept))
}

/// The factor that this first code confirms, if it is a right one. The code is spent with it.
pub(crate) fn confirm(
    account: &AccountId,
    issued: &SecondFactor,
    typed: &TotpCode,
    now: Stamp,
    keys: &ServiceKey,
) -> Result<Option<SecondFactor>, Error> {
    let step = step_of(account, issued, typed, now, keys)?;
    Ok(step.map(|last_step| SecondFactor {
        set_at: now,
        last_step,
        ..issued.clone()
    }))
}

/// Spends a code: the account without it, if it is right. The epoch stays.
///
/// `nonce`, `notices`, `revision`: random bits.
pub(crate) fn spend(
    account: &Stored<Account>,
    typed: Typed<'_>,
    nonce: [u8; 24],
    notices: [u8; 16],
    now: Stamp,
    revision: Revision,
    keys: &ServiceKey,
) -> Decision<Result<Checked, Error>> {
    let mut changed = account.value.clone();
    match spent(&mut changed, typed, nonce, notices, now, keys) {
        Ok(Checked::Right) => update(account, changed, revision, |_| Ok(Checked::Right)),
        refused => Decision::without_write(refused),
    }
}

fn spent(
    account: &mut Account,
    typed: Typed<'_>,
    nonce: [u8; 24],
    notices: [u8; 16],
    now: Stamp,
    keys: &ServiceKey,
) -> Result<Checked, Error> {
    let Some(factor) = &mut account.second_factor else {
        return Ok(Checked::Void);
    };
    let id = &account.id;
    match typed.factor {
        secret::SecondFactor::Totp(code) => {
            if account.misses.second_factor >= MOST_MISSES {
                return Ok(Checked::Wrong(Reason::WrongCode));
            }
            let Some(step) = step_of(id, factor, code, now, keys)? else {
                return Ok(Checked::Wrong(Reason::WrongCode));
            };
            // Also where the clock went back: no code twice.
            if step <= factor.last_step {
                return Ok(Checked::Wrong(Reason::SpentCode));
            }
            factor.last_step = step;
            if factor.key.under != keys.current() {
                factor.key = sealed(id, &opened(id, &factor.key, keys)?, nonce, keys)?;
            }
        }
        secret::SecondFactor::BackupCode(code) => {
            let typed_hash = code.hash(id);
            let before = factor.backup.len();
            factor.backup.retain(|code| !code.matches(&typed_hash));
            let left = factor.backup.len();
            if left == before {
                return Ok(Checked::Wrong(Reason::WrongCode));
            }
            let what = Notice::BackupCodeUsed(u8::try_from(left).unwrap_or(u8::MAX));
            let addresses = account.contacts();
            note(account, what, typed.label.map(str::to_owned), now);
            notice::tell(account, &addresses, what, notices, now);
        }
    }
    account.misses.second_factor = 0;
    Ok(Checked::Right)
}

/// The time step that this is the code of, if it is of now or one to either side.
fn step_of(
    account: &AccountId,
    factor: &SecondFactor,
    typed: &TotpCode,
    now: Stamp,
    keys: &ServiceKey,
) -> Result<Option<u64>, Error> {
    let key = opened(account, &factor.key, keys)?;
    let totp = Builder::new()
        .with_secret(totp_rs::Secret::new_stack(*key.as_bytes()))
        .with_digits(u8::try_from(TOTP_DIGITS).unwrap_or(6))
        .with_skew(DRIFT)
        .with_step_duration(TOTP_STEP.as_secs())
        .build()
        .map_err(|_refused| Error::Hashing)?;
    let seconds = now.since(Stamp::from_millis(0)).as_secs();
    Ok(totp.check(typed.expose(), seconds))
}

fn sealed(
    account: &AccountId,
    key: &TotpKey,
    nonce: [u8; 24],
    keys: &ServiceKey,
) -> Result<SealedKey, Error> {
    let under = keys.current();
    let cipher = cipher(under, keys)?;
    let mut text = *key.as_bytes();
    let tag = cipher
        .encrypt_inout_detached(
            &XNonce::from(nonce),
            account.as_str().as_bytes(),
            text.as_mut_slice().into(),
        )
        .map_err(|_too_long| Error::Hashing)?;
    Ok(SealedKey {
        under,
        nonce,
        text,
        tag: tag.into(),
    })
}

/// # Errors
///
/// [`RecordError::Damaged`]: it is not what was written, or was copied from another account.
fn opened(account: &AccountId, key: &SealedKey, keys: &ServiceKey) -> Result<TotpKey, Error> {
    let mut text = Zeroizing::new(key.text);
    cipher(key.under, keys)?
        .decrypt_inout_detached(
            &XNonce::from(key.nonce),
            account.as_str().as_bytes(),
            text.as_mut_slice().into(),
            &Tag::from(key.tag),
        )
        .map_err(|_forged| RecordError::Damaged)?;
    Ok(TotpKey::from_random(*text))
}

fn cipher(under: KeyId, keys: &ServiceKey) -> Result<XChaCha20Poly1305, Error> {
    let key = keys.factor(under).ok_or(Error::UnknownKey)?;
    Ok(XChaCha20Poly1305::new((&*key).into()))
}
