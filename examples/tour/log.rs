//! The log that the service keeps of its audit events.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use backstop::audit::Event;

/// The service's own log, where strangers do not read.
#[derive(Clone, Default)]
pub(crate) struct Log {
    events: Arc<Mutex<Vec<Event>>>,
}

impl Log {
    pub(crate) fn push(&self, event: &Event) {
        self.lock().push(event.clone());
    }

    pub(crate) fn events(&self) -> Vec<Event> {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Event>> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
