//! Sessions: what a sign-in yields, and what its token comes back as.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::{
    account::{AccountId, Epoch},
    client::Client,
    clock::Stamp,
    secret::{DeviceToken, SessionToken},
};

/// Names one session: 128 random bits (OWASP ASVS 5.0, 7.2.3). It is no secret.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub struct SessionId([u8; 16]);

impl SessionId {
    pub(crate) const fn from_random(bits: [u8; 16]) -> Self {
        Self(bits)
    }

    /// The bits.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

/// The proof that somebody is signed in as an account. Only the library makes one: from a right
/// sign-in, once or as often as one likes, a registration, or a change out of a session.
#[derive(Clone, Debug)]
pub struct SignedIn {
    pub(crate) account: AccountId,
    pub(crate) session: SessionId,
    pub(crate) token: SessionToken,
    pub(crate) device: DeviceToken,
    pub(crate) advice: Option<Advice>,
}

/// Something that a signed-in user should be told. Nothing is forced.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Advice {
    /// The password is older than the policy advises.
    ChangePassword {
        /// When it was set.
        set_at: OffsetDateTime,
    },
}

impl SignedIn {
    /// Whose session it is.
    #[must_use]
    pub const fn account(&self) -> &AccountId {
        &self.account
    }

    /// Names the session.
    #[must_use]
    pub const fn session(&self) -> SessionId {
        self.session
    }

    /// The secret for the cookie.
    #[must_use]
    pub const fn token(&self) -> &SessionToken {
        &self.token
    }

    /// What marks this device as its owner's, for a cookie that lives long. It is another one
    /// after each change of a credential.
    #[must_use]
    pub const fn device(&self) -> &DeviceToken {
        &self.device
    }

    /// What the user should be told.
    #[must_use]
    pub const fn advice(&self) -> Option<Advice> {
        self.advice
    }
}

/// A live session. Only [`Accounts::session`](crate::Accounts::session) makes one.
#[derive(Clone, Debug)]
pub struct Session {
    pub(crate) account: AccountId,
    pub(crate) id: SessionId,
    pub(crate) epoch: Epoch,
    pub(crate) signed_in_at: Stamp,
    pub(crate) has_factor: bool,
    pub(crate) login: String,
    pub(crate) label: Option<String>,
}

impl Session {
    /// The session as this client uses it: what is done out of it is told with the client's label.
    ///
    /// ```
    /// # use backstop::*;
    /// # fn example(accounts: &Accounts, session: Session) -> Result<(), Error> {
    /// let session = session.at(&Client::new().label("Firefox, Uppsala"));
    /// let ticket = accounts.settings(&session)?;
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn at(mut self, client: &Client) -> Self {
        self.label = client.label_text().map(str::to_owned);
        self
    }

    /// Whose session it is.
    #[must_use]
    pub const fn account(&self) -> &AccountId {
        &self.account
    }

    /// Names the session.
    #[must_use]
    pub const fn id(&self) -> SessionId {
        self.id
    }

    /// The user name, as its owner typed it.
    #[must_use]
    pub fn user_name(&self) -> &str {
        &self.login
    }

    /// Whether a second factor was shown beside the password.
    #[must_use]
    pub const fn has_second_factor(&self) -> bool {
        self.has_factor
    }

    /// When its owner signed in: how fresh the session is. Ask for the password again before
    /// something grave if this is long ago.
    #[must_use]
    pub fn signed_in_at(&self) -> OffsetDateTime {
        self.signed_in_at.into()
    }
}
