//! Writes what is generated from Rust.

use anyhow::Result;

use crate::shell::{command, run};

/// Custom resource definitions, RBAC, operator Deployment and samples under `config/`.
pub fn generate() -> Result<()> {
    run(command("cargo", ["run", "--release", "--quiet", "--package", "operator", "--", "generate", "--out", "config"]))
}
