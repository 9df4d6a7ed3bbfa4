//! Kubeconfig files for the users of a cluster.

use std::path::Path;

use kube::config::Kubeconfig;
use serde_json::json;

use crate::certs::{CertError, KeyPair, write_private};

/// A kubeconfig that contains its certificates, so that the file works wherever it is moved.
///
/// `name` names its cluster, user and context; `server` is the URL of the API server; `ca` is the certificate, PEM, of
/// the authority that has issued the server's.
///
/// # Panics
/// Never: the value it makes has the shape of a kubeconfig.
#[must_use]
pub fn kubeconfig(name: &str, server: &str, ca: &str, user: &KeyPair) -> Kubeconfig {
    let base64 = |text: &str| k8s_openapi::ByteString(text.as_bytes().to_vec());
    let config = json!({
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": name, "cluster": {"server": server, "certificate-authority-data": base64(ca)}}],
        "users": [{"name": name, "user": {
            "client-certificate-data": base64(&user.certificate),
            "client-key-data": base64(&user.key),
        }}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
        "current-context": name,
    });
    serde_json::from_value(config).expect("the value has the shape of a kubeconfig")
}

/// Writes `config` to `path` as JSON, which every reader of a kubeconfig takes as YAML. Only the owner can read it.
///
/// # Errors
/// [`CertError::Write`].
///
/// # Panics
/// Never: a kubeconfig can always be serialised.
pub fn write(path: &Path, config: &Kubeconfig) -> Result<(), CertError> {
    let text = serde_json::to_string_pretty(config).expect("a kubeconfig can be serialised");
    write_private(path, &text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_written_kubeconfig_is_read_back_and_private() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("admin.kubeconfig");
        let user = KeyPair { certificate: "certificate".into(), key: "key".into() };
        write(&path, &kubeconfig("devcluster", "https://127.0.0.1:6443", "ca", &user)).unwrap();
        let read = Kubeconfig::read_from(&path).unwrap();
        assert_eq!(read.current_context.as_deref(), Some("devcluster"));
        let cluster = read.clusters[0].cluster.as_ref().unwrap();
        assert_eq!(cluster.server.as_deref(), Some("https://127.0.0.1:6443"));
        assert_eq!(cluster.certificate_authority_data.as_deref(), Some("Y2E="));
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
}
