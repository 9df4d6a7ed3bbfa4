//! The pages of letters. Pure: values in, text out.

pub mod asked;
pub mod file_name;
pub mod growing;
pub mod letter;
pub mod list;
pub mod new_letter;
#[cfg(test)]
mod tests;
pub mod versions;

use jiff::Timestamp;

/// A point in time for people, in UTC and with its zone: a server does not know where the reader is.
#[must_use]
pub fn moment(time: Timestamp) -> String {
    time.strftime("%-d %b %Y, %H:%M UTC").to_string()
}

/// The day of a point in time, in UTC.
#[must_use]
pub fn day(time: Timestamp) -> String {
    time.strftime("%-d %b %Y").to_string()
}

/// A duration for people.
#[must_use]
pub fn duration(seconds: i64) -> String {
    match seconds {
        ..1 => "under a second".to_owned(),
        1 => "1 second".to_owned(),
        2..=119 => format!("{seconds} seconds"),
        seconds => format!("{} min {} s", seconds / 60, seconds % 60),
    }
}
