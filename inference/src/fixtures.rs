//! Requests and workers for the tests of pure code.

use std::sync::Arc;

use crds::life::{Claimant, Written};
use crds::request::{AppRef, Applicant, CoverLetterRequestStatus, Job, LetterOptions, Model, Usage};
use crds::{CoverLetterRequest, CoverLetterRequestSpec};
use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

/// The time `second` seconds after an arbitrary moment.
pub fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).expect("a timestamp in range")
}

/// The smallest valid request.
pub fn spec() -> CoverLetterRequestSpec {
    CoverLetterRequestSpec {
        app_ref: AppRef { name: "letters".into() },
        job: Job { title: "Data Scientist".into(), company: "google".into(), ..Job::default() },
        applicant: Applicant::default(),
        letter: LetterOptions::default(),
        seed: None,
        requested_by: None,
        cancel_requested: false,
    }
}

/// A request created at `second` and not changed since.
pub fn request(name: &str, second: i64) -> CoverLetterRequest {
    let mut request = CoverLetterRequest::new(name, spec());
    request.metadata.namespace = Some("default".into());
    request.metadata.uid = Some(format!("uid-{name}"));
    request.metadata.resource_version = Some("1".into());
    request.metadata.creation_timestamp = Some(Time(at(second)));
    request
}

/// The same request with another status, as a later version.
pub fn with(mut request: CoverLetterRequest, status: CoverLetterRequestStatus) -> CoverLetterRequest {
    let version = request.metadata.resource_version.as_deref().and_then(|version| version.parse::<u64>().ok());
    request.metadata.resource_version = Some((version.unwrap_or(0) + 1).to_string());
    request.status = Some(status);
    request
}

/// One start of a worker.
pub fn claimant(worker: &str) -> Claimant {
    Claimant {
        worker: worker.into(),
        pod_uid: format!("pod-{worker}"),
        boot_id: "boot-1".into(),
        endpoint: "10.0.0.1:8080".into(),
    }
}

/// A finished letter.
pub fn written() -> Written {
    Written {
        letter: "Dear Hiring Manager,".into(),
        checks: Vec::new(),
        usage: Usage { prompt_tokens: 100, completion_tokens: 200 },
        model: Model { name: "built-in".into(), sha256: "ab".into() },
        first_token: Some(12),
        plain: None,
    }
}

/// Requests as the watch returns them.
pub fn watched(requests: impl IntoIterator<Item = CoverLetterRequest>) -> Vec<Arc<CoverLetterRequest>> {
    requests.into_iter().map(Arc::new).collect()
}
