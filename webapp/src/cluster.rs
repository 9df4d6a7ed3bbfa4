//! The cluster as the site sees it: this app's requests, written (`requests`) and watched (`board`), and the text of the
//! pods that serve them (`pod_stream`).

pub mod board;
pub mod pod_stream;
pub mod requests;
