//! HTTP/1.1 in plain text on one machine, one request for a connection. A service has a client with
//! TLS for this, one that follows no redirects.

use std::io::{Error, ErrorKind};

use openidconnect::{
    HttpRequest, HttpResponse,
    http::{Response, StatusCode, header::LOCATION},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

const LONGEST: usize = 16 * 1024;

/// Sends a request, and reads what is answered.
pub(crate) async fn send(request: HttpRequest) -> Result<HttpResponse, Error> {
    let uri = request.uri();
    let host = uri.authority().ok_or(ErrorKind::InvalidInput)?.as_str();
    let path = uri.path_and_query().ok_or(ErrorKind::InvalidInput)?;
    let mut head = format!("{} {path} HTTP/1.1\r\nHost: {host}\r\n", request.method());
    for (name, value) in request.headers() {
        head += &format!("{name}: {}\r\n", value.to_str().map_err(Error::other)?);
    }
    head += &format!("Content-Length: {}\r\n\r\n", request.body().len());
    let mut stream = TcpStream::connect(host).await?;
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(request.body()).await?;
    let (head, body) = receive(&mut stream).await?;
    let status = head.split(' ').nth(1).unwrap_or_default();
    let status: StatusCode = status.parse().map_err(Error::other)?;
    let mut response = Response::builder().status(status);
    if let Some(location) = field(&head, "location") {
        response = response.header(LOCATION, location);
    }
    response.body(body).map_err(Error::other)
}

/// The head and the body of a message.
pub(crate) async fn receive(stream: &mut TcpStream) -> Result<(String, Vec<u8>), Error> {
    let mut bytes = Vec::new();
    let body_at = loop {
        if bytes.len() > LONGEST || stream.read_buf(&mut bytes).await? == 0 {
            return Err(ErrorKind::InvalidData.into());
        }
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end.saturating_add(4);
        }
    };
    let mut body = bytes.split_off(body_at);
    let head = String::from_utf8(bytes).map_err(Error::other)?;
    let length = field(&head, "content-length").unwrap_or("0");
    let length: usize = length.parse().map_err(Error::other)?;
    while body.len() < length.min(LONGEST) {
        if stream.read_buf(&mut body).await? == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
    }
    Ok((head, body))
}

/// A field of a head.
pub(crate) fn field<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(found, _)| found.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim())
}
