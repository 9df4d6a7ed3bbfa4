//! Rules of the kernel's packet filter, as text for `nft`.
//!
//! The forward hook sees what one pod sends to another, on the same bridge too, after kube-proxy has put the address of
//! a pod in the place of a Service's. The input hook sees what a pod sends to the node. What the node itself sends, as
//! the kubelet's probes, goes through neither.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::net::Ipv4Addr;

use super::ports::{Ports, Span};
use super::resolve::{Allowed, Block, Guarded, Peers};

/// The table of the node that holds all of it.
const TABLE: &str = "inet network-policies";

/// Replaces all rules at once. `pods` are the addresses of `subnet` whose policies are known; the others are closed.
#[must_use]
pub fn ruleset(subnet: &str, pods: &BTreeSet<Ipv4Addr>, guarded: &[Guarded]) -> String {
    let ingress = Chains::new("incoming", "saddr", guarded.iter().map(|pod| (pod.address, pod.ingress.as_ref())));
    let egress = Chains::new("outgoing", "daddr", guarded.iter().map(|pod| (pod.address, pod.egress.as_ref())));
    let pods = elements(pods.iter().map(ToString::to_string));
    let itself = elements(guarded.iter().map(|pod| format!("{0} . {0}", pod.address)));
    let (ingress_map, egress_map) = (ingress.map(), egress.map());
    let chains = ingress.chains() + &egress.chains();
    // A table must exist to be deleted. nft makes all of this one change.
    format!(
        "table {TABLE} {{}}
delete table {TABLE}
table {TABLE} {{
  set pods {{ type ipv4_addr; {pods}}}
  set itself {{ type ipv4_addr . ipv4_addr; {itself}}}
{chains}{ingress_map}{egress_map}
  chain forward {{
    type filter hook forward priority filter; policy accept;
    ct state established,related accept
    meta nfproto ipv6 drop
    ip saddr . ip daddr @itself accept
    ip saddr {subnet} ip saddr != @pods drop
    ip daddr {subnet} ip daddr != @pods drop
    ip saddr vmap @outgoing
    ip daddr vmap @incoming
  }}
  chain input {{
    type filter hook input priority filter; policy accept;
    ct state established,related accept
    iifname lo accept
    ip saddr {subnet} ip saddr != @pods drop
    ip saddr vmap @outgoing
  }}
}}
"
    )
}

/// The chains of one direction. Pods that may do the same share one.
struct Chains {
    direction: &'static str,
    /// The field that holds the address of the other side.
    other_side: &'static str,
    pods: BTreeMap<BTreeSet<Allowed>, Vec<Ipv4Addr>>,
}

impl Chains {
    fn new<'a>(
        direction: &'static str,
        other_side: &'static str,
        pods: impl Iterator<Item = (Ipv4Addr, Option<&'a BTreeSet<Allowed>>)>,
    ) -> Self {
        let mut grouped: BTreeMap<BTreeSet<Allowed>, Vec<Ipv4Addr>> = BTreeMap::new();
        for (address, allowed) in pods {
            if let Some(allowed) = allowed {
                grouped.entry(allowed.clone()).or_default().push(address);
            }
        }
        Self { direction, other_side, pods: grouped }
    }

    /// What is allowed returns to the hook; the end of a chain is never reached by it.
    fn chains(&self) -> String {
        let mut text = String::new();
        for (number, allowed) in self.pods.keys().enumerate() {
            let _ = writeln!(text, "  chain {}-{number} {{", self.direction);
            for rule in allowed.iter().flat_map(|allowed| rules(allowed, self.other_side)) {
                let _ = writeln!(text, "    {rule}return");
            }
            text.push_str("    drop\n  }\n");
        }
        text
    }

    fn map(&self) -> String {
        let direction = self.direction;
        let jumps = self.pods.values().enumerate().flat_map(|(number, addresses)| {
            addresses.iter().map(move |address| format!("{address} : jump {direction}-{number}"))
        });
        format!("  map {direction} {{ type ipv4_addr : verdict; {}}}\n", elements(jumps))
    }
}

/// The conditions of each rule that allows this, each with a space after it.
fn rules(allowed: &Allowed, other_side: &str) -> Vec<String> {
    let peers = match &allowed.peers {
        Peers::Anyone => String::new(),
        Peers::Pods(pods) => format!("ip {other_side} {{ {} }} ", joined(pods.iter().map(ToString::to_string))),
        Peers::Block { block, except } => {
            let refused = except.iter().fold(String::new(), |mut refused, block| {
                let _ = write!(refused, "ip {other_side} != {} ", cidr(*block));
                refused
            });
            // nft refuses a range that is everything.
            if block.bits == 0 { refused } else { format!("ip {other_side} {} {refused}", cidr(*block)) }
        }
    };
    match &allowed.ports {
        Ports::All => vec![peers],
        Ports::Some(spans) => spans.iter().map(|span| format!("{peers}{}", port(*span))).collect(),
    }
}

fn port(span: Span) -> String {
    let protocol = span.protocol.as_str();
    match (span.first, span.last) {
        (u16::MIN, u16::MAX) => format!("meta l4proto {protocol} "),
        (first, last) if first == last => format!("meta l4proto {protocol} th dport {first} "),
        (first, last) => format!("meta l4proto {protocol} th dport {first}-{last} "),
    }
}

fn cidr(block: Block) -> String {
    format!("{}/{}", block.address, block.bits)
}

/// The elements of a set, which nft refuses to be an empty list.
fn elements(elements: impl Iterator<Item = String>) -> String {
    let elements = joined(elements);
    if elements.is_empty() { elements } else { format!("elements = {{ {elements} }} ") }
}

fn joined(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests;
