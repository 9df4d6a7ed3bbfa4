//! The requests that this worker sees. While the operator hands them out, it follows only its own; while nobody does, it
//! follows all of its app, so that it can claim for itself.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cluster::Requests;
use crds::{CoverLetterRequest, life};
use kube::Client;
use rand::RngExt as _;
use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio::time::Instant;

use crate::crowd::Crowd;
use crate::dispatcher::{self, Sighting};

/// Longest pause before a worker that has lost its dispatcher claims for itself, so that not all of them list all requests
/// at once.
const HESITATION_MAX: Duration = Duration::from_secs(1);
/// How often the workers of the app are counted while they claim for themselves.
const COUNT_EVERY: Duration = Duration::from_secs(30);

/// The requests that a worker sees. Clones share their watches, which end with the last of them.
#[derive(Clone)]
pub struct View {
    own: Requests,
    sights: Arc<Sights>,
    shared: Arc<Shared>,
    _watches: Arc<AbortOnDrop>,
}

struct Shared {
    client: Client,
    namespace: String,
    app: String,
    /// All requests of the app, while nobody hands them out.
    all: Mutex<Option<Requests>>,
    crowd: Crowd,
    /// Rings at every change.
    bell: watch::Sender<()>,
    sightings: watch::Receiver<Sighting>,
}

/// When each claim of this worker was first seen, by the token of the claim. The clock of whoever wrote a claim says
/// nothing here; a watch shows a claim as soon as it is made.
#[derive(Default)]
struct Sights(Mutex<HashMap<String, Instant>>);

struct AbortOnDrop([AbortHandle; 3]);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.iter().for_each(AbortHandle::abort);
    }
}

impl View {
    /// Follows the requests in `namespace` that `worker` holds, and those that name `app` as long as nobody hands them
    /// out, until dropped. Reconnects by itself.
    #[must_use]
    pub fn follow(client: Client, namespace: &str, app: &str, worker: &str) -> Self {
        let (bell, _) = watch::channel(());
        let fields = format!("spec.appRef.name={app},status.claim.worker={worker},status.state=Running");
        let own = Requests::such(client.clone(), namespace, &fields, ringing(&bell));
        let (seen, sightings) = watch::channel(Sighting::default());
        let observing = tokio::spawn(dispatcher::observe(client.clone(), namespace.to_owned(), app.to_owned(), seen));
        let (namespace, app) = (namespace.to_owned(), app.to_owned());
        let shared = Arc::new(Shared {
            client,
            namespace,
            app,
            all: Mutex::default(),
            crowd: Crowd::default(),
            bell,
            sightings,
        });
        let choosing = tokio::spawn(Arc::clone(&shared).choose());
        let sights = Arc::<Sights>::default();
        let seeing = tokio::spawn(Arc::clone(&sights).keep(own.clone()));
        let watches = [observing, choosing, seeing].map(|watch| watch.abort_handle());
        Self { own, sights, shared, _watches: Arc::new(AbortOnDrop(watches)) }
    }

    /// Resolves once this worker sees whatever it needs to begin.
    pub async fn listed(&self) {
        self.own.listed().await;
        dispatcher::listed(&mut self.shared.sightings.clone()).await;
    }

    /// Whether this worker may claim for itself, because nobody hands out requests.
    #[must_use]
    pub fn is_left_alone(&self) -> bool {
        self.shared.all().as_ref().is_some_and(Requests::is_listed)
    }

    /// Every request that is seen, without its texts, in no particular order.
    #[must_use]
    pub fn all(&self) -> Vec<Arc<CoverLetterRequest>> {
        let all = self.shared.all().clone();
        all.filter(Requests::is_listed).map_or_else(|| self.own.all(), |all| all.all())
    }

    /// The request called `name`, as it was last seen, without its texts.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Arc<CoverLetterRequest>> {
        self.own.get(name).or_else(|| self.shared.all().as_ref()?.get(name))
    }

    /// The request called `name`, as it is among [`Self::all`]. The watch of the worker's own requests may show another
    /// version: whoever compares what was chosen with that one would choose for ever while that watch is late.
    #[must_use]
    pub fn among_all(&self, name: &str) -> Option<Arc<CoverLetterRequest>> {
        let all = self.shared.all().clone();
        all.filter(Requests::is_listed).map_or_else(|| self.own.get(name), |all| all.get(name))
    }

    /// Whether the watch shows that this worker holds the request called `name`.
    #[must_use]
    pub fn shows_own(&self, name: &str) -> bool {
        self.own.get(name).is_some()
    }

    /// When the claim on `request`, which this worker holds, was first seen: now, if the watch has not shown it.
    #[must_use]
    pub fn first_sight(&self, request: &CoverLetterRequest) -> Instant {
        self.sights.of(request).unwrap_or_else(Instant::now)
    }

    /// The other workers, as far as they are known.
    #[must_use]
    pub fn crowd(&self) -> &Crowd {
        &self.shared.crowd
    }

    /// Notices of every change from now on.
    #[must_use]
    pub fn changes(&self) -> Changes {
        Changes(self.shared.bell.subscribe())
    }
}

impl Sights {
    /// Notes whatever `own` shows anew, until dropped.
    async fn keep(self: Arc<Self>, own: Requests) {
        let mut changes = own.changes();
        loop {
            self.note(&own.all(), Instant::now());
            changes.next().await;
        }
    }

    fn note(&self, shown: &[Arc<CoverLetterRequest>], now: Instant) {
        let mut seen = self.seen();
        let before = std::mem::take(&mut *seen);
        seen.extend(shown.iter().map(|request| {
            let token = token(request);
            let since = before.get(&token).copied().unwrap_or(now);
            (token, since)
        }));
    }

    fn of(&self, request: &CoverLetterRequest) -> Option<Instant> {
        self.seen().get(&token(request)).copied()
    }

    fn seen(&self) -> MutexGuard<'_, HashMap<String, Instant>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn token(request: &CoverLetterRequest) -> String {
    life::token(request.metadata.uid.as_deref().unwrap_or_default(), life::attempt(request))
}

impl Shared {
    /// Follows all requests while there is no dispatcher, until dropped.
    async fn choose(self: Arc<Self>) {
        let mut sightings = self.sightings.clone();
        dispatcher::listed(&mut sightings).await;
        let mut longest = Duration::ZERO;
        loop {
            let valid = sightings.borrow_and_update().valid_until(Instant::now());
            if let Some(valid) = valid {
                // Others have seen the same dispatcher, and will miss it at the same time.
                longest = HESITATION_MAX;
                self.set(None);
                let _ = tokio::time::timeout_at(valid, sightings.changed()).await;
                continue;
            }
            if self.all().is_none() {
                let hesitation = longest.mul_f64(rand::rng().random_range(0.0..1.0));
                if tokio::time::timeout(hesitation, sightings.changed()).await.is_ok() {
                    continue;
                }
                tracing::info!("Claims for itself: nobody hands out requests");
                let fields = format!("spec.appRef.name={}", self.app);
                let all = Requests::such(self.client.clone(), &self.namespace, &fields, ringing(&self.bell));
                self.crowd.count(&self.client, &self.namespace, &self.app).await;
                self.set(Some(all));
            }
            match tokio::time::timeout(COUNT_EVERY, sightings.changed()).await {
                Ok(Ok(())) => {}
                // The watch never ends before this task does.
                Ok(Err(_)) => std::future::pending::<()>().await,
                Err(_) => self.crowd.count(&self.client, &self.namespace, &self.app).await,
            }
        }
    }

    fn set(&self, all: Option<Requests>) {
        let is_other = {
            let mut own = self.all();
            let is_other = own.is_some() != all.is_some();
            *own = all;
            is_other
        };
        if is_other {
            self.bell.send_modify(|()| {});
        }
    }

    fn all(&self) -> MutexGuard<'_, Option<Requests>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What rings `bell`.
fn ringing(bell: &watch::Sender<()>) -> impl Fn() + Send + 'static {
    let bell = bell.clone();
    move || bell.send_modify(|()| {})
}

/// Notices of changes to what is seen. Changes that happen between two waits are reported together.
#[derive(Clone, Debug)]
pub struct Changes(watch::Receiver<()>);

impl Changes {
    /// Resolves after the next change since the last call.
    pub async fn next(&mut self) {
        if self.0.changed().await.is_err() {
            // The bell lives as long as the view; after that nothing changes any more.
            std::future::pending::<()>().await;
        }
    }
}
