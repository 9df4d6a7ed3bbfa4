//! `up`, `down`, `status` and `logs`: from a checkout to a running site, and back.

use std::fs;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context as _, Result};
use clap::{Args, ValueEnum};

use crate::cluster::{self, Choice, Cluster, devcluster};
use crate::image::{self, Image};
use crate::shell::{Background, output, root, run, step};
use crate::smollm2;

const SYSTEM: &str = "coverletter-system";
const APP: &str = "letters";

/// Which cluster, and which model writes.
#[derive(Args)]
pub struct Options {
    #[command(flatten)]
    choice: Choice,
    /// The model that the image carries. SmolLM2-135M-Instruct, a general model, is brought by pip.
    #[arg(long, value_enum, default_value_t = Model::BuiltIn)]
    model: Model,
}

/// The values of `--model`.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Model {
    /// The model of this repository, made for letters
    BuiltIn,
    /// SmolLM2-135M-Instruct in the built-in model's place
    Smollm2,
}

/// Builds everything, starts the cluster, installs the operator and the sample app, waits until the app is ready, and
/// prints its URL.
pub fn up(options: &Options) -> Result<()> {
    let start = Instant::now();
    let cluster = options.choice.cluster();
    let model = match options.model {
        Model::BuiltIn => None,
        Model::Smollm2 => Some(smollm2::bring()?),
    };
    cluster::build_one("devcluster")?;
    let kubernetes = match cluster {
        Cluster::Devcluster(_) => {
            step("look at this machine", || run(devcluster(["doctor", "--quiet"])))?;
            Some(cluster::build_kubernetes()?)
        }
        Cluster::Kind | Cluster::Current => None,
    };
    cluster::build()?;
    kubernetes.map_or(Ok(()), Background::finish)?;
    step("start the cluster", || cluster.start())?;
    install(&cluster, model.as_deref())?;
    step("apply the sample app", || {
        // Not `--server-side`: a sample that is applied later must be able to replace these fields without a conflict.
        run(cluster.kubectl(["apply", "-f", "config/samples/coverletterapp.yaml"]))
    })?;
    step("wait until the app is ready", || wait_until_ready(&cluster))?;
    print_next_steps(&cluster, start)
}

/// Removes the cluster that `up` started, or from a cluster that is not ours the app and the operator.
pub fn down(choice: &Choice) -> Result<()> {
    let cluster = choice.cluster();
    if let Cluster::Current = cluster {
        let samples = ["delete", "--ignore-not-found", "-f", "config/samples/coverletterapp.yaml"];
        run(cluster.kubectl(samples))?;
        return run(cluster.kubectl(["delete", "--ignore-not-found", "-k", "config/default"]));
    }
    if matches!(cluster, Cluster::Devcluster(_)) && !cluster::devcluster_is_built() {
        eprintln!("nothing to stop: `cargo xtask up` has not been run here");
        return Ok(());
    }
    cluster.stop()
}

/// Shows the cluster, the apps, and the pods and requests of the sample app.
pub fn status(choice: &Choice) -> Result<()> {
    let cluster = choice.cluster();
    if let Cluster::Devcluster(name) = &cluster {
        run(devcluster(["status", "--name", name]))?;
    }
    run(cluster.kubectl(["get", "coverletterapps", "--all-namespaces", "--output", "wide"]))?;
    run(cluster.kubectl(["get", "pods", "--namespace", APP]))?;
    run(cluster.kubectl(["get", "coverletterrequests", "--namespace", APP]))
}

/// Prints the last log lines of the operator and of the app's pods.
pub fn logs(choice: &Choice) -> Result<()> {
    let cluster = choice.cluster();
    let operator = [
        "logs",
        "--namespace",
        SYSTEM,
        "--selector",
        "app.kubernetes.io/component=operator",
        "--tail",
        "50",
        "--prefix",
    ];
    run(cluster.kubectl(operator))?;
    let app = [
        "logs",
        "--namespace",
        APP,
        "--selector",
        "app.kubernetes.io/instance=letters",
        "--all-containers",
        "--tail",
        "50",
        "--prefix",
    ];
    run(cluster.kubectl(app))
}

/// Packs the images, with the model in another folder if one is named, loads them into the cluster and installs the
/// operator.
pub fn install(cluster: &Cluster, model: Option<&Path>) -> Result<()> {
    let images = image::write("target/images", model, None)?;
    step("load the images", || images.iter().try_for_each(|image| cluster.load(&image.archive)))?;
    step("install the operator", || install_operator(cluster, &images))
}

/// Applies `config/default` with the images that were just packed, and waits for the operator.
fn install_operator(cluster: &Cluster, images: &[Image]) -> Result<()> {
    let folder = root().join("target/install");
    fs::create_dir_all(&folder).context("make target/install")?;
    fs::write(folder.join("kustomization.yaml"), kustomization(images))
        .context("write target/install/kustomization.yaml")?;
    let folder = folder.display().to_string();
    run(cluster.kubectl(["apply", "--server-side", "--force-conflicts", "--kustomize", &folder]))?;
    run(cluster.kubectl([
        "wait",
        "--for=condition=Established",
        "--timeout=60s",
        "customresourcedefinitions",
        "--selector",
        "app.kubernetes.io/part-of=coverletter",
    ]))?;
    run(cluster.kubectl([
        "rollout",
        "status",
        "--namespace",
        SYSTEM,
        "--timeout=120s",
        "deployment/coverletter-operator",
    ]))
}

/// A kustomize overlay with image tags that are hashes of the content, so that a new build is rolled out.
fn kustomization(images: &[Image]) -> String {
    let tags = images.iter().map(|image| {
        let (name, tag) = image.reference.rsplit_once(':').unwrap_or((&image.reference, "dev"));
        format!("- {{name: {name}, newTag: \"{tag}\"}}\n")
    });
    let variables = ["IMAGE", "POSTGRES_IMAGE"].into_iter().zip(images);
    let environment: Vec<String> =
        variables.map(|(name, image)| format!("{{name: {name}, value: \"{}\"}}", image.reference)).collect();
    format!(
        "resources: [../../config/default]\nimages:\n{}patches:\n- patch: |\n    apiVersion: apps/v1\n    kind: Deployment\n    \
         metadata: {{name: coverletter-operator, namespace: {SYSTEM}}}\n    \
         spec: {{template: {{spec: {{containers: [{{name: operator, env: [{}]}}]}}}}}}\n",
        tags.collect::<String>(),
        environment.join(", ")
    )
}

fn wait_until_ready(cluster: &Cluster) -> Result<()> {
    let wait = ["wait", "--for=condition=Ready", "--timeout=300s", "--namespace", APP, "coverletterapp/letters"];
    run(cluster.kubectl(wait)).inspect_err(|_| {
        // Best effort: these show the reason; the error is returned in any case.
        let _ = run(cluster.kubectl(["describe", "--namespace", APP, "coverletterapp/letters"]));
        let _ = run(cluster.kubectl(["get", "pods", "--namespace", APP]));
    })
}

fn print_next_steps(cluster: &Cluster, start: Instant) -> Result<()> {
    let url = site(cluster)?;
    let kubectl = cluster.kubectl_to_type();
    println!(
        "\nReady after {:.0} s.\n\n  Site      {url}\n\n  See the app       {kubectl} get -n {APP} coverletterapps\n  \
         See the letters   {kubectl} get -n {APP} coverletterrequests\n  Ask for one       {kubectl} apply -n {APP} -f config/samples/coverletterrequest.yaml\n  \
         Read it           {kubectl} get -n {APP} coverletterrequest example -o jsonpath='{{.status.letter}}'\n  Logs              cargo xtask logs\n  Stop              cargo xtask down\n",
        start.elapsed().as_secs_f32()
    );
    Ok(())
}

fn site(cluster: &Cluster) -> Result<String> {
    match cluster {
        Cluster::Devcluster(name) => output(devcluster(["url", "--name", name])),
        Cluster::Kind => Ok("http://localhost:8080".to_owned()),
        Cluster::Current => {
            Ok(format!("run `kubectl port-forward -n {APP} service/{APP}-web 8080:80`, then http://localhost:8080"))
        }
    }
}
