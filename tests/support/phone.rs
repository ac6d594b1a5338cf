//! Accounts with phones.

use backstop::{
    Address, Builder, Challenge, Challenged, Changes, Message, PhoneNumber, Policy, Proof,
    SignedIn, Ticket,
    message::Content,
    store::{AccountStore, FlowStore},
};

use super::{ALICE, OLD, World, days, mail::code};

pub const PHONE: &str = "+46701234567";
pub const NEW_PHONE: &str = "+46739876543";

pub fn number(typed: &str) -> PhoneNumber {
    typed.parse().unwrap()
}

/// Phones in Sweden and Norway, which recover accounts.
pub fn phones(builder: Builder) -> Builder {
    builder
        .policy(Policy::marketplace().phones())
        .phone_countries(|number| [46, 47].contains(&number.country_code()))
}

/// The one text message with a code among the messages.
pub fn text(post: &[Message]) -> &Message {
    let is_text =
        |message: &&Message| matches!(message.to(), Address::Phone(_)) && !is_notice(message);
    let mut texts = post.iter().filter(is_text);
    match (texts.next(), texts.next()) {
        (Some(text), None) => text,
        _ => panic!("{post:?}"),
    }
}

pub fn is_notice(message: &Message) -> bool {
    matches!(message.content(), Content::Notice { .. })
}

/// How many codes there are among the messages.
pub fn codes(post: &[Message]) -> usize {
    let is_code = |message: &&Message| matches!(message.content(), Content::Code { .. });
    post.iter().filter(is_code).count()
}

impl World {
    pub fn with_phones() -> Self {
        Self::with(phones)
    }
}

impl<S: AccountStore + FlowStore + Clone> World<S> {
    /// A ticket with the password and a code to each of these addresses of the account.
    pub async fn agreed(&self, signed_in: &SignedIn, email: bool, phone: bool) -> Ticket {
        let ticket = self.settings(signed_in).await;
        let mut ticket = self.proven(&ticket, OLD).await;
        if email {
            let sent = self.challenge(&ticket, Challenge::SecurityEmail).await;
            assert_eq!(sent, Challenged::Sent);
            let code = code(&self.letter().await);
            ticket = self.accepted(&ticket, Proof::SecurityEmail(code)).await;
        }
        if phone {
            let sent = self.challenge(&ticket, Challenge::Phone(None)).await;
            assert_eq!(sent, Challenged::TextSent);
            let code = code(&self.letter().await);
            ticket = self.accepted(&ticket, Proof::Phone(code)).await;
        }
        ticket
    }

    /// The number becomes the phone, in a flow that has proved the rest.
    pub async fn take_phone(&self, ticket: &Ticket, to: &str) -> SignedIn {
        let new = Challenge::NewPhone(number(to));
        assert_eq!(self.challenge(ticket, new).await, Challenged::TextSent);
        let code = code(text(&self.post().await));
        let ticket = self.accepted(ticket, Proof::NewPhone(code)).await;
        self.applied(&ticket, Changes::new().phone()).await
    }

    /// The first phone of an account.
    pub async fn add_phone(&self, signed_in: &SignedIn, has_email: bool, to: &str) -> SignedIn {
        let ticket = self.agreed(signed_in, has_email, false).await;
        let signed_in = self.take_phone(&ticket, to).await;
        let _notices = self.post().await;
        signed_in
    }

    /// Alice with a phone, and a security e-mail or none, all seasoned.
    pub async fn alice_with_phone(&self, has_email: bool) -> SignedIn {
        let mut signed_in = self.register("42", "alice", OLD).await;
        if has_email {
            signed_in = self.add_email(&signed_in, OLD, ALICE).await;
            self.clock.advance(days(4));
        }
        let signed_in = self.add_phone(&signed_in, has_email, PHONE).await;
        self.clock.advance(days(4));
        signed_in
    }

    /// Asks for a code to the phone, in a recovery.
    pub async fn text_to(&self, ticket: &Ticket, user_name: &str) -> Vec<Message> {
        let ask = Challenge::Phone(Some(user_name.parse().unwrap()));
        assert_eq!(self.challenge(ticket, ask).await, Challenged::TextSent);
        self.post().await
    }
}
