//! Health checks over plain HTTP.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// A server that takes longer counts as not healthy.
const ANSWER_WITHIN: Duration = Duration::from_secs(2);

/// Whether `GET http://<address><path>` answers with status 200.
pub async fn is_ok(address: &str, path: &str) -> bool {
    let asked = async {
        let mut stream = TcpStream::connect(address).await.ok()?;
        let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.ok()?;
        let mut status = [0; 12];
        stream.read_exact(&mut status).await.ok()?;
        Some(&status == b"HTTP/1.1 200")
    };
    timeout(ANSWER_WITHIN, asked).await.ok().flatten().unwrap_or(false)
}
