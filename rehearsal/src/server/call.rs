//! What programs ask of the API server, and what it answers.

use std::collections::BTreeMap;
use std::sync::Arc;

use crds::{CoverLetterRequest, CoverLetterRequestSpec, CoverLetterRequestStatus};
use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::api::core::v1::Pod;
use serde_json::{Value as Json, json};

/// The namespace of everything.
pub const NAMESPACE: &str = "letters";

/// A call. A `uid` or `version` that is sent along must be that of the object.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the fields are those of the objects")]
pub enum Call {
    /// Makes a request.
    Create(Box<CoverLetterRequest>),
    /// Replaces the status of a request.
    Status { name: String, uid: Option<String>, version: Option<String>, status: Option<Box<CoverLetterRequestStatus>> },
    /// Asks for a request to be stopped.
    Cancel { name: String, uid: Option<String> },
    /// Replaces the spec of a request.
    Spec { name: String, spec: Box<CoverLetterRequestSpec> },
    /// Adds labels and annotations to a request.
    Mark { name: String, labels: BTreeMap<String, String>, annotations: BTreeMap<String, String> },
    /// Replaces the finalizers of a request.
    Finalizers { name: String, finalizers: Vec<String> },
    /// Removes a request.
    Delete { name: String, uid: Option<String>, version: Option<String> },
    /// Reads a request.
    Read { name: String },
    /// Reads a Lease.
    ReadLease { name: String },
    /// Reads a pod.
    ReadPod { name: String },
    /// Applies a Lease as `manager`.
    Apply { lease: Box<Lease>, manager: &'static str },
    /// Removes a Lease.
    EndLease { name: String },
}

/// An answer. What was asked for and is not there is `None`.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "they are called as the objects in them")]
pub enum Answer {
    Request(Option<Arc<CoverLetterRequest>>),
    Lease(Option<Arc<Lease>>),
    Pod(Option<Arc<Pod>>),
    /// It was done, and there is nothing to show.
    Done,
}

/// A call that came to nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Status code; `None` when no answer came.
    pub code: Option<u16>,
    /// Why, in the words of each rule that was broken.
    pub messages: Vec<String>,
}

impl Refusal {
    /// A refusal for one reason.
    #[must_use]
    pub fn new(code: u16, message: &str) -> Self {
        Self { code: Some(code), messages: vec![message.to_owned()] }
    }

    /// No answer came.
    #[must_use]
    pub const fn silence() -> Self {
        Self { code: None, messages: Vec::new() }
    }

    pub(super) fn unless_empty(code: u16, messages: Vec<String>) -> Result<(), Self> {
        if messages.is_empty() { Ok(()) } else { Err(Self { code: Some(code), messages }) }
    }
}

/// Who calls.
#[derive(Clone, Debug)]
pub struct Writer {
    /// Name in the history.
    pub name: String,
    /// The request as a policy sees it.
    pub request: Arc<Json>,
}

impl Writer {
    /// The pod called `name`, of the inference of `app`.
    #[must_use]
    pub fn worker(name: &str, pod_uid: &str, app: &str) -> Self {
        let user = json!({
            "username": format!("system:serviceaccount:{NAMESPACE}:{app}-inference"),
            "extra": {"authentication.kubernetes.io/pod-uid": [pod_uid]},
        });
        Self::with(name, &user)
    }

    /// Another account.
    #[must_use]
    pub fn account(name: &str) -> Self {
        Self::with(name, &json!({"username": name}))
    }

    fn with(name: &str, user: &Json) -> Self {
        let request = json!({"namespace": NAMESPACE, "userInfo": user});
        Self { name: name.to_owned(), request: request.into() }
    }
}
