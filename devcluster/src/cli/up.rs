//! `devcluster up`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use clap::Args;
use devcluster::node::{DEFAULT_WEB_PORT, Entry, Event, Forward, Lifetime, Node, NodeError, NodeOptions};

use super::target::Target;

/// Start a cluster and wait until it serves
#[derive(Args, Debug)]
pub struct Up {
    #[command(flatten)]
    target: Target,
    /// Local port that leads to node port 30080; the next free one is taken when it is in use
    #[arg(long, default_value_t = DEFAULT_WEB_PORT)]
    web_port: u16,
    /// A further local port and the node port it leads to
    #[arg(long = "forward", value_name = "LOCAL:NODE", value_parser = parse_forward)]
    forwards: Vec<Forward>,
    /// An image archive to import before the cluster counts as started
    #[arg(long = "image", value_name = "IMAGE.tar")]
    images: Vec<PathBuf>,
    /// Keep the cluster's objects, keys and volumes in this folder, and continue with those that are there
    #[arg(long, value_name = "FOLDER")]
    keep: Option<PathBuf>,
    /// Stay here, and remove the cluster when standard input closes or this process ends, however it ends
    #[arg(long)]
    until_eof: bool,
}

impl Up {
    pub async fn run(self, home: &Path) -> anyhow::Result<ExitCode> {
        let began = Instant::now();
        if let Some(node) = self.running(home).await? {
            println!("The cluster `{}` is already running", node.name());
            describe(&node);
            return Ok(ExitCode::SUCCESS);
        }
        println!("Starting the cluster `{}`", self.target.name);
        let options = NodeOptions {
            home: home.to_owned(),
            web_port: self.web_port,
            forwards: self.forwards,
            images: self.images,
            kept: self.keep,
            lifetime: if self.until_eof { Lifetime::Owned } else { Lifetime::Detached },
            ..NodeOptions::named(&self.target.name)
        };
        let node = match Node::start_with(options, show).await {
            // Another `up` started it meanwhile.
            Err(NodeError::AlreadyRunning { name }) if !self.until_eof => {
                let node = Node::find(home, &name)?.ok_or(NodeError::NotRunning { name })?;
                node.ready(show).await?;
                node
            }
            outcome => outcome?,
        };
        println!("The cluster `{}` is ready after {:.1} s", node.name(), began.elapsed().as_secs_f64());
        describe(&node);
        if self.until_eof {
            // Input is ignored; the end of input ends the cluster.
            std::io::copy(&mut std::io::stdin(), &mut std::io::sink())?;
            node.stop()?;
        }
        Ok(ExitCode::SUCCESS)
    }

    /// The cluster, if an earlier `up` has started it. One that failed to start is removed.
    async fn running(&self, home: &Path) -> anyhow::Result<Option<Node>> {
        let Some(node) = Node::find(home, &self.target.name)? else { return Ok(None) };
        anyhow::ensure!(
            !self.until_eof,
            "the cluster `{}` is already running, and not owned by this process",
            node.name()
        );
        match node.ready(|_| ()).await {
            Ok(()) => Ok(Some(node)),
            Err(error) => {
                eprintln!("Removing the cluster `{}`, which failed to start: {error}", node.name());
                node.stop()?;
                Ok(None)
            }
        }
    }
}

pub fn show(entry: &Entry) {
    if let Event::Step { text } = &entry.event {
        println!("{:>6.1} s  {text}", entry.elapsed_ms as f64 / 1000.0);
    }
}

fn describe(node: &Node) {
    let name = node.name();
    println!("  web         http://{} (node port {})", node.web(), devcluster::node::WEB_NODE_PORT);
    println!("  API server  https://{}", node.api());
    println!("  kubeconfig  export KUBECONFIG={}", node.kubeconfig().display());
    println!("  kubectl     devcluster kubectl --name {name} -- get pods --all-namespaces");
    println!("  stop        devcluster down --name {name}");
}

fn parse_forward(text: &str) -> Result<Forward, String> {
    let parse = |port: &str| port.parse::<u16>().ok().filter(|port| *port > 0);
    let ports = text.split_once(':').and_then(|(local, node)| Some((local.parse().ok()?, parse(node)?)));
    let (local_port, node_port) = ports.ok_or("must be LOCAL:NODE, two ports, for example 9090:30090")?;
    Ok(Forward { local_port, tries: 0, node_port })
}
