//! The cluster as the site sees it: this app's requests, written and watched, and the text of the pods that serve them.

pub mod board;
pub mod pod_stream;
pub mod requests;
