//! Requests as the API server shows them, without their texts, and a notice of every change.

use std::sync::Arc;

use crds::CoverLetterRequest;
use kube::core::DeserializeGuard;
use kube::runtime::reflector::{self, ObjectRef, Store};
use kube::runtime::watcher::Config;
use kube::{Api, Client};
use tokio::sync::watch;
use tokio::task::AbortHandle;

use crate::follow::{Change, follow_guarded};

/// Requests in one answer to a list. They may be large, and only one page of them is in memory with its texts.
const PAGE: u32 = 50;

/// How requests are listed and watched, by whoever keeps many of them.
#[must_use]
pub fn listing() -> Config {
    Config::default().page_size(PAGE)
}

/// Some requests of one namespace, without their texts. Clones share one watch, which ends with the last of them.
#[derive(Clone)]
pub struct Requests {
    namespace: String,
    store: Store<CoverLetterRequest>,
    /// Whether the requests were listed. `Store::wait_until_ready` wakes only one of several waiters.
    listed: watch::Receiver<bool>,
    _watch: Arc<AbortOnDrop>,
}

struct AbortOnDrop(AbortHandle);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Requests {
    /// Follows the requests in `namespace` that name `app`, until dropped. Reconnects by itself.
    #[must_use]
    pub fn follow(client: Client, namespace: &str, app: &str) -> Self {
        Self::such(client, namespace, &format!("spec.appRef.name={app}"), || {})
    }

    /// Follows the requests in `namespace` that the `fields` select, and calls `changed` after every change.
    #[must_use]
    pub fn such(client: Client, namespace: &str, fields: &str, changed: impl Fn() + Send + 'static) -> Self {
        let api: Api<DeserializeGuard<CoverLetterRequest>> = Api::namespaced(client, namespace);
        let config = listing().fields(fields);
        let (store, writer) = reflector::store();
        let (list, listed) = watch::channel(false);
        let changed = move |change: Change<'_, CoverLetterRequest>| {
            list.send_modify(|listed| *listed |= matches!(change, Change::All));
            changed();
        };
        let watch = tokio::spawn(follow_guarded(api, config, writer, CoverLetterRequest::drop_texts, changed));
        let watch = Arc::new(AbortOnDrop(watch.abort_handle()));
        Self { namespace: namespace.to_owned(), store, listed, _watch: watch }
    }

    /// Resolves once the requests were listed for the first time.
    pub async fn listed(&self) {
        // Fails only when the watch is gone, that is when the program ends.
        let _ = self.listed.clone().wait_for(|listed| *listed).await;
    }

    /// Whether they were listed: before that, a missing request may only be late.
    #[must_use]
    pub fn is_listed(&self) -> bool {
        *self.listed.borrow()
    }

    /// Every request without its texts, in no particular order.
    #[must_use]
    pub fn all(&self) -> Vec<Arc<CoverLetterRequest>> {
        self.store.state()
    }

    /// The request called `name`, as it was last seen, without its texts.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Arc<CoverLetterRequest>> {
        self.store.get(&ObjectRef::new(name).within(&self.namespace))
    }

    /// Notices of every change from now on.
    #[must_use]
    pub fn changes(&self) -> Changes {
        let mut changes = Changes(self.listed.clone());
        changes.forget();
        changes
    }
}

/// Notices of changes to some requests. Changes that happen between two waits are reported together.
#[derive(Clone, Debug)]
pub struct Changes(watch::Receiver<bool>);

impl Changes {
    /// Resolves after the next change of any request since the last call.
    pub async fn next(&mut self) {
        if self.0.changed().await.is_err() {
            // The watch never ends while a `Requests` lives; after that nothing changes any more.
            std::future::pending::<()>().await;
        }
    }

    /// Tells no change that happened before this call.
    pub fn forget(&mut self) {
        self.0.mark_unchanged();
    }
}
