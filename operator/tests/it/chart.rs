//! The Helm chart, with the real Helm on a real API server: it installs what the folders install, and removes no app.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crds::CoverLetterApp;
use devcluster::binaries::Helm;
use devcluster::control_plane::ControlPlane;
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::rbac::v1::{ClusterRole, Role};
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::api::{Api, PostParams};
use operator::generate;
use serde_json::{Value, json};
use tokio::process::Command;

use crate::cluster::eventually;

const SYSTEM: &str = "coverletter-system";
const NAME: &str = "coverletter-operator";

/// Helm with the chart as it is generated.
struct Chart {
    helm: Helm,
    folder: tempfile::TempDir,
}

impl Chart {
    async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        generate::write(folder.path(), &[]).expect("writes");
        Self { helm: Helm::ensure().await.expect("it is built"), folder }
    }

    /// What Helm prints, or says when it fails.
    async fn helm(&self, kubeconfig: Option<PathBuf>, arguments: &[&str]) -> Result<String, String> {
        let mut command = Command::new(self.helm.path());
        // Its caches belong in this folder, and the settings of the machine's user do not belong in a test.
        command.env("HOME", self.folder.path()).env_remove("KUBECONFIG").current_dir(self.folder.path());
        if let Some(kubeconfig) = kubeconfig {
            command.env("KUBECONFIG", kubeconfig);
        }
        let output = command.args(arguments).kill_on_drop(true).output().await.expect("it runs");
        let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
        if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
    }

    /// The objects that `helm template` prints with these values.
    async fn objects(&self, values: &[&str]) -> BTreeMap<String, Value> {
        let mut arguments = vec!["template", "coverletter", "chart", "--namespace", SYSTEM, "--include-crds"];
        for value in values {
            arguments.extend(["--set-json", value]);
        }
        objects(&self.helm(None, &arguments).await.unwrap_or_else(|error| panic!("{error}")))
    }
}

/// The objects of these files of the other folders.
fn folders(files: &[&str]) -> BTreeMap<String, Value> {
    let mut namespaced = generate::files(&["one".to_owned(), "two".to_owned()]);
    let texts = files.iter().map(|file| namespaced.remove(Path::new(file)).expect("it is generated"));
    objects(&texts.collect::<Vec<_>>().join("\n---\n"))
}

/// The objects of `yaml`, by what they are.
fn objects(yaml: &str) -> BTreeMap<String, Value> {
    let objects: Vec<Value> = serde_saphyr::from_multiple(yaml).unwrap_or_else(|error| panic!("{error}\n{yaml}"));
    let objects = objects.into_iter().filter(Value::is_object);
    let name = |object: &Value| {
        let at = |pointer| object.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
        [at("/kind"), at("/metadata/namespace"), at("/metadata/name")].join("/")
    };
    objects.map(|object| (name(&object), object)).collect()
}

const ALWAYS: [&str; 8] = [
    "crd/coverletterapps.yaml",
    "crd/coverletterrequests.yaml",
    "operator/deployment.yaml",
    "operator/disruption-budget.yaml",
    "operator/network-policy.yaml",
    "operator/service.yaml",
    "admission/claim-policy.yaml",
    "admission/lease-policy.yaml",
];
const DASHBOARD: &str = "ConfigMap/coverletter-system/coverletter-dashboard";

#[tokio::test]
async fn the_chart_has_the_objects_of_the_other_folders() {
    let chart = Chart::new().await;
    let everywhere = folders(&[&ALWAYS[..], &["rbac/operator.yaml"]].concat());
    assert_eq!(chart.objects(&[]).await, everywhere);

    let mut watched = chart.objects(&[r#"monitoring={"enabled":true}"#]).await;
    let dashboard = watched.remove(DASHBOARD).expect("it has the dashboard");
    let dashboard = dashboard["data"]["dashboard.json"].as_str().expect("it is text").to_owned();
    assert_eq!(dashboard, generate::monitoring::dashboard());
    let monitoring = folders(&["monitoring/pod-monitors.yaml", "monitoring/alerts.yaml"]);
    assert_eq!(watched, everywhere.into_iter().chain(monitoring).collect());

    let mut named = chart.objects(&[r#"namespaces=["one","two"]"#]).await;
    let deployment = named.get_mut("Deployment/coverletter-system/coverletter-operator").expect("it is there");
    let variables = deployment.pointer_mut("/spec/template/spec/containers/0/env").and_then(Value::as_array_mut);
    let added = variables.and_then(Vec::pop);
    assert_eq!(added, Some(json!({"name": "NAMESPACES", "value": "one,two"})));
    assert_eq!(named, folders(&[&ALWAYS[..], &["namespaced/roles.yaml"]].concat()));
}

#[tokio::test]
async fn a_release_elsewhere_names_its_own_namespace_which_may_be_looked_after_too() {
    let chart = Chart::new().await;
    let values = ["--set-json", r#"monitoring={"enabled":true},namespaces=["elsewhere","default"]"#];
    let arguments = ["template", "coverletter", "chart", "--namespace", "elsewhere"];
    let printed = chart.helm(None, &[&arguments[..], &values].concat()).await.expect("it is a chart");
    let strays: Vec<_> = printed.lines().filter(|line| line.contains(SYSTEM)).collect();
    assert_eq!(strays, Vec::<&str>::new());
    let roles = printed.matches("kind: Role\nmetadata:").count();
    let names = objects(&printed).keys().filter(|key| key.starts_with("Role/")).count();
    assert_eq!((roles, names), (4, 4), "{printed}");
}

#[tokio::test]
async fn values_reach_the_operator_and_misspelt_ones_are_refused() {
    let chart = Chart::new().await;
    let values = [
        r#"image="registry.example/coverletter:1""#,
        r#"tolerations=[{"key":"system","operator":"Exists"}]"#,
        r#"imagePullSecrets=[{"name":"registry"}]"#,
        r#"resources={"requests":{"cpu":"1"}}"#,
        r#"namespaces=["one"]"#,
        r#"monitoring={"enabled":true,"labels":{"release":"prometheus"},"runbooks":"https://wiki.example.org/a"}"#,
    ];
    let objects = chart.objects(&values).await;
    let pod = &objects["Deployment/coverletter-system/coverletter-operator"]["spec"]["template"]["spec"];
    assert_eq!(pod["tolerations"], json!([{"key": "system", "operator": "Exists"}]));
    assert_eq!(pod["imagePullSecrets"], json!([{"name": "registry"}]));
    let container = &pod["containers"][0];
    assert_eq!(container["resources"]["requests"], json!({"cpu": "1", "memory": "64Mi"}), "the rest is the default");
    assert_eq!(container["image"], "registry.example/coverletter:1");
    assert_eq!(container["env"][0], json!({"name": "IMAGE", "value": "registry.example/coverletter:1"}));
    let monitor = &objects["PodMonitor/coverletter-system/coverletter-web"];
    assert_eq!(monitor["metadata"]["labels"]["release"], "prometheus");
    assert_eq!(monitor["spec"]["namespaceSelector"], json!({"matchNames": ["one"]}));
    let rule = &objects["PrometheusRule/coverletter-system/coverletter"]["spec"]["groups"][0]["rules"][0];
    assert_eq!(rule["annotations"]["runbook_url"], "https://wiki.example.org/a#coverletternoleader");

    let refused = chart.helm(None, &["template", "chart", "--set", "replica=3"]).await;
    assert!(refused.as_ref().is_err_and(|error| error.contains("replica")), "{refused:?}");
}

#[tokio::test]
async fn helm_installs_upgrades_and_removes_the_operator_and_no_app() {
    let chart = Chart::new().await;
    let plane = ControlPlane::start().await.expect("a control plane");
    let namespace = plane.namespace("chart").await.expect("a namespace");
    let helm = async |arguments: &[&str]| {
        let arguments = [arguments, &["--namespace", SYSTEM]].concat();
        chart.helm(Some(plane.kubeconfig()), &arguments).await.unwrap_or_else(|error| panic!("{error}"))
    };
    helm(&["install", "coverletter", "chart", "--create-namespace"]).await;
    let definitions = Api::<CustomResourceDefinition>::all(plane.client());
    let deployments = Api::<Deployment>::namespaced(plane.client(), SYSTEM);
    let spec = async || deployments.get(NAME).await.expect("it is there").spec.expect("a Deployment has a spec");
    assert_eq!(spec().await.replicas, Some(2));
    let everywhere = Api::<ClusterRole>::all(plane.client());
    assert!(everywhere.get_opt(NAME).await.expect("an answer").is_some());

    let apps = Api::<CoverLetterApp>::namespaced(plane.client(), &namespace);
    let app = CoverLetterApp::new("letters", crds::CoverLetterAppSpec::default());
    eventually("the definitions are served", async || apps.create(&PostParams::default(), &app).await).await;

    let named = format!(r#"namespaces=["{namespace}"]"#);
    let resources = r#"resources={"requests":{"memory":"96Mi"}}"#;
    let values = ["--set", "replicas=3", "--set-json", resources, "--set-json", &named];
    helm(&[&["upgrade", "coverletter", "chart"], &values[..]].concat()).await;
    let upgraded = spec().await;
    assert_eq!(upgraded.replicas, Some(3));
    let pod = upgraded.template.spec.expect("a pod has a spec");
    let requests = pod.containers[0].resources.clone().and_then(|resources| resources.requests).unwrap_or_default();
    assert_eq!(requests["memory"].0, "96Mi");
    assert!(everywhere.get_opt(NAME).await.expect("an answer").is_none(), "a right in the whole cluster is left");
    let role = Api::<Role>::namespaced(plane.client(), &namespace).get_opt(NAME).await.expect("an answer");
    assert!(role.is_some(), "no Role in the named namespace");

    helm(&["uninstall", "coverletter", "--wait"]).await;
    assert!(deployments.get_opt(NAME).await.expect("an answer").is_none());
    assert!(apps.get_opt("letters").await.expect("an answer").is_some(), "the app is lost");
    for definition in crds::manifests::custom_resource_definitions() {
        let name = definition.metadata.name.expect("a definition has a name");
        assert!(definitions.get_opt(&name).await.expect("an answer").is_some(), "{name} is lost");
    }
}
