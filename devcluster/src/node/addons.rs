//! The objects of the cluster itself: DNS, metrics, the default storage class and the API server's right to ask kubelets.

use kube::Client;
use kube::api::{Api, ApiResource, DynamicObject, GroupVersionKind, Patch, PatchParams};
use serde::Deserialize;

use super::components::METRICS_PORT;
use super::config::DNS_ADDRESS;
use super::provisioner::{PROVISIONER, STORAGE_CLASS};
use super::settings::NODE_ADDRESS;

const FIELD_MANAGER: &str = "devcluster";
const OBJECTS: &str = include_str!("addons.yaml");

/// Makes or repairs all of them.
pub async fn apply(client: &Client) -> Result<(), kube::Error> {
    for object in objects() {
        let types = object.types.clone().expect("every document names its kind");
        let kind = GroupVersionKind::try_from(&types).expect("every document names its group and version");
        let resource = ApiResource::from_gvk(&kind);
        let api: Api<DynamicObject> = match &object.metadata.namespace {
            Some(namespace) => Api::namespaced_with(client.clone(), namespace, &resource),
            None => Api::all_with(client.clone(), &resource),
        };
        let name = object.metadata.name.as_deref().expect("every document has a name");
        api.patch(name, &PatchParams::apply(FIELD_MANAGER).force(), &Patch::Apply(&object)).await?;
    }
    Ok(())
}

fn objects() -> Vec<DynamicObject> {
    let text = OBJECTS
        .replace("NODE_ADDRESS", &NODE_ADDRESS.to_string())
        .replace("DNS_ADDRESS", DNS_ADDRESS)
        .replace("METRICS_PORT", &METRICS_PORT.to_string())
        .replace("STORAGE_CLASS", STORAGE_CLASS)
        .replace("PROVISIONER", PROVISIONER);
    serde_yaml_ng::Deserializer::from_str(&text)
        .map(|document| DynamicObject::deserialize(document).expect("addons.yaml holds Kubernetes objects"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_object_is_complete_once_its_words_are_replaced() {
        let objects = objects();
        assert_eq!(objects.len(), 7);
        let text = serde_json::to_string(&objects).unwrap();
        for word in ["NODE_ADDRESS", "DNS_ADDRESS", "METRICS_PORT", "STORAGE_CLASS", "PROVISIONER"] {
            assert!(!text.contains(word), "{word} was not replaced");
        }
    }
}
