//! One model: reading a prompt, writing on, whole completions alone and together, memory, and the time to the first token.

use std::time::Instant;

use anyhow::{Context as _, bail};
use engine::sampling::Sampling;
use engine::schedule::{Event, Job, Options, Schedule, Scheduler};
use engine::{Backend, BackendKind, LoadOptions, Loaded, RowId, Span, Wants};
use tokio::sync::mpsc::UnboundedReceiver;

use crate::choice::Choice;
use crate::output::say;

/// Tokens that a row can hold.
pub const CONTEXT: usize = 1024;
/// How often a prompt is read and written on from; the median counts.
const REPETITIONS: usize = 3;
/// Tokens that are written behind a prompt to see how fast that goes.
const DECODED: usize = 128;
/// Ids of prompts are below this in large vocabularies: ordinary tokens of Qwen's, so that its measurements stay the same.
const ORDINARY: u64 = 150_000;

/// How much is read and written.
#[derive(clap::Args)]
pub struct Amount {
    /// Tokens of a prompt.
    #[arg(long, default_value_t = 350)]
    prompt: usize,
    /// Tokens that all prompts begin with where first tokens behind a warm prefix are measured.
    #[arg(long, default_value_t = 150)]
    prefix: usize,
    /// Tokens of a completion.
    #[arg(long, default_value_t = 300)]
    new: usize,
    /// Completions at once.
    #[arg(long, default_value_t = 8)]
    slots: usize,
}

/// Loads the chosen model.
pub fn load(choice: &Choice, threads: usize, context: usize) -> anyhow::Result<Loaded> {
    let options = LoadOptions {
        backend: choice.backend,
        quantization: choice.quantization,
        cache: choice.cache.clone(),
        threads: Some(threads),
        context,
    };
    let loaded = engine::load(&choice.model, &options)?;
    match &choice.cache {
        None => eprintln!("Without --cache: the weights are repacked at every start, which takes time and memory."),
        Some(cache) if choice.backend != BackendKind::Candle => {
            let mut files = std::fs::read_dir(cache).into_iter().flatten().flatten();
            let is_kept = files.any(|file| file.file_name().to_string_lossy().ends_with(".weights"));
            anyhow::ensure!(is_kept, "the repacked weights could not be kept in `{}`", cache.display());
        }
        Some(_) => {}
    }
    Ok(loaded)
}

/// Measures everything, in one process with one model.
pub fn measure(choice: &Choice, threads: usize, amount: &Amount) -> anyhow::Result<()> {
    let start = Instant::now();
    let mut loaded = load(choice, threads, CONTEXT)?;
    say("load_seconds", start.elapsed().as_secs_f64());
    let ordinary = Ordinary(ORDINARY.min(loaded.backend.vocabulary() as u64));
    raw_speed(loaded.backend.as_mut(), ordinary, amount)?;
    // Without end tokens every completion has the same length, whatever the weights say.
    let scheduler = Scheduler::start(loaded.backend, loaded.tokens, Vec::new(), Schedule::new(amount.slots));
    completions(&scheduler, ordinary, amount)?;
    say("peak_bytes", peak_bytes()?);
    Ok(())
}

/// Reading and writing without the loop around the model.
fn raw_speed(backend: &mut dyn Backend, ordinary: Ordinary, amount: &Amount) -> anyhow::Result<()> {
    let (mut read, mut wrote) = (Vec::new(), Vec::new());
    // The first time, caches are cold and pages are not there yet.
    for repetition in 0..=REPETITIONS {
        let tokens = ordinary.prompt(repetition as u64, amount.prompt);
        let row = backend.open();
        let start = Instant::now();
        feed(backend, row, &tokens)?;
        read.push(tokens.len() as f64 / start.elapsed().as_secs_f64());
        let start = Instant::now();
        for token in ordinary.prompt(50 + repetition as u64, DECODED) {
            feed(backend, row, &[token])?;
        }
        wrote.push(DECODED as f64 / start.elapsed().as_secs_f64());
        backend.close(row);
    }
    say("prefill_tokens_per_second", median(&mut read[1..]));
    say("decode_tokens_per_second", median(&mut wrote[1..]));
    Ok(())
}

/// The computation alone: which token is best does not matter here.
fn feed(backend: &mut dyn Backend, row: RowId, tokens: &[u32]) -> anyhow::Result<()> {
    let logits = backend.step(&[Span { row, tokens, wants: Wants::Last }])?;
    anyhow::ensure!(logits.first().is_some_and(|logit| logit.is_finite()), "the model computes no numbers");
    Ok(())
}

/// Completions as programs ask for them: scheduled, sampled and turned into text.
fn completions(scheduler: &Scheduler, ordinary: Ordinary, amount: &Amount) -> anyhow::Result<()> {
    wait(scheduler.submit(job(ordinary.prompt(100, amount.prompt), 2))?)?;
    let cold = write_one(scheduler, ordinary.prompt(101, amount.prompt), amount.new)?;
    say("first_token_seconds", cold.first);
    say("letter_seconds", cold.whole);

    let mut jobs = (0..amount.slots as u64).map(|number| job(ordinary.prompt(200 + number, amount.prompt), amount.new));
    let start = Instant::now();
    let running = jobs.try_fold(Vec::new(), |mut running, job| {
        running.push(scheduler.submit(job)?);
        anyhow::Ok(running)
    })?;
    for events in running {
        wait(events)?;
    }
    let seconds = start.elapsed().as_secs_f64();
    say("together_seconds", seconds);
    say("together_tokens_per_second", (amount.slots * amount.new) as f64 / seconds);

    let prefix = ordinary.prompt(300, amount.prefix);
    wait(scheduler.share(prefix.clone())?)?;
    let rest = ordinary.prompt(301, amount.prompt - amount.prefix);
    let warm = write_one(scheduler, [prefix, rest].concat(), 2)?;
    say("warm_first_token_seconds", warm.first);
    Ok(())
}

/// Seconds since a job was handed in.
struct Written {
    first: f64,
    whole: f64,
}

fn write_one(scheduler: &Scheduler, prompt: Vec<u32>, new: usize) -> anyhow::Result<Written> {
    let start = Instant::now();
    let first = wait(scheduler.submit(job(prompt, new))?)?;
    let first = first.context("the completion has a token")?.duration_since(start).as_secs_f64();
    Ok(Written { first, whole: start.elapsed().as_secs_f64() })
}

/// Waits for the end of a completion; when its first token came.
fn wait(mut events: UnboundedReceiver<Event>) -> anyhow::Result<Option<Instant>> {
    let mut first = None;
    while let Some(event) = events.blocking_recv() {
        match event {
            Event::Read { .. } => {}
            Event::Wrote { .. } => first = first.or_else(|| Some(Instant::now())),
            Event::Done(_) => return Ok(first),
            Event::Failed(error) => return Err(error.into()),
        }
    }
    bail!("the model thread has ended")
}

fn job(prompt: Vec<u32>, max_new_tokens: usize) -> Job {
    Job { prompt, options: Options::new(max_new_tokens, Sampling::GREEDY) }
}

/// Ids below this number.
#[derive(Clone, Copy)]
struct Ordinary(u64);

impl Ordinary {
    /// Tokens that look random and are the same every time.
    fn prompt(self, seed: u64, count: usize) -> Vec<u32> {
        let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(1);
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            ((state >> 33) % self.0) as u32
        };
        (0..count).map(|_| next()).collect()
    }
}

/// The middle one.
pub fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Most memory that the process ever had in use.
fn peak_bytes() -> anyhow::Result<f64> {
    let status = std::fs::read_to_string("/proc/self/status").context("read /proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("the kernel counts VmHWM")?;
    let kilobytes: f64 = line.trim().trim_end_matches(" kB").parse().context("VmHWM is a number of kB")?;
    Ok(kilobytes * 1024.0)
}
