//! What matters about one pod, and what keeps it from running.

use crds::names::{COMPONENT_LABEL, Component, DATABASE_REFUSES, RETIRE_ANNOTATION, RETIRED_ANNOTATION};
use crds::reason::AppReason;
use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::api::core::v1::{ContainerState, ContainerStatus, Pod, PodStatus};
use kube::ResourceExt as _;

use crate::observed::{DELETION_COST, DELETION_COST_ANNOTATION, PodFact, Report, Trouble};

/// Reasons of the kubelet for a container whose image is not there.
const NO_IMAGE: [&str; 4] = ["ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull"];
/// Reasons of the kubelet for a container that waits for something that does not come by itself.
const CANNOT_BEGIN: [&str; 3] = ["CreateContainerConfigError", "CreateContainerError", "RunContainerError"];
/// Trouble of a container that the kernel has killed.
const OUT_OF_MEMORY: &str = "it needs more memory than `resources.limits.memory` allows";
/// Levels of Postgres's log after which it ends.
const LAST_WORDS: [&str; 2] = ["FATAL:", "PANIC:"];

/// `None` for a pod that is not of one of our components. `lease` is that of its worker, if it has one.
pub fn fact(pod: &Pod, lease: Option<&Lease>) -> Option<PodFact> {
    let label = pod.labels().get(COMPONENT_LABEL)?;
    let component = Component::ALL.into_iter().find(|component| component.label() == label)?;
    let status = pod.status.clone().unwrap_or_default();
    let has_ended = matches!(status.phase.as_deref(), Some("Succeeded" | "Failed"));
    let (trouble, report) = (trouble(&status), report(&status));
    let created = pod.metadata.creation_timestamp.as_ref().map(|time| time.0.as_millisecond());
    let restarts = status.container_statuses.iter().flatten().map(|container| container.restart_count).sum::<i32>();
    let conditions = status.conditions.unwrap_or_default();
    let since = |type_: &str, status: &str| {
        let condition = conditions.iter().find(|condition| condition.type_ == type_ && condition.status == status)?;
        condition.last_transition_time.as_ref().map(|time| time.0.as_millisecond())
    };
    let number = |annotation: &str| lease?.annotations().get(annotation)?.parse().ok();
    Some(PodFact {
        name: pod.name_any(),
        component,
        ready: conditions.iter().any(|condition| condition.type_ == "Ready" && condition.status == "True"),
        ending: pod.metadata.deletion_timestamp.is_some() || has_ended,
        created,
        started_in: created
            .zip(since("Ready", "True"))
            .map(|(created, ready)| ready - created)
            .filter(|_| restarts == 0),
        unscheduled_since: since("PodScheduled", "False"),
        asked: number(RETIRE_ANNOTATION),
        confirmed: number(RETIRED_ANNOTATION),
        marked: pod.annotations().get(DELETION_COST_ANNOTATION).is_some_and(|cost| cost == DELETION_COST),
        host_ip: status.host_ip,
        trouble,
        report,
    })
}

/// What a container left that succeeded.
fn report(status: &PodStatus) -> Option<Report> {
    let containers = [&status.container_statuses, &status.init_container_statuses].into_iter().flatten().flatten();
    let ended = containers.filter_map(|container| container.state.as_ref()?.terminated.as_ref());
    let mut succeeded = ended.filter(|ended| ended.exit_code == 0);
    succeeded.find_map(|ended| serde_json::from_str(ended.message.as_deref()?).ok())
}

/// Why a pod has no node, or a container of it does not run or did not at its last try.
fn trouble(status: &PodStatus) -> Option<Trouble> {
    let unscheduled = status
        .conditions
        .iter()
        .flatten()
        .find(|condition| condition.type_ == "PodScheduled" && condition.status == "False")
        .and_then(|condition| Trouble::new(AppReason::Unschedulable, condition.message.as_deref()?));
    let containers = [&status.init_container_statuses, &status.container_statuses].into_iter().flatten().flatten();
    let waiting = containers.filter(|container| !container.ready);
    unscheduled.or_else(|| {
        waiting.flat_map(|container| recent(container).into_iter().flatten()).find_map(|state| reason(&state))
    })
}

fn recent(container: &ContainerStatus) -> [Option<ContainerState>; 2] {
    [container.state.clone(), container.last_state.clone()]
}

fn reason(state: &ContainerState) -> Option<Trouble> {
    if let Some(ended) = state.terminated.as_ref().filter(|ended| ended.exit_code != 0) {
        if ended.reason.as_deref() == Some("OOMKilled") {
            return Trouble::new(AppReason::Crashing, OUT_OF_MEMORY);
        }
        let words = ended.message.as_deref().map(last_words).filter(|words| !words.trim().is_empty());
        let words = words.unwrap_or_else(|| format!("it ended with code {}; see its log", ended.exit_code));
        let refuses = ended.exit_code == DATABASE_REFUSES;
        return Trouble::new(if refuses { AppReason::DatabaseRefuses } else { AppReason::Crashing }, &words);
    }
    let waiting = state.waiting.as_ref()?;
    let (reason, message) = (waiting.reason.as_deref()?, waiting.message.as_deref().unwrap_or_default());
    if NO_IMAGE.contains(&reason) {
        Trouble::new(AppReason::ImageUnavailable, message)
    } else if CANNOT_BEGIN.contains(&reason) {
        Trouble::new(AppReason::Misconfigured, message)
    } else {
        None
    }
}

/// What a container said as it ended: a report as it is, and of the end of Postgres's log only the sentences with which
/// it gave up, since other lines may quote rows.
fn last_words(message: &str) -> String {
    let is_last = |line: &&str| LAST_WORDS.iter().any(|level| line.contains(level));
    let Some(fatal) = message.lines().rev().map(str::trim).find(is_last) else {
        return message.trim().to_owned();
    };
    let after = |line: &str, mark: &str| line.split_once(mark).map(|(_, words)| words.trim().to_owned());
    let fatal = LAST_WORDS.iter().find_map(|level| after(fatal, level)).unwrap_or_default();
    let detail =
        message.lines().rev().take_while(|line| !line.contains(&fatal)).find_map(|line| after(line, "DETAIL:"));
    [Some(fatal), detail].into_iter().flatten().collect::<Vec<_>>().join(". ")
}

#[cfg(test)]
mod tests {
    use k8s_openapi::api::core::v1::PodStatus;
    use serde_json::{Value, json};

    use super::*;

    fn trouble_of(status: Value) -> Option<(AppReason, String)> {
        let status: PodStatus = serde_json::from_value(status).expect("it is a status");
        trouble(&status).map(|trouble| (trouble.reason, trouble.words))
    }

    fn container(ready: bool, state: &Value, last: &Value) -> Value {
        json!({"name": "it", "image": "i", "imageID": "i", "ready": ready, "restartCount": 1, "state": state, "lastState": last})
    }

    fn crashing(words: &str) -> (AppReason, String) {
        (AppReason::Crashing, words.to_owned())
    }

    #[test]
    fn what_a_container_left_when_it_ended_is_its_trouble_until_it_is_ready() {
        let failed = json!({"terminated": {"exitCode": 1, "message": "the model has no weights.\n"}});
        let backing_off = json!({"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 10s"}});
        let of = |ready| json!({"containerStatuses": [container(ready, &backing_off, &failed)]});
        assert_eq!(trouble_of(of(false)), Some(crashing("the model has no weights")));
        assert_eq!(trouble_of(of(true)), None);
        let fetching = json!({"initContainerStatuses": [container(false, &failed, &json!({}))]});
        assert_eq!(trouble_of(fetching), Some(crashing("the model has no weights")));
        let refused = json!({"terminated": {"exitCode": 69, "message": "db:5432: no such database."}});
        let refused = json!({"containerStatuses": [container(false, &json!({"running": {}}), &refused)]});
        assert_eq!(trouble_of(refused), Some((AppReason::DatabaseRefuses, "db:5432: no such database".to_owned())));
        let silent = json!({"terminated": {"exitCode": 135}});
        let silent = json!({"containerStatuses": [container(false, &backing_off, &silent)]});
        assert_eq!(trouble_of(silent), Some(crashing("it ended with code 135; see its log")));
    }

    #[test]
    fn a_container_that_is_killed_or_cannot_begin_is_in_trouble_too() {
        let killed = json!({"terminated": {"exitCode": 137, "reason": "OOMKilled"}});
        let waiting = |reason| json!({"waiting": {"reason": reason, "message": "secret \"hub\" not found"}});
        let of = |state| trouble_of(json!({"containerStatuses": [container(false, &state, &json!({}))]}));
        assert_eq!(of(killed), Some(crashing(OUT_OF_MEMORY)));
        let words = "secret \"hub\" not found".to_owned();
        assert_eq!(of(waiting("CreateContainerConfigError")), Some((AppReason::Misconfigured, words.clone())));
        assert_eq!(of(waiting("ImagePullBackOff")), Some((AppReason::ImageUnavailable, words)));
        assert_eq!(of(waiting("ContainerCreating")), None);
        assert_eq!(of(json!({"terminated": {"exitCode": 0, "message": "done"}})), None);
    }

    #[test]
    fn a_pod_without_a_node_says_what_the_scheduler_says() {
        let scheduled = json!({"type": "PodScheduled", "status": "False", "reason": "Unschedulable",
            "message": "0/3 nodes are available: 3 Insufficient memory."});
        let words = "0/3 nodes are available: 3 Insufficient memory".to_owned();
        assert_eq!(trouble_of(json!({"conditions": [scheduled]})), Some((AppReason::Unschedulable, words)));
    }

    #[test]
    fn what_a_script_reported_is_read() {
        let of = |message: &str| {
            let ended = json!({"terminated": {"exitCode": 0, "message": message}});
            let pod = json!({"initContainerStatuses": [container(true, &ended, &json!({}))]});
            report(&serde_json::from_value(pod).expect("it is a status"))
        };
        let backup = Report::Backup { name: "20261128T030000Z-7".into(), bytes: 2_989, kept: 3 };
        assert_eq!(of("{\"name\":\"20261128T030000Z-7\",\"bytes\":2989,\"kept\":3}\n"), Some(backup));
        assert_eq!(of("{\"restored\":\"\",\"kept\":true}\n"), Some(Report::Restore { restored: String::new() }));
        assert_eq!(of("done"), None);
    }

    #[test]
    fn of_the_log_of_postgres_only_the_last_words_are_told() {
        let log = "2026 LOG:  key (email)=(a@example.com)\n2026 [1] FATAL:  database files are incompatible with server\n\
            2026 [1] DETAIL:  The data directory was initialized by PostgreSQL version 15, which is not compatible with this version 17.\n";
        let ended = json!({"terminated": {"exitCode": 1, "message": log}});
        let pod = json!({"containerStatuses": [container(false, &ended, &json!({}))]});
        assert_eq!(
            trouble_of(pod),
            Some(crashing(
                "database files are incompatible with server. The data directory was initialized by PostgreSQL version 15, which is not compatible with this version 17"
            ))
        );
    }
}
