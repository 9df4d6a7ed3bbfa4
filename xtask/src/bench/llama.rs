//! llama.cpp: llama-bench for the plain speeds, llama-server for whole letters.

use std::fs::{self, File};
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};

use super::child::{self, Measured, Running};
use super::http;
use super::prepared::Prepared;
use super::workload::{NEW, PREFIX, PROMPT, SLOTS};
use crate::shell::command;

/// Tokens that llama-bench writes after a prompt to measure decoding.
const DECODED: usize = 128;
/// llama-bench warms up, repeats so many times and reports the mean.
const REPETITIONS: usize = 3;
/// Tokens of context for one letter.
const CONTEXT: usize = 1024;
/// Time limit for a start of the server and for a run of llama-bench.
const LIMIT: Duration = Duration::from_mins(5);
/// Pause between two questions whether the server is ready.
const LOOK: Duration = Duration::from_millis(10);

/// Measures everything once.
pub fn measure(prepared: &Prepared, model: &Path) -> Result<Measured> {
    let model = model.join("model.gguf");
    let mut all = Measured::new();
    all.push(("prefill_tokens_per_second".to_owned(), bench(prepared, &model, PROMPT, 0, 0)?));
    all.push(("decode_tokens_per_second".to_owned(), bench(prepared, &model, 0, DECODED, PROMPT)?));
    let server = Server::start(prepared, &model)?;
    all.push(("load_seconds".to_owned(), server.load_seconds));
    all.extend(server.letters()?);
    all.push(("peak_bytes".to_owned(), server.peak_bytes()?));
    Ok(all)
}

/// Tokens per second when reading `prompt` tokens or writing `new` tokens after `depth` others.
fn bench(prepared: &Prepared, model: &Path, prompt: usize, new: usize, depth: usize) -> Result<f64> {
    let mut run = command(prepared.llama.join("llama-bench"), ["--output", "jsonl", "--model"]);
    run.arg(model);
    for (name, value) in
        [("-p", prompt), ("-n", new), ("-d", depth), ("-t", prepared.threads), ("--repetitions", REPETITIONS)]
    {
        run.args([name, &value.to_string()]);
    }
    let printed = child::output(run, LIMIT)?;
    let line = printed.lines().find(|line| line.starts_with('{')).context("llama-bench printed no result")?;
    serde_json::from_str::<Value>(line)?["avg_ts"].as_f64().context("llama-bench gives a mean")
}

struct Server {
    running: Running,
    port: u16,
    load_seconds: f64,
}

impl Server {
    fn start(prepared: &Prepared, model: &Path) -> Result<Self> {
        let port = http::free_port()?;
        let log = File::create(prepared.folder.join("llama-server.log"))?;
        let mut run = command(prepared.llama.join("llama-server"), ["--host", "127.0.0.1", "--model"]);
        // Its cache of old prompts is off, since it would only count as memory here.
        run.arg(model).args(["--cont-batching", "--no-ui", "--offline", "--cache-ram", "0"]);
        let threads = prepared.threads;
        for (name, value) in
            [("--port", port as usize), ("-t", threads), ("-tb", threads), ("-np", SLOTS), ("-c", SLOTS * CONTEXT)]
        {
            run.args([name, &value.to_string()]);
        }
        run.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        let start = Instant::now();
        let mut running = Running(run.spawn().context("start llama-server")?);
        while !http::is_well(port, "/health") {
            if let Some(status) = running.0.try_wait()? {
                bail!("llama-server ended with {status}: see {}", prepared.folder.join("llama-server.log").display());
            }
            if start.elapsed() > LIMIT {
                bail!("llama-server was not ready within {} s", LIMIT.as_secs());
            }
            std::thread::sleep(LOOK);
        }
        Ok(Self { running, port, load_seconds: start.elapsed().as_secs_f64() })
    }

    /// Measures one letter, several at once, and the first token after a prefix that was read before.
    fn letters(&self) -> Result<Measured> {
        self.write(&prompt(100, PROMPT), 2)?;
        let cold = self.write(&prompt(101, PROMPT), NEW)?;
        let start = Instant::now();
        std::thread::scope(|scope| {
            let letters = 0..SLOTS as u64;
            let writing: Vec<_> =
                letters.map(|letter| scope.spawn(move || self.write(&prompt(200 + letter, PROMPT), NEW))).collect();
            writing.into_iter().try_for_each(|thread| thread.join().expect("a request does not panic").map(drop))
        })?;
        let together = start.elapsed().as_secs_f64();
        let prefix = prompt(300, PREFIX);
        self.write(&[prefix.clone(), prompt(301, PROMPT - PREFIX)].concat(), 2)?;
        let warm = self.write(&[prefix, prompt(302, PROMPT - PREFIX)].concat(), 2)?;
        let measured = [
            ("first_token_seconds", cold.first),
            ("letter_seconds", cold.whole),
            ("together_seconds", together),
            ("together_tokens_per_second", (SLOTS * NEW) as f64 / together),
            ("warm_first_token_seconds", warm.first),
        ];
        Ok(measured.map(|(metric, value)| (metric.to_owned(), value)).into())
    }

    fn write(&self, prompt: &[u32], new: usize) -> Result<Written> {
        let body = json!({
            "prompt": prompt, "n_predict": new, "temperature": 0, "ignore_eos": true, "cache_prompt": true, "stream": true,
        });
        let start = Instant::now();
        let (mut first, mut last) = (None, Value::Null);
        for line in http::post(self.port, "/completion", &body.to_string())? {
            if let Some(event) = line?.strip_prefix("data: ") {
                first.get_or_insert_with(|| start.elapsed().as_secs_f64());
                last = serde_json::from_str(event).with_context(|| format!("parse `{event}`"))?;
            }
        }
        let whole = start.elapsed().as_secs_f64();
        let written = last["tokens_predicted"].as_u64();
        if written != Some(new as u64) {
            bail!("llama-server wrote {written:?} tokens, not {new}: {last}");
        }
        Ok(Written { first: first.context("the letter has a token")?, whole })
    }

    fn peak_bytes(&self) -> Result<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.running.0.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("the kernel counts VmHWM")?;
        Ok(line.trim().trim_end_matches(" kB").parse::<f64>()? * 1024.0)
    }
}

/// Seconds since a request was sent.
struct Written {
    first: f64,
    whole: f64,
}

/// Tokens that look random and are the same every time.
fn prompt(seed: u64, count: usize) -> Vec<u32> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(1);
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 33) % 150_000) as u32
    };
    (0..count).map(|_| next()).collect()
}
