//! New passwords, and what is taken for the right one.

use std::time::Duration;

use backstop::{Apply, Changes, Client, Proof, Register, SignIn, policy::Unmet};

use crate::{
    apply, by_mail,
    support::{ANSWER, OLD, World, account_id, answer, hours, typed_twice},
};

/// Registration, a session, and each way of recovery refuse the same password for the same reasons.
#[tokio::test]
async fn a12_every_way_to_a_password_meets_the_same_rules() {
    for weak in [
        "Alice-1",
        "Password-1",
        "alllowercase",
        "Aa1-aaaaaaaaaaaaaaaaa",
    ] {
        let world = World::new();
        let registered = world
            .accounts
            .register(
                account_id("42"),
                "alice".parse().unwrap(),
                typed_twice(weak),
                &Client::new(),
            )
            .await
            .unwrap();
        let Register::Unmet(rules) = registered else {
            panic!("{weak}: {registered:?}");
        };
        let (signed_in, paper) = world.alice().await;
        let ticket = world.settings(&signed_in).await;
        let session = world.proven(&ticket, OLD).await;
        let mailbox = by_mail(&world).await;
        let known = Client::new().human(true).device(signed_in.device().clone());
        let hint = Proof::HintQuestion(answer(ANSWER));
        let hint = world
            .accepted(&world.recover_as("alice", &known), hint)
            .await;
        let paper = Proof::SecurityCode(paper);
        let paper = world.accepted(&world.recover("alice"), paper).await;
        for (way, ticket) in [
            ("session", session),
            ("mailbox", mailbox),
            ("hint", hint),
            ("security code", paper),
        ] {
            let changes = Changes::new().password(typed_twice(weak));
            let answer = apply(&world, &ticket, changes).await;
            let Apply::Unmet { password, .. } = answer else {
                panic!("{weak} by {way}: {answer:?}");
            };
            assert_eq!(kinds(&password), kinds(&rules), "{weak} by {way}");
        }
    }
}

fn kinds(rules: &[Unmet]) -> Vec<std::mem::Discriminant<Unmet>> {
    rules.iter().map(std::mem::discriminant).collect()
}

/// No blank at an end, no wrong case and no slip of a finger is overlooked.
#[tokio::test]
async fn b02_a_mistyped_password_is_wrong() {
    let world = World::new();
    let _signed_in = world.register("42", "alice", OLD).await;
    for typed in [
        "mira-2-lakes",
        "mIRA-2-LAKES",
        "MIRA-2-LAKES",
        " Mira-2-lakes",
        "Mira-2-lakes ",
        "Mira-2-lake",
        "Mira-2-lakess",
        "Mira_2_lakes",
    ] {
        let answer = world.sign_in("alice", typed).await;
        assert!(
            matches!(answer, SignIn::Denied { .. }),
            "{typed}: {answer:?}"
        );
        world.clock.advance(hours(1) + Duration::from_secs(1));
    }
    let _signed_in = world.signed_in("alice", OLD).await;
}
