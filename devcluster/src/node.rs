//! A real Kubernetes node in namespaces of its own.
