//! A mail server that does just what a test says, however wrong.

use std::{
    future,
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::TlsAcceptor;

/// What the server does after a line of the client's. The greeting comes after the line ``, and
/// the end of a mail is the line `.`.
#[derive(Clone, Copy)]
pub(crate) enum Answer {
    /// Sends these lines.
    Say(&'static str),
    /// Sends nothing more, and keeps the connection.
    Stall,
    /// A byte now and then, without end.
    Drip,
    /// Closes the connection.
    HangUp,
    /// Sends these lines, then goes on in TLS.
    StartTls(&'static str),
}

/// What the server does after each line.
pub(crate) type Behaviour = fn(&str) -> Answer;

/// What a server without any extension says.
pub(crate) fn usual(line: &str) -> Answer {
    Answer::Say(match line.split([' ', ':']).next().unwrap() {
        "" => "220 script.test",
        "DATA" => "354 go on",
        "QUIT" => "221 bye",
        _ => "250 ok",
    })
}

/// When the server speaks TLS.
#[derive(Clone)]
pub(crate) enum Tls {
    Never,
    /// From [`Answer::StartTls`] on.
    Later(TlsAcceptor),
    AtOnce(TlsAcceptor),
}

pub(crate) struct Script {
    port: u16,
    heard: Heard,
}

type Heard = Arc<Mutex<Vec<String>>>;

impl Script {
    pub(crate) async fn start(answer: Behaviour) -> Self {
        Self::start_tls(answer, Tls::Never).await
    }

    pub(crate) async fn start_tls(answer: Behaviour, tls: Tls) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self::listen(listener, answer, tls)
    }

    pub(crate) fn listen(listener: TcpListener, answer: Behaviour, tls: Tls) -> Self {
        let port = listener.local_addr().unwrap().port();
        let heard = Heard::default();
        let kept = Arc::clone(&heard);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, answer, Arc::clone(&kept), tls.clone()));
            }
        });
        Self { port, heard }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Every line of every client since this was last asked.
    pub(crate) fn heard(&self) -> Vec<String> {
        std::mem::take(&mut *self.heard.lock().unwrap())
    }
}

/// Ends with the connection: `None` is a client that is gone.
async fn serve(stream: TcpStream, answer: Behaviour, heard: Heard, tls: Tls) -> Option<()> {
    let greeting = String::new();
    if let Tls::AtOnce(acceptor) = tls {
        let mut stream = BufReader::new(acceptor.accept(stream).await.ok()?);
        converse(&mut stream, greeting, answer, &heard).await?;
        return Some(());
    }
    let mut stream = BufReader::new(stream);
    let last = converse(&mut stream, greeting, answer, &heard).await?;
    stream.write_all(last.as_bytes()).await.ok()?;
    let Tls::Later(acceptor) = tls else {
        panic!("it has no certificate");
    };
    let mut stream = BufReader::new(acceptor.accept(stream.into_inner()).await.ok()?);
    let line = next(&mut stream, &heard).await?;
    converse(&mut stream, line, answer, &heard).await?;
    Some(())
}

/// Until the client or the script ends it, or what is to be said before TLS begins.
async fn converse<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut BufReader<S>,
    mut line: String,
    answer: Behaviour,
    heard: &Heard,
) -> Option<String> {
    loop {
        match answer(&line) {
            Answer::Say(said) => {
                let said = format!("{}\r\n", said.replace('\n', "\r\n"));
                stream.write_all(said.as_bytes()).await.ok()?;
                stream.flush().await.ok()?;
                if said.starts_with("354") {
                    while next(stream, heard).await? != "." {}
                    line = ".".to_owned();
                    continue;
                }
            }
            Answer::Stall => future::pending().await,
            Answer::Drip => loop {
                stream.write_all(b"2").await.ok()?;
                stream.flush().await.ok()?;
                tokio::time::sleep(Duration::from_millis(20)).await;
            },
            Answer::HangUp => return None,
            Answer::StartTls(said) => return Some(format!("{}\r\n", said.replace('\n', "\r\n"))),
        }
        line = next(stream, heard).await?;
    }
}

async fn next<S: AsyncRead + Unpin>(stream: &mut BufReader<S>, heard: &Heard) -> Option<String> {
    let mut line = String::new();
    if stream.read_line(&mut line).await.ok()? == 0 {
        return None;
    }
    let line = line.trim_end().to_owned();
    heard.lock().unwrap().push(line.clone());
    Some(line)
}
