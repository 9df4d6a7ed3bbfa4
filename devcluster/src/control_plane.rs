//! A Kubernetes control plane of its own for a test: etcd, kube-apiserver and kube-controller-manager.
//!
//! There is no scheduler and no node: a [`ScriptedKubelet`](crate::scripted_kubelet::ScriptedKubelet) plays both.
//! Everything else is the real thing, certificates, RBAC, admission, controllers and garbage collection included.

use std::{
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::{Client, config::Kubeconfig};
use nix::sys::signal::Signal;
use tokio::sync::OnceCell;

use crate::{
    binaries::{Binaries, BinariesError},
    certs::CertError,
    guard::Guard,
    process::{Process, ProcessError},
};

pub mod flags;
mod kubectl;
mod namespace;
mod start;

pub use kubectl::KubectlError;

static SHARED: OnceCell<ControlPlane> = OnceCell::const_new();

/// Why a control plane did not start, or did not come back.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The programs are not there and could not be built.
    #[error(transparent)]
    Binaries(#[from] BinariesError),
    /// Certificates, keys or kubeconfigs could not be made.
    #[error(transparent)]
    Certs(#[from] CertError),
    /// A process could not be started, or ended.
    #[error(transparent)]
    Process(#[from] ProcessError),
    /// The folder, a port or the guard could not be had.
    #[error("failed to prepare {what}")]
    Prepare {
        /// Which of them.
        what: &'static str,
        /// What the operating system said.
        #[source]
        source: std::io::Error,
    },
    /// Our own certificates were not accepted as a client's configuration.
    #[error("failed to configure a client")]
    Config(#[from] kube::config::KubeconfigError),
    /// The API server answered with an error where it should not.
    #[error("failed to {what}")]
    Api {
        /// What was asked of it.
        what: String,
        /// Its answer.
        #[source]
        source: kube::Error,
    },
    /// All processes run, but one of them did not become ready in time.
    #[error("{name} was not ready within {seconds} s; the end of its log `{}`:\n{tail}", log.display())]
    NotReady {
        /// Which of them.
        name: String,
        /// How long we waited.
        seconds: u64,
        /// Its whole log.
        log: PathBuf,
        /// The last 30 lines of the log.
        tail: String,
    },
}

/// A running control plane. Its processes and files are gone when the value has dropped, and when its process ends in
/// any other way.
pub struct ControlPlane {
    // Order matters: processes end before the guard, which removes the folder.
    processes: Mutex<Processes>,
    folder: PathBuf,
    binaries: Binaries,
    ports: flags::Ports,
    admin: kube::Config,
    guard: Guard,
}

struct Processes {
    api_server: Process,
    controller_manager: Option<Process>,
    etcd: Process,
}

impl ControlPlane {
    /// Starts a control plane and waits until it serves and its controllers work. Builds the programs first if this
    /// machine has not built them yet.
    ///
    /// # Errors
    /// [`StartError`], with the end of a log when a process failed.
    pub async fn start() -> Result<Self, StartError> {
        start::control_plane(&[], flags::Ports::choose).await
    }

    /// Like [`start`](Self::start), with `crds` established before any controller looks. The garbage collector then
    /// knows them from the beginning; of kinds created later it learns within 30 s only.
    ///
    /// # Errors
    /// [`StartError`], with the end of a log when a process failed.
    pub async fn start_with(crds: &[CustomResourceDefinition]) -> Result<Self, StartError> {
        start::control_plane(crds, flags::Ports::choose).await
    }

    /// One control plane for all tests of a test binary, started by the first that asks and gone when the binary ends.
    ///
    /// # Errors
    /// [`StartError`], with the end of a log when a process failed.
    pub async fn shared() -> Result<&'static Self, StartError> {
        SHARED.get_or_try_init(Self::start).await
    }

    /// The control plane of [`shared`](Self::shared), with `crds` established before any controller looks if this
    /// is the call that starts it.
    ///
    /// # Errors
    /// [`StartError`], with the end of a log when a process failed.
    pub async fn shared_with(crds: &[CustomResourceDefinition]) -> Result<&'static Self, StartError> {
        SHARED.get_or_try_init(|| Self::start_with(crds)).await
    }

    /// A client that may do everything. Each call makes a new one, for the runtime of the caller.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    #[must_use]
    pub fn client(&self) -> Client {
        client(self.admin.clone())
    }

    /// The configuration behind [`client`](Self::client), to be changed by the caller.
    #[must_use]
    pub fn client_config(&self) -> kube::Config {
        self.admin.clone()
    }

    /// The file that lets a program do everything.
    #[must_use]
    pub fn kubeconfig(&self) -> PathBuf {
        self.folder.join("admin.kubeconfig")
    }

    /// The URL of the API server.
    #[must_use]
    pub fn url(&self) -> String {
        self.ports.api_server_url()
    }

    /// Where everything of this control plane lies: certificates, kubeconfigs, etcd's data and the logs.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Name and number of every process, the guard included.
    #[must_use]
    pub fn process_ids(&self) -> Vec<(String, u32)> {
        let processes = self.processes();
        let own = [Some(&processes.api_server), processes.controller_manager.as_ref(), Some(&processes.etcd)];
        let own = own.into_iter().flatten().map(|process| (process.name().to_owned(), process.id()));
        own.chain([("guard".to_owned(), self.guard.id())]).collect()
    }

    /// Takes the API server away: connections end and new ones are refused.
    pub fn stop_api_server(&self) {
        self.processes().api_server.kill();
    }

    /// Brings the API server back, with the same address, certificates and data, and waits until it is ready.
    ///
    /// # Errors
    /// [`StartError`] with the end of its log.
    pub async fn start_api_server(&self) -> Result<(), StartError> {
        self.stop_api_server();
        let api_server = start::api_server(&self.guard, &self.binaries, &self.folder, self.ports)?;
        self.processes().api_server = api_server;
        let client = self.client();
        self.wait_until(start::API_SERVER, || start::ready(client.clone())).await
    }

    /// Freezes the API server: connections stay, and nothing is answered.
    pub fn pause_api_server(&self) {
        self.processes().api_server.signal(Signal::SIGSTOP);
    }

    /// Ends [`pause_api_server`](Self::pause_api_server).
    pub fn resume_api_server(&self) {
        self.processes().api_server.signal(Signal::SIGCONT);
    }

    fn check(&self) -> Result<(), ProcessError> {
        let mut processes = self.processes();
        processes.etcd.check()?;
        processes.api_server.check()?;
        processes.controller_manager.as_mut().map_or(Ok(()), Process::check)
    }

    fn processes(&self) -> MutexGuard<'_, Processes> {
        // A panic elsewhere leaves the processes as they are.
        self.processes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn client(config: kube::Config) -> Client {
    Client::try_from(config).expect("certificates made by us are a valid configuration")
}

/// A client configuration from a kubeconfig of ours.
async fn client_config(kubeconfig: Kubeconfig) -> Result<kube::Config, StartError> {
    let mut config =
        kube::Config::from_custom_kubeconfig(kubeconfig, &kube::config::KubeConfigOptions::default()).await?;
    // The server is on this machine, whatever proxy the environment names for the world outside.
    config.proxy_url = None;
    Ok(config)
}
