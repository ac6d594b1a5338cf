//! The verbs that do not hash, each on its own.

use backstop::{
    Accounts, Apply, Challenge, Changes, Client, Link, MailedCode, MemoryStore, Proof, Prove,
    Recover, SecurityCode, Session, SessionStatus, SignIn, hash::HashCost,
};
use time::OffsetDateTime;
use tokio::runtime::Runtime;

use crate::{
    measure::{Bound, Report, Row, median, seconds},
    world,
};

/// How often each is timed.
const TIMES: usize = 4000;

pub(crate) fn measure(report: &mut Report) {
    let executor = world::executor();
    // Misses are hashed before anything is timed: cheaply.
    let cost = HashCost::danger_below_floor(8, 1, 1).expect("a cost");
    let accounts = Accounts::builder(
        MemoryStore::new(),
        backstop::MemorySender::new(),
        world::key(),
    )
    .link_base("https://shop.example/recover")
    .expect("a page")
    .hash_cost(cost)
    .clock(|| OffsetDateTime::UNIX_EPOCH)
    .build()
    .expect("accounts");
    executor.block_on(world::register(&accounts, 1));
    let mut verbs = Verbs {
        report,
        executor: &executor,
    };
    verbs.of_a_session(&accounts);
    verbs.of_strangers(&accounts);
    verbs.of_recovery(&accounts);
}

struct Verbs<'a> {
    report: &'a mut Report,
    executor: &'a Runtime,
}

impl Verbs<'_> {
    fn of_a_session(&mut self, accounts: &Accounts) {
        let name = world::login(&world::member(0));
        let answer = self.executor.block_on(accounts.sign_in(
            &name,
            &world::password(world::PASSWORD),
            &Client::new(),
        ));
        let Ok(SignIn::Accepted(signed_in)) = answer else {
            panic!("{answer:?}")
        };
        let session = self.executor.block_on(resume(accounts, &signed_in));
        self.row(
            "session",
            || (),
            async |()| {
                resume(accounts, &signed_in).await;
            },
        );
        self.row(
            "settings",
            || (),
            async |()| {
                accounts.settings(&session).expect("a ticket");
            },
        );
        let ticket = accounts.settings(&session).expect("a ticket");
        self.row("apply, unproven", changes, async |changes| {
            let answer = accounts.apply(&ticket, changes).await;
            assert!(matches!(answer, Ok(Apply::Unproven)), "{answer:?}");
        });
    }

    fn of_strangers(&mut self, accounts: &Accounts) {
        // Of the form of a ticket that stands for a record; there is none.
        let ticket = format!("Z{}", "g".repeat(43)).parse().expect("a ticket");
        self.row("apply, dead ticket", changes, async |changes| {
            let answer = accounts.apply(&ticket, changes).await;
            assert!(matches!(answer, Ok(Apply::Expired)), "{answer:?}");
        });
        self.row("prove, dead ticket", proof, async |proof| {
            let answer = accounts.prove(&ticket, proof).await;
            assert!(matches!(answer, Ok(Prove::Expired)), "{answer:?}");
        });
        for (which, name) in [("known", world::member(0)), ("unknown", world::nobody(0))] {
            let name = world::login(&name);
            let typed = world::password(world::WRONG_PASSWORD);
            let client = Client::new();
            let miss = async || accounts.sign_in(&name, &typed, &client).await;
            while let Ok(SignIn::Denied { .. }) = self.executor.block_on(miss()) {}
            self.row(
                &format!("sign_in, locked, {which} name"),
                || (),
                async |()| {
                    let answer = miss().await;
                    assert!(matches!(answer, Ok(SignIn::Locked { .. })), "{answer:?}");
                },
            );
        }
        self.row(
            "purge of nothing",
            || (),
            async |()| {
                assert!(matches!(accounts.purge().await, Ok(0)));
            },
        );
    }

    /// The steps of a recovery, for a name that an account has and for one that none has.
    fn of_recovery(&mut self, accounts: &Accounts) {
        let executor = self.executor;
        let client = Client::new().human(true);
        let wrong: SecurityCode = "0000-0000-0000-0000-0000-0000-000"
            .parse()
            .expect("a security code");
        for (which, name) in [("known", world::member(0)), ("unknown", world::nobody(0))] {
            let name = world::login(&name);
            let start = || match accounts.recover(&name, &client) {
                Ok(Recover::Started(ticket)) => ticket,
                other => panic!("{other:?}"),
            };
            self.row(
                &format!("recover, {which} name"),
                || (),
                async |()| drop(start()),
            );
            for (what, challenge) in [
                ("a mail", Challenge::SecurityEmail),
                ("the question", Challenge::HintQuestion),
            ] {
                self.row(
                    &format!("challenge {what}, {which} name"),
                    || {
                        // The outbox is emptied by nobody else.
                        executor.block_on(accounts.deliver_due()).expect("sent");
                        (start(), challenge.clone())
                    },
                    async |(ticket, challenge)| {
                        let answer = accounts.challenge(&ticket, challenge).await;
                        assert!(answer.is_ok(), "{answer:?}");
                    },
                );
            }
            self.row(
                &format!("prove a security code, wrong, {which} name"),
                || (start(), Proof::SecurityCode(wrong.clone())),
                async |(ticket, proof)| {
                    let answer = accounts.prove(&ticket, proof).await;
                    assert!(matches!(answer, Ok(Prove::Denied { .. })), "{answer:?}");
                },
            );
            let code = || -> MailedCode { "12345678".parse().expect("a code") };
            self.row(
                &format!("prove a mailed code, wrong or locked, {which} name"),
                || (start(), Proof::SecurityEmail(code())),
                async |(ticket, proof)| {
                    let answer = accounts.prove(&ticket, proof).await;
                    let refused = matches!(answer, Ok(Prove::Denied { .. } | Prove::Locked { .. }));
                    assert!(refused, "{answer:?}");
                },
            );
        }
        let link: Link = "A".repeat(66).parse().expect("a link");
        self.row(
            "follow a dead link",
            || (),
            async |()| {
                let answer = accounts.follow(&link, None).await;
                assert!(matches!(answer, Ok(Prove::Expired)), "{answer:?}");
            },
        );
    }

    /// `input`: what the verb consumes, made before it is timed.
    fn row<T>(&mut self, verb: &str, input: impl Fn() -> T, call: impl AsyncFn(T)) {
        let times: Vec<_> = (0..TIMES)
            .map(|_| {
                let input = input();
                seconds(|| self.executor.block_on(call(input)))
            })
            .collect();
        let median = median(times.into_iter()) * 1e6;
        self.report.row(Row {
            figure: &format!("no hash, memory store: {verb}"),
            measured: median,
            unit: "µs",
            to_reach: Bound::AtMost(20.0),
            from: format!("median of {TIMES}"),
        });
    }
}

async fn resume(accounts: &Accounts, signed_in: &backstop::SignedIn) -> Session {
    match accounts.session(signed_in.token()).await {
        Ok(SessionStatus::Live(session)) => session,
        ended => panic!("{ended:?}"),
    }
}

fn changes() -> Changes {
    Changes::new().password(world::new_password("Orla-5-rivers"))
}

fn proof() -> Proof {
    Proof::CurrentPassword(world::password(world::PASSWORD))
}
