//! Sign-ins of several processes over one PostgreSQL, beside the bare hashes of this machine.

use std::{
    io::{BufRead, BufReader, Write},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
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

/// The sign-ins of all hosts in one timing.
const SIGN_INS: usize = 128;

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
            || seconds(|| world::all_busy(&mut bare, SIGN_INS)),
            || seconds(|| everywhere(&mut processes)),
        );
        report.row(Row {
            figure: &format!("sign-ins / bare hashes, PostgreSQL, {hosts} hosts")
                .replace("1 hosts", "1 host"),
            measured: pairs.ratio(),
            unit: "",
            to_reach: Bound::AtLeast(0.85),
            from: pairs.from("128 bare", "128 sign-ins"),
        });
    }
}

/// Every host does its part of the sign-ins, all at once.
fn everywhere(hosts: &mut [Host]) {
    let each = SIGN_INS / hosts.len();
    for host in &mut *hosts {
        writeln!(host.orders, "{each}").expect("told");
    }
    for host in hosts {
        let mut line = String::new();
        host.answers.read_line(&mut line).expect("an answer");
        assert_eq!(line.trim(), "done");
    }
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

/// Signs in as often as each line of the input says, until it ends.
pub(crate) fn child(url: &str, number: &str, workers: &str) {
    let number: usize = number.parse().expect("a number");
    let executor = world::executor();
    let store = executor.block_on(postgres::store(url));
    let accounts = accounts(store, workers.parse().expect("a number"));
    let names: Vec<LoginName> = (0..PEOPLE)
        .map(|person| world::login(&world::member(number * PEOPLE + person)))
        .collect();
    for line in std::io::stdin().lines() {
        let times: usize = line.expect("a line").parse().expect("a number");
        executor.block_on(async {
            let people: Vec<_> = names
                .iter()
                .map(|name| {
                    let (accounts, name) = (accounts.clone(), name.clone());
                    tokio::spawn(async move {
                        for _ in 0..times / PEOPLE {
                            world::sign_in(&accounts, &name).await;
                        }
                    })
                })
                .collect();
            for person in people {
                person.await.expect("signed in");
            }
        });
        println!("done");
    }
}

fn accounts(store: PostgresStore, workers: usize) -> Accounts {
    Accounts::builder(store, MemorySender::new(), world::key())
        .link_base("https://shop.example/recover")
        .expect("a page")
        .hasher(HasherConfig::new().workers(workers))
        .build()
        .expect("accounts")
}
