//! Accepts connections and bounds them: how long one may stay without a request, and how many there are. At the bound
//! the connection that has waited longest without a request gives way, so that idle ones keep nobody out.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{ConnectInfo, Request};
use hyper::body::{Frame, SizeHint};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;
use tracing::{debug, warn};

/// A request's head arrives at once, and a browser keeps a connection for its next click about this long.
const HEAD_WITHIN: Duration = Duration::from_secs(20);
/// Connections of one pod, each of some kilobytes. [`open_many_files`] makes room for them.
const CONNECTIONS_MAX: usize = 4_096;
/// Wait after a failure to accept, such as a lack of file descriptors, which only other connections can end.
const RETRY_AFTER: Duration = Duration::from_millis(100);

/// Lets the process open as many files as the system grants it: container runtimes start it with 1,024, and grant more to
/// whoever asks.
pub fn open_many_files() {
    let raised =
        getrlimit(Resource::RLIMIT_NOFILE).and_then(|(_, most)| setrlimit(Resource::RLIMIT_NOFILE, most, most));
    if let Err(error) = raised {
        warn!(%error, "Could not raise the number of open files");
    }
}

/// The open connections.
#[derive(Clone, Default)]
struct Open(Arc<Mutex<HashMap<u64, Connection>>>);

struct Connection {
    /// Since when it waits for a request; `None` while one is answered.
    idle_since: Option<Instant>,
    /// Cancelled to close it.
    close: CancellationToken,
}

/// Serves `site` until `shutdown`, and then the requests that have begun.
pub async fn serve(listener: TcpListener, site: Router, shutdown: CancellationToken) {
    let open = Open::default();
    // Each connection holds a clone; the channel ends with the last of them.
    let (running, mut ended) = mpsc::channel::<()>(1);
    let mut next_id = 0;
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = shutdown.cancelled() => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                next_id += 1;
                if let Some(close) = open.enter(next_id) {
                    let place = Place { open: open.clone(), id: next_id };
                    let connection = answer(stream, peer, site.clone(), place, close, shutdown.clone());
                    let running = running.clone();
                    tokio::spawn(async move {
                        connection.await;
                        drop(running);
                    });
                }
            }
            Err(error) => {
                warn!(%error, "Failed to accept a connection");
                open.longest_idle_gives_way();
                tokio::time::sleep(RETRY_AFTER).await;
            }
        }
    }
    drop(running);
    let _ = ended.recv().await;
}

/// Answers the requests of one connection.
async fn answer(
    stream: TcpStream,
    peer: SocketAddr,
    site: Router,
    place: Place,
    close: CancellationToken,
    shutdown: CancellationToken,
) {
    // Small answers go out at once.
    let _ = stream.set_nodelay(true);
    let requests = place.clone();
    let service = tower::service_fn(move |mut request: Request<hyper::body::Incoming>| {
        let (site, requests) = (site.clone(), requests.clone());
        request.extensions_mut().insert(ConnectInfo(peer));
        async move {
            requests.open.set_idle(requests.id, None);
            let answered = site.oneshot(request).await;
            answered.map(|response| response.map(|body| Body::new(Answer { body, place: requests })))
        }
    });
    let mut connection = std::pin::pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_WITHIN)
            .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service))
    );
    let ended = tokio::select! {
        ended = &mut connection => ended,
        () = close.cancelled() => Ok(()),
        () = shutdown.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        debug!(%error, "A connection ended early");
    }
    place.open.leave(place.id);
}

/// A connection among the open ones.
#[derive(Clone)]
struct Place {
    open: Open,
    id: u64,
}

/// The body of an answer. Its connection is idle again when it is sent, which may take as long as a letter.
struct Answer {
    body: Body,
    place: Place,
}

impl Drop for Answer {
    fn drop(&mut self) {
        self.place.open.set_idle(self.place.id, Some(Instant::now()));
    }
}

impl HttpBody for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Open {
    /// Enters a new connection, in place of the longest idle one where there are too many. `None` when none is idle.
    fn enter(&self, id: u64) -> Option<CancellationToken> {
        let is_full = self.0.lock().unwrap_or_else(PoisonError::into_inner).len() >= CONNECTIONS_MAX;
        if is_full && !self.longest_idle_gives_way() {
            return None;
        }
        let close = CancellationToken::new();
        let connection = Connection { idle_since: Some(Instant::now()), close: close.clone() };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(id, connection);
        Some(close)
    }

    /// Closes the connection that has waited longest without a request. Whether there is one.
    fn longest_idle_gives_way(&self) -> bool {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let idle = open.iter().filter_map(|(id, connection)| Some((connection.idle_since?, *id)));
        let Some((_, longest)) = idle.min() else { return false };
        if let Some(connection) = open.remove(&longest) {
            connection.close.cancel();
        }
        true
    }

    fn set_idle(&self, id: u64, since: Option<Instant>) {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(connection) = open.get_mut(&id) {
            connection.idle_since = since;
        }
    }

    fn leave(&self, id: u64) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn at_the_bound_the_longest_idle_connection_gives_way() {
        let open = Open::default();
        let tokens: Vec<_> = (0..CONNECTIONS_MAX as u64).map(|id| open.enter(id).expect("there is room")).collect();
        open.set_idle(0, None);
        let newest = open.enter(u64::MAX).expect("an idle one gives way");
        assert!(!tokens[0].is_cancelled(), "a request is answered on it");
        assert!(tokens[1].is_cancelled() && !tokens[2].is_cancelled() && !newest.is_cancelled());
        (2..CONNECTIONS_MAX as u64).chain([u64::MAX]).for_each(|id| open.set_idle(id, None));
        assert!(open.enter(u64::MAX - 1).is_none(), "requests are not broken off for new ones");
        open.leave(2);
        assert!(open.enter(u64::MAX - 1).is_some());
    }
}
