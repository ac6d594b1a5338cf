//! Deleting an account: what it takes, what is told, and what is left.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use backstop::{
    Apply, Challenge, Changes, Proof, Register, SignIn, SignedIn, Ticket,
    message::Notice,
    store::{AccountStore, FlowStore},
};
use support::{
    ALICE, NEW, OLD, World, account_id, days, email,
    mail::{Refusal, code, notice},
    probe::Fault,
};

/// The password, and a code out of the mailbox.
async fn proved<S: AccountStore + FlowStore + Clone>(
    world: &World<S>,
    signed_in: &SignedIn,
) -> Ticket {
    let ticket = world.settings(signed_in).await;
    let ticket = world.proven(&ticket, OLD).await;
    let _sent = world.challenge(&ticket, Challenge::SecurityEmail).await;
    let proof = Proof::SecurityEmail(code(&world.letter().await));
    world.accepted(&ticket, proof).await
}

async fn deleted(world: &World, ticket: &Ticket) -> Apply {
    let changes = Changes::new().delete();
    world.accounts.apply(ticket, changes).await.unwrap()
}

async fn is_stored(world: &World) -> bool {
    let found = AccountStore::load(&world.store.inner, &account_id("42")).await;
    found.unwrap().is_some()
}

#[tokio::test]
async fn s20_a_deleted_account_is_gone_once_its_contacts_were_told() {
    let world = World::new();
    let (signed_in, _code) = world.alice().await;
    let ticket = proved(&world, &signed_in).await;
    let answer = deleted(&world, &ticket).await;
    assert!(matches!(answer, Apply::Deleted), "{answer:?}");
    assert!(!world.is_live(signed_in.token()).await);
    for name in ["alice", ALICE] {
        let answer = world.sign_in(name, OLD).await;
        assert!(matches!(answer, SignIn::Denied { .. }), "{answer:?}");
    }
    // The notice is not lost with a sender that fails, and the record stays until it is out.
    world.mail.fail(&[Refusal::Transient]);
    assert_eq!(world.post().await.len(), 0);
    assert!(is_stored(&world).await);
    world.clock.advance(days(1));
    let told = world.letter().await;
    assert_eq!(told.to(), &email(ALICE));
    assert_eq!(notice(&told), Notice::AccountDeleted);
    assert_eq!(world.post().await.len(), 0);
    assert!(!is_stored(&world).await);
    // The name and the address are free.
    let again = world.register("43", "alice", NEW).await;
    let _again = world.add_email(&again, NEW, ALICE).await;
}

/// Neither half of the proof is enough, and neither is one that goes back to the other.
#[tokio::test]
async fn x33_a_mailbox_or_a_password_alone_deletes_nothing() {
    let world = World::new();
    let (signed_in, security_code) = world.alice().await;
    let ticket = world.settings(&signed_in).await;
    let ticket = world.proven(&ticket, OLD).await;
    let refused = deleted(&world, &ticket).await;
    assert!(matches!(refused, Apply::Unproven), "{refused:?}");
    let paper = Proof::SecurityCode(security_code);
    let ticket = world.accepted(&world.recover("alice"), paper).await;
    let refused = deleted(&world, &ticket).await;
    assert!(matches!(refused, Apply::Unproven), "{refused:?}");
    let _notices = world.post().await;

    // A password that the mailbox has set is the mailbox once more.
    let (ticket, letter) = world.recover_by_mail("alice").await;
    let proof = Proof::SecurityEmail(code(&letter));
    let ticket = world.accepted(&ticket, proof).await;
    let _device = world.recovered(&ticket, NEW).await;
    let _notices = world.post().await;
    let signed_in = world.signed_in("alice", NEW).await;
    let ticket = world.settings(&signed_in).await;
    let ticket = world.proven(&ticket, NEW).await;
    let _sent = world.challenge(&ticket, Challenge::SecurityEmail).await;
    let proof = Proof::SecurityEmail(code(&world.letter().await));
    let ticket = world.accepted(&ticket, proof).await;
    let refused = deleted(&world, &ticket).await;
    assert!(matches!(refused, Apply::Unproven), "{refused:?}");
    assert!(is_stored(&world).await);
}

/// Without an address the password is enough, and nobody has to be told.
#[tokio::test]
async fn s20_an_account_without_an_address_goes_at_once() {
    let world = World::new();
    let signed_in = world.register("42", "alice", OLD).await;
    let ticket = world.settings(&signed_in).await;
    let ticket = world.proven(&ticket, OLD).await;
    let answer = deleted(&world, &ticket).await;
    assert!(matches!(answer, Apply::Deleted), "{answer:?}");
    assert_eq!(world.post().await.len(), 0);
    assert!(!is_stored(&world).await);
    let again = world
        .accounts
        .register(
            account_id("42"),
            "alice".parse().unwrap(),
            support::typed_twice(OLD),
            &backstop::Client::new(),
        )
        .await
        .unwrap();
    assert!(matches!(again, Register::Registered(_)), "{again:?}");
}

/// Each call of the store fails once, in the deletion and in the removal after it: the account is
/// there whole, or it is gone.
#[tokio::test]
async fn x29_s20_a_failure_deletes_wholly_or_not_at_all() {
    for fault in [Fault::Before, Fault::After] {
        let mut calls = 0;
        loop {
            let world = World::new();
            let (signed_in, _code) = world.alice().await;
            let ticket = proved(&world, &signed_in).await;
            world.store.fail(calls, &[fault]);
            let answer = world.accounts.apply(&ticket, Changes::new().delete()).await;
            let _delivered = world.accounts.deliver_due().await;
            let _removed = world.accounts.deliver_due().await;
            let is_over = !world.store.struck();
            if answer.is_err() {
                // Once more, if it was not done.
                let again = deleted(&world, &ticket).await;
                assert!(
                    matches!(again, Apply::Deleted | Apply::Expired),
                    "{calls}: {again:?}"
                );
            }
            for _pass in 0..3 {
                world.clock.advance(days(1));
                world.accounts.deliver_due().await.unwrap();
            }
            assert!(!is_stored(&world).await, "{fault:?} {calls}");
            let told = world.mail.take();
            let deletions = told
                .iter()
                .filter(|message| notice_of(message) == Some(Notice::AccountDeleted));
            assert!(deletions.count() >= 1, "{fault:?} {calls}");
            if is_over {
                break;
            }
            calls = calls.checked_add(1).unwrap();
        }
        assert!(calls > 8, "{calls} calls");
    }
}

fn notice_of(message: &backstop::Message) -> Option<Notice> {
    match message.content() {
        backstop::message::Content::Notice { notice, .. } => Some(*notice),
        _ => None,
    }
}

#[cfg(feature = "sqlite")]
#[path = "scratch/mod.rs"]
mod scratch;

/// The file, whose trigger keeps security codes from being altered, lets the row go.
#[cfg(feature = "sqlite")]
#[tokio::test]
async fn s06_s20_an_account_with_a_security_code_goes_from_a_file() {
    let scratch = scratch::Scratch::new();
    let store = backstop::SqliteStore::open(scratch.file("accounts.db"))
        .await
        .unwrap();
    let world = World::over(store, support::key(), |builder| builder);
    let (signed_in, _code) = world.alice().await;
    let ticket = proved(&world, &signed_in).await;
    let answer = world
        .accounts
        .apply(&ticket, Changes::new().delete())
        .await
        .unwrap();
    assert!(matches!(answer, Apply::Deleted), "{answer:?}");
    assert_eq!(world.post().await.len(), 1);
    assert_eq!(world.post().await.len(), 0);
    let found = AccountStore::load(&world.store.inner, &account_id("42")).await;
    assert!(found.unwrap().is_none());
}
