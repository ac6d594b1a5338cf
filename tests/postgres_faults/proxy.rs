//! A proxy before PostgreSQL that reads its protocol: it counts what goes through, and makes
//! statements fail in the ways in which servers and networks do.
//!
//! A client sends messages up to one that asks for an answer (`Sync`, or a simple query): a flight.
//! The server answers up to `ReadyForQuery`.

use std::{
    collections::{HashMap, VecDeque},
    io,
    str::FromStr,
    sync::{Arc, Mutex},
    time::Duration,
};

use sqlx::postgres::PgConnectOptions;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream, UnixStream},
    sync::mpsc,
};

/// How a statement goes wrong.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Fault {
    /// 40001 instead of its execution.
    Undone,
    /// It is executed and answers its rows; its commit fails with 40001.
    UndoneAtCommit,
    /// 40003 instead of its execution.
    UnknownBefore,
    /// It is executed, and 40003 stands where its commit is acknowledged.
    UnknownAfter,
    /// The server had ended the connection, which it says has been idle for too long.
    Idle,
    /// The connection breaks, and nothing reached the server.
    LostBefore,
    /// The connection breaks at once, and the server executes it a little later.
    LostMeanwhile,
    /// The connection breaks when the server has answered, before anything is passed on.
    LostAfter,
    /// The rows are passed on, and the connection breaks before the commit is acknowledged.
    LostAtCommit,
    /// Nobody answers any more, and the connection stays.
    Mute,
}

/// What a client asked for in one flight.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Flight {
    /// Nothing: the check of a connection that goes back to its pool.
    Check,
    /// A statement is prepared.
    Prepare,
    /// A statement is executed: its text.
    Execute(String),
    /// A text that may hold several statements.
    Simple(String),
}

type Plan = Box<dyn FnMut(&str) -> Option<Fault> + Send>;

#[derive(Default)]
struct State {
    flights: Vec<Flight>,
    /// Statements whose answer the client still waits for, and how often it began to wait.
    waiting: usize,
    trips: usize,
    struck: Vec<Fault>,
    connections: usize,
    plan: Option<Plan>,
    mutes_checks: bool,
}

/// It listens as long as the runtime of its test runs.
#[derive(Clone)]
pub(crate) struct Proxy {
    url: String,
    state: Arc<Mutex<State>>,
}

impl Proxy {
    /// Before the database that `url` names.
    pub(crate) async fn before(url: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (rest, _parameters) = url.split_once('?').unwrap_or((url, ""));
        let (user, place) = rest.split_once('@').unwrap();
        let (_host, database) = place.split_once('/').unwrap();
        let proxy = Self {
            url: format!("{user}@127.0.0.1:{port}/{database}?sslmode=disable"),
            state: Arc::default(),
        };
        let options = PgConnectOptions::from_str(url).unwrap();
        let state = Arc::clone(&proxy.state);
        tokio::spawn(async move {
            loop {
                let (client, _from) = listener.accept().await.unwrap();
                client.set_nodelay(true).unwrap();
                state.lock().unwrap().connections += 1;
                let state = Arc::clone(&state);
                let options = options.clone();
                tokio::spawn(async move {
                    // The end of a connection, on whichever side, is the end of its task.
                    let _end = connect(client, &options, &state).await;
                });
            }
        });
        proxy
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Which statement goes wrong, and how. It is asked of each that names a table of ours.
    pub(crate) fn plan(&self, plan: impl FnMut(&str) -> Option<Fault> + Send + 'static) {
        self.state.lock().unwrap().plan = Some(Box::new(plan));
    }

    /// The next statements go wrong in these ways.
    pub(crate) fn fail(&self, faults: &[Fault]) {
        let mut faults: VecDeque<Fault> = faults.iter().copied().collect();
        self.plan(move |_| faults.pop_front());
    }

    /// From now on nobody answers to the check of a connection that goes back to its pool.
    pub(crate) fn mute_checks(&self) {
        self.state.lock().unwrap().mutes_checks = true;
    }

    pub(crate) fn heal(&self) {
        let mut state = self.state.lock().unwrap();
        state.plan = None;
        state.mutes_checks = false;
    }

    /// What went wrong since this was last asked.
    pub(crate) fn struck(&self) -> Vec<Fault> {
        std::mem::take(&mut self.state.lock().unwrap().struck)
    }

    /// What went through since this was last asked.
    pub(crate) fn flights(&self) -> Vec<Flight> {
        std::mem::take(&mut self.state.lock().unwrap().flights)
    }

    /// How often the client has waited for statements since this was last asked. Those that are
    /// under way together are waited for once.
    pub(crate) fn trips(&self) -> usize {
        std::mem::take(&mut self.state.lock().unwrap().trips)
    }

    /// How many connections there have been.
    pub(crate) fn connections(&self) -> usize {
        self.state.lock().unwrap().connections
    }
}

/// A message, from its type to its end.
type Frame = Vec<u8>;

async fn connect(
    client: TcpStream,
    options: &PgConnectOptions,
    state: &Mutex<State>,
) -> io::Result<()> {
    match options.get_socket() {
        Some(folder) => {
            let socket = folder.join(format!(".s.PGSQL.{}", options.get_port()));
            let (reads, writes) = UnixStream::connect(socket).await?.into_split();
            relay(client, reads, writes, state).await
        }
        None => {
            let place = (options.get_host(), options.get_port());
            let (reads, writes) = TcpStream::connect(place).await?.into_split();
            relay(client, reads, writes, state).await
        }
    }
}

async fn relay(
    client: TcpStream,
    from_server: impl AsyncRead + Send + Unpin + 'static,
    mut to_server: impl AsyncWrite + Unpin,
    state: &Mutex<State>,
) -> io::Result<()> {
    let (mut from_client, mut to_client) = client.into_split();
    // The first message has no type.
    let length = from_client.read_i32().await?;
    let mut rest = vec![0; usize::try_from(length).unwrap() - 4];
    from_client.read_exact(&mut rest).await?;
    let first = [&length.to_be_bytes()[..], &rest].concat();
    to_server.write_all(&first).await?;
    let mut from_client = frames(from_client);
    let mut from_server = frames(from_server);
    let mut prepared = HashMap::new();
    let mut messages: Vec<Frame> = Vec::new();
    loop {
        tokio::select! {
            frame = from_server.recv() => to_client.write_all(&frame.ok_or_else(eof)?).await?,
            frame = from_client.recv() => {
                let frame = frame.ok_or_else(eof)?;
                let kind = frame[0];
                messages.push(frame);
                if matches!(kind, b'P' | b'B' | b'D' | b'E' | b'C') {
                    continue;
                }
                let sent = messages.concat();
                if !matches!(kind, b'S' | b'Q') {
                    // An answer to a request for a password, or the end.
                    messages.clear();
                    to_server.write_all(&sent).await?;
                    continue;
                }
                let flight = flight(&messages, &mut prepared);
                messages.clear();
                let _waiting = Waiting::begin(state, &flight);
                let fault = note(state, flight);
                match fault {
                    None => {
                        to_server.write_all(&sent).await?;
                        loop {
                            let frame = from_server.recv().await.ok_or_else(eof)?;
                            to_client.write_all(&frame).await?;
                            if frame[0] == b'Z' {
                                break;
                            }
                        }
                    }
                    Some(Fault::Undone) => to_client.write_all(&error("40001")).await?,
                    Some(Fault::UnknownBefore) => to_client.write_all(&error("40003")).await?,
                    Some(Fault::UndoneAtCommit) => {
                        to_server.write_all(&simple("BEGIN")).await?;
                        answer(&mut from_server).await?;
                        to_server.write_all(&sent).await?;
                        let mut rows = answer(&mut from_server).await?;
                        to_server.write_all(&simple("ROLLBACK")).await?;
                        answer(&mut from_server).await?;
                        rows.pop();
                        // One that failed anyway has no commit.
                        let failed = rows.iter().any(|frame| frame[0] == b'E');
                        let end = if failed { ready() } else { error("40001") };
                        to_client.write_all(&[rows.concat(), end].concat()).await?;
                    }
                    Some(Fault::UnknownAfter) => {
                        to_server.write_all(&sent).await?;
                        let mut rows = answer(&mut from_server).await?;
                        rows.pop();
                        let failed = rows.iter().any(|frame| frame[0] == b'E');
                        let end = if failed { ready() } else { error("40003") };
                        to_client.write_all(&[rows.concat(), end].concat()).await?;
                    }
                    Some(Fault::Idle) => return to_client.write_all(&error("57P05")).await,
                    Some(Fault::LostBefore) => return Ok(()),
                    Some(Fault::LostMeanwhile) => {
                        drop(to_client);
                        drop(from_client);
                        tokio::time::sleep(Duration::from_millis(3)).await;
                        to_server.write_all(&sent).await?;
                        answer(&mut from_server).await?;
                        return Ok(());
                    }
                    Some(Fault::LostAfter) => {
                        to_server.write_all(&sent).await?;
                        answer(&mut from_server).await?;
                        return Ok(());
                    }
                    Some(Fault::LostAtCommit) => {
                        to_server.write_all(&sent).await?;
                        let mut rows = answer(&mut from_server).await?;
                        rows.pop();
                        to_client.write_all(&rows.concat()).await?;
                        return Ok(());
                    }
                    Some(Fault::Mute) => {
                        // Until the client gives up.
                        while from_client.recv().await.is_some() {}
                        return Ok(());
                    }
                }
            }
        }
    }
}

/// A client that waits for the answer to a statement, until this is dropped.
struct Waiting<'a>(Option<&'a Mutex<State>>);

impl<'a> Waiting<'a> {
    fn begin(state: &'a Mutex<State>, flight: &Flight) -> Self {
        if !matches!(flight, Flight::Execute(_)) {
            return Self(None);
        }
        let mut counts = state.lock().unwrap();
        counts.trips += usize::from(counts.waiting == 0);
        counts.waiting += 1;
        Self(Some(state))
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if let Some(state) = self.0 {
            state.lock().unwrap().waiting -= 1;
        }
    }
}

/// Notes what goes through, and asks the plan of a statement of ours.
fn note(state: &Mutex<State>, flight: Flight) -> Option<Fault> {
    let mut state = state.lock().unwrap();
    let fault = match &flight {
        Flight::Execute(sql) if names_a_table_of_ours(sql) => {
            state.plan.as_mut().and_then(|plan| plan(sql))
        }
        Flight::Check if state.mutes_checks => Some(Fault::Mute),
        _ => None,
    };
    state.flights.push(flight);
    state.struck.extend(fault);
    fault
}

fn names_a_table_of_ours(sql: &str) -> bool {
    sql.contains("backstop_account") || sql.contains("backstop_flow")
}

fn flight(messages: &[Frame], prepared: &mut HashMap<String, String>) -> Flight {
    let mut flight = Flight::Check;
    for frame in messages {
        let mut texts = frame[5..].split(|byte| *byte == 0);
        let mut text = || String::from_utf8(texts.next().unwrap().to_vec()).unwrap();
        match frame[0] {
            b'Q' => flight = Flight::Simple(text()),
            b'P' => {
                prepared.insert(text(), text());
                flight = Flight::Prepare;
            }
            b'B' => {
                let _portal = text();
                flight = Flight::Execute(prepared[&text()].clone());
            }
            _ => {}
        }
    }
    flight
}

/// Reads messages until the other side ends; where it stands does not depend on who waits.
fn frames(mut from: impl AsyncRead + Send + Unpin + 'static) -> mpsc::Receiver<Frame> {
    let (sender, receiver) = mpsc::channel(64);
    tokio::spawn(async move {
        loop {
            let frame = async {
                let kind = from.read_u8().await?;
                let length = from.read_i32().await?;
                let mut frame = vec![0; usize::try_from(length).unwrap() + 1];
                frame[0] = kind;
                frame[1..5].copy_from_slice(&length.to_be_bytes());
                from.read_exact(&mut frame[5..]).await?;
                io::Result::Ok(frame)
            };
            let Ok(frame) = frame.await else { return };
            if sender.send(frame).await.is_err() {
                return;
            }
        }
    });
    receiver
}

/// Up to and with `ReadyForQuery`.
async fn answer(from_server: &mut mpsc::Receiver<Frame>) -> io::Result<Vec<Frame>> {
    let mut answer = Vec::new();
    loop {
        let frame = from_server.recv().await.ok_or_else(eof)?;
        let is_last = frame[0] == b'Z';
        answer.push(frame);
        if is_last {
            return Ok(answer);
        }
    }
}

/// An error of this code, and `ReadyForQuery` outside a transaction.
fn error(code: &str) -> Vec<u8> {
    let fields = format!("SERROR\0VERROR\0C{code}\0Minjected\0\0");
    [message(b'E', fields.as_bytes()), ready()].concat()
}

fn ready() -> Vec<u8> {
    message(b'Z', b"I")
}

fn simple(sql: &str) -> Vec<u8> {
    message(b'Q', format!("{sql}\0").as_bytes())
}

fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 4).unwrap();
    [&[kind], &length.to_be_bytes()[..], body].concat()
}

fn eof() -> io::Error {
    io::ErrorKind::UnexpectedEof.into()
}
