//! Certificates, keys and the users they stand for.
