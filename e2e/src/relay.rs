//! A way from a browser to a server in the network of the node, where only pods reach it.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use reqwest::Url;
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::task::JoinHandle;

/// Leads browsers to a socket in the file system, which every network namespace sees, while this value lives.
pub struct Relay {
    rule: String,
    task: JoinHandle<()>,
}

impl Relay {
    /// Leads connections for `url` to `socket`.
    ///
    /// # Errors
    /// When `url` has no host and port, or no port is free.
    pub async fn open(url: &str, socket: PathBuf) -> Result<Self> {
        let url = Url::parse(url).context("read the address of the server")?;
        let host = url.host_str().context("the server has a host")?;
        let port = url.port_or_known_default().context("the server has a port")?;
        let listener = TcpListener::bind("127.0.0.1:0").await.context("listen for a browser")?;
        let rule = format!("MAP {host}:{port} {}", listener.local_addr()?);
        let task = tokio::spawn(async move {
            while let Ok((browser, _)) = listener.accept().await {
                tokio::spawn(carry(browser, socket.clone()));
            }
        });
        Ok(Self { rule, task })
    }

    /// The argument by which a browser takes this way. Fonts of the server's pages are not on this machine.
    #[must_use]
    pub fn argument(&self) -> String {
        format!("--host-resolver-rules={}, MAP fonts.googleapis.com ~NOTFOUND", self.rule)
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Copies bytes both ways until both sides have closed.
async fn carry(mut browser: TcpStream, socket: PathBuf) {
    if let Ok(mut server) = UnixStream::connect(socket).await {
        let _ = tokio::io::copy_bidirectional(&mut browser, &mut server).await;
    }
}
