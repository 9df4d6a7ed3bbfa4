//! What the model has done so far, in the text format of Prometheus.

use std::fmt::Write as _;
use std::time::Duration;

use engine::schedule::Gauge;

/// What the model has done since it was loaded, and holds now.
///
/// Tokens and seconds are counters, so that `rate(tokens) / rate(seconds)` is the pace while the model worked, and
/// `rate(step_rows) / rate(steps)` the mean number of letters in a step.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Reading {
    /// Steps taken.
    pub steps: u64,
    /// Letters that took part, summed over all steps.
    pub step_rows: u64,
    /// Letters in the model now.
    pub rows: usize,
    /// Letters that wait for a place in the model.
    pub waiting: usize,
    /// Tokens of prompts that were computed.
    pub prefill_tokens: u64,
    /// Tokens of prompts that were known already.
    pub prefix_tokens: u64,
    /// Time in steps that read a prompt.
    pub prefill: Duration,
    /// Tokens written in steps that read no prompt.
    pub decode_tokens: u64,
    /// Time in steps that read no prompt.
    pub decode: Duration,
    /// Tokens held in KV caches now.
    pub kv_tokens: usize,
    /// Tokens that the KV caches can hold.
    pub kv_tokens_max: usize,
}

impl Reading {
    /// Reads `gauge` of a model whose caches hold up to `kv_tokens_max` tokens.
    #[must_use]
    pub fn of(gauge: &Gauge, kv_tokens_max: usize) -> Self {
        Self {
            steps: gauge.steps(),
            step_rows: gauge.stepped_rows(),
            rows: gauge.rows(),
            waiting: gauge.waiting(),
            prefill_tokens: gauge.prompt_tokens(),
            prefix_tokens: gauge.prefix_tokens(),
            prefill: gauge.prefill_time(),
            decode_tokens: gauge.decode_rows(),
            decode: gauge.decode_time(),
            kv_tokens: gauge.context_tokens(),
            kv_tokens_max,
        }
    }

    /// As lines of the page. Seconds are fractions, which the recorder of the other numbers cannot count.
    #[must_use]
    pub fn render(&self) -> String {
        let counters = [
            ("steps", self.steps as f64, "Steps of the model."),
            ("step_rows", self.step_rows as f64, "Letters that took part in a step, summed over all steps."),
            ("prefill_tokens", self.prefill_tokens as f64, "Tokens of prompts that the model computed."),
            ("prefix_tokens", self.prefix_tokens as f64, "Tokens of prompts that the model knew already."),
            ("prefill_seconds", self.prefill.as_secs_f64(), "Time in steps that read a prompt."),
            ("decode_tokens", self.decode_tokens as f64, "Tokens written in steps that read no prompt."),
            ("decode_seconds", self.decode.as_secs_f64(), "Time in steps that read no prompt."),
        ];
        let gauges = [
            ("rows", self.rows, "Letters in the model now."),
            ("waiting", self.waiting, "Letters that wait for a place in the model."),
            ("kv_tokens", self.kv_tokens, "Tokens that the KV caches hold now."),
            ("kv_tokens_max", self.kv_tokens_max, "Tokens that the KV caches can hold."),
        ];
        let mut page = String::new();
        for (name, value, help) in counters {
            line(&mut page, &format!("{name}_total"), "counter", value, help);
        }
        for (name, value, help) in gauges {
            line(&mut page, name, "gauge", value as f64, help);
        }
        page
    }
}

fn line(page: &mut String, name: &str, kind: &str, value: f64, help: &str) {
    let name = format!("coverletter_model_{name}");
    // Writing to a string cannot fail.
    let _ = writeln!(page, "# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {value}\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_prometheus_reads_them() {
        let reading = Reading {
            steps: 7,
            prefill_tokens: 12_345_678_901,
            prefill: Duration::from_millis(1_250),
            rows: 3,
            kv_tokens_max: 8_192,
            ..Reading::default()
        };
        let page = reading.render();
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
