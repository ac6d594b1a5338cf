//! A phone beside the e-mail: confirming it, recovering by a code that a text message brings,
//! changing the number, and a country that no text messages go to.
#![expect(clippy::arithmetic_side_effects, reason = "its numbers are its own")]
#![expect(clippy::print_stdout, reason = "an example talks to its reader")]

#[expect(dead_code, reason = "some of it is for longer stories")]
#[path = "shared/letter.rs"]
mod letter;
#[path = "shared/shop.rs"]
mod shop;
#[expect(dead_code, reason = "some of it is for longer stories")]
#[path = "shared/stage.rs"]
mod stage;

use std::time::Duration;

use backstop::{
    Address, Apply, Challenge, Challenged, Changes, Error, LoginName, MailedCode, MemorySender,
    Message, MessageSender, Method, PhoneNumber, Policy, Proof, SignIn, SignedIn, Ticket,
    sender::{Channels, SendError},
};

use letter::Letter;
use shop::{NEW, OLD, Shop, browser, password, twice};
use stage::{Told, check, say, seen};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Where the service's own provider would be given a number and a text.
#[derive(Clone, Default)]
struct Provider(MemorySender);

impl MessageSender for Provider {
    async fn send(&self, message: &Message) -> Result<(), SendError> {
        // A POST with `message.to().as_str()` and `message.text()`.
        self.0.send(message).await
    }
}

struct Street {
    shop: Shop,
    mailbox: MemorySender,
    provider: Provider,
}

#[tokio::main]
async fn main() -> Told {
    let (mailbox, provider) = (MemorySender::new(), Provider::default());
    let sender = Channels::new(mailbox.clone(), provider.clone());
    let shop = Shop::open("phone", sender, |builder| {
        builder
            .policy(Policy::marketplace().phones())
            .phone_countries(|number| [45, 46, 47].contains(&number.country_code()))
    })
    .await?;
    let street = Street {
        shop,
        mailbox,
        provider,
    };
    let (shop, clock) = (&street.shop, &street.shop.clock);

    clock.chapter("Alice registers, and confirms her phone");
    let cookie = shop.register("42", "alice").await?;
    for typed in ["070-123 45 67", "+46 (0)70 123 45 67", "+46 8 123 456 78"] {
        let refused = typed.parse::<PhoneNumber>();
        let why = refused.err().ok_or("a number that is refused")?;
        say(typed, &why.to_string());
    }
    let _cookie = street.confirm(&cookie, "+46 70 123 45 67").await?;
    street.signs_in("+46 70-123 45 67", OLD, true).await?;

    clock.advance(4 * DAY);
    clock.chapter("She forgot the password, and types her number on the page");
    let number = PhoneNumber::in_region("070-123 45 67", "SE")?;
    let login = LoginName::from(&number);
    let offered = shop.accounts.methods();
    check(
        offered.contains(&Method::Phone),
        "recovery by phone is offered",
    )?;
    let ticket = shop.recover("+46701234567", browser())?;
    check(
        login == "+46701234567".parse()?,
        "one number, however it is typed",
    )?;
    street.asks(&ticket, "mallory").await?;
    check(
        street.texts().await?.is_empty(),
        "no text for a wrong user name",
    )?;
    street.asks(&ticket, "alice").await?;
    let code = street.code().await?;
    let ticket = shop.prove(&ticket, Proof::Phone(code)).await?;
    let _device = shop
        .renew(&ticket, Changes::new().password(twice(NEW)?))
        .await?;
    say("the code", "Your new password is set. Sign in with it.");
    check(street.texts().await?.len() == 1, "the phone is told")?;
    street.signs_in("alice", NEW, true).await?;

    clock.advance(4 * DAY);
    clock.chapter("A new number: the password, a code to the old one, a code to the new one");
    let cookie = street.back_to_old().await?;
    let ticket = street.agreed(&cookie).await?;
    let far = Challenge::NewPhone("+1 613 782 7274".parse()?);
    let answer = shop.accounts.challenge(&ticket, far).await?;
    let says = "We send no text messages to this country: use another number.";
    seen(
        "+1 613 782 7274",
        says,
        answer == Challenged::CountryRefused,
    )?;
    let cookie = street.takes(&ticket, "+46739876543").await?;
    let told = street.texts().await?;
    check(told.len() == 2, "both numbers are told")?;
    street.signs_in("+46701234567", OLD, false).await?;
    street.signs_in("+46739876543", OLD, true).await?;

    clock.chapter("What a phone is no use for");
    let ticket = shop
        .prove(&shop.settings(&cookie).await?, password()?)
        .await?;
    let refused = shop
        .accounts
        .apply(&ticket, Changes::new().no_phone())
        .await?;
    let is_refused = matches!(refused, Apply::Unproven);
    let says = "What you have shown is not enough for this change.";
    seen("removing it", says, is_refused)?;
    let ticket = shop.recover("alice", browser())?;
    let unnamed = shop
        .accounts
        .challenge(&ticket, Challenge::Phone(None))
        .await;
    let is_refused = matches!(unnamed, Err(Error::NotOffered));
    seen(
        "without a user name",
        "This way is not offered here.",
        is_refused,
    )
}

impl Street {
    /// Sends what waits. Nothing goes to a mailbox here: nobody has one.
    async fn texts(&self) -> Told<Vec<Letter>> {
        self.shop.accounts.deliver_due().await?;
        check(self.mailbox.take().is_empty(), "no mails")?;
        let texts = self.provider.0.take();
        for text in &texts {
            check(matches!(text.to(), Address::Phone(_)), "a text message")?;
            println!("\n    | {}: {}\n", text.to().as_str(), *text.text());
        }
        Ok(texts.iter().map(Letter::from).collect())
    }

    /// The code in the one text that waits.
    async fn code(&self) -> Told<MailedCode> {
        let texts = self.texts().await?;
        let [text] = texts.as_slice() else {
            return Err("one text".into());
        };
        let code = text
            .text
            .rsplit(' ')
            .next()
            .ok_or("a text without a code")?;
        Ok(code.parse()?)
    }

    async fn asks(&self, ticket: &Ticket, user_name: &str) -> Told {
        let ask = Challenge::Phone(Some(user_name.parse()?));
        let answer = self.shop.accounts.challenge(ticket, ask).await?;
        let says = "If the account has a phone and this user name, a code is on its way.";
        seen(user_name, says, answer == Challenged::TextSent)
    }

    /// The password and a code to the phone that is there.
    async fn agreed(&self, cookie: &SignedIn) -> Told<Ticket> {
        let ticket = self.shop.settings(cookie).await?;
        let ticket = self.shop.prove(&ticket, password()?).await?;
        let sent = self
            .shop
            .accounts
            .challenge(&ticket, Challenge::Phone(None))
            .await?;
        seen(
            "her password",
            "We sent a code to your phone.",
            sent == Challenged::TextSent,
        )?;
        self.shop
            .prove(&ticket, Proof::Phone(self.code().await?))
            .await
    }

    /// A code to the new number, and the change.
    async fn takes(&self, ticket: &Ticket, number: &str) -> Told<SignedIn> {
        let new = Challenge::NewPhone(number.parse()?);
        let sent = self.shop.accounts.challenge(ticket, new).await?;
        seen(
            number,
            "We sent a code to this number.",
            sent == Challenged::TextSent,
        )?;
        let ticket = self
            .shop
            .prove(ticket, Proof::NewPhone(self.code().await?))
            .await?;
        self.shop.apply(&ticket, Changes::new().phone()).await
    }

    /// The first phone: the password, and a code to the number.
    async fn confirm(&self, cookie: &SignedIn, number: &str) -> Told<SignedIn> {
        let ticket = self.shop.settings(cookie).await?;
        let ticket = self.shop.prove(&ticket, password()?).await?;
        let cookie = self.takes(&ticket, number).await?;
        check(self.texts().await?.len() == 1, "the phone is told")?;
        Ok(cookie)
    }

    /// The first password again, for the rest of the story.
    async fn back_to_old(&self) -> Told<SignedIn> {
        let SignIn::Accepted(cookie) = self.shop.sign_in("alice", NEW).await? else {
            return Err("signed in".into());
        };
        let ticket = self.shop.settings(&cookie).await?;
        let typed = Proof::CurrentPassword(backstop::Password::new(NEW)?);
        let ticket = self.shop.prove(&ticket, typed).await?;
        let cookie = self
            .shop
            .apply(&ticket, Changes::new().password(twice(OLD)?))
            .await?;
        self.texts().await?;
        self.shop.clock.advance(4 * DAY);
        Ok(cookie)
    }

    async fn signs_in(&self, name: &str, typed: &str, is_right: bool) -> Told {
        let is_in = matches!(self.shop.sign_in(name, typed).await?, SignIn::Accepted(_));
        let says = match is_right {
            true => "You are signed in.",
            false => "Wrong name or password.",
        };
        seen(name, says, is_in == is_right)
    }
}
