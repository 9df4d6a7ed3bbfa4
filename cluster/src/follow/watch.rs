//! A watch that begins anew, with a list, whenever it failed.
//!
//! The watcher of `kube` resumes where it failed, and says nothing until something changes: whoever must know that it sees
//! everything again could wait for ever. A list says so.

use std::fmt::Debug;
use std::time::Duration;

use futures::StreamExt as _;
use futures::stream::{self, BoxStream};
use kube::Resource;
use kube::api::Api;
use kube::runtime::watcher::{Config, DefaultBackoff, Event, Result, watcher};
use serde::de::DeserializeOwned;

/// The events of `api`. After an error nothing is asked for a while, and then everything is listed anew.
pub fn watched<K>(api: Api<K>, config: Config) -> BoxStream<'static, Result<Event<K>>>
where
    K: Resource + Clone + DeserializeOwned + Debug + Send + 'static,
{
    begun_anew(move || watcher(api.clone(), config.clone()).boxed())
}

fn begun_anew<K: Send + 'static>(
    begin: impl Fn() -> BoxStream<'static, Result<Event<K>>> + Send + 'static,
) -> BoxStream<'static, Result<Event<K>>> {
    // The backoff forgets by itself, when nothing failed for two minutes.
    let start = (begin(), DefaultBackoff::default(), Duration::ZERO);
    let events = stream::unfold((start, begin), async |((mut events, mut backoff, wait), begin)| {
        tokio::time::sleep(wait).await;
        let event = events.next().await?;
        let mut wait = Duration::ZERO;
        if event.is_err() {
            (events, wait) = (begin(), backoff.next().unwrap_or_default());
        }
        Some((event, ((events, backoff, wait), begin)))
    });
    events.boxed()
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use kube::runtime::watcher::Error;

    use super::*;

    #[tokio::test]
    async fn what_failed_begins_with_a_list_after_a_while() {
        let begun = AtomicUsize::new(0);
        let events = begun_anew(move || {
            let failed = [Ok(Event::Init), Ok(Event::InitDone), Err(Error::NoResourceVersion)];
            let events = [failed, [Ok(Event::Init), Ok(Event::InitDone), Ok(Event::Apply(()))]];
            let at = begun.fetch_add(1, Ordering::Relaxed);
            stream::iter(events.into_iter().nth(at).into_iter().flatten()).boxed()
        });
        let started = tokio::time::Instant::now();
        let seen: Vec<_> = events
            .map(|event| {
                event.map_or("error", |event| match event {
                    Event::Init => "list",
                    Event::InitDone => "listed",
                    _ => "object",
                })
            })
            .collect()
            .await;
        assert_eq!(seen, ["list", "listed", "error", "list", "listed", "object"]);
        assert!(started.elapsed() >= Duration::from_millis(500), "{:?}", started.elapsed());
    }
}
