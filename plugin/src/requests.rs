//! `requests`: a table of requests.

use crds::CoverLetterRequest;
use crds::request::State;
use jiff::Timestamp;

use crate::arguments::{Filter, Output};
use crate::connection::Connection;
use crate::line::{Row, rows};
use crate::table::table;
use crate::terminal;
use crate::words::span;

/// Shows them.
///
/// # Errors
/// When requests cannot be listed.
pub async fn run(connection: &Connection, filter: &Filter, output: Option<Output>) -> anyhow::Result<()> {
    let requests: Vec<CoverLetterRequest> = connection.list("").await?;
    let rows = rows(&requests, filter, Timestamp::now());
    match output {
        Some(Output::Json) => terminal::print_json(&rows),
        None if rows.is_empty() => terminal::print("There is no such request.\n"),
        None => terminal::print(&format!("{}\n{}\n", text(&rows, connection.namespace().is_none()), sum(&rows))),
    }
}

fn text(rows: &[Row], with_namespaces: bool) -> String {
    let header = ["NAME", "APP", "AGE", "STATE", "LINE", "WORKER", "ATTEMPTS", "REASON"];
    let or_none = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
    let cells: Vec<_> = rows
        .iter()
        .map(|row| {
            let name = if with_namespaces { format!("{}/{}", row.namespace, row.name) } else { row.name.clone() };
            [
                name,
                row.app.clone(),
                span(row.age_seconds),
                row.state.as_str().to_owned(),
                or_none(row.place.map(|place| place.to_string())),
                or_none(row.worker.clone()),
                row.attempts.to_string(),
                or_none(row.reason.clone()),
            ]
        })
        .collect();
    table(header, &cells, "")
}

fn sum(rows: &[Row]) -> String {
    let of = |state| rows.iter().filter(|row| row.state == state).count();
    let counts = State::ALL.into_iter().filter(|state| of(*state) > 0);
    counts.map(|state| format!("{} {}", of(state), state.as_str())).collect::<Vec<_>>().join(", ")
}
