//! Measures the site under many visitors and requests, on a Postgres and an API server of its own, and prints one JSON object a line:
//! `{"metric": "...", "value": ...}`.
//!
//! `cargo xtask bench --web` runs it. The site is the real program in a process of its own; visitors are tasks of this one,
//! so both share the machine's processors.

mod http;
mod key;
mod log_ins;
mod output;
mod pages;
mod people;
mod pod;
mod resident;
mod stage;
mod streams;
mod twin;
mod watching;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

/// Measure the site under many visitors.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Requests a second on the list of letters, beside the same page of Flask.
    Pages {
        /// A Python with the packages of the twin.
        #[arg(long)]
        python: PathBuf,
        /// The folder of the twin's module.
        #[arg(long)]
        twin: PathBuf,
        /// How often each is measured in turn.
        #[arg(long, default_value_t = 5)]
        rounds: usize,
    },
    /// Memory with live pages open, pages beside two thousand of them, and how late text arrives.
    Streams,
    /// Memory while the API server holds ten thousand requests of the app.
    Resident,
    /// How long a failed log-in takes, for a name that nobody has and for a wrong password.
    LogIns,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    // The program does so when it starts.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let what = Arguments::parse().what;
    let stage = stage::Stage::start().await?;
    match what {
        What::Pages { python, twin, rounds } => pages::measure(&stage, &python, &twin, rounds).await,
        What::Streams => streams::measure(&stage).await,
        What::Resident => resident::measure(&stage).await,
        What::LogIns => log_ins::measure(&stage).await,
    }
}
