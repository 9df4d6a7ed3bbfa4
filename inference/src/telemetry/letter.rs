//! The trace of one letter: a span for the whole and one for each part. Every attribute is set in this file; none holds
//! what a person wrote or what the model wrote for them.

use std::time::SystemTime;

use opentelemetry::trace::{Span as _, SpanBuilder, SpanKind, Status, TraceContextExt as _, Tracer as _};
use opentelemetry::{Context, KeyValue, StringValue, Value};
use opentelemetry_sdk::trace::{SdkTracer, Span};

/// The provider of the model, in the sense of the conventions for generative AI.
const PROVIDER: &str = "coverletter";

/// Begins traces. Without a collector it does nothing and allocates nothing.
#[derive(Clone, Debug, Default)]
pub struct Tracer(Option<SdkTracer>);

/// What is known about a letter when its trace begins.
#[derive(Clone, Debug, PartialEq)]
pub struct LetterAttributes {
    /// Name of the model.
    pub model: String,
    /// Longest letter, in tokens.
    pub max_tokens: u32,
    /// Sampling temperature.
    pub temperature: f64,
    /// Nucleus.
    pub top_p: f64,
    /// Seed of the sampler.
    pub seed: u64,
    /// Uid of the request.
    pub request_uid: String,
    /// Number of the attempt, from 1.
    pub attempt: i32,
    /// Pod that writes.
    pub worker: String,
    /// When the claim was made: the beginning of the trace.
    pub claimed: SystemTime,
}

impl Tracer {
    pub(super) fn new(tracer: Option<SdkTracer>) -> Self {
        Self(tracer)
    }

    /// Begins the trace of a letter. `attributes` is called only with a collector.
    #[must_use]
    pub fn letter(&self, attributes: impl FnOnce() -> LetterAttributes) -> LetterTrace {
        let Some(tracer) = self.0.clone() else { return LetterTrace(None) };
        let attributes = attributes();
        let builder = SpanBuilder::from_name(format!("chat {}", attributes.model))
            .with_kind(SpanKind::Internal)
            .with_start_time(attributes.claimed)
            .with_attributes(key_values(attributes));
        let span = tracer.build_with_context(builder, &Context::new());
        LetterTrace(Some(Recording { tracer, whole: Context::new().with_span(span) }))
    }
}

fn key_values(letter: LetterAttributes) -> Vec<KeyValue> {
    vec![
        KeyValue::new("gen_ai.operation.name", "chat"),
        KeyValue::new("gen_ai.provider.name", PROVIDER),
        // The name of the provider before the conventions of August 2025, which many tools still read.
        KeyValue::new("gen_ai.system", PROVIDER),
        KeyValue::new("gen_ai.output.type", "text"),
        KeyValue::new("gen_ai.request.model", letter.model),
        KeyValue::new("gen_ai.request.max_tokens", i64::from(letter.max_tokens)),
        KeyValue::new("gen_ai.request.temperature", letter.temperature),
        KeyValue::new("gen_ai.request.top_p", letter.top_p),
        KeyValue::new("gen_ai.request.seed", letter.seed.cast_signed()),
        KeyValue::new("coverletter.request.uid", letter.request_uid),
        KeyValue::new("coverletter.attempt", i64::from(letter.attempt)),
        KeyValue::new("coverletter.worker", letter.worker),
    ]
}

/// The trace of one letter. It ends when it is dropped.
#[derive(Debug)]
pub struct LetterTrace(Option<Recording>);

#[derive(Debug)]
struct Recording {
    tracer: SdkTracer,
    whole: Context,
}

impl LetterTrace {
    /// Begins a part now.
    #[must_use]
    pub fn phase(&self, name: &'static str) -> Phase {
        self.begin(|| SpanBuilder::from_name(name))
    }

    /// Begins a part that started at `start`.
    #[must_use]
    pub fn phase_since(&self, name: &'static str, start: SystemTime) -> Phase {
        self.begin(|| SpanBuilder::from_name(name).with_start_time(start))
    }

    fn begin(&self, builder: impl FnOnce() -> SpanBuilder) -> Phase {
        let span = |recording: &Recording| {
            recording.tracer.build_with_context(builder().with_kind(SpanKind::Internal), &recording.whole)
        };
        Phase(self.0.as_ref().map(span))
    }

    /// Notes that the first token came `seconds` after the claim.
    pub fn first_token(&self, seconds: f64) {
        self.set("gen_ai.response.time_to_first_chunk", || seconds.into());
    }

    /// Notes why the model stopped, and how many tokens it has read and written.
    pub fn finished(&self, finish_reason: &'static str, input_tokens: usize, output_tokens: usize) {
        let reasons = || Value::Array(vec![StringValue::from(finish_reason)].into());
        self.set("gen_ai.response.finish_reasons", reasons);
        self.set("gen_ai.usage.input_tokens", || (input_tokens as i64).into());
        self.set("gen_ai.usage.output_tokens", || (output_tokens as i64).into());
    }

    /// Ends the trace with the outcome of the letter, one word, and whether it is a failure.
    pub fn end(self, outcome: &'static str, is_failure: bool) {
        self.set("coverletter.outcome", || outcome.into());
        let Some(Recording { whole, .. }) = self.0 else { return };
        if is_failure {
            whole.span().set_attribute(KeyValue::new("error.type", outcome));
            whole.span().set_status(Status::error(outcome));
        }
        whole.span().end();
    }

    fn set(&self, key: &'static str, value: impl FnOnce() -> Value) {
        if let Some(Recording { whole, .. }) = &self.0 {
            whole.span().set_attribute(KeyValue::new(key, value()));
        }
    }
}

/// One part of the work on a letter. It ends when it is dropped.
#[derive(Debug)]
pub struct Phase(Option<Span>);

impl Phase {
    /// Notes a number of tokens.
    pub fn tokens(&mut self, tokens: usize) {
        if let Some(span) = &mut self.0 {
            span.set_attribute(KeyValue::new("coverletter.tokens", tokens as i64));
        }
    }

    /// Ends the part now.
    pub fn end(self) {
        drop(self);
    }
}
