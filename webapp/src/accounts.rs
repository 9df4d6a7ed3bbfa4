//! Accounts: registering, logging in and out, the profile, and who is asking in every other request.

pub(crate) mod handlers;

pub(crate) mod forms;
pub(crate) mod pages;
pub(crate) mod password;
pub mod session;
