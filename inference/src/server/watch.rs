//! Whether the server can be asked.

use std::sync::Arc;
use std::time::Duration;

use cluster::Chain;
use tokio::sync::{Notify, watch};

use super::connection::Connection;

/// How often a server that is well is asked for its models.
const WELL: Duration = Duration::from_secs(30);
/// How often one that is not is asked.
const UNWELL: Duration = Duration::from_secs(5);

/// What is known of the server.
#[derive(Debug)]
pub(super) struct Watch {
    trouble: watch::Sender<Option<String>>,
    look: Notify,
}

impl Watch {
    /// Nothing is known yet.
    pub(super) fn new(connection: &Connection) -> Self {
        let unknown = format!("{} has not answered yet", connection.origin());
        Self { trouble: watch::Sender::new(Some(unknown)), look: Notify::new() }
    }

    pub(super) fn trouble(&self) -> watch::Receiver<Option<String>> {
        self.trouble.subscribe()
    }

    /// Looks at the server at once, because a completion has failed.
    pub(super) fn look(&self) {
        self.look.notify_one();
    }

    /// Looks at the server again and again.
    pub(super) async fn run(self: Arc<Self>, connection: Arc<Connection>) {
        loop {
            let found = connection.check().await.err().map(|error| Chain(&error).to_string());
            let pause = if found.is_none() { WELL } else { UNWELL };
            self.trouble.send_if_modified(|trouble| {
                let is_new = *trouble != found;
                if is_new {
                    match &found {
                        None => tracing::info!("The model server is well"),
                        Some(words) => tracing::warn!(error = words, "The model server cannot be used"),
                    }
                    *trouble = found;
                }
                is_new
            });
            let _ = tokio::time::timeout(pause, self.look.notified()).await;
        }
    }
}
