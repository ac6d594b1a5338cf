//! Strangers who use up the mails of an owner: in every hour some link in the mailbox works, or
//! there can be another mail.
#![expect(
    clippy::arithmetic_side_effects,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod support;

use std::time::Duration;

use backstop::{Apply, Challenge, Changes, Message, Proof, Prove, Ticket, message::Content};
use rand_chacha::rand_core::Rng;
use support::{ANSWER, NEW, World, answer, hours, mail::link, typed_twice};

/// Longer than two mails have to be apart.
const MINUTE: Duration = Duration::from_secs(61);

/// How many mails with a code an address gets, and in which time.
const MAILS: usize = 3;
const WINDOW: Duration = hours(12);

/// Half of the life of a code and its link: until then a code is sent again when it is asked for.
const HALF_LIFE: Duration = hours(12);

/// Whether the link in this mail leads to a page that a new password can be set on. It sets none:
/// the one that is offered is too short.
async fn works(world: &World, letter: &Message) -> bool {
    let Prove::Accepted(ticket) = world.accounts.follow(&link(letter), None).await.unwrap() else {
        return false;
    };
    let short = Changes::new().password(typed_twice("Aa1!"));
    let answer = world.accounts.apply(&ticket, short).await.unwrap();
    matches!(answer, Apply::Unmet { .. })
}

async fn one_works(world: &World, mailbox: &[Message]) -> bool {
    for letter in mailbox.iter().rev() {
        if works(world, letter).await {
            return true;
        }
    }
    false
}

/// Asks for a mail in each of these recoveries, and collects what comes.
async fn ask(world: &World, tickets: &[Ticket], mailbox: &mut Vec<Message>) {
    for ticket in tickets {
        let _sent = world.challenge(ticket, Challenge::SecurityEmail).await;
        let post = world.post().await.into_iter();
        mailbox.extend(post.filter(|mail| matches!(mail.content(), Content::Code { .. })));
        world.clock.advance(MINUTE);
    }
}

fn recoveries(world: &World) -> Vec<Ticket> {
    (0..2 * MAILS).map(|_| world.recover("alice")).collect()
}

async fn answered_hint(world: &World) -> Ticket {
    let ticket = world.recover("alice");
    match world
        .offer(&ticket, Proof::HintQuestion(answer(ANSWER)))
        .await
    {
        Prove::Waiting { ticket, .. } => ticket,
        other => panic!("it does not wait: {other:?}"),
    }
}

/// For a day and more, the owner asks in each hour and tries every mail there is.
async fn owner_always_gets_in(world: &World, mailbox: &mut Vec<Message>) {
    for hour in 0..26 {
        ask(world, &[world.recover("alice")], mailbox).await;
        let is_in = one_works(world, mailbox).await;
        assert!(is_in, "no link of {} mails in hour {hour}", mailbox.len());
        world.clock.advance(hours(1) - MINUTE);
    }
}

/// Whenever a stranger uses up the mails: one of them has a link that works until there can be
/// another mail.
#[tokio::test]
async fn x37_a_stranger_who_uses_up_the_mails_keeps_nobody_out() {
    let world = World::new();
    let (_signed_in, _code) = world.alice().await;
    let mut mailbox = Vec::new();
    ask(&world, &recoveries(&world), &mut mailbox).await;
    assert_eq!(mailbox.len(), MAILS);
    owner_always_gets_in(&world, &mut mailbox).await;
}

/// The same with flows that the stranger began long before: their links would end soon.
#[tokio::test]
async fn x37_mails_of_old_flows_keep_nobody_out() {
    let world = World::new();
    let (_signed_in, _code) = world.alice().await;
    let tickets = recoveries(&world);
    world.clock.advance(hours(24) - 10 * MINUTE);
    let mut mailbox = Vec::new();
    ask(&world, &tickets, &mut mailbox).await;
    assert_eq!(mailbox.len(), MAILS);
    owner_always_gets_in(&world, &mut mailbox).await;
}

/// Codes that were made while no mail could go out are mailed when half of their life is over.
#[tokio::test]
async fn x37_mails_with_codes_that_are_half_old_keep_nobody_out() {
    let world = World::new();
    let _alice = world.alice().await;
    let mut mailbox = Vec::new();
    let _codes = half_old_codes(&world, &mut mailbox).await;
    owner_always_gets_in(&world, &mut mailbox).await;
}

/// The codes of these recoveries are as old as can be, and the mails with them are the last ones
/// for a while. The recoveries of every mail so far.
async fn half_old_codes(world: &World, mailbox: &mut Vec<Message>) -> Vec<Ticket> {
    let mut tickets = recoveries(world);
    ask(world, &tickets, mailbox).await;
    assert_eq!(mailbox.len(), MAILS);
    world.clock.advance(WINDOW - HALF_LIFE);
    let later = recoveries(world);
    ask(world, &later, mailbox).await;
    assert_eq!(mailbox.len(), MAILS);
    world.clock.advance(HALF_LIFE - 7 * MINUTE);
    ask(world, &later, mailbox).await;
    assert_eq!(mailbox.len(), 2 * MAILS);
    tickets.extend(later);
    tickets
}

/// Asked for again in the same recoveries half a life later, codes are made anew, and the links
/// that are in the mailbox work all the same.
#[tokio::test]
async fn x37_asking_again_kills_no_link() {
    let world = World::new();
    let _alice = world.alice().await;
    let mut mailbox = Vec::new();
    let tickets = half_old_codes(&world, &mut mailbox).await;
    ask(&world, &tickets, &mut mailbox).await;
    assert_eq!(mailbox.len(), 2 * MAILS);
    owner_always_gets_in(&world, &mut mailbox).await;
}

/// A recovery with a hint answer that waits lives longer than a link. A mail that is sent out of
/// it late leads to a page that works.
#[tokio::test]
async fn x37_a_link_out_of_an_old_recovery_with_a_hint_works() {
    let world = World::new();
    let _alice = world.alice().await;
    let ticket = answered_hint(&world).await;
    let _told = world.letter().await;
    world.clock.advance(hours(25));
    let _sent = world.challenge(&ticket, Challenge::SecurityEmail).await;
    let letter = world.letter().await;
    let opened = world.accounts.follow(&link(&letter), None).await.unwrap();
    let Prove::Accepted(ticket) = opened else {
        panic!("the link is dead: {opened:?}");
    };
    let _device = world.recovered(&ticket, NEW).await;
}

#[tokio::test]
async fn x37_mails_out_of_recoveries_that_end_soon_keep_nobody_out() {
    let world = World::new();
    let _alice = world.alice().await;
    let mut tickets = Vec::new();
    for _ in 0..2 * MAILS {
        tickets.push(answered_hint(&world).await);
    }
    world.clock.advance(hours(47));
    let mut mailbox = Vec::new();
    ask(&world, &tickets, &mut mailbox).await;
    assert_eq!(mailbox.len(), MAILS);
    owner_always_gets_in(&world, &mut mailbox).await;
}

/// Whatever a stranger does, in whatever order: whenever no more mails may be sent, a link works.
///
/// `BACKSTOP_TEST_SEED` picks what happens.
#[tokio::test]
async fn x37_a_stranger_at_random_keeps_nobody_out() {
    for run in 0..6 {
        let mut rng = support::entropy();
        let world = World::new();
        let _alice = world.alice().await;
        let mut tickets = Vec::new();
        let mut mailbox = Vec::new();
        let mut sent_at = Vec::new();
        for step in 0..24 * 5 {
            match rng.next_u32() % 4 {
                0 => tickets.extend((0..MAILS).map(|_| world.recover("alice"))),
                1 if run % 2 == 0 => tickets.push(answered_hint(&world).await),
                _ => {}
            }
            if rng.next_u32().is_multiple_of(4) {
                for ticket in &tickets {
                    let before = mailbox.len();
                    let now = world.clock.now();
                    ask(&world, std::slice::from_ref(ticket), &mut mailbox).await;
                    sent_at.extend((before..mailbox.len()).map(|_| now));
                }
            }
            let old = tickets.len().saturating_sub(4 * MAILS);
            tickets.drain(..old);
            let minutes = 20 + rng.next_u32() % 40;
            world.clock.advance(Duration::from_secs(60) * minutes);
            let since = world.clock.now() - WINDOW;
            if sent_at.iter().filter(|at| **at > since).count() >= MAILS {
                let is_in = one_works(&world, &mailbox).await;
                assert!(is_in, "no link works in run {run} at step {step}");
            }
        }
    }
}
