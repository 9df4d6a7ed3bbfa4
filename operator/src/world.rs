//! The cluster as this process sees it: one watch and one store for each kind, and a notice of every change.

mod shown;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use cluster::follow::{Change, Followed, follow, follow_each, follow_guarded_each};
use cluster::requests;
use crds::names::{COMPONENT_LABEL, Component, INSTANCE_LABEL, MANAGED_BY, RETIRE_ANNOTATION};
use crds::{CoverLetterApp, CoverLetterRequest};
use futures::FutureExt as _;
use futures::future::join_all;
use k8s_openapi::NamespaceResourceScope;
use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::api::core::v1::{Pod, Secret, Service};
use k8s_openapi::api::discovery::v1::EndpointSlice;
use kube::api::{Api, DynamicObject};
use kube::core::{DeserializeGuard, PartialObjectMeta};
use kube::runtime::reflector::{ObjectRef, Store, store::Writer};
use kube::runtime::watcher;
use kube::{Client, Resource, ResourceExt as _};
use tokio::sync::{Notify, mpsc, watch};
use tokio::task::JoinSet;

use crate::definitions;
use crate::dispatch::Ledger;
use crate::kinds::Kind;
use crate::scope::{API_SERVER_NAMESPACE, Scope};
use serde::de::DeserializeOwned;

pub use shown::Shown;

/// An app as it is watched: a malformed one does not stop the others.
pub type GuardedApp = DeserializeGuard<CoverLetterApp>;
/// Names an app.
pub type AppRef = ObjectRef<GuardedApp>;

/// The apps that a change concerns.
#[derive(Clone, Debug)]
pub enum Trigger {
    /// One app.
    App(AppRef),
    /// Apps that may name this Secret.
    Secret {
        /// Namespace of the Secret and of the apps.
        namespace: String,
        /// Its name.
        name: String,
    },
    /// Every app.
    All,
}

/// Stores that follow the cluster until they are cancelled.
pub struct World {
    /// Apps of all namespaces of the scope.
    pub apps: Store<GuardedApp>,
    /// Requests of these namespaces, without their texts.
    pub requests: Store<CoverLetterRequest>,
    /// Pods of all apps.
    pub pods: Store<Pod>,
    /// Leases of workers.
    pub leases: Store<Lease>,
    /// Metadata of all Secrets, for those that apps name.
    pub secrets: Store<PartialObjectMeta<Secret>>,
    /// Child objects, by kind.
    pub children: Vec<(Kind, Store<DynamicObject>)>,
    /// Addresses of the API server behind its Service.
    pub api_endpoints: Store<EndpointSlice>,
    /// The Service of the API server.
    pub api_service: Store<Service>,
    /// Wakes the task that looks after requests.
    pub requests_changed: Notify,
    /// Wakes the task that hands requests to workers.
    pub work_changed: Notify,
    /// Tells whoever subscribes that requests have changed.
    pub queue_changed: watch::Sender<()>,
    bindings: Mutex<Ledger>,
    requests_seen: AtomicBool,
    leases_seen: AtomicBool,
    lease_gaps: AtomicU64,
    last_gap: Mutex<Instant>,
    has_routes: AtomicBool,
    sees_api_server: bool,
    triggers: Triggers,
}

/// Sends changes to the reconciler.
type Triggers = mpsc::UnboundedSender<Trigger>;

impl World {
    /// Starts to follow the cluster, for as long as `watches` lives. A kind that the cluster does not have yet is
    /// followed once it has.
    pub fn follow(
        client: &Client,
        scope: &Scope,
        watches: &mut JoinSet<()>,
    ) -> (Arc<Self>, mpsc::UnboundedReceiver<Trigger>) {
        let (triggers, receiver) = mpsc::unbounded_channel();
        let writers = Writers::new();
        let world = Arc::new(writers.readers(triggers, scope.sees_api_server));
        let mut start = Start { client, scope, watches, world: &world };
        let everything = watcher::Config::default;
        let managed = everything().labels(&format!("app.kubernetes.io/managed-by={MANAGED_BY}"));
        let workers = everything().labels(&format!("{COMPONENT_LABEL}={}", Component::Inference.label()));
        start.follow(everything(), writers.apps, |app| Some(app_itself(app)));
        start.follow_requests(writers.requests);
        start.follow_pods(managed.clone(), writers.pods);
        start.follow_leases(workers, writers.leases);
        start.follow(everything(), writers.secrets, secret_itself);
        if scope.sees_api_server {
            start.follow_api_server(writers.api_service);
            start.follow_api_server(writers.api_endpoints);
        }
        for (kind, writer) in writers.children {
            start.follow_children(kind, managed.clone(), writer);
        }
        (world, receiver)
    }

    /// Waits until every store has seen the cluster once. Never returns when a watch is cancelled first.
    pub async fn wait_until_ready(&self) {
        let children = self.children.iter().filter(|(kind, _)| kind.is_built_in());
        let children = children.map(|(_, store)| store.wait_until_ready().boxed());
        let mut stores = vec![
            self.secrets.wait_until_ready().boxed(),
            self.apps.wait_until_ready().boxed(),
            self.requests.wait_until_ready().boxed(),
            self.pods.wait_until_ready().boxed(),
            self.leases.wait_until_ready().boxed(),
        ];
        if self.sees_api_server {
            stores.push(self.api_endpoints.wait_until_ready().boxed());
            stores.push(self.api_service.wait_until_ready().boxed());
        }
        // An error means that a writer is gone, which only happens on the way out.
        let _ = join_all(stores.into_iter().chain(children)).await;
    }

    /// Reconciles `app` again after `delay`, besides the requeue of its own reconciliation.
    pub fn again_later(&self, app: AppRef, delay: Duration) {
        let (triggers, trigger) = (self.triggers.clone(), Trigger::App(app));
        tokio::spawn(async move {
            tokio::time::sleep(delay).await;
            // The receiver is gone only on the way out.
            let _ = triggers.send(trigger);
        });
    }

    /// Whether the cluster has `HTTPRoute`.
    pub fn has_routes(&self) -> bool {
        self.has_routes.load(Ordering::Relaxed)
    }

    /// For how long pods, Deployments, requests and Leases have been seen without a gap.
    pub fn watched_for(&self) -> Duration {
        self.last_gap.lock().unwrap_or_else(PoisonError::into_inner).elapsed()
    }

    /// Whether the watches of requests and Leases have not failed since they last read everything.
    pub fn sees_work(&self) -> bool {
        self.requests_seen.load(Ordering::Relaxed) && self.leases_seen.load(Ordering::Relaxed)
    }

    /// What this process has bound and the watches may not show yet.
    pub fn bindings(&self) -> MutexGuard<'_, Ledger> {
        // After a panic elsewhere the ledger may lack a binding, which then meets a conflict.
        self.bindings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note_gap(&self) {
        *self.last_gap.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    /// Grows whenever Leases could not be seen for a while.
    pub fn lease_gaps(&self) -> u64 {
        self.lease_gaps.load(Ordering::Relaxed)
    }
}

/// The writing ends of all stores.
struct Writers {
    apps: Writer<GuardedApp>,
    requests: Writer<CoverLetterRequest>,
    pods: Writer<Pod>,
    leases: Writer<Lease>,
    secrets: Writer<PartialObjectMeta<Secret>>,
    children: Vec<(Kind, Writer<DynamicObject>)>,
    api_endpoints: Writer<EndpointSlice>,
    api_service: Writer<Service>,
}

impl Writers {
    fn new() -> Self {
        Self {
            apps: Writer::default(),
            requests: Writer::default(),
            pods: Writer::default(),
            leases: Writer::default(),
            secrets: Writer::default(),
            children: Kind::ALL.into_iter().map(|kind| (kind, Writer::new(kind.resource()))).collect(),
            api_endpoints: Writer::default(),
            api_service: Writer::default(),
        }
    }

    fn readers(&self, triggers: Triggers, sees_api_server: bool) -> World {
        World {
            apps: self.apps.as_reader(),
            requests: self.requests.as_reader(),
            pods: self.pods.as_reader(),
            leases: self.leases.as_reader(),
            secrets: self.secrets.as_reader(),
            children: self.children.iter().map(|(kind, writer)| (*kind, writer.as_reader())).collect(),
            api_endpoints: self.api_endpoints.as_reader(),
            api_service: self.api_service.as_reader(),
            requests_changed: Notify::new(),
            work_changed: Notify::new(),
            queue_changed: watch::Sender::default(),
            bindings: Mutex::default(),
            requests_seen: AtomicBool::new(false),
            leases_seen: AtomicBool::new(false),
            lease_gaps: AtomicU64::new(0),
            last_gap: Mutex::new(Instant::now()),
            has_routes: AtomicBool::new(false),
            sees_api_server,
            triggers,
        }
    }
}

/// Arguments of every watch.
struct Start<'a> {
    client: &'a Client,
    scope: &'a Scope,
    watches: &'a mut JoinSet<()>,
    world: &'a Arc<World>,
}

impl Start<'_> {
    fn follow<K>(
        &mut self,
        config: watcher::Config,
        writer: Writer<K>,
        concerns: impl Fn(&K) -> Option<Trigger> + Send + Sync + 'static,
    ) where
        K: Followed + Resource<Scope = NamespaceResourceScope, DynamicType = ()> + DeserializeOwned,
    {
        let changed = wakes(Arc::clone(self.world), false, concerns);
        self.watches.spawn(follow_each(self.scope.apis(self.client), config, writer, changed));
    }

    /// What is called as the Service of the API server is, in its namespace.
    fn follow_api_server<K>(&mut self, writer: Writer<K>)
    where
        K: Followed + Resource<Scope = NamespaceResourceScope, DynamicType = ()> + DeserializeOwned,
    {
        let api = Api::namespaced(self.client.clone(), API_SERVER_NAMESPACE);
        let config = watcher::Config::default().fields("metadata.name=kubernetes");
        let changed = wakes(Arc::clone(self.world), false, |_: &K| Some(Trigger::All));
        self.watches.spawn(follow(api, config, writer, changed));
    }

    fn follow_pods(&mut self, config: watcher::Config, writer: Writer<Pod>) {
        let changed = wakes(Arc::clone(self.world), true, app_of_label);
        self.watches.spawn(follow_each(self.scope.apis(self.client), config, writer, changed));
    }

    fn follow_children(&mut self, kind: Kind, config: watcher::Config, writer: Writer<DynamicObject>) {
        let apis = self.scope.dynamic_apis(self.client, &kind.resource());
        let (client, world) = (self.client.clone(), Arc::clone(self.world));
        let changed = wakes(Arc::clone(self.world), kind == Kind::Deployment, app_of_label);
        self.watches.spawn(async move {
            if !kind.is_built_in() {
                definitions::served(&client, kind).await;
                world.has_routes.store(true, Ordering::Relaxed);
                // The receiver is gone only on the way out.
                let _ = world.triggers.send(Trigger::All);
            }
            follow_each(apis, config, writer, changed).await;
        });
    }

    fn follow_requests(&mut self, writer: Writer<CoverLetterRequest>) {
        let (world, wakes) = (Arc::clone(self.world), wakes(Arc::clone(self.world), true, app_of_request));
        let changed = move |change: Change<'_, CoverLetterRequest>| {
            note_sight(&world.requests_seen, &change);
            wakes(change);
            world.queue_changed.send_replace(());
        };
        let apis = self.scope.apis(self.client);
        let trim = CoverLetterRequest::drop_texts;
        self.watches.spawn(follow_guarded_each(apis, requests::listing(), writer, trim, changed));
    }

    fn follow_leases(&mut self, config: watcher::Config, writer: Writer<Lease>) {
        let world = Arc::clone(self.world);
        let changed = move |change: Change<'_, Lease>| {
            note_sight(&world.leases_seen, &change);
            world.work_changed.notify_one();
            if matches!(change, Change::Gap) {
                world.lease_gaps.fetch_add(1, Ordering::Relaxed);
                world.note_gap();
                return;
            }
            // The answer of a worker that was asked to retire.
            if let Change::Object(lease) = change
                && lease.annotations().contains_key(RETIRE_ANNOTATION)
                && let Some(trigger) = app_of_label(lease)
            {
                // The receiver is gone only on the way out.
                let _ = world.triggers.send(trigger);
            }
        };
        self.watches.spawn(follow_each(self.scope.apis(self.client), config, writer, changed));
    }
}

/// Sends each change to the reconciler, with the apps that it `concerns`, and wakes the tasks that look after requests.
///
/// A gap counts where numbers of pods are decided by what is watched.
fn wakes<K, F>(world: Arc<World>, decides_pods: bool, concerns: F) -> impl Fn(Change<'_, K>) + Send + Sync
where
    F: Fn(&K) -> Option<Trigger> + Send + Sync,
{
    move |change: Change<'_, K>| {
        let trigger = match change {
            Change::Object(object) => concerns(object),
            Change::All => Some(Trigger::All),
            Change::Gap => {
                if decides_pods {
                    world.note_gap();
                }
                None
            }
        };
        if let Some(trigger) = trigger {
            // The receiver is gone only on the way out.
            let _ = world.triggers.send(trigger);
        }
        world.requests_changed.notify_one();
        world.work_changed.notify_one();
    }
}

fn note_sight<K>(seen: &AtomicBool, change: &Change<'_, K>) {
    match change {
        Change::Gap => seen.store(false, Ordering::Relaxed),
        Change::All => seen.store(true, Ordering::Relaxed),
        Change::Object(_) => {}
    }
}

fn app_itself(app: &GuardedApp) -> Trigger {
    Trigger::App(ObjectRef::from_obj(app))
}

fn secret_itself(secret: &PartialObjectMeta<Secret>) -> Option<Trigger> {
    let metadata = secret.meta();
    Some(Trigger::Secret { namespace: metadata.namespace.clone()?, name: metadata.name.clone()? })
}

fn app_of_request(request: &CoverLetterRequest) -> Option<Trigger> {
    app(&request.spec.app_ref.name, request.metadata.namespace.as_deref())
}

fn app_of_label<K: Resource>(object: &K) -> Option<Trigger> {
    app(object.labels().get(INSTANCE_LABEL)?, object.meta().namespace.as_deref())
}

fn app(name: &str, namespace: Option<&str>) -> Option<Trigger> {
    Some(Trigger::App(AppRef::new(name).within(namespace?)))
}
