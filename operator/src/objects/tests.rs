//! What counts as drift and what does not.

use serde_json::json;

use super::*;

#[test]
fn what_others_add_is_no_drift() {
    let desired = json!({"spec": {"replicas": 2, "ports": [{"port": 80}]}});
    let live = json!({"spec": {"replicas": 2, "ports": [{"port": 80, "protocol": "TCP"}], "more": true}, "status": {}});
    assert!(covers(&live, &desired));
}

#[test]
fn a_changed_missing_or_longer_field_is_drift() {
    let desired = json!({"spec": {"replicas": 2, "ports": [{"port": 80}]}});
    for live in [
        json!({"spec": {"replicas": 3, "ports": [{"port": 80}]}}),
        json!({"spec": {"ports": [{"port": 80}]}}),
        json!({"spec": {"replicas": 2, "ports": [{"port": 80}, {"port": 81}]}}),
        json!({"spec": {"replicas": 2, "ports": [{"port": 81}]}}),
    ] {
        assert!(!covers(&live, &desired), "{live}");
    }
}

#[test]
fn empty_fields_may_be_left_out_by_the_api_server() {
    let desired = json!({"spec": {"egress": [], "selector": {}, "paused": false}});
    assert!(covers(&json!({"spec": {}}), &desired));
}

#[test]
fn an_object_of_a_list_is_applied_though_it_does_not_say_its_kind() {
    let mut desired = Desired::default();
    let service =
        json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": {"type": "NodePort"}});
    desired.add(Kind::Service, &service);
    let (_, object) = desired.iter().next().expect("there is one");
    let listed = DynamicObject { types: None, ..object.clone() };
    assert!(is_applied(&listed, object));
    let mut other = listed;
    other.data["spec"]["type"] = json!("ClusterIP");
    assert!(!is_applied(&other, object));
}
