//! One document for each sample app, and promises for all of them.

use std::collections::BTreeMap;

use k8s_openapi::api::apps::v1::{Deployment, StatefulSet};
use k8s_openapi::api::batch::v1::CronJob;
use k8s_openapi::api::core::v1::{Container, PodTemplateSpec, Service};
use k8s_openapi::api::networking::v1::NetworkPolicy;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use proptest::prelude::*;
use serde::de::DeserializeOwned;

use super::*;
use crate::fixtures;
use crate::generate::yaml;
use crate::kinds::Key;
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
fn a_stateful_set_keeps_the_template_of_its_claim_and_the_claim_gets_the_changes() {
    let mut app = fixtures::app("minimal");
    let mut observed = fixtures::observed();
    fixtures::settle(&app, &mut observed);
    let claim = serde_json::json!({"metadata": {"name": "data-letters-db-0"}, "spec": {
        "resources": {"requests": {"storage": "2Gi"}},
    }});
    fixtures::observe(&mut observed, Kind::PersistentVolumeClaim, &claim);
    let storage = &mut app.spec.database.managed.get_or_insert_default().storage;
    storage.size = "3Gi".into();
    storage.storage_class_name = Some("fast".into());
    let valid = crate::validate::validate(&app, &observed, &fixtures::settings()).expect("it is valid");
    let objects = desired(&valid, &observed, &Decision::default());
    let key = Key::new(Kind::StatefulSet, "letters-db");
    let before = observed.children.get(&key).expect("it is there");
    let (_, after) = objects.iter().find(|(found, _)| **found == key).expect("it is desired");
    assert_eq!(before.data["spec"]["volumeClaimTemplates"], after.data["spec"]["volumeClaimTemplates"]);
    let changes = claim_changes(&valid, &observed).expect("it grows");
    assert_eq!(changes["spec"]["resources"]["requests"]["storage"], "3Gi");
    assert_eq!(changes["metadata"]["annotations"]["argocd.argoproj.io/sync-options"], "Prune=false");
}

/// Whether a pod with `labels` in another namespace reaches `port` of the pods of `component`, as the policies say.
fn reaches(objects: &Desired, component: &str, own_namespace: bool, labels: &[(&str, &str)], port: i32) -> bool {
    let policy: NetworkPolicy = find(objects, Kind::NetworkPolicy, &format!("letters-{component}"));
    let rules = policy.spec.and_then(|spec| spec.ingress).unwrap_or_default();
    let has = |selector: &LabelSelector| {
        let wanted = selector.match_labels.clone().unwrap_or_default();
        wanted.iter().all(|(key, value)| labels.contains(&(key.as_str(), value.as_str())))
    };
    rules.iter().any(|rule| {
        let at = rule.ports.iter().flatten().any(|open| open.port == Some(IntOrString::Int(port)));
        let peers = rule.from.clone().unwrap_or_default();
        let from = peers.is_empty()
            || peers.iter().any(|peer| match (&peer.namespace_selector, &peer.pod_selector) {
                (Some(_), pods) => pods.as_ref().is_none_or(has),
                (None, pods) => own_namespace && pods.as_ref().is_some_and(has),
            });
        at && from
    })
}

#[test]
fn prometheus_reaches_what_is_measured_and_nobody_but_the_web_the_database() {
    let objects = built("minimal");
    let prometheus = [("app.kubernetes.io/name", "prometheus")];
    assert!(reaches(&objects, "inference", false, &prometheus, 8080));
    assert!(reaches(&objects, "web", false, &prometheus, 9090));
    assert!(!reaches(&objects, "db", false, &prometheus, 5432));
    assert!(!reaches(&objects, "db", true, &prometheus, 5432));
    let app = AppName::parse("letters").expect("a name");
    let web = labels::selecting(&app, crds::names::Component::Web);
    let web: Vec<_> = web.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    assert!(reaches(&objects, "db", true, &web, 5432));
    assert!(!reaches(&objects, "db", false, &web, 5432));
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
        model::path(&app.inference.model).expect("it has a folder")
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
    #![proptest_config(fixtures::cases())]

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

#[test]
fn people_of_a_platform_get_their_pods_as_they_need_them() {
    let mut app = fixtures::app("minimal");
    let settings = serde_json::json!({
        "imagePullSecrets": [{"name": "registry"}], "priorityClassName": "high", "runtimeClassName": "gvisor",
        "affinity": {"podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": []}},
        "topologySpreadConstraints": [{"maxSkew": 2, "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule"}],
        "runAs": {"assignedByPlatform": true}, "env": [{"name": "TZ", "value": "UTC"}],
    });
    app.spec.inference.pod = serde_json::from_value(settings).expect("they are settings");
    let valid = crate::validate::validate(&app, &fixtures::observed(), &fixtures::settings()).expect("it is valid");
    let objects = desired(&valid, &fixtures::observed(), &Decision::default());
    let deployment: Deployment = find(&objects, Kind::Deployment, "letters-inference");
    let pod = deployment.spec.and_then(|spec| spec.template.spec).expect("a deployment has pods");
    assert_eq!(pod.image_pull_secrets.expect("it has one")[0].name, "registry");
    assert_eq!((pod.priority_class_name.as_deref(), pod.runtime_class_name.as_deref()), (Some("high"), Some("gvisor")));
    assert!(pod.affinity.is_some_and(|affinity| affinity.pod_anti_affinity.is_some()));
    let spread = pod.topology_spread_constraints.expect("it is spread");
    assert_eq!((spread.len(), spread[0].max_skew), (1, 2));
    assert!(spread[0].label_selector.is_some(), "it counts the pods of the component");
    let security = pod.security_context.expect("it is restricted");
    assert_eq!((security.run_as_user, security.fs_group, security.run_as_non_root), (None, None, Some(true)));
    let variables = pod.containers[0].env.as_ref().expect("it has variables");
    assert!(variables.iter().any(|variable| variable.name == "TZ" && variable.value.as_deref() == Some("UTC")));
}

/// Where the inference pods of an app with a model server may connect to, as its policy says; the last of its rules.
fn to_the_server(observed: &crate::observed::Observed, url: &str) -> serde_json::Value {
    let mut app = fixtures::app("server");
    app.spec.inference.model.server.as_mut().expect("it has one").url = url.to_owned();
    let valid = crate::validate::validate(&app, observed, &fixtures::settings()).expect("it is valid");
    let objects = desired(&valid, observed, &Decision::default());
    let policy: NetworkPolicy = find(&objects, Kind::NetworkPolicy, "letters-inference");
    let rules = policy.spec.and_then(|spec| spec.egress).expect("it has rules");
    serde_json::to_value(rules.last()).expect("it is JSON")
}

#[test]
fn a_model_server_is_reached_at_the_pods_of_its_service_and_nowhere_else() {
    let namespace = serde_json::json!({"matchLabels": {"kubernetes.io/metadata.name": "llm"}});
    let pods = serde_json::json!({"matchLabels": {"app": "vllm"}});
    let observed = fixtures::observed();
    let to = |port: serde_json::Value| {
        serde_json::json!({
            "ports": [{"port": port, "protocol": "TCP"}], "to": [{"namespaceSelector": namespace, "podSelector": pods}]
        })
    };
    assert_eq!(to_the_server(&observed, "http://vllm.llm.svc:8000/v1"), to(8_080.into()), "the port of the pods");
    assert_eq!(to_the_server(&observed, "http://vllm.llm.svc/v1"), to("http".into()), "a port with a name");
    let unknown = serde_json::json!({"to": [{"namespaceSelector": namespace}]});
    assert_eq!(to_the_server(&observed, "http://other.llm.svc:8000/v1"), unknown, "a Service that is not there yet");
    let address = serde_json::json!({
        "ports": [{"port": 11_434, "protocol": "TCP"}], "to": [{"ipBlock": {"cidr": "10.0.0.7/32"}}]
    });
    assert_eq!(to_the_server(&observed, "http://10.0.0.7:11434/v1"), address);
}

#[test]
fn the_token_of_a_model_server_is_in_the_inference_pods_alone() {
    let objects = built("server");
    for (key, object) in objects.iter() {
        let text = serde_json::to_string(object).expect("it is JSON");
        let is_inference = key.kind == Kind::Deployment && key.name == "letters-inference";
        assert_eq!(text.contains("SERVER_TOKEN"), is_inference, "{} {}", key.kind.as_str(), key.name);
    }
    let deployment: Deployment = find(&objects, Kind::Deployment, "letters-inference");
    let pod = deployment.spec.and_then(|spec| spec.template.spec).expect("a deployment has pods");
    assert_eq!(pod.init_containers, None, "nothing is fetched");
    let arguments = pod.containers[0].args.clone().unwrap_or_default();
    assert!(!arguments.iter().any(|argument| argument.starts_with("--model")), "{arguments:?}");
    assert!(pod.containers[0].startup_probe.is_none(), "a server is waited for without an end");
}

#[test]
fn no_text_of_a_spec_brings_out_what_only_pods_may_know() {
    let deployment: Deployment = find(&built("oidc"), Kind::Deployment, "letters-web");
    let pod = deployment.spec.and_then(|spec| spec.template.spec).expect("a deployment has pods");
    let arguments = pod.containers[0].args.clone().unwrap_or_default();
    // `$$` is a `$` that begins no variable.
    let refusal = "--oidc-refusal=Ask the careers service for $$(DATABASE_URL).".to_owned();
    assert!(arguments.contains(&refusal), "{arguments:?}");
}

#[test]
fn a_backup_takes_what_its_author_says_or_else_one_processor_and_a_restore_what_the_database_may() {
    let mut app = fixtures::app("minimal");
    let database = app.spec.database.managed.get_or_insert_default();
    database.backup = serde_json::from_value(serde_json::json!({"schedule": "0 3 * * *"})).expect("a backup");
    let mut observed = fixtures::observed();
    fixtures::settle(&app, &mut observed);
    app.spec.database.managed.get_or_insert_default().restore_from = Some(crds::app::RestoreFrom::default());
    let limits = |app: &crds::CoverLetterApp| {
        let app = crate::validate::validate(app, &observed, &fixtures::settings()).expect("it is valid");
        let objects = desired(&app, &observed, &Decision::default());
        let jobs: CronJob = find(&objects, Kind::CronJob, "letters-backup");
        let job = jobs.spec.and_then(|jobs| jobs.job_template.spec).and_then(|job| job.template.spec).expect("a pod");
        let database: StatefulSet = find(&objects, Kind::StatefulSet, "letters-db");
        let database = database.spec.and_then(|set| set.template.spec).expect("a pod");
        let restore = database.init_containers.expect("it restores");
        [&job.containers[0], &restore[0]].map(|container| {
            let limits = container.resources.clone().and_then(|resources| resources.limits).expect("it has limits");
            limits.into_iter().map(|(name, amount)| format!("{name} {}", amount.0)).collect::<Vec<_>>().join(", ")
        })
    };
    assert_eq!(limits(&app), ["cpu 1, memory 512Mi", "memory 512Mi"]);

    let amounts = |cpu: &str| serde_json::from_value(serde_json::json!({"limits": {"cpu": cpu}})).expect("amounts");
    let database = app.spec.database.managed.get_or_insert_default();
    database.pod.resources = amounts("3");
    database.backup.as_mut().expect("it has one").resources = amounts("500m");
    assert_eq!(limits(&app), ["cpu 500m", "cpu 3"]);
}
