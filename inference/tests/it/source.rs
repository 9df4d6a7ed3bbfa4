//! The program fetches models from a server that speaks the protocol of the hub, and from a real MLflow: successes in `hub`
//! and `mlflow`, broken connections in `broken`, refusals in `refused`.

mod broken;
mod hub;
mod mlflow;
mod program;
mod refused;
mod server;
