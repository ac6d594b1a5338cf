//! Two-factor authentication: an authenticator app is enrolled, signs in beside the password, is
//! asked for after a recovery as well, and is removed.
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
    Apply, Challenge, Challenged, Changes, IssueFactor, Locale, Localize, NewSecondFactor,
    Password, Proof, SecondFactor, SignIn, SignedIn, Ticket,
};

use mailbox::Mailbox;
use shop::{NEW, OLD, Shop, browser, password, twice};
use stage::{Clock, Told, check, say, seen};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const STEP: Duration = Duration::from_secs(30);
const ADDRESS: &str = "alice@shop.example";

/// The app on Alice's phone, and her backup codes on paper.
struct Phone {
    app: totp_rs::Totp,
    clock: Clock,
    paper: Vec<String>,
}

impl Phone {
    /// An app scans the URI as a QR code; this one has the key typed in.
    fn set_up(factor: &NewSecondFactor, clock: &Clock) -> Told<Self> {
        let key = totp_rs::Secret::try_from_base32(factor.key().expose().as_str())?;
        let codes = factor.backup_codes().iter();
        Ok(Self {
            app: totp_rs::Builder::new().with_secret(key).build()?,
            clock: clock.clone(),
            paper: codes.map(|code| code.expose().to_string()).collect(),
        })
    }

    fn shows(&self) -> Told<String> {
        let now = u64::try_from(self.clock.now().unix_timestamp())?;
        Ok(self.app.generate(now).to_string())
    }
}

#[tokio::main]
async fn main() -> Told {
    let (shop, mailbox) = Mailbox::with_shop("two-factor").await?;
    let cookie = shop.register("42", "alice").await?;
    let cookie = mailbox.confirm(&shop, &cookie, ADDRESS).await?;
    // A young address buys nothing beyond itself.
    shop.clock.advance(4 * DAY);

    shop.clock.chapter("Alice sets up her authenticator app");
    let phone = enrolling(&shop, &mailbox, &cookie).await?;

    shop.clock.advance(DAY);
    shop.clock.chapter("Signing in takes both from now on");
    signing_in(&shop, &mailbox, &phone).await?;

    shop.clock.advance(DAY);
    shop.clock
        .chapter("A new password does not replace the phone");
    recovering(&shop, &mailbox, &phone).await?;

    shop.clock.advance(4 * DAY);
    shop.clock.chapter("Alice removes it");
    removing(&shop, &mailbox, &phone).await
}

async fn enrolling(shop: &Shop, mailbox: &Mailbox, cookie: &SignedIn) -> Told<Phone> {
    let ticket = shop.settings(cookie).await?;
    let ticket = shop.prove(&ticket, password()?).await?;
    let early = shop.accounts.issue_second_factor(&ticket).await?;
    let is_unproven = matches!(early, IssueFactor::Unproven);
    let says = "Type the code that we mail to you, too.";
    seen("the password alone", says, is_unproven)?;
    let challenge = Challenge::SecurityEmail;
    let sent = shop.accounts.challenge(&ticket, challenge).await?;
    check(sent == Challenged::Sent, "a mail with a code")?;
    let code = mailbox.open_one().await?.code()?;
    let ticket = shop.prove(&ticket, Proof::SecurityEmail(code)).await?;
    let IssueFactor::Issued(factor) = shop.accounts.issue_second_factor(&ticket).await? else {
        return Err("not issued".into());
    };
    say("a QR code", factor.key().uri("Shop", "alice").as_str());
    let phone = Phone::set_up(&factor, &shop.clock)?;
    let [first, ..] = phone.paper.as_slice() else {
        return Err("no backup codes".into());
    };
    say(
        "ten backup codes",
        &format!("{first}, and nine more. They are shown once."),
    );

    let wrong = if phone.shows()? == "000000" {
        "000001"
    } else {
        "000000"
    };
    let changes = Changes::new().second_factor(wrong.parse()?);
    let answer = shop.accounts.apply(&ticket, changes).await?;
    let is_mistyped = matches!(answer, Apply::MistypedFactor);
    seen(wrong, &answer.message(Locale::English), is_mistyped)?;
    let typed = phone.shows()?;
    let changes = Changes::new().second_factor(typed.parse()?);
    let _cookie = shop.apply(&ticket, changes).await?;
    say(
        &typed,
        "Set up. You will be asked for such a code when you sign in.",
    );
    mailbox.open_one().await?;
    Ok(phone)
}

async fn signing_in(shop: &Shop, mailbox: &Mailbox, phone: &Phone) -> Told {
    let typed = phone.shows()?;
    let ticket = asked(shop, OLD).await?;
    let answer = show(shop, &ticket, &typed).await?;
    let is_in = matches!(answer, SignIn::Accepted(_));
    seen(&typed, "You are signed in.", is_in)?;

    // Somebody looked over her shoulder.
    let ticket = asked(shop, OLD).await?;
    let answer = show(shop, &ticket, &typed).await?;
    let is_denied = matches!(answer, SignIn::WrongFactor { left: Some(2) });
    let says = "Wrong, or used before. You have 2 more tries.";
    seen("the same, again", says, is_denied)?;
    // And has her password: she is told.
    mailbox.open_one().await?;

    let paper = phone.paper.first().ok_or("no paper")?;
    for (did, says, good) in [
        ("a backup code", "You are signed in.", true),
        ("the same, again", "Wrong, or used before.", false),
    ] {
        let ticket = asked(shop, OLD).await?;
        let typed = SecondFactor::BackupCode(paper.parse()?);
        let answer = shop.accounts.second_factor(&ticket, &typed).await?;
        seen(did, says, matches!(answer, SignIn::Accepted(_)) == good)?;
    }
    mailbox.open_one().await?;
    Ok(())
}

async fn recovering(shop: &Shop, mailbox: &Mailbox, phone: &Phone) -> Told {
    let ticket = shop.recover("alice", browser())?;
    let challenge = Challenge::SecurityEmail;
    let sent = shop.accounts.challenge(&ticket, challenge).await?;
    check(sent == Challenged::Sent, "a mail with a code")?;
    let code = mailbox.open_one().await?.code()?;
    let ticket = shop.prove(&ticket, Proof::SecurityEmail(code)).await?;
    let changes = Changes::new().password(twice(NEW)?);
    let device = shop.renew(&ticket, changes).await?;
    say(NEW, "Your password is changed: sign in with it.");
    mailbox.open_one().await?;

    let (name, typed) = ("alice".parse()?, Password::new(NEW)?);
    let client = browser().device(device);
    let answer = shop.accounts.sign_in(&name, &typed, &client).await?;
    let SignIn::SecondFactor(ticket) = answer else {
        return Err("the second factor was not asked for".into());
    };
    say("alice", "Type the code that your app shows.");
    let typed = phone.shows()?;
    let answer = show(shop, &ticket, &typed).await?;
    let is_in = matches!(answer, SignIn::Accepted(_));
    seen(&typed, "You are signed in.", is_in)
}

async fn removing(shop: &Shop, mailbox: &Mailbox, phone: &Phone) -> Told {
    let ticket = asked(shop, NEW).await?;
    let SignIn::Accepted(cookie) = show(shop, &ticket, &phone.shows()?).await? else {
        return Err("not signed in".into());
    };
    let ticket = shop.settings(&cookie).await?;
    let proof = Proof::CurrentPassword(Password::new(NEW)?);
    let ticket = shop.prove(&ticket, proof).await?;
    let changes = Changes::new().no_second_factor();
    let answer = shop.accounts.apply(&ticket, changes).await?;
    let is_unproven = matches!(answer, Apply::Unproven);
    let says = "Type the code that your app shows, too.";
    seen("the password alone", says, is_unproven)?;

    shop.clock.advance(STEP);
    let typed = phone.shows()?;
    let proof = Proof::SecondFactor(SecondFactor::Totp(typed.parse()?));
    let ticket = shop.prove(&ticket, proof).await?;
    let changes = Changes::new().no_second_factor();
    let _cookie = shop.apply(&ticket, changes).await?;
    say(&typed, "Removed. Your password alone signs you in.");
    mailbox.open_one().await?;
    let answer = shop.sign_in("alice", NEW).await?;
    let is_in = matches!(answer, SignIn::Accepted(_));
    seen("alice", "You are signed in.", is_in)
}

/// The right password: nobody is signed in yet.
async fn asked(shop: &Shop, typed: &str) -> Told<Ticket> {
    match shop.sign_in("alice", typed).await? {
        SignIn::SecondFactor(ticket) => {
            say("alice", "Type the code that your app shows.");
            Ok(ticket)
        }
        other => Err(format!("not asked: {other:?}").into()),
    }
}

async fn show(shop: &Shop, ticket: &Ticket, typed: &str) -> Told<SignIn> {
    let typed = SecondFactor::Totp(typed.parse()?);
    Ok(shop.accounts.second_factor(ticket, &typed).await?)
}
