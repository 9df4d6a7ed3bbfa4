//! One document for each sample app, and promises for all of them.

use std::collections::BTreeMap;

use k8s_openapi::api::apps::v1::{Deployment, StatefulSet};
use k8s_openapi::api::core::v1::{Container, PodTemplateSpec, Service};
use proptest::prelude::*;
use serde::de::DeserializeOwned;

use super::*;
use crate::fixtures;
use crate::generate::yaml;
use crate::names::AppName;
use crate::objects::is_applied;

fn built(name: &str) -> Desired {
    desired(&fixtures::valid(name), &fixtures::observed(), &Decision { desired: 2, ..Decision::default() })
}

fn find<K: DeserializeOwned + kube::Resource>(objects: &Desired, kind: Kind, name: &str) -> K {
    let object = objects.iter().find(|(key, _)| key.kind == kind && key.name == name);
    object.expect("it is desired").1.clone().try_parse().expect("it fits its kind")
}

fn document(objects: &Desired) -> String {
    let documents = objects.iter().map(|(_, object)| yaml::document(object));
    documents.collect::<Vec<_>>().join("---\n")
}

#[test]
fn objects_of_the_sample_apps() {
    for name in fixtures::ALL {
        insta::assert_snapshot!(name, document(&built(name)));
    }
}

#[test]
fn deciding_twice_changes_nothing() {
    for name in fixtures::ALL {
        let (once, twice) = (built(name), built(name));
        assert!(once.iter().zip(twice.iter()).all(|((_, once), (_, twice))| is_applied(once, twice)), "{name}");
        assert_eq!(document(&once), document(&twice));
    }
}

#[test]
fn what_is_desired_is_no_orphan_and_what_is_not_is_one() {
    let app = fixtures::app("minimal");
    let mut observed = fixtures::observed();
    fixtures::settle(&app, &mut observed);
    let uid = app.metadata.uid.as_deref().expect("a sample app has a uid");
    assert_eq!(built("minimal").orphans(&observed.children, uid), []);
    let orphans = built("external").orphans(&observed.children, uid);
    let names: Vec<_> = orphans.iter().map(|key| (key.kind.as_str(), key.name.as_str())).collect();
    // The database's Secret has no owner: it stays.
    let gone = ["ServiceAccount", "NetworkPolicy", "PodDisruptionBudget", "Service", "StatefulSet"];
    assert_eq!(names, gone.map(|kind| (kind, "letters-db")));
}

#[test]
fn objects_of_another_app_are_no_orphans() {
    let mut observed = fixtures::observed();
    fixtures::settle(&fixtures::app("minimal"), &mut observed);
    assert_eq!(built("external").orphans(&observed.children, "somebody else"), []);
}

#[test]
fn people_cannot_replace_the_labels_that_pods_are_selected_by() {
    let name = "a-name-of-the-greatest-permitted-length4-web";
    let deployment: Deployment = find(&built("full"), Kind::Deployment, name);
    let labels = deployment.spec.and_then(|spec| spec.template.metadata).and_then(|metadata| metadata.labels);
    let labels = labels.expect("pods have labels");
    assert_eq!(labels["app.kubernetes.io/component"], "web");
    assert_eq!(labels["team"], "careers");
}

fn pod_of(name: &str) -> k8s_openapi::api::core::v1::PodSpec {
    let deployment: Deployment = find(&built(name), Kind::Deployment, "letters-inference");
    deployment.spec.and_then(|spec| spec.template.spec).expect("a deployment has pods")
}

#[test]
fn only_the_fetching_container_sees_the_token_and_the_proxy() {
    let pod = pod_of("hugging-face");
    let fetch = pod.init_containers.expect("it fetches").remove(0);
    let names: Vec<_> = fetch.env.iter().flatten().map(|variable| variable.name.as_str()).collect();
    assert_eq!(names, ["HTTPS_PROXY", "NO_PROXY", "HF_TOKEN"]);
    let others = serde_json::to_string(&pod.containers).expect("containers are JSON");
    assert!(!others.contains("PROXY") && !others.contains("HF_TOKEN") && !others.contains(r#""hub""#), "{others}");
}

#[test]
fn the_model_is_fetched_to_where_the_worker_looks_for_it() {
    for name in ["hugging-face", "mlflow"] {
        let pod = pod_of(name);
        let argument = |container: &Container, flag: &str| {
            let mut arguments = container.args.iter().flatten();
            arguments.find_map(|given| given.strip_prefix(flag).map(str::to_owned)).expect("it is given")
        };
        let fetch = &pod.init_containers.expect("it fetches")[0];
        assert_eq!(argument(fetch, "--into="), argument(&pod.containers[0], "--model="), "{name}");
    }
    for name in ["minimal", "image"] {
        assert_eq!(pod_of(name).init_containers, None, "{name} fetches nothing");
    }
}

#[test]
fn another_model_is_fetched_to_another_folder() {
    let mut app = fixtures::app("hugging-face");
    let path = |app: &crds::CoverLetterApp| {
        let app = crate::validate::validate(app, &fixtures::observed(), &fixtures::settings()).expect("it is valid");
        model::path(&app.inference.model)
    };
    let before = path(&app);
    assert!(before.starts_with("/models/cache/fetched-"), "{before}");
    app.spec.inference.model.hugging_face.as_mut().expect("it comes from a hub").revision = "0".repeat(40);
    assert_ne!(path(&app), before);
}

fn selects(selector: Option<BTreeMap<String, String>>, template: &PodTemplateSpec) -> bool {
    let labels = template.metadata.as_ref().and_then(|metadata| metadata.labels.clone()).unwrap_or_default();
    selector.is_some_and(|selector| selector.iter().all(|(key, value)| labels.get(key) == Some(value)))
}

proptest! {
    #[test]
    fn names_fit_and_selectors_find_their_pods(
        name in "[a-z]([a-z0-9-]{0,38}[a-z0-9])?", fixture in 0..fixtures::ALL.len(), replicas in 0..9,
    ) {
        let mut app = fixtures::valid(fixtures::ALL[fixture]);
        app.name = AppName::parse(&name).expect("it is a name");
        let objects = desired(&app, &fixtures::observed(), &Decision { desired: replicas, ..Decision::default() });
        let mut templates = Vec::new();
        for (key, object) in objects.iter() {
            prop_assert!(key.name.len() <= 63, "{} is too long", key.name);
            prop_assert_eq!(object.metadata.namespace.as_deref(), Some("letters"));
            let (selector, template) = match key.kind {
                Kind::Deployment => {
                    let spec = find::<Deployment>(&objects, key.kind, &key.name).spec.expect("it has a spec");
                    (spec.selector, spec.template)
                }
                Kind::StatefulSet => {
                    let spec = find::<StatefulSet>(&objects, key.kind, &key.name).spec.expect("it has a spec");
                    (spec.selector, spec.template)
                }
                _ => continue,
            };
            prop_assert!(selects(selector.match_labels, &template));
            templates.push(template);
        }
        for (key, _) in objects.iter().filter(|(key, _)| key.kind == Kind::Service) {
            let service: Service = find(&objects, key.kind, &key.name);
            let selector = service.spec.and_then(|spec| spec.selector);
            prop_assert_eq!(templates.iter().filter(|template| selects(selector.clone(), template)).count(), 1);
        }
    }
}
