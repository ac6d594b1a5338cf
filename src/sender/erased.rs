//! The private twin of the sender trait, which can be held without a type parameter.

use std::{future::Future, pin::Pin};

use super::{MessageSender, SendError};
use crate::message::Message;

type Answer<'a> = Pin<Box<dyn Future<Output = Result<(), SendError>> + Send + 'a>>;

pub(crate) trait ErasedMessageSender: Send + Sync {
    fn send<'a>(&'a self, message: &'a Message) -> Answer<'a>;
}

impl<S: MessageSender> ErasedMessageSender for S {
    fn send<'a>(&'a self, message: &'a Message) -> Answer<'a> {
        Box::pin(MessageSender::send(self, message))
    }
}
