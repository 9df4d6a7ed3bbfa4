//! One function for each route: take in, do, answer.

pub mod accounts;
pub mod home;
pub mod letters;
pub mod model;
pub mod sessions;
