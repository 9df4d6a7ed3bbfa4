//! End-to-end tests: students in a real browser and people with kubectl, on a real cluster.
//!
//! ```text
//! environment -> play -> cluster   a namespace of the test's own, kubectl, typed reads
//!                  |  -> browser -> student     one headless Chromium a student
//!                  |  -> places      logs, stores, databases and traces (collector), searched for what must not be there
//!                  '--> post_mortem             printed when a test fails, before its objects are deleted
//! lone_site       a site of its own without a cluster, for stories of accounts
//! app, letter     what the tests apply; eventually: every wait has a predicate and a deadline
//! ```
//!
//! `cargo xtask test --only-e2e` brings up the cluster and passes its address in the environment.

pub mod environment;
pub mod play;

pub mod cluster;
pub mod collector;
pub mod curl;
pub mod followed;
pub mod forward;
pub mod node;
pub mod places;
pub mod proxied;
pub mod relay;

pub mod browser;
pub mod lone_site;
pub mod student;

pub mod app;
pub mod letter;

pub mod eventually;
mod post_mortem;

pub use cluster::Cluster;
pub use eventually::eventually;
pub use play::{Play, play};
pub use student::Student;
