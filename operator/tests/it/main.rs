//! The operator against a real API server with real controllers; a scripted kubelet plays the pods.

mod any_spec;
mod argo;
mod backup;
mod backups;
mod bounds;
mod chart;
mod cluster;
mod dispatch;
mod figures;
mod fleet;
mod leader;
mod life;
mod models;
mod monitoring;
mod namespaced;
mod policy;
mod readings;
mod reconcile;
mod refused_claims;
mod requests;
mod rotate;
mod rotation;
mod run;
mod scaler;
mod scaling;
mod trouble;
