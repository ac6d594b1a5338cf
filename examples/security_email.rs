//! Method 2, over a real mail conversation: a code in the mailbox, or its link, sets a new
//! password, and a link undoes what was not its reader. The mail server is one of this process, on a port of 127.0.0.1.
#![expect(clippy::arithmetic_side_effects, reason = "its numbers are its own")]
#![expect(clippy::print_stdout, reason = "an example talks to its reader")]

#[expect(
    dead_code,
    clippy::panic,
    clippy::unwrap_used,
    reason = "the tests' own mail server, as it is"
)]
#[path = "../tests/mail_server/inbox.rs"]
mod inbox;
#[path = "shared/letter.rs"]
mod letter;
#[path = "shared/shop.rs"]
mod shop;
#[expect(dead_code, reason = "some of it is for longer stories")]
#[path = "shared/stage.rs"]
mod stage;

use std::time::Duration;

use backstop::{
    Challenge, Challenged, Changes, Client, Locale, Localize, Proof, Prove, Session, SessionStatus,
    SignIn, SignInOnce, SignedIn, SmtpSender, Stopped, Ticket, account::Page,
};

use inbox::Inbox;
use letter::Letter;
use shop::{NEW, OLD, Shop, browser, password, twice};
use stage::{Told, check, say, seen};

const THIRD: &str = "Silver-88-meadows";
const ADDRESS: &str = "Alice@shop.example";
const MINUTE: Duration = Duration::from_secs(60);

#[tokio::main]
async fn main() -> Told {
    let server = Inbox::start();
    // In production: SmtpSender::starttls("smtp.shop.example").credentials(..).
    let sender = SmtpSender::plain_loopback(server.port())
        .from("The shop <no-reply@shop.example>")
        .build()?;
    let shop = Shop::open("security-email", sender, |builder| builder).await?;
    let courier = tokio::spawn(shop.accounts.courier(tokio::time::sleep));

    shop.clock.chapter("Alice registers, with an e-mail");
    registering(&shop, &server).await?;

    shop.clock.advance(MINUTE);
    shop.clock.chapter("She forgot her password: the code");
    by_code(&shop, &server).await?;

    shop.clock.advance(MINUTE);
    shop.clock.chapter("The next time she opens the link");
    by_link(&shop, &server).await?;

    shop.clock.advance(MINUTE);
    shop.clock
        .chapter("Another time she is in a hurry: the code signs in once");
    once(&shop, &server).await?;

    shop.clock.advance(MINUTE);
    shop.clock
        .chapter("Somebody else changes her password: it was not her");
    not_me(&shop, &server).await?;

    // The courier ends with the last clone of the accounts; this one does not wait for that.
    courier.abort();
    Ok(())
}

/// The first address is confirmed like every later one: the password, and a code mailed to it.
async fn registering(shop: &Shop, server: &Inbox) -> Told {
    let cookie = shop.register("42", "alice").await?;
    let ticket = shop
        .prove(&shop.settings(&cookie).await?, password()?)
        .await?;
    let new = Challenge::NewEmail(ADDRESS.parse()?);
    let sent = shop.accounts.challenge(&ticket, new).await?;
    seen(ADDRESS, "We sent you a code.", sent == Challenged::Sent)?;
    let code = Proof::NewEmail(mail(server).await?.code()?);
    let ticket = shop.prove(&ticket, code).await?;
    let _cookie = shop.apply(&ticket, Changes::new().email()).await?;
    say("the code", "This is your security e-mail from now on.");
    mail(server).await?;
    Ok(())
}

async fn by_code(shop: &Shop, server: &Inbox) -> Told {
    let ticket = shop.recover("alice", browser())?;
    ask(shop, "alice", &ticket).await?;
    let first = mail(server).await?.code()?;

    // The same answer, and no mail: the one that comes next is Alice's.
    let nobody = shop.recover("nobody", browser())?;
    ask(shop, "nobody", &nobody).await?;

    shop.clock.advance(MINUTE);
    ask(shop, "alice, once more", &ticket).await?;
    let again = mail(server).await?.code()?;
    let same = first.expose() == again.expose();
    seen("the second mail", "It has the same code.", same)?;

    let wrong = if first.expose() == "00000000" {
        "00000001"
    } else {
        "00000000"
    };
    let typed = Proof::SecurityEmail(wrong.parse()?);
    let answer = shop.accounts.prove(&ticket, typed).await?;
    let denied = matches!(answer, Prove::Denied { left: Some(2) });
    seen(wrong, "Wrong. You have 2 more tries.", denied)?;

    let ticket = shop.prove(&ticket, Proof::SecurityEmail(first)).await?;
    say("the code", "Right. Choose a new password.");
    renewed(shop, server, &ticket, NEW).await
}

/// The same code signs in once, for whoever wants to go on and set no new password now.
async fn once(shop: &Shop, server: &Inbox) -> Told {
    let ticket = shop.recover("alice", browser())?;
    ask(shop, "alice", &ticket).await?;
    let code = Proof::SecurityEmail(mail(server).await?.code()?);
    let ticket = shop.prove(&ticket, code).await?;
    let answer = shop.accounts.sign_in_once(&ticket).await?;
    let is_in = matches!(answer, SignInOnce::Accepted(_));
    seen("just sign in", "You are signed in.", is_in)?;
    mail(server).await?;
    let again = shop.accounts.sign_in_once(&ticket).await?;
    let is_spent = matches!(again, SignInOnce::Expired);
    seen("once more", "This code is spent. Start over.", is_spent)
}

/// Whoever knows the password may change it. The mail that tells so has a link that undoes it.
async fn not_me(shop: &Shop, server: &Inbox) -> Told {
    let SignIn::Accepted(cookie) = shop.sign_in("alice", OLD).await? else {
        return Err("not signed in".into());
    };
    let session = live(shop, &cookie).await?.ok_or("signed out")?;
    let somewhere = session.at(&Client::new().label("curl, somewhere"));
    let ticket = shop.accounts.settings(&somewhere)?;
    let ticket = shop.prove(&ticket, password()?).await?;
    let changes = Changes::new().password(twice(NEW)?);
    let stolen = shop.apply(&ticket, changes).await?;
    say("somebody", "Your password is changed.");
    let link = mail(server).await?.link("cancel")?;
    let said = shop.accounts.cancel(&link).await?;
    let is_void = said == Stopped::PasswordVoid;
    seen("the link", said.message(Locale::English).as_str(), is_void)?;
    let is_out = live(shop, &stolen).await?.is_none();
    seen("somebody", "You are signed out.", is_out)?;
    let answer = shop.sign_in("alice", NEW).await?;
    let is_denied = matches!(answer, SignIn::Denied { .. });
    seen("somebody, again", "Wrong name or password.", is_denied)?;
    mail(server).await?;

    let ticket = shop.recover("alice", browser())?;
    ask(shop, "alice", &ticket).await?;
    let code = Proof::SecurityEmail(mail(server).await?.code()?);
    let ticket = shop.prove(&ticket, code).await?;
    renewed(shop, server, &ticket, THIRD).await?;
    let SignIn::Accepted(cookie) = shop.sign_in("alice", THIRD).await? else {
        return Err("not signed in".into());
    };
    let session = live(shop, &cookie).await?.ok_or("signed out")?;
    let page = shop.accounts.activity(&session, Page::new().size(5));
    for entry in page.await?.ok_or("signed out")?.entries {
        let words = entry.message(Locale::English);
        say("what was done", &words.replace('\n', " "));
    }
    Ok(())
}

async fn live(shop: &Shop, cookie: &SignedIn) -> Told<Option<Session>> {
    Ok(match shop.accounts.session(cookie.token()).await? {
        SessionStatus::Live(session) => Some(session),
        SessionStatus::Ended => None,
    })
}

/// In whatever browser the mail is read: a link needs no ticket. Opening it does not spend it.
async fn by_link(shop: &Shop, server: &Inbox) -> Told {
    let ticket = shop.recover(ADDRESS, browser())?;
    ask(shop, ADDRESS, &ticket).await?;
    let link = mail(server).await?.link("prove")?;
    let Prove::Accepted(ticket) = shop.accounts.follow(&link, None).await? else {
        return Err("the link is dead".into());
    };
    say("the link", "Right. Choose a new password.");
    renewed(shop, server, &ticket, OLD).await?;
    let spent = shop.accounts.follow(&link, None).await?;
    let is_spent = matches!(spent, Prove::Expired);
    seen("the link, again", "This link is spent.", is_spent)
}

/// What every name is answered.
async fn ask(shop: &Shop, name: &str, ticket: &Ticket) -> Told {
    let sent = shop
        .accounts
        .challenge(ticket, Challenge::SecurityEmail)
        .await?;
    let says = "If the account has an e-mail, a code is on its way.";
    seen(name, says, sent == Challenged::Sent)
}

async fn renewed(shop: &Shop, server: &Inbox, ticket: &Ticket, new: &str) -> Told {
    let changes = Changes::new().password(twice(new)?);
    let _device = shop.renew(ticket, changes).await?;
    say(new, "Your password is changed.");
    mail(server).await?;
    let answer = shop.sign_in("alice", new).await?;
    let is_in = matches!(answer, SignIn::Accepted(_));
    seen("alice", "You are signed in.", is_in)
}

/// Waits for a mail, which has to be Alice's only one.
async fn mail(server: &Inbox) -> Told<Letter> {
    for _ in 0..500 {
        let mut mails = server.take();
        if let Some(mail) = mails.pop() {
            let letter = Letter {
                to: mail.to.join(", "),
                subject: mail.header("Subject"),
                text: mail.text(),
            };
            letter.print();
            check(mails.is_empty() && letter.to == ADDRESS, "one mail, to her")?;
            return Ok(letter);
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Err("no mail within 10 s".into())
}
