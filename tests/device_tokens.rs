//! A device that its owner signed in at has attempt budgets of its own, and no more than that.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use backstop::{Client, Proof, Prove, SignIn};
use support::{
    NEW, OLD, WRONG, World, answer, login,
    mail::{code, wrong},
    password,
};

async fn sign_in(world: &World, name: &str, typed: &str, device: &Client) -> SignIn {
    let (name, typed) = (login(name), password(typed));
    world.accounts.sign_in(&name, &typed, device).await.unwrap()
}

/// Uses up what strangers may miss at sign-in.
async fn lock(world: &World, name: &str) {
    while let SignIn::Denied { .. } = world.sign_in(name, WRONG).await {}
}

#[tokio::test]
async fn s12_strangers_cannot_use_up_the_tries_of_a_known_device() {
    let world = World::new();
    let (signed_in, _code) = world.alice().await;
    let device = Client::new().device(signed_in.device().clone());
    lock(&world, "alice").await;
    assert!(matches!(
        world.sign_in("alice", OLD).await,
        SignIn::Locked { .. }
    ));
    let known = sign_in(&world, "alice", OLD, &device).await;
    assert!(matches!(known, SignIn::Accepted(_)), "{known:?}");
    // And the device cannot use up the tries of others.
    let missed = sign_in(&world, "alice", WRONG, &device).await;
    assert!(matches!(missed, SignIn::Denied { left: 4 }), "{missed:?}");
}

/// X38: what strangers did to the name stays as it is when the owner signs in at a known device.
#[tokio::test]
async fn x38_a_known_device_does_not_clear_the_public_counter() {
    let world = World::new();
    let (signed_in, _code) = world.alice().await;
    let device = Client::new().device(signed_in.device().clone());
    for left in [4, 3] {
        let missed = world.sign_in("alice", WRONG).await;
        assert!(matches!(missed, SignIn::Denied { left: l } if l == left));
    }
    let _known = sign_in(&world, "alice", OLD, &device).await;
    let missed = world.sign_in("alice", WRONG).await;
    assert!(matches!(missed, SignIn::Denied { left: 2 }), "{missed:?}");
}

/// It is bound to its account and to its epoch, and it proves nothing.
#[tokio::test]
async fn x23_a_device_token_is_of_one_account_and_one_epoch() {
    let world = World::new();
    let (signed_in, _code) = world.alice().await;
    let bob = world.register("7", "bob", OLD).await;
    let bobs = Client::new().device(bob.device().clone());
    lock(&world, "alice").await;
    let refused = sign_in(&world, "alice", OLD, &bobs).await;
    assert!(matches!(refused, SignIn::Locked { .. }), "{refused:?}");
    let alices = Client::new().device(signed_in.device().clone());
    let denied = sign_in(&world, "alice", WRONG, &alices).await;
    assert!(matches!(denied, SignIn::Denied { .. }));
    let renewed = world.change(&signed_in, OLD, NEW).await;
    let old = sign_in(&world, "alice", NEW, &alices).await;
    assert!(matches!(old, SignIn::Locked { .. }), "{old:?}");
    let new = Client::new().device(renewed.device().clone());
    let accepted = sign_in(&world, "alice", NEW, &new).await;
    assert!(matches!(accepted, SignIn::Accepted(_)), "{accepted:?}");
}

/// X09: a recovery puts its owner on the known side, so no lock outlives it for them.
#[tokio::test]
async fn x09_a_recovery_yields_a_device_token() {
    let world = World::new();
    let _alice = world.alice().await;
    lock(&world, "alice").await;
    let (ticket, letter) = world.recover_by_mail("alice").await;
    let proof = Proof::SecurityEmail(code(&letter));
    let ticket = world.accepted(&ticket, proof).await;
    let device = world.recovered(&ticket, NEW).await;
    assert!(matches!(
        world.sign_in("alice", NEW).await,
        SignIn::Locked { .. }
    ));
    let client = Client::new().device(device);
    let accepted = sign_in(&world, "alice", NEW, &client).await;
    assert!(matches!(accepted, SignIn::Accepted(_)), "{accepted:?}");
}

/// The budgets of codes and answers are the device's, too.
#[tokio::test]
async fn s12_a_known_device_has_tries_of_its_own_in_a_recovery() {
    let world = World::new();
    let (signed_in, _code) = world.alice().await;
    let (stranger, letter) = world.recover_by_mail("alice").await;
    for _ in 0..3 {
        let guess = Proof::SecurityEmail(wrong(&code(&letter)));
        let _denied = world.offer(&stranger, guess).await;
        let guess = Proof::HintQuestion(answer("somebody"));
        let _denied = world.offer(&stranger, guess).await;
    }
    let client = Client::new().human(true).device(signed_in.device().clone());
    world.clock.advance(std::time::Duration::from_secs(60));
    let ticket = world.recover_as("alice", &client);
    let _sent = world
        .challenge(&ticket, backstop::Challenge::SecurityEmail)
        .await;
    let post = world.post().await;
    let letter = post
        .iter()
        .find(|mail| matches!(mail.content(), backstop::message::Content::Code { .. }));
    let typed = Proof::SecurityEmail(code(letter.unwrap()));
    let answer = world.offer(&ticket, typed).await;
    assert!(matches!(answer, Prove::Accepted(_)), "{answer:?}");
}
