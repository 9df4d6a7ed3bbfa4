//! Starts an instance, waits for it, and removes what is left of it.

use std::fs::{self, File, TryLockError};
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use tokio::time::sleep;

use super::cgroup::Cgroups;
use super::error::NodeError;
use super::instance::{Instance, Lifetime, NodeOptions, Settings};
use super::layout::Layout;
use super::processes::Stage;
use super::programs::Programs;
use super::progress::{Entry, Event, Follower};
use crate::process::tail;

/// How often the progress of a start, and of a removal, is checked.
const POLL: Duration = Duration::from_millis(25);
/// Every step of a start has a shorter limit of its own, so this one only ends a start whose node is stuck.
const READY_WITHIN: Duration = Duration::from_mins(5);
/// How long the guard of a node may take to remove it; then this process removes it.
const REMOVED_WITHIN: Duration = Duration::from_secs(30);
/// How long killed processes may take to end.
const PATIENCE: Duration = Duration::from_secs(20);
/// The program whose stages make a node.
const DEVCLUSTER: &str = "devcluster";

/// An instance that was started and need not be ready.
pub struct Launched {
    pub layout: Layout,
    pub instance: Instance,
    pub supervisor: Child,
}

/// Starts the instance and returns when its record is written.
pub async fn launch(options: &NodeOptions, programs: Programs) -> Result<Launched, NodeError> {
    let home = &options.home;
    fs::create_dir_all(home).map_err(NodeError::at("create", home))?;
    // One start at a time until the record is written: a second start then finds the record and refuses.
    let _lock = lock(home).await?;

    let home = fs::canonicalize(home).map_err(NodeError::at("find", home))?;
    let layout = Layout::new(&home, &options.name);
    if let Some(Instance { name, .. }) = Instance::running(&layout)? {
        return Err(NodeError::AlreadyRunning { name });
    }
    remove(&layout)?;
    let _ = fs::remove_dir_all(layout.failed_logs());
    if let Some(kept) = &options.kept {
        keep_in(kept, &layout)?;
    }
    for folder in layout.folders() {
        fs::create_dir_all(&folder).map_err(NodeError::at("create", &folder))?;
    }
    let settings = Settings {
        name: options.name.clone(),
        cgroup: cgroup_name(&layout, &options.name),
        address: options.address,
        forwards: options.all_forwards(),
        programs,
        images: options.images.iter().map(absolute).collect::<Result<_, _>>()?,
        owned: options.lifetime == Lifetime::Owned,
        kept: options.kept.is_some(),
        started_at_ms: Timestamp::now().as_millisecond(),
    };
    settings.save(&layout)?;
    let mut supervisor = spawn(options, &layout)?;
    loop {
        if let Some(instance) = Instance::load(&layout)? {
            return Ok(Launched { layout, instance, supervisor });
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

/// The processes of a node run in another folder than this one.
fn absolute(path: &PathBuf) -> Result<PathBuf, NodeError> {
    fs::canonicalize(path).map_err(NodeError::at("find", path))
}

/// Puts what outlives the instance into the folder `kept`, and links to it where the instance has it: removing the instance
/// removes the links alone.
fn keep_in(kept: &Path, layout: &Layout) -> Result<(), NodeError> {
    for path in layout.kept() {
        let (folder, name) = (path.parent().unwrap_or(&path), path.file_name().unwrap_or_default());
        let target = kept.join(name);
        for folder in [folder, &target] {
            fs::create_dir_all(folder).map_err(NodeError::at("create", folder))?;
        }
        let target = fs::canonicalize(&target).map_err(NodeError::at("find", &target))?;
        symlink(&target, &path).map_err(NodeError::at("link", &path))?;
    }
    Ok(())
}

/// Takes the lock of all instances below `home`. The kernel releases it even when this process is killed.
async fn lock(home: &Path) -> Result<File, NodeError> {
    let folder = File::open(home).map_err(NodeError::at("open", home))?;
    loop {
        match folder.try_lock() {
            Ok(()) => return Ok(folder),
            // Waiting in the kernel would block another start in the same task, which may hold the lock.
            Err(TryLockError::WouldBlock) => sleep(POLL).await,
            Err(TryLockError::Error(error)) => return Err(NodeError::at("lock", home)(error)),
        }
    }
}

/// Waits until the node is ready. Calls `progress` with every entry.
pub async fn await_ready(
    layout: &Layout,
    instance: &Instance,
    mut progress: impl FnMut(&Entry),
) -> Result<(), NodeError> {
    let mut follower = Follower::new(layout);
    let mut waited = Duration::ZERO;
    loop {
        for entry in follower.read()? {
            progress(&entry);
            match entry.event {
                Event::Step { .. } => {}
                Event::Ready => return Ok(()),
                Event::Failed { message, component } => {
                    return Err(explain(layout, message, component.as_deref().unwrap_or("node")));
                }
            }
        }
        if !instance.supervisor.is_running() || waited > READY_WITHIN {
            return Err(explain(layout, "the node ended or is stuck".to_owned(), "node"));
        }
        sleep(POLL).await;
        waited += POLL;
    }
}

/// Copies the logs to where they are kept, and shows the end of the one that explains the failure.
fn explain(layout: &Layout, message: String, component: &str) -> NodeError {
    let logs = layout.failed_logs();
    let _ = fs::create_dir_all(&logs);
    for entry in fs::read_dir(layout.logs()).into_iter().flatten().flatten() {
        let _ = fs::copy(entry.path(), logs.join(entry.file_name()));
    }
    let excerpt = tail(&layout.log(component));
    NodeError::Start { message, excerpt, logs }
}

/// The failure that the supervisor has reported.
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
    // An owned node ends when this end of the pipe closes, which the kernel does however this process ends.
    let owner = if options.lifetime == Lifetime::Owned { Stdio::piped() } else { Stdio::null() };
    Command::new(&program)
        .arg(Stage::Supervise.argument())
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

/// This program if it is `devcluster`, else the one in its folder or, for a test, in the folder above.
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

/// The name has a hash of the folder, so that instances of the same name in different homes do not share a cgroup.
fn cgroup_name(layout: &Layout, name: &str) -> String {
    let hash = Sha256::digest(layout.folder().as_os_str().as_encoded_bytes());
    format!("devcluster-{name}-{}", &hex::encode(hash)[..8])
}

/// Waits until the guard has removed the instance, and removes what the guard has not.
pub fn await_removal(layout: &Layout) -> Result<(), NodeError> {
    let deadline = Instant::now() + REMOVED_WITHIN;
    // The folder goes last.
    while layout.folder().exists() && Instant::now() < deadline {
        thread::sleep(POLL);
    }
    remove(layout)
}

/// Ends the instance's processes and removes its cgroup and folder, if they exist.
fn remove(layout: &Layout) -> Result<(), NodeError> {
    let folder = layout.folder();
    if !folder.exists() {
        return Ok(());
    }
    if let Ok(settings) = Settings::load(layout) {
        Cgroups::detect()?.remove(&settings.cgroup, PATIENCE)?;
    }
    // Removing the folder would also remove what is mounted below it. No mount is expected there.
    if let Some(mount) = mount_below(folder)? {
        return Err(NodeError::Left { what: format!("the mount `{mount}`") });
    }
    let deadline = Instant::now() + PATIENCE;
    loop {
        match fs::remove_dir_all(folder) {
            Ok(()) => return Ok(()),
            Err(error) if error.kind() == io::ErrorKind::NotFound && !folder.exists() => return Ok(()),
            // The guard may be removing the same files, and a killed process may still be writing.
            Err(_) if Instant::now() < deadline => thread::sleep(Duration::from_millis(50)),
            Err(error) => return Err(NodeError::at("remove", folder)(error)),
        }
    }
}

fn mount_below(folder: &Path) -> Result<Option<String>, NodeError> {
    let path = Path::new("/proc/self/mounts");
    let mounts = fs::read_to_string(path).map_err(NodeError::at("read", path))?;
    let points = mounts.lines().filter_map(|line| line.split(' ').nth(1));
    Ok(points.filter(|point| Path::new(point).starts_with(folder)).map(str::to_owned).next())
}
