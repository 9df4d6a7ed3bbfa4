//! Serves KEDA's protocol `externalscaler.ExternalScaler` by gRPC over plain HTTP/2, so that KEDA can decide how many
//! inference pods an app has.
//!
//! Only the leader listens, for only it sees the queue: the Service of the operator reaches whoever accepts connections.

mod answer;
mod grpc;
mod messages;

use std::future::poll_fn;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use cluster::Chain;
use h2::server::SendResponse;
use h2::{Ping, PingPong, Reason, RecvStream, SendStream};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::world::World;
use answer::{Asked, Work};
use grpc::{Code, Failure};
use messages::{GetMetricsRequest, IsActiveResponse, SERVICE, ScaledObjectRef};

/// Most connections at the same time. KEDA has two.
const CONNECTIONS_MAX: usize = 64;
/// Most calls of one connection at the same time: KEDA keeps one for each app.
const CALLS_MAX: u32 = 1_000;
/// Longest body of a call.
const BODY_MAX: usize = 64 * 1_024;
/// Longest block of headers.
const HEADERS_MAX: u32 = 16 * 1_024;
/// Longest time until a client has greeted, or a call is read.
const READ_WITHIN: Duration = Duration::from_secs(10);
/// How often a client is asked whether it is still there, and how long its answer may take.
const KEEP_ALIVE: Duration = Duration::from_secs(30);
/// Least time between two looks at the queue for one client, each of which counts all requests.
const PACE: Duration = Duration::from_millis(100);
/// Longest time between two looks: nothing tells when an app is gone.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// How long to wait before a port is asked for again, or before clients are left without an answer at the end.
const PATIENCE: Duration = Duration::from_secs(2);

const STATUS: HeaderName = HeaderName::from_static("grpc-status");
const MESSAGE: HeaderName = HeaderName::from_static("grpc-message");

/// Serves at `address` until cancelled, from when `world` is known.
pub async fn run(address: SocketAddr, world: Arc<World>, cancelled: CancellationToken) {
    let serving = async {
        world.wait_until_ready().await;
        listen(address).await
    };
    let Some(listener) = cancelled.run_until_cancelled(serving).await else { return };
    let mut connections = JoinSet::new();
    while !cancelled.is_cancelled() {
        tokio::select! {
            accepted = listener.accept(), if connections.len() < CONNECTIONS_MAX => match accepted {
                Ok((stream, _)) => {
                    let scaler = Scaler { world: Arc::clone(&world), cancelled: cancelled.clone() };
                    connections.spawn(serve(stream, scaler));
                }
                // Too many open files, or a client that is gone already.
                Err(_) => tokio::time::sleep(PACE).await,
            },
            Some(_) = connections.join_next() => {}
            () = cancelled.cancelled() => {}
        }
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}

/// Apps do not depend on it, so an address that is taken does not keep the operator from its work.
async fn listen(address: SocketAddr) -> TcpListener {
    loop {
        match cluster::listen(address).await {
            Ok(listener) => {
                info!(%address, "Serves KEDA");
                return listener;
            }
            Err(error) => warn!(%address, error = %Chain(&error), "Could not serve KEDA"),
        }
        tokio::time::sleep(PATIENCE).await;
    }
}

/// Answers the calls of one client until it is gone, or this process ends or leads no longer.
async fn serve(stream: TcpStream, scaler: Scaler) {
    let mut server = h2::server::Builder::new();
    server.max_concurrent_streams(CALLS_MAX).max_header_list_size(HEADERS_MAX);
    let greeting = timeout(READ_WITHIN, server.handshake::<_, Bytes>(stream));
    let Some(Ok(Ok(mut connection))) = scaler.cancelled.run_until_cancelled(greeting).await else { return };
    let mut is_gone = pin!(gone(connection.ping_pong()));
    let mut calls = JoinSet::new();
    while !scaler.cancelled.is_cancelled() {
        tokio::select! {
            // Also drives all that is sent on the connection.
            call = connection.accept() => match call {
                Some(Ok((request, respond))) => drop(calls.spawn(scaler.clone().answer(request, respond))),
                Some(Err(_)) | None => return,
            },
            Some(_) = calls.join_next() => {}
            () = &mut is_gone => return,
            () = scaler.cancelled.cancelled() => {}
        }
    }
    connection.graceful_shutdown();
    let closed = async {
        while let Some(Ok((_, mut late))) = connection.accept().await {
            late.send_reset(Reason::REFUSED_STREAM);
        }
    };
    // Whoever does not take the end of its calls in time is left without it.
    let _ =
        timeout(PATIENCE, async { tokio::join!(closed, async { while calls.join_next().await.is_some() {} }) }).await;
}

/// Resolves when a client does not answer any more.
async fn gone(pings: Option<PingPong>) {
    let Some(mut pings) = pings else { return std::future::pending().await };
    loop {
        tokio::time::sleep(KEEP_ALIVE).await;
        if !matches!(timeout(KEEP_ALIVE, pings.ping(Ping::opaque())).await, Ok(Ok(_))) {
            return;
        }
    }
}

/// Answers calls by what the leader sees.
#[derive(Clone)]
struct Scaler {
    world: Arc<World>,
    cancelled: CancellationToken,
}

/// What a call gets.
enum Answer {
    Once(Vec<u8>),
    Whenever(Following),
}

impl Scaler {
    /// An error means that the client is gone, or does not want the answer any more.
    async fn answer(self, request: Request<RecvStream>, mut respond: SendResponse<Bytes>) -> Result<(), h2::Error> {
        let (head, body) = request.into_parts();
        let content_type = head.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let mut response = Response::new(());
        if head.method != Method::POST || !content_type.is_some_and(grpc::is_grpc) {
            *response.status_mut() = StatusCode::UNSUPPORTED_MEDIA_TYPE;
            return respond.send_response(response, true).map(drop);
        }
        let called = self.call(head.uri.path(), body).await;
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(grpc::CONTENT_TYPE));
        let mut stream = respond.send_response(response, false)?;
        let end = match called {
            Ok(Answer::Once(message)) => {
                stream.send_data(message.into(), false)?;
                succeeded()
            }
            Ok(Answer::Whenever(following)) => following.tell(&mut stream).await?,
            Err(failure) => failed(&failure),
        };
        stream.send_trailers(end)
    }

    async fn call(self, path: &str, body: RecvStream) -> Result<Answer, Failure> {
        let broken = || Failure::new(Code::InvalidArgument, "the call must be short and complete");
        let body = timeout(READ_WITHIN, read(body)).await.ok().flatten().ok_or_else(broken)?;
        let asked = || Ok(Asked::by(&grpc::decode::<ScaledObjectRef>(&body)?));
        Ok(match path.strip_prefix(SERVICE) {
            Some("IsActive") => Answer::Once(grpc::encode(&self.work(&asked()?)?.is_active())),
            Some("GetMetricSpec") => Answer::Once(grpc::encode(&self.work(&asked()?)?.spec())),
            Some("GetMetrics") => {
                let call: GetMetricsRequest = grpc::decode(&body)?;
                let asked = Asked::by(&call.scaled_object_ref.clone().unwrap_or_default());
                Answer::Once(grpc::encode(&self.work(&asked)?.metrics(&call)?))
            }
            Some("StreamIsActive") => {
                let changes = self.world.queue_changed.subscribe();
                Answer::Whenever(Following { asked: asked()?, scaler: self, changes, told: None })
            }
            _ => return Err(Failure::new(Code::Unimplemented, format!("there is no method `{path}`"))),
        })
    }

    /// The letters of an app. While requests are not seen nothing is said of them, so that KEDA removes no pod.
    fn work(&self, asked: &Asked) -> Result<Work, Failure> {
        if !self.world.sees_work() {
            return Err(Failure::new(Code::Unavailable, "requests cannot be seen at present"));
        }
        asked.work(&self.world.apps.state(), &self.world.requests.state())
    }
}

/// A client that is told when work begins and ends.
struct Following {
    scaler: Scaler,
    asked: Asked,
    changes: watch::Receiver<()>,
    told: Option<IsActiveResponse>,
}

impl Following {
    /// Tells a client whether there is work, now and whenever that changes. Returns how that ends.
    async fn tell(mut self, stream: &mut SendStream<Bytes>) -> Result<HeaderMap, h2::Error> {
        loop {
            tokio::select! {
                news = self.next() => match news {
                    Ok(Some(active)) => stream.send_data(grpc::encode(&active).into(), false)?,
                    Ok(None) => return Ok(succeeded()),
                    Err(failure) => return Ok(failed(&failure)),
                },
                reason = poll_fn(|context| stream.poll_reset(context)) => return Err(reason?.into()),
            }
        }
    }

    /// The next news. `None` when this process ends, or leads no longer: the client asks anew, and whoever leads then.
    async fn next(&mut self) -> Result<Option<IsActiveResponse>, Failure> {
        loop {
            self.changes.mark_unchanged();
            let looked = Instant::now();
            match self.scaler.work(&self.asked).map(Work::is_active) {
                Ok(active) if self.told != Some(active) => {
                    self.told = Some(active);
                    return Ok(Some(active));
                }
                Err(failure) if failure.code != Code::Unavailable => return Err(failure),
                // Whoever follows does so until requests can be seen again.
                Ok(_) | Err(_) => {}
            }
            tokio::select! {
                _ = timeout(LOOK_EVERY, self.changes.changed()) => {}
                () = self.scaler.cancelled.cancelled() => return Ok(None),
            }
            tokio::time::sleep_until(looked + PACE).await;
        }
    }
}

/// A whole body; `None` when it is too long, or does not come.
async fn read(mut body: RecvStream) -> Option<Vec<u8>> {
    let mut read = Vec::new();
    while let Some(chunk) = body.data().await {
        let chunk = chunk.ok()?;
        body.flow_control().release_capacity(chunk.len()).ok()?;
        read.extend(&chunk);
        if read.len() > BODY_MAX {
            return None;
        }
    }
    Some(read)
}

fn succeeded() -> HeaderMap {
    HeaderMap::from_iter([(STATUS, HeaderValue::from_static("0"))])
}

fn failed(failure: &Failure) -> HeaderMap {
    let message = HeaderValue::try_from(failure.encoded()).unwrap_or_else(|_| HeaderValue::from_static(""));
    HeaderMap::from_iter([(STATUS, HeaderValue::from(failure.code as u16)), (MESSAGE, message)])
}
