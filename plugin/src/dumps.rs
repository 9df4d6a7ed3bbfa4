//! Backups, as the pods that made them report them.

use crds::CoverLetterApp;
use crds::names::INSTANCE_LABEL;
use jiff::Timestamp;
use k8s_openapi::api::core::v1::Pod;
use kube::ResourceExt as _;
use serde::{Deserialize, Serialize};

/// A backup, or the attempt to make one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Dump {
    /// Its name, for `restoreFrom`; `None` for one that was not made.
    pub name: Option<String>,
    /// When it was finished.
    pub time: Option<Timestamp>,
    /// Its size.
    pub bytes: Option<i64>,
    /// What became of it, in words.
    pub result: String,
    /// The Job that made it, while there is one.
    pub job: Option<String>,
}

/// What a pod leaves that made a backup.
#[derive(Deserialize)]
struct Report {
    name: String,
    bytes: i64,
    kept: i32,
}

/// The backups of `app` that the cluster knows of, the newest first.
#[must_use]
pub fn dumps(app: &CoverLetterApp, pods: &[Pod]) -> Vec<Dump> {
    let own = pods.iter().filter(|pod| pod.labels().get(INSTANCE_LABEL) == app.metadata.name.as_ref());
    let mut dumps: Vec<_> = own.filter_map(of_pod).collect();
    let last = app.status.as_ref().and_then(|status| status.backup.as_ref());
    if let Some(last) = last.filter(|last| dumps.iter().all(|dump| dump.name != last.name)) {
        dumps.push(Dump {
            name: last.name.clone(),
            time: last.time.as_ref().map(|time| time.0),
            bytes: last.bytes,
            result: "restored to prove it".to_owned(),
            job: None,
        });
    }
    dumps.sort_by_key(|dump| std::cmp::Reverse(dump.time));
    dumps
}

/// What the pod of a backup says about it; `None` while it runs.
#[must_use]
pub fn of_pod(pod: &Pod) -> Option<Dump> {
    let statuses = pod.status.as_ref()?.container_statuses.as_ref()?;
    let ended = statuses.iter().find_map(|status| status.state.as_ref()?.terminated.as_ref())?;
    let words = ended.message.as_deref().unwrap_or_default().trim();
    let report = (ended.exit_code == 0).then(|| serde_json::from_str::<Report>(words).ok()).flatten();
    let job = pod.labels().get("batch.kubernetes.io/job-name").cloned();
    let time = ended.finished_at.as_ref().map(|time| time.0);
    Some(if let Some(Report { name, bytes, kept }) = report {
        let result = format!("restored to prove it; {kept} kept then");
        Dump { name: Some(name), time, bytes: Some(bytes), result, job }
    } else {
        let said = if words.is_empty() { ended.reason.as_deref().unwrap_or("no reason given") } else { words };
        let what = if ended.exit_code == 0 { "ended without a report" } else { "failed" };
        Dump { name: None, time, bytes: None, result: format!("{what}: {said}"), job }
    })
}
