//! What is chosen while the watches of a worker do not agree, with an API server that answers lists and is silent then.

use std::convert::Infallible;

use crds::CoverLetterRequestStatus;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use kube::Client;
use kube::client::Body;
use serde_json::{Value, json};

use super::*;
use crate::fixtures::{claimant, request, with};

const WORKER: &str = "worker-a";

/// An API server that shows `own` to whoever asks for the requests of a worker, and `all` to whoever asks for all. It has no
/// Leases, and its watches say nothing.
fn client(own: &CoverLetterRequest, all: &CoverLetterRequest) -> Client {
    let list = |items: Value| json!({"apiVersion": "v1", "kind": "List", "metadata": {"resourceVersion": "9"}, "items": items});
    let (own, all, none) = (list(json!([own])), list(json!([all])), list(json!([])));
    let service = tower::service_fn(move |call: axum::http::Request<Body>| {
        let uri = call.uri().to_string();
        let answer = match &uri {
            uri if uri.contains("watch=true") => None,
            uri if uri.contains("/leases") => Some(none.to_string()),
            uri if uri.contains("status.claim.worker") => Some(own.to_string()),
            _ => Some(all.to_string()),
        };
        async move {
            match answer {
                Some(answer) => Ok::<_, Infallible>(axum::http::Response::new(Body::from(answer.into_bytes()))),
                None => std::future::pending().await,
            }
        }
    });
    Client::new(service, "default")
}

/// `request` as `change` makes it now.
fn changed(
    request: &CoverLetterRequest,
    change: impl FnOnce(&CoverLetterRequest, Timestamp) -> CoverLetterRequestStatus,
) -> CoverLetterRequest {
    with(request.clone(), change(request, Timestamp::now()))
}

#[tokio::test]
async fn what_was_released_is_current_while_the_own_watch_still_shows_the_claim() {
    let mut new = request("one", 0);
    new.metadata.creation_timestamp = Some(Time(Timestamp::now()));
    let held = changed(&new, |request, now| life::claimed(request, &claimant(WORKER), now));
    let released = changed(&held, life::released);
    let client = client(&held, &released);
    let view = View::follow(client.clone(), "default", "letters", WORKER);
    let mut changes = view.changes();
    view.listed().await;
    while !view.is_left_alone() {
        changes.next().await;
    }
    let own = view.get("one").expect("it is held, as far as the own watch shows");
    let work =
        WorkConfig { slots: 1, max_attempts: 3, active_deadline_seconds: 900, shutdown_grace: Duration::from_secs(30) };
    let claims = Claims::new(client, "default", claimant(WORKER), work.max_attempts);
    let claiming = Claiming::new(claims, view, work, Retirement::default(), 1);
    let Next::Claim(chosen, _) = claiming.step(true) else { panic!("it waits for a worker") };
    assert_eq!(chosen.metadata.resource_version, released.metadata.resource_version);
    assert_ne!(chosen.metadata.resource_version, own.metadata.resource_version, "the own watch is not late");
    assert!(claiming.is_current(&chosen), "it would be chosen for ever, and never claimed");
}
