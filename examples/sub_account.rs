//! Sub-accounts: an administrator registers a member of staff, gives her another e-mail when she
//! cannot read the old one, and disables an account.
#![expect(clippy::arithmetic_side_effects, reason = "its numbers are its own")]
#![expect(clippy::print_stdout, reason = "an example talks to its reader")]

#[expect(dead_code, reason = "some of it is for longer stories")]
#[path = "shared/letter.rs"]
mod letter;
#[path = "shared/mailbox.rs"]
mod mailbox;
#[path = "shared/shop.rs"]
mod shop;
#[expect(dead_code, reason = "some of it is for longer stories")]
#[path = "shared/stage.rs"]
mod stage;

use std::time::Duration;

use backstop::{
    Apply, Challenge, Challenged, Changes, Localize, Manage, Password, Proof, Prove,
    RegisterSubAccount, Session, SessionStatus, SignIn, SignedIn, Standing, Ticket,
};

use mailbox::Mailbox;
use shop::{NEW, OLD, Shop, browser, twice};
use stage::{Told, check, say, seen};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

#[tokio::main]
async fn main() -> Told {
    let (shop, mailbox) = Mailbox::with_shop("sub-account").await?;
    let boss = shop.register("7", "boss").await?;
    let _other = shop.register("8", "other").await?;

    shop.clock.chapter("An administrator registers an account");
    hire(&shop, &boss).await?;
    let alice = cookie(&shop, "alice", OLD).await?;
    let _alice = mailbox.confirm(&shop, &alice, "alice@old.example").await?;
    say("alice", "She has an e-mail of her own.");

    shop.clock.advance(30 * DAY);
    let (boss, alice) = (
        cookie(&shop, "boss", OLD).await?,
        cookie(&shop, "alice", OLD).await?,
    );
    shop.clock
        .chapter("Alice lost her password and her mailbox");
    help(&shop, &mailbox, &boss).await?;
    let is_out = !is_live(&shop, &alice).await?;
    seen("her old session", "You are no longer signed in.", is_out)?;
    recover(&shop, &mailbox).await?;

    shop.clock.chapter("What an administrator cannot do");
    limits(&shop, &boss).await?;

    shop.clock.chapter("Alice leaves: her account is disabled");
    let alice = cookie(&shop, "alice", NEW).await?;
    manage(&shop, &boss, Changes::new().disable()).await?;
    let _told = mailbox.open().await?;
    let is_out = !is_live(&shop, &alice).await?;
    seen("alice, signed in", "You are no longer signed in.", is_out)?;
    let refused = shop.sign_in("alice", NEW).await?;
    let is_denied = matches!(refused, SignIn::Denied { .. });
    seen("alice", &words(&refused), is_denied)?;
    let nobody = shop.sign_in("nobody", NEW).await?;
    let is_alike = words(&nobody) == words(&refused);
    seen("a name that is not there", &words(&nobody), is_alike)?;

    shop.clock.chapter("She is back");
    manage(&shop, &boss, Changes::new().enable()).await?;
    let _told = mailbox.open().await?;
    let _alice = cookie(&shop, "alice", NEW).await?;
    say("alice", "You are signed in.");

    shop.clock.chapter("The service disables an account itself");
    let standing = shop.accounts.disable(&"42".parse()?).await?;
    seen(
        "the service",
        &words(&standing),
        standing == Standing::Disabled,
    )?;
    let applied = try_manage(&shop, &boss, Changes::new().enable()).await?;
    let is_refused = matches!(applied, Apply::Unproven);
    seen("the administrator", &words(&applied), is_refused)
}

async fn hire(shop: &Shop, boss: &SignedIn) -> Told {
    let session = session(shop, boss).await?;
    let (id, name) = ("42".parse()?, "alice".parse()?);
    let registered = shop
        .accounts
        .register_sub_account(&session, id, name, twice(OLD)?, &browser())
        .await?;
    let is_there = registered == RegisterSubAccount::Registered;
    seen("alice", &words(&registered), is_there)
}

/// She reads the new mailbox and tells the code over the counter.
async fn help(shop: &Shop, mailbox: &Mailbox, boss: &SignedIn) -> Told {
    let ticket = started(shop, boss).await?;
    let typed = Proof::Manager(Password::new("Wrong-99-guesses")?);
    let denied = shop.accounts.prove(&ticket, typed).await?;
    let is_denied = matches!(denied, Prove::Denied { .. });
    seen("the administrator", &words(&denied), is_denied)?;
    let ticket = shop.prove(&ticket, own_password()?).await?;
    let new = Challenge::NewEmail("alice@new.example".parse()?);
    let sent = shop.accounts.challenge(&ticket, new).await?;
    check(sent == Challenged::Sent, "a mail to the new address")?;
    let code = mailbox.open_one().await?.code()?;
    let ticket = shop.prove(&ticket, Proof::NewEmail(code)).await?;
    let changes = Changes::new().email();
    let applied = shop.accounts.apply(&ticket, changes).await?;
    let is_managed = matches!(applied, Apply::Managed);
    seen("the administrator", &words(&applied), is_managed)?;
    let told = mailbox.open().await?;
    check(told.len() == 2, "the old address is told as well")
}

async fn recover(shop: &Shop, mailbox: &Mailbox) -> Told {
    let ticket = shop.recover("alice", browser())?;
    let mail = Challenge::SecurityEmail;
    let sent = shop.accounts.challenge(&ticket, mail).await?;
    check(sent == Challenged::Sent, "a mail to the new address")?;
    let code = mailbox.open_one().await?.code()?;
    let ticket = shop.prove(&ticket, Proof::SecurityEmail(code)).await?;
    let changes = Changes::new().password(twice(NEW)?);
    let _device = shop.renew(&ticket, changes).await?;
    say("alice", "Your new password is set. Sign in with it.");
    let _told = mailbox.open().await?;
    Ok(())
}

async fn limits(shop: &Shop, boss: &SignedIn) -> Told {
    for id in ["8", "7", "999"] {
        let session = session(shop, boss).await?;
        let refused = shop.accounts.manage(&session, &id.parse()?).await?;
        let is_refused = matches!(refused, Manage::NotYours);
        seen(&format!("account {id}"), &words(&refused), is_refused)?;
    }
    let changes = Changes::new().password(twice(OLD)?);
    let applied = try_manage(shop, boss, changes).await?;
    let is_refused = matches!(applied, Apply::Unproven);
    seen("her password", &words(&applied), is_refused)
}

async fn manage(shop: &Shop, boss: &SignedIn, changes: Changes) -> Told {
    let applied = try_manage(shop, boss, changes).await?;
    let is_managed = matches!(applied, Apply::Managed);
    seen("the administrator", &words(&applied), is_managed)
}

async fn try_manage(shop: &Shop, boss: &SignedIn, changes: Changes) -> Told<Apply> {
    let ticket = started(shop, boss).await?;
    let ticket = shop.prove(&ticket, own_password()?).await?;
    Ok(shop.accounts.apply(&ticket, changes).await?)
}

async fn started(shop: &Shop, boss: &SignedIn) -> Told<Ticket> {
    let session = session(shop, boss).await?;
    match shop.accounts.manage(&session, &"42".parse()?).await? {
        Manage::Started(ticket) => Ok(ticket),
        refused => Err(format!("not started: {refused:?}").into()),
    }
}

fn own_password() -> Told<Proof> {
    Ok(Proof::Manager(Password::new(OLD)?))
}

async fn session(shop: &Shop, cookie: &SignedIn) -> Told<Session> {
    match shop.accounts.session(cookie.token()).await? {
        SessionStatus::Live(session) => Ok(session),
        SessionStatus::Ended => Err("signed out".into()),
    }
}

async fn is_live(shop: &Shop, cookie: &SignedIn) -> Told<bool> {
    let status = shop.accounts.session(cookie.token()).await?;
    Ok(matches!(status, SessionStatus::Live(_)))
}

async fn cookie(shop: &Shop, name: &str, typed: &str) -> Told<SignedIn> {
    match shop.sign_in(name, typed).await? {
        SignIn::Accepted(cookie) => Ok(cookie),
        refused => Err(format!("not signed in: {refused:?}").into()),
    }
}

fn words(answer: &impl Localize) -> String {
    answer.message(backstop::Locale::English)
}
