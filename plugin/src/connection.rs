//! The cluster that the user's kubeconfig leads to. Every refusal names the right that is missing.

use std::fmt::Debug;

use anyhow::Context as _;
use futures::AsyncBufRead;
use k8s_openapi::NamespaceResourceScope;
use k8s_openapi::api::core::v1::Pod;
use kube::api::{ListParams, LogParams};
use kube::config::KubeConfigOptions;
use kube::{Api, Client, Config, Resource};
use serde::de::DeserializeOwned;

use crate::rights::Right;

/// Objects that one answer of the API server holds.
const PAGE: u32 = 200;

/// An open connection.
pub struct Connection {
    client: Client,
    /// `None` for all namespaces.
    namespace: Option<String>,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// The API server says that the user may not.
    #[error("{0}")]
    Forbidden(Right),
    /// Anything else.
    #[error("cannot {verb} {resource}", verb = .0.verb, resource = .0.resource)]
    Failed(Right, #[source] Box<kube::Error>),
}

impl AskError {
    /// Sorts an error of the client, for what needed this right.
    #[must_use]
    pub fn of(right: Right, error: kube::Error) -> Self {
        match error {
            kube::Error::Api(status) if status.is_forbidden() && status.reason == "Forbidden" => Self::Forbidden(right),
            error => Self::Failed(right, Box::new(error)),
        }
    }

    /// The right that is missing, if that is the reason.
    #[must_use]
    pub fn missing(&self) -> Option<&Right> {
        match self {
            Self::Forbidden(right) => Some(right),
            Self::Failed(..) => None,
        }
    }
}

impl Connection {
    /// Opens it as kubectl does: by `KUBECONFIG`, the usual file, or from within a pod.
    ///
    /// # Errors
    /// When there is no usable configuration.
    pub async fn open(context: Option<&str>, namespace: Option<&str>, all: bool) -> anyhow::Result<Self> {
        let config = match context {
            None => Config::infer().await.context("no cluster to ask: there is no usable kubeconfig")?,
            Some(name) => {
                let options = KubeConfigOptions { context: Some(name.to_owned()), ..KubeConfigOptions::default() };
                Config::from_kubeconfig(&options).await.with_context(|| format!("cannot use context `{name}`"))?
            }
        };
        let namespace = namespace.map_or_else(|| config.default_namespace.clone(), str::to_owned);
        let client = Client::try_from(config).context("cannot use the kubeconfig")?;
        Ok(Self { client, namespace: (!all).then_some(namespace) })
    }

    /// The namespace that was asked for; `None` for all.
    #[must_use]
    pub fn namespace(&self) -> Option<&str> {
        self.namespace.as_deref()
    }

    /// All objects of kind `K` with these labels, in the namespaces that were asked for.
    ///
    /// # Errors
    /// [`AskError`].
    pub async fn list<K>(&self, labels: &str) -> Result<Vec<K>, AskError>
    where
        K: Resource<Scope = NamespaceResourceScope, DynamicType = ()> + Clone + DeserializeOwned + Debug,
    {
        let api = match &self.namespace {
            Some(namespace) => Api::<K>::namespaced(self.client.clone(), namespace),
            None => Api::<K>::all(self.client.clone()),
        };
        let mut found = Vec::new();
        let mut page = ListParams::default().labels(labels).limit(PAGE);
        loop {
            let failed = |error| AskError::of(Right::to::<K>("list", None, self.namespace()), error);
            let mut answer = api.list(&page).await.map_err(failed)?;
            found.append(&mut answer.items);
            match answer.metadata.continue_.filter(|token| !token.is_empty()) {
                Some(token) => page = page.continue_token(&token),
                None => return Ok(found),
            }
        }
    }

    /// The object of this name, if there is one.
    ///
    /// # Errors
    /// [`AskError`].
    pub async fn get<K>(&self, namespace: &str, name: &str) -> Result<Option<K>, AskError>
    where
        K: Resource<Scope = NamespaceResourceScope, DynamicType = ()> + Clone + DeserializeOwned + Debug,
    {
        let found = self.api::<K>(namespace).get_opt(name).await;
        found.map_err(|error| AskError::of(Right::to::<K>("get", None, Some(namespace)), error))
    }

    /// What a container says.
    ///
    /// # Errors
    /// [`AskError`], also for a container that has not started.
    pub async fn log(
        &self,
        namespace: &str,
        pod: &str,
        what: &LogParams,
    ) -> Result<impl AsyncBufRead + Send + use<>, AskError> {
        let log = self.api::<Pod>(namespace).log_stream(pod, what).await;
        log.map_err(|error| AskError::of(Right::to::<Pod>("get", Some("log"), Some(namespace)), error))
    }

    /// Typed access to a namespace.
    #[must_use]
    pub fn api<K>(&self, namespace: &str) -> Api<K>
    where
        K: Resource<Scope = NamespaceResourceScope, DynamicType = ()>,
    {
        Api::namespaced(self.client.clone(), namespace)
    }
}
