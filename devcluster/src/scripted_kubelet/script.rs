//! The rules of a test for its pods.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::Pod;
use kube::ResourceExt;

use super::step::Outcome;

/// A rule for a name takes precedence over rules for labels, and of those the last one.
#[derive(Default)]
pub(super) struct Script {
    default: Outcome,
    labels: Vec<(String, String, Outcome)>,
    names: BTreeMap<String, Outcome>,
}

impl Script {
    pub fn by_default(&mut self, outcome: Outcome) {
        self.default = outcome;
    }

    pub fn by_label(&mut self, key: &str, value: &str, outcome: Outcome) {
        self.labels.push((key.to_owned(), value.to_owned(), outcome));
    }

    pub fn by_name(&mut self, pod: &str, outcome: Outcome) {
        self.names.insert(pod.to_owned(), outcome);
    }

    /// Drops the rule of a pod that is gone: it does not hold for another pod of the same name.
    pub fn forget(&mut self, pod: &str) {
        self.names.remove(pod);
    }

    pub fn outcome(&self, pod: &Pod) -> Outcome {
        let labelled = |(key, value, _): &&(String, String, Outcome)| pod.labels().get(key) == Some(value);
        let by_name = self.names.get(&pod.name_any()).copied();
        by_name.or_else(|| Some(self.labels.iter().rev().find(labelled)?.2)).unwrap_or(self.default)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_name_precedes_the_last_label_and_a_label_the_default() {
        let pod = json!({"metadata": {"name": "web-1", "labels": {"component": "web", "app": "letters"}}});
        let pod: Pod = serde_json::from_value(pod).unwrap();
        let mut script = Script::default();
        assert_eq!(script.outcome(&pod), Outcome::Ready);
        script.by_default(Outcome::Stuck);
        assert_eq!(script.outcome(&pod), Outcome::Stuck);
        script.by_label("component", "web", Outcome::Unready);
        script.by_label("component", "database", Outcome::Crashing);
        assert_eq!(script.outcome(&pod), Outcome::Unready);
        script.by_label("app", "letters", Outcome::Crashing);
        assert_eq!(script.outcome(&pod), Outcome::Crashing);
        script.by_name("web-1", Outcome::Failed);
        assert_eq!(script.outcome(&pod), Outcome::Failed);
        script.forget("web-1");
        assert_eq!(script.outcome(&pod), Outcome::Crashing);
    }
}
