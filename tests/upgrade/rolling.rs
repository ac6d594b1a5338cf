//! Three processes of one service are upgraded one after the other, and one of them is rolled
//! back, while the service key is rotated beside it. Users sign in, change and recover meanwhile,
//! each step of theirs at whichever process the balancer picks.

use std::{
    sync::{Arc, LazyLock, Mutex},
    time::Duration,
};

use backstop::{
    AccountId, Accounts, Apply, Challenge, Challenged, Changes, Client, Locale, LoginName, Message,
    MessageSender, PostgresStore, Proof, Prove, Recover, Register, ServiceKey, SessionStatus,
    SignIn, SignedIn, SqliteStore, Ticket,
    message::{Content, Notice},
    sender::SendError,
    store::{AccountStore, FlowStore},
};
use rand_chacha::{ChaCha20Rng, rand_core::Rng};
use sqlx::{AssertSqlSafe, PgPool, SqlitePool};
use tokio::task::JoinSet;

use crate::{
    postgres_server::Server,
    scratch::Scratch,
    support::{
        Clock, OLD, WRONG, account_id, cheap, days, entropy, key, mail, password, typed_twice,
    },
    version::{Ledger, Number, Version, noted},
};

pub(crate) static SERVER: LazyLock<Server> = LazyLock::new(Server::start);

const USERS: usize = 8;

/// A database of the service's, and a connection of the test's own.
trait Database {
    type Store: AccountStore + FlowStore + Clone;

    async fn new() -> Self;

    /// As a process does that starts.
    async fn open(&self) -> Self::Store;

    async fn run(&self, sql: &str);

    async fn number(&self, sql: &str) -> i64;
}

struct Sqlite {
    scratch: Scratch,
    pool: SqlitePool,
}

impl Database for Sqlite {
    type Store = SqliteStore;

    async fn new() -> Self {
        let scratch = Scratch::new();
        let file = scratch.file("accounts.db");
        let _made = SqliteStore::open(&file).await.unwrap();
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file);
        let pool = SqlitePool::connect_with(options.busy_timeout(Duration::from_secs(60)));
        let pool = pool.await.unwrap();
        Self { scratch, pool }
    }

    async fn open(&self) -> SqliteStore {
        let file = self.scratch.file("accounts.db");
        SqliteStore::open(file).await.unwrap()
    }

    async fn run(&self, sql: &str) {
        let sql = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
        sql.execute(&self.pool).await.unwrap();
    }

    async fn number(&self, sql: &str) -> i64 {
        let sql = sqlx::query_scalar(AssertSqlSafe(sql.to_owned()));
        sql.fetch_one(&self.pool).await.unwrap()
    }
}

struct Postgres {
    url: String,
    pool: PgPool,
}

impl Database for Postgres {
    type Store = PostgresStore;

    async fn new() -> Self {
        let url = SERVER.database();
        let _made = PostgresStore::connect(&url).await.unwrap();
        let pool = PgPool::connect(&url).await.unwrap();
        Self { url, pool }
    }

    async fn open(&self) -> PostgresStore {
        PostgresStore::connect(&self.url).await.unwrap()
    }

    async fn run(&self, sql: &str) {
        let sql = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
        sql.execute(&self.pool).await.unwrap();
    }

    async fn number(&self, sql: &str) -> i64 {
        let sql = sqlx::query_scalar(AssertSqlSafe(sql.to_owned()));
        sql.fetch_one(&self.pool).await.unwrap()
    }
}

/// What the next version does to the tables when it first starts.
const NEXT_TABLES: &str = "
    ALTER TABLE backstop_account ADD COLUMN seen BIGINT_ NOT NULL DEFAULT 0;
    ALTER TABLE backstop_account_key ADD COLUMN note TEXT;
    ALTER TABLE backstop_flow ADD COLUMN node TEXT NOT NULL DEFAULT '';
    CREATE INDEX backstop_account_seen ON backstop_account (seen);
    INSERT INTO backstop_schema (version, oldest) VALUES (2, 1);";

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Ring {
    Old,
    /// The new secret is accepted and not used.
    Accepting,
    New,
}

impl Ring {
    fn key(self) -> ServiceKey {
        let new = *b"a newer service key, 32 bytes...";
        match self {
            Self::Old => key(),
            Self::Accepting => key().also_accepting(new).unwrap(),
            Self::New => key().rotated_to(new).unwrap(),
        }
    }
}

/// What each process runs. Where that changes, it was started anew.
const STAGES: [[(Number, Ring); 3]; 8] = {
    use Number::{Next, Today};
    use Ring::{Accepting, New, Old};
    [
        [(Today, Old), (Today, Old), (Today, Old)],
        [(Next, Old), (Today, Old), (Today, Old)],
        // One of today's starts over the tables of the next version.
        [(Next, Old), (Today, Accepting), (Today, Old)],
        [(Next, Accepting), (Next, Accepting), (Today, Accepting)],
        [(Next, New), (Next, Accepting), (Today, New)],
        [(Next, New), (Next, New), (Next, New)],
        // Rolled back.
        [(Next, New), (Today, New), (Next, New)],
        [(Today, New), (Today, New), (Today, New)],
    ]
};

/// All mails of all processes.
#[derive(Clone, Default)]
struct Post(Arc<Mutex<Vec<Message>>>);

impl MessageSender for Post {
    async fn send(&self, message: &Message) -> Result<(), SendError> {
        self.0.lock().unwrap().push(message.clone());
        Ok(())
    }
}

impl Post {
    fn take_code_to(&self, address: &str) -> Option<Message> {
        let mut post = self.0.lock().unwrap();
        let is_it = |letter: &Message| {
            letter.to().as_str() == address && matches!(letter.content(), Content::Code { .. })
        };
        let index = post.iter().position(is_it)?;
        Some(post.remove(index))
    }

    /// How often this address was told of a new password.
    fn told(&self, address: &str) -> usize {
        let post = self.0.lock().unwrap();
        let is_told = |letter: &&Message| {
            let told = matches!(
                letter.content(),
                Content::Notice {
                    notice: Notice::PasswordChanged(_),
                    ..
                }
            );
            told && letter.to().as_str() == address
        };
        post.iter().filter(is_told).count()
    }
}

/// Somebody with a browser.
struct User {
    id: AccountId,
    name: String,
    address: String,
    password: String,
    signed_in: SignedIn,
    /// How often the password was changed.
    changes: usize,
    rng: ChaCha20Rng,
}

/// The processes behind a balancer.
#[derive(Clone)]
struct Fleet {
    processes: [Accounts; 3],
    post: Post,
}

impl User {
    async fn new(fleet: &Fleet, index: usize) -> Self {
        let mut rng = entropy();
        let name = format!("user{index}");
        let address = format!("{name}@shop.example");
        let at = fleet.any(&mut rng);
        let registered = at
            .register(
                account_id(&index.to_string()),
                name.parse().unwrap(),
                typed_twice(OLD),
                &Client::new(),
            )
            .await;
        let Ok(Register::Registered(signed_in)) = registered else {
            panic!("{registered:?}");
        };
        let mut user = Self {
            id: account_id(&index.to_string()),
            name,
            address,
            password: OLD.to_owned(),
            signed_in,
            changes: 0,
            rng,
        };
        let ticket = user.proved(fleet).await;
        let ticket = user.with_new_address(fleet, &ticket).await;
        let applied = at.apply(&ticket, Changes::new().email()).await;
        let Ok(Apply::Applied(signed_in)) = applied else {
            panic!("{applied:?}");
        };
        user.signed_in = signed_in;
        user
    }

    fn login(&self) -> LoginName {
        self.name.parse().unwrap()
    }

    /// A ticket out of the session, with the password.
    async fn proved(&mut self, fleet: &Fleet) -> Ticket {
        let at = fleet.any(&mut self.rng);
        let status = at.session(self.signed_in.token()).await.unwrap();
        let SessionStatus::Live(session) = status else {
            panic!("{} is signed in", self.name);
        };
        let ticket = fleet.any(&mut self.rng).settings(&session).unwrap();
        let proof = Proof::CurrentPassword(password(&self.password));
        let proved = fleet.any(&mut self.rng).prove(&ticket, proof).await;
        let Ok(Prove::Accepted(ticket)) = proved else {
            panic!("{proved:?}");
        };
        ticket
    }

    async fn with_new_address(&mut self, fleet: &Fleet, ticket: &Ticket) -> Ticket {
        let challenge = Challenge::NewEmail(self.address.parse().unwrap());
        let letter = self.letter(fleet, ticket, challenge).await;
        let proof = Proof::NewEmail(mail::code(&letter));
        let proved = fleet.any(&mut self.rng).prove(ticket, proof).await;
        let Ok(Prove::Accepted(ticket)) = proved else {
            panic!("{proved:?}");
        };
        ticket
    }

    /// The code that one of the processes sends.
    async fn letter(&mut self, fleet: &Fleet, ticket: &Ticket, challenge: Challenge) -> Message {
        let at = fleet.any(&mut self.rng);
        let sent = at.challenge(ticket, challenge).await.unwrap();
        assert_eq!(sent, Challenged::Sent);
        // Somebody else's pass may have it in hand.
        for _ in 0..10_000 {
            at.deliver_due().await.unwrap();
            if let Some(letter) = fleet.post.take_code_to(&self.address) {
                return letter;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        panic!("no code was sent to {}", self.address)
    }

    /// One day of theirs.
    async fn visit(mut self, fleet: Fleet, stage: usize) -> Self {
        let (login, client) = (self.login(), Client::new());
        // Yesterday's session, whoever began it.
        let at = fleet.any(&mut self.rng);
        let status = at.session(self.signed_in.token()).await.unwrap();
        assert!(matches!(status, SessionStatus::Live(_)));
        for _ in 0..2 {
            let denied = fleet.any(&mut self.rng);
            let denied = denied.sign_in(&login, &password(WRONG), &client).await;
            assert!(matches!(denied, Ok(SignIn::Denied { .. })), "{denied:?}");
        }
        let typed = password(&self.password);
        let signed_in = fleet
            .any(&mut self.rng)
            .sign_in(&login, &typed, &client)
            .await;
        let Ok(SignIn::Accepted(signed_in)) = signed_in else {
            panic!("{signed_in:?}");
        };
        self.signed_in = signed_in;
        let new = format!("Orla-{stage}-rivers-{}", self.rng.next_u32() % 1000);
        match self.rng.next_u32() % 3 {
            0 => {
                let ticket = self.proved(&fleet).await;
                let changes = Changes::new().password(typed_twice(&new));
                let applied = fleet.any(&mut self.rng).apply(&ticket, changes).await;
                let Ok(Apply::Applied(signed_in)) = applied else {
                    panic!("{applied:?}");
                };
                self.signed_in = signed_in;
                (self.password, self.changes) = (new, self.changes + 1);
            }
            1 => {
                self.recover(&fleet, &new).await;
                (self.password, self.changes) = (new, self.changes + 1);
                let typed = password(&self.password);
                let at = fleet.any(&mut self.rng);
                let signed_in = at.sign_in(&login, &typed, &client).await;
                let Ok(SignIn::Accepted(signed_in)) = signed_in else {
                    panic!("{signed_in:?}");
                };
                self.signed_in = signed_in;
            }
            _ => {
                let at = fleet.any(&mut self.rng);
                let status = at.session(self.signed_in.token()).await.unwrap();
                let SessionStatus::Live(session) = status else {
                    panic!("it just began");
                };
                let at = fleet.any(&mut self.rng);
                assert!(at.set_language(&session, Locale::Swedish).await.unwrap());
            }
        }
        self
    }

    async fn recover(&mut self, fleet: &Fleet, new: &str) {
        let client = Client::new().human(true);
        let begun = fleet.any(&mut self.rng).recover(&self.login(), &client);
        let Ok(Recover::Started(ticket)) = begun else {
            panic!("{begun:?}");
        };
        let letter = self.letter(fleet, &ticket, Challenge::SecurityEmail).await;
        let wrong = Proof::SecurityEmail(mail::wrong(&mail::code(&letter)));
        let denied = fleet.any(&mut self.rng).prove(&ticket, wrong).await;
        assert!(matches!(denied, Ok(Prove::Denied { .. })), "{denied:?}");
        let right = Proof::SecurityEmail(mail::code(&letter));
        let proved = fleet.any(&mut self.rng).prove(&ticket, right).await;
        let Ok(Prove::Accepted(ticket)) = proved else {
            panic!("{proved:?}");
        };
        let changes = Changes::new().password(typed_twice(new));
        let applied = fleet.any(&mut self.rng).apply(&ticket, changes).await;
        assert!(matches!(applied, Ok(Apply::Recovered(_))), "{applied:?}");
    }
}

impl Fleet {
    fn any(&self, rng: &mut ChaCha20Rng) -> Accounts {
        let index = usize::try_from(rng.next_u32() % 3).unwrap();
        self.processes[index].clone()
    }
}

fn started<S: AccountStore + FlowStore + Clone>(
    store: Version<S>,
    ring: Ring,
    clock: &Clock,
    post: &Post,
) -> Accounts {
    let clock = clock.clone();
    Accounts::builder(store, post.clone(), ring.key())
        .link_base("https://shop.example/recover")
        .unwrap()
        .hash_cost(cheap())
        .clock(move || clock.now())
        .entropy(entropy())
        .build()
        .unwrap()
}

async fn a_fleet_is_upgraded<D: Database>(bigint: &str) {
    let database = D::new().await;
    let (ledger, clock, post) = (Ledger::default(), Clock::new(), Post::default());
    let start = async |(number, ring)| {
        let store = Version::new(database.open().await, number, &ledger);
        started(store, ring, &clock, &post)
    };
    let [one, two, three] = STAGES[0];
    let processes = [start(one).await, start(two).await, start(three).await];
    let mut fleet = Fleet {
        processes,
        post: post.clone(),
    };
    let mut users = Vec::new();
    for index in 0..USERS {
        users.push(User::new(&fleet, index).await);
    }
    let mut seen = [0; USERS];
    let mut running = STAGES[0];
    let mut is_upgraded = false;
    for (stage, wanted) in STAGES.into_iter().enumerate() {
        clock.advance(days(1));
        for (index, wanted) in wanted.into_iter().enumerate() {
            if running[index] == wanted {
                continue;
            }
            if wanted.0 == Number::Next && !is_upgraded {
                // Under the feet of the others, who go on.
                database.run(&NEXT_TABLES.replace("BIGINT_", bigint)).await;
                is_upgraded = true;
            }
            fleet.processes[index] = start(wanted).await;
        }
        running = wanted;
        let mut visits = JoinSet::new();
        for user in users.drain(..) {
            visits.spawn(user.visit(fleet.clone(), stage));
        }
        if is_upgraded {
            for (index, seen) in seen.iter_mut().enumerate() {
                let sql = "UPDATE backstop_account SET seen = seen + 1 WHERE id";
                database.run(&format!("{sql} = '{index}'")).await;
                *seen += 1;
            }
        }
        users = visits.join_all().await;
        users.sort_by(|a, b| a.id.cmp(&b.id));
        let mut couriers = JoinSet::new();
        for process in fleet.processes.clone() {
            couriers.spawn(async move { process.deliver_due().await.unwrap() });
        }
        couriers.join_all().await;
    }

    // What was left by a pass that met another one.
    clock.advance(days(1));
    for process in &fleet.processes {
        process.deliver_due().await.unwrap();
    }
    let store = database.open().await;
    for (user, seen) in users.iter().zip(seen) {
        let typed = password(&user.password);
        for process in &fleet.processes {
            let signed_in = process.sign_in(&user.login(), &typed, &Client::new()).await;
            assert!(
                matches!(signed_in, Ok(SignIn::Accepted(_))),
                "{signed_in:?}"
            );
            let status = process.session(user.signed_in.token()).await.unwrap();
            assert!(matches!(status, SessionStatus::Live(_)));
        }
        assert_eq!(post.told(&user.address), user.changes, "once each");
        let found = store.load(&user.id).await.unwrap().unwrap();
        let written = ledger.written(&user.id);
        assert!(written > 0, "the next version has written each account");
        assert_eq!(noted(&found.value.to_bytes()), written);
        let sql = format!("SELECT seen FROM backstop_account WHERE id = '{}'", user.id);
        assert_eq!(database.number(&sql).await, seen);
    }
    let kept = ["account", "budget", "flow"].map(|kind| ledger.kept_by_today(kind));
    println!("written back by today's version, with what the next one had added: {kept:?}");
    assert!(kept.iter().all(|kept| *kept >= 3), "{kept:?}");
    let changes: usize = users.iter().map(|user| user.changes).sum();
    assert!(changes >= USERS, "{changes}");

    // Tables that lack something of today's are refused by a process that starts, and by nobody
    // else: such a step is made when none of today's version is left.
    database
        .run("INSERT INTO backstop_schema (version, oldest) VALUES (3, 2)")
        .await;
    let _goes_on = fleet.processes[0].deliver_due().await.unwrap();
    clock.advance(days(4));
    end_of_a_life(&mut users[0], &fleet, &store).await;
}

/// What an account that is over leaves behind is nothing that this version does not know.
async fn end_of_a_life<S: AccountStore>(user: &mut User, fleet: &Fleet, store: &S) {
    let ticket = user.proved(fleet).await;
    let letter = user.letter(fleet, &ticket, Challenge::SecurityEmail).await;
    let proof = Proof::SecurityEmail(mail::code(&letter));
    let proved = fleet.processes[0].prove(&ticket, proof).await;
    let Ok(Prove::Accepted(ticket)) = proved else {
        panic!("{proved:?}");
    };
    let applied = fleet.processes[0]
        .apply(&ticket, Changes::new().delete())
        .await;
    assert!(matches!(applied, Ok(Apply::Deleted)), "{applied:?}");
    let left = store.load(&user.id).await.unwrap().unwrap();
    assert_eq!(noted(&left.value.to_bytes()), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fleet_is_upgraded_over_sqlite() {
    a_fleet_is_upgraded::<Sqlite>("INTEGER").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fleet_is_upgraded_over_postgresql() {
    a_fleet_is_upgraded::<Postgres>("bigint").await;
}

#[tokio::test]
async fn postgresql_tables_that_took_something_away_are_refused() {
    let database = Postgres::new().await;
    let before = "SELECT count(*) FROM backstop_schema";
    database
        .run("INSERT INTO backstop_schema (version, oldest) VALUES (1000, 999)")
        .await;
    let made = database.number(before).await;
    for refused in [
        PostgresStore::connect(&database.url).await,
        PostgresStore::with_pool(database.pool.clone()).await,
    ] {
        let refused = refused.unwrap_err().to_string();
        for part in ["1000", "999", "knows 1", "newer", "update this service"] {
            assert!(refused.contains(part), "{refused}");
        }
    }
    assert_eq!(database.number(before).await, made);
}
