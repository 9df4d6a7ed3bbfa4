//! The requests of one app as the API server shows them, always up to date, and a signal when they change.

use std::sync::Arc;

use crds::CoverLetterRequest;
use futures::StreamExt as _;
use kube::runtime::reflector::{self, ObjectRef, Store};
use kube::runtime::{WatchStreamExt as _, watcher};
use kube::{Api, Client};
use tokio::sync::watch;

use crate::telemetry::Chain;

/// The requests of one app. Clones share one watch, which ends with the last of them.
#[derive(Clone)]
pub struct Requests {
    namespace: String,
    store: Store<CoverLetterRequest>,
    changed: watch::Receiver<()>,
    /// Whether the requests were listed. `Store::wait_until_ready` wakes only one of several waiters.
    listed: watch::Receiver<bool>,
    _watch: Arc<AbortOnDrop>,
}

struct AbortOnDrop(tokio::task::JoinHandle<()>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Requests {
    /// Follows the requests in `namespace` that name `app`, until dropped. Reconnects by itself.
    #[must_use]
    pub fn follow(client: Client, namespace: &str, app: &str) -> Self {
        let api: Api<CoverLetterRequest> = Api::namespaced(client, namespace);
        let config = watcher::Config::default().fields(&format!("spec.appRef.name={app}"));
        let (store, writer) = reflector::store();
        let (change, changed) = watch::channel(());
        let (list, listed) = watch::channel(false);
        let events = watcher(api, config).default_backoff().reflect(writer);
        let task = tokio::spawn(async move {
            let mut events = std::pin::pin!(events);
            while let Some(event) = events.next().await {
                match event {
                    Ok(event) => {
                        if matches!(event, watcher::Event::InitDone) {
                            list.send_replace(true);
                        }
                        change.send_replace(());
                    }
                    Err(error) => {
                        tracing::warn!(error = %Chain(&error), "Lost sight of the requests for a moment");
                    }
                }
            }
        });
        Self { namespace: namespace.to_owned(), store, changed, listed, _watch: Arc::new(AbortOnDrop(task)) }
    }

    /// Resolves once the requests were listed for the first time.
    pub async fn ready(&self) {
        // Fails only when the watch task is gone, that is when the program ends.
        let _ = self.listed.clone().wait_for(|listed| *listed).await;
    }

    /// Every request, in no particular order.
    #[must_use]
    pub fn all(&self) -> Vec<Arc<CoverLetterRequest>> {
        self.store.state()
    }

    /// The request called `name`, as it was last seen.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<Arc<CoverLetterRequest>> {
        self.store.get(&ObjectRef::new(name).within(&self.namespace))
    }

    /// Resolves after the next change of any request since the last call on this clone.
    pub async fn changed(&mut self) {
        if self.changed.changed().await.is_err() {
            // The watch task never ends by itself while a clone lives; if it does, nothing will change any more.
            std::future::pending::<()>().await;
        }
    }
}
