//! The alerts: when somebody is called, and what this person does.

use crds::metrics::{
    CONDITION, FINISHES, HTTP_DURATION, HTTP_REQUESTS, IN_LINE, LEADER, OLDEST, RECONCILES, SERVER_UP, UNWRITTEN,
};
use serde_json::{Value, json};

/// The page that says what to do about each alert. This is its path in the repository; who publishes it elsewhere puts
/// that address here.
pub const PAGE: &str = "config/monitoring/README.md";

/// One alert and its section of the runbook.
pub struct Alert {
    /// Its name.
    pub name: &'static str,
    /// `critical` for what wakes somebody, `warning` for what can wait until the morning.
    pub severity: &'static str,
    /// How long it holds before it fires.
    pub after: &'static str,
    /// When it holds, in the language of Prometheus.
    pub expression: String,
    /// What is wrong, with labels of the series.
    pub summary: &'static str,
    /// What it means for students and their letters.
    pub meaning: &'static str,
    /// What to do, in order.
    pub steps: &'static [&'static str],
}

/// Every alert, the most urgent first.
#[must_use]
pub fn alerts() -> Vec<Alert> {
    [operating(), apps(), site(), writing()].into_iter().flatten().collect()
}

/// The alerts as groups of a file of rules.
#[must_use]
pub fn groups() -> Value {
    let rules: Vec<_> = alerts().iter().map(rule).collect();
    json!({"groups": [{"name": "coverletter", "rules": rules}]})
}

fn rule(alert: &Alert) -> Value {
    json!({
        "alert": alert.name,
        "expr": alert.expression,
        "for": alert.after,
        "labels": {"severity": alert.severity},
        "annotations": {
            "summary": alert.summary,
            "description": format!("{} First step: {}", alert.meaning, alert.steps[0]),
            "runbook_url": format!("{PAGE}#{}", alert.name.to_lowercase()),
        },
    })
}

const DESCRIBE: &str = "`kubectl describe coverletterapp -n NAMESPACE APP`: the conditions say what is wrong in the words of the cluster, and what to do about each reason stands in docs/operator.md.";
const OPERATOR_LOG: &str =
    "Read the log of the operator: `kubectl logs -n coverletter-system deploy/coverletter-operator`.";

/// Alerts about the operator.
fn operating() -> Vec<Alert> {
    vec![
        Alert {
            name: "CoverLetterNoLeader",
            severity: "critical",
            after: "5m",
            expression: format!("absent({LEADER} == 1)"),
            summary: "No replica of the operator leads.",
            meaning: "Sites go on and letters are written, but nothing is scaled, repaired or told, and requests of dead workers stay with them.",
            steps: &[
                "`kubectl get pods -n coverletter-system`: without pods, look at the Deployment; a pod that is not ready says why in `kubectl describe pod`.",
                OPERATOR_LOG,
                "If the operator leads (`kubectl get lease -n coverletter-system`), Prometheus does not reach it: check its PodMonitor and NetworkPolicies.",
            ],
        },
        Alert {
            name: "CoverLetterOperatorFails",
            severity: "warning",
            after: "15m",
            expression: format!("sum by (outcome) (rate({RECONCILES}{{outcome!=\"Ok\"}}[10m])) > 0"),
            summary: "Reconciliations end as {{ $labels.outcome }} again and again.",
            meaning: "Changes of at least one app are not carried out, or its state is not told.",
            steps: &[
                OPERATOR_LOG,
                "`ReadFailed`, `WriteFailed` and `TimedOut` are answers of the API server: look at it, and compare the operator's roles with config/rbac.",
                "`OperatorFault` is a bug: report it with the spec of the app that the log names. Other apps are looked after.",
            ],
        },
    ]
}

/// Alerts about apps.
fn apps() -> Vec<Alert> {
    let of_apps = "by (namespace, app)";
    let condition = |type_: &str, more: &str| format!("max {of_apps} ({CONDITION}{{type=\"{type_}\",{more}}}) == 1");
    vec![
        Alert {
            name: "CoverLetterAppNotReady",
            severity: "critical",
            after: "15m",
            expression: format!(
                "{} unless on (namespace, app) {CONDITION}{{type=\"Paused\",status=\"True\"}}",
                condition("Ready", "status=\"False\"")
            ),
            summary: "The app {{ $labels.namespace }}/{{ $labels.app }} is not ready.",
            meaning: "Something that its spec asks for is not there: site, database or writers.",
            steps: &[DESCRIBE, "While the database is away the site says so on every page; forms keep their text."],
        },
        Alert {
            name: "CoverLetterAppStalled",
            severity: "warning",
            after: "5m",
            expression: format!("{CONDITION}{{type=\"Stalled\",status=\"True\"}} == 1"),
            summary: "The app {{ $labels.namespace }}/{{ $labels.app }} waits for a person: {{ $labels.reason }}.",
            meaning: "It does not become what its spec asks for until somebody changes something.",
            steps: &[DESCRIBE],
        },
        Alert {
            name: "CoverLetterNotBackedUp",
            severity: "critical",
            after: "15m",
            expression: condition("BackedUp", "status=\"False\",reason=~\"BackupFailed|BackupOverdue\""),
            summary: "The database of {{ $labels.namespace }}/{{ $labels.app }} has no new backup.",
            meaning: "If the volume were lost now, everything since the last backup would be lost with it.",
            steps: &[
                DESCRIBE,
                "Make one at once with the command of the condition `BackedUp`, and see it end. docs/backups.md has the rest.",
            ],
        },
        Alert {
            name: "CoverLetterSecretsNotRotated",
            severity: "warning",
            after: "15m",
            expression: condition("SecretsRotated", "reason=\"RotationFailed\""),
            summary: "The password of the database of {{ $labels.namespace }}/{{ $labels.app }} cannot be replaced.",
            meaning: "The present password is still valid; it is tried again by itself.",
            steps: &[DESCRIBE],
        },
    ]
}

/// Alerts about sites.
fn site() -> Vec<Alert> {
    let of_apps = "by (namespace, app)";
    vec![
        Alert {
            name: "CoverLetterSiteFails",
            severity: "critical",
            after: "5m",
            expression: format!(
                "sum {of_apps} (rate({HTTP_REQUESTS}{{status=~\"5..\"}}[5m])) / sum {of_apps} (rate({HTTP_REQUESTS}[5m])) > 0.05"
            ),
            summary: "{{ $value | humanizePercentage }} of the answers of {{ $labels.namespace }}/{{ $labels.app }} are errors.",
            meaning: "Students see error pages; forms keep their text.",
            steps: &[
                DESCRIBE,
                "Read the log of the web pods: `kubectl logs -n NAMESPACE deploy/APP-web`. Every error page has an id, which is in the log.",
                "503 is the database that is away, or a line that is full: see CoverLettersWait.",
            ],
        },
        Alert {
            name: "CoverLetterSiteSlow",
            severity: "warning",
            after: "10m",
            // This route of the earlier contract answers when the letter is written.
            expression: format!(
                "histogram_quantile(0.95, sum by (namespace, app, le) (rate({HTTP_DURATION}_bucket{{route!=\"/model/query\"}}[5m]))) > 2"
            ),
            summary: "One answer in twenty of {{ $labels.namespace }}/{{ $labels.app }} takes {{ $value | humanizeDuration }} or longer.",
            meaning: "Students wait for pages.",
            steps: &[
                "`kubectl top pods -n NAMESPACE`: a web or database pod at its limit needs more (`web.resources`, `database.managed.resources`) or more replicas (`web.replicas`).",
                "Look at the volume of the database: slow storage shows first in saving.",
            ],
        },
    ]
}

/// Alerts about letters.
fn writing() -> Vec<Alert> {
    let finishes = |more: &str| format!("sum by (namespace, app) (rate({FINISHES}{more}[15m]))");
    vec![
        Alert {
            name: "CoverLettersWait",
            severity: "warning",
            after: "5m",
            expression: format!("{OLDEST} > 300"),
            summary: "A letter of {{ $labels.namespace }}/{{ $labels.app }} has waited for {{ $value | humanizeDuration }}.",
            meaning: "More letters are asked for than are written, or no pod writes. A letter that waits for `activeDeadlineSeconds` fails.",
            steps: &[
                DESCRIBE,
                "`CapacityLimited`: raise `inference.scaling.maxReplicas`, or add nodes. The status' `scaling.reason` says what the last decision saw.",
                "Pods that are ready and claim nothing: read their log, `kubectl logs -n NAMESPACE deploy/APP-inference`.",
            ],
        },
        Alert {
            name: "CoverLettersInLine",
            severity: "warning",
            after: "30m",
            expression: format!("max by (namespace, app) ({IN_LINE}) > 0"),
            summary: "{{ $value }} letters of {{ $labels.namespace }}/{{ $labels.app }} wait in the database.",
            meaning: "The queue has been full (`requests.maxQueued`), or the API server away, for half an hour. Nothing is lost; their pages say how long it takes.",
            steps: &[
                "As for CoverLettersWait: more pods, or more nodes.",
                "If the queue is not full (`kubectl get coverletterrequests -n NAMESPACE`), read the log of the web pods: the API server refuses requests, for example because of a quota.",
            ],
        },
        Alert {
            name: "CoverLettersFail",
            severity: "warning",
            after: "10m",
            expression: format!(
                "{} / {} > 0.1",
                finishes(&format!("{{reason=~\"{}\"}}", UNWRITTEN.map(crds::RequestReason::as_str).join("|"))),
                finishes("")
            ),
            summary: "{{ $value | humanizePercentage }} of the letters of {{ $labels.namespace }}/{{ $labels.app }} are not written by the model.",
            meaning: "Students get a plain letter that states their facts, or none.",
            steps: &[
                "`kubectl get coverletterrequests -n NAMESPACE`, then `kubectl describe` one of them: its condition says why.",
                "`PlainForm` for letters in another language than English is as it should be with the built-in model: choose a general model for them.",
                "Otherwise read the log of the inference pods, and look for pods that are killed for memory.",
            ],
        },
        Alert {
            name: "CoverLetterModelServerAway",
            severity: "warning",
            after: "5m",
            expression: format!("{SERVER_UP} == 0"),
            summary: "The model server of {{ $labels.namespace }}/{{ $labels.app }} cannot be asked.",
            meaning: "Letters wait; pods begin by themselves when it is well.",
            steps: &[
                "The condition `InferenceAvailable` says what the server answers: `kubectl describe coverletterapp -n NAMESPACE APP`.",
                "Look at the server, its token and its NetworkPolicies.",
            ],
        },
    ]
}
