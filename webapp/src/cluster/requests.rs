//! The only writer to the API server: creates, cancels, labels and erases this app's `CoverLetterRequest`s.

use std::collections::BTreeMap;

use crds::names::{APP_LABEL, ARCHIVED_LABEL, ERASE_ANNOTATION};
use crds::{CoverLetterRequest, CoverLetterRequestSpec};
use kube::api::{Api, ObjectMeta, Patch, PatchParams, PostParams};
use serde_json::{Value, json};
use uuid::Uuid;

/// Name of the field manager of our patches.
const FIELD_MANAGER: &str = "coverletter-web";

/// The requests of one app.
#[derive(Clone)]
pub struct Requests {
    api: Api<CoverLetterRequest>,
    app: String,
}

/// Why the API server did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum RequestsError {
    /// It refuses the object as it is; it would refuse it again.
    #[error("failed to create request `{name}`: the API server refuses it")]
    Refused {
        /// Name of the request.
        name: String,
        /// Its answer.
        #[source]
        source: Box<kube::Error>,
    },
    /// It does not answer, is overloaded, or does not permit it.
    #[error("failed to {verb} request `{name}`")]
    Failed {
        /// What was tried.
        verb: &'static str,
        /// Name of the request.
        name: String,
        /// What went wrong.
        #[source]
        source: Box<kube::Error>,
    },
}

impl RequestsError {
    /// Whether the API server has answered, and would answer other requests as well.
    #[must_use]
    pub fn is_answer(&self) -> bool {
        let (Self::Refused { source, .. } | Self::Failed { source, .. }) = self;
        matches!(&**source, kube::Error::Api(status) if (400..500).contains(&status.code) && status.code != 429)
    }
}

/// Name of the request of a letter.
#[must_use]
pub fn request_name(letter: Uuid) -> String {
    format!("letter-{letter}")
}

/// The letter whose request has this name; `None` for a request that somebody else made.
#[must_use]
pub fn letter_of(request_name: &str) -> Option<Uuid> {
    request_name.strip_prefix("letter-").and_then(|id| id.parse().ok())
}

impl Requests {
    /// The requests of `app` in `namespace`.
    #[must_use]
    pub fn new(client: kube::Client, namespace: &str, app: &str) -> Self {
        Self { api: Api::namespaced(client, namespace), app: app.to_owned() }
    }

    /// Name of the app.
    #[must_use]
    pub fn app(&self) -> &str {
        &self.app
    }

    /// Creates the request of this letter and returns its uid. A request of this name that exists is the same request.
    pub async fn create(&self, letter: Uuid, spec: CoverLetterRequestSpec) -> Result<String, RequestsError> {
        let name = request_name(letter);
        let request = CoverLetterRequest {
            metadata: ObjectMeta {
                name: Some(name.clone()),
                labels: Some(BTreeMap::from([(APP_LABEL.to_owned(), self.app.clone())])),
                ..ObjectMeta::default()
            },
            spec,
            status: None,
        };
        let params = PostParams { field_manager: Some(FIELD_MANAGER.to_owned()), ..PostParams::default() };
        let created = match self.api.create(&params, &request).await {
            Err(kube::Error::Api(status)) if status.code == 409 => self.api.get(&name).await,
            created => created,
        };
        match created {
            Ok(created) => Ok(created.metadata.uid.unwrap_or_default()),
            Err(kube::Error::Api(status)) if matches!(status.code, 400 | 422) => {
                Err(RequestsError::Refused { name, source: Box::new(kube::Error::Api(status)) })
            }
            Err(source) => Err(failed("create", &name, source)),
        }
    }

    /// The request of this name, with its texts.
    pub async fn read(&self, name: &str) -> Result<Option<CoverLetterRequest>, RequestsError> {
        self.api.get_opt(name).await.map_err(|source| failed("read", name, source))
    }

    /// Whether there is a request of this name.
    pub async fn exists(&self, name: &str) -> Result<bool, RequestsError> {
        let found = self.api.get_metadata_opt(name).await;
        found.map(|found| found.is_some()).map_err(|source| failed("read", name, source))
    }

    /// Asks the writer to stop. Whether there is such a request.
    pub async fn cancel(&self, name: &str) -> Result<bool, RequestsError> {
        self.patch("cancel", name, &json!({"spec": {"cancelRequested": true}})).await
    }

    /// Labels the request archived: its letter is in the database. Whether there is such a request.
    pub async fn mark_archived(&self, name: &str) -> Result<bool, RequestsError> {
        self.patch("label", name, &json!({"metadata": {"labels": {ARCHIVED_LABEL: "true"}}})).await
    }

    /// Asks the writer to stop and the operator to delete the request at once. Whether there is such a request.
    pub async fn erase(&self, name: &str) -> Result<bool, RequestsError> {
        let metadata = json!({"labels": {ARCHIVED_LABEL: "true"}, "annotations": {ERASE_ANNOTATION: "true"}});
        self.patch("erase", name, &json!({"metadata": metadata, "spec": {"cancelRequested": true}})).await
    }

    async fn patch(&self, verb: &'static str, name: &str, patch: &Value) -> Result<bool, RequestsError> {
        let params = PatchParams { field_manager: Some(FIELD_MANAGER.to_owned()), ..PatchParams::default() };
        match self.api.patch_metadata(name, &params, &Patch::Merge(patch)).await {
            Ok(_) => Ok(true),
            Err(kube::Error::Api(status)) if status.code == 404 => Ok(false),
            Err(source) => Err(failed(verb, name, source)),
        }
    }
}

fn failed(verb: &'static str, name: &str, source: kube::Error) -> RequestsError {
    RequestsError::Failed { verb, name: name.to_owned(), source: Box::new(source) }
}

#[cfg(test)]
mod tests {
    use super::{letter_of, request_name};

    #[test]
    fn a_request_is_named_after_its_letter() {
        let letter = "0d4a4b2e-9a57-4a9e-8f7c-3c8d0c9a3f10".parse().expect("a uuid");
        assert_eq!(request_name(letter), "letter-0d4a4b2e-9a57-4a9e-8f7c-3c8d0c9a3f10");
        assert_eq!(letter_of(&request_name(letter)), Some(letter));
        assert_eq!(letter_of("by-hand"), None);
        assert_eq!(letter_of("letter-to-santa"), None);
    }
}
