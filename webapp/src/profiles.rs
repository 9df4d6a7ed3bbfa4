//! Profiles: what a student says about themselves, kept under a few labels, to begin letters from.
//!
//! ```text
//! handlers -> forms -> the row
//!          <- pages <-
//! reader -> cv -> import -> forms          a CV, taken apart
//! ```
//!
//! Pages call a profile a CV: the link `View Profile`, which the predecessor's contract has, leads to the account.
//! A letter copies what it takes from a profile: changing or deleting one changes no letter.

pub mod handlers;

pub mod cv;
pub mod forms;
pub mod import;
pub mod pages;
pub mod reader;
