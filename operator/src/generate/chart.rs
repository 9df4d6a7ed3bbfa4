//! The Helm chart: the same objects as in the other folders, with a few values in them.
//!
//! The definitions are in the chart's folder `crds`, which Helm installs once and never changes or removes, so that no
//! app is lost with the chart.

mod template;
mod values;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::install::{self, NAME};
use super::yaml::{BREAK, HEADER, document};
use super::{monitoring, policy, rbac};
use template::{each, optional, present, release, unless, when, word};

/// Where the namespace stands in what is repeated for each of them.
const EACH: &str = "each-namespace";

/// The files of `config/chart`.
pub fn files() -> Vec<(&'static str, String)> {
    let [app, request] = install::definitions();
    let generated = |text: String| format!("{HEADER}{text}");
    let mut files = vec![
        ("chart/Chart.yaml", generated(about())),
        ("chart/values.yaml", generated(values::text())),
        ("chart/values.schema.json", values::schema()),
        ("chart/crds/coverletterapps.yaml", generated(document(&app))),
        ("chart/crds/coverletterrequests.yaml", generated(document(&request))),
        ("chart/templates/rbac.yaml", generated(rights())),
        ("chart/templates/deployment.yaml", generated(deployment())),
        ("chart/templates/disruption-budget.yaml", generated(release(&document(&install::disruption_budget())))),
        ("chart/templates/network-policy.yaml", generated(release(&document(&install::network_policy())))),
        ("chart/templates/service.yaml", generated(release(&document(&install::service())))),
        ("chart/templates/claim-policy.yaml", generated(policy::claims())),
        ("chart/templates/lease-policy.yaml", generated(policy::leases())),
        ("chart/templates/NOTES.txt", NOTES.to_owned()),
    ];
    files.extend(watched());
    files
}

const NOTES: &str =
    "The operator starts: kubectl rollout status -n {{ .Release.Namespace }} deployment/coverletter-operator

{{ $namespace := \"letters\" }}{{ with .Values.namespaces }}{{ $namespace = first . }}{{ end -}}
An app, in a namespace that the operator looks after:

{{ if not .Values.namespaces }}    kubectl create namespace letters
{{ end }}    kubectl apply -n {{ $namespace }} -f - <<EOF
    apiVersion: coverletter.dev/v1alpha1
    kind: CoverLetterApp
    metadata: {name: letters}
    spec: {}
    EOF
    kubectl wait -n {{ $namespace }} --for=condition=Ready coverletterapp/letters --timeout=5m

Helm neither changes nor removes the definitions of the resources: apply those of a new version before `helm upgrade`, as docs/upgrades.md says.
";

fn about() -> String {
    document(&json!({
        "apiVersion": "v2",
        "name": "coverletter",
        "description": "The operator of private cover letter writers",
        "type": "application",
        "version": "0.1.0",
        "appVersion": "dev",
        "kubeVersion": ">=1.33.0-0",
    }))
}

/// Account and rights: for the whole cluster, or for the namespaces that are named.
fn rights() -> String {
    let outside = rbac::outside().join(BREAK);
    let inside = rbac::in_namespace(EACH).join(BREAK);
    let named = format!("{outside}{}", each("namespaces", EACH, &format!("{BREAK}{inside}")));
    let account = release(&rbac::account());
    let everywhere = release(&rbac::cluster_wide().join(BREAK));
    [account, BREAK.to_owned(), when("namespaces", &release(&named)), unless("namespaces", &everywhere)].concat()
}

fn deployment() -> String {
    let mut object = serde_json::to_value(install::deployment()).expect("it is JSON");
    let spec = &mut object["spec"];
    spec["replicas"] = word("replicas");
    let pod = &mut spec["template"]["spec"];
    for (field, value) in values::POD {
        pod[field] = optional(value);
    }
    let container = &mut pod["containers"][0];
    container["image"] = word("image");
    container["resources"] = word("resources");
    let variables = container["env"].as_array_mut().expect("it has variables");
    for variable in variables.iter_mut() {
        match variable["name"].as_str() {
            Some("IMAGE") => variable["value"] = word("image"),
            Some("POSTGRES_IMAGE") => variable["value"] = word("postgresImage"),
            _ => {}
        }
    }
    variables.push(optional("namespaces"));
    let variable = "- {name: NAMESPACES, value: {{ join \",\" . | quote }}}";
    release(&present(&document(&object), variable))
}

/// What Prometheus and Grafana need, where it is asked for.
fn watched() -> Vec<(&'static str, String)> {
    let labelled = |mut object: Value| {
        object["metadata"]["labels"]["more"] = optional("monitoring.labels");
        object
    };
    let pods = monitoring::monitors().map(|monitor| {
        let mut monitor = labelled(monitor);
        if monitor["metadata"]["name"] != NAME {
            monitor["spec"]["namespaceSelector"] = word("monitored");
        }
        document(&monitor)
    });
    let mut alerts = labelled(monitoring::rules());
    alerts["spec"] = word("alerts");
    let documents = [pods.to_vec(), vec![document(&alerts), document(&dashboard())]].concat().join(BREAK);
    let text = release(&present(&documents, ""));
    let text = template::inserted(&text, "monitored", MONITORED);
    let alerts = format!(
        "\n{{{{ $.Files.Get \"files/prometheus-rules.yaml\" | replace \"{}\" $.Release.Namespace | replace \"{}\" $.Values.monitoring.runbooks | indent 2 }}}}",
        install::NAMESPACE,
        monitoring::alerts::PAGE
    );
    let text = template::inserted(&text, "alerts", &alerts);
    let text = template::inserted(&text, "dashboard", "{{ $.Files.Get \"files/dashboard.json\" | toJson }}");
    vec![
        ("chart/templates/monitoring.yaml", format!("{HEADER}{}", when("monitoring.enabled", &text))),
        ("chart/files/prometheus-rules.yaml", format!("{HEADER}{}", document(&monitoring::alerts::groups()))),
        ("chart/files/dashboard.json", monitoring::dashboard()),
    ]
}

const MONITORED: &str =
    "{{ if .Values.namespaces }}{matchNames: {{ toJson .Values.namespaces }}}{{ else }}{any: true}{{ end }}";

fn dashboard() -> Value {
    let labels: BTreeMap<_, _> =
        install::labels().into_iter().chain([("grafana_dashboard".to_owned(), "1".to_owned())]).collect();
    json!({
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "coverletter-dashboard", "namespace": install::NAMESPACE, "labels": labels},
        "data": {"dashboard.json": word("dashboard")},
    })
}
