//! What requests cost the API server: writes, conflicts, and the bytes that workers watch.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::http::Request;
use crds::CoverLetterRequest;
use devcluster::control_plane::ControlPlane;
use http_body_util::BodyExt as _;
use kube::client::Body;
use kube::{Client, Resource as _};
use tokio::task::JoinSet;

/// Counts from one reading to the next.
pub struct Figures<'a> {
    plane: &'a ControlPlane,
    bytes: Arc<AtomicU64>,
    before: Cost,
    _watches: JoinSet<()>,
}

/// What some requests have cost, all together.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cost {
    /// Writes that were accepted.
    pub writes: f64,
    /// Writes of statuses that were refused as conflicts.
    pub conflicts: f64,
    /// Bytes of the watches by which workers see what is handed to them.
    pub bytes: f64,
}

impl<'a> Figures<'a> {
    /// Counts from now on, with one more watch beside that of each of the `workers`.
    pub async fn start(plane: &'a ControlPlane, namespace: &str, workers: &[String]) -> Self {
        let (bytes, mut watches) = (Arc::<AtomicU64>::default(), JoinSet::new());
        for worker in workers {
            let path = CoverLetterRequest::url_path(&(), Some(namespace));
            let fields =
                format!("spec.appRef.name%3Dletters%2Cstatus.claim.worker%3D{worker}%2Cstatus.state%3DRunning");
            let url = format!("{path}?watch=true&timeoutSeconds=290&fieldSelector={fields}");
            watches.spawn(count(plane.client(), url, Arc::clone(&bytes)));
        }
        let mut figures = Self { plane, bytes, before: Cost::default(), _watches: watches };
        figures.since().await;
        figures
    }

    /// What was added since the last call.
    pub async fn since(&mut self) -> Cost {
        let page = self.plane.kubectl(&["get", "--raw", "/metrics"]).await.expect("it is shown");
        let writes = ["POST", "PUT", "PATCH", "APPLY"].map(|verb| format!("verb=\"{verb}\""));
        let writes = writes.iter().map(|verb| total(&page, &["code=\"20", verb])).sum();
        let conflicts = total(&page, &["code=\"409\"", "subresource=\"status\""]);
        let now = Cost { writes, conflicts, bytes: self.bytes.load(Ordering::Relaxed) as f64 };
        let before = std::mem::replace(&mut self.before, now);
        Cost {
            writes: now.writes - before.writes,
            conflicts: now.conflicts - before.conflicts,
            bytes: now.bytes - before.bytes,
        }
    }
}

/// Calls about requests with all of these `labels`, whoever made them.
fn total(page: &str, labels: &[&str]) -> f64 {
    let lines = page.lines().filter(|line| {
        line.starts_with("apiserver_request_total{") && line.contains("resource=\"coverletterrequests\"")
    });
    let counted = lines.filter(|line| labels.iter().all(|label| line.contains(label)));
    counted.filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok()).sum()
}

async fn count(client: Client, url: String, bytes: Arc<AtomicU64>) {
    let watch = Request::get(url).body(Body::empty()).expect("a call");
    let mut events = client.send(watch).await.expect("a watch").into_body();
    while let Some(Ok(frame)) = events.frame().await {
        bytes.fetch_add(frame.data_ref().map_or(0, |data| data.len() as u64), Ordering::Relaxed);
    }
}
