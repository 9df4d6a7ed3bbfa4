//! Manifests as YAML.

use serde::Serialize;

/// Between two documents of one file.
pub const BREAK: &str = "---\n";

/// One object as a YAML document.
pub fn document(object: &impl Serialize) -> String {
    // Nothing is wrapped: a long rule stays on one line, where a search finds it.
    let options = serde_saphyr::ser_options! { folded_wrap_chars: usize::MAX };
    serde_saphyr::to_string_with_options(object, options).expect("Kubernetes types are YAML")
}

/// A kustomization of these files and folders.
pub fn kustomization(resources: &[&str]) -> String {
    let resources: Vec<_> = resources.iter().map(|resource| format!("- {resource}\n")).collect();
    format!("apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n{}", resources.concat())
}
