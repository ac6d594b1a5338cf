//! The messages that are sent, and how they are told apart.

use std::fmt::Write as _;

use base64ct::{Base64Unpadded, Encoding};
use time::OffsetDateTime;

use super::provider::{Channel, Taken};
use crate::{
    address::Address,
    conformance::report::Fault,
    locale::{Catalogue, Locale, Sms, Text},
    message::{CodePurpose, Content, Message, Notice, Url},
    phone::PhoneNumber,
};

/// What a text may hold that a sender may trip over: the end of a mail, commands, headers, what
/// encodings and templates give a meaning to, long lines, and letters of all kinds.
pub(super) const ODD: [&str; 8] = [
    ".\n.\n..\n.end",
    "a\n.\nQUIT\nMAIL FROM:<evil@example.org>\nRCPT TO:<evil@example.org>\nDATA",
    "To: evil@example.org\nBcc: evil@example.org\nContent-Type: text/html\n\n<b>evil</b>",
    "--boundary\n--boundary--\n=3D = =\n%s %d {{name}} ${name} <%= name %> \\n \\\" & < > \" '",
    "blanks at the end  \n\tand a tab\t\n\n\n  and in front",
    "Пароль изменён. 密码已更改。 Lösenordet är ändrat. e\u{301} é \u{1f510} \u{200f}\u{202e}",
    "{\"to\":\"evil@example.org\"}&to=evil%40example.org+1",
    LONG,
];

/// More than the 998 octets of a line of a mail (RFC 5322 §2.1.1).
const LONG: &str = {
    const BYTES: [u8; 3000] = [b'x'; 3000];
    match std::str::from_utf8(&BYTES) {
        Ok(text) => text,
        Err(_) => "",
    }
};

/// When all of it happens; a message tells it.
const AT: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;

/// A code and two links to a new recipient, which hold what nobody else may read.
pub(super) struct Coded {
    pub(super) message: Message,
    pub(super) secrets: [String; 3],
}

/// `number`: of the recipient, the code and the message.
pub(super) fn coded(channel: Channel, number: u8, locale: Locale) -> Result<Coded, Fault> {
    let digits = format!("7{number:03}5309");
    let link = format!("linkLINK{number:03}secret");
    let cancel = format!("stopSTOP{number:03}secret");
    let content = Content::Code {
        purpose: CodePurpose::Recovery,
        code: digits
            .parse()
            .map_err(|_refused| Fault::new("no code is made"))?,
        link: Some(Url::new("https://shop.example/recover", &link)),
        cancel: Some(Url::new("https://shop.example/recover", &cancel)),
    };
    let to = recipient(channel, number)?;
    let message = Message::new(id(number), to, content).speaking(locale, &Catalogue::new());
    Ok(Coded {
        message: message.greeting("Åsa Öberg"),
        secrets: [digits, link, cancel],
    })
}

/// A notice whose words are these, in a mail and in a text message.
pub(super) fn worded(channel: Channel, number: u8, words: &'static str) -> Result<Message, Fault> {
    let own = Catalogue::replacing(move |_, text| match text {
        Text::Happened { .. } | Text::Sms(Sms::IfNotYou) => Some(words.to_owned()),
        _ => None,
    });
    let content = Content::Notice {
        notice: Notice::UserNameChanged,
        at: AT,
        cancel: None,
    };
    let to = recipient(channel, number)?;
    let message = Message::new(id(number), to, content).speaking(Locale::English, &own);
    Ok(message.greeting(words).labelled(Some(words)))
}

/// A code to this address.
pub(super) fn to(address: &str) -> Result<Message, Fault> {
    let mut coded = coded(Channel::Email, 0, Locale::English)?;
    coded.message.to = Address::Email(address.parse().map_err(|_refused| Fault::new(address))?);
    Ok(coded.message)
}

/// What is wrong with what arrived, if this is what was to arrive.
pub(super) fn difference(taken: &Taken, sent: &Message) -> Option<String> {
    let channel = Channel::of(sent.to());
    let to = sent.to().as_str();
    if taken.channel != channel {
        return Some(format!(
            "it went by {:?} and not by {channel:?}",
            taken.channel
        ));
    }
    if taken.to != [to] {
        return Some(format!("it went to {:?} and not to {to} alone", taken.to));
    }
    if lines(&taken.text) != lines(&sent.text()) {
        return Some(changed("text", &taken.text, &sent.text()));
    }
    if channel == Channel::Phone {
        return None;
    }
    let (subject, html) = (sent.subject(), sent.html());
    let came = taken.subject.clone().unwrap_or_default();
    if came != subject {
        return Some(changed("subject", &came, &subject));
    }
    let came = taken.html.clone().unwrap_or_default();
    (lines(&came) != lines(&html)).then(|| changed("page", &came, &html))
}

/// Whether somebody who reads this reads the secret: as it is, in hexadecimal digits, or in
/// Base64, wherever in the encoded text it begins.
pub(super) fn tells(text: &str, secret: &str) -> bool {
    let hex = secret.bytes().fold(String::new(), |mut hex, byte| {
        let _written = write!(hex, "{byte:02x}");
        hex
    });
    let encoded = ["", " ", "  "].map(|before| {
        let whole = Base64Unpadded::encode_string(format!("{before}{secret}").as_bytes());
        // The first and the last digits hold bits of the neighbours.
        let first = before.len().saturating_mul(4).div_ceil(3);
        let last = whole.len().saturating_sub(1);
        whole.get(first..last).unwrap_or_default().to_owned()
    });
    text.contains(secret)
        || text.to_lowercase().contains(&hex)
        || encoded.iter().any(|part| text.contains(part.as_str()))
}

fn recipient(channel: Channel, number: u8) -> Result<Address, Fault> {
    match channel {
        // The case of the local part is its owner's business, and so is what follows a plus.
        Channel::Email => format!("Alice+{number}@Example.org")
            .parse()
            .map(Address::Email)
            .map_err(|_refused| Fault::new("no address is made")),
        Channel::Phone => PhoneNumber::from_e164(format!("+46701740{number:03}"))
            .map(Address::Phone)
            .map_err(|_refused| Fault::new("no number is made")),
    }
}

const fn id(number: u8) -> [u8; 16] {
    let mut id = [0xab; 16];
    id[0] = number;
    id
}

fn lines(text: &str) -> String {
    text.replace("\r\n", "\n")
}

fn changed(what: &str, came: &str, sent: &str) -> String {
    let (came, sent) = (lines(came), lines(sent));
    let same = came
        .chars()
        .zip(sent.chars())
        .take_while(|(a, b)| a == b)
        .count();
    let rest = |text: &str| text.chars().skip(same).take(40).collect::<String>();
    let (came, sent) = (rest(&came), rest(&sent));
    format!("its {what} is {came:?} from character {same} on, where {sent:?} was sent")
}

#[cfg(test)]
mod tests {
    use super::tells;

    #[test]
    fn a_secret_is_found_however_it_is_written() {
        let secret = "70015309";
        for log in [
            "code 70015309 sent",
            "3730303135333039",
            "NzAwMTUzMDk",
            "eDcwMDE1MzA5eQ",
            "eHg3MDAxNTMwOXh5",
        ] {
            assert!(tells(log, secret), "{log}");
        }
        assert!(!tells("7001530, MzAwMTUzMDk and 37303031353330", secret));
    }
}
