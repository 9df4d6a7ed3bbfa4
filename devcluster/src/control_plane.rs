//! A Kubernetes control plane of its own for a test.
