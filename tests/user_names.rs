//! Changing the user name, names that nobody gets, and what is kept of an account.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use backstop::{
    Apply, Changes, Client, Method, Policy, Proof, Register, SignIn, Ticket, UserName,
    message::Notice, name::KeyKind, policy::Unmet,
};
use support::{ALICE, NEW, OLD, World, account_id, email, mail::notice, typed_twice};

fn name(name: &str) -> UserName {
    name.parse().unwrap()
}

async fn renamed(world: &World, ticket: &Ticket, to: &str) -> Apply {
    let changes = Changes::new().user_name(name(to));
    world.accounts.apply(ticket, changes).await.unwrap()
}

async fn tried(world: &World, to: &str) -> Register {
    world
        .accounts
        .register(
            account_id("100"),
            name(to),
            typed_twice(NEW),
            &Client::new(),
        )
        .await
        .unwrap()
}

#[tokio::test]
async fn s01_a_new_user_name_signs_in_and_the_old_one_is_free() {
    let world = World::new();
    let (before, _code) = world.alice().await;
    let ticket = world.settings(&before).await;
    let ticket = world.proven(&ticket, OLD).await;
    let changes = Changes::new().user_name(name("Alicia"));
    let renewed = world.applied(&ticket, changes).await;
    assert!(!world.is_live(before.token()).await);
    let session = world.session(&renewed).await;
    assert_eq!(session.user_name(), "Alicia");
    world.signed_in("alicia", OLD).await;
    world.signed_in(ALICE, OLD).await;
    assert!(matches!(
        world.sign_in("alice", OLD).await,
        SignIn::Denied { .. }
    ));
    let told = world.letter().await;
    assert_eq!(told.to(), &email(ALICE));
    assert_eq!(notice(&told), Notice::UserNameChanged);
    let taken = tried(&world, "alice").await;
    assert!(matches!(taken, Register::Registered(_)), "{taken:?}");
}

/// A name of somebody else, or that looks like it, costs nothing.
#[tokio::test]
async fn s01_x32_a_name_that_is_taken_is_refused_and_the_ticket_stays() {
    let world = World::new();
    let (signed_in, _code) = world.alice().await;
    let _bob = world.register("7", "paypal", OLD).await;
    let ticket = world.settings(&signed_in).await;
    let ticket = world.proven(&ticket, OLD).await;
    for (other, kind) in [("PAYPAL", KeyKind::Login), ("paypaI", KeyKind::Skeleton)] {
        let refused = renamed(&world, &ticket, other).await;
        assert!(
            matches!(refused, Apply::Taken(taken) if taken == kind),
            "{other}: {refused:?}"
        );
    }
    let reserved = renamed(&world, &ticket, "Postmaster").await;
    assert!(matches!(reserved, Apply::Taken(KeyKind::Login)));
    let renamed = renamed(&world, &ticket, "alicia").await;
    assert!(matches!(renamed, Apply::Applied(_)), "{renamed:?}");
}

/// A mailbox does not rename, and neither does a password that it has just set.
#[tokio::test]
async fn x33_a_mailbox_does_not_change_the_name() {
    let world = World::new();
    let (_signed_in, security_code) = world.alice().await;
    let (ticket, letter) = world.recover_by_mail("alice").await;
    let proof = Proof::SecurityEmail(support::mail::code(&letter));
    let ticket = world.accepted(&ticket, proof).await;
    let refused = renamed(&world, &ticket, "mallory").await;
    assert!(matches!(refused, Apply::Unproven), "{refused:?}");
    let _device = world.recovered(&ticket, NEW).await;
    let signed_in = world.signed_in("alice", NEW).await;
    let settings = world.settings(&signed_in).await;
    let settings = world.proven(&settings, NEW).await;
    let refused = renamed(&world, &settings, "mallory").await;
    assert!(matches!(refused, Apply::Unproven), "{refused:?}");
    // The security code does.
    let ticket = world.recover("alice");
    let ticket = world
        .accepted(&ticket, Proof::SecurityCode(security_code))
        .await;
    let renamed = renamed(&world, &ticket, "alicia").await;
    assert!(matches!(renamed, Apply::Recovered(_)), "{renamed:?}");
    assert_eq!(world.accounts.methods().len(), 3);
    assert!(world.accounts.methods().contains(&Method::SecurityCode));
}

/// A password that is set together with a name must not be that name.
#[tokio::test]
async fn s07_a_new_password_is_not_the_new_name() {
    let world = World::new();
    let (signed_in, _code) = world.alice().await;
    let ticket = world.settings(&signed_in).await;
    let ticket = world.proven(&ticket, OLD).await;
    let changes = Changes::new()
        .user_name(name("wonderland"))
        .password(typed_twice("Wonderland-27"));
    let refused = world.accounts.apply(&ticket, changes).await.unwrap();
    assert!(
        matches!(&refused, Apply::Unmet { password, .. } if password.contains(&Unmet::Name)),
        "{refused:?}"
    );
}

#[tokio::test]
async fn b04_reserved_names_are_refused_in_every_case_and_width() {
    let policy = Policy::marketplace().reserve(&name("backstop"));
    let world = World::with(|builder| builder.policy(policy));
    for reserved in [
        "admin",
        "Admin",
        "ａｄｍｉｎ",
        "root",
        "rооt",
        "No-Reply",
        "Backstop",
    ] {
        let Ok(reserved) = reserved.parse::<UserName>() else {
            // Of two scripts: not a name at all.
            continue;
        };
        let refused = tried(&world, reserved.as_str()).await;
        assert!(
            matches!(refused, Register::Taken(KeyKind::Login)),
            "{reserved}: {refused:?}"
        );
    }
    let other = tried(&world, "adamina").await;
    assert!(matches!(other, Register::Registered(_)), "{other:?}");
}

/// Everything but secrets, to its owner alone.
#[tokio::test]
async fn s18_an_export_has_all_but_the_secrets() {
    let world = World::new();
    let (signed_in, security_code) = world.alice().await;
    let session = world.session(&signed_in).await;
    let export = world.accounts.export(&session).await.unwrap().unwrap();
    assert_eq!(export.user_name, "alice");
    assert_eq!(export.account, account_id("42"));
    assert_eq!(export.email.as_ref().unwrap().0, ALICE);
    assert_eq!(export.hint.as_ref().unwrap().0, support::question());
    assert!(export.security_code_set_at.is_some());
    assert_eq!(export.activity.len(), 3);
    assert_eq!((export.language.as_str(), export.misses), ("en", (0, 0, 0)));
    assert_eq!(export.pending_email, None);
    assert_eq!(export.pending_security_code_from, None);
    assert_eq!(export.second_factor_set_at, None);
    let text = format!("{export:?}");
    let code = security_code.expose();
    for secret in [OLD, support::ANSWER, &code, "$argon2"] {
        assert!(!text.contains(secret), "{text}");
    }
    let _renewed = world.change(&signed_in, OLD, NEW).await;
    assert_eq!(world.accounts.export(&session).await.unwrap(), None);
}

/// What waits, what was missed and that there is a second factor are the owner's to know, too.
#[cfg(feature = "totp")]
#[tokio::test]
async fn s18_an_export_tells_what_waits_and_what_was_missed() {
    use backstop::{Challenge, Changes, Proof};
    use support::{days, email, factor, mail};

    let world = World::new();
    let (signed_in, code) = world.alice().await;
    let (_signed_in, enrolled) = factor::enrol(&world, &signed_in).await;
    let set_at = world.clock.now().unix_timestamp();
    let _enrolled = world.post().await;
    world.clock.advance(days(4));
    // A security code changes the address, which waits.
    let ticket = world.recover("alice");
    let ticket = world.accepted(&ticket, Proof::SecurityCode(code)).await;
    let to = Challenge::NewEmail(email("new@shop.example"));
    let _sent = world.challenge(&ticket, to).await;
    let post = world.post().await;
    let letter = post
        .iter()
        .find(|letter| letter.to().as_str() == "new@shop.example");
    let proof = Proof::NewEmail(mail::code(letter.unwrap()));
    let ticket = world.accepted(&ticket, proof).await;
    let answer = world.accounts.apply(&ticket, Changes::new().email()).await;
    assert!(
        matches!(answer, Ok(backstop::Apply::Recovered(_))),
        "{answer:?}"
    );
    let from = (world.clock.now() + days(3)).unix_timestamp();
    let SignIn::SecondFactor(ticket) = world.sign_in("alice", OLD).await else {
        panic!("no second factor");
    };
    let shown = factor::shown(&world, &enrolled);
    let answer = world.accounts.second_factor(&ticket, &shown).await.unwrap();
    let SignIn::Accepted(signed_in) = answer else {
        panic!("{answer:?}");
    };
    let _denied = world.try_sign_in("alice", support::WRONG).await;
    let _notices = world.post().await;
    let session = world.session(&signed_in).await;
    let export = world.accounts.export(&session).await.unwrap().unwrap();
    assert_eq!(export.second_factor_set_at, Some(set_at));
    let pending = ("new@shop.example".to_owned(), from);
    assert_eq!(export.pending_email, Some(pending));
    assert_eq!(export.email.as_ref().unwrap().0, ALICE);
    assert_eq!(export.misses, (1, 0, 0));
    let text = format!("{export:?}");
    let key = enrolled.key().expose();
    assert!(!text.contains(key.as_str()), "{text}");
}
