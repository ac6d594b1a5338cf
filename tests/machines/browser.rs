//! A browser, and the load balancer before the hosts: each request goes to one of them.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use rand_chacha::{
    ChaCha8Rng,
    rand_core::{Rng, SeedableRng},
};
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

use crate::{World, wire};

/// How long a browser waits for an answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// For how long somebody tries a step again that can be made again.
const PERSISTENCE: Duration = Duration::from_secs(60);

static LABELS: AtomicU64 = AtomicU64::new(1);

#[derive(Clone)]
pub(crate) struct Browser {
    pub(crate) world: Arc<World>,
    pub(crate) rng: ChaCha8Rng,
    label: String,
    pub(crate) session: Option<String>,
}

/// What came back.
#[derive(Debug)]
pub(crate) enum Heard {
    Answer(u16, Value),
    /// No whole answer, or 5xx: it may have been done.
    Unknown,
}

impl Browser {
    pub(crate) fn new(world: &Arc<World>, seed: u64) -> Self {
        let mut browser = Self {
            world: Arc::clone(world),
            rng: ChaCha8Rng::seed_from_u64(seed),
            label: String::new(),
            session: None,
        };
        browser.relabel();
        browser
    }

    /// From now on it calls itself something new: notices name it.
    pub(crate) fn relabel(&mut self) -> String {
        let count = LABELS.fetch_add(1, Ordering::SeqCst);
        self.label = format!("Browser-{count}-end");
        self.label.clone()
    }

    pub(crate) fn below(&mut self, end: u32) -> u32 {
        self.rng.next_u32() % end
    }

    /// One request to any host.
    pub(crate) async fn ask(&mut self, path: &str, body: Option<Value>) -> Heard {
        let count = u32::try_from(self.world.hosts.count()).unwrap();
        let host = usize::try_from(self.below(count)).unwrap();
        self.ask_at(host, path, body).await
    }

    pub(crate) async fn ask_at(&self, host: usize, path: &str, body: Option<Value>) -> Heard {
        let world = &self.world;
        let address = world.hosts.address(host);
        let sent = wire::send(wire::Request {
            host: &address,
            path,
            agent: &self.label,
            session: self.session.as_deref(),
            body: body.as_ref(),
        });
        match timeout(PATIENCE, sent).await {
            Ok(Ok((status, answer))) if status < 500 => {
                world.ledger.count("requests answered");
                Heard::Answer(status, answer)
            }
            // Too much at once, of one name or at all: it needs no fault, and nothing was done.
            Ok(Ok((503, answer))) if answer["answer"] == "busy" => {
                world.ledger.count("requests answered with 503, busy");
                Heard::Unknown
            }
            Ok(Ok((status, answer))) => {
                if status != 503 || !world.is_rough {
                    world.ledger.broken(format!("{path} {status} {answer}"));
                }
                world.ledger.count("requests answered with 503, failed");
                Heard::Unknown
            }
            Ok(Err(_)) | Err(_) => {
                if !world.is_rough {
                    world.ledger.broken(format!("{path}: no answer"));
                }
                world.ledger.count("requests whose answer was lost");
                Heard::Unknown
            }
        }
    }

    /// Asks one host after the other, until there is an answer. For what can be done twice.
    pub(crate) async fn ask_again(&mut self, path: &str, body: Option<Value>) -> (u16, Value) {
        let world = Arc::clone(&self.world);
        let asked = async {
            loop {
                if let Heard::Answer(status, answer) = self.ask(path, body.clone()).await {
                    return (status, answer);
                }
                sleep(Duration::from_millis(50)).await;
            }
        };
        match timeout(PERSISTENCE, asked).await {
            Ok(answer) => answer,
            Err(_) => {
                world.ledger.broken(format!("{path}: no host answered"));
                (0, json!({}))
            }
        }
    }

    /// A ticket for somebody who forgot the password.
    pub(crate) async fn recover(&mut self, name: &str) -> String {
        let name = json!({ "name": name });
        let (_, begun) = self.ask_again("/recover", Some(name)).await;
        text(&begun, "ticket")
    }

    pub(crate) async fn challenge(&mut self, ticket: &str, challenge: Value) -> (u16, Value) {
        let asked = json!({ "ticket": ticket, "challenge": challenge });
        self.ask_again("/challenge", Some(asked)).await
    }

    pub(crate) async fn prove(&mut self, ticket: &str, proof: Value) -> Heard {
        let offered = json!({ "ticket": ticket, "proof": proof });
        self.ask("/prove", Some(offered)).await
    }

    /// The status of a session at one host; `None`: no answer.
    pub(crate) async fn session_at(&mut self, host: usize, session: &str) -> Option<u16> {
        let before = self.session.replace(session.to_owned());
        let heard = self.ask_at(host, "/session", None).await;
        self.session = before;
        match heard {
            Heard::Answer(status, _) => Some(status),
            Heard::Unknown => None,
        }
    }
}

/// A field of an answer; empty if it has none.
pub(crate) fn text(answer: &Value, field: &str) -> String {
    answer[field].as_str().unwrap_or_default().to_owned()
}
