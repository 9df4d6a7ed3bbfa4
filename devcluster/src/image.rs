//! OCI archives written by our own code.
