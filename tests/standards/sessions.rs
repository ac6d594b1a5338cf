//! Sessions, and the devices that they are at.

use std::collections::HashSet;

use backstop::{Challenge, Challenged, Client, Proof, Prove, SessionToken, SignIn, Ticket};
use base64ct::{Base64UrlUnpadded, Encoding};

use crate::support::{
    NEW, OLD, World, login,
    mail::{code, link},
    password,
};

/// Each sign-in yields a session of its own, also where one has been already.
#[tokio::test]
async fn m02_every_sign_in_begins_a_new_session() {
    let world = World::new();
    let first = world.register("42", "alice", OLD).await;
    let client = Client::new().device(first.device().clone());
    let (name, typed) = (login("alice"), password(OLD));
    let answer = world
        .accounts
        .sign_in(&name, &typed, &client)
        .await
        .unwrap();
    let SignIn::Accepted(second) = answer else {
        panic!("{answer:?}");
    };
    assert_ne!(first.session(), second.session());
    assert_ne!(first.token().expose(), second.token().expose());
}

/// 128 random bits name it, a MAC of 256 seals it, and each bit of the token counts.
#[tokio::test]
async fn m03_a_session_token_cannot_be_made_up() {
    let world = World::new();
    let signed_in = world.register("42", "alice", OLD).await;
    let mut ids = HashSet::new();
    let mut tokens = HashSet::new();
    // All at one moment.
    for _ in 0..200 {
        let signed_in = world.signed_in("alice", OLD).await;
        assert_eq!(signed_in.session().as_bytes().len() * 8, 128);
        ids.insert(signed_in.session());
        tokens.insert(signed_in.token().expose().to_owned());
    }
    assert_eq!((ids.len(), tokens.len()), (200, 200));
    let bytes = Base64UrlUnpadded::decode_vec(signed_in.token().expose()).unwrap();
    assert!(bytes.len() > 16 + 32);
    for bit in 0..bytes.len() * 8 {
        let mut other = bytes.clone();
        other[bit / 8] ^= 1 << (bit % 8);
        let other: SessionToken = Base64UrlUnpadded::encode_string(&other).parse().unwrap();
        assert!(!world.is_live(&other).await, "bit {bit}");
    }
    assert!(world.is_live(signed_in.token()).await);
}

/// A code typed where it was asked for, or a link opened wherever the mail is read: with nothing but
/// the mail, no cookie, no ticket and nothing that a script has kept.
#[tokio::test]
async fn s22_a_recovery_is_finished_at_another_device_by_the_mail_alone() {
    let phone = Client::new().human(true).label("Safari on a phone");
    let computer = Client::new().human(true).label("Firefox on a computer");
    for (begins, finishes) in [(&phone, &computer), (&computer, &phone), (&phone, &phone)] {
        let world = World::new();
        let _alice = world.alice().await;
        let ticket = world.recover_as("alice", begins);
        let sent = world.challenge(&ticket, Challenge::SecurityEmail).await;
        assert_eq!(sent, Challenged::Sent);
        drop(ticket);
        let letter = world.letter().await;
        let Prove::Accepted(ticket) = world.accounts.follow(&link(&letter), None).await.unwrap()
        else {
            panic!("the link is dead");
        };
        let _device = world.recovered(&ticket, NEW).await;
        for client in [begins, finishes] {
            let (name, typed) = (login("alice"), password(NEW));
            let answer = world.accounts.sign_in(&name, &typed, client).await.unwrap();
            assert!(matches!(answer, SignIn::Accepted(_)), "{answer:?}");
        }
    }
}

/// The same steps, answers and effects, whatever the client is.
#[tokio::test]
async fn s22_the_steps_are_the_same_on_a_phone_as_on_a_computer() {
    let mut seen = Vec::new();
    for label in [
        Some("Safari on a phone"),
        Some("Firefox on a computer"),
        None,
    ] {
        let world = World::new();
        let _alice = world.alice().await;
        world.store.take_calls();
        let client = Client::new().human(true);
        let client = match label {
            Some(label) => client.label(label),
            None => client,
        };
        let mut steps = Vec::new();
        let mut step = |what: String| steps.push((what, world.store.take_calls()));
        let (name, typed) = (login("alice"), password(OLD));
        let answer = world.accounts.sign_in(&name, &typed, &client).await;
        assert!(matches!(answer, Ok(SignIn::Accepted(_))), "{answer:?}");
        step("signed in".to_owned());
        let ticket: Ticket = world.recover_as("alice", &client);
        let ticket = ticket.expose().parse().unwrap();
        step(format!(
            "{:?}",
            world.challenge(&ticket, Challenge::HintQuestion).await
        ));
        step(format!(
            "{:?}",
            world.challenge(&ticket, Challenge::SecurityEmail).await
        ));
        let proof = Proof::SecurityEmail(code(&world.letter().await));
        step("posted".to_owned());
        let ticket = world.accepted(&ticket, proof).await;
        step("proved".to_owned());
        let _device = world.recovered(&ticket, NEW).await;
        step("recovered".to_owned());
        let signed_in = world.signed_in("alice", NEW).await;
        let _renewed = world.change(&signed_in, NEW, OLD).await;
        step("changed".to_owned());
        seen.push(steps);
    }
    assert_eq!(seen[0], seen[1]);
    assert_eq!(seen[0], seen[2]);
}
