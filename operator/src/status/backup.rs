//! What an app's status says about backups of its database.

use crds::app::{BackupStatus, conditions};
use crds::condition::Statement;
use crds::names::Component;
use crds::reason::AppReason;
use jiff::{SignedDuration, Timestamp};
use k8s_openapi::api::batch::v1::{CronJob, Job};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

use super::availability::{concerns, introduction, statement, trouble};
use super::parts::Parts;
use crate::names;
use crate::observed::{PodFact, Report, Trouble};
use crate::validate::{Backup, Database, Managed, ValidatedApp};

/// How long a backup may take before it is overdue.
const PATIENCE: SignedDuration = SignedDuration::from_hours(1);

/// The last backup that succeeded. Its pod goes after a while; what it reported stays.
pub fn last(app: &ValidatedApp, parts: &Parts<'_>, old: Option<&BackupStatus>) -> Option<BackupStatus> {
    managed(app)?.backup.as_ref()?;
    let known = old.cloned().unwrap_or_default();
    let time = parts.applied.0.cron_job(&names::backup(&app.name)).and_then(last_success);
    let time = time.max(known.time.as_ref().map(|time| time.0));
    let reports = backup_pods(parts).filter_map(|pod| match pod.report.as_ref()? {
        Report::Backup { name, bytes, kept } => Some((name, *bytes, *kept)),
        Report::Restore { .. } => None,
    });
    // Names begin with the time.
    let newest = reports.max_by(|one, other| one.0.cmp(other.0));
    let newest = newest.filter(|(name, ..)| known.name.as_ref().is_none_or(|known| *name >= known));
    let status = newest.map_or(known, |(name, bytes, kept)| BackupStatus {
        time: None,
        name: Some(name.clone()),
        bytes: Some(bytes),
        kept: Some(kept),
    });
    Some(BackupStatus { time: time.map(Time), ..status }).filter(|status| *status != BackupStatus::default())
}

/// The conditions about backups, for an app that has them.
pub fn statements(app: &ValidatedApp, parts: &Parts<'_>, last: Option<&BackupStatus>) -> Vec<Statement> {
    let Some(database) = managed(app) else { return Vec::new() };
    let backed_up = database.backup.as_ref().map(|backup| backed_up(app, backup, parts, last));
    let restored = database.restores.as_ref().map(|name| restored(app, name, parts));
    backed_up.into_iter().chain(restored).collect()
}

fn managed(app: &ValidatedApp) -> Option<&Managed> {
    match &app.database {
        Database::Managed(database) => Some(database),
        Database::External(_) => None,
    }
}

fn backed_up(app: &ValidatedApp, backup: &Backup, parts: &Parts<'_>, last: Option<&BackupStatus>) -> Statement {
    let told = |status, reason, message: &str| statement(conditions::BACKED_UP, status, reason, message);
    let refusals: Vec<_> = parts.refusals.iter().filter(|refusal| concerns(app, refusal, Component::Backup)).collect();
    if let Some(first) = refusals.first() {
        let messages: Vec<_> = refusals.iter().map(|refusal| refusal.message.as_str()).collect();
        return told(false, first.reason, &messages.join(" "));
    }
    let cron_job = parts.applied.0.cron_job(&names::backup(&app.name));
    let success = last.and_then(|last| last.time.as_ref()).map(|time| time.0);
    let before = success.map_or_else(
        || "No backup has succeeded yet.".to_owned(),
        |time| format!("The last one that succeeded is of {time}."),
    );
    if let Some(failed) = last_failure(parts).filter(|failed| Some(*failed) > success) {
        let words = words_of_failure(parts).unwrap_or_else(|| "see the log of its pods".to_owned());
        let message = format!("The backup of {failed} failed: {words}. {before} {}", by_hand(app));
        return told(false, AppReason::BackupFailed, &message);
    }
    let hindered = trouble(parts.observed, Some(Component::Backup)).map(hindrance).unwrap_or_default();
    if backup.is_suspended {
        return told(
            false,
            AppReason::BackupSuspended,
            &format!("`backup.suspend` is set: no backups are made. {before}"),
        );
    }
    if let Some(due) = cron_job.and_then(|cron_job| overdue(backup, cron_job, success, parts.now)) {
        let message = format!("A backup was due at {due} and is not there.{hindered} {before} {}", by_hand(app));
        return told(false, AppReason::BackupOverdue, &message);
    }
    match (success, last.and_then(|last| last.name.as_ref())) {
        (Some(time), Some(name)) => {
            told(true, AppReason::BackedUp, &format!("Backup {name} was finished at {time} and restored to prove it."))
        }
        (Some(time), None) => told(true, AppReason::BackedUp, &format!("The last backup was finished at {time}.")),
        (None, _) => {
            let message = format!("No backup has been made yet.{hindered} {}", by_hand(app));
            Statement { status: None, ..told(false, AppReason::BackupPending, &message) }
        }
    }
}

/// The time at which a backup was due that is not there, after some patience.
fn overdue(backup: &Backup, cron_job: &CronJob, success: Option<Timestamp>, now: Timestamp) -> Option<Timestamp> {
    let due = backup.schedule.last_due(now.checked_sub(PATIENCE).ok()?)?;
    let known_since = cron_job.metadata.creation_timestamp.as_ref()?.0;
    (due > known_since && success.is_none_or(|success| success < due)).then_some(due)
}

fn restored(app: &ValidatedApp, name: &str, parts: &Parts<'_>) -> Statement {
    let told = |status, reason, message: &str| statement(conditions::RESTORED, status, reason, message);
    let pods = parts.observed.pods.iter().filter(|pod| pod.component == Component::Database && !pod.ending);
    let mut pods = pods.peekable();
    let hindered = pods.peek().and_then(|pod| pod.trouble.as_ref()).map(hindrance).unwrap_or_default();
    let from = pods.find_map(|pod| match pod.report.as_ref()? {
        Report::Restore { restored } => Some(restored.as_str()),
        Report::Backup { .. } => None,
    });
    let again = format!(
        "To replace the database by the backup, and lose what it holds now, delete claim `{}` and pod `{}-0`.",
        names::database_claim(&app.name),
        names::database(&app.name),
    );
    match from {
        None => {
            let message = format!("The backup is not restored yet.{hindered}");
            Statement { status: None, ..told(false, AppReason::RestorePending, &message) }
        }
        Some("") => {
            let message = format!("The volume held a database already, so that nothing was restored over it. {again}");
            told(false, AppReason::NothingRestored, &message)
        }
        Some(from) if !name.is_empty() && name != from => {
            let message = format!("The volume holds the database that was restored from {from}. {again}");
            told(false, AppReason::NothingRestored, &message)
        }
        Some(from) => told(true, AppReason::Restored, &format!("The database was restored from backup {from}.")),
    }
}

fn hindrance(trouble: &Trouble) -> String {
    format!(" {}: {}.", introduction(trouble.reason), trouble.words)
}

fn by_hand(app: &ValidatedApp) -> String {
    let (name, namespace) = (names::backup(&app.name), &app.namespace);
    format!("`kubectl create job --from=cronjob/{name} {name}-now -n {namespace}` makes one at once.")
}

fn backup_pods<'a>(parts: &Parts<'a>) -> impl Iterator<Item = &'a PodFact> {
    parts.observed.pods.iter().filter(|pod| pod.component == Component::Backup)
}

fn last_success(cron_job: &CronJob) -> Option<Timestamp> {
    Some(cron_job.status.as_ref()?.last_successful_time.as_ref()?.0)
}

/// When the last backup failed that did.
fn last_failure(parts: &Parts<'_>) -> Option<Timestamp> {
    let failed = |job: &Job| {
        let conditions = job.status.as_ref()?.conditions.as_deref()?;
        let failed = conditions.iter().find(|condition| condition.type_ == "Failed" && condition.status == "True")?;
        Some(failed.last_transition_time.as_ref()?.0)
    };
    parts.observed.children.jobs().filter_map(failed).max()
}

/// What the newest pod said that failed.
fn words_of_failure(parts: &Parts<'_>) -> Option<String> {
    let failed = backup_pods(parts).filter(|pod| pod.trouble.is_some());
    failed.max_by_key(|pod| pod.created)?.trouble.as_ref().map(|trouble| trouble.words.clone())
}
