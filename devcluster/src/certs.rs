//! Certificates and keys of a cluster.
//!
//! There are two authorities: one for the API server, the kubelet and every user, and one for the front proxy, whose
//! client may make requests in the name of other users.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyUsagePurpose, date_time_ymd,
};

/// The address of the `kubernetes` Service in every cluster of ours: the first of the Service range.
pub const KUBERNETES_SERVICE_IP: &str = "10.96.0.1";
/// The group whose members may do everything.
pub const ADMINISTRATORS: &str = "system:masters";
/// The user as which the API server calls kubelets.
pub const API_SERVER_AT_KUBELET: &str = "apiserver-kubelet";

/// Why there are no certificates.
#[derive(Debug, thiserror::Error)]
pub enum CertError {
    /// A key or certificate could not be made, for example because a name in it is not allowed.
    #[error("failed to make the certificate `{name}`")]
    Make {
        /// The name of its file without the extension.
        name: String,
        /// Why.
        #[source]
        source: rcgen::Error,
    },
    /// A file that is there could not be read.
    #[error("failed to read `{}`", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A file could not be written.
    #[error("failed to write `{}`", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

/// A certificate and its key, both PEM.
#[derive(Clone)]
pub struct KeyPair {
    /// The certificate, PEM.
    pub certificate: String,
    /// The private key, PKCS #8 in PEM.
    pub key: String,
}

/// The certificates and keys of one cluster in a folder, and the authority to issue more.
///
/// [`Pki::create`] writes `ca`, `front-proxy-ca`, `apiserver`, `apiserver-kubelet-client` and `front-proxy-client`, each
/// as `<name>.crt` and `<name>.key`, and `sa.key` and `sa.pub` for service-account tokens.
pub struct Pki {
    folder: PathBuf,
    ca: Authority,
}

impl Pki {
    /// Makes the authorities, the API server's certificates and the service-account key in `folder`. Authorities and
    /// service-account key that are there stay: what they signed before remains valid.
    ///
    /// `addresses` are further host names and IP addresses of the API server, besides 127.0.0.1, `localhost` and its
    /// names inside the cluster.
    ///
    /// # Errors
    /// [`CertError`] when an address is no host name or a file cannot be written.
    pub fn create(folder: &Path, addresses: &[&str]) -> Result<Self, CertError> {
        fs::create_dir_all(folder).map_err(|source| CertError::Write { path: folder.to_owned(), source })?;
        let pki = Self { folder: folder.to_owned(), ca: Authority::ensure(folder, "ca")? };
        let front_proxy = Authority::ensure(folder, "front-proxy-ca")?;
        pki.write("front-proxy-client", &front_proxy.issue("front-proxy-client", "front-proxy", None, &[])?)?;

        let mut names = vec!["localhost", "127.0.0.1", KUBERNETES_SERVICE_IP];
        names.extend(["kubernetes", "kubernetes.default", "kubernetes.default.svc"]);
        names.push("kubernetes.default.svc.cluster.local");
        names.extend(addresses);
        pki.issue("apiserver", "kube-apiserver", None, &names)?;
        pki.issue("apiserver-kubelet-client", API_SERVER_AT_KUBELET, None, &[])?;

        let tokens = ensure_key(&pki.path("sa.key"), "sa")?;
        write_private(&pki.path("sa.pub"), &tokens.public_key_pem())?;
        Ok(pki)
    }

    /// Issues `<name>.crt` and `<name>.key` for `user` as a member of `group`. With `addresses`, host names and IP
    /// addresses, the certificate is valid for a server too.
    ///
    /// # Errors
    /// [`CertError`] when an address is no host name or a file cannot be written.
    pub fn issue(&self, name: &str, user: &str, group: Option<&str>, addresses: &[&str]) -> Result<KeyPair, CertError> {
        let pair = self.ca.issue(name, user, group, addresses)?;
        self.write(name, &pair)?;
        Ok(pair)
    }

    /// The certificate of the cluster's authority, PEM.
    #[must_use]
    pub fn ca(&self) -> &str {
        &self.ca.files.certificate
    }

    /// The path of a file, for example `apiserver.crt`.
    #[must_use]
    pub fn path(&self, file: &str) -> PathBuf {
        self.folder.join(file)
    }

    fn write(&self, name: &str, pair: &KeyPair) -> Result<(), CertError> {
        write_private(&self.path(&format!("{name}.crt")), &pair.certificate)?;
        write_private(&self.path(&format!("{name}.key")), &pair.key)
    }
}

/// Writes `text` to `path`, readable by its owner only.
///
/// # Errors
/// [`CertError::Write`].
pub fn write_private(path: &Path, text: &str) -> Result<(), CertError> {
    let write = || {
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
        file.write_all(text.as_bytes())
    };
    write().map_err(|source| CertError::Write { path: path.to_owned(), source })
}

struct Authority {
    files: KeyPair,
    issuer: Issuer<'static, rcgen::KeyPair>,
}

impl Authority {
    /// The authority in `folder`, made if it is not there.
    fn ensure(folder: &Path, name: &str) -> Result<Self, CertError> {
        let key = ensure_key(&folder.join(format!("{name}.key")), name)?;
        let mut params = params(name, None);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let certificate = ensure_file(&folder.join(format!("{name}.crt")), || {
            params.self_signed(&key).map(|certificate| certificate.pem()).map_err(in_making(name))
        })?;
        let files = KeyPair { certificate, key: key.serialize_pem() };
        Ok(Self { files, issuer: Issuer::new(params, key) })
    }

    fn issue(&self, name: &str, user: &str, group: Option<&str>, addresses: &[&str]) -> Result<KeyPair, CertError> {
        let key = new_key(name)?;
        let addresses: Vec<_> = addresses.iter().map(ToString::to_string).collect();
        let names = CertificateParams::new(addresses).map_err(in_making(name))?;
        let mut params = params(user, group);
        params.subject_alt_names = names.subject_alt_names;
        params.use_authority_key_identifier_extension = true;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        if !params.subject_alt_names.is_empty() {
            params.extended_key_usages.push(ExtendedKeyUsagePurpose::ServerAuth);
        }
        let certificate = params.signed_by(&key, &self.issuer).map_err(in_making(name))?;
        Ok(KeyPair { certificate: certificate.pem(), key: key.serialize_pem() })
    }
}

/// The parameters of every certificate. Kubernetes reads the user from the common name, the group from the organisation.
fn params(user: &str, group: Option<&str>) -> CertificateParams {
    let mut subject = DistinguishedName::new();
    if let Some(group) = group {
        subject.push(DnType::OrganizationName, group);
    }
    subject.push(DnType::CommonName, user);
    let mut params = CertificateParams::default();
    params.distinguished_name = subject;
    // Fixed dates are valid even where the machine's clock is wrong.
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(2120, 1, 1);
    params
}

fn new_key(name: &str) -> Result<rcgen::KeyPair, CertError> {
    rcgen::KeyPair::generate().map_err(in_making(name))
}

fn ensure_key(path: &Path, name: &str) -> Result<rcgen::KeyPair, CertError> {
    let key = ensure_file(path, || new_key(name).map(|key| key.serialize_pem()))?;
    rcgen::KeyPair::from_pem(&key).map_err(in_making(name))
}

/// The content of a private file, made if it is not there.
fn ensure_file(path: &Path, make: impl FnOnce() -> Result<String, CertError>) -> Result<String, CertError> {
    match fs::read_to_string(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let text = make()?;
            write_private(path, &text).map(|()| text)
        }
        text => text.map_err(|source| CertError::Read { path: path.to_owned(), source }),
    }
}

fn in_making(name: &str) -> impl FnOnce(rcgen::Error) -> CertError {
    let name = name.to_owned();
    move |source| CertError::Make { name, source }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn every_file_is_private_pem() {
        let folder = tempfile::tempdir().unwrap();
        let pki = Pki::create(folder.path(), &["192.0.2.77", "node"]).unwrap();
        pki.issue("admin", "admin", Some(ADMINISTRATORS), &[]).unwrap();
        let mut names = Vec::new();
        for entry in fs::read_dir(folder.path()).unwrap() {
            let entry = entry.unwrap();
            assert!(fs::read_to_string(entry.path()).unwrap().starts_with("-----BEGIN "));
            assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600);
            names.push(entry.file_name().into_string().unwrap());
        }
        assert_eq!(names.len(), 14, "{names:?}");
        assert_eq!(fs::read_to_string(pki.path("ca.crt")).unwrap(), pki.ca());
    }

    #[test]
    fn authorities_and_tokens_outlive_the_certificates_of_servers() {
        let folder = tempfile::tempdir().unwrap();
        let read = || {
            ["ca.crt", "ca.key", "front-proxy-ca.crt", "sa.key", "sa.pub", "apiserver.crt"]
                .map(|name| fs::read_to_string(folder.path().join(name)).unwrap())
        };
        Pki::create(folder.path(), &[]).unwrap();
        let first = read();
        Pki::create(folder.path(), &[]).unwrap();
        let second = read();
        assert_eq!(first[..5], second[..5]);
        assert_ne!(first[5], second[5]);
    }

    #[test]
    fn an_address_that_is_no_host_name_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let refused = Pki::create(folder.path(), &["nö such host"]);
        assert!(matches!(refused, Err(CertError::Make { name, .. }) if name == "apiserver"));
    }
}
