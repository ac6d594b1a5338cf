//! The attack book against recoveries: one test for each row that is not in a file of its own
//! (`kept_out`, `recovery_alike`, `recovery_races`, `recovery_faults`).
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod support;

use std::time::Duration;

use backstop::{
    Apply, Challenge, Challenged, Changes, Client, EmailAddress, Issue, Link, Message, Proof,
    Prove, SecurityCode, ServiceKey, SessionStatus, SessionToken, SignIn, SignedIn, Stopped,
    Ticket, message::Content, name::KeyKind,
};
use base64ct::{Base64UrlUnpadded, Encoding};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use support::{
    ALICE, ANSWER, NEW, OLD, WRONG, World, answer, days, email, hours, key, login,
    mail::{cancel, code, link, wrong},
    password, question, typed_twice,
};

const MINUTE: Duration = Duration::from_secs(61);

async fn followed(world: &World, link: &Link) -> Option<Ticket> {
    match world.accounts.follow(link, None).await.unwrap() {
        Prove::Accepted(ticket) => Some(ticket),
        _ => None,
    }
}

async fn applied(world: &World, ticket: &Ticket, changes: Changes) -> Apply {
    world.accounts.apply(ticket, changes).await.unwrap()
}

async fn is_let_in(world: &World, typed: &str, client: &Client) -> bool {
    let (name, typed) = (login("alice"), password(typed));
    let answer = world.accounts.sign_in(&name, &typed, client).await;
    matches!(answer, Ok(SignIn::Accepted(_)))
}

fn new_password() -> Changes {
    Changes::new().password(typed_twice(NEW))
}

/// The password and the code to the old address, in a session.
async fn proven_twice(world: &World, signed_in: &SignedIn) -> Ticket {
    let ticket = world.settings(signed_in).await;
    let ticket = world.proven(&ticket, OLD).await;
    let sent = world.challenge(&ticket, Challenge::SecurityEmail).await;
    assert_eq!(sent, Challenged::Sent);
    let old = code(&world.letter().await);
    world.accepted(&ticket, Proof::SecurityEmail(old)).await
}

async fn mail_to(world: &World, ticket: &Ticket, to: &str) -> Message {
    let sent = world.challenge(ticket, Challenge::NewEmail(email(to)));
    assert_eq!(sent.await, Challenged::Sent);
    world.letter().await
}

/// All that strangers can miss, at every method.
async fn strangers_miss(world: &World) {
    for _ in 0..5 {
        let ticket = world.recover("alice");
        let _sent = world.challenge(&ticket, Challenge::SecurityEmail).await;
        let guess = Proof::SecurityEmail("00000000".parse().unwrap());
        drop(world.offer(&ticket, guess).await);
        let guess = Proof::HintQuestion(answer("Somebody Else"));
        drop(world.offer(&ticket, guess).await);
        drop(world.sign_in("alice", WRONG).await);
    }
}

#[tokio::test]
async fn x07_d06_strangers_never_keep_the_owner_out() {
    for way in ["link", "security code", "hint at a known device", "sign-in"] {
        let world = World::new();
        let (signed_in, security_code) = world.alice().await;
        let mut mailbox = Vec::new();
        for _hour in 0..60 {
            strangers_miss(&world).await;
            mailbox.extend(world.post().await);
            world.clock.advance(hours(1));
        }
        strangers_miss(&world).await;
        let client = Client::new().human(true).device(signed_in.device().clone());
        let ticket = world.recover_as("alice", &client);
        let ticket = match way {
            "link" => followed(&world, &link(mailbox.last().unwrap())).await,
            "security code" => {
                let proof = Proof::SecurityCode(security_code);
                Some(world.accepted(&world.recover("alice"), proof).await)
            }
            "sign-in" => {
                assert!(is_let_in(&world, OLD, &client).await);
                None
            }
            _ => {
                let proof = Proof::HintQuestion(answer(ANSWER));
                Some(world.accepted(&ticket, proof).await)
            }
        };
        assert!(ticket.is_some() || way == "sign-in", "{way}");
        if let Some(ticket) = ticket {
            let _device = world.recovered(&ticket, NEW).await;
        }
    }
}

#[tokio::test]
async fn d07_x08_asking_for_a_recovery_alters_nothing() {
    let world = World::new();
    let (signed_in, _code) = world.alice().await;
    for _ in 0..50 {
        let ticket = world.recover("alice");
        let _sent = world.challenge(&ticket, Challenge::SecurityEmail).await;
        let _shown = world.challenge(&ticket, Challenge::HintQuestion).await;
    }
    assert!(world.is_live(signed_in.token()).await);
    let _still = world.signed_in("alice", OLD).await;
    assert_eq!(world.activity(&signed_in).await.len(), 3);
}

/// The device on which the account was recovered is known, so strangers' misses are over for it.
#[tokio::test]
async fn x09_a_lock_does_not_survive_a_recovery() {
    let world = World::new();
    let (_signed_in, security_code) = world.alice().await;
    for _ in 0..20 {
        drop(world.sign_in("alice", WRONG).await);
        world.clock.advance(hours(1));
    }
    drop(world.sign_in("alice", WRONG).await);
    let ticket = world.recover("alice");
    let proof = Proof::SecurityCode(security_code);
    let ticket = world.accepted(&ticket, proof).await;
    let device = world.recovered(&ticket, NEW).await;
    let locked = world.sign_in("alice", NEW).await;
    assert!(matches!(locked, SignIn::Locked { .. }), "{locked:?}");
    let client = Client::new().device(device);
    assert!(is_let_in(&world, NEW, &client).await);
}

#[tokio::test]
async fn x15_what_is_refused_does_not_cost_the_proof() {
    let world = World::new();
    let (_signed_in, _code) = world.alice().await;
    let (ticket, letter) = world.recover_by_mail("alice").await;
    let proof = Proof::SecurityEmail(code(&letter));
    let ticket = world.accepted(&ticket, proof).await;
    for weak in ["weak", "Password1!", "Alice-1-Alice"] {
        let refused = world.apply(&ticket, weak).await;
        assert!(
            matches!(refused, Apply::Unmet { .. }),
            "{weak}: {refused:?}"
        );
    }
    let _device = world.recovered(&ticket, NEW).await;
    // The same for an answer, and for a code that is typed back wrongly.
    let world = World::new();
    let signed_in = world.register("42", "alice", OLD).await;
    let ticket = world.settings(&signed_in).await;
    let ticket = world.proven(&ticket, OLD).await;
    let usual = Changes::new().hint(question(), answer("Mr Smith"));
    let refused = applied(&world, &ticket, usual).await;
    assert!(matches!(refused, Apply::Unmet { .. }), "{refused:?}");
    let Issue::Issued(code) = world.accounts.issue_security_code(&ticket).await.unwrap() else {
        panic!("not issued");
    };
    let other: SecurityCode = "0".repeat(27).parse().unwrap();
    let mistyped = applied(&world, &ticket, Changes::new().security_code(other)).await;
    assert!(matches!(mistyped, Apply::Mistyped), "{mistyped:?}");
    let right = Changes::new().security_code(code);
    assert!(matches!(
        applied(&world, &ticket, right).await,
        Apply::Applied(_)
    ));
}

/// Two pages of one owner, or of an owner and an intruder.
#[tokio::test]
async fn x18_confirmations_of_two_changes_are_not_mixed() {
    let world = World::new();
    let (signed_in, _code) = world.alice().await;
    let first = proven_twice(&world, &signed_in).await;
    world.clock.advance(MINUTE);
    let to_first = mail_to(&world, &first, "first@shop.example").await;
    world.clock.advance(MINUTE);
    // The second has the password alone: the code to the old address was for the first.
    let second = world.settings(&signed_in).await;
    let second = world.proven(&second, OLD).await;
    let early = Challenge::NewEmail(email("second@shop.example"));
    assert_eq!(world.challenge(&second, early).await, Challenged::Unproven);
    let second = proven_twice(&world, &signed_in).await;
    let to_second = mail_to(&world, &second, "second@shop.example").await;
    // The second is the pending one now; neither code does anything in the other.
    let stale = world.offer(&first, Proof::NewEmail(code(&to_first))).await;
    assert!(matches!(stale, Prove::Expired), "{stale:?}");
    let foreign = world.offer(&second, Proof::NewEmail(code(&to_first))).await;
    assert!(matches!(foreign, Prove::Denied { .. }), "{foreign:?}");
    let session = world.session(&signed_in).await;
    let link = link(&to_first);
    let stale = world.accounts.follow(&link, Some(&session)).await.unwrap();
    assert!(matches!(stale, Prove::Expired), "{stale:?}");
    let proof = Proof::NewEmail(code(&to_second));
    let second = world.accepted(&second, proof).await;
    let _changed = world.applied(&second, Changes::new().email()).await;
    let dead = applied(&world, &first, Changes::new().email()).await;
    assert!(matches!(dead, Apply::Expired), "{dead:?}");
    let _by_new_name = world.signed_in("second@shop.example", OLD).await;
}

/// Another address after the first is confirmed is confirmed anew.
#[tokio::test]
async fn x19_a_confirmation_is_of_one_address() {
    let world = World::new();
    let (signed_in, _code) = world.alice().await;
    let ticket = proven_twice(&world, &signed_in).await;
    let letter = mail_to(&world, &ticket, "mine@shop.example").await;
    let proof = Proof::NewEmail(code(&letter));
    let ticket = world.accepted(&ticket, proof).await;
    let _letter = mail_to(&world, &ticket, "yours@shop.example").await;
    let refused = applied(&world, &ticket, Changes::new().email()).await;
    assert!(matches!(refused, Apply::Unproven), "{refused:?}");
    let old = world.offer(&ticket, Proof::NewEmail(code(&letter))).await;
    assert!(matches!(old, Prove::Denied { .. }), "{old:?}");
}

/// Two accounts confirm one address: the first has it, and the other is told, having proved it.
#[tokio::test]
async fn x19_x35_an_address_is_whose_who_confirms_it_first() {
    let world = World::new();
    let mallory = world.register("43", "mallory", OLD).await;
    let early = world.settings(&mallory).await;
    let early = world.proven(&early, OLD).await;
    let letter = mail_to(&world, &early, ALICE).await;
    let early = world.accepted(&early, Proof::NewEmail(code(&letter))).await;
    world.clock.advance(MINUTE);
    // A pending one reserves nothing.
    let alice = world.register("42", "alice", OLD).await;
    let _alice = world.add_email(&alice, OLD, ALICE).await;
    let taken = applied(&world, &early, Changes::new().email()).await;
    assert!(matches!(taken, Apply::Taken(KeyKind::Email)), "{taken:?}");
    world.clock.advance(MINUTE);
    let (_ticket, letter) = world.recover_by_mail(ALICE).await;
    let ticket = followed(&world, &link(&letter)).await.unwrap();
    let _device = world.recovered(&ticket, NEW).await;
    let _hers = world.signed_in("alice", NEW).await;
    let _still = world.signed_in("mallory", OLD).await;
}

/// What folds to a stored address finds it, and the mail goes to the stored one.
#[tokio::test]
async fn x20_mail_goes_to_the_stored_address() {
    let world = World::new();
    let signed_in = world.register("42", "alice", OLD).await;
    let _signed_in = world.add_email(&signed_in, OLD, "kim@kiosk.example").await;
    for typed in [
        "kim@KIOSK.example",
        "kim@\u{212a}iosk.example",
        "\u{212a}im@kiosk.example",
        "k\u{131}m@kiosk.example",
        "kim@k\u{131}osk.example",
        "kim@kio\u{17f}k.example",
        "K\u{130}M@kiosk.example",
    ] {
        world.clock.advance(days(1));
        let Ok(name) = typed.parse() else { continue };
        let client = Client::new().human(true);
        let started = world.accounts.recover(&name, &client).unwrap();
        let backstop::Recover::Started(ticket) = started else {
            panic!("not started");
        };
        let _sent = world.challenge(&ticket, Challenge::SecurityEmail).await;
        for message in world.post().await {
            assert_eq!(message.to().as_str(), "kim@kiosk.example", "{typed}");
        }
    }
}

#[tokio::test]
async fn x22_a_recovery_ends_everything_else() {
    let world = World::new();
    let (signed_in, _code) = world.alice().await;
    let started = world.settings(&signed_in).await;
    let by_password = world.proven(&started, OLD).await;
    let (_ticket, letter) = world.recover_by_mail("alice").await;
    world.clock.advance(MINUTE);
    let (typed, other) = world.recover_by_mail("alice").await;
    let proof = Proof::SecurityEmail(code(&other));
    let ticket = world.accepted(&typed, proof).await;
    let _device = world.recovered(&ticket, NEW).await;
    assert!(!world.is_live(signed_in.token()).await);
    for dead in [&started, &by_password, &ticket] {
        let refused = applied(&world, dead, new_password()).await;
        assert!(matches!(refused, Apply::Expired | Apply::Unproven));
    }
    assert!(followed(&world, &link(&letter)).await.is_none());
    assert!(followed(&world, &link(&other)).await.is_none());
    // The device is unknown again: an answer given there waits.
    let client = Client::new().human(true).device(signed_in.device().clone());
    let ticket = world.recover_as("alice", &client);
    let waits = world
        .offer(&ticket, Proof::HintQuestion(answer(ANSWER)))
        .await;
    assert!(matches!(waits, Prove::Waiting { .. }), "{waits:?}");
}

/// Every kind of token at every door.
#[tokio::test]
async fn g06_x23_a_token_of_one_kind_opens_no_other_door() {
    let world = World::new();
    let (signed_in, _code) = world.alice().await;
    let recovery = world.recover("alice");
    let settings = world.settings(&signed_in).await;
    let proven = world.proven(&settings, OLD).await;
    let _sent = world.challenge(&proven, Challenge::SecurityEmail).await;
    let change = world.letter().await;
    world.clock.advance(MINUTE);
    let (_ticket, letter) = world.recover_by_mail("alice").await;
    let (prove, stop) = (link(&letter), cancel(&change));
    let texts = [
        ("session", signed_in.token().expose()),
        ("device", signed_in.device().expose()),
        ("recovery", recovery.expose()),
        ("proven", proven.expose()),
        ("link", prove.expose()),
        ("cancel", stop.expose()),
    ];
    let mut opened = Vec::new();
    for (kind, text) in texts {
        let token: SessionToken = text.parse().unwrap();
        if let SessionStatus::Live(_) = world.accounts.session(&token).await.unwrap() {
            opened.push((kind, "session"));
        }
        let ticket: Ticket = text.parse().unwrap();
        let shown = world.accounts.challenge(&ticket, Challenge::SecurityEmail);
        if shown.await.unwrap() == Challenged::Sent {
            opened.push((kind, "challenge"));
        }
        let link: Link = text.parse().unwrap();
        if followed(&world, &link).await.is_some() {
            opened.push((kind, "follow"));
        }
        if world.accounts.cancel(&link).await.unwrap() == Stopped::Stopped {
            opened.push((kind, "cancel"));
        }
        let client = Client::new().human(true).device(text.parse().unwrap());
        let ticket = world.recover_as("alice", &client);
        let hint = Proof::HintQuestion(answer(ANSWER));
        if let Prove::Accepted(_) = world.offer(&ticket, hint).await {
            opened.push((kind, "device"));
        }
    }
    let expected = [
        ("session", "session"),
        ("device", "device"),
        ("recovery", "challenge"),
        ("proven", "challenge"),
        ("link", "follow"),
        ("cancel", "cancel"),
    ];
    assert_eq!(opened, expected);
}

/// A code of one account, flow, purpose or address is none of another.
#[tokio::test]
async fn x23_g06_a_code_opens_its_own_flow_only() {
    let world = World::new();
    let (alice, alices_code) = world.alice().await;
    let bob = world.register("43", "bob", OLD).await;
    let _bob = world.add_email(&bob, OLD, "bob@shop.example").await;
    world.clock.advance(days(1));
    let (first, letter) = world.recover_by_mail("alice").await;
    world.clock.advance(MINUTE);
    let (second, _letter) = world.recover_by_mail("alice").await;
    let (bobs, _letter) = world.recover_by_mail("bob").await;
    for ticket in [&second, &bobs] {
        let foreign = world.offer(ticket, Proof::SecurityEmail(code(&letter)));
        assert!(matches!(foreign.await, Prove::Denied { .. }));
    }
    let foreign = world.offer(&bobs, Proof::SecurityCode(alices_code));
    assert!(matches!(foreign.await, Prove::Denied { left: None }));
    let ticket = world.settings(&alice).await;
    let ticket = world.proven(&ticket, OLD).await;
    let foreign = world.offer(&ticket, Proof::SecurityEmail(code(&letter)));
    assert!(matches!(foreign.await, Prove::Denied { .. }));
    // The code to the old address is not the one to the new address, nor the other way round.
    world.clock.advance(MINUTE);
    let _sent = world.challenge(&ticket, Challenge::SecurityEmail).await;
    let to_old = code(&world.letter().await);
    let proof = Proof::SecurityEmail(to_old.clone());
    let ticket = world.accepted(&ticket, proof).await;
    let to_new = code(&mail_to(&world, &ticket, "new@shop.example").await);
    let swapped = world.offer(&ticket, Proof::NewEmail(to_old)).await;
    assert!(matches!(swapped, Prove::Denied { .. }), "{swapped:?}");
    let swapped = world.offer(&ticket, Proof::SecurityEmail(to_new)).await;
    assert!(matches!(swapped, Prove::Denied { .. }), "{swapped:?}");
    // Each opens its own.
    let proof = Proof::SecurityEmail(code(&letter));
    let _ticket = world.accepted(&first, proof).await;
}

/// All secrets of all four methods, as texts.
async fn secrets(world: &World) -> Vec<String> {
    let (alice, security_code) = world.alice().await;
    let (started, letter) = world.recover_by_mail("alice").await;
    let proof = Proof::SecurityEmail(code(&letter));
    let proven = world.accepted(&started, proof).await;
    world.clock.advance(MINUTE);
    let settings = proven_twice(world, &alice).await;
    let new = mail_to(world, &settings, "new@shop.example").await;
    let stranger = world.recover("alice");
    let hint = world.offer(&stranger, Proof::HintQuestion(answer(ANSWER)));
    let Prove::Waiting { ticket: waits, .. } = hint.await else {
        panic!("an answer that counts at once");
    };
    let notices = world.post().await;
    let device = world.recovered(&proven, NEW).await;
    let mut secrets: Vec<String> = [OLD, NEW, ANSWER, &ANSWER.to_lowercase()]
        .map(str::to_owned)
        .to_vec();
    let written = security_code.expose().to_string();
    secrets.push(written.replace('-', ""));
    secrets.push(written);
    secrets.extend([code(&letter), code(&new)].map(|code| code.expose().to_owned()));
    let links = [link(&letter), link(&new), cancel(&new), cancel(&notices[0])];
    secrets.extend(links.iter().map(|link| link.expose().to_owned()));
    let tickets = [started, proven, settings, stranger, waits];
    secrets.extend(tickets.iter().map(|ticket| ticket.expose().to_owned()));
    secrets.push(alice.token().expose().to_owned());
    secrets.push(device.expose().to_owned());
    secrets
}

#[tokio::test]
async fn g05_x24_a_database_reader_finds_no_code_link_ticket_or_answer() {
    let world = World::new();
    let secrets = secrets(&world).await;
    let written = world.store.written();
    assert!(written.len() > 50);
    let is_in = |secret: &[u8]| {
        let holds = |bytes: &Vec<u8>| bytes.windows(secret.len()).any(|part| part == secret);
        written.iter().any(holds)
    };
    for secret in &secrets {
        assert!(!is_in(secret.as_bytes()), "{secret}");
        // The part of a token that nobody could make up: its MAC, or its random bits.
        if let Ok(bytes) = Base64UrlUnpadded::decode_vec(secret)
            && bytes.len() > 40
        {
            assert!(!is_in(&bytes[bytes.len() - 32..]), "{secret}");
        }
    }
    // The search finds what is there.
    assert!(is_in(b"Alice@shop.example"));
}

#[tokio::test]
async fn x30_no_secret_in_debug_events_or_errors() {
    let world = World::new();
    let secrets = secrets(&world).await;
    let _notices = world.post().await;
    world.clock.advance(days(1));
    let (ticket, letter) = world.recover_by_mail("alice").await;
    let proofs = [
        Proof::SecurityEmail(code(&letter)),
        Proof::HintQuestion(answer(ANSWER)),
        Proof::CurrentPassword(password(OLD)),
    ];
    let changes = new_password().hint(question(), answer(ANSWER)).email();
    let issued = Issue::Issued("0".repeat(27).parse().unwrap());
    let seen = [
        format!("{:?}", world.events()),
        format!("{letter:?} {letter:#?} {:?}", letter.content()),
        format!("{ticket:?} {:?} {:?}", link(&letter), code(&letter)),
        format!("{proofs:?} {changes:?} {issued:?}"),
        format!("{:?}", Challenge::NewEmail(email(ALICE))),
        format!("{:?}", "Alice@".parse::<EmailAddress>()),
        format!("{:?}", "1234567".parse::<backstop::MailedCode>()),
        format!("{:?}", "0000-1".parse::<SecurityCode>()),
        letter.subject().to_owned(),
    ]
    .concat();
    let own = [code(&letter).expose().to_owned(), "0".repeat(20)];
    let texts = [
        "Alice@".to_owned(),
        "1234567".to_owned(),
        "Gunvor".to_owned(),
    ];
    for secret in secrets.iter().chain(&own).chain(&texts) {
        assert!(!seen.contains(secret.as_str()), "{secret}");
    }
}

#[tokio::test]
async fn x31_a_clock_that_jumps_opens_nothing() {
    let world = World::new();
    let (_signed_in, _code) = world.alice().await;
    let (ticket, letter) = world.recover_by_mail("alice").await;
    let stranger = world.recover("alice");
    let hint = world.offer(&stranger, Proof::HintQuestion(answer(ANSWER)));
    let Prove::Waiting { ticket: waits, .. } = hint.await else {
        panic!("an answer that counts at once");
    };
    for _ in 0..3 {
        let guess = Proof::SecurityEmail(wrong(&code(&letter)));
        drop(world.offer(&world.recover("alice"), guess).await);
    }
    // A flow from the future is expired, and nothing that waits is there sooner.
    world.clock.rewind(days(2));
    let late = world.offer(&ticket, Proof::SecurityEmail(code(&letter)));
    assert!(matches!(late.await, Prove::Expired));
    assert!(followed(&world, &link(&letter)).await.is_none());
    let late = applied(&world, &waits, new_password()).await;
    assert!(matches!(late, Apply::Expired), "{late:?}");
    // A lock lasts its day and no longer.
    let guess = || Proof::SecurityEmail("00000000".parse().unwrap());
    let locked = world.offer(&world.recover("alice"), guess()).await;
    let Prove::Locked { until } = locked else {
        panic!("{locked:?}");
    };
    assert!(until <= world.clock.now() + days(1));
    world.clock.advance(days(1));
    let open = world.offer(&world.recover("alice"), guess()).await;
    assert!(matches!(open, Prove::Denied { .. }), "{open:?}");
}

/// A credential that was set later than now is young.
#[tokio::test]
async fn x31_a_clock_that_jumps_back_seasons_nothing() {
    let world = World::new();
    let (_signed_in, _code) = world.alice().await;
    let (ticket, letter) = world.recover_by_mail("alice").await;
    let proof = Proof::SecurityEmail(code(&letter));
    let ticket = world.accepted(&ticket, proof).await;
    let _device = world.recovered(&ticket, NEW).await;
    world.clock.rewind(days(3));
    let signed_in = world.signed_in("alice", NEW).await;
    let ticket = world.settings(&signed_in).await;
    let ticket = world.proven(&ticket, NEW).await;
    let hint = Changes::new().hint(question(), answer(ANSWER));
    let refused = applied(&world, &ticket, hint).await;
    assert!(matches!(refused, Apply::Unproven), "{refused:?}");
}

/// What an intruder with the password has set does not survive the owner's recovery.
#[tokio::test]
async fn x35_an_intruders_credentials_do_not_survive_a_recovery() {
    let world = World::new();
    let signed_in = world.register("42", "alice", OLD).await;
    let _signed_in = world.add_email(&signed_in, OLD, ALICE).await;
    world.clock.advance(days(4));
    let intruder = world.signed_in("alice", OLD).await;
    let intruder = world.add_hint(&intruder, OLD).await;
    let (ticket, letter) = world.recover_by_mail("alice").await;
    let proof = Proof::SecurityEmail(code(&letter));
    let ticket = world.accepted(&ticket, proof).await;
    let _device = world.recovered(&ticket, NEW).await;
    assert!(!world.is_live(intruder.token()).await);
    for client in [
        Client::new().human(true),
        Client::new().human(true).device(intruder.device().clone()),
    ] {
        let ticket = world.recover_as("alice", &client);
        let hint = world.offer(&ticket, Proof::HintQuestion(answer(ANSWER)));
        assert!(matches!(hint.await, Prove::Denied { .. }));
    }
}

/// A code is made of the key and of random bits in the store: either alone is not enough.
#[tokio::test]
async fn x36_neither_the_key_nor_the_database_makes_a_code() {
    let other_key = || ServiceKey::new(*b"another service key, 32 bytes...").unwrap();
    let mailed = async |key: ServiceKey, seed: u64| {
        let rng = ChaCha20Rng::seed_from_u64(seed);
        let store = backstop::MemoryStore::new();
        let world = World::over(store, key, |builder| builder.entropy(rng));
        let (_signed_in, _code) = world.alice().await;
        let (_ticket, letter) = world.recover_by_mail("alice").await;
        let link = link(&letter).expose().to_owned();
        (code(&letter).expose().to_owned(), link)
    };
    let first = mailed(key(), 7).await;
    assert_eq!(first, mailed(key(), 7).await);
    for other in [mailed(other_key(), 7).await, mailed(key(), 8).await] {
        assert_ne!(first.0, other.0);
        assert_ne!(first.1, other.1);
    }
}

/// An owner who opens the link of a stranger's recovery is not seen by the stranger.
#[tokio::test]
async fn x38_a_stranger_does_not_see_that_a_link_was_opened() {
    let world = World::new();
    let (_signed_in, _code) = world.alice().await;
    let (strangers, letter) = world.recover_by_mail("alice").await;
    assert!(followed(&world, &link(&letter)).await.is_some());
    let sent = world.challenge(&strangers, Challenge::SecurityEmail).await;
    assert_eq!(sent, Challenged::Sent);
    let guess = Proof::SecurityEmail(wrong(&code(&letter)));
    let denied = world.offer(&strangers, guess).await;
    assert!(
        matches!(denied, Prove::Denied { left: Some(2) }),
        "{denied:?}"
    );
    let refused = applied(&world, &strangers, new_password()).await;
    assert!(matches!(refused, Apply::Unproven), "{refused:?}");
}

/// The intruder changes the password whenever the owner has begun to recover.
#[tokio::test]
async fn x44_an_intruder_does_not_kill_every_recovery_by_mail() {
    let world = World::new();
    let (_signed_in, _code) = world.alice().await;
    let (mut now, mut next) = (OLD, NEW);
    for _hour in 0..10 * 24 {
        let ticket = world.recover("alice");
        let _sent = world.challenge(&ticket, Challenge::SecurityEmail).await;
        let mut mail = world.post().await;
        mail.retain(|m| matches!(m.content(), Content::Code { .. }));
        if let Some(letter) = mail.pop() {
            let intruder = world.signed_in("alice", now).await;
            let settings = world.settings(&intruder).await;
            let settings = world.proven(&settings, now).await;
            let change = Changes::new().password(typed_twice(next));
            if let Apply::Applied(_) = applied(&world, &settings, change).await {
                (now, next) = (next, now);
            }
            if let Some(ticket) = followed(&world, &link(&letter)).await {
                let _device = world.recovered(&ticket, "Ylva-7-forests").await;
                return;
            }
        }
        world.clock.advance(hours(1));
    }
    panic!("kept out");
}

/// With the security code, which needs no mail, the owner is in at once and the intruder is out.
#[tokio::test]
async fn x44_the_security_code_ends_an_intruder() {
    let world = World::new();
    let (intruder, security_code) = world.alice().await;
    let renewed = world.change(&intruder, OLD, NEW).await;
    let ticket = world.recover("alice");
    let proof = Proof::SecurityCode(security_code);
    let ticket = world.accepted(&ticket, proof).await;
    let _device = world.recovered(&ticket, "Ylva-7-forests").await;
    assert!(!world.is_live(renewed.token()).await);
    let out = world.sign_in("alice", NEW).await;
    assert!(matches!(out, SignIn::Denied { .. }));
}

/// A hint answer that waits makes its flow live longer, and a mail of that flow no longer.
#[tokio::test]
async fn g03_a_hint_that_waits_keeps_no_mail_alive() {
    let world = World::new();
    let (_signed_in, _code) = world.alice().await;
    let (ticket, letter) = world.recover_by_mail("alice").await;
    world.clock.advance(hours(23));
    let hint = world.offer(&ticket, Proof::HintQuestion(answer(ANSWER)));
    let Prove::Waiting { ticket, .. } = hint.await else {
        panic!("an answer that counts at once");
    };
    world.clock.advance(hours(2));
    assert!(followed(&world, &link(&letter)).await.is_none());
    let late = world.offer(&ticket, Proof::SecurityEmail(code(&letter)));
    assert!(matches!(late.await, Prove::Expired));
    world.clock.advance(hours(23));
    let _device = world.recovered(&ticket, NEW).await;
}

#[tokio::test]
async fn x46_recoveries_for_invented_names_leave_nothing_for_long() {
    let world = World::new();
    world.store.take_calls();
    let mut tickets = Vec::new();
    for number in 0..1200 {
        tickets.push(world.recover(&format!("invented{number}")));
    }
    for ticket in &tickets {
        let _shown = world.challenge(ticket, Challenge::HintQuestion).await;
    }
    let calls = world.store.take_calls();
    assert!(calls.iter().all(|call| ["get", "find"].contains(call)));
    for ticket in &tickets {
        let _sent = world.challenge(ticket, Challenge::SecurityEmail).await;
        let _again = world.challenge(ticket, Challenge::SecurityEmail).await;
    }
    assert_eq!(world.post().await.len(), 0);
    assert_eq!(world.accounts.purge().await.unwrap(), 0);
    world.clock.advance(days(1));
    assert_eq!(world.accounts.purge().await.unwrap(), 1000);
    assert_eq!(world.accounts.purge().await.unwrap(), 200);
}
