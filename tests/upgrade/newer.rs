//! A verb that meets a record of a newer version refuses, and nothing in the store changes.

use std::fmt::Debug;

use backstop::{
    Challenge, Challenged, Changes, Client, Error, Identity, Link, Locale, MailedCode, Manage,
    Message, OpenCase, Proof, Prove, Register, RegisterSubAccount, Session, SignIn, SignedIn,
    Ticket,
    account::Page,
    message::Content,
    record::RecordError,
    support::{Agent, Case, CaseRequest, Evidence, Reference},
};

use crate::{
    shelf::{Kind, MemoryShelf, PostgresShelf, Shelf, SqliteShelf},
    support::{
        ALICE, NEW, OLD, WRONG, World, account_id, answer, days, email, factor, key, login, mail,
        password, question, typed_twice,
    },
};

const NEW_ADDRESS: &str = "alice@new.example";

/// What a verb may be given, all of it good.
struct Handles {
    alice: SignedIn,
    session: Session,
    boss: Session,
    /// Out of a session, with the password and both codes to an address and to a new one.
    ticket: Ticket,
    /// Of a recovery whose code is in the mailbox.
    recovery: Ticket,
    code: MailedCode,
    /// A recovery by a code.
    recovered: Ticket,
    /// The manager's, with their password.
    managing: Ticket,
    /// Of the account that has a second factor: signing in, and with its proofs.
    factor: Ticket,
    with_factor: Ticket,
    /// Out of mails: one goes on, one stops a flow, one says that it was somebody else.
    link: Link,
    stop: Link,
    not_me: Link,
    case: Case,
}

struct Place<H: Shelf> {
    shelf: H,
    world: World<H::Store>,
    handles: Handles,
}

fn agent() -> Agent {
    Agent::named("kim".parse().unwrap())
}

fn request() -> CaseRequest {
    let reference = |text: &str| -> Reference { text.parse().unwrap() };
    let evidence = Evidence::new(vec![reference("dms/invoice-1183")]).unwrap();
    CaseRequest::new_password(reference("rules/lost-password"), evidence)
}

fn identity(subject: &str) -> Identity {
    Identity::verified("https://accounts.example", subject).unwrap()
}

impl<H: Shelf> Place<H> {
    async fn new() -> Self {
        let shelf = H::new().await;
        let world = World::over(shelf.store(), key(), |builder| {
            builder.may_act(|_agent, _account| true)
        });
        let accounts = &world.accounts;
        let boss = world.register("7", "boss", OLD).await;
        let session = world.session(&boss).await;
        let registered = accounts
            .register_sub_account(
                &session,
                account_id("8"),
                "sub".parse().unwrap(),
                typed_twice(OLD),
                &Client::new(),
            )
            .await;
        assert_eq!(registered.unwrap(), RegisterSubAccount::Registered);
        let linked = accounts
            .register_linked(
                account_id("9"),
                "linked".parse().unwrap(),
                identity("9"),
                &Client::new(),
            )
            .await;
        assert!(matches!(linked.unwrap(), Register::Registered(_)));
        let two = world.register("2", "two", OLD).await;
        let two = world.add_email(&two, OLD, "two@shop.example").await;
        world.clock.advance(days(4));
        let (two, enrolled) = factor::enrol(&world, &two).await;
        let _notices = world.post().await;
        let (alice, _security_code) = world.alice().await;
        let _notices = world.post().await;

        let (recovered, letter) = world.recover_by_mail("two").await;
        let proof = Proof::SecurityEmail(mail::code(&letter));
        let recovered = world.accepted(&recovered, proof).await;
        let (recovery, letter) = world.recover_by_mail("alice").await;
        let (code, link) = (mail::code(&letter), mail::link(&letter));

        let ticket = factor::both_proofs(&world, &alice, OLD).await;
        let sent = world
            .challenge(&ticket, Challenge::NewEmail(email(NEW_ADDRESS)))
            .await;
        assert_eq!(sent, Challenged::Sent);
        let letter = world.letter().await;
        let (stop, proof) = (mail::cancel(&letter), Proof::NewEmail(mail::code(&letter)));
        let ticket = world.accepted(&ticket, proof).await;

        let Manage::Started(managing) = accounts
            .manage(&world.session(&boss).await, &account_id("8"))
            .await
            .unwrap()
        else {
            panic!("it is theirs");
        };
        let proof = Proof::Manager(password(OLD));
        let managing = world.accepted(&managing, proof).await;

        let with_factor = factor::both_proofs(&world, &two, OLD).await;
        world.clock.advance(std::time::Duration::from_secs(60));
        let shown = Proof::SecondFactor(factor::shown(&world, &enrolled));
        let with_factor = world.accepted(&with_factor, shown).await;
        let SignIn::SecondFactor(factor) = world.sign_in("two", OLD).await else {
            panic!("it has one");
        };

        // Misses, so that every budget has a record.
        let _denied = world.sign_in("alice", WRONG).await;
        let missed = accounts
            .second_factor(
                &factor,
                &backstop::SecondFactor::Totp("000000".parse().unwrap()),
            )
            .await;
        assert!(matches!(missed, Ok(SignIn::WrongFactor { .. })));
        let settings = world.settings(&alice).await;
        for (ticket, proof) in [
            (&settings, Proof::CurrentPassword(password(WRONG))),
            (&recovery, Proof::SecurityEmail(mail::wrong(&code))),
            (&recovery, Proof::HintQuestion(answer("somebody else"))),
        ] {
            let missed = accounts.prove(ticket, proof).await.unwrap();
            assert!(matches!(missed, Prove::Denied { .. }), "{missed:?}");
        }

        let (kim, id) = (agent(), account_id("42"));
        let opened = accounts.open_case(&kim, &id, request()).await;
        let Ok(OpenCase::Opened(case)) = opened else {
            panic!("there is none");
        };
        let post = world
            .accounts
            .deliver_due()
            .await
            .map(|_| world.mail.take());
        let told = post.unwrap().into_iter().find(|letter| {
            let is_notice = matches!(
                letter.content(),
                Content::Notice {
                    cancel: Some(_),
                    ..
                }
            );
            is_notice && letter.to().as_str() == ALICE
        });
        Self {
            handles: Handles {
                session: world.session(&alice).await,
                boss: world.session(&boss).await,
                alice,
                ticket,
                recovery,
                code,
                recovered,
                managing,
                factor,
                with_factor,
                link,
                stop,
                not_me: mail::cancel(&told.unwrap()),
                case,
            },
            shelf,
            world,
        }
    }

    /// Runs it, and answers with what it answered; nothing has changed.
    async fn unchanged<T: Debug>(
        &self,
        verb: &str,
        result: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        let before = self.shelf.content().await;
        let result = result.await;
        let after = self.shelf.content().await;
        assert_eq!(before, after, "{verb} has changed something: {result:?}");
        result
    }

    async fn refused<T: Debug>(&self, verb: &str, result: impl Future<Output = Result<T, Error>>) {
        let result = self.unchanged(verb, result).await;
        let is_typed = matches!(result, Err(Error::Record(RecordError::Newer)));
        assert!(is_typed, "{verb} has answered {result:?}");
    }
}

async fn accounts_are_refused<H: Shelf>() {
    let place = Place::<H>::new().await;
    let (accounts, h) = (&place.world.accounts, &place.handles);
    // Somebody is to be told of something.
    let told = place.world.register("6", "told", OLD).await;
    let told = place.world.add_email(&told, OLD, "told@shop.example").await;
    let _changed = place.world.change(&told, OLD, NEW).await;
    assert_eq!(place.shelf.renew(Kind::Account, None).await, 6);
    let (client, alice, typed) = (Client::new(), login("alice"), password(OLD));
    let named = |id| account_id(id);

    place
        .refused("sign_in", accounts.sign_in(&alice, &typed, &client))
        .await;
    let linked = identity("9");
    place
        .refused("sign_in_linked", accounts.sign_in_linked(&linked, &client))
        .await;
    place
        .refused("session", accounts.session(h.alice.token()))
        .await;
    place
        .refused("activity", accounts.activity(&h.session, Page::new()))
        .await;
    place.refused("export", accounts.export(&h.session)).await;
    let language = accounts.set_language(&h.session, Locale::Swedish);
    place.refused("set_language", language).await;
    let report = accounts.report_compromise(&h.session);
    place.refused("report_compromise", report).await;
    place
        .refused("manage", accounts.manage(&h.boss, &named("8")))
        .await;
    let sub = accounts.register_sub_account(
        &h.boss,
        named("10"),
        "new".parse().unwrap(),
        typed_twice(NEW),
        &client,
    );
    place.refused("register_sub_account", sub).await;
    for (ticket, challenge) in [
        (&h.recovery, Challenge::HintQuestion),
        (&h.recovery, Challenge::SecurityEmail),
        (&h.ticket, Challenge::SecurityEmail),
        (&h.ticket, Challenge::NewEmail(email("third@shop.example"))),
        (
            &h.managing,
            Challenge::NewEmail(email("third@shop.example")),
        ),
    ] {
        let verb = format!("challenge {challenge:?}");
        place
            .refused(&verb, accounts.challenge(ticket, challenge))
            .await;
    }
    let settings = accounts.settings(&h.session).unwrap();
    for (ticket, proof) in [
        (&settings, Proof::CurrentPassword(password(OLD))),
        (&h.recovery, Proof::SecurityEmail(h.code.clone())),
        (&h.recovery, Proof::HintQuestion(answer("somebody else"))),
        (&h.managing, Proof::Manager(password(OLD))),
    ] {
        let verb = format!("prove {proof:?}");
        place.refused(&verb, accounts.prove(ticket, proof)).await;
    }
    place
        .refused("follow", accounts.follow(&h.link, None))
        .await;
    place.refused("cancel", accounts.cancel(&h.not_me)).await;
    for (ticket, changes) in [
        (&h.ticket, Changes::new().password(typed_twice(NEW))),
        (&h.ticket, Changes::new().email()),
        (
            &h.ticket,
            Changes::new().hint(question(), answer("a dentist in Umeå")),
        ),
        (&h.ticket, Changes::new().delete()),
        (&h.recovered, Changes::new().password(typed_twice(NEW))),
        (&h.managing, Changes::new().disable()),
    ] {
        place
            .refused("apply", accounts.apply(ticket, changes))
            .await;
    }
    let once = accounts.sign_in_once(&h.recovered);
    place.refused("sign_in_once", once).await;
    let issue = accounts.issue_security_code(&h.ticket);
    place.refused("issue_security_code", issue).await;
    let issue = accounts.issue_second_factor(&h.ticket);
    place.refused("issue_second_factor", issue).await;
    let issue = accounts.issue_backup_codes(&h.with_factor);
    place.refused("issue_backup_codes", issue).await;
    let typed = backstop::SecondFactor::Totp("123456".parse().unwrap());
    let shown = accounts.second_factor(&h.factor, &typed);
    place.refused("second_factor", shown).await;
    let id = named("42");
    place.refused("disable", accounts.disable(&id)).await;
    place.refused("enable", accounts.enable(&id)).await;
    let (kim, sub) = (agent(), named("8"));
    let open = accounts.open_case(&kim, &sub, request());
    place.refused("open_case", open).await;
    place
        .refused("read_case", accounts.read_case(&kim, &id))
        .await;
    place
        .refused("approve", accounts.approve(&kim, &h.case))
        .await;
    place
        .refused("refuse", accounts.refuse(&kim, &h.case))
        .await;
    place.refused("deliver_due", accounts.deliver_due()).await;
}

/// Without the account being read: its names are taken, whatever its version.
async fn a_name_stays_taken<H: Shelf>() {
    let place = Place::<H>::new().await;
    let (accounts, client) = (&place.world.accounts, Client::new());
    place.shelf.renew(Kind::Account, None).await;
    for (id, name) in [("11", "alice"), ("42", "somebody")] {
        let registered = accounts.register(
            account_id(id),
            name.parse().unwrap(),
            typed_twice(NEW),
            &client,
        );
        let answer = place.unchanged("register", registered).await;
        let is_refused = matches!(
            answer,
            Ok(Register::Taken(_)) | Err(Error::IdInUse | Error::Record(RecordError::Newer))
        );
        assert!(is_refused, "{answer:?}");
        let registered = accounts.register_linked(
            account_id(id),
            name.parse().unwrap(),
            identity("12"),
            &client,
        );
        let answer = place.unchanged("register_linked", registered).await;
        let is_refused = matches!(
            answer,
            Ok(Register::Taken(_)) | Err(Error::IdInUse | Error::Record(RecordError::Newer))
        );
        assert!(is_refused, "{answer:?}");
    }
}

async fn flows_are_refused<H: Shelf>() {
    let place = Place::<H>::new().await;
    let (accounts, h) = (&place.world.accounts, &place.handles);
    assert!(place.shelf.renew(Kind::Flow, None).await >= 5);
    for (ticket, challenge) in [
        (&h.recovery, Challenge::HintQuestion),
        (&h.recovery, Challenge::SecurityEmail),
        (&h.ticket, Challenge::NewEmail(email("third@shop.example"))),
    ] {
        place
            .refused("challenge", accounts.challenge(ticket, challenge))
            .await;
    }
    place
        .refused(
            "prove",
            accounts.prove(&h.recovery, Proof::SecurityEmail(h.code.clone())),
        )
        .await;
    let proof = Proof::CurrentPassword(password(OLD));
    place
        .refused("prove", accounts.prove(&h.ticket, proof))
        .await;
    place
        .refused("follow", accounts.follow(&h.link, None))
        .await;
    place.refused("cancel", accounts.cancel(&h.stop)).await;
    for ticket in [&h.ticket, &h.recovered, &h.managing] {
        let changes = Changes::new().password(typed_twice(NEW));
        place
            .refused("apply", accounts.apply(ticket, changes))
            .await;
    }
    let once = accounts.sign_in_once(&h.recovered);
    place.refused("sign_in_once", once).await;
    let issue = accounts.issue_security_code(&h.ticket);
    place.refused("issue_security_code", issue).await;
    let issue = accounts.issue_second_factor(&h.ticket);
    place.refused("issue_second_factor", issue).await;
    let issue = accounts.issue_backup_codes(&h.with_factor);
    place.refused("issue_backup_codes", issue).await;
}

async fn budgets_are_refused<H: Shelf>() {
    let place = Place::<H>::new().await;
    let (accounts, h) = (&place.world.accounts, &place.handles);
    assert!(place.shelf.renew(Kind::Budget, None).await >= 5);
    let (alice, client) = (login("alice"), Client::new());
    for typed in [OLD, WRONG] {
        let typed = password(typed);
        place
            .refused("sign_in", accounts.sign_in(&alice, &typed, &client))
            .await;
    }
    let settings = accounts.settings(&h.session).unwrap();
    for (ticket, proof) in [
        (&settings, Proof::CurrentPassword(password(OLD))),
        (&h.recovery, Proof::SecurityEmail(h.code.clone())),
        (&h.recovery, Proof::HintQuestion(answer("somebody else"))),
    ] {
        let verb = format!("prove {proof:?}");
        place.refused(&verb, accounts.prove(ticket, proof)).await;
    }
    let typed = backstop::SecondFactor::Totp("123456".parse().unwrap());
    let shown = accounts.second_factor(&h.factor, &typed);
    place.refused("second_factor", shown).await;
}

async fn pointers_are_refused<H: Shelf>() {
    let place = Place::<H>::new().await;
    let (accounts, h) = (&place.world.accounts, &place.handles);
    assert!(place.shelf.renew(Kind::Pointer, None).await >= 1);
    let challenge = Challenge::NewEmail(email("third@shop.example"));
    place
        .refused("challenge", accounts.challenge(&h.ticket, challenge))
        .await;
    let changes = Changes::new().email();
    place
        .refused("apply", accounts.apply(&h.ticket, changes))
        .await;
}

/// More of them than one look at the store answers with, and all in front.
async fn others_go_on<H: Shelf>() {
    let shelf = H::new().await;
    let world = World::over(shelf.store(), key(), |builder| builder);
    for index in 0..70 {
        let name = format!("newer{index}");
        let signed_in = world.register(&name, &name, OLD).await;
        let address = format!("{name}@shop.example");
        let _with_address = world.add_email(&signed_in, OLD, &address).await;
    }
    let alice = world.register("42", "alice", OLD).await;
    let alice = world.add_email(&alice, OLD, ALICE).await;
    for index in 0..70 {
        let name = format!("newer{index}");
        let signed_in = world.signed_in(&name, OLD).await;
        let _changed = world.change(&signed_in, OLD, NEW).await;
        assert_eq!(shelf.renew(Kind::Account, Some(&name)).await, 1);
    }
    let alice = world.change(&alice, OLD, NEW).await;
    let ticket = world.settings(&alice).await;
    let ticket = world.proven(&ticket, NEW).await;
    let sent = world.challenge(&ticket, Challenge::SecurityEmail).await;
    assert_eq!(sent, Challenged::Sent);
    world.mail.take();
    let failed = world.accounts.deliver_due().await;
    assert!(matches!(failed, Err(Error::Record(RecordError::Newer))));
    let post = world.mail.take();
    assert!(post.iter().all(|letter| letter.to().as_str() == ALICE));
    let is_code = |letter: &&Message| matches!(letter.content(), Content::Code { .. });
    assert_eq!(post.iter().filter(is_code).count(), 1);
    assert_eq!(post.len(), 2, "the code and the notice: {post:?}");

    // The budget of sendings to this address; the mail to another one goes out beside it.
    let ticket = world.settings(&alice).await;
    let ticket = world.proven(&ticket, NEW).await;
    shelf.renew(Kind::Budget, None).await;
    let sent = world.challenge(&ticket, Challenge::SecurityEmail).await;
    assert_eq!(sent, Challenged::Sent);
    let bob = world.register("43", "bob", OLD).await;
    let ticket = world.settings(&bob).await;
    let ticket = world.proven(&ticket, OLD).await;
    let new = Challenge::NewEmail(email("bob@shop.example"));
    assert_eq!(world.challenge(&ticket, new).await, Challenged::Sent);
    let failed = world.accounts.deliver_due().await;
    assert!(matches!(failed, Err(Error::Record(RecordError::Newer))));
    let post = world.mail.take();
    let to: Vec<_> = post.iter().map(|letter| letter.to().as_str()).collect();
    assert_eq!(to, ["bob@shop.example"]);

    // What has expired goes, whoever wrote it.
    world.clock.advance(days(30));
    assert!(world.accounts.purge().await.unwrap() > 0);
}

macro_rules! over {
    ($($shelf:ident: $module:ident,)*) => {$(
        mod $module {
            use super::*;

            #[tokio::test]
            async fn an_account_of_a_newer_version_is_refused_by_every_verb() {
                accounts_are_refused::<$shelf>().await;
            }

            #[tokio::test]
            async fn the_names_of_a_newer_account_stay_taken() {
                a_name_stays_taken::<$shelf>().await;
            }

            #[tokio::test]
            async fn a_flow_of_a_newer_version_is_refused_by_every_verb() {
                flows_are_refused::<$shelf>().await;
            }

            #[tokio::test]
            async fn a_budget_of_a_newer_version_is_refused_by_every_verb() {
                budgets_are_refused::<$shelf>().await;
            }

            #[tokio::test]
            async fn a_pointer_of_a_newer_version_is_refused_by_every_verb() {
                pointers_are_refused::<$shelf>().await;
            }

            #[tokio::test]
            async fn newer_records_keep_nothing_from_the_others() {
                others_go_on::<$shelf>().await;
            }
        }
    )*};
}

over! {
    MemoryShelf: memory,
    SqliteShelf: sqlite,
    PostgresShelf: postgres,
}
