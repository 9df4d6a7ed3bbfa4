//! The web application of Cover Letter Writer.

use anyhow::Context as _;
use clap::Parser as _;
use webapp::administer::Administer;
use webapp::config::Config;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    cluster::logging::start().context("start logging")?;
    // Every HTTP client of the process takes its cryptography from here. Fails only on a second call.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let arguments: Vec<_> = std::env::args_os().collect();
    if arguments.get(1).is_some_and(|verb| verb == "admin") {
        print!("{}", Administer::parse_from(&arguments[1..]).run().await?);
        return Ok(());
    }
    webapp::run(Config::parse()).await
}
