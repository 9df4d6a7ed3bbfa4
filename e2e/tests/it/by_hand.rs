//! A cluster user requests a letter without the site.

use std::fs;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use e2e::letter::is_signed_by;
use e2e::{Play, app, environment, play};

#[tokio::test]
async fn a_request_applied_with_kubectl_gets_its_letter() {
    play("by-hand", async |play: &Play| {
        let cluster = &play.cluster;
        cluster.install(&app::small()).await?;
        let sample = environment::root().join("config/samples/coverletterrequest.yaml");
        let sample = fs::read_to_string(&sample).with_context(|| format!("read {}", sample.display()))?;
        // The sample names the namespace of the sample app; this app has another one.
        let sample = sample.replace("namespace: letters", &format!("namespace: {}", cluster.namespace()));
        cluster.apply_text(&sample).await?;
        let request = cluster.only_request().await?;
        let name = request.metadata.name.clone().unwrap_or_default();
        cluster.letter(&name, Duration::from_mins(1)).await?;

        // The command that `cargo xtask up` prints.
        let resource = format!("coverletterrequest/{name}");
        let letter = cluster.kubectl(&["get", &resource, "--output", "jsonpath={.status.letter}"]).await?;
        ensure!(is_signed_by(&letter, &request.spec.applicant.name), "not a signed letter: {letter}");
        let app = cluster.kubectl(&["get", "coverletterapp/letters", "--output", "jsonpath={.status.queue}"]).await?;
        ensure!(app.contains("queued") && app.contains("running"), "the app does not tell its queue: {app}");
        Ok::<_, anyhow::Error>(())
    })
    .await;
}
