//! The second factor: enrolling, signing in with it, what does not get round it, and removing it.
#![cfg(feature = "totp")]
#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod support;

use std::{convert::Infallible, time::Duration};

use backstop::{
    Apply, BackupCode, Challenge, Changes, Client, Error, Import, ImportedAccount, IssueFactor,
    MemoryStore, NewSecondFactor, Proof, Prove, SecondFactor, SecurityCode, ServiceKey, SignIn,
    SignedIn, Ticket, TotpCode,
    account::{Account, ActivityKind},
    audit::{Outcome, Reason, Verb},
    message::Notice,
    record::{RecordError, Revision, Stored},
    store::{AccountStore, Update},
};
use rand_chacha::ChaCha20Rng;
use rand_core::{TryCryptoRng, TryRng};
use support::{
    ALICE, ANSWER, NEW, OLD, OLD_ELSEWHERE, World, account_id, answer, days, email, entropy,
    factor::{app, backup, both_proofs, enrol, issued, shown},
    key, login,
    mail::{code, notice},
    password,
    probe::Fault,
};

const STEP: Duration = Duration::from_secs(30);

/// A code of the app that is none of those of now.
fn wrong(world: &World, factor: &NewSecondFactor) -> SecondFactor {
    let good: Vec<String> = (-2..=2)
        .map(|step| app(world, factor, step).expose().to_owned())
        .collect();
    let mut codes = (0..1000).map(|number| format!("{number:06}"));
    let code = codes.find(|code| !good.contains(code)).unwrap();
    SecondFactor::Totp(code.parse().unwrap())
}

/// Alice with everything, and a factor. The code that confirmed it is an hour old.
async fn enrolled(world: &World) -> (SignedIn, NewSecondFactor, SecurityCode) {
    let (signed_in, code) = world.alice().await;
    let (signed_in, factor) = enrol(world, &signed_in).await;
    let _notices = world.post().await;
    world.clock.advance(support::hours(1));
    (signed_in, factor, code)
}

async fn asked(world: &World, typed: &str) -> Ticket {
    match world.sign_in("alice", typed).await {
        SignIn::SecondFactor(ticket) => ticket,
        other => panic!("not asked: {other:?}"),
    }
}

async fn show(world: &World, ticket: &Ticket, typed: &SecondFactor) -> SignIn {
    world.accounts.second_factor(ticket, typed).await.unwrap()
}

async fn try_show(
    world: &World,
    ticket: &Ticket,
    factor: &NewSecondFactor,
) -> Result<SignIn, Error> {
    let typed = shown(world, factor);
    world.accounts.second_factor(ticket, &typed).await
}

async fn is_accepted(world: &World, typed: &SecondFactor) -> bool {
    let ticket = asked(world, OLD).await;
    match show(world, &ticket, typed).await {
        SignIn::Accepted(_) => true,
        SignIn::WrongFactor { .. } => false,
        other => panic!("neither: {other:?}"),
    }
}

fn last_reason(world: &World, verb: Verb) -> Reason {
    let events = world.events();
    let event = events.iter().rev().find(|event| event.verb == verb);
    match event.unwrap().outcome {
        Outcome::Denied { reason, .. } => reason,
        other => panic!("not denied: {other:?}"),
    }
}

#[tokio::test]
async fn s17_enrolled_by_password_and_mail_and_asked_for_from_then_on() {
    let world = World::new();
    let (before, _) = world.alice().await;
    let (signed_in, factor) = enrol(&world, &before).await;
    let post = world.post().await;
    let told: Vec<Notice> = post.iter().map(notice).collect();
    assert_eq!(told, [Notice::SecondFactorEnrolled]);
    assert_eq!(post[0].to(), &email(ALICE));
    assert!(!world.is_live(before.token()).await);
    assert!(world.session(&signed_in).await.has_second_factor());

    world.clock.advance(STEP);
    let ticket = asked(&world, OLD).await;
    let SignIn::Accepted(signed_in) = show(&world, &ticket, &shown(&world, &factor)).await else {
        panic!("the right code");
    };
    let session = world.session(&signed_in).await;
    assert!(session.has_second_factor());
    let activity = world.activity(&signed_in).await;
    let told = ActivityKind::Told(Notice::SecondFactorEnrolled);
    assert!(activity.iter().any(|entry| entry.what == told));
    let verbs: Vec<Verb> = world.events().iter().map(|event| event.verb).collect();
    assert!(verbs.contains(&Verb::IssueSecondFactor) && verbs.contains(&Verb::SecondFactor));
}

#[tokio::test]
async fn s17_it_counts_only_when_a_first_code_confirmed_it() {
    let world = World::new();
    let (signed_in, _) = world.alice().await;
    let ticket = both_proofs(&world, &signed_in, OLD).await;
    let unissued = Changes::new().second_factor("123456".parse().unwrap());
    let answer = world.accounts.apply(&ticket, unissued).await.unwrap();
    assert!(matches!(answer, Apply::Unproven));
    let first = issued(&world, &ticket).await;
    assert!(matches!(
        world.sign_in("alice", OLD).await,
        SignIn::Accepted(_)
    ));
    // Another one is issued: the one before is forgotten.
    let second = issued(&world, &ticket).await;
    let mistyped = Changes::new().second_factor(app(&world, &first, 0));
    let answer = world.accounts.apply(&ticket, mistyped).await.unwrap();
    assert!(matches!(answer, Apply::MistypedFactor));
    assert!(matches!(
        world.sign_in("alice", OLD).await,
        SignIn::Accepted(_)
    ));
    let changes = Changes::new().second_factor(app(&world, &second, 0));
    let signed_in = world.applied(&ticket, changes).await;
    let ticket = world.settings(&signed_in).await;
    let again = world.accounts.issue_second_factor(&ticket).await.unwrap();
    assert!(matches!(again, IssueFactor::AlreadySet));
    // The first code was spent with it.
    assert!(!is_accepted(&world, &shown(&world, &second)).await);
    assert_eq!(last_reason(&world, Verb::SecondFactor), Reason::SpentCode);
}

#[tokio::test]
async fn s17_neither_proof_alone_enrols_nor_a_password_that_the_mailbox_set() {
    let world = World::new();
    let (signed_in, _) = world.alice().await;
    let ticket = world.settings(&signed_in).await;
    let ticket = world.proven(&ticket, OLD).await;
    let answer = world.accounts.issue_second_factor(&ticket).await.unwrap();
    assert!(matches!(answer, IssueFactor::Unproven));

    let (ticket, letter) = world.recover_by_mail("alice").await;
    let proof = Proof::SecurityEmail(code(&letter));
    let ticket = world.accepted(&ticket, proof).await;
    let answer = world.accounts.issue_second_factor(&ticket).await.unwrap();
    assert!(matches!(answer, IssueFactor::Unproven));
    let _device = world.recovered(&ticket, NEW).await;
    let signed_in = world.signed_in("alice", NEW).await;
    let ticket = both_proofs(&world, &signed_in, NEW).await;
    let answer = world.accounts.issue_second_factor(&ticket).await.unwrap();
    assert!(matches!(answer, IssueFactor::Unproven));
    world.clock.advance(days(4));
    let ticket = both_proofs(&world, &signed_in, NEW).await;
    let _factor = issued(&world, &ticket).await;
}

/// Random values in which the key of the app is the one of RFC 6238, appendix B.
struct OfTheRfc(ChaCha20Rng);

impl TryRng for OfTheRfc {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.0.try_next_u32()
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        self.0.try_next_u64()
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        match <&mut [u8; 20]>::try_from(&mut *bytes) {
            Ok(key) => *key = *b"12345678901234567890",
            Err(_other) => self.0.try_fill_bytes(bytes)?,
        }
        Ok(())
    }
}

impl TryCryptoRng for OfTheRfc {}

#[tokio::test]
async fn s17_the_test_vectors_of_rfc_6238_enrol() {
    // The last six of their eight digits.
    for (seconds, typed) in [
        (59, "287082"),
        (1_111_111_109, "081804"),
        (1_111_111_111, "050471"),
        (1_234_567_890, "005924"),
        (2_000_000_000, "279037"),
        (20_000_000_000, "353130"),
    ] {
        let world = World::with(|builder| builder.entropy(OfTheRfc(entropy())));
        let now = Duration::from_secs(world.clock.now().unix_timestamp().unsigned_abs());
        world.clock.rewind(now);
        world.clock.advance(Duration::from_secs(seconds));
        let hash = OLD_ELSEWHERE.parse().unwrap();
        let account = ImportedAccount::new(account_id("42"), "alice".parse().unwrap(), hash);
        let imported = world
            .accounts
            .import(account.email(email(ALICE)), &Client::new())
            .await
            .unwrap();
        assert_eq!(imported, Import::Imported);
        let signed_in = world.signed_in("alice", OLD).await;
        let ticket = both_proofs(&world, &signed_in, OLD).await;
        let factor = issued(&world, &ticket).await;
        assert_eq!(
            factor.key().uri("Shop", "alice@shop").as_str(),
            "otpauth://totp/Shop:alice%40shop?\
             secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Shop"
        );
        let changes = Changes::new().second_factor(typed.parse().unwrap());
        let _signed_in = world.applied(&ticket, changes).await;
        let _ticket = asked(&world, OLD).await;
    }
}

#[tokio::test]
async fn k04_s17_one_step_of_drift_to_either_side_and_no_more() {
    for (steps, good) in [(-2, false), (-1, true), (0, true), (1, true), (2, false)] {
        let world = World::new();
        let (_, factor, _) = enrolled(&world).await;
        let typed = SecondFactor::Totp(app(&world, &factor, steps));
        assert_eq!(is_accepted(&world, &typed).await, good, "{steps} steps");
    }
    // To the millisecond: the code of a step is good until the end of the one after it.
    for (late, good) in [(59_999, true), (60_000, false)] {
        let world = World::new();
        let (_, factor, _) = enrolled(&world).await;
        assert_eq!(world.clock.now().unix_timestamp() % 30, 0);
        let typed = shown(&world, &factor);
        world.clock.advance(Duration::from_millis(late));
        assert_eq!(is_accepted(&world, &typed).await, good, "{late} ms");
    }
}

#[tokio::test]
async fn s17_k03_no_code_twice_nor_an_older_one_nor_when_the_clock_goes_back() {
    let world = World::new();
    let (_, factor, _) = enrolled(&world).await;
    let (older, typed) = (app(&world, &factor, -1), shown(&world, &factor));
    assert!(is_accepted(&world, &typed).await);
    assert!(!is_accepted(&world, &typed).await);
    assert_eq!(last_reason(&world, Verb::SecondFactor), Reason::SpentCode);
    assert!(!is_accepted(&world, &SecondFactor::Totp(older)).await);
    // A step later both windows meet.
    world.clock.advance(STEP);
    assert!(is_accepted(&world, &shown(&world, &factor)).await);
    world.clock.rewind(STEP * 10);
    assert!(!is_accepted(&world, &shown(&world, &factor)).await);
    assert!(is_accepted(&world, &backup(&factor, 0)).await);
    world.clock.advance(STEP * 11);
    assert!(is_accepted(&world, &shown(&world, &factor)).await);
}

/// So many at once, each with a ticket of its own; answers how many were signed in.
async fn race(world: &World, typed: &SecondFactor, runners: usize) -> usize {
    let mut running = Vec::new();
    let mut tickets = Vec::new();
    for _ in 0..runners {
        tickets.push(asked(world, OLD).await);
    }
    for ticket in tickets {
        let (accounts, typed) = (world.accounts.clone(), typed.clone());
        running.push(tokio::spawn(async move {
            let answer = accounts.second_factor(&ticket, &typed).await;
            matches!(answer, Ok(SignIn::Accepted(_)))
        }));
    }
    let mut accepted = 0;
    for one in running {
        accepted += usize::from(one.await.unwrap());
    }
    accepted
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn s17_k03_no_code_twice_in_a_race_of_64() {
    let world = World::new();
    let (_, factor, _) = enrolled(&world).await;
    assert_eq!(race(&world, &shown(&world, &factor), 64).await, 1);
    assert_eq!(race(&world, &backup(&factor, 3), 64).await, 1);
    assert!(!is_accepted(&world, &backup(&factor, 3)).await);
    assert!(is_accepted(&world, &backup(&factor, 4)).await);
}

#[tokio::test]
async fn s17_a_backup_code_is_good_once_and_every_contact_is_told() {
    let world = World::new();
    let (_, factor, _) = enrolled(&world).await;
    assert_eq!(factor.backup_codes().len(), 10);
    for left in (0..10).rev() {
        let code = backup(&factor, left);
        assert!(is_accepted(&world, &code).await);
        assert!(!is_accepted(&world, &code).await);
        let told = notice(&world.letter().await);
        assert_eq!(told, Notice::BackupCodeUsed(u8::try_from(left).unwrap()));
    }
    assert!(is_accepted(&world, &shown(&world, &factor)).await);
}

#[tokio::test]
async fn s17_its_budget_locks_the_factor_alone_and_a_password_does_not_clear_it() {
    let world = World::new();
    let (_, factor, _) = enrolled(&world).await;
    for left in (0..3).rev() {
        let ticket = asked(&world, OLD).await;
        let answer = show(&world, &ticket, &wrong(&world, &factor)).await;
        assert!(
            matches!(answer, SignIn::WrongFactor { left: Some(l) } if l == left),
            "{answer:?}"
        );
    }
    assert_eq!(last_reason(&world, Verb::SecondFactor), Reason::WrongCode);
    // The right password, on any ticket, makes no difference; nor is the password locked.
    let ticket = asked(&world, OLD).await;
    let good = shown(&world, &factor);
    assert!(matches!(
        show(&world, &ticket, &good).await,
        SignIn::Locked { .. }
    ));
    let told: Vec<Notice> = world.post().await.iter().map(notice).collect();
    assert_eq!(told, [Notice::Locked(backstop::Method::SecondFactor)]);
    // A backup code has no budget, and clears none.
    let unknown: BackupCode = {
        let other = World::with(|builder| builder.entropy(OfTheRfc(entropy())));
        let (_, theirs, _) = enrolled(&other).await;
        theirs.backup_codes()[0].expose().parse().unwrap()
    };
    for _ in 0..20 {
        let answer = show(&world, &ticket, &SecondFactor::BackupCode(unknown.clone())).await;
        assert!(matches!(answer, SignIn::WrongFactor { left: None }));
    }
    assert!(is_accepted(&world, &backup(&factor, 0)).await);
    let ticket = asked(&world, OLD).await;
    assert!(matches!(
        show(&world, &ticket, &good).await,
        SignIn::Locked { .. }
    ));
    world.clock.advance(days(1));
    assert!(is_accepted(&world, &shown(&world, &factor)).await);

    // And the password's delay does not reach the factor.
    let ticket = asked(&world, OLD).await;
    for _ in 0..5 {
        let _denied = world.sign_in("alice", NEW).await;
    }
    assert!(matches!(
        world.sign_in("alice", OLD).await,
        SignIn::Locked { .. }
    ));
    world.clock.advance(STEP);
    let answer = show(&world, &ticket, &shown(&world, &factor)).await;
    assert!(matches!(answer, SignIn::Accepted(_)));
}

#[tokio::test]
async fn s17_a_hundred_misses_stop_the_app_until_a_backup_code() {
    let world = World::new();
    let (_, factor, _) = enrolled(&world).await;
    for _ in 0..34 {
        for _ in 0..3 {
            assert!(!is_accepted(&world, &wrong(&world, &factor)).await);
        }
        world.clock.advance(days(1));
        let _notices = world.accounts.deliver_due().await.unwrap();
    }
    let told: Vec<Notice> = world.mail.take().iter().map(notice).collect();
    assert!(told.contains(&Notice::SecondFactorStopped));
    assert!(!is_accepted(&world, &shown(&world, &factor)).await);
    assert!(is_accepted(&world, &backup(&factor, 0)).await);
    world.clock.advance(days(1));
    assert!(is_accepted(&world, &shown(&world, &factor)).await);
}

#[tokio::test]
async fn s17_k01_a_ticket_ends_after_ten_minutes_and_with_any_change_and_is_no_other_ticket() {
    let world = World::new();
    let (_, factor, security_code) = enrolled(&world).await;
    let ticket = asked(&world, OLD).await;
    for (late, good) in [(599, true), (1, false)] {
        world.clock.advance(Duration::from_secs(late));
        let answer = show(&world, &ticket, &shown(&world, &factor)).await;
        assert_eq!(matches!(answer, SignIn::Accepted(_)), good);
        assert_eq!(matches!(answer, SignIn::Expired), !good);
    }
    let ticket = asked(&world, OLD).await;
    // Nothing that a flow does can be done with it.
    let proof = Proof::SecurityCode(security_code.clone());
    assert!(matches!(world.offer(&ticket, proof).await, Prove::Expired));
    assert!(matches!(world.apply(&ticket, NEW).await, Apply::Expired));
    let recovery = world.recover("alice");
    let answer = show(&world, &recovery, &backup(&factor, 0)).await;
    assert!(matches!(answer, SignIn::Expired));
    let recovery = world
        .accepted(&recovery, Proof::SecurityCode(security_code))
        .await;
    let answer = show(&world, &recovery, &backup(&factor, 0)).await;
    assert!(matches!(answer, SignIn::Expired));
    let _device = world.recovered(&recovery, NEW).await;
    let answer = show(&world, &ticket, &backup(&factor, 0)).await;
    assert!(matches!(answer, SignIn::Expired));
}

#[tokio::test]
async fn g13_x21_recovery_does_not_bypass_the_second_factor() {
    for by_code in [false, true] {
        let world = World::new();
        let (old, factor, security_code) = enrolled(&world).await;
        let ticket = if by_code {
            let proof = Proof::SecurityCode(security_code);
            world.accepted(&world.recover("alice"), proof).await
        } else {
            let (ticket, letter) = world.recover_by_mail("alice").await;
            let proof = Proof::SecurityEmail(code(&letter));
            world.accepted(&ticket, proof).await
        };
        // Neither alone removes it.
        let changes = Changes::new().no_second_factor();
        let answer = world.accounts.apply(&ticket, changes).await.unwrap();
        assert!(matches!(answer, Apply::Unproven));
        let device = world.recovered(&ticket, NEW).await;
        assert!(!world.is_live(old.token()).await);
        // Nor does the device that it made known.
        for client in [Client::new(), Client::new().device(device)] {
            let (name, typed) = (login("alice"), password(NEW));
            let answer = world.accounts.sign_in(&name, &typed, &client).await;
            let SignIn::SecondFactor(ticket) = answer.unwrap() else {
                panic!("it was not asked for");
            };
            let answer = show(&world, &ticket, &shown(&world, &factor)).await;
            assert!(matches!(answer, SignIn::Accepted(_)));
            world.clock.advance(STEP);
        }
    }
}

#[tokio::test]
async fn x21_g13_h07_a_hint_alone_recovers_nothing_beside_a_second_factor() {
    let world = World::new();
    let (signed_in, _, _) = enrolled(&world).await;
    let known = Client::new().human(true).device(signed_in.device().clone());
    for (client, waits) in [(known, false), (Client::new().human(true), true)] {
        // Up to the right answer everything is as it is for everybody.
        let ticket = world.recover_as("alice", &client);
        let _question = world.challenge(&ticket, Challenge::HintQuestion).await;
        let wrong = world
            .offer(&ticket, Proof::HintQuestion(answer("somebody")))
            .await;
        assert!(matches!(wrong, Prove::Denied { left: Some(_) }));
        let right = Proof::HintQuestion(answer(ANSWER));
        let ticket = match world.offer(&ticket, right).await {
            Prove::Accepted(ticket) if !waits => ticket,
            Prove::Waiting { ticket, .. } if waits => ticket,
            other => panic!("{other:?}"),
        };
        assert!(matches!(world.apply(&ticket, NEW).await, Apply::Unproven));
        world.clock.advance(days(1));
        let late = world.apply(&ticket, NEW).await;
        assert!(matches!(late, Apply::Unproven | Apply::Expired), "{late:?}");
    }
    let _still = asked(&world, OLD).await;
}

#[tokio::test]
async fn s17_k06_removed_by_factor_and_password_or_by_security_code_and_mail() {
    for way in ["app", "backup", "paper"] {
        let world = World::new();
        let (signed_in, factor, security_code) = enrolled(&world).await;
        let alone = |ticket: Ticket| {
            let changes = Changes::new().no_second_factor();
            let accounts = world.accounts.clone();
            async move { accounts.apply(&ticket, changes).await.unwrap() }
        };
        let ticket = if way == "paper" {
            let (ticket, letter) = world.recover_by_mail("alice").await;
            let proof = Proof::SecurityEmail(code(&letter));
            let ticket = world.accepted(&ticket, proof).await;
            assert!(matches!(alone(ticket.clone()).await, Apply::Unproven));
            let proof = Proof::SecurityCode(security_code);
            world.accepted(&ticket, proof).await
        } else {
            let ticket = world.settings(&signed_in).await;
            let typed = match way {
                "app" => shown(&world, &factor),
                _ => backup(&factor, 0),
            };
            let proof = Proof::SecondFactor(typed.clone());
            let ticket = world.accepted(&ticket, proof).await;
            assert!(matches!(alone(ticket.clone()).await, Apply::Unproven));
            // What it was proved by is spent.
            let again = world.offer(&ticket, Proof::SecondFactor(typed)).await;
            assert!(matches!(again, Prove::Denied { .. }));
            world.proven(&ticket, OLD).await
        };
        let _told = world.post().await;
        let answer = alone(ticket).await;
        assert!(
            matches!(answer, Apply::Applied(_) | Apply::Recovered(_)),
            "{answer:?}"
        );
        assert!(!world.is_live(signed_in.token()).await);
        let told: Vec<Notice> = world.post().await.iter().map(notice).collect();
        assert_eq!(told, [Notice::SecondFactorRemoved]);
        let _signed_in = world.signed_in("alice", OLD).await;
    }
}

#[tokio::test]
async fn s17_k06_password_and_mail_do_not_remove_it() {
    let world = World::new();
    let (signed_in, _, _) = enrolled(&world).await;
    let ticket = both_proofs(&world, &signed_in, OLD).await;
    let changes = Changes::new().no_second_factor();
    let answer = world.accounts.apply(&ticket, changes).await.unwrap();
    assert!(matches!(answer, Apply::Unproven));
    let ticket = world.recover("alice");
    let proof = Proof::SecondFactor(SecondFactor::Totp("123456".parse().unwrap()));
    let answer = world.accounts.prove(&ticket, proof).await;
    assert!(matches!(answer, Err(Error::NotOffered)));
}

/// Puts these bytes in the place of the account.
async fn replace(world: &World, bytes: &[u8]) {
    let id = account_id("42");
    let found = world.store.inner.load(&id).await.unwrap().unwrap();
    let stored = Stored {
        revision: Revision::from_bytes([7; 16]),
        value: Account::from_bytes(bytes).unwrap(),
    };
    let updated = world.store.inner.update(found.revision, &stored).await;
    assert!(matches!(updated.unwrap(), Update::Updated));
}

async fn bytes(world: &World, id: &str) -> Vec<u8> {
    let found = world.store.inner.load(&account_id(id)).await.unwrap();
    found.unwrap().value.to_bytes()
}

/// The record with other bytes in this place, and a check sum that fits.
fn forged(bytes: &[u8], at: usize, new: &[u8]) -> Vec<u8> {
    use blake2::{Blake2b, Digest, digest::consts::U32};
    let mut body = bytes[9..].to_vec();
    body[at..at + new.len()].copy_from_slice(new);
    let sum = Blake2b::<U32>::new()
        .chain_update(b"backstop record")
        .chain_update([bytes[0]])
        .chain_update(0_u64.to_le_bytes())
        .chain_update(&body)
        .finalize();
    [&bytes[..1], &sum[..8], &body].concat()
}

/// Where the encrypted key lies: fingerprint, nonce, text and tag, 68 bytes. The fingerprint is
/// that of the index as well; here it comes for the last time.
fn sealed_at(bytes: &[u8]) -> usize {
    let body = &bytes[9..];
    let hash = body.windows(8).rposition(|part| part == fingerprint(body));
    hash.unwrap()
}

/// It stands behind the keys of the index, before the epoch: the only 8 bytes that come twice.
fn fingerprint(body: &[u8]) -> &[u8] {
    let mut parts = body.windows(8).enumerate();
    let twice = parts.find(|(at, part)| {
        let rest = &body[at + 8..];
        part.iter().any(|byte| *byte > 0x7f) && rest.windows(8).any(|other| other == *part)
    });
    twice.unwrap().1
}

#[tokio::test]
async fn k05_s17_a_sealed_key_that_was_tampered_with_or_copied_is_refused() {
    let world = World::new();
    let (_, factor, _) = enrolled(&world).await;
    let good = bytes(&world, "42").await;
    let at = sealed_at(&good);
    // The key is nowhere in what is stored, nor are the backup codes.
    let key = totp_rs::Secret::try_from_base32(factor.key().expose().as_str()).unwrap();
    let codes: Vec<String> = factor
        .backup_codes()
        .iter()
        .map(|code| code.expose().replace('-', "")[..26].to_owned())
        .collect();
    for written in world.store.written() {
        assert!(!written.windows(20).any(|part| part == key.as_bytes()));
        for code in &codes {
            assert!(!written.windows(26).any(|part| part == code.as_bytes()));
        }
    }
    for place in [at + 8, at + 31, at + 32, at + 51, at + 52, at + 67] {
        let byte = good[9 + place] ^ 1;
        replace(&world, &forged(&good, place, &[byte])).await;
        // A failure holds its place in the budget for two minutes.
        world.clock.advance(Duration::from_secs(121));
        let ticket = asked(&world, OLD).await;
        let answer = try_show(&world, &ticket, &factor).await;
        let refused = answer.unwrap_err();
        assert!(
            matches!(refused, Error::Record(RecordError::Damaged)),
            "{place}"
        );
    }
    replace(&world, &forged(&good, at, &[0; 8])).await;
    world.clock.advance(Duration::from_secs(121));
    let ticket = asked(&world, OLD).await;
    let answer = try_show(&world, &ticket, &factor).await;
    assert!(matches!(answer, Err(Error::UnknownKey)));

    // An intruder who may write puts the key of their own account there.
    let hash = OLD_ELSEWHERE.parse().unwrap();
    let account = ImportedAccount::new(account_id("7"), "bob".parse().unwrap(), hash);
    let account = account.email(email("bob@shop.example"));
    let _imported = world
        .accounts
        .import(account, &Client::new())
        .await
        .unwrap();
    let bob = world.signed_in("bob", OLD).await;
    let (_, theirs) = enrol(&world, &bob).await;
    world.clock.advance(days(1));
    let ticket = asked(&world, OLD).await;
    let other = bytes(&world, "7").await;
    let copied = &other[9 + sealed_at(&other)..][..68];
    replace(&world, &forged(&good, at, copied)).await;
    let answer = try_show(&world, &ticket, &theirs).await;
    assert!(matches!(answer, Err(Error::Record(RecordError::Damaged))));
    replace(&world, &good).await;
    assert!(is_accepted(&world, &shown(&world, &factor)).await);
}

#[tokio::test]
async fn s17_a_key_goes_over_to_the_newest_service_key() {
    let store = MemoryStore::new();
    let ring: ServiceKey = key();
    let world = World::over(store.clone(), ring.clone(), |builder| builder);
    let (_, factor, _) = enrolled(&world).await;
    let before = bytes(&world, "42").await;
    let ring = ring
        .rotated_to(*b"another service key, of 32 bytes")
        .unwrap();
    let rotated = World::on(store, ring, world.clock.clone(), |builder| builder);
    assert!(is_accepted(&rotated, &shown(&rotated, &factor)).await);
    let after = bytes(&rotated, "42").await;
    let sealed = &before[9 + sealed_at(&before)..][..68];
    assert!(!after.windows(68).any(|part| part == sealed));
    rotated.clock.advance(STEP);
    assert!(is_accepted(&rotated, &shown(&rotated, &factor)).await);
}

#[tokio::test]
async fn s17_every_call_to_the_store_fails_once_and_nobody_is_signed_in_by_it() {
    for fault in [Fault::Before, Fault::After] {
        for by_backup in [false, true] {
            for healthy in 0.. {
                let world = World::new();
                let (_, factor, _) = enrolled(&world).await;
                let ticket = asked(&world, OLD).await;
                // The right code once, the wrong one in the same world afterwards.
                let good = match by_backup {
                    true => backup(&factor, 0),
                    false => shown(&world, &factor),
                };
                world.store.fail(healthy, &[fault]);
                let answer = world.accounts.second_factor(&ticket, &good).await;
                if !world.store.struck() {
                    assert!(matches!(answer, Ok(SignIn::Accepted(_))));
                    assert!(healthy >= 2);
                    break;
                }
                // A lost answer that was read back is no failure.
                let was_accepted = match answer {
                    Ok(SignIn::Accepted(_)) => true,
                    Err(_failed) => false,
                    other => panic!("{other:?}"),
                };
                assert!(!was_accepted || fault == Fault::After, "call {healthy}");
                let wrong = show(&world, &ticket, &wrong(&world, &factor)).await;
                assert!(matches!(wrong, SignIn::WrongFactor { .. }));
                // The next code completes, whatever became of the one before.
                world.clock.advance(STEP);
                let next = show(&world, &ticket, &shown(&world, &factor)).await;
                assert!(matches!(next, SignIn::Accepted(_)), "call {healthy}");
            }
        }
    }
}

#[tokio::test]
async fn s17_a_wrong_code_is_right_by_no_failure() {
    for fault in [Fault::Before, Fault::After] {
        for healthy in 0.. {
            let world = World::new();
            let (_, factor, _) = enrolled(&world).await;
            let ticket = asked(&world, OLD).await;
            world.store.fail(healthy, &[fault]);
            let typed = wrong(&world, &factor);
            let answer = world.accounts.second_factor(&ticket, &typed).await;
            assert!(matches!(answer, Ok(SignIn::WrongFactor { .. }) | Err(_)));
            if !world.store.struck() {
                break;
            }
        }
    }
}

#[tokio::test]
async fn s17_enrolling_and_removing_happen_whole_or_not_at_all() {
    for removes in [false, true] {
        for fault in [Fault::Before, Fault::After] {
            for healthy in 0.. {
                let world = World::new();
                let (signed_in, _) = world.alice().await;
                let (ticket, changes) = if removes {
                    let (signed_in, factor) = enrol(&world, &signed_in).await;
                    let ticket = world.settings(&signed_in).await;
                    let ticket = world.proven(&ticket, OLD).await;
                    let proof = Proof::SecondFactor(backup(&factor, 0));
                    let ticket = world.accepted(&ticket, proof).await;
                    (ticket, Changes::new().no_second_factor())
                } else {
                    let ticket = both_proofs(&world, &signed_in, OLD).await;
                    let factor = issued(&world, &ticket).await;
                    let first = app(&world, &factor, 0);
                    (ticket, Changes::new().second_factor(first))
                };
                world.store.fail(healthy, &[fault]);
                let answer = world.accounts.apply(&ticket, changes).await;
                let has_struck = world.store.struck();
                let has_changed = matches!(answer, Ok(Apply::Applied(_)));
                let asks = matches!(world.sign_in("alice", OLD).await, SignIn::SecondFactor(_));
                assert_eq!(asks, has_changed != removes, "call {healthy}: {answer:?}");
                if !has_struck {
                    assert!(has_changed);
                    break;
                }
            }
        }
    }
}

/// A right password is what a second factor tells a stranger about, and nothing before it.
#[tokio::test]
async fn s17_a_stranger_without_the_password_sees_no_factor() {
    let mut seen = Vec::new();
    for name in ["alice", "nobody"] {
        let world = World::new();
        let _alice = enrolled(&world).await;
        world.store.take_calls();
        let denied = world.sign_in(name, NEW).await;
        seen.push((format!("{denied:?}"), world.store.take_calls()));
    }
    assert_eq!(seen[0], seen[1]);
}

#[test]
fn s17_nothing_of_it_is_printed() {
    let typed: TotpCode = "123 456".parse().unwrap();
    let printed = format!("{typed:?} {:?}", SecondFactor::Totp(typed.clone()));
    assert!(!printed.contains("123456"), "{printed}");
    assert!("12345６".parse::<TotpCode>().is_ok());
    for bad in ["", "12345", "1234567", "12345a", &"1".repeat(1000)] {
        assert!(bad.parse::<TotpCode>().is_err(), "{bad}");
    }
}
