//! Many copies of a service over one database: processes of the example `host`, which are killed at
//! random, and a database whose primary is lost. What was acknowledged is there, no code is accepted
//! twice, no budget is exceeded, and every contact is told.
//!
//! What the clients do is drawn from a printed seed; how it interleaves is not.
#![cfg(all(feature = "postgres", feature = "smtp", feature = "sqlite"))]
#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]
#![expect(clippy::print_stdout, reason = "the seed of a run")]

mod browser;
mod end;
mod forwarder;
mod guesser;
mod host;
#[expect(dead_code, reason = "some of it is for other tests")]
#[path = "../mail_server/inbox.rs"]
mod inbox;
mod keeper;
mod ledger;
mod mails;
mod newcomer;
mod owner;
mod population;
#[expect(dead_code, reason = "some of it is for other tests")]
#[path = "../postgres_server/mod.rs"]
mod postgres_server;
mod recovery;
mod replicas;
#[path = "../scratch/mod.rs"]
mod scratch;
#[path = "../../examples/host/wire.rs"]
mod wire;

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use rand_chacha::{
    ChaCha8Rng,
    rand_core::{Rng, SeedableRng},
};
use tokio::{
    task::{JoinSet, spawn_blocking},
    time::{Instant, sleep},
};

use forwarder::Forwarder;
use host::Hosts;
use ledger::Ledger;
use mails::Mails;
use owner::Owner;
use population::{Person, settle};
use postgres_server::Server;
use replicas::Replicas;
use scratch::Scratch;

/// How many people are at it at once.
const AT_ONCE: usize = 6;

/// How many accounts are attacked.
const VICTIMS: usize = 2;

pub(crate) struct World {
    pub(crate) hosts: Hosts,
    pub(crate) mails: Mails,
    pub(crate) ledger: Ledger,
    /// Whether anything is killed.
    pub(crate) is_rough: bool,
    pub(crate) began: Instant,
    /// Nothing is killed any more.
    is_quiet: AtomicBool,
    pub(crate) is_over: AtomicBool,
}

impl World {
    fn new(hosts: usize, store: &str, is_rough: bool) -> Arc<Self> {
        let mails = Mails::start();
        Arc::new(Self {
            hosts: Hosts::start(hosts, store, mails.port()),
            mails,
            ledger: Ledger::default(),
            is_rough,
            began: Instant::now(),
            is_quiet: AtomicBool::new(false),
            is_over: AtomicBool::new(false),
        })
    }

    /// How long somebody waits for a mail.
    pub(crate) fn patience(&self) -> Duration {
        Duration::from_secs(if self.is_rough { 2 } else { 20 })
    }
}

/// Who is there, and what they are going to do.
struct Plan {
    seed: u64,
    owners: usize,
    /// Beside those who come until the trouble is over.
    newcomers: usize,
}

impl Plan {
    fn new(owners: usize, newcomers: usize) -> Self {
        let seed = std::env::var("BACKSTOP_SEED")
            .ok()
            .and_then(|seed| seed.parse().ok())
            .unwrap_or_else(|| u64::from(std::process::id()));
        println!("BACKSTOP_SEED={seed}");
        Self {
            seed,
            owners,
            newcomers,
        }
    }

    async fn settle(&self, store: &str) -> People {
        People {
            victims: settle(store, (0..VICTIMS).map(|at| format!("victim.{at}"))).await,
            owners: settle(store, (0..self.owners).map(|at| format!("owner.{at}"))).await,
        }
    }

    /// The load, beside what else is to happen; then the checks, in peace.
    async fn carry_out(
        &self,
        world: &Arc<World>,
        store: &str,
        people: People,
        trouble: impl Future<Output = ()>,
    ) {
        let guessers = guesser::attack(world, &people.victims, self.seed);
        let trouble = async {
            trouble.await;
            world.is_quiet.store(true, Ordering::SeqCst);
        };
        let load = async {
            let played = self.play(world, people.owners).await;
            world.is_over.store(true, Ordering::SeqCst);
            guessers.join_all().await;
            played
        };
        let (mut played, ()) = tokio::join!(load, trouble);
        let victims = people.victims.into_iter();
        played.extend(victims.map(|victim| Owner::settled(world, victim, self.seed)));
        end::credentials(world, &mut played).await;
        end::budgets(world);
        world.hosts.end();
        end::notices(world, store).await;
        let killed = usize::try_from(world.hosts.killed()).unwrap();
        world.ledger.add("hosts killed", killed);
    }

    async fn play(&self, world: &Arc<World>, owners: Vec<Person>) -> Vec<Owner> {
        let waiting: VecDeque<Person> = owners.into();
        let queue = Arc::new(Mutex::new((waiting, 0)));
        let mut players = JoinSet::new();
        for player in 0..AT_ONCE {
            let (world, queue) = (Arc::clone(world), Arc::clone(&queue));
            let (seed, newcomers) = (self.seed, self.newcomers);
            players.spawn(async move {
                let mut played = Vec::new();
                loop {
                    let next = {
                        let (owners, came) = &mut *queue.lock().unwrap();
                        let is_quiet = world.is_quiet.load(Ordering::SeqCst);
                        let is_newcomer = player % 3 == 0 || owners.is_empty();
                        if world.ledger.is_broken() {
                            return played;
                        }
                        if is_newcomer && (*came < newcomers || !is_quiet) {
                            *came += 1;
                            Player::Newcomer(*came)
                        } else {
                            let is_enough = is_quiet && world.is_rough;
                            match owners.pop_front() {
                                Some(owner) if !is_enough => Player::Owner(owner),
                                _ => return played,
                            }
                        }
                    };
                    played.extend(next.play(&world, seed).await);
                }
            });
        }
        players.join_all().await.into_iter().flatten().collect()
    }
}

struct People {
    victims: Vec<Person>,
    owners: Vec<Person>,
}

enum Player {
    Newcomer(usize),
    Owner(Person),
}

impl Player {
    async fn play(self, world: &Arc<World>, seed: u64) -> Option<Owner> {
        match self {
            Self::Newcomer(at) => {
                let seed = seed.rotate_left(17) ^ u64::try_from(at).unwrap();
                newcomer::arrive(world, format!("newcomer.{at}"), seed).await
            }
            Self::Owner(person) => {
                let number: u64 = person.name.rsplit('.').next().unwrap().parse().unwrap();
                let mut owner = Owner::settled(world, person, seed.rotate_left(31) ^ number);
                owner.play().await;
                Some(owner)
            }
        }
    }
}

/// Kills hosts at random, so many times, and starts them again.
async fn kill_hosts(world: &Arc<World>, rng: &mut ChaCha8Rng, times: usize) {
    for _ in 0..times {
        if world.ledger.is_broken() {
            return;
        }
        sleep(Duration::from_millis(300 + u64::from(rng.next_u32() % 700))).await;
        let host = usize::try_from(rng.next_u32()).unwrap() % world.hosts.count();
        world.hosts.kill(host);
        restart(world, host).await;
    }
}

/// As its supervisor does, until it can reach its store.
async fn restart(world: &Arc<World>, host: usize) {
    for _ in 0..100 {
        let world = Arc::clone(world);
        if spawn_blocking(move || world.hosts.restart(host))
            .await
            .unwrap()
        {
            return;
        }
        sleep(Duration::from_millis(100)).await;
    }
    panic!("a host does not start");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s12_x10_x11_four_hosts_over_one_database_tell_each_change_once() {
    let plan = Plan::new(8, 3);
    let server = Server::start();
    let store = server.database();
    let people = plan.settle(&store).await;
    let world = World::new(4, &store, false);
    plan.carry_out(&world, &store, people, async {}).await;
    world.ledger.close("four hosts, nothing fails");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s06_s12_x10_x11_x16_nothing_is_lost_with_hosts_and_the_primary() {
    let plan = Plan::new(30, 3);
    let mut replicas = Replicas::start().await;
    let forwarder = Forwarder::start(replicas.primary_port()).await;
    let store = replicas::url(forwarder.port());
    let people = plan.settle(&store).await;
    let world = World::new(4, &store, true);
    let mut rng = ChaCha8Rng::seed_from_u64(plan.seed);
    let trouble = async {
        kill_hosts(&world, &mut rng, 5).await;
        replicas.kill_primary();
        let before = world.ledger.counted("changes acknowledged");
        forwarder.switch(replicas.promote_standby().await);
        kill_hosts(&world, &mut rng, 5).await;
        let after = world.ledger.counted("changes acknowledged");
        let after = usize::try_from(after - before).unwrap();
        world
            .ledger
            .add("changes acknowledged by the new primary", after);
        if before == 0 || after == 0 {
            let what = "no load before, or none after, the loss of the primary";
            world.ledger.broken(what.to_owned());
        }
    };
    plan.carry_out(&world, &store, people, trouble).await;
    world.ledger.add("primaries killed", 1);
    world.ledger.close("four hosts and the primary are killed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s06_s12_x10_x11_x16_kill_9_of_the_host_over_sqlite_in_a_loop() {
    let plan = Plan::new(20, 3);
    let scratch = Scratch::new();
    let store = format!("sqlite:{}", scratch.file("accounts.db").display());
    let people = plan.settle(&store).await;
    let world = World::new(1, &store, true);
    let mut rng = ChaCha8Rng::seed_from_u64(plan.seed);
    let trouble = kill_hosts(&world, &mut rng, 11);
    plan.carry_out(&world, &store, people, trouble).await;
    world.ledger.close("one host over SQLite is killed");
}
