//! The trace of one letter: a span for the whole and one for each part. Every attribute there is, is set in here; none
//! holds what a person wrote, or what the model wrote for them.

use std::time::SystemTime;

use opentelemetry::trace::{Span as _, SpanBuilder, SpanKind, Status, TraceContextExt as _, Tracer as _};
use opentelemetry::{Context, KeyValue, StringValue, Value};
use opentelemetry_sdk::trace::{SdkTracer, Span};

/// What this worker calls itself where the conventions for generative AI ask for the provider of a model.
const PROVIDER: &str = "coverletter";

/// Begins traces; without a collector it begins nothing, and nothing is allocated.
#[derive(Clone, Debug, Default)]
pub struct Tracer(Option<SdkTracer>);

/// What is asked of the model.
#[derive(Clone, Debug, PartialEq)]
pub struct Ask {
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

    /// Begins the trace of a letter; `ask` is asked only if somebody wants to know.
    #[must_use]
    pub fn letter(&self, ask: impl FnOnce() -> Ask) -> LetterTrace {
        let Some(tracer) = self.0.clone() else { return LetterTrace(None) };
        let ask = ask();
        let builder = SpanBuilder::from_name(format!("chat {}", ask.model))
            .with_kind(SpanKind::Internal)
            .with_start_time(ask.claimed)
            .with_attributes(asked(ask));
        let span = tracer.build_with_context(builder, &Context::new());
        LetterTrace(Some(On { tracer, whole: Context::new().with_span(span) }))
    }
}

fn asked(ask: Ask) -> Vec<KeyValue> {
    vec![
        KeyValue::new("gen_ai.operation.name", "chat"),
        KeyValue::new("gen_ai.provider.name", PROVIDER),
        // Its name before the conventions of August 2025, which many readers still look for.
        KeyValue::new("gen_ai.system", PROVIDER),
        KeyValue::new("gen_ai.output.type", "text"),
        KeyValue::new("gen_ai.request.model", ask.model),
        KeyValue::new("gen_ai.request.max_tokens", i64::from(ask.max_tokens)),
        KeyValue::new("gen_ai.request.temperature", ask.temperature),
        KeyValue::new("gen_ai.request.top_p", ask.top_p),
        KeyValue::new("gen_ai.request.seed", ask.seed.cast_signed()),
        KeyValue::new("coverletter.request.uid", ask.request_uid),
        KeyValue::new("coverletter.attempt", i64::from(ask.attempt)),
        KeyValue::new("coverletter.worker", ask.worker),
    ]
}

/// The trace of one letter. It ends when it is dropped.
#[derive(Debug)]
pub struct LetterTrace(Option<On>);

#[derive(Debug)]
struct On {
    tracer: SdkTracer,
    whole: Context,
}

impl LetterTrace {
    /// Begins a part now.
    #[must_use]
    pub fn phase(&self, name: &'static str) -> Phase {
        self.begin(|| SpanBuilder::from_name(name))
    }

    /// Begins a part that has been going on since `start`.
    #[must_use]
    pub fn phase_since(&self, name: &'static str, start: SystemTime) -> Phase {
        self.begin(|| SpanBuilder::from_name(name).with_start_time(start))
    }

    fn begin(&self, builder: impl FnOnce() -> SpanBuilder) -> Phase {
        let span = |on: &On| on.tracer.build_with_context(builder().with_kind(SpanKind::Internal), &on.whole);
        Phase(self.0.as_ref().map(span))
    }

    /// The first token came `seconds` after the claim.
    pub fn first_token(&self, seconds: f64) {
        self.set("gen_ai.response.time_to_first_chunk", || seconds.into());
    }

    /// The model stopped for `finish_reason` after having read and written this many tokens.
    pub fn finished(&self, finish_reason: &'static str, input_tokens: usize, output_tokens: usize) {
        let reasons = || Value::Array(vec![StringValue::from(finish_reason)].into());
        self.set("gen_ai.response.finish_reasons", reasons);
        self.set("gen_ai.usage.input_tokens", || (input_tokens as i64).into());
        self.set("gen_ai.usage.output_tokens", || (output_tokens as i64).into());
    }

    /// Ends the trace with what became of the letter: a word of ours, and whether it is a failure.
    pub fn end(self, outcome: &'static str, is_failure: bool) {
        self.set("coverletter.outcome", || outcome.into());
        let Some(On { whole, .. }) = self.0 else { return };
        if is_failure {
            whole.span().set_attribute(KeyValue::new("error.type", outcome));
            whole.span().set_status(Status::error(outcome));
        }
        whole.span().end();
    }

    fn set(&self, key: &'static str, value: impl FnOnce() -> Value) {
        if let Some(On { whole, .. }) = &self.0 {
            whole.span().set_attribute(KeyValue::new(key, value()));
        }
    }
}

/// One part of the way of a letter. It ends when it is dropped.
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
