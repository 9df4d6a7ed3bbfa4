//! A running node, as its user sees it.

use std::fs;
use std::io;
use std::net::SocketAddrV4;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::thread;
use std::time::{Duration, Instant};

use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::{Client, Config};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::cgroup::Cgroups;
use super::config::CONTAINERD_SOCKET;
use super::error::NodeError;
use super::images;
use super::instance::Instance;
use super::launch::{await_ready, launch};
use super::layout::Layout;
use super::options::{Lifetime, NodeOptions, WEB_NODE_PORT};
use super::programs::prepare;
use super::progress::Entry;
use super::remove::remove;
use super::settings::Settings;

/// How long the guard of a node may take to remove it; after that it is removed from here.
const GONE_WITHIN: Duration = Duration::from_secs(30);
/// How often it is looked at.
const POLL: Duration = Duration::from_millis(20);

/// A running node. Dropping an owned one removes it and returns when it is gone; a detached one lives on.
#[derive(Debug)]
pub struct Node {
    layout: Layout,
    instance: Instance,
    /// The supervisor when this process started it: its standard input is what owns the node.
    supervisor: Option<Child>,
    lifetime: Lifetime,
}

impl Node {
    /// Starts a node and returns when it is Ready, its Services and DNS work and `images` are imported. Every step is
    /// handed to `progress`.
    ///
    /// # Errors
    /// [`NodeError`]; [`NodeError::Start`] has the end of the log that explains a failed start and keeps all logs.
    pub async fn start_with(options: NodeOptions, progress: impl FnMut(&Entry)) -> Result<Self, NodeError> {
        options.validate()?;
        let programs = match &options.programs {
            Some(programs) => programs.clone(),
            None => prepare().await?,
        };
        let mut node = launch(&options, programs).await?;
        match await_ready(&mut node, progress).await {
            Ok(()) => Ok(node),
            Err(error) => {
                node.stop()?;
                Err(error)
            }
        }
    }

    /// Starts a node, as [`Node::start_with`] does, silently.
    ///
    /// # Errors
    /// [`NodeError`].
    pub async fn start(options: NodeOptions) -> Result<Self, NodeError> {
        Self::start_with(options, |_| ()).await
    }

    /// The running instance `name` below `home`, ready or not, if there is one.
    ///
    /// # Errors
    /// When its record cannot be read.
    pub fn find(home: &Path, name: &str) -> Result<Option<Self>, NodeError> {
        let layout = Layout::new(&fs::canonicalize(home).unwrap_or_else(|_| home.to_owned()), name);
        let running = Instance::load(&layout)?.filter(|instance| instance.supervisor.is_running());
        Ok(running.map(|instance| Self::new(layout, instance, None, Lifetime::Detached)))
    }

    /// Waits until the node is ready; the entries since its start are handed to `progress`.
    ///
    /// # Errors
    /// [`NodeError::Start`] when it failed to start.
    pub async fn ready(&mut self, progress: impl FnMut(&Entry)) -> Result<(), NodeError> {
        await_ready(self, progress).await
    }

    pub(super) fn new(layout: Layout, instance: Instance, supervisor: Option<Child>, lifetime: Lifetime) -> Self {
        Self { layout, instance, supervisor, lifetime }
    }

    pub(super) fn layout(&self) -> &Layout {
        &self.layout
    }

    /// The instance's name, which is its node's name too.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.instance.name
    }

    /// The folder that holds everything of the instance.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.layout.folder()
    }

    /// The kubeconfig of an administrator.
    #[must_use]
    pub fn kubeconfig(&self) -> PathBuf {
        self.layout.kubeconfig()
    }

    /// The log of a component.
    #[must_use]
    pub fn log(&self, component: &str) -> PathBuf {
        self.layout.log(component)
    }

    /// What its supervisor wrote down about the instance.
    #[must_use]
    pub fn instance(&self) -> &Instance {
        &self.instance
    }

    /// Where the API server is reached.
    #[must_use]
    pub fn api(&self) -> SocketAddrV4 {
        self.instance.api
    }

    /// The local address that leads to [`WEB_NODE_PORT`].
    ///
    /// # Panics
    /// Never: every node has one.
    #[must_use]
    pub fn web(&self) -> SocketAddrV4 {
        self.forwarded(WEB_NODE_PORT).expect("the web's port is always forwarded")
    }

    /// The local address that leads to a port of the node, if one does.
    #[must_use]
    pub fn forwarded(&self, node_port: u16) -> Option<SocketAddrV4> {
        let found = self.instance.forwarded.iter().find(|forwarded| forwarded.node_port == node_port);
        found.map(|forwarded| forwarded.address)
    }

    /// Whether the node's supervisor still runs.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.instance.supervisor.is_running()
    }

    /// The process that owns the node; killing it ends everything.
    #[must_use]
    pub fn supervisor(&self) -> Pid {
        self.instance.supervisor.pid()
    }

    /// The processes of the node, pods included, whose program is called `program`, as numbered on this machine.
    ///
    /// # Errors
    /// When cgroups cannot be read.
    pub fn processes(&self, program: &str) -> Result<Vec<Pid>, NodeError> {
        let mut pids = Cgroups::detect()?.processes(&self.instance.cgroup);
        pids.retain(|pid| {
            let arguments = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            let first = arguments.split(|byte| *byte == 0).next().unwrap_or_default();
            Path::new(&*String::from_utf8_lossy(first)).file_name().is_some_and(|name| name == program)
        });
        Ok(pids)
    }

    /// A client of the API server with an administrator's rights.
    ///
    /// # Errors
    /// When the kubeconfig cannot be read.
    pub async fn client(&self) -> Result<Client, NodeError> {
        let failed = |source| NodeError::Kubeconfig(Box::new(source));
        let kubeconfig = Kubeconfig::read_from(self.kubeconfig()).map_err(failed)?;
        let options = KubeConfigOptions::default();
        let config = Config::from_custom_kubeconfig(kubeconfig, &options).await.map_err(failed)?;
        Client::try_from(config).map_err(NodeError::kube("connect to the API server"))
    }

    /// `kubectl` of the node's version, for this node.
    ///
    /// # Errors
    /// When the instance's settings cannot be read.
    pub fn kubectl(&self) -> Result<Command, NodeError> {
        let settings = Settings::load(&self.layout)?;
        let mut command = Command::new(settings.programs.kubernetes.join("kubectl"));
        command.env("KUBECONFIG", self.kubeconfig());
        // What kubectl remembers of a cluster goes with the cluster.
        command.env("KUBECACHEDIR", self.layout.state("kubectl"));
        Ok(command)
    }

    /// Imports an image archive, from which pods can then be started. Returns the names of its images.
    ///
    /// # Errors
    /// [`NodeError::Command`] with what containerd said.
    pub async fn load_image(&self, archive: &Path) -> Result<Vec<String>, NodeError> {
        let settings = Settings::load(&self.layout)?;
        let socket = format!("/proc/{}/root{CONTAINERD_SOCKET}", self.instance.namespaces.pid);
        images::import(&settings.programs.runtime.join("ctr"), &socket, archive).await
    }

    /// Ends the node and returns when nothing of it is left.
    ///
    /// # Errors
    /// [`NodeError::Left`] when something is left after all.
    pub fn stop(mut self) -> Result<(), NodeError> {
        self.end()
    }

    /// Returns when nothing is left of a node that somebody else has ended.
    ///
    /// # Errors
    /// [`NodeError::Left`] when something is left after all.
    pub fn removed(home: &Path, name: &str) -> Result<(), NodeError> {
        let layout = Layout::new(home, name);
        // The logs of a failed start are all that can be there without a node.
        let _ = fs::remove_dir_all(layout.failed_logs());
        await_guard(&layout);
        remove(&layout)
    }

    fn end(&mut self) -> Result<(), NodeError> {
        self.lifetime = Lifetime::Detached;
        if self.instance.supervisor.is_running() {
            match kill(self.supervisor(), Signal::SIGTERM) {
                Ok(()) | Err(nix::Error::ESRCH) => {}
                Err(error) => return Err(NodeError::system("stop the node's supervisor")(error)),
            }
        }
        if let Some(mut supervisor) = self.supervisor.take() {
            drop(supervisor.stdin.take());
            // Its end is what starts the removal; how it ended does not matter.
            let _: io::Result<_> = supervisor.wait();
        }
        await_guard(&self.layout);
        remove(&self.layout)
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        if self.lifetime == Lifetime::Owned
            && let Err(error) = self.end()
        {
            eprintln!("{}", super::error::chain(&error));
        }
    }
}

/// Waits for the guard to remove the instance's folder, which it does last.
fn await_guard(layout: &Layout) {
    let deadline = Instant::now() + GONE_WITHIN;
    while layout.folder().exists() && Instant::now() < deadline {
        thread::sleep(POLL);
    }
}
