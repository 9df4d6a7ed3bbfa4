//! A real Kubernetes for tests and for machines without Docker.
//!
//! Two levels share one set of binaries, built from pinned Go sources and cached outside the checkout:
//!
//! ```text
//! Level A  ControlPlane      etcd + kube-apiserver + kube-controller-manager, pods played by a ScriptedKubelet
//! Level B  node              Level A's programs and containerd, kubelet, kube-proxy, DNS, metrics in namespaces of their own
//! images   debian -> image   OCI archives from Debian packages and release binaries
//! ```
//!
//! Everything a value of this crate starts is gone when the value drops, when its test panics and when its process is
//! killed: see [`guard`].

pub mod control_plane;
pub mod scripted_kubelet;

pub mod node;

pub mod debian;
pub mod image;

pub mod binaries;
pub mod cache;
pub mod certs;
pub mod guard;
pub mod health;
pub mod kubeconfig;
pub mod ports;
pub mod process;
