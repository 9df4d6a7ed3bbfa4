//! A right that the user lacks, as a sentence.

use std::fmt;

use kube::Resource;
use serde::Serialize;

/// One verb on one kind, in one namespace or in all.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Right {
    /// Verb of RBAC.
    pub verb: &'static str,
    /// Kind as RBAC names it, with its group: `pods`, `pods/log`, `jobs.batch`.
    pub resource: String,
    /// `None` for all namespaces.
    pub namespace: Option<String>,
}

impl Right {
    /// The right to do `verb` with objects of kind `K`, or with a part of them such as `log`.
    #[must_use]
    pub fn to<K: Resource<DynamicType = ()>>(verb: &'static str, part: Option<&str>, namespace: Option<&str>) -> Self {
        let (plural, group) = (K::plural(&()), K::group(&()));
        let mut resource = if group.is_empty() { plural.into_owned() } else { format!("{plural}.{group}") };
        if let Some(part) = part {
            resource = format!("{resource}/{part}");
        }
        Self { verb, resource, namespace: namespace.map(str::to_owned) }
    }
}

impl fmt::Display for Right {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { verb, resource, namespace } = self;
        let (place, flag) = match namespace {
            Some(name) => (format!("in namespace `{name}`"), format!("-n {name}")),
            None => ("in all namespaces".to_owned(), "-A".to_owned()),
        };
        write!(f, "you lack the right to {verb} {resource} {place} (`kubectl auth can-i {verb} {resource} {flag}`)")
    }
}

#[cfg(test)]
mod tests {
    use super::Right;
    use k8s_openapi::api::batch::v1::Job;
    use k8s_openapi::api::core::v1::Pod;

    #[test]
    fn a_missing_right_is_named_with_the_command_that_asks_for_it() {
        let logs = Right::to::<Pod>("get", Some("log"), Some("letters"));
        let sentence =
            "you lack the right to get pods/log in namespace `letters` (`kubectl auth can-i get pods/log -n letters`)";
        assert_eq!(logs.to_string(), sentence);
        let jobs = Right::to::<Job>("list", None, None).to_string();
        assert!(jobs.contains("list jobs.batch in all namespaces") && jobs.contains("-A"), "{jobs}");
    }
}
