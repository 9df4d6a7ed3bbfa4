//! The namespace of a test: kubectl writes to it, as a person would, and typed clients read it.

use std::fmt::Debug;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use crds::names::{COMPONENT_LABEL, Component};
use crds::request::State;
use crds::{CoverLetterApp, CoverLetterRequest};
use k8s_openapi::NamespaceResourceScope;
use k8s_openapi::api::core::v1::Pod;
use kube::api::{Api, ListParams};
use kube::{Client, Resource};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::io::AsyncWriteExt as _;

use crate::environment::{Environment, root};
use crate::eventually::eventually;
use crate::followed::Followed;
use crate::{app, node};

/// Namespace of the operator.
pub const SYSTEM: &str = "coverletter-system";
/// Longest time from `kubectl apply` of an app until it is Ready. It usually takes ten seconds, in which Postgres
/// initialises a new volume.
const READY_WITHIN: &str = "120s";

/// One namespace of the cluster.
#[derive(Clone)]
pub struct Cluster {
    environment: Environment,
    client: Client,
    namespace: String,
}

impl Cluster {
    /// The namespace `namespace`, which must exist before the first call.
    #[must_use]
    pub fn new(environment: &Environment, client: Client, namespace: &str) -> Self {
        Self { environment: environment.clone(), client, namespace: namespace.to_owned() }
    }

    /// The same cluster in another namespace.
    #[must_use]
    pub fn in_namespace(&self, namespace: &str) -> Self {
        Self { namespace: namespace.to_owned(), ..self.clone() }
    }

    /// Name of the namespace.
    #[must_use]
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// The cluster that holds this namespace.
    #[must_use]
    pub fn environment(&self) -> &Environment {
        &self.environment
    }

    /// Typed access to this namespace.
    #[must_use]
    pub fn api<K>(&self) -> Api<K>
    where
        K: Resource<Scope = NamespaceResourceScope, DynamicType = ()>,
    {
        Api::namespaced(self.client.clone(), &self.namespace)
    }

    /// What `kubectl` prints in this namespace.
    ///
    /// # Errors
    /// When kubectl fails, with its output.
    pub async fn kubectl(&self, arguments: &[&str]) -> Result<String> {
        self.kubectl_with(arguments, "").await
    }

    /// `kubectl apply` of objects, sent as one list.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn apply<K: Serialize + Debug>(&self, objects: &[K]) -> Result<()> {
        let list = serde_json::json!({ "apiVersion": "v1", "kind": "List", "items": objects });
        self.apply_text(&list.to_string()).await
    }

    /// `kubectl apply` of a manifest.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn apply_text(&self, manifest: &str) -> Result<()> {
        self.kubectl_with(&["apply", "--server-side", "--filename", "-"], manifest).await?;
        Ok(())
    }

    /// Applies an app and waits until it is Ready, with the command that the README gives.
    ///
    /// # Errors
    /// When the app is refused or is not Ready in time.
    pub async fn install(&self, app: &CoverLetterApp) -> Result<()> {
        self.apply(std::slice::from_ref(app)).await?;
        self.ready().await
    }

    /// Waits until the app is Ready.
    ///
    /// # Errors
    /// When the app is not Ready in time.
    pub async fn ready(&self) -> Result<()> {
        let timeout = format!("--timeout={READY_WITHIN}");
        let name = format!("coverletterapp/{}", app::NAME);
        self.kubectl(&["wait", "--for=condition=Ready", &timeout, &name]).await?;
        Ok(())
    }

    /// The request `name` as it is now.
    ///
    /// # Errors
    /// When it does not exist.
    pub async fn request(&self, name: &str) -> Result<CoverLetterRequest> {
        self.api::<CoverLetterRequest>().get(name).await.with_context(|| format!("read request {name}"))
    }

    /// All requests of the namespace.
    ///
    /// # Errors
    /// When they cannot be read.
    pub async fn requests(&self) -> Result<Vec<CoverLetterRequest>> {
        self.list(&ListParams::default()).await
    }

    /// The only request of the namespace.
    ///
    /// # Errors
    /// When there are none or several.
    pub async fn only_request(&self) -> Result<CoverLetterRequest> {
        let mut requests = self.requests().await?;
        ensure!(requests.len() == 1, "one request was expected, not {}", requests.len());
        Ok(requests.remove(0))
    }

    /// Waits until the request `name` is finished, and returns it.
    ///
    /// # Errors
    /// When that takes longer than `within`.
    pub async fn finished(&self, name: &str, within: Duration) -> Result<CoverLetterRequest> {
        let what = format!("request {name} is finished");
        eventually(&what, within, async || Ok(Some(self.request(name).await?).filter(CoverLetterRequest::is_terminal)))
            .await
    }

    /// Waits until the request `name` has succeeded, and returns its letter.
    ///
    /// # Errors
    /// When the request ends in another state or takes longer than `within`.
    pub async fn letter(&self, name: &str, within: Duration) -> Result<String> {
        let request = self.finished(name, within).await?;
        if request.state() != State::Succeeded {
            bail!(
                "request {name} ended as {:?}: {:?}",
                request.state(),
                request.status.map(|status| status.conditions)
            );
        }
        let letter = request.status.and_then(|status| status.letter);
        letter.with_context(|| format!("request {name} succeeded without a letter"))
    }

    /// Pods of a component, without those that are being deleted.
    ///
    /// # Errors
    /// When they cannot be read.
    pub async fn pods(&self, component: Component) -> Result<Vec<Pod>> {
        let selector = ListParams::default().labels(&format!("{COMPONENT_LABEL}={}", component.label()));
        let pods: Vec<Pod> = self.list(&selector).await?;
        Ok(pods.into_iter().filter(|pod| pod.metadata.deletion_timestamp.is_none()).collect())
    }

    /// Name of the only pod of a component.
    ///
    /// # Errors
    /// When there are none or several.
    pub async fn only_pod(&self, component: Component) -> Result<String> {
        let mut pods = self.pods(component).await?;
        ensure!(pods.len() == 1, "one {} pod was expected, not {}", component.label(), pods.len());
        pods.remove(0).metadata.name.context("a pod has a name")
    }

    /// Kills a pod without a grace period, as the loss of its node does.
    ///
    /// # Errors
    /// When there is no such pod.
    pub async fn kill_pod(&self, name: &str) -> Result<()> {
        self.kubectl(&["delete", "pod", name, "--force", "--grace-period=0", "--wait=false"]).await?;
        Ok(())
    }

    async fn list<K>(&self, parameters: &ListParams) -> Result<Vec<K>>
    where
        K: Resource<Scope = NamespaceResourceScope, DynamicType = ()> + Clone + DeserializeOwned + Debug,
    {
        let kind = K::plural(&());
        let list = self.api::<K>().list(parameters).await.with_context(|| format!("list {kind}"))?;
        Ok(list.items)
    }

    async fn kubectl_with(&self, arguments: &[&str], input: &str) -> Result<String> {
        self.run(&[&["--namespace", self.namespace.as_str()][..], arguments].concat(), input).await
    }

    /// What `kubectl coverletter` prints about this namespace.
    ///
    /// # Errors
    /// When it fails, with its output.
    pub async fn plugin(&self, arguments: &[&str]) -> Result<String> {
        self.run(&self.of_plugin(arguments), "").await
    }

    /// The same for a command that goes on.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn plugin_goes_on(&self, arguments: &[&str]) -> Result<Followed> {
        self.plugin_goes_on_by(&self.environment.kubeconfig, arguments)
    }

    /// The same by another way to the API server.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn plugin_goes_on_by(&self, kubeconfig: &Path, arguments: &[&str]) -> Result<Followed> {
        let arguments = self.of_plugin(arguments);
        let mut command = self.command(&arguments)?;
        command.env("KUBECONFIG", kubeconfig);
        Followed::start(&format!("kubectl {}", arguments.join(" ")), &command)
    }

    /// kubectl takes no flags before the name of a plugin.
    fn of_plugin<'a>(&'a self, arguments: &[&'a str]) -> Vec<&'a str> {
        [&["coverletter"][..], arguments, &["--namespace", &self.namespace]].concat()
    }

    fn command(&self, arguments: &[&str]) -> Result<Command> {
        let mut command = node::kubectl(&self.environment.kubeconfig)?;
        // kubectl finds its plugins there.
        let programs = root().join("target/release");
        let path = std::env::var_os("PATH").unwrap_or_default();
        let path = std::iter::once(programs).chain(std::env::split_paths(&path));
        command.env("PATH", std::env::join_paths(path).context("a path without colons")?);
        command.args(arguments);
        Ok(command)
    }

    async fn run(&self, arguments: &[&str], input: &str) -> Result<String> {
        let mut command = tokio::process::Command::from(self.command(arguments)?);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        let shown = format!("kubectl {}", arguments.join(" "));
        let mut child = command.spawn().with_context(|| format!("start `{shown}`"))?;
        let mut stdin = child.stdin.take().expect("standard input was asked for");
        stdin.write_all(input.as_bytes()).await.with_context(|| format!("write to `{shown}`"))?;
        drop(stdin);
        let output = child.wait_with_output().await.with_context(|| format!("run `{shown}`"))?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "`{shown}` ended with {}: {}", output.status, said.trim());
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}
