use super::*;

const NODE: &str = "scripted-1";
const ALL: [Outcome; 7] = [
    Outcome::Ready,
    Outcome::Unready,
    Outcome::Crashing,
    Outcome::Failed,
    Outcome::Succeeded,
    Outcome::Stuck,
    Outcome::Unschedulable,
];

fn pod(node: Option<&str>) -> Pod {
    let container = |name| json!({"name": name, "image": "example/main:1"});
    let spec = json!({
        "nodeName": node,
        "containers": [container("main"), container("side")],
        "initContainers": [container("before")],
    });
    let metadata = json!({"name": "web-1", "namespace": "test", "uid": "1", "generation": 3});
    serde_json::from_value(json!({"metadata": metadata, "spec": spec, "status": {"phase": "Pending"}})).unwrap()
}

fn step(pod: &Pod, outcome: Outcome) -> Step {
    next_step(pod, outcome, NODE, 258, Timestamp::UNIX_EPOCH)
}

/// The pod after the step, as the API server would have it.
fn after(pod: &Pod, step: Step) -> Pod {
    let mut pod = pod.clone();
    match step {
        Step::Bind(binding) => pod.spec.as_mut().unwrap().node_name = binding.target.name,
        Step::Status(patch) => pod.status = serde_json::from_value(patch["status"].clone()).unwrap(),
        Step::Nothing | Step::Delete => panic!("{step:?} leaves no changed pod"),
    }
    pod
}

#[test]
fn every_outcome_takes_a_binding_and_one_status() {
    for outcome in ALL {
        let mut changed = pod(None);
        if outcome != Outcome::Unschedulable {
            changed = after(&changed, step(&changed, outcome));
            assert_eq!(changed.spec.as_ref().unwrap().node_name.as_deref(), Some(NODE));
        }
        changed = after(&changed, step(&changed, outcome));
        assert_eq!(step(&changed, outcome), Step::Nothing, "{outcome:?}");
    }
}

#[test]
fn every_outcome_looks_like_no_other() {
    let bound = pod(Some(NODE));
    let shown = |outcome| after(&bound, step(&bound, outcome)).status;
    for outcome in ALL.into_iter().filter(|outcome| *outcome != Outcome::Unschedulable) {
        let seen: Vec<_> = ALL.into_iter().filter(|other| shows(shown(outcome).as_ref(), *other)).collect();
        assert_eq!(seen, [outcome]);
    }
}

#[test]
fn a_pod_keeps_its_address_when_it_changes_and_stays_failed() {
    let bound = pod(Some(NODE));
    let ready = after(&bound, step(&bound, Outcome::Ready));
    let unready = after(&ready, next_step(&ready, Outcome::Unready, NODE, 7, Timestamp::UNIX_EPOCH));
    assert_eq!(unready.status.as_ref().unwrap().pod_ip.as_deref(), Some("10.244.1.2"));
    let failed = after(&unready, step(&unready, Outcome::Failed));
    assert_eq!(step(&failed, Outcome::Ready), Step::Nothing);
}

#[test]
fn pods_in_deletion_are_removed_and_those_of_other_nodes_left_alone() {
    let mut deleted = pod(Some(NODE));
    deleted.metadata.deletion_timestamp = serde_json::from_value(json!("2026-01-01T00:00:00Z")).unwrap();
    assert_eq!(step(&deleted, Outcome::Ready), Step::Delete);
    deleted.spec.as_mut().unwrap().node_name = Some("another".into());
    assert_eq!(step(&deleted, Outcome::Ready), Step::Nothing);
    assert_eq!(step(&pod(Some("another")), Outcome::Ready), Step::Nothing);
    let mut gated = pod(None);
    gated.spec.as_mut().unwrap().scheduling_gates = serde_json::from_value(json!([{"name": "wait"}])).unwrap();
    assert_eq!(step(&gated, Outcome::Ready), Step::Nothing);
}

#[test]
fn containers_are_listed_with_their_state() {
    let bound = pod(Some(NODE));
    let status = after(&bound, step(&bound, Outcome::Ready)).status.unwrap();
    let containers = status.container_statuses.unwrap();
    assert_eq!(containers.iter().map(|container| container.name.as_str()).collect::<Vec<_>>(), ["main", "side"]);
    assert!(containers.iter().all(|container| container.ready && container.restart_count == 0));
    let before = &status.init_container_statuses.unwrap()[0];
    assert_eq!(before.state.as_ref().unwrap().terminated.as_ref().unwrap().exit_code, 0);
}
