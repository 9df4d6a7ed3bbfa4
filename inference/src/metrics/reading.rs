//! The numbers of the model in the text format of Prometheus.

use std::fmt::Write as _;

use engine::schedule::Stats;

/// The lines of the page for a model whose caches hold up to `kv_tokens_max` tokens.
///
/// Tokens and seconds are counters, so that `rate(tokens) / rate(seconds)` is the pace of the working model and
/// `rate(step_rows) / rate(steps)` the mean number of letters in a step. The recorder of the other metrics
/// cannot count fractions of seconds.
#[must_use]
pub fn render(stats: &Stats, kv_tokens_max: usize) -> String {
    let counters = [
        ("steps", stats.steps as f64, "Steps of the model."),
        ("step_rows", stats.stepped_rows as f64, "Letters that took part in a step, summed over all steps."),
        ("prefill_tokens", stats.prompt_tokens as f64, "Tokens of prompts that the model computed."),
        ("prefix_tokens", stats.prefix_tokens as f64, "Tokens of prompts that the model knew already."),
        ("prefill_seconds", stats.prefill_time.as_secs_f64(), "Time in steps that read a prompt."),
        (
            "decode_tokens",
            (stats.decode_rows + stats.drawn_tokens) as f64,
            "Tokens written in steps that read no prompt.",
        ),
        ("drafted_tokens", stats.drafted_tokens as f64, "Tokens that were guessed before they were drawn."),
        ("drawn_tokens", stats.drawn_tokens as f64, "Guessed tokens that were drawn."),
        ("decode_seconds", stats.decode_time.as_secs_f64(), "Time in steps that read no prompt."),
    ];
    let gauges = [
        ("rows", stats.rows, "Letters in the model now."),
        ("waiting", stats.waiting, "Letters that wait for a place in the model."),
        ("kv_tokens", stats.context_tokens, "Tokens that the KV caches hold now."),
        ("kv_tokens_max", kv_tokens_max, "Tokens that the KV caches can hold."),
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

/// The line of the page for a model that a server computes.
#[must_use]
pub fn render_server(is_well: bool) -> String {
    let mut page = String::new();
    let name = "coverletter_server_up";
    // Writing to a string cannot fail.
    let _ = writeln!(
        page,
        "# HELP {name} Whether the model server can be asked.\n# TYPE {name} gauge\n{name} {}\n",
        u8::from(is_well)
    );
    page
}

fn line(page: &mut String, name: &str, kind: &str, value: f64, help: &str) {
    let name = format!("coverletter_model_{name}");
    // Writing to a string cannot fail.
    let _ = writeln!(page, "# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {value}\n");
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
