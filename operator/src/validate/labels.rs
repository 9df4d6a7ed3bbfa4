//! Labels that people give to pods, and labels of nodes.
//! <https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set>

use std::collections::BTreeMap;

use super::violation::Violations;

/// Longest label value, and longest part of a key behind its `/`.
const PART_MAX: usize = 63;
/// Longest part of a key before its `/`: a DNS name.
const PREFIX_MAX: usize = 253;

/// Labels that the API server accepts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Labels(BTreeMap<String, String>);

impl Labels {
    /// `None` when a key or a value is not valid; `field` is where the labels stand in the spec.
    pub(super) fn parse(labels: &BTreeMap<String, String>, field: &str, violations: &mut Violations) -> Option<Self> {
        let invalid: Vec<_> = labels.iter().filter(|(key, value)| !is_key(key) || !is_value(value)).collect();
        for (key, value) in &invalid {
            violations.add(format!("`{field}` must hold valid labels, not `{key}: {value}`"));
        }
        invalid.is_empty().then(|| Self(labels.clone()))
    }

    /// The labels as an object has them.
    #[must_use]
    pub fn to_map(&self) -> BTreeMap<String, String> {
        self.0.clone()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Whether `key` can be the key of a label, an annotation, a taint or a resource: a name with or without a DNS prefix.
pub(super) fn is_key(key: &str) -> bool {
    let (prefix, name) = key.rsplit_once('/').map_or((None, key), |(prefix, name)| (Some(prefix), name));
    !name.is_empty() && is_value(name) && prefix.is_none_or(is_dns_name)
}

/// Whether `value` can be the value of a label or a taint.
pub(super) fn is_value(value: &str) -> bool {
    let is_end = |byte: Option<&u8>| byte.is_none_or(u8::is_ascii_alphanumeric);
    let bytes = value.as_bytes();
    bytes.len() <= PART_MAX
        && is_end(bytes.first())
        && is_end(bytes.last())
        && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(byte))
}

fn is_dns_name(name: &str) -> bool {
    let is_end = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    let is_inner = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'-';
    name.len() <= PREFIX_MAX
        && name
            .as_bytes()
            .split(|byte| *byte == b'.')
            .all(|part| is_end(part.first()) && is_end(part.last()) && part.iter().all(is_inner))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_values_follow_the_rules_of_kubernetes() {
        for key in ["team", "example.org/team", "app.kubernetes.io/part-of", "A_b.c-1"] {
            assert!(is_key(key), "{key}");
        }
        for key in ["", "/team", "example.org/", "Example.org/team", "a b", "-a", "a/b/c", "x..y/team"] {
            assert!(!is_key(key), "{key}");
        }
        for value in ["", "careers", "2024.1_b"] {
            assert!(is_value(value), "{value}");
        }
        for value in ["a b", "a/b", "-a", "ä", &"a".repeat(64)] {
            assert!(!is_value(value), "{value}");
        }
    }
}
