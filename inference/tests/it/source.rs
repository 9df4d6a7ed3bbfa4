//! Fetching models, by the program itself: from a server that speaks the hub's protocol, and from a real MLflow.
//! What goes right stands in `hub` and `mlflow`; what breaks on the way in `broken`, what is turned down in `refused`.

mod broken;
mod hub;
mod mlflow;
mod program;
mod refused;
mod server;
