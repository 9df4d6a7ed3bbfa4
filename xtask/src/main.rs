//! `cargo xtask <verb>`: build, run, test and measure this repository. Each verb is one file.

mod bench;
mod cluster;
mod compose;
mod deny;
mod generate;
mod image;
mod model;
mod reader;
mod sbom;
mod shell;
mod smollm2;
mod soak;
mod test;
mod tidy;
mod up;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Build, run and test Cover Letter Writer on Kubernetes.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Build everything, start a cluster, install the operator and a sample app, and print the URL. Can be repeated.
    Up(up::Options),
    /// Stop the cluster that `up` started. From a cluster that existed before, only the app and the operator are removed.
    Down(cluster::Choice),
    /// Show the cluster, the app and its requests.
    Status(cluster::Choice),
    /// Print the logs of the operator and of the app's pods.
    Logs(cluster::Choice),
    /// Say which tools for running and testing this machine has and lacks.
    Doctor,
    /// Run every check: format, lints, tidy, unit and integration tests, then end to end in a real cluster.
    Test(test::Options),
    /// Measure our inference beside its peers: llama.cpp, candle-transformers, transformers.
    Bench(bench::Options),
    /// Write letters while the API server fails and processes are killed, and count what was lost or doubled.
    Soak(soak::Options),
    /// Check the built-in model's files, say how to make it again, judge its letters, or bring another model.
    Model(model::Options),
    /// Write what is generated from Rust: custom resource definitions, RBAC, samples.
    Generate,
    /// Make the image of `compose.yaml`, start it, have a letter written, start it again, and remove it.
    Compose(compose::Options),
    /// Write the container images as OCI archives.
    Image(image::Options),
    /// Check the repository's own rules: imports, pure rooms, circles, file sizes, dead files.
    Tidy,
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().verb {
        Verb::Up(options) => up::up(&options),
        Verb::Down(choice) => up::down(&choice),
        Verb::Status(choice) => up::status(&choice),
        Verb::Logs(choice) => up::logs(&choice),
        Verb::Doctor => cluster::doctor(),
        Verb::Test(options) => test::test(&options),
        Verb::Bench(options) => bench::bench(&options),
        Verb::Soak(options) => soak::soak(&options),
        Verb::Model(options) => model::model(&options),
        Verb::Generate => generate::generate(),
        Verb::Compose(options) => compose::compose(&options),
        Verb::Image(options) => image::image(&options),
        Verb::Tidy => tidy::tidy(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
