//! The phone: a code to it, and another number.

use backstop::{Challenge, Challenged, Changes, Proof, Prove};

use super::{Counter, Table};
use crate::support::{
    days,
    mail::{code, wrong},
    phone::{NEW_PHONE, number, phones, text},
};

pub async fn phone<C: Counter>(table: &mut Table<C>) {
    let world = table.world(phones).await;
    let alice = world.alice_with_phone(true).await;
    let ticket = world.recover("alice");
    table.skip(&world);
    let ask = || Challenge::Phone(Some("alice".parse().unwrap()));
    assert_eq!(world.challenge(&ticket, ask()).await, Challenged::TextSent);
    table.row(&world, "`challenge` the phone", 0);
    let letter = world.letter().await;
    table.row(&world, "`deliver_due`, one text message with a code", 0);
    assert_eq!(world.challenge(&ticket, ask()).await, Challenged::TextSent);
    table.row(&world, "`challenge` the phone, again", 0);
    let denied = world
        .offer(&ticket, Proof::Phone(wrong(&code(&letter))))
        .await;
    assert!(matches!(denied, Prove::Denied { .. }));
    table.row(&world, "`prove` a texted code, wrong", 0);
    let ticket = world.accepted(&ticket, Proof::Phone(code(&letter))).await;
    table.row(&world, "`prove` a texted code, right", 0);
    let _signed_in = world.accounts.sign_in_once(&ticket).await.unwrap();
    table.row(&world, "`sign_in_once` by a texted code", 0);
    let _notices = world.post().await;
    let ticket = world.agreed(&alice, false, true).await;
    table.skip(&world);
    let new = Challenge::NewPhone(number(NEW_PHONE));
    assert_eq!(world.challenge(&ticket, new).await, Challenged::TextSent);
    table.row(&world, "`challenge` a new phone", 0);
    let post = world.post().await;
    table.skip(&world);
    let proof = Proof::NewPhone(code(text(&post)));
    let ticket = world.accepted(&ticket, proof).await;
    table.row(&world, "`prove` the code to a new phone, right", 0);
    let changed = world.applied(&ticket, Changes::new().phone()).await;
    table.row(&world, "`apply` with a phone", 0);
    world.clock.advance(days(4));
    let _notices = world.post().await;
    let ticket = world.agreed(&changed, false, true).await;
    table.skip(&world);
    let _changed = world.applied(&ticket, Changes::new().no_phone()).await;
    table.row(&world, "`apply` without a phone", 0);
}
