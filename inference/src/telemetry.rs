//! Traces of letters for a collector of OpenTelemetry, if one is configured: where they go, how they are sent, and which
//! attributes they have. None of these holds personal data.

mod collector;
mod http;
mod letter;
mod traces;

pub use collector::{Collector, HeaderError, Headers, TelemetryArgs};
pub use letter::{LetterAttributes, LetterTrace, Phase, Tracer};
pub use traces::{Traces, TracesError};
