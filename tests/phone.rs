//! The phone: the second address of an account.
#![cfg(feature = "phone")]

mod support;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use backstop::{
    Accounts, Address, Apply, BuildError, Challenge, Challenged, Changes, Client, Error, Import,
    ImportedAccount, ImportedHash, Locale, LoginName, MemorySender, MemoryStore, Message,
    MessageSender, Method, PhoneNumber, Policy, Proof, Prove, SignIn, SignInOnce,
    locale::Catalogue,
    message::{CodePurpose, Content, Notice},
    name::KeyKind,
    phone::PhoneError,
    sender::Channels,
};
use support::{
    ALICE, NEW, OLD, OLD_ELSEWHERE, World, account_id, days, email, hours, key,
    mail::{code, notice, wrong},
    password,
    phone::{NEW_PHONE, PHONE, codes, number, phones, text},
    typed_twice,
};

const MINUTE: Duration = Duration::from_secs(60);

fn told(post: &[Message], to: &Address) -> Vec<Notice> {
    let theirs = post.iter().filter(|message| message.to() == to);
    theirs.map(notice).collect()
}

fn mailbox() -> Address {
    email(ALICE).into()
}

fn phone() -> Address {
    number(PHONE).into()
}

#[test]
fn s11_a_number_is_kept_in_the_form_of_e_164() {
    for typed in [
        "+46701234567",
        "+46 70-123 45 67",
        " +46 (70) 123.45.67 ",
        "＋４６ ７０１２３４５６７",
    ] {
        let read: PhoneNumber = typed.parse().unwrap();
        assert_eq!(read.as_str(), PHONE, "{typed}");
        assert_eq!(read.country_code(), 46);
        assert_eq!(read.region().as_deref(), Some("SE"));
        assert!(!format!("{read:?}").contains("123"));
        // What a login name makes of it is the same.
        assert_eq!(LoginName::from(&read), typed.parse().unwrap(), "{typed}");
    }
    assert_eq!(
        PhoneNumber::in_region("070-123 45 67", "SE"),
        Ok(number(PHONE))
    );
    assert_eq!(
        PhoneNumber::in_region("+46701234567", "NO"),
        Ok(number(PHONE))
    );
    let canada: PhoneNumber = "+1 613 782 7274".parse().unwrap();
    assert_eq!(
        (canada.country_code(), canada.region().as_deref()),
        (1, Some("CA"))
    );
}

#[test]
fn s11_what_is_no_mobile_number_is_refused_with_what_to_do() {
    for (typed, why) in [
        ("", PhoneError::Malformed),
        ("alice", PhoneError::Malformed),
        ("+46 70 123", PhoneError::Malformed),
        ("+46 70 123 45 67 89 01", PhoneError::Malformed),
        ("+46701234567;ext=1", PhoneError::Malformed),
        ("tel:+46701234567", PhoneError::Malformed),
        ("+0701234567", PhoneError::Malformed),
        ("+46 0701234567", PhoneError::Malformed),
        ("+99 70 123 45 67", PhoneError::Malformed),
        ("070-123 45 67", PhoneError::National),
        ("0046701234567", PhoneError::National),
        ("+46 (0)70 123 45 67", PhoneError::TrunkPrefix),
        ("+46 8 123 456 78", PhoneError::NotMobile),
        ("+46 939 123 45 67", PhoneError::NotMobile),
    ] {
        assert_eq!(typed.parse::<PhoneNumber>(), Err(why), "{typed}");
    }
    for region in ["", "se", "XX", "Sweden"] {
        let read = PhoneNumber::in_region("0701234567", region);
        assert_eq!(read, Err(PhoneError::UnknownRegion), "{region}");
    }
    let huge = format!("+{}", "4".repeat(1 << 20));
    assert_eq!(huge.parse::<PhoneNumber>(), Err(PhoneError::Malformed));
}

/// Whatever a stranger types, the parser behind it does not panic.
#[test]
fn x03_s11_no_text_makes_the_reader_panic() {
    let pieces = [
        "+", "0", "1", "46", "(0)", "(", ")", "-", ";ext=", "tel:", "٣", "é", "\0", "99",
    ];
    let mut state = 1_u64;
    for _ in 0..20_000 {
        let mut typed = String::new();
        for _ in 0..12 {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            let piece = usize::try_from(state >> 33).unwrap() % pieces.len();
            typed.push_str(pieces.get(piece).unwrap());
        }
        let _read = typed.parse::<PhoneNumber>();
        let _read = PhoneNumber::in_region(&typed, "SE");
    }
}

#[tokio::test]
async fn s11_a_phone_counts_once_a_code_has_confirmed_it() {
    let world = World::with_phones();
    let signed_in = world.register("42", "alice", OLD).await;
    let ticket = world.settings(&signed_in).await;
    let ask = || Challenge::NewPhone(number(PHONE));
    assert_eq!(world.challenge(&ticket, ask()).await, Challenged::Unproven);
    let ticket = world.proven(&ticket, OLD).await;
    assert_eq!(world.challenge(&ticket, ask()).await, Challenged::TextSent);
    let letter = world.letter().await;
    assert_eq!(letter.to(), &number(PHONE));
    assert_eq!(letter.name(), None, "a stranger's phone is told no name");
    // Not confirmed: it neither signs in nor changes anything.
    assert!(matches!(
        world.sign_in(PHONE, OLD).await,
        SignIn::Denied { .. }
    ));
    let early = world.accounts.apply(&ticket, Changes::new().phone()).await;
    assert!(matches!(early, Ok(Apply::Unproven)), "{early:?}");
    let guess = Proof::NewPhone(wrong(&code(&letter)));
    assert!(matches!(
        world.offer(&ticket, guess).await,
        Prove::Denied { left: Some(2) }
    ));
    let ticket = world
        .accepted(&ticket, Proof::NewPhone(code(&letter)))
        .await;
    let signed_in = world.applied(&ticket, Changes::new().phone()).await;
    assert!(world.is_live(signed_in.token()).await);
    let letter = world.letter().await;
    assert_eq!(
        (letter.to(), notice(&letter)),
        (&phone(), Notice::PhoneChanged)
    );
    // S1: the number is a login name, however it is typed.
    for typed in [PHONE, "46701234567", "+46 70-123 45 67"] {
        world.signed_in(typed, OLD).await;
    }
    let session = world.session(&signed_in).await;
    let export = world.accounts.export(&session).await.unwrap().unwrap();
    assert_eq!(export.phone.unwrap().0, PHONE);
}

#[tokio::test]
async fn s11_recovery_by_phone_asks_for_the_user_name_too() {
    let world = World::with_phones();
    let _alice = world.alice_with_phone(true).await;
    let _bob = world.register("7", "bob", OLD).await;
    assert_eq!(
        world.accounts.methods(),
        [
            Method::SecurityEmail,
            Method::Phone,
            Method::HintQuestion,
            Method::SecurityCode
        ]
    );
    for login in [PHONE, ALICE, "alice"] {
        let ticket = world.recover(login);
        let without = world
            .accounts
            .challenge(&ticket, Challenge::Phone(None))
            .await;
        assert!(matches!(without, Err(Error::NotOffered)));
        for other in ["bob", "nobody"] {
            assert!(world.text_to(&ticket, other).await.is_empty(), "{other}");
        }
        let post = world.text_to(&ticket, "Alice").await;
        assert_eq!(post.len(), 1);
        assert_eq!(text(&post).to(), &number(PHONE));
        world.clock.advance(hours(13));
    }
    let ticket = world.recover(PHONE);
    let post = world.text_to(&ticket, "alice").await;
    let guess = Proof::Phone(wrong(&code(text(&post))));
    assert!(matches!(
        world.offer(&ticket, guess).await,
        Prove::Denied { left: Some(2) }
    ));
    let ticket = world
        .accepted(&ticket, Proof::Phone(code(text(&post))))
        .await;
    let _device = world.recovered(&ticket, NEW).await;
    world.signed_in(PHONE, NEW).await;
    // N01: both addresses are told, the one that did not get the code as well.
    let post = world.post().await;
    let changed = [Notice::PasswordChanged(Method::Phone)];
    assert_eq!(told(&post, &mailbox()), changed);
    assert_eq!(told(&post, &phone()), changed);
    // S20, and a password that the phone set buys what the phone buys.
    let signed_in = world.signed_in("alice", NEW).await;
    let ticket = world.settings(&signed_in).await;
    let ticket = world.proven(&ticket, NEW).await;
    let ask = Challenge::NewEmail(email("mallory@shop.example"));
    assert_eq!(world.challenge(&ticket, ask).await, Challenged::Unproven);
}

#[tokio::test]
async fn s10_s11_a_code_to_the_phone_signs_in_once() {
    let world = World::with_phones();
    let _alice = world.alice_with_phone(true).await;
    let ticket = world.recover(PHONE);
    let post = world.text_to(&ticket, "alice").await;
    world.clock.advance(9 * MINUTE);
    let code = code(text(&post));
    let ticket = world.accepted(&ticket, Proof::Phone(code.clone())).await;
    let entered = world.accounts.sign_in_once(&ticket).await.unwrap();
    assert!(matches!(entered, SignInOnce::Accepted(_)), "{entered:?}");
    let again = world.accounts.sign_in_once(&ticket).await.unwrap();
    assert!(matches!(again, SignInOnce::Expired), "{again:?}");
    assert!(matches!(
        world.offer(&ticket, Proof::Phone(code)).await,
        Prove::Expired
    ));
    let post = world.post().await;
    assert_eq!(told(&post, &mailbox()), [Notice::SignedInOnce]);
    world.signed_in("alice", OLD).await;
}

#[tokio::test]
async fn g03_a_code_to_the_phone_is_good_for_ten_minutes() {
    let world = World::with_phones();
    let alice = world.alice_with_phone(true).await;
    for (after, is_good) in [
        (10 * MINUTE - Duration::from_millis(1), true),
        (10 * MINUTE, false),
    ] {
        let ticket = world.recover("alice");
        let post = world.text_to(&ticket, "alice").await;
        world.clock.advance(after);
        let proved = world.offer(&ticket, Proof::Phone(code(text(&post)))).await;
        assert_eq!(
            matches!(proved, Prove::Accepted(_)),
            is_good,
            "{after:?}: {proved:?}"
        );
        world.clock.advance(hours(1));
    }
    // And so is one to a new number.
    world.clock.advance(hours(13));
    let alice = match world.is_live(alice.token()).await {
        true => alice,
        false => world.signed_in("alice", OLD).await,
    };
    let ticket = world.agreed(&alice, false, true).await;
    let ask = || Challenge::NewPhone(number(NEW_PHONE));
    assert_eq!(world.challenge(&ticket, ask()).await, Challenged::TextSent);
    let old = code(text(&world.post().await));
    world.clock.advance(10 * MINUTE);
    assert!(matches!(
        world.offer(&ticket, Proof::NewPhone(old.clone())).await,
        Prove::Expired
    ));
    assert_eq!(world.challenge(&ticket, ask()).await, Challenged::TextSent);
    let new = code(text(&world.post().await));
    assert_ne!(old.expose(), new.expose());
    world.accepted(&ticket, Proof::NewPhone(new)).await;
}

/// S9: it comes again for half of its life, then another one does.
#[tokio::test]
async fn s09_s11_a_code_to_the_phone_can_be_asked_for_again() {
    let world = World::with_phones();
    let _alice = world.alice_with_phone(true).await;
    let ticket = world.recover("alice");
    let first = code(text(&world.text_to(&ticket, "alice").await));
    world.clock.advance(MINUTE);
    let second = code(text(&world.text_to(&ticket, "alice").await));
    assert_eq!(first.expose(), second.expose());
    world.clock.advance(4 * MINUTE);
    let third = code(text(&world.text_to(&ticket, "alice").await));
    assert_ne!(first.expose(), third.expose());
    world.accepted(&ticket, Proof::Phone(third)).await;
}

#[test]
fn g03_builder_caps_a_text_at_ten_minutes() {
    let built = |policy: Policy| {
        let sender = MemorySender::new();
        let builder = Accounts::builder(MemoryStore::new(), sender, key());
        phones(builder.danger_codes_without_links())
            .policy(policy)
            .build()
    };
    let policy = || Policy::marketplace().phones();
    assert!(built(policy()).is_ok());
    assert!(built(policy().text_life(MINUTE)).is_ok());
    for life in [Duration::ZERO, 10 * MINUTE + Duration::from_millis(1)] {
        let refused = built(policy().text_life(life));
        assert!(matches!(refused, Err(BuildError::Lives)), "{life:?}");
    }
}

/// A service that sends no text messages need not know of them.
#[tokio::test]
async fn s11_a_service_without_phones_offers_none() {
    let world = World::new();
    assert!(!world.accounts.methods().contains(&Method::Phone));
    let (signed_in, _code) = world.alice().await;
    let ticket = world.settings(&signed_in).await;
    let ticket = world.proven(&ticket, OLD).await;
    for ask in [Challenge::NewPhone(number(PHONE)), Challenge::Phone(None)] {
        let refused = world.accounts.challenge(&ticket, ask).await;
        assert!(matches!(refused, Err(Error::NotOffered)));
    }
    let ticket = world.recover("alice");
    let ask = Challenge::Phone(Some("alice".parse().unwrap()));
    let refused = world.accounts.challenge(&ticket, ask).await;
    assert!(matches!(refused, Err(Error::NotOffered)));
    let builder = Accounts::builder(MemoryStore::new(), MemorySender::new(), key());
    let builder = builder.danger_codes_without_links();
    let refused = builder.policy(Policy::marketplace().phones()).build();
    assert!(matches!(refused, Err(BuildError::Phones)));
}

#[test]
fn a05_s11_recovery_by_phone_is_named_as_restricted() {
    let asks = |policy: Policy| -> Vec<&'static str> {
        policy
            .deviations()
            .iter()
            .map(|deviation| deviation.asks)
            .collect()
    };
    let restricted =
        "the telephone network is restricted: its risks are told, and another way is offered";
    for policy in [Policy::marketplace(), Policy::nist()] {
        assert!(!asks(policy.clone()).contains(&restricted));
        assert!(asks(policy.clone()).contains(&"two recovery addresses"));
        let with = asks(policy.phones());
        assert!(with.contains(&restricted));
        // G09.
        assert!(!with.contains(&"two recovery addresses"));
    }
    assert_eq!(
        Policy::nist().phones().deviations().len(),
        Policy::nist().deviations().len()
    );
}

/// G09: an e-mail and a phone are the two addresses; the first of one kind asks the other one.
#[tokio::test]
async fn g09_two_recovery_addresses() {
    for has_email in [true, false] {
        let world = World::with_phones();
        let mut alice = world.register("42", "alice", OLD).await;
        if has_email {
            alice = world.add_email(&alice, OLD, ALICE).await;
        } else {
            alice = world.add_phone(&alice, false, PHONE).await;
        }
        world.clock.advance(days(4));
        let ticket = world.settings(&alice).await;
        let ticket = world.proven(&ticket, OLD).await;
        let new = || match has_email {
            true => Challenge::NewPhone(number(PHONE)),
            false => Challenge::NewEmail(email(ALICE)),
        };
        assert_eq!(world.challenge(&ticket, new()).await, Challenged::Unproven);
        let ticket = world.agreed(&alice, has_email, !has_email).await;
        let _alice = match has_email {
            true => world.take_phone(&ticket, PHONE).await,
            false => {
                assert_eq!(world.challenge(&ticket, new()).await, Challenged::Sent);
                let code = code(&world.letter().await);
                let ticket = world.accepted(&ticket, Proof::NewEmail(code)).await;
                world.applied(&ticket, Changes::new().email()).await
            }
        };
        let post = world.post().await;
        let what = if has_email {
            Notice::PhoneChanged
        } else {
            Notice::EmailChanged
        };
        assert_eq!(told(&post, &mailbox()), [what]);
        assert_eq!(told(&post, &phone()), [what]);
        let (_ticket, letter) = world.recover_by_mail("alice").await;
        assert_eq!(letter.to(), &email(ALICE));
        let ticket = world.recover("alice");
        assert_eq!(
            text(&world.text_to(&ticket, "alice").await).to(),
            &number(PHONE)
        );
    }
}

#[tokio::test]
async fn s13_s11_the_phone_changes_with_the_password_and_both_codes() {
    let world = World::with_phones();
    let alice = world.alice_with_phone(true).await;
    let old_session = alice.token().clone();
    // The mailbox does not stand for the phone that is there.
    let ticket = world.agreed(&alice, true, false).await;
    let ask = Challenge::NewPhone(number(NEW_PHONE));
    assert_eq!(world.challenge(&ticket, ask).await, Challenged::Unproven);
    let ticket = world.agreed(&alice, false, true).await;
    let _alice = world.take_phone(&ticket, NEW_PHONE).await;
    assert!(!world.is_live(&old_session).await);
    let post = world.post().await;
    for to in [mailbox(), phone(), number(NEW_PHONE).into()] {
        assert_eq!(told(&post, &to), [Notice::PhoneChanged], "{to:?}");
    }
    world.signed_in(NEW_PHONE, OLD).await;
    assert!(matches!(
        world.sign_in(PHONE, OLD).await,
        SignIn::Denied { .. }
    ));
    let ticket = world.recover("alice");
    let post = world.text_to(&ticket, "alice").await;
    assert_eq!(text(&post).to(), &number(NEW_PHONE));
}

/// The code to the new number goes out once everything else is proved; of two changes the later one
/// is the pending one.
#[tokio::test]
async fn s13_s11_one_change_of_the_phone_is_pending() {
    let world = World::with_phones();
    let alice = world.alice_with_phone(true).await;
    let first = world.agreed(&alice, false, true).await;
    let ask = |to| Challenge::NewPhone(number(to));
    let _sent = world.challenge(&first, ask(NEW_PHONE)).await;
    let early = code(text(&world.post().await));
    world.clock.advance(MINUTE);
    let second = world.agreed(&alice, false, true).await;
    let _sent = world.challenge(&second, ask("+46761112233")).await;
    let late = code(text(&world.post().await));
    assert!(matches!(
        world.offer(&first, Proof::NewPhone(early)).await,
        Prove::Expired
    ));
    let second = world.accepted(&second, Proof::NewPhone(late)).await;
    let _alice = world.applied(&second, Changes::new().phone()).await;
    world.signed_in("+46761112233", OLD).await;
}

/// N01.
#[tokio::test]
async fn n01_notice_goes_to_all_addresses() {
    let world = World::with_phones();
    let alice = world.alice_with_phone(true).await;
    let alice = world.change(&alice, OLD, NEW).await;
    let post = world.post().await;
    let changed = [Notice::PasswordChanged(Method::CurrentPassword)];
    assert_eq!(told(&post, &mailbox()), changed);
    assert_eq!(told(&post, &phone()), changed);
    // A change of the e-mail is told to the phone.
    let _alice = world.change(&alice, NEW, OLD).await;
    let _post = world.post().await;
    world.clock.advance(days(4));
    let alice = world.signed_in("alice", OLD).await;
    let ticket = world.agreed(&alice, true, false).await;
    let _sent = world
        .challenge(&ticket, Challenge::NewEmail(email("new@shop.example")))
        .await;
    let code = code(&world.letter().await);
    let ticket = world.accepted(&ticket, Proof::NewEmail(code)).await;
    let _alice = world.applied(&ticket, Changes::new().email()).await;
    let post = world.post().await;
    for to in [mailbox(), phone(), email("new@shop.example").into()] {
        assert_eq!(told(&post, &to), [Notice::EmailChanged], "{to:?}");
    }
}

/// With the security code alone, the new number waits, and both numbers are told.
#[tokio::test]
async fn s06_s11_a_phone_that_the_security_code_changes_waits() {
    let world = World::with_phones();
    let alice = world.register("42", "alice", OLD).await;
    let (alice, paper) = world.add_code(&alice, OLD).await;
    let _alice = world.add_phone(&alice, false, PHONE).await;
    world.clock.advance(days(4));
    let ticket = world.recover("alice");
    let ticket = world.accepted(&ticket, Proof::SecurityCode(paper)).await;
    let ask = Challenge::NewPhone(number(NEW_PHONE));
    assert_eq!(world.challenge(&ticket, ask).await, Challenged::TextSent);
    let post = world.post().await;
    let ticket = world
        .accepted(&ticket, Proof::NewPhone(code(text(&post))))
        .await;
    let changes = Changes::new().phone().password(typed_twice(NEW));
    let applied = world.accounts.apply(&ticket, changes).await.unwrap();
    assert!(matches!(applied, Apply::Recovered(_)), "{applied:?}");
    let post = world.post().await;
    let new: Address = number(NEW_PHONE).into();
    assert!(
        matches!(*told(&post, &new), [Notice::PhoneChangeWaits(_)]),
        "{post:?}"
    );
    assert_eq!(told(&post, &phone()).len(), 2, "the password and the phone");
    world.signed_in(PHONE, NEW).await;
    world.clock.advance(days(3));
    let post = world.post().await;
    for to in [phone(), new] {
        assert_eq!(told(&post, &to), [Notice::PhoneChanged], "{to:?}");
    }
    world.signed_in(NEW_PHONE, NEW).await;
    assert!(matches!(
        world.sign_in(PHONE, NEW).await,
        SignIn::Denied { .. }
    ));
}

/// Somebody else has confirmed the number while it waited.
#[tokio::test]
async fn x20_s11_a_phone_that_waits_and_is_taken_meanwhile_stays_as_it_was() {
    let world = World::with_phones();
    let alice = world.register("42", "alice", OLD).await;
    let (alice, paper) = world.add_code(&alice, OLD).await;
    let _alice = world.add_phone(&alice, false, PHONE).await;
    world.clock.advance(days(4));
    let ticket = world.recover("alice");
    let ticket = world.accepted(&ticket, Proof::SecurityCode(paper)).await;
    let _sent = world
        .challenge(&ticket, Challenge::NewPhone(number(NEW_PHONE)))
        .await;
    let post = world.post().await;
    let ticket = world
        .accepted(&ticket, Proof::NewPhone(code(text(&post))))
        .await;
    let applied = world
        .accounts
        .apply(&ticket, Changes::new().phone())
        .await
        .unwrap();
    assert!(matches!(applied, Apply::Recovered(_)));
    world.clock.advance(MINUTE);
    let bob = world.register("7", "bob", OLD).await;
    let _bob = world.add_phone(&bob, false, NEW_PHONE).await;
    world.clock.advance(days(4));
    let post = [world.post().await, world.post().await].concat();
    assert_eq!(told(&post, &phone()), [Notice::PhoneChangeFailed]);
    world.signed_in(PHONE, OLD).await;
}

#[tokio::test]
async fn s11_a_phone_is_removed_with_the_password_and_a_code_to_it() {
    let world = World::with_phones();
    let alice = world.alice_with_phone(true).await;
    let ticket = world.agreed(&alice, true, false).await;
    let refused = world
        .accounts
        .apply(&ticket, Changes::new().no_phone())
        .await;
    assert!(matches!(refused, Ok(Apply::Unproven)), "{refused:?}");
    let ticket = world.agreed(&alice, false, true).await;
    let alice = world.applied(&ticket, Changes::new().no_phone()).await;
    let post = world.post().await;
    assert_eq!(told(&post, &mailbox()), [Notice::PhoneRemoved]);
    assert_eq!(told(&post, &phone()), [Notice::PhoneRemoved]);
    assert!(matches!(
        world.sign_in(PHONE, OLD).await,
        SignIn::Denied { .. }
    ));
    // Free for others, and not there any more.
    let ticket = world.settings(&alice).await;
    let none = world.challenge(&ticket, Challenge::Phone(None)).await;
    assert_eq!(none, Challenged::NoPhone);
    let bob = world.register("7", "bob", OLD).await;
    let _bob = world.add_phone(&bob, false, PHONE).await;
    world.signed_in(PHONE, OLD).await;
}

/// An account that has no e-mail proves by its phone what others prove by the mailbox.
#[tokio::test]
async fn s11_the_phone_stands_for_an_e_mail_that_is_not_there() {
    let world = World::with_phones();
    let alice = world.alice_with_phone(false).await;
    let ticket = world.settings(&alice).await;
    let ticket = world.proven(&ticket, OLD).await;
    let refused = world.accounts.apply(&ticket, Changes::new().delete()).await;
    assert!(matches!(refused, Ok(Apply::Unproven)), "{refused:?}");
    let ticket = world.agreed(&alice, false, true).await;
    let deleted = world.accounts.apply(&ticket, Changes::new().delete()).await;
    assert!(matches!(deleted, Ok(Apply::Deleted)), "{deleted:?}");
    assert_eq!(
        told(&world.post().await, &phone()),
        [Notice::AccountDeleted]
    );
    // With an e-mail it does not.
    let world = World::with_phones();
    let alice = world.alice_with_phone(true).await;
    let ticket = world.agreed(&alice, false, true).await;
    let refused = world.accounts.apply(&ticket, Changes::new().delete()).await;
    assert!(matches!(refused, Ok(Apply::Unproven)), "{refused:?}");
}

#[tokio::test]
async fn s13_s11_a_number_in_use_is_told_to_its_holder_alone() {
    let world = World::with_phones();
    let _alice = world.alice_with_phone(true).await;
    let bob = world.register("7", "bob", OLD).await;
    let ticket = world.agreed(&bob, false, false).await;
    let ask = |to| Challenge::NewPhone(number(to));
    assert_eq!(
        world.challenge(&ticket, ask(PHONE)).await,
        Challenged::TextSent
    );
    let letter = world.letter().await;
    assert!(matches!(letter.content(), Content::AlreadyInUse));
    assert_eq!(letter.to(), &phone());
    let guess = Proof::NewPhone("12345678".parse().unwrap());
    assert!(matches!(
        world.offer(&ticket, guess).await,
        Prove::Denied { .. }
    ));
    // Free when asked for, in use when it is done.
    let other = "+46761112233";
    world.clock.advance(MINUTE);
    let _sent = world.challenge(&ticket, ask(other)).await;
    let post = world.post().await;
    let ticket = world
        .accepted(&ticket, Proof::NewPhone(code(text(&post))))
        .await;
    let carol = world.register("8", "carol", OLD).await;
    world.clock.advance(MINUTE);
    let _carol = world.add_phone(&carol, false, other).await;
    let taken = world.accounts.apply(&ticket, Changes::new().phone()).await;
    assert!(
        matches!(taken, Ok(Apply::Taken(KeyKind::Phone))),
        "{taken:?}"
    );
}

#[tokio::test]
async fn x15_s11_no_text_goes_to_a_country_that_is_not_served() {
    let is_open = Arc::new(AtomicBool::new(true));
    let open = Arc::clone(&is_open);
    let world = World::with(|builder| {
        let sweden =
            move |number: &PhoneNumber| number.country_code() == 46 && open.load(Ordering::SeqCst);
        phones(builder).phone_countries(sweden)
    });
    let alice = world.alice_with_phone(true).await;
    let ticket = world.agreed(&alice, false, true).await;
    for far in ["+47 900 12 345", "+1 613 782 7274", "+358 40 123 4567"] {
        let ask = Challenge::NewPhone(number(far));
        assert_eq!(
            world.challenge(&ticket, ask).await,
            Challenged::CountryRefused,
            "{far}"
        );
        assert!(world.post().await.is_empty());
    }
    // Also none to a number that is there, when its country is no longer served.
    is_open.store(false, Ordering::SeqCst);
    world.clock.advance(hours(13));
    let stranger = world.recover("alice");
    assert!(world.text_to(&stranger, "alice").await.is_empty());
    let ticket = world.settings(&alice).await;
    let own = world.challenge(&ticket, Challenge::Phone(None)).await;
    assert_eq!(own, Challenged::CountryRefused);
    let _alice = world.change(&alice, OLD, NEW).await;
    let post = world.post().await;
    assert_eq!(post.len(), 1);
    assert_eq!(post.first().unwrap().to(), &mailbox());
    // It is not tried for ever.
    assert!(world.post().await.is_empty());
    is_open.store(true, Ordering::SeqCst);
    world.clock.advance(days(1));
    assert!(world.post().await.is_empty());
}

/// A number gets five texts in twelve hours, whatever changes; a known device has five of its own.
#[tokio::test]
async fn x15_s11_texts_to_a_number_are_limited() {
    let world = World::with_phones();
    let alice = world.alice_with_phone(true).await;
    let device = alice.device().clone();
    let mut sent = 0;
    for _ in 0..20 {
        let ticket = world.recover("alice");
        sent += codes(&world.text_to(&ticket, "alice").await);
        world.clock.advance(MINUTE);
    }
    assert_eq!(sent, 5);
    let client = Client::new().human(true).device(device);
    let ticket = world.recover_as("alice", &client);
    assert_eq!(
        codes(&world.text_to(&ticket, "alice").await),
        1,
        "the owner's device"
    );
    // A new password does not bring them back.
    let (_ticket, letter) = world.recover_by_mail("alice").await;
    let ticket = world.recover("alice");
    drop(letter);
    assert_eq!(codes(&world.text_to(&ticket, "alice").await), 0);
    let alice = world.signed_in("alice", OLD).await;
    let _alice = world.change(&alice, OLD, NEW).await;
    let _notices = world.post().await;
    let ticket = world.recover("alice");
    assert_eq!(codes(&world.text_to(&ticket, "alice").await), 0);
    world.clock.advance(hours(12));
    let ticket = world.recover("alice");
    assert_eq!(codes(&world.text_to(&ticket, "alice").await), 1);
}

/// Who is paid for text messages has many numbers: an account names five in twelve hours.
#[tokio::test]
async fn x15_s11_texts_to_new_numbers_are_limited_for_an_account() {
    let world = World::with_phones();
    let mallory = world.register("666", "mallory", OLD).await;
    let ticket = world.agreed(&mallory, false, false).await;
    let mut sent = 0;
    for nth in 0..20 {
        let ask = Challenge::NewPhone(number(&format!("+467012345{nth:02}")));
        assert_eq!(world.challenge(&ticket, ask).await, Challenged::TextSent);
        sent += codes(&world.post().await);
        world.clock.advance(MINUTE);
    }
    assert_eq!(sent, 5);
}

#[tokio::test]
async fn g02_s11_three_wrong_codes_lock_the_phone_and_nothing_else() {
    let world = World::with_phones();
    let _alice = world.alice_with_phone(true).await;
    let ticket = world.recover("alice");
    let right = code(text(&world.text_to(&ticket, "alice").await));
    for left in [2, 1, 0] {
        let proved = world.offer(&ticket, Proof::Phone(wrong(&right))).await;
        assert!(
            matches!(proved, Prove::Denied { left: Some(l) } if l == left),
            "{proved:?}"
        );
    }
    let proved = world.offer(&ticket, Proof::Phone(right)).await;
    assert!(matches!(proved, Prove::Locked { .. }), "{proved:?}");
    let _lock_notices = world.post().await;
    let (ticket, letter) = world.recover_by_mail("alice").await;
    world
        .accepted(&ticket, Proof::SecurityEmail(code(&letter)))
        .await;
}

#[tokio::test]
async fn s11_an_import_may_bring_a_confirmed_phone() {
    let world = World::with_phones();
    let import = |id: &str, name: &str| {
        let hash: ImportedHash = OLD_ELSEWHERE.parse().unwrap();
        ImportedAccount::new(account_id(id), name.parse().unwrap(), hash).phone(number(PHONE))
    };
    let imported = world
        .accounts
        .import(import("42", "alice"), &Client::new())
        .await;
    assert_eq!(imported.unwrap(), Import::Imported);
    let taken = world
        .accounts
        .import(import("7", "bob"), &Client::new())
        .await;
    assert_eq!(taken.unwrap(), Import::Taken(KeyKind::Phone));
    let signed_in = world
        .accounts
        .sign_in(&PHONE.parse().unwrap(), &password(OLD), &Client::new())
        .await
        .unwrap();
    assert!(matches!(signed_in, SignIn::Accepted(_)), "{signed_in:?}");
    let ticket = world.recover(PHONE);
    assert_eq!(
        text(&world.text_to(&ticket, "alice").await).to(),
        &number(PHONE)
    );
}

/// GSM 03.38, the basic alphabet.
const GSM: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";

/// A code is one text message: nobody pays for two, and none arrives without its second half. A notice
/// is two at most.
#[tokio::test]
async fn s21_s11_each_text_fits_into_one_message() {
    let purposes = [
        CodePurpose::ConfirmChange,
        CodePurpose::ConfirmNewAddress,
        CodePurpose::Recovery,
    ];
    let code = |purpose| Content::Code {
        purpose,
        code: "12345678".parse().unwrap(),
        link: None,
        cancel: None,
    };
    let mut contents: Vec<Content> = purposes.into_iter().map(code).collect();
    contents.push(Content::AlreadyInUse);
    for what in [
        Notice::AccountDeleted,
        Notice::EmailChanged,
        Notice::Locked(Method::Phone),
        Notice::PasswordChanged(Method::Phone),
        Notice::PhoneChanged,
        Notice::PhoneRemoved,
        Notice::SecondFactorEnrolled,
        Notice::SecurityCodeUsed,
        Notice::SignedInOnce,
    ] {
        let at = World::new().clock.now();
        contents.push(Content::Notice {
            notice: what,
            at,
            cancel: None,
        });
    }
    for locale in Locale::ALL {
        for content in &contents {
            let message = Message::new([1; 16], number(PHONE), content.clone())
                .speaking(locale, &Catalogue::new())
                .greeting("alice");
            let text = message.text();
            // One message, or the parts of two.
            let is_gsm = text.chars().all(|c| GSM.contains(c));
            let most = match (is_gsm, content) {
                (true, Content::Notice { .. }) => 306,
                (true, _) => 160,
                (false, Content::Notice { .. }) => 134,
                (false, _) => 70,
            };
            assert!(
                text.chars().count() <= most,
                "{}: {}",
                text.chars().count(),
                *text
            );
            assert!(
                !text.contains("alice") && !text.contains("http"),
                "{}",
                *text
            );
            if let Content::Code { .. } = content {
                assert!(text.ends_with(" 12345678"), "{}", *text);
            }
        }
    }
}

#[tokio::test]
async fn s11_the_sender_sees_the_channel_with_the_message() {
    let (mails, texts) = (MemorySender::new(), MemorySender::new());
    let sender = Channels::new(mails.clone(), texts.clone());
    let content = || Content::AlreadyInUse;
    let mail = Message::new([1; 16], email(ALICE), content());
    sender.send(&mail).await.unwrap();
    sender
        .send(&Message::new([2; 16], number(PHONE), content()))
        .await
        .unwrap();
    let (mails, texts) = (mails.take(), texts.take());
    assert_eq!((mails.len(), texts.len()), (1, 1));
    assert!(matches!(mails.first().unwrap().to(), Address::Email(_)));
    assert!(matches!(texts.first().unwrap().to(), Address::Phone(_)));
}

#[cfg(feature = "smtp")]
#[tokio::test]
async fn s11_a_mail_server_is_given_no_text_message() {
    let sender = backstop::SmtpSender::plain_loopback(9).from("Shop <no-reply@shop.example>");
    let sender = sender.build().unwrap();
    let message = Message::new([1; 16], number(PHONE), Content::AlreadyInUse);
    let refused = sender.send(&message).await.unwrap_err();
    assert!(refused.is_permanent());
    let why = std::error::Error::source(&refused).unwrap().to_string();
    assert!(why.contains("Channels") && !why.contains("46"), "{why}");
}
