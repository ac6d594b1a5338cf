//! Session tokens: sealed, so that a session is one load and no record of its own.

use std::time::Duration;

use base64ct::{Base64UrlUnpadded, Encoding};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use zeroize::Zeroizing;

use crate::{
    account::{Account, AccountId, Epoch},
    clock::Stamp,
    error::Error,
    policy::Policy,
    record,
    secret::{DeviceToken, SessionToken},
    service_key::{KeyId, Mac, ServiceKey},
    session::{Advice, Session, SessionId, SignedIn},
};

/// How far the clocks of two machines of one service may be apart.
const CLOCK_SKEW: Duration = Duration::from_secs(60);

/// What a session token says, behind its seal.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct SessionClaims {
    pub(crate) id: SessionId,
    pub(crate) account: AccountId,
    pub(crate) epoch: Epoch,
    pub(crate) signed_in_at: Stamp,
    /// Whether a second factor was shown beside the password.
    pub(crate) has_factor: bool,
}

/// What a device token says, behind its seal.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct DeviceClaims {
    pub(crate) account: AccountId,
    pub(crate) device: DeviceId,
    epoch: Epoch,
}

/// Names a device that its owner signed in at: 128 random bits.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(crate) struct DeviceId([u8; 16]);

impl DeviceId {
    pub(crate) const fn from_random(bits: [u8; 16]) -> Self {
        Self(bits)
    }

    pub(crate) const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl DeviceClaims {
    /// What a device token says, if it is one of ours.
    pub(crate) fn open(token: &DeviceToken, keys: &ServiceKey) -> Option<Self> {
        unseal(Sealed::Device, token.expose(), keys)
    }

    /// Whether this account knows the device, and no credential has changed since.
    pub(crate) fn is_of(&self, account: &Account) -> bool {
        self.account == account.id && self.epoch.matches(&account.epoch)
    }
}

/// The token that marks a device as one of this account.
pub(crate) fn device_token(
    account: &Account,
    device: DeviceId,
    keys: &ServiceKey,
) -> Result<DeviceToken, Error> {
    let claims = DeviceClaims {
        account: account.id.clone(),
        device,
        epoch: account.epoch,
    };
    seal(Sealed::Device, &claims, keys).map(DeviceToken::from_text)
}

/// A new session of this account, at this device.
///
/// `has_factor`: whether a second factor was shown. Without it there is no session of an account
/// that has one.
pub(crate) fn begin(
    account: &Account,
    id: SessionId,
    device: DeviceId,
    has_factor: bool,
    now: Stamp,
    policy: &Policy,
    keys: &ServiceKey,
) -> Result<SignedIn, Error> {
    let claims = SessionClaims {
        id,
        account: account.id.clone(),
        epoch: account.epoch,
        signed_in_at: now,
        has_factor,
    };
    let set_at = account.password.set_at;
    let advice = policy
        .password_advice
        .filter(|age| !account.password_is_void && now.since(set_at) > *age)
        .map(|_old| Advice::ChangePassword {
            set_at: set_at.into(),
        });
    Ok(SignedIn {
        account: claims.account.clone(),
        session: id,
        token: SessionToken::from_text(seal(Sealed::Session, &claims, keys)?),
        device: device_token(account, device, keys)?,
        advice,
    })
}

/// What a token says, if it is one of ours.
pub(crate) fn open(token: &SessionToken, keys: &ServiceKey) -> Option<SessionClaims> {
    unseal(Sealed::Session, token.expose(), keys)
}

impl SessionClaims {
    /// The session, if it is still alive.
    pub(crate) fn resume(self, account: &Account, now: Stamp, policy: &Policy) -> Option<Session> {
        let alive = account.is_live()
            && self.epoch.matches(&account.epoch)
            && (self.has_factor || account.second_factor.is_none())
            && within(self.signed_in_at, policy.session_life, now);
        alive.then(|| Session {
            login: account.login.clone(),
            account: self.account,
            id: self.id,
            epoch: self.epoch,
            signed_in_at: self.signed_in_at,
            has_factor: self.has_factor,
            label: None,
        })
    }
}

/// Whether something that began then, and lasts this long, is alive now. What comes from the
/// future never began.
pub(crate) fn within(began: Stamp, life: Duration, now: Stamp) -> bool {
    began <= now.plus(CLOCK_SKEW) && now < began.plus(life)
}

/// What a sealed text is. One is never read as the other.
#[derive(Clone, Copy)]
pub(crate) enum Sealed {
    Cancel,
    Device,
    SecondFactor,
    Session,
    Started,
    Support,
}

impl Sealed {
    const fn label(self) -> u8 {
        match self {
            Self::Cancel => b'c',
            Self::Device => b'd',
            Self::SecondFactor => b'2',
            Self::Session => b's',
            Self::Started => b't',
            Self::Support => b'u',
        }
    }
}

const MAC_LEN: usize = 32;

/// `label ‖ key id ‖ claims ‖ MAC`, in base64url.
///
/// As with a record, a newer version may add something behind the claims, which an older one
/// overlooks; what it must not overlook gets a new label, which nobody reads who does not know it.
pub(crate) fn seal(
    kind: Sealed,
    claims: &impl Serialize,
    keys: &ServiceKey,
) -> Result<Zeroizing<String>, Error> {
    let key = keys.current();
    let body = Zeroizing::new(record::to_body(claims));
    let mut bytes = Zeroizing::new(vec![kind.label()]);
    bytes.extend_from_slice(key.as_bytes());
    bytes.extend_from_slice(&body);
    let mac = keys.seal(key, &[&bytes]).ok_or(Error::UnknownKey)?;
    bytes.extend_from_slice(mac.as_bytes());
    Ok(Zeroizing::new(Base64UrlUnpadded::encode_string(&bytes)))
}

pub(crate) fn unseal<T: DeserializeOwned>(
    kind: Sealed,
    text: &str,
    keys: &ServiceKey,
) -> Option<T> {
    let bytes = Zeroizing::new(Base64UrlUnpadded::decode_vec(text).ok()?);
    let (sealed, mac) = bytes.split_at_checked(bytes.len().checked_sub(MAC_LEN)?)?;
    let (&label, rest) = sealed.split_first()?;
    let (key, body) = rest.split_at_checked(8)?;
    let expected = keys.seal(KeyId::from_slice(key)?, &[sealed])?;
    let mac = Mac::from_bytes(mac.try_into().ok()?);
    if label != kind.label() || !expected.matches(&mac) {
        return None;
    }
    record::from_body(body)
}
