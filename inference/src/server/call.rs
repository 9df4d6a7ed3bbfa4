//! One completion: sends the question, waits for a server that is busy, and reads the answer as it comes.

use std::sync::Arc;
use std::time::Duration;

use cluster::backoff;
use letters::{Answer, Event, Finish};
use reqwest::header::RETRY_AFTER;
use reqwest::{Response, StatusCode};
use tokio::sync::Semaphore;
use tokio::sync::mpsc::UnboundedSender;
use tokio::time::Instant;

use super::api::{Chunk, Delta, Fault, Usage};
use super::connection::Connection;
use super::error::ServerError;
use super::events::Events;
use super::question::Question;
use super::thoughts::Thoughts;
use super::watch::Watch;
use crate::metrics;

/// Data of the event behind the last.
const DONE: &str = "[DONE]";
/// First and longest pause before a busy server is asked again, whatever it says itself.
const PAUSES: (Duration, Duration) = (Duration::from_secs(1), Duration::from_mins(1));
/// How long a busy server is waited for. The attempt then fails, and the request goes back to the queue.
const BUSY_MAX: Duration = Duration::from_mins(2);
/// Tokens that may follow an answer that has chosen everything, or has as many as were asked for: one that is limited to
/// the schema writes what an earlier sentence has said already, and then tells what it counted; another talks on.
const AFTER_ANSWER: usize = 64;

/// A completion to be made.
pub(super) struct Call {
    pub(super) connection: Arc<Connection>,
    pub(super) watch: Arc<Watch>,
    pub(super) permits: Arc<Semaphore>,
    pub(super) question: Question,
    /// Pace at which the text is shown.
    pub(super) tokens_per_second: Option<u32>,
}

type Sender = UnboundedSender<Result<Event, ServerError>>;

impl Call {
    /// Makes the completion and tells its events, the last of which is its end or an error.
    pub(super) async fn run(mut self, events: Sender) {
        if let Err(error) = self.complete(&events).await {
            if error.is_trouble() {
                self.watch.look();
            }
            // A receiver that is gone has cancelled the completion.
            let _ = events.send(Err(error));
        }
    }

    async fn complete(&mut self, events: &Sender) -> Result<(), ServerError> {
        let _permit = self.permits.acquire().await.map_err(|_| ServerError::Stopped)?;
        let response = self.begin().await?;
        let mut reading = Reading::new(&mut self.question, self.tokens_per_second);
        self.read(response, &mut reading, events).await?;
        reading.end(events);
        Ok(())
    }

    /// The answer of a server that has accepted the question.
    async fn begin(&self) -> Result<Response, ServerError> {
        let (mut waited, mut refusals, mut body) = (Duration::ZERO, 0, 0);
        loop {
            let response = self.connection.chat(&self.question.bodies[body]).await?;
            let status = response.status();
            if status.is_success() {
                return Ok(response);
            }
            if is_busy(status) {
                refusals += 1;
                metrics::server_busy();
                let pause = asked_pause(&response).unwrap_or_else(|| backoff::after(refusals, PAUSES.0, PAUSES.1));
                waited += pause;
                if waited > BUSY_MAX {
                    return Err(ServerError::Busy { origin: self.connection.origin(), status, waited });
                }
                tokio::time::sleep(pause).await;
                continue;
            }
            let error = self.connection.refused(response).await;
            let may_know_less = matches!(status, StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY);
            if matches!(error, ServerError::TooLong) || !may_know_less || body + 1 >= self.question.bodies.len() {
                return Err(error);
            }
            body += 1;
        }
    }

    async fn read(&self, mut response: Response, reading: &mut Reading, told: &Sender) -> Result<(), ServerError> {
        let origin = || self.connection.origin();
        let broke = |source: Option<reqwest::Error>| ServerError::BrokeOff {
            origin: origin(),
            source: source.map(reqwest::Error::without_url),
        };
        let malformed = |what| ServerError::Malformed { origin: origin(), what };
        let mut events = Events::default();
        while let Some(bytes) = response.chunk().await.map_err(|source| broke(Some(source)))? {
            for data in events.push(&bytes).map_err(|_| malformed("a line of more than a megabyte"))? {
                if data == DONE {
                    reading.finish.get_or_insert(Finish::Stop);
                    return Ok(());
                }
                let chunk: Chunk = serde_json::from_str(&data).map_err(|_| malformed("an event of another form"))?;
                if let Some(error) = &chunk.error {
                    return Err(ServerError::Failed { origin: origin(), word: Fault::of(error).word });
                }
                reading.take(chunk, told).await;
                if reading.is_past_its_end() {
                    reading.finish.get_or_insert(Finish::Length);
                    return Ok(());
                }
            }
        }
        if reading.finish.is_some() { Ok(()) } else { Err(broke(None)) }
    }
}

/// The answer so far.
struct Reading {
    answer: Option<Answer>,
    /// Most tokens that were asked for.
    most: usize,
    thoughts: Thoughts,
    tokens: usize,
    /// Tokens that came after the answer had chosen everything.
    tokens_after: usize,
    /// The end of an answer that has chosen everything: told when the server has told what it counted.
    held: String,
    usage: Option<Usage>,
    finish: Option<Finish>,
    pause: Duration,
    due: Instant,
}

impl Reading {
    fn new(question: &mut Question, tokens_per_second: Option<u32>) -> Self {
        let pause = tokens_per_second.map(|pace| Duration::from_secs(1) / pace.max(1)).unwrap_or_default();
        Self {
            answer: question.answer.take(),
            most: question.most,
            thoughts: Thoughts::default(),
            tokens: 0,
            tokens_after: 0,
            held: String::new(),
            usage: None,
            finish: None,
            pause,
            due: Instant::now(),
        }
    }

    async fn take(&mut self, chunk: Chunk, told: &Sender) {
        self.usage = chunk.usage.or(self.usage);
        for choice in chunk.choices {
            let Delta { content, reasoning_content } = choice.delta;
            let content = content.unwrap_or_default();
            if !content.is_empty() || reasoning_content.is_some_and(|thought| !thought.is_empty()) {
                self.wrote(&content, told);
                self.due += self.pause;
                tokio::time::sleep_until(self.due).await;
            }
            if let Some(reason) = choice.finish_reason {
                // Any other end, such as a filter's, is not the model's own: the text stops in the middle.
                self.finish = Some(if reason == "stop" { Finish::Stop } else { Finish::Length });
            }
        }
    }

    /// Takes one more token, whose text is `content`.
    fn wrote(&mut self, content: &str, told: &Sender) {
        self.tokens += 1;
        let said = self.thoughts.push(content);
        let text = match &mut self.answer {
            None => said,
            Some(answer) if answer.is_whole() => {
                self.tokens_after += 1;
                String::new()
            }
            Some(answer) => {
                let text = answer.push(&said);
                if answer.is_whole() {
                    self.held = text;
                    return;
                }
                text
            }
        };
        let _ = told.send(Ok(Event::Wrote { text, tokens: self.tokens }));
    }

    /// Whether the server goes on although the answer has chosen everything, or is as long as it may be.
    const fn is_past_its_end(&self) -> bool {
        self.tokens_after > AFTER_ANSWER || self.tokens > self.most + AFTER_ANSWER
    }

    fn end(self, told: &Sender) {
        if let Some(usage) = self.usage {
            let _ = told.send(Ok(Event::Read { tokens: usage.prompt_tokens }));
        }
        let tokens = self.usage.map_or(self.tokens, |usage| usage.completion_tokens.max(usize::from(self.tokens > 0)));
        let _ = told.send(Ok(Event::Wrote { text: self.held, tokens }));
        let _ = told.send(Ok(Event::Done { finish: self.finish.unwrap_or(Finish::Stop), tokens }));
    }
}

fn is_busy(status: StatusCode) -> bool {
    matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE)
}

/// The pause that a busy server asks for, in seconds.
fn asked_pause(response: &Response) -> Option<Duration> {
    let seconds = response.headers().get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds).clamp(PAUSES.0, PAUSES.1))
}
