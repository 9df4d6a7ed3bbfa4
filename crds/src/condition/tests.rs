use super::*;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).expect("a small number of seconds is a timestamp")
}

fn ready(status: Option<bool>, message: &str) -> Statement {
    Statement { type_: "Ready", status, reason: "Tested", message: message.to_owned() }
}

#[test]
fn transition_time_moves_only_when_the_status_changes() {
    let mut conditions = Vec::new();
    set_condition(&mut conditions, ready(Some(false), "starting"), Some(1), at(10));
    set_condition(&mut conditions, ready(Some(false), "still starting"), Some(2), at(20));
    assert_eq!(find(&conditions, "Ready").map(|c| c.last_transition_time.0), Some(at(10)));
    assert_eq!(find(&conditions, "Ready").map(|c| c.message.as_str()), Some("still starting"));
    set_condition(&mut conditions, ready(Some(true), "up"), Some(2), at(30));
    assert_eq!(find(&conditions, "Ready").map(|c| c.last_transition_time.0), Some(at(30)));
    assert!(is_true(&conditions, "Ready"));
}

#[test]
fn conditions_stay_sorted_and_unique() {
    let mut conditions = Vec::new();
    set_condition(&mut conditions, ready(None, ""), None, at(1));
    set_condition(&mut conditions, Statement { type_: "Paused", ..ready(Some(false), "") }, None, at(1));
    set_condition(&mut conditions, ready(Some(true), ""), None, at(2));
    let types: Vec<_> = conditions.iter().map(|condition| condition.type_.as_str()).collect();
    assert_eq!(types, ["Paused", "Ready"]);
}
