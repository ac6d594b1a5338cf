//! The steps of a recovery, with a hash that costs next to nothing: what is left is the library
//! and the store.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use backstop::{
    Accounts, Address, Apply, Challenge, Challenged, Changes, Client, Import, ImportedAccount,
    LoginName, MailedCode, MemorySender, MemoryStore, Proof, Prove, Recover, Ticket,
    hash::HashCost,
    message::Content,
    store::{AccountStore, FlowStore},
};
use time::{Duration, OffsetDateTime};
use tokio::runtime::Runtime;

use crate::{
    floor::Caller,
    measure::{Bound, Report, Row, readable, seconds, turns},
    world,
};

/// The callers who recover their accounts at the same time.
const CALLERS: [usize; 2] = [1, 32];

/// recover, challenge, prove, apply.
const STEPS: usize = 4;

/// Those who recover, and as many whose calls are made bare.
const MEMBERS: usize = 32;

const ROUNDS: usize = 60;

/// In seconds.
const DAY: i64 = 24 * 60 * 60;

pub(crate) fn measure(report: &mut Report) {
    rows(report, "memory store", Promise::Own, async || {
        MemoryStore::new()
    });
    let folders = CALLERS.map(|callers| world::Folder::new(&format!("steps-{callers}")));
    let mut folders = folders.iter();
    rows(report, "SQLite file", Promise::None, async || {
        folders.next().expect("a folder").store().await
    });
    let server = crate::postgres::server();
    rows(report, "PostgreSQL", Promise::Ratio, async || {
        crate::postgres::store(&server.database()).await
    });
}

#[derive(Clone, Copy)]
enum Side {
    /// The calls of the store that the recoveries make, and nothing else.
    Calls,
    Recoveries,
}

/// What is promised beside the steps per second, which depend on the machine.
#[derive(Clone, Copy)]
enum Promise {
    None,
    /// What a step takes beyond its calls, while there are others to do: nobody has to wake.
    Own,
    /// How long a recovery takes, to its calls alone.
    Ratio,
}

/// One thread does all but the hashing: what a thread takes to wake another one is not the library's.
fn rows<S>(report: &mut Report, kind: &str, promise: Promise, mut open: impl AsyncFnMut() -> S)
where
    S: AccountStore + FlowStore + Clone,
{
    for callers in CALLERS {
        let executor = &world::executor();
        let store = executor.block_on(open());
        let service = executor.block_on(Service::start(store.clone()));
        let mut bare = Vec::new();
        for number in 0..callers {
            // Not those of the recoveries: their accounts change meanwhile.
            let caller = Caller::new(store.clone(), MEMBERS + number);
            bare.push(executor.block_on(caller));
        }
        let mut sides = [Side::Calls, Side::Recoveries];
        let turns = turns(ROUNDS, &mut sides, |side| match side {
            Side::Calls => calls(executor, &mut bare),
            Side::Recoveries => service.recoveries(executor, callers),
        });
        let who = match callers {
            1 => "one caller".to_owned(),
            callers => format!("{callers} callers"),
        };
        let [calls, recoveries] = *turns.medians().as_slice() else {
            panic!("two of them");
        };
        let from = format!(
            "{} for {callers} × {STEPS} steps, their calls alone {}",
            readable(recoveries),
            readable(calls)
        );
        report.row(Row {
            figure: &format!("recovery steps without a hash, {kind}, {who}"),
            measured: (STEPS * callers) as f64 / recoveries,
            unit: "/s",
            to_reach: Bound::None,
            from: from.clone(),
        });
        match promise {
            Promise::Own if callers > 1 => report.row(Row {
                figure: &format!("recovery step − its calls of the store, {kind}, {who}"),
                measured: (recoveries - calls) / (STEPS * callers) as f64 * 1e6,
                unit: "µs",
                to_reach: Bound::AtMost(150.0),
                from,
            }),
            Promise::Ratio => report.row(Row {
                figure: &format!("recovery / its calls of the store, {kind}, {who}"),
                measured: turns.last_to_first(),
                unit: "",
                to_reach: Bound::AtMost(1.5),
                from,
            }),
            Promise::None | Promise::Own => {}
        }
    }
}

fn calls<S: AccountStore + FlowStore>(executor: &Runtime, bare: &mut Vec<Caller<S>>) -> f64 {
    let callers = std::mem::take(bare);
    let (began, flows) = together(executor, callers, |mut caller| async move {
        let flow = caller.challenge().await;
        (caller, flow)
    });
    let (ended, callers) = together(executor, flows, |(mut caller, flow)| async move {
        caller.finish(flow).await;
        caller
    });
    *bare = callers;
    began + ended
}

/// Members with a mailbox.
struct Service {
    accounts: Accounts,
    mailbox: MemorySender,
    /// In seconds since 1970 UTC.
    clock: Arc<AtomicI64>,
}

impl Service {
    async fn start(store: impl AccountStore + FlowStore) -> Self {
        let clock = Arc::new(AtomicI64::new(1_767_225_600));
        let (read, mailbox) = (Arc::clone(&clock), MemorySender::new());
        let accounts = Accounts::builder(store, mailbox.clone(), world::key())
            .link_base("https://shop.example/recover")
            .expect("a page")
            .hash_cost(HashCost::danger_below_floor(8, 1, 1).expect("a cost"))
            .clock(move || {
                OffsetDateTime::UNIX_EPOCH + Duration::seconds(read.load(Ordering::Relaxed))
            })
            .build()
            .expect("accounts");
        for number in 0..2 * MEMBERS {
            let member = ImportedAccount::new(
                number.to_string().parse().expect("an id"),
                world::member(number).parse().expect("a name"),
                world::HASH.parse().expect("a hash"),
            );
            let member = member.email(address(number).parse().expect("an address"));
            let imported = accounts.import(member, &Client::new()).await;
            assert!(matches!(imported, Ok(Import::Imported)), "{imported:?}");
        }
        Self {
            accounts,
            mailbox,
            clock,
        }
    }

    /// So many members recover at once. The mails between the steps are sent by somebody else, and
    /// are not timed.
    fn recoveries(&self, executor: &Runtime, callers: usize) -> f64 {
        // An address gets only so many mails a day.
        let now = self.clock.fetch_add(2 * DAY, Ordering::Relaxed);
        let new = format!("Orla-{}-rivers", now / DAY);
        let names = (0..callers).map(|number| world::login(&world::member(number)));
        let (began, tickets) = together(executor, names.collect(), |name| {
            let accounts = self.accounts.clone();
            async move { begin(&accounts, &name).await }
        });
        let codes = self.codes(executor, callers);
        let proved = tickets.into_iter().zip(codes);
        let (ended, _done) = together(executor, proved.collect(), |(ticket, code)| {
            let (accounts, new) = (self.accounts.clone(), new.clone());
            async move { end(&accounts, &ticket, code, &new).await }
        });
        self.send(executor);
        let _notices = self.mailbox.take();
        began + ended
    }

    fn send(&self, executor: &Runtime) {
        executor
            .block_on(self.accounts.deliver_due())
            .expect("sent");
    }

    /// What the mailboxes got, in the order of the members.
    fn codes(&self, executor: &Runtime, callers: usize) -> Vec<MailedCode> {
        self.send(executor);
        let post = self.mailbox.take();
        let code = |number| {
            let to = Address::Email(address(number).parse().expect("an address"));
            let code = post.iter().find_map(|mail| match mail.content() {
                Content::Code { code, .. } if mail.to() == &to => Some(code.clone()),
                _ => None,
            });
            code.expect("a mail")
        };
        (0..callers).map(code).collect()
    }
}

async fn begin(accounts: &Accounts, name: &LoginName) -> Ticket {
    let ticket = match accounts.recover(name, &Client::new().human(true)) {
        Ok(Recover::Started(ticket)) => ticket,
        other => panic!("{other:?}"),
    };
    let sent = accounts.challenge(&ticket, Challenge::SecurityEmail).await;
    assert!(matches!(sent, Ok(Challenged::Sent)), "{sent:?}");
    ticket
}

async fn end(accounts: &Accounts, ticket: &Ticket, code: MailedCode, new: &str) {
    let ticket = match accounts.prove(ticket, Proof::SecurityEmail(code)).await {
        Ok(Prove::Accepted(ticket)) => ticket,
        other => panic!("{other:?}"),
    };
    let changes = Changes::new().password(world::new_password(new));
    let done = accounts.apply(&ticket, changes).await;
    assert!(matches!(done, Ok(Apply::Recovered(_))), "{done:?}");
}

fn address(number: usize) -> String {
    format!("{}@shop.example", world::member(number))
}

/// The seconds until all of them are through, and what came of each, in their order.
fn together<T, R, F>(executor: &Runtime, all: Vec<T>, act: impl Fn(T) -> F) -> (f64, Vec<R>)
where
    F: Future<Output = R> + Send + 'static,
    R: Send + 'static,
{
    let futures: Vec<F> = all.into_iter().map(act).collect();
    let mut results = Vec::new();
    let seconds = seconds(|| {
        let tasks: Vec<_> = futures.into_iter().map(|f| executor.spawn(f)).collect();
        executor.block_on(async {
            for task in tasks {
                results.push(task.await.expect("through"));
            }
        });
    });
    (seconds, results)
}
