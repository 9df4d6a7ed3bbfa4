//! Writes the letters of a file of requests as a worker does, and scores them.
//!
//! ```text
//! cargo run --release --example evaluate -- --model models/built-in --requests models/evaluation/handwritten.json
//! cargo run --release --example evaluate -- --server-url http://localhost:8080/v1 --server-model NAME --requests ...
//! ```

mod score;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use clap::Parser;
use crds::CoverLetterRequestSpec;
use engine::LoadOptions;
use inference::Token;
use inference::generation::Generation;
use inference::model::Model;
use inference::reader::{Reader, ReaderConfig};
use inference::server::ServerConfig;
use letters::{Letter, Notes, Progress};
use reqwest::Url;
use serde::{Deserialize, Serialize};

use score::{Score, Summary};

#[derive(Parser)]
struct Arguments {
    /// Folder of the model.
    #[arg(long, default_value = "models/built-in")]
    model: PathBuf,
    /// Folder of the model that reads notes; without it, rules do.
    #[arg(long)]
    reader: Option<PathBuf>,
    /// Address of a server that computes the model, instead of a folder; its token is read from `SERVER_TOKEN`.
    #[arg(long, requires = "server_model", conflicts_with = "model")]
    server_url: Option<Url>,
    /// Name of the model at the server.
    #[arg(long, requires = "server_url")]
    server_model: Option<String>,
    /// JSON list of requests, each with an `id`, `job`, `applicant` and `letter`.
    #[arg(long)]
    requests: PathBuf,
    /// File for the letters, one JSON object a line.
    #[arg(long)]
    out: Option<PathBuf>,
    /// Candidates for every letter. Default: the one of the model.
    #[arg(long)]
    candidates: Option<usize>,
    /// Seed of the first request; each further request has the next one.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Tone of all requests, instead of their own.
    #[arg(long)]
    tone: Option<String>,
    /// Length of all requests, instead of their own.
    #[arg(long)]
    length: Option<String>,
}

/// A request of the file.
#[derive(Deserialize)]
struct Entry {
    id: String,
    #[serde(flatten)]
    request: serde_json::Value,
}

/// A letter and its score.
#[derive(Serialize)]
struct Line {
    id: String,
    /// Why the letter has the plain form, if it has.
    plain: Option<String>,
    seconds: f64,
    words: usize,
    prompt_tokens: usize,
    completion_tokens: usize,
    failed: Vec<String>,
    /// What the reader wrote, field by field.
    notes: [String; 5],
    letter: String,
}

#[tokio::main]
async fn main() -> Result<()> {
    // The error is that one is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let arguments = Arguments::parse();
    let text = std::fs::read_to_string(&arguments.requests)
        .with_context(|| format!("failed to read {}", arguments.requests.display()))?;
    let entries: Vec<Entry> = serde_json::from_str(&text).context("failed to parse the requests")?;
    let model = model(&arguments)?;
    model.warm_up().await?;
    let patience = inference::reader::PATIENCE;
    let reader = arguments.reader.clone().map(|path| ReaderConfig { path, cache: None, threads: None, patience });
    let reader = reader.map(Reader::load).transpose().context("failed to load the reader")?;
    let (mut lines, mut summary) = (Vec::new(), Summary::default());
    for (seed, entry) in (arguments.seed..).zip(entries) {
        let spec = spec(&entry, &arguments).with_context(|| format!("failed to read request {}", entry.id))?;
        let begun = Instant::now();
        let notes = match &reader {
            Some(reader) => reader.read(&spec).await?,
            None => Notes::default(),
        };
        let finished = letter(&model, &spec, &notes, seed).await.with_context(|| format!("request {}", entry.id))?;
        let score = Score::of(&spec, &finished.text);
        summary.add(&score, finished.plain.is_some(), begun.elapsed());
        lines.push(Line {
            notes: [notes.now, notes.past, notes.skills, notes.qualifications, notes.reason],
            ..line(entry.id, finished, score, begun.elapsed())
        });
    }
    if let Some(out) = &arguments.out {
        let text: String =
            lines.iter().map(|line| serde_json::to_string(line).map(|line| line + "\n")).collect::<Result<_, _>>()?;
        std::fs::write(out, text).with_context(|| format!("failed to write {}", out.display()))?;
    }
    println!("{summary}");
    Ok(())
}

/// The chosen model, loaded or at its server.
fn model(arguments: &Arguments) -> Result<Model> {
    let generation = generation(arguments.candidates);
    let Some((url, name)) = arguments.server_url.clone().zip(arguments.server_model.clone()) else {
        return Ok(Model::load(&arguments.model, &LoadOptions::default(), 1, generation)?);
    };
    let token = std::env::var("SERVER_TOKEN").ok().map(|token| token.parse::<Token>()).transpose()?;
    Ok(Model::connect(ServerConfig { url, model: name, token, ca: None, concurrency: 1 }, generation)?)
}

fn line(id: String, finished: Letter, score: Score, took: Duration) -> Line {
    let (seconds, words) = ((took.as_secs_f64() * 100.0).round() / 100.0, finished.text.split_whitespace().count());
    Line {
        id,
        plain: finished.plain,
        seconds,
        words,
        prompt_tokens: finished.prompt_tokens,
        completion_tokens: finished.completion_tokens,
        failed: score.failed,
        notes: Default::default(),
        letter: finished.text,
    }
}

/// The request as the API server would return it.
fn spec(entry: &Entry, arguments: &Arguments) -> Result<CoverLetterRequestSpec> {
    let mut value = entry.request.clone();
    value["appRef"] = serde_json::json!({ "name": "letters" });
    if value["applicant"].is_null() {
        value["applicant"] = serde_json::json!({});
    }
    for (name, given) in [("tone", &arguments.tone), ("length", &arguments.length)] {
        if let Some(given) = given {
            value["letter"][name] = serde_json::json!(given);
        }
    }
    Ok(serde_json::from_value(value)?)
}

/// The defaults of an app.
fn generation(candidates: Option<usize>) -> Generation {
    Generation { max_new_tokens: 600, temperature: 0.7, top_p: 0.9, candidates, tokens_per_second: None }
}

async fn letter(model: &Model, spec: &CoverLetterRequestSpec, notes: &Notes, seed: u64) -> Result<Letter> {
    let mut writing = model.write(spec, notes, seed)?;
    while let Some(progress) = writing.next().await {
        if let Progress::Finished(finished) = progress? {
            return Ok(*finished);
        }
    }
    bail!("the model ended without finishing the letter")
}
