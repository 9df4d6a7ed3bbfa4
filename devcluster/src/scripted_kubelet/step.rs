//! The next step of a kubelet for a pod: a pure function of the pod and of what it should become.

use jiff::Timestamp;
use k8s_openapi::api::core::v1::{Binding, Container, ContainerStatus, Pod, PodStatus};
use kube::ResourceExt;
use serde_json::{Value, json};

/// What becomes of a pod.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Outcome {
    /// It runs and passes its readiness probes.
    #[default]
    Ready,
    /// It runs and does not pass its readiness probes.
    Unready,
    /// Its containers end soon after each start (`CrashLoopBackOff`).
    Crashing,
    /// It has failed for good; a controller replaces it.
    Failed,
    /// It has succeeded for good.
    Succeeded,
    /// It has a node, and its containers are never created, as when their image is missing.
    Stuck,
    /// No node has room for it.
    Unschedulable,
}

#[derive(Debug, PartialEq)]
pub(super) enum Step {
    Nothing,
    Bind(Box<Binding>),
    /// A merge patch of the pod's status.
    Status(Value),
    Delete,
}

/// The next step so that `pod` becomes `outcome` on `node`. `address` counts the pod addresses of this node.
pub(super) fn next_step(pod: &Pod, outcome: Outcome, node: &str, address: u16, now: Timestamp) -> Step {
    let bound_to = pod.spec.as_ref().and_then(|spec| spec.node_name.as_deref());
    let gated =
        pod.spec.as_ref().and_then(|spec| spec.scheduling_gates.as_ref()).is_some_and(|gates| !gates.is_empty());
    match bound_to {
        Some(other) if other != node => Step::Nothing,
        _ if pod.metadata.deletion_timestamp.is_some() => Step::Delete,
        None if gated => Step::Nothing,
        None if outcome == Outcome::Unschedulable => {
            if shows(pod.status.as_ref(), outcome) {
                Step::Nothing
            } else {
                Step::Status(unschedulable(now))
            }
        }
        None => Step::Bind(Box::new(binding(pod, node))),
        Some(_) if ended(pod) || shows(pod.status.as_ref(), outcome) => Step::Nothing,
        Some(_) => Step::Status(status(pod, outcome, address, now)),
    }
}

/// A pod whose containers have all ended for good never runs again.
fn ended(pod: &Pod) -> bool {
    matches!(phase(pod.status.as_ref()), "Failed" | "Succeeded")
}

fn phase(status: Option<&PodStatus>) -> &str {
    status.and_then(|status| status.phase.as_deref()).unwrap_or_default()
}

/// Whether the pod's status shows the outcome.
fn shows(status: Option<&PodStatus>, outcome: Outcome) -> bool {
    let condition = |kind: &str, value: &str| {
        let conditions = status.and_then(|status| status.conditions.as_ref()).into_iter().flatten();
        conditions.into_iter().any(|condition| condition.type_ == kind && condition.status == value)
    };
    let containers = status.and_then(|status| status.container_statuses.as_deref()).unwrap_or_default();
    let waiting = |reason: &str| {
        let because = |container: &ContainerStatus| {
            container.state.as_ref()?.waiting.as_ref()?.reason.as_ref().map(|found| found == reason)
        };
        !containers.is_empty() && containers.iter().all(|container| because(container) == Some(true))
    };
    let running = |container: &ContainerStatus| container.state.as_ref().is_some_and(|state| state.running.is_some());
    match outcome {
        Outcome::Ready => phase(status) == "Running" && condition("Ready", "True"),
        Outcome::Unready => phase(status) == "Running" && condition("Ready", "False") && containers.iter().all(running),
        Outcome::Crashing => waiting("CrashLoopBackOff"),
        Outcome::Failed => phase(status) == "Failed",
        Outcome::Succeeded => phase(status) == "Succeeded",
        Outcome::Stuck => waiting("ContainerCreating"),
        Outcome::Unschedulable => condition("PodScheduled", "False"),
    }
}

fn binding(pod: &Pod, node: &str) -> Binding {
    let binding = json!({
        "metadata": {"name": pod.name_any(), "uid": pod.uid()},
        "target": {"apiVersion": "v1", "kind": "Node", "name": node},
    });
    serde_json::from_value(binding).expect("the value has the shape of a binding")
}

fn unschedulable(now: Timestamp) -> Value {
    let condition = json!({
        "type": "PodScheduled",
        "status": "False",
        "reason": "Unschedulable",
        "message": "0/1 nodes are available",
        "lastTransitionTime": now,
    });
    json!({"status": {"phase": "Pending", "conditions": [condition]}})
}

fn status(pod: &Pod, outcome: Outcome, address: u16, now: Timestamp) -> Value {
    let ready = outcome == Outcome::Ready;
    let (phase, state) = match outcome {
        Outcome::Ready | Outcome::Unready => ("Running", json!({"running": {"startedAt": now}})),
        Outcome::Crashing => ("Running", json!({"waiting": {"reason": "CrashLoopBackOff"}})),
        Outcome::Failed => ("Failed", terminated("Error", 1, now)),
        Outcome::Succeeded => ("Succeeded", terminated("Completed", 0, now)),
        Outcome::Stuck | Outcome::Unschedulable => ("Pending", json!({"waiting": {"reason": "ContainerCreating"}})),
    };
    let restarts = u8::from(outcome == Outcome::Crashing);
    let started = json!({"restartCount": restarts, "started": phase == "Running" && restarts == 0, "ready": ready, "state": state});
    let waits = phase == "Pending";
    let initialised = json!({
        "restartCount": 0,
        "ready": !waits,
        "state": if waits { json!({"waiting": {"reason": "PodInitializing"}}) } else { terminated("Completed", 0, now) },
    });
    let spec = pod.spec.as_ref();
    let containers = spec.map(|spec| spec.containers.as_slice()).unwrap_or_default();
    let init_containers = spec.and_then(|spec| spec.init_containers.as_deref()).unwrap_or_default();
    let condition = |kind: &str, holds: bool| {
        let status = if holds { "True" } else { "False" };
        json!({"type": kind, "status": status, "lastTransitionTime": now, "observedGeneration": pod.metadata.generation})
    };
    // A pod keeps its first address.
    let kept = pod.status.as_ref().and_then(|status| status.pod_ip.clone());
    let ip = kept.unwrap_or_else(|| format!("10.244.{}.{}", address >> 8, address & 0xff));
    let started_at = pod.status.as_ref().and_then(|status| status.start_time.clone());
    json!({"status": {
        "phase": phase,
        "observedGeneration": pod.metadata.generation,
        "startTime": started_at.map_or_else(|| json!(now), |time| json!(time)),
        "hostIP": "192.0.2.1",
        "podIP": ip,
        "podIPs": [{"ip": ip}],
        "conditions": [
            condition("PodScheduled", true),
            condition("Initialized", !waits),
            condition("ContainersReady", ready),
            condition("Ready", ready),
        ],
        "containerStatuses": container_statuses(containers, &started),
        "initContainerStatuses": container_statuses(init_containers, &initialised),
    }})
}

fn terminated(reason: &str, exit_code: i32, now: Timestamp) -> Value {
    json!({"terminated": {"reason": reason, "exitCode": exit_code, "startedAt": now, "finishedAt": now}})
}

/// One status for each container: what is `common` to all, and its own name and image.
fn container_statuses(containers: &[Container], common: &Value) -> Vec<Value> {
    let one = |container: &Container| {
        let mut status = common.clone();
        status["name"] = json!(container.name);
        status["image"] = json!(container.image.clone().unwrap_or_default());
        status["imageID"] = status["image"].clone();
        status
    };
    containers.iter().map(one).collect()
}

#[cfg(test)]
mod tests;
