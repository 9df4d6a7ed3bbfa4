//! Answers to conversations as programs hold them, so that drafts have text to guess from.

use std::path::PathBuf;
use std::time::Instant;

use anyhow::Context as _;
use engine::chat::{Message, Role};
use engine::sampling::Sampling;
use engine::schedule::{Event, Schedule};
use engine::{Completion, Engine, Options};
use serde::Deserialize;

use crate::choice::Choice;
use crate::model;
use crate::output::say;

/// How often all are answered; the median counts.
const REPETITIONS: usize = 3;

/// What is asked.
#[derive(clap::Args)]
pub struct Asked {
    /// JSON file with a list of conversations, each with `system` and `user`.
    #[arg(long)]
    conversations: PathBuf,
    /// Tokens of an answer at most.
    #[arg(long, default_value_t = 300)]
    new: usize,
    /// Most tokens that are guessed at a time.
    #[arg(long)]
    drafted_tokens: Option<usize>,
}

#[derive(Deserialize)]
struct Conversation {
    system: String,
    user: String,
}

/// Answers all conversations, greedily, until the model ends or the answer is long enough. The first time is not counted.
pub fn measure(choice: &Choice, threads: usize, asked: &Asked) -> anyhow::Result<()> {
    let text = std::fs::read_to_string(&asked.conversations).context("read the conversations")?;
    let conversations: Vec<Conversation> = serde_json::from_str(&text).context("parse the conversations")?;
    let mut schedule = Schedule::new(conversations.len());
    schedule.drafted_tokens = asked.drafted_tokens.unwrap_or(schedule.drafted_tokens);
    let engine = Engine::start(model::load(choice, threads, model::CONTEXT)?, schedule);
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let (mut one, mut together) = (Vec::new(), Vec::new());
    for _ in 0..=REPETITIONS {
        let start = Instant::now();
        for conversation in &conversations {
            runtime.block_on(written(begin(&engine, conversation, asked.new)?))?;
        }
        one.push(start.elapsed().as_secs_f64() / conversations.len() as f64);
        let start = Instant::now();
        let begun = conversations.iter().map(|conversation| begin(&engine, conversation, asked.new));
        let begun: Vec<Completion> = begun.collect::<Result<_, _>>()?;
        let mut tokens = 0;
        for completion in begun {
            tokens += runtime.block_on(written(completion))?;
        }
        let seconds = start.elapsed().as_secs_f64();
        together.push((seconds, tokens as f64 / seconds));
    }
    say("letter_seconds", model::median(&mut one[1..]));
    let (mut seconds, mut speeds): (Vec<f64>, Vec<f64>) = together.drain(1..).unzip();
    say("together_seconds", model::median(&mut seconds));
    say("together_tokens_per_second", model::median(&mut speeds));
    Ok(())
}

fn begin(engine: &Engine, asked: &Conversation, new: usize) -> anyhow::Result<Completion> {
    let said = |role, content: &String| Message { role, content: content.clone() };
    let prompt = engine.encode(&[said(Role::System, &asked.system), said(Role::User, &asked.user)])?;
    Ok(engine.complete(&prompt, Options::new(new, Sampling::GREEDY))?)
}

/// Waits for the end of an answer; how many tokens it has.
async fn written(mut completion: Completion) -> anyhow::Result<usize> {
    loop {
        if let Event::Done(done) = completion.next().await? {
            return Ok(done.completion_tokens);
        }
    }
}
