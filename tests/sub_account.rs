//! Accounts that another account manages.
#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod support;

use std::{
    pin::pin,
    task::{Context, Poll, Waker},
    time::Duration,
};

use backstop::{
    AccountId, Apply, Challenge, Challenged, Changes, Client, Error, Issue, Manage, Message, Proof,
    Prove, RegisterSubAccount, SignIn, SignInOnce, SignedIn, Ticket,
    account::ActivityKind,
    audit::{Outcome, Verb},
    message::{CodePurpose, Content, Notice},
    name::KeyKind,
    support::Actor,
};
use support::{
    ALICE, ANSWER, NEW, OLD, WRONG, World, account_id, answer, days, email, hours,
    mail::{code, notice, wrong},
    password,
    probe::Fault,
    question, typed_twice,
};

const NEW_ADDRESS: &str = "alice@new.example";
const BOSS: &str = "Vera-8-canals";

/// A manager with an address, and the sub-account 42, alice, with an address of its own; both
/// seasoned.
async fn office(world: &World) -> (SignedIn, SignedIn) {
    let boss = world.register("7", "boss", BOSS).await;
    let boss = world.add_email(&boss, BOSS, "boss@shop.example").await;
    register_sub(world, &boss, "42", "alice").await;
    let alice = world.signed_in("alice", OLD).await;
    let alice = world.add_email(&alice, OLD, ALICE).await;
    world.clock.advance(days(4));
    (boss, alice)
}

async fn register_sub(world: &World, boss: &SignedIn, id: &str, name: &str) {
    let answer = try_register(world, boss, id, name, OLD).await.unwrap();
    assert_eq!(answer, RegisterSubAccount::Registered);
}

async fn try_register(
    world: &World,
    boss: &SignedIn,
    id: &str,
    name: &str,
    new: &str,
) -> Result<RegisterSubAccount, Error> {
    let session = world.session(boss).await;
    let (id, name) = (account_id(id), name.parse().unwrap());
    let accounts = &world.accounts;
    accounts
        .register_sub_account(&session, id, name, typed_twice(new), &Client::new())
        .await
}

async fn manage(world: &World, boss: &SignedIn, id: &str) -> Manage {
    let session = world.session(boss).await;
    let manage = world.accounts.manage(&session, &account_id(id)).await;
    manage.unwrap()
}

async fn started(world: &World, boss: &SignedIn, id: &str) -> Ticket {
    match manage(world, boss, id).await {
        Manage::Started(ticket) => ticket,
        other => panic!("not started: {other:?}"),
    }
}

/// A ticket with the manager's password.
async fn managing(world: &World, boss: &SignedIn, typed: &str) -> Ticket {
    let ticket = started(world, boss, "42").await;
    world
        .accepted(&ticket, Proof::Manager(password(typed)))
        .await
}

/// A ticket with the manager's password and the code to a new address.
async fn readdressing(world: &World, boss: &SignedIn) -> Ticket {
    let ticket = managing(world, boss, BOSS).await;
    let letter = mail_to(world, &ticket, NEW_ADDRESS).await;
    world
        .accepted(&ticket, Proof::NewEmail(code(&letter)))
        .await
}

async fn mail_to(world: &World, ticket: &Ticket, to: &str) -> Message {
    let new = Challenge::NewEmail(email(to));
    assert_eq!(world.challenge(ticket, new).await, Challenged::Sent);
    let mut post = world.post().await;
    post.retain(|letter| matches!(letter.content(), Content::Code { .. }));
    assert_eq!(post.len(), 1, "{post:?}");
    post.remove(0)
}

async fn apply(world: &World, ticket: &Ticket, changes: Changes) -> Apply {
    world.accounts.apply(ticket, changes).await.unwrap()
}

/// What a manager does with their password alone.
async fn managed(world: &World, boss: &SignedIn, changes: Changes) {
    let ticket = managing(world, boss, BOSS).await;
    let applied = apply(world, &ticket, changes).await;
    assert!(matches!(applied, Apply::Managed), "{applied:?}");
}

/// Names a manager out of a session of one's own.
async fn name_manager(world: &World, owner: &SignedIn, typed: &str, manager: &str) -> Apply {
    let ticket = world.settings(owner).await;
    let ticket = world.proven(&ticket, typed).await;
    apply(world, &ticket, Changes::new().manager(account_id(manager))).await
}

/// Who was told what, in order of the addresses.
fn told(post: &[Message]) -> Vec<(String, Notice)> {
    let mut told: Vec<_> = post
        .iter()
        .filter(|letter| matches!(letter.content(), Content::Notice { .. }))
        .map(|letter| (letter.to().as_str().to_owned(), notice(letter)))
        .collect();
    told.sort_by(|a, b| a.0.cmp(&b.0));
    told
}

async fn is_denied(world: &World, name: &str, typed: &str) -> bool {
    matches!(world.sign_in(name, typed).await, SignIn::Denied { .. })
}

#[tokio::test]
async fn s15_a_manager_sets_an_e_mail_with_which_the_sub_account_recovers() {
    let world = World::new();
    let (boss, alice) = office(&world).await;
    let ticket = managing(&world, &boss, BOSS).await;
    let letter = mail_to(&world, &ticket, NEW_ADDRESS).await;
    assert_eq!(letter.to().as_str(), NEW_ADDRESS);
    let Content::Code { purpose, link, .. } = letter.content() else {
        panic!("{letter:?}");
    };
    // It is told to the manager, and there is no page that it could be typed into.
    assert_eq!(
        (*purpose, link.is_none()),
        (CodePurpose::ConfirmManaged, true)
    );
    assert!(!letter.text().contains("Give the code to nobody"));
    let ticket = world
        .accepted(&ticket, Proof::NewEmail(code(&letter)))
        .await;
    let applied = apply(&world, &ticket, Changes::new().email()).await;
    assert!(matches!(applied, Apply::Managed), "{applied:?}");
    let by_manager = Notice::EmailChangedByManager;
    let of = |to: &str| (to.to_owned(), by_manager);
    assert_eq!(told(&world.post().await), [of(ALICE), of(NEW_ADDRESS)]);
    // At once: the session has ended, the old mailbox recovers nothing, the new one does.
    assert!(!world.is_live(alice.token()).await);
    assert!(is_denied(&world, ALICE, OLD).await);
    let (ticket, letter) = world.recover_by_mail("alice").await;
    assert_eq!(letter.to().as_str(), NEW_ADDRESS);
    let ticket = world
        .accepted(&ticket, Proof::SecurityEmail(code(&letter)))
        .await;
    let _device = world.recovered(&ticket, NEW).await;
    let alice = world.signed_in(NEW_ADDRESS, NEW).await;
    // The manager's session went on, and the activity says who did it.
    assert!(world.is_live(boss.token()).await);
    let session = world.session(&alice).await;
    let activity = world.activity(&alice).await;
    assert!(
        activity
            .iter()
            .any(|entry| entry.what == ActivityKind::Told(by_manager))
    );
    let export = world.accounts.export(&session).await.unwrap().unwrap();
    assert_eq!(export.manager.unwrap().0, account_id("7"));
}

/// What the new mailbox buys while its e-mail is young: the password, and nothing more.
#[tokio::test]
async fn s15_x33_a_managers_e_mail_buys_the_password_alone() {
    let world = World::new();
    let (boss, _alice) = office(&world).await;
    let ticket = readdressing(&world, &boss).await;
    let _managed = apply(&world, &ticket, Changes::new().email()).await;
    let (ticket, letter) = world.recover_by_mail("alice").await;
    let ticket = world
        .accepted(&ticket, Proof::SecurityEmail(code(&letter)))
        .await;
    let once = world.accounts.sign_in_once(&ticket).await.unwrap();
    assert!(matches!(once, SignInOnce::Unproven), "{once:?}");
    let _device = world.recovered(&ticket, NEW).await;
    let _notices = world.post().await;
    let alice = world.signed_in("alice", NEW).await;
    let ticket = world.settings(&alice).await;
    let ticket = world.proven(&ticket, NEW).await;
    world.clock.advance(Duration::from_secs(61));
    let _sent = world.challenge(&ticket, Challenge::SecurityEmail).await;
    let letter = world.letter().await;
    let ticket = world
        .accepted(&ticket, Proof::SecurityEmail(code(&letter)))
        .await;
    for changes in [
        Changes::new().hint(question(), answer(ANSWER)),
        Changes::new().user_name("alicia".parse().unwrap()),
        Changes::new().manager(account_id("7")),
        Changes::new().no_manager(),
        Changes::new().delete(),
    ] {
        let applied = apply(&world, &ticket, changes).await;
        assert!(matches!(applied, Apply::Unproven), "{applied:?}");
    }
    let issued = world.accounts.issue_security_code(&ticket).await.unwrap();
    assert!(matches!(issued, Issue::Unproven), "{issued:?}");
}

#[tokio::test]
async fn l01_owner_reset_of_subaccount_issues_ticket_only() {
    let world = World::new();
    let (boss, _alice) = office(&world).await;
    let ticket = readdressing(&world, &boss).await;
    for changes in [
        Changes::new().password(typed_twice(NEW)),
        Changes::new().hint(question(), answer(ANSWER)),
        Changes::new().user_name("alicia".parse().unwrap()),
        Changes::new().manager(account_id("7")),
        Changes::new().no_second_factor(),
        Changes::new().security_code("0".repeat(27).parse().unwrap()),
        Changes::new().delete(),
        Changes::new().email().password(typed_twice(NEW)),
    ] {
        let case = format!("{changes:?}");
        let applied = apply(&world, &ticket, changes).await;
        assert!(matches!(applied, Apply::Unproven), "{case}: {applied:?}");
    }
    let issued = world.accounts.issue_security_code(&ticket).await.unwrap();
    assert!(matches!(issued, Issue::Unproven), "{issued:?}");
    for challenge in [Challenge::SecurityEmail, Challenge::HintQuestion] {
        let refused = world.accounts.challenge(&ticket, challenge).await;
        assert!(matches!(refused, Err(Error::NotOffered)), "{refused:?}");
    }
    for proof in [
        Proof::CurrentPassword(password(OLD)),
        Proof::HintQuestion(answer(ANSWER)),
        Proof::SecurityCode("0".repeat(27).parse().unwrap()),
        Proof::SecurityEmail("12345678".parse().unwrap()),
    ] {
        let refused = world.accounts.prove(&ticket, proof).await;
        assert!(matches!(refused, Err(Error::NotOffered)), "{refused:?}");
    }
    let once = world.accounts.sign_in_once(&ticket).await;
    assert!(matches!(once, Err(Error::NotOffered)), "{once:?}");
    // All that comes of it is a mailbox that can recover.
    let applied = apply(&world, &ticket, Changes::new().email()).await;
    assert!(matches!(applied, Apply::Managed));
    let _alice = world.signed_in("alice", OLD).await;
}

/// The manager's password comes first, and it is the manager's: not that of the sub-account.
/// A password that the manager chose, and knows, is not yet as good as one that the owner chose: else
/// the manager would take the code that never changes before the owner came.
#[tokio::test]
async fn l01_x27_a_password_that_a_manager_chose_buys_no_security_code() {
    let world = World::new();
    let boss = world.register("7", "boss", BOSS).await;
    register_sub(&world, &boss, "42", "alice").await;
    let issued = async || {
        let alice = world.signed_in("alice", OLD).await;
        let ticket = world.settings(&alice).await;
        let ticket = world.proven(&ticket, OLD).await;
        let issued = world.accounts.issue_security_code(&ticket).await;
        (ticket, issued.unwrap())
    };
    let (ticket, refused) = issued().await;
    assert!(matches!(refused, Issue::Unproven), "{refused:?}");
    let hint = Changes::new().hint(question(), answer(ANSWER));
    let answered = apply(&world, &ticket, hint).await;
    assert!(matches!(answered, Apply::Unproven), "{answered:?}");
    // Its owner changes it at once, or keeps it and waits.
    world.clock.advance(days(3));
    let (_ticket, granted) = issued().await;
    assert!(matches!(granted, Issue::Issued(_)), "{granted:?}");
}

#[tokio::test]
async fn s15_j01_managing_asks_for_the_managers_password() {
    let world = World::new();
    let (boss, _alice) = office(&world).await;
    let ticket = started(&world, &boss, "42").await;
    for changes in [
        Changes::new().disable(),
        Changes::new().email(),
        Changes::new().no_manager(),
    ] {
        let unproven = apply(&world, &ticket, changes).await;
        assert!(
            matches!(unproven, Apply::Unproven | Apply::Expired),
            "{unproven:?}"
        );
    }
    let new = Challenge::NewEmail(email(NEW_ADDRESS));
    assert_eq!(world.challenge(&ticket, new).await, Challenged::Unproven);
    for left in [2, 1, 0] {
        let denied = world.offer(&ticket, Proof::Manager(password(OLD))).await;
        assert!(
            matches!(denied, Prove::Denied { left: Some(n) } if n == left),
            "{denied:?}"
        );
    }
    // The budget is that of the manager's password, and the manager is told.
    let locked = world.offer(&ticket, Proof::Manager(password(BOSS))).await;
    assert!(matches!(locked, Prove::Locked { .. }), "{locked:?}");
    let own = world.settings(&boss).await;
    assert!(matches!(
        world.prove(&own, BOSS).await,
        Prove::Locked { .. }
    ));
    let alice = world.signed_in("alice", OLD).await;
    let hers = world.settings(&alice).await;
    let _hers = world.proven(&hers, OLD).await;
    let locked = Notice::Locked(backstop::Method::CurrentPassword);
    let _misses = world.post().await;
    let activity = world.activity(&boss).await;
    assert!(
        activity
            .iter()
            .any(|entry| entry.what == ActivityKind::Told(locked))
    );
}

/// A wrong code to the new address is counted for the account, and changes nothing.
#[tokio::test]
async fn s15_a_new_address_is_proved_by_its_code() {
    let world = World::new();
    let (boss, _alice) = office(&world).await;
    let ticket = managing(&world, &boss, BOSS).await;
    let letter = mail_to(&world, &ticket, NEW_ADDRESS).await;
    let denied = world
        .offer(&ticket, Proof::NewEmail(wrong(&code(&letter))))
        .await;
    assert!(
        matches!(denied, Prove::Denied { left: Some(2) }),
        "{denied:?}"
    );
    let unproven = apply(&world, &ticket, Changes::new().email()).await;
    assert!(matches!(unproven, Apply::Unproven), "{unproven:?}");
    // An address in use is told to its reader alone.
    world.clock.advance(Duration::from_secs(61));
    let in_use = Challenge::NewEmail(email("boss@shop.example"));
    assert_eq!(world.challenge(&ticket, in_use).await, Challenged::Sent);
    let told = world.letter().await;
    assert!(matches!(told.content(), Content::AlreadyInUse));
}

#[tokio::test]
async fn l04_parent_cannot_act_on_foreign_subaccount() {
    let world = World::new();
    let (boss, alice) = office(&world).await;
    let other = world.register("8", "other", BOSS).await;
    register_sub(&world, &other, "43", "foreign").await;
    // A manager's manager has no power.
    register_sub(&world, &alice, "44", "helper").await;
    let _stranger = world.register("45", "stranger", OLD).await;
    world.store.take_calls();
    let mut calls = Vec::new();
    for id in ["43", "44", "45", "7", "8", "nobody"] {
        let session = world.session(&boss).await;
        world.store.take_calls();
        let refused = world.accounts.manage(&session, &account_id(id)).await;
        assert!(matches!(refused, Ok(Manage::NotYours)), "{id}: {refused:?}");
        calls.push(world.store.take_calls());
    }
    assert!(
        calls.iter().all(|seen| *seen == ["load", "load"]),
        "{calls:?}"
    );
    // A ticket for one account is none for another, and another session's password is not it.
    let ticket = started(&world, &boss, "42").await;
    let denied = world.offer(&ticket, Proof::Manager(password(OLD))).await;
    assert!(matches!(denied, Prove::Denied { .. }), "{denied:?}");
}

#[tokio::test]
async fn l04_subaccount_cannot_recover_parent() {
    let world = World::new();
    let (boss, alice) = office(&world).await;
    assert!(matches!(
        manage(&world, &alice, "7").await,
        Manage::NotYours
    ));
    assert!(matches!(
        manage(&world, &alice, "42").await,
        Manage::NotYours
    ));
    let ticket = world.settings(&alice).await;
    let refused = world
        .accounts
        .prove(&ticket, Proof::Manager(password(OLD)))
        .await;
    assert!(matches!(refused, Err(Error::NotOffered)), "{refused:?}");
    // Neither can be the manager of the other while the other is its own.
    let named = name_manager(&world, &boss, BOSS, "42").await;
    assert!(matches!(named, Apply::NoSuchManager), "{named:?}");
    let ticket = world.recover("boss");
    let refused = world
        .accounts
        .prove(&ticket, Proof::Manager(password(OLD)))
        .await;
    assert!(matches!(refused, Err(Error::NotOffered)), "{refused:?}");
}

/// Everything that was there before is dead at once, and nothing gets in.
#[tokio::test]
async fn s15_l05_m05_a_disabled_subaccount_is_rejected_immediately() {
    let world = World::new();
    let (boss, alice) = office(&world).await;
    let alice = world.add_hint(&alice, OLD).await;
    let second = world.signed_in("alice", OLD).await;
    let settings = world.settings(&alice).await;
    let settings = world.proven(&settings, OLD).await;
    let (recovery, letter) = world.recover_by_mail("alice").await;
    let proved = world
        .accepted(&recovery, Proof::SecurityEmail(code(&letter)))
        .await;
    world.clock.advance(Duration::from_secs(61));
    let (later, letter) = world.recover_by_mail("alice").await;
    managed(&world, &boss, Changes::new().disable()).await;
    assert_eq!(
        told(&world.post().await),
        [(ALICE.to_owned(), Notice::AccountDisabled)]
    );
    let device = Client::new().human(true).device(alice.device().clone());
    for closed in [true, false] {
        for token in [alice.token(), second.token()] {
            assert!(!world.is_live(token).await);
        }
        for ticket in [&settings, &proved] {
            let applied = world.apply(ticket, NEW).await;
            assert!(matches!(applied, Apply::Expired), "{applied:?}");
        }
        let once = world.accounts.sign_in_once(&proved).await.unwrap();
        assert!(matches!(once, SignInOnce::Expired), "{once:?}");
        let followed = world
            .accounts
            .follow(&support::mail::link(&letter), None)
            .await;
        assert!(matches!(followed, Ok(Prove::Expired)), "{followed:?}");
        let late = world
            .offer(&later, Proof::SecurityEmail(code(&letter)))
            .await;
        assert!(matches!(late, Prove::Denied { .. }), "{late:?}");
        if closed {
            for name in ["alice", ALICE] {
                assert!(is_denied(&world, name, OLD).await);
            }
            let at_home = world
                .accounts
                .sign_in(&support::login("alice"), &password(OLD), &device)
                .await;
            assert!(matches!(at_home, Ok(SignIn::Denied { .. })), "{at_home:?}");
            // No mail goes out, and the right hint answer is a wrong one.
            let ticket = world.recover_as("alice", &device);
            let _sent = world.challenge(&ticket, Challenge::SecurityEmail).await;
            assert_eq!(world.post().await.len(), 0);
            let proof = Proof::HintQuestion(answer(ANSWER));
            let denied = world.offer(&ticket, proof).await;
            assert!(matches!(denied, Prove::Denied { .. }), "{denied:?}");
            // Its names stay taken.
            let taken = try_register(&world, &boss, "50", "alice", OLD)
                .await
                .unwrap();
            assert_eq!(taken, RegisterSubAccount::Taken(KeyKind::Login));
            managed(&world, &boss, Changes::new().enable()).await;
            assert_eq!(
                told(&world.post().await),
                [(ALICE.to_owned(), Notice::AccountEnabled)]
            );
        }
    }
    // The right guesses while it was disabled were misses like any others.
    world.clock.advance(days(1));
    let _alice = world.signed_in("alice", OLD).await;
    let _recovered = world.recover_by_mail("alice").await;
}

#[tokio::test]
async fn s15_m05_the_manager_may_do_several_things_at_once() {
    let world = World::new();
    let (boss, _alice) = office(&world).await;
    managed(&world, &boss, Changes::new().disable()).await;
    // Also to one that is disabled.
    let ticket = readdressing(&world, &boss).await;
    let changes = Changes::new().email().enable().no_manager();
    assert!(matches!(
        apply(&world, &ticket, changes).await,
        Apply::Managed
    ));
    let _alice = world.signed_in(NEW_ADDRESS, OLD).await;
    assert!(matches!(
        manage(&world, &boss, "42").await,
        Manage::NotYours
    ));
}

#[tokio::test]
async fn l05_events_carry_actor_and_subject() {
    let world = World::new();
    let (boss, _alice) = office(&world).await;
    let before = world.events().len();
    let ticket = readdressing(&world, &boss).await;
    let _managed = apply(&world, &ticket, Changes::new().email().disable()).await;
    let _foreign = manage(&world, &boss, "nobody").await;
    let events = world.events();
    let of_flow = |verb: &Verb| !matches!(verb, Verb::Deliver | Verb::Session);
    let seen: Vec<_> = events[before..]
        .iter()
        .filter(|event| of_flow(&event.verb))
        .collect();
    let verbs: Vec<Verb> = seen.iter().map(|event| event.verb).collect();
    let expected = [
        Verb::Manage,
        Verb::Prove,
        Verb::Challenge,
        Verb::Prove,
        Verb::Apply,
        Verb::Manage,
    ];
    assert_eq!(verbs, expected);
    for event in &seen {
        assert_eq!(event.actor, Some(Actor::Account(account_id("7"))));
        assert_eq!(event.session, Some(boss.session()));
    }
    assert!(
        seen[..5]
            .iter()
            .all(|event| event.account == Some(account_id("42")))
    );
    assert!(
        seen[..5]
            .iter()
            .all(|event| event.outcome == Outcome::Accepted)
    );
    assert_eq!(seen[5].outcome, Outcome::Unproven);
    // Registering as well.
    register_sub(&world, &boss, "43", "bob").await;
    let events = world.events();
    let last = events.last().unwrap();
    assert_eq!(
        (last.verb, last.outcome),
        (Verb::RegisterSubAccount, Outcome::Accepted)
    );
    assert_eq!(last.actor, Some(Actor::Account(account_id("7"))));
    assert_eq!(last.account, Some(account_id("43")));
    // What an owner does has no other actor.
    let own = world.signed_in("bob", OLD).await;
    let _ticket = world.settings(&own).await;
    assert!(world.events().last().unwrap().actor.is_none());
}

/// Managers come and go; the accounts that they managed go on.
#[tokio::test]
async fn m05_disabling_a_manager_ends_managing_and_no_session_of_a_sub_account() {
    let world = World::new();
    let (boss, alice) = office(&world).await;
    let ticket = readdressing(&world, &boss).await;
    let session = world.session(&boss).await;
    let _disabled = world.accounts.disable(&account_id("7")).await.unwrap();
    assert!(world.is_live(alice.token()).await);
    let dead = apply(&world, &ticket, Changes::new().email()).await;
    assert!(matches!(dead, Apply::Expired), "{dead:?}");
    let refused = world.accounts.manage(&session, &account_id("42")).await;
    assert!(matches!(refused, Ok(Manage::Ended)), "{refused:?}");
    let new = typed_twice(OLD);
    let (id, name) = (account_id("43"), "bob".parse().unwrap());
    let refused = world
        .accounts
        .register_sub_account(&session, id, name, new, &Client::new())
        .await
        .unwrap();
    assert_eq!(refused, RegisterSubAccount::Ended);
    // Enabled, they manage again; after a new sign-in.
    let _enabled = world.accounts.enable(&account_id("7")).await.unwrap();
    let dead = world.accounts.manage(&session, &account_id("42")).await;
    assert!(matches!(dead, Ok(Manage::Ended)), "{dead:?}");
    let boss = world.signed_in("boss", BOSS).await;
    managed(&world, &boss, Changes::new().disable()).await;
}

/// An id that is given away again is another account.
#[tokio::test]
async fn s15_m05_whoever_gets_a_managers_id_manages_nothing() {
    let world = World::new();
    let (boss, alice) = office(&world).await;
    let ticket = world.settings(&boss).await;
    let ticket = world.proven(&ticket, BOSS).await;
    let _sent = world.challenge(&ticket, Challenge::SecurityEmail).await;
    let letter = world.letter().await;
    let ticket = world
        .accepted(&ticket, Proof::SecurityEmail(code(&letter)))
        .await;
    let deleted = apply(&world, &ticket, Changes::new().delete()).await;
    assert!(matches!(deleted, Apply::Deleted), "{deleted:?}");
    let _told = world.post().await;
    let _gone = world.post().await;
    let heir = world.register("7", "heir", BOSS).await;
    world.clock.advance(days(4));
    assert!(matches!(
        manage(&world, &heir, "42").await,
        Manage::NotYours
    ));
    assert!(world.is_live(alice.token()).await);
}

#[tokio::test]
async fn s15_a_manager_is_named_by_the_sub_accounts_own_password() {
    let world = World::new();
    let (alice, _code) = world.alice().await;
    let boss = world.register("7", "boss", BOSS).await;
    assert!(matches!(
        manage(&world, &boss, "42").await,
        Manage::NotYours
    ));
    for id in ["42", "nobody"] {
        let named = name_manager(&world, &alice, OLD, id).await;
        assert!(matches!(named, Apply::NoSuchManager), "{named:?}");
    }
    let named = name_manager(&world, &alice, OLD, "7").await;
    let Apply::Applied(alice) = named else {
        panic!("{named:?}");
    };
    assert_eq!(
        told(&world.post().await),
        [(ALICE.to_owned(), Notice::ManagerChanged)]
    );
    // While it is young it does what the password does: it ends, and that is all.
    let ticket = managing(&world, &boss, BOSS).await;
    let unproven = apply(&world, &ticket, Changes::new().disable()).await;
    assert!(matches!(unproven, Apply::Unproven), "{unproven:?}");
    let new = Challenge::NewEmail(email(NEW_ADDRESS));
    assert_eq!(world.challenge(&ticket, new).await, Challenged::Unproven);
    world.clock.advance(days(4));
    managed(&world, &boss, Changes::new().disable().enable()).await;
    let _notices = world.post().await;
    drop(alice);
    // Either ends it.
    let alice = world.signed_in("alice", OLD).await;
    let ticket = world.settings(&alice).await;
    let ticket = world.proven(&ticket, OLD).await;
    let _alice = world.applied(&ticket, Changes::new().no_manager()).await;
    assert_eq!(
        told(&world.post().await),
        [(ALICE.to_owned(), Notice::ManagerEnded)]
    );
    assert!(matches!(
        manage(&world, &boss, "42").await,
        Manage::NotYours
    ));
}

#[tokio::test]
async fn s15_a_manager_ends_managing() {
    let world = World::new();
    let (boss, alice) = office(&world).await;
    managed(&world, &boss, Changes::new().no_manager()).await;
    assert!(!world.is_live(alice.token()).await);
    assert!(matches!(
        manage(&world, &boss, "42").await,
        Manage::NotYours
    ));
}

/// A password that a mailbox has just set names no manager; a recovery leaves none behind that was
/// named lately.
#[tokio::test]
async fn s15_x33_an_intruder_leaves_no_manager_behind() {
    let world = World::new();
    let (alice, _code) = world.alice().await;
    let boss = world.register("7", "mallory", BOSS).await;
    let named = name_manager(&world, &alice, OLD, "7").await;
    assert!(matches!(named, Apply::Applied(_)), "{named:?}");
    let _notices = world.post().await;
    let (ticket, letter) = world.recover_by_mail("alice").await;
    let ticket = world
        .accepted(&ticket, Proof::SecurityEmail(code(&letter)))
        .await;
    let _device = world.recovered(&ticket, NEW).await;
    let seen = told(&world.post().await);
    assert!(
        seen.contains(&(ALICE.to_owned(), Notice::ManagerEnded)),
        "{seen:?}"
    );
    assert!(matches!(
        manage(&world, &boss, "42").await,
        Manage::NotYours
    ));
    let alice = world.signed_in("alice", NEW).await;
    let named = name_manager(&world, &alice, NEW, "7").await;
    assert!(matches!(named, Apply::Unproven), "{named:?}");
    world.clock.advance(days(4));
    let alice = world.signed_in("alice", NEW).await;
    let named = name_manager(&world, &alice, NEW, "7").await;
    assert!(matches!(named, Apply::Applied(_)), "{named:?}");
    // One that was named long ago stays.
    world.clock.advance(days(4));
    let (ticket, letter) = world.recover_by_mail("alice").await;
    let ticket = world
        .accepted(&ticket, Proof::SecurityEmail(code(&letter)))
        .await;
    let _device = world.recovered(&ticket, OLD).await;
    let boss = world.signed_in("mallory", BOSS).await;
    assert!(matches!(
        manage(&world, &boss, "42").await,
        Manage::Started(_)
    ));
}

/// A manager's password that a mailbox has just set manages nobody yet.
#[tokio::test]
async fn s15_x33_a_recovered_manager_waits() {
    let world = World::new();
    let (_boss, _alice) = office(&world).await;
    let (ticket, letter) = world.recover_by_mail("boss").await;
    let ticket = world
        .accepted(&ticket, Proof::SecurityEmail(code(&letter)))
        .await;
    let _device = world.recovered(&ticket, NEW).await;
    let boss = world.signed_in("boss", NEW).await;
    let refused = manage(&world, &boss, "42").await;
    assert!(matches!(refused, Manage::Unproven), "{refused:?}");
    world.clock.advance(days(4));
    let boss = world.signed_in("boss", NEW).await;
    assert!(matches!(
        manage(&world, &boss, "42").await,
        Manage::Started(_)
    ));
}

/// The last line of defence holds against a manager, too.
#[tokio::test]
async fn s15_s06_with_a_security_code_the_sub_account_takes_itself_back() {
    let world = World::new();
    let boss = world.register("7", "boss", BOSS).await;
    register_sub(&world, &boss, "42", "alice").await;
    // A password that the manager chose buys none for a while.
    world.clock.advance(days(3));
    let alice = world.signed_in("alice", OLD).await;
    let (alice, security_code) = world.add_code(&alice, OLD).await;
    let _alice = world.add_email(&alice, OLD, ALICE).await;
    world.clock.advance(days(4));
    // The manager takes it over.
    let ticket = readdressing(&world, &boss).await;
    let _managed = apply(&world, &ticket, Changes::new().email()).await;
    let (ticket, letter) = world.recover_by_mail("alice").await;
    let ticket = world
        .accepted(&ticket, Proof::SecurityEmail(code(&letter)))
        .await;
    let _device = world.recovered(&ticket, WRONG).await;
    let thief = world.signed_in("alice", WRONG).await;
    // And loses it again: password, e-mail and manager in one commit.
    let ticket = world.recover("alice");
    let ticket = world
        .accepted(&ticket, Proof::SecurityCode(security_code))
        .await;
    let letter = mail_to(&world, &ticket, ALICE).await;
    let ticket = world
        .accepted(&ticket, Proof::NewEmail(code(&letter)))
        .await;
    let changes = Changes::new()
        .password(typed_twice(NEW))
        .email()
        .no_manager();
    let applied = apply(&world, &ticket, changes).await;
    assert!(matches!(applied, Apply::Recovered(_)), "{applied:?}");
    assert!(!world.is_live(thief.token()).await);
    assert!(matches!(
        manage(&world, &boss, "42").await,
        Manage::NotYours
    ));
    world.clock.advance(days(3) + hours(1));
    let _matured = world.post().await;
    let _alice = world.signed_in(ALICE, NEW).await;
    let ticket = world.recover(NEW_ADDRESS);
    let _sent = world.challenge(&ticket, Challenge::SecurityEmail).await;
    assert_eq!(world.post().await.len(), 0);
}

#[cfg(feature = "totp")]
#[tokio::test]
async fn s15_s17_a_second_factor_withstands_a_manager() {
    use support::factor::{enrol, shown};
    let world = World::new();
    let (boss, alice) = office(&world).await;
    let (_alice, factor) = enrol(&world, &alice).await;
    world.clock.advance(days(1));
    let sign_in = async |typed: &str| match world.sign_in("alice", typed).await {
        SignIn::SecondFactor(ticket) => ticket,
        other => panic!("{other:?}"),
    };
    let asked = sign_in(OLD).await;
    let ticket = readdressing(&world, &boss).await;
    let _managed = apply(&world, &ticket, Changes::new().email()).await;
    let (ticket, letter) = world.recover_by_mail("alice").await;
    let ticket = world
        .accepted(&ticket, Proof::SecurityEmail(code(&letter)))
        .await;
    let removed = apply(&world, &ticket, Changes::new().no_second_factor()).await;
    assert!(matches!(removed, Apply::Unproven), "{removed:?}");
    let _device = world.recovered(&ticket, NEW).await;
    let asked_anew = sign_in(NEW).await;
    // Disabled, it does not get to the factor, and the tickets for it are dead.
    managed(&world, &boss, Changes::new().disable()).await;
    assert!(is_denied(&world, "alice", NEW).await);
    for ticket in [asked, asked_anew] {
        let ended = world
            .accounts
            .second_factor(&ticket, &shown(&world, &factor))
            .await;
        assert!(matches!(ended, Ok(SignIn::Expired)), "{ended:?}");
    }
}

#[tokio::test]
async fn s15_a12_a_sub_account_is_registered_by_the_rules_of_any_account() {
    let world = World::new();
    let boss = world.register("7", "boss", BOSS).await;
    let weak = try_register(&world, &boss, "42", "alice", "weak")
        .await
        .unwrap();
    assert!(matches!(weak, RegisterSubAccount::Unmet(rules) if !rules.is_empty()));
    for (name, kind) in [("boss", KeyKind::Login), ("admin", KeyKind::Login)] {
        let taken = try_register(&world, &boss, "42", name, OLD).await.unwrap();
        assert_eq!(taken, RegisterSubAccount::Taken(kind));
    }
    let in_use = try_register(&world, &boss, "7", "alice", OLD).await;
    assert!(matches!(in_use, Err(Error::IdInUse)), "{in_use:?}");
    register_sub(&world, &boss, "42", "alice").await;
    // Managed at once, and it belongs to its owner, who changes the password.
    let alice = world.signed_in("alice", OLD).await;
    let _alice = world.change(&alice, OLD, NEW).await;
    managed(&world, &boss, Changes::new().disable()).await;
    assert!(world.is_live(boss.token()).await);
}

/// What else there is to know of a session that has ended: the answers say so.
#[tokio::test]
async fn s15_a_managers_change_of_password_ends_what_they_had_begun() {
    let world = World::new();
    let (boss, _alice) = office(&world).await;
    let ticket = readdressing(&world, &boss).await;
    let session = world.session(&boss).await;
    let _renewed = world.change(&boss, BOSS, NEW).await;
    let dead = apply(&world, &ticket, Changes::new().email()).await;
    assert!(matches!(dead, Apply::Expired), "{dead:?}");
    let dead = world.accounts.manage(&session, &account_id("42")).await;
    assert!(matches!(dead, Ok(Manage::Ended)), "{dead:?}");
}

/// A change by the sub-account ends what the manager had begun.
#[tokio::test]
async fn s15_a_change_of_the_sub_account_ends_what_the_manager_had_begun() {
    let world = World::new();
    let (boss, alice) = office(&world).await;
    let ticket = readdressing(&world, &boss).await;
    let _renewed = world.change(&alice, OLD, NEW).await;
    let dead = apply(&world, &ticket, Changes::new().email()).await;
    assert!(matches!(dead, Apply::Expired), "{dead:?}");
    let dead = world.offer(&ticket, Proof::Manager(password(BOSS))).await;
    assert!(matches!(dead, Prove::Expired), "{dead:?}");
}

/// Polls a verb until the store keeps it waiting.
fn poll_once<T>(future: std::pin::Pin<&mut impl Future<Output = T>>) -> bool {
    let mut context = Context::from_waker(Waker::noop());
    matches!(future.poll(&mut context), Poll::Pending)
}

/// The link ends, or the manager is disabled, at each call of an `apply`: unless only its last write
/// was still to come, nothing is changed. A link that has ended is seen by that write, too.
#[tokio::test]
async fn s15_l05_a_manager_who_is_none_any_more_changes_nothing() {
    for is_link in [true, false] {
        let mut refused = 0;
        for late in 0.. {
            let world = World::new();
            let (boss, alice) = office(&world).await;
            let ticket = readdressing(&world, &boss).await;
            let hers = world.settings(&alice).await;
            let hers = world.proven(&hers, OLD).await;
            world.store.take_calls();
            world.store.fail(late, &[Fault::Late]);
            let changes = Changes::new().email();
            let mut applying = pin!(world.accounts.apply(&ticket, changes));
            assert!(poll_once(applying.as_mut()));
            let call = world.store.take_calls().pop().unwrap();
            if call == "delete" {
                // It was made before.
                break;
            }
            if is_link {
                let _alice = world.applied(&hers, Changes::new().no_manager()).await;
            } else {
                let _disabled = world.accounts.disable(&account_id("7")).await.unwrap();
            }
            match applying.await.unwrap() {
                Apply::Expired => refused += 1,
                Apply::Managed => assert!(!is_link && call == "update", "{late}: {call}"),
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(refused, if is_link { 7 } else { 6 });
    }
}

/// Two accounts name each other at the same time: neither has power over the other.
#[tokio::test]
async fn s15_l04_of_two_that_name_each_other_neither_manages() {
    let world = World::new();
    let alice = world.register("42", "alice", OLD).await;
    let bob = world.register("43", "bob", OLD).await;
    let naming = async |owner: &SignedIn| {
        let ticket = world.settings(owner).await;
        world.proven(&ticket, OLD).await
    };
    let (hers, his) = (naming(&alice).await, naming(&bob).await);
    // Everything is looked at, and only the write is still to come.
    world.store.take_calls();
    world.store.fail(4, &[Fault::Late]);
    let changes = Changes::new().manager(account_id("43"));
    let mut applying = pin!(world.accounts.apply(&hers, changes));
    assert!(poll_once(applying.as_mut()));
    assert_eq!(world.store.take_calls().last(), Some(&"update"));
    let changes = Changes::new().manager(account_id("42"));
    let bob = world.applied(&his, changes).await;
    let applied = applying.await.unwrap();
    let Apply::Applied(alice) = applied else {
        panic!("{applied:?}");
    };
    for (manager, id) in [(&bob, "42"), (&alice, "43")] {
        let refused = manage(&world, manager, id).await;
        assert!(matches!(refused, Manage::NotYours), "{refused:?}");
    }
}

/// Disabling meets a sign-in, at each call of it: whoever got in before is out.
#[tokio::test]
async fn s15_l05_disabling_meets_a_sign_in() {
    let mut denied = 0;
    for late in 0..6 {
        let world = World::new();
        let (_boss, _alice) = office(&world).await;
        world.store.fail(late, &[Fault::Late]);
        let signing_in = world.try_sign_in("alice", OLD);
        let mut signing_in = pin!(signing_in);
        if !poll_once(signing_in.as_mut()) {
            break;
        }
        let _disabled = world.accounts.disable(&account_id("42")).await.unwrap();
        match signing_in.await.unwrap() {
            SignIn::Accepted(signed_in) => assert!(!world.is_live(signed_in.token()).await),
            SignIn::Denied { .. } => denied += 1,
            other => panic!("{other:?}"),
        }
        assert!(is_denied(&world, "alice", OLD).await);
    }
    assert!(denied > 0);
}

/// A verb, again after a failure.
async fn again<T>(verb: impl AsyncFn() -> Result<T, Error>) -> T {
    match verb().await {
        Ok(answer) => answer,
        Err(_once) => verb().await.unwrap(),
    }
}

/// Every call to the store fails once, before or after it is done: the same call again completes,
/// nothing is half done, and every contact is told once.
#[tokio::test]
async fn s15_x29_managing_survives_each_failure() {
    for fault in [Fault::Before, Fault::After] {
        for healthy in 0.. {
            let world = World::new();
            let (boss, _alice) = office(&world).await;
            let session = world.session(&boss).await;
            let accounts = &world.accounts;
            world.store.fail(healthy, &[fault]);
            let id: AccountId = account_id("42");
            let ticket = match again(async || accounts.manage(&session, &id).await).await {
                Manage::Started(ticket) => ticket,
                other => panic!("{other:?}"),
            };
            let proves =
                async |ticket: &Ticket, proof: &dyn Fn() -> Proof| match again(async || {
                    accounts.prove(ticket, proof()).await
                })
                .await
                {
                    Prove::Accepted(ticket) => ticket,
                    other => panic!("{other:?}"),
                };
            let ticket = proves(&ticket, &|| Proof::Manager(password(BOSS))).await;
            let new = Challenge::NewEmail(email(NEW_ADDRESS));
            let sent = again(async || accounts.challenge(&ticket, new.clone()).await).await;
            assert_eq!(sent, Challenged::Sent);
            for _ in 0..2 {
                let _failed = accounts.deliver_due().await;
                world.clock.advance(Duration::from_secs(11));
            }
            let letters = world.mail.take();
            let letter = letters
                .iter()
                .find(|letter| matches!(letter.content(), Content::Code { .. }))
                .unwrap();
            let ticket = proves(&ticket, &|| Proof::NewEmail(code(letter))).await;
            let changes = || Changes::new().email().disable();
            let applied = again(async || accounts.apply(&ticket, changes()).await).await;
            assert!(matches!(applied, Apply::Managed), "{applied:?}");
            let struck = world.store.struck();
            let mut post = world.post().await;
            world.clock.advance(hours(1));
            post.extend(world.post().await);
            // One that may have been sent is sent again, as the same.
            post.sort_by_key(|letter| letter.id().to_string());
            post.dedup_by_key(|letter| letter.id().to_string());
            let mut seen = told(&post);
            seen.sort_by_key(|(to, what)| (to.clone(), format!("{what:?}")));
            let of = |to: &str, what| (to.to_owned(), what);
            assert_eq!(
                seen,
                [
                    of(ALICE, Notice::AccountDisabled),
                    of(ALICE, Notice::EmailChangedByManager),
                    of(NEW_ADDRESS, Notice::AccountDisabled),
                    of(NEW_ADDRESS, Notice::EmailChangedByManager),
                ],
                "{fault:?} after {healthy}"
            );
            assert!(is_denied(&world, "alice", OLD).await);
            if !struck {
                assert!(healthy > 10);
                break;
            }
        }
    }
}

#[tokio::test]
async fn s15_x29_a_registration_that_failed_leaves_nothing_or_all() {
    for fault in [Fault::Before, Fault::After] {
        for healthy in 0..3 {
            let world = World::new();
            let boss = world.register("7", "boss", BOSS).await;
            let session = world.session(&boss).await;
            world.store.fail(healthy, &[fault]);
            let first = world
                .accounts
                .register_sub_account(
                    &session,
                    account_id("42"),
                    "alice".parse().unwrap(),
                    typed_twice(OLD),
                    &Client::new(),
                )
                .await;
            assert!(world.store.struck());
            match first {
                Ok(answer) => assert_eq!(answer, RegisterSubAccount::Registered),
                Err(_again) => register_sub(&world, &boss, "42", "alice").await,
            }
            assert!(matches!(
                manage(&world, &boss, "42").await,
                Manage::Started(_)
            ));
        }
    }
}

/// What is so already is left as it is: no session ends and no recovery dies without a word to anybody.
#[tokio::test]
async fn s15_x44_what_changes_nothing_ends_nothing() {
    let world = World::new();
    let (boss, alice) = office(&world).await;
    let (recovery, letter) = world.recover_by_mail("alice").await;
    for _ in 0..8 {
        managed(&world, &boss, Changes::new().enable()).await;
    }
    let boss_ticket = world.settings(&boss).await;
    let boss_ticket = world.proven(&boss_ticket, BOSS).await;
    let _boss = world
        .applied(&boss_ticket, Changes::new().no_manager())
        .await;
    assert_eq!(world.post().await.len(), 0);
    assert!(world.is_live(boss.token()).await);
    assert!(world.is_live(alice.token()).await);
    let proof = Proof::SecurityEmail(code(&letter));
    let ticket = world.accepted(&recovery, proof).await;
    let _device = world.recovered(&ticket, NEW).await;
}

/// A manager who was named lately does not come to count behind a closed door.
#[tokio::test]
async fn s15_x33_l05_a_young_manager_stays_young_while_the_account_is_disabled() {
    let world = World::new();
    let (alice, _code) = world.alice().await;
    let mallory = world.register("7", "mallory", BOSS).await;
    let named = name_manager(&world, &alice, OLD, "7").await;
    assert!(matches!(named, Apply::Applied(_)), "{named:?}");
    world.clock.advance(hours(1));
    let _disabled = world.accounts.disable(&account_id("42")).await.unwrap();
    world.clock.advance(days(4));
    let _enabled = world.accounts.enable(&account_id("42")).await.unwrap();
    world.clock.advance(hours(70));
    let ticket = managing(&world, &mallory, BOSS).await;
    let unproven = apply(&world, &ticket, Changes::new().disable()).await;
    assert!(matches!(unproven, Apply::Unproven), "{unproven:?}");
    // The hour before it counts.
    world.clock.advance(hours(1));
    managed(&world, &mallory, Changes::new().disable()).await;
}

/// Nor does an e-mail that a manager set meanwhile.
#[tokio::test]
async fn s15_x33_l05_an_e_mail_set_while_the_account_is_disabled_is_young_when_it_is_enabled() {
    let world = World::new();
    let (boss, _alice) = office(&world).await;
    managed(&world, &boss, Changes::new().disable()).await;
    let ticket = readdressing(&world, &boss).await;
    let _managed = apply(&world, &ticket, Changes::new().email()).await;
    world.clock.advance(days(4));
    managed(&world, &boss, Changes::new().enable()).await;
    let (ticket, letter) = world.recover_by_mail("alice").await;
    let ticket = world
        .accepted(&ticket, Proof::SecurityEmail(code(&letter)))
        .await;
    let once = world.accounts.sign_in_once(&ticket).await.unwrap();
    assert!(matches!(once, SignInOnce::Unproven), "{once:?}");
}
