//! A sender with one fault, or none, over a provider in memory.

use std::{
    sync::{Arc, Mutex as Lock, MutexGuard as Guard},
    time::Duration,
};

use backstop::{
    Address, Message, MessageSender,
    conformance::{Behaviour, Channel, SenderFixture, Taken},
    sender::SendError,
};
use base64ct::{Base64, Encoding};
use tokio::{
    sync::{Mutex, Semaphore},
    task::yield_now,
};

/// A minute of a sender that waits in vain is a second.
pub(crate) fn sleep(span: Duration) -> tokio::time::Sleep {
    tokio::time::sleep(span / 60)
}

/// What is wrong with the sender.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Fault {
    AnswersOkBeforeItSends,
    AnswersOkOnABreak,
    AnswersOkOnATimeOut,
    CopiesTheOperator,
    DefersForGood,
    DropsTextMessages,
    ErrorHoldsTheText,
    FirstRecipientIsReused,
    FoldsTheRecipient,
    HangsForGood,
    HangsForEver,
    LeavesALockBehind,
    LeavesThePageOut,
    LogsTheMessageEncoded,
    LogsTheMessageWhenItFails,
    MixesMessagesUp,
    NewIdForEachTry,
    OneAfterTheOther,
    OneIdForAll,
    ReadsHeadersInTheText,
    RefusesForNow,
    RewritesLinks,
    SendsTextMessagesByMail,
    SendsTwice,
    StaysBrokenAfterABreak,
    StopsAtADot,
    TextIsAscii,
    TextIsCut,
}

/// Makes senders with this fault.
pub(crate) struct Senders(pub(crate) Option<Fault>);

#[derive(Clone)]
pub(crate) struct Provider(Arc<Lock<State>>);

struct State {
    behaviour: Behaviour,
    taken: Vec<Taken>,
    log: String,
}

pub(crate) struct Sender {
    fault: Option<Fault>,
    provider: Provider,
    /// What a sender that keeps things between its calls keeps.
    first: Lock<Option<String>>,
    draft: Lock<Option<Taken>>,
    tries: Lock<u64>,
    is_broken: Lock<bool>,
    line: Mutex<()>,
    turns: Semaphore,
}

impl SenderFixture for Senders {
    type Provider = Provider;
    type Sender = Sender;

    /// One fault is seen by those who serve mails only.
    fn channels(&self) -> Vec<Channel> {
        match self.0 {
            Some(Fault::SendsTextMessagesByMail) => vec![Channel::Email],
            _ => vec![Channel::Email, Channel::Phone],
        }
    }

    fn behaviours(&self) -> Vec<Behaviour> {
        vec![
            Behaviour::Absent,
            Behaviour::BreaksOff,
            Behaviour::Defers,
            Behaviour::Hangs,
            Behaviour::Refuses,
            Behaviour::Works,
        ]
    }

    async fn provider(&self) -> Result<Provider, SendError> {
        Ok(Provider(Arc::new(Lock::new(State {
            behaviour: Behaviour::Works,
            taken: Vec::new(),
            log: String::new(),
        }))))
    }

    async fn sender(&self, provider: &Provider) -> Result<Sender, SendError> {
        Ok(Sender {
            fault: self.0,
            provider: provider.clone(),
            first: Lock::default(),
            draft: Lock::default(),
            tries: Lock::default(),
            is_broken: Lock::default(),
            line: Mutex::default(),
            turns: Semaphore::new(1),
        })
    }

    async fn steer(&self, provider: &Provider, behaviour: Behaviour) -> Result<(), SendError> {
        provider.state().behaviour = behaviour;
        Ok(())
    }

    async fn taken(&self, provider: &Provider) -> Vec<Taken> {
        std::mem::take(&mut provider.state().taken)
    }

    async fn logged(&self, provider: &Provider) -> String {
        provider.state().log.clone()
    }
}

impl Provider {
    fn state(&self) -> Guard<'_, State> {
        self.0.lock().unwrap()
    }

    async fn take(&self, letter: Taken) -> Result<(), Failure> {
        yield_now().await;
        let mut state = self.state();
        match state.behaviour {
            Behaviour::Works => {
                state.taken.push(letter);
                Ok(())
            }
            Behaviour::Refuses => Err(Failure::Refused),
            Behaviour::Defers => Err(Failure::Deferred),
            Behaviour::BreaksOff => Err(Failure::BrokenOff),
            Behaviour::Hangs => Err(Failure::Hanging),
            _ => Err(Failure::Absent),
        }
    }
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Failure {
    Absent,
    BrokenOff,
    Deferred,
    Hanging,
    Refused,
}

impl Sender {
    fn has(&self, fault: Fault) -> bool {
        self.fault == Some(fault)
    }

    /// What goes to the provider.
    fn letter(&self, message: &Message) -> Taken {
        let is_mail = matches!(message.to(), Address::Email(_));
        let mut letter = Taken {
            channel: if is_mail {
                Channel::Email
            } else {
                Channel::Phone
            },
            to: vec![message.to().as_str().to_owned()],
            subject: is_mail.then(|| message.subject()),
            text: message.text().to_string(),
            html: is_mail.then(|| message.html().to_string()),
            id: Some(message.id().to_string()),
        };
        match self.fault {
            Some(Fault::CopiesTheOperator) => letter.to.push("archive@shop.example".to_owned()),
            Some(Fault::FirstRecipientIsReused) => {
                let mut first = self.first.lock().unwrap();
                letter.to = vec![first.get_or_insert(letter.to.concat()).clone()];
            }
            Some(Fault::FoldsTheRecipient) => letter.to = vec![letter.to.concat().to_lowercase()],
            Some(Fault::LeavesThePageOut) => letter.html = None,
            Some(Fault::NewIdForEachTry) => {
                let mut tries = self.tries.lock().unwrap();
                *tries += 1;
                letter.id = Some(tries.to_string());
            }
            Some(Fault::OneIdForAll) => letter.id = Some("shop".to_owned()),
            Some(Fault::ReadsHeadersInTheText) => {
                let more = letter
                    .text
                    .lines()
                    .filter_map(|line| line.strip_prefix("Bcc: "));
                letter
                    .to
                    .extend(more.map(str::to_owned).collect::<Vec<_>>());
            }
            Some(Fault::RewritesLinks) => {
                let (link, clicks) = ("https://", "https://clicks.example/?to=https://");
                letter.text = letter.text.replace(link, clicks);
            }
            Some(Fault::SendsTextMessagesByMail) => letter.channel = Channel::Email,
            Some(Fault::StopsAtADot) => {
                let lines = letter.text.split('\n').take_while(|line| *line != ".");
                letter.text = lines.collect::<Vec<_>>().join("\n");
            }
            Some(Fault::TextIsAscii) => {
                let ascii = |c: char| if c.is_ascii() { c } else { '?' };
                letter.text = letter.text.chars().map(ascii).collect();
            }
            Some(Fault::TextIsCut) => letter.text = letter.text.chars().take(918).collect(),
            _ => {}
        }
        letter
    }

    async fn converse(&self, letter: Taken) -> Result<(), Failure> {
        let sent = match self.fault {
            Some(Fault::MixesMessagesUp) => {
                *self.draft.lock().unwrap() = Some(letter);
                yield_now().await;
                let draft = self.draft.lock().unwrap().clone().unwrap();
                self.provider.take(draft).await
            }
            Some(Fault::SendsTwice) => {
                self.provider.take(letter.clone()).await?;
                self.provider.take(letter).await
            }
            _ => self.provider.take(letter).await,
        };
        match (sent, self.fault) {
            (Err(Failure::Hanging), Some(Fault::HangsForEver)) => std::future::pending().await,
            (Err(Failure::Hanging), _) => {
                sleep(Duration::from_secs(20)).await;
                Err(Failure::Hanging)
            }
            (sent, _) => sent,
        }
    }

    fn told(&self, failure: Failure, message: &Message) -> Result<(), SendError> {
        let is_permanent = match (failure, self.fault) {
            (Failure::BrokenOff, Some(Fault::AnswersOkOnABreak))
            | (Failure::Hanging, Some(Fault::AnswersOkOnATimeOut)) => return Ok(()),
            (Failure::Deferred, Some(Fault::DefersForGood))
            | (Failure::Hanging, Some(Fault::HangsForGood)) => true,
            (Failure::Refused, fault) => fault != Some(Fault::RefusesForNow),
            _ => false,
        };
        let mut text = format!("{failure:?}");
        if self.has(Fault::LogsTheMessageWhenItFails) {
            self.provider.state().log.push_str(&message.text());
        }
        if self.has(Fault::ErrorHoldsTheText) {
            text.push_str(&message.text());
        }
        Err(match is_permanent {
            true => SendError::permanent(text),
            false => SendError::transient(text),
        })
    }
}

impl MessageSender for Sender {
    async fn send(&self, message: &Message) -> Result<(), SendError> {
        let is_mail = matches!(message.to(), Address::Email(_));
        if self.has(Fault::DropsTextMessages) && !is_mail {
            return Ok(());
        }
        let letter = self.letter(message);
        if self.has(Fault::LogsTheMessageEncoded) {
            let encoded = Base64::encode_string(letter.text.as_bytes());
            self.provider.state().log.push_str(&encoded);
        }
        if self.has(Fault::AnswersOkBeforeItSends) {
            let provider = self.provider.clone();
            tokio::spawn(async move {
                sleep(Duration::from_secs(1)).await;
                let _lost = provider.take(letter).await;
            });
            return Ok(());
        }
        let _turn = match self.has(Fault::OneAfterTheOther) {
            true => Some(self.line.lock().await),
            false => None,
        };
        if self.has(Fault::LeavesALockBehind) {
            self.turns.acquire().await.unwrap().forget();
        }
        if *self.is_broken.lock().unwrap() {
            return Err(SendError::transient("the connection is gone"));
        }
        let sent = self.converse(letter).await;
        if self.has(Fault::LeavesALockBehind) {
            self.turns.add_permits(1);
        }
        if self.has(Fault::StaysBrokenAfterABreak) && sent == Err(Failure::BrokenOff) {
            *self.is_broken.lock().unwrap() = true;
        }
        sent.or_else(|failure| self.told(failure, message))
    }
}
