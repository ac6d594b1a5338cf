//! Sign-ins of several processes over one PostgreSQL, beside the bare hashes of this machine.

use std::{
    io::{BufRead, BufReader, Write},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    time::{Duration, Instant},
};

use backstop::{Accounts, LoginName, MemorySender, PostgresStore, hasher::HasherConfig};

use crate::{
    measure::{Bound, Report, Row, cores, pairs, seconds},
    postgres,
    world::{self, Bare},
};

/// The first argument of a child process; the URL, the number of the host, and its workers follow.
pub(crate) const CHILD: &str = "--host";

/// The people who sign in at one host at the same time. Each has an account of her own.
const PEOPLE: usize = 8;

/// How long each timing goes on, in ms: the same for every host, which share the cores as it comes.
const TIMING: u64 = 1500;

/// The bare hashes in one timing.
const HASHES: usize = 128;

const MOST_HOSTS: usize = 4;

pub(crate) fn measure(report: &mut Report) {
    let server = postgres::server();
    let url = server.database();
    let executor = world::executor();
    executor.block_on(async {
        let accounts = accounts(postgres::store(&url).await, cores());
        world::register(&accounts, PEOPLE * MOST_HOSTS).await;
    });
    let mut bare: Vec<Bare> = (0..cores()).map(|_| Bare::ordinary()).collect();
    for hosts in [1, 2, MOST_HOSTS] {
        // A host alone has all cores; several have a worker each.
        let workers = if hosts == 1 { cores() } else { 1 };
        let mut processes: Vec<Host> = (0..hosts)
            .map(|host| Host::start(&url, host, workers))
            .collect();
        let pairs = pairs(
            15,
            || seconds(|| world::all_busy(&mut bare, HASHES)) / HASHES as f64,
            || everywhere(&mut processes),
        );
        let hosts = match hosts {
            1 => "1 host".to_owned(),
            hosts => format!("{hosts} hosts"),
        };
        let (bare_hash, sign_in) = pairs.medians();
        report.row(Row {
            figure: &format!("sign-ins, PostgreSQL, {hosts}"),
            measured: 1.0 / sign_in,
            unit: "/s",
            to_reach: Bound::None,
            from: format!("bare hashes {:.1} /s", 1.0 / bare_hash),
        });
        report.row(Row {
            figure: &format!("sign-ins / bare hashes, PostgreSQL, {hosts}"),
            measured: pairs.ratio(),
            unit: "",
            to_reach: Bound::AtLeast(0.85),
            from: pairs.from("each bare hash", "each sign-in"),
        });
    }
}

/// All hosts sign in at once. Answers with the seconds for each sign-in of any of them.
fn everywhere(hosts: &mut [Host]) -> f64 {
    for host in &mut *hosts {
        writeln!(host.orders, "{TIMING}").expect("told");
    }
    let rates = hosts.iter_mut().map(|host| {
        let mut line = String::new();
        host.answers.read_line(&mut line).expect("an answer");
        line.trim().parse::<f64>().expect("a number")
    });
    1.0 / rates.sum::<f64>()
}

/// Another process of this program.
struct Host {
    process: Child,
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Host {
    fn start(url: &str, number: usize, workers: usize) -> Self {
        let mut process = Command::new(std::env::current_exe().expect("this program"))
            .args([CHILD, url, &number.to_string(), &workers.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a process");
        Self {
            orders: process.stdin.take().expect("a pipe"),
            answers: BufReader::new(process.stdout.take().expect("a pipe")),
            process,
        }
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        let _gone = self.process.kill();
        let _status = self.process.wait();
    }
}

/// Signs in for as many milliseconds as each line of the input says, until it ends, and tells how
/// many sign-ins there were in a second.
pub(crate) fn child(url: &str, number: &str, workers: &str) {
    let number: usize = number.parse().expect("a number");
    let executor = world::executor();
    let store = executor.block_on(postgres::store(url));
    let accounts = accounts(store, workers.parse().expect("a number"));
    let names: Vec<LoginName> = (0..PEOPLE)
        .map(|person| world::login(&world::member(number * PEOPLE + person)))
        .collect();
    for line in std::io::stdin().lines() {
        let millis = line.expect("a line").parse().expect("a number");
        let mut sign_ins = 0;
        let taken = seconds(|| {
            sign_ins =
                executor.block_on(everyone(&accounts, &names, Duration::from_millis(millis)));
        });
        println!("{}", f64::from(sign_ins) / taken);
    }
}

async fn everyone(accounts: &Accounts, names: &[LoginName], span: Duration) -> u32 {
    let began = Instant::now();
    let people: Vec<_> = names
        .iter()
        .map(|name| {
            let (accounts, name) = (accounts.clone(), name.clone());
            tokio::spawn(async move {
                let mut sign_ins = 0;
                while began.elapsed() < span {
                    world::sign_in(&accounts, &name).await;
                    sign_ins += 1;
                }
                sign_ins
            })
        })
        .collect();
    let mut sign_ins = 0;
    for person in people {
        sign_ins += person.await.expect("signed in");
    }
    sign_ins
}

fn accounts(store: PostgresStore, workers: usize) -> Accounts {
    Accounts::builder(store, MemorySender::new(), world::key())
        .link_base("https://shop.example/recover")
        .expect("a page")
        .hasher(HasherConfig::new().workers(workers))
        .build()
        .expect("accounts")
}
