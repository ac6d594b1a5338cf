//! The presets, and what each does otherwise than today's standards ask.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::time::Duration;

use backstop::{
    Client, Error, NewPassword, Policy, Register, SignInOnce,
    policy::{Context, Deviation, PasswordRules, Unmet},
};
use support::{OLD, World, account_id, mail::code, typed_twice};

fn asked(deviations: &[Deviation]) -> Vec<&'static str> {
    deviations.iter().map(|deviation| deviation.asks).collect()
}

const OF_EVERY_POLICY: [&str; 2] = [
    "a code that is asked for again replaces the one before",
    "two recovery addresses",
];

#[test]
fn a05_the_deviations_of_the_marketplace_are_these() {
    let mut expected = vec![
        "15 characters or more where the password is the only factor",
        "64 characters are accepted",
        "no rules of composition",
        "the whole password is compared with the blocklist, not parts of it",
        "no secret questions",
        "a saved recovery code is used once, replaced, and can be invalidated",
        "e-mail does not authenticate",
    ];
    expected.extend(OF_EVERY_POLICY);
    assert_eq!(asked(&Policy::marketplace().deviations()), expected);
}

#[test]
fn a05_the_deviations_of_nist_are_these() {
    let mut expected = vec!["3000 listed passwords that meet the other rules"];
    expected.extend(OF_EVERY_POLICY);
    assert_eq!(asked(&Policy::nist().deviations()), expected);
}

/// What a host weakens is named.
#[test]
fn s05_a_shorter_wait_is_a_deviation() {
    let hasty = Policy::marketplace().hint_wait(Duration::ZERO);
    let named = asked(&hasty.deviations());
    assert!(named.contains(&"time in which the owner can object"));
}

fn unmet(typed: &str, context: &Context) -> Vec<Unmet> {
    let typed = NewPassword::typed_twice(typed, typed).unwrap();
    PasswordRules::nist().unmet(&typed, context)
}

#[test]
fn a02_a01_nist_takes_15_to_64_characters_of_any_kind() {
    let context = Context::new().user_name("alice");
    let text = "quiet otters sail by moonlight over nine dark and nameless seas so";
    let of = |len: usize| text.chars().take(len).collect::<String>();
    assert_eq!(
        unmet(&of(14), &context),
        [Unmet::TooShort { min: 15, len: 14 }]
    );
    for len in [15, 16, 40, 63, 64] {
        assert_eq!(unmet(&of(len), &context), [], "{len}");
    }
    assert_eq!(
        unmet(&of(65), &context),
        [Unmet::TooLong { max: 64, len: 65 }]
    );
}

/// A listed word, or the name, inside of a long one is no reason to refuse it.
#[test]
fn a10_nist_compares_the_whole_password() {
    let context = Context::new().user_name("alice");
    assert_eq!(unmet("alice likes 9 violet umbrellas", &context), []);
    let name = Context::new().user_name("tim-otter-lake-of-woods");
    assert!(unmet("sdoow-fo-ekal-retto-mit", &name).contains(&Unmet::Name));
}

/// A06: after ten years the password still signs in, and nobody is asked for another one.
#[tokio::test]
async fn a06_s16_nist_never_advises_a_change() {
    let world = World::with(|builder| builder.policy(Policy::nist()));
    let long = "quiet otters sail by moonlight";
    let short = world
        .accounts
        .register(
            account_id("42"),
            "alice".parse().unwrap(),
            typed_twice(OLD),
            &Client::new(),
        )
        .await
        .unwrap();
    assert!(matches!(short, Register::Unmet(_)), "{short:?}");
    let _signed_in = world.register("42", "alice", long).await;
    world.clock.advance(support::days(3650));
    let signed_in = world.signed_in("alice", long).await;
    assert_eq!(signed_in.advice(), None);
}

/// K07, H01, I05: no sign-in by mail, no question, no security code.
#[tokio::test]
async fn k07_h01_nist_recovers_by_the_mailbox_alone() {
    let world = World::with(|builder| builder.policy(Policy::nist()));
    let long = "quiet otters sail by moonlight";
    let signed_in = world.register("42", "alice", long).await;
    let _signed_in = world.add_email(&signed_in, long, support::ALICE).await;
    let ticket = world.recover("alice");
    let question = world
        .accounts
        .challenge(&ticket, backstop::Challenge::HintQuestion)
        .await;
    assert!(matches!(question, Err(Error::NotOffered)), "{question:?}");
    let paper = backstop::Proof::SecurityCode("0".repeat(27).parse().unwrap());
    let refused = world.accounts.prove(&ticket, paper).await;
    assert!(matches!(refused, Err(Error::NotOffered)), "{refused:?}");
    let (ticket, letter) = world.recover_by_mail("alice").await;
    let ticket = world
        .accepted(&ticket, backstop::Proof::SecurityEmail(code(&letter)))
        .await;
    let once: Result<SignInOnce, Error> = world.accounts.sign_in_once(&ticket).await;
    assert!(matches!(once, Err(Error::NotOffered)), "{once:?}");
    let _device = world
        .recovered(&ticket, "nine violet umbrellas in a row")
        .await;
}
