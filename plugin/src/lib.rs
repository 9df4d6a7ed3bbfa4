//! `kubectl coverletter`: what is wrong with an app, and what to do about it, on one screen.
//!
//! ```text
//!   arguments ─▶ status | requests | logs | backup      the verbs, each a story
//!                  │  ask the cluster: connection; make one Job: job
//!                  ▼
//!                health, line, dumps, speaker           what the answers mean
//!                  ▼
//!                sheet, table, words                    how that reads ─▶ terminal
//! ```
//!
//! It has the rights of the user's kubeconfig and asks for as little as it can. What it may not read it leaves out, and says
//! which right is missing ([`rights`]).

pub mod arguments;
pub mod backup;
pub mod connection;
pub mod dumps;
pub mod health;
pub mod job;
pub mod line;
pub mod logs;
pub mod requests;
pub mod rights;
pub mod sheet;
pub mod speaker;
pub mod status;
pub mod style;
pub mod table;
pub mod terminal;
pub mod words;

use std::process::ExitCode;

use arguments::{Arguments, Verb};
use connection::Connection;

/// Does what the arguments say.
///
/// # Errors
/// When the cluster cannot be asked, or refuses what the verb cannot do without.
pub async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let cluster = &arguments.cluster;
    let connection = Connection::open(cluster.context.as_deref(), cluster.namespace.as_deref(), cluster.all).await?;
    let output = arguments.output;
    let well = match arguments.verb {
        Verb::Status { app } => status::run(&connection, app.as_deref(), output).await.map(|()| true)?,
        Verb::Requests(filter) => requests::run(&connection, &filter, output).await.map(|()| true)?,
        Verb::Logs(wanted) => logs::run(&connection, &wanted, output).await.map(|()| true)?,
        Verb::Backup(backup) => backup::run(&connection, &backup, output).await?,
    };
    Ok(if well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
