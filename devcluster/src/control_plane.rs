//! A Kubernetes control plane of its own for a test: etcd, kube-apiserver and kube-controller-manager.
//!
//! A [`ScriptedKubelet`](crate::scripted_kubelet::ScriptedKubelet) takes the place of scheduler and nodes. Everything
//! else is real: certificates, RBAC, admission, controllers and garbage collection.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use k8s_openapi::api::core::v1::ServiceAccount;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::api::{Patch, PatchParams};
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::core::Request;
use kube::core::params::GetParams;
use kube::runtime::conditions::is_crd_established;
use kube::runtime::wait::Condition;
use kube::{Api, Client, ResourceExt};
use nix::sys::signal::Signal;
use tokio::sync::OnceCell;

use crate::binaries::{Binaries, BinariesError};
use crate::certs::{ADMINISTRATORS, CertError, Pki};
use crate::kubeconfig;
use crate::process::{Guard, Process, ProcessError, tail};
use flags::Ports;

pub mod flags;
mod kubectl;
mod namespace;
#[cfg(test)]
mod tests;

pub use kubectl::KubectlError;

const API_SERVER: &str = "kube-apiserver";
const CONTROLLER_MANAGER: &str = "kube-controller-manager";
const ETCD: &str = "etcd";
const FIELD_MANAGER: &str = "devcluster";

/// A start takes five seconds on an idle machine, and up to twenty times that while other processes compile.
const DEADLINE: Duration = Duration::from_mins(2);
const POLL: Duration = Duration::from_millis(50);
/// A port can be taken after it is chosen and before it is bound. Three times in a row, the cause is another one.
const ATTEMPTS: usize = 3;
const PORT_TAKEN: &str = "address already in use";

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
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The kubeconfig is no valid configuration of a client.
    #[error("failed to configure a client")]
    Config(#[from] kube::config::KubeconfigError),
    /// The API server refused a request.
    #[error("failed to {what}")]
    Api {
        /// What was requested, as a verb.
        what: String,
        /// The error.
        #[source]
        source: kube::Error,
    },
    /// A process runs and did not become ready in time.
    #[error("{name} was not ready within {seconds} s; the end of its log `{}`:\n{tail}", log.display())]
    NotReady {
        /// Which process.
        name: String,
        /// How long it was given, in seconds.
        seconds: u64,
        /// Its whole log.
        log: PathBuf,
        /// The last 30 lines of the log.
        tail: String,
    },
}

/// A running control plane. Its processes and files go when the value drops, and when its process ends in any way.
pub struct ControlPlane {
    // Dropped in this order: the processes end before the guard removes the folder.
    processes: Mutex<Processes>,
    folder: PathBuf,
    binaries: Binaries,
    ports: Ports,
    admin: kube::Config,
    guard: Guard,
}

struct Processes {
    api_server: Process,
    controller_manager: Option<Process>,
    etcd: Process,
}

impl ControlPlane {
    /// Starts a control plane and waits until its API server serves and its controllers work. Builds the programs first
    /// if the cache does not have them.
    ///
    /// # Errors
    /// [`StartError`], with the end of a log when a process failed.
    pub async fn start() -> Result<Self, StartError> {
        control_plane(&[], Ports::choose).await
    }

    /// Like [`start`](Self::start), with `crds` established before the controllers start. The garbage collector then
    /// knows these kinds at once; it may take 30 s to notice one that is created later.
    ///
    /// # Errors
    /// [`StartError`], with the end of a log when a process failed.
    pub async fn start_with(crds: &[CustomResourceDefinition]) -> Result<Self, StartError> {
        control_plane(crds, Ports::choose).await
    }

    /// The control plane that all tests of a test binary share. The first caller starts it; it ends with the binary.
    ///
    /// # Errors
    /// [`StartError`], with the end of a log when a process failed.
    pub async fn shared() -> Result<&'static Self, StartError> {
        SHARED.get_or_try_init(Self::start).await
    }

    /// The control plane of [`shared`](Self::shared). If this call starts it, `crds` are established before the
    /// controllers start.
    ///
    /// # Errors
    /// [`StartError`], with the end of a log when a process failed.
    pub async fn shared_with(crds: &[CustomResourceDefinition]) -> Result<&'static Self, StartError> {
        SHARED.get_or_try_init(|| Self::start_with(crds)).await
    }

    /// A new client with the rights of an administrator, for the runtime of the caller.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    #[must_use]
    pub fn client(&self) -> Client {
        client(self.admin.clone())
    }

    /// The configuration of [`client`](Self::client).
    #[must_use]
    pub fn client_config(&self) -> kube::Config {
        self.admin.clone()
    }

    /// The kubeconfig of an administrator.
    #[must_use]
    pub fn kubeconfig(&self) -> PathBuf {
        self.folder.join("admin.kubeconfig")
    }

    /// The URL of the API server.
    #[must_use]
    pub fn url(&self) -> String {
        self.ports.api_server_url()
    }

    /// The folder of certificates, kubeconfigs, etcd's data and logs.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Name and id of every process, the guard included.
    #[must_use]
    pub fn process_ids(&self) -> Vec<(String, u32)> {
        let processes = self.processes();
        let own = [Some(&processes.api_server), processes.controller_manager.as_ref(), Some(&processes.etcd)];
        let own = own.into_iter().flatten().map(|process| (process.name().to_owned(), process.id()));
        own.chain([("guard".to_owned(), self.guard.id())]).collect()
    }

    /// Kills the API server: connections end and new ones are refused.
    pub fn stop_api_server(&self) {
        self.processes().api_server.kill();
    }

    /// Starts the API server again, with the same address, certificates and data, and waits until it is ready.
    ///
    /// # Errors
    /// [`StartError`] with the end of its log.
    pub async fn start_api_server(&self) -> Result<(), StartError> {
        self.stop_api_server();
        let api_server = api_server(&self.guard, &self.binaries, &self.folder, self.ports)?;
        self.processes().api_server = api_server;
        let client = self.client();
        self.wait_until(API_SERVER, || ready(client.clone())).await
    }

    /// Freezes the API server: connections stay open without an answer.
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
        // A thread that panicked with the lock has not changed the processes.
        self.processes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn client(config: kube::Config) -> Client {
    Client::try_from(config).expect("certificates made by us are a valid configuration")
}

async fn client_config(kubeconfig: Kubeconfig) -> Result<kube::Config, StartError> {
    let mut config = kube::Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default()).await?;
    // The server is on this machine, even where the environment names a proxy.
    config.proxy_url = None;
    Ok(config)
}

/// Starts a control plane, and starts it again with other ports if one of them was taken meanwhile.
async fn control_plane(
    crds: &[CustomResourceDefinition],
    mut choose: impl FnMut() -> io::Result<Ports>,
) -> Result<ControlPlane, StartError> {
    let binaries = Binaries::for_control_plane().await?;
    let mut attempt = 1;
    loop {
        let ports = choose().map_err(prepare("ports"))?;
        match control_plane_once(binaries.clone(), ports, crds).await {
            Err(StartError::Process(ProcessError::Ended { tail, .. }))
                if attempt < ATTEMPTS && tail.contains(PORT_TAKEN) =>
            {
                attempt += 1;
            }
            result => return result,
        }
    }
}

async fn control_plane_once(
    binaries: Binaries,
    ports: Ports,
    crds: &[CustomResourceDefinition],
) -> Result<ControlPlane, StartError> {
    let guard = Guard::start().map_err(prepare("the guard"))?;
    let folder = tempfile::Builder::new().prefix("devcluster-").tempdir().map_err(prepare("a folder"))?;
    guard.remove_folder(folder.path());
    let folder = folder.keep();
    let pki = Pki::create(&folder.join("pki"), &[])?;
    let user = |name: &str, user: &str, group| {
        let pair = pki.issue(name, user, group, &[])?;
        let config = kubeconfig::kubeconfig("devcluster", &ports.api_server_url(), pki.ca(), &pair);
        kubeconfig::write(&folder.join(format!("{name}.kubeconfig")), &config)?;
        Ok::<_, StartError>(config)
    };
    let admin = client_config(user("admin", "admin", Some(ADMINISTRATORS))?).await?;
    user("controller-manager", "system:kube-controller-manager", None)?;

    // The API server retries until it reaches etcd, so both can start at once.
    let etcd = spawn(&guard, &binaries, &folder, ETCD, flags::etcd(&folder, ports))?;
    let api_server = api_server(&guard, &binaries, &folder, ports)?;
    let processes = Mutex::new(Processes { api_server, controller_manager: None, etcd });
    let plane = ControlPlane { processes, folder, binaries, ports, admin, guard };
    let client = client(plane.admin.clone());
    plane.wait_until(API_SERVER, || ready(client.clone())).await?;
    plane.establish(&client, crds).await?;

    let flags = flags::controller_manager(&plane.folder, ports);
    let manager = spawn(&plane.guard, &plane.binaries, &plane.folder, CONTROLLER_MANAGER, flags)?;
    plane.processes().controller_manager = Some(manager);
    // A controller creates this account, so once it exists the controllers work.
    let accounts = Api::<ServiceAccount>::namespaced(client, "default");
    plane.wait_until(CONTROLLER_MANAGER, || exists(accounts.clone(), "default")).await?;
    Ok(plane)
}

/// Starts the API server without waiting for it.
fn api_server(guard: &Guard, binaries: &Binaries, folder: &Path, ports: Ports) -> Result<Process, StartError> {
    spawn(guard, binaries, folder, API_SERVER, flags::api_server(folder, ports))
}

fn spawn(
    guard: &Guard,
    binaries: &Binaries,
    folder: &Path,
    name: &str,
    flags: Vec<String>,
) -> Result<Process, StartError> {
    let mut command = Command::new(binaries.path(name));
    command.args(flags).current_dir(folder);
    Ok(guard.spawn(name, &command, &log(folder, name))?)
}

fn log(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.log"))
}

async fn ready(client: Client) -> bool {
    let request = Request::new("").get("readyz", &GetParams::default()).expect("a fixed path is valid");
    client.request_text(request).await.is_ok()
}

/// Whether the account exists. Without an answer of the API server, it does not.
async fn exists(accounts: Api<ServiceAccount>, name: &str) -> bool {
    matches!(accounts.get_opt(name).await, Ok(Some(_)))
}

impl ControlPlane {
    /// Waits until `condition` holds. Fails when a process ends, and when the deadline passes: the error then shows the
    /// log of the process `name`.
    async fn wait_until<Answer>(&self, name: &str, condition: impl Fn() -> Answer) -> Result<(), StartError>
    where
        Answer: Future<Output = bool>,
    {
        let deadline = Instant::now() + DEADLINE;
        while !condition().await {
            self.check()?;
            if Instant::now() > deadline {
                let (name, log) = (name.to_owned(), log(&self.folder, name));
                let tail = tail(&log);
                return Err(StartError::NotReady { name, seconds: DEADLINE.as_secs(), log, tail });
            }
            tokio::time::sleep(POLL).await;
        }
        Ok(())
    }

    /// Creates the kinds and waits until they are served.
    async fn establish(&self, client: &Client, crds: &[CustomResourceDefinition]) -> Result<(), StartError> {
        let api = Api::<CustomResourceDefinition>::all(client.clone());
        for crd in crds {
            let name = crd.name_any();
            let failed = |source| StartError::Api { what: format!("create the kind `{name}`"), source };
            let parameters = PatchParams::apply(FIELD_MANAGER).force();
            api.patch(&name, &parameters, &Patch::Apply(crd)).await.map_err(failed)?;
        }
        for crd in crds {
            let name = crd.name_any();
            let (api, name) = (&api, name.as_str());
            let established = || async move {
                let found = api.get_opt(name).await.unwrap_or_default();
                is_crd_established().matches_object(found.as_ref())
            };
            self.wait_until(API_SERVER, established).await?;
        }
        Ok(())
    }
}

fn prepare(what: &'static str) -> impl FnOnce(io::Error) -> StartError {
    move |source| StartError::Prepare { what, source }
}
