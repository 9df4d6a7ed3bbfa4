//! A general model writes: from the one file in which it was published, and at a server that computes it already.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use crds::app::conditions::INFERENCE_AVAILABLE;
use crds::app::{ClaimName, ImageModel, ServerModel, VolumeModel};
use crds::condition::find;
use crds::request::Form;
use crds::{CoverLetterApp, CoverLetterRequestStatus};
use e2e::eventually::eventually_true;
use e2e::letter::{is_signed_by, request};
use e2e::{Cluster, Play, app, environment, node, play};
use fixtures::llama_server::LlamaServer;
use serde_json::{Value, json};

const NAME: &str = "smollm2";
/// The published file's, as in `xtask/src/smollm2.rs`.
const SHA256: &str = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53";
const WRITTEN_WITHIN: Duration = Duration::from_mins(2);
/// Pods look every thirty seconds at a server that was well.
const TOLD_WITHIN: Duration = Duration::from_mins(2);
const SEED: i64 = 42;

#[tokio::test]
async fn a_model_writes_from_the_file_in_which_it_was_published() {
    play("published-model", async |play: &Play| {
        let cluster = &play.cluster;
        let volume = format!("{}-model", cluster.namespace());
        cluster.apply(&volume_of_the_model(&volume, cluster.namespace())?).await?;
        let mut app = unhurried();
        let claim = ClaimName { claim_name: NAME.to_owned() };
        app.spec.inference.model.volume = Some(VolumeModel { persistent_volume_claim: claim, path: String::new() });
        cluster.install(&app).await?;
        let written = letter(cluster).await?;
        ensure!(written.model.is_some_and(|model| model.sha256 == SHA256), "not written by the file as it is");
        cluster.kubectl(&["delete", "persistentvolume", &volume, "--wait=false"]).await?;
        Ok::<_, anyhow::Error>(())
    })
    .await;
}

#[tokio::test]
async fn a_model_writes_from_an_image_that_holds_its_file() {
    play("model-image", async |play: &Play| {
        let cluster = &play.cluster;
        let node =
            node::find(&cluster.environment().kubeconfig)?.context("images are loaded into a devcluster node")?;
        let folder = file()?.parent().context("it lies in a folder")?.to_owned();
        let image = devcluster::image::model(&folder, &environment::root().join("target/images")).await?;
        node.load_image(&image.archive).await?;
        let mut app = unhurried();
        app.spec.inference.model.image = Some(ImageModel { reference: image.name });
        cluster.install(&app).await?;
        let written = letter(cluster).await?;
        ensure!(written.model.is_some_and(|model| model.sha256 == SHA256), "not written by the file as it is");
        Ok::<_, anyhow::Error>(())
    })
    .await;
}

#[tokio::test]
async fn a_model_server_that_exists_writes_and_is_missed_when_it_is_gone() {
    play("model-server", async |play: &Play| {
        let cluster = &play.cluster;
        let node =
            node::find(&cluster.environment().kubeconfig)?.context("the server runs beside a devcluster node")?;
        let server = LlamaServer::start_on(&node, &file()?, NAME).await?;
        let mut app = unhurried();
        let url = format!("{}/v1", server.url());
        app.spec.inference.model.server = Some(ServerModel { url, model: NAME.to_owned(), ..ServerModel::default() });
        cluster.install(&app).await?;
        let written = letter(cluster).await?;
        ensure!(written.model.is_some_and(|model| model.name == NAME), "written by another model");

        drop(server);
        eventually_true("the app misses its server", TOLD_WITHIN, async || {
            let status = cluster.api::<CoverLetterApp>().get(app::NAME).await?.status.context("a status")?;
            let found = find(&status.conditions, INFERENCE_AVAILABLE);
            Ok(found.is_some_and(|it| it.status == "False" && it.reason == "ModelServerUnavailable"))
        })
        .await
    })
    .await;
}

/// One pod that writes as fast as it can.
fn unhurried() -> CoverLetterApp {
    let mut app = app::small();
    app.spec.inference.generation.max_tokens_per_second = None;
    app.spec.inference.scaling.max_replicas = 1;
    app
}

/// Requests the example, and checks that the model wrote it and nothing stood in for it.
async fn letter(cluster: &Cluster) -> Result<CoverLetterRequestStatus> {
    cluster.apply(&[request("general", SEED)]).await?;
    let letter = cluster.letter("general", WRITTEN_WITHIN).await?;
    let status = cluster.request("general").await?.status.context("it is finished")?;
    ensure!(is_signed_by(&letter, "John"), "not a signed letter: {letter}");
    ensure!(status.form == Some(Form::Model) && status.attempt == Some(1), "not written by the model: {status:?}");
    let usage = status.usage.context("it is counted")?;
    ensure!(usage.prompt_tokens > 0 && usage.completion_tokens > 0, "{usage:?}");
    eprintln!("{}: {usage:?}, {:?}\n{letter}", cluster.namespace(), status.timings);
    Ok(status)
}

fn file() -> Result<PathBuf> {
    let file = environment::root().join("target/models/smollm2/SmolLM2-135M-Instruct.Q4_1.gguf");
    ensure!(file.exists(), "bring the model by `cargo xtask model --smollm2`, which `cargo xtask test` does too");
    Ok(file)
}

/// A volume of the node that holds the file as it was published, and a claim to it.
fn volume_of_the_model(name: &str, namespace: &str) -> Result<[Value; 2]> {
    let file = file()?;
    let folder = file.parent().context("it lies in a folder")?;
    let (modes, size) = (["ReadOnlyMany"], "1Gi");
    let volume = json!({
        "apiVersion": "v1", "kind": "PersistentVolume",
        "metadata": {"name": name},
        "spec": {
            "accessModes": modes, "capacity": {"storage": size}, "storageClassName": "",
            "claimRef": {"name": NAME, "namespace": namespace},
            "hostPath": {"path": folder, "type": "Directory"}, "persistentVolumeReclaimPolicy": "Retain",
        },
    });
    let claim = json!({
        "apiVersion": "v1", "kind": "PersistentVolumeClaim",
        "metadata": {"name": NAME},
        "spec": {
            "accessModes": modes, "resources": {"requests": {"storage": size}}, "storageClassName": "",
            "volumeName": name,
        },
    });
    Ok([volume, claim])
}
