//! 64 people sign in at once. Each kind of store and executor gets a process of its own, so that
//! its memory is nobody else's.

use std::{
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use backstop::{
    Accounts, LoginName, MemoryStore,
    store::{AccountStore, FlowStore},
};
use tokio::{
    runtime::{Builder, Runtime},
    time::{Instant, sleep_until},
};

use crate::{
    measure::{Bound, Report, Row, cores, pairs, quantile, seconds},
    world::{self, Bare},
};

const PEOPLE: usize = 64;

/// The first argument of a child process; the store and the executor follow.
pub(crate) const CHILD: &str = "--burst";

const MEMORY: &str = "memory store";
const SQLITE: &str = "SQLite file";
const ONE_THREAD: &str = "one thread";
const THREADS: &str = "threads";

pub(crate) fn measure(report: &mut Report) {
    let stores = [(MEMORY, 0.95), (SQLITE, 0.90)];
    for (store, throughput) in stores {
        for executor in [THREADS, ONE_THREAD] {
            rows(report, store, executor, throughput);
        }
    }
}

fn rows(report: &mut Report, store: &str, executor: &str, throughput: f64) {
    let output = Command::new(std::env::current_exe().expect("this program"))
        .args([CHILD, store, executor])
        .output()
        .expect("a child process");
    assert!(output.status.success(), "{output:?}");
    let told = String::from_utf8_lossy(&output.stdout);
    let mut told = told.lines();
    let mut next = || -> (f64, String) {
        let line = told.next().expect("a line");
        let (value, from) = line.split_once(' ').expect("two words");
        (value.parse().expect("a number"), from.to_owned())
    };
    let mut row = |figure: &str, unit, to_reach| {
        let (measured, from) = next();
        report.row(Row {
            figure: &format!("64 at once, {store}, {executor}: {figure}"),
            measured,
            unit,
            to_reach,
            from,
        });
    };
    let memory = (cores() * 19 + 24) as f64;
    row("peak memory", "MiB", Bound::AtMost(memory));
    row("timer late, p99", "ms", Bound::AtMost(5.0));
    row("throughput / bare", "", Bound::AtLeast(throughput));
}

/// Measures in this process, and tells each figure on a line of its own.
pub(crate) fn child(store: &str, executor: &str) {
    let executor = match executor {
        ONE_THREAD => Builder::new_current_thread(),
        _ => Builder::new_multi_thread(),
    }
    .enable_all()
    .build()
    .expect("an executor");
    match store {
        SQLITE => {
            let folder = world::Folder::new("burst");
            let store = executor.block_on(folder.store());
            Burst::new(store, executor).tell();
        }
        _ => Burst::new(MemoryStore::new(), executor).tell(),
    }
}

struct Burst {
    executor: Runtime,
    accounts: Accounts,
    names: Vec<LoginName>,
}

impl Burst {
    fn new(store: impl AccountStore + FlowStore + Clone, executor: Runtime) -> Self {
        let accounts = Accounts::builder(store, backstop::MemorySender::new(), world::key())
            .link_base("https://shop.example/recover")
            .expect("a page")
            .build()
            .expect("accounts");
        executor.block_on(world::register(&accounts, PEOPLE));
        let names = (0..PEOPLE).map(|n| world::login(&world::member(n)));
        Self {
            names: names.collect(),
            executor,
            accounts,
        }
    }

    /// The memory first: the bare hashes have some of their own.
    fn tell(self) {
        self.everyone();
        let peak = self.peak_memory();
        println!("{peak} resident, all of the process");
        let late = self.lateness(|| self.everyone());
        let mut bare: Vec<Bare> = (0..cores()).map(|_| Bare::ordinary()).collect();
        // The executor has nothing but the timer while bare hashes keep every core busy.
        let beside = self.lateness(|| {
            let mut lent = std::mem::take(&mut bare);
            let hashing = self.executor.spawn_blocking(move || {
                world::all_busy(&mut lent, PEOPLE);
                lent
            });
            bare = self.executor.block_on(hashing).expect("hashed");
        });
        println!("{late} beside bare hashes {beside:.1} ms");
        let pairs = pairs(
            15,
            || seconds(|| world::all_busy(&mut bare, PEOPLE)),
            || seconds(|| self.everyone()),
        );
        println!("{} {}", pairs.ratio(), pairs.from("bare", "64 sign-ins"));
    }

    fn everyone(&self) {
        self.executor.block_on(async {
            let tasks: Vec<_> = self
                .names
                .iter()
                .map(|name| {
                    let (accounts, name) = (self.accounts.clone(), name.clone());
                    tokio::spawn(async move { world::sign_in(&accounts, &name).await })
                })
                .collect();
            for task in tasks {
                task.await.expect("signed in");
            }
        });
    }

    /// The most memory that was resident while bursts ran, in MiB.
    fn peak_memory(&self) -> f64 {
        // Resets the high-water mark (Linux, proc(5)).
        std::fs::write("/proc/self/clear_refs", "5").expect("reset");
        for _ in 0..3 {
            self.everyone();
        }
        let status = std::fs::read_to_string("/proc/self/status").expect("a status");
        let mark = status
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:")?.strip_suffix("kB"));
        let kib: f64 = mark.expect("a mark").trim().parse().expect("a number");
        kib / 1024.0
    }

    /// How late a timer of 1 ms is while this runs: its 99th percentile in ms.
    fn lateness(&self, mut run: impl FnMut()) -> f64 {
        const RUNS: usize = 6;
        let done = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&done);
        let timer = self.executor.spawn(async move {
            let mut late = Vec::new();
            while !seen.load(Ordering::Relaxed) {
                let due = Instant::now() + Duration::from_millis(1);
                sleep_until(due).await;
                late.push(due.elapsed().as_secs_f64());
            }
            late
        });
        for _ in 0..RUNS {
            run();
        }
        done.store(true, Ordering::Relaxed);
        let late = self.executor.block_on(timer).expect("beats");
        quantile(late.into_iter(), 99) * 1e3
    }
}
