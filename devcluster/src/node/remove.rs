//! Removes what is left of an instance, whoever should have done it before.

use std::fs;
use std::io;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use super::cgroup::Cgroups;
use super::error::NodeError;
use super::layout::Layout;
use super::settings::Settings;

/// How long killed processes may take to go.
const PATIENCE: Duration = Duration::from_secs(20);

/// Ends the instance's processes and removes its cgroup and folder. An instance that is not there is success.
pub fn remove(layout: &Layout) -> Result<(), NodeError> {
    let folder = layout.folder();
    if !folder.exists() {
        return Ok(());
    }
    if let Ok(settings) = Settings::load(layout) {
        Cgroups::detect()?.remove(&settings.cgroup, PATIENCE)?;
    }
    // A mount below the folder would hand the removal on to what is mounted there. There should never be one.
    if let Some(mount) = mount_below(folder)? {
        return Err(NodeError::Left { what: format!("the mount `{mount}`") });
    }
    let deadline = Instant::now() + PATIENCE;
    loop {
        match fs::remove_dir_all(folder) {
            Ok(()) => return Ok(()),
            Err(error) if error.kind() == io::ErrorKind::NotFound && !folder.exists() => return Ok(()),
            // The guard may be removing the same files, and a killed process may still write for a moment.
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
