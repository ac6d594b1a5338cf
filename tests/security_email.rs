//! Method 2: a code of digits, or a link, in the security mailbox opens the new-password page.

mod support;

use std::time::Duration;

use backstop::{
    Apply, Challenge, Challenged, Changes, Client, Method, Proof, Prove, Recover, SignIn,
    message::Notice,
};
use support::{
    ALICE, NEW, OLD, World, days, email, hours, login,
    mail::{code, link, notice, wrong},
};

#[tokio::test]
async fn s04_the_right_code_sets_a_new_password() {
    let world = World::new();
    let (signed_in, _code) = world.alice().await;
    let (ticket, letter) = world.recover_by_mail("alice").await;
    assert_eq!(letter.to(), &email(ALICE));
    assert_eq!(letter.to().as_str(), ALICE);
    let digits = code(&letter);
    assert!(letter.text().contains(digits.expose()));
    let ticket = world.accepted(&ticket, Proof::SecurityEmail(digits)).await;
    let _device = world.recovered(&ticket, NEW).await;
    assert!(!world.is_live(signed_in.token()).await);
    assert!(matches!(
        world.sign_in("alice", OLD).await,
        SignIn::Denied { .. }
    ));
    world.signed_in("alice", NEW).await;
    let told = world.letter().await;
    assert_eq!(told.to(), &email(ALICE));
    assert_eq!(
        notice(&told),
        Notice::PasswordChanged(Method::SecurityEmail)
    );
    assert_eq!(world.post().await.len(), 0);
}

/// The name may be the address.
#[tokio::test]
async fn s01_the_security_email_is_a_login_name() {
    let world = World::new();
    let _alice = world.alice().await;
    world.signed_in("Alice@SHOP.example", OLD).await;
    let (ticket, letter) = world.recover_by_mail(ALICE).await;
    let ticket = world
        .accepted(&ticket, Proof::SecurityEmail(code(&letter)))
        .await;
    let _device = world.recovered(&ticket, NEW).await;
    world.signed_in(ALICE, NEW).await;
}

#[tokio::test]
async fn s02_d09_a_recovery_asks_for_a_human() {
    let world = World::new();
    let refused = world.accounts.recover(&login("alice"), &Client::new());
    assert!(matches!(refused, Ok(Recover::NotHuman)));
    assert_eq!(world.accounts.methods().len(), 3);
}

/// The link works from the mail alone, and opening it spends nothing.
#[tokio::test]
async fn x13_a_link_is_spent_by_the_change_and_not_by_opening() {
    let world = World::new();
    let _alice = world.alice().await;
    let (_lost, letter) = world.recover_by_mail("alice").await;
    let link = link(&letter);
    for _ in 0..3 {
        let opened = world.accounts.follow(&link, None).await.unwrap();
        assert!(matches!(opened, Prove::Accepted(_)), "{opened:?}");
    }
    let Prove::Accepted(ticket) = world.accounts.follow(&link, None).await.unwrap() else {
        panic!("the link is dead");
    };
    let _device = world.recovered(&ticket, NEW).await;
    let spent = world.accounts.follow(&link, None).await.unwrap();
    assert!(matches!(spent, Prove::Expired));
}

/// A code has three tries of its own: those of the account come back with a right code of another
/// change, its own do not.
#[tokio::test]
async fn g07_s12_x12_a_right_code_elsewhere_brings_back_no_tries() {
    let world = World::new();
    let (signed_in, _code) = world.alice().await;
    let mailed = async || {
        let ticket = world.settings(&signed_in).await;
        let sent = world.challenge(&ticket, Challenge::SecurityEmail).await;
        assert_eq!(sent, Challenged::Sent);
        let right = code(&world.letter().await);
        world.clock.advance(Duration::from_secs(61));
        (ticket, right)
    };
    let ((guessed, right), (other, clears)) = (mailed().await, mailed().await);
    let guess = async || {
        let wrong = Proof::SecurityEmail(wrong(&right));
        let denied = world.offer(&guessed, wrong).await;
        assert!(matches!(denied, Prove::Denied { .. }), "{denied:?}");
    };
    guess().await;
    guess().await;
    let _cleared = world.accepted(&other, Proof::SecurityEmail(clears)).await;
    guess().await;
    let dead = world.offer(&guessed, Proof::SecurityEmail(right)).await;
    assert!(matches!(dead, Prove::Expired), "{dead:?}");
}

/// S9: asked for again, the same code comes again, and the one in the inbox stays good.
#[tokio::test]
async fn x14_s09_a_code_can_be_asked_for_again() {
    let world = World::new();
    let _alice = world.alice().await;
    let (ticket, first) = world.recover_by_mail("alice").await;
    world.clock.advance(Duration::from_secs(61));
    let sent = world.challenge(&ticket, Challenge::SecurityEmail).await;
    assert_eq!(sent, Challenged::Sent);
    let second = world.letter().await;
    assert_eq!(code(&first).expose(), code(&second).expose());
    let ticket = world
        .accepted(&ticket, Proof::SecurityEmail(code(&first)))
        .await;
    let _device = world.recovered(&ticket, NEW).await;
}

#[tokio::test]
async fn s12_g07_three_wrong_codes_lock_for_a_day_and_the_link_goes_on() {
    let world = World::new();
    let _alice = world.alice().await;
    let (ticket, letter) = world.recover_by_mail("alice").await;
    let (right, link) = (code(&letter), link(&letter));
    for left in [2, 1, 0] {
        let answer = world
            .offer(&ticket, Proof::SecurityEmail(wrong(&right)))
            .await;
        assert!(
            matches!(answer, Prove::Denied { left: Some(l) } if l == left),
            "{answer:?}"
        );
    }
    let again = world
        .offer(&ticket, Proof::SecurityEmail(right.clone()))
        .await;
    assert!(matches!(again, Prove::Locked { .. }), "{again:?}");
    // A lock stops neither a new mail nor a link.
    let opened = world.accounts.follow(&link, None).await.unwrap();
    assert!(matches!(opened, Prove::Accepted(_)));
    // The next day, with a new mail.
    world.clock.advance(days(1));
    let (ticket, letter) = world.recover_by_mail("alice").await;
    let ticket = world
        .accepted(&ticket, Proof::SecurityEmail(code(&letter)))
        .await;
    let _device = world.recovered(&ticket, NEW).await;
}

#[tokio::test]
async fn g03_a_code_and_its_link_end_after_a_day() {
    let world = World::new();
    let _alice = world.alice().await;
    let (ticket, letter) = world.recover_by_mail("alice").await;
    world.clock.advance(hours(24) - Duration::from_millis(1));
    let opened = world.accounts.follow(&link(&letter), None).await.unwrap();
    assert!(matches!(opened, Prove::Accepted(_)));
    world.clock.advance(Duration::from_millis(1));
    let late = world
        .offer(&ticket, Proof::SecurityEmail(code(&letter)))
        .await;
    assert!(matches!(late, Prove::Expired), "{late:?}");
    let late = world.accounts.follow(&link(&letter), None).await.unwrap();
    assert!(matches!(late, Prove::Expired));
}

/// A mailbox changes the password and nothing else, in one step or in two.
#[tokio::test]
async fn x33_g12_a_mailbox_buys_the_password_only() {
    let world = World::new();
    let _alice = world.alice().await;
    let (ticket, letter) = world.recover_by_mail("alice").await;
    let ticket = world
        .accepted(&ticket, Proof::SecurityEmail(code(&letter)))
        .await;
    let hint = || Changes::new().hint(support::question(), support::answer("Some Other Person"));
    let refused = world.accounts.apply(&ticket, hint()).await.unwrap();
    assert!(matches!(refused, Apply::Unproven), "{refused:?}");
    let new = Challenge::NewEmail(email("mallory@shop.example"));
    assert_eq!(
        world.challenge(&ticket, new.clone()).await,
        Challenged::Unproven
    );
    let _device = world.recovered(&ticket, NEW).await;
    // With the new password, in a session: it is young, and stands for the mailbox.
    let signed_in = world.signed_in("alice", NEW).await;
    let ticket = world.settings(&signed_in).await;
    let ticket = world.proven(&ticket, NEW).await;
    let refused = world.accounts.apply(&ticket, hint()).await.unwrap();
    assert!(matches!(refused, Apply::Unproven), "{refused:?}");
    assert_eq!(world.challenge(&ticket, new).await, Challenged::Unproven);
    // After the hold it stands for itself.
    world.clock.advance(days(3));
    let signed_in = world.signed_in("alice", NEW).await;
    let ticket = world.settings(&signed_in).await;
    let ticket = world.proven(&ticket, NEW).await;
    world.applied(&ticket, hint()).await;
}

#[tokio::test]
async fn x17_an_old_link_does_not_survive_a_change() {
    let world = World::new();
    let (signed_in, _code) = world.alice().await;
    let (ticket, letter) = world.recover_by_mail("alice").await;
    let _renewed = world.change(&signed_in, OLD, NEW).await;
    let dead = world.accounts.follow(&link(&letter), None).await.unwrap();
    assert!(matches!(dead, Prove::Expired));
    // A stranger with the ticket sees a wrong code, not that the owner was here.
    let answer = world
        .offer(&ticket, Proof::SecurityEmail(code(&letter)))
        .await;
    assert!(
        matches!(answer, Prove::Denied { left: Some(2) }),
        "{answer:?}"
    );
}

#[tokio::test]
async fn x28_g08_an_address_gets_six_mails_a_day() {
    let world = World::new();
    let _alice = world.alice().await;
    world.clock.advance(days(1));
    let mut mails = 0;
    for _ in 0..48 {
        for name in ["alice", ALICE] {
            let ticket = world.recover(name);
            let sent = world.challenge(&ticket, Challenge::SecurityEmail).await;
            assert_eq!(sent, Challenged::Sent);
            mails += world.post().await.len();
        }
        world.clock.advance(Duration::from_secs(30 * 60));
    }
    assert_eq!(mails, 6);
}
