//! Checks of the programs that a cluster needs, or needs to be built.

use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use devcluster::cache::Cache;
use devcluster::node::find_program;

use super::finding::Finding;

/// The Go release that the sources of Kubernetes and containerd require.
const GO_OLDEST: (u32, u32) = (1, 26);
/// A Docker engine that takes longer counts as not reachable.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);

pub fn ip() -> Finding {
    match find_program("ip") {
        Some(folder) => Finding::well("ip", folder.join("ip").display().to_string()),
        None => Finding::failure("ip", "not found: install iproute2"),
    }
}

/// A program of the machine, else unpacked from its Debian package.
pub fn packaged(program: &'static str, package: &str) -> Finding {
    if let Some(folder) = find_program(program) {
        return Finding::well(program, folder.join(program).display().to_string());
    }
    let missing: Vec<&str> = ["apt-get", "dpkg-deb"].into_iter().filter(|tool| find_program(tool).is_none()).collect();
    if missing.is_empty() {
        return Finding::well(program, format!("not in PATH: comes unpacked from the Debian package {package}"));
    }
    Finding::failure(program, format!("not found, nor {} to unpack it: install {package}", missing.join(" and ")))
}

pub fn go() -> Finding {
    const NAME: &str = "Go";
    let (major, minor) = GO_OLDEST;
    let wanted = format!("install Go {major}.{minor} or newer and put its `bin` folder into PATH");
    let found = Command::new("go").arg("version").output().ok().filter(|output| output.status.success());
    let text = found.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    let version = text.as_deref().and_then(go_version);
    match (version, has_built()) {
        (Some(version), _) if version >= GO_OLDEST => Finding::well(NAME, text.unwrap_or_default()),
        (_, true) => Finding::well(NAME, "not needed: everything is built"),
        (Some(_), false) => Finding::failure(NAME, format!("{}: {wanted}", text.unwrap_or_default())),
        (None, false) => Finding::failure(NAME, format!("not found: {wanted}")),
    }
}

fn go_version(text: &str) -> Option<(u32, u32)> {
    let (_, rest) = text.split_once(" go")?;
    let mut numbers = rest.split(|c: char| !c.is_ascii_digit()).map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

/// Whether the cache holds both sets of programs, of this version or an earlier one.
fn has_built() -> bool {
    Cache::open().is_ok_and(|cache| ["kubernetes", "runtime"].iter().all(|kind| cache.has(kind)))
}

pub fn docker() -> Finding {
    const NAME: &str = "Docker";
    let child =
        Command::new("docker").arg("info").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    let Ok(mut child) = child else { return Finding::well(NAME, "not installed, and not needed") };
    let deadline = Instant::now() + ANSWER_WITHIN;
    while Instant::now() < deadline {
        match child.try_wait() {
            Ok(Some(status)) if status.success() => {
                return Finding::well(NAME, "reachable: `cargo xtask up` uses kind where that is installed too");
            }
            Ok(Some(_)) => return Finding::well(NAME, "installed but not reachable, and not needed"),
            _ => thread::sleep(Duration::from_millis(20)),
        }
    }
    let _ = child.kill();
    let _ = child.wait();
    Finding::well(NAME, "does not answer, and is not needed")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn go_version_is_read_from_what_go_prints() {
        assert_eq!(go_version("go version go1.26.8 linux/amd64"), Some((1, 26)));
        assert_eq!(go_version("go version devel linux/amd64"), None);
    }
}
