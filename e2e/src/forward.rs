//! `kubectl port-forward`, with which a person reaches a site that has no address outside the cluster.

use std::time::Duration;

use anyhow::Result;

use crate::cluster::Cluster;
use crate::followed::Followed;
use crate::node;

/// kubectl prints the port within a second if the pod exists.
const FORWARDS_WITHIN: Duration = Duration::from_secs(20);

/// A local address that leads to a Service or a pod while this value lives.
pub struct Forward {
    url: String,
    _kubectl: Followed,
}

impl Forward {
    /// Forwards a free local port to `port` of a Service.
    ///
    /// # Errors
    /// When kubectl does not report in time that it forwards.
    pub async fn open(cluster: &Cluster, service: &str, port: u16) -> Result<Self> {
        Self::to(cluster, &format!("service/{service}"), port).await
    }

    /// Forwards a free local port to `port` of `target`, such as `pod/one`.
    ///
    /// # Errors
    /// As for [`Forward::open`].
    pub async fn to(cluster: &Cluster, target: &str, port: u16) -> Result<Self> {
        let mut command = node::kubectl(&cluster.environment().kubeconfig)?;
        command.args(["--namespace", cluster.namespace(), "port-forward", target, &format!(":{port}")]);
        let mut kubectl = Followed::start("kubectl port-forward", &command)?;
        let find = |printed: &str| printed.lines().find_map(address).map(|address| format!("http://{address}"));
        let url = kubectl.prints("kubectl forwards a port", FORWARDS_WITHIN, find).await?;
        Ok(Self { url, _kubectl: kubectl })
    }

    /// URL of what it leads to, without a trailing slash.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }
}

/// Parses the address in `Forwarding from 127.0.0.1:41234 -> 8080`.
fn address(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("Forwarding from ")?;
    rest.split_whitespace().next().filter(|address| address.starts_with("127.0.0.1:"))
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn the_address_is_read_from_what_kubectl_prints() {
        assert_eq!(address("Forwarding from 127.0.0.1:41234 -> 8080"), Some("127.0.0.1:41234"));
        assert_eq!(address("Forwarding from [::1]:41234 -> 8080"), None);
        assert_eq!(address("Handling connection for 41234"), None);
    }
}
