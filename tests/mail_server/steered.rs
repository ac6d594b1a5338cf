//! A mail server that works, refuses, hangs, breaks off or is away, as a check says.

use std::{
    io::{BufRead, BufReader, Write},
    net::{IpAddr, SocketAddr, TcpListener, TcpStream},
    process,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU16, Ordering},
    },
    thread::{self, JoinHandle},
};

use backstop::conformance::{Behaviour, Channel, Taken};
use base64ct::{Base64, Encoding};
use mailin::{Action, Handler, Response, SessionBuilder, response};

use crate::inbox::Received;

const FULL: Response = response::OUT_OF_SPACE;

/// On an address of its own, so that nobody else listens there while it is away.
pub(crate) struct Steered {
    at: SocketAddr,
    state: Arc<Mutex<State>>,
    listener: Mutex<Option<JoinHandle<()>>>,
}

struct State {
    behaviour: Behaviour,
    mails: Vec<Received>,
    /// Those of clients that get no answer.
    hanging: Vec<TcpStream>,
}

impl Steered {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind((address(), 0)).unwrap();
        let server = Self {
            at: listener.local_addr().unwrap(),
            state: Arc::new(Mutex::new(State {
                behaviour: Behaviour::Works,
                mails: Vec::new(),
                hanging: Vec::new(),
            })),
            listener: Mutex::default(),
        };
        server.listen(listener);
        server
    }

    pub(crate) fn at(&self) -> SocketAddr {
        self.at
    }

    pub(crate) fn steer(&self, behaviour: Behaviour) {
        let before = {
            let mut state = self.state.lock().unwrap();
            std::mem::replace(&mut state.behaviour, behaviour)
        };
        match (before, behaviour) {
            (Behaviour::Absent, Behaviour::Absent) => {}
            (Behaviour::Absent, _) => self.listen(TcpListener::bind(self.at).unwrap()),
            (_, Behaviour::Absent) => self.leave(),
            _ => {}
        }
    }

    /// The mails since this was last asked.
    pub(crate) fn take(&self) -> Vec<Taken> {
        let mails = std::mem::take(&mut self.state.lock().unwrap().mails);
        mails.iter().map(taken).collect()
    }

    fn listen(&self, listener: TcpListener) {
        let state = Arc::clone(&self.state);
        let thread = thread::spawn(move || {
            for stream in listener.incoming() {
                let stream = stream.unwrap();
                let behaviour = {
                    let mut state = state.lock().unwrap();
                    if state.behaviour == Behaviour::Hangs {
                        state.hanging.push(stream.try_clone().unwrap());
                    }
                    state.behaviour
                };
                match behaviour {
                    // The listener is closed before anybody is told that it is.
                    Behaviour::Absent => return,
                    Behaviour::Hangs => {}
                    _ => {
                        let desk = Desk {
                            behaviour,
                            now: Received::default(),
                            state: Arc::clone(&state),
                        };
                        // A client that goes away ends the conversation.
                        thread::spawn(move || serve(stream, desk));
                    }
                }
            }
        });
        *self.listener.lock().unwrap() = Some(thread);
    }

    /// Wakes the thread that listens, which ends.
    fn leave(&self) {
        if let Some(thread) = self.listener.lock().unwrap().take() {
            drop(TcpStream::connect(self.at));
            thread.join().unwrap();
        }
    }
}

impl Drop for Steered {
    fn drop(&mut self) {
        self.steer(Behaviour::Absent);
    }
}

/// One of the 2^24 that are this machine.
fn address() -> IpAddr {
    static NEXT: AtomicU16 = AtomicU16::new(1);
    let [high, low] = NEXT.fetch_add(1, Ordering::Relaxed).to_be_bytes();
    let process = u8::try_from(process::id() % 200).unwrap();
    IpAddr::from([127, process + 1, high, low])
}

struct Desk {
    behaviour: Behaviour,
    now: Received,
    state: Arc<Mutex<State>>,
}

impl Handler for Desk {
    fn mail(&mut self, _ip: IpAddr, _domain: &str, from: &str) -> Response {
        self.now.from = from.to_owned();
        response::OK
    }

    fn rcpt(&mut self, to: &str) -> Response {
        match self.behaviour {
            Behaviour::Defers => return FULL,
            Behaviour::Refuses => return response::NO_MAILBOX,
            _ => {}
        }
        self.now.to.push(to.to_owned());
        response::OK
    }

    fn data(&mut self, line: &[u8]) -> std::io::Result<()> {
        self.now.raw.extend_from_slice(line);
        Ok(())
    }

    fn data_end(&mut self) -> Response {
        if self.behaviour == Behaviour::Works {
            self.state.lock().unwrap().mails.push(self.now.clone());
        }
        response::OK
    }
}

fn serve(mut stream: TcpStream, desk: Desk) -> std::io::Result<()> {
    let breaks_off = desk.behaviour == Behaviour::BreaksOff;
    let client = stream.peer_addr()?.ip();
    let mut lines = BufReader::new(stream.try_clone()?);
    let mut session = SessionBuilder::new("steered.test").build(client, desk);
    let mut answer = session.greeting();
    loop {
        stream.write_all(&answer.buffer()?)?;
        let mut line = Vec::new();
        if answer.action == Action::Close || lines.read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        let ends = line == b".\r\n";
        answer = session.process(&line);
        if ends && breaks_off {
            return Ok(());
        }
    }
}

fn taken(mail: &Received) -> Taken {
    let mut to = mail.to.clone();
    for (name, value) in mail.headers() {
        if ["to", "cc", "bcc"].contains(&name.to_lowercase().as_str()) {
            to.extend(value.split(", ").map(str::to_owned));
        }
    }
    to.sort();
    to.dedup();
    Taken {
        channel: Channel::Email,
        to,
        subject: Some(decoded(&mail.header("Subject"))),
        text: mail.text(),
        html: Some(mail.html()),
        id: Some(mail.header("Message-ID")),
    }
}

/// RFC 2047: the blanks between two encoded words are none.
fn decoded(header: &str) -> String {
    let mut words = Vec::new();
    let mut was_encoded = false;
    for word in header.split(' ') {
        let encoded = word
            .strip_prefix("=?utf-8?b?")
            .and_then(|word| word.strip_suffix("?="));
        let text = match encoded {
            Some(base64) => String::from_utf8(Base64::decode_vec(base64).unwrap()).unwrap(),
            None => word.to_owned(),
        };
        if !(words.is_empty() || was_encoded && encoded.is_some()) {
            words.push(" ".to_owned());
        }
        words.push(text);
        was_encoded = encoded.is_some();
    }
    words.concat()
}
