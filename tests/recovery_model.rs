//! Whole recoveries against a model that is too small to be wrong: any order of calls by five
//! people who know different secrets, with clocks that jump and stores that fail. What is answered
//! and what can be observed is what the model says; and nobody changes what the authority table
//! does not allow to what they knew.
//!
//! `BACKSTOP_TEST_SEED` picks the random values, `BACKSTOP_MODEL_CASES` how many recoveries are
//! played. A sequence that fails is made shorter and printed.
#![expect(
    clippy::arithmetic_side_effects,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod model;
mod support;

use std::time::Duration;

use backstop::{Apply, Challenge, Challenged, Changes, Proof, Prove, message::Content};
use model::play::{Op, play};
use rand_chacha::rand_core::Rng;
use support::{
    OLD, World, days, email,
    mail::{Refusal, link},
    probe::Fault,
};

const STEPS: usize = 50;

fn cases() -> usize {
    std::env::var("BACKSTOP_MODEL_CASES").map_or(200, |cases| cases.parse().unwrap())
}

/// Leaves steps out as long as it fails all the same.
async fn shortest(who_knows: u32, mut ops: Vec<Op>, mut why: String) -> (Vec<Op>, String) {
    let mut len = ops.len() / 2;
    while len > 0 {
        let mut at = 0;
        while at < ops.len() {
            let mut fewer = ops.clone();
            fewer.drain(at..(at + len).min(ops.len()));
            match play(who_knows, &fewer).await {
                Err(other) => (ops, why) = (fewer, other),
                Ok(_) => at += len,
            }
        }
        len /= 2;
    }
    (ops, why)
}

/// Rows S4, S5, S6, S9, S10, S12, S13 and S20, another user name and the end of the account, in any
/// order.
#[tokio::test]
async fn s12_s13_x33_any_order_of_calls_is_what_the_model_says() {
    let mut rng = support::entropy();
    let mut seen = std::collections::BTreeMap::<String, usize>::new();
    for case in 0..cases() {
        let who_knows = rng.next_u32();
        let ops: Vec<Op> = (0..STEPS)
            .map(|_| Op(std::array::from_fn(|_| rng.next_u32())))
            .collect();
        match play(who_knows, &ops).await {
            Ok(answers) => answers
                .into_iter()
                .for_each(|answer| *seen.entry(answer).or_default() += 1),
            Err(why) => {
                let (ops, why) = shortest(who_knows, ops, why).await;
                panic!("case {case}, {} steps:\n{why}", ops.len());
            }
        }
    }
    println!("{seen:#?}");
    // The model was asked about all of these; else the test would prove little.
    for answer in [
        "apply Applied",
        "apply Expired",
        "apply Locked",
        "apply Recovered",
        "apply Unproven",
        "apply Waiting",
        "apply a name",
        "cancel PasswordVoid",
        "cancel Stopped",
        "delete Deleted",
        "delete Unproven",
        "follow Accepted",
        "issue Issued",
        "once Accepted",
        "once TooLate",
        "once Unproven",
        "prove Accepted",
        "prove Denied",
        "prove Expired",
        "prove Locked",
        "prove Waiting",
        "sign-in Accepted",
        "sign-in Denied",
        "sign-in Locked",
    ] {
        let enough = cases() < 100 || seen.get(answer).is_some_and(|times| *times >= 2);
        assert!(enough, "{answer}: {:?}", seen.get(answer));
    }
}

/// Whoever reads the address that a holder of the security code has named by mistake gets nothing
/// by its link, and neither does whoever reads the old mailbox.
#[tokio::test]
async fn x33_a_link_gives_nothing_that_another_claimant_has_proved() {
    let world = World::new();
    let (_signed_in, security_code) = world.alice().await;
    let code = || Proof::SecurityCode(security_code.expose().parse().unwrap());
    let ticket = world.accepted(&world.recover("alice"), code()).await;
    let challenges = [
        Challenge::NewEmail(email("mistyped@shop.example")),
        Challenge::SecurityEmail,
    ];
    for challenge in challenges {
        assert_eq!(world.challenge(&ticket, challenge).await, Challenged::Sent);
    }
    let mails = world.post().await;
    let mails: Vec<_> = mails
        .iter()
        .filter(|mail| matches!(mail.content(), Content::Code { .. }))
        .collect();
    assert_eq!(mails.len(), 2);
    for mail in mails {
        // A mail to a new address has no link in a recovery.
        if mail.to() == &email("mistyped@shop.example") {
            assert!(matches!(mail.content(), Content::Code { link: None, .. }));
            continue;
        }
        let followed = world.accounts.follow(&link(mail), None).await.unwrap();
        let Prove::Accepted(stolen) = followed else {
            panic!("{followed:?}");
        };
        for changes in [
            Changes::new().email(),
            Changes::new().hint(support::question(), support::answer("Some Other Person")),
        ] {
            let refused = world.accounts.apply(&stolen, changes).await.unwrap();
            assert!(matches!(refused, Apply::Unproven), "{refused:?}");
        }
    }
}

/// A store that fails once loses no mail of those that wait.
#[tokio::test]
async fn s09_a_failure_of_one_mail_loses_no_other() {
    let world = World::new();
    let _alice = world.alice().await;
    for name in ["alice", "alice"] {
        let sent = world
            .challenge(&world.recover(name), Challenge::SecurityEmail)
            .await;
        assert_eq!(sent, Challenged::Sent);
    }
    world.store.fail(0, &[Fault::Before]);
    assert!(world.accounts.deliver_due().await.is_err());
    assert_eq!(world.mail.take().len(), 1);
    world.clock.advance(Duration::from_secs(61));
    assert_eq!(world.post().await.len(), 1);
}

/// A clock that was a year ahead, and is right again, stops mails for no longer than the rule says.
#[tokio::test]
async fn x28_a_clock_that_was_wrong_does_not_stop_mails() {
    let world = World::new();
    let _alice = world.alice().await;
    world.clock.advance(days(366));
    let _sent = world.recover_by_mail("alice").await;
    world.clock.rewind(days(366));
    for minute in 0..3 {
        let sent = world
            .challenge(&world.recover("alice"), Challenge::SecurityEmail)
            .await;
        assert_eq!(sent, Challenged::Sent);
        assert_eq!(
            world.post().await.len(),
            usize::from(minute > 0),
            "{minute}"
        );
        world.clock.advance(Duration::from_secs(61));
    }
}

/// Two notices of one change are told apart, whatever waited before: one that fails is sent later.
#[tokio::test]
async fn s20_a_notice_that_fails_is_not_lost_with_one_that_is_sent() {
    let world = World::new();
    let (signed_in, security_code) = world.alice().await;
    let ticket = world.settings(&signed_in).await;
    let ticket = world.proven(&ticket, OLD).await;
    let hint = |text| Changes::new().hint(support::question(), support::answer(text));
    world.applied(&ticket, hint("Some Other Person")).await;
    // Before anything was sent, both.
    let code = Proof::SecurityCode(security_code.expose().parse().unwrap());
    let ticket = world.accepted(&world.recover("alice"), code).await;
    let both = hint("Some Third Person").password(support::typed_twice(support::NEW));
    let done = world.accounts.apply(&ticket, both).await.unwrap();
    assert!(matches!(done, Apply::Recovered(_)), "{done:?}");
    world.mail.fail(&[Refusal::Transient; 2]);
    let mut told = world.post().await;
    world.clock.advance(days(1));
    told.extend(world.post().await);
    assert_eq!(told.len(), 3, "{told:?}");
    let ids: std::collections::BTreeSet<_> = told.iter().map(|m| m.id().to_string()).collect();
    assert_eq!(ids.len(), 3);
}
