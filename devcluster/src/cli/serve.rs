//! `devcluster serve`: the whole site in one process, for a container.

use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use clap::Args;
use devcluster::health::is_ok;
use devcluster::image::ImageRef;
use devcluster::node::{DEFAULT_WEB_PORT, Lifetime, Node, NodeOptions};
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::{sleep, timeout};

use super::install::{self, Kubectl};
use super::target::Target;
use super::up::show;

/// How often the node and the site are looked at.
const POLL: Duration = Duration::from_millis(200);
/// How long the site may take to answer once its app is ready.
const ANSWERS_WITHIN: Duration = Duration::from_mins(2);

/// Start a cluster with the operator and the sample app, print the site's address, and stay until a signal ends all of it
///
/// What students and administrators make is kept in the folder of clusters, and there at the next start. Ports are open to
/// other machines, as the ports of containers are.
#[derive(Args, Debug)]
pub struct Serve {
    #[command(flatten)]
    target: Target,
    /// Port of the site
    #[arg(long, default_value_t = DEFAULT_WEB_PORT)]
    web_port: u16,
    /// Address to listen at
    #[arg(long, default_value_t = Ipv4Addr::UNSPECIFIED)]
    web_address: Ipv4Addr,
    /// Folder of manifests
    #[arg(long, default_value = "config")]
    config: PathBuf,
    /// The archives of the images of our programs and of Postgres, in this order
    #[arg(long = "image", value_name = "IMAGE.tar", required = true)]
    images: Vec<PathBuf>,
}

impl Serve {
    pub async fn run(self, home: &Path) -> anyhow::Result<ExitCode> {
        // Listened to from the start: the first process of a container ends by no signal that it does not listen to.
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        tokio::select! {
            outcome = self.serve(home) => outcome.map(|()| ExitCode::SUCCESS),
            _ = terminate.recv() => Ok(ExitCode::SUCCESS),
            _ = interrupt.recv() => Ok(ExitCode::SUCCESS),
        }
    }

    /// Does not return while the node lives. Dropping this future ends the node.
    async fn serve(self, home: &Path) -> anyhow::Result<()> {
        let began = Instant::now();
        let name = &self.target.name;
        let read = |archive: &PathBuf| Ok(ImageRef::of(archive)?.name);
        let images = self.images.iter().map(read).collect::<anyhow::Result<Vec<_>>>()?;
        println!("Starting the cluster `{name}`");
        let options = NodeOptions {
            home: home.to_owned(),
            address: self.web_address,
            web_port: self.web_port,
            // Before the kubelet starts: it would look elsewhere for the images of pods that were kept.
            images: self.images.clone(),
            lifetime: Lifetime::Owned,
            kept: Some(home.join(format!("{name}.kept"))),
            ..NodeOptions::named(name)
        };
        let node = Node::start_with(options, show).await?;
        let kubectl = Kubectl::Of(&node);
        install::operator(&kubectl, &self.config.join("default"), &images).await?;
        install::app(&kubectl, &self.config.join("samples/coverletterapp.yaml")).await?;
        answers(&node).await?;
        describe(&node, began);
        while node.instance().supervisor.is_running() {
            sleep(POLL).await;
        }
        anyhow::bail!("the cluster `{name}` ended: its logs are in `{}`", node.folder().display())
    }
}

/// Waits until the site answers: of a cluster that was kept, the app was ready before its pods run again.
async fn answers(node: &Node) -> anyhow::Result<()> {
    let address = node.web().to_string();
    let answers = async {
        while !is_ok(&address, "/").await {
            sleep(POLL).await;
        }
    };
    timeout(ANSWERS_WITHIN, answers).await.with_context(|| format!("the site does not answer at {address}"))
}

fn describe(node: &Node, began: Instant) {
    println!(
        "\nReady after {:.0} s.\n\n  Site  http://localhost:{}\n",
        began.elapsed().as_secs_f32(),
        node.web().port()
    );
}
