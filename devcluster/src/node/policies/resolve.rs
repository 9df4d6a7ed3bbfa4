//! From policies to addresses: what each pod that a policy isolates may still receive and open.
//!
//! ```text
//! policy that selects a pod -> its rules -> peers (addresses) and ports (numbers) -> Allowed
//! ```
//!
//! A pod that no policy selects in a direction is open in it. One that several select may do what any of them allows.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;

use k8s_openapi::api::networking::v1::{
    IPBlock, NetworkPolicy, NetworkPolicyEgressRule, NetworkPolicyIngressRule, NetworkPolicyPeer, NetworkPolicyPort,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use kube::core::{Selector, SelectorExt as _};

use super::members::{Labels, Member, World};
use super::ports::Ports;

/// A pod that some policy selects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guarded {
    pub address: Ipv4Addr,
    /// What it may receive; everything if there is none.
    pub ingress: Option<BTreeSet<Allowed>>,
    /// What it may open; everything if there is none.
    pub egress: Option<BTreeSet<Allowed>>,
}

/// One kind of connection that is allowed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Allowed {
    /// The other side.
    pub peers: Peers,
    /// Ports of the side that is connected to.
    pub ports: Ports,
}

/// The other side of a connection.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Peers {
    Anyone,
    Pods(BTreeSet<Ipv4Addr>),
    Block { block: Block, except: Vec<Block> },
}

/// A range of addresses, all of which begin with the same bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Block {
    /// The first of them.
    pub address: Ipv4Addr,
    pub bits: u8,
}

impl Block {
    /// Parses `10.0.0.0/8`. The node has no addresses of IPv6, so ranges of it match nothing.
    #[must_use]
    pub fn parse(cidr: &str) -> Option<Self> {
        let (address, bits) = cidr.split_once('/')?;
        let (address, bits): (Ipv4Addr, u8) = (address.parse().ok()?, bits.parse().ok()?);
        let mask = u32::MAX.checked_shl(32_u32.checked_sub(bits.into())?).unwrap_or(0);
        Some(Self { address: Ipv4Addr::from_bits(address.to_bits() & mask), bits })
    }
}

/// Which way a connection goes, seen from the pod that a policy selects.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    Ingress,
    Egress,
}

/// Every pod that is isolated in at least one direction.
#[must_use]
pub fn resolve(world: &World) -> Vec<Guarded> {
    let guarded = world.members.iter().map(|(address, member)| Guarded {
        address: *address,
        ingress: allowed(world, member, Direction::Ingress),
        egress: allowed(world, member, Direction::Egress),
    });
    guarded.filter(|pod| pod.ingress.is_some() || pod.egress.is_some()).collect()
}

fn allowed(world: &World, member: &Member, direction: Direction) -> Option<BTreeSet<Allowed>> {
    let selecting: Vec<_> = world.policies.iter().filter(|policy| isolates(policy, member, direction)).collect();
    (!selecting.is_empty()).then(|| {
        let rules = selecting.into_iter().flat_map(|policy| {
            let namespace = policy.metadata.namespace.as_deref().unwrap_or_default();
            let scope = Scope { world, namespace };
            let spec = policy.spec.clone().unwrap_or_default();
            match direction {
                Direction::Ingress => {
                    let rules = spec.ingress.unwrap_or_default();
                    rules.iter().flat_map(|rule| scope.received(rule, member)).collect::<Vec<_>>()
                }
                Direction::Egress => {
                    let rules = spec.egress.unwrap_or_default();
                    rules.iter().flat_map(|rule| scope.opened(rule)).collect()
                }
            }
        });
        rules.collect()
    })
}

/// Whether the policy selects the pod and speaks of this direction.
fn isolates(policy: &NetworkPolicy, member: &Member, direction: Direction) -> bool {
    let Some(spec) = &policy.spec else { return false };
    let listed = |name: &str| spec.policy_types.iter().flatten().any(|listed| listed == name);
    let unlisted = spec.policy_types.as_ref().is_none_or(Vec::is_empty);
    let speaks = match direction {
        Direction::Ingress => unlisted || listed("Ingress"),
        Direction::Egress => listed("Egress") || (unlisted && spec.egress.as_ref().is_some_and(|it| !it.is_empty())),
    };
    speaks
        && policy.metadata.namespace.as_ref() == Some(&member.namespace)
        && selects(spec.pod_selector.as_ref(), &member.labels)
}

/// Whether the selector selects these labels; without one, everything is selected.
fn selects(selector: Option<&LabelSelector>, labels: &Labels) -> bool {
    // The API server has refused selectors that cannot be read.
    selector.is_none_or(|selector| Selector::try_from(selector.clone()).is_ok_and(|it| it.matches(labels)))
}

/// Where the peers of a policy are looked for.
struct Scope<'a> {
    world: &'a World,
    /// The policy's own.
    namespace: &'a str,
}

impl Scope<'_> {
    fn received(&self, rule: &NetworkPolicyIngressRule, member: &Member) -> Vec<Allowed> {
        let ports = rule.ports.as_deref();
        let numbered = Ports::numbered(ports);
        let named = Ports::named(ports, &member.ports);
        let both = [numbered, named].into_iter().flatten();
        both.flat_map(|ports| self.with_peers(rule.from.as_deref(), &ports)).collect()
    }

    fn opened(&self, rule: &NetworkPolicyEgressRule) -> Vec<Allowed> {
        let (peers, ports) = (rule.to.as_deref(), rule.ports.as_deref());
        let numbered = Ports::numbered(ports).map(|ports| self.with_peers(peers, &ports));
        numbered.into_iter().flatten().chain(self.with_names(peers, ports)).collect()
    }

    /// Every port that has a name is another number at each pod.
    fn with_names(&self, peers: Option<&[NetworkPolicyPeer]>, ports: Option<&[NetworkPolicyPort]>) -> Vec<Allowed> {
        let pods = match peers {
            None | Some([]) => self.everybody().map(|(address, _)| address).collect(),
            Some(peers) => self.pods(peers),
        };
        let named = self.everybody().filter(|(address, _)| pods.contains(address)).filter_map(|(address, member)| {
            Some(Allowed { peers: Peers::Pods([address].into()), ports: Ports::named(ports, &member.ports)? })
        });
        named.collect()
    }

    fn with_peers(&self, peers: Option<&[NetworkPolicyPeer]>, ports: &Ports) -> Vec<Allowed> {
        let allowed = |peers| Allowed { peers, ports: ports.clone() };
        let Some(peers) = peers.filter(|peers| !peers.is_empty()) else { return vec![allowed(Peers::Anyone)] };
        let pods = self.pods(peers);
        let blocks = peers.iter().filter_map(|peer| block(peer.ip_block.as_ref()?));
        (!pods.is_empty()).then_some(Peers::Pods(pods)).into_iter().chain(blocks).map(allowed).collect()
    }

    /// The addresses of all pods that one of the peers selects.
    fn pods(&self, peers: &[NetworkPolicyPeer]) -> BTreeSet<Ipv4Addr> {
        let selected = self.everybody().filter(|(_, member)| peers.iter().any(|peer| self.is_meant(peer, member)));
        selected.map(|(address, _)| address).collect()
    }

    fn is_meant(&self, peer: &NetworkPolicyPeer, member: &Member) -> bool {
        let in_namespace = match &peer.namespace_selector {
            Some(selector) => {
                let labels = self.world.namespaces.get(&member.namespace);
                labels.is_some_and(|labels| selects(Some(selector), labels))
            }
            None => member.namespace == self.namespace,
        };
        peer.ip_block.is_none() && in_namespace && selects(peer.pod_selector.as_ref(), &member.labels)
    }

    fn everybody(&self) -> impl Iterator<Item = (Ipv4Addr, &Member)> {
        self.world.members.iter().chain(&self.world.stand_ins).map(|(address, member)| (*address, member))
    }
}

fn block(block: &IPBlock) -> Option<Peers> {
    let except = block.except.iter().flatten().filter_map(|cidr| Block::parse(cidr)).collect();
    Some(Peers::Block { block: Block::parse(&block.cidr)?, except })
}

#[cfg(test)]
mod tests;
