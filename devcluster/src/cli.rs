//! The command line.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use devcluster::node::default_home;

mod access;
mod build;
mod doctor;
mod down;
mod image;
mod install;
mod logs;
mod serve;
mod status;
mod target;
mod up;

/// A real Kubernetes node on this machine, without Docker.
///
/// Runs etcd, the control plane, containerd, kubelet, kube-proxy, DNS and metrics-server in namespaces of their own
/// and forwards local ports to them. Needs root on Linux; `devcluster doctor` says what else.
#[derive(Debug, Parser)]
#[command(name = "devcluster", disable_help_subcommand = true)]
pub struct Cli {
    /// Folder that holds all clusters [default: ~/.local/state/coverletter-devcluster]
    #[arg(long, env = "DEVCLUSTER_HOME", global = true)]
    home: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Up(up::Up),
    Down(down::Down),
    Status(status::Status),
    Kubeconfig(access::Kubeconfig),
    Url(access::Url),
    Kubectl(access::Kubectl),
    Load(access::Load),
    Logs(logs::Logs),
    Doctor(doctor::Doctor),
    Build(build::Build),
    Image(image::Image),
    Install(install::Install),
    Serve(serve::Serve),
}

/// Runs the command and returns the exit code of this process.
pub fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    let home = cli.home.unwrap_or_else(default_home);
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        match cli.command {
            Command::Up(up) => up.run(&home).await,
            Command::Down(down) => down.run(&home),
            Command::Status(status) => status.run(&home).await,
            Command::Kubeconfig(kubeconfig) => kubeconfig.run(&home),
            Command::Url(url) => url.run(&home),
            Command::Kubectl(kubectl) => kubectl.run(&home),
            Command::Load(load) => load.run(&home).await,
            Command::Logs(logs) => logs.run(&home),
            Command::Doctor(doctor) => doctor.run(&home),
            Command::Build(build) => build.run().await,
            Command::Image(image) => image.run().await,
            Command::Install(install) => install.run(&home).await,
            Command::Serve(serve) => serve.run(&home).await,
        }
    })
}
