//! What a history of passwords costs: each that is remembered is compared, and nothing else.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use backstop::{
    Accounts, Apply, Changes, Client, MemorySender, MemoryStore, Policy, Proof, Prove,
    SessionStatus, SignIn, Ticket, hasher::HasherConfig,
};
use time::OffsetDateTime;

use crate::{
    measure::{Bound, Report, Row, pairs, seconds},
    world::{self, Bare},
};

const HISTORY: usize = 5;
/// Those before, the present one, and the new one.
const WARM_HASHES: usize = HISTORY + 2;

pub(crate) fn measure(report: &mut Report) {
    let executor = world::executor();
    let clock = Arc::new(AtomicI64::new(0));
    let read = Arc::clone(&clock);
    let accounts = Accounts::builder(MemoryStore::new(), MemorySender::new(), world::key())
        .link_base("https://shop.example/recover")
        .expect("a page")
        .policy(Policy::marketplace().history(HISTORY))
        .hasher(HasherConfig::new().workers(1))
        .clock(move || {
            OffsetDateTime::UNIX_EPOCH + time::Duration::seconds(read.load(Ordering::Relaxed))
        })
        .build()
        .expect("accounts");
    executor.block_on(world::register(&accounts, 1));
    let mut number = 100;
    let mut typed = world::PASSWORD.to_owned();
    let mut apply = || {
        // So many changes by the current password are for one day.
        clock.fetch_add(25 * 60 * 60, Ordering::Relaxed);
        let ticket = executor.block_on(proven(&accounts, &typed));
        number += 1;
        typed = format!("Mira-{number}-lakes");
        let changes = Changes::new().password(world::new_password(&typed));
        seconds(|| {
            let answer = executor.block_on(accounts.apply(&ticket, changes));
            assert!(matches!(answer, Ok(Apply::Applied(_))), "{answer:?}");
        })
    };
    for _ in 0..HISTORY {
        apply();
    }
    let mut bare = Bare::ordinary();
    let pairs = pairs(40, apply, || {
        seconds(|| (0..WARM_HASHES).for_each(|_| bare.warm()))
    });
    report.row(Row {
        figure: "apply with a history of 5 / 7 warm hashes, memory store",
        measured: pairs.ratio(),
        unit: "",
        to_reach: Bound::AtMost(1.10),
        from: pairs.from("apply", "7 hashes"),
    });
}

/// A ticket of a session with the current password.
async fn proven(accounts: &Accounts, typed: &str) -> Ticket {
    let name = world::login(&world::member(0));
    let answer = accounts
        .sign_in(&name, &world::password(typed), &Client::new())
        .await;
    let Ok(SignIn::Accepted(signed_in)) = answer else {
        panic!("{answer:?}");
    };
    let status = accounts.session(signed_in.token()).await;
    let Ok(SessionStatus::Live(session)) = status else {
        panic!("{status:?}");
    };
    let ticket = accounts.settings(&session).expect("a ticket");
    let proof = Proof::CurrentPassword(world::password(typed));
    match accounts.prove(&ticket, proof).await {
        Ok(Prove::Accepted(ticket)) => ticket,
        other => panic!("{other:?}"),
    }
}
