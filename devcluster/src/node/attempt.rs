//! Attempts to connect from the network of a pod, which show what network policies let through.

use std::fs::File;
use std::io;
use std::net::{SocketAddrV4, TcpStream};
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use nix::sched::{CloneFlags, setns};
use nix::unistd::Pid;

use super::error::NodeError;

/// How an attempt to connect ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// Somebody accepted.
    Connected,
    /// The way is open, and nobody listens.
    Refused,
    /// Nothing came back: what a policy does not allow ends so.
    Unanswered,
}

/// Tries to connect to `address` from the network namespace of the process `pid`.
pub fn from_network_of(pid: Pid, address: SocketAddrV4, patience: Duration) -> Result<Attempt, NodeError> {
    let path = PathBuf::from(format!("/proc/{pid}/ns/net"));
    let namespace = File::open(&path).map_err(NodeError::at("open", &path))?;
    // A thread of its own, which ends: it cannot come back.
    let attempt = thread::spawn(move || {
        setns(namespace, CloneFlags::CLONE_NEWNET)?;
        match TcpStream::connect_timeout(&address.into(), patience) {
            Ok(_) => Ok(Attempt::Connected),
            Err(error) => match error.kind() {
                io::ErrorKind::ConnectionRefused => Ok(Attempt::Refused),
                io::ErrorKind::TimedOut => Ok(Attempt::Unanswered),
                _ => Err(error),
            },
        }
    });
    attempt.join().expect("an attempt does not panic").map_err(NodeError::at("connect from", &path))
}
