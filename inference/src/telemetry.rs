//! Traces of letters for a collector, if one is configured. No attribute holds personal data.

mod collector;
mod http;
mod letter;
mod traces;

pub use collector::{Collector, HeaderError, Headers, TelemetryArgs};
pub use letter::{LetterAttributes, LetterTrace, Phase, Tracer};
pub use traces::{Traces, TracesError};
