//! A watch that begins anew, with a list, whenever it failed.
//!
//! The watcher of `kube` resumes where it failed, and says nothing until something changes: whoever must know that it sees
//! everything again could wait for ever. A list says so.

use std::fmt::Debug;
use std::time::Duration;

use backon::ExponentialBuilder;
use futures::StreamExt as _;
use futures::stream::{self, BoxStream};
use kube::Resource;
use kube::api::Api;
use kube::runtime::utils::ResetTimerBackoff;
use kube::runtime::watcher::{Config, Event, ExponentialBackoff, Result, watcher};
use serde::de::DeserializeOwned;

/// The pause after the first failure.
const FIRST: Duration = Duration::from_millis(800);
/// The longest pause, which chance makes up to twice as long: short, because until everything is listed again pages show
/// nothing new.
const LONGEST: Duration = Duration::from_millis(2_500);
/// After this time without a failure the pauses begin anew.
const FORGOTTEN_AFTER: Duration = Duration::from_mins(2);

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
    let start = (begin(), pauses(), Duration::ZERO);
    let events = stream::unfold((start, begin), async |((mut events, mut pauses, wait), begin)| {
        tokio::time::sleep(wait).await;
        let event = events.next().await?;
        let mut wait = Duration::ZERO;
        if event.is_err() {
            (events, wait) = (begin(), pauses.next().unwrap_or(LONGEST));
        }
        Some((event, ((events, pauses, wait), begin)))
    });
    events.boxed()
}

/// Pauses without end between failures. Chance is part of each: otherwise all workers would come back in the same instant to
/// an API server that has just started.
fn pauses() -> ResetTimerBackoff<ExponentialBackoff> {
    let doubling = ExponentialBuilder::new().with_min_delay(FIRST).with_max_delay(LONGEST);
    ResetTimerBackoff::new(doubling.without_max_times().with_jitter().into(), FORGOTTEN_AFTER)
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

    #[test]
    fn no_watch_waits_longer_than_five_seconds_and_few_of_many_come_back_together() {
        let of_many: Vec<Vec<_>> = (0..500).map(|_| pauses().take(20).collect()).collect();
        let pauses: Vec<_> = of_many.iter().flatten().copied().collect();
        assert_eq!(pauses.len(), 500 * 20, "they do not end");
        assert!(
            pauses.iter().all(|pause| (FIRST..=Duration::from_secs(5)).contains(pause)),
            "{:?}",
            pauses.iter().max()
        );
        for failures in [0, 10] {
            let mut tenths = [0; 51];
            for pauses in &of_many {
                tenths[pauses[failures].as_millis() as usize / 100] += 1;
            }
            assert!(tenths.iter().all(|together| *together < 150), "{tenths:?}");
        }
    }
}
