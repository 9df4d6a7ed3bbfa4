//! Requests as rows, with their place in line.

use std::collections::BTreeMap;

use crds::CoverLetterRequest;
use crds::names::APP_LABEL;
use crds::request::State;
use jiff::Timestamp;
use kube::ResourceExt as _;
use serde::Serialize;

use crate::arguments::Filter;

/// What is shown of a request: nothing that an applicant typed.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// The app that it names.
    pub app: String,
    /// Where it stands.
    pub state: State,
    /// Time since it was made.
    pub age_seconds: i64,
    /// How many are begun before it, plus one. Only of those that wait and may be claimed now.
    pub place: Option<usize>,
    /// Pod that holds or last held it.
    pub worker: Option<String>,
    /// How often it was claimed.
    pub attempts: i32,
    /// Why it stands there.
    pub reason: Option<String>,
    /// The same as a sentence.
    pub message: Option<String>,
    /// Whether the site made it.
    pub of_site: bool,
}

/// The rows that `filter` lets through: what is written now, what waits in its order, what is finished, the newest first.
#[must_use]
pub fn rows(requests: &[CoverLetterRequest], filter: &Filter, now: Timestamp) -> Vec<Row> {
    let places = places(requests, now);
    let wanted = requests.iter().filter(|request| passes(request, filter));
    let mut rows: Vec<_> = wanted.map(|request| row(request, &places, now)).collect();
    rows.sort_by_key(|row| {
        let group = match row.state {
            State::Running => 0,
            State::Queued => 1,
            _ => 2,
        };
        let within = if group == 2 { row.age_seconds } else { -row.age_seconds };
        (group, row.place.unwrap_or(usize::MAX), within, row.name.clone())
    });
    rows
}

fn row(request: &CoverLetterRequest, places: &BTreeMap<String, usize>, now: Timestamp) -> Row {
    let status = request.status.as_ref();
    let condition = request.condition();
    Row {
        namespace: request.namespace().unwrap_or_default(),
        name: request.name_any(),
        app: request.spec.app_ref.name.clone(),
        state: request.state(),
        age_seconds: request.created().map_or(0, |created| (now.as_second() - created.as_second()).max(0)),
        place: request.uid().and_then(|uid| places.get(&uid).copied()),
        worker: status.and_then(|status| status.claim.as_ref()).map(|claim| claim.worker.clone()),
        attempts: status.and_then(|status| status.attempt).unwrap_or(0),
        reason: condition.map(|condition| condition.reason.clone()),
        message: condition.map(|condition| condition.message.clone()),
        of_site: request.labels().contains_key(APP_LABEL),
    }
}

fn passes(request: &CoverLetterRequest, filter: &Filter) -> bool {
    let claim = request.status.as_ref().and_then(|status| status.claim.as_ref());
    let same = |wanted: &Option<String>, is: Option<&str>| wanted.as_deref().is_none_or(|wanted| Some(wanted) == is);
    same(&filter.app, Some(&request.spec.app_ref.name))
        && (filter.state.is_empty() || filter.state.contains(&request.state()))
        && same(&filter.worker, claim.map(|claim| claim.worker.as_str()))
        && same(&filter.requester, request.spec.requested_by.as_deref())
}

/// Places in line by uid. Requesters of an app take turns, each with its oldest request, as the operator has them do;
/// whose turn is next it alone knows, so that a place is right to within one turn.
fn places(requests: &[CoverLetterRequest], now: Timestamp) -> BTreeMap<String, usize> {
    let mut waiting: Vec<_> = requests.iter().filter(|request| request.is_claimable(now)).collect();
    waiting.sort_by_key(|request| (request.created(), request.name_any()));
    let key = |request: &CoverLetterRequest| (request.namespace(), request.spec.app_ref.name.clone());
    let mut turns = BTreeMap::new();
    let mut lines: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for (order, request) in waiting.into_iter().enumerate() {
        let turn = turns.entry((key(request), request.spec.requested_by.clone())).or_insert(0_usize);
        *turn += 1;
        lines.entry(key(request)).or_default().push((*turn, order, request.uid().unwrap_or_default()));
    }
    let placed = lines.into_values().flat_map(|mut line| {
        line.sort_unstable();
        line.into_iter().enumerate().map(|(before, (_, _, uid))| (uid, before + 1))
    });
    placed.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn request(name: &str, second: i64, by: &str, state: &str) -> CoverLetterRequest {
        let created = Timestamp::from_second(second).expect("a time");
        serde_json::from_value(json!({
            "metadata": {"name": name, "namespace": "n", "uid": name, "creationTimestamp": created},
            "spec": {"appRef": {"name": "letters"}, "job": {"title": "t", "company": "c"}, "requestedBy": by},
            "status": {"state": state},
        }))
        .expect("a request")
    }

    #[test]
    fn requesters_take_turns_in_line_and_what_is_written_stands_before_it() {
        let requests = [
            request("a1", 1, "a", "Queued"),
            request("a2", 2, "a", "Queued"),
            request("a3", 3, "a", "Queued"),
            request("b1", 4, "b", "Queued"),
            request("old", 0, "b", "Succeeded"),
            request("new", 5, "b", "Failed"),
            request("now", 6, "b", "Running"),
        ];
        let now = Timestamp::from_second(100).expect("a time");
        let seen = |filter: &Filter| {
            let rows = rows(&requests, filter, now);
            rows.into_iter().map(|row| (row.name, row.place)).collect::<Vec<_>>()
        };
        let named = |rows: &[(&str, Option<usize>)]| {
            rows.iter().map(|(name, place)| ((*name).to_owned(), *place)).collect::<Vec<_>>()
        };
        let all = [
            ("now", None),
            ("a1", Some(1)),
            ("b1", Some(2)),
            ("a2", Some(3)),
            ("a3", Some(4)),
            ("new", None),
            ("old", None),
        ];
        assert_eq!(seen(&Filter::default()), named(&all));
        let of_b =
            Filter { requester: Some("b".into()), state: vec![State::Queued, State::Failed], ..Filter::default() };
        assert_eq!(seen(&of_b), named(&[("b1", Some(2)), ("new", None)]));
    }
}
