//! What a decision looks at and what it says: plain values that can be recorded and decided again.

use serde::{Deserialize, Serialize};

/// Everything that a decision looks at. Times are in milliseconds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Snapshot {
    /// When it was taken, since 1970.
    pub now_ms: i64,
    /// Requests that wait for a worker.
    pub queued: i32,
    /// Requests that a worker holds.
    pub running: i32,
    /// Time that the waiting letters will take, one after the other.
    pub queued_ms: i64,
    /// Time that one slot takes for a letter, as measured.
    pub service_ms: i64,
    /// Time from the creation of a pod until it can write, as measured.
    pub cold_start_ms: i64,
    /// Letters that the arrivals of late keep being written at the same time, in thousandths.
    pub load_milli: i64,
    /// How long a letter may wait before more pods are worth their start.
    pub target_wait_ms: i64,
    /// Letters that one pod writes at the same time, at least 1.
    pub slots: i32,
    /// Fewest pods.
    pub min: i32,
    /// Most pods.
    pub max: i32,
    /// A fixed number of pods, for which queue and bounds do not matter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fixed: Option<i32>,
    /// Pods that were asked for before. `None` when there is no Deployment yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current: Option<i32>,
    /// Pods that the recent past needed, and that are likely to be needed again soon; see [`super::Window`].
    pub kept: i32,
    /// Time since more pods were asked for than before.
    pub raised_ms: i64,
    /// Time since fewer pods were asked for than before.
    pub lowered_ms: i64,
    /// Why no pod may end now, for example because what is known of the cluster is old.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frozen: Option<String>,
    /// Pods for which no node has had room for a minute.
    pub unschedulable: i32,
    /// Whether the Deployment is replacing its pods: which of them would end cannot be known then.
    pub rolling: bool,
    /// Pods that are not ending already.
    pub pods: Vec<Worker>,
}

/// One inference pod.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own, as observed")]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Worker {
    /// Name.
    pub name: String,
    /// Whether it is ready.
    pub ready: bool,
    /// Time since its creation.
    pub age_ms: i64,
    /// Whether no node has room for it.
    pub stuck: bool,
    /// Requests that it holds.
    pub held: i32,
    /// Whether it was asked to retire, that is, to take nothing new.
    pub asked: bool,
    /// Whether it has retired: it was asked, holds nothing and takes nothing.
    pub retired: bool,
    /// Whether it carries the deletion cost of a pod that should go.
    pub marked: bool,
    /// Whether that cost has been seen by a watch, and so presumably by the `ReplicaSet` too.
    pub mark_seen: bool,
}

/// How many pods to ask for, and which may end.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Decision {
    /// Pods that there are to be until surplus ones have retired.
    pub desired: i32,
    /// Pods that should be asked for once the surplus ones have retired.
    pub goal: i32,
    /// Pods to ask to retire.
    pub ask: Vec<String>,
    /// Pods to call back.
    pub recall: Vec<String>,
    /// Retired pods to mark as the ones to end.
    pub mark: Vec<String>,
    /// Pods to take that mark from.
    pub unmark: Vec<String>,
    /// Why, in one sentence.
    pub reason: String,
}

/// A number with its noun.
pub fn number(count: i32, singular: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{count} {singular}{ending}")
}
