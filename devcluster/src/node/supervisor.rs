//! The process outside the node: it owns the ports, the cgroup and the folder, and through its guard their end.
//!
//! ```text
//! supervisor            outside: forwards ports, waits
//!   guard               outside: ends and removes everything once the supervisor is gone, however it went
//!   enter               joins the cgroup, makes the namespaces
//!     init              first process inside: mounts, network, reaps
//!       components      starts etcd, the API server, containerd, the kubelet, ... and watches over them
//! ```

use std::io::Read;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use nix::unistd::setsid;

use super::cgroup::Cgroups;
use super::config;
use super::error::NodeError;
use super::forward::{self, Route};
use super::instance::{Forwarded, Instance, ProcessId};
use super::keys;
use super::layout::Layout;
use super::progress::{Event, Progress};
use super::settings::{API_ADDRESS, Forward, NODE_ADDRESS, Settings};
use crate::guard::Guard;

/// How this program calls itself for the stages of a node.
pub const SUPERVISE: &str = "node-supervisor";
/// The stage that makes the namespaces.
pub const ENTER: &str = "node-enter";
/// The first process in the namespaces.
pub const INIT: &str = "node-init";
/// The process that starts the components.
pub const COMPONENTS: &str = "node-components";
/// A stage apart: tries out what a node would need.
pub const PROBE: &str = "node-probe";

/// Making namespaces takes milliseconds; a machine that is busy building may take seconds.
const NAMESPACES_WITHIN: Duration = Duration::from_secs(30);

/// How often the node and its folder are looked at.
const POLL: Duration = Duration::from_millis(200);

/// Runs the node at `layout` until it is told to end. Does not return while the node lives.
pub fn supervise(layout: &Layout) -> Result<(), NodeError> {
    // A session of its own: closing the terminal or an interrupt there must not end the node. It fails when there
    // already is one, which is as good.
    let _ = setsid();
    let settings = Settings::load(layout)?;
    let progress = Progress::new(layout, settings.started_at_ms);
    if settings.owned {
        end_with_owner();
    }
    let folder = layout.folder();
    let guard = Guard::start().map_err(NodeError::at("start a guard for", folder))?;
    guard.remove_folder(folder);
    let outcome = run(layout, &settings, &guard);
    if let Err(error) = &outcome {
        let message = super::error::chain(error);
        progress.report(Event::Failed { message, component: Some("node".to_owned()) });
        // The guard and the logs are kept for whoever waits for this node: they copy the logs, then end this process.
        while folder.exists() {
            thread::sleep(POLL);
        }
    }
    outcome
}

fn run(layout: &Layout, settings: &Settings, guard: &Guard) -> Result<(), NodeError> {
    let _in_use = settings.programs.keep()?;
    let mut routes =
        settings.forwards.iter().map(|forward| Route::open(*forward, NODE_ADDRESS)).collect::<Result<Vec<_>, _>>()?;
    let api = Route::open(Forward { local_port: 0, tries: 0, node_port: API_ADDRESS.port() }, *API_ADDRESS.ip())?;
    let api_address = api.address()?;
    let forwarded = settings
        .forwards
        .iter()
        .zip(&routes)
        .map(|(forward, route)| Ok(Forwarded { address: route.address()?, node_port: forward.node_port }))
        .collect::<Result<Vec<_>, NodeError>>()?;
    routes.push(api);

    keys::write(layout, settings, api_address)?;
    config::write(layout, settings)?;

    let cgroups = Cgroups::detect()?;
    for cgroup in cgroups.folders(&settings.cgroup) {
        guard.remove_cgroup(&cgroup);
    }
    cgroups.create(&settings.cgroup)?;
    let mut enter = guard
        .spawn("node", &stage(ENTER, layout), &layout.log("node"))
        .map_err(|source| NodeError::Prepare { what: "the node's namespaces", source: Box::new(source) })?;
    let namespaces = await_namespaces(enter.id())?;
    forward::serve(routes, namespaces.pid)?;

    let name = settings.name.clone();
    let cgroup = settings.cgroup.clone();
    Instance { name, supervisor: ProcessId::current(), namespaces, api: api_address, forwarded, cgroup }
        .save(layout)?;
    // Without its folder a node is nothing: whoever removed it wants the rest gone too.
    while enter.check().is_ok() && layout.folder().exists() {
        thread::sleep(POLL);
    }
    Err(NodeError::Component { component: "node".to_owned() })
}

/// This program again, as another stage of the node.
pub(super) fn stage(name: &str, layout: &Layout) -> Command {
    // Not by its path: the program may have been built anew since it started. Not by `self`: a shell may stand between.
    let mut command = Command::new(format!("/proc/{}/exe", std::process::id()));
    command.arg(name).arg(layout.folder());
    command
}

/// Waits until the process has a network namespace of its own.
fn await_namespaces(pid: u32) -> Result<ProcessId, NodeError> {
    let deadline = Instant::now() + NAMESPACES_WITHIN;
    let pid = pid.cast_signed();
    let network = |pid: &str| std::fs::read_link(format!("/proc/{pid}/ns/net")).ok();
    while Instant::now() < deadline {
        let Some(process) = ProcessId::of(pid) else { break };
        if network(&pid.to_string()).is_some_and(|inside| Some(inside) != network("self")) {
            return Ok(process);
        }
        thread::sleep(Duration::from_millis(2));
    }
    Err(NodeError::Component { component: "node".to_owned() })
}

/// Ends this process when the other end of its standard input closes; its guard does the rest.
fn end_with_owner() {
    thread::spawn(|| {
        let mut byte = [0];
        while std::io::stdin().read(&mut byte).is_ok_and(|read| read > 0) {}
        std::process::exit(0);
    });
}
