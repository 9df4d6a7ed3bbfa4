//! Two apps of the same name in two namespaces share nothing, and data outlives an app with `deletionPolicy: Retain`.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use crds::names::Component;
use e2e::browser::Script;
use e2e::eventually::eventually_true;
use e2e::forward::Forward;
use e2e::{Cluster, Play, app, play};
use k8s_openapi::api::apps::v1::{Deployment, StatefulSet};
use k8s_openapi::api::core::v1::{PersistentVolumeClaim, Pod, Secret};
use kube::api::ListParams;

const WRITTEN_WITHIN: Duration = Duration::from_mins(1);
const GONE_WITHIN: Duration = Duration::from_mins(2);
/// Port of the web's Service.
const WEB_PORT: u16 = 80;

#[tokio::test]
async fn a_second_app_in_another_namespace_is_separate() {
    play("separate", async |play: &Play| {
        let here = &play.cluster;
        let there = play.another_namespace("other").await?;
        let (site, hidden) = (app::with_site(), app::small());
        let (first, second) = tokio::join!(play.install_site(&site), there.install(&hidden));
        first.and(second)?;
        ensure!(password(here).await? != password(&there).await?, "both databases have one password");

        let john = play.student("John").await?;
        john.register().await?;
        john.log_in().await?;
        let other_site = Forward::open(&there, &Component::Web.object_name(app::NAME), WEB_PORT).await?;
        let stranger = play.student_at(other_site.url(), "John", Script::Runs).await?;
        stranger.try_to_log_in().await?;
        stranger.sees("Incorrect username or password").await?;

        // The other site lets another person register the same name, with letters of their own.
        stranger.register().await?;
        stranger.log_in().await?;
        let path = stranger.new_example().await?;
        let letter = stranger.finished_letter(WRITTEN_WITHIN).await?;
        john.open("/letters").await?;
        john.sees("Your letters will stand here").await?;
        john.open(&path).await?;
        john.sees("There is nothing here").await?;
        ensure!(there.requests().await?.len() == 1 && here.requests().await?.is_empty(), "requests of the other app");

        let john_again = retains_its_data(play, &there).await?;
        let found = play.student_at(john_again.url(), "John", Script::Runs).await?;
        found.log_in().await?;
        found.open(&path).await?;
        ensure!(found.finished_letter(WRITTEN_WITHIN).await? == letter, "another letter from the retained database");
        Ok(())
    })
    .await;
}

/// Deletes the app and creates it again; only its data remains in between. Returns the forward to the new site.
async fn retains_its_data(play: &Play, there: &Cluster) -> Result<Forward> {
    let before = password(there).await?;
    there.kubectl(&["delete", "coverletterapp", app::NAME]).await?;
    eventually_true("what belonged to the app is gone", GONE_WITHIN, async || {
        let all = ListParams::default();
        let deployments = there.api::<Deployment>().list(&all).await?.items.len();
        let stateful_sets = there.api::<StatefulSet>().list(&all).await?.items.len();
        // A pod that still ends would be forwarded to as well as a new one.
        let pods = there.api::<Pod>().list(&all).await?.items.len();
        Ok(deployments + stateful_sets + pods == 0)
    })
    .await?;
    ensure!(password(there).await? == before, "the password changed");
    let claims = there.api::<PersistentVolumeClaim>().list(&ListParams::default()).await?.items;
    let kept = claims.iter().filter(|claim| claim.metadata.deletion_timestamp.is_none());
    ensure!(kept.count() == 1, "the database volume was not kept");
    ensure!(play.cluster.pods(Component::Web).await?.len() == 1, "the other app lost its web pod");

    there.install(&app::small()).await?;
    Forward::open(there, &Component::Web.object_name(app::NAME), WEB_PORT).await
}

async fn password(cluster: &Cluster) -> Result<Vec<u8>> {
    let secret = cluster.api::<Secret>().get(&format!("{}-database", app::NAME)).await?;
    let mut data = secret.data.context("the Secret has data")?;
    Ok(data.remove("password").context("the Secret has a password")?.0)
}
