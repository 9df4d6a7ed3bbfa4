//! Which changes of a status are worth an Event.

use crds::app::{CoverLetterAppStatus, conditions};
use crds::condition::{find, is_true};
use crds::reason::AppReason;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;

/// An Event about an app, for the people who run it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct News {
    /// Whether a person should do something about it.
    pub is_warning: bool,
    /// Reason, one CamelCase word.
    pub reason: String,
    /// What the operator was doing, one CamelCase word.
    pub action: &'static str,
    /// One sentence.
    pub note: String,
}

/// The news between two statuses of one app.
#[must_use]
pub fn news(old: &CoverLetterAppStatus, new: &CoverLetterAppStatus) -> Vec<News> {
    let mut news = Vec::new();
    let changed = |type_: &str| -> Option<Condition> {
        let (before, after) = (find(&old.conditions, type_), find(&new.conditions, type_)?);
        let same = before.is_some_and(|before| before.status == after.status && before.reason == after.reason);
        (!same).then(|| after.clone())
    };
    if let Some(ready) = changed(conditions::READY) {
        // A new app is not ready for a while, which is no reason for concern.
        let was_ready = is_true(&old.conditions, conditions::READY);
        let is_warning = ready.status == "False" && (was_ready || is_true(&new.conditions, conditions::STALLED));
        news.push(News { is_warning, reason: ready.reason, action: "Reconcile", note: ready.message });
    }
    if let Some(backup) = changed(conditions::BACKED_UP).filter(|it| it.status != "Unknown") {
        let is_warning = backup.status == "False";
        news.push(News { is_warning, reason: backup.reason, action: "BackUp", note: backup.message });
    }
    if let Some(restored) = changed(conditions::RESTORED).filter(|it| it.status != "Unknown") {
        let is_warning = restored.status == "False";
        news.push(News { is_warning, reason: restored.reason, action: "Restore", note: restored.message });
    }
    let rotated = changed(conditions::SECRETS_ROTATED).filter(|it| it.reason != AppReason::Rotating.as_str());
    if let Some(rotated) = rotated {
        let is_warning = rotated.status == "False";
        news.push(News { is_warning, reason: rotated.reason, action: "Rotate", note: rotated.message });
    }
    let was_known = find(&old.conditions, conditions::PAUSED).is_some();
    if let Some(paused) = changed(conditions::PAUSED).filter(|paused| was_known || paused.status == "True") {
        news.push(News { is_warning: false, reason: paused.reason, action: "Pause", note: paused.message });
    }
    let replicas = |status: &CoverLetterAppStatus| status.scaling.as_ref().map(|scaling| scaling.desired_replicas);
    if let (Some(before), Some(after), Some(scaling)) = (replicas(old), replicas(new), &new.scaling)
        && before != after
    {
        let note = format!("Scaled inference from {before} to {after}: {}", scaling.reason);
        news.push(News { is_warning: false, reason: "Scaled".to_owned(), action: "Scale", note });
    }
    news
}
