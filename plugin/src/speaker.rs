//! Who says something: the containers of the pods of an app.

use k8s_openapi::api::core::v1::{ContainerState, Pod};
use kube::ResourceExt as _;

/// One container of one pod.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Speaker {
    /// Namespace of the pod.
    pub namespace: String,
    /// Name of the pod.
    pub pod: String,
    /// Name of the container.
    pub container: String,
    /// How often it was restarted: after each, a new log begins.
    pub restarts: i32,
    /// Why it has said nothing yet; `None` once it has started.
    pub silent: Option<String>,
}

/// The containers of `pods`, those that come before others first.
#[must_use]
pub fn speakers(pods: &[Pod]) -> Vec<Speaker> {
    let mut pods: Vec<_> = pods.iter().collect();
    pods.sort_by_key(|pod| (pod.creation_timestamp(), pod.name_any()));
    pods.into_iter().flat_map(of_pod).collect()
}

fn of_pod(pod: &Pod) -> Vec<Speaker> {
    let Some(spec) = pod.spec.as_ref() else { return Vec::new() };
    let init = spec.init_containers.iter().flatten().map(|container| container.name.as_str());
    let names = init.chain(spec.containers.iter().map(|container| container.name.as_str()));
    names.map(|name| speaker(pod, name)).collect()
}

fn speaker(pod: &Pod, container: &str) -> Speaker {
    let status = pod.status.as_ref();
    let all = [
        status.and_then(|it| it.init_container_statuses.as_ref()),
        status.and_then(|it| it.container_statuses.as_ref()),
    ];
    let own = all.into_iter().flatten().flatten().find(|status| status.name == container);
    let restarts = own.map_or(0, |status| status.restart_count);
    let silent = match own.and_then(|status| status.state.as_ref()) {
        None => Some("its pod has no node yet".to_owned()),
        Some(ContainerState { waiting: Some(waiting), .. }) if restarts == 0 => {
            let words = [waiting.reason.as_deref(), waiting.message.as_deref()];
            Some(words.into_iter().flatten().collect::<Vec<_>>().join(": "))
        }
        Some(_) => None,
    };
    Speaker {
        namespace: pod.namespace().unwrap_or_default(),
        pod: pod.name_any(),
        container: container.to_owned(),
        restarts,
        silent,
    }
}
