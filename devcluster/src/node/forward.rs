//! Local ports that lead into the node, without touching the machine's own network.
//!
//! A socket belongs to the network namespace it was made in, whoever uses it later: the listeners are made outside,
//! then one thread enters the node's namespace, accepts from them and connects inside.

use std::fs::File;
use std::io;
use std::net::{Ipv4Addr, SocketAddrV4, TcpListener};
use std::path::PathBuf;
use std::thread::{self, JoinHandle};

use nix::sched::{CloneFlags, setns};
use tokio::io::copy_bidirectional;
use tokio::net::TcpStream;

use super::error::NodeError;
use super::settings::Forward;

/// A listener outside the node and where its connections go inside.
pub struct Route {
    listener: TcpListener,
    target: SocketAddrV4,
}

impl Route {
    /// Listens on the first free port that `forward` allows and leads to `host` inside the node.
    pub fn open(forward: Forward, host: Ipv4Addr) -> Result<Self, NodeError> {
        let Forward { local_port, tries, node_port } = forward;
        let last = local_port.saturating_add(tries);
        let mut refused = io::Error::from(io::ErrorKind::AddrInUse);
        for port in local_port..=last {
            match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
                Ok(listener) => return Ok(Self { listener, target: SocketAddrV4::new(host, node_port) }),
                Err(error) => refused = error,
            }
        }
        Err(NodeError::Port { port: local_port, tries, source: refused })
    }

    /// Where the route listens.
    pub fn address(&self) -> Result<SocketAddrV4, NodeError> {
        let failed = |source| NodeError::Port { port: 0, tries: 0, source };
        match self.listener.local_addr().map_err(failed)? {
            std::net::SocketAddr::V4(address) => Ok(address),
            std::net::SocketAddr::V6(_) => unreachable!("the listener was bound to 127.0.0.1"),
        }
    }
}

/// Serves the routes from a thread in the network namespace of the process `pid`, until this process ends.
pub fn serve(routes: Vec<Route>, pid: i32) -> Result<JoinHandle<()>, NodeError> {
    let path = PathBuf::from(format!("/proc/{pid}/ns/net"));
    let namespace = File::open(&path).map_err(NodeError::at("open", &path))?;
    thread::Builder::new()
        .name("forward".to_owned())
        .spawn(move || {
            if let Err(error) = enter_and_serve(routes, &namespace) {
                tracing::error!(%error, "Stopped forwarding");
            }
        })
        .map_err(NodeError::at("start a thread for", &path))
}

fn enter_and_serve(routes: Vec<Route>, namespace: &File) -> io::Result<()> {
    setns(namespace, CloneFlags::CLONE_NEWNET)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut routes = routes.into_iter().map(accept).collect::<io::Result<Vec<_>>>()?;
        // Each route accepts for as long as the process lives.
        if let Some(last) = routes.pop() {
            for route in routes {
                tokio::spawn(route);
            }
            last.await;
        }
        Ok(())
    })
}

fn accept(route: Route) -> io::Result<impl Future<Output = ()> + 'static> {
    route.listener.set_nonblocking(true)?;
    let listener = tokio::net::TcpListener::from_std(route.listener)?;
    let target = route.target;
    Ok(async move {
        loop {
            match listener.accept().await {
                Ok((outside, _)) => {
                    tokio::spawn(join(outside, target));
                }
                // Out of descriptors: those in use are given back as connections end.
                Err(_) => tokio::time::sleep(std::time::Duration::from_millis(50)).await,
            }
        }
    })
}

/// Carries bytes both ways until both sides are done. A refused connection is closed, as a closed port would do.
async fn join(mut outside: TcpStream, target: SocketAddrV4) {
    let Ok(mut inside) = TcpStream::connect(target).await else { return };
    // Streams of small events must not wait for more bytes.
    let _ = outside.set_nodelay(true);
    let _ = inside.set_nodelay(true);
    let _ = copy_bidirectional(&mut outside, &mut inside).await;
}
