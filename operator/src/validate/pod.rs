//! Settings of pods: amounts, labels and tolerations that the API server accepts.

use std::collections::BTreeMap;

use crds::app::{self, RunAs, TolerationOperator, Variable};
use k8s_openapi::api::core::v1::{Affinity, Toleration, TopologySpreadConstraint};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity as ApiQuantity;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::labels::{Labels, is_key, is_value};
use super::violation::Violations;
use crate::quantity::Quantity;

/// What a taint does, and so what a toleration can be for.
const EFFECTS: [&str; 3] = ["NoSchedule", "PreferNoSchedule", "NoExecute"];

/// Beginnings of the names of environment variables that the operator sets or that would undo its settings.
const RESERVED: [&str; 12] = [
    "DATABASE_URL",
    "DATABASE_PATIENCE_SECONDS",
    "JWT_KEYS",
    "OIDC_",
    "STREAM_TOKEN",
    "POD_",
    "OTEL_EXPORTER_OTLP_",
    "POSTGRES_",
    "PGDATA",
    "KUBERNETES_",
    "LD_",
    "HF_TOKEN",
];

/// Resources of which a container may use more than it requests.
const SHARED: [&str; 3] = ["cpu", "memory", "ephemeral-storage"];

/// Settings of the pods of one component.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PodSettings {
    /// CPU and memory; `None` leaves them to the operator.
    pub resources: Option<Resources>,
    /// Nodes that the pods may run on.
    pub node_selector: Labels,
    /// Taints that the pods tolerate.
    pub tolerations: Vec<Toleration>,
    /// Further labels.
    pub labels: Labels,
    /// Further annotations.
    pub annotations: BTreeMap<String, String>,
    /// Secrets with credentials for registries.
    pub image_pull_secrets: Vec<String>,
    /// Affinity.
    pub affinity: Option<Affinity>,
    /// How pods are spread; empty leaves it to the operator.
    pub spread: Vec<TopologySpreadConstraint>,
    /// Priority class.
    pub priority_class: Option<String>,
    /// Runtime class.
    pub runtime_class: Option<String>,
    /// As whom the pods run; `None` leaves it to the operator.
    pub run_as: Option<RunAs>,
    /// Further environment variables, none of which the operator sets.
    pub env: Vec<Variable>,
}

/// Requests and limits by resource name. No request exceeds its limit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resources {
    /// What the scheduler sets aside.
    pub requests: BTreeMap<String, Quantity>,
    /// What a container may use at most.
    pub limits: BTreeMap<String, Quantity>,
}

impl PodSettings {
    /// `component` is where the settings stand in the spec.
    pub(super) fn parse(settings: &app::PodSettings, component: &str, violations: &mut Violations) -> Option<Self> {
        let resources = settings.resources.as_ref().map(|given| Resources::parse(given, component, violations));
        let node_selector = Labels::parse(&settings.node_selector, &format!("{component}.nodeSelector"), violations);
        let labels = Labels::parse(&settings.labels, &format!("{component}.labels"), violations);
        let tolerations: Option<Vec<_>> = settings
            .tolerations
            .iter()
            .map(|given| {
                violations.require(toleration(given), || {
                    format!("`{component}.tolerations` must hold valid tolerations, not {given:?}")
                })
            })
            .collect();
        let annotations = annotations(&settings.annotations, &format!("{component}.annotations"), violations);
        let affinity = settings.affinity.as_ref().map(|given| read(given, component, "affinity", violations));
        let spread = spread(&settings.topology_spread_constraints, component, violations);
        for reserved in
            settings.env.iter().filter(|variable| RESERVED.iter().any(|name| variable.name.starts_with(name)))
        {
            violations.add(format!("`{component}.env` must not set `{}`, which the operator sets", reserved.name));
        }
        Some(Self {
            image_pull_secrets: settings.image_pull_secrets.iter().map(|secret| secret.name.clone()).collect(),
            affinity: affinity.map_or(Some(None), |affinity| affinity.map(Some))?,
            spread: spread?,
            priority_class: settings.priority_class_name.clone(),
            runtime_class: settings.runtime_class_name.clone(),
            run_as: settings.run_as.clone(),
            env: settings.env.clone(),
            resources: resources.map_or(Some(None), |resources| resources.map(Some))?,
            node_selector: node_selector?,
            tolerations: tolerations?,
            labels: labels?,
            annotations: annotations?,
        })
    }
}

impl Resources {
    pub(super) fn parse(given: &app::Resources, component: &str, violations: &mut Violations) -> Option<Self> {
        let requests = quantities(&given.requests, &format!("{component}.resources.requests"), violations);
        let limits = quantities(&given.limits, &format!("{component}.resources.limits"), violations);
        let (requests, limits) = (requests?, limits?);
        let exceeds = requests.iter().find(|(name, request)| limits.get(*name).is_some_and(|limit| *request > limit));
        if let Some((name, request)) = exceeds {
            violations
                .add(format!("`{component}.resources` must not request more than its limit, as {request} of `{name}`"));
            return None;
        }
        // Only what every node has can be promised to more pods than there is room for.
        let mut fixed = requests.keys().chain(limits.keys()).filter(|name| !SHARED.contains(&name.as_str()));
        if let Some(name) =
            fixed.find(|name| limits.get(*name).is_none_or(|limit| requests.get(*name).is_some_and(|it| it != limit)))
        {
            violations.add(format!("`{component}.resources` must have the same limit as request of `{name}`"));
            return None;
        }
        Some(Self { requests, limits })
    }
}

/// Whether a container can ask for `amount` of a resource called `name`.
fn is_resource(name: &str, amount: &Quantity) -> bool {
    let is_huge = name.strip_prefix("hugepages-").is_some_and(|size| Quantity::parse(size).is_some());
    let is_extended = name.contains('/') && is_key(name) && !name.contains("kubernetes.io/");
    SHARED.contains(&name) || is_huge || is_extended && amount.is_whole()
}

fn quantities(
    given: &BTreeMap<String, ApiQuantity>,
    field: &str,
    violations: &mut Violations,
) -> Option<BTreeMap<String, Quantity>> {
    let parsed = given.iter().map(|(name, ApiQuantity(text))| {
        let quantity = Quantity::parse(text).filter(|amount| is_resource(name, amount)).map(|quantity| (name.clone(), quantity));
        violations.require(quantity, || {
            format!("`{field}` must hold quantities such as `500m` or `1Gi` of resources that nodes have, not `{name}: {text}`")
        })
    });
    // Every entry is looked at, so that each is reported.
    let parsed: Vec<_> = parsed.collect();
    parsed.into_iter().collect()
}

fn spread(given: &[Value], component: &str, violations: &mut Violations) -> Option<Vec<TopologySpreadConstraint>> {
    let field = "topologySpreadConstraints";
    let read: Vec<_> = given.iter().map(|given| read(given, component, field, violations)).collect();
    let spread: Vec<TopologySpreadConstraint> = read.into_iter().collect::<Option<_>>()?;
    let is_complete = |constraint: &TopologySpreadConstraint| {
        constraint.max_skew > 0
            && is_key(&constraint.topology_key)
            && ["DoNotSchedule", "ScheduleAnyway"].contains(&constraint.when_unsatisfiable.as_str())
    };
    let mut keys: Vec<_> = spread.iter().map(|it| (&it.topology_key, &it.when_unsatisfiable)).collect();
    keys.sort();
    keys.dedup();
    if keys.len() < spread.len() || !spread.iter().all(is_complete) {
        violations.add(format!(
            "`{component}.{field}` must have a `maxSkew` of at least 1, a `topologyKey` and a `whenUnsatisfiable`, and no two alike"
        ));
        return None;
    }
    Some(spread)
}

/// A part of a pod as Kubernetes types it.
fn read<T: DeserializeOwned>(given: &Value, component: &str, field: &str, violations: &mut Violations) -> Option<T> {
    let read = serde_json::from_value(given.clone());
    read.map_err(|error| {
        violations.add(format!("`{component}.{field}` must be as `kubectl explain pod.spec.{field}` says: {error}"));
    })
    .ok()
}

/// Checks the keys of annotations.
pub(super) fn annotations(
    given: &BTreeMap<String, String>,
    field: &str,
    violations: &mut Violations,
) -> Option<BTreeMap<String, String>> {
    // The API server ignores the case of annotation keys.
    let invalid = given.keys().find(|key| !is_key(&key.to_ascii_lowercase()));
    if let Some(key) = invalid {
        violations.add(format!("`{field}` must have valid keys, not `{key}`"));
        return None;
    }
    Some(given.clone())
}

fn toleration(given: &app::Toleration) -> Option<Toleration> {
    let key = given.key.clone().filter(|key| !key.is_empty());
    let value = given.value.as_deref().unwrap_or_default();
    let effect = given.effect.as_deref().unwrap_or_default();
    let is_complete = match given.operator {
        TolerationOperator::Equal => key.is_some() && is_value(value),
        TolerationOperator::Exists => value.is_empty(),
    };
    let is_valid = is_complete && key.as_deref().is_none_or(is_key) && (effect.is_empty() || EFFECTS.contains(&effect));
    let operator = match given.operator {
        TolerationOperator::Equal => "Equal",
        TolerationOperator::Exists => "Exists",
    };
    is_valid.then(|| Toleration {
        key: given.key.clone(),
        operator: Some(operator.to_owned()),
        value: given.value.clone(),
        effect: given.effect.clone(),
        toleration_seconds: None,
    })
}
