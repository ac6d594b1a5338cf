//! The security code, which stays what it is: where that departs from the standards, and what is
//! there instead.

use backstop::{Changes, Error, Issue, Policy, Proof, Prove, SecurityCode, message::Notice};

use crate::support::{OLD, World, mail::notice};

const ASKS: &str = "a saved recovery code is used once, replaced, and can be invalidated";
const LONG: &str = "quiet otters sail by moonlight";

fn departs(policy: &Policy) -> bool {
    policy
        .deviations()
        .iter()
        .any(|deviation| deviation.asks == ASKS)
}

/// Nobody proves or issues one where the policy has none.
async fn is_off_in_nist() {
    assert!(departs(&Policy::marketplace()));
    assert!(!departs(&Policy::nist()));
    let world = World::with(|builder| builder.policy(Policy::nist()));
    let signed_in = world.register("42", "alice", LONG).await;
    let paper = Proof::SecurityCode("0".repeat(27).parse().unwrap());
    let refused = world.accounts.prove(&world.recover("alice"), paper).await;
    assert!(matches!(refused, Err(Error::NotOffered)), "{refused:?}");
    let ticket = world.settings(&signed_in).await;
    let ticket = world.proven(&ticket, LONG).await;
    let refused = world.accounts.issue_security_code(&ticket).await;
    assert!(matches!(refused, Err(Error::NotOffered)), "{refused:?}");
}

fn symbols(code: &SecurityCode) -> String {
    code.expose().replace('-', "")[..26].to_owned()
}

/// 130 bits lie under a hash, and are not counted: nobody can lock the last line of defence.
#[tokio::test]
async fn i02_a_code_is_hashed_and_the_policy_says_that_misses_are_not_counted() {
    let world = World::new();
    let (_signed_in, code) = world.alice().await;
    let (plain, grouped) = (symbols(&code), code.expose());
    for written in world.store.written() {
        for text in [plain.as_bytes(), grouped.as_bytes()] {
            assert!(!written.windows(text.len()).any(|part| part == text));
        }
    }
    let other: SecurityCode = "0".repeat(27).parse().unwrap();
    for _ in 0..150 {
        let wrong = Proof::SecurityCode(other.clone());
        let denied = world.offer(&world.recover("alice"), wrong).await;
        assert!(matches!(denied, Prove::Denied { left: None }), "{denied:?}");
    }
    let right = Proof::SecurityCode(code);
    let _ticket = world.accepted(&world.recover("alice"), right).await;
    is_off_in_nist().await;
}

/// Every use is told to every contact. The code is the same afterwards, and the policy says so.
#[tokio::test]
async fn i03_every_use_is_told_and_the_policy_says_that_the_code_stays() {
    let world = World::new();
    let (_signed_in, code) = world.alice().await;
    for new in ["Orla-5-rivers", "Elma-7-rivers"] {
        let proof = Proof::SecurityCode(code.clone());
        let ticket = world.accepted(&world.recover("alice"), proof).await;
        assert_eq!(notice(&world.letter().await), Notice::SecurityCodeUsed);
        let _device = world.recovered(&ticket, new).await;
        let _changed = world.letter().await;
    }
    is_off_in_nist().await;
}

/// It is in the answer that issues it and nowhere else: not in the store, a mail or an event.
#[tokio::test]
async fn i06_a_code_is_shown_once() {
    let world = World::new();
    let signed_in = world.register("42", "alice", OLD).await;
    let ticket = world.settings(&signed_in).await;
    let ticket = world.proven(&ticket, OLD).await;
    let issued = world.accounts.issue_security_code(&ticket).await.unwrap();
    let printed = format!("{issued:?}");
    let Issue::Issued(code) = issued else {
        panic!("{printed}");
    };
    let typed_back = Changes::new().security_code(code.clone());
    let signed_in = world.applied(&ticket, typed_back).await;
    let mut seen = vec![printed, format!("{:?}", world.events())];
    seen.extend(
        world
            .post()
            .await
            .iter()
            .map(|letter| letter.text().to_string()),
    );
    for text in &seen {
        assert!(!text.contains(symbols(&code).get(..8).unwrap()), "{text}");
        assert!(!text.contains(code.expose().get(..9).unwrap()), "{text}");
    }
    for written in world.store.written() {
        let plain = symbols(&code);
        assert!(!written.windows(26).any(|part| part == plain.as_bytes()));
    }
    let ticket = world.settings(&signed_in).await;
    let ticket = world.proven(&ticket, OLD).await;
    let again = world.accounts.issue_security_code(&ticket).await.unwrap();
    assert!(matches!(again, Issue::AlreadySet), "{again:?}");
}
