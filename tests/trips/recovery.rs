//! The ways of recovery.

use backstop::{
    Challenge, Changes, Proof, Prove, SecurityCode, Stopped, Ticket,
    store::{AccountStore, FlowStore},
};

use super::{Counter, Table};
use crate::support::{
    ALICE, ANSWER, OLD, World, answer, days, email,
    mail::{cancel, code, link, wrong},
    question,
};

pub async fn by_mail<C: Counter>(table: &mut Table<C>) {
    let world = table.world(|builder| builder).await;
    let _alice = world.alice().await;
    table.skip(&world);
    let ticket = world.recover("alice");
    let _sent = world.challenge(&ticket, Challenge::SecurityEmail).await;
    table.row(&world, "`challenge` the security e-mail", 0);
    let letter = world.letter().await;
    table.row(&world, "`deliver_due`, one mail with a code", 0);
    let _sent = world.challenge(&ticket, Challenge::SecurityEmail).await;
    table.row(&world, "`challenge` the security e-mail, again", 0);
    let denied = world
        .offer(&ticket, Proof::SecurityEmail(wrong(&code(&letter))))
        .await;
    assert!(matches!(denied, Prove::Denied { .. }));
    table.row(&world, "`prove` a mailed code, wrong", 0);
    let ticket = world
        .accepted(&ticket, Proof::SecurityEmail(code(&letter)))
        .await;
    table.row(&world, "`prove` a mailed code, right", 0);
    let _ticket = world.accounts.follow(&link(&letter), None).await.unwrap();
    table.row(&world, "`follow` a link", 0);
    let _signed_in = world.accounts.sign_in_once(&ticket).await.unwrap();
    table.row(&world, "`sign_in_once`", 0);
    let _again = world.post().await;
    world.clock.advance(days(1));
    let (ticket, letter) = world.recover_by_mail("alice").await;
    table.skip(&world);
    let proof = Proof::SecurityEmail(code(&letter));
    let _ticket = world.accepted(&ticket, proof).await;
    table.row(&world, "`prove` a mailed code, right at once", 0);
}

pub async fn by_hint<C: Counter>(table: &mut Table<C>) {
    let world = table.world(|builder| builder).await;
    let _alice = world.alice().await;
    let known = at_known_device(&world).await;
    table.skip(&world);
    let _asked = world.challenge(&known, Challenge::HintQuestion).await;
    table.row(&world, "`challenge` the hint question", 0);
    let _denied = world
        .offer(&known, Proof::HintQuestion(answer("somebody")))
        .await;
    table.row(&world, "`prove` a hint answer, wrong", 0);
    let _ticket = world
        .accepted(&known, Proof::HintQuestion(answer(ANSWER)))
        .await;
    table.row(&world, "`prove` a hint answer, right, known device", 0);
    let stranger = world.recover("alice");
    let waiting = world
        .offer(&stranger, Proof::HintQuestion(answer(ANSWER)))
        .await;
    assert!(matches!(waiting, Prove::Waiting { .. }));
    table.row(&world, "`prove` a hint answer, right, anywhere else", 0);
    let told = world.letter().await;
    table.row(&world, "`deliver_due`, one notice", 0);
    let stopped = world.accounts.cancel(&cancel(&told)).await.unwrap();
    assert_eq!(stopped, Stopped::Stopped);
    table.row(&world, "`cancel` a hint answer that waits", 0);
}

pub async fn by_security_code<C: Counter>(table: &mut Table<C>) {
    let other: SecurityCode = {
        let world = table.world(|builder| builder).await;
        let bob = world.register("7", "bob", OLD).await;
        world.add_code(&bob, OLD).await.1
    };
    let world = table.world(|builder| builder).await;
    let (_alice, security_code) = world.alice().await;
    table.skip(&world);
    let ticket = world.recover("alice");
    let _denied = world.offer(&ticket, Proof::SecurityCode(other)).await;
    table.row(&world, "`prove` the security code, wrong", 0);
    let ticket = world
        .accepted(&ticket, Proof::SecurityCode(security_code.clone()))
        .await;
    table.row(&world, "`prove` the security code, right", 0);
    let new = Challenge::NewEmail(email("alice@new.example"));
    let _sent = world.challenge(&ticket, new).await;
    table.row(&world, "`challenge` a new e-mail", 0);
    let post = world.post().await;
    let letter = post.iter().find(|m| m.to() != &email(ALICE)).unwrap();
    table.skip(&world);
    let ticket = world.accepted(&ticket, Proof::NewEmail(code(letter))).await;
    table.row(&world, "`prove` the code to a new e-mail, right", 0);
    let changes = Changes::new()
        .email()
        .hint(question(), answer("Someone Quite Else"));
    let _recovered = world.accounts.apply(&ticket, changes).await.unwrap();
    table.row(&world, "`apply` with an e-mail", 0);
    world.clock.advance(days(1));
    let _notices = world.post().await;
    let ticket = world.recover("alice");
    let ticket = world
        .accepted(&ticket, Proof::SecurityCode(security_code))
        .await;
    let new = Challenge::NewEmail(email("alice@other.example"));
    let _sent = world.challenge(&ticket, new).await;
    let post = world.post().await;
    let to = email("alice@other.example");
    let letter = post.iter().find(|m| m.to() == &to).unwrap();
    table.skip(&world);
    let stopped = world.accounts.cancel(&cancel(letter)).await.unwrap();
    assert_eq!(stopped, Stopped::Stopped);
    table.row(&world, "`cancel` a new e-mail", 0);
}

async fn at_known_device<S: AccountStore + FlowStore + Clone>(world: &World<S>) -> Ticket {
    let device = world.signed_in("alice", OLD).await.device().clone();
    let client = backstop::Client::new().human(true).device(device);
    world.recover_as("alice", &client)
}
