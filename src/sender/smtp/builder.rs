//! How an [`SmtpSender`] comes about.

use std::{fmt, time::Duration};

use lettre::{
    message::{Mailbox, Mailboxes},
    transport::smtp::{
        authentication::Credentials,
        client::{Certificate, CertificateStore, TlsParameters},
    },
};

use super::{
    SmtpSender,
    conversation::{Security, Server},
};

const DEFAULT_TIMEOUT: Duration = Duration::from_secs(20);

/// What the contract of senders allows.
const LONGEST_TIMEOUT: Duration = Duration::from_secs(60);

/// Collects what an [`SmtpSender`] is made of. [`from`](Self::from) has no default.
#[must_use = "call build()"]
pub struct SmtpBuilder {
    host: String,
    port: u16,
    protection: Protection,
    roots: Vec<Vec<u8>>,
    credentials: Option<Credentials>,
    from: String,
    timeout: Duration,
}

#[derive(Clone, Copy, Debug)]
enum Protection {
    None,
    StartTls,
    Tls,
}

impl SmtpBuilder {
    pub(super) const fn starttls(host: String) -> Self {
        Self::new(host, 587, Protection::StartTls)
    }

    pub(super) const fn tls(host: String) -> Self {
        Self::new(host, 465, Protection::Tls)
    }

    pub(super) const fn plain(host: String, port: u16) -> Self {
        Self::new(host, port, Protection::None)
    }

    const fn new(host: String, port: u16, protection: Protection) -> Self {
        Self {
            host,
            port,
            protection,
            roots: Vec::new(),
            credentials: None,
            from: String::new(),
            timeout: DEFAULT_TIMEOUT,
        }
    }

    /// The port, if it is another than the usual one.
    pub const fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Who the mails are from, such as `Shop <no-reply@shop.example>`. The address is in ASCII: a
    /// domain of other letters in its `xn--` form. Its domain is also what the sender calls itself
    /// when it greets the server.
    pub fn from(mut self, mailbox: impl Into<String>) -> Self {
        self.from = mailbox.into();
        self
    }

    /// Signs in to the server, with PLAIN or LOGIN. A server that offers neither gets no mail.
    pub fn credentials(mut self, user: impl Into<String>, password: impl Into<String>) -> Self {
        self.credentials = Some(Credentials::new(user.into(), password.into()));
        self
    }

    /// Trusts the authorities in this PEM file too, beside Mozilla's: for a server with a
    /// certificate of the operator's own.
    pub fn trust(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.roots.push(pem.into());
        self
    }

    /// How long one message may take, from the look-up of the host's name until the server has
    /// taken the mail. 20 seconds unless set, 60 at most.
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Makes the sender. Nothing is sent yet, nor is the server looked for.
    ///
    /// # Errors
    ///
    /// [`SmtpBuildError`] names the value that is missing or wrong.
    pub fn build(self) -> Result<SmtpSender, SmtpBuildError> {
        if !is_host(&self.host) || self.port == 0 {
            return Err(SmtpBuildError::Host);
        }
        if self.timeout.is_zero() || self.timeout > LONGEST_TIMEOUT {
            return Err(SmtpBuildError::Timeout);
        }
        let from = sender(&self.from).ok_or(SmtpBuildError::From)?;
        let security = match self.protection {
            Protection::None if !self.roots.is_empty() => return Err(SmtpBuildError::Roots),
            Protection::None => Security::None,
            Protection::StartTls => Security::StartTls(tls(&self.host, &self.roots)?),
            Protection::Tls => Security::Tls(tls(&self.host, &self.roots)?),
        };
        let hello = from.email.domain().to_owned();
        let server = Server::new(self.host, self.port, security, self.credentials, hello);
        Ok(SmtpSender {
            server,
            from,
            timeout: self.timeout,
        })
    }
}

/// Without the credentials.
impl fmt::Debug for SmtpBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmtpBuilder")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("protection", &self.protection)
            .field("from", &self.from)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

/// Why an [`SmtpSender`] cannot be built.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SmtpBuildError {
    /// The sender's mailbox is missing, malformed, or its address is not ASCII.
    #[error("the sender is a mailbox such as `Shop <no-reply@shop.example>`, its address in ASCII")]
    From,
    /// The host is neither a name nor an IP address, or the port is 0.
    #[error("the mail server is a host name in ASCII or an IP address, and a port")]
    Host,
    /// The certificates to trust are not PEM, or there is no TLS to use them.
    #[error("the certificates to trust are in PEM, and for a server with TLS")]
    Roots,
    /// The time for a message is none, or too long.
    #[error("a message is given more than no time and at most 60 seconds")]
    Timeout,
}

fn is_host(host: &str) -> bool {
    let is_known = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '_');
    !host.is_empty() && host.len() <= 253 && host.chars().all(is_known)
}

/// The mailbox, if lettre reads it back from a header as it was: it does so with each mail.
fn sender(text: &str) -> Option<Mailbox> {
    if text.chars().any(char::is_control) {
        return None;
    }
    let mailbox: Mailbox = text.trim().parse().ok()?;
    let read: Mailboxes = mailbox.to_string().parse().ok()?;
    let is_same = read.into_iter().eq([mailbox.clone()]);
    (is_same && mailbox.email.to_string().is_ascii()).then_some(mailbox)
}

/// Named roots and rustls, so that no other crate's choice of lettre's features changes whom we
/// trust.
fn tls(host: &str, roots: &[Vec<u8>]) -> Result<TlsParameters, SmtpBuildError> {
    let mut builder =
        TlsParameters::builder(host.to_owned()).certificate_store(CertificateStore::WebpkiRoots);
    for pem in roots {
        let begin = b"-----BEGIN CERTIFICATE-----";
        if !pem.windows(begin.len()).any(|part| part == begin) {
            return Err(SmtpBuildError::Roots);
        }
        let root = Certificate::from_pem(pem).map_err(|_refused| SmtpBuildError::Roots)?;
        builder = builder.add_root_certificate(root);
    }
    builder
        .build_rustls()
        .map_err(|_refused| SmtpBuildError::Roots)
}
