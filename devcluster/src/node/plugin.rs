//! The last plugin of the pod network: holds a new pod back until the packet filter knows its address.
//!
//! ```text
//! containerd -> bridge -> portmap -> plugin -> socket -> Announcement -> new rules -> answer -> the pod's containers
//! ```

use std::env;
use std::fs::{self, Permissions};
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::Ipv4Addr;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::error::NodeError;

/// Name of the plugin, and of its file.
pub const NAME: &str = "network-policies";
/// Where announcements are accepted, inside the node.
pub const SOCKET: &str = "/run/network-policies.sock";
/// The answer to an announcement whose rules are in place; any other is an error.
pub const DONE: &str = "done";

/// The kubelet tries again later when there is no answer.
const ANSWERED_WITHIN: Duration = Duration::from_secs(20);

/// A pod that has just got its address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Announcement {
    pub uid: String,
    pub address: Ipv4Addr,
}

/// Writes the plugin into `folder`: a script that runs `program`.
pub fn install(folder: &Path, program: &str) -> Result<(), NodeError> {
    let path = folder.join(NAME);
    fs::create_dir_all(folder).map_err(NodeError::at("create", folder))?;
    fs::write(&path, format!("#!/bin/sh\nexec {program}\n")).map_err(NodeError::at("write", &path))?;
    fs::set_permissions(&path, Permissions::from_mode(0o755)).map_err(NodeError::at("make executable", &path))
}

/// Does what the container runtime asks for in the environment and on standard input.
///
/// # Errors
/// When a new pod's rules are not in place. The runtime then makes no pod.
pub fn run() -> Result<(), NodeError> {
    let refused = NodeError::at("answer the container runtime from", Path::new(SOCKET));
    let command = env::var("CNI_COMMAND").unwrap_or_default();
    let arguments = env::var("CNI_ARGS").unwrap_or_default();
    let mut config = String::new();
    let answer = match command.as_str() {
        "ADD" => io::stdin().read_to_string(&mut config).and_then(|_| add(&config, &arguments)),
        "VERSION" => Ok(json!({"cniVersion": "1.0.0", "supportedVersions": ["0.4.0", "1.0.0"]}).to_string()),
        // The rules of a pod that goes are removed when it is gone.
        _ => Ok(String::new()),
    };
    answer.and_then(|answer| io::stdout().write_all(answer.as_bytes())).map_err(refused)
}

/// Announces the pod and returns the result of the plugins before this one.
fn add(config: &str, arguments: &str) -> io::Result<String> {
    let (announcement, result) = announcement(config, arguments)?;
    let mut stream = UnixStream::connect(SOCKET)?;
    stream.set_read_timeout(Some(ANSWERED_WITHIN))?;
    writeln!(stream, "{}", serde_json::to_string(&announcement)?)?;
    let mut answer = String::new();
    BufReader::new(stream).read_line(&mut answer)?;
    if answer.trim() == DONE { Ok(result) } else { Err(io::Error::other(answer.trim().to_owned())) }
}

fn announcement(config: &str, arguments: &str) -> io::Result<(Announcement, String)> {
    let missing = |what: &str| io::Error::new(io::ErrorKind::InvalidData, format!("the runtime names no {what}"));
    let config: Value = serde_json::from_str(config)?;
    let result = &config["prevResult"];
    let address = result["ips"][0]["address"].as_str().and_then(|address| address.split('/').next()?.parse().ok());
    let uid = arguments.split(';').find_map(|argument| argument.strip_prefix("K8S_POD_UID="));
    let announcement = Announcement {
        uid: uid.ok_or_else(|| missing("pod"))?.to_owned(),
        address: address.ok_or_else(|| missing("address"))?,
    };
    Ok((announcement, result.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pod_is_announced_with_its_address_and_keeps_what_earlier_plugins_gave_it() {
        let result = json!({"cniVersion": "1.0.0", "ips": [{"address": "10.244.0.7/24", "gateway": "10.244.0.1"}]});
        let config = json!({"cniVersion": "1.0.0", "name": "pods", "type": NAME, "prevResult": result}).to_string();
        let arguments = "IgnoreUnknown=1;K8S_POD_NAMESPACE=letters;K8S_POD_NAME=web;K8S_POD_UID=0b1c";
        let (pod, answer) = announcement(&config, arguments).unwrap();
        assert_eq!(pod, Announcement { uid: "0b1c".to_owned(), address: Ipv4Addr::new(10, 244, 0, 7) });
        assert_eq!(serde_json::from_str::<Value>(&answer).unwrap(), result);
        assert!(announcement(&config, "IgnoreUnknown=1").is_err());
        assert!(announcement("{}", arguments).is_err());
    }
}
