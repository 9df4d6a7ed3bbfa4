//! `up`, `down`, `status` and `logs`: from a checkout to a running site, and back.

use std::path::Path;
use std::time::Instant;

use anyhow::Result;
use clap::{Args, ValueEnum};

use crate::cluster::{self, Choice, Cluster, devcluster};
use crate::image;
use crate::shell::{Background, output, run, step};
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
    step("apply the sample app and wait until it is ready", || {
        run(cluster.install(["app", "config/samples/coverletterapp.yaml"]))
    })?;
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
    let references = images.iter().flat_map(|image| ["--image", &image.reference]);
    step("install the operator", || run(cluster.install(["operator", "config/default"].into_iter().chain(references))))
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
