//! What all three programs do with a cluster, apart from the job of each.
//!
//! ```text
//!   API server ──watch──▶ follow ──▶ store, and a notice of every change ──▶ requests (those of one app)
//!   kubelet, Prometheus ──▶ admin     kubelet ──SIGTERM──▶ shutdown
//! ```
//!
//! [`follow`] is the only code that watches anything. [`chain`] prints errors, [`backoff`] paces what is tried again,
//! [`logging`] starts the log, [`describe`] and [`series`] say what metrics mean.

pub mod admin;
pub mod backoff;
pub mod chain;
pub mod describe;
pub mod follow;
pub mod listen;
pub mod logging;
pub mod requests;
pub mod series;
pub mod shutdown;

pub use backoff::Backoff;
pub use chain::Chain;
pub use describe::describe;
pub use listen::listen;
pub use requests::Requests;
