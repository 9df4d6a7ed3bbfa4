//! `kubectl coverletter` against a real API server with the real operator, for apps that are broken in several ways.

mod backups;
mod cluster;
mod requests;
mod rights;
mod status;
