//! The cluster's own objects: DNS, metrics, the default storage class, and the API server's access to the kubelet.

use std::net::Ipv4Addr;

use kube::Client;
use kube::api::{Api, ApiResource, DynamicObject, GroupVersionKind, Patch, PatchParams};
use serde_json::{Value, json};

use super::components::METRICS_PORT;
use super::config::DNS_ADDRESS;
use super::network::{DNS_SERVER, NODE_ADDRESS};
use super::volumes::{PROVISIONER, STORAGE_CLASS};
use crate::certs::API_SERVER_AT_KUBELET;

const FIELD_MANAGER: &str = "devcluster";

/// Applies all of them.
pub async fn apply(client: &Client) -> Result<(), kube::Error> {
    for object in objects() {
        let types = object.types.clone().expect("every object has a kind");
        let kind = GroupVersionKind::try_from(&types).expect("every object has a group and version");
        let resource = ApiResource::from_gvk(&kind);
        let api: Api<DynamicObject> = match &object.metadata.namespace {
            Some(namespace) => Api::namespaced_with(client.clone(), namespace, &resource),
            None => Api::all_with(client.clone(), &resource),
        };
        let name = object.metadata.name.as_deref().expect("every object has a name");
        api.patch(name, &PatchParams::apply(FIELD_MANAGER).force(), &Patch::Apply(&object)).await?;
    }
    Ok(())
}

fn objects() -> Vec<DynamicObject> {
    let dns_ports =
        json!([{"name": "dns", "port": 53, "protocol": "UDP"}, {"name": "dns-tcp", "port": 53, "protocol": "TCP"}]);
    [
        kubelet_access(),
        storage_class(),
        service("kube-dns", &json!({"clusterIP": DNS_ADDRESS, "ports": dns_ports})),
        endpoints("kube-dns", DNS_SERVER, &dns_ports),
        service("metrics-server", &json!({"ports": [{"name": "https", "port": 443, "targetPort": METRICS_PORT}]})),
        endpoints("metrics-server", NODE_ADDRESS, &json!([{"name": "https", "port": METRICS_PORT}])),
        metrics_api(),
    ]
    .map(|object| serde_json::from_value(object).expect("each is a Kubernetes object"))
    .into()
}

fn kubelet_access() -> Value {
    json!({
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": "devcluster-apiserver-to-kubelet"},
        "roleRef": {
            "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "system:kubelet-api-admin",
        },
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": API_SERVER_AT_KUBELET}],
    })
}

fn storage_class() -> Value {
    json!({
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {
            "name": STORAGE_CLASS, "annotations": {"storageclass.kubernetes.io/is-default-class": "true"},
        },
        "provisioner": PROVISIONER,
        "reclaimPolicy": "Delete",
        "volumeBindingMode": "WaitForFirstConsumer",
    })
}

/// A Service without a selector: `CoreDNS` and metrics-server are processes of the node, not pods.
fn service(name: &str, spec: &Value) -> Value {
    json!({
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "namespace": "kube-system"},
        "spec": spec,
    })
}

fn endpoints(service: &str, address: Ipv4Addr, ports: &Value) -> Value {
    json!({
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {
            "name": service, "namespace": "kube-system", "labels": {"kubernetes.io/service-name": service},
        },
        "addressType": "IPv4",
        "ports": ports,
        "endpoints": [{"addresses": [address], "conditions": {"ready": true}}],
    })
}

fn metrics_api() -> Value {
    json!({
        "apiVersion": "apiregistration.k8s.io/v1",
        "kind": "APIService",
        "metadata": {"name": "v1beta1.metrics.k8s.io"},
        "spec": {
            "group": "metrics.k8s.io",
            "version": "v1beta1",
            "service": {"name": "metrics-server", "namespace": "kube-system"},
            // metrics-server makes a new certificate at each start.
            "insecureSkipTLSVerify": true,
            "groupPriorityMinimum": 100,
            "versionPriority": 100,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_object_has_what_applying_it_needs() {
        let objects = objects();
        assert_eq!(objects.len(), 7);
        for object in objects {
            assert!(GroupVersionKind::try_from(&object.types.unwrap()).is_ok());
            assert!(object.metadata.name.is_some());
        }
    }
}
