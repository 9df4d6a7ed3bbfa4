//! Fetching models, by the program itself: from a server that speaks the hub's protocol, and from a real MLflow.

mod broken;
mod hub;
mod mlflow;
mod program;
mod refused;
mod server;
