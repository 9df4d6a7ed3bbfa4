//! The numbers of the model in the text format of Prometheus.

use cluster::series::Series;
use crds::metrics::{
    DECODE_SECONDS, DECODE_TOKENS, DRAFTED_TOKENS, DRAWN_TOKENS, KV_TOKENS, KV_TOKENS_MAX, PREFILL_SECONDS,
    PREFILL_TOKENS, PREFIX_TOKENS, ROWS, SERVER_UP, STEP_ROWS, STEPS, WAITING,
};
use engine::schedule::Stats;

/// The lines of the page for a model whose caches hold up to `kv_tokens_max` tokens.
///
/// Tokens and seconds are counters, so that `rate(tokens) / rate(seconds)` is the pace of the working model and
/// `rate(step_rows) / rate(steps)` the mean number of letters in a step. The recorder of the other metrics
/// cannot count fractions of seconds.
#[must_use]
pub fn render(stats: &Stats, kv_tokens_max: usize) -> String {
    let numbers = [
        (STEPS, stats.steps as f64),
        (STEP_ROWS, stats.stepped_rows as f64),
        (PREFILL_TOKENS, stats.prompt_tokens as f64),
        (PREFIX_TOKENS, stats.prefix_tokens as f64),
        (PREFILL_SECONDS, stats.prefill_time.as_secs_f64()),
        (DECODE_TOKENS, (stats.decode_rows + stats.drawn_tokens) as f64),
        (DRAFTED_TOKENS, stats.drafted_tokens as f64),
        (DRAWN_TOKENS, stats.drawn_tokens as f64),
        (DECODE_SECONDS, stats.decode_time.as_secs_f64()),
        (ROWS, stats.rows as f64),
        (WAITING, stats.waiting as f64),
        (KV_TOKENS, stats.context_tokens as f64),
        (KV_TOKENS_MAX, kv_tokens_max as f64),
    ];
    let mut series = Series::default();
    for (metric, value) in numbers {
        series.describe(metric);
        series.line(metric, &[], value);
    }
    series.into()
}

/// The line of the page for a model that a server computes.
#[must_use]
pub fn render_server(is_well: bool) -> String {
    let mut series = Series::default();
    series.describe(SERVER_UP);
    series.line(SERVER_UP, &[], f64::from(u8::from(is_well)));
    series.into()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn numbers_have_the_text_format_of_prometheus() {
        let stats = Stats {
            steps: 7,
            prompt_tokens: 12_345_678_901,
            prefill_time: Duration::from_millis(1_250),
            rows: 3,
            ..Stats::default()
        };
        let page = render(&stats, 8_192);
        for line in [
            "# TYPE coverletter_model_prefill_seconds_total counter",
            "coverletter_model_steps_total 7",
            "coverletter_model_prefill_tokens_total 12345678901",
            "coverletter_model_prefill_seconds_total 1.25",
            "coverletter_model_rows 3",
            "coverletter_model_kv_tokens_max 8192",
        ] {
            assert!(page.lines().any(|found| found == line), "{line} is missing in\n{page}");
        }
    }
}
