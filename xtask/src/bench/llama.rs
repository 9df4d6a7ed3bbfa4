//! llama.cpp and its fork `ik_llama.cpp`: llama-bench for the plain speeds, llama-server for whole letters.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};

use super::child::{self, Measured, Running};
use super::http;
use super::model::Model;
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

/// Programs of this family.
pub struct Programs {
    /// Their folder, below `target/bench`.
    pub folder: &'static str,
    /// More arguments of llama-bench.
    bench: &'static [&'static str],
    /// More arguments of llama-server.
    server: &'static [&'static str],
    /// The same for random weights.
    with_random_weights: &'static [&'static str],
    /// How llama-bench is told to write behind a prompt.
    depth: Depth,
}

/// How llama-bench is told to write so many tokens behind so many others.
enum Depth {
    /// `-n NEW -d DEPTH`.
    Own,
    /// `-gp DEPTH,NEW`.
    Pair,
}

/// llama.cpp. The server's cache of old prompts is off, since it would only count as memory here.
pub const PLAIN: Programs = Programs {
    folder: "llama.cpp",
    bench: &[],
    server: &["--no-ui", "--offline", "--cache-ram", "0"],
    with_random_weights: &[],
    depth: Depth::Own,
};

/// llama.cpp with the settings that were fastest on two cores of Zen 4: weights are repacked into memory of their own
/// and not mapped, and what comes next is drafted where a text repeats itself.
pub const TUNED: Programs = Programs {
    folder: "llama.cpp",
    bench: &["-fa", "1", "-lm", "none"],
    server: &["--no-ui", "--offline", "--cache-ram", "0", "-fa", "on", "-lm", "none", "--spec-type", "ngram-mod"],
    with_random_weights: &[],
    depth: Depth::Own,
};

/// `ik_llama.cpp`, which repacks weights when it is told to. With flash attention it aborts on random weights.
pub const IK: Programs = Programs {
    folder: "ik_llama.cpp",
    bench: &["-rtr", "1"],
    server: &["-rtr", "--cache-ram", "0"],
    with_random_weights: &["-no-fa"],
    depth: Depth::Pair,
};

impl Programs {
    fn program(&self, prepared: &Prepared, name: &str) -> PathBuf {
        prepared.folder.join(self.folder).join("build/bin").join(name)
    }
}

/// Measures everything once.
pub fn measure(prepared: &Prepared, programs: &Programs, model: Model) -> Result<Measured> {
    let file = gguf(&model.folder(prepared))?;
    let mut all = Measured::new();
    all.push(("prefill_tokens_per_second".to_owned(), bench(prepared, programs, model, &file, (PROMPT, 0, 0))?));
    all.push(("decode_tokens_per_second".to_owned(), bench(prepared, programs, model, &file, (0, DECODED, PROMPT))?));
    let server = Server::start(prepared, programs, model, &file)?;
    all.push(("load_seconds".to_owned(), server.load_seconds));
    all.extend(server.letters()?);
    all.push(("peak_bytes".to_owned(), server.peak_bytes()?));
    Ok(all)
}

/// The one GGUF file of a folder.
fn gguf(folder: &Path) -> Result<PathBuf> {
    let files = fs::read_dir(folder).with_context(|| format!("read {}", folder.display()))?;
    let mut files = files.flatten().map(|entry| entry.path());
    let file = files.find(|file| file.extension().is_some_and(|extension| extension == "gguf"));
    file.with_context(|| format!("there is no GGUF file in {}", folder.display()))
}

/// Tokens per second when reading `prompt` tokens or writing `new` tokens after `depth` others.
fn bench(
    prepared: &Prepared,
    programs: &Programs,
    model: Model,
    file: &Path,
    (prompt, new, depth): (usize, usize, usize),
) -> Result<f64> {
    let mut run = command(programs.program(prepared, "llama-bench"), ["--output", "json", "--model"]);
    run.arg(file).args(programs.bench);
    if model != Model::SmolLm2 && !programs.with_random_weights.is_empty() {
        run.args(["-fa", "0"]);
    }
    match programs.depth {
        Depth::Own => run.args(["-p", &prompt.to_string(), "-n", &new.to_string(), "-d", &depth.to_string()]),
        Depth::Pair if new > 0 => run.args(["-p", "0", "-n", "0", "-gp", &format!("{depth},{new}")]),
        Depth::Pair => run.args(["-p", &prompt.to_string(), "-n", "0"]),
    };
    for (name, value) in [("-t", prepared.threads), ("--repetitions", REPETITIONS)] {
        run.args([name, &value.to_string()]);
    }
    let printed = child::output(run, LIMIT)?;
    let list = printed.find('[').map(|start| &printed[start..]).context("llama-bench printed no result")?;
    serde_json::from_str::<Value>(list)?[0]["avg_ts"].as_f64().context("llama-bench gives a mean")
}

struct Server {
    running: Running,
    port: u16,
    load_seconds: f64,
    /// Ids of prompts are below this number.
    ordinary: u64,
}

impl Server {
    fn start(prepared: &Prepared, programs: &Programs, model: Model, file: &Path) -> Result<Self> {
        let port = http::free_port()?;
        let log = File::create(prepared.folder.join("llama-server.log"))?;
        let mut run = command(programs.program(prepared, "llama-server"), ["--host", "127.0.0.1", "--model"]);
        run.arg(file).arg("--cont-batching").args(programs.server);
        if model != Model::SmolLm2 {
            run.args(programs.with_random_weights);
        }
        let threads = prepared.threads;
        for (name, value) in
            [("--port", port as usize), ("-t", threads), ("-tb", threads), ("-np", SLOTS), ("-c", SLOTS * CONTEXT)]
        {
            run.args([name, &value.to_string()]);
        }
        // ik_llama.cpp writes a log of its own where it is started.
        run.current_dir(&prepared.folder).stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
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
        Ok(Self { running, port, load_seconds: start.elapsed().as_secs_f64(), ordinary: model.ordinary() })
    }

    /// Measures one letter, several at once, and the first token after a prefix that was read before.
    fn letters(&self) -> Result<Measured> {
        let prompt = |seed, count| prompt(seed, count, self.ordinary);
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

/// Tokens below `ordinary` that look random and are the same every time.
fn prompt(seed: u64, count: usize, ordinary: u64) -> Vec<u32> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(1);
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 33) % ordinary) as u32
    };
    (0..count).map(|_| next()).collect()
}
