//! What all three programs do with a cluster, apart from the job of each.
//!
//! ```text
//!   API server ──watch──▶ follow ──▶ store, and a notice of every change ──▶ requests (those of one app)
//!   kubelet, Prometheus ──▶ admin     kubelet ──SIGTERM──▶ shutdown
//! ```
//!
//! [`follow`] is the only code that watches anything. [`chain`] prints errors, [`backoff`] paces what is tried again and
//! [`logging`] starts the log.

pub mod admin;
pub mod backoff;
pub mod chain;
pub mod follow;
pub mod listen;
pub mod logging;
pub mod requests;
pub mod shutdown;

pub use backoff::Backoff;
pub use chain::Chain;
pub use listen::listen;
pub use requests::Requests;
