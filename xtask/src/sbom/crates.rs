//! The crates that the programs of the image are linked from.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::spdx::Part;

/// The programs of the image.
const PROGRAMS: [&str; 3] = ["operator", "webapp", "inference"];

/// What cargo's `metadata` says the programs need at run time, each with its checksum in Cargo.lock. Features are those of
/// the whole workspace, with which everything is built.
pub fn linked(metadata: &Value, lock: &str) -> Result<Vec<Part>> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let packages: BTreeMap<String, Value> =
        list(&metadata["packages"]).into_iter().map(|package| (text(&package["id"]), package)).collect();
    let nodes: BTreeMap<String, Value> =
        list(&metadata["resolve"]["nodes"]).into_iter().map(|node| (text(&node["id"]), node)).collect();
    let is_program = |package: &&Value| package["source"].is_null() && PROGRAMS.iter().any(|it| package["name"] == *it);
    let mut todo: Vec<String> = packages.values().filter(is_program).map(|package| text(&package["id"])).collect();
    anyhow::ensure!(todo.len() == PROGRAMS.len(), "cargo does not know all of {PROGRAMS:?}");
    let (mut seen, checksums) = (BTreeSet::new(), checksums(lock));
    let mut parts = Vec::new();
    while let Some(id) = todo.pop() {
        let package = packages.get(&id).with_context(|| format!("cargo does not describe {id}"))?;
        // Macros run in the compiler.
        let is_macro = list(&package["targets"]).iter().any(|target| target["kind"][0] == "proc-macro");
        if is_macro || !seen.insert(id.clone()) {
            continue;
        }
        let (name, version) = (text(&package["name"]), text(&package["version"]));
        let sha256 = checksums.get(&(name.clone(), version.clone())).cloned();
        let license = package["license"].as_str().map(|license| license.replace('/', " OR "));
        parts.push(Part::rust(&name, &version, !package["source"].is_null(), license, sha256));
        for dependency in list(&nodes.get(&id).with_context(|| format!("cargo does not resolve {id}"))?["deps"]) {
            if list(&dependency["dep_kinds"]).iter().any(|kind| kind["kind"].is_null()) {
                todo.push(text(&dependency["pkg"]));
            }
        }
    }
    Ok(parts)
}

/// Checksums by name and version.
fn checksums(lock: &str) -> BTreeMap<(String, String), String> {
    let mut found = BTreeMap::new();
    for package in lock.split("[[package]]") {
        let field = |name: &str| {
            let value = package.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(" = "));
            value.map(|value| value.trim_matches('"').to_owned())
        };
        if let (Some(name), Some(version), Some(checksum)) = (field("name"), field("version"), field("checksum")) {
            found.insert((name, version), checksum);
        }
    }
    found
}
