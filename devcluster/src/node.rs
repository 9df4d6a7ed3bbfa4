//! A real Kubernetes node in namespaces of its own: Level B.
//!
//! ```text
//! options -> launch -> supervisor -> enter -> init -> start -> keep        processes, from the machine into the node
//!               |          |                   |        |
//!            programs   forward, guard      mounts   provisioner, addons   what each of them adds
//!               v
//!             handle (Node): kubeconfig, ports, images, stop -> remove
//! ```
//!
//! etcd, kube-apiserver, kube-controller-manager, kube-scheduler, containerd, kubelet, kube-proxy, DNS and
//! metrics-server run in pid, mount, network, host name, IPC and cgroup namespaces of their own, several instances side
//! by side. Nothing of the machine's network is touched: the node is reached through ports of 127.0.0.1. Nothing is
//! left of an instance that was stopped or killed, except that `fs.inotify.max_user_instances` was raised and that the
//! kubelet sets `vm.overcommit_memory`, `kernel.panic` and `kernel.panic_on_oops`, which belong to the whole machine.
//!
//! `NetworkPolicy` objects are accepted and not enforced.

mod handle;
mod launch;
mod options;
mod programs;
mod remove;

mod instance;
mod layout;
mod progress;
mod settings;

mod enter;
mod init;
mod probe;
mod stages;
mod start;
mod supervisor;

mod addons;
mod components;
mod config;
mod forward;
mod images;
mod keep;
mod keys;
mod provisioner;
mod volume;

mod cgroup;
mod error;

pub use cgroup::Cgroups;
pub use components::NAMES as COMPONENTS;
pub use error::{NodeError, chain};
pub use handle::Node;
pub use init::INOTIFY_INSTANCES;
pub use instance::Instance;
pub use layout::{Layout, default_home};
pub use options::{DEFAULT_NAME, DEFAULT_WEB_PORT, Lifetime, NodeOptions, WEB_NODE_PORT};
pub use programs::{find as find_program, prepare};
pub use progress::{Entry, Event};
pub use provisioner::STORAGE_CLASS;
pub use settings::{Forward, NODE_ADDRESS, Programs};
pub use stages::{Stage, run_stage};
pub use supervisor::PROBE;
