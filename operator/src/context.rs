//! What a reconciliation has besides the app: handles, the clock, and a little memory of earlier reconciliations.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cluster::Chain;
use jiff::Timestamp;
use kube::runtime::events::{Event, EventType, Recorder, Reporter};
use kube::{Client, Resource};
use tracing::warn;

use crate::apply::FIELD_MANAGER;
use crate::decisions::Decisions;
use crate::scaling::{Told, Window};
use crate::settings::Settings;
use crate::status::News;
use crate::world::World;

/// Handles and memory of the reconciler.
pub struct Context {
    /// Talks to the API server.
    pub client: Client,
    /// The cluster as the watches show it.
    pub world: Arc<World>,
    /// What all apps share.
    pub settings: Settings,
    /// The time.
    pub clock: fn() -> Timestamp,
    /// The newest decisions about the number of pods, for `operator replay`.
    pub decisions: Decisions,
    recorder: Recorder,
    memory: Mutex<HashMap<String, Memory>>,
}

/// What is remembered of one app. Losing it does no harm.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    /// How many pods were needed recently.
    pub needs: Window,
    /// What the workers were told last.
    pub told: Told,
    /// Reconciliations that failed in a row.
    pub failures: u32,
    /// When the status was written last.
    pub status_written: Option<Timestamp>,
}

impl Context {
    /// A context that remembers nothing yet. `instance` names this process in Events.
    #[must_use]
    pub fn new(client: Client, world: Arc<World>, settings: Settings, decisions: Decisions, instance: &str) -> Self {
        let reporter = Reporter { controller: FIELD_MANAGER.to_owned(), instance: Some(instance.to_owned()) };
        let recorder = Recorder::new(client.clone(), reporter);
        Self { client, world, settings, clock: Timestamp::now, decisions, recorder, memory: Mutex::default() }
    }

    /// Reads or changes what is remembered of the app with this uid.
    pub fn remember<T>(&self, uid: &str, change: impl FnOnce(&mut Memory) -> T) -> T {
        change(self.memory().entry(uid.to_owned()).or_default())
    }

    /// Forgets the apps for which `exists` is false.
    pub fn forget(&self, exists: impl Fn(&str) -> bool) {
        self.memory().retain(|uid, _| exists(uid));
    }

    /// Publishes an Event about `app`. A lost Event is not worth a failed reconciliation.
    pub async fn publish(&self, app: &impl Resource<DynamicType = ()>, news: News) {
        let event = Event {
            type_: if news.is_warning { EventType::Warning } else { EventType::Normal },
            reason: news.reason,
            note: Some(news.note.chars().take(1_000).collect()),
            action: news.action.to_owned(),
            secondary: None,
        };
        if let Err(error) = self.recorder.publish(&event, &app.object_ref(&())).await {
            warn!(error = %Chain(&error), "Could not publish an Event");
        }
    }

    fn memory(&self) -> MutexGuard<'_, HashMap<String, Memory>> {
        // After a panic elsewhere the memory may be incomplete, which does no harm.
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
