//! Checks of the machine: kernel, privileges, limits, disk and memory.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;

use devcluster::node::DEFAULT_WEB_PORT;
use nix::sys::statvfs::statvfs;
use nix::unistd::geteuid;

use super::finding::Finding;

/// The oldest kernel with everything that containerd, the kubelet and kube-proxy require.
const KERNEL_OLDEST: (u32, u32) = (5, 13);
const GIB: u64 = 1 << 30;
/// Enough for a cluster and its images. Building everything first takes about 6 GiB more.
const DISK_LEAST: u64 = 3 * GIB;
const DISK_ENOUGH: u64 = 10 * GIB;
/// A control plane with a few pods uses 1.7 GiB; linking Kubernetes takes 2.5 GiB for a moment.
const MEMORY_LEAST: u64 = 2 * GIB;
const MEMORY_ENOUGH: u64 = 4 * GIB;
/// The limit in the kubelet's configuration.
const OPEN_FILES_ENOUGH: u64 = 20_000;
const OPEN_FILES_LEAST: u64 = 4096;

/// Capabilities without which no node starts, with their numbers.
const NEEDED: [(&str, u32); 9] = [
    ("CAP_CHOWN", 0),
    ("CAP_DAC_OVERRIDE", 1),
    ("CAP_KILL", 5),
    ("CAP_SETGID", 6),
    ("CAP_SETUID", 7),
    ("CAP_NET_ADMIN", 12),
    ("CAP_SYS_CHROOT", 18),
    ("CAP_SYS_ADMIN", 21),
    ("CAP_MKNOD", 27),
];
const SYS_RESOURCE: u32 = 24;

pub fn kernel() -> Finding {
    const NAME: &str = "kernel";
    let release = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let release = release.trim();
    let mut numbers = release.split(|c: char| !c.is_ascii_digit()).map(|part| part.parse().unwrap_or(0));
    let version = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    if version >= KERNEL_OLDEST {
        return Finding::well(NAME, format!("Linux {release}"));
    }
    let (major, minor) = KERNEL_OLDEST;
    Finding::failure(NAME, format!("Linux {release}: use a machine with Linux {major}.{minor} or newer"))
}

pub fn root() -> Finding {
    if geteuid().is_root() {
        return Finding::well("root", "this is root");
    }
    Finding::failure("root", "this is not root: run `devcluster` with sudo")
}

pub fn capabilities() -> Finding {
    const NAME: &str = "capabilities";
    let Some(held) = effective_capabilities(&fs::read_to_string("/proc/self/status").unwrap_or_default()) else {
        return Finding::warning(NAME, "unknown: /proc/self/status has no line CapEff");
    };
    let has = |number: u32| held & (1 << number) != 0;
    let missing: Vec<&str> = NEEDED.iter().filter(|(_, number)| !has(*number)).map(|(name, _)| *name).collect();
    if !missing.is_empty() {
        let text = format!("missing {}: run outside of a container, or in a privileged one", missing.join(", "));
        return Finding::failure(NAME, text);
    }
    if !has(SYS_RESOURCE) {
        return Finding::warning(
            NAME,
            "no CAP_SYS_RESOURCE: containers keep the default score for out-of-memory kills",
        );
    }
    Finding::well(NAME, "all that a node needs")
}

fn effective_capabilities(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("CapEff:"))?;
    u64::from_str_radix(line.trim(), 16).ok()
}

pub fn open_files() -> Finding {
    const NAME: &str = "open files";
    let limits = fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let Some(limit) = open_files_limit(&limits) else {
        return Finding::warning(NAME, "unknown: /proc/self/limits has no such line");
    };
    match limit {
        OPEN_FILES_ENOUGH.. => Finding::well(NAME, format!("at most {limit} a process")),
        OPEN_FILES_LEAST.. => {
            Finding::warning(NAME, format!("at most {limit} a process: raise it with `ulimit -n {OPEN_FILES_ENOUGH}`"))
        }
        _ => {
            Finding::failure(NAME, format!("at most {limit} a process: raise it with `ulimit -n {OPEN_FILES_ENOUGH}`"))
        }
    }
}

/// The hard limit, to which a process may raise its own.
fn open_files_limit(limits: &str) -> Option<u64> {
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    let hard = line.split_whitespace().nth(1)?;
    if hard == "unlimited" { Some(u64::MAX) } else { hard.parse().ok() }
}

pub fn disk(home: &Path) -> Finding {
    const NAME: &str = "disk";
    let Some((folder, room)) = home.ancestors().find_map(|folder| Some((folder, statvfs(folder).ok()?))) else {
        return Finding::warning(NAME, format!("unknown: nothing above {} can be read", home.display()));
    };
    let free = room.blocks_available() * room.fragment_size();
    let text = format!("{} GiB free at {}", free / GIB, folder.display());
    let fix = "make room, or set DEVCLUSTER_HOME to a folder on another disk";
    match free {
        DISK_ENOUGH.. => Finding::well(NAME, text),
        DISK_LEAST.. => Finding::warning(NAME, format!("{text}: {fix} before building everything")),
        _ => Finding::failure(NAME, format!("{text}: {fix}")),
    }
}

pub fn memory() -> Finding {
    const NAME: &str = "memory";
    let Some(available) = available_memory(&fs::read_to_string("/proc/meminfo").unwrap_or_default()) else {
        return Finding::warning(NAME, "unknown: /proc/meminfo has no line MemAvailable");
    };
    let text = format!("{:.1} GiB available", available as f64 / GIB as f64);
    match available {
        MEMORY_ENOUGH.. => Finding::well(NAME, text),
        MEMORY_LEAST.. => Finding::warning(NAME, format!("{text}: enough for a cluster, tight for building one")),
        _ => Finding::failure(NAME, format!("{text}: end other programs; a cluster needs {} GiB", MEMORY_LEAST / GIB)),
    }
}

fn available_memory(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kibibytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kibibytes * 1024)
}

pub fn web_port() -> Finding {
    const NAME: &str = "web port";
    match TcpListener::bind((Ipv4Addr::LOCALHOST, DEFAULT_WEB_PORT)) {
        Ok(_) => Finding::well(NAME, format!("127.0.0.1:{DEFAULT_WEB_PORT} is free")),
        Err(_) => Finding::warning(
            NAME,
            format!("127.0.0.1:{DEFAULT_WEB_PORT} is taken: a new cluster takes the next free one"),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capabilities_limits_and_memory_are_read_from_proc() {
        let capabilities = effective_capabilities("CapPrm:\t00\nCapEff:\t000001fffeffffff\n");
        assert_eq!(capabilities.map(|held| held & (1 << SYS_RESOURCE)), Some(0));
        let limits = "Max open files            1024                 20000                files     \n";
        assert_eq!(open_files_limit(limits), Some(20_000));
        assert_eq!(available_memory("MemAvailable:    2048 kB\n"), Some(2048 * 1024));
    }
}
