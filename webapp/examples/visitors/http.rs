//! The little HTTP that visitors need: a connection on which one request follows another, and one that goes on.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Longest wait for an answer.
const PATIENCE: Duration = Duration::from_mins(1);

/// A connection to a server on this machine.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// An answer that has arrived.
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Connection {
    pub async fn open(port: u16) -> Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port)).await.context("connect")?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(64 << 10) })
    }

    /// Sends a request and reads its whole answer.
    pub async fn ask(&mut self, request: &[u8]) -> Result<Answer> {
        tokio::time::timeout(PATIENCE, self.ask_patiently(request)).await.context("no answer in a minute")?
    }

    async fn ask_patiently(&mut self, request: &[u8]) -> Result<Answer> {
        let (status, head) = self.begin(request).await?;
        let length = header(&head, "content-length").and_then(|length| length.parse::<usize>().ok());
        let length = length.context("the answer has no length")?;
        while self.buffer.len() < length {
            self.read().await?;
        }
        let body = self.buffer.drain(..length).collect();
        Ok(Answer { status, head, body })
    }

    /// Sends a request and reads the head of its answer; what follows is left to [`more`](Self::more).
    pub async fn begin(&mut self, request: &[u8]) -> Result<(u16, String)> {
        self.stream.write_all(request).await.context("send a request")?;
        let end = loop {
            if let Some(end) = self.buffer.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
                break end + 4;
            }
            self.read().await?;
        };
        let head = String::from_utf8(self.buffer.drain(..end).collect()).context("a head is text")?.to_lowercase();
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).context("a head has a status")?;
        Ok((status, head))
    }

    /// What has arrived since the last call, as soon as there is something.
    pub async fn more(&mut self) -> Result<Vec<u8>> {
        if self.buffer.is_empty() {
            self.read().await?;
        }
        Ok(std::mem::take(&mut self.buffer))
    }

    async fn read(&mut self) -> Result<()> {
        if self.stream.read_buf(&mut self.buffer).await.context("read an answer")? == 0 {
            bail!("the connection ended in an answer");
        }
        Ok(())
    }
}

/// The value of a header in a head in lower case.
pub fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).map(str::trim)
}

/// The bytes of a request for a page, as a browser with this cookie asks.
pub fn page(path: &str, cookie: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\nCookie: {cookie}\r\n\r\n").into_bytes()
}

/// The bytes of a form.
pub fn form(path: &str, cookie: &str, fields: &[(&str, &str)]) -> Vec<u8> {
    let escape =
        |text: &str| percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
    let body: Vec<_> = fields.iter().map(|(name, value)| format!("{}={}", escape(name), escape(value))).collect();
    let body = body.join("&");
    format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\nCookie: {cookie}\r\nContent-Type: \
         application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// What visitors got who asked as often as they were answered.
pub struct Load {
    pub per_second: f64,
    pub times: Vec<Duration>,
}

/// Lets one visitor for each of these requests repeat it for so long. A server that closes its connections is connected to
/// anew.
pub async fn load(port: u16, requests: &[Vec<u8>], within: Duration) -> Result<Load> {
    let start = Instant::now();
    let visitors: Vec<_> =
        requests.iter().map(|request| tokio::spawn(visitor(port, request.clone(), start + within))).collect();
    let mut times = Vec::new();
    for visitor in visitors {
        times.append(&mut visitor.await??);
    }
    Ok(Load { per_second: times.len() as f64 / start.elapsed().as_secs_f64(), times })
}

async fn visitor(port: u16, request: Vec<u8>, deadline: Instant) -> Result<Vec<Duration>> {
    let mut times = Vec::new();
    let mut connection = None;
    while Instant::now() < deadline {
        let asked = Instant::now();
        let mut open = match connection.take() {
            Some(open) => open,
            None => Connection::open(port).await?,
        };
        let answer = open.ask(&request).await?;
        if answer.status != 200 {
            bail!("an answer has status {}: {}", answer.status, String::from_utf8_lossy(&answer.body));
        }
        times.push(asked.elapsed());
        if header(&answer.head, "connection") != Some("close") {
            connection = Some(open);
        }
    }
    Ok(times)
}
