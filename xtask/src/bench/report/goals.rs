//! Promised speeds, and whether this run keeps them.

use crate::bench::contestants::Program;
use crate::bench::model::Model;
use crate::bench::samples::Samples;
use crate::bench::table::Table;
use crate::bench::weights::{LAYERS, bytes_per_token};
use crate::bench::workload::SLOTS;

/// A ratio of our speed to the fastest of some peers: title, our contestant, the peers, the metric, the least ratio, the
/// aim.
type Ratio = (&'static str, &'static str, &'static [&'static str], &'static str, f64, Option<f64>);

const RATIOS: [Ratio; 14] = [
    ("letter, 4 bit, against the fastest", OURS_4, FAST_4, "letter_seconds", 1.5, Some(2.0)),
    ("decode, 4 bit, against the fastest", OURS_4, FAST_4, "decode_tokens_per_second", 1.4, Some(1.6)),
    ("prefill, 4 bit, against the fastest", OURS_4, FAST_4, "prefill_tokens_per_second", 1.5, Some(1.8)),
    ("8 at once, 4 bit, against the fastest", OURS_4, FAST_4, "together_seconds", 3.0, Some(4.0)),
    ("letter, SmolLM2, against the fastest", OURS_SMOL, FAST_SMOL, "letter_seconds", 1.2, Some(1.5)),
    ("8 at once, SmolLM2, against the fastest", OURS_SMOL, FAST_SMOL, "together_seconds", 2.0, Some(3.0)),
    ("letter, Q4_K_M, against the fastest", OURS_K, FAST_K, "letter_seconds", 1.2, Some(1.5)),
    ("drafts, one letter, real weights", WITH_DRAFTS, WITHOUT, "letter_seconds", 1.15, Some(1.4)),
    ("drafts, 8 at once, real weights", WITH_DRAFTS, WITHOUT, "together_seconds", 1.0, Some(1.1)),
    ("letter, 8 bit, against llama.cpp", OURS_8, LLAMA_8, "letter_seconds", 1.2, None),
    ("decode, 8 bit, against llama.cpp", OURS_8, LLAMA_8, "decode_tokens_per_second", 1.1, None),
    ("prefill, 8 bit, against llama.cpp", OURS_8, LLAMA_8, "prefill_tokens_per_second", 1.6, None),
    ("8 at once, 8 bit, against llama.cpp", OURS_8, LLAMA_8, "together_seconds", 2.0, None),
    ("letter, 4 bit, against transformers", OURS_4, &[TRANSFORMERS], "letter_seconds", 9.0, Some(11.0)),
];
const OURS_4: &str = "ours 4-bit";
const OURS_8: &str = "ours 8-bit";
const OURS_SMOL: &str = "ours SmolLM2";
const OURS_K: &str = "ours Q4_K_M";
const WITH_DRAFTS: &str = "ours SmolLM2 letters";
const WITHOUT: &[&str] = &["ours SmolLM2 letters without drafts"];
const FAST_4: &[&str] = &["llama.cpp 4-bit", "llama.cpp 4-bit tuned", "llama.cpp 4-bit head", "ik_llama.cpp 4-bit"];
const FAST_SMOL: &[&str] = &["llama.cpp SmolLM2", "llama.cpp SmolLM2 tuned", "ik_llama.cpp SmolLM2"];
const FAST_K: &[&str] = &["llama.cpp Q4_K_M", "ik_llama.cpp Q4_K_M"];
const LLAMA_8: &[&str] = &["llama.cpp 8-bit"];
const TRANSFORMERS: &str = "transformers 32-bit";

/// A limit for our own figures with 4 bits: title, metric, factor, the largest value, the aim.
const LIMITS: [(&str, &str, f64, f64, f64); 3] = [
    ("peak memory, 4 bit, MB", "peak_bytes", 1e-6, 470.0, 420.0),
    ("load from the cache, s", "load_seconds", 1.0, 0.25, 0.1),
    ("first token with a warm prefix, s", "warm_first_token_seconds", 1.0, 0.8, 0.65),
];

/// Shares of the machine's reading speed that decoding should reach, and of its 8-bit multiplications that reading a
/// prompt should: at least, and the aim.
const READING: (f64, f64) = (0.72, 0.82);
const MULTIPLYING: (f64, f64) = (0.50, 0.65);
/// Several letters at once against transformers, which write them one after another: at least, and the aim.
const TOGETHER: (f64, f64) = (20.0, 26.0);

/// A table of the promises whose figures were measured.
pub fn goals(samples: &Samples) -> String {
    let mut table = Table::new(["promise", "measured", "at least", "aim", ""].map(str::to_owned));
    let mut row = |what: &str, value: Option<f64>, wanted: (f64, Option<f64>), is_limit: bool| {
        let Some(value) = value else { return };
        let reaches = |goal: f64| if is_limit { value <= goal } else { value >= goal };
        let verdict = match wanted.1 {
            _ if !reaches(wanted.0) => "missed",
            Some(aim) if reaches(aim) => "aim reached",
            _ => "kept",
        };
        let aim = wanted.1.map_or(String::new(), |aim| aim.to_string());
        table.row([what.to_owned(), format!("{value:.2}"), wanted.0.to_string(), aim, verdict.to_owned()]);
    };
    for (what, ours, peers, metric, least, aim) in RATIOS {
        let ratios = peers.iter().filter_map(|peer| times_better(samples, ours, peer, metric));
        row(what, ratios.min_by(f64::total_cmp), (least, aim), false);
    }
    let together = samples.median(OURS_4, "together_seconds");
    let sequential = samples.median(TRANSFORMERS, "letter_seconds").map(|letter| letter * SLOTS as f64);
    let ratio = sequential.zip(together).map(|(theirs, ours)| theirs / ours);
    row("8 at once, 4 bit, against transformers", ratio, (TOGETHER.0, Some(TOGETHER.1)), false);
    let read = samples.median("machine", "read_bytes_per_second");
    let decode = samples.median(OURS_4, "decode_tokens_per_second");
    let bytes = bytes_per_token(Program::Ours, Model::Four);
    let share = decode.zip(read).zip(bytes).map(|((decode, read), bytes)| decode * bytes / read);
    row("share of the memory's speed in decode, 4 bit", share, (READING.0, Some(READING.1)), false);
    let prefill = samples.median(OURS_4, "prefill_tokens_per_second");
    let share = prefill.zip(samples.multiplications()).map(|(prefill, peak)| prefill * 2.0 * LAYERS / peak);
    row("share of the 8-bit peak in prefill, 4 bit", share, (MULTIPLYING.0, Some(MULTIPLYING.1)), false);
    for (what, metric, factor, most, aim) in LIMITS {
        row(what, samples.median(OURS_4, metric).map(|value| value * factor), (most, Some(aim)), true);
    }
    if table.is_empty() { String::new() } else { format!("{table}\n") }
}

/// Above 1 where `ours` is better.
fn times_better(samples: &Samples, ours: &str, peer: &str, metric: &str) -> Option<f64> {
    let (ours, peer) = (samples.median(ours, metric)?, samples.median(peer, metric)?);
    Some(if metric.ends_with("_per_second") { ours / peer } else { peer / ours })
}
