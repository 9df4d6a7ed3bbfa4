//! Reads one app's surroundings out of the stores, and an external database's Secret from the API server.

use crds::app::CoverLetterApp;
use crds::names::{COMPONENT_LABEL, Component, INSTANCE_LABEL};
use crds::request::CoverLetterRequest;
use jiff::Timestamp;
use k8s_openapi::api::core::v1::{ContainerState, ContainerStatus, Pod, PodStatus, Secret};
use kube::api::Api;
use kube::{Client, ResourceExt as _};
use url::Url;

use crate::error::Error;
use crate::kinds::{Key, Kind};
use crate::live::Live;
use crate::observed::{DELETION_COST, DELETION_COST_ANNOTATION, ExternalDatabaseFact, Observed, PodFact, RequestFact};
use crate::world::World;

/// Reasons of the kubelet for a container that waits for something that does not come by itself.
const CANNOT_BEGIN: [&str; 5] =
    ["CreateContainerConfigError", "CreateContainerError", "ErrImagePull", "ImagePullBackOff", "InvalidImageName"];
/// Trouble of a container that the kernel has killed.
const OUT_OF_MEMORY: &str = "it needs more memory than `resources.limits.memory` allows";

/// Everything that the reconciliation of `app` looks at.
///
/// # Errors
/// [`Error::Read`] when an external database's Secret cannot be read; [`Error::Malformed`] when a child does not fit its
/// kind.
pub async fn observe(client: &Client, world: &World, app: &CoverLetterApp) -> Result<Observed, Error> {
    let namespace = app.namespace().unwrap_or_default();
    let name = app.name_any();
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
    let mut pods: Vec<_> = pods.iter().filter_map(|pod| pod_fact(pod)).collect();
    pods.sort_by(|a, b| a.name.cmp(&b.name));
    let requests = world
        .requests
        .state_filter(|request| is_ours(request.metadata.namespace.as_deref(), Some(&request.spec.app_ref.name)));
    Ok(Observed {
        children,
        pods,
        requests: requests.iter().map(|request| request_fact(request)).collect(),
        external_database: external_database(client, app, &namespace).await?,
        api_server: api_server(world),
        has_routes: world.children.iter().any(|(kind, _)| *kind == Kind::HttpRoute),
    })
}

/// `None` for a pod that is not of one of our components.
fn pod_fact(pod: &Pod) -> Option<PodFact> {
    let label = pod.labels().get(COMPONENT_LABEL)?;
    let component = Component::ALL.into_iter().find(|component| component.label() == label)?;
    let status = pod.status.clone().unwrap_or_default();
    let has_ended = matches!(status.phase.as_deref(), Some("Succeeded" | "Failed"));
    let trouble = trouble(&status);
    let conditions = status.conditions.unwrap_or_default();
    Some(PodFact {
        name: pod.name_any(),
        component,
        ready: conditions.iter().any(|condition| condition.type_ == "Ready" && condition.status == "True"),
        ending: pod.metadata.deletion_timestamp.is_some() || has_ended,
        marked: pod.annotations().get(DELETION_COST_ANNOTATION).is_some_and(|cost| cost == DELETION_COST),
        host_ip: status.host_ip,
        trouble,
    })
}

/// Why a container of a pod does not run, or did not at its last try.
fn trouble(status: &PodStatus) -> Option<String> {
    let recent = |container: &ContainerStatus| [container.state.clone(), container.last_state.clone()];
    let containers = [&status.init_container_statuses, &status.container_statuses].into_iter().flatten().flatten();
    containers.filter(|container| !container.ready).flat_map(recent).flatten().find_map(|state| reason(&state))
}

fn reason(state: &ContainerState) -> Option<String> {
    let ended = state.terminated.as_ref().filter(|ended| ended.exit_code != 0).and_then(|ended| {
        let is_too_large = ended.reason.as_deref() == Some("OOMKilled");
        if is_too_large { Some(OUT_OF_MEMORY.to_owned()) } else { ended.message.clone() }
    });
    let waiting = state
        .waiting
        .as_ref()
        .filter(|waiting| waiting.reason.as_deref().is_some_and(|reason| CANNOT_BEGIN.contains(&reason)));
    let text = ended.or_else(|| waiting.and_then(|waiting| waiting.message.clone()))?;
    Some(text.trim().trim_end_matches('.').to_owned()).filter(|text| !text.is_empty())
}

fn request_fact(request: &CoverLetterRequest) -> RequestFact {
    let status = request.status.clone().unwrap_or_default();
    let completed = status.completion_time.map(|time| time.0.as_second());
    RequestFact {
        state: request.state(),
        worker: status.claim.map(|claim| claim.worker),
        created: request.created().map(Timestamp::as_second),
        cancel_requested: request.spec.cancel_requested,
        model: completed.zip(status.model.map(|model| model.sha256)),
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
    let Some(secret) = secret else { return Ok(Some(ExternalDatabaseFact::default())) };
    let Some(url) = secret.data.as_ref().and_then(|data| data.get(&reference.key)) else {
        return Ok(Some(ExternalDatabaseFact::default()));
    };
    let port = port_of(&String::from_utf8_lossy(&url.0));
    Ok(Some(ExternalDatabaseFact { version: secret.resource_version(), port }))
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
    use k8s_openapi::api::core::v1::PodStatus;
    use serde_json::json;

    use super::{port_of, trouble};

    fn trouble_of(containers: serde_json::Value) -> Option<String> {
        let status: PodStatus = serde_json::from_value(containers).expect("it is a status");
        trouble(&status)
    }

    fn container(ready: bool, state: &serde_json::Value, last: &serde_json::Value) -> serde_json::Value {
        json!({"name": "it", "image": "i", "imageID": "i", "ready": ready, "restartCount": 1, "state": state, "lastState": last})
    }

    #[test]
    fn what_a_container_left_when_it_ended_is_its_trouble_until_it_is_ready() {
        let failed = json!({"terminated": {"exitCode": 1, "message": "the model has no weights.\n"}});
        let backing_off = json!({"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 10s"}});
        let of = |ready| json!({"containerStatuses": [container(ready, &backing_off, &failed)]});
        assert_eq!(trouble_of(of(false)).as_deref(), Some("the model has no weights"));
        assert_eq!(trouble_of(of(true)), None);
        let fetching = json!({"initContainerStatuses": [container(false, &failed, &json!({}))]});
        assert_eq!(trouble_of(fetching).as_deref(), Some("the model has no weights"));
    }

    #[test]
    fn a_container_that_is_killed_or_cannot_begin_is_in_trouble_too() {
        let killed = json!({"terminated": {"exitCode": 137, "reason": "OOMKilled"}});
        let waiting = |reason| json!({"waiting": {"reason": reason, "message": "secret \"hub\" not found"}});
        let of = |state| trouble_of(json!({"containerStatuses": [container(false, &state, &json!({}))]}));
        assert_eq!(of(killed).as_deref(), Some(super::OUT_OF_MEMORY));
        assert_eq!(of(waiting("CreateContainerConfigError")).as_deref(), Some("secret \"hub\" not found"));
        assert_eq!(of(waiting("ContainerCreating")), None);
        assert_eq!(of(json!({"terminated": {"exitCode": 0, "message": "done"}})), None);
    }

    #[test]
    fn the_port_of_a_url_is_found() {
        assert_eq!(port_of("postgres://u:p@db.example.org:6432/letters?sslmode=require"), Some(6432));
        assert_eq!(port_of("postgres://u:p%3A6@db/letters"), None);
        assert_eq!(port_of("postgres://u:p@[fd00::7]/letters"), None);
        assert_eq!(port_of("postgres://u:p@[fd00::7]:6432/letters"), Some(6432));
        assert_eq!(port_of("nonsense"), None);
    }
}
