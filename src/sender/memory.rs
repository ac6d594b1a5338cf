//! A sender in memory, for tests and examples.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{MessageSender, SendError};
use crate::message::Message;

/// Keeps the messages. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct MemorySender {
    sent: Arc<Mutex<Vec<Message>>>,
}

impl MemorySender {
    /// A sender that has sent nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The messages since this was last asked, oldest first.
    #[must_use]
    pub fn take(&self) -> Vec<Message> {
        std::mem::take(&mut *self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Message>> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl MessageSender for MemorySender {
    async fn send(&self, message: &Message) -> Result<(), SendError> {
        self.lock().push(message.clone());
        Ok(())
    }
}
