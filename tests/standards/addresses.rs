//! Changing what an account is recovered by.

use backstop::{Apply, Challenge, Challenged, Changes, Identity, Issue, Proof, SignIn};

use crate::{
    apply, by_mail,
    support::{
        ALICE, NEW, OLD, World, account_id, answer, days, email, mail::code, question, typed_twice,
    },
};

const ISSUER: &str = "https://accounts.example";

fn identity() -> Identity {
    Identity::verified(ISSUER, "alice").unwrap()
}

/// Every setter, by its name.
fn setters() -> Vec<(&'static str, Changes)> {
    #[cfg_attr(
        not(feature = "totp"),
        expect(unused_mut, reason = "more with the feature")
    )]
    let mut setters = vec![
        ("delete", Changes::new().delete()),
        ("disable", Changes::new().disable()),
        ("email", Changes::new().email()),
        ("enable", Changes::new().enable()),
        (
            "hint",
            Changes::new().hint(question(), answer("Some Other Person")),
        ),
        ("link", Changes::new().link(identity())),
        ("manager", Changes::new().manager(account_id("7"))),
        ("no_manager", Changes::new().no_manager()),
        ("no_phone", Changes::new().no_phone()),
        ("no_second_factor", Changes::new().no_second_factor()),
        ("password", Changes::new().password(typed_twice(NEW))),
        ("phone", Changes::new().phone()),
        (
            "security_code",
            Changes::new().security_code("0".repeat(27).parse().unwrap()),
        ),
        (
            "user_name",
            Changes::new().user_name("alicia".parse().unwrap()),
        ),
        ("unlink", Changes::new().unlink(ISSUER, "alice")),
    ];
    #[cfg(feature = "totp")]
    setters.extend([
        (
            "backup_codes",
            Changes::new().backup_codes("0".repeat(27).parse().unwrap()),
        ),
        (
            "second_factor",
            Changes::new().second_factor("123456".parse().unwrap()),
        ),
    ]);
    setters
}

/// A live session, however fresh, changes nothing by itself; and a mailbox nothing but the password.
#[tokio::test]
async fn j01_every_change_needs_a_proof_of_its_own() {
    let world = World::new();
    let (_signed_in, _paper) = world.alice().await;
    let fresh = world.signed_in("alice", OLD).await;
    let session = world.settings(&fresh).await;
    for (setter, changes) in setters() {
        let refused = apply(&world, &session, changes).await;
        assert!(matches!(refused, Apply::Unproven), "{setter}: {refused:?}");
    }
    let other = Challenge::NewEmail(email("other@shop.example"));
    let refused = world.challenge(&session, other).await;
    assert_eq!(refused, Challenged::Unproven);
    let issued = world.accounts.issue_security_code(&session).await.unwrap();
    assert!(matches!(issued, Issue::AlreadySet), "{issued:?}");
    let mailbox = by_mail(&world).await;
    for (setter, changes) in setters() {
        // Taking a way in from an intruder is part of a recovery.
        if setter != "password" && setter != "unlink" {
            let refused = apply(&world, &mailbox, changes).await;
            assert!(matches!(refused, Apply::Unproven), "{setter}: {refused:?}");
        }
    }
}

/// What is issued before it is set takes the same proofs, where there is none yet.
#[tokio::test]
async fn j01_nothing_is_issued_to_a_session_or_a_mailbox_alone() {
    let world = World::new();
    let signed_in = world.register("42", "alice", OLD).await;
    let signed_in = world.add_email(&signed_in, OLD, ALICE).await;
    world.clock.advance(days(4));
    let session = world.settings(&signed_in).await;
    let mailbox = by_mail(&world).await;
    let password = world.settings(&signed_in).await;
    let password = world.proven(&password, OLD).await;
    for (way, ticket) in [
        ("session", &session),
        ("mailbox", &mailbox),
        ("password", &password),
    ] {
        let issued = world.accounts.issue_security_code(ticket).await.unwrap();
        assert!(matches!(issued, Issue::Unproven), "{way}: {issued:?}");
        #[cfg(feature = "totp")]
        {
            let issued = world.accounts.issue_second_factor(ticket).await.unwrap();
            let is_unproven = matches!(issued, backstop::IssueFactor::Unproven);
            assert!(is_unproven, "{way}: {issued:?}");
        }
    }
    #[cfg(feature = "totp")]
    {
        world.clock.advance(days(1));
        let (signed_in, _factor) = crate::support::factor::enrol(&world, &signed_in).await;
        let session = world.settings(&signed_in).await;
        let password = world.settings(&signed_in).await;
        let password = world.proven(&password, OLD).await;
        for ticket in [session, password] {
            let removed = apply(&world, &ticket, Changes::new().no_second_factor()).await;
            assert!(matches!(removed, Apply::Unproven), "{removed:?}");
        }
    }
}

/// The table above has every setter that the source has.
#[test]
fn j01_the_table_has_every_setter() {
    let source = include_str!("../../src/flow/change/asked.rs");
    let (_, after) = source.split_once("impl Changes {").unwrap();
    let (body, _) = after.split_once("\n}\n").unwrap();
    let names: Vec<&str> = setters().iter().map(|(name, _)| *name).collect();
    let mut found = 0;
    for line in body.lines() {
        let setter = line
            .trim()
            .strip_prefix("pub fn ")
            .filter(|rest| rest.contains("(mut self"))
            .and_then(|rest| rest.split('(').next());
        if let Some(setter) = setter {
            found += 1;
            let is_of_factor = ["backup_codes", "second_factor"].contains(&setter);
            let is_off = cfg!(not(feature = "totp")) && is_of_factor;
            let has_it = names.contains(&setter) || is_off;
            assert!(has_it, "{setter}");
        }
    }
    assert!(found > 6, "{found}");
}

/// It neither signs in nor gets a mail, and the one before stays what it is.
#[tokio::test]
async fn j04_an_address_is_worth_nothing_before_it_is_confirmed() {
    let world = World::new();
    let (signed_in, _paper) = world.alice().await;
    let ticket = world.settings(&signed_in).await;
    let ticket = world.proven(&ticket, OLD).await;
    let _sent = world.challenge(&ticket, Challenge::SecurityEmail).await;
    let proof = Proof::SecurityEmail(code(&world.letter().await));
    let ticket = world.accepted(&ticket, proof).await;
    let new = "alice@new.example";
    let sent = world
        .challenge(&ticket, Challenge::NewEmail(email(new)))
        .await;
    assert_eq!(sent, Challenged::Sent);
    let letter = world.letter().await;
    assert_eq!(letter.to(), &email(new));
    // Its code is not typed yet.
    let unconfirmed = apply(&world, &ticket, Changes::new().email()).await;
    assert!(matches!(unconfirmed, Apply::Unproven), "{unconfirmed:?}");
    let denied = world.sign_in(new, OLD).await;
    assert!(matches!(denied, SignIn::Denied { .. }), "{denied:?}");
    let _sent = world
        .challenge(&world.recover(new), Challenge::SecurityEmail)
        .await;
    assert_eq!(world.post().await.len(), 0);
    let signed_in = world.signed_in(ALICE, OLD).await;
    let _renewed = world.change(&signed_in, OLD, NEW).await;
    assert_eq!(world.letter().await.to(), &email(ALICE));
}
