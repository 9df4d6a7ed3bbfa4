//! Reads one app's surroundings out of the stores, and what is not watched from the API server.

mod pods;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crds::app::{CoverLetterApp, SecretKeyRef};
use crds::names::{Component, INSTANCE_LABEL, MANAGED_BY, MANAGED_BY_LABEL, TROUBLE_ANNOTATION, USABLE_LABEL};
use crds::reason::AppReason;
use crds::request::{CoverLetterRequest, State};
use jiff::Timestamp;
use k8s_openapi::api::core::v1::{Event, Pod, Secret, Service, ServicePort};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use kube::api::{Api, DynamicObject, ListParams};
use kube::runtime::reflector::ObjectRef;
use kube::{Client, ResourceExt as _};
use url::Url;

use crate::error::Error;
use crate::kinds::{Key, Kind};
use crate::live::Live;
use crate::names::{self, AppName, ChildName};
use crate::observed::{ExternalDatabaseFact, Observed, RequestFact, SecretFact, ServiceFact, ServiceName, Trouble};
use crate::validate::{HttpUrl, Peer};
use crate::world::World;

/// How long the watches must have been without a gap before pods may end: longer than a watch waits before it is tried
/// again.
const SETTLED: Duration = Duration::from_secs(40);

/// Everything that the reconciliation of `app` looks at.
///
/// # Errors
/// [`Error::Read`] when an external database's Secret or Events cannot be read; [`Error::Malformed`] when a child does not fit its
/// kind.
pub async fn observe(client: &Client, world: &World, app: &CoverLetterApp) -> Result<Observed, Error> {
    let namespace = app.namespace().unwrap_or_default();
    let name = app.name_any();
    // Read before the requests, so that a letter is among the former or the latter.
    let handed = world.bindings().held_in(&namespace);
    let is_ours = |object_namespace: Option<&str>, instance: Option<&String>| {
        object_namespace == Some(namespace.as_str()) && instance == Some(&name)
    };
    let mut children = Live::default();
    for (kind, store) in &world.children {
        let ours = store
            .state_filter(|object| is_ours(object.metadata.namespace.as_deref(), object.labels().get(INSTANCE_LABEL)));
        for object in ours {
            children.add(Key::new(*kind, object.name_any()), (*object).clone())?;
        }
    }
    let pods =
        world.pods.state_filter(|pod| is_ours(pod.metadata.namespace.as_deref(), pod.labels().get(INSTANCE_LABEL)));
    let lease = |pod: &Pod| world.leases.get(&ObjectRef::new(&pod.name_any()).within(&namespace));
    let mut pods: Vec<_> = pods.iter().filter_map(|pod| pods::fact(pod, lease(pod).as_deref())).collect();
    for pod in pods.iter_mut().filter(|pod| pod.trouble.is_none()) {
        pod.trouble = told_trouble(world, &namespace, &pod.name);
    }
    pods.sort_by(|a, b| a.name.cmp(&b.name));
    let has_database_pod = pods.iter().any(|pod| pod.component == Component::Database);
    let requests = world
        .requests
        .state_filter(|request| is_ours(request.metadata.namespace.as_deref(), Some(&request.spec.app_ref.name)));
    if let Some(name) = AppName::parse(&name) {
        find_unlabelled_claim(client, &namespace, &name, &mut children).await?;
    }
    let database_trouble = match AppName::parse(&name) {
        Some(name) => database_trouble(client, &namespace, &name, &children, has_database_pod).await?,
        None => None,
    };
    Ok(Observed {
        children,
        pods,
        database_trouble,
        named_secrets: named_secrets(world, app, &namespace),
        missing_keys: missing_keys(client, app, &namespace).await?,
        database_claims: database_claims(world, &namespace),
        requests: requests.iter().map(|request| request_fact(request)).collect(),
        handed,
        external_database: external_database(client, app, &namespace).await?,
        api_server: api_server(world),
        services: services(client, app, &namespace).await?,
        has_routes: world.has_routes(),
        stale: stale(world),
    })
}

/// Says so when the watches that the number of pods depends on were interrupted, or have only begun.
fn stale(world: &World) -> Option<String> {
    (world.watched_for() < SETTLED).then(|| "the operator has just started, or could not see the cluster".to_owned())
}

/// The Secrets of other people that the spec names.
pub fn secrets_of(app: &CoverLetterApp) -> impl Iterator<Item = &SecretKeyRef> {
    let model = &app.spec.inference.model;
    let hub = model.hugging_face.as_ref().and_then(|model| model.token_secret_ref.as_ref());
    let registry = model.mlflow.as_ref().and_then(|model| model.token_secret_ref.as_ref());
    let server = model.server.as_ref();
    let token = server.and_then(|server| server.token_secret_ref.as_ref());
    let ca = server.and_then(|server| server.ca_secret_ref.as_ref());
    let headers = app.spec.telemetry.as_ref().and_then(|telemetry| telemetry.headers_secret_ref.as_ref());
    let database = app.spec.database.external.as_ref().map(|external| &external.url_secret_ref);
    let others = [database, hub, registry, token, ca, headers].into_iter().flatten();
    others.chain(secrets_of_log_ins(app))
}

/// Those that logging in needs.
fn secrets_of_log_ins(app: &CoverLetterApp) -> impl Iterator<Item = &SecretKeyRef> {
    let oidc = app.spec.web.oidc.iter();
    oidc.flat_map(|oidc| std::iter::once(&oidc.client_secret_ref).chain(&oidc.ca_secret_ref))
}

/// Keys without which web pods of a new version would not start.
async fn missing_keys(client: &Client, app: &CoverLetterApp, namespace: &str) -> Result<Vec<SecretKeyRef>, Error> {
    let secrets = Api::<Secret>::namespaced(client.clone(), namespace);
    let mut missing = Vec::new();
    for reference in secrets_of_log_ins(app) {
        let secret = secrets.get_opt(&reference.name).await;
        let secret = secret.map_err(|source| Error::Read { what: "Secret", name: reference.name.clone(), source })?;
        let has_key = |secret: &Secret| secret.data.as_ref().is_some_and(|data| data.contains_key(&reference.key));
        if secret.is_some_and(|secret| !has_key(&secret)) {
            missing.push(reference.clone());
        }
    }
    Ok(missing)
}

/// What a worker tells in its Lease: why it cannot use its model.
fn told_trouble(world: &World, namespace: &str, worker: &str) -> Option<Trouble> {
    let lease = world.leases.get(&ObjectRef::new(worker).within(namespace))?;
    Trouble::new(AppReason::ModelServerUnavailable, lease.annotations().get(TROUBLE_ANNOTATION)?)
}

/// The Services in the addresses that pods of the app call. One that cannot be read has no effect but a policy that is
/// less narrow.
async fn services(
    client: &Client,
    app: &CoverLetterApp,
    namespace: &str,
) -> Result<BTreeMap<ServiceName, ServiceFact>, Error> {
    let model = &app.spec.inference.model;
    let addresses = [
        model.server.as_ref().map(|server| server.url.as_str()),
        model.mlflow.as_ref().map(|model| model.tracking_uri.as_str()),
        model.hugging_face.as_ref().and_then(|model| model.endpoint.as_deref()),
        app.spec.telemetry.as_ref().map(|telemetry| telemetry.otlp_endpoint.as_str()),
        app.spec.web.oidc.as_ref().map(|oidc| oidc.issuer.as_str()),
    ];
    let mut services = BTreeMap::new();
    for address in addresses.into_iter().flatten() {
        let Some(Peer::Service(name)) = HttpUrl::parse(address).map(|url| url.peer()) else { continue };
        let api = Api::<Service>::namespaced(client.clone(), name.namespace.as_deref().unwrap_or(namespace));
        match api.get_opt(&name.name).await {
            Ok(Some(service)) => drop(services.insert(name, service_fact(service))),
            Ok(None) => {}
            Err(kube::Error::Api(status)) if status.is_forbidden() => {}
            Err(source) => return Err(Error::Read { what: "Service", name: name.name, source }),
        }
    }
    Ok(services)
}

fn service_fact(service: Service) -> ServiceFact {
    let spec = service.spec.unwrap_or_default();
    // The name of a headless Service stands for its pods, whose own ports are then in the address.
    let is_headless = spec.cluster_ip.as_deref() == Some("None");
    let port = |port: ServicePort| {
        let own = IntOrString::Int(port.port);
        (port.port, port.target_port.filter(|_| !is_headless).unwrap_or(own))
    };
    ServiceFact {
        selector: spec.selector.unwrap_or_default(),
        ports: spec.ports.unwrap_or_default().into_iter().map(port).collect(),
    }
}

fn database_claims(world: &World, namespace: &str) -> BTreeSet<String> {
    let claims = world.children.iter().filter(|(kind, _)| *kind == Kind::PersistentVolumeClaim);
    let claims = claims
        .flat_map(|(_, store)| store.state_filter(|claim| claim.metadata.namespace.as_deref() == Some(namespace)));
    claims.map(|claim| claim.name_any()).collect()
}

fn named_secrets(world: &World, app: &CoverLetterApp, namespace: &str) -> BTreeMap<String, SecretFact> {
    let fact = |secret: &SecretKeyRef| {
        let stored = world.secrets.get(&ObjectRef::new(&secret.name).within(namespace))?;
        let labels = stored.labels();
        // A Secret of an app is never for another's use, whatever else it is labelled.
        let is_own = labels.get(MANAGED_BY_LABEL).is_some_and(|manager| manager == MANAGED_BY);
        let usable = !is_own && labels.get(USABLE_LABEL).is_some_and(|value| value == "true");
        Some((secret.name.clone(), SecretFact { version: stored.resource_version()?, usable }))
    };
    secrets_of(app).filter_map(fact).collect()
}

/// A claim that a person restored may lack our labels. It matters before a password is made for it.
async fn find_unlabelled_claim(
    client: &Client,
    namespace: &str,
    app: &AppName,
    children: &mut Live,
) -> Result<(), Error> {
    let (secret, name) = (names::database_secret(app), names::database_claim(app));
    if children.secret(secret.as_str()).is_some() || children.claim(&name).is_some() {
        return Ok(());
    }
    let key = Key::new(Kind::PersistentVolumeClaim, name);
    let api = Api::<DynamicObject>::namespaced_with(client.clone(), namespace, &key.kind.resource());
    let claim = api.get_opt(&key.name).await;
    let claim = claim.map_err(|source| Error::Read { what: key.kind.as_str(), name: key.name.clone(), source })?;
    if let Some(claim) = claim {
        children.add(key, claim)?;
    }
    Ok(())
}

/// Why the database has no pod, or a pod that waits for its volume.
async fn database_trouble(
    client: &Client,
    namespace: &str,
    app: &AppName,
    children: &Live,
    has_pod: bool,
) -> Result<Option<Trouble>, Error> {
    let Some(set) = children.stateful_set(&names::database(app)) else { return Ok(None) };
    if set.status.as_ref().and_then(|status| status.ready_replicas).unwrap_or(0) > 0 {
        return Ok(None);
    }
    if !has_pod {
        let words = warning(client, namespace, "StatefulSet", &names::database(app)).await?;
        return Ok(words.and_then(|words| Trouble::new(AppReason::PodsRefused, &words)));
    }
    let name = names::database_claim(app);
    let phase = children.claim(&name).and_then(|claim| claim.status.as_ref()?.phase.as_deref());
    if phase != Some("Pending") {
        return Ok(None);
    }
    let words = warning(client, namespace, "PersistentVolumeClaim", &name).await?;
    Ok(words.and_then(|words| Trouble::new(AppReason::VolumePending, &words)))
}

/// What the cluster last warned of about an object: some troubles are told in Events only.
async fn warning(client: &Client, namespace: &str, kind: &str, name: &ChildName) -> Result<Option<String>, Error> {
    let about = format!("involvedObject.kind={kind},involvedObject.name={name},type=Warning");
    let events = Api::<Event>::namespaced(client.clone(), namespace);
    let events = events.list(&ListParams::default().fields(&about)).await;
    let events = events.map_err(|source| Error::Read { what: "Events of", name: name.to_string(), source })?;
    let time = |event: &Event| {
        let recent = event.last_timestamp.as_ref().or(event.first_timestamp.as_ref());
        recent.map(|time| time.0).or_else(|| event.event_time.as_ref().map(|time| time.0))
    };
    Ok(events.items.into_iter().max_by_key(time).and_then(|event| event.message))
}

fn request_fact(request: &CoverLetterRequest) -> RequestFact {
    let status = request.status.clone().unwrap_or_default();
    let completed = status.completion_time.map(|time| time.0.as_second());
    RequestFact {
        state: request.state(),
        worker: status.claim.map(|claim| claim.worker),
        created: request.created().map(Timestamp::as_second),
        cancel_requested: request.spec.cancel_requested,
        length: request.spec.letter.length,
        // A letter that was cancelled or failed says nothing of how long one takes.
        written: completed
            .filter(|_| request.state() == State::Succeeded)
            .zip(status.timings.map(|timings| (timings.total - timings.queued).max(0))),
        // A server does not tell it.
        model: completed.zip(status.model.map(|model| model.sha256).filter(|sha256| !sha256.is_empty())),
    }
}

async fn external_database(
    client: &Client,
    app: &CoverLetterApp,
    namespace: &str,
) -> Result<Option<ExternalDatabaseFact>, Error> {
    let Some(external) = &app.spec.database.external else { return Ok(None) };
    let reference = &external.url_secret_ref;
    let secret = Api::<Secret>::namespaced(client.clone(), namespace)
        .get_opt(&reference.name)
        .await
        .map_err(|source| Error::Read { what: "Secret", name: reference.name.clone(), source })?;
    let url = secret.as_ref().and_then(|secret| secret.data.as_ref()?.get(&reference.key));
    let port = url.and_then(|url| port_of(&String::from_utf8_lossy(&url.0)));
    Ok(Some(ExternalDatabaseFact { has_url: url.is_some(), port }))
}

/// The port in a URL such as `postgres://user:password@host:5432/name`.
fn port_of(url: &str) -> Option<i32> {
    Url::parse(url).ok()?.port().map(i32::from)
}

/// Where the API server answers: its Service and what is behind it.
fn api_server(world: &World) -> Vec<(String, i32)> {
    let mut addresses = Vec::new();
    for service in world.api_service.state() {
        let spec = service.spec.clone().unwrap_or_default();
        for port in spec.ports.iter().flatten() {
            addresses.extend(spec.cluster_ip.iter().map(|ip| (ip.clone(), port.port)));
        }
    }
    for slice in world.api_endpoints.state() {
        for port in slice.ports.iter().flatten().filter_map(|port| port.port) {
            let ips = slice.endpoints.iter().flat_map(|endpoint| &endpoint.addresses);
            addresses.extend(ips.map(|ip| (ip.clone(), port)));
        }
    }
    addresses.sort();
    addresses.dedup();
    addresses
}

#[cfg(test)]
mod tests {
    use super::port_of;

    #[test]
    fn the_port_of_a_url_is_found() {
        assert_eq!(port_of("postgres://u:p@db.example.org:6432/letters?sslmode=require"), Some(6432));
        assert_eq!(port_of("postgres://u:p%3A6@db/letters"), None);
        assert_eq!(port_of("postgres://u:p@[fd00::7]/letters"), None);
        assert_eq!(port_of("postgres://u:p@[fd00::7]:6432/letters"), Some(6432));
        assert_eq!(port_of("nonsense"), None);
    }
}
