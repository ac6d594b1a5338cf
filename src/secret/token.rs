//! What is handed out and comes back: session tokens, tickets, links, device tokens.

use std::{fmt, marker::PhantomData, str::FromStr};

use zeroize::Zeroizing;

/// The most characters of a token that are looked at.
pub const MAX_TOKEN_LEN: usize = 2048;

/// A secret text that the library hands out and takes back. Whoever holds it may do what its kind
/// says.
pub struct Token<K> {
    text: Zeroizing<String>,
    kind: PhantomData<fn() -> K>,
}

/// The secret of a session, for a cookie.
///
/// Whoever holds it is signed in. Keep it in a `Secure`, `HttpOnly` cookie, parse what comes
/// back, and give it to [`Accounts::session`](crate::Accounts::session).
pub type SessionToken = Token<kind::Session>;

/// What a claimant holds between two steps of a change, for a hidden form field or a cookie.
///
/// It says which steps are done; each accepted proof replaces it.
pub type Ticket = Token<kind::Ticket>;

/// The secret part of a link in a mail: what stands behind the `#`.
///
/// Browsers do not send it by themselves, so the page that the link opens has a button, and its
/// script sends the secret when that is clicked. A program that only opens links spends nothing.
pub type Link = Token<kind::Link>;

/// What marks a device as its owner's, for a long-lived cookie. It is no proof of anything, but who
/// holds it has more than a stranger:
///
/// - attempt budgets of their own, which no stranger can use up;
/// - a hint answer that counts at once, without [`Policy::hint_wait`](crate::Policy::hint_wait);
/// - a password that still signs in after a hundred misses in a row have stopped it elsewhere.
pub type DeviceToken = Token<kind::Device>;

/// What a [`Token`] is for.
pub trait Kind: private::Sealed {
    #[doc(hidden)]
    const NAME: &'static str;
}

mod private {
    pub trait Sealed {}
}

/// The kinds of [`Token`].
pub mod kind {
    use super::{Kind, private::Sealed};

    /// See [`DeviceToken`](super::DeviceToken).
    #[derive(Debug)]
    pub enum Device {}
    /// See [`Link`](super::Link).
    #[derive(Debug)]
    pub enum Link {}
    /// See [`SessionToken`](super::SessionToken).
    #[derive(Debug)]
    pub enum Session {}
    /// See [`Ticket`](super::Ticket).
    #[derive(Debug)]
    pub enum Ticket {}

    impl Sealed for Device {}
    impl Sealed for Link {}
    impl Sealed for Session {}
    impl Sealed for Ticket {}

    impl Kind for Device {
        const NAME: &'static str = "DeviceToken(..)";
    }
    impl Kind for Link {
        const NAME: &'static str = "Link(..)";
    }
    impl Kind for Session {
        const NAME: &'static str = "SessionToken(..)";
    }
    impl Kind for Ticket {
        const NAME: &'static str = "Ticket(..)";
    }
}

/// A text that cannot be a token: not of their alphabet (base64url), or too long. Treat it like
/// one that has ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("this is not a token of ours: sign in, or start over")]
pub struct TokenError;

impl<K> Token<K> {
    pub(crate) fn from_text(text: Zeroizing<String>) -> Self {
        Self {
            text,
            kind: PhantomData,
        }
    }

    /// The text: base64url, at most [`MAX_TOKEN_LEN`] characters.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.text
    }
}

impl<K> FromStr for Token<K> {
    type Err = TokenError;

    fn from_str(text: &str) -> Result<Self, TokenError> {
        let of_alphabet = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        if text.is_empty() || text.len() > MAX_TOKEN_LEN || !text.bytes().all(of_alphabet) {
            return Err(TokenError);
        }
        Ok(Self::from_text(Zeroizing::new(text.to_owned())))
    }
}

impl<K> Clone for Token<K> {
    fn clone(&self) -> Self {
        Self::from_text(self.text.clone())
    }
}

impl<K: Kind> fmt::Debug for Token<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(K::NAME)
    }
}
