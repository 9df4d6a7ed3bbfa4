//! Readers of live pages: each holds its stream open and notes how late the tokens are that reach it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use tokio::task::JoinSet;

use crate::http::Connection;
use crate::people::Person;
use crate::pod::TOKEN_CHARS;

/// Streams that are opened at the same time.
const AT_ONCE: usize = 50;

/// Open streams, which end with this.
pub struct Readers {
    _tasks: JoinSet<Result<()>>,
    late: Arc<Mutex<Vec<Duration>>>,
}

impl Readers {
    /// Opens the stream of each of these letters.
    ///
    /// # Errors
    /// When one cannot be opened.
    pub async fn open(port: u16, epoch: Instant, letters: &[(&Person, String)]) -> Result<Self> {
        let (mut tasks, late) = (JoinSet::new(), Arc::new(Mutex::new(Vec::new())));
        for some in letters.chunks(AT_ONCE) {
            let opened = some.iter().map(|(person, letter)| {
                let request = format!(
                    "GET /letters/{letter}/events HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\nCookie: \
                     {}\r\n\r\n",
                    person.cookies
                );
                async move {
                    let mut connection = Connection::open(port).await?;
                    let (status, _) = connection.begin(request.as_bytes()).await?;
                    ensure!(status == 200, "a stream is answered with {status}");
                    anyhow::Ok(connection)
                }
            });
            for connection in futures::future::join_all(opened).await {
                tasks.spawn(read(connection?, epoch, Arc::clone(&late)));
            }
        }
        Ok(Self { _tasks: tasks, late })
    }

    /// How late the tokens were that have arrived since the last call.
    pub fn late(&self) -> Vec<Duration> {
        std::mem::take(&mut self.late.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Reads a stream to its end. Each event arrives in one piece, since the site sends it as one.
async fn read(mut connection: Connection, epoch: Instant, late: Arc<Mutex<Vec<Duration>>>) -> Result<()> {
    let mut kept = String::new();
    loop {
        let arrived = connection.more().await?;
        let now = epoch.elapsed();
        kept.push_str(std::str::from_utf8(&arrived).context("events are text")?);
        while let Some(end) = kept.find("\n\n") {
            let event: String = kept.drain(..end + 2).collect();
            let Some((_, text)) = event.split_once("\"text\":\"") else { continue };
            let text = text.split('"').next().unwrap_or_default();
            // The text of an event may be that of several of the pod.
            let tokens = text.as_bytes().chunks(TOKEN_CHARS).filter_map(|token| std::str::from_utf8(token).ok());
            let sent = tokens.filter_map(|token| token.trim().parse().ok()).map(Duration::from_micros);
            late.lock().unwrap_or_else(PoisonError::into_inner).extend(sent.map(|sent| now.saturating_sub(sent)));
        }
    }
}
