//! The little HTTP that a measurement needs: one request per connection, the answer read line by line as it arrives.

use std::io::{BufRead as _, BufReader, Lines, Write as _};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

/// Longest wait for the next bytes of an answer.
const SILENCE: Duration = Duration::from_mins(5);

/// A free port. Another program may take it before it is used; the benchmark then fails and is run again.
pub fn free_port() -> Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// Whether `path` answers with 200.
pub fn is_well(port: u16, path: &str) -> bool {
    send(port, &format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")).is_ok()
}

/// Posts JSON and returns the lines of the answer's body as they arrive. A chunked answer has the lines that frame its
/// chunks among them, so callers pick lines by their beginning.
pub fn post(port: u16, path: &str, body: &str) -> Result<Lines<BufReader<TcpStream>>> {
    let length = body.len();
    send(
        port,
        &format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n\
             Content-Length: {length}\r\n\r\n{body}"
        ),
    )
}

fn send(port: u16, request: &str) -> Result<Lines<BufReader<TcpStream>>> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).context("connect")?;
    stream.set_read_timeout(Some(SILENCE))?;
    stream.set_nodelay(true)?;
    stream.write_all(request.as_bytes())?;
    let mut lines = BufReader::new(stream).lines();
    let status = lines.next().context("the server answers")??;
    if status.split(' ').nth(1) != Some("200") {
        bail!("the server answered `{status}`");
    }
    for line in lines.by_ref() {
        if line?.is_empty() {
            return Ok(lines);
        }
    }
    bail!("the answer ended in its headers")
}
