//! The worker's own Lease: the heartbeat by which the operator tells a slow worker from a dead one.
//!
//! Each pod has one Lease, which has its name, is owned by it (so that it goes with the pod) and is renewed every
//! [`RENEW_EVERY`] by one server-side apply of the whole object. The operator writes one annotation on it, by which it asks
//! the worker to retire, and the worker answers with another. Each renewal says which claims the worker has taken, so that
//! the operator returns those that were handed to it in vain; nothing is written for one claim. The program writes requests only in [`crate::claim`] and
//! the Lease only here, and nothing else. Heartbeats do not touch the requests, so a report rarely meets a conflict.

use std::collections::BTreeMap;
use std::time::Duration;

use cluster::Chain;
use cluster::follow::{Change, follow};
use crds::life::Claimant;
use crds::names::{
    APP_NAME, BOOT_ID_ANNOTATION, COMPONENT_LABEL, Component, DRAINING_ANNOTATION, ENDPOINT_ANNOTATION, INSTANCE_LABEL,
    RETIRE_ANNOTATION, RETIRED_ANNOTATION, SLOTS_ANNOTATION, TAKEN_ANNOTATION, TROUBLE_ANNOTATION,
};
use jiff::Timestamp;
use k8s_openapi::api::coordination::v1::{Lease, LeaseSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{MicroTime, OwnerReference};
use kube::api::{DeleteParams, ObjectMeta, Patch, PatchParams};
use kube::runtime::{reflector, watcher};
use kube::{Api, Client};
use thiserror::Error;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::retirement::Retirement;

/// How often the Lease is renewed.
pub const RENEW_EVERY: Duration = Duration::from_secs(10);
/// How long a renewal is valid, in seconds.
pub const VALID_SECONDS: i32 = 30;
/// Pause after a renewal that failed.
const RETRY_AFTER: Duration = Duration::from_secs(1);
/// Longest wait for one answer, so that a silent API server does not swallow several renewals.
const CALL_TIMEOUT: Duration = Duration::from_secs(5);
/// Field manager of the Lease.
const FIELD_MANAGER: &str = "coverletter-inference";

/// Why the Lease could not be written.
#[derive(Debug, Error)]
pub enum LeaseError {
    /// The API server refused the call or could not be reached.
    #[error("failed to {0} the Lease of this worker")]
    Call(&'static str, #[source] kube::Error),
    /// The API server did not answer in time.
    #[error("failed to {0} the Lease of this worker: no answer within {limit} s", limit = CALL_TIMEOUT.as_secs())]
    Silent(&'static str),
}

/// What a worker tells of itself in its Lease.
#[derive(Clone, Debug)]
pub struct Announced {
    /// The app whose requests it serves.
    pub app: String,
    /// What it writes into its claims, and the operator in its name.
    pub claimant: Claimant,
    /// Letters that it writes at the same time.
    pub slots: usize,
}

/// Why the model cannot be used at present, if there is a reason, as the Lease tells the operator.
pub type Trouble = watch::Receiver<Option<String>>;

/// Renews the Lease until it is ended or dropped.
#[derive(Debug)]
pub struct LeaseKeeper {
    api: Api<Lease>,
    name: String,
    draining: watch::Sender<bool>,
    renewal: JoinHandle<()>,
    watch: JoinHandle<()>,
}

impl LeaseKeeper {
    /// Writes the Lease of the worker and goes on renewing it, with the trouble that there is. What the operator
    /// asks in it goes to `retirement`, whose answer goes into it.
    ///
    /// # Errors
    /// When the first write fails: a worker without a Lease must not claim, because its death would go unnoticed.
    pub async fn start(
        client: Client,
        namespace: &str,
        worker: Announced,
        trouble: Option<Trouble>,
        retirement: Retirement,
    ) -> Result<Self, LeaseError> {
        let api = Api::namespaced(client, namespace);
        let (draining, drained) = watch::channel(false);
        let mut state = State { draining: drained, trouble, retirement: retirement.clone(), said: None };
        write(&api, &lease(&worker, Timestamp::now(), Timestamp::now(), state.told()), &mut state).await?;
        let name = worker.claimant.worker.clone();
        let renewal = tokio::spawn(renew(api.clone(), worker, state));
        let watch = tokio::spawn(observe(api.clone(), name.clone(), retirement));
        Ok(Self { api, name, draining, renewal, watch })
    }

    /// Marks the Lease at once: this worker claims no new requests.
    pub fn drain(&self) {
        self.draining.send_replace(true);
    }

    /// Stops renewing and removes the Lease.
    ///
    /// # Errors
    /// When the API server refused the call or could not be reached; the Lease then expires, and goes with the pod.
    pub async fn end(self) -> Result<(), LeaseError> {
        self.renewal.abort();
        self.watch.abort();
        match answer("delete", self.api.delete(&self.name, &DeleteParams::default())).await {
            Ok(_) => Ok(()),
            Err(LeaseError::Call(_, kube::Error::Api(status))) if status.is_not_found() => Ok(()),
            Err(error) => Err(error),
        }
    }
}

impl Drop for LeaseKeeper {
    fn drop(&mut self) {
        self.renewal.abort();
        self.watch.abort();
    }
}

/// What the Lease tells besides the time.
struct State {
    draining: watch::Receiver<bool>,
    trouble: Option<Trouble>,
    retirement: Retirement,
    /// The request to retire that the Lease confirms.
    said: Option<String>,
}

impl State {
    fn told(&self) -> Told {
        Told {
            taken: self.retirement.held(),
            draining: *self.draining.borrow(),
            retired: self.retirement.confirmed(),
            trouble: self.trouble.as_ref().and_then(|trouble| trouble.borrow().clone()),
        }
    }

    /// Resolves when there is something new to tell. The senders outlive this task, because dropping the keeper aborts it.
    async fn changed(&mut self) {
        let trouble = async {
            match &mut self.trouble {
                Some(trouble) => trouble.changed().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = self.draining.changed() => {}
            Ok(()) = trouble => {}
            () = self.retirement.says_other_than(self.said.as_deref()) => {}
            else => std::future::pending().await,
        }
    }
}

async fn renew(api: Api<Lease>, worker: Announced, mut state: State) {
    let acquired = Timestamp::now();
    let mut pause = RENEW_EVERY;
    loop {
        let _ = tokio::time::timeout(pause, state.changed()).await;
        pause = match write(&api, &lease(&worker, acquired, Timestamp::now(), state.told()), &mut state).await {
            Ok(()) => RENEW_EVERY,
            Err(error) => {
                tracing::warn!(error = %Chain(&error), "Could not renew the Lease");
                // Not sooner, though there is something to tell that was not told.
                tokio::time::sleep(RETRY_AFTER).await;
                Duration::ZERO
            }
        };
    }
}

/// Applies `lease`, and reads from the answer what the operator asks.
async fn write(api: &Api<Lease>, lease: &Lease, state: &mut State) -> Result<(), LeaseError> {
    let name = lease.metadata.name.as_deref().expect("the Lease is named like its pod");
    let params = PatchParams::apply(FIELD_MANAGER).force();
    let written = answer("apply", api.patch(name, &params, &Patch::Apply(lease))).await?;
    state.said = annotation(lease, RETIRED_ANNOTATION);
    state.retirement.ask(annotation(&written, RETIRE_ANNOTATION));
    Ok(())
}

/// Follows what the operator asks in the Lease `name`.
async fn observe(api: Api<Lease>, name: String, retirement: Retirement) {
    let (store, writer) = reflector::store::<Lease>();
    let config = watcher::Config::default().fields(&format!("metadata.name={name}"));
    let changed = move |change: Change<'_, Lease>| {
        // While nothing is seen, what was asked last stands.
        if !matches!(change, Change::Gap)
            && let Some(lease) = store.state().first()
        {
            retirement.ask(annotation(lease, RETIRE_ANNOTATION));
        }
    };
    follow(api, config, writer, changed).await;
}

fn annotation(lease: &Lease, name: &str) -> Option<String> {
    lease.metadata.annotations.as_ref()?.get(name).cloned()
}

async fn answer<T>(call: &'static str, future: impl Future<Output = kube::Result<T>>) -> Result<T, LeaseError> {
    match tokio::time::timeout(CALL_TIMEOUT, future).await {
        Ok(result) => result.map_err(|source| LeaseError::Call(call, source)),
        Err(_) => Err(LeaseError::Silent(call)),
    }
}

/// What changes in a Lease besides the time.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// Tokens of the claims that the worker has taken.
    pub taken: Vec<String>,
    /// Whether it takes no new requests.
    pub draining: bool,
    /// The request to retire that it confirms.
    pub retired: Option<String>,
    /// Why its model cannot be used.
    pub trouble: Option<String>,
}

/// The whole Lease.
#[must_use]
pub fn lease(worker: &Announced, acquired: Timestamp, renewed: Timestamp, told: Told) -> Lease {
    let Announced { app, claimant, slots } = worker;
    let labels = [
        ("app.kubernetes.io/name", APP_NAME),
        (INSTANCE_LABEL, app.as_str()),
        (COMPONENT_LABEL, Component::Inference.label()),
    ];
    let mut annotations = BTreeMap::from([
        (BOOT_ID_ANNOTATION.to_owned(), claimant.boot_id.clone()),
        (ENDPOINT_ANNOTATION.to_owned(), claimant.endpoint.clone()),
        (SLOTS_ANNOTATION.to_owned(), slots.to_string()),
        (TAKEN_ANNOTATION.to_owned(), told.taken.join(" ")),
    ]);
    if told.draining {
        annotations.insert(DRAINING_ANNOTATION.to_owned(), "true".to_owned());
    }
    if let Some(number) = told.retired {
        annotations.insert(RETIRED_ANNOTATION.to_owned(), number);
    }
    if let Some(words) = told.trouble {
        annotations.insert(TROUBLE_ANNOTATION.to_owned(), words);
    }
    Lease {
        metadata: ObjectMeta {
            name: Some(claimant.worker.clone()),
            labels: Some(labels.map(|(key, value)| (key.to_owned(), value.to_owned())).into()),
            annotations: Some(annotations),
            owner_references: Some(vec![OwnerReference {
                api_version: "v1".to_owned(),
                kind: "Pod".to_owned(),
                name: claimant.worker.clone(),
                uid: claimant.pod_uid.clone(),
                ..OwnerReference::default()
            }]),
            ..ObjectMeta::default()
        },
        spec: Some(LeaseSpec {
            holder_identity: Some(claimant.worker.clone()),
            lease_duration_seconds: Some(VALID_SECONDS),
            acquire_time: Some(MicroTime(acquired)),
            renew_time: Some(MicroTime(renewed)),
            ..LeaseSpec::default()
        }),
    }
}
