//! `backup`: shows backups, or makes one and says how it ended.

use std::time::Duration;

use anyhow::{Context as _, bail};
use crds::CoverLetterApp;
use crds::advice::advice;
use crds::names::Component;
use crds::reason::AppReason;
use jiff::Timestamp;
use k8s_openapi::api::batch::v1::{CronJob, Job};
use k8s_openapi::api::core::v1::Pod;
use kube::ResourceExt as _;
use serde_json::json;
use tokio::time::Instant;

use crate::arguments::{Backup, Deed, Output};
use crate::connection::Connection;
use crate::dumps::{Dump, dumps, of_pod};
use crate::speaker::speakers;
use crate::table::table;
use crate::words::{age, size};
use crate::{job, terminal};

/// How often the Job is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Does it. `false` for a backup that was not made.
///
/// # Errors
/// When there is no such app, it has no backups, or a right is missing.
pub async fn run(connection: &Connection, wanted: &Backup, output: Option<Output>) -> anyhow::Result<bool> {
    let app = chosen(connection.list("").await?, wanted.app.as_deref())?;
    match wanted.deed {
        Deed::List => list(connection, &app, output).await.map(|()| true),
        Deed::Now => now(connection, &app, Duration::from_secs(wanted.timeout), output).await,
    }
}

fn chosen(mut apps: Vec<CoverLetterApp>, name: Option<&str>) -> anyhow::Result<CoverLetterApp> {
    apps.retain(|app| name.is_none_or(|name| app.name_any() == name));
    let names: Vec<_> = apps.iter().map(|app| format!("`{}`", app.name_any())).collect();
    match (apps.pop(), names.len()) {
        (Some(app), 1) => Ok(app),
        (None, _) => bail!("there is no such CoverLetterApp here"),
        (Some(_), _) => bail!("which app: {}?", names.join(", ")),
    }
}

async fn list(connection: &Connection, app: &CoverLetterApp, output: Option<Output>) -> anyhow::Result<()> {
    let labels = format!("app.kubernetes.io/component={}", Component::Backup.label());
    let dumps = dumps(app, &connection.list::<Pod>(&labels).await?);
    if output.is_some() {
        return terminal::print_json(&dumps);
    }
    if dumps.is_empty() {
        return terminal::print("No backup is known. `kubectl coverletter backup now` makes one.\n");
    }
    let now = Timestamp::now();
    let cell = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
    let rows = dumps.into_iter().map(|dump| {
        let age = dump.time.map(|time| age(time, now));
        [cell(dump.name), cell(age), cell(dump.bytes.map(size)), cell(dump.job), dump.result]
    });
    let text = table(["NAME", "AGE", "SIZE", "JOB", "RESULT"], &rows.collect::<Vec<_>>(), "");
    let kept = app.status.as_ref().and_then(|status| status.backup.as_ref()?.kept);
    let kept = kept.map(|kept| format!("\n{kept} are kept on the volume; pods and Jobs of older ones are gone.\n"));
    terminal::print(&format!("{text}{}", kept.unwrap_or_default()))
}

async fn now(
    connection: &Connection,
    app: &CoverLetterApp,
    patience: Duration,
    output: Option<Output>,
) -> anyhow::Result<bool> {
    let namespace = app.namespace().context("an app has a namespace")?;
    let name = Component::Backup.object_name(&app.name_any());
    let Some(template) = connection.get::<CronJob>(&namespace, &name).await? else {
        bail!("`{}` has no backups: set `spec.database.managed.backup` (docs/backups.md)", app.name_any());
    };
    let job = job::start(connection, &namespace, &template).await?.name_any();
    terminal::complain(&format!("Job {job} makes a backup and restores it to prove it"));
    let Some(ended) = awaited(connection, &namespace, &job, patience).await? else {
        let pods: Vec<Pod> = connection.list(&format!("batch.kubernetes.io/job-name={job}")).await?;
        let waits = speakers(&pods).into_iter().find_map(|speaker| speaker.silent);
        let waits = waits.map(|why| format!(": {why}")).unwrap_or_default();
        bail!("Job {job} has not ended after {} s{waits}; it goes on", patience.as_secs());
    };
    let pods: Vec<Pod> = connection.list(&format!("batch.kubernetes.io/job-name={job}")).await?;
    let made = pods.iter().filter_map(of_pod).max_by_key(|dump| (dump.name.is_some() == ended, dump.time));
    if output.is_some() {
        terminal::print_json(&json!({"job": job, "succeeded": ended, "backup": made}))?;
        return Ok(ended);
    }
    terminal::print(&outcome(&job, ended, made.as_ref()))?;
    Ok(ended)
}

fn outcome(job: &str, succeeded: bool, made: Option<&Dump>) -> String {
    let result = made.map_or("its pods are gone", |dump| dump.result.as_str());
    if succeeded {
        let name = made.and_then(|dump| dump.name.clone()).unwrap_or_else(|| job.to_owned());
        let bytes = made.and_then(|dump| dump.bytes).map(|bytes| format!(", {}", size(bytes)));
        return format!("Backup {name}{}: {result}.\n", bytes.unwrap_or_default());
    }
    let do_ = advice(AppReason::BackupFailed).map_or("", |advice| advice.do_);
    format!("Job {job} made no backup: {result}\n  do {do_}\n")
}

/// Whether the Job succeeded; `None` when it has not ended in time.
async fn awaited(
    connection: &Connection,
    namespace: &str,
    name: &str,
    patience: Duration,
) -> anyhow::Result<Option<bool>> {
    let deadline = Instant::now() + patience;
    let mut look = tokio::time::interval(LOOK_EVERY);
    while Instant::now() < deadline {
        look.tick().await;
        let job: Job = connection.get(namespace, name).await?.with_context(|| format!("Job {name} was deleted"))?;
        let conditions = job.status.and_then(|status| status.conditions).unwrap_or_default();
        let holds = |type_: &str| conditions.iter().any(|it| it.type_ == type_ && it.status == "True");
        if holds("Complete") || holds("Failed") {
            return Ok(Some(holds("Complete")));
        }
    }
    Ok(None)
}
