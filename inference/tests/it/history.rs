//! The history of all requests of a namespace, recorded by a watch, and a check of it against the rules.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crds::request::{Claim, State};
use crds::{CoverLetterRequest, life};
use futures::StreamExt as _;
use kube::Api;
use kube::api::{ListParams, WatchEvent, WatchParams};

use crate::cluster::{Namespace, eventually};

type Seen = Arc<Mutex<BTreeMap<String, Vec<Version>>>>;

/// A recording. It skips no version: a watch that ends is continued at the last version seen.
pub struct History {
    seen: Seen,
    recording: tokio::task::JoinHandle<()>,
}

struct Version {
    request: CoverLetterRequest,
    seen: Instant,
}

/// Numbers of a history that kept the rules.
pub struct Figures {
    pub requests: usize,
    pub claims: usize,
    pub letters: usize,
    /// Times from the creation of a request to its first claim, as the watch showed them, in ascending order.
    pub waits: Vec<Duration>,
}

impl Figures {
    /// The quantile `share` of the waits.
    pub fn wait(&self, share: f64) -> Duration {
        self.waits[((self.waits.len() - 1) as f64 * share) as usize]
    }
}

impl History {
    /// Starts to record.
    pub async fn record(namespace: &Namespace) -> Self {
        let requests = namespace.requests.clone();
        let list = requests.list(&ListParams::default()).await.expect("the list of requests");
        let version = list.metadata.resource_version.expect("a list has a version");
        let seen = Seen::default();
        let recording = tokio::spawn(record(requests, version, Arc::clone(&seen)));
        Self { seen, recording }
    }

    /// Waits until `count` requests are finished. The wait for each further one has a limit of its own.
    pub async fn finished(&self, count: usize) {
        let mut finished = self.finished_count();
        while finished < count {
            let further = async || Some(self.finished_count()).filter(|now| *now > finished);
            finished = eventually(&format!("more than {finished} of {count} requests are finished"), further).await;
        }
    }

    /// Number of requests that are finished.
    pub fn finished_count(&self) -> usize {
        assert!(!self.recording.is_finished(), "the recording goes on");
        let seen = self.seen.lock().expect("no holder panicked");
        seen.values().filter(|versions| versions.last().is_some_and(|last| last.request.is_terminal())).count()
    }

    /// Shows all versions of each request, in order.
    pub fn each(&self, mut show: impl FnMut(&[&CoverLetterRequest])) {
        for versions in self.seen.lock().expect("no holder panicked").values() {
            show(&versions.iter().map(|version| &version.request).collect::<Vec<_>>());
        }
    }

    /// Number of versions of all requests.
    pub fn versions(&self) -> usize {
        self.seen.lock().expect("no holder panicked").values().map(Vec::len).sum()
    }

    /// Checks every version of every request against the rules and counts.
    pub fn check(&self) -> Figures {
        let seen = self.seen.lock().expect("no holder panicked");
        let mut figures = Figures { requests: seen.len(), claims: 0, letters: 0, waits: Vec::new() };
        for versions in seen.values() {
            check_one(versions, &mut figures);
        }
        figures.waits.sort_unstable();
        figures
    }
}

async fn record(requests: Api<CoverLetterRequest>, mut version: String, seen: Seen) {
    loop {
        let watch = requests.watch(&WatchParams::default().timeout(290), &version).await.expect("a watch");
        let mut watch = std::pin::pin!(watch);
        while let Some(Ok(event)) = watch.next().await {
            let request = match event {
                WatchEvent::Added(request) | WatchEvent::Modified(request) => request,
                WatchEvent::Deleted(_) | WatchEvent::Bookmark(_) => continue,
                WatchEvent::Error(status) => panic!("versions were skipped: {status}"),
            };
            version = request.metadata.resource_version.clone().expect("a stored request has a version");
            let uid = request.metadata.uid.clone().expect("a stored request has a uid");
            let version = Version { request, seen: Instant::now() };
            seen.lock().expect("no holder panicked").entry(uid).or_default().push(version);
        }
    }
}

impl Drop for History {
    fn drop(&mut self) {
        self.recording.abort();
    }
}

/// The claim on a request.
pub fn claim(request: &CoverLetterRequest) -> Option<&Claim> {
    request.status.as_ref()?.claim.as_ref()
}

/// The attempt grows by one with each claim, only the last claim finishes, and nothing follows the end.
fn check_one(versions: &[Version], figures: &mut Figures) {
    let mut ended = false;
    for (before, after) in versions.iter().zip(&versions[1..]) {
        let (before_at, (before, after, at)) = (before.seen, (&before.request, &after.request, after.seen));
        let name = after.metadata.name.as_deref().unwrap_or_default();
        if before.status == after.status {
            continue;
        }
        assert!(!ended, "`{name}` changed after its end");
        let (earlier, later) = (life::attempt(before), life::attempt(after));
        if claim(after).is_some() && claim(before) != claim(after) {
            assert_eq!((before.state(), later), (State::Queued, earlier + 1), "`{name}` was claimed out of turn");
            figures.claims += 1;
            if later == 1 {
                figures.waits.push(at.duration_since(before_at));
            }
        } else {
            assert_eq!(earlier, later, "the attempt of `{name}` changed without a claim");
        }
        if after.state() == State::Succeeded {
            assert_eq!(claim(before), claim(after), "`{name}` was finished by another claim than its last");
            assert_eq!(
                claim(after).map(|claim| claim.attempt),
                Some(later),
                "`{name}` was finished by a stale attempt"
            );
            figures.letters += 1;
        }
        ended = after.is_terminal();
    }
}
