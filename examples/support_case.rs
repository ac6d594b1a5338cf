//! Support cases: a mailbox is lost, two agents look at what its owner has to show, and a link goes
//! to a new address once everybody could object; a request is refused; an account whose security
//! code was stolen is retired.
#![expect(clippy::arithmetic_side_effects, reason = "its numbers are its own")]
#![expect(clippy::print_stdout, reason = "an example talks to its reader")]

#[path = "shared/letter.rs"]
mod letter;
#[expect(dead_code, reason = "some of it is for longer stories")]
#[path = "shared/mailbox.rs"]
mod mailbox;
#[expect(dead_code, reason = "some of it is for longer stories")]
#[path = "shared/shop.rs"]
mod shop;
#[expect(dead_code, reason = "some of it is for longer stories")]
#[path = "shared/stage.rs"]
mod stage;

use std::time::Duration;

use backstop::{
    Approve, Builder, Changes, Locale, Localize, OpenCase, Policy, Prove, ReadCase, RefuseCase,
    SessionStatus, SignIn, SignedIn, Stopped, Ticket,
    policy::SupportRules,
    support::{Actor, Agent, Case, CaseRequest, Evidence},
};

use letter::Letter;
use mailbox::Mailbox;
use shop::{NEW, OLD, Shop, twice};
use stage::{Told, check, seen};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const RULES: &str = "intranet/support/lost-mailbox, version 3";

#[tokio::main]
async fn main() -> Told {
    let (shop, mailbox) = Mailbox::with("support-case", with_support).await?;
    let kim = shop.register("7", "kim").await?;
    let lou = shop.register("8", "lou").await?;
    let cookie = shop.register("42", "alice").await?;
    let _cookie = mailbox.confirm(&shop, &cookie, "alice@old.example").await?;
    let (kim, lou) = (agent(&shop, &kim).await?, agent(&shop, &lou).await?);

    shop.clock.advance(4 * DAY);
    shop.clock
        .chapter("Alice writes to support: her mailbox is lost");
    let case = opened(&shop, &kim, lost_mailbox("dms/2026/invoice-1183")?).await?;
    let letter = mailbox.open_one().await?;
    let (herself, request) = ("7".parse()?, lost_mailbox("dms/1")?);
    let own = shop.accounts.open_case(&kim, &herself, request).await?;
    let is_refused = matches!(own, OpenCase::NotAllowed);
    seen("Kim, on herself", "You may not.", is_refused)?;
    let case = approved(&shop, &kim, &case).await?;
    let _waiting = approved(&shop, &lou, &case).await?;
    mailbox.open_one().await?;

    shop.clock.advance(DAY);
    shop.clock
        .chapter("Whoever reads the old mailbox objects; that is heard, once");
    let stopped = shop.accounts.cancel(&letter.link("cancel")?).await?;
    let is_stopped = stopped == Stopped::Stopped;
    seen("the link in the mail", "It is stopped.", is_stopped)?;
    mailbox.open_one().await?;
    let unread = shop.accounts.approve(&kim, &case).await?;
    let is_unread = matches!(unread, Approve::Changed(_));
    seen(
        "Kim, as if nothing were",
        "Somebody objected: read it again.",
        is_unread,
    )?;
    let case = read(&shop, &kim).await?;
    let case = approved(&shop, &kim, &case).await?;
    let _waiting = approved(&shop, &lou, &case).await?;
    mailbox.open_one().await?;

    shop.clock.advance(3 * DAY);
    shop.clock.chapter("The link");
    let letters = mailbox.open().await?;
    let link = to(&letters, "alice@new.example")?.link("prove")?;
    let ticket = follow(&shop, &link).await?;
    let changes = Changes::new().email().password(twice(NEW)?);
    let _device = shop.renew(&ticket, changes).await?;
    seen(
        "a new password",
        "Your new password is set. Sign in with it.",
        true,
    )?;
    check(
        mailbox.open().await?.len() == 4,
        "both addresses are told of both",
    )?;
    signing_in(&shop, "alice@new.example", NEW, true).await?;
    signing_in(&shop, "alice@old.example", OLD, false).await?;
    let again = shop.accounts.follow(&link, None).await?;
    let is_spent = matches!(again, Prove::Expired);
    seen(
        "the link again",
        "This has expired, or was used already.",
        is_spent,
    )?;

    shop.clock.advance(4 * DAY);
    shop.clock
        .chapter("Somebody else asks, and has nothing to show");
    let other = "mallory@evil.example".parse()?;
    let poor = Evidence::new(vec!["dms/2026/a-poor-photograph".parse()?])?;
    let request = CaseRequest::new_email(other, RULES.parse()?, poor);
    let case = opened(&shop, &lou, request).await?;
    mailbox.open_one().await?;
    let refused = shop.accounts.refuse(&kim, &case).await?;
    let is_refused = refused == RefuseCase::Refused;
    seen("Kim refuses", &refused.message(Locale::English), is_refused)?;
    check(
        mailbox.open().await?.len() == 2,
        "who asked is told as well",
    )?;

    shop.clock.advance(DAY);
    shop.clock
        .chapter("Her security code is stolen: the account is retired");
    let police = Evidence::new(vec!["dms/2026/report-to-the-police-77".parse()?])?;
    let retire = CaseRequest::retire(RULES.parse()?, police);
    let case = opened(&shop, &kim, retire).await?;
    mailbox.open_one().await?;
    let case = approved(&shop, &kim, &case).await?;
    let retired = shop.accounts.approve(&lou, &case).await?;
    let says = retired.message(Locale::English);
    seen("Lou approves", &says, matches!(retired, Approve::Retired))?;
    mailbox.open_one().await?;
    signing_in(&shop, "alice@new.example", NEW, false).await?;
    let _new = shop.register("43", "alice").await?;
    seen("alice, once more", "Welcome! Your account is ready.", true)
}

/// Kim and Lou are agents. None of them acts on another one.
fn with_support(builder: Builder) -> Builder {
    let is_agent = |id: &str| ["7", "8"].contains(&id);
    let rules = SupportRules::DEFAULT.second_agent(true);
    builder
        .policy(Policy::marketplace().support(rules))
        .may_act(move |actor, account| match actor {
            Actor::Account(id) => is_agent(id.as_str()) && !is_agent(account.as_str()),
            Actor::Named(_) => false,
        })
}

async fn agent(shop: &Shop, cookie: &SignedIn) -> Told<Agent> {
    match shop.accounts.session(cookie.token()).await? {
        SessionStatus::Live(session) => Ok(Agent::signed_in(&session)),
        SessionStatus::Ended => Err("signed out".into()),
    }
}

fn lost_mailbox(paper: &str) -> Told<CaseRequest> {
    let evidence = Evidence::new(vec![paper.parse()?])?;
    let address = "alice@new.example".parse()?;
    Ok(CaseRequest::new_email(address, RULES.parse()?, evidence))
}

async fn opened(shop: &Shop, agent: &Agent, request: CaseRequest) -> Told<Case> {
    let alice = "42".parse()?;
    match shop.accounts.open_case(agent, &alice, request).await? {
        OpenCase::Opened(case) => {
            seen("a case is opened", &tell(&case), true)?;
            Ok(case)
        }
        refused => Err(format!("not opened: {refused:?}").into()),
    }
}

async fn read(shop: &Shop, agent: &Agent) -> Told<Case> {
    match shop.accounts.read_case(agent, &"42".parse()?).await? {
        ReadCase::Found(case) => Ok(case),
        other => Err(format!("no case: {other:?}").into()),
    }
}

async fn approved(shop: &Shop, agent: &Agent, case: &Case) -> Told<Case> {
    match shop.accounts.approve(agent, case).await? {
        Approve::Approved(case) => {
            seen("an agent approves", &tell(&case), true)?;
            Ok(case)
        }
        refused => Err(format!("not approved: {refused:?}").into()),
    }
}

fn tell(case: &Case) -> String {
    case.message(Locale::English).replace('\n', " ")
}

fn to<'a>(letters: &'a [Letter], address: &str) -> Told<&'a Letter> {
    let mut letters = letters.iter();
    Ok(letters
        .find(|letter| letter.to == address)
        .ok_or("no mail")?)
}

async fn follow(shop: &Shop, link: &backstop::Link) -> Told<Ticket> {
    match shop.accounts.follow(link, None).await? {
        Prove::Accepted(ticket) => Ok(ticket),
        refused => Err(format!("not followed: {refused:?}").into()),
    }
}

async fn signing_in(shop: &Shop, name: &str, typed: &str, is_right: bool) -> Told {
    let is_in = matches!(shop.sign_in(name, typed).await?, SignIn::Accepted(_));
    let says = match is_right {
        true => "You are signed in.",
        false => "Wrong name or password.",
    };
    seen(name, says, is_in == is_right)
}
