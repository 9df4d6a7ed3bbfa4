//! A real Kubernetes for tests and for machines without Docker.
//!
//! Two levels share one set of binaries, built from pinned Go sources and cached outside the checkout:
//!
//! ```text
//! Level A  ControlPlane      etcd, kube-apiserver and kube-controller-manager; a ScriptedKubelet plays node and pods
//! Level B  node              Level A's programs, containerd, kubelet, kube-proxy, DNS and metrics in namespaces
//! images   debian -> image   OCI archives from Debian packages and release binaries
//! ```
//!
//! Whatever a value of this crate starts ends when the value drops, when its test panics and when its process is
//! killed: see [`process::Guard`].

pub mod control_plane;
pub mod scripted_kubelet;

pub mod node;

pub mod arch;
pub mod debian;
pub mod image;

pub mod binaries;
pub mod cache;
pub mod certs;
pub mod health;
pub mod kubeconfig;
pub mod ports;
pub mod process;
