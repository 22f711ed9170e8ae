//! A word to stop, for all tasks of a process.

use std::sync::Arc;
use tokio::sync::watch;

/// Once said, it holds. Clones share it.
#[derive(Debug, Clone)]
pub struct Stop {
    said: Arc<watch::Sender<bool>>,
}

impl Default for Stop {
    fn default() -> Self {
        Self { said: Arc::new(watch::channel(false).0) }
    }
}

impl Stop {
    /// Says it. What is in flight is finished, nothing new is begun.
    pub fn stop(&self) {
        self.said.send_replace(true);
    }

    /// Whether it was said.
    pub fn is_stopped(&self) -> bool {
        *self.said.borrow()
    }

    /// Returns when it is said.
    pub async fn stopped(&self) {
        // The sender lives as long as `self`, so that waiting cannot fail.
        let _ = self.said.subscribe().wait_for(|said| *said).await;
    }
}
