//! What one feature does to another: voided passwords, linked identities, managers, phones, support.
#![cfg(all(feature = "phone", feature = "totp"))]
#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod support;

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use backstop::{
    Apply, Approve, Builder, Challenge, Challenged, Changes, Client, Error, Identity, Link, Manage,
    Message, Method, OpenCase, Proof, Prove, Register, RegisterSubAccount, SecurityCode,
    SignInLinked, SignInOnce, SignedIn, Stopped, Ticket,
    account::{ActivityKind, ActivityOutcome},
    audit::Verb,
    message::{Content, Notice},
    policy::Policy,
    store::AccountStore,
    support::{Agent, CaseRequest, Evidence, Reference},
};
use support::{
    ALICE, NEW, OLD, World, account_id, days, email,
    factor::{both_proofs, enrol},
    mail::{cancel, code, notice},
    password,
    phone::{NEW_PHONE, PHONE, number, phones, text},
    typed_twice,
};

const BOSS: &str = "Vera-8-canals";

fn identity(subject: &str) -> Identity {
    Identity::verified("https://accounts.example", subject).unwrap()
}

async fn sign_in_linked(world: &World, subject: &str) -> SignInLinked {
    let (identity, client) = (identity(subject), Client::new());
    let answer = world.accounts.sign_in_linked(&identity, &client).await;
    answer.unwrap()
}

async fn signed_in_linked(world: &World, subject: &str) -> SignedIn {
    match sign_in_linked(world, subject).await {
        SignInLinked::Accepted(signed_in) => signed_in,
        other => panic!("{other:?}"),
    }
}

/// Somebody who has an identity and nothing else.
async fn registered_linked(world: &World) -> SignedIn {
    let (id, name) = (account_id("7"), "bob".parse().unwrap());
    let client = Client::new();
    let answer = world
        .accounts
        .register_linked(id, name, identity("bob"), &client);
    match answer.await.unwrap() {
        Register::Registered(signed_in) => signed_in,
        other => panic!("{other:?}"),
    }
}

async fn apply(world: &World, ticket: &Ticket, changes: Changes) -> Apply {
    world.accounts.apply(ticket, changes).await.unwrap()
}

fn with_support(builder: Builder) -> Builder {
    phones(builder).may_act(|_, _| true)
}

fn reference(text: &str) -> Reference {
    text.parse().unwrap()
}

/// A case of Alice's, approved by one agent.
async fn approved(world: &World, request: impl FnOnce(Reference, Evidence) -> CaseRequest) {
    let kim = Agent::named(reference("kim"));
    let evidence = Evidence::new(vec![reference("dms/invoice-1183")]).unwrap();
    let request = request(reference("rules/lost-mailbox-3"), evidence);
    let alice = account_id("42");
    let opened = world.accounts.open_case(&kim, &alice, request);
    let OpenCase::Opened(case) = opened.await.unwrap() else {
        panic!("not opened");
    };
    let approved = world.accounts.approve(&kim, &case).await.unwrap();
    assert!(matches!(approved, Approve::Approved(_) | Approve::Retired));
    let _told = world.post().await;
}

fn support_link(post: &[Message]) -> Option<Link> {
    post.iter().find_map(|message| match message.content() {
        Content::SupportLink { link, .. } => {
            let begin = "https://shop.example/recover#prove=";
            Some(link.expose().strip_prefix(begin)?.parse().unwrap())
        }
        _ => None,
    })
}

async fn with_security_code(world: &World) -> (SignedIn, SecurityCode) {
    let signed_in = world.register("42", "alice", OLD).await;
    world.add_code(&signed_in, OLD).await
}

/// Whoever has an identity of an account that has a password does not get one by voiding the other.
#[tokio::test]
async fn s18_s19_an_identity_does_not_take_the_place_of_a_voided_password() {
    let world = World::new();
    let (signed_in, security_code) = with_security_code(&world).await;
    let ticket = world.settings(&signed_in).await;
    let ticket = world.proven(&ticket, OLD).await;
    let changes = Changes::new().link(identity("alice"));
    let _signed_in = world.applied(&ticket, changes).await;
    world.clock.advance(days(4));

    let intruder = signed_in_linked(&world, "alice").await;
    let session = world.session(&intruder).await;
    let reported = world.accounts.report_compromise(&session).await.unwrap();
    assert_eq!(reported, Stopped::PasswordVoid);
    let intruder = signed_in_linked(&world, "alice").await;
    let ticket = world.settings(&intruder).await;
    let proof = Proof::LinkedIdentity(identity("alice"));
    let refused = world.accounts.prove(&ticket, proof).await;
    assert!(matches!(refused, Err(Error::NotOffered)), "{refused:?}");

    let ticket = world.recover("alice");
    let proof = Proof::SecurityCode(security_code);
    let ticket = world.accepted(&ticket, proof).await;
    let _device = world.recovered(&ticket, NEW).await;
}

#[tokio::test]
async fn s18_s19_a_sign_in_with_an_identity_is_in_the_activity() {
    let world = World::new();
    let _registered = registered_linked(&world).await;
    let signed_in = signed_in_linked(&world, "bob").await;
    let _written = world.post().await;
    let activity = world.activity(&signed_in).await;
    let signed_in = ActivityKind::SignedIn(Method::LinkedIdentity);
    assert!(activity.iter().any(|entry| entry.what == signed_in));
}

/// What an ended session says of an account that never had a password is not said of the account.
#[tokio::test]
async fn s18_s19_an_ended_session_voids_nothing_where_there_is_no_password() {
    let world = World::new();
    let before = registered_linked(&world).await;
    let session = world.session(&before).await;
    let ticket = world.settings(&before).await;
    let proof = Proof::LinkedIdentity(identity("bob"));
    let ticket = world.accepted(&ticket, proof).await;
    let new = Challenge::NewEmail(email("bob@shop.example"));
    assert_eq!(world.challenge(&ticket, new).await, Challenged::Sent);
    let proof = Proof::NewEmail(code(&world.letter().await));
    let ticket = world.accepted(&ticket, proof).await;
    let after = world.applied(&ticket, Changes::new().email()).await;
    let reported = world.accounts.report_compromise(&session).await.unwrap();
    assert!(world.is_live(after.token()).await);
    assert_eq!(reported, Stopped::Ended);
}

#[tokio::test]
async fn s11_s14_nothing_of_the_phone_stays_in_a_retired_account() {
    let world = World::with(with_support);
    let _alice = world.alice_with_phone(true).await;
    approved(&world, CaseRequest::retire).await;
    let _told = world.post().await;
    let stored = world.store.load(&account_id("42")).await.unwrap().unwrap();
    let bytes = stored.value.to_bytes();
    let is_in = |text: &str| {
        bytes
            .windows(text.len())
            .any(|part| part == text.as_bytes())
    };
    assert!(!is_in(ALICE), "the e-mail");
    assert!(!is_in(PHONE.trim_start_matches('+')), "the phone");
}

/// A second factor withstands a manager: the link that removes it was granted to the reader of the
/// mailbox of then.
#[tokio::test]
async fn s14_s15_s17_a_manager_does_not_get_the_link_that_removes_a_factor() {
    let world = World::with(with_support);
    let boss = world.register("7", "boss", BOSS).await;
    let session = world.session(&boss).await;
    let (id, name, client) = (account_id("42"), "alice".parse().unwrap(), Client::new());
    let accounts = &world.accounts;
    let registered = accounts.register_sub_account(&session, id, name, typed_twice(OLD), &client);
    assert_eq!(registered.await.unwrap(), RegisterSubAccount::Registered);
    let alice = world.signed_in("alice", OLD).await;
    let alice = world.add_email(&alice, OLD, ALICE).await;
    world.clock.advance(days(4));
    let _enrolled = enrol(&world, &alice).await;
    approved(&world, CaseRequest::remove_second_factor).await;

    let managed = world.accounts.manage(&session, &account_id("42")).await;
    let Manage::Started(ticket) = managed.unwrap() else {
        panic!("not started");
    };
    let proof = Proof::Manager(password(BOSS));
    let ticket = world.accepted(&ticket, proof).await;
    let new = Challenge::NewEmail(email("boss@evil.example"));
    assert_eq!(world.challenge(&ticket, new).await, Challenged::Sent);
    let proof = Proof::NewEmail(code(&world.letter().await));
    let ticket = world.accepted(&ticket, proof).await;
    let applied = apply(&world, &ticket, Changes::new().email()).await;
    assert!(matches!(applied, Apply::Managed));
    let _told = world.post().await;
    world.clock.advance(days(4));
    let post = world.post().await;
    assert!(support_link(&post).is_none(), "{post:?}");
}

/// Else an intruder's identity would go on signing in for days after support gave the account back.
#[tokio::test]
async fn s14_s19_whoever_got_an_account_back_from_support_unlinks_at_once() {
    let world = World::with(with_support);
    let (alice, _code) = world.alice().await;
    let ticket = both_proofs(&world, &alice, OLD).await;
    let changes = Changes::new().link(identity("mallory"));
    let _linked = world.applied(&ticket, changes).await;
    world.clock.advance(days(4));
    let new = email("alice@new.example");
    let request = |rules, evidence| CaseRequest::new_email(new, rules, evidence);
    approved(&world, request).await;
    world.clock.advance(days(3));
    let link = support_link(&world.post().await).unwrap();
    let Prove::Accepted(ticket) = world.accounts.follow(&link, None).await.unwrap() else {
        panic!("not followed");
    };
    let both = Changes::new().email().password(typed_twice(NEW));
    let applied = apply(&world, &ticket, both).await;
    assert!(matches!(applied, Apply::Recovered(_)), "{applied:?}");

    let alice = world.signed_in("alice", NEW).await;
    let ticket = world.settings(&alice).await;
    let ticket = world.proven(&ticket, NEW).await;
    let unlink = Changes::new().unlink("https://accounts.example", "mallory");
    let applied = apply(&world, &ticket, unlink).await;
    assert!(matches!(applied, Apply::Applied(_)), "{applied:?}");
    let intruder = sign_in_linked(&world, "mallory").await;
    assert!(matches!(intruder, SignInLinked::NotLinked));
}

#[tokio::test]
async fn s11_s19_an_account_with_a_phone_alone_links_an_identity() {
    let world = World::with_phones();
    let alice = world.alice_with_phone(false).await;
    let ticket = world.agreed(&alice, false, true).await;
    let link = Changes::new().link(identity("alice"));
    let applied = apply(&world, &ticket, link).await;
    assert!(matches!(applied, Apply::Applied(_)), "{applied:?}");
}

/// A phone that gets no messages any more is no way back.
#[tokio::test]
async fn s11_s18_a_password_is_not_voided_where_no_message_reaches_the_phone() {
    let is_served = Arc::new(AtomicBool::new(true));
    let served = Arc::clone(&is_served);
    let world = World::with(|builder| {
        builder
            .policy(Policy::marketplace().phones())
            .phone_countries(move |_number| served.load(Ordering::SeqCst))
    });
    let alice = world.alice_with_phone(false).await;
    let session = world.session(&alice).await;
    is_served.store(false, Ordering::SeqCst);
    let reported = world.accounts.report_compromise(&session).await.unwrap();
    assert_eq!(reported, Stopped::NoWayBack);
    is_served.store(true, Ordering::SeqCst);
    let reported = world.accounts.report_compromise(&session).await.unwrap();
    assert_eq!(reported, Stopped::PasswordVoid);
}

/// What was proved by text message is not said to be out of the mailbox.
#[tokio::test]
async fn s10_s11_s18_a_sign_in_by_text_message_is_told_apart() {
    let world = World::with_phones();
    let _alice = world.alice_with_phone(true).await;
    let ticket = world.recover("alice");
    let post = world.text_to(&ticket, "alice").await;
    let ticket = world
        .accepted(&ticket, Proof::Phone(code(text(&post))))
        .await;
    let once = world.accounts.sign_in_once(&ticket).await.unwrap();
    assert!(matches!(once, SignInOnce::Accepted(_)), "{once:?}");
    let events = world.events();
    let event = events.iter().rev().find(|e| e.verb == Verb::SignInOnce);
    assert_eq!(event.unwrap().method, Some(Method::Phone));
}

#[tokio::test]
async fn s11_s18_a_change_of_the_phone_that_waits_is_listed_as_one() {
    let world = World::with_phones();
    let (alice, security_code) = with_security_code(&world).await;
    let _alice = world.add_phone(&alice, false, PHONE).await;
    world.clock.advance(days(4));
    let ticket = world.recover("alice");
    let proof = Proof::SecurityCode(security_code);
    let ticket = world.accepted(&ticket, proof).await;
    let _told = world.post().await;
    let new = Challenge::NewPhone(number(NEW_PHONE));
    assert_eq!(world.challenge(&ticket, new).await, Challenged::TextSent);
    let proof = Proof::NewPhone(code(text(&world.post().await)));
    let ticket = world.accepted(&ticket, proof).await;
    let applied = apply(&world, &ticket, Changes::new().phone()).await;
    assert!(matches!(applied, Apply::Recovered(_)), "{applied:?}");
    let alice = world.signed_in("alice", OLD).await;
    let activity = world.activity(&alice).await;
    let waits = |what| matches!(what, ActivityKind::Told(Notice::PhoneChangeWaits(_)));
    let entry = activity.iter().find(|entry| waits(entry.what)).unwrap();
    assert_eq!(entry.outcome(), ActivityOutcome::Waits);
    assert_eq!(entry.method(), Some(Method::SecurityCode));
}

/// Every notice of what an intruder adds has the link that undoes it.
#[tokio::test]
async fn s11_s15_s18_s19_whatever_an_intruder_adds_can_be_disowned() {
    let world = World::with_phones();
    let _boss = world.register("7", "boss", BOSS).await;
    let (alice, _code) = world.alice().await;
    let ticket = both_proofs(&world, &alice, OLD).await;
    let link = Changes::new().link(identity("mallory"));
    let _intruder = world.applied(&ticket, link).await;
    let letter = world.letter().await;
    assert_eq!(notice(&letter), Notice::IdentityLinked);
    let stopped = world.accounts.cancel(&cancel(&letter)).await.unwrap();
    assert_eq!(stopped, Stopped::PasswordVoid);
    let intruder = sign_in_linked(&world, "mallory").await;
    assert!(matches!(intruder, SignInLinked::NotLinked));

    let world = World::with_phones();
    let _boss = world.register("7", "boss", BOSS).await;
    let (alice, _code) = world.alice().await;
    let ticket = both_proofs(&world, &alice, OLD).await;
    let manager = Changes::new().manager(account_id("7"));
    let alice = world.applied(&ticket, manager).await;
    let letter = world.letter().await;
    assert_eq!(notice(&letter), Notice::ManagerChanged);
    let _link = cancel(&letter);
    let ticket = world.agreed(&alice, true, false).await;
    let _alice = world.take_phone(&ticket, PHONE).await;
    let post = world.post().await;
    let to_mailbox = post.iter().find(|letter| letter.to() == &email(ALICE));
    let letter = to_mailbox.unwrap();
    assert_eq!(notice(letter), Notice::PhoneChanged);
    let stopped = world.accounts.cancel(&cancel(letter)).await.unwrap();
    assert_eq!(stopped, Stopped::PasswordVoid);
}

/// A stranger who asks for a text message learns of no account in what state it is.
#[tokio::test]
async fn e01_s11_s15_s18_a_phone_is_asked_alike_in_every_state() {
    let mut lines = Vec::new();
    for state in ["live", "unknown", "disabled", "void", "linked"] {
        let world = World::with(with_support);
        if state == "linked" {
            let (id, name) = (account_id("42"), "alice".parse().unwrap());
            let client = Client::new();
            let accounts = &world.accounts;
            let linked = accounts.register_linked(id, name, identity("alice"), &client);
            let _registered = linked.await.unwrap();
            world.clock.advance(days(8));
        } else if state == "unknown" {
            world.clock.advance(days(8));
        } else {
            let alice = world.alice_with_phone(true).await;
            if state == "disabled" {
                let _stands = world.accounts.disable(&account_id("42")).await.unwrap();
            } else if state == "void" {
                let session = world.session(&alice).await;
                let reported = world.accounts.report_compromise(&session).await.unwrap();
                assert_eq!(reported, Stopped::PasswordVoid);
            }
        }
        let _told = world.post().await;
        let _calls = world.store.take_calls();
        let ticket = world.recover("alice");
        let mut line = String::new();
        for user_name in ["alice", "bob", "alice"] {
            let ask = Challenge::Phone(Some(user_name.parse().unwrap()));
            let asked = world.challenge(&ticket, ask).await;
            line += &format!("{asked:?} {:?}\n", world.store.take_calls());
            let typed = Proof::Phone("00000001".parse().unwrap());
            let answer = world.offer(&ticket, typed).await;
            let answer = format!("{answer:?}");
            let answer = answer.split("until").next().unwrap();
            line += &format!("{answer} {:?}\n", world.store.take_calls());
            let apply = apply(&world, &ticket, Changes::new().password(typed_twice(NEW))).await;
            line += &format!("{apply:?} {:?}\n", world.store.take_calls());
            let once = world.accounts.sign_in_once(&ticket).await.unwrap();
            line += &format!("{once:?} {:?}\n", world.store.take_calls());
        }
        lines.push((state, line));
    }
    for (state, line) in &lines {
        assert_eq!(line, &lines[0].1, "{state}");
    }
}

/// What an intruder added just before the owner turned to support is not seasoned by the wait.
#[tokio::test]
async fn s14_s19_the_wait_of_a_case_seasons_nothing() {
    for changes in [
        Changes::new().email().password(typed_twice(NEW)),
        Changes::new().email(),
    ] {
        let world = World::with(with_support);
        let (alice, _code) = world.alice().await;
        let ticket = both_proofs(&world, &alice, OLD).await;
        let link = Changes::new().link(identity("mallory"));
        let _linked = world.applied(&ticket, link).await;
        world.clock.advance(days(1));
        let new = email("alice@new.example");
        let request = |rules, evidence| CaseRequest::new_email(new, rules, evidence);
        approved(&world, request).await;
        world.clock.advance(days(3));
        let link = support_link(&world.post().await).unwrap();
        let Prove::Accepted(ticket) = world.accounts.follow(&link, None).await.unwrap() else {
            panic!("not followed");
        };
        let applied = apply(&world, &ticket, changes).await;
        assert!(matches!(applied, Apply::Recovered(_)), "{applied:?}");
        let intruder = sign_in_linked(&world, "mallory").await;
        assert!(matches!(intruder, SignInLinked::NotLinked), "{intruder:?}");
    }
}

/// An intruder who signs in with an identity does not end the owner's recoveries in a loop, by saying
/// again and again that something was not them.
#[tokio::test]
async fn s18_s19_saying_it_again_does_not_keep_the_owner_from_recovering() {
    let world = World::new();
    let (alice, _code) = world.alice().await;
    let ticket = both_proofs(&world, &alice, OLD).await;
    let link = Changes::new().link(identity("mallory"));
    let _linked = world.applied(&ticket, link).await;
    world.clock.advance(days(4));
    let disown = async || {
        let intruder = signed_in_linked(&world, "mallory").await;
        let session = world.session(&intruder).await;
        let reported = world.accounts.report_compromise(&session).await.unwrap();
        assert_eq!(reported, Stopped::PasswordVoid);
    };
    for _ in 0..6 {
        disown().await;
    }
    let _told = world.post().await;
    let (ticket, letter) = world.recover_by_mail("alice").await;
    disown().await;
    let proof = Proof::SecurityEmail(code(&letter));
    let ticket = world.accepted(&ticket, proof).await;
    disown().await;
    let changes = Changes::new()
        .password(typed_twice(NEW))
        .unlink("https://accounts.example", "mallory");
    let applied = apply(&world, &ticket, changes).await;
    assert!(matches!(applied, Apply::Recovered(_)), "{applied:?}");
}
