//! The hint question: allowed, and named as a deviation.

use backstop::{
    Apply, Challenge, Challenged, Changes, Client, Error, Method, Policy, Proof, Prove,
    policy::{AnswerUnmet, Change, TABLE},
};

use crate::{
    apply, by_mail,
    support::{ANSWER, OLD, World, answer, question},
};

const ASKS: &str = "no secret questions";

fn departs(policy: &Policy) -> bool {
    policy
        .deviations()
        .iter()
        .any(|deviation| deviation.asks == ASKS)
}

/// No service has it as its only method, and it buys nothing but a password.
#[test]
fn h02_a_hint_is_never_the_only_way() {
    let built = |methods: &[Method]| {
        let policy = Policy::marketplace().methods(methods);
        backstop::Accounts::builder(
            backstop::MemoryStore::new(),
            backstop::MemorySender::new(),
            crate::support::key(),
        )
        .danger_codes_without_links()
        .policy(policy)
        .build()
    };
    for alone in [&[Method::HintQuestion][..], &[Method::HintQuestion; 2]] {
        let refused = built(alone);
        assert!(
            matches!(refused, Err(backstop::BuildError::Methods)),
            "{refused:?}"
        );
    }
    for methods in [
        &[Method::SecurityEmail][..],
        &[Method::HintQuestion, Method::SecurityEmail],
    ] {
        assert!(built(methods).is_ok(), "{methods:?}");
    }
    for (change, sets) in TABLE {
        let has_hint = sets
            .iter()
            .any(|set| set.proofs.contains(&Method::HintQuestion));
        assert_eq!(has_hint, *change == Change::Password, "{change:?}");
    }
}

/// NIST never asks, nor does a policy without the method.
#[tokio::test]
async fn h01_without_the_method_no_question_is_asked() {
    assert!(!departs(&Policy::nist()));
    let without = [Method::SecurityEmail, Method::SecurityCode];
    assert!(!departs(&Policy::marketplace().methods(&without)));
    for policy in [Policy::nist(), Policy::marketplace().methods(&without)] {
        let world = World::with(|builder| builder.policy(policy));
        let ticket = world.recover("alice");
        let asked = world
            .accounts
            .challenge(&ticket, Challenge::HintQuestion)
            .await;
        assert!(matches!(asked, Err(Error::NotOffered)), "{asked:?}");
        let typed = Proof::HintQuestion(answer(ANSWER));
        let typed = world.accounts.prove(&ticket, typed).await;
        assert!(matches!(typed, Err(Error::NotOffered)), "{typed:?}");
    }
}

/// The marketplace asks before there is a mail, and says so; what compensates for it is there: a
/// question says nothing of an account, and a stranger's right answer counts for nothing yet.
#[tokio::test]
async fn h03_a_question_before_the_mail_is_a_deviation() {
    assert!(departs(&Policy::marketplace()));
    let world = World::new();
    let _alice = world.alice().await;
    let shown = world
        .challenge(&world.recover("nobody"), Challenge::HintQuestion)
        .await;
    assert!(matches!(shown, Challenged::Question(_)), "{shown:?}");
    let right = Proof::HintQuestion(answer(ANSWER));
    let waits = world.offer(&world.recover("alice"), right).await;
    assert!(matches!(waits, Prove::Waiting { .. }), "{waits:?}");
}

#[tokio::test]
async fn h05_a_hint_is_changed_by_the_password_or_the_security_code() {
    let world = World::new();
    let (signed_in, paper) = world.alice().await;
    let other = || Changes::new().hint(question(), answer("Some Other Person"));
    let session = world.settings(&signed_in).await;
    let mailbox = by_mail(&world).await;
    let known = Client::new().human(true).device(signed_in.device().clone());
    let hint = Proof::HintQuestion(answer(ANSWER));
    let hint = world
        .accepted(&world.recover_as("alice", &known), hint)
        .await;
    for (way, ticket) in [
        ("session", &session),
        ("mailbox", &mailbox),
        ("hint", &hint),
    ] {
        let refused = apply(&world, ticket, other()).await;
        assert!(matches!(refused, Apply::Unproven), "{way}: {refused:?}");
    }
    let ticket = world.proven(&session, OLD).await;
    let _signed_in = world.applied(&ticket, other()).await;
    let paper = Proof::SecurityCode(paper);
    let ticket = world.accepted(&world.recover("alice"), paper).await;
    let changed = apply(&world, &ticket, other()).await;
    assert!(matches!(changed, Apply::Recovered(_)), "{changed:?}");
}

/// Questions are curated: nobody writes one of their own, unless the host adds it.
#[tokio::test]
async fn h07_a_question_of_ones_own_is_refused() {
    let world = World::new();
    let (signed_in, _paper) = world.alice().await;
    let ticket = world.settings(&signed_in).await;
    let ticket = world.proven(&ticket, OLD).await;
    let own = "what-is-two-and-two".parse().unwrap();
    let changes = Changes::new().hint(own, answer("Some Other Person"));
    let refused = apply(&world, &ticket, changes).await;
    let is_refused = |unmet: &[AnswerUnmet]| unmet.contains(&AnswerUnmet::NotOffered);
    assert!(
        matches!(&refused, Apply::Unmet { answer, .. } if is_refused(answer)),
        "{refused:?}"
    );
}
