//! Bills of materials of the images, in SPDX: which crates the programs are linked from, which Debian packages and which
//! model are beside them. The same commit gives the same document.

mod crates;
mod spdx;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::cluster::devcluster;
use crate::shell::{command, output, root};
use spdx::Part;

/// Where pip finds the model beside the programs.
const MODELS: &str = "xtask/models/requirements.txt";

/// Writes the document of the image `reference` beside its archive. Only that of our own programs has crates and models.
pub fn write(reference: &str, archive: &str, is_ours: bool) -> Result<PathBuf> {
    let mut parts = debian(archive)?;
    if is_ours {
        parts.extend(crates::linked(&metadata()?, &fs::read_to_string(root().join("Cargo.lock"))?)?);
        parts.push(model(&fs::read_to_string(root().join(MODELS))?)?);
    }
    let path = Path::new(archive).with_extension("spdx.json");
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let document = spdx::document(reference, &name, &created(), &parts);
    fs::write(&path, serde_json::to_string_pretty(&document)? + "\n")?;
    Ok(path)
}

fn debian(archive: &str) -> Result<Vec<Part>> {
    let printed = output(devcluster(["image", "packages", archive]))?;
    let all: Vec<Value> = serde_json::from_str(&printed).context("read what devcluster says of an archive")?;
    let text = |package: &Value, field: &str| package[field].as_str().unwrap_or_default().to_owned();
    let parts = all
        .iter()
        .map(|package| Part::debian(&text(package, "name"), &text(package, "version"), &text(package, "architecture")));
    Ok(parts.collect())
}

/// What cargo makes of the manifests and Cargo.lock.
fn metadata() -> Result<Value> {
    let arguments = ["metadata", "--format-version=1", "--locked", "--filter-platform=x86_64-unknown-linux-gnu"];
    Ok(serde_json::from_str(&output(command("cargo", arguments))?)?)
}

/// The model that pip brings, by its pin.
fn model(requirements: &str) -> Result<Part> {
    let pin = requirements.lines().find_map(|line| line.split_whitespace().next()?.split_once("=="));
    let (name, version) = pin.context("no model is pinned")?;
    Ok(Part::model(name, version))
}

/// The time of the commit, which does not depend on when the document is written.
fn created() -> String {
    let mut git = command("git", ["log", "-1", "--format=%cd", "--date=format-local:%Y-%m-%dT%H:%M:%SZ"]);
    git.env("TZ", "UTC");
    output(git).ok().filter(|time| !time.is_empty()).unwrap_or_else(|| "1970-01-01T00:00:00Z".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bill_names_every_crate_that_is_linked_and_none_that_only_builds_or_tests() {
        let lock = fs::read_to_string(root().join("Cargo.lock")).unwrap();
        let metadata = metadata().unwrap();
        let parts = crates::linked(&metadata, &lock).unwrap();
        let named = |name: &str| parts.iter().filter(|part| part.name == name).count();
        for linked in ["tokio", "kube", "axum", "sqlx", "tokenizers", "operator", "letters", "cluster"] {
            assert!(named(linked) >= 1, "{linked} is missing");
        }
        for other in ["criterion", "proptest", "insta", "serde_derive", "cc", "xtask", "devcluster"] {
            assert_eq!(named(other), 0, "{other}");
        }
        let unknown: Vec<_> = parts.iter().filter(|part| part.is_foreign && part.sha256.is_none()).collect();
        assert!(parts.len() > 150 && unknown.is_empty(), "{unknown:?}");
        assert!(parts.iter().all(|part| !part.is_foreign || part.license.is_some()));
        let [one, two] = [(); 2].map(|()| {
            let parts = crates::linked(&metadata, &lock).unwrap();
            spdx::document("coverletter.dev/coverletter:1", "a.spdx.json", "2026-01-01T00:00:00Z", &parts).to_string()
        });
        assert!(one == two, "the same sources give another document");
    }

    #[test]
    fn the_model_is_named_by_its_pin() {
        let requirements = fs::read_to_string(root().join(MODELS)).unwrap();
        let model = model(&requirements).unwrap();
        assert!(requirements.contains(&format!("{}=={}", model.name, model.version)));
    }
}
