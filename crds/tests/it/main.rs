//! Both resources on a real API server: what it accepts, what it refuses and with which words.

mod app_schema;
mod cluster;
mod request_life;
mod request_schema;
