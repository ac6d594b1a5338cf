//! The conversation with the server, one for each mail.

use std::fmt;

use lettre::transport::smtp::{
    Error,
    authentication::{Credentials, Mechanism},
    client::{AsyncSmtpConnection, TlsParameters},
    commands::{Data, Mail as MailFrom, Rcpt},
    extension::{ClientId, Extension, MailBodyParameter, MailParameter},
    response::{Response, Severity},
};
use tokio::net::TcpStream;

use super::{
    failure::{Failure, Step},
    mail::Mail,
    unbuffered::Unbuffered,
};

/// The server, and who we are to it.
#[derive(Clone)]
pub(super) struct Server {
    host: String,
    port: u16,
    security: Security,
    credentials: Option<Credentials>,
    hello: ClientId,
}

#[derive(Clone)]
pub(super) enum Security {
    None,
    StartTls(TlsParameters),
    Tls(TlsParameters),
}

impl Server {
    pub(super) const fn new(
        host: String,
        port: u16,
        security: Security,
        credentials: Option<Credentials>,
        hello: String,
    ) -> Self {
        Self {
            host,
            port,
            security,
            credentials,
            hello: ClientId::Domain(hello),
        }
    }

    /// Has the server take the mail. Dropped midway it closes the connection, and a server forgets
    /// a mail that it did not get the end of.
    pub(super) async fn deliver(&self, mail: &Mail) -> Result<AsyncSmtpConnection, Failure> {
        let mut connection = self.connect().await?;
        if let Some(credentials) = &self.credentials {
            connection
                .auth(&[Mechanism::Plain, Mechanism::Login], credentials)
                .await
                .map_err(Failure::SignIn)?;
        }
        hand_over(&mut connection, mail).await?;
        Ok(connection)
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Failure> {
        let to = (self.host.as_str(), self.port);
        let hello = &self.hello;
        let tls = match &self.security {
            Security::None => None,
            Security::Tls(tls) => Some(tls.clone()),
            Security::StartTls(tls) => {
                let tcp = TcpStream::connect(to).await.map_err(Failure::connect)?;
                return start_tls(tcp, tls.clone(), hello)
                    .await
                    .map_err(Failure::connect);
            }
        };
        AsyncSmtpConnection::connect_tokio1(to, None, hello, tls, None)
            .await
            .map_err(Failure::connect)
    }
}

/// Fails if the server does not offer it.
async fn start_tls(
    tcp: TcpStream,
    tls: TlsParameters,
    hello: &ClientId,
) -> Result<AsyncSmtpConnection, Error> {
    let stream = Box::new(Unbuffered::new(tcp));
    let mut connection = AsyncSmtpConnection::connect_with_transport(stream, hello).await?;
    connection.starttls(tls, hello).await?;
    Ok(connection)
}

async fn hand_over(connection: &mut AsyncSmtpConnection, mail: &Mail) -> Result<(), Failure> {
    let options = options(connection, mail)?;
    connection
        .command(MailFrom::new(Some(mail.from.clone()), options))
        .await
        .map_err(Failure::Sender)?;
    let recipient = Rcpt::new(mail.to.clone(), Vec::new());
    let reply = connection.command(recipient).await;
    expect(Step::Recipient, Severity::PositiveCompletion, reply)?;
    let reply = connection.command(Data).await;
    expect(Step::Text, Severity::PositiveIntermediate, reply)?;
    let reply = connection.message(&mail.bytes).await;
    expect(Step::Text, Severity::PositiveCompletion, reply)
}

/// An address beyond ASCII needs a server that says it takes one. The text itself is ASCII always.
fn options(connection: &AsyncSmtpConnection, mail: &Mail) -> Result<Vec<MailParameter>, Failure> {
    let to: &str = mail.to.as_ref();
    if to.is_ascii() {
        return Ok(Vec::new());
    }
    let server = connection.server_info();
    if !server.supports_feature(Extension::SmtpUtfEight) {
        return Err(Failure::AsciiOnly);
    }
    Ok(vec![
        MailParameter::SmtpUtfEight,
        MailParameter::Body(MailBodyParameter::EightBitMime),
    ])
}

/// lettre is content with any positive reply; one that is of the wrong kind belongs to something
/// else, and nothing was taken over.
fn expect(step: Step, kind: Severity, reply: Result<Response, Error>) -> Result<(), Failure> {
    let reply = reply.map_err(|error| Failure::at(step, &error))?;
    if reply.code().severity == kind {
        Ok(())
    } else {
        Err(Failure::Broken(step))
    }
}

/// Without the credentials.
impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let security = match self.security {
            Security::None => "none",
            Security::StartTls(_) => "STARTTLS",
            Security::Tls(_) => "TLS",
        };
        f.debug_struct("Server")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("security", &security)
            .finish_non_exhaustive()
    }
}
