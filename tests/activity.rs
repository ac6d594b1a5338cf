//! What the owner of an account reads of what was done with it, and of what was tried.
#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod support;

use std::{collections::HashSet, time::Duration};

use backstop::{
    Challenge, Changes, Client, Locale, Localize, Method, Proof, Prove, SecurityCode, SignIn,
    SignedIn, Stopped,
    account::{Activity, ActivityKind, ActivityOutcome, Cursor, MAX_ACTIVITY, Page},
    message::Notice,
};
use support::{
    ANSWER, NEW, OLD, WRONG, World, answer, days, hours, login,
    mail::{cancel, code, link, wrong},
    password, question, typed_twice,
};

const LABEL: &str = "Firefox, Uppsala";

async fn sign_in_as(world: &World, typed: &str, label: &str) -> SignIn {
    let client = Client::new().label(label);
    let (name, typed) = (login("alice"), password(typed));
    world
        .accounts
        .sign_in(&name, &typed, &client)
        .await
        .unwrap()
}

async fn signed_in_as(world: &World, label: &str) -> SignedIn {
    match sign_in_as(world, OLD, label).await {
        SignIn::Accepted(signed_in) => signed_in,
        other => panic!("not signed in: {other:?}"),
    }
}

fn kinds(activity: &[Activity]) -> Vec<ActivityKind> {
    activity.iter().map(|entry| entry.what).collect()
}

#[tokio::test]
async fn s18_sign_ins_and_misses_are_read_with_time_method_outcome_and_label() {
    let world = World::new();
    let _alice = world.alice().await;
    for label in ["curl", "wget", "Tor"] {
        let denied = sign_in_as(&world, WRONG, label).await;
        assert!(matches!(denied, SignIn::Denied { .. }));
        world.clock.advance(Duration::from_secs(60));
    }
    let last_miss = world.clock.now() - Duration::from_secs(60);
    let ticket = world.recover("alice");
    let miss = Proof::HintQuestion(answer("somebody"));
    let _denied = world.offer(&ticket, miss).await;
    world.clock.advance(Duration::from_secs(60));
    let _earlier = signed_in_as(&world, LABEL).await;
    world.clock.advance(Duration::from_secs(60));
    let signed_in = signed_in_as(&world, LABEL).await;

    // Off the path: the courier writes it.
    assert_eq!(world.activity(&signed_in).await.len(), 3);
    let _post = world.post().await;
    let activity = world.activity(&signed_in).await;
    assert_eq!(activity.len(), 6);
    let [entered, hint, missed, ..] = activity.as_slice() else {
        panic!("{activity:?}");
    };
    assert_eq!(
        entered.what,
        ActivityKind::SignedIn(Method::CurrentPassword)
    );
    assert_eq!((entered.times, entered.at()), (2, world.clock.now()));
    assert_eq!(entered.label.as_deref(), Some(LABEL));
    assert_eq!(entered.outcome(), ActivityOutcome::Done);
    assert_eq!(hint.what, ActivityKind::Missed(Method::HintQuestion));
    assert_eq!((hint.times, hint.label.as_deref()), (1, None));
    assert_eq!(missed.method(), Some(Method::CurrentPassword));
    assert_eq!(missed.outcome(), ActivityOutcome::Refused);
    assert_eq!((missed.times, missed.at()), (3, last_miss));
    assert_eq!(
        missed.since(),
        missed.at() - time::Duration::seconds(2 * 60)
    );
    assert_eq!(missed.label.as_deref(), Some("Tor"));
    // No session ended by it, and it reads in each language.
    for locale in Locale::ALL {
        let words: HashSet<String> = activity.iter().map(|entry| entry.message(locale)).collect();
        assert_eq!(words.len(), activity.len());
        assert!(entered.message(locale).contains(LABEL));
    }
}

#[tokio::test]
async fn s18_each_proof_of_a_recovery_is_read_and_each_miss_at_one() {
    let world = World::new();
    let (signed_in, _code) = world.alice().await;
    let other: SecurityCode = {
        let world = World::new();
        let bob = world.register("7", "bob", OLD).await;
        world.add_code(&bob, OLD).await.1
    };
    let client = Client::new().human(true).label(LABEL);
    let ticket = world.recover_as("alice", &client);
    let _sent = world.challenge(&ticket, Challenge::SecurityEmail).await;
    let letter = world.letter().await;
    let miss = Proof::SecurityEmail(wrong(&code(&letter)));
    let _denied = world.offer(&ticket, miss).await;
    let _denied = world.offer(&ticket, Proof::SecurityCode(other)).await;
    let _ticket = world
        .accepted(&ticket, Proof::SecurityEmail(code(&letter)))
        .await;
    world.clock.advance(hours(1));
    let _followed = world.accounts.follow(&link(&letter), None).await.unwrap();
    let settings = world.settings(&signed_in).await;
    let _denied = world.prove(&settings, WRONG).await;
    let _post = world.post().await;
    let activity = world.activity(&signed_in).await;
    let recent: HashSet<(ActivityKind, Option<&str>)> = activity
        .iter()
        .map(|entry| (entry.what, entry.label.as_deref()))
        .collect();
    for expected in [
        (ActivityKind::Missed(Method::SecurityEmail), Some(LABEL)),
        (ActivityKind::Missed(Method::SecurityCode), Some(LABEL)),
        (ActivityKind::Proved(Method::SecurityEmail), Some(LABEL)),
        // Whoever opens a link is not whoever asked for it.
        (ActivityKind::Proved(Method::SecurityEmail), None),
        (ActivityKind::Missed(Method::CurrentPassword), None),
    ] {
        assert!(recent.contains(&expected), "{expected:?}: {recent:?}");
    }
}

#[tokio::test]
async fn s18_pages_neither_skip_nor_repeat_while_new_entries_come_in() {
    let world = World::new();
    let mut signed_in = world.register("42", "alice", OLD).await;
    let (mut old, mut new) = (OLD, NEW);
    for _ in 0..11 {
        // Some at one time.
        signed_in = world.change(&signed_in, old, new).await;
        std::mem::swap(&mut old, &mut new);
        let ticket = world.settings(&signed_in).await;
        let ticket = world.proven(&ticket, old).await;
        let changes = Changes::new()
            .password(typed_twice(new))
            .hint(question(), answer(ANSWER));
        signed_in = world.applied(&ticket, changes).await;
        std::mem::swap(&mut old, &mut new);
        world.clock.advance(days(2));
    }
    let all = world.activity(&signed_in).await;
    assert_eq!(all.len(), 30);
    let mut read = Vec::new();
    let mut page = Page::new().size(4);
    loop {
        let session = world.session(&signed_in).await;
        let part = world.accounts.activity(&session, page).await;
        let part = part.unwrap().unwrap();
        assert!(part.entries.len() <= 4);
        read.extend(part.entries);
        let Some(next) = part.next else { break };
        let next: Cursor = next.to_string().parse().unwrap();
        page = Page::new().size(4).after(next);
        // It pushes out nothing that is still to be read.
        if read.len() == 4 {
            signed_in = world.change(&signed_in, old, new).await;
        }
    }
    let expected: Vec<_> = all.iter().take(29).cloned().collect();
    assert_eq!(read, expected);
    let times: Vec<_> = read.iter().map(Activity::at).collect();
    assert!(times.is_sorted_by(|a, b| a >= b));

    let session = world.session(&signed_in).await;
    let one = world.accounts.activity(&session, Page::new().size(0)).await;
    assert_eq!(one.unwrap().unwrap().entries.len(), 1);
    let most = world.accounts.activity(&session, Page::new().size(9999));
    assert_eq!(most.await.unwrap().unwrap().entries.len(), 30);
    for nonsense in [
        "",
        "1",
        "1.",
        ".1",
        "a.b",
        "1.2.3",
        "1.-2",
        "99999999999999999999.1",
    ] {
        assert!(nonsense.parse::<Cursor>().is_err(), "{nonsense}");
    }
    let _renewed = world.change(&signed_in, new, old).await;
    let ended = world.accounts.activity(&session, Page::new()).await;
    assert_eq!(ended.unwrap(), None);
}

#[tokio::test]
async fn s18_x09_misses_push_out_neither_changes_nor_sign_ins_nor_other_misses() {
    let world = World::new();
    let _alice = world.alice().await;
    let signed_in = signed_in_as(&world, LABEL).await;
    let ticket = world.recover("alice");
    let miss = Proof::HintQuestion(answer("somebody"));
    let _denied = world.offer(&ticket, miss).await;
    let _post = world.post().await;
    let before = world.activity(&signed_in).await;
    for day in 0..25 {
        for label in 0..8 {
            drop(sign_in_as(&world, WRONG, &format!("{day} {label}")).await);
            world.clock.advance(hours(3));
        }
        let _post = world.post().await;
    }
    let after = world.activity(&signed_in).await;
    assert!(after.len() <= MAX_ACTIVITY);
    for entry in &before {
        assert!(after.contains(entry), "{entry:?}");
    }
    let of_strangers = |entry: &&Activity| entry.outcome() == ActivityOutcome::Refused;
    let kept = after.iter().filter(of_strangers).count();
    assert!((5..=10).contains(&kept), "{kept}");
}

#[tokio::test]
async fn s18_sign_ins_push_out_no_changes() {
    let world = World::new();
    let (signed_in, _code) = world.alice().await;
    let before = world.activity(&signed_in).await;
    for client in 0..40 {
        let _signed_in = signed_in_as(&world, &client.to_string()).await;
        let _post = world.post().await;
    }
    let after = world.activity(&signed_in).await;
    assert_eq!(after.len(), before.len() + 10);
    assert!(before.iter().all(|entry| after.contains(entry)));
    assert_eq!(after[0].label.as_deref(), Some("39"));
}

#[tokio::test]
async fn s18_a_change_in_a_session_is_told_with_the_clients_label() {
    let world = World::new();
    let (signed_in, _code) = world.alice().await;
    let client = Client::new().label(LABEL);
    let session = world.session(&signed_in).await.at(&client);
    let ticket = world.accounts.settings(&session).unwrap();
    let ticket = world.proven(&ticket, OLD).await;
    let changes = Changes::new().password(typed_twice(NEW));
    let signed_in = world.applied(&ticket, changes).await;
    let told = world.letter().await;
    assert_eq!(told.label(), Some(LABEL));
    assert!(told.text().contains(LABEL));
    let activity = world.activity(&signed_in).await;
    assert_eq!(activity[0].label.as_deref(), Some(LABEL));
    let events = world.events();
    let labelled = events.iter().filter(|e| e.label.as_deref() == Some(LABEL));
    assert_eq!(labelled.count(), 3, "settings, prove, apply");
}

#[tokio::test]
async fn s18_what_a_reader_stopped_is_read() {
    let world = World::new();
    let (signed_in, _code) = world.alice().await;
    let ticket = world.settings(&signed_in).await;
    let ticket = world.proven(&ticket, OLD).await;
    let _sent = world.challenge(&ticket, Challenge::SecurityEmail).await;
    let letter = world.letter().await;
    for _ in 0..2 {
        let stopped = world.accounts.cancel(&cancel(&letter)).await.unwrap();
        assert_eq!(stopped, Stopped::Stopped);
    }
    let activity = world.activity(&signed_in).await;
    assert_eq!(
        (activity[0].what, activity[0].times),
        (ActivityKind::Stopped, 2)
    );
    assert_eq!(activity[0].outcome(), ActivityOutcome::Stopped);
    let gone = world.prove(&ticket, OLD).await;
    assert!(matches!(gone, Prove::Expired));
}

/// Rule: nothing that a stranger does writes the account on the path; unknown names leave nothing.
#[tokio::test]
async fn s18_nothing_is_written_on_the_path_and_nothing_for_unknown_names() {
    let world = World::new();
    let (signed_in, _code) = world.alice().await;
    world.store.take_calls();
    let _signed_in = world.signed_in("alice", OLD).await;
    for name in ["alice", "nobody"] {
        let _denied = world.sign_in(name, WRONG).await;
    }
    let calls = world.store.take_calls();
    assert!(!calls.contains(&"update"), "{calls:?}");
    let _post = world.post().await;
    // Alice alone, and all of hers in one write.
    assert_eq!(world.store.take_calls(), ["load", "update", "due"]);
    let _post = world.post().await;
    assert_eq!(world.store.take_calls(), ["due"]);
    assert!(world.is_live(signed_in.token()).await);
}

#[tokio::test]
async fn s18_o05_what_a_pass_could_not_write_is_in_the_next_one() {
    use support::probe::Fault;
    for healthy in 0..2 {
        for fault in [Fault::Before, Fault::After] {
            let world = World::new();
            let _alice = world.alice().await;
            let signed_in = signed_in_as(&world, LABEL).await;
            drop(sign_in_as(&world, WRONG, "curl").await);
            world.store.fail(healthy, &[fault]);
            let _failed_or_read_back = world.accounts.deliver_due().await;
            assert!(world.store.struck());
            drop(sign_in_as(&world, WRONG, "curl").await);
            let _post = world.post().await;
            let activity = world.activity(&signed_in).await;
            let missed = ActivityKind::Missed(Method::CurrentPassword);
            let entered = ActivityKind::SignedIn(Method::CurrentPassword);
            let times = |kind| {
                let mut like = activity.iter().filter(|entry| entry.what == kind);
                (like.next().unwrap().times, like.count())
            };
            assert_eq!(times(missed), (2, 0), "{healthy} {fault:?}");
            assert_eq!(times(entered), (1, 0), "{healthy} {fault:?}");
        }
    }
}

#[tokio::test]
async fn s18_a_deleted_account_gets_no_entries() {
    let world = World::new();
    let signed_in = world.register("42", "alice", OLD).await;
    let ticket = world.settings(&signed_in).await;
    let ticket = world.proven(&ticket, OLD).await;
    let _signed_in = world.signed_in("alice", OLD).await;
    let deleted = world.accounts.apply(&ticket, Changes::new().delete()).await;
    assert!(matches!(deleted, Ok(backstop::Apply::Deleted)));
    world.store.take_calls();
    let _post = world.post().await;
    assert!(!world.store.take_calls().contains(&"update"));
}

/// A change of today is told with one of today: the order is that of time.
#[tokio::test]
async fn s18_a_sign_in_that_is_written_late_stands_where_it_was() {
    let world = World::new();
    let (_signed_in, _code) = world.alice().await;
    let signed_in = signed_in_as(&world, LABEL).await;
    world.clock.advance(Duration::from_secs(2));
    let signed_in = world.change(&signed_in, OLD, NEW).await;
    world.clock.advance(Duration::from_secs(2));
    let _post = world.post().await;
    let activity = world.activity(&signed_in).await;
    assert_eq!(
        kinds(&activity[..2]),
        [
            ActivityKind::Told(Notice::PasswordChanged(Method::CurrentPassword)),
            ActivityKind::SignedIn(Method::CurrentPassword),
        ]
    );
    assert_eq!(activity[2].what, ActivityKind::Told(Notice::HintChanged));
}
