//! How often each verb asks the store: the README's table, row by row.

#![cfg_attr(
    feature = "totp",
    expect(clippy::panic, reason = "a test fails by panicking")
)]
#![expect(
    clippy::arithmetic_side_effects,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod support;

use backstop::{Challenge, Changes, Proof, Prove, SecurityCode, Ticket, account::Page};
use support::{
    ALICE, ANSWER, NEW, OLD, WRONG, World, answer, days, email,
    mail::{code, link, wrong},
    question,
};

/// A row of the table: what was called since the last row. Calls in brackets are made at once.
fn row(world: &World, verb: &str, at_once: usize) -> String {
    let calls = world.store.take_calls();
    let trips = calls.len() - at_once.saturating_sub(1);
    let mut told = calls
        .iter()
        .take(at_once)
        .copied()
        .collect::<Vec<_>>()
        .join(" ∥ ");
    for call in calls.iter().skip(at_once) {
        if !told.is_empty() {
            told += ", ";
        }
        told += call;
    }
    let told = if calls.is_empty() {
        "none".to_owned()
    } else {
        told
    };
    format!("| {verb} | {told} | {} | {trips} |", calls.len())
}

async fn at_known_device(world: &World) -> Ticket {
    let device = world.signed_in("alice", OLD).await.device().clone();
    let client = backstop::Client::new().human(true).device(device);
    world.recover_as("alice", &client)
}

async fn sign_in(rows: &mut Vec<String>) {
    let world = World::new();
    let _alice = world.alice().await;
    world.store.take_calls();
    let signed_in = world.signed_in("alice", OLD).await;
    rows.push(row(&world, "`sign_in`, right", 2));
    for (name, verb) in [("alice", "wrong"), ("nobody", "unknown name")] {
        let _denied = world.sign_in(name, WRONG).await;
        rows.push(row(&world, &format!("`sign_in`, {verb}"), 2));
    }
    let session = world.session(&signed_in).await;
    rows.push(row(&world, "`session`", 0));
    let swedish = backstop::Locale::Swedish;
    assert!(
        world
            .accounts
            .set_language(&session, swedish)
            .await
            .unwrap()
    );
    rows.push(row(&world, "`set_language`", 0));
    let ticket = world.accounts.settings(&session).unwrap();
    rows.push(row(&world, "`settings`, `recover`, `methods`", 0));
    let ticket = world.proven(&ticket, OLD).await;
    rows.push(row(&world, "`prove` the current password", 0));
    let changed = world
        .applied(&ticket, Changes::new().password(support::typed_twice(NEW)))
        .await;
    rows.push(row(&world, "`apply`", 0));
    let session = world.session(&changed).await;
    world.store.take_calls();
    let _page = world
        .accounts
        .activity(&session, Page::new())
        .await
        .unwrap();
    rows.push(row(&world, "`activity`, `export`", 0));
    let _void = world.accounts.report_compromise(&session).await.unwrap();
    rows.push(row(&world, "`report_compromise`", 0));
}

async fn by_mail(rows: &mut Vec<String>) {
    let world = World::new();
    let _alice = world.alice().await;
    world.store.take_calls();
    let ticket = world.recover("alice");
    let _sent = world.challenge(&ticket, Challenge::SecurityEmail).await;
    rows.push(row(&world, "`challenge` the security e-mail", 0));
    let letter = world.letter().await;
    rows.push(row(&world, "`deliver_due`, one mail with a code", 0));
    let _sent = world.challenge(&ticket, Challenge::SecurityEmail).await;
    rows.push(row(&world, "`challenge` the security e-mail, again", 0));
    let denied = world
        .offer(&ticket, Proof::SecurityEmail(wrong(&code(&letter))))
        .await;
    assert!(matches!(denied, Prove::Denied { .. }));
    rows.push(row(&world, "`prove` a mailed code, wrong", 0));
    let ticket = world
        .accepted(&ticket, Proof::SecurityEmail(code(&letter)))
        .await;
    rows.push(row(&world, "`prove` a mailed code, right", 0));
    let _ticket = world.accounts.follow(&link(&letter), None).await.unwrap();
    rows.push(row(&world, "`follow` a link", 0));
    let _signed_in = world.accounts.sign_in_once(&ticket).await.unwrap();
    rows.push(row(&world, "`sign_in_once`", 0));
    let _stopped = world.accounts.cancel(&link(&letter)).await.unwrap();
    world.store.take_calls();
}

async fn by_hint(rows: &mut Vec<String>) {
    let world = World::new();
    let _alice = world.alice().await;
    let known = at_known_device(&world).await;
    world.store.take_calls();
    let _asked = world.challenge(&known, Challenge::HintQuestion).await;
    rows.push(row(&world, "`challenge` the hint question", 0));
    let _denied = world
        .offer(&known, Proof::HintQuestion(answer("somebody")))
        .await;
    rows.push(row(&world, "`prove` a hint answer, wrong", 0));
    let _ticket = world
        .accepted(&known, Proof::HintQuestion(answer(ANSWER)))
        .await;
    rows.push(row(&world, "`prove` a hint answer, right, known device", 0));
    let stranger = world.recover("alice");
    let waiting = world
        .offer(&stranger, Proof::HintQuestion(answer(ANSWER)))
        .await;
    assert!(matches!(waiting, Prove::Waiting { .. }));
    rows.push(row(
        &world,
        "`prove` a hint answer, right, anywhere else",
        0,
    ));
    let _told = world.letter().await;
    rows.push(row(&world, "`deliver_due`, one notice", 0));
}

async fn by_security_code(rows: &mut Vec<String>) {
    let world = World::new();
    let (_alice, security_code) = world.alice().await;
    let other: SecurityCode = {
        let world = World::new();
        let bob = world.register("7", "bob", OLD).await;
        world.add_code(&bob, OLD).await.1
    };
    world.store.take_calls();
    let ticket = world.recover("alice");
    let _denied = world.offer(&ticket, Proof::SecurityCode(other)).await;
    rows.push(row(&world, "`prove` the security code, wrong", 0));
    let ticket = world
        .accepted(&ticket, Proof::SecurityCode(security_code))
        .await;
    rows.push(row(&world, "`prove` the security code, right", 0));
    let new = Challenge::NewEmail(email("alice@new.example"));
    let _sent = world.challenge(&ticket, new).await;
    rows.push(row(&world, "`challenge` a new e-mail", 0));
    let post = world.post().await;
    let letter = post.iter().find(|m| m.to() != &email(ALICE)).unwrap();
    world.store.take_calls();
    let ticket = world.accepted(&ticket, Proof::NewEmail(code(letter))).await;
    rows.push(row(&world, "`prove` the code to a new e-mail, right", 0));
    let changes = Changes::new()
        .email()
        .hint(question(), answer("Someone Quite Else"));
    let _recovered = world.accounts.apply(&ticket, changes).await.unwrap();
    rows.push(row(&world, "`apply` with an e-mail", 0));
}

async fn managing(rows: &mut Vec<String>) {
    let world = World::new();
    let boss = world.register("7", "boss", OLD).await;
    let session = world.session(&boss).await;
    let (id, accounts) = (support::account_id("42"), &world.accounts);
    let (name, new) = ("alice".parse().unwrap(), support::typed_twice(OLD));
    let client = backstop::Client::new();
    world.store.take_calls();
    let _registered = accounts
        .register_sub_account(&session, id.clone(), name, new, &client)
        .await
        .unwrap();
    rows.push(row(&world, "`register_sub_account`", 0));
    let manage = accounts.manage(&session, &id).await.unwrap();
    rows.push(row(&world, "`manage`", 0));
    if let backstop::Manage::Started(ticket) = manage {
        let proof = Proof::Manager(support::password(OLD));
        let ticket = world.accepted(&ticket, proof).await;
        rows.push(row(&world, "`prove` the manager's password", 0));
        let changes = Changes::new().no_manager();
        let _managed = accounts.apply(&ticket, changes).await.unwrap();
        rows.push(row(&world, "`apply` as a manager", 0));
    }
    let _disabled = accounts.disable(&id).await.unwrap();
    rows.push(row(&world, "`disable`, `enable`", 0));
}

async fn issue(rows: &mut Vec<String>) {
    let world = World::new();
    let signed_in = world.register("42", "alice", OLD).await;
    rows.push(row(&world, "`register`, `import`", 0));
    let identity = || backstop::Identity::verified("https://accounts.example", "bob").unwrap();
    let (id, name) = (support::account_id("7"), "bob".parse().unwrap());
    let (bob, client) = (identity(), backstop::Client::new());
    let registered = world.accounts.register_linked(id, name, bob, &client).await;
    rows.push(row(&world, "`register_linked`", 0));
    let _bob = world.accounts.sign_in_linked(&identity(), &client).await;
    rows.push(row(&world, "`sign_in_linked`", 0));
    if let Ok(backstop::Register::Registered(bob)) = registered {
        let ticket = world.settings(&bob).await;
        world.store.take_calls();
        let proof = Proof::LinkedIdentity(identity());
        let _ticket = world.accepted(&ticket, proof).await;
        rows.push(row(&world, "`prove` a linked identity", 0));
    }
    let ticket = world.settings(&signed_in).await;
    let ticket = world.proven(&ticket, OLD).await;
    world.store.take_calls();
    let _issued = world.accounts.issue_security_code(&ticket).await.unwrap();
    rows.push(row(&world, "`issue_security_code`", 0));
    world.clock.advance(days(1));
    let _purged = world.accounts.purge().await.unwrap();
    rows.push(row(&world, "`purge`", 0));
    // What was noted of the sign-ins above.
    let _written = world.post().await;
    world.store.take_calls();
    let _nothing = world.post().await;
    rows.push(row(&world, "`deliver_due` with nothing due", 0));
}

#[cfg(feature = "totp")]
async fn second_factor(rows: &mut Vec<String>) {
    use backstop::SignIn;
    use support::factor::{app, backup, both_proofs, issued, shown};
    let world = World::new();
    let (alice, _) = world.alice().await;
    let ticket = both_proofs(&world, &alice, OLD).await;
    world.store.take_calls();
    let factor = issued(&world, &ticket).await;
    rows.push(row(&world, "`issue_second_factor`", 0));
    let first = app(&world, &factor, 0);
    let changes = Changes::new().second_factor(first.clone());
    let _alice = world.applied(&ticket, changes).await;
    rows.push(row(&world, "`apply` with a second factor", 0));
    let sign_in = async || match world.sign_in("alice", OLD).await {
        SignIn::SecondFactor(ticket) => ticket,
        other => panic!("{other:?}"),
    };
    let ticket = sign_in().await;
    rows.push(row(
        &world,
        "`sign_in`, right, a second factor is asked for",
        2,
    ));
    let spent = backstop::SecondFactor::Totp(first);
    let _denied = world.accounts.second_factor(&ticket, &spent).await.unwrap();
    rows.push(row(&world, "`second_factor`, wrong", 0));
    world.clock.advance(days(1));
    let ticket = sign_in().await;
    world.store.take_calls();
    for (typed, verb) in [
        (shown(&world, &factor), "a code of the app"),
        (backup(&factor, 0), "a backup code"),
    ] {
        let answer = world.accounts.second_factor(&ticket, &typed).await;
        assert!(matches!(answer, Ok(SignIn::Accepted(_))));
        rows.push(row(&world, &format!("`second_factor`, {verb}"), 0));
    }
    let alice = match world
        .accounts
        .second_factor(&ticket, &backup(&factor, 1))
        .await
    {
        Ok(SignIn::Accepted(signed_in)) => signed_in,
        other => panic!("{other:?}"),
    };
    let ticket = world.settings(&alice).await;
    let ticket = world.proven(&ticket, OLD).await;
    let proof = Proof::SecondFactor(backup(&factor, 2));
    let ticket = world.accepted(&ticket, proof).await;
    world.store.take_calls();
    let _issued = world.accounts.issue_backup_codes(&ticket).await.unwrap();
    rows.push(row(&world, "`issue_backup_codes`", 0));
}

async fn support_case(rows: &mut Vec<String>) {
    use backstop::{
        Approve, Link, OpenCase, RefuseCase,
        message::Content,
        support::{Agent, CaseRequest, Evidence},
    };
    let world = World::with(|builder| builder.may_act(|_actor, _account| true));
    let _alice = world.alice().await;
    let (agent, id) = (
        Agent::named("kim".parse().unwrap()),
        support::account_id("42"),
    );
    let request = || {
        let evidence = Evidence::new(vec!["dms/1".parse().unwrap()]).unwrap();
        CaseRequest::new_email(
            email("alice@new.example"),
            "rules".parse().unwrap(),
            evidence,
        )
    };
    let case_of = |opened| match opened {
        OpenCase::Opened(case) => Some(case),
        _ => None,
    };
    world.store.take_calls();
    let mut same = Vec::new();
    let opened = world.accounts.open_case(&agent, &id, request()).await;
    same.push(world.store.take_calls());
    let case = case_of(opened.unwrap()).unwrap();
    let refused = world.accounts.refuse(&agent, &case).await.unwrap();
    assert_eq!(refused, RefuseCase::Refused);
    same.push(world.store.take_calls());
    let opened = world.accounts.open_case(&agent, &id, request()).await;
    let case = case_of(opened.unwrap()).unwrap();
    world.store.take_calls();
    let approved = world.accounts.approve(&agent, &case).await;
    assert!(matches!(approved, Ok(Approve::Approved(_))));
    assert!(same.iter().all(|calls| *calls == ["load", "update"]));
    rows.push(row(&world, "`open_case`, `approve`, `refuse`", 0));
    let _read = world.accounts.read_case(&agent, &id).await.unwrap();
    rows.push(row(&world, "`read_case`", 0));
    let _told = world.post().await;
    world.clock.advance(days(3));
    world.store.take_calls();
    let post = world.post().await;
    rows.push(row(
        &world,
        "`deliver_due`, the link of a case to a new address",
        0,
    ));
    let link: Option<Link> = post.iter().find_map(|mail| match mail.content() {
        Content::SupportLink { link, .. } => link.expose().split_once("#prove=")?.1.parse().ok(),
        _ => None,
    });
    let followed = world.accounts.follow(&link.unwrap(), None).await;
    rows.push(row(&world, "`follow` the link of a case", 0));
    let ticket = match followed.unwrap() {
        Prove::Accepted(ticket) => Some(ticket),
        _ => None,
    };
    let ticket = ticket.unwrap();
    let changes = Changes::new().email().hint(question(), answer("x"));
    let _unproven = world.accounts.apply(&ticket, changes).await.unwrap();
    world.store.take_calls();
    let _done = world.accounts.apply(&ticket, Changes::new().email()).await;
    rows.push(row(&world, "`apply` out of a case", 0));
}

#[tokio::test]
async fn the_readme_counts_the_calls_of_a_support_case() {
    let mut rows = Vec::new();
    support_case(&mut rows).await;
    check(&rows);
}

#[cfg(feature = "totp")]
#[tokio::test]
async fn the_readme_counts_the_calls_of_a_second_factor() {
    let mut rows = Vec::new();
    second_factor(&mut rows).await;
    check(&rows);
}

#[tokio::test]
async fn the_readme_counts_the_calls_of_each_verb() {
    let mut rows = Vec::new();
    issue(&mut rows).await;
    sign_in(&mut rows).await;
    by_mail(&mut rows).await;
    by_hint(&mut rows).await;
    by_security_code(&mut rows).await;
    managing(&mut rows).await;
    check(&rows);
}

fn check(rows: &[String]) {
    let table = format!(
        "| verb | calls of the store | statements | trips |\n|---|---|---:|---:|\n{}\n",
        rows.join("\n")
    );
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    let readme = std::fs::read_to_string(path).unwrap();
    assert!(
        readme.contains(&table),
        "README lacks this table:\n\n{table}"
    );
}
