//! The metrics page after letters were written.

use crds::request::State;
use engine::schedule::Stats;

use crate::cluster::{Namespace, counted};
use crate::script::Script;
use crate::worker::{Running, WORK};

/// The sum of all values on the page whose name and labels begin with `name`.
fn sum(page: &str, name: &str) -> f64 {
    let lines = page.lines().filter_map(|line| line.strip_prefix(name)?.rsplit_once(' '));
    lines.filter_map(|(_, value)| value.parse::<f64>().ok()).sum()
}

#[tokio::test]
async fn the_page_has_the_time_between_tokens_and_the_work_of_the_model() {
    let namespace = Namespace::new("numbers").await;
    let before = counted().render();
    let words = 30;
    let writer = Script { words, ..Script::default() }.writer(WORK.slots);
    let monitor = writer.monitor();
    assert_eq!(monitor.stats(), Stats::default());
    let room = format!("coverletter_model_kv_tokens_max {}\n", WORK.slots * 100_000);
    assert!(writer.reading()().contains(&room), "{room}");
    counted().watch(writer.reading());
    let worker = Running::with(&namespace, "worker", writer, WORK);
    namespace.request("one").await;
    let status = namespace.in_state("one", State::Succeeded).await.status.expect("it is finished");
    worker.drain().await;

    // Other tests count in the same process, so every number may be larger.
    let after = counted().render();
    let grown = |name: &str| sum(&after, name) - sum(&before, name);
    let usage = status.usage.expect("it was written");
    assert!(grown("coverletter_worker_inter_token_seconds_count") >= f64::from(words - 1));
    assert!(grown("gen_ai_server_time_to_first_token_seconds_count") >= 1.0);
    assert!(grown("gen_ai_server_time_per_output_token_seconds_count") >= 1.0);
    let read = |kind: &str| {
        let lines =
            after.lines().filter(|line| line.starts_with("gen_ai_client_token_usage_sum") && line.contains(kind));
        lines.filter_map(|line| line.rsplit_once(' ')?.1.parse::<f64>().ok()).sum::<f64>()
    };
    assert!(read("input") >= f64::from(usage.prompt_tokens) && read("output") >= f64::from(usage.completion_tokens));

    // The model is this test's own, so its numbers are exact.
    let Stats { steps, stepped_rows, prompt_tokens, decode_rows, rows, waiting, context_tokens, .. } = monitor.stats();
    assert!(prompt_tokens >= u64::try_from(usage.prompt_tokens).expect("not negative"));
    assert!(decode_rows >= u64::from(words - 1) && steps > decode_rows && stepped_rows >= steps);
    assert_eq!((rows, waiting), (0, 0), "{context_tokens} tokens are held");
    assert!(sum(&after, "coverletter_model_decode_tokens_total") > 0.0, "{after}");
}
