//! Measures this machine, or a model on it, and prints one JSON object a line: `{"metric": "...", "value": ...}`.
//!
//! `cargo xtask bench` runs it beside the other programs that it is compared with.

mod choice;
mod letters;
mod machine;
mod model;
mod output;

use std::num::NonZeroUsize;

use choice::Choice;
use clap::{Parser, Subcommand};
use output::say;

/// Measure a machine or a model.
#[derive(Parser)]
struct Arguments {
    /// Threads that compute; as many as the process may use when absent.
    #[arg(long, global = true)]
    threads: Option<NonZeroUsize>,
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// How fast the memory is read and 8-bit numbers are multiplied.
    Machine,
    /// Loads the model once, so that its cache file is there.
    Prepare(Choice),
    /// Whole answers to conversations, one after another and all at once.
    Letters {
        #[command(flatten)]
        choice: Choice,
        #[command(flatten)]
        asked: letters::Asked,
    },
    /// Everything about one model.
    Model {
        #[command(flatten)]
        choice: Choice,
        #[command(flatten)]
        amount: model::Amount,
    },
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let threads = match arguments.threads {
        Some(threads) => threads.get(),
        None => std::thread::available_parallelism()?.get(),
    };
    match arguments.what {
        What::Machine => {
            say("read_bytes_per_second", machine::read_bytes_per_second(threads)?);
            for (name, speed) in machine::int8_operations_per_second(threads) {
                say(&format!("int8_operations_per_second: {name}"), speed);
            }
        }
        What::Prepare(choice) => drop(model::load(&choice, threads, model::CONTEXT)?),
        What::Letters { choice, asked } => letters::measure(&choice, threads, &asked)?,
        What::Model { choice, amount } => model::measure(&choice, threads, &amount)?,
    }
    Ok(())
}
