//! How a control plane comes up: folder, certificates, processes, and waiting for each of them.

use std::{
    io,
    path::{Path, PathBuf},
    process::Command,
    sync::Mutex,
    time::{Duration, Instant},
};

use k8s_openapi::{
    api::core::v1::ServiceAccount, apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition,
};
use kube::{
    Api, Client, ResourceExt,
    api::{Patch, PatchParams},
    core::{Request, params::GetParams},
    runtime::{conditions::is_crd_established, wait::Condition},
};

use super::{ControlPlane, Processes, StartError, client, client_config, flags, flags::Ports};
use crate::{
    binaries::Binaries,
    certs::Pki,
    guard::Guard,
    kubeconfig,
    process::{Process, ProcessError, tail},
};

pub(super) const API_SERVER: &str = "kube-apiserver";
pub(super) const CONTROLLER_MANAGER: &str = "kube-controller-manager";
const ETCD: &str = "etcd";
const FIELD_MANAGER: &str = "devcluster";

/// It takes five seconds on an idle machine. A machine on which eight others compile may need twenty times that.
const DEADLINE: Duration = Duration::from_mins(2);
const POLL: Duration = Duration::from_millis(50);
/// A port can be taken between being chosen and being bound; three times in a row it is something else.
const ATTEMPTS: usize = 3;
const PORT_TAKEN: &str = "address already in use";

/// Starts a control plane, again with other ports if one of them was taken meanwhile.
pub(super) async fn control_plane(
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
    let admin = client_config(user("admin", "admin", Some("system:masters"))?).await?;
    user("controller-manager", "system:kube-controller-manager", None)?;

    // The API server repeats its attempts to reach etcd, so both can start at once.
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
    // A controller makes this account, so controllers work.
    let accounts = Api::<ServiceAccount>::namespaced(client, "default");
    plane.wait_until(CONTROLLER_MANAGER, || exists(accounts.clone(), "default")).await?;
    Ok(plane)
}

/// Starts the API server without waiting for it.
pub(super) fn api_server(
    guard: &Guard,
    binaries: &Binaries,
    folder: &Path,
    ports: Ports,
) -> Result<Process, StartError> {
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

/// Whether the API server says that all of it is ready.
pub(super) async fn ready(client: Client) -> bool {
    let request = Request::new("").get("readyz", &GetParams::default()).expect("a fixed path is valid");
    client.request_text(request).await.is_ok()
}

/// Whether the account exists, as far as we can tell now.
pub(super) async fn exists(accounts: Api<ServiceAccount>, name: &str) -> bool {
    matches!(accounts.get_opt(name).await, Ok(Some(_)))
}

impl ControlPlane {
    /// Waits until `condition` holds, unless a process ends or the deadline passes; `name` is whom we wait for.
    pub(super) async fn wait_until<Answer>(&self, name: &str, condition: impl Fn() -> Answer) -> Result<(), StartError>
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

    /// Creates kinds and waits until they are served.
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

#[cfg(test)]
mod tests;
