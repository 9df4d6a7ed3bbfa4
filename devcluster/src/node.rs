//! A real Kubernetes node in namespaces of its own: Level B.
//!
//! ```text
//! lifecycle   starts, awaits and removes an instance, which is described by instance, layout and progress
//! processes   supervisor -> enter -> init -> components: from the machine into the node, with cgroup and network
//! start       starts what programs and images provide, in order: keeper, components, config, policies, addons, volumes
//! ```
//!
//! etcd, kube-apiserver, kube-controller-manager, kube-scheduler, containerd, kubelet, kube-proxy, DNS and
//! metrics-server run in pid, mount, network, host name, IPC and cgroup namespaces of their own, and several instances
//! run side by side. The machine's network stays as it is: the node is reached through ports of 127.0.0.1. An instance
//! that was stopped or killed leaves nothing behind but settings of the kernel that have no namespace: this crate raises
//! `fs.inotify.max_user_instances`, and the kubelet sets `vm.overcommit_memory`, `kernel.panic` and
//! `kernel.panic_on_oops`.
//!
//! `NetworkPolicy` objects are enforced between pods, and from pods to the node, where the kernel has `br_netfilter`.

use std::fs;
use std::io;
use std::net::SocketAddrV4;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::Duration;

use kube::Client;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

mod error;

mod instance;
mod layout;
mod lifecycle;
mod progress;

mod images;
mod programs;

mod cgroup;
mod network;
mod processes;

mod addons;
mod attempt;
mod components;
mod config;
mod keeper;
mod plugin;
mod policies;
mod start;
mod volumes;

pub use attempt::Attempt;
pub use cgroup::Cgroups;
pub use components::NAMES as COMPONENTS;
pub use error::{NodeError, chain};
pub use instance::{DEFAULT_NAME, DEFAULT_WEB_PORT, Instance, Lifetime, NodeOptions, WEB_NODE_PORT};
pub use layout::{Layout, default_home};
pub use network::{DNS_SERVER, Forward, NODE_ADDRESS, bridges_are_filtered};
pub use processes::{INOTIFY_INSTANCES, Stage, run_stage};
pub use programs::{Programs, find as find_program, prepare};
pub use progress::{Entry, Event};
pub use volumes::STORAGE_CLASS;

use instance::Settings;
use lifecycle::{Launched, await_ready, await_removal, launch};

/// A running node. Dropping an owned one removes it and returns when it is gone; a detached one lives on.
#[derive(Debug)]
pub struct Node {
    layout: Layout,
    instance: Instance,
    /// The supervisor, if this process started it. An owned node ends when the pipe to its standard input closes.
    supervisor: Option<Child>,
    lifetime: Lifetime,
}

impl Node {
    /// Starts a node and returns when it is Ready, its Services and DNS work and its images are imported. Calls
    /// `progress` with every step.
    ///
    /// # Errors
    /// [`NodeError::Start`] when a component failed, with the end of the log that explains it; all logs are kept.
    pub async fn start_with(options: NodeOptions, progress: impl FnMut(&Entry)) -> Result<Self, NodeError> {
        options.validate()?;
        let programs = match &options.programs {
            Some(programs) => programs.clone(),
            None => prepare().await?,
        };
        let Launched { layout, instance, supervisor } = launch(&options, programs).await?;
        let node = Self { layout, instance, supervisor: Some(supervisor), lifetime: options.lifetime };
        match node.ready(progress).await {
            Ok(()) => Ok(node),
            Err(error) => {
                node.stop()?;
                Err(error)
            }
        }
    }

    /// Like [`Node::start_with`], without reports of progress.
    ///
    /// # Errors
    /// As for [`Node::start_with`].
    pub async fn start(options: NodeOptions) -> Result<Self, NodeError> {
        Self::start_with(options, |_| ()).await
    }

    /// The running instance `name` below `home`, ready or not, if there is one.
    ///
    /// # Errors
    /// When its record cannot be read.
    pub fn find(home: &Path, name: &str) -> Result<Option<Self>, NodeError> {
        let layout = Layout::new(&fs::canonicalize(home).unwrap_or_else(|_| home.to_owned()), name);
        let running = Instance::running(&layout)?;
        Ok(running.map(|instance| Self { layout, instance, supervisor: None, lifetime: Lifetime::Detached }))
    }

    /// Waits until the node is ready. Calls `progress` with every step since its start.
    ///
    /// # Errors
    /// [`NodeError::Start`] when it failed to start.
    pub async fn ready(&self, progress: impl FnMut(&Entry)) -> Result<(), NodeError> {
        await_ready(&self.layout, &self.instance, progress).await
    }

    /// The name of the instance and of its node.
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

    /// The record that the supervisor has written.
    #[must_use]
    pub fn instance(&self) -> &Instance {
        &self.instance
    }

    /// The address of the API server outside the node.
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

    /// The process that owns the node. Killing it ends and removes the node.
    #[must_use]
    pub fn supervisor(&self) -> Pid {
        self.instance.supervisor.pid()
    }

    /// The processes of the node, pods included, that run `program`: their process ids outside the node.
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

    /// Tries to connect from the pod with this uid, as any program in it would, and waits this long for an answer.
    ///
    /// # Errors
    /// When no process of the pod runs, or it has no way to the address.
    pub fn connect_from(&self, uid: &str, to: SocketAddrV4, patience: Duration) -> Result<Attempt, NodeError> {
        let pod = format!("/pod{uid}/");
        let is_inside = |pid: &Pid| fs::read_to_string(format!("/proc/{pid}/cgroup")).is_ok_and(|it| it.contains(&pod));
        let found = Cgroups::detect()?.processes(&self.instance.cgroup).into_iter().find(is_inside);
        let pid = found.ok_or_else(|| NodeError::Unsupported {
            what: format!("a process of the pod {uid}"),
            fix: "wait until it runs".to_owned(),
        })?;
        attempt::from_network_of(pid, to, patience)
    }

    /// A client of the API server with an administrator's rights.
    ///
    /// # Errors
    /// When the kubeconfig cannot be read.
    pub async fn client(&self) -> Result<Client, NodeError> {
        start::connect(&self.kubeconfig()).await
    }

    /// `kubectl` of the node's version, for this node.
    ///
    /// # Errors
    /// When the instance's settings cannot be read.
    pub fn kubectl(&self) -> Result<Command, NodeError> {
        let settings = Settings::load(&self.layout)?;
        let mut command = Command::new(settings.programs.kubernetes.join("kubectl"));
        command.env("KUBECONFIG", self.kubeconfig());
        // kubectl's cache of the cluster is removed with the cluster.
        command.env("KUBECACHEDIR", self.layout.state("kubectl"));
        Ok(command)
    }

    /// The same command in the network of the node, where pods reach what listens at [`NODE_ADDRESS`].
    #[must_use]
    pub fn in_its_network(&self, command: &Command) -> Command {
        let mut inside = Command::new("nsenter");
        inside.arg(format!("--net=/proc/{}/ns/net", self.instance.namespaces.pid)).arg("--");
        inside.arg(command.get_program()).args(command.get_args());
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => inside.env(name, value),
                None => inside.env_remove(name),
            };
        }
        inside
    }

    /// Imports an image archive for the pods of the node and returns the names of its images.
    ///
    /// # Errors
    /// [`NodeError::Command`] with containerd's error.
    pub async fn load_image(&self, archive: &Path) -> Result<Vec<String>, NodeError> {
        let settings = Settings::load(&self.layout)?;
        let socket = format!("/proc/{}/root{}", self.instance.namespaces.pid, config::CONTAINERD_SOCKET);
        images::import(&settings.programs.ctr(), &socket, archive).await
    }

    /// Ends the node and returns when it is removed.
    ///
    /// # Errors
    /// [`NodeError::Left`] when part of it cannot be removed.
    pub fn stop(mut self) -> Result<(), NodeError> {
        self.end()
    }

    /// Returns when everything is removed of a node that does not run: one that is being removed already, or one whose
    /// start failed.
    ///
    /// # Errors
    /// [`NodeError::Left`] when part of it cannot be removed.
    pub fn removed(home: &Path, name: &str) -> Result<(), NodeError> {
        let layout = Layout::new(home, name);
        // After a failed start, only the logs may be left.
        let _ = fs::remove_dir_all(layout.failed_logs());
        await_removal(&layout)
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
            // The guard removes the node once the supervisor has ended, with whatever status.
            let _: io::Result<_> = supervisor.wait();
        }
        await_removal(&self.layout)
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        if self.lifetime == Lifetime::Owned
            && let Err(error) = self.end()
        {
            eprintln!("{}", chain(&error));
        }
    }
}
