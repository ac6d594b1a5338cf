//! "This was not me": a password that somebody else knows does not count until a new one is set.
#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod support;

use backstop::{
    Apply, Challenge, Challenged, Changes, Client, HintAnswer, ImportedAccount, Issue, Link,
    MemoryStore, Message, Proof, Prove, Session, SignIn, SignInOnce, SignedIn, Stopped, Ticket,
    account::ActivityKind,
    audit::{Outcome, Verb},
    message::{Content, Notice},
    policy::{Policy, Unmet},
};
use support::{
    ALICE, ANSWER, Clock, NEW, OLD, OLD_ELSEWHERE, WRONG, World, account_id, answer, days, email,
    hours, key, login,
    mail::{cancel, code, notice},
    password,
    probe::Fault,
    question, typed_twice,
};

const LABEL: &str = "Firefox, Uppsala";

async fn report(world: &World, session: &Session) -> Stopped {
    world.accounts.report_compromise(session).await.unwrap()
}

/// Alice, whose password was just voided.
async fn voided(world: &World) -> backstop::SecurityCode {
    let (signed_in, code) = world.alice().await;
    let session = world.session(&signed_in).await;
    assert_eq!(report(world, &session).await, Stopped::PasswordVoid);
    let _told = world.letter().await;
    code
}

fn has_link(message: &Message) -> bool {
    match message.content() {
        Content::Notice { cancel, .. } => cancel.is_some(),
        other => panic!("no notice: {other:?}"),
    }
}

async fn proved_by_mail(world: &World) -> Ticket {
    let (ticket, letter) = world.recover_by_mail("alice").await;
    world
        .accepted(&ticket, Proof::SecurityEmail(code(&letter)))
        .await
}

/// Of a test of the recovery, what a stranger is told.
async fn is_denied(world: &World, typed: &str) -> bool {
    matches!(
        world.sign_in("alice", typed).await,
        SignIn::Denied { .. } | SignIn::Locked { .. }
    )
}

#[tokio::test]
async fn s18_a06_mark_compromised_forces_change_and_kills_sessions() {
    let world = World::new();
    let (signed_in, _code) = world.alice().await;
    let intruder = world.signed_in("alice", OLD).await;
    let settings = world.settings(&intruder).await;
    let settings = world.proven(&settings, OLD).await;
    let session = world.session(&signed_in).await;
    let session = session.at(&Client::new().label(LABEL));
    assert_eq!(report(&world, &session).await, Stopped::PasswordVoid);

    assert!(!world.is_live(signed_in.token()).await);
    assert!(!world.is_live(intruder.token()).await);
    assert!(matches!(world.apply(&settings, NEW).await, Apply::Expired));
    assert!(is_denied(&world, OLD).await);
    let known = Client::new().device(intruder.device().clone());
    let name = login("alice");
    let denied = world.accounts.sign_in(&name, &password(OLD), &known).await;
    assert!(matches!(denied, Ok(SignIn::Denied { .. })));
    let told = world.letter().await;
    assert_eq!(told.to(), &email(ALICE));
    assert_eq!(notice(&told), Notice::PasswordVoided);
    assert_eq!(told.label(), Some(LABEL));
    assert!(!has_link(&told));

    // A new one is forced: the old one is refused as that.
    let ticket = proved_by_mail(&world).await;
    let Apply::Unmet { password, .. } = world.apply(&ticket, OLD).await else {
        panic!("a voided password came back");
    };
    assert_eq!(password, [Unmet::UsedBefore]);
    let _device = world.recovered(&ticket, NEW).await;
    assert!(is_denied(&world, OLD).await);
    let signed_in = world.signed_in("alice", NEW).await;
    let _renewed = world.change(&signed_in, NEW, WRONG).await;
    let events = world.events();
    let reported = events.iter().find(|e| e.verb == Verb::ReportCompromise);
    let reported = reported.unwrap();
    assert_eq!(reported.outcome, Outcome::Accepted);
    assert_eq!(reported.account, Some(account_id("42")));
    assert_eq!(reported.label.as_deref(), Some(LABEL));
}

/// The mail about what an intruder with the password has just done.
async fn intruder_changes(world: &World) -> (SignedIn, Message) {
    let (_signed_in, _code) = world.alice().await;
    let intruder = world.signed_in("alice", OLD).await;
    let intruder = world.change(&intruder, OLD, NEW).await;
    (intruder, world.letter().await)
}

#[tokio::test]
async fn s18_n02_a_notice_of_a_change_has_the_link_that_undoes_it() {
    let world = World::new();
    let (intruder, letter) = intruder_changes(&world).await;
    let stop = cancel(&letter);
    // Looking at the mail spends nothing.
    assert!(world.is_live(intruder.token()).await);
    assert!(letter.text().contains("void your password"));
    for _ in 0..2 {
        let stopped = world.accounts.cancel(&stop).await.unwrap();
        assert_eq!(stopped, Stopped::PasswordVoid);
    }
    assert!(!world.is_live(intruder.token()).await);
    assert!(is_denied(&world, NEW).await && is_denied(&world, OLD).await);
    // Told once, however often it is said.
    assert_eq!(notice(&world.letter().await), Notice::PasswordVoided);
    let ticket = proved_by_mail(&world).await;
    let _device = world.recovered(&ticket, "Nora-7-valleys").await;
    let signed_in = world.signed_in("alice", "Nora-7-valleys").await;
    // The link is of a notice that is over.
    let stopped = world.accounts.cancel(&stop).await.unwrap();
    assert_eq!(stopped, Stopped::Ended);
    assert!(world.is_live(signed_in.token()).await);
    let told = ActivityKind::Told(Notice::PasswordVoided);
    let activity = world.activity(&signed_in).await;
    assert_eq!(activity.iter().filter(|e| e.what == told).count(), 1);
}

/// The store calls and the public answer of a sign-in, as text.
async fn sign_in_line(world: &World, name: &str, typed: &str) -> String {
    world.store.take_calls();
    let answer = world.sign_in(name, typed).await;
    format!("{:?} {answer:?}", world.store.take_calls())
}

#[tokio::test]
async fn s18_e01_a_void_password_is_answered_like_a_wrong_one() {
    let world = World::new();
    let _code = voided(&world).await;
    for _ in 0..8 {
        let right = sign_in_line(&world, "alice", OLD).await;
        let unknown = sign_in_line(&world, "nobody", OLD).await;
        assert_eq!(right, unknown);
    }
    world.clock.advance(days(2));
    let other = World::new();
    let _alice = other.alice().await;
    other.clock.advance(days(2));
    for _ in 0..8 {
        let void = sign_in_line(&world, "alice", OLD).await;
        let wrong = sign_in_line(&other, "alice", WRONG).await;
        // The times of a lock are those of each world.
        assert_eq!(void.split("until").next(), wrong.split("until").next());
    }
}

#[tokio::test]
async fn s18_a_void_password_proves_nothing_in_a_session() {
    let world = World::new();
    let _code = voided(&world).await;
    // The mailbox lets in as before: it could set a new password as well.
    let ticket = proved_by_mail(&world).await;
    let SignInOnce::Accepted(once) = world.accounts.sign_in_once(&ticket).await.unwrap() else {
        panic!("the mailbox was proved");
    };
    let ticket = world.settings(&once).await;
    let denied = world.prove(&ticket, OLD).await;
    assert!(matches!(denied, Prove::Denied { left: Some(2) }));
    assert!(matches!(world.apply(&ticket, NEW).await, Apply::Unproven));
    // Nor is it any better after that sign-in.
    assert!(is_denied(&world, OLD).await);
    // What is said again from there ends that session, too.
    let session = world.session(&once).await;
    assert_eq!(report(&world, &session).await, Stopped::PasswordVoid);
    assert!(!world.is_live(once.token()).await);
}

#[tokio::test]
async fn s18_a_hint_does_not_bring_back_a_password_that_was_voided() {
    let world = World::new();
    let _code = voided(&world).await;
    let other = World::new();
    let _alice = other.alice().await;
    let hint = || Proof::HintQuestion(answer(ANSWER));
    let mut tickets = Vec::new();
    for world in [&world, &other] {
        let ticket = world.recover("alice");
        world.store.take_calls();
        let shown = world.challenge(&ticket, Challenge::HintQuestion).await;
        assert!(matches!(shown, Challenged::Question(_)));
        let Prove::Waiting { ticket, until } = world.offer(&ticket, hint()).await else {
            panic!("the right answer");
        };
        tickets.push((ticket, until, world.store.take_calls()));
        world.clock.advance(hours(25));
    }
    // A stranger sees no difference before they ask for the change.
    assert_eq!(tickets[0].1, tickets[1].1);
    assert_eq!(tickets[0].2, tickets[1].2);
    let refused = world.apply(&tickets[0].0, NEW).await;
    assert!(matches!(refused, Apply::Unproven), "{refused:?}");
    let _device = other.recovered(&tickets[1].0, NEW).await;
    assert!(is_denied(&world, NEW).await);
}

#[tokio::test]
async fn s18_the_security_code_sets_a_new_one() {
    let world = World::new();
    let code = voided(&world).await;
    let ticket = world.recover("alice");
    let ticket = world.accepted(&ticket, Proof::SecurityCode(code)).await;
    let changes = Changes::new().hint(question(), answer("Someone Quite Else"));
    // Anything else leaves it void.
    let changed = world.accounts.apply(&ticket, changes).await.unwrap();
    assert!(matches!(changed, Apply::Recovered(_)));
    assert!(is_denied(&world, OLD).await);
}

#[tokio::test]
async fn s18_the_security_code_clears_it() {
    let world = World::new();
    let code = voided(&world).await;
    let ticket = world.recover("alice");
    let ticket = world.accepted(&ticket, Proof::SecurityCode(code)).await;
    let _device = world.recovered(&ticket, NEW).await;
    let _signed_in = world.signed_in("alice", NEW).await;
}

#[tokio::test]
async fn s18_it_is_not_voided_where_nobody_could_set_a_new_one() {
    let world = World::new();
    let signed_in = world.register("42", "alice", OLD).await;
    let session = world.session(&signed_in).await;
    assert_eq!(report(&world, &session).await, Stopped::NoWayBack);
    assert!(world.is_live(signed_in.token()).await);
    let signed_in = world.change(&signed_in, OLD, NEW).await;
    // Nor where the way is not offered.
    let policy = Policy::nist();
    let world = World::with(|builder| builder.policy(policy));
    let new = "a long and quiet sentence";
    let bob = world.register("7", "bob", new).await;
    let session = world.session(&bob).await;
    assert_eq!(report(&world, &session).await, Stopped::NoWayBack);
    drop(signed_in);
}

#[tokio::test]
async fn s18_a_fresh_hint_goes_and_a_seasoned_one_stays() {
    let world = World::new();
    let mut signed_in = world.register("42", "alice", OLD).await;
    signed_in = world.add_email(&signed_in, OLD, ALICE).await;
    world.clock.advance(days(4));
    // The intruder's.
    let ticket = world.settings(&signed_in).await;
    let ticket = world.proven(&ticket, OLD).await;
    let changes = Changes::new().hint(question(), answer(ANSWER));
    let signed_in = world.applied(&ticket, changes).await;
    let letter = world.letter().await;
    assert_eq!(notice(&letter), Notice::HintChanged);
    let stopped = world.accounts.cancel(&cancel(&letter)).await.unwrap();
    assert_eq!(stopped, Stopped::PasswordVoid);
    drop(signed_in);
    let _told = world.letter().await;
    // Had it stayed, it would be seasoned by now.
    world.clock.advance(days(4));
    let by_mail = proved_by_mail(&world).await;
    let _device = world.recovered(&by_mail, NEW).await;
    let ticket = world.recover("alice");
    let typed: HintAnswer = answer(ANSWER);
    let denied = world.offer(&ticket, Proof::HintQuestion(typed)).await;
    assert!(matches!(denied, Prove::Denied { .. }), "{denied:?}");

    // A seasoned hint stays, for when there is a password again.
    let world = World::new();
    let _code = voided(&world).await;
    let ticket = proved_by_mail(&world).await;
    let _device = world.recovered(&ticket, NEW).await;
    let ticket = world.recover("alice");
    let hint = Proof::HintQuestion(answer(ANSWER));
    let waiting = world.offer(&ticket, hint).await;
    assert!(matches!(waiting, Prove::Waiting { .. }), "{waiting:?}");
}

#[tokio::test]
async fn s18_a_security_code_that_waits_goes() {
    let world = World::new();
    let signed_in = world.register("42", "alice", OLD).await;
    let signed_in = world.add_email(&signed_in, OLD, ALICE).await;
    world.clock.advance(days(4));
    let ticket = world.settings(&signed_in).await;
    let ticket = world.proven(&ticket, OLD).await;
    let _sent = world.challenge(&ticket, Challenge::SecurityEmail).await;
    let proof = Proof::SecurityEmail(code(&world.letter().await));
    let ticket = world.accepted(&ticket, proof).await;
    let issued = world.accounts.issue_security_code(&ticket).await.unwrap();
    let Issue::Issued(security_code) = issued else {
        panic!("everything was proved");
    };
    let typed = security_code.expose().parse().unwrap();
    let changes = Changes::new().security_code(typed);
    let _signed_in = world.applied(&ticket, changes).await;
    let letter = world.letter().await;
    assert!(matches!(notice(&letter), Notice::SecurityCodeWaits(_)));
    let stopped = world.accounts.cancel(&cancel(&letter)).await.unwrap();
    assert_eq!(stopped, Stopped::PasswordVoid);
    let _told = world.letter().await;
    world.clock.advance(days(4));
    assert!(world.post().await.is_empty());
    let ticket = world.recover("alice");
    let dead = Proof::SecurityCode(security_code);
    let denied = world.offer(&ticket, dead).await;
    assert!(matches!(denied, Prove::Denied { .. }));
}

/// Whoever has the mailbox alone cannot hold up what the security code has decided.
#[tokio::test]
async fn s18_a_mailbox_does_not_stop_what_the_security_code_decided() {
    let world = World::new();
    let (_signed_in, security_code) = world.alice().await;
    let ticket = world.recover("alice");
    let ticket = world
        .accepted(&ticket, Proof::SecurityCode(security_code))
        .await;
    let told = world.letter().await;
    assert_eq!(notice(&told), Notice::SecurityCodeUsed);
    assert!(!has_link(&told));
    let new = Challenge::NewEmail(email("alice@new.example"));
    let _sent = world.challenge(&ticket, new).await;
    let letter = world.letter().await;
    let proof = Proof::NewEmail(code(&letter));
    let ticket = world.accepted(&ticket, proof).await;
    let changes = Changes::new().email().password(typed_twice(NEW));
    let _recovered = world.accounts.apply(&ticket, changes).await.unwrap();
    let post = world.post().await;
    assert_eq!(post.len(), 3, "{post:?}");
    let old = email(ALICE);
    for letter in &post {
        // An address that does not count yet has no say; the old one has none in that change.
        let may = letter.to() == &old && matches!(notice(letter), Notice::PasswordChanged(_));
        assert_eq!(has_link(letter), may, "{letter:?}");
    }
    let of_old = post.iter().find(|letter| has_link(letter)).unwrap();
    let stopped = world.accounts.cancel(&cancel(of_old)).await.unwrap();
    assert_eq!(stopped, Stopped::PasswordVoid);
    world.clock.advance(days(4));
    let _post = world.post().await;
    let new = world.recover("alice@new.example");
    let _sent = world.challenge(&new, Challenge::SecurityEmail).await;
    let letter = world.letter().await;
    assert_eq!(letter.to().as_str(), "alice@new.example");
}

#[tokio::test]
async fn s18_an_address_that_was_one_has_no_say() {
    let world = World::new();
    let (signed_in, _code) = world.alice().await;
    let ticket = world.settings(&signed_in).await;
    let ticket = world.proven(&ticket, OLD).await;
    let _sent = world.challenge(&ticket, Challenge::SecurityEmail).await;
    let letter = world.letter().await;
    let ticket = world
        .accepted(&ticket, Proof::SecurityEmail(code(&letter)))
        .await;
    let new = Challenge::NewEmail(email("alice@new.example"));
    let _sent = world.challenge(&ticket, new).await;
    let proof = Proof::NewEmail(code(&world.letter().await));
    let ticket = world.accepted(&ticket, proof).await;
    let _renewed = world.applied(&ticket, Changes::new().email()).await;
    let post = world.post().await;
    assert_eq!(post.len(), 2);
    for letter in &post {
        assert_eq!(has_link(letter), letter.to() != &email(ALICE));
    }
}

/// Neither the sign-in that would hash it anew nor the history brings it back.
#[tokio::test]
async fn s18_a_void_password_is_not_revived() {
    let policy = Policy::marketplace().history(3);
    let world = World::with(|builder| builder.policy(policy));
    let hash = OLD_ELSEWHERE.parse().unwrap();
    let account = ImportedAccount::new(account_id("42"), "alice".parse().unwrap(), hash);
    let account = account.email(email(ALICE));
    let _imported = world
        .accounts
        .import(account, &Client::new())
        .await
        .unwrap();
    let ticket = proved_by_mail(&world).await;
    let SignInOnce::Accepted(once) = world.accounts.sign_in_once(&ticket).await.unwrap() else {
        panic!("the mailbox was proved");
    };
    let session = world.session(&once).await;
    assert_eq!(report(&world, &session).await, Stopped::PasswordVoid);
    world.store.take_calls();
    assert!(is_denied(&world, OLD).await);
    assert!(!world.store.take_calls().contains(&"update"));
    assert!(is_denied(&world, OLD).await);
    let ticket = proved_by_mail(&world).await;
    let _device = world.recovered(&ticket, NEW).await;
    let signed_in = world.signed_in("alice", NEW).await;
    let ticket = world.settings(&signed_in).await;
    let ticket = world.proven(&ticket, NEW).await;
    let Apply::Unmet { password, .. } = world.apply(&ticket, OLD).await else {
        panic!("a voided password came back");
    };
    assert_eq!(password, [Unmet::UsedBefore]);
}

#[tokio::test]
async fn s18_o05_a_failure_voids_all_or_nothing_and_the_same_call_completes() {
    for fault in [Fault::Before, Fault::After] {
        for healthy in 0..4 {
            for by_link in [false, true] {
                let world = World::new();
                let (intruder, letter) = intruder_changes(&world).await;
                let session = world.session(&intruder).await;
                let link: Link = cancel(&letter);
                let call = async || match by_link {
                    true => world.accounts.cancel(&link).await,
                    false => world.accounts.report_compromise(&session).await,
                };
                world.store.fail(healthy, &[fault]);
                let first = call().await;
                let is_over = !world.store.struck();
                let case = format!("{fault:?} {healthy} {by_link}: {first:?}");
                if let Ok(first) = &first {
                    assert_eq!(*first, Stopped::PasswordVoid, "{case}");
                    assert!(is_denied(&world, NEW).await, "{case}");
                }
                world.store.fail(0, &[]);
                assert_eq!(call().await.unwrap(), Stopped::PasswordVoid, "{case}");
                assert!(!world.is_live(intruder.token()).await, "{case}");
                assert!(is_denied(&world, NEW).await, "{case}");
                let told: Vec<_> = world.post().await.iter().map(notice).collect();
                assert_eq!(told, [Notice::PasswordVoided], "{case}");
                if is_over {
                    break;
                }
            }
        }
    }
}

/// The intruder makes a change at the moment at which the owner says that it was not them: either
/// the change is refused, or it was made before, and its notice has a link of its own.
#[tokio::test]
async fn s18_o07_said_at_once_with_a_change_one_of_them_comes_first() {
    for round in 0..8 {
        let store = MemoryStore::new();
        let clock = Clock::new();
        let world = World::on(store.clone(), key(), clock.clone(), |builder| builder);
        let other = World::on(store.clone(), key(), clock.clone(), |builder| builder);
        let (intruder, letter) = intruder_changes(&world).await;
        let ticket = world.settings(&intruder).await;
        let ticket = world.proven(&ticket, NEW).await;
        let link = cancel(&letter);
        let changes = Changes::new().hint(question(), answer("Someone Quite Else"));
        let apply = tokio::spawn({
            let accounts = world.accounts.clone();
            async move { accounts.apply(&ticket, changes).await.unwrap() }
        });
        let said = tokio::spawn({
            let (one, two, link) = (world.accounts.clone(), other.accounts.clone(), link.clone());
            async move {
                for _ in 0..round {
                    tokio::task::yield_now().await;
                }
                (
                    one.cancel(&link).await.unwrap(),
                    two.cancel(&link).await.unwrap(),
                )
            }
        });
        let (applied, said) = (apply.await.unwrap(), said.await.unwrap());
        match said {
            (Stopped::PasswordVoid, Stopped::PasswordVoid) => {
                assert!(matches!(applied, Apply::Expired), "{applied:?}");
            }
            (Stopped::Ended, Stopped::Ended) => {
                assert!(matches!(applied, Apply::Applied(_)), "{applied:?}");
                let letter = world.letter().await;
                let stopped = world.accounts.cancel(&cancel(&letter)).await.unwrap();
                assert_eq!(stopped, Stopped::PasswordVoid);
            }
            other => panic!("{other:?}"),
        }
        assert!(is_denied(&world, NEW).await);
    }
}

#[tokio::test]
async fn s18_a_forged_link_or_one_of_a_deleted_account_does_nothing() {
    let world = World::new();
    let (intruder, letter) = intruder_changes(&world).await;
    let text = cancel(&letter).expose().to_owned();
    for at in [0, 12, 30, text.len() - 1] {
        let mut forged: Vec<char> = text.chars().collect();
        forged[at] = if forged[at] == 'A' { 'B' } else { 'A' };
        let forged: String = forged.into_iter().collect();
        if let Ok(forged) = forged.parse() {
            let stopped = world.accounts.cancel(&forged).await.unwrap();
            assert_eq!(stopped, Stopped::Ended, "{at}");
        }
    }
    assert!(world.is_live(intruder.token()).await);
}
