//! Certificates and kubeconfigs of one instance.

use std::net::SocketAddrV4;

use super::error::NodeError;
use super::layout::Layout;
use super::settings::{API_ADDRESS, NODE_ADDRESS, Settings};
use crate::certs::{CertError, Pki};
use crate::kubeconfig::{kubeconfig, write as write_kubeconfig};

/// The members of this group may do everything.
const ADMINISTRATORS: &str = "system:masters";

/// Writes all of them; `api` is where the API server is reached from outside.
pub fn write(layout: &Layout, settings: &Settings, api: SocketAddrV4) -> Result<(), NodeError> {
    write_all(layout, settings, api)
        .map_err(|source| NodeError::Prepare { what: "the certificates", source: Box::new(source) })
}

fn write_all(layout: &Layout, settings: &Settings, api: SocketAddrV4) -> Result<(), CertError> {
    let node_address = NODE_ADDRESS.to_string();
    let node_user = format!("system:node:{}", settings.name);
    let pki = Pki::create(&layout.pki(), &[&node_address])?;
    let inside = format!("https://{API_ADDRESS}");
    let users: [(&str, &str, Option<&str>, &[&str]); 5] = [
        ("admin", "admin", Some(ADMINISTRATORS), &[]),
        ("controller-manager", "system:kube-controller-manager", None, &[]),
        ("scheduler", "system:kube-scheduler", None, &[]),
        ("proxy", "system:kube-proxy", None, &[]),
        ("kubelet", &node_user, Some("system:nodes"), &[&settings.name, &node_address]),
    ];
    for (name, user, group, addresses) in users {
        let keys = pki.issue(name, user, group, addresses)?;
        let config = kubeconfig(&settings.name, &inside, pki.ca(), &keys);
        write_kubeconfig(&layout.component_kubeconfig(name), &config)?;
        if name == "admin" {
            let outside = kubeconfig(&settings.name, &format!("https://{api}"), pki.ca(), &keys);
            write_kubeconfig(&layout.kubeconfig(), &outside)?;
        }
    }
    Ok(())
}
