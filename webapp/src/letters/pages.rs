//! Pages as values: made by pure functions, rendered by templates.

pub mod letter;
pub mod list;
pub mod new_letter;
#[cfg(test)]
mod tests;

use jiff::Timestamp;

/// A point in time for people. Servers do not know where a reader is, so the zone is written out.
#[must_use]
pub fn moment(time: Timestamp) -> String {
    time.strftime("%-d %b %Y, %H:%M UTC").to_string()
}

/// A stretch of time for people.
#[must_use]
pub fn stretch(seconds: i64) -> String {
    match seconds {
        ..1 => "under a second".to_owned(),
        1 => "1 second".to_owned(),
        2..=119 => format!("{seconds} seconds"),
        seconds => format!("{} min {} s", seconds / 60, seconds % 60),
    }
}
