//! What every route shares, whatever it is about: layers around all of them, forms read, answers written.

pub mod access_log;
pub mod present;
pub mod security;

pub mod body;
pub mod fields;
pub mod form_state;
pub mod negotiate;

pub mod assets;
pub mod error;
pub mod error_page;
pub mod html;
pub mod limits;
pub mod reply;
