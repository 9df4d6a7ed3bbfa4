//! The telemetry part.
