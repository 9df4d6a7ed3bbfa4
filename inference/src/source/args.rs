//! Arguments of `inference fetch`.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use reqwest::Url;

use super::files;
use crate::token::Token;

/// Fetch a model into a folder and end.
#[derive(Parser, Debug)]
pub struct FetchArgs {
    /// Folder for the files. Files that it already has are checked and kept.
    #[arg(long)]
    pub into: PathBuf,
    /// File for one sentence on why it failed, read by Kubernetes as the termination message.
    #[arg(long)]
    pub report: Option<PathBuf>,
    /// Where the model is.
    #[command(subcommand)]
    pub source: Source,
}

/// Where a model is.
#[derive(Subcommand, Debug)]
pub enum Source {
    /// A repository of the Hugging Face hub or of a mirror of it.
    HuggingFace(HubArgs),
    /// A version in an MLflow model registry.
    Mlflow(MlflowArgs),
}

/// A repository of the hub at one commit.
#[derive(Args, Debug)]
pub struct HubArgs {
    /// `owner/name`.
    #[arg(long)]
    pub repository: String,
    /// Full commit hash.
    #[arg(long)]
    pub revision: String,
    /// Hub or mirror.
    #[arg(long, env = "HF_ENDPOINT", default_value = "https://huggingface.co")]
    pub endpoint: Url,
    /// A file to fetch; may be given many times. Default: config, tokenizer and weights.
    #[arg(long = "file")]
    pub files: Vec<String>,
    /// Expected SHA-256 of a file, as `name=digits`; may be given many times.
    #[arg(long, value_parser = files::parse_checksum)]
    pub sha256: Vec<(String, String)>,
    /// Sent to the hub, and to no server that it redirects to.
    #[arg(long, env = "HF_TOKEN", hide_env_values = true)]
    pub token: Option<Token>,
}

/// A version of a registered model.
#[derive(Args, Debug)]
pub struct MlflowArgs {
    /// Address of the tracking server.
    #[arg(long)]
    pub tracking_uri: Url,
    /// Registered model.
    #[arg(long)]
    pub name: String,
    /// Version of the model.
    #[arg(long)]
    pub version: String,
    /// Sent to the server: a bearer token, or `user:password`.
    #[arg(long, env = "MLFLOW_TRACKING_TOKEN", hide_env_values = true)]
    pub token: Option<Token>,
}
