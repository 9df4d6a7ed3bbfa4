//! Inference pods are added for more work than one pod can do, and removed when it is done.

use std::time::Duration;

use anyhow::{Result, ensure};
use crds::CoverLetterRequest;
use crds::names::Component;
use crds::request::State;
use e2e::eventually::eventually_true;
use e2e::letter::request;
use e2e::{Cluster, Play, app, eventually, play};
use k8s_openapi::api::apps::v1::Deployment;

const REQUESTS: i64 = 40;
const SLOTS: i32 = 4;
const MAX_REPLICAS: i32 = 3;
const WRITTEN_WITHIN: Duration = Duration::from_mins(3);
/// Scaling down waits for the last pods to be idle for a while.
const SHRINKS_WITHIN: Duration = Duration::from_mins(2);

#[tokio::test]
async fn forty_requests_at_once_scale_inference_up_and_back() {
    play("scaling", async |play: &Play| {
        let cluster = &play.cluster;
        let mut app = app::small();
        app.spec.inference.slots = SLOTS;
        app.spec.inference.scaling.max_replicas = MAX_REPLICAS;
        app.spec.inference.scaling.target_wait_seconds = 5;
        cluster.install(&app).await?;
        ensure!(replicas(cluster).await? == 1, "not one pod at the start");

        let requests: Vec<_> = (0..REQUESTS).map(|seed| request(&format!("letter-{seed:02}"), seed)).collect();
        cluster.apply(&requests).await?;
        let mut most = 0;
        let finished = eventually("all letters are written", WRITTEN_WITHIN, async || {
            most = most.max(replicas(cluster).await?);
            let requests = cluster.requests().await?;
            Ok(requests.iter().all(CoverLetterRequest::is_terminal).then_some(requests))
        })
        .await?;
        ensure!((2..=MAX_REPLICAS).contains(&most), "inference had {most} pods at most");
        ensure!(finished.len() == REQUESTS as usize, "{} requests", finished.len());
        for request in &finished {
            all_at_the_first_attempt(request)?;
        }
        ensure!(workers(&finished) >= 2, "one pod wrote all letters");

        eventually_true("inference is back to its minimum", SHRINKS_WITHIN, async || {
            Ok(replicas(cluster).await? == 1 && cluster.pods(Component::Inference).await?.len() == 1)
        })
        .await?;
        Ok::<_, anyhow::Error>(())
    })
    .await;
}

/// A second attempt would mean that a busy pod was ended.
fn all_at_the_first_attempt(request: &CoverLetterRequest) -> Result<()> {
    let status = request.status.clone().unwrap_or_default();
    let once = status.attempt == Some(1) && status.attempts.is_empty();
    ensure!(request.state() == State::Succeeded && once, "{:?}: {status:?}", request.metadata.name);
    Ok(())
}

fn workers(requests: &[CoverLetterRequest]) -> usize {
    let claims = requests.iter().filter_map(|request| request.status.as_ref()?.claim.as_ref());
    claims.map(|claim| claim.worker.as_str()).collect::<std::collections::BTreeSet<_>>().len()
}

async fn replicas(cluster: &Cluster) -> Result<i32> {
    let deployment = cluster.api::<Deployment>().get(&Component::Inference.object_name(app::NAME)).await?;
    Ok(deployment.spec.and_then(|spec| spec.replicas).unwrap_or(1))
}
