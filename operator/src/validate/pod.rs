//! Settings of pods: amounts, labels and tolerations that the API server accepts.

use std::collections::BTreeMap;

use crds::app::{self, TolerationOperator};
use k8s_openapi::api::core::v1::Toleration;
use k8s_openapi::apimachinery::pkg::api::resource::Quantity as ApiQuantity;

use super::labels::{Labels, is_key, is_value};
use super::violation::Violations;
use crate::quantity::Quantity;

/// What a taint does, and so what a toleration can be for.
const EFFECTS: [&str; 3] = ["NoSchedule", "PreferNoSchedule", "NoExecute"];

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
        let annotations = annotations(&settings.annotations, component, violations);
        Some(Self {
            resources: resources.map_or(Some(None), |resources| resources.map(Some))?,
            node_selector: node_selector?,
            tolerations: tolerations?,
            labels: labels?,
            annotations: annotations?,
        })
    }
}

impl Resources {
    fn parse(given: &app::Resources, component: &str, violations: &mut Violations) -> Option<Self> {
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

fn annotations(
    given: &BTreeMap<String, String>,
    component: &str,
    violations: &mut Violations,
) -> Option<BTreeMap<String, String>> {
    // The API server ignores the case of annotation keys.
    let invalid = given.keys().find(|key| !is_key(&key.to_ascii_lowercase()));
    if let Some(key) = invalid {
        violations.add(format!("`{component}.annotations` must have valid keys, not `{key}`"));
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
