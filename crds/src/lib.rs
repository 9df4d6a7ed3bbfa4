//! The two custom resources of Cover Letter Writer as Rust types, and the rules by which a request may change.
//!
//! ```text
//!   CoverLetterApp ──── turned by the operator into web, Postgres and inference
//!        ▲
//!        │ spec.appRef
//!   CoverLetterRequest ─ created by the web (or kubectl), claimed and finished by an inference pod
//! ```
//!
//! Nothing in here talks to a cluster: types ([`app`], [`request`]), the only code that moves a request from one state
//! to the next ([`life`]), and all else that the programs must agree on: names ([`names`], [`reason`], [`metrics`]), numbers
//! ([`limits`]), the settings of a worker ([`worker`]) and the live stream of a letter ([`stream`]).

pub mod advice;
pub mod app;
pub mod condition;
pub mod life;
pub mod limits;
pub mod manifests;
pub mod metrics;
pub mod names;
pub mod reason;
pub mod request;
pub mod stream;
pub mod worker;

pub use app::{CoverLetterApp, CoverLetterAppSpec, CoverLetterAppStatus};
pub use reason::{AppReason, RequestReason};
pub use request::{CoverLetterRequest, CoverLetterRequestSpec, CoverLetterRequestStatus};
pub use worker::WorkerSettings;

/// API group of both resources.
pub const GROUP: &str = "coverletter.dev";
/// The one served version.
pub const VERSION: &str = "v1alpha1";
