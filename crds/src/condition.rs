//! The only code that decides when a condition's `lastTransitionTime` moves.

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{Condition, Time};

/// What a condition says, without its bookkeeping.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Condition type, an adjective or past participle: `Ready`, `Succeeded`.
    pub type_: &'static str,
    /// `Some(true)` = True, `Some(false)` = False, `None` = Unknown.
    pub status: Option<bool>,
    /// CamelCase machine reason, never empty.
    pub reason: &'static str,
    /// One sentence for a person.
    pub message: String,
}

/// Writes `statement` into `conditions`, keeping `lastTransitionTime` while the status stays the same.
///
/// `generation` is the generation of the spec that was looked at.
pub fn set_condition(conditions: &mut Vec<Condition>, statement: Statement, generation: Option<i64>, now: Timestamp) {
    let status = match statement.status {
        Some(true) => "True",
        Some(false) => "False",
        None => "Unknown",
    };
    let unchanged = find(conditions, statement.type_).filter(|old| old.status == status);
    let condition = Condition {
        last_transition_time: unchanged.map_or(Time(now), |old| old.last_transition_time.clone()),
        message: statement.message,
        observed_generation: generation,
        reason: statement.reason.to_owned(),
        status: status.to_owned(),
        type_: statement.type_.to_owned(),
    };
    conditions.retain(|old| old.type_ != condition.type_);
    conditions.push(condition);
    conditions.sort_by(|a, b| a.type_.cmp(&b.type_));
}

/// The condition of this type, if it was ever set.
#[must_use]
pub fn find<'a>(conditions: &'a [Condition], type_: &str) -> Option<&'a Condition> {
    conditions.iter().find(|condition| condition.type_ == type_)
}

/// Whether the condition of this type is `True`.
#[must_use]
pub fn is_true(conditions: &[Condition], type_: &str) -> bool {
    find(conditions, type_).is_some_and(|condition| condition.status == "True")
}

#[cfg(test)]
mod tests;
