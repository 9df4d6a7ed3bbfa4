//! What the store holds after events with objects that can and cannot be read.

use std::sync::atomic::{AtomicUsize, Ordering};

use crds::CoverLetterRequest;
use kube::runtime::reflector;
use serde_json::{Value, json};

use super::*;

fn request(name: &str, spec: &Value) -> DeserializeGuard<CoverLetterRequest> {
    let object = json!({
        "apiVersion": "coverletter.dev/v1alpha1", "kind": "CoverLetterRequest",
        "metadata": {"name": name, "namespace": "letters"},
        "spec": spec,
    });
    serde_json::from_value(object).expect("a guard takes every object with metadata")
}

fn good(name: &str) -> DeserializeGuard<CoverLetterRequest> {
    request(name, &json!({"appRef": {"name": "letters"}, "job": {"title": "Data Scientist", "company": "google"}}))
}

fn unreadable(name: &str) -> DeserializeGuard<CoverLetterRequest> {
    let letter = json!({"tone": "AsANewerVersionHasIt"});
    let spec = json!({"appRef": {"name": "letters"}, "job": {"title": "a", "company": "b"}, "letter": letter});
    request(name, &spec)
}

/// Names in the store after `events`, and how often a change was told.
async fn after(events: Vec<Event<DeserializeGuard<CoverLetterRequest>>>) -> (Vec<String>, usize) {
    let (store, writer) = reflector::store::<CoverLetterRequest>();
    let told = AtomicUsize::new(0);
    let reader = writer.as_reader();
    let events = futures::stream::iter(events).filter_map(|event| ready(readable(event, &reader).map(Ok)));
    let changed = |_: Change<'_, CoverLetterRequest>| {
        told.fetch_add(1, Ordering::Relaxed);
    };
    reflect("test", events, writer, CoverLetterRequest::drop_texts, changed).await;
    let mut names: Vec<_> = store.state().iter().map(|request| request.name_any()).collect();
    names.sort_unstable();
    (names, told.into_inner())
}

fn listed(objects: Vec<DeserializeGuard<CoverLetterRequest>>) -> Vec<Event<DeserializeGuard<CoverLetterRequest>>> {
    let listed = objects.into_iter().map(Event::InitApply);
    [Event::Init].into_iter().chain(listed).chain([Event::InitDone]).collect()
}

async fn check(more: Vec<Event<DeserializeGuard<CoverLetterRequest>>>, names: &[&str]) {
    let listed = listed(vec![good("one"), unreadable("odd"), good("two")]);
    let (found, _) = after(listed.into_iter().chain(more).collect()).await;
    assert_eq!(found, names);
}

#[tokio::test]
async fn an_unreadable_object_does_not_hide_the_others() {
    check(vec![], &["one", "two"]).await;
    check(vec![Event::Apply(unreadable("odder"))], &["one", "two"]).await;
}

#[tokio::test]
async fn an_object_that_becomes_readable_appears() {
    check(vec![Event::Apply(good("odd"))], &["odd", "one", "two"]).await;
}

#[tokio::test]
async fn an_object_that_becomes_unreadable_disappears() {
    check(vec![Event::Apply(unreadable("one"))], &["two"]).await;
}

#[tokio::test]
async fn an_unreadable_object_can_be_deleted() {
    check(vec![Event::Delete(unreadable("odd"))], &["one", "two"]).await;
    check(vec![Event::Delete(unreadable("one"))], &["two"]).await;
}

#[tokio::test]
async fn changes_are_told_once_each() {
    let mut events = listed(vec![good("one"), unreadable("odd")]);
    assert_eq!(after(events.clone()).await.1, 2, "the beginning and the end of the list");
    events.extend([Event::Apply(unreadable("odd")), Event::Apply(good("two")), Event::Delete(good("one"))]);
    assert_eq!(after(events).await.1, 4);
}
