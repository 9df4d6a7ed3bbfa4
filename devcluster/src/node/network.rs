//! The node's network: a bridge inside it, and local ports outside that are forwarded to it.
//!
//! A socket stays in the network namespace in which it was made. So the listeners are made outside; then one thread
//! enters the node's namespace, accepts connections from them and connects to the node's ports.

use std::fs::File;
use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddrV4, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::{self, JoinHandle};

use nix::sched::{CloneFlags, setns};
use serde::{Deserialize, Serialize};
use tokio::io::copy_bidirectional;
use tokio::net::TcpStream;

use super::error::NodeError;

/// The node's address, on a bridge inside its network namespace. It is from a range reserved for documentation, so it
/// hides no real machine.
pub const NODE_ADDRESS: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 77);
/// Address inside the node of the cluster's name server. It is one of its own, so that policies can tell the name server,
/// which elsewhere is a pod, from the node.
pub const DNS_SERVER: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 53);
/// Port of the API server inside the node.
pub const API_PORT: u16 = 6443;
/// Address of the API server inside the node.
pub const API_ADDRESS: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::LOCALHOST, API_PORT);

/// A local port that leads to a port of the node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Forward {
    /// The port to listen on; 0 stands for any free one.
    pub local_port: u16,
    /// How many ports after it are tried when it is taken.
    pub tries: u16,
    /// The port of the node.
    pub node_port: u16,
}

/// A local address that leads to a port of the node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Forwarded {
    /// The address outside the node.
    pub address: SocketAddrV4,
    /// The port inside it.
    pub node_port: u16,
}

/// Makes, inside the node, a bridge without ports that has the node's addresses, and a default route that leads nowhere:
/// the components require both.
pub fn set_up() -> Result<(), NodeError> {
    let [a, b, c, _] = NODE_ADDRESS.octets();
    let batch = format!(
        "link set lo up\n\
         link add node0 type bridge\n\
         addr add {NODE_ADDRESS}/24 dev node0\n\
         addr add {DNS_SERVER}/24 dev node0\n\
         link set node0 up\n\
         route add default via {a}.{b}.{c}.1 dev node0\n"
    );
    ip(&batch)
}

/// Runs commands of the `ip` program, one a line.
pub fn ip(batch: &str) -> Result<(), NodeError> {
    let mut command = Command::new("ip");
    command.args(["-batch", "-"]).stdin(Stdio::piped()).stderr(Stdio::piped());
    let fix = "install iproute2".to_owned();
    let mut ip = command.spawn().map_err(|source| NodeError::Program { program: "ip".to_owned(), fix, source })?;
    let stdin = ip.stdin.take().expect("standard input was piped");
    let written = { stdin }.write_all(batch.as_bytes());
    let output = written.and_then(|()| ip.wait_with_output()).map_err(NodeError::at("wait for", Path::new("ip")))?;
    if output.status.success() {
        return Ok(());
    }
    let message = String::from_utf8_lossy(&output.stderr).trim().replace('\n', "; ");
    Err(NodeError::Command { action: "set up network interfaces".to_owned(), message })
}

/// Whether packet filters see what crosses a bridge. Where they do not, the answer of a pod to another pod bypasses the
/// rules that translated the address of the request, and network policies are not enforced.
#[must_use]
pub fn bridges_are_filtered() -> bool {
    Path::new("/proc/sys/net/bridge/bridge-nf-call-iptables").exists()
}

/// A listener outside the node and the address inside to which its connections go.
pub struct Route {
    listener: TcpListener,
    target: SocketAddrV4,
}

impl Route {
    /// Listens at `address` on the first free port that `forward` allows, for connections to `host` inside the node.
    pub fn open(address: Ipv4Addr, forward: Forward, host: Ipv4Addr) -> Result<Self, NodeError> {
        let Forward { local_port, tries, node_port } = forward;
        let last = local_port.saturating_add(tries);
        let mut refused = io::Error::from(io::ErrorKind::AddrInUse);
        for port in local_port..=last {
            match TcpListener::bind((address, port)) {
                Ok(listener) => return Ok(Self { listener, target: SocketAddrV4::new(host, node_port) }),
                Err(error) => refused = error,
            }
        }
        Err(NodeError::Port { address, port: local_port, tries, source: refused })
    }

    /// The address on which the route listens.
    pub fn address(&self) -> Result<SocketAddrV4, NodeError> {
        let failed = |source| NodeError::Port { address: Ipv4Addr::UNSPECIFIED, port: 0, tries: 0, source };
        match self.listener.local_addr().map_err(failed)? {
            std::net::SocketAddr::V4(address) => Ok(address),
            std::net::SocketAddr::V6(_) => unreachable!("the listener was bound to an address of IPv4"),
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
        // A route accepts until the process ends.
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
                    tokio::spawn(connect(outside, target));
                }
                // Out of file descriptors: they become free as connections end.
                Err(_) => tokio::time::sleep(std::time::Duration::from_millis(50)).await,
            }
        }
    })
}

/// Copies bytes both ways until both sides have closed. If the node refuses, the connection outside is closed too.
async fn connect(mut outside: TcpStream, target: SocketAddrV4) {
    let Ok(mut inside) = TcpStream::connect(target).await else { return };
    // Small events must not wait until a packet is full.
    let _ = outside.set_nodelay(true);
    let _ = inside.set_nodelay(true);
    let _ = copy_bidirectional(&mut outside, &mut inside).await;
}
