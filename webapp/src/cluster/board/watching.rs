//! Keeps the board up to date for as long as the program runs.

use crds::CoverLetterRequest;
use futures::StreamExt as _;
use kube::core::DeserializeGuard;
use kube::runtime::watcher::{self, Event};
use kube::runtime::{WatchStreamExt as _, watcher as watch};
use tokio_util::sync::CancellationToken;
use tracing::warn;

use super::Board;
use crate::cluster::requests::Requests;
use crate::web::error::Chain;

/// Writes every change of this app's requests on the board until `shutdown`; lists again after every broken watch.
pub async fn follow(requests: Requests, board: Board, shutdown: CancellationToken) {
    let ours = watcher::Config::default().fields(&format!("spec.appRef.name={}", requests.app()));
    let mut events = watch(requests.watched(), ours).default_backoff().boxed();
    loop {
        let event = tokio::select! {
            event = events.next() => event,
            () = shutdown.cancelled() => return,
        };
        match event {
            Some(Ok(event)) => readable(event).into_iter().for_each(|event| board.apply(event)),
            Some(Err(error)) => warn!(error = %Chain(&error), "Lost the watch on requests"),
            None => return,
        }
    }
}

/// The event without the wrapping; `None` when its object is not one of ours after all.
fn readable(event: Event<DeserializeGuard<CoverLetterRequest>>) -> Option<Event<CoverLetterRequest>> {
    let read = |guard: DeserializeGuard<CoverLetterRequest>| match guard.0 {
        Ok(mut request) => {
            // The board keeps up to 1,500 requests; field ownership would be a good part of each.
            request.metadata.managed_fields = None;
            Some(request)
        }
        Err(invalid) => {
            let name = invalid.metadata.name.as_deref().unwrap_or_default();
            warn!(request.name = name, "Skipped request `{name}`: it cannot be read");
            None
        }
    };
    match event {
        Event::Init => Some(Event::Init),
        Event::InitDone => Some(Event::InitDone),
        Event::InitApply(guard) => read(guard).map(Event::InitApply),
        Event::Apply(guard) => read(guard).map(Event::Apply),
        Event::Delete(guard) => read(guard).map(Event::Delete),
    }
}
