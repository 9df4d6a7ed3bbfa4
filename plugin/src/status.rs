//! `status`: every app, or one.

use anyhow::bail;
use crds::CoverLetterApp;
use crds::names::dispatcher_lease;
use jiff::Timestamp;
use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::api::core::v1::Pod;
use kube::ResourceExt as _;
use serde_json::json;

use crate::arguments::Output;
use crate::connection::{AskError, Connection};
use crate::health::health;
use crate::rights::Right;
use crate::sheet::sheet;
use crate::terminal;

/// Label of all pods of all apps.
const OF_APPS: &str = "app.kubernetes.io/managed-by=coverletter-operator";

/// Shows the apps.
///
/// # Errors
/// When apps cannot be listed, or there is none of this name.
pub async fn run(connection: &Connection, name: Option<&str>, output: Option<Output>) -> anyhow::Result<()> {
    let mut apps: Vec<CoverLetterApp> = connection.list("").await?;
    apps.retain(|app| name.is_none_or(|name| app.name_any() == name));
    let place = connection.namespace().map_or_else(|| "any namespace".to_owned(), |name| format!("namespace `{name}`"));
    match (apps.is_empty(), name) {
        (true, Some(name)) => bail!("there is no CoverLetterApp `{name}` in {place}"),
        (true, None) if output.is_none() => {
            return terminal::print(&format!("There is no CoverLetterApp in {place}. `-A` looks in all namespaces.\n"));
        }
        _ => {}
    }
    let mut missing = Vec::new();
    let pods = permitted(connection.list::<Pod>(OF_APPS).await, &mut missing)?;
    let now = Timestamp::now();
    let mut told = Vec::new();
    for app in &apps {
        let namespace = app.namespace().unwrap_or_default();
        let lease = connection.get::<Lease>(&namespace, &dispatcher_lease(&app.name_any())).await;
        let lease = permitted(lease, &mut missing)?;
        told.push(health(app, pods.as_deref(), lease.as_ref().map(Option::as_ref), now));
    }
    missing.sort();
    missing.dedup();
    match output {
        Some(Output::Json) => terminal::print_json(&json!({"apps": told, "missingRights": missing})),
        None => terminal::print(&sheet(&told, &missing, terminal::style(), now)),
    }
}

/// The answer, or `None` where a right is missing, which is remembered.
///
/// # Errors
/// When there is no answer for another reason.
pub fn permitted<T>(answer: Result<T, AskError>, missing: &mut Vec<Right>) -> Result<Option<T>, AskError> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(AskError::Forbidden(right)) => {
            missing.push(right);
            Ok(None)
        }
        Err(error) => Err(error),
    }
}
