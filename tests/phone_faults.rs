//! Every call to the store and every sending of a story with a phone fails once: nobody is let in or
//! changed by a failure, the story completes when it is played again, and every contact is told. And
//! of many submissions of one code one is accepted.
#![cfg(feature = "phone")]
#![expect(
    clippy::arithmetic_side_effects,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod support;

use std::time::Duration;

use backstop::{
    Address, Apply, Challenge, Challenged, Changes, Error, Message, Proof, Prove, SignIn,
    SignInOnce, Ticket, message::Notice,
};
use support::{
    ALICE, NEW, OLD, World, email, hours,
    mail::{Refusal, code, notice},
    password,
    phone::{NEW_PHONE, PHONE, is_notice, number},
    probe::Fault,
    typed_twice,
};

#[derive(Clone, Copy, Debug)]
enum Wrong {
    Store(Fault),
    Send(Refusal),
}

const WRONGS: [Wrong; 4] = [
    Wrong::Store(Fault::Before),
    Wrong::Store(Fault::After),
    Wrong::Send(Refusal::Transient),
    Wrong::Send(Refusal::Lost),
];

#[derive(Clone, Copy, Debug)]
enum Story {
    Change,
    Recovery,
    SignInOnce,
}

/// How a story ended that did not fail: nothing to go on with, or all of it.
#[derive(Debug, Eq, PartialEq)]
enum End {
    Again,
    Done,
}

/// The last text message with a code, of those that arrived.
async fn texted(world: &World, seen: &mut Vec<Message>) -> Option<Message> {
    // A pass that fails is made again.
    for _ in 0..3 {
        let _fails = world.accounts.deliver_due().await;
        world.clock.advance(Duration::from_secs(15));
    }
    let post = world.mail.take();
    let last = post.iter().rfind(|message| !is_notice(message)).cloned();
    seen.extend(post);
    last
}

async fn prove(world: &World, ticket: &Ticket, proof: Proof) -> Result<Option<Ticket>, Error> {
    Ok(match world.accounts.prove(ticket, proof).await? {
        Prove::Accepted(ticket) => Some(ticket),
        Prove::Expired => None,
        other => panic!("{other:?}"),
    })
}

async fn recovery(world: &World, once: bool, seen: &mut Vec<Message>) -> Result<End, Error> {
    let ticket = world.recover(PHONE);
    let ask = Challenge::Phone(Some("alice".parse().unwrap()));
    let sent = world.accounts.challenge(&ticket, ask).await?;
    assert_eq!(sent, Challenged::TextSent);
    let Some(text) = texted(world, seen).await else {
        return Ok(End::Again);
    };
    let Some(ticket) = prove(world, &ticket, Proof::Phone(code(&text))).await? else {
        return Ok(End::Again);
    };
    if once {
        return Ok(match world.accounts.sign_in_once(&ticket).await? {
            SignInOnce::Accepted(_) => End::Done,
            SignInOnce::Expired => End::Again,
            other => panic!("{other:?}"),
        });
    }
    let changes = Changes::new().password(typed_twice(NEW));
    Ok(match world.accounts.apply(&ticket, changes).await? {
        Apply::Recovered(_) => End::Done,
        Apply::Expired => End::Again,
        other => panic!("{other:?}"),
    })
}

async fn change(world: &World, seen: &mut Vec<Message>) -> Result<End, Error> {
    let client = backstop::Client::new();
    let name = "alice".parse().unwrap();
    let answer = world
        .accounts
        .sign_in(&name, &password(OLD), &client)
        .await?;
    let SignIn::Accepted(signed_in) = answer else {
        panic!("{answer:?}");
    };
    let session = match world.accounts.session(signed_in.token()).await? {
        backstop::SessionStatus::Live(session) => session,
        backstop::SessionStatus::Ended => panic!("ended"),
    };
    let ticket = world.accounts.settings(&session)?;
    let typed = Proof::CurrentPassword(password(OLD));
    let Some(ticket) = prove(world, &ticket, typed).await? else {
        return Ok(End::Again);
    };
    let sent = world
        .accounts
        .challenge(&ticket, Challenge::Phone(None))
        .await?;
    assert_eq!(sent, Challenged::TextSent);
    let Some(text) = texted(world, seen).await else {
        return Ok(End::Again);
    };
    if *text.to() == number(NEW_PHONE) {
        // An earlier turn has changed it, and its answer was lost.
        return Ok(End::Done);
    }
    let Some(ticket) = prove(world, &ticket, Proof::Phone(code(&text))).await? else {
        return Ok(End::Again);
    };
    let ask = Challenge::NewPhone(number(NEW_PHONE));
    let sent = world.accounts.challenge(&ticket, ask).await?;
    assert_eq!(sent, Challenged::TextSent);
    let Some(text) = texted(world, seen).await else {
        return Ok(End::Again);
    };
    let Some(ticket) = prove(world, &ticket, Proof::NewPhone(code(&text))).await? else {
        return Ok(End::Again);
    };
    Ok(
        match world
            .accounts
            .apply(&ticket, Changes::new().phone())
            .await?
        {
            Apply::Applied(_) => End::Done,
            Apply::Expired => End::Again,
            other => panic!("{other:?}"),
        },
    )
}

/// Whether the fault happened.
async fn play(story: Story, wrong: Wrong, healthy: usize) -> bool {
    let world = World::with_phones();
    let alice = world.alice_with_phone(true).await;
    let told = format!("{story:?}, {wrong:?} after {healthy}");
    match wrong {
        Wrong::Store(fault) => world.store.fail(healthy, &[fault]),
        Wrong::Send(refusal) => world.mail.fail_after(healthy, &[refusal]),
    }
    let mut seen = Vec::new();
    let mut turns = 0;
    loop {
        let end = match story {
            Story::Change => change(&world, &mut seen).await,
            Story::Recovery => recovery(&world, false, &mut seen).await,
            Story::SignInOnce => recovery(&world, true, &mut seen).await,
        };
        turns += 1;
        assert!(turns < 5, "{told}: {end:?}");
        if matches!(end, Ok(End::Done)) {
            break;
        }
        let is_changed = !world.is_live(alice.token()).await;
        if is_changed && matches!(story, Story::Recovery) {
            // Its answer was lost, and all of it was done.
            break;
        }
        world.clock.advance(hours(2));
    }
    let struck = match wrong {
        Wrong::Store(_) => world.store.struck(),
        Wrong::Send(_) => world.mail.struck(),
    };
    world.clock.advance(hours(7));
    for _ in 0..3 {
        world.accounts.deliver_due().await.unwrap();
        world.clock.advance(hours(7));
    }
    seen.extend(world.mail.take());
    let is_told = |to: Address, what: &dyn Fn(Notice) -> bool| {
        let notices = seen.iter().filter(|message| is_notice(message));
        notices
            .filter(|message| *message.to() == to)
            .any(|message| what(notice(message)))
    };
    let contacts: [Address; 2] = [email(ALICE).into(), number(PHONE).into()];
    let what: &dyn Fn(Notice) -> bool = match story {
        Story::Change => &|notice| notice == Notice::PhoneChanged,
        Story::Recovery => &|notice| matches!(notice, Notice::PasswordChanged(_)),
        Story::SignInOnce => &|notice| notice == Notice::SignedInOnce,
    };
    for to in contacts {
        assert!(is_told(to.clone(), what), "{told}: {to:?} was not told");
    }
    let (now, before) = match story {
        Story::Recovery => (NEW, OLD),
        Story::Change | Story::SignInOnce => (OLD, NEW),
    };
    world.signed_in("alice", now).await;
    let old = world.sign_in("alice", before).await;
    assert!(matches!(old, SignIn::Denied { .. }), "{told}: {old:?}");
    let (mine, other) = match story {
        Story::Change => (NEW_PHONE, PHONE),
        Story::Recovery | Story::SignInOnce => (PHONE, NEW_PHONE),
    };
    world.signed_in(mine, now).await;
    let old = world.sign_in(other, now).await;
    assert!(matches!(old, SignIn::Denied { .. }), "{told}: {old:?}");
    struck
}

async fn play_all(story: Story) {
    for wrong in WRONGS {
        let mut healthy = 0;
        while play(story, wrong, healthy).await {
            healthy += 1;
        }
        let fewest = match wrong {
            Wrong::Store(_) => 12,
            Wrong::Send(_) => 1,
        };
        assert!(healthy >= fewest, "{story:?}, {wrong:?}: {healthy}");
    }
}

#[tokio::test]
async fn k03_s11_a_failure_changes_nobodys_phone_and_loses_nothing() {
    play_all(Story::Change).await;
}

#[tokio::test]
async fn k03_s11_a_failure_in_a_recovery_by_phone_loses_nothing() {
    play_all(Story::Recovery).await;
}

#[tokio::test]
async fn k03_s11_a_failure_lets_nobody_in_by_phone() {
    play_all(Story::SignInOnce).await;
}

/// One right code, many submissions at once: one is accepted. One accepted ticket, many sign-ins at
/// once: one is let in.
#[tokio::test(flavor = "multi_thread")]
async fn x12_s11_of_many_submissions_of_one_code_one_is_accepted() {
    let world = World::with_phones();
    let _alice = world.alice_with_phone(true).await;
    let ticket = world.recover("alice");
    let post = world.text_to(&ticket, "alice").await;
    let typed = code(support::phone::text(&post));
    let tasks: Vec<_> = (0..16)
        .map(|_| {
            let (world, ticket, typed) = (world.clone(), ticket.clone(), typed.clone());
            tokio::spawn(async move { world.accounts.prove(&ticket, Proof::Phone(typed)).await })
        })
        .collect();
    let mut accepted = Vec::new();
    for task in tasks {
        match task.await.unwrap() {
            Ok(Prove::Accepted(ticket)) => accepted.push(ticket),
            Ok(Prove::Expired | Prove::Locked { .. }) => {}
            Err(error) => assert!(error.is_retryable(), "{error:?}"),
            Ok(other) => panic!("{other:?}"),
        }
    }
    assert_eq!(accepted.len(), 1);
    let ticket = accepted.remove(0);
    let tasks: Vec<_> = (0..16)
        .map(|_| {
            let (world, ticket) = (world.clone(), ticket.clone());
            tokio::spawn(async move { world.accounts.sign_in_once(&ticket).await })
        })
        .collect();
    let mut entered = 0;
    for task in tasks {
        match task.await.unwrap() {
            Ok(SignInOnce::Accepted(_)) => entered += 1,
            Ok(SignInOnce::Expired) => {}
            Err(error) => assert!(error.is_retryable(), "{error:?}"),
            Ok(other) => panic!("{other:?}"),
        }
    }
    assert_eq!(entered, 1);
}
