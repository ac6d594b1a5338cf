//! A client for JSON over HTTP/1.1 on one machine, one request for a connection.

use std::io::{Error, ErrorKind};

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// A status and a body.
pub(crate) type Heard = (u16, Value);

/// A request of a browser's.
pub(crate) struct Request<'a> {
    /// An address and a port.
    pub(crate) host: &'a str,
    pub(crate) path: &'a str,
    /// What the browser calls itself.
    pub(crate) agent: &'a str,
    /// Of one that is signed in.
    pub(crate) session: Option<&'a str>,
    /// Without one it is a GET.
    pub(crate) body: Option<&'a Value>,
}

/// Sends a request and reads what is answered.
///
/// # Errors
///
/// [`Error`]: there was no whole answer. What was asked for may have been done.
pub(crate) async fn send(request: Request<'_>) -> Result<Heard, Error> {
    let Request {
        host, path, agent, ..
    } = request;
    let (method, body) = match request.body {
        Some(body) => ("POST", body.to_string()),
        None => ("GET", String::new()),
    };
    let session = request.session.map_or(String::new(), |session| {
        format!("Authorization: Bearer {session}\r\n")
    });
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: {agent}\r\n{session}\
         Content-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    let mut stream = TcpStream::connect(host).await?;
    stream.write_all(request.as_bytes()).await?;
    let mut heard = Vec::new();
    stream.read_to_end(&mut heard).await?;
    let heard = String::from_utf8(heard).map_err(Error::other)?;
    // One that was cut off has no body that can be read.
    let (head, body) = heard
        .split_once("\r\n\r\n")
        .ok_or(ErrorKind::UnexpectedEof)?;
    let status = head.split(' ').nth(1).and_then(|it| it.parse().ok());
    let status = status.ok_or(ErrorKind::InvalidData)?;
    let body = serde_json::from_str(body).map_err(Error::other)?;
    Ok((status, body))
}
