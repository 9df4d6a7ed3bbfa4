//! The web application of Cover Letter Writer.

use anyhow::Context as _;
use clap::Parser as _;
use tracing::error;
use webapp::administer::Administer;
use webapp::config::Config;
use webapp::db::Refused;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let verb = std::env::args_os().nth(1);
    if verb.is_some_and(|verb| verb == webapp::READ_CV) {
        return webapp::read_cv().context("read a CV");
    }
    cluster::logging::start().context("start logging")?;
    // Every HTTP client of the process takes its cryptography from here. Fails only on a second call.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let arguments: Vec<_> = std::env::args_os().collect();
    if arguments.get(1).is_some_and(|verb| verb == "admin") {
        print!("{}", Administer::parse_from(&arguments[1..]).run().await?);
        return Ok(());
    }
    let outcome = webapp::run(Config::parse()).await;
    if let Some(refused) = outcome.as_ref().err().and_then(|error| error.downcast_ref::<Refused>()) {
        error!(error = %refused, "The database does not let the site in");
        // Where Kubernetes looks for the reason; elsewhere the log is enough.
        let _ = std::fs::write("/dev/termination-log", refused.to_string());
        std::process::exit(crds::names::DATABASE_REFUSES);
    }
    outcome
}
