//! The pages for hosts have what the standards ask to be written down.

use std::time::Duration;

use backstop::{Policy, SignIn};

use crate::support::{OLD, WRONG, World};

const CHECKLIST: &str = include_str!("../../src/manual/host_checklist.md");
const THROTTLING: &str = include_str!("../../src/manual/throttling.md");

/// What the standards leave to whoever links the library.
const LEFT_TO_HOSTS: &[&str] = &[
    "63B §2.2.2",
    "63B §3.1.1.2",
    "63B §5.1.1",
    "ASVS 6.2.6",
    "ASVS 6.2.7",
    "ASVS 7.1.1",
    "ASVS 7.3",
    "ASVS 13.3",
    "ASVS 15.1.2",
    "ASVS 15.2.1",
    "ASVS 15.3.4",
    "ASVS 16.4.2",
    "ASVS 16.4.3",
    "ATHN-09",
    "CS-Authentication",
    "CS-Forgot_Password",
];

#[test]
fn d09_m04_the_checklist_for_hosts_names_each_requirement() {
    for id in LEFT_TO_HOSTS {
        assert!(CHECKLIST.contains(id), "{id}");
    }
    for what in [
        "TLS",
        "Referrer-Policy",
        "CSRF",
        "paste",
        "SPF, DKIM and DMARC",
        "cookie",
        "WebAuthn",
        "SBOM",
        "vault",
    ] {
        assert!(CHECKLIST.contains(what), "{what}");
    }
    // Each point says where it is asked for, or which page of ours it comes from.
    let points = CHECKLIST.split("- [ ]").skip(1);
    for point in points {
        assert!(point.contains('[') && point.contains(']'), "{point}");
    }
}

/// Every budget of a policy is on the page, with the number that the code has.
#[test]
fn d06_the_page_on_throttling_has_every_budget() {
    let setters = include_str!("../../src/policy/mod.rs");
    let mut budgets = 0;
    for line in setters.lines() {
        let setter = line.trim().strip_prefix("pub fn ");
        if let Some(setter) = setter.filter(|rest| rest.contains("BudgetRule")) {
            let setter = setter.split('(').next().unwrap();
            let link = format!("[`Policy::{setter}`](crate::Policy::{setter})");
            assert!(THROTTLING.contains(&link), "{link}");
            budgets += 1;
        }
    }
    assert!(budgets >= 7, "{budgets}");
    // What the page says of each, and what the policy has.
    let of_policy = format!("{:?}", Policy::marketplace());
    for (budget, says, has) in [
        (
            "current_password",
            "| 3 in 24 h |",
            "window: 86400s, limit: Some(3)",
        ),
        (
            "mailed_code",
            "| 3 in 24 h; 3 for each code |",
            "window: 86400s, limit: Some(3)",
        ),
        ("hint", "| 3 in 24 h |", "window: 86400s, limit: Some(3)"),
        (
            "second_factor",
            "| 3 in 24 h |",
            "window: 86400s, limit: Some(3)",
        ),
        (
            "sends",
            "| 3 in 12 h, a minute apart; silently |",
            "window: 43200s, limit: Some(3)",
        ),
        (
            "texts",
            "| 5 in 12 h, a minute apart; silently |",
            "window: 43200s, limit: Some(5)",
        ),
        ("changes", "| 5 in 24 h |", "window: 86400s, limit: Some(5)"),
    ] {
        let row = THROTTLING.lines().find(|line| {
            line.ends_with(&format!("[`Policy::{budget}`](crate::Policy::{budget}) |"))
        });
        assert!(
            row.is_some_and(|row| row.contains(says)),
            "{budget}: {row:?}"
        );
        assert!(
            of_policy.contains(&format!("{budget}: BudgetRule {{ {has}")),
            "{budget}: {of_policy}"
        );
    }
}

/// The numbers for a sign-in, as the page has them.
#[tokio::test]
async fn d06_the_page_on_throttling_has_the_delays_of_a_sign_in() {
    assert!(THROTTLING.contains("5, then a delay of 1 s that doubles up to 15 min"));
    let world = World::new();
    let _signed_in = world.register("42", "alice", OLD).await;
    for left in (0..5).rev() {
        let answer = world.sign_in("alice", WRONG).await;
        assert!(
            matches!(answer, SignIn::Denied { left: l } if l == left),
            "{answer:?}"
        );
    }
    let mut delay = Duration::from_secs(1);
    for _ in 0..12 {
        let answer = world.sign_in("alice", OLD).await;
        let SignIn::Locked { until } = answer else {
            panic!("{answer:?}");
        };
        assert_eq!(until - world.clock.now(), delay);
        world.clock.advance(delay);
        let answer = world.sign_in("alice", WRONG).await;
        assert!(matches!(answer, SignIn::Denied { .. }), "{answer:?}");
        delay = (delay * 2).min(Duration::from_secs(15 * 60));
    }
}
