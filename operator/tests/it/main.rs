//! The operator against a real API server with real controllers; pods are played by a script.

mod cluster;
mod leader;
mod life;
mod models;
mod policy;
mod reconcile;
mod requests;
mod run;
mod scaling;
