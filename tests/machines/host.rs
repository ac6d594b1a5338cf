//! Processes of the example `host`.

use std::{
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::{
        Mutex,
        atomic::{AtomicU32, Ordering},
    },
};

use crate::keeper::Keeper;

pub(crate) const KEY: &str = "k1r1hMVHn5Z6aIZ0MZg0oBqLxm5sR8ikf0xJmNDT8pc=";

/// Several processes over one store. Those that run are killed when this is dropped.
pub(crate) struct Hosts {
    store: String,
    smtp: String,
    hosts: Vec<Mutex<Host>>,
    killed: AtomicU32,
    keeper: Mutex<Keeper>,
}

#[derive(Default)]
struct Host {
    address: String,
    process: Option<Child>,
}

impl Hosts {
    pub(crate) fn start(count: usize, store: &str, smtp_port: u16) -> Self {
        let hosts = Self {
            store: store.to_owned(),
            smtp: format!("127.0.0.1:{smtp_port}"),
            hosts: (0..count).map(|_| Mutex::default()).collect(),
            killed: AtomicU32::new(0),
            keeper: Mutex::new(Keeper::of(&format!("--smtp 127.0.0.1:{smtp_port} "))),
        };
        for host in 0..count {
            hosts.restart(host);
        }
        hosts
    }

    pub(crate) fn count(&self) -> usize {
        self.hosts.len()
    }

    pub(crate) fn killed(&self) -> u32 {
        self.killed.load(Ordering::SeqCst)
    }

    /// Where it listened last.
    pub(crate) fn address(&self, host: usize) -> String {
        self.hosts[host].lock().unwrap().address.clone()
    }

    /// `kill -9`.
    pub(crate) fn kill(&self, host: usize) {
        if let Some(mut process) = self.hosts[host].lock().unwrap().process.take() {
            process.kill().unwrap();
            let status = process.wait().unwrap();
            assert!(status.code().is_none(), "it ended by itself: {status}");
            self.killed.fetch_add(1, Ordering::SeqCst);
        }
    }

    /// Blocks until it listens; `false`: it could not reach its store.
    pub(crate) fn restart(&self, host: usize) -> bool {
        let program = program();
        let mut process = Command::new(&program)
            .args(["--listen", "127.0.0.1:0", "--danger-cheap-hashes"])
            .args(["--store", &self.store, "--smtp", &self.smtp])
            .env("BACKSTOP_KEY", KEY)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        self.keeper.lock().unwrap().keep(&process);
        let mut line = String::new();
        let mut lines = BufReader::new(process.stdout.take().unwrap());
        lines.read_line(&mut line).unwrap();
        let Some(address) = line.trim().strip_prefix("listening on ") else {
            let _ended = process.kill();
            process.wait().unwrap();
            return false;
        };
        let mut host = self.hosts[host].lock().unwrap();
        host.address = address.to_owned();
        host.process = Some(process);
        true
    }

    /// As a supervisor ends a service: it answers what it has begun, and sends what waits.
    pub(crate) fn end(&self) {
        for host in &self.hosts {
            if let Some(mut process) = host.lock().unwrap().process.take() {
                let id = process.id().to_string();
                let told = Command::new("kill").arg(&id).status().unwrap();
                let status = process.wait().unwrap();
                assert!(
                    told.success() && status.success(),
                    "a graceful end: {status}"
                );
            }
        }
    }
}

impl Drop for Hosts {
    fn drop(&mut self) {
        for host in &self.hosts {
            let mut host = host
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            if let Some(mut process) = host.process.take() {
                let _ended = process.kill();
                let _reaped = process.wait();
            }
        }
    }
}

/// Cargo builds examples before tests, into a folder beside theirs.
fn program() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let profile = test.parent().unwrap().parent().unwrap();
    let program = profile.join("examples/host");
    assert!(
        program.exists(),
        "{} is missing; build it: cargo build --all-features --example host",
        program.display()
    );
    program
}
