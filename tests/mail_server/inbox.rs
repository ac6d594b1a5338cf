//! A mail server in this process: mailin's state machine over a socket.

use std::{
    io::{self, BufRead, BufReader, Write},
    net::{IpAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

use base64ct::{Base64, Encoding};
use mailin::{Action, Handler, Response, SessionBuilder, response};

/// Takes every mail. The thread that listens ends with the test.
pub(crate) struct Inbox {
    port: u16,
    mails: Arc<Mutex<Vec<Received>>>,
}

/// One mail, dots unstuffed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Received {
    pub(crate) hello: String,
    pub(crate) from: String,
    pub(crate) to: Vec<String>,
    pub(crate) raw: Vec<u8>,
}

impl Inbox {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let mails = Arc::default();
        let kept = Arc::clone(&mails);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let desk = Desk {
                    now: Received::default(),
                    mails: Arc::clone(&kept),
                };
                thread::spawn(move || serve(stream.unwrap(), desk));
            }
        });
        Self { port, mails }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// The mails since this was last asked, oldest first.
    pub(crate) fn take(&self) -> Vec<Received> {
        std::mem::take(&mut *self.mails.lock().unwrap())
    }

    /// The one mail since this was last asked.
    pub(crate) fn take_one(&self) -> Received {
        let mut mails = self.take();
        assert_eq!(mails.len(), 1, "{mails:?}");
        mails.remove(0)
    }
}

impl Received {
    /// Every header, unfolded, in order.
    pub(crate) fn headers(&self) -> Vec<(String, String)> {
        let (head, _) = self.parts();
        let unfolded = head.replace("\r\n ", " ").replace("\r\n\t", " ");
        unfolded
            .split("\r\n")
            .map(|line| line.split_once(": ").unwrap())
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    }

    /// The value of a header that is there once.
    pub(crate) fn header(&self, name: &str) -> String {
        let mut values = self.headers();
        values.retain(|(found, _)| found.eq_ignore_ascii_case(name));
        assert_eq!(values.len(), 1, "{name}: {values:?}");
        values.remove(0).1
    }

    /// The plain body, decoded, its lines ended by `\n`.
    pub(crate) fn text(&self) -> String {
        self.body("text/plain")
    }

    /// The HTML body, decoded, its lines ended by `\n`.
    pub(crate) fn html(&self) -> String {
        self.body("text/html")
    }

    fn body(&self, kind: &str) -> String {
        let content_type = self.header("Content-Type");
        let (is_alternative, rest) = content_type.split_once("; boundary=\"").unwrap();
        assert_eq!(is_alternative, "multipart/alternative");
        let boundary = format!("--{}", rest.split('"').next().unwrap());
        let (_, body) = self.parts();
        // RFC 2046 §5.1.1: the line break before a boundary is a part of it.
        let parts: Vec<&str> = body.split(&boundary).collect();
        assert_eq!(parts.len(), 4, "{body}");
        assert_eq!((parts.first(), parts.last()), (Some(&""), Some(&"--")));
        let wanted = format!("Content-Type: {kind}; charset=utf-8");
        let part = parts.iter().find(|part| part.contains(&wanted)).unwrap();
        let (head, body) = part.split_once("\r\n\r\n").unwrap();
        let body = body.strip_suffix("\r\n").unwrap();
        let encoding = head.split("Content-Transfer-Encoding: ").nth(1).unwrap();
        let decoded = match encoding.split("\r\n").next().unwrap() {
            "7bit" => body.as_bytes().to_vec(),
            "quoted-printable" => unquoted(body),
            "base64" => Base64::decode_vec(&body.replace("\r\n", "")).unwrap(),
            other => panic!("{other}"),
        };
        String::from_utf8(decoded).unwrap().replace("\r\n", "\n")
    }

    /// Everything as it came, which is ASCII.
    pub(crate) fn raw(&self) -> &str {
        assert!(self.raw.is_ascii());
        std::str::from_utf8(&self.raw).unwrap()
    }

    fn parts(&self) -> (String, String) {
        let (head, body) = self.raw().split_once("\r\n\r\n").unwrap();
        // lettre ends the text, and then the mail, with a line break of its own.
        let body = body.strip_suffix("\r\n\r\n").unwrap();
        (head.to_owned(), body.to_owned())
    }
}

/// RFC 2045 §6.7.
fn unquoted(body: &str) -> Vec<u8> {
    let joined = body.replace("=\r\n", "");
    let mut parts = joined.split('=');
    let mut bytes = parts.next().unwrap().as_bytes().to_vec();
    for part in parts {
        let (digits, rest) = part.split_at(2);
        bytes.push(u8::from_str_radix(digits, 16).unwrap());
        bytes.extend_from_slice(rest.as_bytes());
    }
    bytes
}

struct Desk {
    now: Received,
    mails: Arc<Mutex<Vec<Received>>>,
}

impl Handler for Desk {
    fn helo(&mut self, _ip: IpAddr, domain: &str) -> Response {
        self.now.hello = domain.to_owned();
        response::OK
    }

    fn mail(&mut self, _ip: IpAddr, _domain: &str, from: &str) -> Response {
        self.now.from = from.to_owned();
        response::OK
    }

    fn rcpt(&mut self, to: &str) -> Response {
        self.now.to.push(to.to_owned());
        response::OK
    }

    fn data(&mut self, line: &[u8]) -> std::io::Result<()> {
        self.now.raw.extend_from_slice(line);
        Ok(())
    }

    fn data_end(&mut self) -> Response {
        self.mails.lock().unwrap().push(self.now.clone());
        response::OK
    }
}

/// Until the client ends it, or is gone: one that is killed says no good-bye.
fn serve(mut stream: TcpStream, desk: Desk) -> io::Result<()> {
    let client = stream.peer_addr()?.ip();
    let mut lines = BufReader::new(stream.try_clone()?);
    let mut session = SessionBuilder::new("inbox.test").build(client, desk);
    let mut answer = session.greeting();
    loop {
        stream.write_all(&answer.buffer()?)?;
        let mut line = Vec::new();
        if answer.action == Action::Close || lines.read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        answer = session.process(&line);
    }
}
