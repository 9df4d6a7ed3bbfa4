//! Kubeconfig files for the users of a cluster.
