//! What proves that an account is one's own, as its record keeps it.

use serde::{Deserialize, Serialize};

use super::Method;
use crate::{
    clock::Stamp, hash::PasswordHash, hint::QuestionId, secret::SecurityCodeHash,
    service_key::KeyId,
};

/// A credential, with when it was set and by which sets of proofs: none if it came with the
/// account.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Credential<T> {
    pub(crate) value: T,
    pub(crate) set_at: Stamp,
    pub(crate) set_by: Vec<Vec<Method>>,
}

/// A credential that counts from a later time on.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Pending<T> {
    pub(crate) credential: Credential<T>,
    pub(crate) from: Stamp,
}

/// A hint question and the hash of its answer, unless that was stopped.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Hint {
    /// It stays when the answer is stopped: a question that changes tells that there is an account.
    pub(crate) question: QuestionId,
    pub(crate) answer: Option<PasswordHash>,
}

/// A second factor (RFC 6238).
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct SecondFactor {
    pub(crate) key: SealedKey,
    /// When it was confirmed.
    pub(crate) set_at: Stamp,
    /// The last time step whose code was accepted: none up to it is accepted any more.
    pub(crate) last_step: u64,
    /// The backup codes that are left.
    pub(crate) backup: Vec<SecurityCodeHash>,
}

/// The key of an authenticator app, encrypted.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct SealedKey {
    /// The service key that it is encrypted under.
    pub(crate) under: KeyId,
    pub(crate) nonce: [u8; 24],
    pub(crate) text: [u8; 20],
    pub(crate) tag: [u8; 16],
}
