//! Labels and metadata that all children of an app share.

use std::collections::BTreeMap;

use crds::names::{APP_NAME, COMPONENT_LABEL, Component, INSTANCE_LABEL, MANAGED_BY};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{LabelSelector, ObjectMeta};

use crate::names::{AppName, ChildName};
use crate::validate::ValidatedApp;

/// `app.kubernetes.io/part-of` of everything that belongs to an app.
const PART_OF: &str = "coverletterapp";

/// Annotations of what outlives its app: tools that find it by its labels must not remove it.
pub const SPARED: [(&str, &str); 3] = [
    ("argocd.argoproj.io/compare-options", "IgnoreExtraneous"),
    ("argocd.argoproj.io/sync-options", "Prune=false"),
    ("kustomize.toolkit.fluxcd.io/prune", "disabled"),
];

/// [`SPARED`] as an object has them.
pub fn spared() -> BTreeMap<String, String> {
    SPARED.map(|(key, value)| (key.to_owned(), value.to_owned())).into()
}

/// Labels by which pods are selected: few, since selectors are immutable and these can never change.
pub fn selecting(app: &AppName, component: Component) -> BTreeMap<String, String> {
    [("app.kubernetes.io/name", APP_NAME), (INSTANCE_LABEL, app.as_str()), (COMPONENT_LABEL, component.label())]
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .into()
}

/// Selector of a component's pods.
pub fn selector(app: &AppName, component: Component) -> LabelSelector {
    LabelSelector { match_labels: Some(selecting(app, component)), ..LabelSelector::default() }
}

/// All labels of an object. `component` is `None` for an object that several components share.
pub fn labels(app: &AppName, component: Option<Component>) -> BTreeMap<String, String> {
    let mut labels: BTreeMap<_, _> = [
        ("app.kubernetes.io/name", APP_NAME),
        (INSTANCE_LABEL, app.as_str()),
        ("app.kubernetes.io/part-of", PART_OF),
        ("app.kubernetes.io/managed-by", MANAGED_BY),
    ]
    .map(|(key, value)| (key.to_owned(), value.to_owned()))
    .into();
    if let Some(component) = component {
        labels.insert(COMPONENT_LABEL.to_owned(), component.label().to_owned());
    }
    labels
}

/// Metadata of a child that is deleted with its app.
pub fn owned(app: &ValidatedApp, name: ChildName, component: Option<Component>) -> ObjectMeta {
    ObjectMeta { owner_references: Some(vec![app.owner.clone()]), ..kept(app, name, component) }
}

/// Metadata of a child that outlives its app.
pub fn kept(app: &ValidatedApp, name: ChildName, component: Option<Component>) -> ObjectMeta {
    ObjectMeta {
        name: Some(name.into()),
        namespace: Some(app.namespace.clone()),
        labels: Some(labels(&app.name, component)),
        ..ObjectMeta::default()
    }
}
