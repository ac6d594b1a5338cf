//! Support cases: what agents can do and what they cannot, who is told, and what the link buys.
#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod support;

use std::time::Duration;

use backstop::{
    Apply, Approve, BuildError, Builder, Challenge, Changes, Error, Link, MemorySender,
    MemoryStore, Message, OpenCase, Proof, Prove, ReadCase, RefuseCase, Register, SecurityCode,
    SignIn, Stopped, Ticket,
    audit::{Outcome, Verb},
    message::{Content, Notice},
    name::KeyKind,
    policy::{Policy, SupportRules},
    store::{AccountStore, FlowStore},
    support::{Actor, Agent, Case, CaseRequest, CaseState, Evidence, Goal, Reference},
};
use support::{
    ALICE, ANSWER, NEW, OLD, World, account_id, answer, days, email, hours, key,
    mail::{Refusal, cancel, notice},
    probe::Fault,
    question, typed_twice,
};

const NEW_ADDRESS: &str = "alice@new.example";
const WAIT: Duration = hours(72);

fn reference(text: &str) -> Reference {
    text.parse().unwrap()
}

fn agent(name: &str) -> Agent {
    Agent::named(reference(name))
}

fn evidence() -> Evidence {
    Evidence::new(vec![reference("dms/invoice-1183")]).unwrap()
}

/// Kim and Lou act on Alice and Bob; nobody acts on Root.
fn may_act(actor: &Actor, account: &backstop::AccountId) -> bool {
    let is_agent = match actor {
        Actor::Account(id) => id.as_str() == "7",
        Actor::Named(name) => ["kim", "lou"].contains(&name.as_str()),
    };
    is_agent && account.as_str() != "1"
}

fn world_with(rules: SupportRules) -> World {
    World::with(|builder| {
        builder
            .may_act(may_act)
            .policy(Policy::marketplace().support(rules))
    })
}

fn world() -> World {
    world_with(SupportRules::DEFAULT)
}

fn request(goal: Goal) -> CaseRequest {
    let document = reference("rules/lost-mailbox-3");
    match goal {
        Goal::NewEmail => CaseRequest::new_email(email(NEW_ADDRESS), document, evidence()),
        Goal::NewPassword => CaseRequest::new_password(document, evidence()),
        Goal::RemoveSecondFactor => CaseRequest::remove_second_factor(document, evidence()),
        _ => CaseRequest::retire(document, evidence()),
    }
}

async fn try_open<S: AccountStore + FlowStore + Clone>(
    world: &World<S>,
    goal: Goal,
) -> Result<OpenCase, Error> {
    let (kim, alice) = (agent("kim"), account_id("42"));
    world.accounts.open_case(&kim, &alice, request(goal)).await
}

async fn open<S: AccountStore + FlowStore + Clone>(world: &World<S>, goal: Goal) -> Case {
    match try_open(world, goal).await.unwrap() {
        OpenCase::Opened(case) => case,
        other => panic!("not opened: {other:?}"),
    }
}

async fn approve<S: AccountStore + FlowStore + Clone>(
    world: &World<S>,
    name: &str,
    case: &Case,
) -> Approve {
    world.accounts.approve(&agent(name), case).await.unwrap()
}

async fn approved<S: AccountStore + FlowStore + Clone>(
    world: &World<S>,
    name: &str,
    case: &Case,
) -> Case {
    match approve(world, name, case).await {
        Approve::Approved(case) => case,
        other => panic!("not approved: {other:?}"),
    }
}

async fn read<S: AccountStore + FlowStore + Clone>(world: &World<S>) -> Option<Case> {
    let read = world
        .accounts
        .read_case(&agent("kim"), &account_id("42"))
        .await;
    match read.unwrap() {
        ReadCase::Found(case) => Some(case),
        _ => None,
    }
}

fn link_of(message: &Message) -> Option<Link> {
    match message.content() {
        Content::SupportLink { link, .. } => {
            let begin = "https://shop.example/recover#prove=";
            Some(link.expose().strip_prefix(begin)?.parse().unwrap())
        }
        _ => None,
    }
}

/// The link in the post, and where it went.
fn link_in(post: &[Message]) -> (Link, String) {
    let mut links = post
        .iter()
        .filter_map(|mail| Some((link_of(mail)?, mail.to().as_str().to_owned())));
    let found = links.next().unwrap();
    assert!(links.next().is_none(), "two links");
    found
}

/// The notices in the post, with where they went.
fn told(post: &[Message]) -> Vec<(Notice, &str)> {
    let is_notice = |mail: &&Message| matches!(mail.content(), Content::Notice { .. });
    let told = post.iter().filter(is_notice);
    told.map(|mail| (notice(mail), mail.to().as_str()))
        .collect()
}

async fn follow<S: AccountStore + FlowStore + Clone>(world: &World<S>, link: &Link) -> Prove {
    world.accounts.follow(link, None).await.unwrap()
}

async fn followed<S: AccountStore + FlowStore + Clone>(world: &World<S>, link: &Link) -> Ticket {
    match follow(world, link).await {
        Prove::Accepted(ticket) => ticket,
        other => panic!("not followed: {other:?}"),
    }
}

/// A case up to its link: opened, approved, waited for.
async fn linked<S: AccountStore + FlowStore + Clone>(world: &World<S>, goal: Goal) -> Link {
    let case = open(world, goal).await;
    let _approved = approved(world, "kim", &case).await;
    if matches!(goal, Goal::NewEmail | Goal::RemoveSecondFactor) {
        let _told = world.post().await;
        world.clock.advance(WAIT);
    }
    link_in(&world.post().await).0
}

fn both() -> Changes {
    Changes::new().email().password(typed_twice(NEW))
}

async fn apply<S: AccountStore + FlowStore + Clone>(
    world: &World<S>,
    ticket: &Ticket,
    changes: Changes,
) -> Apply {
    world.accounts.apply(ticket, changes).await.unwrap()
}

async fn is_in<S: AccountStore + FlowStore + Clone>(
    world: &World<S>,
    name: &str,
    password: &str,
) -> bool {
    matches!(world.sign_in(name, password).await, SignIn::Accepted(_))
}

#[tokio::test]
async fn l02_s14_l03_a_lost_mailbox_is_replaced_after_a_wait_and_everybody_is_told() {
    let world = world_with(SupportRules::DEFAULT.second_agent(true));
    let (signed_in, _code) = world.alice().await;
    let case = open(&world, Goal::NewEmail).await;
    // The case records the rules, the evidence and the agent.
    assert_eq!(case.document().as_str(), "rules/lost-mailbox-3");
    assert_eq!(case.evidence(), &evidence());
    assert_eq!(case.opened().by, Actor::Named(reference("kim")));
    assert_eq!(case.opened().at(), world.clock.now());
    assert_eq!(case.state(), CaseState::Open { lacks: 2 });
    let letter = world.letter().await;
    assert_eq!(letter.to(), &email(ALICE));
    assert_eq!(notice(&letter), Notice::CaseOpened(Goal::NewEmail));
    let _objection = cancel(&letter);

    let case = approved(&world, "kim", &case).await;
    assert_eq!(case.state(), CaseState::Open { lacks: 1 });
    // The same agent again is not a second one.
    let case = approved(&world, "kim", &case).await;
    assert_eq!(case.approvals().len(), 1);
    let case = approved(&world, "lou", &case).await;
    let until = world.clock.now() + WAIT;
    assert_eq!(case.state(), CaseState::Waiting { until });
    let letter = world.letter().await;
    assert!(matches!(notice(&letter), Notice::CaseApproved(_)));
    assert_eq!(letter.to(), &email(ALICE));

    world.clock.advance(WAIT - Duration::from_millis(1));
    assert!(world.post().await.is_empty());
    world.clock.advance(Duration::from_millis(1));
    let post = world.post().await;
    let (link, to) = link_in(&post);
    assert_eq!(to, NEW_ADDRESS);
    assert_eq!(told(&post), [(Notice::SupportLinkSent, ALICE)]);
    // A mailbox that is not the account's is told no name.
    let letter = post.iter().find(|mail| link_of(mail).is_some()).unwrap();
    assert_eq!(letter.name(), None);
    assert!(!letter.text().contains("alice,"));

    // The session lives on until the change: a case is bound to no epoch.
    assert!(world.is_live(signed_in.token()).await);
    let ticket = followed(&world, &link).await;
    let applied = apply(&world, &ticket, both()).await;
    assert!(matches!(applied, Apply::Recovered(_)), "{applied:?}");
    assert!(!world.is_live(signed_in.token()).await);
    let post = world.post().await;
    for to in [ALICE, NEW_ADDRESS] {
        for what in [
            Notice::EmailChanged,
            Notice::PasswordChanged(backstop::Method::Support),
        ] {
            assert!(told(&post).contains(&(what, to)), "{what:?} {to}");
        }
    }
    assert!(is_in(&world, NEW_ADDRESS, NEW).await);
    assert!(!is_in(&world, ALICE, NEW).await);
    // Spent.
    assert!(matches!(follow(&world, &link).await, Prove::Expired));
    assert!(read(&world).await.is_none());
}

#[tokio::test]
async fn s14_x13_a_link_to_the_address_on_record_sets_a_new_password() {
    let world = world();
    let _alice = world.alice().await;
    let case = open(&world, Goal::NewPassword).await;
    let _told = world.post().await;
    let case = approved(&world, "kim", &case).await;
    let until = world.clock.now();
    assert_eq!(case.state(), CaseState::Waiting { until });
    let post = world.post().await;
    let (link, to) = link_in(&post);
    assert_eq!(to, ALICE);
    assert_eq!(told(&post), []);
    let until = world.clock.now() + hours(1);
    let case = read(&world).await.unwrap();
    assert_eq!(case.state(), CaseState::LinkSent { until });
    // Opening it spends nothing.
    let _first = followed(&world, &link).await;
    let ticket = followed(&world, &link).await;
    let weak = Changes::new().password(typed_twice("weak"));
    let unmet = apply(&world, &ticket, weak).await;
    assert!(matches!(unmet, Apply::Unmet { .. }), "{unmet:?}");
    let _device = world.recovered(&ticket, NEW).await;
    assert!(is_in(&world, "alice", NEW).await);
}

/// The goal says what the link buys, whatever the table allows to the proof.
#[tokio::test]
async fn x27_a_link_buys_what_its_case_is_about_and_nothing_else() {
    for goal in [Goal::NewPassword, Goal::NewEmail] {
        let world = world();
        let _alice = world.alice().await;
        let link = linked(&world, goal).await;
        let ticket = followed(&world, &link).await;
        let password = || Changes::new().password(typed_twice(NEW));
        let mut refused = vec![
            Changes::new().hint(question(), answer("Someone Quite Else")),
            Changes::new().delete(),
            Changes::new().no_second_factor(),
            Changes::new().user_name("alicia".parse().unwrap()),
            password().hint(question(), answer("Someone Quite Else")),
            both().user_name("alicia".parse().unwrap()),
        ];
        refused.push(match goal {
            // A new password beside the lost mailbox would leave that in place.
            Goal::NewEmail => password(),
            _ => both(),
        });
        for changes in refused {
            let tried = format!("{changes:?}");
            let answer = apply(&world, &ticket, changes).await;
            assert!(
                matches!(answer, Apply::Unproven),
                "{goal:?} {tried} {answer:?}"
            );
        }
        let issued = world.accounts.issue_security_code(&ticket).await.unwrap();
        assert!(matches!(issued, backstop::Issue::Unproven), "{issued:?}");
        let once = world.accounts.sign_in_once(&ticket).await.unwrap();
        assert!(matches!(once, backstop::SignInOnce::Unproven), "{once:?}");
        // No other proof joins it.
        for challenge in [
            Challenge::SecurityEmail,
            Challenge::HintQuestion,
            Challenge::NewEmail(email("mallory@evil.example")),
        ] {
            let answer = world.accounts.challenge(&ticket, challenge).await;
            assert!(matches!(answer, Err(Error::NotOffered)), "{answer:?}");
        }
        for proof in [
            Proof::CurrentPassword(support::password(OLD)),
            Proof::HintQuestion(answer(ANSWER)),
            Proof::NewEmail("12345678".parse().unwrap()),
        ] {
            let answer = world.accounts.prove(&ticket, proof).await;
            assert!(matches!(answer, Err(Error::NotOffered)), "{answer:?}");
        }
        let done = match goal {
            Goal::NewEmail => Changes::new().email(),
            _ => password(),
        };
        let done = apply(&world, &ticket, done).await;
        assert!(matches!(done, Apply::Recovered(_)), "{done:?}");
    }
}

/// What support has set buys for a while what support itself would.
#[tokio::test]
async fn x33_a_password_by_support_buys_no_more_than_support() {
    let world = world();
    let _alice = world.alice().await;
    let link = linked(&world, Goal::NewPassword).await;
    let _device = world.recovered(&followed(&world, &link).await, NEW).await;
    let hint = || Changes::new().hint(question(), answer("Someone Quite Else"));
    let signed_in = world.signed_in("alice", NEW).await;
    let ticket = world.settings(&signed_in).await;
    let ticket = world.proven(&ticket, NEW).await;
    let refused = apply(&world, &ticket, hint()).await;
    assert!(matches!(refused, Apply::Unproven), "{refused:?}");
    world.clock.advance(days(3));
    let ticket = world.settings(&signed_in).await;
    let ticket = world.proven(&ticket, NEW).await;
    let _signed_in = world.applied(&ticket, hint()).await;
}

/// An objection is heard once: it returns the case to the agents, who may approve again.
#[tokio::test]
async fn l03_s14_an_objection_returns_the_case_and_is_no_veto() {
    let world = world();
    let _alice = world.alice().await;
    let opened = open(&world, Goal::NewEmail).await;
    let objection = cancel(&world.letter().await);
    let waiting = approved(&world, "kim", &opened).await;
    let _told = world.post().await;
    world.clock.advance(hours(71));
    let stopped = world.accounts.cancel(&objection).await.unwrap();
    assert_eq!(stopped, Stopped::Stopped);
    let letter = world.letter().await;
    assert_eq!(notice(&letter), Notice::CaseObjected);
    world.clock.advance(hours(2));
    assert!(world.post().await.is_empty());
    // Twice is once.
    let stopped = world.accounts.cancel(&objection).await.unwrap();
    assert_eq!(stopped, Stopped::Stopped);
    assert!(world.post().await.is_empty());

    // Who has not read of it approves nothing.
    for stale in [opened, waiting] {
        let Approve::Changed(case) = approve(&world, "kim", &stale).await else {
            panic!("approved in spite of an objection");
        };
        assert!(case.objected_at().is_some());
        assert_eq!(case.state(), CaseState::Open { lacks: 1 });
    }
    let case = read(&world).await.unwrap();
    let _waiting = approved(&world, "kim", &case).await;
    // Everybody is told anew, and waits anew; but a lost mailbox cannot stop it for ever.
    let letter = world.letter().await;
    assert!(matches!(notice(&letter), Notice::CaseApproved(_)));
    let again = world.accounts.cancel(&cancel(&letter)).await.unwrap();
    assert_eq!(again, Stopped::Ended);
    world.clock.advance(WAIT);
    let (link, _to) = link_in(&world.post().await);
    let done = apply(&world, &followed(&world, &link).await, both()).await;
    assert!(matches!(done, Apply::Recovered(_)), "{done:?}");
}

/// An objection after the link went out: neither the link nor the page that it opened is good.
#[tokio::test]
async fn s14_an_objection_stops_a_link_that_is_out() {
    let world = world();
    let _alice = world.alice().await;
    let case = open(&world, Goal::NewEmail).await;
    let objection = cancel(&world.letter().await);
    let _waiting = approved(&world, "kim", &case).await;
    world.clock.advance(WAIT);
    let (link, _to) = link_in(&world.post().await);
    let ticket = followed(&world, &link).await;
    let stopped = world.accounts.cancel(&objection).await.unwrap();
    assert_eq!(stopped, Stopped::Stopped);
    assert!(matches!(follow(&world, &link).await, Prove::Expired));
    let late = apply(&world, &ticket, both()).await;
    assert!(matches!(late, Apply::Expired), "{late:?}");
    assert!(is_in(&world, ALICE, OLD).await);
}

async fn proved_by_paper(world: &World, code: &SecurityCode) -> Ticket {
    let paper = Proof::SecurityCode(code.expose().parse().unwrap());
    world.accepted(&world.recover("alice"), paper).await
}

#[tokio::test]
async fn s06_s14_the_security_code_decides() {
    let world = world();
    let (_signed_in, code) = world.alice().await;
    let case = open(&world, Goal::NewEmail).await;
    let _waiting = approved(&world, "kim", &case).await;
    let _told = world.post().await;
    let _device = world
        .recovered(&proved_by_paper(&world, &code).await, NEW)
        .await;
    assert!(told(&world.post().await).contains(&(Notice::CaseEnded, ALICE)));
    assert!(read(&world).await.is_none());
    let ended = approve(&world, "kim", &case).await;
    assert!(matches!(ended, Approve::Ended), "{ended:?}");
    world.clock.advance(WAIT);
    assert!(world.post().await.is_empty());
}

/// A thief with the code does not end the case that is about the stolen code.
#[tokio::test]
async fn i05_s06_a_stolen_code_is_ended_with_its_account() {
    let world = world_with(SupportRules::DEFAULT.second_agent(true));
    let (_signed_in, code) = world.alice().await;
    let case = open(&world, Goal::Retire).await;
    let _opened = world.post().await;
    let _one = approved(&world, "kim", &case).await;
    let _device = world
        .recovered(&proved_by_paper(&world, &code).await, NEW)
        .await;
    let thief = world.signed_in("alice", NEW).await;
    let _told = world.post().await;
    let retired = approve(&world, "lou", &case).await;
    assert!(matches!(retired, Approve::Retired), "{retired:?}");
    assert_eq!(told(&world.post().await), [(Notice::AccountRetired, ALICE)]);
    // At once, for ever, in every way.
    assert!(!world.is_live(thief.token()).await);
    for name in ["alice", ALICE] {
        assert!(!is_in(&world, name, NEW).await);
        let ticket = world.recover(name);
        let paper = Proof::SecurityCode(code.expose().parse().unwrap());
        let denied = world.offer(&ticket, paper).await;
        assert!(matches!(denied, Prove::Denied { .. }), "{denied:?}");
    }
    for goal in [Goal::NewEmail, Goal::NewPassword, Goal::Retire] {
        let unfit = try_open(&world, goal).await.unwrap();
        assert!(matches!(unfit, OpenCase::Unfit), "{unfit:?}");
    }
    world.clock.advance(days(30));
    assert!(world.post().await.is_empty());
    // Its id stays taken; its name and address are free.
    let client = backstop::Client::new();
    let again = world.accounts.register(
        account_id("42"),
        "alice".parse().unwrap(),
        typed_twice(OLD),
        &client,
    );
    assert!(matches!(again.await, Err(Error::IdInUse)));
    let other = world.register("43", "alice", OLD).await;
    let _other = world.add_email(&other, OLD, ALICE).await;
    assert!(is_in(&world, ALICE, OLD).await);
}

#[tokio::test]
async fn s14_a_refusal_is_told() {
    let world = world();
    let _alice = world.alice().await;
    let case = open(&world, Goal::NewEmail).await;
    let _told = world.post().await;
    let refused = world.accounts.refuse(&agent("lou"), &case).await.unwrap();
    assert_eq!(refused, RefuseCase::Refused);
    let post = world.post().await;
    assert_eq!(
        told(&post),
        [
            (Notice::CaseRefused, ALICE),
            (Notice::CaseRefused, NEW_ADDRESS)
        ]
    );
    assert_eq!(post[0].name(), Some("alice"));
    assert_eq!(post[1].name(), None);
    let again = world.accounts.refuse(&agent("lou"), &case).await.unwrap();
    assert_eq!(again, RefuseCase::Ended);
    // What remains is a new account, or another case.
    let other = world.register("43", "alice2", OLD).await;
    let _other = world.add_email(&other, OLD, NEW_ADDRESS).await;
    let _case = open(&world, Goal::NewEmail).await;
}

/// A link that is out dies with a refusal, and so does one that is not out yet.
#[tokio::test]
async fn s14_a_refusal_stops_the_link() {
    let world = world();
    let _alice = world.alice().await;
    let link = linked(&world, Goal::NewPassword).await;
    let ticket = followed(&world, &link).await;
    let case = read(&world).await.unwrap();
    let _refused = world.accounts.refuse(&agent("kim"), &case).await.unwrap();
    assert!(matches!(follow(&world, &link).await, Prove::Expired));
    assert!(matches!(world.apply(&ticket, NEW).await, Apply::Expired));
    let _told = world.post().await;

    let case = open(&world, Goal::NewPassword).await;
    let case = approved(&world, "kim", &case).await;
    world.mail.fail(&[Refusal::Transient; 2]);
    assert!(world.post().await.is_empty());
    let _refused = world.accounts.refuse(&agent("kim"), &case).await.unwrap();
    world.clock.advance(hours(1));
    let post = world.post().await;
    assert!(post.iter().all(|mail| link_of(mail).is_none()), "{post:?}");
    let told = told(&post);
    assert!(told.contains(&(Notice::CaseRefused, ALICE)), "{told:?}");
    let is_of_link = |(what, _to): &(Notice, &str)| *what == Notice::SupportLinkSent;
    assert!(!told.iter().any(is_of_link), "{told:?}");
}

/// Nobody acts on themselves, on whom the host forbids, after their session, or without the hook.
#[tokio::test]
async fn x27_l05_who_may_not_act_does_nothing() {
    let world = world();
    let (alice, _code) = world.alice().await;
    let staff = world.register("7", "morgan", OLD).await;
    let root = world.register("1", "root-of-all", OLD).await;
    let case = open(&world, Goal::NewEmail).await;
    let _told = world.post().await;
    let agents = [
        // The owner of the account, an account that is no agent's, a name that is none's.
        (Agent::signed_in(&world.session(&alice).await), "42"),
        (Agent::signed_in(&world.session(&root).await), "42"),
        (agent("mallory"), "42"),
        // An agent's own account, and a more privileged one.
        (Agent::signed_in(&world.session(&staff).await), "7"),
        (Agent::signed_in(&world.session(&staff).await), "1"),
        (agent("kim"), "1"),
    ];
    for (agent, subject) in &agents {
        let id = account_id(subject);
        world.store.take_calls();
        let opened = world.accounts.open_case(agent, &id, request(Goal::Retire));
        let opened = opened.await.unwrap();
        assert!(matches!(opened, OpenCase::NotAllowed), "{opened:?}");
        let read = world.accounts.read_case(agent, &id).await.unwrap();
        assert!(matches!(read, ReadCase::NotAllowed), "{read:?}");
        if *subject == "42" {
            let approved = world.accounts.approve(agent, &case).await.unwrap();
            assert!(matches!(approved, Approve::NotAllowed), "{approved:?}");
            let refused = world.accounts.refuse(agent, &case).await.unwrap();
            assert_eq!(refused, RefuseCase::NotAllowed);
        }
        assert_eq!(world.store.take_calls(), Vec::<&str>::new());
        assert!(world.post().await.is_empty());
    }
    // A session that has ended acts no more.
    let staff_agent = Agent::signed_in(&world.session(&staff).await);
    let alice = account_id("42");
    let read = world.accounts.read_case(&staff_agent, &alice).await;
    assert!(matches!(read.unwrap(), ReadCase::Found(_)));
    let _changed = world.change(&staff, OLD, NEW).await;
    let refused = world.accounts.approve(&staff_agent, &case).await.unwrap();
    assert!(matches!(refused, Approve::NotAllowed), "{refused:?}");
    let untouched = self::read(&world).await.unwrap();
    assert!(untouched.approvals().is_empty());
}

#[tokio::test]
async fn s14_without_a_hook_support_is_not_offered() {
    let world = World::new();
    let _alice = world.alice().await;
    let opened = try_open(&world, Goal::NewEmail).await;
    assert!(matches!(opened, Err(Error::NotOffered)), "{opened:?}");
    let build = |adapt: fn(Builder) -> Builder| {
        let builder = backstop::Accounts::builder(MemoryStore::new(), MemorySender::new(), key());
        adapt(builder.danger_codes_without_links()).build()
    };
    assert!(build(|builder| builder).is_ok());
    // There would be no link to mail, and none to object with.
    let refused = build(|builder| builder.may_act(may_act));
    assert!(matches!(refused, Err(BuildError::Support)));
    let rules = SupportRules::DEFAULT;
    for rules in [
        rules.wait(Duration::ZERO),
        rules.wait(days(400)),
        rules.link_life(Duration::ZERO),
        rules.link_life(hours(25)),
    ] {
        let refused = backstop::Accounts::builder(MemoryStore::new(), MemorySender::new(), key())
            .link_base("https://shop.example/recover")
            .unwrap()
            .policy(Policy::marketplace().support(rules))
            .build();
        assert!(matches!(refused, Err(BuildError::Support)), "{rules:?}");
    }
}

/// The rights of whoever approved are looked at again when the link goes out.
#[tokio::test]
async fn x27_l05_an_approval_counts_as_long_as_its_agent_may_act() {
    use std::sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    };
    let is_dismissed = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&is_dismissed);
    let world = World::with(|builder| {
        builder.may_act(move |actor, account| {
            let is_kim = *actor == Actor::Named(reference("kim"));
            may_act(actor, account) && !(is_kim && seen.load(Ordering::SeqCst))
        })
    });
    let _alice = world.alice().await;
    let case = open(&world, Goal::NewEmail).await;
    let case = approved(&world, "kim", &case).await;
    let _told = world.post().await;
    is_dismissed.store(true, Ordering::SeqCst);
    world.clock.advance(WAIT);
    assert!(world.post().await.is_empty());
    let refused = approve(&world, "kim", &case).await;
    assert!(matches!(refused, Approve::NotAllowed), "{refused:?}");
    // Another agent takes it on, and it waits anew.
    let case = approved(&world, "lou", &case).await;
    let until = world.clock.now() + WAIT;
    assert_eq!(case.state(), CaseState::Waiting { until });
}

#[tokio::test]
async fn s14_a_case_fits_its_account() {
    let world = world();
    let bare = world.register("42", "alice", OLD).await;
    for goal in [Goal::NewPassword, Goal::RemoveSecondFactor] {
        let unfit = try_open(&world, goal).await.unwrap();
        assert!(matches!(unfit, OpenCase::Unfit), "{unfit:?}");
    }
    let _alice = world.add_email(&bare, OLD, NEW_ADDRESS).await;
    for goal in [Goal::NewEmail, Goal::RemoveSecondFactor] {
        let unfit = try_open(&world, goal).await.unwrap();
        assert!(matches!(unfit, OpenCase::Unfit), "{unfit:?}");
    }
    let case = open(&world, Goal::NewPassword).await;
    let OpenCase::AlreadyOpen(other) = try_open(&world, Goal::Retire).await.unwrap() else {
        panic!("two cases");
    };
    assert_eq!(other.id(), case.id());
    let nobody = account_id("nobody");
    let none = world
        .accounts
        .open_case(&agent("kim"), &nobody, request(Goal::Retire))
        .await;
    assert!(matches!(none.unwrap(), OpenCase::NoAccount));
}

#[test]
fn s14_references_and_evidence_are_bounded() {
    for text in ["", " ", "a\u{1}b", &"x".repeat(201)] {
        assert!(text.parse::<Reference>().is_err(), "{text:?}");
    }
    assert!("x".repeat(200).parse::<Reference>().is_ok());
    assert!(Evidence::new(Vec::new()).is_err());
    assert!(Evidence::new(vec![reference("x"); 11]).is_err());
    assert!(Evidence::new(vec![reference("x"); 10]).is_ok());
}

/// An account without an address has nobody to tell; it still waits.
#[tokio::test]
async fn s14_an_account_without_an_address_gets_one() {
    let world = world();
    let _alice = world.register("42", "alice", OLD).await;
    let link = linked(&world, Goal::NewEmail).await;
    let done = apply(&world, &followed(&world, &link).await, both()).await;
    assert!(matches!(done, Apply::Recovered(_)), "{done:?}");
    assert!(is_in(&world, NEW_ADDRESS, NEW).await);
}

/// Only who has opened the link, and so proved the mailbox, is told that it is another account's.
#[tokio::test]
async fn s13_s14_an_address_in_use_is_told_to_its_holder_alone() {
    let world = world();
    let bob = world.register("8", "bob", OLD).await;
    let _bob = world.add_email(&bob, OLD, NEW_ADDRESS).await;
    let _alice = world.alice().await;
    let link = linked(&world, Goal::NewEmail).await;
    let taken = apply(&world, &followed(&world, &link).await, both()).await;
    assert!(matches!(taken, Apply::Taken(KeyKind::Email)), "{taken:?}");
    assert!(is_in(&world, ALICE, OLD).await);
}

#[tokio::test]
async fn s14_a_link_lasts_an_hour_and_another_one_is_asked_for() {
    let world = world();
    let _alice = world.alice().await;
    let first = linked(&world, Goal::NewEmail).await;
    let page = followed(&world, &first).await;
    let case = read(&world).await.unwrap();
    // While it is good there is no second one.
    let same = approved(&world, "lou", &case).await;
    assert_eq!(same.state(), case.state());
    assert!(world.post().await.is_empty());
    world.clock.advance(hours(1));
    assert!(matches!(follow(&world, &first).await, Prove::Expired));
    let late = apply(&world, &page, both()).await;
    assert!(matches!(late, Apply::Expired), "{late:?}");
    let _again = approved(&world, "lou", &case).await;
    let (second, to) = link_in(&world.post().await);
    assert_eq!(to, NEW_ADDRESS);
    assert!(matches!(follow(&world, &first).await, Prove::Expired));
    let _page = followed(&world, &second).await;
    // After a week it is decided anew.
    world.clock.advance(days(7));
    let case = read(&world).await.unwrap();
    let case = approved(&world, "lou", &case).await;
    let until = world.clock.now() + WAIT;
    assert_eq!(case.state(), CaseState::Waiting { until });
    assert_eq!(case.approvals().len(), 1);
}

/// Whatever the owner does with the account meanwhile, the case is there; the link is bound to
/// the address that it went to.
#[tokio::test]
async fn s14_a_case_outlives_changes_of_the_account() {
    let world = world();
    let (signed_in, _code) = world.alice().await;
    let case = open(&world, Goal::NewEmail).await;
    let _waiting = approved(&world, "kim", &case).await;
    let _signed_in = world.change(&signed_in, OLD, NEW).await;
    let _told = world.post().await;
    world.clock.advance(WAIT);
    let (link, _to) = link_in(&world.post().await);
    let page = followed(&world, &link).await;
    // The page dies with a change; the link does not.
    let signed_in = world.signed_in("alice", NEW).await;
    let _changed = world.change(&signed_in, NEW, OLD).await;
    let late = apply(&world, &page, both()).await;
    assert!(matches!(late, Apply::Expired), "{late:?}");
    let done = apply(&world, &followed(&world, &link).await, both()).await;
    assert!(matches!(done, Apply::Recovered(_)), "{done:?}");
}

#[tokio::test]
async fn x31_s14_clocks_that_jump_neither_shorten_the_wait_nor_stretch_the_link() {
    let world = world();
    let _alice = world.alice().await;
    let case = open(&world, Goal::NewEmail).await;
    let _waiting = approved(&world, "kim", &case).await;
    let _told = world.post().await;
    world.clock.rewind(days(10));
    assert!(world.post().await.is_empty());
    world.clock.advance(days(10) + WAIT);
    let (link, _to) = link_in(&world.post().await);
    // A link out of the future never began.
    world.clock.rewind(days(1));
    assert!(matches!(follow(&world, &link).await, Prove::Expired));
    world.clock.advance(days(1));
    assert!(matches!(follow(&world, &link).await, Prove::Accepted(_)));
    world.clock.advance(days(1));
    assert!(matches!(follow(&world, &link).await, Prove::Expired));
}

/// O01 and L05: one event for each step, with who acted on whom.
#[tokio::test]
async fn l05_o01_events_carry_actor_and_subject() {
    let world = world();
    let _alice = world.alice().await;
    let before = world.events().len();
    let case = open(&world, Goal::NewPassword).await;
    let _again = try_open(&world, Goal::Retire).await.unwrap();
    let _read = read(&world).await;
    let refused = world.accounts.approve(&agent("mallory"), &case).await;
    assert!(matches!(refused, Ok(Approve::NotAllowed)));
    let _waiting = approved(&world, "lou", &case).await;
    let refused = world.accounts.refuse(&agent("kim"), &case).await;
    assert!(matches!(refused, Ok(RefuseCase::Refused)));
    let seen: Vec<_> = world.events()[before..]
        .iter()
        .map(|event| {
            assert_eq!(event.account, Some(account_id("42")));
            let Some(Actor::Named(name)) = &event.actor else {
                panic!("{event:?}");
            };
            (event.verb, event.outcome, name.as_str().to_owned())
        })
        .collect();
    let expected = [
        (Verb::OpenCase, Outcome::Accepted, "kim"),
        (Verb::OpenCase, Outcome::Unfit, "kim"),
        (Verb::ReadCase, Outcome::Accepted, "kim"),
        (Verb::Approve, Outcome::NotAllowed, "mallory"),
        (Verb::Approve, Outcome::Accepted, "lou"),
        (Verb::Refuse, Outcome::Accepted, "kim"),
    ];
    assert_eq!(
        seen,
        expected.map(|(verb, outcome, name)| (verb, outcome, name.to_owned()))
    );
}

/// What agents are given and give: no password, code, ticket or link goes through their hands.
#[tokio::test]
async fn x27_l01_no_secret_goes_through_an_agents_hands() {
    let source = include_str!("../src/accounts/support.rs");
    let verbs: Vec<String> = source
        .split("    pub async fn ")
        .skip(1)
        .map(|rest| rest.split(" {").next().unwrap())
        .map(|signature| signature.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    assert_eq!(
        verbs,
        [
            "open_case( &self, agent: &Agent, account: &AccountId, request: CaseRequest, ) -> \
             Result<OpenCase, Error>",
            "read_case(&self, agent: &Agent, account: &AccountId) -> Result<ReadCase, Error>",
            "approve(&self, agent: &Agent, case: &Case) -> Result<Approve, Error>",
            "refuse(&self, agent: &Agent, case: &Case) -> Result<RefuseCase, Error>",
        ]
    );
    // The types in these signatures, and all that is public of what is in them.
    let values = include_str!("../src/support.rs");
    let outcomes = include_str!("../src/accounts/outcome.rs");
    let agents = outcomes.split("\n/// The answer of ").filter(|part| {
        ["open_case", "read_case", "approve", "refuse"]
            .iter()
            .any(|verb| part.starts_with(&format!("[`Accounts::{verb}`]")))
    });
    let agents: Vec<&str> = agents.collect();
    assert_eq!(agents.len(), 4);
    for public in agents.into_iter().chain([values]) {
        for line in public.lines().filter(|line| !line.trim().starts_with("//")) {
            for secret in [
                "Password", "Code(", "Ticket", "Link)", "Link>", "Token", "Url",
            ] {
                let is_goal = line.trim() == "NewPassword,"
                    || line.contains("Goal::NewPassword")
                    || line.contains("pub(crate) ");
                assert!(is_goal || !line.contains(secret), "{line}");
            }
        }
    }
    // Nor is any of it in what they could print.
    let world = world();
    let _alice = world.alice().await;
    let case = open(&world, Goal::NewPassword).await;
    let _waiting = approved(&world, "kim", &case).await;
    let (link, _to) = link_in(&world.post().await);
    let printed = format!("{:?}", read(&world).await);
    assert!(!printed.contains(link.expose()));
    assert!(printed.contains("CaseLink(..)"), "{printed}");
}

/// Neither what lies in the store nor the service key alone makes a link, and one of another account
/// or case is none.
#[tokio::test]
async fn s14_a_link_cannot_be_made_or_changed() {
    let world = world();
    let _alice = world.alice().await;
    let link = linked(&world, Goal::NewPassword).await;
    let text = link.expose().to_owned();
    let bytes = text.as_bytes();
    for at in 0..bytes.len() {
        let mut other = bytes.to_vec();
        other[at] = if other[at] == b'A' { b'B' } else { b'A' };
        let other: Link = String::from_utf8(other).unwrap().parse().unwrap();
        if other.expose() != text {
            assert!(matches!(follow(&world, &other).await, Prove::Expired));
        }
    }
    let stopped = world.accounts.cancel(&link).await.unwrap();
    assert_eq!(stopped, Stopped::Ended);
    for written in world.store.written() {
        assert!(
            !written
                .windows(32)
                .any(|part| bytes.windows(32).any(|l| l == part))
        );
    }
    let _ticket = followed(&world, &link).await;
}

/// A stranger sees nothing of a case: the same calls and answers before it, with it and after it.
#[tokio::test]
async fn x01_s14_a_stranger_sees_nothing_of_a_case() {
    let mut seen = Vec::new();
    for stage in 0..4 {
        let world = world();
        let _alice = world.alice().await;
        if stage > 0 {
            let case = open(&world, Goal::NewEmail).await;
            if stage > 1 {
                let _waiting = approved(&world, "kim", &case).await;
            }
            if stage > 2 {
                world.clock.advance(WAIT);
            }
        }
        let _told = world.post().await;
        world.store.take_calls();
        let mut lines = Vec::new();
        for name in ["alice", ALICE, NEW_ADDRESS] {
            let denied = format!("{:?}", world.sign_in(name, support::WRONG).await);
            let ticket = world.recover(name);
            let asked = [
                world.challenge(&ticket, Challenge::SecurityEmail).await,
                world.challenge(&ticket, Challenge::HintQuestion).await,
            ];
            let offered = [
                world
                    .offer(&ticket, Proof::SecurityEmail("00000000".parse().unwrap()))
                    .await,
                world
                    .offer(&ticket, Proof::HintQuestion(answer("somebody")))
                    .await,
            ];
            let forged: Link = "AAAA".parse().unwrap();
            let expired = follow(&world, &forged).await;
            let calls = world.store.take_calls();
            lines.push(format!(
                "{name}: {denied} {asked:?} {offered:?} {expired:?} {calls:?}"
            ));
        }
        seen.push(lines);
    }
    for stage in &seen[1..] {
        assert_eq!(stage, &seen[0]);
    }
}

/// Each call of the store fails once, from the opening to the change: nothing is half done, and
/// nobody gets in who should not.
#[tokio::test]
async fn x29_s14_a_failure_anywhere_loses_nothing() {
    for fault in [Fault::Before, Fault::After] {
        let mut calls = 0;
        loop {
            let world = world();
            let _alice = world.alice().await;
            world.store.fail(calls, &[fault]);
            story(&world, Goal::NewEmail).await;
            let is_over = !world.store.struck();
            assert!(is_in(&world, NEW_ADDRESS, NEW).await, "{fault:?} {calls}");
            assert!(!is_in(&world, ALICE, OLD).await, "{fault:?} {calls}");
            if is_over {
                break;
            }
            calls += 1;
        }
        assert!(calls >= 20, "{calls} calls");
    }
}

/// As people do it: what failed is done again.
async fn story(world: &World, goal: Goal) {
    let case = loop {
        match try_open(world, goal).await {
            Ok(OpenCase::Opened(case) | OpenCase::AlreadyOpen(case)) => break case,
            Ok(other) => panic!("{other:?}"),
            Err(_again) => {}
        }
    };
    loop {
        match world.accounts.approve(&agent("kim"), &case).await {
            Ok(Approve::Approved(case)) => {
                assert_eq!(case.approvals().len(), 1);
                break;
            }
            Ok(other) => panic!("{other:?}"),
            Err(_again) => {}
        }
    }
    world.clock.advance(WAIT);
    let mut post = Vec::new();
    for _pass in 0..3 {
        let _again = world.accounts.deliver_due().await;
        post.extend(world.mail.take());
        world.clock.advance(Duration::from_secs(3 * 60));
    }
    let links: Vec<Link> = post.iter().filter_map(link_of).collect();
    // Perhaps twice, and then the same.
    let link = links.last().unwrap();
    assert!(links.iter().all(|other| other.expose() == link.expose()));
    for what in [Notice::CaseOpened(goal), Notice::SupportLinkSent] {
        assert!(told(&post).contains(&(what, ALICE)), "{what:?}");
    }
    for _try in 0..4 {
        let Ok(Prove::Accepted(ticket)) = world.accounts.follow(link, None).await else {
            continue;
        };
        match world.accounts.apply(&ticket, both()).await {
            Ok(Apply::Recovered(_)) => break,
            Ok(other) => panic!("{other:?}"),
            Err(_again) => {}
        }
    }
}

/// A retirement that fails in the middle, and a refusal.
#[tokio::test]
async fn x29_s14_a_retirement_and_a_refusal_happen_wholly_or_not_at_all() {
    for fault in [Fault::Before, Fault::After] {
        for calls in 0..3 {
            let world = world();
            let _alice = world.alice().await;
            let case = open(&world, Goal::Retire).await;
            world.store.fail(calls, &[fault]);
            let first = world.accounts.approve(&agent("kim"), &case).await;
            let _struck = world.store.struck();
            if first.is_err() {
                let again = approve(&world, "kim", &case).await;
                assert!(matches!(again, Approve::Retired), "{again:?}");
            }
            assert!(!is_in(&world, "alice", OLD).await);
            let post = world.post().await;
            assert!(told(&post).contains(&(Notice::AccountRetired, ALICE)));

            let world = self::world();
            let _alice = world.alice().await;
            let case = open(&world, Goal::NewEmail).await;
            world.store.fail(calls, &[fault]);
            let first = world.accounts.refuse(&agent("kim"), &case).await;
            let _struck = world.store.struck();
            if first.is_err() {
                let again = world.accounts.refuse(&agent("kim"), &case).await.unwrap();
                assert_eq!(again, RefuseCase::Refused);
            }
            let post = world.post().await;
            assert!(told(&post).contains(&(Notice::CaseRefused, NEW_ADDRESS)));
        }
    }
}

/// Lets all of them run at once, over several machines.
async fn at_once<T: Send + 'static>(
    futures: Vec<impl Future<Output = T> + Send + 'static>,
) -> Vec<T> {
    let tasks: Vec<_> = futures.into_iter().map(tokio::spawn).collect();
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(task.await.unwrap());
    }
    answers
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn x11_s14_two_agents_at_once_are_two_and_one_agent_is_one() {
    for _round in 0..20 {
        let world = world_with(SupportRules::DEFAULT.second_agent(true));
        let _alice = world.alice().await;
        let case = open(&world, Goal::NewEmail).await;
        let futures = ["kim"; 8].map(|name| {
            let (world, case) = (world.clone(), case.clone());
            async move { approve(&world, name, &case).await }
        });
        let _answers = at_once(Vec::from(futures)).await;
        let case = read(&world).await.unwrap();
        assert_eq!(case.state(), CaseState::Open { lacks: 1 });
        let futures = ["kim", "lou", "kim", "lou"].map(|name| {
            let (world, case) = (world.clone(), case.clone());
            async move { approve(&world, name, &case).await }
        });
        let _answers = at_once(Vec::from(futures)).await;
        let case = read(&world).await.unwrap();
        assert_eq!(case.approvals().len(), 2);
        assert!(matches!(case.state(), CaseState::Waiting { .. }));
    }
}

/// Of an approval and an objection at once either is first; never is the case approved by somebody
/// who has not read of the objection.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn x11_s14_an_approval_against_an_objection() {
    for _round in 0..20 {
        let world = world();
        let _alice = world.alice().await;
        let case = open(&world, Goal::NewEmail).await;
        let objection = cancel(&world.letter().await);
        let (approver, objector) = (world.clone(), world.clone());
        let approving = tokio::spawn(async move { approve(&approver, "kim", &case).await });
        let objecting =
            tokio::spawn(async move { objector.accounts.cancel(&objection).await.unwrap() });
        let _approved = approving.await.unwrap();
        assert_eq!(objecting.await.unwrap(), Stopped::Stopped);
        let case = read(&world).await.unwrap();
        assert_eq!(case.state(), CaseState::Open { lacks: 1 });
        assert!(case.objected_at().is_some());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn x11_s14_of_many_uses_of_a_link_one_is_made() {
    for _round in 0..5 {
        let world = world();
        let _alice = world.alice().await;
        let link = linked(&world, Goal::NewEmail).await;
        let futures = (0..16).map(|n| {
            let (world, link) = (world.clone(), link.clone());
            async move {
                let Ok(Prove::Accepted(ticket)) = world.accounts.follow(&link, None).await else {
                    return false;
                };
                let new = typed_twice(&format!("Orla-{n}-rivers"));
                let changes = Changes::new().email().password(new);
                matches!(
                    world.accounts.apply(&ticket, changes).await,
                    Ok(Apply::Recovered(_))
                )
            }
        });
        let answers = at_once(futures.collect()).await;
        assert_eq!(answers.iter().filter(|done| **done).count(), 1);
    }
}

#[cfg(feature = "totp")]
mod factor {
    use super::{support::factor, *};

    async fn enrolled(world: &World) -> (backstop::SignedIn, SecurityCode) {
        let (signed_in, code) = world.alice().await;
        let ticket = factor::both_proofs(world, &signed_in, OLD).await;
        let issued = factor::issued(world, &ticket).await;
        let first = factor::app(world, &issued, 0);
        let signed_in = world
            .applied(&ticket, Changes::new().second_factor(first))
            .await;
        let _told = world.post().await;
        (signed_in, code)
    }

    #[tokio::test]
    async fn s14_s17_a_lost_second_factor_is_removed() {
        let world = world();
        let _alice = enrolled(&world).await;
        let case = open(&world, Goal::RemoveSecondFactor).await;
        let _waiting = approved(&world, "kim", &case).await;
        let _told = world.post().await;
        world.clock.advance(WAIT);
        let (link, to) = link_in(&world.post().await);
        assert_eq!(to, ALICE);
        let ticket = followed(&world, &link).await;
        // The factor and nothing else.
        let password = apply(&world, &ticket, Changes::new().password(typed_twice(NEW))).await;
        assert!(matches!(password, Apply::Unproven), "{password:?}");
        let done = apply(&world, &ticket, Changes::new().no_second_factor()).await;
        assert!(matches!(done, Apply::Recovered(_)), "{done:?}");
        let post = world.post().await;
        assert_eq!(told(&post), [(Notice::SecondFactorRemoved, ALICE)]);
        assert!(is_in(&world, "alice", OLD).await);
    }

    /// A new password, or a new address, does not get round the factor.
    #[tokio::test]
    async fn x21_s14_support_does_not_get_round_a_second_factor() {
        for goal in [Goal::NewPassword, Goal::NewEmail] {
            let world = world();
            let _alice = enrolled(&world).await;
            let link = linked(&world, goal).await;
            let ticket = followed(&world, &link).await;
            let changes = match goal {
                Goal::NewEmail => both(),
                _ => Changes::new().password(typed_twice(NEW)),
            };
            let done = apply(&world, &ticket, changes).await;
            assert!(matches!(done, Apply::Recovered(_)), "{done:?}");
            let asked = world.sign_in("alice", NEW).await;
            assert!(matches!(asked, SignIn::SecondFactor(_)), "{asked:?}");
        }
    }
}

/// The name of a retired account is free, and nothing of the old one comes with it.
#[tokio::test]
async fn s14_a_new_account_under_a_retired_name_is_a_new_account() {
    let world = world();
    let _alice = world.alice().await;
    let case = open(&world, Goal::Retire).await;
    let retired = approve(&world, "kim", &case).await;
    assert!(matches!(retired, Approve::Retired), "{retired:?}");
    let client = backstop::Client::new();
    let answer = world.accounts.register(
        account_id("43"),
        "alice".parse().unwrap(),
        typed_twice(NEW),
        &client,
    );
    assert!(matches!(answer.await.unwrap(), Register::Registered(_)));
    assert!(!is_in(&world, "alice", OLD).await);
    let ended = world.accounts.refuse(&agent("kim"), &case).await.unwrap();
    assert_eq!(ended, RefuseCase::Ended);
}
