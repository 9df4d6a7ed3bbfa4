//! Writes the manifests under `config/` from the types of this program, so that nothing is stated twice.

mod chart;
pub mod health;
mod install;
pub mod monitoring;
mod policy;
mod quota;
mod rbac;
mod samples;
pub(crate) mod yaml;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use yaml::{HEADER, document, kustomization};

/// The namespace of the installation in `namespaced/` that this repository holds: that of the samples.
pub use samples::LETTERS as SAMPLE_NAMESPACE;

/// Writes the manifests below `folder`; those in `namespaced/` are for `namespaces`.
///
/// # Errors
/// When a file or folder cannot be written.
pub fn write(folder: &Path, namespaces: &[String]) -> std::io::Result<()> {
    for (path, text) in files(namespaces) {
        let path = folder.join(path);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(path, text)?;
    }
    Ok(())
}

/// Every file with its path below `config/`, with an installation for `namespaces`.
#[must_use]
pub fn files(namespaces: &[String]) -> BTreeMap<PathBuf, String> {
    let [app, request] = install::definitions();
    let files = [
        ("crd/coverletterapps.yaml", document(&app)),
        ("crd/coverletterrequests.yaml", document(&request)),
        ("crd/kustomization.yaml", kustomization(&["coverletterapps.yaml", "coverletterrequests.yaml"])),
        ("rbac/operator.yaml", rbac::operator()),
        ("rbac/kustomization.yaml", kustomization(&["operator.yaml"])),
        ("admission/claim-policy.yaml", policy::claims()),
        ("admission/lease-policy.yaml", policy::leases()),
        ("admission/kustomization.yaml", kustomization(&["claim-policy.yaml", "lease-policy.yaml"])),
        ("argocd/argocd-cm.yaml", health::argo()),
        ("operator/namespace.yaml", document(&install::namespace())),
        ("operator/deployment.yaml", document(&install::deployment())),
        ("operator/disruption-budget.yaml", document(&install::disruption_budget())),
        ("operator/network-policy.yaml", document(&install::network_policy())),
        ("operator/service.yaml", document(&install::service())),
        (
            "operator/kustomization.yaml",
            kustomization(&[
                "namespace.yaml",
                "deployment.yaml",
                "disruption-budget.yaml",
                "network-policy.yaml",
                "service.yaml",
            ]),
        ),
        ("quota/resource-quota.yaml", document(&quota::requests())),
        ("quota/kustomization.yaml", kustomization(&["resource-quota.yaml"])),
        ("samples/coverletterapp.yaml", samples::app()),
        ("samples/coverletterapp-huggingface.yaml", samples::hugging_face_app()),
        ("samples/coverletterapp-mlflow.yaml", samples::mlflow_app()),
        ("samples/coverletterapp-server.yaml", samples::server_app()),
        ("samples/coverletterrequest.yaml", samples::request()),
        ("samples/kustomization.yaml", kustomization(&["coverletterapp.yaml", "coverletterrequest.yaml"])),
        ("default/kustomization.yaml", install::everything()),
        ("namespaced/roles.yaml", rbac::namespaced(namespaces)),
        ("namespaced/kustomization.yaml", install::namespaced(namespaces)),
    ];
    let files = files.map(|(path, text)| (path, format!("{HEADER}{text}")));
    files
        .into_iter()
        .chain(monitoring::files())
        .chain(chart::files())
        .map(|(path, text)| (PathBuf::from(path), text))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{SAMPLE_NAMESPACE, files};

    #[test]
    fn manifests_are_fresh() {
        let config = Path::new(env!("CARGO_MANIFEST_DIR")).join("../config");
        for (path, expected) in files(&[SAMPLE_NAMESPACE.to_owned()]) {
            let actual = std::fs::read_to_string(config.join(&path)).unwrap_or_default();
            assert!(actual == expected, "config/{} is stale: run `cargo xtask generate`", path.display());
        }
    }
}
