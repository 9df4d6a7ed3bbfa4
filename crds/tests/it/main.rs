//! Both resources on a real API server: what it accepts, what it refuses and with which words.
#![expect(clippy::disallowed_methods, reason = "the API server has the time of this machine")]

mod app_schema;
mod cluster;
mod request_life;
mod request_schema;
mod upgrade;
