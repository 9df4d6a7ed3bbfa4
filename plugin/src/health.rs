//! What is wrong with an app and what to do, as a pure function of what the cluster holds.

use crds::CoverLetterApp;
use crds::advice::advice;
use crds::app::conditions::{PAUSED, READY, RECONCILING, STALLED};
use crds::app::{BackupStatus, ModelStatus, QueueStatus};
use crds::condition::is_true;
use crds::names::{COMPONENT_LABEL, Component, INSTANCE_LABEL};
use crds::reason::AppReason;
use jiff::Timestamp;
use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::api::core::v1::Pod;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use kube::ResourceExt as _;
use serde::Serialize;

/// The operator renews its Lease of an app every three seconds. The rest is for clocks that differ.
const AWAY_AFTER_SECONDS: i64 = 60;

/// An app on one screen.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Health {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Whether the condition Ready is true, for the present spec.
    pub ready: bool,
    /// What is not as it should be.
    pub problems: Vec<Problem>,
    /// `None` where pods cannot be read.
    pub components: Option<Vec<Part>>,
    /// Requests that wait or run.
    pub queue: Option<QueueStatus>,
    /// The model that writes.
    pub model: Option<ModelStatus>,
    /// Where the site answers.
    pub url: Option<String>,
    /// The last backup.
    pub backup: Option<BackupStatus>,
    /// All conditions as they are.
    pub conditions: Vec<Condition>,
}

/// Something that somebody may have to do something about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Types of the conditions that say it; empty for what no condition says.
    pub conditions: Vec<String>,
    /// Word of the table in `docs/operator.md`.
    pub reason: String,
    /// In the words of the cluster.
    pub seen: String,
    /// Why that is.
    pub why: String,
    /// What to do.
    #[serde(rename = "do")]
    pub do_: String,
}

/// A component and its pods.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Part {
    /// Value of its label.
    pub component: &'static str,
    /// Pods that are ready.
    pub ready: usize,
    /// Pods that there should be.
    pub wanted: i64,
    /// Restarts of its containers.
    pub restarts: i32,
    /// Images that its pods name: their versions.
    pub images: Vec<String>,
}

/// The health of `app`. `pods` and `lease` are `None` where they cannot be read; a Lease that does not exist is
/// `Some(None)`.
#[must_use]
pub fn health(app: &CoverLetterApp, pods: Option<&[Pod]>, lease: Option<Option<&Lease>>, now: Timestamp) -> Health {
    let status = app.status.clone().unwrap_or_default();
    let is_current = status.observed_generation == app.metadata.generation;
    let own = pods.map(|pods| pods.iter().filter(|pod| belongs(pod, app)).collect::<Vec<_>>());
    let unseen = lease.and_then(|lease| unattended(app, lease, now));
    Health {
        namespace: app.namespace().unwrap_or_default(),
        name: app.name_any(),
        ready: is_current && is_true(&status.conditions, READY),
        problems: unseen.into_iter().chain(problems(&status.conditions)).collect(),
        components: own.map(|pods| parts(app, &pods)),
        queue: status.queue,
        model: status.model,
        url: status.url,
        backup: status.backup,
        conditions: status.conditions,
    }
}

/// Each reason once, in the words of the condition that is nearest to the cause.
fn problems(conditions: &[Condition]) -> Vec<Problem> {
    let mut found: Vec<Problem> = Vec::new();
    // `Ready` repeats what components say, and the two of kstatus repeat `Ready`.
    let own = conditions.iter().filter(|condition| ![READY, RECONCILING, STALLED].contains(&condition.type_.as_str()));
    let ready = conditions.iter().filter(|condition| condition.type_ == READY);
    for condition in own.chain(ready).filter(|condition| needs_somebody(condition)) {
        if let Some(same) = found.iter_mut().find(|problem| problem.reason == condition.reason) {
            same.conditions.push(condition.type_.clone());
            continue;
        }
        let known = condition.reason.parse::<AppReason>().ok().and_then(advice);
        let (why, do_) = known.map_or(
            ("A version of the operator that this plugin does not know says so.", "Read what was seen."),
            |it| (it.why, it.do_),
        );
        found.push(Problem {
            conditions: vec![condition.type_.clone()],
            reason: condition.reason.clone(),
            seen: condition.message.clone(),
            why: why.to_owned(),
            do_: do_.to_owned(),
        });
    }
    found
}

/// Whether it is not as it should be: by its status, or, for one that is well, by a reason with advice.
fn needs_somebody(condition: &Condition) -> bool {
    let advised = condition.reason.parse::<AppReason>().is_ok_and(|reason| advice(reason).is_some());
    match condition.type_.as_str() {
        PAUSED => condition.status == "True",
        _ => advised || condition.status != "True",
    }
}

/// That no operator looks after the app, which no condition can say.
fn unattended(app: &CoverLetterApp, lease: Option<&Lease>, now: Timestamp) -> Option<Problem> {
    let late = |then: Timestamp| now.as_second() - then.as_second() > AWAY_AFTER_SECONDS;
    let created = app.metadata.creation_timestamp.as_ref().map(|time| time.0);
    let renewed = lease.and_then(|lease| lease.spec.as_ref()?.renew_time.as_ref()).map(|time| time.0);
    let seen = match (renewed, app.status.as_ref()) {
        (Some(renewed), _) if late(renewed) => format!("The operator was last heard of at {renewed:.0}."),
        (None, None) if created.is_some_and(late) => "No operator has looked at this app since it was made.".to_owned(),
        _ => return None,
    };
    Some(Problem {
        conditions: Vec::new(),
        reason: "OperatorAway".to_owned(),
        seen,
        why: "The operator does not run, cannot reach the API server, or does not look after this namespace.".to_owned(),
        do_: "Look at it: `kubectl get pods -n coverletter-system`, and at its log. What is said below is as old as that."
            .to_owned(),
    })
}

fn belongs(pod: &Pod, app: &CoverLetterApp) -> bool {
    pod.namespace() == app.namespace()
        && pod.labels().get(INSTANCE_LABEL).map(String::as_str) == app.metadata.name.as_deref()
}

fn parts(app: &CoverLetterApp, pods: &[&Pod]) -> Vec<Part> {
    let wanted = |component| match component {
        Component::Web => i64::from(app.spec.web.replicas),
        Component::Database if app.spec.database.external.is_none() => 1,
        Component::Inference => {
            let inference = app.status.as_ref().and_then(|status| status.inference.as_ref());
            inference.map_or(0, |inference| i64::from(inference.desired_replicas))
        }
        _ => 0,
    };
    let always = [Component::Web, Component::Database, Component::Inference].into_iter();
    let parts = always.map(|component| part(component, wanted(component), pods));
    parts.filter(|part| part.wanted > 0 || !part.images.is_empty()).collect()
}

fn part(component: Component, wanted: i64, pods: &[&Pod]) -> Part {
    let of = |pod: &&&Pod| pod.labels().get(COMPONENT_LABEL).map(String::as_str) == Some(component.label());
    let pods: Vec<_> = pods.iter().filter(of).collect();
    let containers = || pods.iter().filter_map(|pod| pod.spec.as_ref()).flat_map(|spec| &spec.containers);
    let mut images: Vec<_> = containers().filter_map(|container| container.image.clone()).collect();
    images.sort_unstable();
    images.dedup();
    let statuses = pods.iter().filter_map(|pod| pod.status.as_ref()?.container_statuses.as_ref()).flatten();
    Part {
        component: component.label(),
        ready: pods.iter().filter(|pod| is_ready(pod)).count(),
        wanted,
        restarts: statuses.map(|status| status.restart_count).sum(),
        images,
    }
}

fn is_ready(pod: &Pod) -> bool {
    let conditions = pod.status.as_ref().and_then(|status| status.conditions.as_deref()).unwrap_or_default();
    conditions.iter().any(|condition| condition.type_ == "Ready" && condition.status == "True")
}

#[cfg(test)]
mod tests {
    use crds::CoverLetterAppSpec;
    use crds::app::CoverLetterAppStatus;
    use jiff::SignedDuration;
    use k8s_openapi::api::coordination::v1::LeaseSpec;
    use k8s_openapi::apimachinery::pkg::apis::meta::v1::{MicroTime, Time};

    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn app(age: i64, status: Option<CoverLetterAppStatus>) -> CoverLetterApp {
        let mut app = CoverLetterApp::new("letters", CoverLetterAppSpec::default());
        app.metadata.creation_timestamp = Some(Time(NOW - SignedDuration::from_secs(age)));
        app.status = status;
        app
    }

    fn renewed(before: i64) -> Lease {
        let renew_time = Some(MicroTime(NOW - SignedDuration::from_secs(before)));
        Lease { spec: Some(LeaseSpec { renew_time, ..LeaseSpec::default() }), ..Lease::default() }
    }

    fn told(app: &CoverLetterApp, lease: Option<&Lease>) -> Option<String> {
        let problems = health(app, None, Some(lease), NOW).problems;
        problems.into_iter().find(|problem| problem.reason == "OperatorAway").map(|problem| problem.seen)
    }

    #[test]
    fn an_operator_that_is_away_is_told_and_one_that_has_just_begun_is_not() {
        let known = || Some(CoverLetterAppStatus::default());
        let (late, soon) = (AWAY_AFTER_SECONDS + 1, AWAY_AFTER_SECONDS);
        assert_eq!(
            told(&app(late, known()), Some(&renewed(late))).as_deref(),
            Some("The operator was last heard of at 1969-12-31T23:58:59Z.")
        );
        assert_eq!(
            told(&app(late, None), None).as_deref(),
            Some("No operator has looked at this app since it was made.")
        );
        assert_eq!(told(&app(late, known()), Some(&renewed(soon))), None);
        assert_eq!(told(&app(soon, None), None), None, "there was no time yet");
        assert_eq!(told(&app(late, known()), None), None, "without a letter there may be no Lease yet");
    }

    #[test]
    fn nothing_is_said_of_an_operator_whose_lease_cannot_be_read() {
        assert_eq!(health(&app(AWAY_AFTER_SECONDS + 1, None), None, None, NOW).problems, []);
    }
}
