//! One check's provider, and a sender over it.

use std::{
    fmt::Write as _,
    future::{Future, poll_fn},
    pin::pin,
    sync::Arc,
    task::Poll,
    time::Duration,
};

use super::provider::{Behaviour, Channel, SenderFixture, Taken};
use crate::{
    conformance::{
        report::{Fault, whole},
        runtime::Runtime,
        task::{Between, abandon},
    },
    message::Message,
    sender::{MessageSender, SendError},
};

/// "Within a minute or so."
const LONGEST: Duration = Duration::from_secs(90);

pub(super) struct Trial<F: SenderFixture> {
    fixture: Arc<F>,
    runtime: Runtime,
    sender: F::Sender,
    provider: F::Provider,
}

impl<F: SenderFixture> Trial<F> {
    pub(super) async fn new(fixture: Arc<F>, runtime: Runtime) -> Result<Arc<Self>, Fault> {
        let provider = fixture
            .provider()
            .await
            .map_err(|error| no("provider", &error))?;
        let sender = fixture
            .sender(&provider)
            .await
            .map_err(|error| no("sender", &error))?;
        Ok(Arc::new(Self {
            fixture,
            runtime,
            sender,
            provider,
        }))
    }

    /// Each channel that is served, with the number of its first message.
    pub(super) fn served(&self) -> Vec<(Channel, u8)> {
        self.fixture.channels().into_iter().zip([1, 41]).collect()
    }

    pub(super) async fn steer(&self, behaviour: Behaviour) -> Result<(), Fault> {
        let steered = self.fixture.steer(&self.provider, behaviour).await;
        steered.map_err(|error| no("such provider", &error).during(&format!("{behaviour:?}")))
    }

    /// What the sender answers. That it does not answer breaks the check.
    pub(super) async fn send(&self, message: &Message) -> Result<Result<(), SendError>, Fault> {
        let answer = within(&self.runtime, LONGEST, self.sender.send(message)).await;
        answer.ok_or_else(|| Fault::new(format!("a call has not ended after {LONGEST:?}")))
    }

    /// What the provider has taken over of a message that it can take over.
    pub(super) async fn deliver(&self, message: &Message) -> Result<Vec<Taken>, Fault> {
        self.send(message).await?.map_err(|error| {
            let error = whole(&error);
            Fault::new(format!("the provider works, and the sender fails: {error}"))
        })?;
        Ok(self.taken().await)
    }

    /// The error for a message that nobody takes over.
    pub(super) async fn fail(&self, message: &Message) -> Result<SendError, Fault> {
        match self.send(message).await? {
            Ok(()) => Err(Fault::new("`Ok` for a message that nobody has taken over")),
            Err(error) => Ok(error),
        }
    }

    /// What the sender answers to each, sent at the same time.
    pub(super) async fn at_once(
        self: &Arc<Self>,
        messages: &[Message],
    ) -> Result<Vec<Result<(), SendError>>, Fault> {
        let calls: Vec<_> = messages
            .iter()
            .map(|message| {
                let (trial, message) = (Arc::clone(self), message.clone());
                let send = async move { trial.send(&message).await };
                self.runtime.start(send)
            })
            .collect();
        let mut answers = Vec::new();
        for call in calls {
            answers.push(call.await??);
        }
        Ok(answers)
    }

    /// Drops the call after so many of its steps, if it has not ended.
    pub(super) async fn abandon_at(&self, message: &Message, step: u8) {
        let call = self.sender.send(message);
        let _either = abandon(call, usize::from(step), Between::Steps).await;
    }

    /// Drops the call after this time, if it has not ended.
    pub(super) async fn abandon_after(&self, message: &Message, time: Duration) {
        let _either = within(&self.runtime, time, self.sender.send(message)).await;
    }

    pub(super) async fn taken(&self) -> Vec<Taken> {
        self.fixture.taken(&self.provider).await
    }

    pub(super) async fn logged(&self) -> String {
        self.fixture.logged(&self.provider).await
    }
}

/// All that a log may make of an error.
pub(super) fn printed(error: &SendError) -> String {
    let mut text = String::new();
    let mut next: Option<&dyn std::error::Error> = Some(error);
    while let Some(error) = next {
        // Into memory: this does not fail.
        let _written = write!(text, "{error} {error:?} ");
        next = error.source();
    }
    text
}

/// `None`: it had not ended by then, and was dropped.
async fn within<T>(
    runtime: &Runtime,
    time: Duration,
    call: impl Future<Output = T> + Send,
) -> Option<T> {
    let mut call = pin!(call);
    let mut end = runtime.wait(time);
    poll_fn(|context| {
        if let Poll::Ready(answer) = call.as_mut().poll(context) {
            return Poll::Ready(Some(answer));
        }
        end.as_mut().poll(context).map(|()| None)
    })
    .await
}

fn no(what: &str, error: &SendError) -> Fault {
    Fault::new(format!("the fixture has no {what}: {}", whole(error)))
}
