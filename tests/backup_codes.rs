//! New backup codes for a second factor, in place of those before them.
#![cfg(feature = "totp")]
#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod support;

use std::time::Duration;

use backstop::{
    Apply, BackupCode, Changes, Error, IssueBackupCodes, Method, NewSecondFactor, Proof,
    SecondFactor, SignIn, SignedIn, Ticket,
    account::ActivityKind,
    audit::{Outcome, Verb},
    message::Notice,
};
use support::{
    ALICE, NEW, OLD, World, email,
    factor::{backup, enrol, shown},
    mail::notice,
    probe::Fault,
    typed_twice,
};

const STEP: Duration = Duration::from_secs(30);

async fn asked(world: &World) -> Ticket {
    match world.sign_in("alice", OLD).await {
        SignIn::SecondFactor(ticket) => ticket,
        other => panic!("not asked: {other:?}"),
    }
}

async fn is_good(world: &World, code: &BackupCode) -> bool {
    let typed = SecondFactor::BackupCode(code.expose().parse().unwrap());
    let ticket = asked(world).await;
    match world.accounts.second_factor(&ticket, &typed).await.unwrap() {
        SignIn::Accepted(_) => true,
        SignIn::WrongFactor { left: None } => false,
        other => panic!("{other:?}"),
    }
}

async fn enrolled(world: &World) -> (SignedIn, NewSecondFactor) {
    let (signed_in, _code) = world.alice().await;
    let (signed_in, factor) = enrol(world, &signed_in).await;
    let _notices = world.post().await;
    world.clock.advance(STEP);
    (signed_in, factor)
}

/// A ticket with the current password and the second factor.
async fn proved(world: &World, signed_in: &SignedIn, factor: &SecondFactor) -> Ticket {
    let ticket = world.settings(signed_in).await;
    let ticket = world.proven(&ticket, OLD).await;
    world
        .accepted(&ticket, Proof::SecondFactor(factor.clone()))
        .await
}

async fn issue(world: &World, ticket: &Ticket) -> Vec<BackupCode> {
    match world.accounts.issue_backup_codes(ticket).await.unwrap() {
        IssueBackupCodes::Issued(codes) => codes,
        other => panic!("not issued: {other:?}"),
    }
}

fn typed_back(code: &BackupCode) -> Changes {
    Changes::new().backup_codes(code.expose().parse().unwrap())
}

#[tokio::test]
async fn k06_s17_ten_new_ones_take_the_place_of_the_old_ones() {
    let world = World::new();
    let (before, factor) = enrolled(&world).await;
    let ticket = proved(&world, &before, &shown(&world, &factor)).await;
    let codes = issue(&world, &ticket).await;
    assert_eq!(codes.len(), 10);
    let signed_in = world.applied(&ticket, typed_back(&codes[3])).await;
    assert!(!world.is_live(before.token()).await);
    assert!(world.session(&signed_in).await.has_second_factor());
    let told = world.letter().await;
    assert_eq!(
        (told.to(), notice(&told)),
        (&email(ALICE).into(), Notice::BackupCodesReplaced)
    );
    let activity = world.activity(&signed_in).await;
    let replaced = ActivityKind::Told(Notice::BackupCodesReplaced);
    assert_eq!(activity[0].what, replaced);

    for old in factor.backup_codes() {
        assert!(!is_good(&world, old).await);
    }
    // All ten are good, also the one that was typed back; each once.
    for code in &codes {
        assert!(is_good(&world, code).await);
        assert!(!is_good(&world, code).await);
    }
    // The app is the one that it was.
    world.clock.advance(STEP);
    let ticket = asked(&world).await;
    let typed = shown(&world, &factor);
    let answer = world.accounts.second_factor(&ticket, &typed).await;
    assert!(matches!(answer, Ok(SignIn::Accepted(_))));
}

#[tokio::test]
async fn s17_they_count_only_when_one_of_them_was_typed_back() {
    let world = World::new();
    let (signed_in, factor) = enrolled(&world).await;
    let ticket = proved(&world, &signed_in, &shown(&world, &factor)).await;
    let old = &factor.backup_codes()[0];
    let none = world.accounts.apply(&ticket, typed_back(old)).await;
    assert!(matches!(none, Ok(Apply::Unproven)), "none was issued");
    let first = issue(&world, &ticket).await;
    let second = issue(&world, &ticket).await;
    for other in [old, &first[0]] {
        let answer = world.accounts.apply(&ticket, typed_back(other)).await;
        assert!(matches!(answer, Ok(Apply::Mistyped)));
    }
    // Until then those on paper are good.
    assert!(is_good(&world, old).await);
    assert!(!is_good(&world, &second[0]).await);
    let _signed_in = world.applied(&ticket, typed_back(&second[9])).await;
    assert!(is_good(&world, &second[0]).await);
    assert!(!is_good(&world, &first[0]).await);
}

#[tokio::test]
async fn s17_i06_issue_requires_second_factor_when_enrolled() {
    let world = World::new();
    let (signed_in, _code) = world.alice().await;
    let refused = async |ticket: &Ticket| {
        let answer = world.accounts.issue_backup_codes(ticket).await.unwrap();
        assert!(matches!(answer, IssueBackupCodes::Unproven), "{answer:?}");
    };
    // Without a factor there is nothing to replace.
    let ticket = world.settings(&signed_in).await;
    let ticket = world.proven(&ticket, OLD).await;
    refused(&ticket).await;
    let (signed_in, factor) = enrol(&world, &signed_in).await;
    world.clock.advance(STEP);
    // One proof alone is not enough, whichever it is.
    let ticket = world.settings(&signed_in).await;
    refused(&ticket).await;
    let password = world.proven(&ticket, OLD).await;
    refused(&password).await;
    let proof = Proof::SecondFactor(shown(&world, &factor));
    let ticket = world.settings(&signed_in).await;
    let alone = world.accepted(&ticket, proof).await;
    refused(&alone).await;
    refused(&world.recover("alice")).await;
    refused(&world.recover("nobody")).await;
    let forged: Ticket = "AAAA".parse().unwrap();
    let answer = world.accounts.issue_backup_codes(&forged).await.unwrap();
    assert!(matches!(answer, IssueBackupCodes::Expired));
    let events = world.events();
    let last = events.last().unwrap();
    assert_eq!(
        (last.verb, last.outcome),
        (Verb::IssueBackupCodes, Outcome::Ended)
    );
}

#[tokio::test]
async fn s17_who_lost_the_app_proves_with_a_code_on_paper() {
    let world = World::new();
    let (signed_in, factor) = enrolled(&world).await;
    let ticket = proved(&world, &signed_in, &backup(&factor, 0)).await;
    let codes = issue(&world, &ticket).await;
    let changes = typed_back(&codes[0]).password(typed_twice(NEW));
    let signed_in = world.applied(&ticket, changes).await;
    assert!(world.is_live(signed_in.token()).await);
    let changed = Notice::PasswordChanged(Method::CurrentPassword);
    let told: Vec<Notice> = world.post().await.iter().map(notice).collect();
    assert!(told.contains(&changed) && told.contains(&Notice::BackupCodesReplaced));
}

#[tokio::test]
async fn s17_i06_a_code_is_returned_once_and_never_stored() {
    let world = World::new();
    let (signed_in, factor) = enrolled(&world).await;
    let ticket = proved(&world, &signed_in, &shown(&world, &factor)).await;
    let codes = issue(&world, &ticket).await;
    let _signed_in = world.applied(&ticket, typed_back(&codes[0])).await;
    let shown: Vec<String> = codes.iter().map(|code| code.expose().to_string()).collect();
    for record in world.store.written() {
        let text = String::from_utf8_lossy(&record).into_owned();
        assert!(shown.iter().all(|code| !text.contains(code.as_str())));
    }
    assert!(
        shown
            .iter()
            .all(|code| !format!("{codes:?}").contains(code))
    );
}

#[tokio::test]
async fn s17_o05_a_failure_leaves_one_whole_list_and_the_same_call_completes() {
    for fault in [Fault::Before, Fault::After] {
        for healthy in 0..6 {
            let world = World::new();
            let (signed_in, factor) = enrolled(&world).await;
            let ticket = proved(&world, &signed_in, &shown(&world, &factor)).await;
            let codes = issue(&world, &ticket).await;
            world.store.fail(healthy, &[fault]);
            let answer = world.accounts.apply(&ticket, typed_back(&codes[0])).await;
            let struck = world.store.struck();
            world.store.fail(0, &[]);
            let (old, new) = (&factor.backup_codes()[1], &codes[1]);
            let is_new = is_good(&world, new).await;
            assert_ne!(is_new, is_good(&world, old).await, "{fault:?} {healthy}");
            match answer {
                Ok(Apply::Applied(_)) => assert!(is_new),
                Ok(other) => panic!("{other:?}"),
                Err(Error::Store(_)) if is_new => {}
                Err(Error::Store(_)) => {
                    let _signed_in = world.applied(&ticket, typed_back(&codes[0])).await;
                    assert!(is_good(&world, &codes[2]).await);
                }
                Err(other) => panic!("{other:?}"),
            }
            if !struck {
                break;
            }
        }
    }
}

/// Two pages that replace them at once: one list is the account's, and it is that of the page that
/// was told so.
#[tokio::test]
async fn s17_o07_of_two_at_once_one_wins() {
    for _ in 0..4 {
        let world = World::new();
        let (signed_in, factor) = enrolled(&world).await;
        let one = proved(&world, &signed_in, &backup(&factor, 0)).await;
        let two = proved(&world, &signed_in, &backup(&factor, 1)).await;
        let lists = [issue(&world, &one).await, issue(&world, &two).await];
        let apply = |ticket: Ticket, code: &BackupCode| {
            let (accounts, changes) = (world.accounts.clone(), typed_back(code));
            tokio::spawn(async move { accounts.apply(&ticket, changes).await.unwrap() })
        };
        let (one, two) = (apply(one, &lists[0][0]), apply(two, &lists[1][0]));
        let answers = [one.await.unwrap(), two.await.unwrap()];
        let mut won = 0;
        for (list, answer) in lists.iter().zip(&answers) {
            let has_won = matches!(answer, Apply::Applied(_));
            won += u32::from(has_won);
            assert_eq!(is_good(&world, &list[1]).await, has_won, "{answer:?}");
        }
        assert_eq!(won, 1);
    }
}
