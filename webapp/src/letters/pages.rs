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

use std::fmt;

use askama::filters::HtmlSafe;
use jiff::Timestamp;
use jiff::tz::Offset;

/// A point in time for people, in UTC and with its zone: a server does not know where the reader is.
#[must_use]
pub fn moment(time: Timestamp) -> String {
    Moment(time).to_string()
}

/// The day of a point in time, in UTC.
#[must_use]
pub fn day(time: Timestamp) -> String {
    Day(time).to_string()
}

/// Shows what [`moment`] says. A list has many of them, and a pattern that is read for each costs more than the rest of it.
#[derive(Clone, Copy, Debug)]
pub struct Moment(pub Timestamp);

/// Shows what [`day`] says.
#[derive(Clone, Copy, Debug)]
pub struct Day(pub Timestamp);

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = Offset::UTC.to_datetime(self.0);
        write!(f, "{}, {:02}:{:02} UTC", Day(self.0), time.hour(), time.minute())
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = Offset::UTC.to_datetime(self.0);
        write!(f, "{} {} {:04}", time.day(), MONTHS[time.month() as usize - 1], time.year())
    }
}

impl HtmlSafe for Moment {}
impl HtmlSafe for Day {}

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
