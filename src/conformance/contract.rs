//! The sentences of the contracts, and what a wrong answer to each costs.

use std::fmt;

/// One numbered sentence of a contract.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Sentence {
    number: u8,
    text: &'static str,
    cost: &'static str,
}

impl Sentence {
    /// Its number in the `# Contract` section of the trait.
    #[must_use]
    pub const fn number(&self) -> u8 {
        self.number
    }

    /// What it asks for, as the section says it.
    #[must_use]
    pub const fn text(&self) -> &'static str {
        self.text
    }

    /// What happens to users of a service where it does not hold.
    #[must_use]
    pub const fn cost(&self) -> &'static str {
        self.cost
    }
}

impl fmt::Display for Sentence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}. {} {}", self.number, self.text, self.cost)
    }
}

const fn sentence(number: u8, text: &'static str, cost: &'static str) -> Sentence {
    Sentence { number, text, cost }
}

/// The contract of the trait whose checks begin with this word.
fn contract_of(word: &str) -> &'static [Sentence] {
    match word {
        "account" => ACCOUNT_STORE,
        "flow" => FLOW_STORE,
        "sender" => MESSAGE_SENDER,
        _ => &[],
    }
}

/// The sentence of a check, by its name: `account_04_..`.
pub(super) fn sentence_of(name: &str) -> Option<&'static Sentence> {
    let (word, rest) = name.split_once('_')?;
    let number: u8 = rest.split('_').next()?.parse().ok()?;
    contract_of(word)
        .iter()
        .find(|sentence| sentence.number == number)
}

/// Word for word those of [`AccountStore`](crate::store::AccountStore).
pub(super) const ACCOUNT_STORE: &[Sentence] = &[
    sentence(
        1,
        "`Ok` means durable: what was answered is there after a crash of the process and a \
         loss of power.",
        "Else a user is told that the password is changed, and it is not.",
    ),
    sentence(
        2,
        "`add` of an id that is there answers `Taken(None)` and changes nothing, also when \
         another account has one of its unique keys.",
        "Else a registration overwrites an account.",
    ),
    sentence(
        3,
        "`add` and `update` of an account with a unique key that another account has answer \
         `Taken(Some(kind))` and change nothing. This is decided in the same atomic step as \
         the write.",
        "Else two people own one name.",
    ),
    sentence(
        4,
        "`update` and `remove` act only while the stored revision is `was`; otherwise they \
         answer `Stale` and change nothing, also when there is no such account, and whatever \
         else is wrong with the write. This is decided in the same atomic step as the write.",
        "Else the later of two changes undoes the earlier one.",
    ),
    sentence(
        5,
        "An update replaces the account's unique keys: keys it no longer has are free at \
         once.",
        "Else an old name cannot be given up, or opens the account for ever.",
    ),
    sentence(
        6,
        "`load` and `find` answer with what the last `Ok` wrote, whoever wrote it: no stale \
         replica, no cache.",
        "Else a session lives on after the change that ended it.",
    ),
    sentence(
        7,
        "Ids and key bytes are compared byte by byte, kinds apart: no case folding, no \
         trimming, no collation.",
        "Else one person's name opens another person's account.",
    ),
    sentence(
        8,
        "What was stored comes back unchanged, whatever its bytes.",
        "Else nobody can sign in.",
    ),
    sentence(
        9,
        "`due` answers ids of accounts whose `due_at` is at or before `now`, the earliest \
         first, at most `limit` of them.",
        "Else notices are late or lost.",
    ),
    sentence(
        10,
        "A stored security code is never altered or cleared by `update` of the stored \
         revision: answer with an error. It goes with the account, when that is removed.",
        "Else the last line of defence can be moved.",
    ),
    sentence(
        11,
        "A call that fails, or whose future is dropped, has made the whole write or none of \
         it.",
        "Else an account is half changed.",
    ),
];

/// Word for word those of [`FlowStore`](crate::store::FlowStore).
pub(super) const FLOW_STORE: &[Sentence] = &[
    sentence(
        1,
        "`Ok` survives the end of the process. A loss of power may undo the last writes.",
        "Else a restart hands out new attempts.",
    ),
    sentence(
        2,
        "`insert` answers `Exists` with the record, and changes nothing, while one lies \
         under the key that is not expired; an expired one counts as absent and is replaced. \
         This is decided in the same atomic step as the write.",
        "Else parallel guesses are counted as one.",
    ),
    sentence(
        3,
        "A record is expired when its `expires` is at or before `now`, which is the \
         library's clock and not the store's. `get` does not answer with an expired one.",
        "Else a code outlives its time, or a lock its end.",
    ),
    sentence(
        4,
        "`swap` and `delete` act only while the stored revision is `was`; otherwise they \
         answer `Stale` and change nothing, also when there is no such record. That a record \
         has expired does not matter as long as it lies there. This is decided in the same \
         atomic step as the write.",
        "Else one code is accepted twice, or a guess is not counted.",
    ),
    sentence(
        5,
        "`get` answers with what the last `Ok` wrote, whoever wrote it.",
        "Else guesses are made on an old count.",
    ),
    sentence(
        6,
        "`purge` deletes expired records only, as many as there are up to `limit`, and answers \
         how many.",
        "Else a lock ends early, or a sweep holds up sign-ins.",
    ),
    sentence(
        7,
        "What was stored comes back unchanged, whatever its bytes.",
        "Else nobody can sign in.",
    ),
    sentence(
        8,
        "A call that fails, or whose future is dropped, has made the whole write or none of \
         it.",
        "Else an attempt is charged for ever.",
    ),
];

/// Word for word those of [`MessageSender`](crate::sender::MessageSender).
pub(super) const MESSAGE_SENDER: &[Sentence] = &[
    sentence(
        1,
        "`Ok` means that the message is taken over by somebody who does not forget it, such as a \
         mail server.",
        "Else a user is not told of a change, or waits for a code in vain.",
    ),
    sentence(
        2,
        "The message goes to [`Message::to`], by the channel and as it is written there, and to \
         nobody else.",
        "Else a code gets into other hands.",
    ),
    sentence(
        3,
        "A failure that may be over later is [`SendError::transient`]; one that will be the same \
         again, such as a mailbox that does not exist, is [`SendError::permanent`].",
        "Else a notice is lost, or sent for ever.",
    ),
    sentence(
        4,
        "A call ends within a minute or so, whatever the network does.",
        "Else every later message waits.",
    ),
    sentence(
        5,
        "Messages are not written to a log: they hold codes.",
        "Else whoever reads the log recovers accounts.",
    ),
];

#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    /// The numbered list of the `# Contract` section in the docs of this trait, as they print.
    fn documented(source: &str, item: &str) -> Vec<String> {
        let (above, _) = source.split_once(item).unwrap();
        let docs: Vec<&str> = above
            .lines()
            .rev()
            .take_while(|line| line.starts_with("///"))
            .map(|line| line.trim_start_matches("///").trim())
            .collect();
        let docs: Vec<&str> = docs.into_iter().rev().collect();
        let section = docs.split(|line| *line == "# Contract").nth(1).unwrap();
        let mut sentences: Vec<String> = Vec::new();
        for part in section.split(|line| line.is_empty()) {
            let is_list = part.first().is_some_and(|line| line.starts_with("1. "));
            for line in part.iter().filter(|_| is_list) {
                let begins = format!("{}. ", sentences.len() + 1);
                match sentences.last_mut() {
                    Some(last) if !line.starts_with(&begins) => {
                        last.push(' ');
                        last.push_str(line);
                    }
                    _ => sentences.push((*line).to_owned()),
                }
            }
        }
        sentences
    }

    #[test]
    fn the_table_is_the_contract_word_for_word() {
        let stores = include_str!("../store/mod.rs");
        let senders = include_str!("../sender/mod.rs");
        for (source, item, table, last) in [
            (stores, "pub trait AccountStore", ACCOUNT_STORE, 11),
            (stores, "pub trait FlowStore", FLOW_STORE, 8),
            (senders, "pub trait MessageSender", MESSAGE_SENDER, 5),
        ] {
            let table: Vec<String> = table
                .iter()
                .map(|s| format!("{}. {} *{}*", s.number, s.text, s.cost))
                .collect();
            assert_eq!(documented(source, item), table);
            assert_eq!(table.len(), last);
        }
    }
}
