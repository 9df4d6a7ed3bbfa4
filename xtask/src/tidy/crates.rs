//! Which crate of the workspace depends on which: cargo holds the layers, this compares its manifests with the house.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::house::Crate;
use crate::shell::{command, output};

/// What cargo says of the workspace.
pub fn metadata() -> Result<Value> {
    let printed = output(command("cargo", ["metadata", "--no-deps", "--format-version", "1"]))?;
    serde_json::from_str(&printed).context("read what `cargo metadata` prints")
}

pub fn findings(metadata: &Value, house: &[Crate]) -> Vec<String> {
    let packages: Vec<&Value> = metadata["packages"].as_array().into_iter().flatten().collect();
    let names: BTreeSet<&str> = packages.iter().filter_map(|package| package["name"].as_str()).collect();
    let mut findings = Vec::new();
    for package in &packages {
        let name = package["name"].as_str().unwrap_or_default();
        let Some(of) = house.iter().find(|of| of.name == name) else {
            findings.push(format!("{name}/Cargo.toml: not in xtask/src/tidy/house.rs: say what it may depend on"));
            continue;
        };
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            let other = dependency["name"].as_str().unwrap_or_default();
            let is_for_tests = dependency["kind"] == "dev";
            let mut allowed = of.depends_on.split_whitespace();
            let mut allowed_in_tests = of.tests_depend_on.split_whitespace();
            let is_allowed = allowed.any(|it| it == other) || is_for_tests && allowed_in_tests.any(|it| it == other);
            if names.contains(other) && !is_allowed {
                let kind = if is_for_tests { "its tests" } else { "it" };
                findings.push(format!(
                    "{name}/Cargo.toml: depends on {other}: {kind} may depend on [{}]{}",
                    of.depends_on,
                    if is_for_tests { format!(" and [{}]", of.tests_depend_on) } else { String::new() }
                ));
            }
        }
    }
    let gone = house.iter().filter(|of| !names.contains(of.name));
    findings
        .extend(gone.map(|of| format!("xtask/src/tidy/house.rs: no crate `{}`: take it out or correct it", of.name)));
    findings
}
