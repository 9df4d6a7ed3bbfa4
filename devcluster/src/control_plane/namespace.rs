//! What a test needs of a control plane that it shares with others: a namespace of its own, and restricted users.

use k8s_openapi::api::authentication::v1::{BoundObjectReference, TokenRequest, TokenRequestSpec};
use k8s_openapi::api::core::v1::{Namespace, Pod, ServiceAccount};
use kube::api::{ObjectMeta, PostParams};
use kube::config::AuthInfo;
use kube::{Api, Client, ResourceExt};

use super::{CONTROLLER_MANAGER, ControlPlane, StartError, client, exists};

impl ControlPlane {
    /// Creates a namespace, waits until pods can be created in it and returns its name, which is unique and starts with
    /// `hint`.
    ///
    /// # Errors
    /// [`StartError::Api`], or [`StartError::NotReady`] when its service account does not appear.
    pub async fn namespace(&self, hint: &str) -> Result<String, StartError> {
        let failed = |source| StartError::Api { what: format!("create a namespace for `{hint}`"), source };
        let metadata = ObjectMeta { generate_name: Some(format!("{hint}-")), ..ObjectMeta::default() };
        let namespace = Namespace { metadata, ..Namespace::default() };
        let namespaces = Api::<Namespace>::all(self.client());
        let created = namespaces.create(&PostParams::default(), &namespace).await.map_err(failed)?;
        let name = created.name_any();
        let accounts = Api::<ServiceAccount>::namespaced(self.client(), &name);
        self.wait_until(CONTROLLER_MANAGER, || exists(accounts.clone(), "default")).await?;
        Ok(name)
    }

    /// A client with a token of the service account `name`, valid for an hour.
    ///
    /// With `bound_pod`, a name and a uid, the token is bound to that pod, as the tokens are that a kubelet gives to
    /// pods: admission then sees the pod.
    ///
    /// # Errors
    /// [`StartError::Api`] when there is no such account, or no such pod.
    ///
    /// # Panics
    /// Never: an API server that accepts a request for a token answers with one.
    pub async fn client_as_service_account(
        &self,
        namespace: &str,
        name: &str,
        bound_pod: Option<(&str, &str)>,
    ) -> Result<Client, StartError> {
        let failed = |source| StartError::Api { what: format!("get a token of `{namespace}/{name}`"), source };
        let bound_object_ref = bound_pod.map(|(name, uid)| BoundObjectReference {
            api_version: Some("v1".into()),
            kind: Some(<Pod as k8s_openapi::Resource>::KIND.into()),
            name: Some(name.into()),
            uid: Some(uid.into()),
        });
        let spec = TokenRequestSpec { audiences: Vec::new(), bound_object_ref, expiration_seconds: Some(3600) };
        let request = TokenRequest { spec, ..TokenRequest::default() };
        let accounts = Api::<ServiceAccount>::namespaced(self.client(), namespace);
        let answer = accounts.create_token_request(name, &PostParams::default(), &request).await.map_err(failed)?;
        let token = answer.status.expect("an accepted token request has a token").token;
        let mut config = self.client_config();
        config.auth_info = AuthInfo { token: Some(token.into()), ..AuthInfo::default() };
        namespace.clone_into(&mut config.default_namespace);
        Ok(client(config))
    }
}
