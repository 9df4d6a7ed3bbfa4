//! Standard output and error.

use std::io::{ErrorKind, IsTerminal as _, Write as _};

use serde::Serialize;

use crate::style::Style;

/// What standard output takes. `NO_COLOR` is a convention of terminals' users.
#[must_use]
pub fn style() -> Style {
    let wanted = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    if wanted && std::io::stdout().is_terminal() { Style::Colours } else { Style::Plain }
}

/// Prints `text` as it is.
///
/// # Errors
/// When standard output cannot be written. A reader that has gone, such as `head`, ends the program quietly.
pub fn print(text: &str) -> anyhow::Result<()> {
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => std::process::exit(0),
        written => Ok(written?),
    }
}

/// Prints `value` for programs.
///
/// # Errors
/// As for [`print`].
pub fn print_json(value: &impl Serialize) -> anyhow::Result<()> {
    print(&format!("{}\n", serde_json::to_string_pretty(value)?))
}

/// Says something that does not belong to the answer.
pub fn complain(text: &str) {
    // Nobody is left to hear of an error here.
    let _ = writeln!(std::io::stderr(), "{text}");
}
