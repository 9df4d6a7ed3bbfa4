//! The values of the chart: what people really need to set.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::super::install;
use super::super::monitoring::alerts::PAGE;
use super::super::yaml::document;

/// Optional fields of the operator's pod, each with its value.
pub const POD: [(&str, &str); 4] = [
    ("affinity", "affinity"),
    ("imagePullSecrets", "imagePullSecrets"),
    ("nodeSelector", "nodeSelector"),
    ("tolerations", "tolerations"),
];

type Object = Map<String, Value>;

/// Everything that can be set.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Values {
    /// Image of the operator, and of the web and inference pods of every app.
    image: String,
    /// Image of the databases.
    postgres_image: String,
    /// Secrets with the credentials of the operator's registry: [{name: ...}]. Those of apps stand in their specs.
    image_pull_secrets: Vec<Object>,
    /// Replicas of the operator. One leads, the others take over.
    #[schemars(range(min = 0, max = 10))]
    replicas: i32,
    /// Namespaces that the operator looks after, with Roles in each; they must exist. Empty: the whole cluster.
    #[schemars(inner(regex(pattern = "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")))]
    namespaces: Vec<String>,
    /// Requests and limits of the operator. 40 MB are enough for 1,500 requests in the cluster.
    resources: Object,
    /// Labels of the nodes that may run the operator.
    node_selector: Object,
    /// Taints that the operator tolerates.
    tolerations: Vec<Object>,
    /// Where the operator prefers to run, or must.
    affinity: Object,
    /// Pod monitors, alerts and a dashboard. They need the definitions of the Prometheus operator.
    monitoring: Monitoring,
}

/// What Prometheus and Grafana need.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Monitoring {
    /// Whether to install it.
    enabled: bool,
    /// More labels of these objects, by which your Prometheus selects them.
    labels: Object,
    /// Where the page with what to do about each alert is published: `runbook_url` of the alerts begins with it.
    #[schemars(length(min = 1))]
    runbooks: String,
}

/// The defaults: what the folder `default` installs.
fn defaults() -> Values {
    let deployment = install::deployment().spec.unwrap_or_default();
    let container = deployment.template.spec.into_iter().flat_map(|pod| pod.containers).next().unwrap_or_default();
    let variable = |name: &str| {
        let variables = container.env.iter().flatten();
        variables
            .filter(|variable| variable.name == name)
            .find_map(|variable| variable.value.clone())
            .unwrap_or_default()
    };
    let resources = serde_json::to_value(&container.resources).unwrap_or_default();
    Values {
        image: variable("IMAGE"),
        postgres_image: variable("POSTGRES_IMAGE"),
        image_pull_secrets: Vec::new(),
        replicas: deployment.replicas.unwrap_or(1),
        namespaces: Vec::new(),
        resources: resources.as_object().cloned().unwrap_or_default(),
        node_selector: Map::new(),
        tolerations: Vec::new(),
        affinity: Map::new(),
        monitoring: Monitoring { enabled: false, labels: Map::new(), runbooks: PAGE.to_owned() },
    }
}

/// The file of values: each default below what it means.
pub fn text() -> String {
    let schema = schemars::schema_for!(Values).to_value();
    let values = serde_json::to_value(defaults()).expect("it is JSON");
    let meaning = |name: &str| schema["properties"][name]["description"].as_str().unwrap_or_default().to_owned();
    let order = ["image", "postgresImage", "imagePullSecrets", "replicas", "namespaces", "resources", "nodeSelector"];
    let order = order.into_iter().chain(["tolerations", "affinity", "monitoring"]);
    let entries = order.map(|name| {
        let entry = document(&json!({ name: values[name] }));
        format!("\n# {}\n{entry}", meaning(name))
    });
    entries.collect()
}

/// The schema by which Helm refuses misspelt values.
pub fn schema() -> String {
    let mut schema = schemars::schema_for!(Values).to_value();
    // Helm adds this one where the chart is part of another.
    schema["properties"]["global"] = json!(true);
    serde_json::to_string_pretty(&schema).expect("it is JSON") + "\n"
}
