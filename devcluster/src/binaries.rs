//! The Kubernetes and container runtime programs, built once.
