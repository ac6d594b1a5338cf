//! Recovery by a mailed code or link.

use std::time::Duration;

use backstop::{
    Apply, Challenge, Challenged, Changes, Link, Message, Method, Policy, Proof, Prove,
    message::{Content, Notice},
};
use base64ct::{Base64UrlUnpadded, Encoding};

use crate::{
    apply, by_mail,
    support::{
        ALICE, NEW, OLD, WRONG, World, answer, days, email,
        mail::{code, link, notice},
        question, typed_twice,
    },
};

/// The same calls of the store whether or not there is an account, and the mail goes out later.
#[tokio::test]
async fn e03_a_request_makes_the_same_calls_and_sends_nothing_itself() {
    let mut seen = Vec::new();
    for (name, mails) in [("alice", 1), (ALICE, 1), ("nobody", 0)] {
        let world = World::new();
        let _alice = world.alice().await;
        world.store.take_calls();
        let ticket = world.recover(name);
        let sent = world.challenge(&ticket, Challenge::SecurityEmail).await;
        seen.push((format!("{sent:?}"), world.store.take_calls()));
        assert_eq!(world.mail.sent(), 0, "{name}");
        assert_eq!(world.post().await.len(), mails, "{name}");
    }
    assert_eq!(seen[0], seen[1]);
    assert_eq!(seen[0], seen[2]);
}

/// Each of its bits counts, and none follows from the name or the time.
#[tokio::test]
async fn g02_a_link_has_128_random_bits_and_32_characters_at_least() {
    let world = World::new();
    let _alice = world.alice().await;
    let mut bytes = Vec::new();
    // At one and the same moment, to one and the same address: the budget of mails is large.
    let many = World::with(|builder| {
        let sends = backstop::policy::BudgetRule::limit(100, Duration::from_secs(12 * 3600));
        builder.policy(Policy::marketplace().sends(sends))
    });
    let _alice = many.alice().await;
    for _ in 0..64 {
        let (_ticket, letter) = many.recover_by_mail("alice").await;
        let text = link(&letter).expose().to_owned();
        assert!(text.len() >= 32, "{text}");
        bytes.push(Base64UrlUnpadded::decode_vec(&text).unwrap());
    }
    // A byte is the same in all of them, or it is as good as random.
    let differing = (0..bytes[0].len()).filter(|at| {
        let values: std::collections::HashSet<u8> = bytes.iter().map(|link| link[*at]).collect();
        assert!(
            values.len() == 1 || values.len() > 40,
            "byte {at}: {values:?}"
        );
        values.len() > 1
    });
    assert!(differing.count() * 8 >= 128);

    let (_ticket, letter) = world.recover_by_mail("alice").await;
    let good = link(&letter);
    let bytes = Base64UrlUnpadded::decode_vec(good.expose()).unwrap();
    for bit in 0..bytes.len() * 8 {
        let mut other = bytes.clone();
        other[bit / 8] ^= 1 << (bit % 8);
        let other: Link = Base64UrlUnpadded::encode_string(&other).parse().unwrap();
        let answer = world.accounts.follow(&other, None).await.unwrap();
        assert!(matches!(answer, Prove::Expired), "bit {bit}: {answer:?}");
    }
    let answer = world.accounts.follow(&good, None).await.unwrap();
    assert!(matches!(answer, Prove::Accepted(_)), "{answer:?}");
}

/// So many in a day, and nobody is told. A code that is asked for again is the same one: the policy
/// says so.
#[tokio::test]
async fn g08_requests_are_capped_in_silence_and_a_code_comes_again() {
    for name in ["alice", "nobody"] {
        let world = World::new();
        let _alice = world.alice().await;
        let ticket = world.recover(name);
        let mut codes = Vec::new();
        for _minute in 0..60 {
            let sent = world.challenge(&ticket, Challenge::SecurityEmail).await;
            assert_eq!(sent, Challenged::Sent);
            codes.extend(world.post().await.iter().map(code));
            world.clock.advance(Duration::from_secs(61));
        }
        assert_eq!(codes.len(), if name == "alice" { 3 } else { 0 });
        let first = codes.first().cloned();
        assert!(
            codes
                .iter()
                .all(|code| Some(code.expose()) == first.as_ref().map(|c| c.expose()))
        );
    }
    for policy in [Policy::marketplace(), Policy::nist()] {
        let asks = "a code that is asked for again replaces the one before";
        assert!(
            policy
                .deviations()
                .iter()
                .any(|deviation| deviation.asks == asks)
        );
    }
}

/// Codes go to the confirmed address, whatever another one is asked for or waits.
#[tokio::test]
async fn g09_nobody_names_where_a_code_goes() {
    let world = World::new();
    let (signed_in, paper) = world.alice().await;
    let ticket = world.settings(&signed_in).await;
    let ticket = world.proven(&ticket, OLD).await;
    let sent = world.challenge(&ticket, Challenge::SecurityEmail).await;
    assert_eq!(sent, Challenged::Sent);
    let old = Proof::SecurityEmail(code(&world.letter().await));
    let ticket = world.accepted(&ticket, old).await;
    // Asked for, and not confirmed.
    let other = Challenge::NewEmail(email("other@shop.example"));
    assert_eq!(
        world.challenge(&ticket, other.clone()).await,
        Challenged::Sent
    );
    let _unread = world.post().await;
    goes_to_the_confirmed_address(&world).await;
    // Confirmed, and not in effect yet.
    let ticket = world
        .accepted(&world.recover("alice"), Proof::SecurityCode(paper))
        .await;
    assert_eq!(world.challenge(&ticket, other).await, Challenged::Sent);
    let post = world.post().await;
    let letter = post.iter().find(|m| m.to() == &email("other@shop.example"));
    let proof = Proof::NewEmail(code(letter.unwrap()));
    let ticket = world.accepted(&ticket, proof).await;
    let answer = apply(&world, &ticket, Changes::new().email()).await;
    assert!(matches!(answer, Apply::Recovered(_)), "{answer:?}");
    let _told = world.post().await;
    goes_to_the_confirmed_address(&world).await;
}

async fn goes_to_the_confirmed_address(world: &World) {
    world.clock.advance(Duration::from_secs(61));
    for (name, mails) in [("alice", 1), ("other@shop.example", 0)] {
        let ticket = world.recover(name);
        let sent = world.challenge(&ticket, Challenge::SecurityEmail).await;
        assert_eq!(sent, Challenged::Sent);
        let post = world.post().await;
        assert_eq!(post.len(), mails, "{name}");
        assert!(post.iter().all(|letter| letter.to() == &email(ALICE)));
    }
}

/// Neither one that there is nor one that there was: all that a mail carries is a code or a link.
#[tokio::test]
async fn g15_no_mail_carries_a_password() {
    let world = World::new();
    let (signed_in, paper) = world.alice().await;
    let mut post: Vec<Message> = world.post().await;
    let signed_in = world.change(&signed_in, OLD, NEW).await;
    let _signed_in = world.change(&signed_in, NEW, OLD).await;
    for _ in 0..3 {
        let _denied = world.sign_in("alice", WRONG).await;
    }
    let (ticket, letter) = world.recover_by_mail("alice").await;
    let proof = Proof::SecurityEmail(code(&letter));
    let ticket = world.accepted(&ticket, proof).await;
    post.push(letter);
    let _device = world.recovered(&ticket, NEW).await;
    let paper = Proof::SecurityCode(paper);
    let ticket = world.accepted(&world.recover("alice"), paper).await;
    let _device = world.recovered(&ticket, OLD).await;
    let hint = Proof::HintQuestion(answer(crate::support::ANSWER));
    let _waits = world.offer(&world.recover("alice"), hint).await;
    post.extend(world.post().await);
    assert!(post.len() >= 4, "{post:?}");
    for letter in &post {
        assert!(matches!(
            letter.content(),
            Content::Code { .. } | Content::Notice { .. }
        ));
        for part in [&letter.subject(), &*letter.text(), &*letter.html()] {
            for typed in [OLD, NEW, WRONG] {
                assert!(!part.contains(typed), "{part}");
            }
        }
    }
    // And a code is no password, not even the one that would sign in once.
    let (_ticket, letter) = {
        world.clock.advance(days(1));
        world.recover_by_mail("alice").await
    };
    let answer = world.sign_in("alice", code(&letter).expose()).await;
    assert!(
        matches!(answer, backstop::SignIn::Denied { .. }),
        "{answer:?}"
    );
}

/// Whoever has forgotten the password and is signed in binds a new one: every contact is told, the
/// session is a new one of no higher level, and the password is as young as any other.
#[tokio::test]
async fn g17_a_password_that_is_replaced_in_a_session_is_bound_anew() {
    let world = World::new();
    let (signed_in, _paper) = world.alice().await;
    let ticket = world.settings(&signed_in).await;
    let refused = world.apply(&ticket, NEW).await;
    assert!(matches!(refused, Apply::Unproven), "{refused:?}");
    let _sent = world.challenge(&ticket, Challenge::SecurityEmail).await;
    let proof = Proof::SecurityEmail(code(&world.letter().await));
    let ticket = world.accepted(&ticket, proof).await;
    let changes = Changes::new().password(typed_twice(NEW));
    let renewed = world.applied(&ticket, changes).await;
    assert!(!world.is_live(signed_in.token()).await);
    assert!(!world.session(&renewed).await.has_second_factor());
    let told = notice(&world.letter().await);
    assert_eq!(told, Notice::PasswordChanged(Method::SecurityEmail));
    let ticket = world.settings(&renewed).await;
    let ticket = world.proven(&ticket, NEW).await;
    let hint = || Changes::new().hint(question(), answer("Some Other Person"));
    let young = apply(&world, &ticket, hint()).await;
    assert!(matches!(young, Apply::Unproven), "{young:?}");
    world.clock.advance(days(3));
    let ticket = world.settings(&renewed).await;
    let ticket = world.proven(&ticket, NEW).await;
    let _seasoned = world.applied(&ticket, hint()).await;
}

/// A recovery ends in a new password and not in a session.
#[tokio::test]
async fn g12_a_recovery_signs_nobody_in() {
    let world = World::new();
    let _alice = world.alice().await;
    let ticket = by_mail(&world).await;
    for text in [ticket.expose().to_owned(), {
        let device = world.recovered(&ticket, NEW).await;
        device.expose().to_owned()
    }] {
        assert!(!world.is_live(&text.parse().unwrap()).await);
    }
}
