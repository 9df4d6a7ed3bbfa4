//! Where traces are sent, by the environment variables of OpenTelemetry.

use std::collections::HashMap;
use std::fmt;

use axum::http::{HeaderName, HeaderValue, Uri};
use clap::Args;
use thiserror::Error;

/// Path of traces below the base URL of an OTLP collector.
const TRACES: &str = "/v1/traces";

/// Arguments about traces. Empty values count as absent, as OpenTelemetry specifies.
#[derive(Args, Clone, Debug, Default)]
pub struct TelemetryArgs {
    /// Base URL of a collector that accepts OTLP over HTTP. Default: no traces.
    #[arg(long, env = "OTEL_EXPORTER_OTLP_ENDPOINT", value_parser = url)]
    pub otlp_endpoint: Option<String>,
    /// Full URL for traces; takes precedence over the base URL.
    #[arg(long, env = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", value_parser = url)]
    pub otlp_traces_endpoint: Option<String>,
    /// Headers of every export: `name=value,name=value`, values percent-encoded.
    #[arg(long, env = "OTEL_EXPORTER_OTLP_HEADERS", hide_env_values = true, value_parser = headers)]
    pub otlp_headers: Option<Headers>,
    /// Headers of every export of traces; take precedence over the others.
    #[arg(long, env = "OTEL_EXPORTER_OTLP_TRACES_HEADERS", hide_env_values = true, value_parser = headers)]
    pub otlp_traces_headers: Option<Headers>,
}

impl TelemetryArgs {
    /// The collector, if one is configured.
    #[must_use]
    pub fn collector(self) -> Option<Collector> {
        let given = |url: &String| !url.is_empty();
        let base = self.otlp_endpoint.filter(given).map(|base| format!("{}{TRACES}", base.trim_end_matches('/')));
        let endpoint = self.otlp_traces_endpoint.filter(given).or(base)?;
        let given = |headers: &Headers| !headers.0.is_empty();
        let headers = self.otlp_traces_headers.filter(given).or(self.otlp_headers).unwrap_or_default();
        Some(Collector { endpoint, headers })
    }
}

/// A collector of traces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collector {
    /// URL that accepts OTLP protobuf by `POST`.
    pub endpoint: String,
    /// Headers of every export.
    pub headers: Headers,
}

/// Headers as they were written; often a secret, so they are never printed.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Headers(String);

/// A list of headers that cannot be sent. The error does not quote it, since it may hold a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("failed to read header number {number} of the traces: must be `name=value`, separated by commas")]
pub struct HeaderError {
    /// Position in the list, from 1.
    number: usize,
}

impl Headers {
    /// Headers as the variable lists them.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// Names and values, still percent-encoded.
    ///
    /// # Errors
    /// When one of them is not a valid header.
    pub fn pairs(&self) -> Result<HashMap<String, String>, HeaderError> {
        let parts = self.0.split(',').map(str::trim).enumerate().filter(|(_, part)| !part.is_empty());
        parts
            .map(|(index, part)| {
                let (name, value) = part.split_once('=').ok_or(HeaderError { number: index + 1 })?;
                let (name, value) = (name.trim(), value.trim());
                let valid = HeaderName::try_from(name).is_ok() && HeaderValue::try_from(value).is_ok();
                if valid { Ok((name.to_owned(), value.to_owned())) } else { Err(HeaderError { number: index + 1 }) }
            })
            .collect()
    }
}

impl fmt::Debug for Headers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Headers")
    }
}

/// Never fails, because clap would print the value; [`Headers::pairs`] checks it.
#[expect(clippy::unnecessary_wraps, reason = "the shape that clap asks for")]
fn headers(text: &str) -> Result<Headers, HeaderError> {
    Ok(Headers::new(text))
}

/// Accepts an empty text or an absolute HTTP URL.
fn url(text: &str) -> Result<String, &'static str> {
    let uri: Option<Uri> = text.parse().ok();
    let is_http = uri.is_some_and(|uri| matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some());
    if is_http || text.is_empty() {
        Ok(text.to_owned())
    } else {
        Err("must be a URL that begins with http:// or https://")
    }
}

#[cfg(test)]
mod tests;
