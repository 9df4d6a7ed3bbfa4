//! Where the operator looks after apps: in the whole cluster, or in the namespaces that it was given and has rights in.

use std::time::Duration;

use cluster::Chain;
use k8s_openapi::NamespaceResourceScope;
use kube::api::{Api, ApiResource, DynamicObject};
use kube::{Client, Resource};
use tracing::{info, warn};

use crate::apply::rights::{Listed, may_list};

/// Namespace of the Service by which pods reach the API server.
pub const API_SERVER_NAMESPACE: &str = "default";
/// Pause between two looks at the operator's rights.
const LOOK_EVERY: Duration = Duration::from_secs(30);
/// The same while no namespace can be looked after.
const LOOK_SOON: Duration = Duration::from_secs(2);

/// What can be seen of the cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// The namespaces whose apps are looked after; `None` for all.
    namespaces: Option<Vec<String>>,
    /// Whether the Service of the API server can be read.
    pub sees_api_server: bool,
}

impl Scope {
    /// This kind in every namespace of the scope, with the name of the namespace where there are several.
    #[must_use]
    pub fn apis<K>(&self, client: &Client) -> Vec<(String, Api<K>)>
    where
        K: Resource<Scope = NamespaceResourceScope, DynamicType = ()>,
    {
        self.each(|| Api::all(client.clone()), |namespace| Api::namespaced(client.clone(), namespace))
    }

    /// The same for a kind that is known by name only.
    #[must_use]
    pub fn dynamic_apis(&self, client: &Client, kind: &ApiResource) -> Vec<(String, Api<DynamicObject>)> {
        let namespaced = |namespace: &str| Api::namespaced_with(client.clone(), namespace, kind);
        self.each(|| Api::all_with(client.clone(), kind), namespaced)
    }

    fn each<T>(&self, all: impl Fn() -> T, namespaced: impl Fn(&str) -> T) -> Vec<(String, T)> {
        match &self.namespaces {
            None => vec![(String::new(), all())],
            Some(names) => names.iter().map(|name| (name.clone(), namespaced(name))).collect(),
        }
    }
}

/// The scope that the operator was given.
#[derive(Clone)]
pub struct Given {
    client: Client,
    namespaces: Vec<String>,
}

impl Given {
    /// These namespaces; none stands for the whole cluster.
    #[must_use]
    pub fn new(client: Client, namespaces: Vec<String>) -> Self {
        Self { client, namespaces }
    }

    /// What the operator's rights permit of it, once they permit anything.
    pub async fn permitted(&self) -> Scope {
        loop {
            let scope = self.look(None).await;
            if scope.namespaces.as_ref().is_none_or(|namespaces| !namespaces.is_empty()) {
                info!(?scope, "Knows where to look after apps");
                return scope;
            }
            tokio::time::sleep(LOOK_SOON).await;
        }
    }

    /// Returns when the operator's rights are no longer those of `scope`.
    pub async fn changed(&self, scope: &Scope) {
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            if self.look(Some(scope)).await != *scope {
                return;
            }
        }
    }

    /// A sentence about the first place where a right is missing.
    pub async fn missing(&self) -> Option<String> {
        let scope = self.look(None).await;
        let open = scope.namespaces.unwrap_or_else(|| self.namespaces.clone());
        let closed = self.namespaces.iter().find(|namespace| !open.contains(namespace));
        let closed = closed.map(|namespace| {
            format!("the operator has no rights in namespace {namespace}: bind the Role of config/namespaced there")
        });
        closed.or_else(|| {
            let message = "the operator may not read the Service kubernetes of namespace default, by which pods reach \
                the API server: bind the Role of config/namespaced there";
            (!scope.sees_api_server).then(|| message.to_owned())
        })
    }

    /// Without an answer the rights are taken to be as they were `before`.
    async fn look(&self, before: Option<&Scope>) -> Scope {
        if self.namespaces.is_empty() {
            return Scope { namespaces: None, sees_api_server: true };
        }
        let before_in =
            |name: &String| before.and_then(|scope| scope.namespaces.as_ref()).is_some_and(|open| open.contains(name));
        let mut open = Vec::new();
        for namespace in &self.namespaces {
            let apps = Listed { namespace, group: crds::GROUP, resource: "coverletterapps", name: None };
            if self.may(apps).await.unwrap_or(before_in(namespace)) {
                open.push(namespace.clone());
            }
        }
        let address =
            Listed { namespace: API_SERVER_NAMESPACE, group: "", resource: "services", name: Some("kubernetes") };
        let sees_api_server = self.may(address).await.unwrap_or(before.is_some_and(|scope| scope.sees_api_server));
        Scope { namespaces: Some(open), sees_api_server }
    }

    /// `None` when the API server does not answer.
    async fn may(&self, listed: Listed<'_>) -> Option<bool> {
        let (namespace, resource) = (listed.namespace, listed.resource);
        match may_list(&self.client, listed).await {
            Ok(allowed) => {
                if !allowed {
                    warn!(namespace, "Has no right to list {resource} in namespace `{namespace}`");
                }
                Some(allowed)
            }
            Err(error) => {
                warn!(namespace, error = %Chain(&error), "Could not ask for the rights in namespace `{namespace}`");
                None
            }
        }
    }
}
