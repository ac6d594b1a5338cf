//! The checks, by the sentence that each is of.

use std::{future::Future, sync::Arc, time::Duration};

use super::{
    messages::{self, Coded, ODD, coded, difference, tells, worded},
    provider::{Behaviour, Channel, SenderFixture, Taken},
    trial::{Trial, printed},
};
use crate::{
    conformance::{
        report::{Fault, Planned, Verdict, whole},
        runtime::Runtime,
    },
    locale::Locale,
    message::Message,
};

/// How many messages are sent at once.
const AT_ONCE: u8 = 32;

/// So many steps of a call, and so many milliseconds, may go by before it is dropped.
const STEPS: u8 = 8;

/// Each way in which a message is not taken over.
const FAILURES: [Behaviour; 5] = [
    Behaviour::Absent,
    Behaviour::BreaksOff,
    Behaviour::Defers,
    Behaviour::Hangs,
    Behaviour::Refuses,
];

/// The checks that this provider, and these channels, allow.
pub(super) fn checks<F: SenderFixture>(fixture: F, runtime: &Runtime) -> Vec<Planned> {
    let can = fixture.behaviours();
    let served = fixture.channels();
    let mails = served.contains(&Channel::Email);
    let lacks = !(mails && served.contains(&Channel::Phone));
    let fails: Vec<Behaviour> = FAILURES
        .into_iter()
        .filter(|way| can.contains(way))
        .collect();
    let plan = Plan {
        fixture: Arc::new(fixture),
        runtime: runtime.clone(),
    };
    let transient = |way| move |trial| told(trial, way, false);
    let (first, second, third) = (fails.clone(), fails.clone(), fails.clone());
    let checks = [
        plan.check("sender_01_ok_is_taken_over", true, taken_over),
        plan.check(
            "sender_01_what_is_not_taken_over_is_not_ok",
            !fails.is_empty(),
            |trial| not_ok(trial, first),
        ),
        plan.check(
            "sender_01_every_language_arrives_unchanged",
            true,
            languages,
        ),
        plan.check("sender_01_an_odd_text_arrives_unchanged", true, odd_texts),
        plan.check("sender_01_a_resend_is_known_by_its_id", true, resends),
        plan.check(
            "sender_01_it_sends_again_after_a_failure",
            !fails.is_empty(),
            |trial| after_failures(trial, second),
        ),
        plan.check(
            "sender_01_it_sends_again_after_a_dropped_call",
            true,
            after_drops,
        ),
        plan.check(
            "sender_02_it_goes_to_its_recipient_and_nobody_else",
            true,
            recipients,
        ),
        plan.check(
            "sender_02_an_address_stays_as_it_is_written",
            mails,
            addresses,
        ),
        plan.check(
            "sender_02_of_32_at_once_each_goes_to_its_own",
            true,
            at_once,
        ),
        plan.check(
            "sender_02_a_channel_that_is_not_served_is_refused",
            lacks,
            not_served,
        ),
        plan.check(
            "sender_03_a_refusal_for_good_is_permanent",
            can.contains(&Behaviour::Refuses),
            |trial| told(trial, Behaviour::Refuses, true),
        ),
        plan.check(
            "sender_03_a_refusal_for_now_is_transient",
            can.contains(&Behaviour::Defers),
            transient(Behaviour::Defers),
        ),
        plan.check(
            "sender_03_an_absent_provider_is_transient",
            can.contains(&Behaviour::Absent),
            transient(Behaviour::Absent),
        ),
        plan.check(
            "sender_03_a_broken_connection_is_transient",
            can.contains(&Behaviour::BreaksOff),
            transient(Behaviour::BreaksOff),
        ),
        plan.check(
            "sender_03_a_hanging_provider_is_transient",
            can.contains(&Behaviour::Hangs),
            transient(Behaviour::Hangs),
        ),
        plan.check(
            "sender_04_32_calls_end_while_the_provider_hangs",
            can.contains(&Behaviour::Hangs),
            hanging,
        ),
        plan.check("sender_05_no_message_is_in_the_log", true, |trial| {
            unlogged(trial, can)
        }),
        plan.check(
            "sender_05_no_message_is_in_an_error",
            !fails.is_empty(),
            |trial| unsaid(trial, third),
        ),
    ];
    checks.into_iter().flatten().collect()
}

struct Plan<F> {
    fixture: Arc<F>,
    runtime: Runtime,
}

impl<F: SenderFixture> Plan<F> {
    fn check<C, V>(&self, name: &'static str, applies: bool, run: C) -> Option<Planned>
    where
        C: FnOnce(Arc<Trial<F>>) -> V + Send + 'static,
        V: Future<Output = Verdict> + Send,
    {
        let (fixture, runtime) = (Arc::clone(&self.fixture), self.runtime.clone());
        applies.then(|| {
            Planned::new(name, async move {
                run(Trial::new(fixture, runtime).await?).await
            })
        })
    }
}

async fn taken_over<F: SenderFixture>(trial: Arc<Trial<F>>) -> Verdict {
    for (channel, number) in trial.served() {
        let taken = trial.deliver(&code(channel, number)?.message).await?;
        match taken.len() {
            0 => return Err(Fault::new("`Ok`, and the provider has taken over nothing")),
            1 => {}
            more => return Err(Fault::new(format!("one call, and the provider has {more}"))),
        }
    }
    Ok(())
}

async fn not_ok<F: SenderFixture>(trial: Arc<Trial<F>>, failures: Vec<Behaviour>) -> Verdict {
    for failure in failures {
        trial.steer(failure).await?;
        for (channel, number) in trial.served() {
            let failed = trial.fail(&code(channel, number)?.message).await;
            let _error = failed.map_err(|fault| fault.during(&format!("{failure:?}")))?;
        }
    }
    Ok(())
}

async fn languages<F: SenderFixture>(trial: Arc<Trial<F>>) -> Verdict {
    for (channel, number) in trial.served() {
        for locale in Locale::ALL {
            arrives(&trial, &coded(channel, number, locale)?.message).await?;
        }
    }
    Ok(())
}

async fn odd_texts<F: SenderFixture>(trial: Arc<Trial<F>>) -> Verdict {
    for (channel, first) in trial.served() {
        for (number, words) in (first..).zip(ODD) {
            arrives(&trial, &worded(channel, number, words)?).await?;
        }
    }
    Ok(())
}

async fn resends<F: SenderFixture>(trial: Arc<Trial<F>>) -> Verdict {
    for (channel, number) in trial.served() {
        let sent = code(channel, number)?.message;
        let other = code(channel, number.saturating_add(1))?.message;
        let first = trial.deliver(&sent).await?.pop().and_then(|taken| taken.id);
        // A provider that knows the message again may leave it at that.
        let again = trial.deliver(&sent).await?.pop();
        if again.is_some_and(|again| again.id != first) {
            return Err(Fault::new("a message that is sent again has another id"));
        }
        let Some(other) = trial.deliver(&other).await?.pop() else {
            return Err(Fault::new(
                "another message passes for one that was sent before",
            ));
        };
        if first.is_some() && first == other.id {
            return Err(Fault::new("two messages have one id"));
        }
    }
    Ok(())
}

async fn after_failures<F: SenderFixture>(
    trial: Arc<Trial<F>>,
    failures: Vec<Behaviour>,
) -> Verdict {
    for failure in failures {
        for (channel, number) in trial.served() {
            trial.steer(failure).await?;
            let _error = trial.send(&code(channel, number)?.message).await?;
            trial.steer(Behaviour::Works).await?;
            let _before = trial.taken().await;
            let next = code(channel, number.saturating_add(1))?.message;
            let arrived = arrives(&trial, &next).await;
            arrived.map_err(|fault| fault.during(&format!("after {failure:?}")))?;
        }
    }
    Ok(())
}

async fn after_drops<F: SenderFixture>(trial: Arc<Trial<F>>) -> Verdict {
    let mut dropped = Vec::new();
    for (channel, number) in trial.served() {
        for round in 0..STEPS.saturating_mul(2) {
            let message = code(channel, number.saturating_add(round))?.message;
            match round.checked_sub(STEPS) {
                None => trial.abandon_at(&message, round).await,
                Some(time) => {
                    let time = Duration::from_millis(u64::from(time));
                    trial.abandon_after(&message, time).await;
                }
            }
            dropped.push(message);

            let sent = code(channel, number.saturating_add(100))?.message;
            let mut taken = trial.deliver(&sent).await?;
            // One that was dropped may arrive, now or later, as itself.
            taken.retain(|taken| dropped.iter().all(|sent| difference(taken, sent).is_some()));
            one(taken, &sent)?;
        }
    }
    Ok(())
}

async fn recipients<F: SenderFixture>(trial: Arc<Trial<F>>) -> Verdict {
    for (channel, number) in trial.served() {
        // One after the other: nothing of the first is left in the second.
        for next in 0..4_u8 {
            arrives(&trial, &code(channel, number.saturating_add(next))?.message).await?;
        }
    }
    Ok(())
}

async fn addresses<F: SenderFixture>(trial: Arc<Trial<F>>) -> Verdict {
    for (address, may_be_refused) in [
        ("First.Last@shop.example", false),
        ("first.last+a=b@shop.example", false),
        ("o'brien_%x@Shop.Example", false),
        // Not every provider takes letters beyond ASCII before the `@`.
        ("åsa@shop.example", true),
    ] {
        let sent = messages::to(address)?;
        match trial.send(&sent).await? {
            Ok(()) => one(trial.taken().await, &sent)?,
            Err(error) if may_be_refused && error.is_permanent() => {}
            Err(error) => {
                return Err(Fault::new(format!(
                    "{address} is refused: {}",
                    whole(&error)
                )));
            }
        }
    }
    Ok(())
}

async fn at_once<F: SenderFixture>(trial: Arc<Trial<F>>) -> Verdict {
    let served = trial.served();
    let each = served.iter().cycle().zip(0..AT_ONCE);
    let sent = each.map(|((channel, _), number)| Ok(code(*channel, number)?.message));
    let sent = sent.collect::<Result<Vec<Message>, Fault>>()?;
    for answer in trial.at_once(&sent).await? {
        answer.map_err(|error| Fault::new(format!("one of 32 fails: {}", whole(&error))))?;
    }
    let mut taken = trial.taken().await;
    for message in &sent {
        let to = message.to().as_str();
        match taken
            .iter()
            .position(|taken| difference(taken, message).is_none())
        {
            Some(same) => drop(taken.swap_remove(same)),
            None => {
                return Err(Fault::new(format!(
                    "of 32, the one to {to} has not arrived"
                )));
            }
        }
    }
    match taken.first() {
        None => Ok(()),
        Some(more) => Err(Fault::new(format!(
            "of 32, one more arrived, at {:?}",
            more.to
        ))),
    }
}

async fn not_served<F: SenderFixture>(trial: Arc<Trial<F>>) -> Verdict {
    let served = trial.served();
    for channel in [Channel::Email, Channel::Phone] {
        if served.iter().any(|(served, _)| *served == channel) {
            continue;
        }
        let error = trial.fail(&code(channel, 0)?.message).await?;
        if let Some(taken) = trial.taken().await.first() {
            let to = &taken.to;
            return Err(Fault::new(format!(
                "a message by {channel:?} went to {to:?}"
            )));
        }
        if !error.is_permanent() {
            return Err(Fault::new(format!(
                "{channel:?} is not served, and told as transient"
            )));
        }
    }
    Ok(())
}

async fn told<F: SenderFixture>(
    trial: Arc<Trial<F>>,
    failure: Behaviour,
    is_permanent: bool,
) -> Verdict {
    trial.steer(failure).await?;
    for (channel, number) in trial.served() {
        let error = trial.fail(&code(channel, number)?.message).await?;
        if error.is_permanent() != is_permanent {
            let told = if is_permanent {
                "transient"
            } else {
                "permanent"
            };
            return Err(Fault::new(format!(
                "it is told as {told}: {}",
                whole(&error)
            )));
        }
    }
    Ok(())
}

/// Many at once: where one call waits for the time-out of another, the last one waits too long.
async fn hanging<F: SenderFixture>(trial: Arc<Trial<F>>) -> Verdict {
    trial.steer(Behaviour::Hangs).await?;
    for (channel, _) in trial.served() {
        let sent = (0..AT_ONCE).map(|number| Ok(code(channel, number)?.message));
        let sent = sent.collect::<Result<Vec<Message>, Fault>>()?;
        if trial.at_once(&sent).await?.iter().any(Result::is_ok) {
            return Err(Fault::new("`Ok` for a message that nobody has taken over"));
        }
    }
    Ok(())
}

async fn unlogged<F: SenderFixture>(trial: Arc<Trial<F>>, behaviours: Vec<Behaviour>) -> Verdict {
    for behaviour in behaviours {
        trial.steer(behaviour).await?;
        for (channel, number) in trial.served() {
            let sent = code(channel, number.saturating_add(100))?;
            let _either = trial.send(&sent.message).await?;
            if is_told(&trial.logged().await, &sent) {
                let fault = Fault::new("the log holds what a message says");
                return Err(fault.during(&format!("{behaviour:?}")));
            }
        }
    }
    Ok(())
}

/// A service logs the errors.
async fn unsaid<F: SenderFixture>(trial: Arc<Trial<F>>, failures: Vec<Behaviour>) -> Verdict {
    for failure in failures {
        trial.steer(failure).await?;
        for (channel, number) in trial.served() {
            let sent = code(channel, number)?;
            if let Err(error) = trial.send(&sent.message).await?
                && is_told(&printed(&error), &sent)
            {
                let fault = Fault::new("the error holds what the message says");
                return Err(fault.during(&format!("{failure:?}")));
            }
        }
    }
    Ok(())
}

fn code(channel: Channel, number: u8) -> Result<Coded, Fault> {
    coded(channel, number, Locale::English)
}

async fn arrives<F: SenderFixture>(trial: &Trial<F>, sent: &Message) -> Verdict {
    one(trial.deliver(sent).await?, sent)
}

/// This one message was taken over, unchanged.
fn one(taken: Vec<Taken>, sent: &Message) -> Verdict {
    let [taken] = taken.as_slice() else {
        let count = taken.len();
        return Err(Fault::new(format!(
            "one message was sent, and {count} were taken over"
        )));
    };
    match difference(taken, sent) {
        None => Ok(()),
        Some(wrong) => Err(Fault::new(format!("a message was sent, and {wrong}"))),
    }
}

fn is_told(text: &str, sent: &Coded) -> bool {
    sent.secrets.iter().any(|secret| tells(text, secret))
}
