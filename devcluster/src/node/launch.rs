//! Starts an instance and waits for it.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use tokio::time::sleep;

use super::error::NodeError;
use super::handle::Node;
use super::instance::Instance;
use super::layout::Layout;
use super::options::{Lifetime, NodeOptions};
use super::progress::{Entry, Event, Follower};
use super::remove::remove;
use super::settings::{Programs, Settings};
use super::supervisor::SUPERVISE;
use crate::process::tail;

/// How often the progress of a start is looked at.
const POLL: Duration = Duration::from_millis(25);
/// Every step of a start has a shorter limit of its own, so this one only ends a start whose node is stuck.
const READY_WITHIN: Duration = Duration::from_mins(5);
/// The program whose stages make a node.
const DEVCLUSTER: &str = "devcluster";

/// Starts the instance and returns when its record is written, with its supervisor when that is a child to wait for.
pub async fn launch(options: &NodeOptions, programs: Programs) -> Result<Node, NodeError> {
    let home = &options.home;
    fs::create_dir_all(home).map_err(NodeError::at("create", home))?;
    // One start at a time, until its record is written: a second one finds that and leaves the instance alone.
    let _lock = lock(home).await?;

    let home = fs::canonicalize(home).map_err(NodeError::at("find", home))?;
    let layout = Layout::new(&home, &options.name);
    if let Some(node) = Node::find(&home, &options.name)? {
        return Err(NodeError::AlreadyRunning { name: node.name().to_owned() });
    }
    remove(&layout)?;
    let _ = fs::remove_dir_all(layout.failed_logs());
    for folder in layout.folders() {
        fs::create_dir_all(&folder).map_err(NodeError::at("create", &folder))?;
    }
    let settings = Settings {
        name: options.name.clone(),
        cgroup: cgroup_name(&layout, &options.name),
        forwards: options.all_forwards(),
        programs,
        images: options.images.clone(),
        owned: options.lifetime == Lifetime::Owned,
        started_at_ms: Timestamp::now().as_millisecond(),
    };
    settings.save(&layout)?;
    let mut supervisor = spawn(options, &layout)?;
    loop {
        if let Some(instance) = Instance::load(&layout)? {
            return Ok(Node::new(layout, instance, Some(supervisor), options.lifetime));
        }
        if let Some(message) = failure(&layout)?.or_else(|| ended(&mut supervisor)) {
            let error = explain(&layout, message, "node");
            let _ = supervisor.kill();
            let _ = supervisor.wait();
            remove(&layout)?;
            return Err(error);
        }
        sleep(POLL).await;
    }
}

/// Takes the lock of all instances below `home`; the kernel gives it back even when this process is killed.
async fn lock(home: &Path) -> Result<File, NodeError> {
    let folder = File::open(home).map_err(NodeError::at("open", home))?;
    loop {
        match folder.try_lock() {
            Ok(()) => return Ok(folder),
            // Waiting in the kernel would stop another start in the same task, which may hold the lock.
            Err(TryLockError::WouldBlock) => sleep(POLL).await,
            Err(TryLockError::Error(error)) => return Err(NodeError::at("lock", home)(error)),
        }
    }
}

/// Waits until the node is ready and hands on every entry of its progress.
pub async fn await_ready(node: &mut Node, mut progress: impl FnMut(&Entry)) -> Result<(), NodeError> {
    let layout = node.layout().clone();
    let mut follower = Follower::new(&layout);
    let mut waited = Duration::ZERO;
    loop {
        for entry in follower.read()? {
            progress(&entry);
            match entry.event {
                Event::Step { .. } => {}
                Event::Ready => return Ok(()),
                Event::Failed { message, component } => {
                    return Err(explain(&layout, message, component.as_deref().unwrap_or("node")));
                }
            }
        }
        if !node.is_running() || waited > READY_WITHIN {
            return Err(explain(&layout, "the node ended or is stuck".to_owned(), "node"));
        }
        sleep(POLL).await;
        waited += POLL;
    }
}

/// Keeps the logs and shows the end of the one that explains the failure.
fn explain(layout: &Layout, message: String, component: &str) -> NodeError {
    let logs = layout.failed_logs();
    let _ = fs::create_dir_all(&logs);
    for entry in fs::read_dir(layout.logs()).into_iter().flatten().flatten() {
        let _ = fs::copy(entry.path(), logs.join(entry.file_name()));
    }
    let excerpt = tail(&layout.log(component));
    NodeError::Start { message, excerpt, logs }
}

/// The failure that the supervisor itself reported.
fn failure(layout: &Layout) -> Result<Option<String>, NodeError> {
    let entries = Follower::new(layout).read()?;
    Ok(entries.into_iter().find_map(|entry| match entry.event {
        Event::Failed { message, .. } => Some(message),
        _ => None,
    }))
}

fn ended(supervisor: &mut Child) -> Option<String> {
    let status = supervisor.try_wait().ok().flatten()?;
    Some(format!("its supervisor ended ({status})"))
}

fn spawn(options: &NodeOptions, layout: &Layout) -> Result<Child, NodeError> {
    let program = match &options.devcluster {
        Some(program) => program.clone(),
        None => find_devcluster()?,
    };
    let log = layout.log("node");
    let output = File::create(&log).map_err(NodeError::at("create", &log))?;
    let errors = output.try_clone().map_err(NodeError::at("open", &log))?;
    // An owned node ends when the other end of this pipe closes, which the kernel does however this process ends.
    let owner = if options.lifetime == Lifetime::Owned { Stdio::piped() } else { Stdio::null() };
    Command::new(&program)
        .arg(SUPERVISE)
        .arg(layout.folder())
        .current_dir("/")
        .stdin(owner)
        .stdout(output)
        .stderr(errors)
        .spawn()
        .map_err(|source| NodeError::Program {
            program: program.display().to_string(),
            fix: "build it with `cargo build --release -p devcluster`".to_owned(),
            source,
        })
}

/// This program when it is `devcluster`, else the one beside it or beside the tests' folder it lies in.
fn find_devcluster() -> Result<PathBuf, NodeError> {
    let this = std::env::current_exe().map_err(NodeError::at("find", Path::new("this program")))?;
    if this.file_name().is_some_and(|name| name == DEVCLUSTER) {
        return Ok(this);
    }
    this.ancestors().skip(1).take(2).map(|folder| folder.join(DEVCLUSTER)).find(|path| path.is_file()).ok_or_else(
        || NodeError::Unsupported {
            what: "the `devcluster` program".to_owned(),
            fix: "build it with `cargo build --release -p devcluster`".to_owned(),
        },
    )
}

/// Instances of the same name in different homes must not meet in one cgroup.
fn cgroup_name(layout: &Layout, name: &str) -> String {
    let hash = Sha256::digest(layout.folder().as_os_str().as_encoded_bytes());
    format!("devcluster-{name}-{}", &hex::encode(hash)[..8])
}
