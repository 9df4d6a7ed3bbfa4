//! Prints the letters of a file of requests as they are planned, without a model: each plan's own sentences stand in.
//! Below each stand what is asked for with what answers it, what no letter says of the form, and the checks that failed.
//!
//! ```text
//! cargo run --release --example planned -- models/evaluation/handwritten.json
//! ```

use std::convert::Infallible;
use std::error::Error;
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use crds::CoverLetterRequestSpec;
use letters::{
    Ask, Complete, Completion, Completions, Event, Finish, Letter, Notes, OwnWords, Progress, Reply, Style, asked,
    write,
};
use serde_json::{Value, json};

/// A model that writes nothing.
struct Silent;

struct Silence;

impl Complete for Silent {
    type Completion = Silence;
    type Error = Infallible;

    fn complete(&self, ask: &Ask<'_>) -> Result<Completions<Silence>, Infallible> {
        Ok(Completions { prompt_tokens: 0, all: ask.seeds.iter().map(|_| Silence).collect() })
    }
}

impl Completion for Silence {
    type Error = Infallible;

    async fn next(&mut self) -> Result<Event, Infallible> {
        Ok(Event::Done { finish: Finish::Stop, tokens: 0 })
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let path =
        std::env::args().nth(1).ok_or("name a JSON list of requests, such as models/evaluation/handwritten.json")?;
    let entries: Vec<Value> = serde_json::from_str(&std::fs::read_to_string(path)?)?;
    for (seed, entry) in (1..).zip(entries) {
        let request = request(&entry)?;
        let letter = letter(&request, &notes(&entry), seed)?;
        println!("==== {}", entry["id"].as_str().unwrap_or_default());
        for field in ["job", "applicant", "letter"] {
            for (name, value) in entry[field].as_object().into_iter().flatten() {
                println!("{name}: {}", value.as_str().unwrap_or_default());
            }
        }
        println!("----\n{}\n", letter.text);
        let reading = asked(&request.job, &request.applicant);
        for asked in &reading.asked {
            println!("? {}{} -> {}", if asked.is_wish { "(wish) " } else { "" }, asked.text, answer(&asked.answer));
        }
        for unsaid in &reading.unsaid {
            println!("! {}: {}", unsaid.piece.words, unsaid.why);
        }
        for check in letter.checks.iter().filter(|check| !check.passed) {
            println!("{}: {}", check.name, check.message);
        }
    }
    Ok(())
}

/// What answers a requirement, in a word.
fn answer(reply: &Reply) -> String {
    let words = |name: &str, pieces: &[OwnWords]| {
        let pieces: Vec<&str> = pieces.iter().map(|piece| piece.words.as_str()).collect();
        format!("{name}: {}", pieces.join(" | "))
    };
    match reply {
        Reply::Met(pieces) => words("met", pieces),
        Reply::InProgress(pieces) => words("in progress", pieces),
        Reply::Near(pieces) => words("near", pieces),
        Reply::Open { .. } => "open".to_owned(),
    }
}

/// What a reader wrote of the fields, where the file holds it.
fn notes(entry: &Value) -> Notes {
    let of = |name: &str| entry["notes"][name].as_str().unwrap_or_default().to_owned();
    Notes {
        now: of("now"),
        past: of("past"),
        skills: of("skills"),
        qualifications: of("qualifications"),
        reason: of("reason"),
    }
}

/// The request as the API server would return it.
fn request(entry: &Value) -> Result<CoverLetterRequestSpec, serde_json::Error> {
    let mut request = entry.clone();
    request["appRef"] = json!({ "name": "letters" });
    if request["applicant"].is_null() {
        request["applicant"] = json!({});
    }
    serde_json::from_value(request)
}

fn letter(request: &CoverLetterRequestSpec, notes: &Notes, seed: u64) -> Result<Letter, Box<dyn Error>> {
    let mut writing = write(&Silent, Style::Chat, 1, request, notes, seed)?;
    // A silent model never lets anybody wait.
    while let Poll::Ready(Some(progress)) = pin!(writing.next()).poll(&mut Context::from_waker(Waker::noop())) {
        if let Progress::Finished(letter) = progress? {
            return Ok(*letter);
        }
    }
    Err("the letter was not finished".into())
}
