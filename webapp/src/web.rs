//! What every route shares, whatever its subject: the layers around all routes, reading forms, and writing answers.
//! Nothing here knows accounts or letters.

pub mod access_log;
pub mod connections;
pub mod openapi;
pub mod security;
pub mod table;

pub mod body;
pub mod client;
pub mod fields;
pub mod form_state;
pub mod negotiate;
pub mod typed;
pub mod upload;
pub mod waiting;

pub mod assets;
pub mod error;
pub mod error_page;
pub mod html;
pub mod reply;
pub mod typed_page;
