//! Identities of elsewhere: linked, unlinked, and signed in with.
#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod support;

use backstop::{
    Apply, Challenge, Changes, Client, Error, Identity, Method, Proof, Prove, Register, SignIn,
    SignInLinked, SignedIn, Ticket,
    account::ActivityKind,
    audit::{Outcome, Reason, Verb},
    identity::MAX_IDENTITIES,
    message::{Content, Notice},
    name::KeyKind,
};
use support::{
    ALICE, NEW, OLD, WRONG, World, account_id, days, email, hours,
    mail::{code, notice},
    probe::Fault,
    typed_twice,
};

const ISSUER: &str = "https://accounts.example";

fn identity(subject: &str) -> Identity {
    Identity::verified(ISSUER, subject).unwrap()
}

async fn sign_in_linked(world: &World, subject: &str) -> SignInLinked {
    let (identity, client) = (identity(subject), Client::new());
    let answer = world.accounts.sign_in_linked(&identity, &client).await;
    answer.unwrap()
}

async fn is_linked(world: &World, subject: &str) -> bool {
    match sign_in_linked(world, subject).await {
        SignInLinked::Accepted(_) => true,
        SignInLinked::NotLinked => false,
        other => panic!("{other:?}"),
    }
}

async fn signed_in_linked(world: &World, subject: &str) -> SignedIn {
    match sign_in_linked(world, subject).await {
        SignInLinked::Accepted(signed_in) => signed_in,
        other => panic!("{other:?}"),
    }
}

async fn register_linked(world: &World, id: &str, name: &str, subject: &str) -> Register {
    let (id, name) = (account_id(id), name.parse().unwrap());
    let (identity, client) = (identity(subject), Client::new());
    let answer = world.accounts.register_linked(id, name, identity, &client);
    answer.await.unwrap()
}

/// Somebody who has an identity and nothing else.
async fn registered_linked(world: &World) -> SignedIn {
    match register_linked(world, "7", "bob", "bob").await {
        Register::Registered(signed_in) => signed_in,
        other => panic!("{other:?}"),
    }
}

/// The password, and a code out of the mailbox.
async fn proven(world: &World, signed_in: &SignedIn, password: &str) -> Ticket {
    let ticket = world.settings(signed_in).await;
    let ticket = world.proven(&ticket, password).await;
    let _sent = world.challenge(&ticket, Challenge::SecurityEmail).await;
    let post = world.post().await;
    let is_code = |letter: &&_| matches!(backstop::Message::content(letter), Content::Code { .. });
    let letter = post.iter().find(is_code).unwrap();
    let proof = Proof::SecurityEmail(code(letter));
    world.accepted(&ticket, proof).await
}

async fn apply(world: &World, ticket: &Ticket, changes: Changes) -> Apply {
    world.accounts.apply(ticket, changes).await.unwrap()
}

async fn link(world: &World, signed_in: &SignedIn, subject: &str) -> SignedIn {
    let ticket = proven(world, signed_in, OLD).await;
    let changes = Changes::new().link(identity(subject));
    world.applied(&ticket, changes).await
}

async fn told(world: &World) -> Vec<Notice> {
    world.post().await.iter().map(notice).collect()
}

/// A recovery by mail up to the new password.
async fn recovering(world: &World, name: &str) -> Ticket {
    let (ticket, letter) = world.recover_by_mail(name).await;
    let proof = Proof::SecurityEmail(code(&letter));
    world.accepted(&ticket, proof).await
}

#[tokio::test]
async fn s19_a_linked_identity_signs_in() {
    let world = World::new();
    let (before, _) = world.alice().await;
    assert!(!is_linked(&world, "alice").await);
    let alice = link(&world, &before, "alice").await;
    assert_eq!(told(&world).await, [Notice::IdentityLinked]);
    // A new epoch, so the other sessions have ended.
    assert!(!world.is_live(before.token()).await);
    assert!(world.is_live(alice.token()).await);

    let signed_in = signed_in_linked(&world, "alice").await;
    assert_eq!(signed_in.account(), alice.account());
    assert!(world.is_live(signed_in.token()).await);
    // The password goes on as before; and it alone is the current password.
    let _by_password = world.signed_in("alice", OLD).await;
    let ticket = world.settings(&signed_in).await;
    assert!(matches!(
        apply(&world, &ticket, Changes::new().password(typed_twice(NEW))).await,
        Apply::Unproven
    ));
    let proof = Proof::LinkedIdentity(identity("alice"));
    let refused = world.accounts.prove(&ticket, proof).await;
    assert!(matches!(refused, Err(Error::NotOffered)));

    let session = world.session(&signed_in).await;
    let export = world.accounts.export(&session).await.unwrap().unwrap();
    let linked_at = world.clock.now().unix_timestamp();
    let (issuer, subject) = (ISSUER.to_owned(), "alice".to_owned());
    assert_eq!(export.identities, [(issuer, subject, linked_at)]);
    assert!(export.password_set_at.is_some());
    let done = world.activity(&signed_in).await;
    assert!(
        done.iter()
            .any(|entry| entry.what == ActivityKind::Told(Notice::IdentityLinked))
    );

    // Unlinked, it signs in no more, and is free.
    let ticket = world.settings(&signed_in).await;
    let ticket = world.proven(&ticket, OLD).await;
    let changes = || Changes::new().unlink(ISSUER, "alice");
    let alice = world.applied(&ticket, changes()).await;
    assert!(!world.is_live(signed_in.token()).await);
    assert!(!is_linked(&world, "alice").await);
    assert_eq!(told(&world).await, [Notice::IdentityUnlinked]);
    let ticket = world.settings(&alice).await;
    let ticket = world.proven(&ticket, OLD).await;
    assert!(matches!(
        apply(&world, &ticket, changes()).await,
        Apply::NotLinked
    ));
    let bob = register_linked(&world, "7", "bob", "alice").await;
    assert!(matches!(bob, Register::Registered(_)));
}

/// OpenID Connect Core 1.0 §5.7: issuer and subject together, and nothing like them.
#[tokio::test]
async fn s19_only_the_very_identity_signs_in() {
    let world = World::new();
    let _bob = registered_linked(&world).await;
    for (issuer, subject) in [
        (ISSUER, "Bob"),
        (ISSUER, "bob "),
        ("https://accounts.example/", "bob"),
        ("https://Accounts.example", "bob"),
        ("https://other.example", "bob"),
        // Nor the name or address of an account.
        ("https://shop.example", "bob@shop.example"),
    ] {
        let other = Identity::verified(issuer, subject).unwrap();
        let answer = world.accounts.sign_in_linked(&other, &Client::new()).await;
        assert!(matches!(answer, Ok(SignInLinked::NotLinked)), "{other:?}");
    }
    assert!(is_linked(&world, "bob").await);
}

#[tokio::test]
async fn s19_linking_takes_the_password_and_the_mailbox() {
    let world = World::new();
    let (alice, security_code) = world.alice().await;
    let link = || Changes::new().link(identity("alice"));
    let ticket = world.settings(&alice).await;
    assert!(matches!(
        apply(&world, &ticket, link()).await,
        Apply::Unproven
    ));
    let ticket = world.proven(&ticket, OLD).await;
    assert!(matches!(
        apply(&world, &ticket, link()).await,
        Apply::Unproven
    ));
    let ticket = world.settings(&alice).await;
    let _sent = world.challenge(&ticket, Challenge::SecurityEmail).await;
    let proof = Proof::SecurityEmail(code(&world.letter().await));
    let ticket = world.accepted(&ticket, proof).await;
    assert!(matches!(
        apply(&world, &ticket, link()).await,
        Apply::Unproven
    ));
    // Nor does a recovery link, by whatever it goes.
    let ticket = world.recover("alice");
    let proof = Proof::SecurityCode(security_code);
    let ticket = world.accepted(&ticket, proof).await;
    assert!(matches!(
        apply(&world, &ticket, link()).await,
        Apply::Unproven
    ));
    assert!(!is_linked(&world, "alice").await);
}

/// A mailbox that has just changed the password is one proof, not two.
#[tokio::test]
async fn s19_x33_a_young_password_links_nothing() {
    let world = World::new();
    let _alice = world.alice().await;
    let ticket = recovering(&world, "alice").await;
    let _device = world.recovered(&ticket, NEW).await;
    let intruder = world.signed_in("alice", NEW).await;
    let ticket = proven(&world, &intruder, NEW).await;
    let link = || Changes::new().link(identity("intruder"));
    assert!(matches!(
        apply(&world, &ticket, link()).await,
        Apply::Unproven
    ));
    world.clock.advance(hours(73));
    let later = world.signed_in("alice", NEW).await;
    let ticket = proven(&world, &later, NEW).await;
    let _linked = world.applied(&ticket, link()).await;
}

#[tokio::test]
async fn s19_without_an_address_the_password_links() {
    let world = World::new();
    let alice = world.register("42", "alice", OLD).await;
    let ticket = world.settings(&alice).await;
    let ticket = world.proven(&ticket, OLD).await;
    let changes = Changes::new().link(identity("alice"));
    let _alice = world.applied(&ticket, changes).await;
    assert!(is_linked(&world, "alice").await);
}

#[tokio::test]
async fn s19_a_second_account_is_refused() {
    let world = World::new();
    let (alice, _) = world.alice().await;
    let bob = registered_linked(&world).await;
    let ticket = proven(&world, &alice, OLD).await;
    let link = || Changes::new().link(identity("bob"));
    assert!(matches!(
        apply(&world, &ticket, link()).await,
        Apply::Taken(KeyKind::Identity)
    ));
    assert_eq!(
        signed_in_linked(&world, "bob").await.account(),
        bob.account()
    );
    // Nothing was half done, and the ticket goes on.
    assert!(told(&world).await.is_empty());
    let both = link().password(typed_twice(NEW));
    assert!(matches!(
        apply(&world, &ticket, both).await,
        Apply::Taken(KeyKind::Identity)
    ));
    let changes = Changes::new().link(identity("alice"));
    let alice = world.applied(&ticket, changes).await;
    let _by_password = world.signed_in("alice", OLD).await;
    // Nor the same one twice.
    let ticket = proven(&world, &alice, OLD).await;
    let again = Changes::new().link(identity("alice"));
    assert!(matches!(
        apply(&world, &ticket, again).await,
        Apply::Taken(KeyKind::Identity)
    ));
    for (name, subject, kind) in [
        ("carol", "alice", KeyKind::Identity),
        ("alice", "carol", KeyKind::Login),
        ("root", "carol", KeyKind::Login),
    ] {
        let taken = register_linked(&world, "8", name, subject).await;
        assert!(
            matches!(taken, Register::Taken(of) if of == kind),
            "{taken:?}"
        );
    }
    assert!(!is_linked(&world, "carol").await);
}

#[tokio::test]
async fn s19_an_account_has_so_many_identities_and_no_more() {
    let world = World::new();
    let mut alice = world.alice().await.0;
    for number in 0..MAX_IDENTITIES {
        world.clock.advance(days(1));
        alice = world.signed_in("alice", OLD).await;
        alice = link(&world, &alice, &number.to_string()).await;
    }
    world.clock.advance(days(1));
    let ticket = proven(&world, &alice, OLD).await;
    let one_more = Changes::new().link(identity("one more"));
    assert!(matches!(
        apply(&world, &ticket, one_more).await,
        Apply::TooManyIdentities
    ));
    // In place of another one it fits.
    let instead = Changes::new()
        .link(identity("one more"))
        .unlink(ISSUER, "0");
    let _alice = world.applied(&ticket, instead).await;
    assert!(is_linked(&world, "one more").await);
    assert!(is_linked(&world, "1").await);
    assert!(!is_linked(&world, "0").await);
}

#[tokio::test]
async fn s19_the_last_way_in_stays() {
    let world = World::new();
    let bob = registered_linked(&world).await;
    let ticket = world.settings(&bob).await;
    let proof = || Proof::LinkedIdentity(identity("bob"));
    let ticket = world.accepted(&ticket, proof()).await;
    let to = Challenge::NewEmail(email("bob@shop.example"));
    let _sent = world.challenge(&ticket, to).await;
    let new = Proof::NewEmail(code(&world.letter().await));
    let ticket = world.accepted(&ticket, new).await;
    let _bob = world.applied(&ticket, Changes::new().email()).await;
    let _told = world.post().await;

    let unlink = || Changes::new().unlink(ISSUER, "bob");
    // What the identity has set buys what the identity buys.
    let ticket = recovering(&world, "bob").await;
    assert!(matches!(
        apply(&world, &ticket, unlink()).await,
        Apply::Unproven
    ));
    world.clock.advance(days(4));
    let ticket = recovering(&world, "bob").await;
    assert!(matches!(
        apply(&world, &ticket, unlink()).await,
        Apply::LastWayIn
    ));
    assert!(is_linked(&world, "bob").await);
    // With a password beside it, it goes.
    let both = unlink().password(typed_twice(NEW));
    let answer = apply(&world, &ticket, both).await;
    assert!(matches!(answer, Apply::Recovered(_)), "{answer:?}");
    assert!(!is_linked(&world, "bob").await);
    let _bob = world.signed_in("bob", NEW).await;
}

/// No password signs in to an account that has none, or proves anything in it; and nobody sees that
/// it has none.
#[tokio::test]
async fn s19_e01_an_account_without_a_password_answers_like_any_other() {
    let world = World::new();
    let _alice = world.register("42", "alice", OLD).await;
    let bob = registered_linked(&world).await;
    let mut seen = Vec::new();
    for name in ["alice", "bob", "nobody"] {
        world.store.take_calls();
        let mut answers = Vec::new();
        for _ in 0..7 {
            answers.push(format!("{:?}", world.sign_in(name, WRONG).await));
        }
        seen.push((answers, world.store.take_calls()));
    }
    assert_eq!(seen[0], seen[2]);
    assert_eq!(seen[1], seen[2]);

    let ticket = world.settings(&bob).await;
    let denied = world.prove(&ticket, OLD).await;
    assert!(matches!(denied, Prove::Denied { .. }));
    let session = world.session(&bob).await;
    let export = world.accounts.export(&session).await.unwrap().unwrap();
    assert_eq!(export.password_set_at, None);
    // A year later it is not called old.
    world.clock.advance(days(400));
    assert_eq!(signed_in_linked(&world, "bob").await.advice(), None);
}

#[tokio::test]
async fn s19_whoever_has_an_identity_alone_sets_a_first_password() {
    let world = World::new();
    let bob = registered_linked(&world).await;
    let ticket = world.settings(&bob).await;
    let set = || Changes::new().password(typed_twice(NEW));
    assert!(matches!(
        apply(&world, &ticket, set()).await,
        Apply::Unproven
    ));
    let proof = Proof::LinkedIdentity(identity("somebody else"));
    let denied = world.offer(&ticket, proof).await;
    assert!(matches!(denied, Prove::Denied { left: None }));
    let proof = || Proof::LinkedIdentity(identity("bob"));
    // Not in a recovery: there it would be a way round the name.
    let recovery = world.recover("bob");
    let refused = world.accounts.prove(&recovery, proof()).await;
    assert!(matches!(refused, Err(Error::NotOffered)));

    let proved = world.accepted(&ticket, proof()).await;
    // Nor does it do anything else.
    for changes in [
        Changes::new().hint(support::question(), support::answer(support::ANSWER)),
        Changes::new().link(identity("another one")),
        Changes::new().unlink(ISSUER, "bob"),
        Changes::new().user_name("robert".parse().unwrap()),
    ] {
        let answer = apply(&world, &proved, changes).await;
        assert!(matches!(answer, Apply::Unproven), "{answer:?}");
    }
    let bob = world.applied(&proved, set()).await;
    let done = world.activity(&bob).await;
    let set = ActivityKind::Told(Notice::PasswordChanged(Method::LinkedIdentity));
    assert!(done.iter().any(|entry| entry.what == set));
    let _by_password = world.signed_in("bob", NEW).await;
    assert!(is_linked(&world, "bob").await);
    // From now on the password is asked for; and it is as young as what set it.
    let ticket = world.settings(&bob).await;
    let refused = world.accounts.prove(&ticket, proof()).await;
    assert!(matches!(refused, Err(Error::NotOffered)));
    let ticket = world.proven(&ticket, NEW).await;
    let link = || Changes::new().link(identity("another one"));
    assert!(matches!(
        apply(&world, &ticket, link()).await,
        Apply::Unproven
    ));
    world.clock.advance(days(4));
    let bob = world.signed_in("bob", NEW).await;
    let ticket = world.settings(&bob).await;
    let ticket = world.proven(&ticket, NEW).await;
    let _bob = world.applied(&ticket, link()).await;
}

/// A proof that counted when it was offered counts no more once there is a password.
#[tokio::test]
async fn s19_an_identity_beside_a_password_proves_nothing() {
    let world = World::new();
    let bob = registered_linked(&world).await;
    let proof = || Proof::LinkedIdentity(identity("bob"));
    let first = world.accepted(&world.settings(&bob).await, proof()).await;
    let second = world.accepted(&world.settings(&bob).await, proof()).await;
    let set = |new| Changes::new().password(typed_twice(new));
    let _bob = world.applied(&first, set(NEW)).await;
    assert!(matches!(
        apply(&world, &second, set(OLD)).await,
        Apply::Expired
    ));
    let _by_password = world.signed_in("bob", NEW).await;
}

#[tokio::test]
async fn s19_whoever_has_an_identity_alone_deletes_the_account() {
    let world = World::new();
    let bob = registered_linked(&world).await;
    let proof = Proof::LinkedIdentity(identity("bob"));
    let ticket = world.accepted(&world.settings(&bob).await, proof).await;
    let answer = apply(&world, &ticket, Changes::new().delete()).await;
    assert!(matches!(answer, Apply::Deleted));
    // It is as if it had never been: the identity is free for a new account.
    assert!(!is_linked(&world, "bob").await);
    let again = register_linked(&world, "8", "bob", "bob").await;
    assert!(matches!(again, Register::Registered(_)));
}

/// X35: the intruder links an identity while they have both proofs; the owner recovers.
#[tokio::test]
async fn s19_x35_a_fresh_identity_does_not_survive_a_recovery() {
    let world = World::new();
    let (alice, _) = world.alice().await;
    let alice = link(&world, &alice, "her own").await;
    world.clock.advance(days(4));
    let intruder = link(&world, &alice, "intruder").await;
    assert_eq!(told(&world).await, [Notice::IdentityLinked]);
    let ticket = recovering(&world, "alice").await;
    let _device = world.recovered(&ticket, NEW).await;
    assert!(!world.is_live(intruder.token()).await);
    assert!(!is_linked(&world, "intruder").await);
    assert!(is_linked(&world, "her own").await);
    let told = told(&world).await;
    assert!(told.contains(&Notice::IdentityUnlinked), "{told:?}");
    // It is free: the intruder has an account of their own, and no way to hers.
    let own = register_linked(&world, "8", "mallory", "intruder").await;
    assert!(matches!(own, Register::Registered(_)));
}

/// To ask for what a recovery does anyway is no mistake.
#[tokio::test]
async fn s19_x35_a_recovery_may_name_the_fresh_identity() {
    let world = World::new();
    let (alice, _) = world.alice().await;
    let _intruder = link(&world, &alice, "intruder").await;
    let ticket = recovering(&world, "alice").await;
    let changes = Changes::new()
        .password(typed_twice(NEW))
        .unlink(ISSUER, "intruder");
    let answer = apply(&world, &ticket, changes).await;
    assert!(matches!(answer, Apply::Recovered(_)), "{answer:?}");
    assert!(!is_linked(&world, "intruder").await);
}

/// X35: one that is old enough is unlinked by whoever has recovered the account, at once.
#[tokio::test]
async fn s19_x35_a_recovery_unlinks_an_old_identity_at_once() {
    let world = World::new();
    let (alice, security_code) = world.alice().await;
    let _intruder = link(&world, &alice, "intruder").await;
    world.clock.advance(days(30));
    for by_mail in [true, false] {
        let world_now = world.clock.now();
        let ticket = match by_mail {
            true => recovering(&world, "alice").await,
            false => {
                let ticket = world.recover("alice");
                let typed = security_code.expose().parse().unwrap();
                world.accepted(&ticket, Proof::SecurityCode(typed)).await
            }
        };
        assert_eq!(world.clock.now(), world_now);
        if by_mail {
            // Afterwards, out of a session with the new password.
            let _device = world.recovered(&ticket, NEW).await;
            assert!(is_linked(&world, "intruder").await);
            let alice = world.signed_in("alice", NEW).await;
            let ticket = world.settings(&alice).await;
            let ticket = world.proven(&ticket, NEW).await;
            let changes = Changes::new().unlink(ISSUER, "intruder");
            let _alice = world.applied(&ticket, changes).await;
            assert!(!is_linked(&world, "intruder").await);
            world.clock.advance(days(4));
            let alice = world.signed_in("alice", NEW).await;
            let ticket = proven(&world, &alice, NEW).await;
            let changes = Changes::new().link(identity("intruder"));
            let _intruder = world.applied(&ticket, changes).await;
            world.clock.advance(days(4));
        } else {
            // Or in the recovery itself.
            let changes = Changes::new()
                .password(typed_twice(OLD))
                .unlink(ISSUER, "intruder");
            let answer = apply(&world, &ticket, changes).await;
            assert!(matches!(answer, Apply::Recovered(_)), "{answer:?}");
            assert!(!is_linked(&world, "intruder").await);
        }
    }
}

/// X35: somebody registers first and names the victim's address. The victim comes with an identity:
/// nothing joins the two, and the address is the victim's to confirm.
#[tokio::test]
async fn s19_x35_an_equal_address_links_nothing() {
    let world = World::new();
    let mallory = world.register("1", "alice", OLD).await;
    let ticket = world.proven(&world.settings(&mallory).await, OLD).await;
    let sent = Challenge::NewEmail(email(ALICE));
    let _sent = world.challenge(&ticket, sent).await;
    let changes = Changes::new().link(identity("mallory"));
    let _mallory = world.applied(&ticket, changes).await;
    assert!(!is_linked(&world, "alice").await);
    let alice = register_linked(&world, "2", "alice-two", "alice").await;
    let Register::Registered(alice) = alice else {
        panic!("{alice:?}");
    };
    assert_eq!(
        signed_in_linked(&world, "alice").await.account(),
        alice.account()
    );
    let _to_mallory = world.post().await;
    // An address gets few codes in a row, whoever asks for them.
    world.clock.advance(hours(13));
    let proof = Proof::LinkedIdentity(identity("alice"));
    let ticket = world.accepted(&world.settings(&alice).await, proof).await;
    let sent = Challenge::NewEmail(email(ALICE));
    let _sent = world.challenge(&ticket, sent).await;
    let new = Proof::NewEmail(code(&world.letter().await));
    let ticket = world.accepted(&ticket, new).await;
    let changes = Changes::new().email().password(typed_twice(NEW));
    let _alice = world.applied(&ticket, changes).await;
    match world.sign_in(ALICE, NEW).await {
        SignIn::Accepted(signed_in) => assert_eq!(signed_in.account(), alice.account()),
        other => panic!("{other:?}"),
    }
}

/// K01, X21: an identity gets round no second factor, whatever its provider has asked for.
#[cfg(feature = "totp")]
#[tokio::test]
async fn s19_k01_x21_a_second_factor_is_asked_for() {
    use support::factor::{enrol, shown};
    let world = World::new();
    let (alice, _) = world.alice().await;
    let alice = link(&world, &alice, "alice").await;
    world.clock.advance(days(4));
    let (alice, factor) = enrol(&world, &alice).await;
    let known = Client::new().device(alice.device().clone());
    for client in [Client::new(), known] {
        world.clock.advance(days(1));
        let answer = world
            .accounts
            .sign_in_linked(&identity("alice"), &client)
            .await
            .unwrap();
        let SignInLinked::SecondFactor(ticket) = answer else {
            panic!("{answer:?}");
        };
        let typed = shown(&world, &factor);
        let answer = world.accounts.second_factor(&ticket, &typed).await.unwrap();
        let SignIn::Accepted(signed_in) = answer else {
            panic!("{answer:?}");
        };
        assert!(world.session(&signed_in).await.has_second_factor());
    }
}

/// A code that does not count yet is void once somebody links or unlinks.
#[tokio::test]
async fn s19_s06_a_pending_security_code_is_voided() {
    let world = World::new();
    let alice = world.register("42", "alice", OLD).await;
    let alice = world.add_email(&alice, OLD, ALICE).await;
    world.clock.advance(days(4));
    let ticket = proven(&world, &alice, OLD).await;
    let issued = world.accounts.issue_security_code(&ticket).await.unwrap();
    let backstop::Issue::Issued(security_code) = issued else {
        panic!("{issued:?}");
    };
    let typed = security_code.expose().parse().unwrap();
    let changes = Changes::new().security_code(typed);
    let alice = world.applied(&ticket, changes).await;
    let _alice = link(&world, &alice, "alice").await;
    world.clock.advance(days(4));
    let _post = world.post().await;
    let ticket = world.recover("alice");
    let answer = world
        .offer(&ticket, Proof::SecurityCode(security_code))
        .await;
    assert!(matches!(answer, Prove::Denied { .. }), "{answer:?}");
}

#[tokio::test]
async fn s19_o01_every_answer_is_one_event() {
    let world = World::new();
    let bob = registered_linked(&world).await;
    let _taken = register_linked(&world, "8", "carol", "bob").await;
    let _in = sign_in_linked(&world, "bob").await;
    let _not = sign_in_linked(&world, "Bob").await;
    let ticket = world.settings(&bob).await;
    let proof = Proof::LinkedIdentity(identity("Bob"));
    let _denied = world.offer(&ticket, proof).await;
    let events = world.events();
    let seen: Vec<_> = events.iter().map(|e| (e.verb, e.outcome)).collect();
    let denied = Outcome::Denied {
        reason: Reason::UnknownIdentity,
        left: None,
    };
    assert_eq!(
        seen,
        [
            (Verb::RegisterLinked, Outcome::Accepted),
            (Verb::RegisterLinked, Outcome::Taken(KeyKind::Identity)),
            (Verb::SignInLinked, Outcome::Accepted),
            (Verb::SignInLinked, denied),
            (Verb::Session, Outcome::Accepted),
            (Verb::Settings, Outcome::Accepted),
            (Verb::Prove, denied),
        ]
    );
    for index in [0, 2, 6] {
        assert_eq!(events[index].account, Some(account_id("7")));
    }
    assert_eq!(events[3].account, None);
    assert_ne!(events[2].name, events[3].name);
    // O03, X30: who somebody is elsewhere is in no event.
    let printed = format!("{events:?} {:?}", identity("bob-the-subject"));
    assert!(!printed.contains("the-subject") && !printed.contains("\"bob\""));
}

const WAYS: [Fault; 2] = [Fault::Before, Fault::After];

/// A failure signs nobody in and does nothing by halves; the retry completes.
#[tokio::test]
async fn s19_x16_x29_every_call_of_the_store_may_fail() {
    let mut struck = [0; 4];
    for fault in WAYS {
        for healthy in 0..20 {
            let world = World::new();
            let (alice, _) = world.alice().await;
            let ticket = proven(&world, &alice, OLD).await;
            let link = || Changes::new().link(identity("alice"));
            world.store.fail(healthy, &[fault]);
            let answer = world.accounts.apply(&ticket, link()).await;
            if world.store.struck() {
                struck[0] += 1;
            }
            let linked = is_linked(&world, "alice").await;
            match answer {
                Ok(Apply::Applied(signed_in)) => {
                    assert!(linked && world.is_live(signed_in.token()).await);
                    assert!(!world.is_live(alice.token()).await);
                }
                Err(_) if !linked => {
                    assert!(world.is_live(alice.token()).await);
                    let _alice = world.applied(&ticket, link()).await;
                    assert!(is_linked(&world, "alice").await);
                }
                Err(_) => assert!(!world.is_live(alice.token()).await),
                Ok(other) => panic!("{other:?}"),
            }
            assert_eq!(told(&world).await, [Notice::IdentityLinked]);
            let _by_password = world.signed_in("alice", OLD).await;
        }
        for healthy in 0..4 {
            let world = World::new();
            let (id, name) = (account_id("7"), "bob".parse().unwrap());
            world.store.fail(healthy, &[fault]);
            let answer = world
                .accounts
                .register_linked(id, name, identity("bob"), &Client::new())
                .await;
            if world.store.struck() {
                struck[1] += 1;
            }
            if answer.is_err() && !is_linked(&world, "bob").await {
                let _bob = registered_linked(&world).await;
            }
            assert!(is_linked(&world, "bob").await);

            world.store.fail(healthy, &[fault]);
            let (bob, client) = (identity("bob"), Client::new());
            let answer = world.accounts.sign_in_linked(&bob, &client).await;
            if world.store.struck() {
                struck[2] += 1;
                assert!(answer.is_err(), "{answer:?}");
            }
            let bob = signed_in_linked(&world, "bob").await;
            let ticket = world.settings(&bob).await;
            world.store.fail(healthy, &[fault]);
            let proof = || Proof::LinkedIdentity(identity("bob"));
            let answer = world.accounts.prove(&ticket, proof()).await;
            if world.store.struck() {
                struck[3] += 1;
            }
            let ticket = match answer {
                Ok(Prove::Accepted(ticket)) => ticket,
                Ok(other) => panic!("{other:?}"),
                // The answer may be lost, never the account.
                Err(_) => world.accepted(&world.settings(&bob).await, proof()).await,
            };
            let changes = Changes::new().password(typed_twice(NEW));
            let _bob = world.applied(&ticket, changes).await;
        }
    }
    assert!(struck.iter().all(|times| *times >= 2), "{struck:?}");
    assert!(struck[0] >= 10, "{struck:?}");
}

/// Two accounts link one identity at once; and one account in 32 browsers.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn s19_x11_of_many_at_once_one_links_an_identity() {
    let world = World::new();
    let mut tickets = Vec::new();
    for number in 0..32 {
        let name = format!("user-{number}");
        let user = world.register(&number.to_string(), &name, OLD).await;
        let ticket = world.settings(&user).await;
        tickets.push(world.proven(&ticket, OLD).await);
    }
    let submissions: Vec<_> = tickets
        .into_iter()
        .map(|ticket| {
            let world = world.clone();
            tokio::spawn(async move {
                let changes = Changes::new().link(identity("one for all"));
                apply(&world, &ticket, changes).await
            })
        })
        .collect();
    let mut applied = Vec::new();
    for submission in submissions {
        match submission.await.unwrap() {
            Apply::Applied(signed_in) => applied.push(signed_in),
            Apply::Taken(KeyKind::Identity) => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(applied.len(), 1);
    let signed_in = signed_in_linked(&world, "one for all").await;
    assert_eq!(signed_in.account(), applied[0].account());

    // As many registrations with one identity.
    let submissions: Vec<_> = (0..32)
        .map(|number| {
            let world = world.clone();
            tokio::spawn(async move {
                let (id, name) = (format!("new-{number}"), format!("new-{number}"));
                loop {
                    let (id, name) = (account_id(&id), name.parse().unwrap());
                    let answer = world
                        .accounts
                        .register_linked(id, name, identity("another"), &Client::new())
                        .await;
                    match answer {
                        Err(Error::Overloaded) => tokio::task::yield_now().await,
                        answer => return answer.unwrap(),
                    }
                }
            })
        })
        .collect();
    let mut registered = 0;
    for submission in submissions {
        match submission.await.unwrap() {
            Register::Registered(_) => registered += 1,
            Register::Taken(KeyKind::Identity) => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(registered, 1);
}
