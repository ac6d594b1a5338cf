//! Accounts with a second factor: no way round it.

use backstop::{
    Apply, Challenge, Challenged, Changes, Client, Issue, IssueFactor, Message, NewSecondFactor,
    Proof, Prove, SecondFactor, SecurityCode, SignIn, SignInOnce, SignedIn, Ticket,
    message::{Content, Notice},
};

use crate::{
    apply, by_mail,
    support::{
        ALICE, ANSWER, NEW, OLD, World, answer, days, email,
        factor::{app, backup, both_proofs, enrol, issued, shown},
        hours, login,
        mail::{code, notice},
        password,
    },
};

/// Alice with everything, and a factor that was confirmed an hour ago.
async fn enrolled(world: &World) -> (SignedIn, NewSecondFactor, SecurityCode) {
    let (signed_in, paper) = world.alice().await;
    let (signed_in, factor) = enrol(world, &signed_in).await;
    let _notices = world.post().await;
    world.clock.advance(hours(1));
    (signed_in, factor, paper)
}

async fn asked(world: &World, typed: &str) -> Ticket {
    match world.sign_in("alice", typed).await {
        SignIn::SecondFactor(ticket) => ticket,
        other => panic!("not asked: {other:?}"),
    }
}

/// There is no session without the factor, so no change by the current password without it.
#[tokio::test]
async fn f03_a_change_of_the_password_has_shown_the_factor() {
    let world = World::new();
    let (before, paper) = world.alice().await;
    let (_enrolled, factor) = enrol(&world, &before).await;
    let _paper = paper;
    world.clock.advance(hours(1));
    // The session from before it is dead.
    assert!(!world.is_live(before.token()).await);
    // What the password alone yields changes nothing, and is no session.
    let half = asked(&world, OLD).await;
    assert!(!world.is_live(&half.expose().parse().unwrap()).await);
    let refused = world.prove(&half, OLD).await;
    assert!(matches!(refused, Prove::Expired), "{refused:?}");
    assert!(matches!(world.apply(&half, NEW).await, Apply::Expired));
    let answer = world
        .accounts
        .second_factor(&half, &shown(&world, &factor))
        .await;
    let SignIn::Accepted(signed_in) = answer.unwrap() else {
        panic!("the right code");
    };
    let renewed = world.change(&signed_in, OLD, NEW).await;
    assert!(world.session(&renewed).await.has_second_factor());
}

/// One proof alone sets a password, and then the factor is asked for; two of different kinds, as
/// strong as it, remove it.
#[tokio::test]
async fn g14_what_recovers_an_account_with_a_second_factor() {
    for (ways, removes) in [
        (&["mail"][..], false),
        (&["paper"], false),
        (&["hint"], false),
        (&["mail", "mail"], false),
        (&["paper", "paper"], false),
        (&["hint", "mail"], false),
        (&["hint", "paper"], false),
        (&["mail", "paper"], true),
        (&["paper", "mail"], true),
    ] {
        let world = World::new();
        let (signed_in, _factor, paper) = enrolled(&world).await;
        let known = Client::new().human(true).device(signed_in.device().clone());
        let mut ticket = world.recover_as("alice", &known);
        for way in ways {
            world.clock.advance(std::time::Duration::from_secs(61));
            let proof = match *way {
                "mail" => {
                    let sent = world.challenge(&ticket, Challenge::SecurityEmail).await;
                    assert_eq!(sent, Challenged::Sent);
                    Proof::SecurityEmail(mailed(&world.post().await))
                }
                "paper" => Proof::SecurityCode(paper.clone()),
                _ => Proof::HintQuestion(answer(ANSWER)),
            };
            ticket = world.accepted(&ticket, proof).await;
        }
        let changes = Changes::new().no_second_factor();
        let answer = apply(&world, &ticket, changes).await;
        assert_eq!(matches!(answer, Apply::Recovered(_)), removes, "{ways:?}");
        assert_eq!(matches!(answer, Apply::Unproven), !removes, "{ways:?}");
        if removes {
            let _in = world.signed_in("alice", OLD).await;
            continue;
        }
        let is_hint_alone = *ways == ["hint"];
        match world.apply(&ticket, NEW).await {
            Apply::Recovered(_) => drop(asked(&world, NEW).await),
            Apply::Unproven => assert!(is_hint_alone, "{ways:?}"),
            other => panic!("{ways:?}: {other:?}"),
        }
    }
}

fn mailed(post: &[Message]) -> backstop::MailedCode {
    let is_code = |letter: &&Message| matches!(letter.content(), Content::Code { .. });
    code(post.iter().find(is_code).unwrap())
}

#[tokio::test]
async fn i06_a_code_is_issued_to_a_session_that_has_shown_the_factor() {
    let world = World::new();
    let signed_in = world.register("42", "alice", OLD).await;
    let before = world.add_email(&signed_in, OLD, ALICE).await;
    world.clock.advance(days(4));
    let ticket = both_proofs(&world, &before, OLD).await;
    let factor = issued(&world, &ticket).await;
    let changes = Changes::new().second_factor(app(&world, &factor, 0));
    let _signed_in = world.applied(&ticket, changes).await;
    world.clock.advance(hours(1));
    // The password and the mailbox without it are no session, and their flow is issued none.
    let half = asked(&world, OLD).await;
    let none = world.accounts.issue_security_code(&half).await.unwrap();
    assert!(matches!(none, Issue::Expired), "{none:?}");
    let mailbox = by_mail(&world).await;
    let none = world.accounts.issue_security_code(&mailbox).await.unwrap();
    assert!(matches!(none, Issue::Unproven), "{none:?}");
    let answer = world
        .accounts
        .second_factor(&half, &shown(&world, &factor))
        .await;
    let SignIn::Accepted(signed_in) = answer.unwrap() else {
        panic!("the right code");
    };
    world.clock.advance(hours(12));
    let _notices = world.post().await;
    let ticket = both_proofs(&world, &signed_in, OLD).await;
    let code = world.accounts.issue_security_code(&ticket).await.unwrap();
    assert!(matches!(code, Issue::Issued(_)), "{code:?}");
}

/// The factor, as every session has it, and both addresses; and both are told.
#[tokio::test]
async fn j02_beside_a_second_factor_both_addresses_are_asked_and_told() {
    let world = World::new();
    let (signed_in, _factor, _paper) = enrolled(&world).await;
    world.clock.advance(hours(12));
    let ticket = world.settings(&signed_in).await;
    let ticket = world.proven(&ticket, OLD).await;
    let new = Challenge::NewEmail(email("alice@new.example"));
    let refused = world.challenge(&ticket, new.clone()).await;
    assert_eq!(refused, Challenged::Unproven);
    let ticket = both_proofs(&world, &signed_in, OLD).await;
    assert_eq!(world.challenge(&ticket, new).await, Challenged::Sent);
    let proof = Proof::NewEmail(mailed(&world.post().await));
    let ticket = world.accepted(&ticket, proof).await;
    let renewed = world.applied(&ticket, Changes::new().email()).await;
    assert!(world.session(&renewed).await.has_second_factor());
    let post = world.post().await;
    let mut told: Vec<&str> = post.iter().map(|letter| letter.to().as_str()).collect();
    told.sort_unstable();
    assert_eq!(told, [ALICE, "alice@new.example"]);
    assert!(
        post.iter()
            .all(|letter| notice(letter) == Notice::EmailChanged)
    );
}

/// Every way in stops at the factor.
#[tokio::test]
async fn k01_no_way_in_skips_the_factor() {
    for way in [
        "password",
        "known device",
        "mail once",
        "mail",
        "paper",
        "rename",
    ] {
        let world = World::new();
        let (signed_in, factor, paper) = enrolled(&world).await;
        let device = signed_in.device().clone();
        let (mut typed, mut name) = (OLD, "alice");
        let mut client = Client::new();
        match way {
            "known device" => client = client.device(device),
            "mail once" => {
                let ticket = by_mail(&world).await;
                let once = world.accounts.sign_in_once(&ticket).await.unwrap();
                let SignInOnce::SecondFactor(half) = once else {
                    panic!("{once:?}");
                };
                assert!(!world.is_live(&half.expose().parse().unwrap()).await);
            }
            "mail" => {
                let ticket = by_mail(&world).await;
                client = client.device(world.recovered(&ticket, NEW).await);
                typed = NEW;
            }
            "paper" => {
                let proof = Proof::SecurityCode(paper);
                let ticket = world.accepted(&world.recover("alice"), proof).await;
                client = client.device(world.recovered(&ticket, NEW).await);
                typed = NEW;
            }
            "rename" => {
                let proof = Proof::SecurityCode(paper);
                let ticket = world.accepted(&world.recover("alice"), proof).await;
                let changes = Changes::new().user_name("alicia".parse().unwrap());
                let renamed = apply(&world, &ticket, changes).await;
                assert!(matches!(renamed, Apply::Recovered(_)), "{renamed:?}");
                name = "alicia";
            }
            _ => {}
        }
        let (name, typed) = (login(name), password(typed));
        let answer = world
            .accounts
            .sign_in(&name, &typed, &client)
            .await
            .unwrap();
        let SignIn::SecondFactor(half) = answer else {
            panic!("{way}: {answer:?}");
        };
        assert!(
            !world.is_live(&half.expose().parse().unwrap()).await,
            "{way}"
        );
        let wrong = SecondFactor::Totp("000000".parse().unwrap());
        let answer = world.accounts.second_factor(&half, &wrong).await.unwrap();
        assert!(
            matches!(answer, SignIn::WrongFactor { .. }),
            "{way}: {answer:?}"
        );
        let right = backup(&factor, 0);
        let answer = world.accounts.second_factor(&half, &right).await.unwrap();
        assert!(matches!(answer, SignIn::Accepted(_)), "{way}: {answer:?}");
    }
}

/// Whoever misses the factor has the password: its owner is told, once a day, and not of a slip of
/// the finger.
#[tokio::test]
async fn k10_a_wrong_factor_after_the_right_password_is_told() {
    let world = World::new();
    let (_signed_in, factor, _paper) = enrolled(&world).await;
    let wrong = SecondFactor::Totp("000000".parse().unwrap());
    let slip = asked(&world, OLD).await;
    let answer = world.accounts.second_factor(&slip, &wrong).await.unwrap();
    assert!(matches!(answer, SignIn::WrongFactor { .. }), "{answer:?}");
    let right = shown(&world, &factor);
    let answer = world.accounts.second_factor(&slip, &right).await.unwrap();
    assert!(matches!(answer, SignIn::Accepted(_)), "{answer:?}");
    assert_eq!(world.post().await.len(), 0);
    for day in 0..3 {
        for hour in 0..2 {
            let half = asked(&world, OLD).await;
            let answer = world.accounts.second_factor(&half, &wrong).await.unwrap();
            assert!(matches!(answer, SignIn::WrongFactor { .. }), "{answer:?}");
            let told: Vec<Notice> = world.post().await.iter().map(notice).collect();
            let expected = [Notice::SecondFactorMissed];
            assert_eq!(
                told,
                expected[usize::from(hour == 1)..],
                "day {day}, hour {hour}"
            );
            world.clock.advance(hours(1));
        }
        world.clock.advance(days(1));
    }
    // A third miss is a lock, which says the same.
    let half = asked(&world, OLD).await;
    for _ in 0..3 {
        let answer = world.accounts.second_factor(&half, &wrong).await.unwrap();
        assert!(matches!(answer, SignIn::WrongFactor { .. }), "{answer:?}");
    }
    let told: Vec<Notice> = world.post().await.iter().map(notice).collect();
    assert_eq!(told, [Notice::Locked(backstop::Method::SecondFactor)]);
}

/// Issued by the library alone, another one each time.
#[tokio::test]
async fn k02_the_key_of_an_app_has_160_random_bits() {
    let world = World::new();
    let (signed_in, _paper) = world.alice().await;
    let ticket = both_proofs(&world, &signed_in, OLD).await;
    let mut keys = std::collections::HashSet::new();
    for _ in 0..20 {
        let factor = issued(&world, &ticket).await;
        let key = totp_rs::Secret::try_from_base32(factor.key().expose().as_str()).unwrap();
        assert_eq!(key.as_bytes().len() * 8, 160);
        keys.insert(key.as_bytes().to_vec());
    }
    assert_eq!(keys.len(), 20);
}

/// What the library makes is good once or for a while, and never the password.
#[tokio::test]
async fn k09_nothing_that_the_library_makes_becomes_a_password() {
    let world = World::new();
    let (_signed_in, factor, paper) = enrolled(&world).await;
    world.clock.advance(hours(12));
    let (_ticket, letter) = world.recover_by_mail("alice").await;
    let backup = factor.backup_codes()[0].expose();
    for made in [
        code(&letter).expose(),
        &paper.expose(),
        &backup,
        factor.key().expose().as_str(),
    ] {
        let answer = world.sign_in("alice", made).await;
        assert!(matches!(answer, SignIn::Denied { .. }), "{answer:?}");
    }
    // What was issued and not confirmed dies with its hour.
    let world = World::new();
    let signed_in = world.register("42", "alice", OLD).await;
    let ticket = world.settings(&signed_in).await;
    let ticket = world.proven(&ticket, OLD).await;
    let Issue::Issued(paper) = world.accounts.issue_security_code(&ticket).await.unwrap() else {
        panic!("not issued");
    };
    world.clock.advance(hours(1));
    let late = apply(&world, &ticket, Changes::new().security_code(paper.clone())).await;
    assert!(matches!(late, Apply::Expired), "{late:?}");
    let denied = world
        .offer(&world.recover("alice"), Proof::SecurityCode(paper))
        .await;
    assert!(matches!(denied, Prove::Denied { .. }), "{denied:?}");
    let signed_in = world.add_email(&signed_in, OLD, ALICE).await;
    world.clock.advance(days(4));
    let ticket = both_proofs(&world, &signed_in, OLD).await;
    let IssueFactor::Issued(factor) = world.accounts.issue_second_factor(&ticket).await.unwrap()
    else {
        panic!("not issued");
    };
    world.clock.advance(hours(1));
    let first = Changes::new().second_factor(app(&world, &factor, 0));
    let late = apply(&world, &ticket, first).await;
    assert!(matches!(late, Apply::Expired), "{late:?}");
    let _still_by_password = world.signed_in("alice", OLD).await;
}
