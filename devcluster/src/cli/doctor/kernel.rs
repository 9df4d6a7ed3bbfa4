//! Checks that try what a node needs of the kernel, and leave nothing behind.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use devcluster::node::{Cgroups, INOTIFY_INSTANCES, Stage, bridges_are_filtered, chain};

use super::finding::Finding;

/// The settings that the kubelet makes for the whole machine.
const SHARED_SETTINGS: [(&str, &str); 3] =
    [("vm/overcommit_memory", "1"), ("kernel/panic", "10"), ("kernel/panic_on_oops", "1")];

pub fn cgroups() -> Finding {
    const NAME: &str = "cgroups";
    let cgroups = match Cgroups::detect() {
        Ok(cgroups) => cgroups,
        Err(error) => return Finding::failure(NAME, chain(&error)),
    };
    let name = format!("devcluster-doctor-{}", std::process::id());
    let tried = cgroups.create(&name).and(cgroups.remove(&name, Duration::from_secs(1)));
    match tried {
        Ok(()) => Finding::well(NAME, format!("{}, writable", cgroups.version())),
        Err(error) => {
            Finding::failure(NAME, format!("{}: run outside of a container, or in a privileged one", chain(&error)))
        }
    }
}

pub fn namespaces(home: &Path) -> Finding {
    const NAME: &str = "namespaces";
    let folder = home.join(format!(".doctor-{}", std::process::id()));
    let outcome = fs::create_dir_all(&folder)
        .and_then(|()| Command::new("/proc/self/exe").arg(Stage::Probe.argument()).arg(&folder).output());
    // A folder that cannot be removed is no finding. The home goes too, if it is empty.
    let _ = fs::remove_dir_all(&folder).and_then(|()| fs::remove_dir(home));
    match outcome {
        Ok(output) if output.status.success() => {
            Finding::well(NAME, "namespaces, overlay mounts, bridges and veth interfaces work")
        }
        Ok(output) => {
            let message = String::from_utf8_lossy(&output.stderr).trim().to_owned();
            let fix = "run outside of a container, or set DEVCLUSTER_HOME to a folder on a disk (not on an overlay)";
            Finding::failure(NAME, format!("{message}: {fix}"))
        }
        Err(error) => Finding::failure(NAME, format!("failed to try them in {}: {error}", home.display())),
    }
}

pub fn bridges() -> Finding {
    const NAME: &str = "bridges";
    if bridges_are_filtered() {
        return Finding::well(NAME, "filtered: network policies are enforced");
    }
    Finding::warning(NAME, "not filtered: network policies are not enforced; load the kernel's module br_netfilter")
}

pub fn inotify() -> Finding {
    const NAME: &str = "inotify";
    let text = fs::read_to_string("/proc/sys/fs/inotify/max_user_instances").unwrap_or_default();
    match text.trim().parse::<u32>() {
        Ok(instances) if instances >= INOTIFY_INSTANCES => Finding::well(NAME, format!("{instances} instances a user")),
        Ok(instances) => Finding::well(
            NAME,
            format!("{instances} instances a user; `up` raises fs.inotify.max_user_instances to {INOTIFY_INSTANCES}"),
        ),
        Err(_) => Finding::failure(NAME, "not available: use a kernel with inotify"),
    }
}

pub fn shared_settings() -> Finding {
    const NAME: &str = "kernel settings";
    let changed: Vec<String> = SHARED_SETTINGS
        .iter()
        .filter_map(|(name, value)| {
            let now = fs::read_to_string(Path::new("/proc/sys").join(name)).ok()?;
            let dotted = name.replace('/', ".");
            (now.trim() != *value).then(|| format!("{dotted}={value} (now {})", now.trim()))
        })
        .collect();
    if changed.is_empty() {
        return Finding::well(NAME, "already as the kubelet sets them");
    }
    Finding::warning(NAME, format!("the kubelet will set, for the whole machine: {}", changed.join(", ")))
}
