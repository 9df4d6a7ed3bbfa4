//! `kubectl coverletter`, as a program.

use std::process::ExitCode;

use clap::Parser as _;
use plugin::arguments::Arguments;
use plugin::terminal;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match plugin::run(Arguments::parse()).await {
        Ok(code) => code,
        Err(error) => {
            terminal::complain(&format!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}
